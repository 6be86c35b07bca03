//! From an edited text to replacements in the source: block by block, from the page downwards, each change as deep as
//! it can be made.
//!
//! A block that cannot be changed in place is taken away and written anew; where not even that can be done, the edit
//! is refused with the block's name. Blocks that are taken away in one place and wanted in another are moved, bytes
//! and all.

mod kinds;
mod names;
mod places;
mod tables;

use std::collections::HashMap;

pub(super) use names::{excerpt, name_of};

use super::align::{Step, align};
use super::leaf::Leaf;
use super::render::Render;
use super::splice::Splices;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::{Asked, Wish};
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
    /// A row or a cell, already written.
    Ready(String),
}

/// The replacements, and what was written for which block of the text.
pub(super) struct Planned<'a, 't> {
    pub(super) splices: Splices,
    /// The storage of the blocks that are new, for those to whom it must be compared.
    pub(super) written: HashMap<*const Asked<'t>, Written>,
    pub(super) removed: Vec<&'a Shown>,
}

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
    render: &mut Render<'_, '_>,
) -> Result<Planned<'a, 't>, Obstacle> {
    let mut planner = Planner {
        source,
        parts: &page.parts,
        splices: Splices::default(),
        removed: Vec::new(),
        added: Vec::new(),
        written: HashMap::new(),
    };
    planner.flow(&page.root, asked, render)?;
    planner.finish(render)
}

struct Planner<'a, 't, 's> {
    source: &'a Source<'s>,
    parts: &'a HashMap<Id, Vec<Shown>>,
    splices: Splices,
    removed: Vec<&'a Shown>,
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

impl<'a, 't: 'a> Planner<'a, 't, '_> {
    /// Blocks in a container.
    fn flow(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let children = self.apart(shown, asked);
        self.run(shown, &children, asked, render)
    }

