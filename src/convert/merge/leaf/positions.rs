//! The places between two characters of a page where something can be put.

use std::collections::HashMap;
use std::ops::Range;

use super::Standing;
use super::characters::Char;
use crate::convert::shown::of_storage::mark_bit;
use crate::convert::source::{Id, Source, What};

/// A place in the source, with the marks that text has there.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) at: usize,
    pub(super) within: Id,
    pub(super) bits: u16,
    pub(super) link: u64,
    /// No element can be there.
    pub(super) text_only: bool,
    /// It is inside a CDATA section.
    pub(super) cdata: bool,
    /// It is where a CDATA section belongs and there is none.
    pub(super) needs_cdata: bool,
}

impl Position {
    pub(super) fn plain(at: usize, within: Id) -> Self {
        Self {
            at,
            within,
            bits: 0,
            link: 0,
            text_only: false,
            cdata: false,
            needs_cdata: false,
        }
    }
}

/// What is around the place that is looked for.
pub(super) struct Around<'a> {
    pub(super) bounds: Range<usize>,
    pub(super) root: Id,
    pub(super) before: Option<&'a Standing>,
    pub(super) replaced: &'a [Standing],
    pub(super) after: Option<&'a Standing>,
}

/// The places after `before` and up to `after`; those of the text that is replaced come first.
pub(super) fn positions(source: &Source<'_>, around: &Around<'_>, links: &HashMap<Id, u64>) -> Vec<Position> {
    let root = around.root;
    let mut found: Vec<(usize, Id)> = Vec::new();
    for standing in around.replaced {
        if found.last().is_none_or(|(_, within)| *within != standing.within) {
            found.push((standing.at.start, standing.within));
        }
    }
    let (mut at, mut within) = match around.before {
        Some(before) => (before.at.end, before.within),
        None => empty_section(source, root)
            .filter(|_| around.replaced.is_empty() && around.after.is_none())
            .unwrap_or((around.bounds.start, root)),
    };
    found.push((at, within));
    // Out of what the left neighbour is in …
    let holds_end = |id: Id| {
        id == root
            || around
                .after
                .is_some_and(|after| source.up(after.within).any(|up| up == id))
    };
    while within != root && !holds_end(within) {
        at = source.node(within).outer.end;
        within = source.parent(within).unwrap_or(root);
        if at > around.bounds.end {
            break;
        }
        found.push((at, within));
    }
    // … and into what the right neighbour is in.
    if let Some(after) = around.after {
        let mut inward: Vec<Id> = source
            .up(after.within)
            .take_while(|id| *id != root && *id != within)
            .collect();
        inward.reverse();
        found.extend(inward.into_iter().map(|id| (source.node(id).inner.start, id)));
        found.push((after.at.start, after.within));
    }
    let mut positions: Vec<Position> = found
        .into_iter()
        .filter(|(_, within)| may_hold_text(source, *within, root))
        .map(|(at, within)| position(source, at, within, root, links))
        .collect();
    // A new section is needed only where there is none.
    if positions.iter().any(|position| position.cdata) {
        positions.retain(|position| !position.needs_cdata);
    }
    positions
}

fn position(source: &Source<'_>, at: usize, within: Id, root: Id, links: &HashMap<Id, u64>) -> Position {
    let (bits, link) = match source.name(root) {
        // A caption is shown without its marks, and keeps them.
        "ac:caption" => (0, 0),
        _ => marks(source, within, root, links),
    };
    let cdata = source.node(within).what == What::Cdata;
    let is_plain = |id: Id| {
        matches!(
            source.name(id),
            "ac:plain-text-link-body" | "ac:plain-text-body" | "ac:parameter"
        )
    };
    let in_plain = is_plain(root) || source.up(within).take_while(|id| *id != root).any(is_plain);
    Position {
        at,
        within,
        bits,
        link,
        text_only: cdata || in_plain || source.name(root) == "pre",
        cdata,
        needs_cdata: in_plain && !cdata,
    }
}

/// An empty CDATA section where the text of a block of code belongs.
fn empty_section(source: &Source<'_>, root: Id) -> Option<(usize, Id)> {
    let first = source
        .children(root)
        .find(|child| source.node(*child).what == What::Cdata)?;
    Some((source.node(first).inner.start, first))
}

fn may_hold_text(source: &Source<'_>, id: Id, root: Id) -> bool {
    if id == root {
        return true;
    }
    let name = source.name(id);
    match source.node(id).what {
        What::Cdata => true,
        What::Element { empty: false } if !name.contains(':') => !matches!(
            name,
            "ul" | "ol" | "table" | "tbody" | "tr" | "thead" | "colgroup"
        ),
        What::Element { empty: false } => matches!(
            name,
            "ac:link-body"
                | "ac:plain-text-link-body"
                | "ac:inline-comment-marker"
                | "ac:rich-text-body"
                | "ac:caption"
        ),
        What::Element { empty: true } | What::Root | What::Text | What::Reference | What::Comment => false,
    }
}

/// The marks of text directly in an element.
pub(super) fn marks(source: &Source<'_>, id: Id, root: Id, links: &HashMap<Id, u64>) -> (u16, u64) {
    let (mut bits, mut link) = (0, 0);
    for up in source.up(id).take_while(|up| *up != root) {
        bits |= mark_bit(source, up);
        if let Some(target) = links.get(&up) {
            link = *target;
        }
    }
    (bits, link)
}

/// The first place with the marks that are wanted; else the one that lacks the fewest; else one to split.
pub(super) fn choose(
    positions: &[Position],
    wanted: &Char,
    plain: bool,
    least: usize,
) -> Result<(usize, bool), String> {
    let allowed = |position: &Position| position.at >= least && (plain || !position.text_only);
    let exact = positions.iter().position(|position| {
        allowed(position) && position.bits == wanted.bits && position.link == wanted.link
    });
    if let Some(exact) = exact {
        return Ok((exact, false));
    }
    let fits = |position: &Position| {
        allowed(position)
            && !position.text_only
            && position.bits & !wanted.bits == 0
            && (position.link == 0 || position.link == wanted.link)
    };
    let best = positions
        .iter()
        .enumerate()
        .filter(|(_, position)| fits(position))
        .max_by_key(|(index, position)| {
            (
                position.bits.count_ones() + u32::from(position.link != 0),
                usize::MAX - index,
            )
        });
    if let Some((best, _)) = best {
        return Ok((best, false));
    }
    let split = positions
        .iter()
        .position(|position| position.at >= least && !position.text_only);
    split
        .map(|split| (split, true))
        .ok_or_else(|| "the new text has marks or things that cannot stand there".to_owned())
}
