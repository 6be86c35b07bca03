//! Whether a page that was merged has the edits of both sides and nothing else: what only one side changed shows as
//! that side wrote it, and nothing is lost or there twice.
//!
//! It is told from the four pages alone, as they are shown; nothing of how the page was merged is believed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{align, diff};
use crate::convert::shown::of_storage::Shown;

/// The four pages.
pub(super) struct Pages<'p> {
    pub(super) base: &'p Shown,
    pub(super) mine: &'p Shown,
    pub(super) theirs: &'p Shown,
    pub(super) merged: &'p Shown,
}

impl Pages<'_> {
    /// Whether the merged page is both edits of the base.
    pub(super) fn agree(&self) -> bool {
        let [base, mine, theirs, merged] = [self.base, self.mine, self.theirs, self.merged].map(parts);
        has_all(&base, &mine, &theirs, &merged) && in_order(&base, &mine, &theirs, &merged)
    }
}

/// Each part is there as often as it was, and more or less often by what both sides did. A part that both sides
/// changed is another part on each of them, and one more on the merged page.
fn has_all(base: &[Part<'_>], mine: &[Part<'_>], theirs: &[Part<'_>], merged: &[Part<'_>]) -> bool {
    let mut count: HashMap<u64, i64> = HashMap::new();
    for (parts, by) in [(mine, 1), (theirs, 1), (base, -1), (merged, -1)] {
        for part in parts {
            *count.entry(part.hash).or_default() += by;
        }
    }
    let (in_mine, in_theirs) = (partners(base, mine), partners(base, theirs));
    let in_merged = partners(base, merged);
    for (index, part) in base.iter().enumerate() {
        let (Some(of_mine), Some(of_theirs), Some(of_merged)) =
            (in_mine[index], in_theirs[index], in_merged[index])
        else {
            continue;
        };
        let (of_mine, of_theirs) = (mine[of_mine].hash, theirs[of_theirs].hash);
        if of_mine != part.hash && of_theirs != part.hash {
            for (hash, by) in [
                (part.hash, 1),
                (of_mine, -1),
                (of_theirs, -1),
                (merged[of_merged].hash, 1),
            ] {
                *count.entry(hash).or_default() += by;
            }
        }
    }
    count.values().all(|count| *count == 0)
}

/// Nothing but what one side took away or put elsewhere is missing from the order of the other. A part that was edited
/// stands where it stood.
fn in_order(base: &[Part<'_>], mine: &[Part<'_>], theirs: &[Part<'_>], merged: &[Part<'_>]) -> bool {
    let mut edited: HashMap<u64, u64> = HashMap::new();
    // What both sides edited is on the merged page alone.
    for side in [mine, theirs, merged] {
        for (part, partner) in base.iter().zip(partners(base, side)) {
            if let Some(partner) = partner {
                edited.entry(side[partner].hash).or_insert(part.hash);
            }
        }
        // What stands on one side as it does on another is that.
        for part in side {
            edited.entry(part.hash).or_insert(part.hash);
        }
    }
    for part in base {
        edited.remove(&part.hash);
    }
    let common = |a: &[Part<'_>], b: &[Part<'_>]| {
        let hash = |part: &Part<'_>| edited.get(&part.hash).copied().unwrap_or(part.hash);
        let hashes = |parts: &[Part<'_>]| parts.iter().map(hash).collect::<Vec<u64>>();
        diff::common(&hashes(a), &hashes(b)).len()
    };
    let changed_by_me = base.len() - common(base, mine);
    let changed_by_them = base.len() - common(base, theirs);
    common(theirs, merged) + changed_by_me >= theirs.len()
        && common(mine, merged) + changed_by_them >= mine.len()
}

/// A block without those in it.
struct Part<'p> {
    hash: u64,
    block: &'p Shown,
}

/// All blocks in the order of the page.
fn parts(page: &Shown) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open: Vec<&Shown> = page.children.iter().rev().collect();
    while let Some(block) = open.pop() {
        let mut hasher = DefaultHasher::new();
        block.kind.hash(&mut hasher);
        block.text.hash(&mut hasher);
        parts.push(Part {
            hash: hasher.finish(),
            block,
        });
        open.extend(block.children.iter().rev());
    }
    parts
}

/// For each part of one page, the part of another that it is.
fn partners(from: &[Part<'_>], to: &[Part<'_>]) -> Vec<Option<usize>> {
    let bare = |parts: &[Part<'_>]| -> Vec<Shown> {
        let bare = parts.iter().map(|part| {
            let mut block = Shown::leaf(
                part.block.kind.clone(),
                part.block.text.clone(),
                part.block.from.clone(),
            );
            block.hash = part.hash;
            block
        });
        bare.collect()
    };
    let (left, right) = (bare(from), bare(to));
    let mut partners = vec![None; from.len()];
    let steps = align::align(
        &left.iter().collect::<Vec<_>>(),
        &right.iter().collect::<Vec<_>>(),
    );
    for step in steps {
        if let align::Step::Same(i, j) = step {
            partners[i] = Some(j);
        }
    }
    partners
}
