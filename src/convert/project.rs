//! Storage to Markdown: a deterministic projection. It shows what Markdown has words for, as tokens what it has not,
//! and never a tag of storage; what it does not show stays in the source, at the places that its blocks remember.
//!
//! No projection leaves that would be misread: the Markdown is read back by the dialect's own reader and compared with
//! what was meant. A block that differs is written again with everything escaped, and if that fails too, as a token.

mod blocks;
mod escape;
mod inline;

use std::collections::HashSet;

use super::layout::Mark;
use super::read_markdown::read_edited;
use super::shown::Kind;
use super::shown::of_markdown::{self, Asked};
use super::shown::of_storage::{self, Page, Shown};
use super::shown::text::{THING, Thing};
use super::source::{Id, Source};
use super::well_formed::Malformed;

/// How often a projection is written anew before the blocks that fail become tokens, and then the ones around them.
const ATTEMPTS: usize = 12;

/// How often after that whatever differs at the top of the page becomes tokens.
const LAST_RESORTS: usize = 4;

/// A page and the Markdown that shows it.
pub(super) struct Projected {
    pub(super) page: Page,
    pub(super) markdown: String,
    /// Where each block stands in it.
    pub(super) marks: Vec<Mark>,
    /// What had to be a token.
    pub(super) opaque: HashSet<Id>,
}

/// The projection of a page.
///
/// # Errors
/// When the page cannot be shown in Markdown at all, which only something contrived can bring about.
pub(super) fn project(source: &Source<'_>) -> Result<Projected, Malformed> {
    let mut opaque: HashSet<Id> = HashSet::new();
    let mut careful: HashSet<Id> = HashSet::new();
    let mut page = of_storage::read(source, &opaque);
    for attempt in 0..ATTEMPTS + LAST_RESORTS {
        let (markdown, marks) = blocks::emit(&page.root, source, &careful);
        let (tree, _) = read_edited(&markdown);
        let asked = of_markdown::read(&tree);
        if page.root.hash == asked.hash {
            return Ok(Projected {
                page,
                markdown,
                marks,
                opaque,
            });
        }
        let mut found = Vec::new();
        misread(&page.root, &asked, &mut found);
        let mut changed = false;
        if attempt < ATTEMPTS {
            for block in found {
                changed |= lower(source, block, &mut careful, &mut opaque);
            }
        }
        if !changed {
            changed = last_resort(source, &page.root, &asked, &mut careful, &mut opaque);
        }
        if !changed {
            break;
        }
        if !opaque.is_empty() {
            page = of_storage::read(source, &opaque);
        }
    }
    Err(Malformed {
        line: 1,
        column: 1,
        problem: "the page cannot be shown as Markdown".to_owned(),
    })
}

/// What can still be done about a block that was misread: escape everything, then make tokens of the things in it,
/// then of the block, then of what it is in. False when nothing is left.
fn lower(source: &Source<'_>, block: &Shown, careful: &mut HashSet<Id>, opaque: &mut HashSet<Id>) -> bool {
    let id = block.from.node;
    let is_text = block.is_leaf() && !matches!(block.kind, Kind::Code(_) | Kind::Figure { .. });
    if is_text && careful.insert(id) {
        return true;
    }
    if is_text && (make_tokens(source, block, opaque, true) || make_tokens(source, block, opaque, false)) {
        return true;
    }
    // Only what is read as a block of its own can be a token.
    let can_be = |id: &Id| {
        !matches!(
            source.name(*id),
            "li" | "tr"
                | "td"
                | "th"
                | "tbody"
                | "thead"
                | "ac:task"
                | "ac:task-body"
                | "ac:rich-text-body"
                | "ac:layout"
                | "ac:layout-cell"
                | "ac:adf-content"
                | "ac:adf-node"
        )
    };
    let mut around = source.up(id).filter(can_be);
    around.any(|element| opaque.insert(element))
}

/// Makes tokens of the things in a text: at first only of those that are misread wherever they stand.
fn make_tokens(source: &Source<'_>, block: &Shown, opaque: &mut HashSet<Id>, only_misread: bool) -> bool {
    let mut changed = false;
    let mut things = block.text.things.iter();
    for (start, span) in block.text.stretches() {
        if !block.text.chars[start..span.end].starts_with(THING) {
            continue;
        }
        let thing = things.next();
        if only_misread && thing.is_some_and(reads_alone) {
            continue;
        }
        let element = source
            .children(span.from.within)
            .find(|child| source.node(*child).outer == span.from.at);
        changed |= element.is_some_and(|element| opaque.insert(element));
    }
    changed
}

/// Whether a thing is read as what it is where nothing is beside it.
fn reads_alone(thing: &Thing) -> bool {
    let (tree, _) = read_edited(&format!("a {} b", thing.markdown));
    let asked = of_markdown::read(&tree);
    asked
        .children
        .first()
        .is_some_and(|paragraph| matches!(paragraph.text.things.as_slice(), [only] if only.key == thing.key))
}

/// When nothing smaller helps: makes tokens of everything at the top of the page that differs; if none does alone, of
/// everything there. What is left is text with everything escaped.
fn last_resort(
    source: &Source<'_>,
    page: &Shown,
    asked: &Asked<'_>,
    careful: &mut HashSet<Id>,
    opaque: &mut HashSet<Id>,
) -> bool {
    let mut changed = careful.insert(Id::ROOT);
    let mut rest = asked.children.iter();
    for block in &page.children {
        let mut ahead = rest.clone();
        if ahead.any(|asked| block.says(asked)) {
            rest = ahead;
            continue;
        }
        let inside = source.children(Id::ROOT).filter(|child| {
            let at = &source.node(*child).outer;
            source.is_element(*child) && at.start < block.from.outer.end && block.from.outer.start < at.end
        });
        for element in inside {
            changed |= opaque.insert(element);
        }
    }
    if !changed {
        for element in source
            .children(Id::ROOT)
            .filter(|child| source.is_element(*child))
        {
            changed |= opaque.insert(element);
        }
    }
    changed
}

/// The blocks that came out of the Markdown other than they went in: the smallest that can be told.
fn misread<'p>(shown: &'p Shown, asked: &Asked<'_>, found: &mut Vec<&'p Shown>) {
    if shown.says(asked) {
        return;
    }
    let same_shape = shown.kind == asked.kind && shown.children.len() == asked.children.len();
    if same_shape && !shown.children.is_empty() {
        for (child, asked) in shown.children.iter().zip(&asked.children) {
            misread(child, asked, found);
        }
        return;
    }
    if shown.kind == asked.kind && !shown.children.is_empty() {
        // Some of them ran into each other: those that are not found again are to blame.
        let mut rest = asked.children.iter();
        let mut blamed = false;
        for child in &shown.children {
            let mut ahead = rest.clone();
            if ahead.any(|asked| child.says(asked)) {
                rest = ahead;
            } else {
                blamed = true;
                blame(child, found);
            }
        }
        if blamed {
            return;
        }
    }
    blame(shown, found);
}

/// A block that cannot be compared: what may be wrong with it is its text.
fn blame<'p>(block: &'p Shown, found: &mut Vec<&'p Shown>) {
    match block.kind {
        Kind::Page | Kind::Column | Kind::Section { .. } | Kind::Row => {
            block.children.iter().for_each(|child| blame(child, found));
        }
        _ => found.push(block),
    }
}
