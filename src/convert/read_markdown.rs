//! Markdown to tree: pulldown-cmark finds the structure, [`events`] turns it into open and closed frames, [`frame`]
//! turns each closed frame into a piece of the tree.
//!
//! Raw HTML is never copied: known inline tags in pairs become marks, everything else is shown as the text it is.

mod address;
mod events;
mod frame;

use pulldown_cmark::{Options, Parser};

use super::Notice;
use super::escape::is_legal;
use super::tree::Block;

/// What the dialect has beyond `CommonMark`. Smart punctuation stays off: it would change what people wrote.
const DIALECT: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES);

/// The tree of a Markdown text, and what could not be expressed in it.
pub(super) fn read(markdown: &str) -> (Vec<Block>, Vec<Notice>) {
    let clean: String = markdown.chars().filter(|&c| is_legal(c)).collect();
    let mut reader = events::Reader::default();
    for event in Parser::new_ext(&clean, DIALECT) {
        reader.take(event);
    }
    reader.finish()
}
