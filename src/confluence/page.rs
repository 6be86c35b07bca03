//! What the rest of the program sees of Confluence: pages, their places in the tree, and what is sent to
//! write them. Wire formats stay in `cloud` and `data_center`.

use std::fmt;

use chrono::{DateTime, Utc};

/// The id of a page or folder: decimal digits, a string on both products.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageId(String);

impl PageId {
    /// Accepts one to nineteen ASCII digits; anything else could change the path of an upstream request.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// What stands at a place in the tree. An open set upstream: unknown kinds are [`NodeKind::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A page.
    Page,
    /// A Cloud folder: has no body, may hold pages and folders.
    Folder,
    /// Whiteboard, database, smart link, or something newer.
    Other,
}

/// A page as Confluence holds it now (status `current`; other statuses are answered as absent).
#[derive(Clone, Debug)]
pub struct Page {
    /// Its id.
    pub id: PageId,
    /// Its title, as stored.
    pub title: String,
    /// Its version number, counted from 1.
    pub version: u64,
    /// Address for people, absolute, on the site itself (never the API gateway). None when the server gave none.
    pub url: Option<String>,
    /// When this version was saved, where the server says so.
    pub updated: Option<DateTime<Utc>>,
    /// The body in storage format, when it was asked for with [`WithBody::Yes`].
    pub body: Option<String>,
}

/// Whether a read should carry the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithBody {
    /// Title, version and place only.
    No,
    /// The storage format too.
    Yes,
}

/// One step on the way from the top of the space to a page.
#[derive(Clone, Debug)]
pub struct Ancestor {
    /// Its id.
    pub id: PageId,
    /// What it is.
    pub kind: NodeKind,
    /// Its title, where the API gives one (Data Center does, Cloud does not: see `Client::titles`).
    pub title: Option<String>,
}

/// A page and Confluence's own account of where it is: ancestors top first, the page itself not included.
#[derive(Clone, Debug)]
pub struct Located {
    /// The page.
    pub page: Page,
    /// Its ancestors, top of the space first, direct parent last.
    pub ancestors: Vec<Ancestor>,
}

/// An entry of the tree below some page.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its id.
    pub id: PageId,
    /// What it is.
    pub kind: NodeKind,
    /// Its title.
    pub title: String,
    /// The id of the page or folder directly above it.
    pub parent: PageId,
}

/// A page to be created.
#[derive(Clone, Debug)]
pub struct NewPage<'a> {
    /// Title, trimmed, 1 to 255 characters.
    pub title: &'a str,
    /// The page to create it below.
    pub parent: &'a PageId,
    /// The body in storage format.
    pub storage: &'a str,
}

/// A new version of a page. Sent whole: title and body both, whatever changed.
#[derive(Clone, Debug)]
pub struct Update<'a> {
    /// Which page.
    pub id: &'a PageId,
    /// Its title from now on.
    pub title: &'a str,
    /// Its body from now on, in storage format.
    pub storage: &'a str,
    /// The number of the new version: the current one plus 1. Confluence refuses any other.
    pub version: u64,
    /// A message for the page's history, if any.
    pub message: Option<&'a str>,
    /// Whether watchers are spared a notification.
    pub minor_edit: bool,
}

/// The space that an endpoint's pages live in.
#[derive(Clone, Debug)]
pub struct Space {
    /// Its id (a string on Cloud, a number on Data Center; kept as text).
    pub id: String,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// The page at its top, if it has one.
    pub homepage: Option<PageId>,
}

/// Who Confluence thinks we are.
#[derive(Clone, Debug)]
pub struct User {
    /// Account id on Cloud, user name on Data Center.
    pub id: Option<String>,
    /// Name for people.
    pub display_name: String,
    /// `false` when the site took us for an anonymous visitor, as Data Center does with an expired token.
    pub known: bool,
}

/// What the account may do with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent answers, each asked for by its name"
)]
pub struct Permissions {
    /// Read it.
    pub read: bool,
    /// Change it.
    pub update: bool,
    /// Create pages in its space.
    pub create: bool,
    /// Move it to the trash.
    pub delete: bool,
}
