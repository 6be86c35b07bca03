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

use crate::operations::parameter::{CLIENT_REQUEST_ID, MAX_REQUEST_ID};
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
    headers(operation, parts, &mut given)?;
    if let Some(title) = title {
        given.insert("title".to_owned(), Value::String(title));
    }
    Ok(given)
}

/// Collects the arguments of a request that has all of them in its body, as one flat object.
///
/// # Errors
/// As [`arguments`].
pub(super) async fn object(
    operation: &Operation,
    parts: &Parts,
    body: Body,
    bounds: &Bounds,
) -> Result<Map<String, Value>, Failure> {
    let mut given = json_object(&read(body, bounds).await?)?;
    headers(operation, parts, &mut given)?;
    Ok(given)
}

/// Arguments that may stand in a header: that a listing is to be asked for anew, and the id of a write.
///
/// # Errors
/// [`Fault::InvalidInput`] when the id is none, or another one stands in the body.
fn headers(operation: &Operation, parts: &Parts, given: &mut Map<String, Value>) -> Result<(), Failure> {
    if operation.is_listing() && asks_anew(parts) {
        given.entry("fresh").or_insert(Value::Bool(true));
    }
    if operation.takes_request_id() {
        take_over_key(given, parts)?;
    }
    Ok(())
}

/// The header that does for HTTP clients what `clientRequestId` does for all callers
/// (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Takes the key of the header for the id of the call. It is a string of a structured field, in quotes; clients that
/// leave those out are understood.
fn take_over_key(given: &mut Map<String, Value>, parts: &Parts) -> Result<(), Failure> {
    for value in parts.headers.get_all(IDEMPOTENCY_KEY) {
        let key = value.to_str().ok().map(str::trim).and_then(unquoted);
        let fits = |key: &String| (1..=MAX_REQUEST_ID).contains(&key.len());
        let Some(key) = key.filter(fits) else {
            let message = format!("Idempotency-Key must be 1 to {MAX_REQUEST_ID} characters of ASCII.");
            return Err(Failure::new(Fault::InvalidInput, message)
                .hint("Send a new UUID for each new call, and the same one again to repeat a call."));
        };
        let absent = |id: &Value| id.is_null() || id.as_str().is_some_and(|id| id.trim().is_empty());
        match given.get(CLIENT_REQUEST_ID).filter(|id| !absent(id)) {
            None => {
                given.insert(CLIENT_REQUEST_ID.to_owned(), Value::String(key));
            }
            Some(Value::String(id)) if id.trim() != key => {
                return Err(Failure::new(
                    Fault::InvalidInput,
                    "Idempotency-Key and clientRequestId are not the same.",
                )
                .hint("Send one of them, or the same value in both."));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The text of a string as RFC 9651 (section 3.3.3) writes it; a text without quotes as it is.
fn unquoted(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else {
        return Some(value.to_owned());
    };
    let mut text = String::new();
    let mut characters = quoted.strip_suffix('"')?.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            '"' => return None,
            other => text.push(other),
        }
    }
    Some(text.trim().to_owned())
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

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn keys_with_and_without_quotes() {
        for (value, text) in [
            ("8e03978e-40d5", Some("8e03978e-40d5")),
            ("\"8e03978e-40d5\"", Some("8e03978e-40d5")),
            (r#""a \"b\" \\ c""#, Some(r#"a "b" \ c"#)),
            ("\"", None),
            ("\"a", None),
            ("\"a\"b\"", None),
            (r#""a\b""#, None),
            (r#""a\""#, None),
            ("\"\"", Some("")),
        ] {
            assert_eq!(unquoted(value).as_deref(), text, "{value}");
        }
    }
}
