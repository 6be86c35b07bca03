//! Lists that are shown as one, and the lists of a text: which items belong together is for the text to say.

use std::ops::Range;

use super::{Added, Planner, Shape, Written, places};
use crate::convert::merge::align::Step;
use crate::convert::merge::diff;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::{Place, Shown};
use crate::convert::shown::{Block, Kind};
use crate::convert::source::Source;

impl<'a, 't: 'a> Planner<'a, 't, '_> {
    /// The blocks of a container. A list whose items are in several lists of the text is taken apart: as one block
    /// for each of those.
    pub(super) fn apart(&self, shown: &'a Shown, asked: &Asked<'_>) -> Vec<&'a Shown> {
        let mut children = Vec::with_capacity(shown.children.len());
        let belongs = belongs(shown, asked);
        for (child, belongs) in shown.children.iter().zip(&belongs) {
            let runs: Vec<&[usize]> = belongs.chunk_by(|a, b| a == b).collect();
            if runs.len() < 2 {
                children.push(child);
                continue;
            }
            let mut start = 0;
            for run in runs {
                let end = start + run.len();
                children.push(self.arena.put(part(self.source, child, start..end)));
                start = end;
            }
        }
        children
    }

    /// Takes a block away. Of a list that stays in part, only the items go.
    pub(super) fn remove(&mut self, block: &'a Shown) {
        if is_part(self.source, block) {
            self.removed.extend(&block.children);
        } else {
            self.removed.push(block);
        }
    }

    /// Items at the end of a list that are all those of a list taken away elsewhere are that list: it moves as a whole
    /// and stays a list of its own, which a reader sees no different.
    pub(super) fn whole_lists(
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
        let wanted: Vec<u64> = group.iter().map(|added| added.asked.hash).collect();
        let found = edge.and_then(|_| self.same_list(&wanted, moved));
        let beside = |edge: usize, outer: &Range<usize>| {
            let name = |tag: &str| tag.split([' ', '>']).next().unwrap_or_default().to_owned();
            let (before, after) = self.source.text.split_at(edge);
            let found = name(&self.source.text[outer.start + 1..outer.end]);
            name(after.trim_start_matches('<')) == found || before.ends_with(&format!("</{found}>"))
        };
        let found = found.filter(|(outer, _, _)| edge.is_some_and(|edge| beside(edge, outer)));
        let (Some(edge), Some((outer, blocks, items))) = (edge, found) else {
            rest.append(group);
            return;
        };
        moved.extend(blocks.into_iter().map(std::ptr::from_ref));
        self.splices.insert(edge, self.source.text[outer].to_owned());
        for (added, item) in group.drain(..).zip(items) {
            let storage = self.source.text[item.from.outer.clone()].to_owned();
            self.written
                .insert(std::ptr::from_ref(added.asked), Written { storage });
        }
    }

    /// The bytes for a list that is new in its place, where it was one in another.
    pub(super) fn list_of_items(
        &self,
        added: &Added<'_, '_>,
        moved: &mut Vec<*const Shown>,
    ) -> Option<String> {
        if !matches!(
            (&added.shape, &added.asked.kind),
            (Shape::Flow, Kind::List { .. })
        ) {
            return None;
        }
        let wanted: Vec<u64> = added.asked.children.iter().map(|item| item.hash).collect();
        let (outer, blocks, _) = self.same_list(&wanted, moved)?;
        let tag = match added.asked.kind {
            Kind::List { tasks: true, .. } => "<ac:task-list",
            Kind::List { ordered: true, .. } => "<ol",
            _ => "<ul",
        };
        if !self.source.text[outer.clone()].starts_with(tag) {
            return None;
        }
        moved.extend(blocks.into_iter().map(std::ptr::from_ref));
        Some(self.source.text[outer].to_owned())
    }

    /// A list all of which was taken away and whose items are these: its bytes, the blocks that were taken away, and
    /// its items.
    fn same_list(&self, wanted: &[u64], moved: &[*const Shown]) -> Option<Gone<'a>> {
        let free = |block: &Shown| !moved.contains(&std::ptr::from_ref(block));
        let are_these = |items: &[&Shown]| {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, hash)| item.hash == *hash)
        };
        let is_list = |block: &Shown| matches!(block.kind, Kind::List { .. });
        for list in self
            .removed
            .iter()
            .copied()
            .filter(|list| is_list(list) && free(list))
        {
            let items: Vec<&'a Shown> = list.children.iter().collect();
            if are_these(&items) {
                return Some((list.from.outer.clone(), vec![list], items));
            }
        }
        // Or of lists that are shown as one, one whose items all went.
        let is_item = |block: &Shown| matches!(block.kind, Kind::Item { .. });
        let mut items: Vec<&'a Shown> = self.removed.clone();
        items.retain(|item| is_item(item) && free(item));
        let list = |item: &Shown| places::list_of(self.source, item.from.node);
        for items in items.chunk_by(|a, b| list(a) == list(b)) {
            let list = list(items[0]);
            let there = self
                .source
                .children(list)
                .filter(|child| matches!(self.source.name(*child), "li" | "ac:task"));
            if there.count() == items.len() && are_these(items) {
                return Some((
                    self.source.node(list).outer.clone(),
                    items.to_vec(),
                    items.to_vec(),
                ));
            }
        }
        None
    }
}

