//! The only list of layers, outermost first, each with the reason for its place.
//!
//! 1. log: outermost, so that its line says what the caller got, whatever happened below, and so that the
//!    request's id exists before anything can fail.
//! 2. CORS: preflights are answered before anything looks at them.
//! 3. compression: of everything below, failures included.
//! 4. panic: nearest to the handlers; a panic becomes an envelope, the process goes on.
//!
//! Time and size limits are not layers: they depend on the operation (see `mount` and `extract`).

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Response, header};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::log::{REQUEST_ID, log};
use super::{Service, respond};
use crate::config::settings::CorsOrigins;
use crate::operations::Failure;

/// Of a page of 25 kB, the usual level 6 takes 93 % of the bytes for twice the time; see docs/performance.md.
const GZIP_LEVEL: CompressionLevel = CompressionLevel::Precise(2);

/// Wraps the routes.
pub(super) fn around(routes: Router, service: &Service) -> Router {
    let clock = service.clock;
    let panic = move |payload: Box<dyn Any + Send>| -> Response<Body> {
        let text = payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without a message".to_owned());
        respond::failure(Failure::internal(format!("panicked: {text}")), None, clock)
    };
    let mut routes = routes
        .layer(CatchPanicLayer::custom(panic))
        .layer(CompressionLayer::new().quality(GZIP_LEVEL));
    if let Some(cors) = cors(&service.settings.cors_origins) {
        routes = routes.layer(cors);
    }
    routes.layer(axum::middleware::from_fn(log))
}

/// Cross-origin access for callers in browsers; never with cookies, which this service does not use.
fn cors(origins: &CorsOrigins) -> Option<CorsLayer> {
    let origins = match origins {
        CorsOrigins::Nobody => return None,
        CorsOrigins::Any => AllowOrigin::any(),
        CorsOrigins::Listed(list) => AllowOrigin::list(
            list.iter()
                .filter_map(|origin| HeaderValue::from_str(origin).ok()),
        ),
    };
    let mut exposed = vec![header::RETRY_AFTER, header::WWW_AUTHENTICATE, REQUEST_ID.clone()];
    exposed.extend(respond::LIMIT_FIELDS.map(HeaderName::from_static));
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            REQUEST_ID.clone(),
            HeaderName::from_static("x-gpt-secret"),
            HeaderName::from_static("mcp-protocol-version"),
            HeaderName::from_static("mcp-method"),
            HeaderName::from_static("mcp-name"),
            HeaderName::from_static("mcp-session-id"),
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers(exposed)
        .max_age(Duration::from_secs(3600));
    Some(layer)
}
