//! The users and groups of a site, for endpoints that switch them on.
//!
//! [`Directory`] stands beside [`Pages`](crate::pages::Pages) and has nothing to do with the sandbox: users and groups
//! belong to the whole site, and only the account's permissions bound what is seen. Callers name people and groups in
//! their own words; `who` turns those into exactly one of them, or says why not. Nothing here knows of HTTP,
//! envelopes or JSON, and of Confluence's two products only what their names for a user look like.

mod audit;
pub mod error;
mod find;
mod lists;
mod remove;
mod who;

use std::sync::Arc;

use tokio::sync::Mutex;

pub use error::Error;
pub use lists::List;
pub use remove::Removal;

use crate::config::EndpointName;
use crate::confluence::search::Spot;
use crate::confluence::{self, Call, Client, NameQuery, Part, Person};

/// The users and groups of one endpoint's site, for the length of one caller's request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Directory {
    client: Client,
    endpoint: EndpointName,
    /// Held by whoever takes somebody out of a group: two at once could each leave the other as the last administrator.
    removing: Arc<Mutex<()>>,
    call: Option<Call>,
}

/// A list of users.
#[derive(Clone, Copy, Debug)]
enum People<'a> {
    /// Those whom a query finds.
    Named(&'a NameQuery),
    /// All of them.
    Everybody,
    /// All of them, with the e-mail addresses that they show.
    Addresses,
}

impl Directory {
    /// The directory of an endpoint's site.
    #[must_use]
    pub fn new(client: Client, endpoint: EndpointName) -> Self {
        Self {
            client,
            endpoint,
            removing: Arc::default(),
            call: None,
        }
    }

    /// The same under the deadline and the accounting of one request.
    #[must_use]
    pub fn on(&self, call: &Call) -> Self {
        Self {
            client: self.client.on(call),
            call: Some(call.clone()),
            ..self.clone()
        }
    }

    /// A part of a list of users.
    async fn people(
        &self,
        of: People<'_>,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Part<Person>, confluence::Error> {
        match of {
            People::Named(query) => self.client.people_named(query, at, size).await,
            People::Everybody => self.client.everybody(at, size).await,
            People::Addresses => self.client.addresses(at, size).await,
        }
    }
}
