//! Users and groups of a site, and lists of them one part at a time.
//!
//! They belong to the whole site: nothing here knows of spaces or root pages. Both products answer REST v1, with other
//! routes and other names for a user: an account id on Cloud, a user name on Data Center.

pub(super) mod part;
pub(super) mod wire;

use super::cql::{self, quoted};
use super::search::Spot;

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Account id on Cloud, user name on Data Center.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Another name that the account chose to show (Cloud).
    pub nickname: Option<String>,
    /// E-mail address, where Confluence shows it to the account of the endpoint.
    pub email: Option<String>,
    /// False for accounts that Confluence says cannot sign in, and for apps.
    pub active: bool,
}

/// Users under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name. Teams of Cloud may share one.
    pub name: String,
    /// Its id; Data Center has none.
    pub id: Option<String>,
}

/// A part of a list, in Confluence's order.
#[derive(Clone, Debug)]
pub struct Part<T> {
    /// What is in it.
    pub rows: Vec<T>,
    /// Where the list goes on. None at its end.
    pub next: Option<Spot>,
}

/// A query for users by words of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameQuery(String);

impl NameQuery {
    /// Names that have all these words, or words that begin so. None when no word is in the text.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        // A site matches beginnings of words by itself, as Cloud's document says, or wants to be told.
        let words = cql::words(text)?;
        let begun = format!("{}*", words.replace(' ', "* "));
        let [words, begun] = [&words, &begun].map(|words| quoted(words));
        Some(Self(format!(
            "user.fullname ~ {words} OR user.fullname ~ {begun}"
        )))
    }

    /// As CQL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The entries that are what was asked for.
pub(super) fn listed<R, T>(part: Part<R>, entry: impl Fn(R) -> Option<T>) -> Part<T> {
    Part {
        rows: part.rows.into_iter().filter_map(entry).collect(),
        next: part.next,
    }
}

#[cfg(test)]
mod tests {
    use super::NameQuery;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let query = |text| NameQuery::new(text).map(|query| query.as_str().to_owned());
        assert_eq!(
            query("Ada Per").as_deref(),
            Some(r#"user.fullname ~ "Ada Per" OR user.fullname ~ "Ada* Per*""#)
        );
        assert_eq!(
            query(r#"x" OR type=user OR user="y\"#).as_deref(),
            Some(
                r#"user.fullname ~ "x or type user or user y" OR user.fullname ~ "x* or* type* user* or* user* y*""#
            )
        );
        assert_eq!(query("\"*?\\"), None);
    }
}
