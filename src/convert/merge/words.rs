//! The words of blocks and texts, for telling how much of a page a write keeps.

use crate::convert::shown::Block;

/// The words of a block in their order, after those that are there.
pub(super) fn in_order<'b, B, I>(block: &'b Block<B, I>, words: &mut Vec<&'b str>) {
    words.extend(words_of(&block.text.chars));
    for child in &block.children {
        in_order(child, words);
    }
}

/// The words of a text.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}
