//! Links whose address is all that changed.

use super::Leaf;
use super::characters::{self, Characters};
use crate::convert::escape;
use crate::convert::merge::splice::Splices;

/// In a text with more links than this, a link with another address is another link.
const MOST_LINKS: usize = 300;

impl Leaf<'_, '_> {
    /// A link with the same text and another address: the address is all that changes.
    pub(super) fn patch_addresses(
        &self,
        mine: &mut Characters,
        theirs: &mut Characters,
        splices: &mut Splices,
    ) {
        let standing = self.standing();
        let links = mine.link_texts();
        if links.len() > MOST_LINKS {
            return;
        }
        for (link, text) in links {
            let gone = !theirs.chars.iter().any(|char| char.link == link);
            if !gone {
                continue;
            }
            let candidates = theirs.link_texts();
            let mut same = candidates.iter().filter(|(other, other_text)| {
                *other_text == text && !mine.chars.iter().any(|char| char.link == *other)
            });
            let (Some((new, _)), None) = (same.next(), same.next()) else {
                continue;
            };
            let key = self
                .asked
                .links
                .iter()
                .find(|key| characters::hash(key.as_str()) == *new);
            let old_key = self
                .shown
                .links
                .iter()
                .find(|key| characters::hash(key.as_str()) == link);
            let first = mine.chars.iter().position(|char| char.link == link);
            let (Some(key), Some(old_key), Some(first)) = (key, old_key, first) else {
                continue;
            };
            let title = |key: &str| key.split_once('\u{1}').map(|(_, title)| title.to_owned());
            let is_web = |key: &str| {
                key.contains("://")
                    || key.starts_with("mailto:")
                    || key.starts_with('#')
                    || key.starts_with('/')
            };
            let element = self
                .source
                .up(standing[first].within)
                .find(|id| self.source.name(*id) == "a");
            let value = element.and_then(|element| self.source.attribute_at(element, "href"));
            if let Some(value) = value.filter(|_| title(key) == title(old_key) && is_web(key)) {
                let url = key.split('\u{1}').next().unwrap_or(key);
                let mut escaped = String::new();
                escape::attribute(&mut escaped, url);
                splices.replace(value, escaped);
                theirs.replace_link(*new, link);
            }
        }
    }
}
