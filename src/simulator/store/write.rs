//! Creating and changing content.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Content, Id, Kind, Place, Refusal, SpaceIndex, Status, Store, UserIndex, Version};
use crate::simulator::saved;

/// Content to be.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) space: SpaceIndex,
    pub(crate) place: Place,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) message: String,
    pub(crate) status: Status,
    pub(crate) author: UserIndex,
    pub(crate) at: DateTime<Utc>,
}

impl Draft {
    /// A page below the space's homepage.
    pub(crate) fn page(
        space: SpaceIndex,
        title: &str,
        body: &str,
        author: UserIndex,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            kind: Kind::Page,
            space,
            place: Place::UnderHomepage,
            title: title.to_owned(),
            body: body.to_owned(),
            message: String::new(),
            status: Status::Current,
            author,
            at,
        }
    }

    pub(crate) fn placed(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
}

/// What a save changes; `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) parent: Option<Id>,
    pub(crate) message: String,
    pub(crate) minor: bool,
}

impl Store {
    /// Adds a page, a folder or the like to the tree.
    pub(crate) fn create(&mut self, draft: Draft) -> Result<Id, Refusal> {
        let title = Self::clean_title(&draft.title)?;
        let (space, parent, index) = self.locate(draft.space, draft.place)?;
        if space != draft.space {
            return Err(Refusal::OtherSpace);
        }
        let is_page = draft.kind == Kind::Page;
        if is_page && draft.status != Status::Draft {
            self.free_title(space, &title, None)?;
        }
        let body = self.saved_body(&draft.body)?;
        let id = self.next_id();
        let first = Version {
            number: 1,
            title: title.clone(),
            body,
            message: draft.message,
            minor: false,
            author: draft.author,
            at: draft.at,
        };
        self.insert(Content {
            status: draft.status,
            ..Content::new(id, draft.kind, space, first)
        });
        if is_page {
            self.index_title(space, &title, id);
        }
        if draft.status == Status::Draft {
            self.content_mut(id).parent = parent;
        } else {
            self.attach(id, space, parent, index);
        }
        Ok(id)
    }

    /// Refuses a save that was not made from the current version.
    pub(crate) fn expect_version(&self, id: Id, given: Option<u64>) -> Result<(), Refusal> {
        let content = self.get(id).ok_or(Refusal::NoContent(id))?;
        let current = content.version().number;
        match given {
            None => Err(Refusal::VersionMissing),
            Some(given) if given != current + 1 => Err(Refusal::Stale { current, given }),
            Some(_) => Ok(()),
        }
    }

    /// Saves a new version, all or nothing. Whether it may is the caller's question to [`Store::expect_version`].
    pub(crate) fn save(
        &mut self,
        id: Id,
        change: Change,
        author: UserIndex,
        at: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let content = self.get(id).ok_or(Refusal::NoContent(id))?;
        let (space, old_title) = (content.space, content.title().to_owned());
        let title = match &change.title {
            None => old_title.clone(),
            Some(title) => Self::clean_title(title)?,
        };
        let is_page = content.is_page();
        if is_page && content.status != Status::Draft {
            self.free_title(space, &title, Some(id))?;
        }
        let body = match &change.body {
            None => Arc::clone(self.content(id).body()),
            Some(body) => self.saved_body(body)?,
        };
        if let Some(parent) = change.parent {
            let target = self
                .get(parent)
                .filter(|target| target.is_current() && target.kind.in_tree());
            if target.ok_or(Refusal::NoParent(parent))?.space != space {
                return Err(Refusal::OtherSpace);
            }
            if self.content(id).parent != Some(parent) {
                self.relocate(id, Place::Under(parent), at)?;
            }
        }
        let content = self.content_mut(id);
        let number = content.version().number + 1;
        content.versions.push(Version {
            number,
            title: title.clone(),
            body,
            message: change.message,
            minor: change.minor,
            author,
            at,
        });
        if is_page && title != old_title {
            self.forget_title(space, &old_title, id);
            self.index_title(space, &title, id);
            if self.rules.rename_rewrites_links {
                self.rewrite_links(space, &old_title, &title);
            }
        }
        Ok(())
    }

    /// Changes a draft in place, and publishes it when asked to.
    pub(crate) fn revise_draft(
        &mut self,
        id: Id,
        title: &str,
        body: Option<&str>,
        publish: bool,
    ) -> Result<(), Refusal> {
        let content = self
            .get(id)
            .filter(|content| content.status == Status::Draft)
            .ok_or(Refusal::NotCurrent)?;
        let (space, parent, old) = (content.space, content.parent, content.title().to_owned());
        let title = Self::clean_title(title)?;
        if publish {
            self.free_title(space, &title, Some(id))?;
        }
        let place = parent.map_or(Place::UnderHomepage, Place::Under);
        let (_, parent, index) = self.locate(space, place)?;
        let body = body.map(|body| self.saved_body(body)).transpose()?;
        self.forget_title(space, &old, id);
        self.index_title(space, &title, id);
        let content = self.content_mut(id);
        if let Some(version) = content.versions.last_mut() {
            version.title = title;
            version.body = body.unwrap_or_else(|| Arc::clone(&version.body));
        }
        if publish {
            content.status = Status::Current;
            self.attach(id, space, parent, index);
        }
        Ok(())
    }

    /// The body as the product keeps it.
    pub(crate) fn saved_body(&mut self, body: &str) -> Result<Arc<str>, Refusal> {
        saved::check(body).map_err(Refusal::Malformed)?;
        if !self.rules.cloud {
            return Ok(Arc::from(body.strip_suffix('\n').unwrap_or(body)));
        }
        let with_macro_ids = self.rules.macro_ids;
        Ok(Arc::from(saved::on_cloud(body, with_macro_ids, &mut || {
            self.next_macro_id()
        })))
    }

    /// The server keeps links by title alive when the page they name is renamed; no version is made.
    fn rewrite_links(&mut self, space: SpaceIndex, old: &str, new: &str) {
        let attribute = |title: &str| {
            let mut escaped = String::from("ri:content-title=\"");
            saved::escape(&mut escaped, title);
            escaped.push('"');
            escaped
        };
        let (old, new) = (attribute(old), attribute(new));
        for content in self
            .contents
            .values_mut()
            .filter(|content| content.space == space)
        {
            if let Some(version) = content.versions.last_mut()
                && version.body.contains(&old)
            {
                version.body = Arc::from(version.body.replace(&old, &new));
            }
        }
    }
}
