//! What was taken away in one place and is wanted in another is moved; the rest that is wanted is written.

use std::collections::HashMap;

use super::{Added, Obstacle, Planned, Planner, Shape, Written, excerpt, obstacle, places};
use crate::convert::merge::render::Render;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::Wish;
use crate::convert::shown::of_storage::Shown;

impl<'a, 't: 'a> Planner<'a, 't, '_> {
    /// Pairs what was taken away with what is wanted elsewhere, and writes the rest.
    pub(super) fn finish(mut self, render: &mut Render<'_, '_>) -> Result<Planned<'a, 't>, Obstacle> {
        let mut spare: HashMap<u64, Vec<&'a Shown>> = HashMap::new();
        for removed in self.removed.iter().rev() {
            spare.entry(removed.hash).or_default().push(removed);
        }
        let mut moved: Vec<*const Shown> = Vec::new();
        let mut writing = Vec::new();
        let added = std::mem::take(&mut self.added);
        let added = self.whole_lists(added, &mut moved);
        for added in added {
            let found = match added.shape {
                Shape::Ready(_) => None,
                _ => spare.get_mut(&added.asked.hash).and_then(Vec::pop),
            };
            if let Some(found) = found {
                moved.push(std::ptr::from_ref(found));
            }
            let bytes = found
                .map(|found| self.moved(found))
                .or_else(|| self.list_of_items(&added, &mut moved));
            writing.push((added, bytes));
        }
        for removed in &self.removed {
            if !moved.contains(&std::ptr::from_ref(*removed)) {
                self.spare(removed, render);
            }
        }
        share_walls(&mut writing);
        for (added, bytes) in writing {
            let storage = match bytes {
                Some(bytes) => bytes,
                None => Self::write(&added, render)
                    .map_err(|why| obstacle(&excerpt(added.asked), &added.asked.kind, why))?,
            };
            let (before, after) = &added.around;
            self.splices.insert(added.at, format!("{before}{storage}{after}"));
            self.written
                .insert(std::ptr::from_ref(added.asked), Written { storage });
        }
        let removed = std::mem::take(&mut self.removed);
        let deleted = places::delete(self.source, &removed, &self.splices);
        for (at, block) in deleted {
            let wall = block.and_then(|block| self.apart.remove(&std::ptr::from_ref(block)));
            self.splices.replace(at.clone(), wall.unwrap_or_default());
            self.edited.push(at);
        }
        let gone = removed
            .into_iter()
            .filter(|block| !moved.contains(&std::ptr::from_ref(*block)))
            .collect();
        Ok(Planned {
            splices: self.splices,
            edited: self.edited,
            kept: self.kept,
            written: self.written,
            removed: gone,
        })
    }

    fn spare(&self, block: &Shown, render: &mut Render<'_, '_>) {
        let is_image =
            block.from.anonymous && self.source.text[block.from.outer.clone()].starts_with("<ac:image");
        if (!block.from.anonymous || is_image) && !matches!(block.kind, Kind::Row | Kind::Cell { .. }) {
            render
                .spare
                .insert(block.hash, self.source.text[places::all_of(block)].to_owned());
        }
        for child in &block.children {
            self.spare(child, render);
        }
    }

    fn moved(&self, block: &Shown) -> String {
        let bytes = &self.source.text[places::all_of(block)];
        if block.from.anonymous && !bytes.starts_with("<ac:image") {
            format!("<p>{bytes}</p>")
        } else {
            bytes.to_owned()
        }
    }

    fn write(added: &Added<'_, '_>, render: &mut Render<'_, '_>) -> Result<String, String> {
        match &added.shape {
            Shape::Flow => render.block(added.asked),
            Shape::Ready(storage) => Ok(storage.clone()),
            Shape::Item { loose } => {
                let Wish::Item(item) = &added.asked.from else {
                    return Err("it is no item".to_owned());
                };
                render.item(item, *loose)
            }
            Shape::Decision => match &added.asked.from {
                Wish::Decision(decision) => render.decision(decision),
                _ => Err("it is no decision".to_owned()),
            },
        }
    }
}

/// Where several blocks come in one place in the middle of an element, it ends before the first and begins again after
/// the last.
fn share_walls(writing: &mut [(Added<'_, '_>, Option<String>)]) {
    for index in 1..writing.len() {
        let (before, after) = writing.split_at_mut(index);
        let (before, after) = (&mut before[index - 1].0, &mut after[0].0);
        if before.at == after.at && !before.around.1.is_empty() && !after.around.0.is_empty() {
            before.around.1.clear();
            after.around.0.clear();
        }
    }
}
