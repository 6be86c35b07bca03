//! Outcomes and failures to HTTP responses. The cause of a failure travels beside the response, for the log.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::clock::Clock;
use crate::confluence::{Call, Quota};
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
    /// How long calls to Confluence were held back, all together.
    pub(super) waited: std::time::Duration,
    /// How many of them were made because an earlier one had failed.
    pub(super) retries: u32,
    /// Why it failed.
    pub(super) cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
    /// Whether nobody was left to be answered.
    pub(super) hung_up: bool,
    /// Whether it failed through no fault of the caller, where the status does not say so.
    pub(super) severe: bool,
}

impl Report {
    /// The same with what a call cost.
    pub(super) fn spent(&mut self, call: &Call) {
        self.upstream_calls = call.tally.calls();
        self.upstream_time = call.tally.time();
        self.waited = call.tally.waited();
        self.retries = call.tally.retries();
    }
}

/// A JSON document as it is, without an envelope.
pub(super) fn document(value: &impl Serialize) -> Response<Body> {
    json(StatusCode::OK, value, Report::default())
}

/// A file of a page for people, under this content security policy.
pub(super) fn page(body: impl Into<Body>, content_type: &str, policy: &str) -> Response<Body> {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response.extensions_mut().insert(Report::default());
    response
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
        cause: failure.cause,
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

/// What a caller is told who comes too often, beside `Retry-After`: the fields of the IETF's present draft, then the
/// three of its older ones.
pub(super) const LIMIT_FIELDS: [&str; 5] = [
    "ratelimit",
    "ratelimit-policy",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
];

/// Sets these fields on a 429; does nothing to other answers. The policy is told where Confluence named one, the
/// limit also where we learned it from refusals.
pub(super) fn rate_limited(response: &mut Response<Body>, quota: Option<Quota>) {
    let wait = response.headers().get(header::RETRY_AFTER);
    let wait = wait.and_then(|wait| wait.to_str().ok()).map(str::to_owned);
    let Some(seconds) = wait.filter(|_| response.status() == StatusCode::TOO_MANY_REQUESTS) else {
        return;
    };
    let policy = quota.filter(|quota| quota.announced).map(|quota| {
        let window = whole_seconds(quota.window);
        format!("\"confluence\";q={};w={window}", quota.requests)
    });
    let values = [
        Some(format!("\"confluence\";r=0;t={seconds}")),
        policy,
        quota.map(|quota| quota.requests.to_string()),
        Some("0".to_owned()),
        Some(seconds),
    ];
    for (name, value) in LIMIT_FIELDS.into_iter().zip(values) {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
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
