//! The tools of an endpoint over HTTP: `GET /tools` lists them in the shape that an SDK takes as it is, and
//! `POST /tools/<tool>` calls one with a flat JSON object and answers the usual envelope.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method as HttpMethod, Response, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::documents::server_url_of;
use super::mount::{self, Door};
use super::respond::{self, Report};
use super::{Service, auth};
use crate::describe::tools::{self, Format, Tool, Wanted};
use crate::dispatch::Authorized;
use crate::endpoint::Endpoint;
use crate::operations::{Failure, Fault, Method, Tag};

/// How long a list may be kept by its caller.
const KEPT: HeaderValue = HeaderValue::from_static("private, max-age=60");

/// What `GET /tools` may be asked for.
const QUERY: [&str; 4] = ["format", "strict", "methods", "tags"];

/// What a path below an endpoint asks of its tools.
pub(super) enum Asked<'path> {
    /// The list.
    List,
    /// The tool of this name, still encoded.
    Tool(&'path str),
}

/// What this path asks of the tools; None if it is none of theirs.
pub(super) fn asked(path: &str) -> Option<Asked<'_>> {
    let rest = path.strip_prefix("/tools")?.trim_end_matches('/');
    match rest.strip_prefix('/') {
        None if rest.is_empty() => Some(Asked::List),
        Some(name) => Some(Asked::Tool(name)),
        None => None,
    }
}

/// Answers a request to the tools of an endpoint.
pub(super) async fn answer(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    asked: Asked<'_>,
    request: Request,
) -> Response<Body> {
    match (asked, request.method()) {
        (Asked::List, &HttpMethod::GET | &HttpMethod::HEAD) => {
            let (parts, _) = request.into_parts();
            let mut response = list(service, endpoint, &parts)
                .unwrap_or_else(|failure| mount::failed(service, &parts, failure));
            if let Some(report) = response.extensions_mut().get_mut::<Report>() {
                report.operation = Some("list_tools");
            }
            response
        }
        (Asked::List, _) => mount::wrong_method(service, &request, &[Method::Get]),
        (Asked::Tool(name), &HttpMethod::POST) => match tool(endpoint, request.headers(), name) {
            Ok(tool) => mount::guarded(service, endpoint, tool.operation, Door::Tool(tool), request).await,
            Err(failure) => mount::answer_failure(service, &request, failure),
        },
        (Asked::Tool(_), _) => mount::wrong_method(service, &request, &[Method::Post]),
    }
}

/// The list of the tools that the endpoint offers, filtered and shaped as asked.
fn list(service: &Service, endpoint: &Arc<Endpoint>, parts: &Parts) -> Result<Response<Body>, Failure> {
    let authorized = auth::authorize(endpoint, &parts.headers)?;
    let query = Query::parse(parts.uri.query().unwrap_or_default())?;
    let base = mount::base(service, Some(endpoint), &parts.headers, &parts.extensions);
    let tools_url = format!("{}/tools", server_url_of(&base, endpoint.name()));
    let offered = offered(&authorized).filter(|tool| query.takes(tool));
    let list = query.format.list(offered, query.strict, &tools_url);
    Ok(kept(&list, &parts.headers))
}

fn offered(authorized: &Authorized) -> impl Iterator<Item = &'static Tool> {
    tools::all()
        .iter()
        .filter(|tool| authorized.offers(tool.operation))
}

/// A document that its caller may keep for a while, or the news that what the caller has is still it.
fn kept(list: &serde_json::Value, headers: &HeaderMap) -> Response<Body> {
    let mut response = respond::document(list);
    // Weak: the same list may go out compressed.
    let tag = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(list.to_string()));
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .map(str::trim)
            .any(|candidate| candidate == "*" || candidate.trim_start_matches("W/").trim_matches('"') == tag)
    });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    if let Ok(tag) = HeaderValue::try_from(format!("W/\"{tag}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The tool of this name, for a caller with the secret.
fn tool(endpoint: &Arc<Endpoint>, headers: &HeaderMap, encoded: &str) -> Result<&'static Tool, Failure> {
    let authorized = auth::authorize(endpoint, headers)?;
    let name = percent_decode_str(encoded).decode_utf8_lossy();
    if let Some(tool) = tools::find(&name) {
        return Ok(tool);
    }
    let suggestions = tools::similar(&name, offered(&authorized));
    let hint = match suggestions.as_slice() {
        [] => "Call GET tools?format=schema for the tools of this endpoint.".to_owned(),
        names => format!("Did you mean {}?", names.join(" or ")),
    };
    let short: String = name.chars().take(60).collect();
    Err(Failure::new(Fault::NotFound, format!("Unknown tool '{short}'."))
        .hint(hint)
        .suggest(suggestions.into_iter().map(str::to_owned).collect()))
}

/// What `GET /tools` was asked for.
struct Query {
    format: Format,
    strict: bool,
    wanted: Vec<Wanted>,
    tags: Vec<Tag>,
}

impl Query {
    fn parse(text: &str) -> Result<Self, Failure> {
        let mut query = Self {
            format: Format::ALL[0],
            strict: false,
            wanted: Vec::new(),
            tags: Vec::new(),
        };
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let words = || value.split(',').map(str::trim).filter(|word| !word.is_empty());
            match name.as_ref() {
                "format" => {
                    let known = Format::ALL.map(Format::as_str);
                    let fitting = |format: &Format| format.as_str().eq_ignore_ascii_case(value.trim());
                    let format = Format::ALL.into_iter().find(fitting);
                    query.format = format.ok_or_else(|| one_of("format", &value, &known))?;
                }
                "strict" => {
                    query.strict = match value.trim() {
                        "true" | "1" => true,
                        "false" | "0" | "" => false,
                        _ => return Err(one_of("strict", &value, &["true", "false"])),
                    };
                }
                "methods" => {
                    for word in words() {
                        let known: Vec<&str> = Wanted::words().collect();
                        let wanted = Wanted::parse(word).ok_or_else(|| one_of("methods", word, &known))?;
                        query.wanted.push(wanted);
                    }
                }
                "tags" => {
                    for word in words() {
                        let tags = [Tag::Read, Tag::Upload, Tag::Manage];
                        let tag = tags.into_iter().find(|tag| tag.as_str() == word);
                        let known = tags.map(Tag::as_str);
                        query.tags.push(tag.ok_or_else(|| one_of("tags", word, &known))?);
                    }
                }
                unknown => return Err(one_of("each parameter of the query", unknown, &QUERY)),
            }
        }
        if query.strict && !query.format.can_be_strict() {
            let message = format!("strict does not go with format={}.", query.format.as_str());
            return Err(Failure::new(Fault::InvalidInput, message)
                .hint("Leave strict out, or use openai, openai-responses or anthropic."));
        }
        Ok(query)
    }

    fn takes(&self, tool: &Tool) -> bool {
        (self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted.takes(tool)))
            && (self.tags.is_empty() || self.tags.contains(&tool.operation.tag))
    }
}

fn one_of(what: &str, got: &str, known: &[&str]) -> Failure {
    let short: String = got.chars().take(60).collect();
    let message = format!("{what} must be one of: {}", known.join(", "));
    Failure::new(Fault::InvalidInput, message).hint(format!("Got {short:?}; send one of the words."))
}
