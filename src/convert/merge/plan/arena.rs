//! Blocks that are made while an edit is planned, and live as long as those of the page.

use std::cell::OnceCell;

use crate::convert::shown::of_storage::Shown;

/// A chain of blocks: what is put in stays where it is.
#[derive(Default)]
pub(in crate::convert::merge) struct Arena {
    cells: OnceCell<(Shown, Box<Arena>)>,
}

impl Arena {
    pub(super) fn put(&self, block: Shown) -> &Shown {
        let mut at = self;
        while let Some((_, next)) = at.cells.get() {
            at = next;
        }
        let (block, _) = at.cells.get_or_init(|| (block, Box::default()));
        block
    }
}

impl Drop for Arena {
    /// One after the other: a long chain must not be taken apart by recursion.
    fn drop(&mut self) {
        let mut next = self.cells.take();
        while let Some((_, mut rest)) = next {
            next = rest.cells.take();
        }
    }
}
