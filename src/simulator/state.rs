//! Looking into the wiki and changing it behind the callers' backs: for tests, not through HTTP.
//!
//! Ids are strings, as on the wire. An id that is not there is the test's mistake, hence the panics.

#![expect(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "for tests, see above"
)]

use std::{net::SocketAddr, sync::MutexGuard};

use super::{
    Simulator,
    auth::{COLLEAGUE, Credentials, READER, WRITER, credentials},
    exchange::lock,
    knobs::Knobs,
    log::{Counters, LoggedRequest},
    options::Deployment,
    store::{Change, Content, Draft, Id, Kind, Place, Status, Store},
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

    /// Changes switches while it runs.
    pub fn set_knobs(&self, change: impl FnOnce(&mut Knobs)) {
        let mut world = self.world();
        change(&mut world.knobs);
        world.apply_knobs(self.deployment());
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

    /// Adds a page at the end of `parent`'s children, saved by a colleague.
    pub fn add_page(&self, parent: &str, title: &str, body: &str) -> String {
        self.add(parent, title, body, Kind::Page)
    }

    /// Cloud: adds a folder.
    pub fn add_folder(&self, parent: &str, title: &str) -> String {
        self.add(parent, title, "", Kind::Folder)
    }

    /// Adds something else that lives in the tree, such as a `whiteboard` or a type nobody has heard of.
    pub fn add_other(&self, parent: &str, title: &str, kind: &str) -> String {
        self.add(parent, title, "", Kind::Other(kind.to_owned()))
    }

    fn add(&self, parent: &str, title: &str, body: &str, kind: Kind) -> String {
        let mut world = self.world();
        let (at, parent) = (world.now(), number(parent));
        let space = known(&world.store, parent).space;
        let draft = Draft::page(space, title, body, COLLEAGUE, at)
            .placed(Place::Under(parent))
            .kind(kind);
        world
            .store
            .create(draft)
            .expect("a test adds content that fits")
            .to_string()
    }

    /// Adds a space with a homepage; returns the homepage's id.
    pub fn add_space(&self, key: &str, name: &str) -> String {
        let mut world = self.world();
        let at = world.now();
        let index = world.store.add_space(key, name, COLLEAGUE, at);
        world
            .store
            .space(index)
            .homepage
            .map(|id| id.to_string())
            .unwrap_or_default()
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

    /// A colleague saves a new body.
    pub fn edit(&self, id: &str, body: &str) {
        self.save(
            id,
            Change {
                body: Some(body.to_owned()),
                ..Change::default()
            },
        );
    }

    /// A colleague renames the page.
    pub fn rename(&self, id: &str, title: &str) {
        self.save(
            id,
            Change {
                title: Some(title.to_owned()),
                ..Change::default()
            },
        );
    }

    fn save(&self, id: &str, change: Change) {
        let mut world = self.world();
        let at = world.now();
        world
            .store
            .save(number(id), change, COLLEAGUE, at)
            .expect("a test saves what fits");
    }

    /// A colleague moves the page to the end of `parent`'s children.
    pub fn move_page(&self, id: &str, parent: &str) {
        let place = Place::Under(number(parent));
        self.world()
            .store
            .relocate(number(id), place)
            .expect("a test moves where there is a place");
    }

    /// To the trash; children move up.
    pub fn trash(&self, id: &str) {
        let mut world = self.world();
        let at = world.now();
        world
            .store
            .trash(number(id), at)
            .expect("a test trashes what is current");
    }

    /// Out of the trash.
    pub fn restore(&self, id: &str) {
        let mut world = self.world();
        let at = world.now();
        world
            .store
            .restore(number(id), at)
            .expect("a test restores what is in the trash");
    }

    /// Out of the trash, for good.
    pub fn purge(&self, id: &str) {
        self.world()
            .store
            .purge(number(id))
            .expect("a test purges what is in the trash");
    }

    /// Cloud: to the archive; children move up.
    pub fn archive(&self, id: &str) {
        let mut world = self.world();
        let at = world.now();
        world
            .store
            .archive(number(id), at)
            .expect("a test archives what is current");
    }

    /// Whether callers see the page at all.
    pub fn hide(&self, id: &str, hidden: bool) {
        self.world()
            .store
            .get_mut(number(id))
            .expect("a test hides what is there")
            .hidden = hidden;
    }

    /// Whether callers may not change the page.
    pub fn protect(&self, id: &str, locked: bool) {
        self.world()
            .store
            .get_mut(number(id))
            .expect("a test protects what is there")
            .locked = locked;
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
