//! Confluence Cloud: REST v2, and v1 only for what v2 lacks: the current user, moving, searching.
//!
//! The v1 content routes are not touched: whether they answer 200 or 410 depends on the site and the kind of
//! token. v2 answers rejected credentials and purged pages with the same bare 404; [`Cloud::clarified`] tells
//! them apart, at the price of one more call in that rare case.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::paging::{CursorWalk, cursor_of, cursor_of_header};
use super::request::{Request, Route};
use super::transport::Transport;
use super::wire::{CurrentUser, Id};
use super::{Call, Error, ErrorKind, Page, PageId, Quota, Space, User, WithBody};

mod pages;
mod people;
mod places;
mod search;
mod tree;
mod wire;

const USER: Route = Route::reading("user.read");
const SPACE: Route = Route::reading("space.read");
const TITLES: Route = Route::reading("page.titles");

/// The most entries v2 sends at once.
const PAGE_SIZE: &str = "250";

/// One Cloud site, for one caller.
#[derive(Clone)]
pub(super) struct Cloud {
    wire: Transport,
    space_key: Arc<str>,
    space: Arc<OnceLock<Space>>,
}

impl Cloud {
    pub(super) fn new(wire: Transport, space_key: &str) -> Self {
        Self {
            wire,
            space_key: space_key.into(),
            space: Arc::default(),
        }
    }

    pub(super) fn on(&self, call: &Call) -> Self {
        Self {
            wire: self.wire.on(call),
            space_key: Arc::clone(&self.space_key),
            space: Arc::clone(&self.space),
        }
    }

    pub(super) fn quota(&self) -> Option<Quota> {
        self.wire.quota()
    }

    pub(super) fn held_back(&self, operation: &'static str, by: Instant) -> Option<Error> {
        self.wire.held_back(operation, by)
    }

    pub(super) async fn current_user(&self) -> Result<User, Error> {
        let answer = self
            .wire
            .send(&Request::get(&USER, &["rest", "api", "user", "current"]))
            .await?;
        let user: CurrentUser = answer.json()?;
        user.into_user(&answer)
    }

    pub(super) async fn space(&self) -> Result<Option<Space>, Error> {
        if let Some(space) = self.space.get() {
            return Ok(Some(space.clone()));
        }
        let request = Request::get(&SPACE, &["api", "v2", "spaces"]).query("keys", &*self.space_key);
        let spaces: Vec<wire::Space> = self.list(request.query("limit", PAGE_SIZE)).await?;
        let space = spaces.into_iter().find(|space| space.answers_to(&self.space_key));
        let Some(space) = space else { return Ok(None) };
        let space = space
            .into_space()
            .ok_or_else(|| SPACE.nonsense("a space without id or key"))?;
        Ok(Some(self.space.get_or_init(|| space).clone()))
    }

    pub(super) async fn titles(&self, ids: &[PageId]) -> Result<HashMap<PageId, String>, Error> {
        let mut titles = HashMap::new();
        for ids in ids.chunks(250) {
            let ids = ids.iter().map(PageId::as_str).collect::<Vec<_>>().join(",");
            let request = Request::get(&TITLES, &["api", "v2", "pages"])
                .query("id", ids)
                .query("limit", PAGE_SIZE);
            for page in self.list::<wire::Page>(request).await? {
                titles.extend(page.id.as_ref().and_then(Id::page).zip(page.title));
            }
        }
        Ok(titles)
    }

    /// Reads a list to its end, following its cursors.
    async fn list<Row: DeserializeOwned + wire::Row>(
        &self,
        mut request: Request<'_>,
    ) -> Result<Vec<Row>, Error> {
        let mut walk = CursorWalk::default();
        let mut rows = Vec::new();
        loop {
            let answer = self.wire.send(&request).await?;
            let page: wire::Listing<Row> = answer.json()?;
            let before = rows.len();
            rows.extend(
                page.results
                    .into_iter()
                    .filter(|row| row.id().is_none_or(|id| walk.is_new(&id.0))),
            );
            let next = page.links.and_then(|links| links.next);
            let next = next
                .as_deref()
                .and_then(cursor_of)
                .or_else(|| cursor_of_header(&answer.headers));
            match walk
                .advance(rows.len() - before, next)
                .map_err(|fault| answer.nonsense(fault))?
            {
                Some(cursor) => request.at_cursor(cursor),
                None => return Ok(rows),
            }
        }
    }

    /// None instead of "not there".
    async fn present<T>(&self, outcome: Result<T, Error>) -> Result<Option<T>, Error> {
        match self.clarified(outcome).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Resolves the bare 404: where the credentials are good, what was asked for is not there.
    async fn clarified<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        let error = match outcome {
            Err(error) if error.kind == ErrorKind::CredentialsRejected && error.status == Some(404) => error,
            settled => return settled,
        };
        match self.current_user().await {
            Ok(_) => Err(Error {
                kind: ErrorKind::NotFound,
                ..error
            }),
            // The gateway knows the token, it only lacks this scope.
            Err(refusal) if refusal.lacks_scope() => Err(Error {
                kind: ErrorKind::NotFound,
                ..error
            }),
            Err(refusal) if refusal.kind == ErrorKind::CredentialsRejected => Err(error),
            Err(trouble) => Err(trouble),
        }
    }

    /// A page as the rest of the program sees it.
    fn page(&self, route: &Route, page: wire::Page, body: WithBody) -> Result<Page, Error> {
        page.into_page(body, |webui| self.wire.human_url(webui))
            .map_err(|fault| route.nonsense(fault))
    }
}
