//! Pages of lists: opaque cursors for v2, `start` and `limit` for v1.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::store::Id;

/// Every cursor starts with it, so that each holds a plus and a slash; the padding brings the equals signs.
const MARK: &str = "_sa+/";

/// Where a list goes on: behind this item, or, should it be gone, at this position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) last: Id,
    pub(crate) offset: usize,
}

impl Cursor {
    pub(crate) fn encode(self) -> String {
        let mut text = format!(
            "{{\"id\":\"{}\",\"contentOrder\":\"id\",\"offset\":{}}}",
            self.last, self.offset
        );
        while text.len() % 3 != 1 {
            text.push(' ');
        }
        format!("{MARK}{}", STANDARD.encode(text))
    }

    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(MARK)?).ok()?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        Some(Self {
            last: value["id"].as_str()?.parse().ok()?,
            offset: usize::try_from(value["offset"].as_u64()?).ok()?,
        })
    }

    /// The position in `ids` at which the page after this cursor begins.
    pub(crate) fn resume(self, ids: &[Id]) -> usize {
        ids.iter()
            .position(|id| *id == self.last)
            .map_or(self.offset.min(ids.len()), |index| index + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_the_characters_that_get_lost() {
        for last in [1, 22, 333, 39_223_464] {
            let cursor = Cursor { last, offset: 250 };
            let text = cursor.encode();
            assert!(["+", "/", "="].iter().all(|part| text.contains(part)), "{text}");
            assert_eq!(Cursor::decode(&text), Some(cursor));
            assert_eq!(Cursor::decode(&text.replace('+', " ")), None);
        }
    }

    #[test]
    fn a_list_goes_on_behind_the_last_item_or_where_it_was() {
        let ids = [5, 6, 7, 8];
        assert_eq!(Cursor { last: 6, offset: 9 }.resume(&ids), 2);
        assert_eq!(Cursor { last: 99, offset: 2 }.resume(&ids), 2);
        assert_eq!(Cursor { last: 99, offset: 9 }.resume(&ids), 4);
    }
}
