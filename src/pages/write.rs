//! Creating, updating, renaming, moving and deleting pages.
//!
//! Each write finds and admits its pages first and has them to itself among the writers of this process. Whether it
//! happened is made sure of (see `settle`); one that met another version begins anew on that.

use super::error::{RootWrite, Taken};
use super::index::Change;
use super::locks::Writing;
use super::lookup::not_found;
use super::settle::Unwritten;
use super::{Error, Found, Pages, Reference, Role, Title};
use crate::confluence::{self, ErrorKind, Located, NewPage, NodeKind, Page, PageId, Update, WithBody};
use crate::convert::{self, Format};

/// How often a write is begun anew on what somebody else saved in between.
pub(super) const CONFLICT_RETRIES: u32 = 2;

/// A body as a caller gave it.
#[derive(Clone, Debug)]
pub struct Body {
    /// The text. Blank means an empty page.
    pub text: String,
    /// Markdown or storage; None: told from the text.
    pub format: Option<Format>,
}

/// A page that was created.
#[derive(Debug)]
pub struct Created {
    /// The page.
    pub page: Page,
    /// Its path as callers write it; None when its parent could not be named any more.
    pub path: Option<String>,
    /// What the conversion could not express.
    pub warnings: Vec<String>,
}

/// A page that was renamed.
#[derive(Debug)]
pub struct Renamed {
    /// The page in its new version; in its old one when it had the title already.
    pub page: Page,
    /// Whether anything was written.
    pub changed: bool,
}

/// A page that was moved.
#[derive(Debug)]
pub struct Moved {
    /// The page.
    pub page: Page,
    /// Title of the page it was below; None when it could not be told any more.
    pub old_parent: Option<String>,
    /// Whether anything was written.
    pub changed: bool,
}

/// A page that was deleted.
#[derive(Debug)]
pub struct Deleted {
    /// The page as it was.
    pub page: Page,
    /// How many pages and folders directly below it moved up to its parent.
    pub promoted: usize,
}

impl Pages {
    /// Creates a page below `parent` (None: below the root). The parent must exist.
    ///
    /// # Errors
    /// [`Error::NotFound`] with [`Role::Parent`]; [`Error::TitleTaken`]; [`Error::MalformedBody`];
    /// [`Error::RefusedBody`]; [`Error::TooLarge`]; [`Error::Refused`]; [`Error::InDoubt`]; [`Error::Upstream`].
    pub async fn create(
        &self,
        title: &Title,
        body: &Body,
        parent: Option<&Reference>,
    ) -> Result<Created, Error> {
        let converted = convert::body_to_storage(&body.text, body.format, self.flavour)?;
        let above = match parent {
            Some(reference) => self.find(reference, Role::Parent, WithBody::No).await?,
            None => self.root_page(WithBody::No).await?,
        };
        let new = NewPage {
            title: title.as_str(),
            parent: &above.page().id,
            storage: &converted.storage,
        };
        let created = self
            .surely(|| self.client().create(&new), || self.look_for_created(&new))
            .await;
        let page = match created {
            Ok(page) => page,
            Err(unwritten) if !unwritten.in_doubt && unwritten.error.kind == ErrorKind::NotFound => {
                return Err(not_found(
                    Role::Parent,
                    &Reference::new(above.page().title.clone()),
                ));
            }
            Err(unwritten) => return Err(self.refusal(unwritten, Some(title)).await),
        };
        self.index.learn(&page.title, &page.id);
        self.index.note(Change::Created {
            id: page.id.clone(),
            title: page.title.clone(),
            parent: above.page().id.clone(),
        });
        let path = self.path_of(&above).await.ok().map(|mut path| {
            path.push(page.title.clone());
            super::lookup::written(&path)
        });
        Ok(Created {
            page,
            path,
            warnings: messages(converted.notices),
        })
    }

    /// The page that a create was to make, if it is there: that title, that place, that body, and nobody wrote since.
    async fn look_for_created(&self, new: &NewPage<'_>) -> Result<Option<Page>, confluence::Error> {
        let found = self.client().find(new.title, WithBody::Yes).await?;
        Ok(found.and_then(|Located { page, ancestors }| {
            let placed = ancestors.last().is_some_and(|parent| parent.id == *new.parent);
            let body = page.body.as_deref().unwrap_or_default();
            (placed && page.version == 1 && convert::same_content(body, new.storage)).then_some(page)
        }))
    }

