//! What a handler answers, before it becomes bytes on a connection.

use axum::body::Body;
use hyper::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde_json::Value;

/// A handler's answer; an `Err` is one too, on the early way out.
pub(crate) type Answer = Result<Reply, Reply>;

/// Status, headers and content.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) payload: Payload,
}

/// The content of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Empty,
    Json(Value),
    Html(String),
    Bytes(Vec<u8>, String),
}

impl Reply {
    pub(crate) fn json(value: Value) -> Self {
        Self::json_with(200, value)
    }

    pub(crate) fn json_with(status: u16, value: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            payload: Payload::Json(value),
        }
    }

    pub(crate) fn html(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            payload: Payload::Html(text.into()),
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            payload: Payload::Empty,
        }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The content as bytes, and its type.
    pub(crate) fn content(payload: Payload) -> (Vec<u8>, Option<String>) {
        match payload {
            Payload::Empty => (Vec::new(), None),
            Payload::Json(value) => (
                serde_json::to_vec(&value).expect("keys are strings"),
                Some("application/json".to_owned()),
            ),
            Payload::Html(text) => (text.into_bytes(), Some("text/html;charset=UTF-8".to_owned())),
            Payload::Bytes(bytes, kind) => (bytes, Some(kind)),
        }
    }

    /// The answer with `body` in place of the content it was made with.
    pub(crate) fn respond(
        status: u16,
        headers: &[(&'static str, String)],
        kind: Option<&str>,
        body: Body,
    ) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(kind) = kind.and_then(|kind| HeaderValue::from_str(kind).ok()) {
            response.headers_mut().insert(CONTENT_TYPE, kind);
        }
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            ) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}
