//! What can go wrong, in words of the domain: a variant per thing a caller would do differently.

use crate::confluence::{self, Group, Person};

/// What was to be seen of e-mail addresses where one was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// All of them, or none was looked for.
    Seen,
    /// So many accounts do not show theirs.
    Hidden(usize),
    /// Confluence shows the account of the endpoint none at all.
    Secret,
}

impl Addresses {
    /// All but so many.
    pub(super) fn seen_but(hidden: usize) -> Self {
        if hidden == 0 {
            Self::Seen
        } else {
            Self::Hidden(hidden)
        }
    }
}

/// A failed operation on users and groups.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such user.
    #[error("no user '{asked}'")]
    NoUser {
        /// How the caller named them.
        asked: String,
        /// What was to be seen of addresses.
        addresses: Addresses,
        /// Users with similar names.
        similar: Vec<Person>,
    },
    /// No such group.
    #[error("no group '{asked}'")]
    NoGroup {
        /// How the caller named it.
        asked: String,
    },
    /// Several users are called so.
    #[error("several users '{asked}'")]
    SeveralUsers {
        /// How the caller named them.
        asked: String,
        /// Who they are.
        candidates: Vec<Person>,
    },
    /// Several groups are called so.
    #[error("several groups '{asked}'")]
    SeveralGroups {
        /// How the caller named them.
        asked: String,
        /// Which they are.
        candidates: Vec<Group>,
    },
    /// There are too many to look at all of them.
    #[error("'{asked}' fits too many")]
    TooMany {
        /// How the caller named what.
        asked: String,
    },
    /// No word to search names for.
    #[error("no word in the query")]
    NoWords,
    /// The cursor is not one, or belongs to another list.
    #[error("the cursor is not of this list")]
    Cursor,
    /// The endpoint's own user is not taken out of anything.
    #[error("the endpoint's own user is protected")]
    OwnUser,
    /// Confluence does not say who the endpoint's own user is.
    #[error("the endpoint's own user is unknown")]
    OwnUserUnknown,
    /// Nobody else in the group could administer the site.
    #[error("the last administrator is protected")]
    LastAdministrator {
        /// Who it is.
        name: String,
        /// The group.
        group: String,
        /// Whether the group grants administration for certain; otherwise Confluence does not say.
        certain: bool,
    },
    /// Confluence refused to change the group.
    #[error("Confluence refused the removal")]
    Refused(#[source] confluence::Error),
    /// The answer to a removal was lost, and it could not be found out whether it was carried out.
    #[error("it is not known whether the removal was carried out")]
    InDoubt(#[source] confluence::Error),
    /// Confluence failed, was unreachable, too slow, or did not accept our credentials.
    #[error("upstream failure")]
    Upstream(#[from] confluence::Error),
}
