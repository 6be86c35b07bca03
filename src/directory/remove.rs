//! Taking a user out of a group.
//!
//! Refused for the endpoint's own user, and for the last active member of a group that administers the site. Where
//! Confluence does not say whether a group does, it is taken for one that does.

use tokio::time::timeout_at;

use super::audit::Attempt;
use super::{Directory, Error};
use crate::confluence::{self, ErrorKind, Group, Person, settle};

/// Groups that administer wherever they are, by the names that Atlassian gives them. A site may rename them and make
/// others, so Confluence is asked besides (<https://support.atlassian.com/user-management/docs/default-groups-and-permissions/>,
/// <https://confluence.atlassian.com/doc/confluence-groups-for-administrators-469008837.html>).
const ADMINISTRATORS: &[&str] = &[
    "administrators",
    "confluence-administrators",
    "org-admins",
    "site-admins",
    "system-administrators",
];

/// Entries that are asked for at once, and how many times.
const AT_ONCE: usize = 200;
const MOST_PARTS: usize = 50;

/// What a removal came to.
#[derive(Clone, Debug)]
pub struct Removal {
    /// Who was to leave.
    pub person: Person,
    /// Which group.
    pub group: Group,
    /// Whether that changed, or would change, anything.
    pub changed: bool,
}

impl Directory {
    /// Takes a user out of a group. Somebody who is not in it is left as they are. With `dry_run` nothing is done, but all
    /// is looked at.
    ///
    /// # Errors
    /// Those of finding user and group; [`Error::OwnUser`]; [`Error::LastAdministrator`]; [`Error::Refused`];
    /// [`Error::InDoubt`]; [`Error::Upstream`].
    pub async fn remove(&self, user: &str, group: &str, dry_run: bool) -> Result<Removal, Error> {
        let mut attempt = Attempt::begin(&self.endpoint, self.call.as_ref(), user, group, dry_run);
        let outcome = self.attempted(user, group, dry_run, &mut attempt).await;
        attempt.ended(&outcome);
        outcome
    }

    async fn attempted(
        &self,
        user: &str,
        group: &str,
        dry_run: bool,
        attempt: &mut Attempt,
    ) -> Result<Removal, Error> {
        let person = attempt.found_user(self.user(user).await)?;
        let group = attempt.found_group(self.group(group).await)?;
        let _turn = self.turn().await?;
        self.spare_ourselves(&person).await?;
        let changed = self.is_member(&person, &group).await?;
        let mut removal = Removal {
            person,
            group,
            changed,
        };
        if !changed {
            return Ok(removal);
        }
        self.spare_the_last_administrator(&removal.person, &removal.group)
            .await?;
        if !dry_run {
            removal.changed = self.expelled(&removal.person, &removal.group).await?;
        }
        Ok(removal)
    }

    /// Waits until nobody else here removes anybody.
    async fn turn(&self) -> Result<tokio::sync::MutexGuard<'_, ()>, Error> {
        let turn = self.removing.lock();
        match self.call.as_ref() {
            Some(call) => timeout_at(call.deadline, turn)
                .await
                .map_err(|_| confluence::Error::out_of_time("group.expel").into()),
            None => Ok(turn.await),
        }
    }

    async fn spare_ourselves(&self, person: &Person) -> Result<(), Error> {
        let own = self.client.current_user().await?.id;
        match own {
            None => Err(Error::OwnUserUnknown),
            Some(id) if id.eq_ignore_ascii_case(&person.id) => Err(Error::OwnUser),
            Some(_) => Ok(()),
        }
    }

    async fn is_member(&self, person: &Person, group: &Group) -> Result<bool, Error> {
        let mut at = None;
        for _ in 0..MOST_PARTS {
            let part = self.client.groups_of(person, at.as_ref(), AT_ONCE).await?;
            if part.rows.iter().any(|other| is_same(other, group)) {
                return Ok(true);
            }
            at = part.next;
            if at.is_none() {
                return Ok(false);
            }
        }
        Err(Error::TooMany {
            asked: person.name.clone(),
        })
    }

    async fn spare_the_last_administrator(&self, person: &Person, group: &Group) -> Result<(), Error> {
        let known = ADMINISTRATORS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&group.name));
        let administers = if known {
            Some(true)
        } else {
            self.client.administers(group).await?
        };
        if administers == Some(false) {
            return Ok(());
        }
        let mut at = None;
        for _ in 0..MOST_PARTS {
            let part = self.client.members(group, at.as_ref(), AT_ONCE).await?;
            let is_left = |other: &Person| other.active && !other.id.eq_ignore_ascii_case(&person.id);
            if part.rows.iter().any(is_left) {
                return Ok(());
            }
            at = part.next;
            if at.is_none() {
                break;
            }
        }
        Err(Error::LastAdministrator {
            name: person.name.clone(),
            group: group.name.clone(),
            certain: administers == Some(true),
        })
    }

    /// Whether it is us who took them out, and not somebody else meanwhile.
    async fn expelled(&self, person: &Person, group: &Group) -> Result<bool, Error> {
        let look = || async {
            match self.is_member(person, group).await {
                Ok(is_member) => Ok((!is_member).then_some(())),
                Err(Error::Upstream(error)) => Err(error),
                Err(_) => Err(confluence::Error::out_of_time("group.expel")),
            }
        };
        let send = || self.client.expel(person, group);
        match settle::surely(self.call.as_ref(), || {}, send, look).await {
            Ok(()) => Ok(true),
            Err(settle::Unwritten {
                error,
                in_doubt: true,
            }) => Err(Error::InDoubt(error)),
            Err(settle::Unwritten { error, .. }) => match error.kind {
                ErrorKind::Refused => Err(Error::Refused(error)),
                ErrorKind::NotFound if !self.is_member(person, group).await? => Ok(false),
                _ => Err(Error::Upstream(error)),
            },
        }
    }
}

/// Whether two entries are of the same group.
fn is_same(one: &Group, other: &Group) -> bool {
    match (&one.id, &other.id) {
        (Some(one), Some(other)) => one == other,
        _ => one.name.eq_ignore_ascii_case(&other.name),
    }
}
