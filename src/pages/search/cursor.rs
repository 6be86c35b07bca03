//! Where a search goes on, as text for callers: Confluence's own place in the list, how many matches of it are done,
//! and a seal that ties it to the search it came from.
//!
//! The seal finds mistakes, not forgeries: there is nothing to gain, since every hit is checked like any other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::confluence::search::{Query, Spot};

/// The most matches that are asked for at once.
const MOST_ROWS: usize = 50;

/// Bytes of the seal.
const SEAL: usize = 8;

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
        let mut bytes = seal(&place, query).to_vec();
        bytes.extend_from_slice(place.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// As callers send it back. None when it was not made for this query, or came damaged.
    pub(super) fn read(text: &str, query: &Query) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let (sealed, place) = bytes.split_at_checked(SEAL)?;
        let place = std::str::from_utf8(place).ok()?;
        if sealed != seal(place, query) {
            return None;
        }
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

fn seal(place: &str, query: &Query) -> [u8; SEAL] {
    let mut digest = Sha256::new();
    digest.update(place);
    digest.update("\n");
    digest.update(query.as_str());
    digest.update("\n");
    digest.update(query.since().map(|since| since.to_rfc3339()).unwrap_or_default());
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&digest.finalize()[..SEAL]);
    seal
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
