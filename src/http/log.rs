//! One line per request, the only place where a failure is logged; and the request's id, in and out.
//!
//! A request whose caller hangs up has no answer on which [`log`] could report. [`Watch`] writes its line.
//!
//! Never logged: secrets, tokens, bodies, query strings, and titles in paths.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, Response};
use axum::middleware::Next;
use tokio::time::Instant;
use tracing::{Instrument as _, Span};

use super::respond::Report;
use crate::confluence::Call;
use crate::dispatch::Running;
use crate::operations::{Code, Failure, Outcome};

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
    let started = Instant::now();
    let id = RequestId::of(&request);
    let method = request.method().clone();
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request_id = id.as_str());
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    let report = response.extensions_mut().remove::<Report>().unwrap_or_default();
    let cause = report.cause.as_deref().map(|cause| chain(cause));
    span.in_scope(|| {
        line(
            &method,
            Some(response.status().as_u16()),
            &report,
            cause.as_deref(),
            started.elapsed(),
        );
    });
    response
}

/// Writes the line of a guarded request that ends without an answer: when this is dropped, or when the write that
/// [`Watch::outlived_by`] it is done.
pub(super) struct Watch {
    about: Arc<About>,
    ends_here: bool,
}

struct About {
    method: Method,
    endpoint: String,
    operation: &'static str,
    call: Call,
    started: Instant,
    span: Span,
}

impl Watch {
    /// Watches from now on.
    pub(super) fn over(method: &Method, endpoint: String, operation: &'static str, call: &Call) -> Self {
        let about = About {
            method: method.clone(),
            endpoint,
            operation,
            call: call.clone(),
            started: Instant::now(),
            span: Span::current(),
        };
        Self {
            about: Arc::new(about),
            ends_here: true,
        }
    }

    /// There is an answer, on which [`log`] reports.
    pub(super) fn answered(mut self) {
        self.ends_here = false;
    }

    /// The same write, which goes on when the caller hangs up and then reports for itself.
    pub(super) fn outlived_by(&mut self, write: Running) -> Running {
        self.ends_here = false;
        let about = Arc::clone(&self.about);
        let span = self.about.span.clone();
        let write = async move {
            let outcome = write.await;
            // The other owner is the watch: it is there as long as somebody waits for the answer.
            if Arc::strong_count(&about) == 1 {
                about.ended(Some(&outcome));
            }
            outcome
        };
        Box::pin(write.instrument(span))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.ends_here {
            self.about.span.in_scope(|| self.about.ended(None));
        }
    }
}

impl About {
    /// The line, with what the caller would have been answered if there is anything.
    fn ended(&self, outcome: Option<&Result<Outcome, Failure>>) {
        let (status, code, cause) = match outcome {
            None => (None, None, None),
            Some(Ok(_)) => (Some(200), Some(Code::Ok), None),
            Some(Err(failure)) => (
                Some(failure.fault.status()),
                Some(failure.fault.code()),
                failure.cause.as_deref().map(|cause| chain(cause)),
            ),
        };
        let mut report = Report {
            endpoint: Some(self.endpoint.clone()),
            operation: Some(self.operation),
            code: code.map(Code::as_str),
            hung_up: true,
            ..Report::default()
        };
        report.spent(&self.call);
        line(
            &self.method,
            status,
            &report,
            cause.as_deref(),
            self.started.elapsed(),
        );
    }
}

fn line(method: &Method, status: Option<u16>, report: &Report, cause: Option<&str>, elapsed: Duration) {
    let endpoint = report.endpoint.as_deref();
    let operation = report.operation;
    let code = report.code;
    let duration_ms = milliseconds(elapsed);
    let upstream_calls = report.upstream_calls;
    let upstream_ms = milliseconds(report.upstream_time);
    let waited_ms = milliseconds(report.waited);
    let retries = report.retries;
    let hung_up = report.hung_up.then_some(true);
    if report.severe || status.is_some_and(|status| status >= 500) {
        tracing::error!(
            %method, endpoint, operation, status, code, duration_ms, upstream_calls, upstream_ms, waited_ms,
            retries, cause, hung_up,
            "request failed"
        );
    } else {
        tracing::info!(
            %method, endpoint, operation, status, code, duration_ms, upstream_calls, upstream_ms, waited_ms,
            retries, cause, hung_up,
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
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}
