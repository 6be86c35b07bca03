//! From an edited text to replacements in the source: block by block, from the page downwards, each change as deep as
//! it can be made.
//!
//! A block that cannot be changed in place is taken away and written anew; where not even that can be done, the edit
//! is refused with the block's name. Blocks that are taken away in one place and wanted in another are moved, bytes
//! and all.

mod arena;
mod change;
mod finish;
mod flow;
mod kinds;
mod lists;
mod names;
mod places;
mod tables;

use std::collections::HashMap;
use std::ops::Range;

pub(super) use arena::Arena;
pub(super) use names::{excerpt, name_of};

use super::render::Render;
use super::splice::Splices;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::{Page, Shown};
use crate::convert::source::{Id, Source, What};

/// Why an edit of a block is not possible.
#[derive(Clone, Debug)]
pub(super) struct Obstacle {
    /// What stands in the block.
    pub(super) excerpt: String,
    /// The kind of block.
    pub(super) place: String,
    pub(super) why: String,
}

/// A block that is new in its place.
struct Added<'a, 't> {
    asked: &'a Asked<'t>,
    /// Where it goes.
    at: usize,
    /// What goes before it, and after it.
    around: (String, String),
    shape: Shape,
    /// For an item at an end of its list: beside that list.
    edge: Option<usize>,
}

/// How a new block is written.
#[derive(Clone, Debug)]
enum Shape {
    Flow,
    Item {
        loose: bool,
    },
    Decision,
    /// A row or a cell, already written.
    Ready(String),
}

/// The replacements, what was written for which block of the text, and what must have stayed.
pub(super) struct Planned<'a, 't> {
    pub(super) splices: Splices,
    /// The bytes of blocks that were edited or taken away: nothing else may lose any.
    pub(super) edited: Vec<Range<usize>>,
    /// The blocks that were not edited, by the blocks of the text that they are.
    pub(super) kept: Kept<'t>,
    /// The storage of the blocks that are new, for those to whom it must be compared.
    pub(super) written: HashMap<*const Asked<'t>, Written>,
    pub(super) removed: Vec<&'a Shown>,
}

/// Where on the page the blocks stand that the text leaves as they are.
pub(super) type Kept<'t> = HashMap<*const Asked<'t>, Range<usize>>;

/// The storage of a new block.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) storage: String,
}

/// Decides what is replaced.
///
/// # Errors
/// When an edit cannot be brought onto the source.
pub(super) fn plan<'a, 't: 'a>(
    source: &'a Source<'_>,
    page: &'a Page,
    asked: &'a Asked<'t>,
    arena: &'a Arena,
    render: &mut Render<'_, '_>,
) -> Result<Planned<'a, 't>, Obstacle> {
    let mut planner = Planner {
        source,
        arena,
        splices: Splices::default(),
        edited: Vec::new(),
        kept: HashMap::new(),
        removed: Vec::new(),
        apart: HashMap::new(),
        added: Vec::new(),
        written: HashMap::new(),
    };
    planner.flow(&page.root, asked, render)?;
    planner.finish(render)
}

struct Planner<'a, 't, 's> {
    source: &'a Source<'s>,
    arena: &'a Arena,
    splices: Splices,
    edited: Vec<Range<usize>>,
    kept: Kept<'t>,
    removed: Vec<&'a Shown>,
    /// What stands in the place of blocks that are taken away and kept two others apart.
    apart: HashMap<*const Shown, String>,
    added: Vec<Added<'a, 't>>,
    written: HashMap<*const Asked<'t>, Written>,
}

fn obstacle(excerpt: &str, kind: &Kind, why: impl Into<String>) -> Obstacle {
    Obstacle {
        excerpt: excerpt.chars().take(80).collect(),
        place: name_of(kind),
        why: why.into(),
    }
}

/// The element that an id stands for, where it can hold something new.
fn is_open(source: &Source<'_>, id: Id) -> bool {
    matches!(source.node(id).what, What::Root | What::Element { empty: false })
}
