//! The frame of an edit: what was not edited must be there byte for byte. It is checked twice: here, that no
//! replacement takes a byte of anything that was not edited or is put into the middle of it; and by
//! [`super::verify`], that what was not edited stands in the new page as it stood in the old one.

use std::ops::Range;

use super::plan::{excerpt, name_of};
use super::splice::Splices;
use crate::convert::shown::of_storage::Shown;

/// # Errors
/// With the kind and the text of the first block that was not edited and would not stay as it is.
pub(super) fn check(
    root: &Shown,
    splices: &Splices,
    edited: &[Range<usize>],
) -> Result<(), (String, String)> {
    let edited = merged(edited);
    for splice in splices.iter() {
        let at = &splice.at;
        let after = edited.partition_point(|range| range.start <= at.start);
        let is_inside = after
            .checked_sub(1)
            .is_some_and(|index| at.end <= edited[index].end);
        if is_inside {
            continue;
        }
        let hit = smallest(root, at);
        let outer = &hit.from.outer;
        let tears = hit.is_leaf() && outer.start < at.start && at.end < outer.end;
        if tears || !at.is_empty() {
            return Err((name_of(&hit.kind), excerpt(hit)));
        }
    }
    Ok(())
}

/// The ranges in order, those that meet as one.
fn merged(ranges: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sorted = ranges.to_vec();
    sorted.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// The smallest block around a place.
fn smallest<'p>(root: &'p Shown, at: &Range<usize>) -> &'p Shown {
    let mut found = root;
    loop {
        let inside = found.children.iter().find(|child| {
            let outer = &child.from.outer;
            outer.start <= at.start && at.end <= outer.end && outer.start < outer.end
        });
        match inside {
            Some(child) => found = child,
            None => return found,
        }
    }
}
