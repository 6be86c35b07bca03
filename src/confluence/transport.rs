//! The single `send()`: credentials, deadline, size cap, one log event and one entry in the tally per call.
//!
//! Sends a request once and only once. Whether to send again, and how often at all, is for layers between the
//! callers of [`Transport::send`] and its inside; what they need to know of a call stands in its [`Route`].

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::call::{Call, Stopwatch};
use super::failure::{self, Rejection};
use super::request::{Answer, Expect, Request, Route};
use super::setup::Connection;
use super::{Error, ErrorKind};
use crate::clock::Clock;

/// The most that is read of an answer that refuses something.
const REFUSAL_BYTES: usize = 64 * 1024;

/// The way to one site, for one caller. Clones share connections.
#[derive(Clone)]
pub(super) struct Transport {
    connection: Arc<Connection>,
    call: Option<Call>,
}

impl Transport {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection: Arc::new(connection),
            call: None,
        }
    }

    /// The same way, with this call's deadline and tally.
    pub(super) fn on(&self, call: &Call) -> Self {
        Self {
            connection: Arc::clone(&self.connection),
            call: Some(call.clone()),
        }
    }

    /// An absolute address for people from a `webui` link; never one on another site.
    pub(super) fn human_url(&self, webui: &str) -> Option<String> {
        let site = &self.connection.site;
        let joined = format!("{}{webui}", site.as_str().trim_end_matches('/'));
        let url = Url::parse(&joined).ok()?;
        (webui.starts_with('/') && url.origin() == site.origin()).then(|| url.into())
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// Everything but a complete 2xx answer of the expected form, as the kind a caller would treat differently.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let route = request.route;
        let now = Instant::now();
        let attempt = now + self.connection.attempt_timeout;
        let deadline = self
            .call
            .as_ref()
            .map_or(attempt, |call| call.deadline.min(attempt));
        if deadline <= now {
            return Err(failed(route, Duration::ZERO, Failed::of(ErrorKind::Timeout)));
        }
        let watch = Stopwatch::start(self.call.as_ref());
        let outcome = timeout_at(deadline, self.exchange(request)).await;
        let elapsed = watch.elapsed();
        let outcome = outcome.unwrap_or_else(|_| Err(Failed::of(ErrorKind::Timeout)));
        let result = match outcome {
            Ok((status, headers, body)) => Ok(Answer {
                route,
                status,
                elapsed,
                headers,
                body,
            }),
            Err(failure) => Err(failed(route, elapsed, failure)),
        };
        tracing::debug!(
            operation = route.name,
            status = result
                .as_ref()
                .map_or_else(|error| error.status, |answer| Some(answer.status)),
            kind = result
                .as_ref()
                .err()
                .map(|error| tracing::field::debug(&error.kind)),
            duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            bytes = result.as_ref().ok().map(|answer| answer.body.len()),
            idempotent = route.idempotent,
            "called Confluence"
        );
        result
    }

    async fn exchange(&self, request: &Request<'_>) -> Result<(u16, HeaderMap, Vec<u8>), Failed> {
        let connection = &*self.connection;
        let mut outgoing = connection
            .http
            .request(request.method.clone(), request.url(&connection.api))
            .header(ACCEPT, "application/json");
        if let Some((name, value)) = &request.header {
            outgoing = outgoing.header(name, value);
        }
        outgoing = match &request.body {
            Some(body) => outgoing
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone()),
            // Some proxies answer 411 to a PUT that does not say that it has no body.
            None if request.method == Method::PUT => outgoing.header(CONTENT_LENGTH, "0"),
            None => outgoing,
        };
        #[expect(clippy::disallowed_methods, reason = "this is the single send()")]
        let mut response = outgoing.send().await.map_err(Failed::from)?;

        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let refused = |rejection| Failed::refused(status.as_u16(), rejection);
        if !status.is_success() {
            let body = beginning(response).await;
            let now = Clock::System.now();
            return Err(refused(failure::of_refusal(
                connection.deployment,
                status,
                &headers,
                &body,
                now,
            )));
        }
        let body = whole(response, connection.max_answer_bytes)
            .await
            .map_err(|failed| failed.at(status.as_u16()))?;
        if let Some(rejection) = failure::of_success(
            connection.deployment,
            &headers,
            &body,
            request.expect == Expect::Json,
        ) {
            return Err(refused(rejection));
        }
        Ok((status.as_u16(), headers, body))
    }
}

/// An [`Error`] in the making: what is known before the call's name and duration are added.
#[derive(Debug)]
struct Failed {
    status: Option<u16>,
    rejection: Rejection,
    source: Option<reqwest::Error>,
}

impl Failed {
    fn of(kind: ErrorKind) -> Self {
        Self {
            status: None,
            rejection: Rejection { kind, detail: None },
            source: None,
        }
    }

    fn refused(status: u16, rejection: Rejection) -> Self {
        Self {
            status: Some(status),
            rejection,
            source: None,
        }
    }

    fn at(self, status: u16) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        // A connection that could not be made in time is one that could not be made.
        let kind = if error.is_timeout() && !error.is_connect() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Unreachable
        };
        Self {
            source: Some(error.without_url()),
            ..Self::of(kind)
        }
    }
}

fn failed(route: &Route, elapsed: Duration, failure: Failed) -> Error {
    Error {
        kind: failure.rejection.kind,
        operation: route.name,
        status: failure.status,
        elapsed,
        detail: failure.rejection.detail,
        source: failure.source,
    }
}

/// The whole body, unless it is over the cap. Counted after decompression, so a small bomb is caught too.
async fn whole(mut response: Response, most: usize) -> Result<Vec<u8>, Failed> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Failed::from)? {
        if body.len() + chunk.len() > most {
            let mut failed = Failed::of(ErrorKind::Nonsense);
            failed.rejection.detail = Some(format!("the answer is over {most} bytes"));
            return Err(failed);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// As much of a refusal as is worth reading. One that breaks off is read as far as it came: its status counts.
async fn beginning(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() >= REFUSAL_BYTES {
            body.truncate(REFUSAL_BYTES);
            break;
        }
    }
    body
}
