//! Searching: what to look for, as a query that only this module can make, and what is found.
//!
//! A hit is a claim of the search index, which lags behind and knows no sandbox. It names a page; whether that page
//! is there, and where, is for `pages` to find out.

mod excerpt;
pub(super) mod wire;

use chrono::{DateTime, TimeDelta, Utc};

use super::cql::{self, quoted};
use super::{BadCql, Error, ErrorKind, PageId};

/// The longest query that is sent, in bytes as they stand in an address. Servers take 8 KiB for a whole request line.
const LONGEST: usize = 6_000;

/// A date in a query is read in the time zone of the server or of the account, which we do not know. No zone is
/// further behind UTC than this.
const FURTHEST_BEHIND: TimeDelta = TimeDelta::hours(12);

/// What a page must fulfil, all of it. Blank texts ask for nothing.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    /// Words that are in it, in any order and form; those in double quotes together, as a phrase.
    pub words: Option<String>,
    /// Its title, or words of it.
    pub title: Option<String>,
    /// A label it has.
    pub label: Option<String>,
    /// It was saved then or later.
    pub updated_since: Option<DateTime<Utc>>,
    /// Somebody who saved it: an account id on Cloud, a user name on Data Center.
    pub updated_by: Option<String>,
    /// A condition in CQL.
    pub cql: Option<String>,
}

/// Why criteria make no query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCriteria {
    /// There are none.
    #[error("no criterion")]
    Nothing,
    /// Nothing but punctuation.
    #[error("no word to search for")]
    NoWords,
    /// The condition in CQL is not one.
    #[error("{0}")]
    Cql(BadCql),
    /// Together they are too long.
    #[error("the query is too long")]
    TooLong,
}

/// A query for pages at or below a root page.
#[derive(Clone, Debug)]
pub struct Query {
    cql: String,
    since: Option<DateTime<Utc>>,
}

impl Query {
    /// The query for pages at or below `root` that fulfil the criteria:
    /// `type = page AND (ancestor = ROOT OR id = ROOT) AND (...)`.
    ///
    /// # Errors
    /// [`BadCriteria`].
    pub fn below(root: &PageId, criteria: &Criteria) -> Result<Self, BadCriteria> {
        let given = |text: &Option<String>| {
            let blank = |character: char| character.is_whitespace() || character.is_control();
            let text = text.as_deref().unwrap_or_default().trim_matches(blank);
            (!text.is_empty()).then(|| text.to_owned())
        };
        let mut clauses: Vec<String> = Vec::new();
        let mut by_relevance = false;
        if let Some(words) = given(&criteria.words) {
            let searches = cql::searches(&words);
            if searches.is_empty() {
                return Err(BadCriteria::NoWords);
            }
            clauses.extend(searches.iter().map(|search| format!("text ~ {search}")));
            by_relevance = true;
        }
        if let Some(title) = given(&criteria.title) {
            let exact = format!("title = {}", quoted(&title));
            clauses.push(match cql::words(&title) {
                Some(words) => format!("({exact} OR title ~ {})", quoted(&words)),
                None => exact,
            });
            by_relevance = true;
        }
        if let Some(label) = given(&criteria.label) {
            clauses.push(format!("label = {}", quoted(&label)));
        }
        if let Some(person) = given(&criteria.updated_by) {
            clauses.push(format!("contributor = {}", quoted(&person)));
        }
        if let Some(since) = criteria.updated_since {
            let earliest = since - FURTHEST_BEHIND;
            clauses.push(format!(
                "lastmodified >= {}",
                quoted(&earliest.format("%Y-%m-%d %H:%M").to_string())
            ));
        }
        if let Some(condition) = given(&criteria.cql) {
            let condition = cql::condition(&condition).map_err(BadCriteria::Cql)?;
            clauses.push(format!("({condition})"));
            by_relevance = true;
        }
        if clauses.is_empty() {
            return Err(BadCriteria::Nothing);
        }
        // Where Confluence has nothing to rank by, the newest come first.
        let order = if by_relevance {
            ""
        } else {
            " ORDER BY lastmodified DESC"
        };
        let cql = format!(
            "type = page AND (ancestor = {root} OR id = {root}) AND ({}){order}",
            clauses.join(" AND ")
        );
        let bytes: usize = url::form_urlencoded::byte_serialize(cql.as_bytes())
            .map(str::len)
            .sum();
        if bytes > LONGEST {
            return Err(BadCriteria::TooLong);
        }
        Ok(Self {
            cql,
            since: criteria.updated_since,
        })
    }

    /// The query as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.cql
    }

    /// The query and what is asked beside it, as text: the same for the same search.
    #[must_use]
    pub fn identity(&self) -> String {
        let since = self.since.map(|since| since.to_rfc3339()).unwrap_or_default();
        format!("{}\n{since}", self.cql)
    }

    /// Since when a page must have been saved. The query itself asks for half a day more: see `FURTHEST_BEHIND`.
    #[must_use]
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }
}

/// Where a list of hits goes on, in Confluence's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot(String);

impl Spot {
    /// The longest that is taken back.
    const LONGEST: usize = 4_000;

    /// Accepts what may stand in the query of an address as the value of one field, and nothing that could end it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%+/=:!*',;@$".contains(&byte);
        let valid = (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(harmless);
        valid.then(|| Self(text.to_owned()))
    }

    /// As text, for [`Spot::parse`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the index says matches.
#[derive(Clone, Debug)]
pub struct Match {
    /// The page.
    pub id: PageId,
    /// A part of its text around what was found, as plain text; what was found stands between `**`. May be empty.
    pub excerpt: String,
}

/// Some of the matches.
#[derive(Clone, Debug)]
pub struct Matches {
    /// In Confluence's order.
    pub rows: Vec<Match>,
    /// Where the list goes on. None at its end: a short or even an empty list need not be the end.
    pub next: Option<Spot>,
}

/// What a failed search means: a 400 is about the query, whatever words it comes in.
pub(super) fn refusal(error: Error) -> Error {
    match error.status {
        Some(400 | 414) if error.kind != ErrorKind::CredentialsRejected => Error {
            kind: ErrorKind::Refused,
            ..error
        },
        _ => error,
    }
}

#[cfg(test)]
mod tests;
