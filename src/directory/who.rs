//! From a caller's words to exactly one user or group.
//!
//! Never the likeliest: a name that several have is answered with all of them, and one that nobody has with those that
//! are similar. The caller then says `id:` and the id of the one that is meant.

use super::error::Addresses;
use super::{Directory, Error, People};
use crate::config::Deployment;
use crate::confluence::{Group, NameQuery, Person};

/// Entries that are asked for at once.
pub(super) const AT_ONCE: usize = 200;

/// How many parts of what a query finds are looked at.
const MOST_PARTS: usize = 10;

/// How many parts of the list of all users are looked at.
const MOST_PARTS_OF_ALL: usize = 50;

/// How many similar users are told.
const MOST_SIMILAR: usize = 5;

/// What a name found.
#[derive(Debug, Default)]
struct Called {
    exactly: Vec<Person>,
    similar: Vec<Person>,
}

impl Directory {
    /// The user that a caller names: by e-mail address, name, or id.
    ///
    /// # Errors
    /// [`Error::NoUser`]; [`Error::SeveralUsers`]; [`Error::TooMany`]; [`Error::Upstream`].
    pub(super) async fn user(&self, text: &str) -> Result<Person, Error> {
        let text = text.trim();
        let nobody = |addresses, similar| Error::NoUser {
            asked: text.to_owned(),
            addresses,
            similar,
        };
        if let Some(id) = text.strip_prefix("id:").map(str::trim) {
            let person = self.of_id(id).await?;
            return person.ok_or_else(|| nobody(Addresses::Seen, Vec::new()));
        }
        let of_id = if self.may_be_id(text) {
            self.of_id(text).await?
        } else {
            None
        };
        if let Some(person) = &of_id
            && (is_address(text) || self.client.deployment() == Deployment::Cloud)
        {
            // Ids of Cloud are nobody's names, and neither are addresses.
            return Ok(person.clone());
        }
        let mut addresses = Addresses::Seen;
        if is_address(text) {
            match self.of_address(text).await? {
                (Some(person), _) => return Ok(person),
                (None, seen) => addresses = seen,
            }
        }
        let mut called = self.called(text).await?;
        if let Some(person) = of_id.filter(|person| called.exactly.iter().all(|other| other.id != person.id))
        {
            called.exactly.insert(0, person);
        }
        match called.exactly.len() {
            0 => Err(nobody(addresses, called.similar)),
            1 => Ok(called.exactly.remove(0)),
            _ => Err(Error::SeveralUsers {
                asked: text.to_owned(),
                candidates: called.exactly,
            }),
        }
    }

    /// The group that a caller names: by name, or by id.
    ///
    /// # Errors
    /// [`Error::NoGroup`]; [`Error::SeveralGroups`]; [`Error::TooMany`]; [`Error::Upstream`].
    pub(super) async fn group(&self, text: &str) -> Result<Group, Error> {
        let text = text.trim();
        let asked = || text.to_owned();
        let id = text.strip_prefix("id:").map(str::trim);
        if id.is_some() || uuid::Uuid::try_parse(text).is_ok() {
            let group = self.client.group_of_id(id.unwrap_or(text)).await?;
            match group {
                Some(group) => return Ok(group),
                None if id.is_some() => return Err(Error::NoGroup { asked: asked() }),
                None => {}
            }
        }
        let mut alike: Vec<Group> = Vec::new();
        let mut at = None;
        for _ in 0..MOST_PARTS {
            let part = self.client.groups_like(text, at.as_ref()).await?;
            let of_this_name = |group: &Group| same(&group.name, text);
            alike.extend(part.rows.into_iter().filter(of_this_name));
            at = part.next;
            if at.is_none() {
                break;
            }
        }
        if at.is_some() {
            return Err(Error::TooMany { asked: asked() });
        }
        if alike.iter().any(|group| group.name == text) {
            alike.retain(|group| group.name == text);
        }
        match alike.len() {
            0 => Err(Error::NoGroup { asked: asked() }),
            1 => Ok(alike.remove(0)),
            _ => Err(Error::SeveralGroups {
                asked: asked(),
                candidates: alike,
            }),
        }
    }

    /// The user of this id, if the text can be one at all.
    pub(super) async fn of_id(&self, id: &str) -> Result<Option<Person>, Error> {
        let usable = !id.is_empty() && !id.chars().any(char::is_control);
        if usable {
            Ok(self.client.person(id).await?)
        } else {
            Ok(None)
        }
    }

    /// Whether it is worth asking for a user of this id: any text may be a user name, but few an account id.
    pub(super) fn may_be_id(&self, text: &str) -> bool {
        let of_an_account = |byte: u8| byte.is_ascii_alphanumeric() || b":-_.".contains(&byte);
        match self.client.deployment() {
            Deployment::Cloud => {
                (10..=128).contains(&text.len())
                    && text.bytes().all(of_an_account)
                    && text.bytes().any(|byte| byte.is_ascii_digit())
            }
            Deployment::DataCenter => true,
        }
    }

