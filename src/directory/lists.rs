//! Lists, one part at a time.

use super::error::Addresses;
use super::{Directory, Error};
use crate::confluence::{Cursor, Group, Part, Person};

/// A part of a list.
#[derive(Clone, Debug)]
pub struct List<T> {
    /// What is in it.
    pub rows: Vec<T>,
    /// Where to go on. None: this was all.
    pub next: Option<String>,
    /// What was to be seen of e-mail addresses on the way.
    pub addresses: Addresses,
}

impl<T> List<T> {
    /// Entries in full, with nothing behind them.
    pub(super) fn whole(rows: Vec<T>) -> Self {
        Self {
            rows,
            next: None,
            addresses: Addresses::Seen,
        }
    }
}

impl Directory {
    /// The groups of the site.
    ///
    /// # Errors
    /// [`Error::Cursor`]; [`Error::Upstream`].
    pub async fn groups(&self, limit: usize, cursor: Option<&str>) -> Result<List<Group>, Error> {
        let about = "groups";
        let at = place(about, limit, cursor)?;
        let part = self.client.groups(at.spot.as_ref(), at.size).await?;
        Ok(listed(about, at, part))
    }

    /// The groups that a user is in.
    ///
    /// # Errors
    /// Those of finding the user; [`Error::Cursor`]; [`Error::Upstream`].
    pub async fn groups_of(
        &self,
        user: &str,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<List<Group>, Error> {
        let person = self.user(user).await?;
        let about = format!("groups of {}", person.id);
        let at = place(&about, limit, cursor)?;
        let part = self.client.groups_of(&person, at.spot.as_ref(), at.size).await?;
        Ok(listed(&about, at, part))
    }

    /// The users in a group.
    ///
    /// # Errors
    /// Those of finding the group; [`Error::Cursor`]; [`Error::Upstream`].
    pub async fn members(
        &self,
        group: &str,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<List<Person>, Error> {
        let group = self.group(group).await?;
        let about = format!(
            "members of {} {}",
            group.name,
            group.id.as_deref().unwrap_or_default()
        );
        let at = place(&about, limit, cursor)?;
        let part = self.client.members(&group, at.spot.as_ref(), at.size).await?;
        Ok(listed(&about, at, part))
    }
}

/// Where the part of a list begins that a caller asks for.
fn place(about: &str, limit: usize, cursor: Option<&str>) -> Result<Cursor, Error> {
    match cursor {
        Some(text) => Cursor::read(text, about).ok_or(Error::Cursor),
        None => Ok(Cursor::start(limit)),
    }
}

/// A part as callers get it.
fn listed<T>(about: &str, mut at: Cursor, part: Part<T>) -> List<T> {
    let next = part.next.map(|spot| {
        at.go_on(spot);
        at.written(about)
    });
    List {
        next,
        ..List::whole(part.rows)
    }
}
