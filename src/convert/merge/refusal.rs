//! Why an edit is not written: in words from which a caller learns what to do next.

use super::loss::Removed;
use super::plan::Obstacle;
use crate::convert::Malformed;

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An edit that cannot be brought onto the page.
    #[error(
        "the edit of the {place} {excerpt:?} cannot be written: {why}; leave this block as it was read, or make a smaller change to it"
    )]
    Block {
        /// The kind of block.
        place: String,
        /// The beginning of its text.
        excerpt: String,
        /// What is in the way.
        why: String,
    },
    /// A write that would take away what may not have been meant to go.
    #[error("{why}{}; read the page again, or allow removals if this is meant", listed(.removed))]
    Loss {
        /// What would be gone.
        removed: Vec<Removed>,
        /// Why that needs a word.
        why: String,
    },
    /// Edits of the same blocks by others.
    #[error("the page was changed meanwhile in the same place: {}; read it again and repeat the edit", collided(.blocks))]
    Conflict {
        /// The blocks that collide.
        blocks: Vec<Collision>,
    },
    /// A token that stands for nothing on the page.
    #[error("no token of the page is {token:?}{}; tokens can be kept, moved and deleted, but not made up", near(.nearest))]
    UnknownToken {
        /// The id that was written.
        token: String,
        /// The ids most like it.
        nearest: Vec<String>,
    },
    /// The page itself is not well-formed, or cannot be shown.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// A block that both sides changed, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// As it was.
    pub base: String,
    /// As the caller wants it.
    pub mine: String,
    /// As it is now.
    pub theirs: String,
}

fn listed(removed: &[Removed]) -> String {
    if removed.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = removed
        .iter()
        .take(8)
        .map(|removed| format!("{} {:?}", removed.kind.name(), removed.label))
        .collect();
    if removed.len() > names.len() {
        names.push(format!("{} more", removed.len() - names.len()));
    }
    format!(" ({})", names.join(", "))
}

fn collided(blocks: &[Collision]) -> String {
    let shown = blocks
        .iter()
        .take(3)
        .map(|block| format!("{:?} is now {:?}", block.base, block.theirs));
    shown.collect::<Vec<_>>().join(", ")
}

fn near(nearest: &[String]) -> String {
    if nearest.is_empty() {
        String::new()
    } else {
        format!(" (there is {})", nearest.join(", "))
    }
}

impl From<Obstacle> for Refusal {
    fn from(obstacle: Obstacle) -> Self {
        Self::Block {
            place: obstacle.place,
            excerpt: obstacle.excerpt,
            why: obstacle.why,
        }
    }
}