    /// Gives a page another title. Its body is sent back exactly as it was read.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::RootProtected`]; [`Error::TitleTaken`]; [`Error::VersionConflict`];
    /// [`Error::Refused`]; [`Error::InDoubt`]; [`Error::Upstream`].
    ///
    /// # Panics
    /// Never: the client answers a body that it was asked for, or fails.
    pub async fn rename(&self, reference: &Reference, title: &Title) -> Result<Renamed, Error> {
        let (mut found, _writing) = self.find_to_write(reference, WithBody::Yes).await?;
        protect_root(&found, RootWrite::Rename)?;
        let mut tries = CONFLICT_RETRIES;
        loop {
            let page = found.page();
            if page.title == title.as_str() {
                return Ok(Renamed {
                    page: found.into_page(),
                    changed: false,
                });
            }
            let body = page.body.as_deref();
            let update = Update {
                id: &page.id,
                title: title.as_str(),
                storage: body.expect("the client answers a body it was asked for, or fails"),
                version: page.version + 1,
                message: None,
                minor_edit: false,
            };
            match self.save(&update).await {
                Ok(page) => {
                    self.index.note(Change::Renamed {
                        id: page.id.clone(),
                        title: page.title.clone(),
                    });
                    return Ok(Renamed { page, changed: true });
                }
                Err(unwritten) if is_conflict(&unwritten) && tries > 0 => tries -= 1,
                Err(unwritten) => return Err(self.write_failure(unwritten, &found, Some(title)).await),
            }
            found = self.again(&found, WithBody::Yes).await?;
        }
    }

    /// Puts a page, with everything below it, under another page.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the page or (with [`Role::NewParent`]) the target; [`Error::RootProtected`];
    /// [`Error::Circular`]; [`Error::VersionConflict`]; [`Error::Refused`]; [`Error::InDoubt`]; [`Error::Upstream`].
    pub async fn move_below(&self, reference: &Reference, target: &Reference) -> Result<Moved, Error> {
        let (found, above) = futures_util::join!(
            self.find_to_write(reference, WithBody::No),
            self.find(target, Role::NewParent, WithBody::No)
        );
        let ((mut found, _writing), above) = (found?, above?);
        protect_root(&found, RootWrite::Move)?;
        if above.is_at_or_below(&found.page().id) {
            return Err(Error::Circular);
        }
        let target = &above.page().id;
        let old_parent = self.parent_title(&found).await;
        let mut tries = CONFLICT_RETRIES;
        let mut changed = false;
        loop {
            if found.container().is_some_and(|container| container.id == *target) {
                let page = found.into_page();
                return Ok(Moved {
                    page,
                    old_parent,
                    changed,
                });
            }
            changed = true;
            let page = found.page();
            let moved = self
                .surely(
                    || self.client().move_below(page, target),
                    || self.look_for_moved(&page.id, target),
                )
                .await;
            match moved {
                Ok(()) => {
                    self.index.note(Change::Moved {
                        id: page.id.clone(),
                        parent: target.clone(),
                    });
                    let page = found.into_page();
                    return Ok(Moved {
                        page,
                        old_parent,
                        changed,
                    });
                }
                Err(unwritten) if is_conflict(&unwritten) && tries > 0 => tries -= 1,
                Err(unwritten) => return Err(self.write_failure(unwritten, &found, None).await),
            }
            found = self.again(&found, WithBody::No).await?;
        }
    }

    /// Whether a page stands where a move was to put it.
    async fn look_for_moved(&self, id: &PageId, target: &PageId) -> Result<Option<()>, confluence::Error> {
        let located = self.client().located(id, WithBody::No).await?;
        let parent = located.and_then(|mut located| located.ancestors.pop());
        Ok(parent.filter(|parent| parent.id == *target).map(drop))
    }

    /// Moves a page to the trash. Confluence moves its children up to its parent.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::RootProtected`]; [`Error::Refused`]; [`Error::InDoubt`]; [`Error::Upstream`].
    pub async fn delete(&self, reference: &Reference) -> Result<Deleted, Error> {
        let guess = self.index.guess(reference);
        let guessed = async {
            match &guess {
                Some(id) => self.children_of(id).await.ok(),
                None => None,
            }
        };
        let (found, guessed) = futures_util::join!(self.find_to_write(reference, WithBody::No), guessed);
        let (found, _writing) = found?;
        protect_root(&found, RootWrite::Delete)?;
        let id = &found.page().id;
        let promoted = match guessed.filter(|_| guess.as_ref() == Some(id)) {
            Some(children) => children,
            None => self.children_of(id).await?,
        };
        let deleted = self
            .surely(|| self.client().delete(id), || self.look_for_deleted(id))
            .await;
        match deleted {
            Ok(true) => {
                self.index.note(Change::Deleted { id: id.clone() });
                Ok(Deleted {
                    page: found.into_page(),
                    promoted,
                })
            }
            Ok(false) => Err(not_found(Role::Page, reference)),
            Err(unwritten) => Err(self.write_failure(unwritten, &found, None).await),
        }
    }

