//! Single pages on Cloud: reading, finding, writing.

use futures_util::future::try_join;
use reqwest::Method;
use serde_json::json;

use super::super::forest::Place;
use super::super::request::{Request, Route};
use super::super::wire::Id;
use super::super::{
    Ancestor, Error, ErrorKind, Located, NewPage, Page, PageId, Permissions, Space, Update, WithBody,
};
use super::{Cloud, PAGE_SIZE, SPACE, wire};

const READ: Route = Route::reading("page.read");
const FIND: Route = Route::reading("page.find");
const ANCESTORS: Route = Route::reading("page.ancestors");
const PAST: Route = Route::reading("page.past");
const PERMISSIONS: Route = Route::reading("page.permissions");
const CREATE: Route = Route::writing("page.create");
const UPDATE: Route = Route::writing("page.update");
const MOVE: Route = Route::writing("page.move");
const DELETE: Route = Route::writing("page.delete");

/// How many lists of ancestors are joined before the hierarchy is taken for a circle.
const MOST_ANCESTOR_LISTS: usize = 40;

impl Cloud {
    pub(in super::super) async fn located(
        &self,
        id: &PageId,
        body: WithBody,
    ) -> Result<Option<Located>, Error> {
        let both = try_join(self.read(id, body), self.ancestors(id, Place::Page)).await;
        let Some((page, ancestors)) = self.present(both).await? else {
            return Ok(None);
        };
        Ok(page.map(|page| Located { page, ancestors }))
    }

    pub(in super::super) async fn alone(&self, id: &PageId, body: WithBody) -> Result<Option<Page>, Error> {
        let page = self.read(id, body).await;
        Ok(self.present(page).await?.flatten())
    }

    pub(in super::super) async fn find(&self, title: &str, body: WithBody) -> Result<Option<Located>, Error> {
        let title = title.trim();
        if title.is_empty() {
            // An empty filter is none at all.
            return Ok(None);
        }
        let Some(space) = self.space().await? else {
            return Ok(None);
        };
        let mut request = Request::get(&FIND, &["api", "v2", "pages"])
            .query("space-id", &*space.id)
            .query("title", title)
            .query("status", "current")
            .query("limit", PAGE_SIZE);
        if body == WithBody::Yes {
            request = request.query("body-format", "storage");
        }
        let mut pages: Vec<wire::Page> = self.list(request).await?;
        pages.retain(|page| is_match(page, title, &space));
        let exact = pages.iter().position(|page| page.title.as_deref() == Some(title));
        let Some(page) = pages.into_iter().nth(exact.unwrap_or_default()) else {
            return Ok(None);
        };
        let page = self.page(&FIND, page, body)?;
        let ancestors = self.ancestors(&page.id, Place::Page).await;
        Ok(self
            .present(ancestors)
            .await?
            .map(|ancestors| Located { page, ancestors }))
    }

    pub(in super::super) async fn create(&self, page: &NewPage<'_>) -> Result<Page, Error> {
        let Some(space) = self.space().await? else {
            return Err(Error {
                kind: ErrorKind::NotFound,
                ..CREATE.nonsense("the endpoint's space is not there")
            });
        };
        let request = Request::new(&CREATE, Method::POST, &["api", "v2", "pages"])
            .json(&json!({
                "spaceId": space.id,
                "status": "current",
                "title": page.title,
                "parentId": page.parent.as_str(),
                "body": {"representation": "storage", "value": page.storage},
            }))
            .about(page.parent.as_str());
        let page = self.written(&request, page.title, 1).await?;
        self.wire.created(page.id.as_str());
        Ok(page)
    }

    /// v2 has no way to spare watchers a notification, so `minor_edit` is not sent.
    pub(in super::super) async fn update(&self, update: &Update<'_>) -> Result<Page, Error> {
        let mut version = json!({"number": update.version});
        if let Some(message) = update.message {
            version["message"] = message.into();
        }
        let request =
            Request::new(&UPDATE, Method::PUT, &["api", "v2", "pages", update.id.as_str()]).json(&json!({
                "id": update.id.as_str(),
                "status": "current",
                "title": update.title,
                "body": {"representation": "storage", "value": update.storage},
                "version": version,
            }));
        self.written(&request, update.title, update.version).await
    }

    /// v1: v2 can move too, but only together with a body and a new version.
    pub(in super::super) async fn move_below(&self, page: &Page, new_parent: &PageId) -> Result<u64, Error> {
        let path = [
            "rest",
            "api",
            "content",
            page.id.as_str(),
            "move",
            "append",
            new_parent.as_str(),
        ];
        let request = Request::new(&MOVE, Method::PUT, &path)
            .header("x-atlassian-token", "no-check")
            .expect_nothing();
        let outcome = self.wire.send(&request).await;
        self.clarified(outcome).await.map(|_| page.version)
    }

