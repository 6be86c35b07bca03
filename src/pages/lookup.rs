//! From the caller's words to a page, and the sandbox check: here and only here.
//!
//! A page is found by the space's title look-up and admitted by its ancestors, both Confluence's own; no index
//! and no cache takes part in the decision. A [`Found`] cannot be made any other way.

use std::fmt;

use futures_util::stream::{self, StreamExt};

use super::{Error, Pages, Role, title};
use crate::confluence::{Ancestor, Located, NodeKind, Page, PageId, WithBody};

/// How many slashes from its end a reference is searched for the beginning of a title.
const MAX_SLASHES: usize = 64;

/// Titles that a path could end in are looked up this many at a time.
const CONCURRENT_LOOKUPS: usize = 8;

/// How a caller names a page: a title, a path of titles joined by `/` from below the root, or `id:` and an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// Takes the caller's words as they are (already percent-decoded).
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The caller's words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a page by its id.
    #[must_use]
    pub fn is_id(&self) -> bool {
        self.id().is_some()
    }

    /// The id, when the reference has the form `id:12345`.
    fn id(&self) -> Option<PageId> {
        PageId::parse(self.0.trim().strip_prefix("id:")?.trim())
    }

    /// The titles the page may have, most likely first: what follows the last slash, then what follows the
    /// slash before it, and so on, since a title may itself contain slashes; last the words as they came.
    pub(super) fn possible_titles(&self) -> Vec<&str> {
        let asked = self.0.trim();
        let whole = asked.trim_matches(|character: char| character == '/' || character.is_whitespace());
        let mut titles = Vec::new();
        // Without the slashes around it first: those are mostly decoration, but a title may begin or end with one.
        for text in [whole, asked] {
            let slashes = text.rmatch_indices('/').take(MAX_SLASHES);
            titles.extend(slashes.map(|(slash, _)| text[slash + 1..].trim()));
            titles.push(text);
        }
        let mut seen = std::collections::HashSet::new();
        titles.retain(|candidate| {
            let possible = candidate.chars().any(|character| character != '/')
                && candidate.chars().count() <= title::MAX_CHARACTERS;
            possible && seen.insert(*candidate)
        });
        titles
    }

    /// Whether `title` is all of the reference, so that the page may be anywhere below the root.
    pub(super) fn is_title(&self, title: &str) -> bool {
        title == self.0.trim() || title == self.0.trim_matches(|c: char| c == '/' || c.is_whitespace())
    }

    /// Whether the reference is this path, with or without the root's own title in front.
    pub(super) fn is_path(&self, path: &[String]) -> bool {
        let asked = folded_path(&self.0);
        asked == folded_path(&path[1..].join("/")) || asked == folded_path(&path.join("/"))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A path in the form in which two paths are compared: as titles are, blanks around slashes left out.
fn folded_path(path: &str) -> String {
    let segments: Vec<String> = path
        .split('/')
        .map(title::folded)
        .filter(|segment| !segment.is_empty())
        .collect();
    segments.join("/")
}

/// A page that passed the sandbox check.
#[derive(Clone, Debug)]
pub struct Found {
    page: Page,
    /// From the root page down to the direct parent; empty for the root page itself.
    trail: Vec<Ancestor>,
}

impl Found {
    /// The page.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The page, given away.
    #[must_use]
    pub fn into_page(self) -> Page {
        self.page
    }

    /// Whether this is the root page.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.trail.is_empty()
    }

    /// The page above it, folders passed over. None for the root page.
    #[must_use]
    pub fn parent(&self) -> Option<&Ancestor> {
        self.trail
            .iter()
            .rev()
            .find(|ancestor| ancestor.kind == NodeKind::Page)
    }

    /// What stands directly above it: a page or a folder. None for the root page.
    #[must_use]
    pub fn container(&self) -> Option<&Ancestor> {
        self.trail.last()
    }

    /// Whether the page with this id is the page itself or above it.
    #[must_use]
    pub fn is_at_or_below(&self, id: &PageId) -> bool {
        self.page.id == *id || self.trail.iter().any(|ancestor| ancestor.id == *id)
    }
}