    /// Whether a page is gone, as a delete was to make it.
    async fn look_for_deleted(&self, id: &PageId) -> Result<Option<bool>, confluence::Error> {
        let located = self.client().located(id, WithBody::No).await?;
        Ok(located.is_none().then_some(true))
    }

    /// Finds a page and waits for the right to write it. What another writer left meanwhile is read again.
    pub(super) async fn find_to_write(
        &self,
        reference: &Reference,
        body: WithBody,
    ) -> Result<(Found, Writing), Error> {
        let found = self.find(reference, Role::Page, body).await?;
        let by = self.call.as_ref().map(|call| call.deadline);
        let writing = self.locks.writing(&found.page().id, by).await;
        let writing = writing.ok_or_else(|| confluence::Error::out_of_time("page.write"))?;
        if writing.waited() {
            return Ok((self.again(&found, body).await?, writing));
        }
        Ok((found, writing))
    }

    /// The same page as it is now; it must still be of this endpoint.
    pub(super) async fn again(&self, found: &Found, body: WithBody) -> Result<Found, Error> {
        let page = found.page();
        let again = self.admitted(&page.id, body).await?;
        again.ok_or_else(|| not_found(Role::Page, &Reference::new(page.title.clone())))
    }

    /// How many pages and folders stand directly below a page.
    async fn children_of(&self, id: &PageId) -> Result<usize, Error> {
        let children = self.client().children(id, NodeKind::Page).await?;
        Ok(children.map_or(0, |nodes| nodes.len()))
    }

    /// Title of the page above, as far as it can be told without failing a write for it.
    async fn parent_title(&self, found: &Found) -> Option<String> {
        let parent = found.parent()?;
        if let Some(title) = parent.title.clone().or_else(|| self.index.title(&parent.id)) {
            return Some(title);
        }
        self.client()
            .titles(std::slice::from_ref(&parent.id))
            .await
            .ok()?
            .remove(&parent.id)
    }

    /// What a refused write to an admitted page means to the caller.
    pub(super) async fn write_failure(
        &self,
        unwritten: Unwritten,
        found: &Found,
        title: Option<&Title>,
    ) -> Error {
        match unwritten.error.kind {
            _ if unwritten.in_doubt => Error::InDoubt(unwritten.error),
            ErrorKind::NotFound => not_found(Role::Page, &Reference::new(found.page().title.clone())),
            ErrorKind::VersionConflict { current } => Error::VersionConflict { current },
            ErrorKind::Circular => Error::Circular,
            _ => self.refusal(unwritten, title).await,
        }
    }

    /// What a refused write means to the caller, whatever page it was for.
    async fn refusal(&self, unwritten: Unwritten, title: Option<&Title>) -> Error {
        let Unwritten { error, in_doubt } = unwritten;
        if in_doubt {
            return Error::InDoubt(error);
        }
        match (error.kind.clone(), title) {
            (ErrorKind::TitleTaken, Some(title)) => Error::TitleTaken {
                title: title.to_string(),
                taken: self.place_of(title).await,
            },
            (ErrorKind::BadStorage, _) => Error::RefusedBody(error),
            (ErrorKind::TooLarge, _) => Error::TooLarge,
            (ErrorKind::Refused | ErrorKind::TitleTaken, _) => Error::Refused(error),
            _ => Error::Upstream(error),
        }
    }

    /// Where a taken title is taken. A look-up that fails tells no more than that it is taken.
    async fn place_of(&self, title: &Title) -> Taken {
        let Ok(Some(found)) = self.titled(title.as_str(), WithBody::No).await else {
            return Taken::Outside;
        };
        self.written_path_of(&found)
            .await
            .map_or(Taken::Outside, Taken::Inside)
    }
}

/// Whether somebody else saved the page in between.
pub(super) fn is_conflict(unwritten: &Unwritten) -> bool {
    matches!(unwritten.error.kind, ErrorKind::VersionConflict { .. })
}

/// Refuses a write that the root page is protected from.
fn protect_root(found: &Found, write: RootWrite) -> Result<(), Error> {
    if found.is_root() {
        Err(Error::RootProtected(write))
    } else {
        Ok(())
    }
}

/// The notices of a conversion as texts.
pub(super) fn messages(notices: Vec<convert::Notice>) -> Vec<String> {
    notices.into_iter().map(|notice| notice.message).collect()
}
