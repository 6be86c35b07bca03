//! Creating, updating, renaming, moving and deleting pages.
//!
//! Each write finds and admits its pages first, sends one request, and reports what Confluence answered. Nothing
//! is sent twice.

use super::error::{RootWrite, Taken};
use super::index::Change;
use super::lookup::not_found;
use super::{Error, Found, Pages, Reference, Role, Title};
use crate::confluence::{self, ErrorKind, NewPage, NodeKind, Page, PageId, Update, WithBody};
use crate::convert::{self, Format};

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

/// A page that was updated.
#[derive(Debug)]
pub struct Updated {
    /// The page in its new version.
    pub page: Page,
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
    /// [`Error::RefusedBody`]; [`Error::TooLarge`]; [`Error::Refused`]; [`Error::Upstream`].
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
        let page = match self.written(self.client().create(&new).await) {
            Ok(page) => page,
            Err(error) if error.kind == ErrorKind::NotFound => {
                return Err(not_found(
                    Role::Parent,
                    &Reference::new(above.page().title.clone()),
                ));
            }
            Err(error) => return Err(self.refusal(error, Some(title)).await),
        };
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

    /// Replaces the body of a page, on top of the version it has now.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::VersionConflict`]; [`Error::MalformedBody`]; [`Error::RefusedBody`];
    /// [`Error::TooLarge`]; [`Error::Refused`]; [`Error::Upstream`].
    pub async fn update(&self, reference: &Reference, body: &Body) -> Result<Updated, Error> {
        let converted = convert::body_to_storage(&body.text, body.format, self.flavour)?;
        let found = self.find(reference, Role::Page, WithBody::No).await?;
        let page = found.page();
        let update = Update {
            id: &page.id,
            title: &page.title,
            storage: &converted.storage,
            version: page.version + 1,
            message: None,
            minor_edit: false,
        };
        match self.written(self.client().update(&update).await) {
            Ok(page) => Ok(Updated {
                page,
                warnings: messages(converted.notices),
            }),
            Err(error) => Err(self.write_failure(error, &found, None).await),
        }
    }

    /// Gives a page another title. Its body is sent back exactly as it was read.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::RootProtected`]; [`Error::TitleTaken`]; [`Error::VersionConflict`];
    /// [`Error::Refused`]; [`Error::Upstream`].
    ///
    /// # Panics
    /// Never: the client answers a body that it was asked for, or fails.
    pub async fn rename(&self, reference: &Reference, title: &Title) -> Result<Renamed, Error> {
        let found = self.find(reference, Role::Page, WithBody::Yes).await?;
        protect_root(&found, RootWrite::Rename)?;
        let page = found.page();
        if page.title == title.as_str() {
            return Ok(Renamed {
                page: found.into_page(),
                changed: false,
            });
        }
        let update = Update {
            id: &page.id,
            title: title.as_str(),
            storage: page
                .body
                .as_deref()
                .expect("the client answers a body it was asked for, or fails"),
            version: page.version + 1,
            message: None,
            minor_edit: false,
        };
        match self.written(self.client().update(&update).await) {
            Ok(page) => {
                self.index.note(Change::Renamed {
                    id: page.id.clone(),
                    title: page.title.clone(),
                });
                Ok(Renamed { page, changed: true })
            }
            Err(error) => Err(self.write_failure(error, &found, Some(title)).await),
        }
    }

    /// Puts a page, with everything below it, under another page.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the page or (with [`Role::NewParent`]) the target; [`Error::RootProtected`];
    /// [`Error::Circular`]; [`Error::VersionConflict`]; [`Error::Refused`]; [`Error::Upstream`].
    pub async fn move_below(&self, reference: &Reference, target: &Reference) -> Result<Moved, Error> {
        let (found, above) = futures_util::join!(
            self.find(reference, Role::Page, WithBody::No),
            self.find(target, Role::NewParent, WithBody::No)
        );
        let (found, above) = (found?, above?);
        protect_root(&found, RootWrite::Move)?;
        if above.is_at_or_below(&found.page().id) {
            return Err(Error::Circular);
        }
        let old_parent = self.parent_title(&found);
        if found
            .container()
            .is_some_and(|container| container.id == above.page().id)
        {
            let old_parent = old_parent.await;
            return Ok(Moved {
                page: found.into_page(),
                old_parent,
                changed: false,
            });
        }
        let (moved, old_parent) = futures_util::join!(
            self.client().move_below(found.page(), &above.page().id),
            old_parent
        );
        match self.written(moved) {
            Ok(()) => {
                self.index.note(Change::Moved {
                    id: found.page().id.clone(),
                    parent: above.page().id.clone(),
                });
                Ok(Moved {
                    page: found.into_page(),
                    old_parent,
                    changed: true,
                })
            }
            Err(error) => Err(self.write_failure(error, &found, None).await),
        }
    }

    /// Moves a page to the trash. Confluence moves its children up to its parent.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::RootProtected`]; [`Error::Refused`]; [`Error::Upstream`].
    pub async fn delete(&self, reference: &Reference) -> Result<Deleted, Error> {
        let guess = self.index.guess(reference);
        let guessed = async {
            match &guess {
                Some(id) => self.children_of(id).await.ok(),
                None => None,
            }
        };
        let (found, guessed) = futures_util::join!(self.find(reference, Role::Page, WithBody::No), guessed);
        let found = found?;
        protect_root(&found, RootWrite::Delete)?;
        let id = &found.page().id;
        let promoted = match guessed.filter(|_| guess.as_ref() == Some(id)) {
            Some(children) => children,
            None => self.children_of(id).await?,
        };
        match self.written(self.client().delete(id).await) {
            Ok(true) => {
                self.index.note(Change::Deleted { id: id.clone() });
                Ok(Deleted {
                    page: found.into_page(),
                    promoted,
                })
            }
            Ok(false) => Err(not_found(Role::Page, reference)),
            Err(error) => Err(self.write_failure(error, &found, None).await),
        }
    }

    /// How many pages and folders stand directly below a page.
    async fn children_of(&self, id: &PageId) -> Result<usize, Error> {
        let children = self.client().children(id, NodeKind::Page).await?;
        Ok(children.map_or(0, |nodes| nodes.len()))
    }

    /// Passes the outcome of a write on. One that may have happened although it failed makes the index doubtful.
    fn written<T>(&self, outcome: Result<T, confluence::Error>) -> Result<T, confluence::Error> {
        if outcome.as_ref().is_err_and(confluence::Error::outcome_unknown) {
            self.index.distrust();
        }
        outcome
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
    async fn write_failure(&self, error: confluence::Error, found: &Found, title: Option<&Title>) -> Error {
        match error.kind {
            ErrorKind::NotFound => not_found(Role::Page, &Reference::new(found.page().title.clone())),
            ErrorKind::VersionConflict { current } => Error::VersionConflict { current },
            ErrorKind::Circular => Error::Circular,
            _ => self.refusal(error, title).await,
        }
    }

    /// What a refused write means to the caller, whatever page it was for.
    async fn refusal(&self, error: confluence::Error, title: Option<&Title>) -> Error {
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

/// Refuses a write that the root page is protected from.
fn protect_root(found: &Found, write: RootWrite) -> Result<(), Error> {
    if found.is_root() {
        Err(Error::RootProtected(write))
    } else {
        Ok(())
    }
}

/// The notices of a conversion as texts.
fn messages(notices: Vec<convert::Notice>) -> Vec<String> {
    notices.into_iter().map(|notice| notice.message).collect()
}
