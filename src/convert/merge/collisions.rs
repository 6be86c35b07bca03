//! Which blocks two sides changed at the same place, as text that an agent can resolve.

use super::splice::Splice;
use super::{Collision, align, plan};
use crate::convert::Malformed;
use crate::convert::project::project;
use crate::convert::shown::of_storage::Shown;
use crate::convert::source::Source;

/// The blocks in which replacements could not be carried over: as they were, as the caller wants them, as they are.
///
/// # Errors
/// When one of the three is not well-formed.
pub(super) fn find(
    base: &str,
    mine: &str,
    theirs: &str,
    stranded: &[Splice],
) -> Result<Vec<Collision>, Malformed> {
    let sources = (Source::parse(base)?, Source::parse(mine)?, Source::parse(theirs)?);
    let base = project(&sources.0)?.page.root;
    let mine = project(&sources.1)?.page.root;
    let theirs = project(&sources.2)?.page.root;
    let touched = |block: &Shown| {
        let outer = &block.from.outer;
        stranded.iter().any(|splice| {
            let at = &splice.at;
            let overlaps = at.start < outer.end && outer.start < at.end;
            overlaps || (at.is_empty() && outer.start <= at.start && at.end <= outer.end)
        })
    };
    let mut collisions = Vec::new();
    let blocks = leaves(&base);
    let (of_mine, of_theirs) = (leaves(&mine), leaves(&theirs));
    let (in_mine, in_theirs) = (partners(&blocks, &of_mine), partners(&blocks, &of_theirs));
    for (index, block) in blocks.iter().enumerate().filter(|(_, block)| touched(block)) {
        let text = |partner: Option<&Shown>| partner.map(plan::excerpt).unwrap_or_default();
        let partner = |of: &[Option<usize>], side: &[&Shown]| text(of[index].map(|at| side[at]));
        let collision = Collision {
            base: plan::excerpt(*block),
            mine: partner(&in_mine, &of_mine),
            theirs: partner(&in_theirs, &of_theirs),
        };
        if !collisions.contains(&collision) {
            collisions.push(collision);
        }
    }
    // Those that both sides changed say most, then those that one side did.
    let changed = |collision: &Collision, sides: usize| {
        let changes = [&collision.mine, &collision.theirs].map(|side| usize::from(*side != collision.base));
        changes.iter().sum::<usize>() >= sides
    };
    for sides in [2, 1] {
        if collisions.iter().any(|collision| changed(collision, sides)) {
            collisions.retain(|collision| changed(collision, sides));
            break;
        }
    }
    Ok(collisions)
}

/// The blocks that hold text or stand for something themselves.
fn leaves(root: &Shown) -> Vec<&Shown> {
    let mut leaves = Vec::new();
    let mut open: Vec<&Shown> = vec![root];
    while let Some(block) = open.pop() {
        if block.children.is_empty() {
            leaves.push(block);
        }
        open.extend(block.children.iter().rev());
    }
    leaves
}

/// For each block of one side, the one of the other that it is.
fn partners(blocks: &[&Shown], others: &[&Shown]) -> Vec<Option<usize>> {
    let mut partners = vec![None; blocks.len()];
    for step in align::align(blocks, others) {
        if let align::Step::Same(i, j) = step {
            partners[i] = Some(j);
        }
    }
    partners
}
