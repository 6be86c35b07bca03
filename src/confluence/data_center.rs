//! Confluence Data Center: REST v1.
//!
//! There are no folders here, no cursors and no move: a page is moved by writing it with other ancestors. An
//! expired token is not refused but taken for an anonymous visitor; `failure` notices.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::time::Instant;

use super::request::{Request, Route};
use super::transport::Transport;
use super::wire::CurrentUser;
use super::{Call, Error, ErrorKind, Page, PageId, Quota, Space, User, WithBody};

mod pages;
mod people;
mod search;
mod tree;
mod wire;

const USER: Route = Route::reading("user.read");
const SPACE: Route = Route::reading("space.read");
const TITLES: Route = Route::reading("page.titles");

/// How many calls are under way at once for one request.
const AT_ONCE: usize = 8;

/// One Data Center site, for one caller.
#[derive(Clone)]
pub(super) struct DataCenter {
    wire: Transport,
    space_key: Arc<str>,
    space: Arc<OnceLock<Space>>,
}

impl DataCenter {
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
        let path = ["rest", "api", "space", &self.space_key];
        let request = Request::get(&SPACE, &path).query("expand", "homepage");
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(None);
        };
        let space: wire::Space = answer.json()?;
        let space = space
            .into_space()
            .ok_or_else(|| answer.nonsense("a space without id or key"))?;
        Ok(Some(self.space.get_or_init(|| space).clone()))
    }

    /// One call per page: nothing on Data Center gives several at once without CQL, whose index lags.
    pub(super) async fn titles(&self, ids: &[PageId]) -> Result<HashMap<PageId, String>, Error> {
        let calls = ids.iter().map(|id| self.title(id.clone()));
        let titles: Vec<_> = stream::iter(calls.collect::<Vec<_>>())
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(titles.into_iter().flatten().collect())
    }

    async fn title(&self, id: PageId) -> Result<Option<(PageId, String)>, Error> {
        let request =
            Request::get(&TITLES, &["rest", "api", "content", id.as_str()]).query("expand", "version");
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(None);
        };
        let page: wire::Content = answer.json()?;
        let title = page.is_current_page().then_some(page.title).flatten();
        Ok(title.map(|title| (id, title)))
    }

    /// A page as the rest of the program sees it.
    fn page(&self, route: &Route, page: wire::Content, body: WithBody) -> Result<Page, Error> {
        page.into_page(body, |webui| self.wire.human_url(webui))
            .map_err(|fault| route.nonsense(fault))
    }
}

/// None instead of "not there".
fn present<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
