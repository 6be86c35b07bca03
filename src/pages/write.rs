//! Renaming, moving and deleting pages, and what all writes share.
//!
//! Each write finds and admits its pages first and has them to itself among the writers of this process. Whether it
//! happened is made sure of (see `confluence::settle`); one that met another version begins anew on that.

use super::error::RootWrite;
use super::index::Change;
use super::locks::Writing;
use super::lookup::not_found;

use super::{Error, Found, Pages, Reference, Role, Title, title};
use crate::confluence::settle::Unwritten;
use crate::confluence::{self, ErrorKind, Located, NodeKind, Page, PageId, Update, WithBody};
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

/// What a caller asks of a write beside the change itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The version the page must have; None: any.
    pub expected_version: Option<u64>,
    /// Whether to tell what would happen, and do nothing.
    pub dry_run: bool,
}

/// A page that was renamed.
#[derive(Debug)]
pub struct Renamed {
    /// The page as it is now.
    pub page: Page,
    /// Its path, as far as it can be told.
    pub path: Option<String>,
    /// Whether anything was written, or would be.
    pub changed: bool,
}

/// A page that was moved.
#[derive(Debug)]
pub struct Moved {
    /// The page as it is now.
    pub page: Page,
    /// Its path, as far as it can be told.
    pub path: Option<String>,
    /// Title of the page it was below; None when it could not be told any more.
    pub old_parent: Option<String>,
    /// Whether anything was written, or would be.
    pub changed: bool,
}

/// A page that was deleted.
#[derive(Debug)]
pub struct Deleted {
    /// The page as it was.
    pub page: Page,
    /// The path it had, as far as it can be told.
    pub path: Option<String>,
    /// How many pages and folders directly below it moved up to its parent.
    pub promoted: usize,
}

impl Pages {
    /// Gives a page another title. Its body is sent back exactly as it was read.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::RootProtected`]; [`Error::TitleTaken`]; [`Error::VersionConflict`];
    /// [`Error::Refused`]; [`Error::InDoubt`]; [`Error::Upstream`].
    ///
    /// # Panics
    /// Never: the client answers a body that it was asked for, or fails.
    pub async fn rename(&self, reference: &Reference, title: &Title, terms: Terms) -> Result<Renamed, Error> {
        let (mut found, _writing) = self.find_to_write(reference, WithBody::Yes).await?;
        protect_root(&found, RootWrite::Rename)?;
        let mut tries = CONFLICT_RETRIES;
        loop {
            let page = found.page();
            terms.admit(page)?;
            let changed = page.title != title.as_str();
            if changed && terms.dry_run && !title::same(&page.title, title.as_str()) {
                self.must_be_free(title).await?;
            }
            if !changed || terms.dry_run {
                let path = self.written_path_of(&found).await.ok();
                let page = found.into_page();
                return Ok(Renamed { page, path, changed });
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
            let (saved, path) = futures_util::join!(self.save(&update), self.path_of(&found));
            match saved {
                Ok(page) => {
                    self.index.note(Change::Renamed {
                        id: page.id.clone(),
                        title: page.title.clone(),
                    });
                    let path = path.ok().map(|path| ending_in(path, &page));
                    return Ok(Renamed { page, path, changed });
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
    pub async fn move_below(
        &self,
        reference: &Reference,
        target: &Reference,
        terms: Terms,
    ) -> Result<Moved, Error> {
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
        let (old_parent, path) = futures_util::join!(self.parent_title(&found), self.path_of(&above));
        let path = path.ok().map(|mut path| {
            path.push(found.page().title.clone());
            super::lookup::written(&path)
        });
        let done = |page: Page, changed: bool| Moved {
            page,
            path,
            old_parent,
            changed,
        };
        let mut tries = CONFLICT_RETRIES;
        let mut sent = false;
        loop {
            let there = found.container().is_some_and(|container| container.id == *target);
            // Where it is there after we sent it, the other version is of our own making.
            if !(sent && there) {
                terms.admit(found.page())?;
            }
            if there || terms.dry_run {
                return Ok(done(found.into_page(), sent || !there));
            }
            sent = true;
            let page = found.page();
            let moved = self
                .surely(
                    || self.client().move_below(page, target),
                    || self.look_for_moved(&page.id, target),
                )
                .await;
            match moved {
                Ok(version) => {
                    self.index.note(Change::Moved {
                        id: page.id.clone(),
                        parent: target.clone(),
                    });
                    let page = found.into_page();
                    return Ok(done(Page { version, ..page }, true));
                }
                Err(unwritten) if is_conflict(&unwritten) && tries > 0 => tries -= 1,
                Err(unwritten) => return Err(self.write_failure(unwritten, &found, None).await),
            }
            found = self.again(&found, WithBody::No).await?;
        }
    }

    /// The version of a page that stands where a move was to put it.
    async fn look_for_moved(&self, id: &PageId, target: &PageId) -> Result<Option<u64>, confluence::Error> {
        let located = self.client().located(id, WithBody::No).await?;
        Ok(located.and_then(|Located { page, ancestors }| {
            let placed = ancestors.last().is_some_and(|parent| parent.id == *target);
            placed.then_some(page.version)
        }))
    }

    /// Moves a page to the trash. Confluence moves its children up to its parent.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::RootProtected`]; [`Error::VersionConflict`]; [`Error::Refused`];
    /// [`Error::InDoubt`]; [`Error::Upstream`].
    pub async fn delete(&self, reference: &Reference, terms: Terms) -> Result<Deleted, Error> {
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
        terms.admit(found.page())?;
        let id = &found.page().id;
        let promoted = async {
            match guessed.filter(|_| guess.as_ref() == Some(id)) {
                Some(children) => Ok(children),
                None => self.children_of(id).await,
            }
        };
        let (promoted, path) = futures_util::join!(promoted, self.written_path_of(&found));
        let (promoted, path) = (promoted?, path.ok());
        let deleted = if terms.dry_run {
            Ok(true)
        } else {
            self.surely(|| self.client().delete(id), || self.look_for_deleted(id))
                .await
        };
        match deleted {
            Ok(true) => {
                if !terms.dry_run {
                    self.index.note(Change::Deleted { id: id.clone() });
                }
                Ok(Deleted {
                    page: found.into_page(),
                    path,
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
    pub(super) async fn refusal(&self, unwritten: Unwritten, title: Option<&Title>) -> Error {
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
}

impl Terms {
    /// Refuses a page in another version than the caller expects.
    fn admit(self, page: &Page) -> Result<(), Error> {
        match self.expected_version {
            Some(expected) if expected != page.version => Err(conflict(page)),
            _ => Ok(()),
        }
    }
}

/// The page is not in the version that the caller knows.
pub(super) fn conflict(page: &Page) -> Error {
    Error::VersionConflict {
        current: Some(page.version),
    }
}

/// The path of a page that has another title now.
fn ending_in(mut path: Vec<String>, page: &Page) -> String {
    path.pop();
    path.push(page.title.clone());
    super::lookup::written(&path)
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
