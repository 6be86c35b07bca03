//! The answer of `rest/api/search`, which is v1 and the same on both products.

use serde::Deserialize;

use super::super::people::part;
use super::super::wire::{Id, Links};
use super::{Match, excerpt};

/// A list of rows.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Found {
    pub(in super::super) results: Vec<Row>,
    #[serde(rename = "_links")]
    pub(in super::super) links: Option<Links>,
}

/// A row. One for a space has no content; the query asks for pages, but that is not relied upon.
#[derive(Debug, Deserialize)]
pub(in super::super) struct Row {
    content: Option<Content>,
    excerpt: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Content {
    id: Option<Id>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// The rows that are pages.
pub(in super::super) fn pages(rows: &[Row]) -> Vec<Match> {
    rows.iter().filter_map(Row::page).collect()
}

impl part::Row for Row {
    fn key(&self) -> &str {
        let id = self.content.as_ref().and_then(|content| content.id.as_ref());
        id.map_or("", |id| id.0.as_str())
    }
}

impl Found {
    pub(in super::super) fn next(&self) -> Option<&str> {
        self.links.as_ref()?.next.as_deref()
    }
}

impl Row {
    fn page(&self) -> Option<Match> {
        let content = self.content.as_ref()?;
        let is_page = content.kind.as_deref().is_none_or(|kind| kind == "page");
        let id = content.id.as_ref()?.page().filter(|_| is_page)?;
        Some(Match {
            id,
            excerpt: excerpt::plain(self.excerpt.as_deref().unwrap_or_default()),
        })
    }
}
