//! The blocks of a container: which of them are which, what comes and what goes.

use super::lists::{items_at, together};
use super::{Added, Obstacle, Planner, Shape, excerpt, obstacle, places};
use crate::convert::merge::align::{Step, align};
use crate::convert::merge::render::Render;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::Shown;

impl<'a, 't: 'a> Planner<'a, 't, '_> {
    /// Blocks in a container.
    pub(super) fn flow(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let children = self.apart(shown, asked);
        self.run(shown, &children, asked, render)
    }

    fn run(
        &mut self,
        container: &'a Shown,
        children: &[&'a Shown],
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let wanted: Vec<&'a Asked<'t>> = asked.children.iter().collect();
        let steps = align(children, &wanted);
        let mut last: Option<&'a Shown> = None;
        let mut done = vec![false; steps.len()];
        for (index, step) in steps.iter().enumerate() {
            match *step {
                Step::Same(i, j) => {
                    last = Some(children[i]);
                    let mut together = together(children, &steps, index);
                    together.retain(|at| !done[*at]);
                    if together.len() > 1 && children[i].hash != wanted[j].hash {
                        for at in &together {
                            done[*at] = true;
                            if let Step::Removed(i) = steps[*at] {
                                self.not_removed(children[i]);
                            }
                        }
                        let items: Vec<&'a Shown> = together
                            .iter()
                            .flat_map(|at| items_at(children, steps[*at]))
                            .collect();
                        self.run(children[i], &items, wanted[j], render)?;
                        continue;
                    }
                    self.same(children[i], wanted[j], render)?;
                }
                Step::Removed(i) => {
                    last = Some(children[i]);
                    if !done[index] {
                        self.remove(children[i]);
                    }
                }
                Step::Added(j) => self.add(container, last, wanted[j])?,
            }
        }
        self.keep_apart(children, &steps);
        Ok(())
    }

    fn not_removed(&mut self, block: &Shown) {
        let is_of = |removed: &Shown| {
            std::ptr::eq(removed, block) || block.children.iter().any(|item| std::ptr::eq(removed, item))
        };
        self.removed.retain(|removed| !is_of(removed));
    }

    /// Two stretches of bare text between which everything is taken away would become one: something that is not seen
    /// stays between them.
    fn keep_apart(&mut self, children: &[&'a Shown], steps: &[Step]) {
        let is_bare = |block: &Shown| {
            block.from.anonymous && !self.source.text[block.from.outer.clone()].starts_with("<ac:image")
        };
        let mut before: Option<&Shown> = None;
        let mut between: Vec<&'a Shown> = Vec::new();
        for step in steps {
            match *step {
                Step::Same(i, _) => {
                    let block = children[i];
                    let host = block.from.node;
                    let meet = before.is_some_and(|before| before.from.node == host && is_bare(before))
                        && is_bare(block)
                        && between
                            .iter()
                            .all(|gone| places::host_of(self.source, gone) == host);
                    if let Some(last) = between.last().filter(|_| meet) {
                        let wall = places::wall(self.source, host);
                        self.apart.insert(std::ptr::from_ref(*last), wall);
                    }
                    before = Some(block);
                    between.clear();
                }
                Step::Removed(i) => between.push(children[i]),
                Step::Added(_) => {
                    before = None;
                    between.clear();
                }
            }
        }
    }

    fn add(
        &mut self,
        shown: &'a Shown,
        last: Option<&'a Shown>,
        asked: &'a Asked<'t>,
    ) -> Result<(), Obstacle> {
        let place = match &asked.kind {
            Kind::Item { .. } | Kind::Decision => places::item(self.source, shown, last),
            _ => places::flow(self.source, shown, last),
        };
        let place = place.map_err(|why| obstacle(&excerpt(asked), &asked.kind, why))?;
        let shape = match &asked.kind {
            Kind::Item { .. } => Shape::Item {
                loose: places::is_loose(self.source, shown),
            },
            Kind::Decision => Shape::Decision,
            _ => Shape::Flow,
        };
        self.added.push(Added {
            asked,
            at: place.at,
            around: (place.before, place.after),
            shape,
            edge: places::edge(self.source, asked, shown, last),
        });
        Ok(())
    }
}
