//! Where a list goes on, as text for callers: Confluence's own place in it, and how many entries from there are done.

use super::seal::{opened, sealed};
use super::search::Spot;

/// The most entries that are asked for at once.
const MOST_ROWS: usize = 200;

/// A place in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The part of the list that is looked at. None: the first one.
    pub spot: Option<Spot>,
    /// How many entries are asked for at once: places only mean something together with that.
    pub size: usize,
    /// How many entries of the part are done.
    pub skip: usize,
}

impl Cursor {
    /// The beginning.
    #[must_use]
    pub fn start(size: usize) -> Self {
        Self {
            spot: None,
            size: size.min(MOST_ROWS),
            skip: 0,
        }
    }

    /// On to the next part.
    pub fn go_on(&mut self, next: Spot) {
        self.spot = Some(next);
        self.skip = 0;
    }

    /// As callers get it, for the list that `about` stands for.
    #[must_use]
    pub fn written(&self, about: &str) -> String {
        let spot = self.spot.as_ref().map(Spot::as_str).unwrap_or_default();
        let place = format!("{} {} {spot}", self.size, self.skip);
        sealed(&place, &[about])
    }

    /// As callers send it back. None when it was not made for this list, or came damaged.
    #[must_use]
    pub fn read(text: &str, about: &str) -> Option<Self> {
        let place = opened(text, &[about])?;
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

#[cfg(test)]
mod tests {
    use super::Cursor;
    use crate::confluence::search::Spot;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let mut cursor = Cursor::start(10);
        cursor.skip = 3;
        assert_eq!(Cursor::read(&cursor.written("a"), "a"), Some(cursor.clone()));
        cursor.go_on(Spot::parse("_sa_Wy%3D+/=").expect("harmless"));
        let written = cursor.written("a");
        assert!(
            written
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "{written}"
        );
        assert_eq!(Cursor::read(&written, "a"), Some(cursor));
    }

    #[test]
    fn one_of_another_list_or_damaged_is_none() {
        let written = Cursor::start(10).written("a");
        assert_eq!(Cursor::read(&written, "b"), None);
        assert_eq!(Cursor::read(&written[1..], "a"), None);
        for text in ["", "x", "AAAA", "10 0 ", &"A".repeat(500)] {
            assert_eq!(Cursor::read(text, "a"), None, "{text}");
        }
    }
}
