//! Outcomes and failures to HTTP responses. The cause of a failure travels beside the response, for the log.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::clock::Clock;
use crate::operations::outcome::whole_seconds;
use crate::operations::{Code, Envelope, Failure, Fault, Outcome};

/// What the log should say about a response; carried in its extensions.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// The endpoint, if the request got that far.
    pub(super) endpoint: Option<String>,
    /// The operation, if the request got that far.
    pub(super) operation: Option<&'static str>,
    /// The `code` of the answer.
    pub(super) code: Option<&'static str>,
    /// How many calls Confluence got.
    pub(super) upstream_calls: u32,
    /// How long Confluence took, all calls together.
    pub(super) upstream_time: std::time::Duration,
    /// Why it failed.
    pub(super) cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
    /// Whether nobody was left to be answered.
    pub(super) hung_up: bool,
}

/// A JSON document as it is, without an envelope.
pub(super) fn document(value: &impl Serialize) -> Response<Body> {
    json(StatusCode::OK, value, Report::default())
}

/// The envelope of a success.
pub(super) fn success(message: &str, outcome: Outcome, clock: Clock) -> Response<Body> {
    let report = Report {
        code: Some(Code::Ok.as_str()),
        ..Report::default()
    };
    json(
        StatusCode::OK,
        &Envelope::success(message, outcome, clock),
        report,
    )
}

/// The envelope of a failure, with the headers that go with it.
pub(super) fn failure(failure: Failure, request_id: Option<&str>, clock: Clock) -> Response<Body> {
    let status = StatusCode::from_u16(failure.fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let envelope = Envelope::failure(&failure, request_id, clock);
    let report = Report {
        code: Some(failure.fault.code().as_str()),
        cause: failure.cause.map(Arc::from),
        ..Report::default()
    };
    let mut response = json(status, &envelope, report);
    let headers = response.headers_mut();
    if failure.fault == Fault::Unauthorized {
        headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"conflagent\""),
        );
    }
    if let Some(wait) = failure.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    response
}

fn json(status: StatusCode, value: &impl Serialize, report: Report) -> Response<Body> {
    let (status, text) = match serde_json::to_vec(value) {
        Ok(text) => (status, text),
        // None of our types can fail to be written; were one to, an empty 500 is all that is left to say.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response.extensions_mut().insert(report);
    response
}
