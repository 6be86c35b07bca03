//! Where the blocks of a body stand in its text: what it can be read in parts by.
//!
//! A part ends between two blocks where one begins in reach, so a reader gets whole paragraphs. Parts that follow one
//! another are the text, byte for byte. A section is a heading with what follows it, up to the next heading of its level
//! or above in the same flow of blocks: a column of a layout, a panel, the page itself.

use std::ops::Range;

use super::source::{Id, Source};
use super::tree::{Block, Division};

/// A block, where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) at: Range<usize>,
    /// The run of blocks that it is one of.
    pub(super) flow: usize,
    /// How many blocks it is in.
    pub(super) depth: usize,
    /// Level and text of a heading.
    pub(super) heading: Option<(u8, String)>,
}

/// The blocks and headings of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Where a part may end, and how many blocks that is inside of; in order.
    seams: Vec<(usize, usize)>,
    headings: Vec<Heading>,
}

/// A heading, with the section that it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// What it says, as plain text; empty where it has none.
    pub title: String,
    /// What the headings above it say, outermost first, and it itself, joined by `/`.
    pub path: String,
    /// The bytes of its section in the text.
    pub at: Range<usize>,
}

impl Layout {
    /// The layout of a Markdown text, from where its blocks stand in it, in order and each before those inside it.
    pub(super) fn of_markdown(text: &str, marks: &[Mark]) -> Self {
        let line_of = |at: usize| text[..at].rfind('\n').map_or(0, |end| end + 1);
        let seams = marks.iter().map(|mark| (line_of(mark.at.start), mark.depth));
        Self {
            seams: seams.collect(),
            headings: headings(marks),
        }
    }

    /// The layout of a body in storage format: elements at its top end where a part may. None of it is known of a body
    /// that is not well-formed.
    #[must_use]
    pub fn of_storage(storage: &str) -> Self {
        let Ok(source) = Source::parse(storage) else {
            return Self::default();
        };
        let top = source.children(Id::ROOT);
        Self {
            seams: top.map(|id| (source.node(id).outer.end, 0)).collect(),
            headings: Vec::new(),
        }
    }

    /// Whether the first block of a Markdown text is a heading.
    #[must_use]
    pub fn begins_with_heading(markdown: &str) -> bool {
        let (page, _) = super::read_markdown::read_edited(markdown);
        let Some(Division::Flow(blocks)) = page.divisions.first() else {
            return false;
        };
        matches!(blocks.first(), Some(Block::Heading { .. }))
    }

    /// The headings, in order.
    #[must_use]
    pub fn headings(&self) -> &[Heading] {
        &self.headings
    }

    /// Where a part of `text` that is to hold at most these bytes had better end: at the seam inside the fewest blocks in
    /// the second half of it, else at the end of a line, else behind a blank. Both ends of `within`, and the answer, lie
    /// between characters; the answer is its start only where that is its end.
    #[must_use]
    pub fn end_of_part(&self, text: &str, within: Range<usize>) -> usize {
        if within.end >= text.len() || within.is_empty() {
            return within.end;
        }
        let half = within.start + within.len() / 2;
        let reachable = self.seams.partition_point(|(at, _)| *at <= half)
            ..self.seams.partition_point(|(at, _)| *at <= within.end);
        let seams = self.seams[reachable].iter();
        if let Some((at, _)) = seams.rev().min_by_key(|(_, depth)| *depth) {
            return *at;
        }
        let bytes = text.as_bytes();
        let behind = |found: fn(&u8) -> bool| {
            let second_half = &bytes[half..within.end];
            second_half.iter().rposition(found).map(|at| half + at + 1)
        };
        behind(|byte| *byte == b'\n')
            .or_else(|| behind(|byte| *byte == b' '))
            .unwrap_or(within.end)
    }
}

fn headings(marks: &[Mark]) -> Vec<Heading> {
    let mut above: Vec<(u8, &str)> = Vec::new();
    let mut headings = Vec::new();
    for (place, mark) in marks.iter().enumerate() {
        let Some((level, title)) = &mark.heading else {
            continue;
        };
        above.truncate(
            above
                .iter()
                .position(|(other, _)| other >= level)
                .unwrap_or(above.len()),
        );
        above.push((*level, title));
        let titles: Vec<&str> = above.iter().map(|(_, title)| *title).collect();
        let section = marks[place + 1..]
            .iter()
            .take_while(|next| next.depth > mark.depth || next.flow == mark.flow)
            .take_while(|next| {
                let level_of_next = next.heading.as_ref().map(|(level, _)| level);
                next.flow != mark.flow || level_of_next.is_none_or(|next| next > level)
            });
        let end = section.map(|block| block.at.end).max();
        headings.push(Heading {
            level: *level,
            title: title.clone(),
            path: titles.join("/"),
            at: mark.at.start..end.unwrap_or_default().max(mark.at.end),
        });
    }
    headings
}

#[cfg(test)]
mod tests {
    use crate::convert::{Flavour, Projection, markdown_to_storage, storage_to_markdown};

    fn shown(markdown: &str) -> Projection {
        let storage = markdown_to_storage(markdown, Flavour::Cloud).storage;
        storage_to_markdown(&storage, Flavour::Cloud).expect("well-formed")
    }

    #[track_caller]
    fn check(markdown: &str, expected: &[(&str, &str)]) {
        let page = shown(markdown);
        let found: Vec<(&str, &str)> = page
            .layout
            .headings()
            .iter()
            .map(|heading| (heading.path.as_str(), &page.markdown[heading.at.clone()]))
            .collect();
        assert_eq!(found, expected, "{}", page.markdown);
    }

    #[test]
    fn a_section_goes_on_to_the_next_heading_of_its_level() {
        check(
            "before\n\n# A\n\none\n\n## B\n\n- two\n\n# C\n\n### D **d**\n",
            &[
                ("A", "# A\n\none\n\n## B\n\n- two"),
                ("A/B", "## B\n\n- two"),
                ("C", "# C\n\n### D **d**"),
                ("C/D d", "### D **d**"),
            ],
        );
    }

    #[test]
    fn a_section_ends_with_what_it_is_in() {
        check(
            "> ## Q\n>\n> one\n\n- ## I\n\n  x\n- ## J\n\nafter\n",
            &[("Q", "## Q\n>\n> one"), ("I", "## I\n\n  x"), ("J", "## J")],
        );
        check(
            "::::section{type=two_equal}\n\n:::column\n\n# L\n\nleft\n\n:::\n\n:::column\n\n# R\n\n:::\n\n::::\n",
            &[("L", "# L\n\nleft"), ("R", "# R")],
        );
    }

    #[test]
    fn a_part_ends_between_blocks_else_lines_else_words() {
        let page = shown("# A\n\nalpha beta\n\n- one\n- two\n- three\n\n```\ncode\nmore\n```\n");
        let end = |start: usize, most: usize| {
            let end = page
                .layout
                .end_of_part(&page.markdown, start..(start + most).min(page.markdown.len()));
            &page.markdown[start..end]
        };
        assert_eq!(
            page.markdown,
            "# A\n\nalpha beta\n\n- one\n- two\n- three\n\n```\ncode\nmore\n```\n"
        );
        assert_eq!(end(0, 18), "# A\n\nalpha beta\n\n");
        assert_eq!(end(0, 9), "# A\n\n");
        assert_eq!(end(5, 9), "alpha ");
        assert_eq!(end(17, 14), "- one\n- two\n");
        assert_eq!(end(38, 10), "```\ncode\n");
        assert_eq!(end(38, 500), "```\ncode\nmore\n```\n");
    }
}
