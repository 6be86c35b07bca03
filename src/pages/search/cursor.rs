//! Where a search goes on, as text for callers: Confluence's own place in the list, and how many matches of it are done.

use crate::confluence::search::{Query, Spot};
use crate::pages::seal::{opened, sealed};

/// The most matches that are asked for at once.
const MOST_ROWS: usize = 50;

/// A place in the matches of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The list of matches that is looked at. None: the first one.
    pub(super) spot: Option<Spot>,
    /// How many matches are asked for at once: places only mean something together with that.
    pub(super) size: usize,
    /// How many matches of the list are done.
    pub(super) skip: usize,
}

impl Cursor {
    /// The beginning.
    pub(super) fn start(size: usize) -> Self {
        Self {
            spot: None,
            size: size.min(MOST_ROWS),
            skip: 0,
        }
    }

    /// On to the next list.
    pub(super) fn go_on(&mut self, next: Spot) {
        self.spot = Some(next);
        self.skip = 0;
    }

    /// As callers get it.
    pub(super) fn written(&self, query: &Query) -> String {
        let spot = self.spot.as_ref().map(Spot::as_str).unwrap_or_default();
        let place = format!("{} {} {spot}", self.size, self.skip);
        sealed(&place, &words(query).each_ref().map(String::as_str))
    }

    /// As callers send it back. None when it was not made for this query, or came damaged.
    pub(super) fn read(text: &str, query: &Query) -> Option<Self> {
        let place = opened(text, &words(query).each_ref().map(String::as_str))?;
        let mut parts = place.splitn(3, ' ');
        let size = parts.next()?.parse().ok()?;
        let skip = parts.next()?.parse().ok()?;
        let spot = match parts.next()? {
            "" => None,
            spot => Some(Spot::parse(spot)?),
        };
        let valid = (1..=MOST_ROWS).contains(&size) && skip <= MOST_ROWS;
        valid.then_some(Self { spot, size, skip })
    }
}

/// What makes a search another one.
fn words(query: &Query) -> [String; 2] {
    let since = query.since().map(|since| since.to_rfc3339());
    [query.as_str().to_owned(), since.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use crate::confluence::PageId;
    use crate::confluence::search::{Criteria, Query, Spot};

    fn query(words: &str) -> Query {
        let root = PageId::parse("7").expect("digits");
        let criteria = Criteria {
            words: Some(words.to_owned()),
            ..Criteria::default()
        };
        Query::below(&root, &criteria).expect("valid")
    }

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let mut cursor = Cursor::start(10);
        cursor.skip = 3;
        assert_eq!(
            Cursor::read(&cursor.written(&query("a")), &query("a")),
            Some(cursor.clone())
        );
        cursor.go_on(Spot::parse("_sa_Wy%3D+/=").expect("harmless"));
        let written = cursor.written(&query("a"));
        assert!(
            written
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "{written}"
        );
        assert_eq!(Cursor::read(&written, &query("a")), Some(cursor));
    }

    #[test]
    fn one_of_another_search_or_damaged_is_none() {
        let written = Cursor::start(10).written(&query("a"));
        assert_eq!(Cursor::read(&written, &query("b")), None);
        assert_eq!(Cursor::read(&written[1..], &query("a")), None);
        for text in ["", "x", "AAAA", "10 0 ", &"A".repeat(500)] {
            assert_eq!(Cursor::read(text, &query("a")), None, "{text}");
        }
    }
}
