//! One edit of one version of a page: planned, spliced, and read again.

use std::collections::HashSet;

use super::loss::{self, Removed, RemovedKind};
use super::plan::{self, Arena, Planned};
use super::render::Render;
use super::splice::Splices;
use super::verify::{self, Verify};
use super::{Gate, Refusal, WriteBack, bare, frame, mirror, spaces, tokens};
use crate::convert::project::{Projected, project};
use crate::convert::read_markdown::read_edited;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::{self, Asked};
use crate::convert::shown::of_storage;
use crate::convert::source::{Id, Source};
use crate::convert::{Flavour, Notice};

/// The page with the edit, and the replacements that make it.
pub(super) fn edit(
    current: &str,
    markdown: &str,
    flavour: Flavour,
    gate: Gate,
) -> Result<(WriteBack, Splices), Refusal> {
    let source = Source::parse(current)?;
    let projected = project(&source)?;
    let unchanged = |warnings| {
        let written = WriteBack {
            storage: current.to_owned(),
            changed: false,
            merged: false,
            removed: Vec::new(),
            warnings,
        };
        (written, Splices::default())
    };
    if projected.markdown == markdown {
        return Ok(unchanged(Vec::new()));
    }
    let (mut tree, notices) = read_edited(markdown);
    let notices = of_the_edit(notices, &projected.markdown);
    bare::relink(&mut tree, &projected.page.root);
    spaces::name(&mut tree, &source);
    let mut asked = of_markdown::read(&tree);
    tokens::check(&asked, &projected)?;
    if projected.page.root.hash == asked.hash {
        return Ok(unchanged(notices));
    }
    let mut render = Render::new(&source, &projected.page, &asked, flavour);
    let arena = Arena::default();
    let mut planned = plan::plan(&source, &projected.page, &asked, &arena, &mut render)?;
    mirror::mirror(&source, &mut planned.splices, &mut planned.edited);
    frame::check(&projected.page.root, &planned.splices, &planned.edited)
        .map_err(|block| refused(block, "it would change this block as well"))?;
    let storage = apply(&planned, current)?;
    let rows = rows_of(&planned.removed);
    let (splices, written, kept) = (planned.splices, planned.written, planned.kept);
    verify::unnumbered(&mut asked);
    let verify = Verify {
        before: current,
        written: &written,
        kept: &kept,
    };
    let after = check(&storage, &asked, &verify, &projected)?;
    let mut removed = loss::removed(&source, &after);
    removed.extend(rows);
    removed.sort();
    if !gate.allow_removals
        && let Some(why) = loss::objection(&projected.page.root, &asked, markdown, &removed)
    {
        return Err(Refusal::Loss { removed, why });
    }
    let written = WriteBack {
        changed: storage != current,
        storage,
        merged: false,
        removed,
        warnings: notices,
    };
    Ok((written, splices))
}

/// What there is to say about an edited text, less what there was to say about the page as it is shown: that is not of
/// the caller's making.
fn of_the_edit(mut notices: Vec<Notice>, shown: &str) -> Vec<Notice> {
    if notices.is_empty() {
        return notices;
    }
    let (_, mut before) = read_edited(shown);
    notices.retain(|notice| {
        let known = before.iter().position(|known| known == notice);
        known.map(|at| before.swap_remove(at)).is_none()
    });
    notices
}

fn apply(planned: &Planned<'_, '_>, current: &str) -> Result<String, Refusal> {
    planned.splices.apply(current).ok_or_else(|| Refusal::Block {
        place: "page".to_owned(),
        excerpt: String::new(),
        why: "two changes get in each other's way".to_owned(),
    })
}

/// The rows that were taken away; things are told by comparing the page with what it was.
fn rows_of(gone: &[&of_storage::Shown]) -> Vec<Removed> {
    let mut rows = Vec::new();
    let mut open: Vec<&of_storage::Shown> = gone.to_vec();
    while let Some(block) = open.pop() {
        if matches!(block.kind, Kind::Row) {
            rows.push(Removed {
                kind: RemovedKind::Row,
                label: plan::excerpt(block).chars().take(60).collect(),
            });
        } else {
            open.extend(&block.children);
        }
    }
    rows
}

/// Reads what was written and compares it with what was asked for.
fn check<'s, 't>(
    storage: &'s str,
    asked: &Asked<'t>,
    verify: &Verify<'_, 't>,
    projected: &Projected,
) -> Result<Source<'s>, Refusal> {
    const WHY: &str = "the page would not show what the text says";
    let source = Source::parse(storage)
        .map_err(|malformed| refused(("page".to_owned(), format!("not well-formed: {malformed}")), WHY))?;
    let mut page = if projected.opaque.is_empty() {
        of_storage::read(&source, &HashSet::<Id>::new())
    } else {
        project(&source)?.page
    };
    verify::unnumbered(&mut page.root);
    verify
        .page(&page.root, &source, asked)
        .map_err(|block| refused(block, WHY))?;
    Ok(source)
}

fn refused((place, excerpt): (String, String), why: &str) -> Refusal {
    Refusal::Block {
        place,
        excerpt: excerpt.chars().take(80).collect(),
        why: why.to_owned(),
    }
}
