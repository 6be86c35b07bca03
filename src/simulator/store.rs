//! The wiki in memory: spaces, their content, and the rules about it that both products share.
//!
//! It knows nothing of HTTP. Refusals are values; each wire face finds its own words for them.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) mod content;
mod titles;
mod trash;
pub(crate) mod tree;
mod write;

pub(crate) use content::{Attachment, Content, Id, Kind, Label, Property, Status, Version};
pub(crate) use tree::Place;
pub(crate) use write::{Change, Draft};

use super::markup::Malformed;

/// A user, by position in the directory.
pub(crate) type UserIndex = usize;

/// A space.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    pub(crate) id: Id,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) homepage: Option<Id>,
    /// Content without a parent, in order.
    pub(crate) roots: Vec<Id>,
    /// Anonymous visitors may read it where the site lets them in.
    pub(crate) public: bool,
    pub(crate) created: DateTime<Utc>,
    pub(crate) author: UserIndex,
}

/// A space, by position.
pub(crate) type SpaceIndex = usize;

/// The behaviours of the store that products and knobs decide.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent switches")]
pub(crate) struct Rules {
    pub(crate) trashed_reserve_titles: bool,
    pub(crate) rename_rewrites_links: bool,
    pub(crate) archived_in_tree: bool,
    pub(crate) macro_ids: bool,
    pub(crate) cloud: bool,
}

/// Why the store does not do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NoContent(Id),
    NoParent(Id),
    DuplicateTitle {
        title: String,
        key: String,
    },
    EmptyTitle,
    LongTitle,
    Stale {
        current: u64,
        given: u64,
    },
    VersionMissing,
    /// Below itself.
    Loop,
    OtherSpace,
    Malformed(Malformed),
    NotTrashed,
    NotCurrent,
}

/// The wiki.
pub(crate) struct Store {
    pub(crate) spaces: Vec<Space>,
    contents: BTreeMap<Id, Content>,
    /// Pages of any status under their folded title.
    titles: HashMap<(SpaceIndex, String), Vec<Id>>,
    purged: HashSet<Id>,
    last_id: Id,
    id_step: u64,
    macros: u64,
    pub(crate) rules: Rules,
}

impl Store {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            spaces: Vec::new(),
            contents: BTreeMap::new(),
            titles: HashMap::new(),
            purged: HashSet::new(),
            last_id: if rules.cloud { 39_223_236 } else { 393_208 },
            id_step: 0,
            macros: 0,
            rules,
        }
    }

    /// Ids grow unevenly, as on a server that many people use.
    pub(crate) fn next_id(&mut self) -> Id {
        self.id_step = (self.id_step * 31 + 17) % 97;
        self.last_id += if self.rules.cloud {
            64 * (1 + self.id_step)
        } else {
            1 + self.id_step / 10
        };
        self.last_id
    }

    fn next_macro_id(&mut self) -> Uuid {
        self.macros += 1;
        // Looks random, is the same on every run (the multiplier is 2^128 divided by the golden ratio).
        let mixed = u128::from(self.macros).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        uuid::Builder::from_random_bytes(mixed.to_be_bytes()).into_uuid()
    }

    /// Something with no relation to any content, such as a request id.
    pub(crate) fn opaque_id(&mut self) -> Uuid {
        self.next_macro_id()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Content> {
        self.contents.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: Id) -> Option<&mut Content> {
        self.contents.get_mut(&id)
    }

    /// Content whose id is known to be there, such as one out of a list of children.
    pub(crate) fn content(&self, id: Id) -> &Content {
        self.contents
            .get(&id)
            .expect("lists hold only ids of what is stored")
    }

    fn content_mut(&mut self, id: Id) -> &mut Content {
        self.contents
            .get_mut(&id)
            .expect("lists hold only ids of what is stored")
    }

    pub(crate) fn insert(&mut self, content: Content) {
        self.contents.insert(content.id, content);
    }

    pub(crate) fn remove(&mut self, id: Id) -> Option<Content> {
        self.purged.insert(id);
        self.contents.remove(&id)
    }

    /// Whether there once was content with this id.
    pub(crate) fn was_purged(&self, id: Id) -> bool {
        self.purged.contains(&id)
    }

    /// All content in the order of ids.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Content> {
        self.contents.values()
    }

    pub(crate) fn space(&self, index: SpaceIndex) -> &Space {
        &self.spaces[index]
    }

    pub(crate) fn space_by_key(&self, key: &str) -> Option<SpaceIndex> {
        self.spaces.iter().position(|space| space.key == key)
    }

    pub(crate) fn space_by_id(&self, id: Id) -> Option<SpaceIndex> {
        self.spaces.iter().position(|space| space.id == id)
    }

    /// A new space with a homepage.
    pub(crate) fn add_space(
        &mut self,
        key: &str,
        name: &str,
        author: UserIndex,
        at: DateTime<Utc>,
    ) -> SpaceIndex {
        let id = self.next_id();
        let index = self.spaces.len();
        self.spaces.push(Space {
            id,
            key: key.to_owned(),
            name: name.to_owned(),
            homepage: None,
            roots: Vec::new(),
            public: false,
            created: at,
            author,
        });
        let title = format!("{name} Home");
        let home = Draft::page(index, &title, "<p>Welcome.</p>", author, at).placed(Place::TopLevel);
        let home = self.create(home).expect("a new space has no titles");
        self.spaces[index].homepage = Some(home);
        index
    }
}