    pub(in super::super) async fn delete(&self, id: &PageId) -> Result<bool, Error> {
        let path = ["api", "v2", "pages", id.as_str()];
        let request = Request::new(&DELETE, Method::DELETE, &path).expect_nothing();
        let outcome = self.wire.send(&request).await;
        Ok(self.present(outcome).await?.is_some())
    }

    /// Creating is a matter of the space: a page lists it only at times, so the space is asked where it does not.
    pub(in super::super) async fn permissions(&self, id: &PageId) -> Result<Option<Permissions>, Error> {
        let request = Request::get(&PERMISSIONS, &["api", "v2", "pages", id.as_str()])
            .query("include-operations", "true");
        let outcome = self.wire.send(&request).await;
        let Some(answer) = self.present(outcome).await? else {
            return Ok(None);
        };
        let page: wire::Page = answer.json()?;
        if !page.is_current() {
            return Ok(None);
        }
        let operations = page
            .operations
            .map(|operations| operations.results)
            .unwrap_or_default();
        let may = |operation| operations.iter().any(|permitted| permitted.is(operation));
        Ok(Some(Permissions {
            read: true,
            update: may("update"),
            create: may("create") || self.may_create_in_space(page.space_id.as_ref()).await?,
            delete: may("delete"),
        }))
    }

    async fn may_create_in_space(&self, space: Option<&Id>) -> Result<bool, Error> {
        let Some(Id(space)) = space else { return Ok(false) };
        let request =
            Request::get(&SPACE, &["api", "v2", "spaces", space]).query("include-operations", "true");
        let space: wire::Space = self.wire.send(&request).await?.json()?;
        let operations = space
            .operations
            .map(|operations| operations.results)
            .unwrap_or_default();
        Ok(operations.iter().any(|permitted| permitted.is("create")))
    }

    /// None when it is there but not current: the trash and the archive answer 200 too.
    async fn read(&self, id: &PageId, body: WithBody) -> Result<Option<Page>, Error> {
        let mut request = Request::get(&READ, &["api", "v2", "pages", id.as_str()]);
        if body == WithBody::Yes {
            request = request.query("body-format", "storage");
        }
        let page: wire::Page = self.wire.send(&request).await?.json()?;
        if !page.is_current() {
            return Ok(None);
        }
        self.page(&READ, page, body).map(Some)
    }

    /// An earlier body comes with the metadata of the present, so nothing else is read from the answer.
    pub(in super::super) async fn past_body(
        &self,
        id: &PageId,
        version: u64,
    ) -> Result<Option<String>, Error> {
        let request = Request::get(&PAST, &["api", "v2", "pages", id.as_str()])
            .query("version", version.to_string())
            .query("body-format", "storage");
        let answer = self.wire.send(&request).await;
        let Some(answer) = self.present(answer).await? else {
            return Ok(None);
        };
        Ok(answer.json::<wire::Page>()?.into_storage())
    }

    /// All ancestors, top first. The list has a limit and no cursor: for the rest, its first entry is asked.
    pub(super) async fn ancestors(&self, id: &PageId, place: Place) -> Result<Vec<Ancestor>, Error> {
        let mut ancestors: Vec<Ancestor> = Vec::new();
        let (mut id, mut place) = (id.clone(), place);
        for _ in 0..MOST_ANCESTOR_LISTS {
            let Some(family) = super::tree::family(place) else {
                break;
            };
            let path = ["api", "v2", family, id.as_str(), "ancestors"];
            let answer = self
                .wire
                .send(&Request::get(&ANCESTORS, &path).query("limit", PAGE_SIZE))
                .await?;
            let list: wire::Listing<wire::Ancestor> = answer.json()?;
            let full = list.results.len() >= 250;
            let mut higher = Vec::new();
            for row in list.results {
                let id = row
                    .id
                    .page()
                    .ok_or_else(|| answer.nonsense("an ancestor without a proper id"))?;
                let place = Place::parse(row.kind.as_deref());
                higher.push((id, place));
            }
            let top = higher.first().cloned();
            let higher = higher.into_iter().map(|(id, place)| Ancestor {
                id,
                kind: place.kind(),
                title: None,
            });
            ancestors.splice(0..0, higher);
            match top {
                Some(top) if full => (id, place) = top,
                _ => return Ok(ancestors),
            }
        }
        Err(ANCESTORS.nonsense("the list of ancestors has no end"))
    }

    async fn written(&self, request: &Request<'_>, title: &str, version: u64) -> Result<Page, Error> {
        let outcome = self.wire.send(request).await;
        let page: wire::Page = self.clarified(outcome).await?.json()?;
        self.page(request.route, page.or_as_sent(title, version), WithBody::No)
    }
}

/// The filters of the request are not relied upon: what is found must be what was asked for.
fn is_match(page: &wire::Page, title: &str, space: &Space) -> bool {
    let same_title = page
        .title
        .as_deref()
        .is_some_and(|found| found.trim().to_lowercase() == title.to_lowercase());
    let same_space = page.space_id.as_ref().is_some_and(|id| id.0 == space.id);
    page.is_current() && same_title && same_space
}
