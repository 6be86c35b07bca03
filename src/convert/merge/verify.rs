//! Whether a page that was written shows what was asked for. It is read anew from its bytes; nothing of how they came
//! about is believed.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::plan::{Kept, Written, excerpt, name_of};
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::{self, Shown};
use crate::convert::shown::{Block, Kind};
use crate::convert::source::Source;

/// Compares a page with what was asked for.
pub(super) struct Verify<'a, 't> {
    /// What was written for blocks that are new: they must show what that shows.
    pub(super) written: &'a HashMap<*const Asked<'t>, Written>,
    /// What was not edited: it must be there byte for byte.
    pub(super) kept: &'a Kept<'t>,
    /// The page before.
    pub(super) before: &'a str,
}

impl<'t> Verify<'_, 't> {
    /// # Errors
    /// With the kind and the text of the first block that differs.
    pub(super) fn page(
        &self,
        shown: &Shown,
        after: &Source<'_>,
        asked: &Asked<'t>,
    ) -> Result<(), (String, String)> {
        self.children(shown, after, asked)
    }

    fn children(&self, shown: &Shown, after: &Source<'_>, asked: &Asked<'t>) -> Result<(), (String, String)> {
        let mut rest = shown.children.iter();
        for wanted in &asked.children {
            match self.written.get(&std::ptr::from_ref(wanted)) {
                None => {
                    let found = rest.next().ok_or_else(|| blame(wanted))?;
                    self.block(found, after, wanted)?;
                }
                Some(written) => {
                    let expected =
                        Self::expected(&written.storage, &wanted.kind).ok_or_else(|| blame(wanted))?;
                    for block in &expected {
                        let found = rest.next().ok_or_else(|| blame(wanted))?;
                        if !found.says(block) {
                            return Err(blame(wanted));
                        }
                    }
                }
            }
        }
        rest.next().map_or(Ok(()), |more| Err(blame(more)))
    }

    fn block(&self, shown: &Shown, after: &Source<'_>, asked: &Asked<'t>) -> Result<(), (String, String)> {
        if shown.kind != asked.kind || !shown.text.says(&asked.text) {
            return Err(blame(asked));
        }
        if let Some(kept) = self.kept.get(&std::ptr::from_ref(asked)) {
            let is_there = shown.hash == asked.hash && self.stands(kept, shown, after);
            return if is_there { Ok(()) } else { Err(blame(asked)) };
        }
        self.children(shown, after, asked)
    }

    /// Whether a block stands as it stood. Text beside blocks in a paragraph may have that to itself by now, and white
    /// space around bare text is not part of it.
    fn stands(&self, kept: &Range<usize>, shown: &Shown, after: &Source<'_>) -> bool {
        let (Some(before), Some(now)) = (
            self.before.get(kept.clone()),
            after.text.get(shown.from.outer.clone()),
        ) else {
            return false;
        };
        let inside = || {
            let content = shown.from.content.filter(|_| !shown.from.anonymous)?;
            after.text.get(after.node(content).inner.clone()).map(str::trim)
        };
        before == now
            || (shown.from.anonymous && before.trim() == now.trim())
            || Some(before.trim()) == inside()
    }

    /// What new storage shows where it stands.
    fn expected(storage: &str, kind: &Kind) -> Option<Vec<Shown>> {
        let (before, after, depth) = match kind {
            Kind::Item { task: Some(_) } => ("<ac:task-list>", "</ac:task-list>", 1),
            Kind::Item { .. } => ("<ul>", "</ul>", 1),
            Kind::Decision => (
                "<ac:adf-extension><ac:adf-node type=\"decision-list\">",
                "</ac:adf-node></ac:adf-extension>",
                1,
            ),
            Kind::Row => ("<table><tbody>", "</tbody></table>", 1),
            _ => ("", "", 0),
        };
        let text = format!("{before}{storage}{after}");
        let source = Source::parse(&text).ok()?;
        let mut page = of_storage::read(&source, &HashSet::new());
        unnumbered(&mut page.root);
        let mut blocks = page.root.children;
        for _ in 0..depth {
            blocks = blocks.into_iter().next()?.children;
        }
        Some(blocks)
    }
}

fn blame<B, I>(block: &Block<B, I>) -> (String, String) {
    (name_of(&block.kind), excerpt(block))
}

/// Equal tokens have numbers by their order, which a move changes.
pub(super) fn unnumbered<B, I>(block: &mut Block<B, I>) -> bool {
    let mut changed = false;
    for child in &mut block.children {
        changed |= unnumbered(child);
    }
    if let Kind::Token { id, .. } = &mut block.kind
        && let Some(at) = id.find('-')
    {
        id.truncate(at);
        changed = true;
    }
    for thing in &mut block.text.things {
        if thing.key.starts_with("token:")
            && let Some(at) = thing.key.find('-')
        {
            thing.key.truncate(at);
            changed = true;
        }
    }
    if changed {
        block.rehash();
    }
    changed
}
