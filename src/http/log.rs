//! One line per request, the only place where a failure is logged; and the request's id, in and out.
//!
//! Never logged: secrets, tokens, bodies, query strings, and titles in paths.

use std::error::Error;
use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Response};
use axum::middleware::Next;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::respond::Report;
use crate::operations::{Code, Failure};

/// The header that carries a request's id, in both directions.
pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id taken over from a caller.
const LONGEST_ID: usize = 128;

/// The id of a request: the caller's, if it is harmless, else a new one.
#[derive(Clone, Debug)]
pub(super) struct RequestId(String);

impl RequestId {
    fn of(request: &Request) -> Self {
        let given = request
            .headers()
            .get(&REQUEST_ID)
            .and_then(|value| value.to_str().ok());
        let harmless = |id: &&str| {
            (1..=LONGEST_ID).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte))
        };
        Self(
            given
                .filter(harmless)
                .map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned),
        )
    }

    /// The id.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Middleware: gives the request its id, times it, and writes its line.
pub(super) async fn log(mut request: Request, next: Next) -> Response<Body> {
    let id = RequestId::of(&request);
    let waiting = Waiting {
        started: Instant::now(),
        method: request.method().clone(),
        span: tracing::info_span!("request", request_id = id.as_str()),
        answered: false,
    };
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).instrument(waiting.span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    let report = response.extensions_mut().remove::<Report>().unwrap_or_default();
    waiting.answered(response.status().as_u16(), &report);
    response
}

/// A write that was finished although its caller had hung up: its outcome, which nobody hears.
pub(super) fn unheard(operation: &'static str, failure: Option<&Failure>) {
    let code = failure.map_or(Code::Ok, |failure| failure.fault.code()).as_str();
    let cause = failure
        .and_then(|failure| failure.cause.as_deref())
        .map(|cause| chain(cause));
    tracing::info!(operation, code, cause, "finished a write whose caller hung up");
}

/// A request that is being answered. Dropped before that, its caller hung up.
struct Waiting {
    started: Instant,
    method: axum::http::Method,
    span: tracing::Span,
    answered: bool,
}

impl Waiting {
    fn answered(mut self, status: u16, report: &Report) {
        self.answered = true;
        self.span
            .in_scope(|| line(&self.method, status, report, self.started.elapsed()));
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.answered {
            let duration_ms = milliseconds(self.started.elapsed());
            self.span
                .in_scope(|| tracing::info!(method = %self.method, duration_ms, "caller hung up"));
        }
    }
}

fn line(method: &axum::http::Method, status: u16, report: &Report, elapsed: std::time::Duration) {
    let endpoint = report.endpoint.as_deref();
    let operation = report.operation;
    let code = report.code;
    let duration_ms = milliseconds(elapsed);
    let upstream_calls = report.upstream_calls;
    let upstream_ms = milliseconds(report.upstream_time);
    let cause = report.cause.as_deref().map(|cause| chain(cause));
    let cause = cause.as_deref();
    if status >= 500 {
        tracing::error!(
            %method, endpoint, operation, status, code, duration_ms, upstream_calls, upstream_ms, cause,
            "request failed"
        );
    } else {
        tracing::info!(
            %method, endpoint, operation, status, code, duration_ms, upstream_calls, upstream_ms, cause,
            "request"
        );
    }
}

/// An error and its sources, innermost last.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}

/// Milliseconds with three decimals.
#[expect(
    clippy::cast_precision_loss,
    reason = "a duration in a log line: 52 bits of microseconds are 142 years"
)]
fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
