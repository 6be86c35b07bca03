//! Tokens: a label for people, and an id that finds the thing on the page again.
//!
//! The id is made from what the thing is, not from where it stands, so that it stays when something is added above.
//! Nothing of the thing itself is in the Markdown.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::{Reader, Shown};
use crate::convert::shown::text::Thing;
use crate::convert::shown::{Block, Hidden, Kind};
use crate::convert::source::{Id, Source};

/// Given on every save anew, or to every copy.
const VOLATILE: &[&str] = &[
    "ac:macro-id",
    "ac:local-id",
    "local-id",
    "ac:schema-version",
    "ri:version-at-save",
];

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The longest label.
const LONGEST: usize = 60;

/// The tokens given out so far.
#[derive(Default)]
pub(super) struct Tokens {
    pub(super) by_id: HashMap<String, Id>,
    by_node: HashMap<Id, String>,
    /// How often each thing was met.
    met: HashMap<String, usize>,
}

impl Reader<'_, '_> {
    /// A block as a token.
    pub(super) fn token(&mut self, node: Id) -> Shown {
        let id = self.id_of(node);
        let label = Hidden(self.label(node));
        Block::container(Kind::Token { id, label }, Vec::new(), self.place(node, None))
    }

    pub(super) fn inline_token(&mut self, node: Id) -> Thing {
        let id = self.id_of(node);
        let label = self.label(node);
        Thing {
            key: format!("token:{id}"),
            markdown: format!(":macro[{label}]{{#{id}}}"),
        }
    }

    fn id_of(&mut self, node: Id) -> String {
        if let Some(known) = self.tokens.by_node.get(&node) {
            return known.clone();
        }
        let digits = digits(self.source, node);
        let mut length = 4;
        // The same digits from another thing: take more of them.
        let id = loop {
            let short = &digits[..length];
            match self.tokens.by_id.get(short) {
                Some(other) if length < digits.len() && self::digits(self.source, *other) != digits => {
                    length += 4;
                }
                _ => break short.to_owned(),
            }
        };
        let met = self.tokens.met.entry(id.clone()).or_default();
        *met += 1;
        let id = if *met == 1 { id } else { format!("{id}-{met}") };
        self.tokens.by_id.insert(id.clone(), node);
        self.tokens.by_node.insert(node, id.clone());
        id
    }

    /// What it is, and the first thing it says.
    fn label(&self, node: Id) -> String {
        let name = self
            .source
            .attribute(node, "ac:name")
            .filter(|name| !name.is_empty());
        let kind = name.map_or_else(
            || {
                self.source
                    .name(node)
                    .rsplit(':')
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            },
            std::borrow::Cow::into_owned,
        );
        // What a reader sees of a macro is no label, or an edit of it would seem to be one of the page.
        let body = self.source.child(node, "ac:rich-text-body");
        let body_at = body.map_or(usize::MAX, |body| self.source.node(body).outer.start);
        let before_body = |id: &Id| self.source.node(*id).outer.start < body_at;
        let said = self
            .source
            .descendants(node)
            .take_while(before_body)
            .find_map(|inside| {
                let attribute = |name| self.source.attribute(inside, name);
                let named = attribute("ri:filename")
                    .or_else(|| attribute("ri:content-title"))
                    .or_else(|| attribute("ri:value"))
                    .or_else(|| attribute("ri:account-id"))
                    .or_else(|| attribute("ri:userkey"))
                    .or_else(|| attribute("ri:username"));
                named.or_else(|| Some(self.source.literal(inside)).filter(|text| !text.trim().is_empty()))
            });
        let label = match said {
            Some(said) => format!("{kind}: {said}"),
            None => kind,
        };
        let fits =
            |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':' | '/' | '(' | ')' | ',' | '+');
        let clean: String = label
            .chars()
            .take(10 * LONGEST)
            .map(|c| if fits(c) { c } else { ' ' })
            .collect();
        let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut short: String = clean.chars().take(LONGEST).collect();
        short.truncate(short.trim_end().len());
        if short.is_empty() {
            "thing".to_owned()
        } else {
            short
        }
    }
}

/// What a thing is, less what every copy of it has anew.
fn digits(source: &Source<'_>, node: Id) -> String {
    let mut hasher = Sha256::new();
    let outer = source.node(node).outer.clone();
    let mut left_out: Vec<std::ops::Range<usize>> = std::iter::once(node)
        .chain(source.descendants(node))
        .filter(|inside| source.is_element(*inside))
        .flat_map(|inside| {
            VOLATILE
                .iter()
                .filter_map(move |name| source.attribute_at(inside, name))
        })
        .collect();
    left_out.sort_by_key(|range| range.start);
    let mut at = outer.start;
    for range in left_out {
        hasher.update(&source.text.as_bytes()[at..range.start]);
        at = range.end;
    }
    hasher.update(&source.text.as_bytes()[at..outer.end]);
    let digest = hasher.finalize();
    digest
        .iter()
        .take(16)
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}
