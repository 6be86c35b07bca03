//! Documents about the service: OpenAPI, and the landing page for people.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use serde_json::Value;
use url::form_urlencoded;

use super::proxy::{Peer, public_base};
use super::{Service, respond};
use crate::config::{EndpointName, Flavor};
use crate::describe::openapi::{Version, document};
use crate::endpoint::Endpoint;
use crate::operations::{Failure, Fault};

/// The name that stands for an endpoint in the generic document.
const ANY_ENDPOINT: &str = "<endpoint_name>";

/// The page for people; its operations are filled in from the live document.
const LANDING: &str = include_str!("landing.html");

/// The address of an endpoint's operations, given the address of the service.
#[must_use]
pub fn server_url_of(base: &str, name: &EndpointName) -> String {
    let base = base.trim_end_matches('/');
    match name.as_str() {
        "" => base.to_owned(),
        name => format!("{base}/endpoint/{name}"),
    }
}

/// The OpenAPI document of an endpoint, or the generic one that is true of any.
pub(super) fn openapi(endpoint: Option<&Endpoint>, base: &str) -> Value {
    match endpoint {
        Some(endpoint) => document(endpoint.config(), &server_url_of(base, endpoint.name())),
        None => generic(base),
    }
}

/// The version of the document that a query asks for: `openapi=3.0`, or 3.1.
///
/// # Errors
/// [`Fault::InvalidInput`] for any other.
pub(super) fn version(query: &str) -> Result<Version, Failure> {
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "openapi");
    asked.map_or(Ok(Version::V31), |(_, text)| {
        Version::parse(&text).ok_or_else(|| {
            Failure::new(Fault::InvalidInput, "openapi must be one of: 3.1, 3.0")
                .hint("Send one of the words, or leave it out for 3.1.")
        })
    })
}

fn generic(base: &str) -> Value {
    document(Flavor::Default, &format!("{base}/endpoint/{ANY_ENDPOINT}"))
}

/// `GET /`: what this is, which build, and what it can do. Names no endpoint.
pub(super) async fn landing(State(service): State<Service>, request: Request) -> Response<Body> {
    let peer = request.extensions().get::<Peer>().copied();
    let base = public_base(&service.settings, None, request.headers(), peer);
    let page = LANDING
        .replace("{{version}}", env!("CARGO_PKG_VERSION"))
        .replace(
            "{{build}}",
            option_env!("CONFLAGENT_BUILD").unwrap_or("built from source"),
        )
        .replace("{{base}}", &escape(&base))
        .replace("{{operations}}", &operations_table(&generic(&base)));
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    respond::page(page, "text/html; charset=utf-8", policy)
}

/// A row per operation of an OpenAPI document.
fn operations_table(document: &Value) -> String {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, methods)| {
        methods
            .as_object()
            .into_iter()
            .flatten()
            .map(move |it| (path, it))
    });
    let row = |(path, (method, operation)): (&String, (&String, &Value))| {
        let text = |field: &str| escape(operation[field].as_str().unwrap_or_default());
        format!(
            "<tr><td><code>{}</code></td><td><code>{}</code></td><td><strong>{}</strong><br>{}</td></tr>\n",
            method.to_ascii_uppercase(),
            escape(path),
            text("operationId"),
            text("description"),
        )
    };
    operations.map(row).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
