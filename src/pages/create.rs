//! Creating pages, and finding that one was created already.

use std::time::Duration;

use super::error::Taken;
use super::index::Change;
use super::lookup::{not_found, written};

use super::write::messages;
use super::{Body, Error, Pages, Reference, Role, Title};
use crate::confluence::settle::{self, Unwritten};
use crate::confluence::{self, ErrorKind, Located, NewPage, Page, WithBody};
use crate::convert;

/// How often, and how long apart, a page is looked for whose title is taken although nobody has it.
const LOOKS: u32 = 4;
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// What is known of earlier calls that asked for the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tries {
    /// Nothing: what is there already was made by somebody else.
    #[default]
    None,
    /// There may have been one.
    Possible,
    /// There was one, and nobody knows whether it arrived.
    Unknown,
}

/// A page to create, as a caller asks for it.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Its title.
    pub title: &'a Title,
    /// What it is to say.
    pub body: &'a Body,
    /// The page to create it below; None: the root.
    pub parent: Option<Reference>,
    /// Whether to tell what would happen, and do nothing.
    pub dry_run: bool,
    /// What is known of earlier calls.
    pub tries: Tries,
}

/// A page that was created.
#[derive(Debug)]
pub struct Created {
    /// The page; None when it was not to be created yet.
    pub page: Option<Page>,
    /// Its path as callers write it; None when its parent could not be named any more.
    pub path: Option<String>,
    /// Whether it was created now, or would be: false when it was there already, just as asked for.
    pub changed: bool,
    /// What the conversion could not express.
    pub warnings: Vec<String>,
}

impl Pages {
    /// Creates a page. The parent must exist.
    ///
    /// A title that is taken is an error, unless an earlier call may have asked for the same page and it is there.
    ///
    /// # Errors
    /// [`Error::NotFound`] with [`Role::Parent`]; [`Error::TitleTaken`]; [`Error::MalformedBody`];
    /// [`Error::RefusedBody`]; [`Error::TooLarge`]; [`Error::Refused`]; [`Error::InDoubt`]; [`Error::Upstream`].
    pub async fn create(&self, draft: &Draft<'_>) -> Result<Created, Error> {
        let converted = convert::body_to_storage(&draft.body.text, draft.body.format, self.flavour)?;
        let above = match &draft.parent {
            Some(reference) => self.find(reference, Role::Parent, WithBody::No).await?,
            None => self.root_page(WithBody::No).await?,
        };
        let new = NewPage {
            title: draft.title.as_str(),
            parent: &above.page().id,
            storage: &converted.storage,
        };
        let existing = match draft.tries {
            Tries::Unknown => self.look_for_same(&new).await?,
            Tries::Possible if draft.dry_run => self.look_for_same(&new).await?,
            Tries::None | Tries::Possible => None,
        };
        let (page, changed) = match existing {
            Some(page) => (Some(page), false),
            None if draft.dry_run => (None, true),
            None => {
                let created = self
                    .surely(|| self.client().create(&new), || self.look_for_created(&new))
                    .await;
                match created {
                    Ok(page) => (Some(page), true),
                    Err(unwritten) if !unwritten.in_doubt && unwritten.error.kind == ErrorKind::NotFound => {
                        return Err(not_found(
                            Role::Parent,
                            &Reference::new(above.page().title.clone()),
                        ));
                    }
                    Err(unwritten) => (Some(self.same_or(unwritten, &new, draft).await?), false),
                }
            }
        };
        match &page {
            Some(page) => {
                self.index.learn(&page.title, &page.id);
                if changed {
                    self.index.note(Change::Created {
                        id: page.id.clone(),
                        title: page.title.clone(),
                        parent: above.page().id.clone(),
                    });
                }
            }
            None => self.must_be_free(draft.title).await?,
        }
        let title = page.as_ref().map_or(new.title, |page| page.title.as_str());
        let path = self.path_of(&above).await.ok().map(|mut path| {
            path.push(title.to_owned());
            written(&path)
        });
        Ok(Created {
            page,
            path,
            changed,
            warnings: messages(converted.notices),
        })
    }

    /// The page that a create was to make, if it is there: that title, that place, that body, and nobody wrote since.
    async fn look_for_created(&self, new: &NewPage<'_>) -> Result<Option<Page>, confluence::Error> {
        let same = self.look_for_same(new).await?;
        Ok(same.filter(|page| page.version == 1))
    }

    /// A page of that title, in that place, with that body.
    async fn look_for_same(&self, new: &NewPage<'_>) -> Result<Option<Page>, confluence::Error> {
        let found = self.client().find(new.title, WithBody::Yes).await?;
        let same = found.filter(|located| is_same(new, located));
        Ok(same.map(|located| located.page))
    }

    /// The page that took the title, if it is the one that was asked for before; else what the refusal means.
    async fn same_or(
        &self,
        unwritten: Unwritten,
        new: &NewPage<'_>,
        draft: &Draft<'_>,
    ) -> Result<Page, Error> {
        if unwritten.error.kind == ErrorKind::TitleTaken && draft.tries != Tries::None {
            for _ in 0..LOOKS {
                match self.client().find(new.title, WithBody::Yes).await {
                    // Taken, and not to be seen: created so recently that not every part of Confluence shows it.
                    Ok(None) if settle::wait(self.call.as_ref(), BETWEEN_LOOKS).await => {}
                    Ok(Some(located)) if is_same(new, &located) => return Ok(located.page),
                    _ => break,
                }
            }
        }
        Err(self.refusal(unwritten, Some(draft.title)).await)
    }

    /// Refuses a title that is taken, as far as can be seen without trying.
    pub(super) async fn must_be_free(&self, title: &Title) -> Result<(), Error> {
        if self.client().find(title.as_str(), WithBody::No).await?.is_none() {
            return Ok(());
        }
        Err(Error::TitleTaken {
            title: title.to_string(),
            taken: self.place_of(title).await,
        })
    }

    /// Where a taken title is taken. A look-up that fails tells no more than that it is taken.
    pub(super) async fn place_of(&self, title: &Title) -> Taken {
        let Ok(Some(found)) = self.titled(title.as_str(), WithBody::No).await else {
            return Taken::Outside;
        };
        self.written_path_of(&found)
            .await
            .map_or(Taken::Outside, Taken::Inside)
    }
}

/// Whether a page stands where another is to be created, and says what that is to say.
fn is_same(new: &NewPage<'_>, located: &Located) -> bool {
    let placed = located
        .ancestors
        .last()
        .is_some_and(|parent| parent.id == *new.parent);
    let body = located.page.body.as_deref().unwrap_or_default();
    placed && convert::same_content(body, new.storage)
}
