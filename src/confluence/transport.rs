//! The single `send()`: credentials, deadline, size cap, one log event and one entry in the tally per attempt.
//!
//! Between [`Transport::send`] and an attempt stand two others: `limit` lets attempts through, `retry` says which
//! failures deserve another one. Both go by the caller's deadline; without a [`Call`] nobody has said how long an
//! answer is of use, and there is one attempt.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::call::{Call, Stopwatch};
use super::failure::{self, Rejection};
use super::limit::{Applicant, Hints, Quota, Refusal, Sign};
use super::request::{Answer, Expect, Request, Route};
use super::retry::{Course, Failure, Next};
use super::setup::Connection;
use super::{Error, ErrorKind, Priority};
use crate::clock::Clock;

/// The most that is read of an answer that refuses something.
const REFUSAL_BYTES: usize = 64 * 1024;

/// The most memory that is set aside for an answer before any of it is there.
const MOST_RESERVED: usize = 256 * 1024;

/// An attempt that had so long for its answer and got none says something about the site. One that a caller's
/// deadline cut shorter does not.
const FAIR_TIME: Duration = Duration::from_secs(5);

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

    /// A page was created: what is asked about it in the next seconds may come too early.
    pub(super) fn created(&self, id: &str) {
        self.connection.member.governor.newborn.add(id);
    }

    /// How many requests the site wants, as far as that is known.
    pub(super) fn quota(&self) -> Option<Quota> {
        self.connection.member.governor.quota()
    }

    /// The failure that every call meets that must be sent by this time, if that is certain already.
    pub(super) fn held_back(&self, operation: &'static str, by: Instant) -> Option<Error> {
        let refusal = self.connection.member.governor.held_back(by)?;
        Some(refused(operation, refusal))
    }

    /// Sends a request, again if need be, and reads its answer.
    ///
    /// # Errors
    /// Everything but a complete 2xx answer of the expected form, as the kind a caller would treat differently.
    pub(super) async fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let governor = &self.connection.member.governor;
        governor.budget.deposit();
        let mut course = Course::default();
        let mut failed: Option<Error> = None;
        loop {
            let (outcome, hints) = match self.attempt(request, failed.is_some()).await {
                Ok(made) => made,
                Err(refusal) => return Err(told(request.route, failed, refusal)),
            };
            let is_missing = outcome.as_ref().is_err_and(|error| error.status == Some(404));
            if request.method == Method::DELETE && !is_missing {
                // A page that may be deleted by now is not one that has yet to appear.
                governor.newborn.forget(|id| request.mentions(id));
            }
            let error = match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(call) = &self.call else { return Err(error) };
            let failure = Failure {
                error: &error,
                idempotent: request.route.idempotent,
                asked: hints.retry_after,
                newborn: governor.newborn.any(|id| request.mentions(id)),
            };
            let left = call.deadline.saturating_duration_since(Instant::now());
            let left = call.patience.map_or(left, |patience| left.min(patience));
            match course.next(&failure, left, &governor.budget) {
                Next::GiveUp => return Err(self.with_wait(error)),
                Next::WhenAdmitted => {}
                Next::After(wait) => {
                    let _waiting = Stopwatch::waiting(self.call.as_ref());
                    tokio::time::sleep(wait).await;
                }
            }
            call.tally.retried();
            failed = Some(error);
        }
    }

    /// One attempt, as soon as the governor lets it through.
    async fn attempt(
        &self,
        request: &Request<'_>,
        again: bool,
    ) -> Result<(Result<Answer, Error>, Hints), Refusal> {
        let route = request.route;
        let attempt_timeout = self.connection.attempt_timeout;
        let now = Instant::now();
        let deadline = self
            .call
            .as_ref()
            .map_or(now + attempt_timeout, |call| call.deadline);
        if deadline <= now {
            return Err(Refusal::Late);
        }
        let permit = {
            let _waiting = Stopwatch::waiting(self.call.as_ref());
            let call = self.call.as_ref();
            let patience = call.and_then(|call| call.patience);
            let applicant = Applicant {
                lane: self.connection.member.lane,
                priority: call.map_or(Priority::Interactive, Call::priority),
                again,
                by: patience.map_or(deadline, |patience| deadline.min(now + patience)),
            };
            self.connection.member.governor.admit(applicant).await?
        };
        let deadline = deadline.min(Instant::now() + attempt_timeout);
        let mut hints = Hints::default();
        let watch = Stopwatch::start(self.call.as_ref());
        let outcome = timeout_at(deadline, self.exchange(request, &mut hints)).await;
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
            // Zero would mean that it was not sent.
            Err(failure) => Err(error(route, elapsed.max(Duration::from_nanos(1)), failure)),
        };
        permit.settle(sign(&result, route.idempotent, attempt_timeout), &hints);
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
        Ok((result, hints))
    }

    /// A refusal for the rate, with what is left to wait.
    fn with_wait(&self, mut error: Error) -> Error {
        if let ErrorKind::RateLimited { retry_after } = &mut error.kind {
            *retry_after = self.connection.member.governor.pause().max(*retry_after);
        }
        error
    }

    async fn exchange(
        &self,
        request: &Request<'_>,
        hints: &mut Hints,
    ) -> Result<(u16, HeaderMap, Vec<u8>), Failed> {
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
        let now = Clock::System.now();
        *hints = Hints::read(&headers, now);
        let rejected = |rejection| Failed::refused(status.as_u16(), rejection);
        if !status.is_success() {
            let body = beginning(response).await;
            return Err(rejected(failure::of_refusal(
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
            status,
            &headers,
            &body,
            request.expect == Expect::Json,
        ) {
            return Err(rejected(rejection));
        }
        Ok((status.as_u16(), headers, body))
    }
}

/// What an attempt says about the site.
fn sign(outcome: &Result<Answer, Error>, idempotent: bool, attempt_timeout: Duration) -> Sign {
    let Err(error) = outcome else { return Sign::Alive };
    match &error.kind {
        ErrorKind::RateLimited { retry_after } => Sign::Limited(*retry_after),
        ErrorKind::Unreachable | ErrorKind::Unavailable { .. } => Sign::Down,
        ErrorKind::Timeout if error.elapsed >= FAIR_TIME.min(attempt_timeout) => Sign::Down,
        ErrorKind::Timeout => Sign::None,
        // A write may fail for its content; what fails for reading is the site.
        ErrorKind::Failed if idempotent => Sign::Down,
        _ => Sign::Alive,
    }
}

/// What a caller hears who was not let through: why the last attempt failed, if there was one.
fn told(route: &Route, failed: Option<Error>, refusal: Refusal) -> Error {
    let refused = refused(route.name, refusal);
    let Some(mut error) = failed else { return refused };
    match (&mut error.kind, refused.kind) {
        (ErrorKind::RateLimited { retry_after }, ErrorKind::RateLimited { retry_after: left })
        | (ErrorKind::Unavailable { retry_after }, ErrorKind::Unavailable { retry_after: left }) => {
            *retry_after = left.max(*retry_after);
        }
        _ => {}
    }
    error
}

/// The failure of a call that was not sent.
fn refused(operation: &'static str, refusal: Refusal) -> Error {
    let kind = match refusal {
        Refusal::Limited { wait } => ErrorKind::RateLimited {
            retry_after: Some(wait),
        },
        Refusal::Down { wait } => ErrorKind::Unavailable {
            retry_after: Some(wait),
        },
        Refusal::Late => ErrorKind::Timeout,
    };
    Error {
        kind,
        ..Error::out_of_time(operation)
    }
}

/// An [`Error`] in the making: what is known before the call's name and duration are added.
#[derive(Debug)]
struct Failed {
    status: Option<u16>,
    rejection: Rejection,
    source: Option<Arc<reqwest::Error>>,
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
            source: Some(Arc::new(error.without_url())),
            ..Self::of(kind)
        }
    }
}

fn error(route: &Route, elapsed: Duration, failure: Failed) -> Error {
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
    // A size that is announced is no promise, but it saves growing bit by bit.
    let announced = response
        .content_length()
        .and_then(|size| usize::try_from(size).ok());
    let mut body = Vec::with_capacity(announced.unwrap_or_default().min(MOST_RESERVED));
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
