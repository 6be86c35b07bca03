//! Finding users by what a caller knows of them.
//!
//! A name is searched for in Confluence's index; where a release has no such search, everybody is looked at. So it is
//! with an e-mail address that the name in it does not lead to: Confluence has no search by address.

use super::error::Addresses;
use super::lists::List;
use super::who::{AT_ONCE, has_address, is_address, is_found_by, without_address};
use super::{Directory, Error, People};
use crate::confluence::{self, Cursor, NameQuery, Person};

/// How many parts of a list one call looks at.
const MOST_PARTS: usize = 10;

/// What a cursor into a list of users is sealed with.
fn about(of: People<'_>, text: &str) -> String {
    match of {
        People::Named(_) => format!("users found by {text}"),
        People::Everybody => format!("users called {text}"),
        People::Addresses => format!("users at {text}"),
    }
}

impl Directory {
    /// The users that a text describes: by words of their name, or exactly by e-mail address, user name or id.
    ///
    /// # Errors
    /// [`Error::NoWords`]; [`Error::Cursor`]; [`Error::Upstream`].
    pub async fn find(&self, text: &str, limit: usize, cursor: Option<&str>) -> Result<List<Person>, Error> {
        let text = text.trim();
        if let Some(cursor) = cursor {
            let query = NameQuery::new(text);
            let lists = [
                query.as_ref().map(People::Named),
                Some(People::Everybody),
                Some(People::Addresses),
            ];
            let mut lists = lists.into_iter().flatten();
            let known = lists.find_map(|of| Some((Cursor::read(cursor, &about(of, text))?, of)));
            let (at, of) = known.ok_or(Error::Cursor)?;
            return Ok(self.followed(text, of, at, limit).await?);
        }
        let of_id = text.strip_prefix("id:").map(str::trim);
        let direct = match of_id {
            Some(id) => self.of_id(id).await?,
            None if self.may_be_id(text) => self.of_id(text).await?,
            None => None,
        };
        if of_id.is_some() {
            return Ok(List::whole(direct.into_iter().collect()));
        }
        if is_address(text) {
            let owner = match direct {
                Some(person) => Some(person),
                None => self.likely_owner(text).await?,
            };
            return match owner {
                Some(person) => Ok(List::whole(vec![person])),
                None => self.of_any_address(text, limit).await,
            };
        }
        let Some(query) = NameQuery::new(text) else {
            return match direct {
                Some(person) => Ok(List::whole(vec![person])),
                None => Err(Error::NoWords),
            };
        };
        let mut found = self.named(text, &query, limit).await?;
        if let Some(person) = direct {
            found.rows.retain(|other| other.id != person.id);
            found.rows.insert(0, person);
        }
        Ok(found)
    }

    async fn of_any_address(&self, address: &str, limit: usize) -> Result<List<Person>, Error> {
        let found = self
            .followed(address, People::Addresses, Cursor::start(AT_ONCE), limit)
            .await;
        match found {
            // Nobody shows anything; that is told, rather than a failure.
            Err(error) if error.is_no_answer() => Ok(List {
                addresses: Addresses::Secret,
                ..List::whole(Vec::new())
            }),
            told => Ok(told?),
        }
    }

    async fn named(&self, name: &str, query: &NameQuery, limit: usize) -> Result<List<Person>, Error> {
        let found = self
            .followed(name, People::Named(query), Cursor::start(limit), limit)
            .await;
        match found {
            Err(error) if error.is_no_answer() => Ok(self
                .followed(name, People::Everybody, Cursor::start(AT_ONCE), limit)
                .await?),
            told => Ok(told?),
        }
    }

    /// Follows a list from a place on until enough of it fits.
    async fn followed(
        &self,
        text: &str,
        of: People<'_>,
        mut at: Cursor,
        limit: usize,
    ) -> Result<List<Person>, confluence::Error> {
        let mut list = List::whole(Vec::<Person>::new());
        let mut hidden = 0;
        for _ in 0..MOST_PARTS {
            let part = self.people(of, at.spot.as_ref(), at.size).await?;
            if matches!(of, People::Addresses) {
                hidden += without_address(part.rows.get(at.skip..).unwrap_or_default());
                list.addresses = Addresses::seen_but(hidden);
            }
            while at.skip < part.rows.len() && list.rows.len() < limit {
                let person = &part.rows[at.skip];
                at.skip += 1;
                let fits = match of {
                    People::Named(_) => true,
                    People::Everybody => is_found_by(person, text),
                    People::Addresses => has_address(person, text),
                };
                if fits && list.rows.iter().all(|other| other.id != person.id) {
                    list.rows.push(person.clone());
                }
            }
            // An address is somebody's alone.
            if matches!(of, People::Addresses) && !list.rows.is_empty() {
                return Ok(list);
            }
            if at.skip >= part.rows.len() {
                match part.next {
                    None => return Ok(list),
                    Some(next) => at.go_on(next),
                }
            }
            if list.rows.len() >= limit {
                break;
            }
        }
        list.next = Some(at.written(&about(of, text)));
        Ok(list)
    }
}
