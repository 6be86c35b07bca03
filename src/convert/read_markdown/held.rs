//! What was taken out of the Markdown before pulldown-cmark saw it, and the marks left in its place.
//!
//! pulldown-cmark knows no directives, and takes `<ac:link>` for an address in angle brackets. So [`super::scan`]
//! takes such things out and leaves a mark; whoever meets the mark among the events gets them back. Where a mark
//! ends up in code, an address or a title after all, [`Held::restore`] puts back what was written.
//!
//! Marks are made of control characters, which XML forbids and the reader drops from its input; nobody can write one.

use std::borrow::Cow;

use super::directive::{Directive, Fence};
use crate::convert::tree::{Island, PageName};

/// Around the number of something in running text.
const INLINE: (char, char) = ('\u{1}', '\u{2}');
/// Around the number of something that is a block; with `<?` and `?>` outside, which begin and end an HTML block.
const BLOCK: (char, char) = ('\u{3}', '\u{4}');

/// Everything that was taken out.
#[derive(Default)]
pub(super) struct Held {
    entries: Vec<Entry>,
}

/// One thing that was taken out.
pub(super) struct Entry {
    /// As it was written.
    pub(super) raw: String,
    pub(super) what: What,
}

/// What it is.
pub(super) enum What {
    /// The line that opens or closes a container.
    Fence(Fence),
    /// `::name[…]{…}` on a line of its own.
    Leaf(Directive),
    /// `:name[…]{…}` in running text.
    Inline(Directive),
    /// The title of the alert around it.
    Title(String),
    /// `[[Title|text]]`.
    Page { page: PageName, text: Option<String> },
    /// `![[file.png]]`.
    Embed(String),
    /// Storage that passed; `block` when it was on lines of its own.
    Island {
        island: Island,
        tasks: Vec<String>,
        links: bool,
        root: String,
    },
    /// Storage that is well-formed and must not come in, with the reason.
    Refused(String),
    /// Text that pulldown-cmark would take for something else.
    Literal,
}

/// A piece of text that may have held marks.
pub(super) enum Piece<'t> {
    Text(&'t str),
    Held(usize),
}

impl Held {
    /// Keeps something and returns the mark for running text.
    pub(super) fn inline(&mut self, raw: &str, what: What) -> String {
        let number = self.keep(raw, what);
        format!("{}{number}{}", INLINE.0, INLINE.1)
    }

    /// Keeps something and returns the mark that is a block.
    pub(super) fn block(&mut self, raw: &str, what: What) -> String {
        let number = self.keep(raw, what);
        format!("<?{}{number}{}?>", BLOCK.0, BLOCK.1)
    }

    fn keep(&mut self, raw: &str, what: What) -> usize {
        self.entries.push(Entry {
            raw: raw.to_owned(),
            what,
        });
        self.entries.len() - 1
    }

    pub(super) fn entry(&self, number: usize) -> Option<&Entry> {
        self.entries.get(number)
    }

    /// Whether the page has a layout, or tasks that have their numbers already.
    pub(super) fn needs_whole_page(&self) -> bool {
        self.entries.iter().any(|entry| match &entry.what {
            What::Fence(fence) => fence.opens.as_ref().is_some_and(|opens| opens.name == "section"),
            What::Island { tasks, root, .. } => !tasks.is_empty() || root == "ac:layout",
            _ => false,
        })
    }

    /// The number of the block whose mark is all of this HTML.
    pub(super) fn block_in(html: &str) -> Option<usize> {
        let inside = html.trim().strip_prefix("<?")?.strip_suffix("?>")?;
        inside.strip_prefix(BLOCK.0)?.strip_suffix(BLOCK.1)?.parse().ok()
    }

    /// The text between the marks for running text, and what they stand for.
    pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
        let mut rest = text;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let start = rest.find(INLINE.0).unwrap_or(rest.len());
            if start > 0 {
                let (before, after) = rest.split_at(start);
                rest = after;
                return Some(Piece::Text(before));
            }
            let inside = &rest[INLINE.0.len_utf8()..];
            let Some((number, after)) = inside.split_once(INLINE.1) else {
                rest = "";
                return None;
            };
            rest = after;
            number.parse().ok().map(Piece::Held)
        })
    }

    /// The text as it was before anything was taken out of it.
    pub(super) fn restore<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains([INLINE.0, BLOCK.0]) {
            return Cow::Borrowed(text);
        }
        let mut restored = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find([INLINE.0, BLOCK.0]) {
            let is_block = rest[start..].starts_with(BLOCK.0);
            let end = if is_block { BLOCK.1 } else { INLINE.1 };
            let Some((number, after)) = rest[start + 1..].split_once(end) else {
                break;
            };
            let before = &rest[..start];
            let (before, after) = if is_block {
                (
                    before.strip_suffix("<?").unwrap_or(before),
                    after.strip_prefix("?>").unwrap_or(after),
                )
            } else {
                (before, after)
            };
            restored.push_str(before);
            if let Some(entry) = number.parse().ok().and_then(|number| self.entry(number)) {
                restored.push_str(&entry.raw);
            }
            rest = after;
        }
        restored.push_str(rest);
        Cow::Owned(restored)
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, Piece, What};

    #[test]
    fn marks_are_found_again_and_can_be_undone() {
        let mut held = Held::default();
        let inline = held.inline(":a[b]", What::Literal);
        let block = held.block(":::c", What::Literal);
        let text = format!("x {inline} y");
        let numbers: Vec<usize> = Held::pieces(&text)
            .filter_map(|piece| match piece {
                Piece::Held(number) => Some(number),
                Piece::Text(_) => None,
            })
            .collect();
        assert_eq!(numbers, [0]);
        assert_eq!(Held::block_in(&format!("{block}\n")), Some(1));
        assert_eq!(Held::block_in("<?php ?>"), None);
        assert_eq!(held.restore(&format!("<?{text}\n{block}")), "<?x :a[b] y\n:::c");
    }
}
