//! Trash, restore, purge, archive.

use chrono::{DateTime, Utc};

use super::{Id, Place, Refusal, Status, Store};

impl Store {
    /// To the trash. Children move up to the parent; the page remembers where it was.
    pub(crate) fn trash(&mut self, id: Id, at: DateTime<Utc>) -> Result<(), Refusal> {
        let content = self.get(id).ok_or(Refusal::NoContent(id))?;
        if !content.kind.in_tree() {
            return self.purge(id);
        }
        match content.status {
            Status::Current | Status::Archived => {
                let index = self.detach(id);
                self.promote_children(id, index, at);
            }
            Status::Trashed | Status::Draft => return Err(Refusal::NotCurrent),
        }
        self.set_status(id, Status::Trashed, at);
        Ok(())
    }

    /// The whole subtree to the trash.
    pub(crate) fn trash_tree(&mut self, id: Id, at: DateTime<Utc>) -> Result<usize, Refusal> {
        let mut ids: Vec<Id> = self.descend(id, usize::MAX, None).map(|visit| visit.id).collect();
        ids.reverse();
        ids.push(id);
        for id in &ids {
            self.trash(*id, at)?;
        }
        Ok(ids.len())
    }

    /// Out of the trash: back to its parent if that is still there, else to the top level.
    pub(crate) fn restore(&mut self, id: Id, at: DateTime<Utc>) -> Result<(), Refusal> {
        let content = self.get(id).ok_or(Refusal::NoContent(id))?;
        if content.status != Status::Trashed {
            return Err(Refusal::NotTrashed);
        }
        self.reenter(id, at)
    }

    fn set_status(&mut self, id: Id, status: Status, at: DateTime<Utc>) {
        let content = self.content_mut(id);
        content.status = status;
        content.status_since = at;
    }

    fn reenter(&mut self, id: Id, at: DateTime<Utc>) -> Result<(), Refusal> {
        let content = self.content(id);
        let space = content.space;
        if content.is_page() {
            self.free_title(space, content.title(), Some(id))?;
        }
        let place = content.parent.map_or(Place::TopLevel, Place::Under);
        let (space, parent, index) = self
            .locate(space, place)
            .or_else(|_| self.locate(space, Place::TopLevel))?;
        self.set_status(id, Status::Current, at);
        if !self.siblings(space, parent).contains(&id) {
            self.attach(id, space, parent, index);
        }
        Ok(())
    }

    /// Gone for good, with comments and attachments.
    pub(crate) fn purge(&mut self, id: Id) -> Result<(), Refusal> {
        let content = self.get(id).ok_or(Refusal::NoContent(id))?;
        if content.kind.in_tree() {
            if content.is_current() {
                return Err(Refusal::NotTrashed);
            }
            let (space, title) = (content.space, content.title().to_owned());
            self.forget_title(space, &title, id);
        }
        let removed = self.remove(id).ok_or(Refusal::NoContent(id))?;
        for attached in removed.comments.iter().chain(&removed.attachments) {
            self.remove(*attached);
        }
        if let Some(container) = removed.container.and_then(|container| self.get_mut(container)) {
            container.comments.retain(|known| *known != id);
            container.attachments.retain(|known| *known != id);
        }
        Ok(())
    }

    /// Archives one page: it leaves the tree, keeps its parent, and its children move up.
    pub(crate) fn archive(&mut self, id: Id, at: DateTime<Utc>) -> Result<(), Refusal> {
        let content = self.get(id).ok_or(Refusal::NoContent(id))?;
        if !content.is_page() || !content.is_current() {
            return Err(Refusal::NotCurrent);
        }
        if !self.rules.archived_in_tree {
            let index = self.detach(id);
            self.promote_children(id, index, at);
        }
        self.set_status(id, Status::Archived, at);
        Ok(())
    }
}
