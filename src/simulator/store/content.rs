//! What the store holds: pages, folders and what hangs on them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{SpaceIndex, UserIndex};

/// The number behind every id on the wire.
pub(crate) type Id = u64;

/// What a piece of content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Folder,
    /// Whiteboards, databases, and whatever comes next: in the tree, without a body.
    Other(String),
    /// With the text it was written about, when it is an inline comment.
    Comment {
        selection: Option<String>,
    },
    Attachment,
}

impl Kind {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Page => "page",
            Self::Folder => "folder",
            Self::Other(name) => name,
            Self::Comment { .. } => "comment",
            Self::Attachment => "attachment",
        }
    }

    /// Has a place among pages.
    pub(crate) fn in_tree(&self) -> bool {
        matches!(self, Self::Page | Self::Folder | Self::Other(_))
    }
}

/// Where content is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Current,
    Archived,
    Trashed,
    Draft,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
            Self::Draft => "draft",
        }
    }
}

/// One saved state.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: Arc<str>,
    pub(crate) message: String,
    pub(crate) minor: bool,
    pub(crate) author: UserIndex,
    pub(crate) at: DateTime<Utc>,
}

/// A label, without its prefix when that is `global`.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) id: Id,
    pub(crate) prefix: String,
    pub(crate) name: String,
    pub(crate) at: DateTime<Utc>,
}

/// A content property.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) id: Id,
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) number: u64,
    pub(crate) message: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) author: UserIndex,
}

/// The file of an attachment.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) media_type: String,
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) comment: String,
}

/// Anything with an id of its own.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    /// When it came to that status.
    pub(crate) status_since: DateTime<Utc>,
    pub(crate) space: SpaceIndex,
    /// In the tree; for a reply, the comment it answers.
    pub(crate) parent: Option<Id>,
    /// Parents it had before, each with the instant at which it left them, in order.
    pub(crate) earlier_parents: Vec<(DateTime<Utc>, Option<Id>)>,
    /// In the tree, in order.
    pub(crate) children: Vec<Id>,
    /// The page a comment or an attachment belongs to.
    pub(crate) container: Option<Id>,
    pub(crate) position: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) author: UserIndex,
    /// The last one is the current one; never empty.
    pub(crate) versions: Vec<Version>,
    pub(crate) labels: Vec<Label>,
    pub(crate) properties: Vec<Property>,
    pub(crate) comments: Vec<Id>,
    pub(crate) attachments: Vec<Id>,
    pub(crate) file: Option<Attachment>,
    /// Only these see it; nobody named means everybody.
    pub(crate) readers: Vec<UserIndex>,
    /// Only these change it; nobody named means everybody who may write.
    pub(crate) editors: Vec<UserIndex>,
    /// Nobody sees it.
    pub(crate) hidden: bool,
    /// Everybody sees it, nobody may change it.
    pub(crate) locked: bool,
}

impl Content {
    /// Content as it is when it is made, outside of any tree.
    pub(crate) fn new(id: Id, kind: Kind, space: SpaceIndex, first: Version) -> Self {
        Self {
            id,
            kind,
            status: Status::Current,
            status_since: first.at,
            space,
            parent: None,
            earlier_parents: Vec::new(),
            children: Vec::new(),
            container: None,
            position: 0,
            created: first.at,
            author: first.author,
            versions: vec![first],
            labels: Vec::new(),
            properties: Vec::new(),
            comments: Vec::new(),
            attachments: Vec::new(),
            file: None,
            readers: Vec::new(),
            editors: Vec::new(),
            hidden: false,
            locked: false,
        }
    }

    pub(crate) fn version(&self) -> &Version {
        self.versions
            .last()
            .expect("content is made with its first version")
    }

    pub(crate) fn title(&self) -> &str {
        &self.version().title
    }

    pub(crate) fn body(&self) -> &Arc<str> {
        &self.version().body
    }

    pub(crate) fn is_page(&self) -> bool {
        self.kind == Kind::Page
    }

    pub(crate) fn is_current(&self) -> bool {
        self.status == Status::Current
    }

    /// The parent it had at that instant.
    pub(crate) fn parent_at(&self, at: DateTime<Utc>) -> Option<Id> {
        let earlier = self.earlier_parents.iter().find(|(left, _)| *left > at);
        earlier.map_or(self.parent, |(_, parent)| *parent)
    }

    /// The saved state with this number.
    pub(crate) fn version_number(&self, number: u64) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == number)
    }

    /// Everybody who saved it.
    pub(crate) fn contributors(&self) -> impl Iterator<Item = UserIndex> {
        self.versions.iter().map(|version| version.author)
    }
}
