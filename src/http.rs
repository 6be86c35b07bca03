//! The Catalog as routes: every mount on one screen.
//!
//! axum matches what does not contain titles; below `/endpoint/<name>` one handler takes over, because titles may
//! contain slashes (see `page_path`). No handler here knows which Confluence it talks to.

mod auth;
#[cfg(feature = "docs-ui")]
mod docs;
mod documents;
mod extract;
mod layers;
mod log;
mod mcp;
mod mount;
mod page_path;
mod proxy;
mod respond;
mod tools;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};

pub use documents::server_url_of;
pub use proxy::Peer;

use crate::clock::Clock;
use crate::config::Settings;
use crate::dispatch::Dispatch;
use crate::endpoint::Registry;

/// What handlers share. Cheap to clone; immutable but for what the registry swaps.
#[derive(Clone)]
pub struct Service {
    /// The endpoints.
    pub registry: Arc<Registry>,
    /// Settings of the process.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// What runs operations.
    pub dispatch: Dispatch,
}

/// Every route of the service, inside its layers.
pub fn router(service: &Service) -> Router {
    let routes = Router::new()
        .route("/", get(documents::landing))
        .route("/health", any(mount::at_the_root))
        .route("/openapi.json", any(mount::at_the_root))
        .route("/endpoint/{name}", any(mount::named))
        .route("/endpoint/{name}/", any(mount::named))
        .route("/endpoint/{name}/{*rest}", any(mount::named))
        .fallback(mount::at_the_root)
        .method_not_allowed_fallback(mount::landing_is_get_only)
        .with_state(service.clone());
    layers::around(routes, service)
}
