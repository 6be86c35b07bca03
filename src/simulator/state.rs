//! Looking into the wiki: for tests, not through HTTP. `change` does the rest.
//!
//! Ids are strings, as on the wire. An id that is not there is the test's mistake, hence the panics.

#![expect(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "for tests, see above"
)]

mod change;
mod people;

use std::{net::SocketAddr, sync::MutexGuard};

use super::{
    Simulator,
    auth::{Credentials, READER, WRITER, credentials},
    exchange::lock,
    log::{Counters, LoggedRequest},
    options::Deployment,
    store::{Content, Id, Status, Store},
    trouble::Trouble,
    world::World,
};

/// Where a page is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStatus {
    /// Published and in the tree.
    Current,
    /// Out of the tree, kept.
    Archived,
    /// In the trash.
    Trashed,
    /// Not published.
    Draft,
}

/// One saved state of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageVersion {
    /// Counts from 1.
    pub number: u64,
    /// The title it was saved under.
    pub title: String,
    /// As stored.
    pub body: String,
    /// The note left with the save.
    pub message: String,
    /// The user name of who saved it.
    pub author: String,
}

/// A page (or folder, comment, attachment) as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The id on the wire.
    pub id: String,
    /// `page`, `folder`, `comment`, `attachment` or another type of the tree.
    pub kind: String,
    /// The current title.
    pub title: String,
    /// As stored.
    pub body: String,
    /// The current version's number.
    pub version: u64,
    /// The parent in the tree.
    pub parent: Option<String>,
    /// Where it is in its life.
    pub status: PageStatus,
    /// Ids of what is directly below, in order.
    pub children: Vec<String>,
    /// The key of its space.
    pub space: String,
    /// Names of its labels.
    pub labels: Vec<String>,
}

/// One line of [`Simulator::subtree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// The id on the wire.
    pub id: String,
    /// The current title.
    pub title: String,
    /// Titles from below the top of the subtree down to this one, joined by `/`.
    pub path: String,
}

impl Simulator {
    /// Cloud: `http://127.0.0.1:PORT/wiki`; Data Center: `http://127.0.0.1:PORT` and the context path.
    pub fn base_url(&self) -> String {
        self.hub.site.base(&self.world().knobs)
    }

    /// Cloud: the same site through the API gateway, for scoped tokens.
    pub fn gateway_url(&self) -> String {
        format!(
            "http://{}/ex/confluence/{}/wiki",
            self.hub.site.address, self.hub.site.cloud_id
        )
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.hub.site.address
    }

    /// Which product answers.
    pub fn deployment(&self) -> Deployment {
        self.hub.site.deployment
    }

    /// What the user who may do everything signs in with.
    pub fn credentials(&self) -> Credentials {
        credentials(&self.world().users[WRITER], self.deployment())
    }

    /// What a user who may only read signs in with.
    pub fn reader_credentials(&self) -> Credentials {
        credentials(&self.world().users[READER], self.deployment())
    }

    /// The key of the main space.
    pub fn space_key(&self) -> String {
        let world = self.world();
        world.store.space(world.main_space).key.clone()
    }

    /// The id of the main space.
    pub fn space_id(&self) -> String {
        let world = self.world();
        world.store.space(world.main_space).id.to_string()
    }

    /// The page an endpoint is meant to be rooted at.
    pub fn root_page_id(&self) -> String {
        self.world().root.to_string()
    }

    /// The homepage of the main space.
    pub fn homepage_id(&self) -> String {
        let world = self.world();
        world
            .store
            .space(world.main_space)
            .homepage
            .map(|id| id.to_string())
            .unwrap_or_default()
    }

    /// Adds a line to the script of troubles.
    pub fn script(&self, trouble: Trouble) {
        lock(&self.hub.script).add(trouble);
    }

    /// Ends all scripted trouble.
    pub fn clear_script(&self) {
        lock(&self.hub.script).clear();
    }

    /// The lines of the script that have not been used up.
    pub fn pending_script(&self) -> Vec<Trouble> {
        lock(&self.hub.script).pending()
    }

    /// What was asked since the start or the last reset, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        lock(&self.hub.log).entries()
    }

    /// Totals since the start or the last reset.
    pub fn counters(&self) -> Counters {
        lock(&self.hub.log).counters()
    }

    /// Forgets the requests so far.
    pub fn reset_log(&self) {
        lock(&self.hub.log).reset();
    }

    /// The content with this id, unless it was purged.
    pub fn page(&self, id: &str) -> Option<Snapshot> {
        let world = self.world();
        let content = world.store.get(id.parse().ok()?)?;
        Some(snapshot(&world.store, content))
    }

    /// The current page of the main space with this title, in any case.
    pub fn page_titled(&self, title: &str) -> Option<Snapshot> {
        let world = self.world();
        let pages = world
            .store
            .titled(world.main_space, title)
            .iter()
            .map(|id| world.store.content(*id));
        pages
            .filter(|page| page.is_current())
            .map(|page| snapshot(&world.store, page))
            .next()
    }

    /// Everything below `id`, a page before what is below it.
    pub fn subtree(&self, id: &str) -> Vec<TreeEntry> {
        let world = self.world();
        let mut path: Vec<String> = Vec::new();
        let walk = world
            .store
            .descend(known(&world.store, number(id)).id, usize::MAX, None);
        walk.map(|visit| {
            let title = world.store.content(visit.id).title().to_owned();
            path.truncate(visit.depth - 1);
            path.push(title.clone());
            TreeEntry {
                id: visit.id.to_string(),
                title,
                path: path.join("/"),
            }
        })
        .collect()
    }

    /// All saved states, oldest first.
    pub fn versions(&self, id: &str) -> Vec<PageVersion> {
        let world = self.world();
        let versions = known(&world.store, number(id)).versions.iter();
        versions
            .map(|version| PageVersion {
                number: version.number,
                title: version.title.clone(),
                body: version.body.to_string(),
                message: version.message.clone(),
                author: world.users[version.author].username.clone(),
            })
            .collect()
    }

    /// How many pages are published, archived and trashed, over all spaces.
    pub fn page_counts(&self) -> (usize, usize, usize) {
        let world = self.world();
        let count = |status| {
            world
                .store
                .all()
                .filter(|page| page.is_page() && page.status == status)
                .count()
        };
        (
            count(Status::Current),
            count(Status::Archived),
            count(Status::Trashed),
        )
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.hub.world)
    }
}

fn number(id: &str) -> Id {
    id.parse().expect("ids of content are numbers")
}

fn known(store: &Store, id: Id) -> &Content {
    store.get(id).expect("a test names content that is there")
}

fn snapshot(store: &Store, content: &Content) -> Snapshot {
    let version = content.version();
    Snapshot {
        id: content.id.to_string(),
        kind: content.kind.name().to_owned(),
        title: version.title.clone(),
        body: version.body.to_string(),
        version: version.number,
        parent: content.parent.map(|id| id.to_string()),
        status: match content.status {
            Status::Current => PageStatus::Current,
            Status::Archived => PageStatus::Archived,
            Status::Trashed => PageStatus::Trashed,
            Status::Draft => PageStatus::Draft,
        },
        children: content.children.iter().map(ToString::to_string).collect(),
        space: store.space(content.space).key.clone(),
        labels: content.labels.iter().map(|label| label.name.clone()).collect(),
    }
}
