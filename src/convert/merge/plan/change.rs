//! A block that is on the page and in the text: changed in place, or written anew where that cannot be.

use std::ops::Range;

use super::{Added, Obstacle, Planner, Shape, excerpt, obstacle, places, tables};
use crate::convert::merge::leaf::Leaf;
use crate::convert::merge::render::Render;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::Shown;
use crate::convert::source::Source;

impl<'a, 't: 'a> Planner<'a, 't, '_> {
    /// A block of the page that is a block of the text, edited or not.
    pub(super) fn same(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        if shown.hash == asked.hash {
            self.keep(shown, asked);
            return Ok(());
        }
        let mark = (
            self.splices.len(),
            self.edited.len(),
            self.removed.len(),
            self.added.len(),
        );
        let Err(obstacle) = self.change(shown, asked, render) else {
            return Ok(());
        };
        // A table is not written anew, unless that is what merging its cells for the first time means.
        let is_new_table = shown.kind == Kind::Table && !tables::has_spans(shown) && tables::has_spans(asked);
        let is_table = shown.kind == Kind::Table;
        // Of what holds blocks only itself can be written anew: what is in it and was not edited stays.
        let is_inside = !shown.is_leaf() && !is_new_table && shown.kind == asked.kind;
        if !is_replaceable(&shown.kind)
            || !is_replaceable(&asked.kind)
            || (is_table && !is_new_table)
            || is_inside
        {
            return Err(obstacle);
        }
        self.splices.truncate(mark.0);
        self.edited.truncate(mark.1);
        self.removed.truncate(mark.2);
        self.added.truncate(mark.3);
        let place = places::beside(self.source, shown).map_err(|_| obstacle)?;
        self.removed.push(shown);
        self.added.push(Added {
            asked,
            at: place.at,
            around: (place.before, place.after),
            shape: Shape::Flow,
            edge: None,
        });
        Ok(())
    }

    fn change(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let refuse = |why: String| obstacle(&excerpt(shown), &shown.kind, why);
        if shown.kind != asked.kind {
            self.kind(shown, asked).map_err(refuse)?;
            self.edited.extend(around_content(self.source, shown));
        }
        match &shown.kind {
            kind if shown.is_leaf() => {
                if shown.text.says(&asked.text) {
                    return Ok(());
                }
                debug_assert!(!matches!(kind, Kind::Page), "a page is no leaf");
                let leaf = Leaf {
                    source: self.source,
                    place: &shown.from,
                    shown: &shown.text,
                    asked: &asked.text,
                };
                self.edited.push(shown.from.outer.clone());
                leaf.edit(&mut self.splices, render).map_err(refuse)
            }
            Kind::Table => self.table(shown, asked, render),
            Kind::Section { .. } => {
                if shown.children.len() != asked.children.len() {
                    return Err(refuse(
                        "columns of a layout cannot be added or taken away here".to_owned(),
                    ));
                }
                for (column, wanted) in shown.children.iter().zip(&asked.children) {
                    self.same(column, wanted, render)?;
                }
                Ok(())
            }
            _ => self.flow(shown, asked, render),
        }
    }

    /// Remembers that a block is left as it is. Lists that are shown as one are so only by their items.
    pub(super) fn keep(&mut self, shown: &Shown, asked: &'a Asked<'t>) {
        if matches!(shown.kind, Kind::List { .. }) {
            for (item, asked) in shown.children.iter().zip(&asked.children) {
                self.kept
                    .insert(std::ptr::from_ref(asked), item.from.outer.clone());
            }
            return;
        }
        self.kept
            .insert(std::ptr::from_ref(asked), shown.from.outer.clone());
    }
}

/// The bytes of a block before and after its content: its tags, its parameters.
fn around_content(source: &Source<'_>, block: &Shown) -> Vec<Range<usize>> {
    let outer = block.from.outer.clone();
    match block.from.content {
        Some(content) => {
            let inner = &source.node(content).inner;
            vec![outer.start..inner.start, inner.end..outer.end]
        }
        None => vec![outer],
    }
}

/// Whether a block may be taken away and written anew.
fn is_replaceable(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::Page
            | Kind::Section { .. }
            | Kind::Column
            | Kind::Row
            | Kind::Cell { .. }
            | Kind::Item { .. }
            | Kind::Decision
    )
}
