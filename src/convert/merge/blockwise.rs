//! The edit that turns one storage body into another, block by block: for bodies that were sent as storage.

use std::ops::Range;

use super::diff;
use super::splice::Splices;
use super::three_way::hash;
use crate::convert::source::{Id, Source};

/// The replacements that make `after` of `before`. Blocks are those at the top of the page and, in a layout, those at
/// the top of its cells.
pub(super) fn splices(before: &Source<'_>, after: &Source<'_>) -> Splices {
    let (old, new) = (blocks(before), blocks(after));
    let hashes = |source: &Source<'_>, blocks: &[Range<usize>]| {
        let bytes = blocks.iter().map(|block| hash(&source.text[block.clone()]));
        bytes.collect::<Vec<u64>>()
    };
    let mut splices = Splices::default();
    let (mut i, mut j) = (0, 0);
    let same = diff::common(&hashes(before, &old), &hashes(after, &new));
    for (same_i, same_j) in same.into_iter().chain([(old.len(), new.len())]) {
        let start =
            |blocks: &[Range<usize>], index: usize| index.checked_sub(1).map_or(0, |last| blocks[last].end);
        let gone = start(&old, i)..start(&old, same_i);
        let come = start(&new, j)..start(&new, same_j);
        if before.text[gone.clone()] != after.text[come.clone()] {
            splices.replace(gone, after.text[come].to_owned());
        }
        (i, j) = (same_i + 1, same_j + 1);
    }
    splices
}

/// The blocks of a page, end to end; the tags of a layout are blocks of their own.
fn blocks(source: &Source<'_>) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    blocks_in(source, Id::ROOT, &mut blocks);
    blocks
}

/// Layouts are three deep, and only they are gone into.
fn blocks_in(source: &Source<'_>, container: Id, blocks: &mut Vec<Range<usize>>) {
    for child in source.children(container) {
        let node = source.node(child);
        let parent = source.name(container);
        let inner = match source.name(child) {
            "ac:layout" => container == Id::ROOT,
            "ac:layout-section" => parent == "ac:layout",
            "ac:layout-cell" => parent == "ac:layout-section",
            _ => false,
        };
        if inner && !node.inner.is_empty() {
            blocks.push(node.outer.start..node.inner.start);
            blocks_in(source, child, blocks);
            blocks.push(node.inner.end..node.outer.end);
        } else {
            blocks.push(node.outer.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::splices;
    use crate::convert::source::Source;

    #[track_caller]
    fn check(before: &str, after: &str, count: usize) {
        let (old, new) = (Source::parse(before).unwrap(), Source::parse(after).unwrap());
        let splices = splices(&old, &new);
        assert_eq!(splices.apply(before).as_deref(), Some(after));
        assert_eq!(splices.len(), count);
    }

    #[test]
    fn only_blocks_that_differ_are_replaced() {
        check("", "", 0);
        check("<p>a</p>", "", 1);
        check("", "<p>a</p>", 1);
        check(
            "<p>a</p>\n<p>b</p> <p>c</p>",
            "<p>x</p>\n<p>b</p> <p>c</p><p>d</p>",
            2,
        );
        check("text <b>a</b><p>b</p>", "text <b>x</b><p>b</p>", 1);
    }

    #[test]
    fn cells_of_a_layout_are_gone_into() {
        let page = |a: &str, b: &str| {
            format!(
                "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell>{a}</ac:layout-cell>\
                 <ac:layout-cell>{b}</ac:layout-cell></ac:layout-section></ac:layout>"
            )
        };
        check(&page("<p>a</p>", "<p>b</p>"), &page("<p>x</p>", "<p>y</p>"), 2);
        check(&page("", ""), &page("<p>x</p>", ""), 1);
    }
}