    /// The user who shows this e-mail address, and what was to be seen of addresses if nobody does.
    async fn of_address(&self, address: &str) -> Result<(Option<Person>, Addresses), Error> {
        if let Some(person) = self.likely_owner(address).await? {
            return Ok((Some(person), Addresses::Seen));
        }
        let mut hidden = 0;
        let mut at = None;
        for _ in 0..MOST_PARTS_OF_ALL {
            let part = match self.people(People::Addresses, at.as_ref(), AT_ONCE).await {
                Ok(part) => part,
                Err(error) if error.is_no_answer() => return Ok((None, Addresses::Secret)),
                Err(error) => return Err(error.into()),
            };
            hidden += without_address(&part.rows);
            if let Some(person) = part.rows.into_iter().find(|person| has_address(person, address)) {
                return Ok((Some(person), Addresses::Seen));
            }
            at = part.next;
            if at.is_none() {
                return Ok((None, Addresses::seen_but(hidden)));
            }
        }
        Err(Error::TooMany {
            asked: address.to_owned(),
        })
    }

    /// The owner of an address, where the name that stands in it leads there: one call instead of a list of everybody.
    pub(super) async fn likely_owner(&self, address: &str) -> Result<Option<Person>, Error> {
        let local = address.split('@').next().unwrap_or_default();
        // Searches of Data Center show no addresses.
        let query = NameQuery::new(local).filter(|_| self.client.deployment() == Deployment::Cloud);
        let Some(query) = query else { return Ok(None) };
        let part = self.client.people_named(&query, None, AT_ONCE).await?;
        Ok(part.rows.into_iter().find(|person| has_address(person, address)))
    }

    /// Users of exactly this name, and some that are similar.
    async fn called(&self, name: &str) -> Result<Called, Error> {
        let Some(query) = NameQuery::new(name) else {
            return Ok(Called::default());
        };
        match self.gathered(name, People::Named(&query), MOST_PARTS).await {
            Err(Error::Upstream(error)) if error.is_no_answer() => {
                self.gathered(name, People::Everybody, MOST_PARTS_OF_ALL).await
            }
            told => told,
        }
    }

    async fn gathered(&self, name: &str, of: People<'_>, most: usize) -> Result<Called, Error> {
        let mut called = Called::default();
        let mut at = None;
        for _ in 0..most {
            let part = self.people(of, at.as_ref(), AT_ONCE).await?;
            for person in part.rows {
                let known = called.exactly.iter().any(|other| other.id == person.id);
                if is_called(&person, name) && !known {
                    called.exactly.push(person);
                } else if called.similar.len() < MOST_SIMILAR && is_found_by(&person, name) {
                    called.similar.push(person);
                }
            }
            at = part.next;
            if at.is_none() {
                return Ok(called);
            }
        }
        Err(Error::TooMany {
            asked: name.to_owned(),
        })
    }
}

/// Whether a text has the form of an e-mail address.
pub(super) fn is_address(text: &str) -> bool {
    let ends = text.split_once('@');
    ends.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}

/// Whether somebody shows this address.
pub(super) fn has_address(person: &Person, address: &str) -> bool {
    let shown = person.email.as_deref();
    shown.is_some_and(|shown| same(shown, address))
}

/// How many of these show no address.
pub(super) fn without_address(people: &[Person]) -> usize {
    people.iter().filter(|person| person.email.is_none()).count()
}

/// Whether somebody's name has all the words of a text, each perhaps only begun; or it begins the user name.
pub(super) fn is_found_by(person: &Person, text: &str) -> bool {
    let name = person.name.to_lowercase();
    let names: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let text = text.to_lowercase();
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let by_name = words.all(|word| names.iter().any(|name| name.starts_with(word)));
    by_name || person.id.to_lowercase().starts_with(text.trim())
}

/// Whether somebody is called exactly so.
fn is_called(person: &Person, name: &str) -> bool {
    let names = [Some(&person.name), person.nickname.as_ref()];
    names.into_iter().flatten().any(|own| same(own, name))
}

/// Whether two names are the same but for case and blanks.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_found_by, same};
    use crate::confluence::Person;

    #[test]
    fn addresses_are_told_from_names() {
        for (text, expected) in [
            ("ada@example.com", true),
            ("Ada @ Work", false),
            ("@ada", false),
            ("ada@", false),
            ("a@b@c", false),
        ] {
            assert_eq!(is_address(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_the_same_whatever_their_case_and_blanks() {
        assert!(same(" Ada  Lovelace", "ada lovelace") && same("ÉTÉ", "été"));
        assert!(!same("Ada", "Ada L"));
    }

    #[test]
    fn a_name_is_found_by_the_beginnings_of_its_words() {
        let ada = Person {
            id: "alovelace".to_owned(),
            name: "Ada O'Lovelace".to_owned(),
            nickname: None,
            email: None,
            active: true,
        };
        for (text, expected) in [
            ("ada", true),
            ("love a", true),
            ("alov", true),
            ("lace", false),
            ("o'love", true),
        ] {
            assert_eq!(is_found_by(&ada, text), expected, "{text}");
        }
    }
}