/// The bytes of a list that was taken away, the blocks that stand for it, and its items.
type Gone<'a> = (Range<usize>, Vec<&'a Shown>, Vec<&'a Shown>);

/// For each list of the page, the list of the text to which each of its items belongs; nothing for other blocks.
fn belongs(shown: &Shown, asked: &Asked<'_>) -> Vec<Vec<usize>> {
    let mut belongs: Vec<Vec<usize>> = vec![Vec::new(); shown.children.len()];
    let is_list = |kind: &Kind| matches!(kind, Kind::List { .. });
    let mut kinds: Vec<&Kind> = Vec::new();
    for child in shown.children.iter().filter(|child| is_list(&child.kind)) {
        if !kinds.contains(&&child.kind) {
            kinds.push(&child.kind);
        }
    }
    for kind in kinds {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (index, list) in shown.children.iter().enumerate() {
            if list.kind == *kind {
                left.extend(list.children.iter().map(|item| (item.hash, index)));
            }
        }
        for (index, list) in asked.children.iter().enumerate() {
            if list.kind == *kind {
                right.extend(list.children.iter().map(|item| (item.hash, index)));
            }
        }
        let hashes = |items: &[(u64, usize)]| items.iter().map(|(hash, _)| *hash).collect::<Vec<u64>>();
        let mut there: Vec<Option<usize>> = vec![None; left.len()];
        for (i, j) in diff::common(&hashes(&left), &hashes(&right)) {
            there[i] = Some(right[j].1);
        }
        for list in left.chunk_by(|a, b| a.1 == b.1) {
            let (these, rest) = there.split_at(list.len());
            belongs[list[0].1] = filled(these);
            there = rest.to_vec();
        }
    }
    belongs
}

/// Items that are in no list of the text are where the ones before them are, or else the ones after.
fn filled(there: &[Option<usize>]) -> Vec<usize> {
    let mut before = there.iter().flatten().next().copied().unwrap_or_default();
    there
        .iter()
        .map(|there| {
            before = there.unwrap_or(before);
            before
        })
        .collect()
}

/// Some items of a list as a list.
fn part(source: &Source<'_>, list: &Shown, items: Range<usize>) -> Shown {
    let children = list.children[items].to_vec();
    let (first, last) = (&children[0], &children[children.len() - 1]);
    let (opening, closing) = (
        places::list_of(source, first.from.node),
        places::list_of(source, last.from.node),
    );
    let whole = places::is_first(source, opening, first) && places::is_last(source, closing, last);
    let outer = if whole {
        source.node(opening).outer.start..source.node(closing).outer.end
    } else {
        first.from.outer.start..places::end_of(last)
    };
    let place = Place {
        outer,
        node: opening,
        content: Some(opening),
        anonymous: false,
    };
    Block::container(list.kind.clone(), children, place)
}

/// Whether a block is some of the items of a list that has more.
fn is_part(source: &Source<'_>, block: &Shown) -> bool {
    let (Kind::List { .. }, Some(first), Some(last)) =
        (&block.kind, block.children.first(), block.children.last())
    else {
        return false;
    };
    let list = |item: &Shown| &source.node(places::list_of(source, item.from.node)).outer;
    block.from.outer.start > list(first).start || block.from.outer.end < list(last).end
}

/// The steps around one that take away lists of the same kind: what was between them is gone, so that the text shows
/// them as one.
pub(super) fn together(children: &[&Shown], steps: &[Step], index: usize) -> Vec<usize> {
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

pub(super) fn items_at<'a>(children: &[&'a Shown], step: Step) -> Vec<&'a Shown> {
    match step {
        Step::Same(i, _) | Step::Removed(i) => children[i].children.iter().collect(),
        Step::Added(_) => Vec::new(),
    }
}
