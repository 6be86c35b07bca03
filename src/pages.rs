//! What one endpoint may do: find, read, list and write the pages at and below its root page.
//!
//! [`Pages`] is the only way from an operation to Confluence. Every page it hands out or touches went through
//! the sandbox check in [`lookup`], which is made on Confluence's own account of the page's ancestors and fails
//! closed. Nothing here knows of HTTP, envelopes or JSON.

pub mod create;
pub mod edit;
pub mod error;
pub mod index;
mod locks;
pub mod lookup;
pub mod search;
pub mod section;
pub mod show;
pub mod similar;
pub mod title;
pub mod tree;
pub mod write;

pub use create::{Created, Draft, Tries};
pub use edit::{Edit, Updated};
pub use error::{Error, Role};
pub use index::{Freshness, Index};
pub use lookup::{Found, Reference};
pub use search::{BadSearch, Hits, Search};
pub use section::BadSection;
pub use show::{ReadFormat, Shown};
pub use title::Title;
pub use tree::{Entry, Listing};
pub use write::{Body, Deleted, Moved, Renamed, Terms};

use std::future::Future;
use std::sync::Arc;

use self::locks::Locks;
use crate::clock::Clock;
use crate::config::{Deployment, EndpointConfig};
use crate::confluence::{self, Call, Client, PageId, settle};
use crate::convert::Flavour;

/// The pages of one endpoint, for the length of one caller's request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pages {
    client: Client,
    root: PageId,
    flavour: Flavour,
    read_format: ReadFormat,
    index: Arc<Index>,
    locks: Arc<Locks>,
    call: Option<Call>,
}

impl Pages {
    /// The pages below the endpoint's root page. `None` when the configured root page id is not one.
    #[must_use]
    pub fn new(client: Client, config: &EndpointConfig, clock: Clock) -> Option<Self> {
        let flavour = match config.deployment {
            Deployment::Cloud => Flavour::Cloud,
            Deployment::DataCenter => Flavour::DataCenter,
        };
        let root = PageId::parse(&config.root_page_id)?;
        let index = Index::new(client.clone(), root.clone(), config.index_freshness, clock);
        Some(Self {
            client,
            root,
            flavour,
            read_format: config.read_format,
            index,
            locks: Arc::default(),
            call: None,
        })
    }

    /// The same pages under the deadline and the accounting of one request.
    #[must_use]
    pub fn on(&self, call: &Call) -> Self {
        Self {
            client: self.client.on(call),
            call: Some(call.clone()),
            ..self.clone()
        }
    }

    /// The Confluence client, for checks of the endpoint itself (credentials, space, permissions).
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a write until it is known to have happened, or to have been refused. While that is open, the index is not
    /// to be trusted.
    async fn surely<T, S, L>(
        &self,
        send: impl Fn() -> S,
        look: impl Fn() -> L,
    ) -> Result<T, settle::Unwritten>
    where
        S: Future<Output = Result<T, confluence::Error>>,
        L: Future<Output = Result<Option<T>, confluence::Error>>,
    {
        settle::surely(self.call.as_ref(), || self.index.distrust(), send, look).await
    }

    /// The id of the root page.
    #[must_use]
    pub fn root(&self) -> &PageId {
        &self.root
    }
}
