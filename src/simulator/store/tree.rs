//! The tree: who is below whom, in which order.

use chrono::{DateTime, Utc};

use super::{Id, Refusal, Space, SpaceIndex, Store};

/// The distance between two siblings, so that there is room to move one between them.
const STEP: i64 = 103;

/// Where in the tree content goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Below the space's homepage; top level when there is none.
    UnderHomepage,
    TopLevel,
    /// Last child of this one.
    Under(Id),
    /// The sibling before this one.
    Before(Id),
    /// The sibling after this one.
    After(Id),
}

/// One step of a walk through a subtree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    pub(crate) id: Id,
    /// 1 for a child of where the walk began.
    pub(crate) depth: usize,
}

impl Store {
    /// The children of content, or the top level of a space.
    pub(crate) fn siblings(&self, space: SpaceIndex, parent: Option<Id>) -> &[Id] {
        match parent {
            Some(parent) => &self.content(parent).children,
            None => &self.space(space).roots,
        }
    }

    fn siblings_mut(&mut self, space: SpaceIndex, parent: Option<Id>) -> &mut Vec<Id> {
        match parent {
            Some(parent) => &mut self.content_mut(parent).children,
            None => &mut self.spaces[space].roots,
        }
    }

    /// From the top of the space down to the parent.
    pub(crate) fn ancestors(&self, id: Id) -> Vec<Id> {
        let mut chain = Vec::new();
        let mut next = self.parent_of(id);
        while let Some(parent) = next {
            chain.push(parent);
            next = self.parent_of(parent);
        }
        chain.reverse();
        chain
    }

    pub(crate) fn is_below(&self, id: Id, ancestor: Id) -> bool {
        let mut next = self.parent_of(id);
        while let Some(parent) = next {
            if parent == ancestor {
                return true;
            }
            next = self.parent_of(parent);
        }
        false
    }

    /// Whether content was below `ancestor` when the tree was as it was at that instant.
    pub(crate) fn was_below(&self, id: Id, ancestor: Id, at: DateTime<Utc>) -> bool {
        let parent_then = |id: Id| self.get(id)?.parent_at(at);
        let mut next = parent_then(id);
        // A page that was moved below its own former child closes no circle: every step is as of one instant.
        while let Some(parent) = next {
            if parent == ancestor {
                return true;
            }
            next = parent_then(parent);
        }
        false
    }

    /// The parent, unless it was purged since: what is archived or trashed remembers a parent by its id only.
    fn parent_of(&self, id: Id) -> Option<Id> {
        self.get(id)?.parent.filter(|parent| self.get(*parent).is_some())
    }

