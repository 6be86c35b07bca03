//! Bodies of v1, as far as we read them. Whatever may be missing is an `Option`; statuses and types are text.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::wire::{Body, Id, Links, Permitted, Version};
use super::super::{Page as OurPage, Space as OurSpace, WithBody};

/// A list.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    pub(super) results: Vec<Content>,
    pub(super) limit: Option<usize>,
    #[serde(rename = "_links")]
    pub(super) links: Option<Links>,
}

impl Listing {
    pub(super) fn next(&self) -> Option<&str> {
        self.links.as_ref()?.next.as_deref()
    }
}

/// A piece of content: a page, or an ancestor of one.
#[derive(Debug, Deserialize)]
pub(super) struct Content {
    pub(super) id: Option<Id>,
    #[serde(rename = "type")]
    kind: Option<String>,
    status: Option<String>,
    pub(super) title: Option<String>,
    version: Option<Version>,
    body: Option<Body>,
    pub(super) space: Option<Space>,
    pub(super) ancestors: Option<Vec<Content>>,
    children: Option<Children>,
    pub(super) operations: Option<Vec<Permitted>>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

impl Content {
    /// A row of a list carries no status on some releases; lists hold current content unless asked otherwise.
    pub(super) fn is_current_page(&self) -> bool {
        self.is_page() && self.status.as_deref().is_none_or(|status| status == "current")
    }

    pub(super) fn is_page(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| kind == "page")
    }

    /// Whether the expansion of its children says that it has none. False where it was not given.
    pub(super) fn is_leaf(&self) -> bool {
        let pages = self.children.as_ref().and_then(|children| children.page.as_ref());
        pages.is_some_and(Brood::is_empty)
    }

    /// Fills in what we sent ourselves: a write that was applied is no failure because its answer is terse.
    pub(super) fn or_as_sent(mut self, title: &str, version: u64) -> Self {
        self.title.get_or_insert_with(|| title.to_owned());
        self.version
            .get_or_insert(Version::unknown())
            .number
            .get_or_insert(version);
        self
    }

    /// The page in our own words, or what it lacks. A body that was asked for must be there: an empty one in its
    /// place would be written back over the real one some day.
    pub(super) fn into_storage(self) -> Option<String> {
        self.body?.storage?.value
    }

    pub(super) fn into_page(
        self,
        body: WithBody,
        url: impl FnOnce(&str) -> Option<String>,
    ) -> Result<OurPage, &'static str> {
        let stored = self
            .body
            .and_then(|body| body.storage)
            .and_then(|storage| storage.value);
        if body == WithBody::Yes && stored.is_none() {
            return Err("a page without the body that was asked for");
        }
        Ok(OurPage {
            id: self.id.as_ref().and_then(Id::page).ok_or("a page without id")?,
            title: self.title.ok_or("a page without title")?,
            updated: self.version.as_ref().and_then(Version::saved),
            version: self
                .version
                .and_then(|version| version.number)
                .ok_or("a page without version")?,
            url: self.links.and_then(|links| links.webui).as_deref().and_then(url),
            body: stored,
        })
    }
}

#[derive(Debug, Deserialize)]
struct Children {
    page: Option<Brood>,
}

/// The expansion `children.page`: only whether there is anything in it is of interest.
#[derive(Debug, Deserialize)]
struct Brood {
    results: Option<Vec<IgnoredAny>>,
    size: Option<usize>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

impl Brood {
    fn is_empty(&self) -> bool {
        self.results.as_ref().is_some_and(Vec::is_empty)
            && self.size.unwrap_or_default() == 0
            && self.links.as_ref().is_none_or(|links| links.next.is_none())
    }
}

/// A space.
#[derive(Debug, Deserialize)]
pub(super) struct Space {
    id: Option<Id>,
    pub(super) key: Option<String>,
    name: Option<String>,
    homepage: Option<Homepage>,
    pub(super) operations: Option<Vec<Permitted>>,
}

impl Space {
    pub(super) fn into_space(self) -> Option<OurSpace> {
        let key = self.key?;
        Some(OurSpace {
            id: self.id?.0,
            name: self.name.unwrap_or_else(|| key.clone()),
            key,
            homepage: self.homepage.and_then(|homepage| homepage.id?.page()),
        })
    }
}

#[derive(Debug, Deserialize)]
struct Homepage {
    id: Option<Id>,
}