    /// The blocks of a container; lists that are shown as one are taken apart where the text has more of them.
    fn apart(&self, shown: &'a Shown, asked: &Asked<'_>) -> Vec<&'a Shown> {
        let mut children = Vec::with_capacity(shown.children.len());
        for child in &shown.children {
            let parts = self
                .parts
                .get(&child.from.node)
                .filter(|_| matches!(child.kind, Kind::List { .. }));
            let parts = parts.filter(|_| {
                let of_kind = |kind: &Kind| usize::from(*kind == child.kind);
                let here: usize = shown.children.iter().map(|block| of_kind(&block.kind)).sum();
                let there: usize = asked.children.iter().map(|block| of_kind(&block.kind)).sum();
                there > here
            });
            match parts {
                Some(parts) => children.extend(parts),
                None => children.push(child),
            }
        }
        children
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
                    let together = together(children, &steps, index);
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
                        self.removed.push(children[i]);
                    }
                }
                Step::Added(j) => self.add(container, last, wanted[j])?,
            }
        }
        self.keep_apart(children, &steps);
        Ok(())
    }

    fn not_removed(&mut self, block: &Shown) {
        self.removed.retain(|removed| !std::ptr::eq(*removed, block));
    }

    /// Two stretches of bare text between which everything is taken away would become one.
    fn keep_apart(&mut self, children: &[&'a Shown], steps: &[Step]) {
        let mut before: Option<&Shown> = None;
        let mut between = false;
        for step in steps {
            match *step {
                Step::Same(i, _) => {
                    let block = children[i];
                    let bare = |block: &Shown| {
                        block.from.anonymous
                            && !self.source.text[block.from.outer.clone()].starts_with("<ac:image")
                    };
                    if let Some(before) = before.filter(|before| between && bare(before) && bare(block)) {
                        let host = block.from.node;
                        if before.from.node == host && self.source.name(host) == "p" {
                            self.splices.insert(block.from.outer.start, "</p><p>".to_owned());
                        } else if before.from.node == host {
                            self.splices.insert(block.from.outer.start, "<p>".to_owned());
                            self.splices.insert(block.from.outer.end, "</p>".to_owned());
                        }
                    }
                    before = Some(block);
                    between = false;
                }
                Step::Removed(_) => between = true,
                Step::Added(_) => before = None,
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
            Kind::Item { .. } => places::item(self.source, shown, last),
            _ => places::flow(self.source, shown, last),
        };
        let place = place.map_err(|why| obstacle(&excerpt(asked), &asked.kind, why))?;
        let shape = match &asked.kind {
            Kind::Item { .. } => Shape::Item {
                loose: places::is_loose(self.source, shown),
            },
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

    /// A block of the page that is a block of the text, edited or not.
    fn same(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        if shown.hash == asked.hash {
            return Ok(());
        }
        let mark = (self.splices.clone(), self.removed.len(), self.added.len());
        let Err(obstacle) = self.change(shown, asked, render) else {
            return Ok(());
        };
        // A table is not written anew, unless that is what merging its cells for the first time means.
        let is_new_table = shown.kind == Kind::Table && !tables::has_spans(shown) && tables::has_spans(asked);
        let is_table = shown.kind == Kind::Table;
        if !is_replaceable(&shown.kind) || !is_replaceable(&asked.kind) || (is_table && !is_new_table) {
            return Err(obstacle);
        }
        self.splices = mark.0;
        self.removed.truncate(mark.1);
        self.added.truncate(mark.2);
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

    /// Pairs what was taken away with what is wanted elsewhere, and writes the rest.
    fn finish(mut self, render: &mut Render<'_, '_>) -> Result<Planned<'a, 't>, Obstacle> {
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
            writing.push((added, found));
        }
        for removed in &self.removed {
            if !moved.contains(&std::ptr::from_ref(*removed)) {
                self.spare(removed, render);
            }
        }
        for (added, found) in writing {
            let storage = match found {
                Some(found) => self.moved(found),
                None => Self::write(&added, render)
                    .map_err(|why| obstacle(&excerpt(added.asked), &added.asked.kind, why))?,
            };
            let (before, after) = &added.around;
            self.splices.insert(added.at, format!("{before}{storage}{after}"));
            self.written
                .insert(std::ptr::from_ref(added.asked), Written { storage });
        }
        let removed = std::mem::take(&mut self.removed);
        places::delete(self.source, &removed, &mut self.splices);
        let gone = removed
            .into_iter()
            .filter(|block| !moved.contains(&std::ptr::from_ref(*block)))
            .collect();
        Ok(Planned {
            splices: self.splices,
            written: self.written,
            removed: gone,
        })
    }

    /// Items at the end of a list that are all those of a list taken away elsewhere are that list: it moves as a whole
    /// and stays a list of its own, which a reader sees no different.
    fn whole_lists(
        &mut self,
        added: Vec<Added<'a, 't>>,
        moved: &mut Vec<*const Shown>,
    ) -> Vec<Added<'a, 't>> {
        let mut rest: Vec<Added<'a, 't>> = Vec::with_capacity(added.len());
        let mut group: Vec<Added<'a, 't>> = Vec::new();
        for next in added {
            let goes_on = group
                .last()
                .is_some_and(|last| last.edge.is_some() && last.edge == next.edge && last.at == next.at);
            if !goes_on {
                self.end_group(&mut group, moved, &mut rest);
            }
            group.push(next);
        }
        self.end_group(&mut group, moved, &mut rest);
        rest
    }

    fn end_group(
        &mut self,
        group: &mut Vec<Added<'a, 't>>,
        moved: &mut Vec<*const Shown>,
        rest: &mut Vec<Added<'a, 't>>,
    ) {
        let edge = group.first().and_then(|added| added.edge);
        let is_it = |list: &&&'a Shown| {
            matches!(list.kind, Kind::List { .. })
                && !moved.contains(&std::ptr::from_ref(**list))
                && list.children.len() == group.len()
                && list
                    .children
                    .iter()
                    .zip(group.iter())
                    .all(|(item, added)| item.hash == added.asked.hash)
        };
        let list = self.removed.iter().find(is_it).copied();
        let (Some(edge), Some(list)) = (edge, list) else {
            rest.append(group);
            return;
        };
        moved.push(std::ptr::from_ref(list));
        self.splices
            .insert(edge, self.source.text[list.from.outer.clone()].to_owned());
        for (added, item) in group.drain(..).zip(&list.children) {
            let storage = self.source.text[item.from.outer.clone()].to_owned();
            self.written
                .insert(std::ptr::from_ref(added.asked), Written { storage });
        }
    }

    fn spare(&self, block: &Shown, render: &mut Render<'_, '_>) {
        let is_image =
            block.from.anonymous && self.source.text[block.from.outer.clone()].starts_with("<ac:image");
        if (!block.from.anonymous || is_image) && !matches!(block.kind, Kind::Row | Kind::Cell { .. }) {
            render
                .spare
                .insert(block.hash, self.source.text[block.from.outer.clone()].to_owned());
        }
        for child in &block.children {
            self.spare(child, render);
        }
    }

    fn moved(&self, block: &Shown) -> String {
        let bytes = &self.source.text[block.from.outer.clone()];
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
        }
    }
}

/// The steps around one that take away lists of the same kind: what was between them is gone, so that the text shows
/// them as one.
fn together(children: &[&Shown], steps: &[Step], index: usize) -> Vec<usize> {
    let Step::Same(own, _) = steps[index] else {
        return vec![index];
    };
    if !matches!(children[own].kind, Kind::List { .. }) {
        return vec![index];
    }
    let is_list = |step: Step| matches!(step, Step::Removed(i) if children[i].kind == children[own].kind);
    let goes_on = |step: Step| matches!(step, Step::Removed(_));
    let mut found: Vec<usize> = (0..index)
        .rev()
        .take_while(|at| goes_on(steps[*at]))
        .filter(|at| is_list(steps[*at]))
        .collect();
    found.reverse();
    found.push(index);
    found.extend(
        (index + 1..steps.len())
            .take_while(|at| goes_on(steps[*at]))
            .filter(|at| is_list(steps[*at])),
    );
    found
}

fn items_at<'a>(children: &[&'a Shown], step: Step) -> Vec<&'a Shown> {
    match step {
        Step::Same(i, _) | Step::Removed(i) => children[i].children.iter().collect(),
        Step::Added(_) => Vec::new(),
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

/// The element that an id stands for, where it can hold something new.
fn is_open(source: &Source<'_>, id: Id) -> bool {
    matches!(source.node(id).what, What::Root | What::Element { empty: false })
}
