//! Changing the wiki behind the callers' backs, as people in browsers do: for tests, not through HTTP.

use super::{known, number};
use crate::simulator::{
    Simulator,
    auth::COLLEAGUE,
    knobs::Knobs,
    store::{Change, Draft, Kind, Label, Place},
};

impl Simulator {
    /// Changes switches while it runs.
    pub fn set_knobs(&self, change: impl FnOnce(&mut Knobs)) {
        let mut world = self.world();
        change(&mut world.knobs);
        world.apply_knobs(self.deployment());
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
        let mut world = self.world();
        let at = world.now();
        world
            .store
            .relocate(number(id), Place::Under(number(parent)), at)
            .expect("a test moves where there is a place");
    }

    /// A colleague puts a label on the page.
    pub fn label(&self, id: &str, name: &str) {
        let mut world = self.world();
        let label = Label {
            id: world.store.next_id(),
            prefix: "global".to_owned(),
            name: name.to_lowercase(),
            at: world.now(),
        };
        let content = world.store.get_mut(number(id));
        content.expect("a test labels what is there").labels.push(label);
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
}
