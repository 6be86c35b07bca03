//! What can go wrong, in words of the domain: a variant per thing a caller would do differently.

use crate::confluence;
use crate::convert::{Malformed, Refusal};

use super::{BadSearch, BadSection, title};

/// What part a page played in an operation, so that "not found" says which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The page the operation is about.
    Page,
    /// The page to create below.
    Parent,
    /// The page to move below.
    NewParent,
    /// The page a tree starts at.
    Start,
}

/// Where a title that cannot be used is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// By a page of this endpoint, at this path.
    Inside(String),
    /// By something else in the space: a page outside the sandbox, or an archived one. Where is not told.
    Outside,
}

/// Which write the root page is protected from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootWrite {
    /// Moving it.
    Move,
    /// Renaming it.
    Rename,
    /// Deleting it.
    Delete,
}

/// A failed operation on pages.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such page at or below the root: absent, outside, in the trash or archived; not told apart.
    #[error("{role:?} '{reference}' is not a page of this endpoint")]
    NotFound {
        /// Which page of the operation.
        role: Role,
        /// How the caller named it.
        reference: String,
        /// Paths of pages of this endpoint that may have been meant, best first.
        suggestions: Vec<String>,
    },
    /// The title is taken in the space.
    #[error("the title '{title}' is taken ({taken:?})")]
    TitleTaken {
        /// The title.
        title: String,
        /// By what.
        taken: Taken,
    },
    /// The title breaks a rule.
    #[error("invalid title")]
    InvalidTitle(#[from] title::Invalid),
    /// The body was given as storage but is not well-formed.
    #[error("malformed storage")]
    MalformedBody(#[from] Malformed),
    /// The edit cannot be brought onto the page, or would lose what needs a word of the caller.
    #[error("the edit was refused")]
    RefusedEdit(#[source] Refusal),
    /// Somebody else changed the same blocks since the version that was edited.
    #[error("the edit collides with another")]
    EditConflict {
        /// Where.
        #[source]
        refusal: Refusal,
        /// The version Confluence has now.
        current: u64,
    },
    /// Confluence could not parse a body that we found well-formed.
    #[error("Confluence refused the body")]
    RefusedBody(#[source] confluence::Error),
    /// The body is too large for Confluence.
    #[error("the body is over Confluence's limit")]
    TooLarge,
    /// Somebody else changed the page between our read and our write.
    #[error("the page changed meanwhile")]
    VersionConflict {
        /// The version Confluence has now, where known.
        current: Option<u64>,
    },
    /// The new parent is the page itself or below it.
    #[error("a page cannot move into its own subtree")]
    Circular,
    /// The root page may be read and updated only.
    #[error("the root page is protected ({0:?})")]
    RootProtected(RootWrite),
    /// The endpoint's own root page cannot be read.
    #[error("the root page of the endpoint is not there")]
    RootMissing,
    /// The section of a page cannot be read or written.
    #[error("the section cannot be used")]
    BadSection(#[from] BadSection),
    /// The search is not one.
    #[error("the search is not one")]
    BadSearch(#[from] BadSearch),
    /// Confluence did not take the query of a search.
    #[error("Confluence refused the query")]
    RefusedSearch(#[source] confluence::Error),
    /// Confluence refused a write for a reason it did not name in a form we know.
    #[error("Confluence refused the write")]
    Refused(#[source] confluence::Error),
    /// The answer to a write was lost, and it could not be found out whether it was carried out.
    #[error("it is not known whether the write was carried out")]
    InDoubt(#[source] confluence::Error),
    /// Confluence failed, was unreachable, too slow, or did not accept our credentials.
    #[error("upstream failure")]
    Upstream(#[source] confluence::Error),
}

impl From<confluence::Error> for Error {
    fn from(error: confluence::Error) -> Self {
        Self::Upstream(error)
    }
}
