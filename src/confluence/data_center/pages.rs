//! Single pages on Data Center: reading, finding, writing.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use reqwest::Method;
use serde_json::json;

use super::super::cql;
use super::super::request::{Request, Route};
use super::super::wire::Id;
use super::super::{
    Ancestor, Error, ErrorKind, Located, NewPage, NodeKind, Page, PageId, Permissions, Update, WithBody,
};
use super::{AT_ONCE, DataCenter, SPACE, present, wire};

const READ: Route = Route::reading("page.read");
const FIND: Route = Route::reading("page.find");
const SEARCH: Route = Route::reading("page.search");
const PAST: Route = Route::reading("page.past");
const PERMISSIONS: Route = Route::reading("page.permissions");
const CREATE: Route = Route::writing("page.create");
const UPDATE: Route = Route::writing("page.update");
const MOVE: Route = Route::writing("page.move");
const DELETE: Route = Route::writing("page.delete");

impl DataCenter {
    pub(in super::super) async fn located(
        &self,
        id: &PageId,
        body: WithBody,
    ) -> Result<Option<Located>, Error> {
        let path = ["rest", "api", "content", id.as_str()];
        let request = Request::get(&READ, &path).query("expand", expansion(body));
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(None);
        };
        let page: wire::Content = answer.json()?;
        if !page.is_current_page() {
            return Ok(None);
        }
        self.in_place(&READ, page, body).map(Some)
    }

    /// One call per page: nothing on Data Center gives several at once but the index, which lags.
    pub(in super::super) async fn located_all(&self, ids: &[PageId]) -> Result<Vec<Located>, Error> {
        let calls = ids.iter().map(|id| self.located(id, WithBody::No));
        let located: Vec<_> = stream::iter(calls.collect::<Vec<_>>())
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(located.into_iter().flatten().collect())
    }

    pub(in super::super) async fn alone(&self, id: &PageId, body: WithBody) -> Result<Option<Page>, Error> {
        let located = self.located(id, body).await?;
        Ok(located.map(|located| located.page))
    }

    pub(in super::super) async fn past_body(
        &self,
        id: &PageId,
        version: u64,
    ) -> Result<Option<String>, Error> {
        let path = ["rest", "api", "content", id.as_str()];
        let request = Request::get(&PAST, &path)
            .query("status", "historical")
            .query("version", version.to_string())
            .query("expand", "body.storage");
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(None);
        };
        Ok(answer.json::<wire::Content>()?.into_storage())
    }

    pub(in super::super) async fn find(&self, title: &str, body: WithBody) -> Result<Option<Located>, Error> {
        let title = title.trim();
        if title.is_empty() {
            // An empty filter is none at all.
            return Ok(None);
        }
        let request = Request::get(&FIND, &["rest", "api", "content"])
            .query("type", "page")
            .query("spaceKey", &*self.space_key)
            .query("title", title)
            .query("expand", expansion(body));
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(None);
        };
        let mut pages = answer.json::<wire::Listing>()?.results;
        pages.retain(|page| is_match(page, title, &self.space_key));
        let exact = pages.iter().position(|page| page.title.as_deref() == Some(title));
        match pages.into_iter().nth(exact.unwrap_or_default()) {
            Some(page) => self.in_place(&FIND, page, body).map(Some),
            None => self.find_in_other_case(title, body).await,
        }
    }

    /// The look-up by title minds the case, although titles that differ in case alone are the same to Confluence.
    /// The search index, which does not, proposes ids; what counts is what those pages say of themselves.
    async fn find_in_other_case(&self, title: &str, body: WithBody) -> Result<Option<Located>, Error> {
        let Some(words) = cql::words(title) else {
            return Ok(None);
        };
        let query = format!(
            "type = page AND space = {} AND title ~ {}",
            cql::quoted(&self.space_key),
            cql::quoted(&words)
        );
        let request = Request::get(&SEARCH, &["rest", "api", "content", "search"])
            .query("cql", query)
            .query("limit", "50")
            .query("expand", "version,space");
        let mut pages = match self.wire.send(&request).await {
            Ok(answer) => answer.json::<wire::Listing>()?.results,
            // A site without search, or one that does not take the query: there is no second look then.
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Refused) => return Ok(None),
            Err(error) => return Err(error),
        };
        pages.retain(|page| is_match(page, title, &self.space_key));
        let Some(id) = pages.iter().find_map(|page| page.id.as_ref().and_then(Id::page)) else {
            return Ok(None);
        };
        let located = self.located(&id, body).await?;
        Ok(located.filter(|located| same_title(&located.page.title, title)))
    }

    pub(in super::super) async fn create(&self, page: &NewPage<'_>) -> Result<Page, Error> {
        let request = Request::new(&CREATE, Method::POST, &["rest", "api", "content"])
            .query("expand", "version")
            .json(&json!({
                "type": "page",
                "title": page.title,
                "space": {"key": &*self.space_key},
                "ancestors": [{"id": page.parent.as_str()}],
                "body": {"storage": {"value": page.storage, "representation": "storage"}},
            }))
            .about(page.parent.as_str());
        let page = self.written(&request, page.title, 1).await?;
        self.wire.created(page.id.as_str());
        Ok(page)
    }

    pub(in super::super) async fn update(&self, update: &Update<'_>) -> Result<Page, Error> {
        let mut version = json!({"number": update.version, "minorEdit": update.minor_edit});
        if let Some(message) = update.message {
            version["message"] = message.into();
        }
        let path = ["rest", "api", "content", update.id.as_str()];
        let request = Request::new(&UPDATE, Method::PUT, &path).json(&json!({
            "id": update.id.as_str(),
            "type": "page",
            "title": update.title,
            "body": {"storage": {"value": update.storage, "representation": "storage"}},
            "version": version,
        }));
        self.written(&request, update.title, update.version).await
    }

    /// The body is left out, which keeps it. A move below itself is answered with an empty 500: the ancestors of
    /// the target then tell whether it was that.
    pub(in super::super) async fn move_below(&self, page: &Page, new_parent: &PageId) -> Result<u64, Error> {
        let path = ["rest", "api", "content", page.id.as_str()];
        let request = Request::new(&MOVE, Method::PUT, &path)
            .json(&json!({
                "id": page.id.as_str(),
                "type": "page",
                "title": page.title,
                "version": {"number": page.version + 1},
                "ancestors": [{"id": new_parent.as_str()}],
            }))
            .about(new_parent.as_str());
        match self.wire.send(&request).await {
            Ok(_) => Ok(page.version + 1),
            Err(error) if error.status == Some(500) => {
                let target = self.located(new_parent, WithBody::No).await.ok().flatten();
                let below_itself =
                    target.is_some_and(|target| target.ancestors.iter().any(|a| a.id == page.id));
                let kind = if below_itself {
                    ErrorKind::Circular
                } else {
                    error.kind
                };
                Err(Error { kind, ..error })
            }
            Err(error) => Err(error),
        }
    }

    pub(in super::super) async fn delete(&self, id: &PageId) -> Result<bool, Error> {
        let path = ["rest", "api", "content", id.as_str()];
        let request = Request::new(&DELETE, Method::DELETE, &path).expect_nothing();
        Ok(present(self.wire.send(&request).await)?.is_some())
    }

    /// Creating is a matter of the space: a page lists it only at times, so the space is asked where it does not.
    pub(in super::super) async fn permissions(&self, id: &PageId) -> Result<Option<Permissions>, Error> {
        let path = ["rest", "api", "content", id.as_str()];
        let request = Request::get(&PERMISSIONS, &path).query("expand", "operations");
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(None);
        };
        let page: wire::Content = answer.json()?;
        if !page.is_current_page() {
            return Ok(None);
        }
        let operations = page.operations.unwrap_or_default();
        let may = |operation| operations.iter().any(|permitted| permitted.is(operation));
        Ok(Some(Permissions {
            read: true,
            update: may("update"),
            create: may("create") || self.may_create_in_space().await?,
            delete: may("delete"),
        }))
    }

    async fn may_create_in_space(&self) -> Result<bool, Error> {
        let path = ["rest", "api", "space", &self.space_key];
        let request = Request::get(&SPACE, &path).query("expand", "operations");
        let Some(answer) = present(self.wire.send(&request).await)? else {
            return Ok(false);
        };
        let operations = answer.json::<wire::Space>()?.operations.unwrap_or_default();
        Ok(operations.iter().any(|permitted| permitted.is("create")))
    }

    fn in_place(&self, route: &Route, mut page: wire::Content, body: WithBody) -> Result<Located, Error> {
        let rows = page
            .ancestors
            .take()
            .ok_or_else(|| route.nonsense("a page without its ancestors"))?;
        let ancestors = rows.into_iter().map(ancestor).collect::<Option<Vec<_>>>();
        let ancestors = ancestors.ok_or_else(|| route.nonsense("an ancestor without a proper id"))?;
        Ok(Located {
            page: self.page(route, page, body)?,
            ancestors,
        })
    }

    async fn written(&self, request: &Request<'_>, title: &str, version: u64) -> Result<Page, Error> {
        let page: wire::Content = self.wire.send(request).await?.json()?;
        self.page(request.route, page.or_as_sent(title, version), WithBody::No)
    }
}

fn expansion(body: WithBody) -> &'static str {
    match body {
        WithBody::No => "version,space,ancestors",
        WithBody::Yes => "version,space,ancestors,body.storage",
    }
}

fn ancestor(row: wire::Content) -> Option<Ancestor> {
    Some(Ancestor {
        id: row.id.as_ref().and_then(Id::page)?,
        kind: if row.is_page() {
            NodeKind::Page
        } else {
            NodeKind::Other
        },
        title: row.title,
    })
}

/// The filters of the request are not relied upon: what is found must be what was asked for.
fn is_match(page: &wire::Content, title: &str, space_key: &str) -> bool {
    let same_title = page
        .title
        .as_deref()
        .is_some_and(|found| same_title(found, title));
    let key = page.space.as_ref().and_then(|space| space.key.as_deref());
    page.is_current_page() && same_title && key.is_some_and(|key| key.eq_ignore_ascii_case(space_key))
}

/// Titles are the same to Confluence when they differ in case or outer blanks alone.
fn same_title(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
