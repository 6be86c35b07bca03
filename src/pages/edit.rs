//! Changing what a page says: an edit is brought onto the page as it is now, and touches only what it is about.
//!
//! Markdown is compared with how the page shows as Markdown and spliced into its storage; storage replaces the body.
//! An edit of an older version is merged with what happened since, or refused. Nothing is lost without being told, and
//! what is worth protecting not without a word of the caller.

use super::section::{self, BadSection};
use super::write::{CONFLICT_RETRIES, conflict, is_conflict, messages};
use super::{Body, Error, Found, Pages, Reference};
use crate::confluence::settle::Unwritten;
use crate::confluence::{self, Located, Page, Update, WithBody};
use crate::convert::{self, Format, Gate, Refusal, Removed, WriteBack};

/// An edit of a page, as a caller asks for it.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    /// What the page, or the section, is to say.
    pub body: Body,
    /// The section that is to say it; None: the page. A section is Markdown.
    pub section: Option<&'a str>,
    /// The version that was read and edited; None: whatever the page says now.
    pub expected_version: Option<u64>,
    /// A message for the page's history.
    pub message: Option<&'a str>,
    /// Whether watchers are spared a notification.
    pub minor_edit: bool,
    /// Whether to tell what would happen, and do nothing.
    pub dry_run: bool,
    /// Whether things worth protecting may go, and most of the page.
    pub allow_removals: bool,
}

/// A page after an edit.
#[derive(Debug)]
pub struct Updated {
    /// The page: in its new version, or as it is when nothing was written.
    pub page: Page,
    /// Its path, as far as it can be told.
    pub path: Option<String>,
    /// Whether the edit changes anything.
    pub changed: bool,
    /// Whether changes of others since the version that was edited are in it as well.
    pub merged: bool,
    /// What the edit takes away.
    pub removed: Vec<Removed>,
    /// What could not be expressed.
    pub warnings: Vec<String>,
}

impl Pages {
    /// Brings an edit onto a page. When somebody else saves the page in between, it is brought onto what they left,
    /// twice at most.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::VersionConflict`]; [`Error::RefusedEdit`]; [`Error::BadSection`];
    /// [`Error::MalformedBody`]; [`Error::RefusedBody`]; [`Error::TooLarge`]; [`Error::Refused`]; [`Error::InDoubt`];
    /// [`Error::Upstream`].
    ///
    /// # Panics
    /// Never: the client answers a body that it was asked for, or fails.
    pub async fn update(&self, reference: &Reference, edit: &Edit<'_>) -> Result<Updated, Error> {
        let format = match edit.section {
            Some(_) => Format::Markdown,
            None => edit
                .body
                .format
                .unwrap_or_else(|| convert::detect(&edit.body.text)),
        };
        if format == Format::Storage {
            convert::check_well_formed(&edit.body.text)?;
        }
        let (mut found, _writing) = self.find_to_write(reference, WithBody::Yes).await?;
        let mut tries = CONFLICT_RETRIES;
        loop {
            let written = self.brought_onto(&found, edit, format).await?;
            let page = found.page();
            let done = |page: Page, path: Result<String, Error>, written: WriteBack| Updated {
                page,
                path: path.ok(),
                changed: written.changed,
                merged: written.merged,
                removed: written.removed,
                warnings: messages(written.warnings),
            };
            if edit.dry_run || !written.changed {
                let path = self.written_path_of(&found).await;
                return Ok(done(found.into_page(), path, written));
            }
            let update = Update {
                id: &page.id,
                title: &page.title,
                storage: &written.storage,
                version: page.version + 1,
                message: edit.message,
                minor_edit: edit.minor_edit,
            };
            let (saved, path) = futures_util::join!(self.save(&update), self.written_path_of(&found));
            match saved {
                Ok(page) => return Ok(done(page, path, written)),
                Err(unwritten) if is_conflict(&unwritten) && tries > 0 => tries -= 1,
                Err(unwritten) => return Err(self.write_failure(unwritten, &found, None).await),
            }
            found = self.again(&found, WithBody::Yes).await?;
        }
    }

