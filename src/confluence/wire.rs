//! Shapes that both generations of the API share: ids that may be strings or numbers, and small lists.
//!
//! Enumerations of Confluence are kept as text: both products send values their documents do not declare.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, Unexpected, Visitor};

use super::request::Answer;
use super::{Error, ErrorKind, PageId, User};

/// An id as sent: v1 writes numbers where v2 writes strings, and neither is consistent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) String);

impl Id {
    /// The id as that of a page or folder, if it has the form of one.
    pub(super) fn page(&self) -> Option<PageId> {
        PageId::parse(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an id, as a string or a number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
        Ok(Id(text.to_owned()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }
}

/// A place among siblings. Data Center writes the string `none` where there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Position(pub(super) Option<i64>);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Number(number) => Ok(Self(number.as_i64())),
            serde_json::Value::String(_) | serde_json::Value::Null => Ok(Self(None)),
            _ => Err(D::Error::invalid_type(
                Unexpected::Other("structure"),
                &"a position",
            )),
        }
    }
}

/// `version`, as far as we need it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Version {
    pub(super) number: Option<u64>,
    /// When it was saved: `createdAt` in v2, `when` in v1.
    #[serde(rename = "createdAt", alias = "when")]
    saved: Option<String>,
}

impl Version {
    /// A version of which only the number is known, or nothing.
    pub(super) fn unknown() -> Self {
        Self {
            number: None,
            saved: None,
        }
    }

    /// When it was saved. Zones are written `Z`, `+10:00` or, on older servers, `+1000`.
    pub(super) fn saved(&self) -> Option<DateTime<Utc>> {
        let text = self.saved.as_deref()?;
        DateTime::parse_from_rfc3339(text)
            .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
            .ok()
            .map(|instant| instant.to_utc())
    }
}

/// `body`: empty when no representation was asked for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Body {
    pub(super) storage: Option<Storage>,
}

/// `body.storage`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Storage {
    pub(super) value: Option<String>,
}

/// `_links` of an entity or a list.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Links {
    pub(super) webui: Option<String>,
    pub(super) next: Option<String>,
}

/// One entry of a list of permitted operations.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Permitted {
    operation: Option<String>,
    #[serde(rename = "targetType")]
    target: Option<String>,
}

impl Permitted {
    /// Whether this permits `operation` on a page.
    pub(super) fn is(&self, operation: &str) -> bool {
        self.operation.as_deref() == Some(operation) && self.target.as_deref() == Some("page")
    }
}

/// The answer of `user/current`, the same on both products.
#[derive(Debug, Deserialize)]
pub(super) struct CurrentUser {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    #[serde(rename = "publicName")]
    public_name: Option<String>,
    username: Option<String>,
    #[serde(rename = "accountId")]
    account_id: Option<String>,
}

impl CurrentUser {
    /// The user, unless it is nobody: an anonymous visitor means that the credentials were not accepted.
    pub(super) fn into_user(self, answer: &Answer) -> Result<User, Error> {
        if self.kind.as_deref() == Some("anonymous") {
            return Err(Error {
                kind: ErrorKind::CredentialsRejected,
                ..answer.nonsense("answered as to an anonymous visitor")
            });
        }
        let id = self.account_id.or_else(|| self.username.clone());
        let mut names = [self.display_name, self.public_name, self.username]
            .into_iter()
            .flatten();
        Ok(User {
            id: id.filter(|id| !id.is_empty()),
            display_name: names
                .find(|name| !name.is_empty())
                .unwrap_or_else(|| "(unnamed)".to_owned()),
            known: self.kind.as_deref() == Some("known"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Position, Version};

    #[test]
    fn ids_are_read_from_strings_and_numbers() {
        assert_eq!(
            serde_json::from_str::<Id>("\"39813121\"").unwrap(),
            Id("39813121".to_owned())
        );
        assert_eq!(
            serde_json::from_str::<Id>("2719747").unwrap(),
            Id("2719747".to_owned())
        );
        assert!(serde_json::from_str::<Id>("{}").is_err());
    }

    #[test]
    fn instants_come_in_three_spellings() {
        for text in [
            "2026-04-27T07:15:13.012Z",
            "2026-04-27T17:15:13.012+10:00",
            "2026-04-27T17:15:13.012+1000",
        ] {
            let version: Version =
                serde_json::from_value(serde_json::json!({"when": text})).expect("a version");
            let saved = version.saved().expect(text);
            assert_eq!(saved.to_rfc3339(), "2026-04-27T07:15:13.012+00:00", "{text}");
        }
        let odd: Version = serde_json::from_str(r#"{"createdAt": "yesterday"}"#).expect("a version");
        assert_eq!(odd.saved(), None);
    }

    #[test]
    fn a_position_may_be_the_word_none() {
        assert_eq!(serde_json::from_str::<Position>("7").unwrap(), Position(Some(7)));
        assert_eq!(
            serde_json::from_str::<Position>("\"none\"").unwrap(),
            Position(None)
        );
        assert!(serde_json::from_str::<Position>("[]").is_err());
    }
}
