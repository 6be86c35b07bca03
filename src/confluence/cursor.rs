//! Where a list goes on, as text for callers: Confluence's own place in it, how many entries from there are done, and a
//! seal that ties it to what was asked.
//!
//! The seal finds mistakes, not forgeries: there is nothing to gain, since what is found is checked like anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::search::Spot;

/// The most entries that are asked for at once.
const MOST_ROWS: usize = 200;

/// Bytes of the seal.
const SEAL: usize = 8;

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
        let mut bytes = seal(&place, about).to_vec();
        bytes.extend_from_slice(place.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// As callers send it back. None when it was not made for this list, or came damaged.
    #[must_use]
    pub fn read(text: &str, about: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let (sealed, place) = bytes.split_at_checked(SEAL)?;
        let place = std::str::from_utf8(place).ok()?;
        if sealed != seal(place, about) {
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

fn seal(place: &str, about: &str) -> [u8; SEAL] {
    let mut digest = Sha256::new();
    digest.update(place);
    digest.update("\n");
    digest.update(about);
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&digest.finalize()[..SEAL]);
    seal
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
