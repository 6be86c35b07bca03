//! The interactive documentation of an endpoint, at `/docs/`: Swagger UI out of the binary, over the endpoint's own
//! OpenAPI document.
//!
//! Open like the document. The secret is pasted by whoever wants to call something, and stays in the memory of the page.
//! All addresses are relative, so it works behind a proxy that strips a prefix; nothing is loaded from elsewhere.

use std::io::Read as _;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method as HttpMethod, Response, StatusCode, header};
use flate2::read::GzDecoder;
use url::Url;
use utoipa_swagger_ui::{Config, SwaggerFile, serve};

use super::{Service, mount, respond};
use crate::endpoint::Endpoint;
use crate::operations::{Failure, Method};

/// How long a file may be kept by a browser.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::new(["../openapi.json"])
        .display_operation_id(true)
        .try_it_out_enabled(true)
        .persist_authorization(false)
        // Without the bar for looking at other documents.
        .use_base_layout()
        .validator_url("none");
    Arc::new(config)
});

/// The file that a path below an endpoint asks for; None if it is none of the page's. The page itself is `/`.
pub(super) fn asked(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/docs")?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

/// Answers a request for a file of the page.
pub(super) fn answer(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    file: &str,
    request: &Request,
) -> Response<Body> {
    if !matches!(request.method(), &HttpMethod::GET | &HttpMethod::HEAD) {
        return mount::wrong_method(service, request, &[Method::Get]);
    }
    let Some(name) = file.strip_prefix('/') else {
        return below();
    };
    match serve(name, Arc::clone(&CONFIG)) {
        Ok(Some(file)) => {
            let base = mount::base(service, Some(endpoint), request.headers(), request.extensions());
            page(file, &base, request)
                .unwrap_or_else(|error| mount::answer_failure(service, request, Failure::internal(error)))
        }
        Ok(None) => mount::answer_failure(service, request, mount::no_such("route")),
        Err(error) => mount::answer_failure(service, request, Failure::internal(error.to_string())),
    }
}

/// The page is in a folder of its own, so that its relative addresses are right. Told without naming the folder it is
/// in, which a proxy may show under another name.
fn below() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static("docs/"));
    response
}

fn page(file: SwaggerFile<'_>, base: &str, request: &Request) -> std::io::Result<Response<Body>> {
    // Calls go to the address in the document, which may be another origin than the one the page was opened at.
    let origin = Url::parse(base).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {origin}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let accepts = request.headers().get_all(header::ACCEPT_ENCODING).iter();
    let accepts_gzip = accepts
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("gzip"));
    let compressed = file.gzpipped && accepts_gzip;
    let mut bytes = file.bytes.into_owned();
    if file.gzpipped && !accepts_gzip {
        let mut plain = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
        bytes = plain;
    }
    let mut response = respond::page(bytes, &file.content_type, &policy);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, KEPT);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
