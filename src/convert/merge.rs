//! Edited Markdown back onto the page it was read from: project the page again, align, splice, verify.
//!
//! What was not edited keeps its bytes, since only replacements are ever made in the source. What was written is read
//! again and must show what was asked for; an edit that cannot be brought onto the page, or that would take away more
//! than was meant, is refused with the name of the block, and nothing is written.

mod align;
mod bare;
mod blockwise;
mod both;
mod collisions;
mod diff;
mod edit;
mod frame;
mod leaf;
mod loss;
mod mirror;
mod onto;
mod partial;
mod plan;
mod refusal;
mod render;
mod replace;
mod spaces;
mod splice;
mod things;
mod three_way;
mod tokens;
mod verify;
mod words;

use super::{Flavour, Notice};
pub use loss::{Removed, RemovedKind};
pub use onto::{replace_onto, write_back_onto};
pub use refusal::{Collision, Refusal};
pub use replace::replace;

/// What a write may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Whether protected things may be taken away, and most of the page.
    pub allow_removals: bool,
}

/// A page with an edit written back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBack {
    /// The body in storage format.
    pub storage: String,
    /// Whether it is another body than before. If not, there is nothing to save.
    pub changed: bool,
    /// Whether changes of others since the base are in it as well.
    pub merged: bool,
    /// What was taken away.
    pub removed: Vec<Removed>,
    /// What else the caller should know.
    pub warnings: Vec<Notice>,
}

/// Writes an edited Markdown text back onto the page it was read from.
///
/// # Errors
/// When the edit cannot be written, or should not be.
pub fn write_back(current: &str, markdown: &str, flavour: Flavour, gate: Gate) -> Result<WriteBack, Refusal> {
    edit::edit(current, markdown, flavour, gate).map(|(written, _)| written)
}
