//! The same text with other marks: elements are put around it or taken away, and everything inside stays.

use std::ops::Range;

use super::{Edit, Hunk};
use crate::convert::merge::splice::Splices;
use crate::convert::shown::of_storage::mark_bit;
use crate::convert::shown::text::Marks;
use crate::convert::source::{Id, What};

type Changes = Vec<(Range<usize>, String)>;

/// Does it, where the hunk is that and it can be done.
pub(super) fn remark(edit: &Edit<'_, '_, '_>, hunk: &Hunk, splices: &mut Splices) -> bool {
    let mine = &edit.mine.chars[hunk.mine.clone()];
    let theirs = &edit.theirs.chars[hunk.theirs.clone()];
    let same = mine.len() == theirs.len()
        && !mine.is_empty()
        && mine
            .iter()
            .zip(theirs)
            .all(|(a, b)| a.same_letter(b) && a.link == b.link);
    if !same {
        return false;
    }
    let mut done: Changes = Vec::new();
    let mut at = 0;
    while at < mine.len() {
        let (from, to) = (mine[at].bits, theirs[at].bits);
        let end = (at..mine.len())
            .find(|index| mine[*index].bits != from || theirs[*index].bits != to)
            .unwrap_or(mine.len());
        let range = hunk.mine.start + at..hunk.mine.start + end;
        match change(edit, &range, from, to) {
            Some(changes) => done.extend(changes),
            None => return false,
        }
        at = end;
    }
    for (at, with) in done {
        splices.replace(at, with);
    }
    true
}

fn change(edit: &Edit<'_, '_, '_>, range: &Range<usize>, from: u16, to: u16) -> Option<Changes> {
    let source = edit.leaf.source;
    let mut done = Vec::new();
    for bit in bits(from & !to) {
        let (element, covered) = element_of(edit, range.start, bit)?;
        if covered != *range {
            return None;
        }
        let node = source.node(element);
        done.push((node.outer.start..node.inner.start, String::new()));
        done.push((node.inner.end..node.outer.end, String::new()));
    }
    let added = to & !from;
    if added != 0 {
        let (start, end) = around(edit, range)?;
        let tags: Vec<&str> = bits(added).map(tag).collect();
        let opening = format!("<{}>", tags.join("><"));
        let reversed: Vec<&str> = tags.iter().rev().copied().collect();
        let closing = format!("</{}>", reversed.join("></"));
        done.push((start..start, opening));
        done.push((end..end, closing));
    }
    Some(done)
}

/// The element that marks a character, and all the characters it marks.
fn element_of(edit: &Edit<'_, '_, '_>, index: usize, bit: u16) -> Option<(Id, Range<usize>)> {
    let source = edit.leaf.source;
    let (_, root) = edit.leaf.bounds();
    let mut marking = source
        .up(edit.standing[index].within)
        .take_while(|id| *id != root)
        .filter(|id| mark_bit(source, *id) == bit);
    let (Some(element), None) = (marking.next(), marking.next()) else {
        return None;
    };
    // A span says more than its mark.
    if source.name(element) == "span" {
        return None;
    }
    let inside = source.node(element).inner.clone();
    let is_inside = |at: &Range<usize>| inside.start <= at.start && at.end <= inside.end;
    let first = edit
        .standing
        .iter()
        .position(|standing| is_inside(&standing.at))?;
    let last = edit
        .standing
        .iter()
        .rposition(|standing| is_inside(&standing.at))?;
    Some((element, first..last + 1))
}

/// Where an element around these characters would begin and end.
fn around(edit: &Edit<'_, '_, '_>, range: &Range<usize>) -> Option<(usize, usize)> {
    let source = edit.leaf.source;
    let (_, root) = edit.leaf.bounds();
    let (first, last) = (&edit.standing[range.start], &edit.standing[range.end - 1]);
    let ups = |id: Id| source.up(id).take_while(|up| *up != root).collect::<Vec<Id>>();
    let (of_first, of_last) = (ups(first.within), ups(last.within));
    let shared = of_first.iter().find(|id| of_last.contains(id)).copied();
    let holds_elements = |id: Id| {
        source.node(id).what != What::Cdata
            && !matches!(
                source.name(id),
                "ac:plain-text-link-body" | "ac:plain-text-body" | "ac:link"
            )
    };
    if edit.leaf.shown.verbatim || !shared.is_none_or(holds_elements) {
        return None;
    }
    let before = range
        .start
        .checked_sub(1)
        .map(|index| edit.standing[index].at.start);
    let after = edit.standing.get(range.end).map(|standing| standing.at.end);
    let (mut start, mut end) = (first.at.start, last.at.end);
    for id in of_first.iter().take_while(|id| Some(**id) != shared) {
        let outer = &source.node(*id).outer;
        if before.is_some_and(|before| before >= outer.start) || !is_plain_inline(source.name(*id)) {
            return None;
        }
        start = outer.start;
    }
    for id in of_last.iter().take_while(|id| Some(**id) != shared) {
        let outer = &source.node(*id).outer;
        if after.is_some_and(|after| after <= outer.end) || !is_plain_inline(source.name(*id)) {
            return None;
        }
        end = outer.end;
    }
    Some((start, end))
}

fn is_plain_inline(name: &str) -> bool {
    matches!(
        name,
        "strong"
            | "b"
            | "em"
            | "i"
            | "u"
            | "del"
            | "s"
            | "sub"
            | "sup"
            | "small"
            | "span"
            | "code"
            | "font"
            | "a"
            | "ac:inline-comment-marker"
    )
}

fn bits(set: u16) -> impl Iterator<Item = u16> {
    (0..16)
        .map(|shift| 1_u16 << shift)
        .filter(move |bit| set & bit != 0)
}

fn tag(bit: u16) -> &'static str {
    match bit {
        Marks::STRONG => "strong",
        Marks::EMPHASIS => "em",
        Marks::STRIKE => "del",
        Marks::UNDERLINE => "u",
        Marks::SUBSCRIPT => "sub",
        Marks::SUPERSCRIPT => "sup",
        Marks::CODE => "code",
        _ => "small",
    }
}
