//! The caller's arguments out of a request: path, query string and JSON body become one flat object.
//!
//! JSON is read whatever the content type says. axum's own extractors are not used, because their rejections are
//! plain text.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::header;
use axum::http::request::Parts;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::operations::{Failure, Fault, Method, Operation, Place};

/// Bounds on reading a request body.
pub(super) struct Bounds {
    /// The most bytes.
    pub(super) bytes: usize,
    /// The longest time for all of it to arrive.
    pub(super) time: Duration,
}

/// Collects the arguments of a request.
///
/// # Errors
/// [`Fault::InvalidInput`], [`Fault::TooLarge`] or [`Fault::SlowBody`], each with what to do.
pub(super) async fn arguments(
    operation: &Operation,
    title: Option<String>,
    parts: &Parts,
    body: Body,
    bounds: &Bounds,
) -> Result<Map<String, Value>, Failure> {
    let mut given = match operation.method {
        Method::Get | Method::Delete => Map::new(),
        Method::Post | Method::Put => json_object(&read(body, bounds).await?)?,
    };
    for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        if operation
            .parameters_in(Place::Query)
            .any(|parameter| parameter.name == name)
        {
            given.insert(name.into_owned(), Value::String(value.into_owned()));
        } else if !operation
            .parameters
            .iter()
            .any(|parameter| parameter.name == name)
        {
            given
                .entry(name.into_owned())
                .or_insert(Value::String(value.into_owned()));
        }
    }
    if operation.is_listing() && asks_anew(parts) {
        given.entry("fresh").or_insert(Value::Bool(true));
    }
    if let Some(title) = title {
        given.insert("title".to_owned(), Value::String(title));
    }
    Ok(given)
}

/// Whether the caller wants no answer from memory: `Cache-Control: no-cache`.
fn asks_anew(parts: &Parts) -> bool {
    let directives = parts.headers.get_all(header::CACHE_CONTROL).iter();
    let mut directives = directives
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    directives.any(|directive| directive.trim().eq_ignore_ascii_case("no-cache"))
}

/// The whole body, within its bounds.
pub(super) async fn read(body: Body, bounds: &Bounds) -> Result<Vec<u8>, Failure> {
    let outcome = tokio::time::timeout(bounds.time, to_bytes(body, bounds.bytes)).await;
    match outcome {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) => {
            let limit = std::error::Error::source(&error)
                .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
            if limit {
                let message = format!("The request body may have {} bytes at most.", bounds.bytes);
                Err(Failure::new(Fault::TooLarge, message).hint("Split the content over several pages."))
            } else {
                Err(
                    Failure::new(Fault::InvalidInput, "The request body did not arrive completely.")
                        .hint("Send the request again.")
                        .because(error),
                )
            }
        }
        Err(_) => Err(
            Failure::new(Fault::SlowBody, "The request body did not arrive in time.")
                .hint("Send the request again with its whole body."),
        ),
    }
}

/// A JSON object; an empty body counts as an empty object.
fn json_object(bytes: &[u8]) -> Result<Map<String, Value>, Failure> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(
            Failure::new(Fault::InvalidInput, "The request body must be a JSON object.")
                .hint("Send an object such as {\"title\": \"…\"}."),
        ),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            Err(Failure::new(
                Fault::InvalidInput,
                format!("The request body is not valid JSON ({place})."),
            )
            .hint("Send a JSON object in UTF-8; escape quotes, backslashes and line breaks inside strings."))
        }
    }
}