/// The sandbox check: the root page itself, or a page that Confluence says is below it.
fn admit(root: &PageId, located: Located) -> Option<Found> {
    let Located { page, mut ancestors } = located;
    if page.id == *root {
        return Some(Found {
            page,
            trail: Vec::new(),
        });
    }
    let place = ancestors.iter().position(|ancestor| ancestor.id == *root)?;
    Some(Found {
        page,
        trail: ancestors.split_off(place),
    })
}

impl Pages {
    /// Finds the page a caller means, at or below the root.
    ///
    /// # Errors
    /// [`Error::NotFound`] with `role` when there is no such page or it is outside; [`Error::Upstream`].
    pub async fn find(&self, reference: &Reference, role: Role, body: WithBody) -> Result<Found, Error> {
        if let Some(id) = reference.id()
            && let Some(found) = self.admitted(&id, body).await?
        {
            return Ok(found);
        }
        if let Some(id) = self.index.guess(reference)
            && let Some(found) = self.admitted(&id, body).await?
            && self.is_meant(reference, &found).await?
        {
            return Ok(found);
        }
        let titles = reference.possible_titles();
        let Some((likeliest, others)) = titles.split_first() else {
            return Err(self.missing(role, reference));
        };
        if let Some(found) = self.matching(reference, likeliest, body).await? {
            return Ok(found);
        }
        let lookups: Vec<_> = others
            .iter()
            .map(|candidate| self.matching(reference, candidate, body))
            .collect();
        let mut lookups = stream::iter(lookups).buffered(CONCURRENT_LOOKUPS);
        while let Some(outcome) = lookups.next().await {
            if let Some(found) = outcome? {
                return Ok(found);
            }
        }
        Err(self.missing(role, reference))
    }

    /// The failure for a reference that names nothing here, with what it may have meant.
    fn missing(&self, role: Role, reference: &Reference) -> Error {
        Error::NotFound {
            role,
            reference: reference.as_str().to_owned(),
            suggestions: self.index.similar(reference),
        }
    }

    /// The root page itself.
    ///
    /// # Errors
    /// [`Error::RootMissing`] when Confluence does not show it; [`Error::Upstream`].
    pub async fn root_page(&self, body: WithBody) -> Result<Found, Error> {
        self.admitted(&self.root, body).await?.ok_or(Error::RootMissing)
    }

    /// Titles from the root page down to this one, both included; folders are passed over.
    ///
    /// # Errors
    /// [`Error::Upstream`]; [`Error::NotFound`] when a page on the way vanished meanwhile.
    pub async fn path_of(&self, found: &Found) -> Result<Vec<String>, Error> {
        let pages: Vec<&Ancestor> = found
            .trail
            .iter()
            .filter(|ancestor| ancestor.kind == NodeKind::Page)
            .collect();
        let mut names: Vec<Option<String>> = pages
            .iter()
            .map(|ancestor| ancestor.title.clone().or_else(|| self.index.title(&ancestor.id)))
            .collect();
        let unnamed: Vec<PageId> = pages
            .iter()
            .zip(&names)
            .filter(|(_, name)| name.is_none())
            .map(|(ancestor, _)| ancestor.id.clone())
            .collect();
        if !unnamed.is_empty() {
            let mut fetched = self.client.titles(&unnamed).await?;
            for (ancestor, name) in pages.iter().zip(&mut names) {
                *name = name.take().or_else(|| fetched.remove(&ancestor.id));
            }
        }
        let path: Option<Vec<String>> = names.into_iter().collect();
        let mut path =
            path.ok_or_else(|| not_found(Role::Page, &Reference::new(found.page.title.clone())))?;
        path.push(found.page.title.clone());
        Ok(path)
    }

    /// The path of a page as callers write it: titles from below the root, joined by `/`; the root's own title
    /// for the root page.
    ///
    /// # Errors
    /// As [`Pages::path_of`].
    pub async fn written_path_of(&self, found: &Found) -> Result<String, Error> {
        Ok(written(&self.path_of(found).await?))
    }

    /// The page with this id, if it is at or below the root.
    pub(super) async fn admitted(&self, id: &PageId, body: WithBody) -> Result<Option<Found>, Error> {
        if *id == self.root {
            // What is above it does not matter.
            let root = self.client.page(id, body).await?;
            return Ok(root.and_then(|page| {
                admit(
                    &self.root,
                    Located {
                        page,
                        ancestors: Vec::new(),
                    },
                )
            }));
        }
        Ok(self
            .client
            .located(id, body)
            .await?
            .and_then(|located| admit(&self.root, located)))
    }

