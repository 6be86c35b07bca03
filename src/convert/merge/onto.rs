//! An edit of an older version of a page, onto the version it has now.

use super::both::Pages;
use super::splice::{Splice, Splices};
use super::three_way::Tags;
use super::{
    Gate, Refusal, WriteBack, blockwise, collisions, edit, loss, replace, three_way, verify, write_back,
};
use crate::convert::Flavour;
use crate::convert::project::project;
use crate::convert::source::Source;

/// Writes a Markdown text, edited on the version `base` of a page, onto the version it has now.
///
/// # Errors
/// When the edit cannot be written, or should not be, or both sides changed the same.
pub fn write_back_onto(
    base: &str,
    current: &str,
    markdown: &str,
    flavour: Flavour,
    gate: Gate,
) -> Result<WriteBack, Refusal> {
    if base == current {
        return write_back(current, markdown, flavour, gate);
    }
    let (mine, splices) = edit::edit(base, markdown, flavour, gate)?;
    bring(base, current, mine, &splices)
}

/// Replaces a page by another body in storage format, made of the version `base`, where what it changes was not
/// changed since; compared block by block.
///
/// # Errors
/// As [`replace()`]; [`Refusal::Conflict`] when both sides changed the same block.
pub fn replace_onto(base: &str, current: &str, storage: &str, gate: Gate) -> Result<WriteBack, Refusal> {
    if base == current {
        return replace(current, storage, gate);
    }
    let mine = replace(base, storage, gate)?;
    let splices = blockwise::splices(&Source::parse(base)?, &Source::parse(storage)?);
    bring(base, current, mine, &splices)
}

/// The edit `mine` of `base`, made by these replacements, on the present page.
fn bring(base: &str, current: &str, mine: WriteBack, splices: &Splices) -> Result<WriteBack, Refusal> {
    if mine.storage == current {
        return Ok(WriteBack {
            changed: false,
            merged: true,
            ..mine
        });
    }
    let mut stranded: Option<Vec<Splice>> = None;
    for tags in [Tags::Alone, Tags::WithText] {
        let carried = three_way::carry(splices, base, current, tags)?;
        if carried.stranded.is_empty()
            && let Some(storage) = carried.splices.apply(current)
            && is_both(base, current, &mine, &storage)
        {
            return Ok(WriteBack {
                changed: storage != current,
                storage,
                merged: true,
                ..mine
            });
        }
        stranded = stranded.or(Some(carried.stranded).filter(|stranded| !stranded.is_empty()));
    }
    let stranded = stranded.unwrap_or_else(|| splices.iter().cloned().collect());
    let blocks = collisions::find(base, &mine.storage, current, &stranded)?;
    Err(Refusal::Conflict { blocks })
}

/// Whether what came together is a page that shows both edits, and lost no more than the caller took away.
fn is_both(base: &str, current: &str, mine: &WriteBack, merged: &str) -> bool {
    let parsed = (
        Source::parse(base),
        Source::parse(&mine.storage),
        Source::parse(current),
        Source::parse(merged),
    );
    let (Ok(base), Ok(mine_there), Ok(theirs), Ok(merged)) = parsed else {
        return false;
    };
    let lost = loss::removed(&theirs, &merged);
    let meant = loss::removed(&base, &mine_there);
    if !loss::is_within(&lost, &meant) {
        return false;
    }
    let shown = |source| {
        let mut page = project(source).ok()?.page.root;
        verify::unnumbered(&mut page);
        Some(page)
    };
    let pages = [&base, &mine_there, &theirs, &merged].map(shown);
    let [Some(base), Some(mine), Some(theirs), Some(merged)] = &pages else {
        return false;
    };
    let pages = Pages {
        base,
        mine,
        theirs,
        merged,
    };
    pages.agree()
}