    /// The page with the edit on it.
    async fn brought_onto(&self, found: &Found, edit: &Edit<'_>, format: Format) -> Result<WriteBack, Error> {
        let page = found.page();
        let current = page
            .body
            .as_deref()
            .expect("the client answers a body it was asked for, or fails");
        let gate = Gate {
            allow_removals: edit.allow_removals,
        };
        let edited = match edit.expected_version {
            Some(expected) if expected > page.version => return Err(conflict(page)),
            Some(expected) if expected < page.version => {
                let base = self.client().past_body(&page.id, expected).await?;
                Some(base.ok_or_else(|| conflict(page))?)
            }
            _ => None,
        };
        let whole = match edit.section {
            Some(section) => Some(self.with_section(edited.as_deref().unwrap_or(current), section, edit)?),
            None => None,
        };
        let text = whole.as_deref().unwrap_or(&edit.body.text);
        let written = match (format, edited) {
            // A page that says what it is to say already has this edit on it: it was sent before.
            (Format::Storage, Some(base))
                if !convert::same_content(&base, current) && !convert::same_content(text, current) =>
            {
                convert::replace_onto(&base, current, text, gate)
            }
            (Format::Storage, _) => convert::replace(current, text, gate),
            (Format::Markdown, None) => convert::write_back(current, text, self.flavour, gate),
            (Format::Markdown, Some(base)) => {
                convert::write_back_onto(&base, current, text, self.flavour, gate)
            }
        };
        written.map_err(|refusal| match refusal {
            Refusal::Conflict { .. } => Error::EditConflict {
                refusal,
                current: page.version,
            },
            refusal => Error::RefusedEdit(refusal),
        })
    }

    /// The Markdown of a whole page with one section as the edit has it. That nothing around the section is touched by
    /// it is tried out on the page that was edited.
    fn with_section(&self, storage: &str, section: &str, edit: &Edit<'_>) -> Result<String, Error> {
        let shown = |storage: &str| {
            convert::storage_to_markdown(storage, self.flavour)
                .map_err(|problem| Error::RefusedEdit(Refusal::Malformed(problem)))
        };
        let page = shown(storage)?;
        let replaced = section::replaced(
            &page.layout,
            &page.markdown,
            section,
            &edit.body.text,
            edit.allow_removals,
        )?;
        let gate = Gate { allow_removals: true };
        // What is refused here is refused on the page as well, and with more to say.
        if let Ok(tried) = convert::write_back(storage, &replaced.text, self.flavour, gate)
            && !replaced.is_kept_by(&shown(&tried.storage)?.markdown)
        {
            return Err(BadSection::Spills.into());
        }
        Ok(replaced.text)
    }

    /// Saves a version and makes sure of it.
    pub(super) async fn save(&self, update: &Update<'_>) -> Result<Page, Unwritten> {
        self.surely(|| self.client().update(update), || self.look_for_saved(update))
            .await
    }

    /// The version that an update was to make, if it is there: as the present one, or in the history when somebody
    /// saved another on top of it since.
    async fn look_for_saved(&self, update: &Update<'_>) -> Result<Option<Page>, confluence::Error> {
        let Some(Located { page, .. }) = self.client().located(update.id, WithBody::Yes).await? else {
            return Ok(None);
        };
        let body = page.body.as_deref().unwrap_or_default();
        let ours = match page.version {
            version if version == update.version => {
                page.title == update.title && convert::same_content(body, update.storage)
            }
            version if version > update.version => {
                let past = self.client().past_body(update.id, update.version).await?;
                past.is_some_and(|past| convert::same_content(&past, update.storage))
            }
            _ => false,
        };
        Ok(ours.then_some(Page {
            version: update.version,
            ..page
        }))
    }
}