    /// Those of these pages that are at or below the root, in the order asked.
    pub(super) async fn admitted_all(&self, ids: &[PageId]) -> Result<Vec<Found>, Error> {
        let likely = self.index.above(ids);
        let located = self.client.located_all(ids, &self.root, &likely).await?;
        let admitted = located
            .into_iter()
            .filter_map(|located| admit(&self.root, located));
        Ok(admitted.collect())
    }

    /// The page of this title, if it is at or below the root and the reference means it.
    async fn matching(
        &self,
        reference: &Reference,
        title: &str,
        body: WithBody,
    ) -> Result<Option<Found>, Error> {
        let Some(found) = self.titled(title, body).await? else {
            return Ok(None);
        };
        if reference.is_title(title) || reference.is_path(&self.path_of(&found).await?) {
            return Ok(Some(found));
        }
        Ok(None)
    }

    /// Whether a page that was guessed is the one the caller named: it may have been renamed or moved since.
    async fn is_meant(&self, reference: &Reference, found: &Found) -> Result<bool, Error> {
        let same_title =
            |candidate: &&str| reference.is_title(candidate) && title::same(candidate, &found.page.title);
        Ok(reference.possible_titles().iter().any(same_title)
            || reference.is_path(&self.path_of(found).await?))
    }

    /// The page of this title, if it is at or below the root.
    pub(super) async fn titled(&self, title: &str, body: WithBody) -> Result<Option<Found>, Error> {
        let found = self
            .client
            .find(title, body)
            .await?
            .and_then(|located| admit(&self.root, located));
        if let Some(found) = &found {
            self.index.learn(&found.page.title, &found.page.id);
        }
        Ok(found)
    }
}

/// A path of titles beginning at the root, as callers write it.
#[must_use]
pub fn written(path: &[String]) -> String {
    if path.len() > 1 {
        path[1..].join("/")
    } else {
        path.join("/")
    }
}

/// The failure for a reference that names nothing here.
pub(super) fn not_found(role: Role, reference: &Reference) -> Error {
    Error::NotFound {
        role,
        reference: reference.as_str().to_owned(),
        suggestions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Reference, folded_path};

    fn titles(reference: &str) -> Vec<String> {
        Reference::new(reference)
            .possible_titles()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_single_segment_is_the_title() {
        assert_eq!(titles(" Setup "), ["Setup"]);
        assert_eq!(titles("/Setup/"), ["Setup", "Setup/", "/Setup/"]);
    }

    #[test]
    fn a_path_may_end_in_a_title_with_slashes() {
        assert_eq!(titles("Guide/CI/CD"), ["CD", "CI/CD", "Guide/CI/CD"]);
        assert_eq!(titles("A / B"), ["B", "A / B"]);
    }

    #[test]
    fn a_title_may_begin_or_end_with_a_slash() {
        assert_eq!(
            titles("A//etc/"),
            ["etc", "/etc", "A//etc", "etc/", "/etc/", "A//etc/"]
        );
    }

    #[test]
    fn nothing_but_slashes_names_nothing() {
        assert!(titles("//").is_empty());
        assert!(titles("   ").is_empty());
    }

    #[test]
    fn a_reference_too_long_for_a_title_is_not_looked_up() {
        assert!(titles(&"x".repeat(256)).is_empty());
        assert_eq!(titles(&format!("{}/y", "x".repeat(256))), ["y"]);
    }

    #[test]
    fn paths_match_with_and_without_the_root() {
        let path: Vec<String> = ["Home", "Guide", "CI/CD"]
            .iter()
            .map(ToString::to_string)
            .collect();
        assert!(Reference::new("guide/ci/cd").is_path(&path));
        assert!(Reference::new("/Home/Guide/CI/CD/").is_path(&path));
        assert!(!Reference::new("CI/CD").is_path(&path));
        assert!(!Reference::new("Other/CI/CD").is_path(&path));
    }

    #[test]
    fn an_id_needs_its_prefix_and_digits() {
        assert!(Reference::new("id:123").id().is_some());
        assert!(Reference::new("123").id().is_none());
        assert!(Reference::new("id:../../x").id().is_none());
    }

    #[test]
    fn folding_a_path_forgets_case_and_blanks_around_slashes() {
        assert_eq!(folded_path(" A / b//C "), "a/b/c");
    }
}