    /// The subtree without its top, depth first, children in order, down to `deepest`. With `after`, the part
    /// behind that descendant; the cost does not grow with what comes before it.
    pub(crate) fn descend(&self, top: Id, deepest: usize, after: Option<Id>) -> Walk<'_> {
        let mut walk = Walk {
            store: self,
            deepest,
            stack: Vec::new(),
        };
        match after.filter(|id| self.is_below(*id, top)) {
            None => walk.push_children(top, 1),
            Some(after) => walk.resume(top, after),
        }
        walk
    }

    /// Where a place is: its space, its parent and the position among the children there.
    pub(super) fn locate(
        &self,
        space: SpaceIndex,
        place: Place,
    ) -> Result<(SpaceIndex, Option<Id>, usize), Refusal> {
        let last = |space: SpaceIndex, parent| (space, parent, self.siblings(space, parent).len());
        let known = |id: Id| {
            let found = self
                .get(id)
                .filter(|content| content.is_current() && content.kind.in_tree());
            found.ok_or(Refusal::NoParent(id))
        };
        Ok(match place {
            Place::TopLevel => last(space, None),
            Place::UnderHomepage => last(space, self.space(space).homepage),
            Place::Under(parent) => last(known(parent)?.space, Some(parent)),
            Place::Before(sibling) | Place::After(sibling) => {
                let target = known(sibling)?;
                let siblings = self.siblings(target.space, target.parent);
                let index = siblings
                    .iter()
                    .position(|id| *id == sibling)
                    .unwrap_or(siblings.len());
                (
                    target.space,
                    target.parent,
                    index + usize::from(place == Place::After(sibling)),
                )
            }
        })
    }

    /// Enters content among its siblings; its own parent and position follow.
    pub(super) fn attach(&mut self, id: Id, space: SpaceIndex, parent: Option<Id>, index: usize) {
        let siblings = self.siblings(space, parent);
        let index = index.min(siblings.len());
        let before = index
            .checked_sub(1)
            .map(|index| self.content(siblings[index]).position);
        let after = siblings.get(index).map(|id| self.content(*id).position);
        let position = match (before, after) {
            (None, None) => Some(STEP),
            (Some(before), None) => Some(before + STEP),
            (None, Some(after)) => Some(after - STEP),
            (Some(before), Some(after)) => (after - before > 1).then_some(before + (after - before) / 2),
        };
        self.siblings_mut(space, parent).insert(index, id);
        let content = self.content_mut(id);
        content.parent = parent;
        match position {
            Some(position) => content.position = position,
            None => self.renumber(space, parent),
        }
    }

    fn renumber(&mut self, space: SpaceIndex, parent: Option<Id>) {
        let mut position = 0;
        for id in self.siblings(space, parent).to_vec() {
            position += STEP;
            self.content_mut(id).position = position;
        }
    }

    /// Takes content out of the order of its siblings; it keeps its parent. Returns where it was.
    pub(super) fn detach(&mut self, id: Id) -> usize {
        let content = self.content(id);
        let (space, parent) = (content.space, content.parent);
        let siblings = self.siblings_mut(space, parent);
        let index = siblings
            .iter()
            .position(|known| *known == id)
            .unwrap_or(siblings.len());
        siblings.retain(|known| *known != id);
        index
    }

    /// Moves content with all that is below it.
    pub(crate) fn relocate(&mut self, id: Id, place: Place, at: DateTime<Utc>) -> Result<(), Refusal> {
        let content = self
            .get(id)
            .filter(|content| content.is_current())
            .ok_or(Refusal::NoContent(id))?;
        let old_space = content.space;
        let (space, parent, _) = self.locate(old_space, place)?;
        if parent.is_some_and(|parent| parent == id || self.is_below(parent, id)) {
            return Err(Refusal::Loop);
        }
        if place == Place::Before(id) || place == Place::After(id) {
            return Ok(());
        }
        let mut moved = vec![id];
        moved.extend(self.descend(id, usize::MAX, None).map(|visit| visit.id));
        if space != old_space {
            for page in moved.iter().filter(|id| self.content(**id).is_page()) {
                self.free_title(space, self.content(*page).title(), None)?;
            }
        }
        self.detach(id);
        self.leave_parent(id, at);
        let (_, _, index) = self.locate(old_space, place)?;
        if space != old_space {
            for id in moved {
                self.change_space(id, space);
            }
        }
        self.attach(id, space, parent, index);
        Ok(())
    }

    /// Notes that content is about to get another parent.
    fn leave_parent(&mut self, id: Id, at: DateTime<Utc>) {
        let content = self.content_mut(id);
        content.earlier_parents.push((at, content.parent));
    }

    fn change_space(&mut self, id: Id, space: SpaceIndex) {
        let content = self.content_mut(id);
        let old = std::mem::replace(&mut content.space, space);
        if content.is_page() {
            let title = content.title().to_owned();
            self.forget_title(old, &title, id);
            self.index_title(space, &title, id);
        }
    }

    /// The children move up to where `id` was among its siblings.
    pub(super) fn promote_children(&mut self, id: Id, index: usize, at: DateTime<Utc>) {
        let content = self.content(id);
        let (space, parent) = (content.space, content.parent);
        let children = std::mem::take(&mut self.content_mut(id).children);
        for (offset, child) in children.into_iter().enumerate() {
            self.leave_parent(child, at);
            self.attach(child, space, parent, index + offset);
        }
    }

    pub(crate) fn space_of(&self, id: Id) -> &Space {
        self.space(self.content(id).space)
    }
}

/// A depth-first walk through a subtree.
pub(crate) struct Walk<'a> {
    store: &'a Store,
    deepest: usize,
    /// Lists of children with the next position in each; the innermost is last. Its index is its depth less one.
    stack: Vec<(&'a [Id], usize, usize)>,
}

impl Walk<'_> {
    fn push_children(&mut self, id: Id, depth: usize) {
        if depth <= self.deepest {
            self.stack.push((&self.store.content(id).children, 0, depth));
        }
    }

    /// Goes straight to the point behind `after`: along its ancestors, then into it.
    fn resume(&mut self, top: Id, after: Id) {
        let mut path = self.store.ancestors(after);
        path.push(after);
        let from = path.iter().position(|id| *id == top).unwrap_or_default();
        for (depth, pair) in path[from..].windows(2).enumerate() {
            let children: &[Id] = &self.store.content(pair[0]).children;
            let index = children
                .iter()
                .position(|id| *id == pair[1])
                .unwrap_or(children.len());
            if depth < self.deepest {
                self.stack.push((children, index + 1, depth + 1));
            }
        }
        let depth = path.len() - from;
        self.push_children(after, depth);
    }
}

impl Iterator for Walk<'_> {
    type Item = Visit;

    fn next(&mut self) -> Option<Visit> {
        loop {
            let (children, next, depth) = self.stack.last_mut()?;
            let Some(&id) = children.get(*next) else {
                self.stack.pop();
                continue;
            };
            *next += 1;
            let depth = *depth;
            self.push_children(id, depth + 1);
            return Some(Visit { id, depth });
        }
    }
}
