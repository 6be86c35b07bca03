//! Bodies of v2, as far as we read them. Whatever may be missing is an `Option`; statuses and types are text.

use serde::Deserialize;

use super::super::forest::{Entry, Place};
use super::super::wire::{Body, Id, Links, Permitted, Position, Version};
use super::super::{Page as OurPage, PageId, Space as OurSpace, WithBody};

/// A list.
#[derive(Debug, Deserialize)]
pub(super) struct Listing<Row> {
    pub(super) results: Vec<Row>,
    #[serde(rename = "_links")]
    pub(super) links: Option<Links>,
}

/// Something in a list, told apart by its id.
pub(super) trait Row {
    fn id(&self) -> Option<&Id>;
}

/// `PageSingle` and `PageBulk`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page {
    pub(super) id: Option<Id>,
    pub(super) status: Option<String>,
    pub(super) title: Option<String>,
    #[serde(rename = "spaceId")]
    pub(super) space_id: Option<Id>,
    #[serde(rename = "parentId")]
    parent_id: Option<Id>,
    #[serde(rename = "parentType")]
    parent_type: Option<String>,
    version: Option<Version>,
    body: Option<Body>,
    pub(super) operations: Option<Operations>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

impl Row for Page {
    fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }
}

impl Page {
    pub(super) fn is_current(&self) -> bool {
        self.status.as_deref() == Some("current")
    }

    /// What stands directly above it. None at the top of the space, and in the trash.
    pub(super) fn parent(&self) -> Option<(PageId, Place)> {
        let id = self.parent_id.as_ref().and_then(Id::page)?;
        Some((id, Place::parse(self.parent_type.as_deref())))
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

/// `operations` of a page or space, when asked for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Operations {
    #[serde(default)]
    pub(super) results: Vec<Permitted>,
}

/// A space.
#[derive(Debug, Deserialize)]
pub(super) struct Space {
    id: Option<Id>,
    key: Option<String>,
    name: Option<String>,
    #[serde(rename = "homepageId")]
    homepage_id: Option<Id>,
    #[serde(rename = "currentActiveAlias")]
    alias: Option<String>,
    pub(super) operations: Option<Operations>,
}

impl Row for Space {
    fn id(&self) -> Option<&Id> {
        self.id.as_ref()
    }
}

impl Space {
    /// Whether this is the space of that key. The filter of the request is not relied upon.
    pub(super) fn answers_to(&self, key: &str) -> bool {
        [&self.key, &self.alias]
            .into_iter()
            .flatten()
            .any(|ours| ours.eq_ignore_ascii_case(key))
    }

    pub(super) fn into_space(self) -> Option<OurSpace> {
        let key = self.key?;
        Some(OurSpace {
            id: self.id?.0,
            name: self.name.unwrap_or_else(|| key.clone()),
            key,
            homepage: self.homepage_id.as_ref().and_then(Id::page),
        })
    }
}

/// A row of `ancestors`.
#[derive(Debug, Deserialize)]
pub(super) struct Ancestor {
    pub(super) id: Id,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// A row of `direct-children` or `descendants`.
#[derive(Debug, Deserialize)]
pub(super) struct Leaf {
    id: Id,
    status: Option<String>,
    title: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "parentId")]
    parent_id: Option<Id>,
    #[serde(rename = "childPosition", default)]
    position: Position,
}

impl Row for Leaf {
    fn id(&self) -> Option<&Id> {
        Some(&self.id)
    }
}

impl Leaf {
    /// The row as part of a tree; `below` stands in for a parent that is not named. None for a thing with an id
    /// that no page or folder could have.
    pub(super) fn into_entry(self, below: &PageId) -> Option<Entry> {
        Some(Entry {
            id: self.id.page()?,
            parent: self
                .parent_id
                .as_ref()
                .and_then(Id::page)
                .unwrap_or_else(|| below.clone()),
            title: self.title.unwrap_or_default(),
            place: Place::parse(self.kind.as_deref()),
            // The captured rows of `descendants` carry no status at all.
            current: self.status.is_none_or(|status| status == "current"),
            position: self.position.0,
        })
    }
}
