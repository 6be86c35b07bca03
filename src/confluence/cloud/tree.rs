//! What lies below a page or folder on Cloud. Folders, whiteboards and databases hold pages too, and each kind has
//! its own routes; the old `children` route, which silently leaves them out, is not used.

use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::super::forest::{Edge, Entry, Forest, Place, sort_siblings};
use super::super::request::{Request, Route};
use super::super::{Error, ErrorKind, Node, NodeKind, PageId};
use super::{Cloud, PAGE_SIZE, wire};

const CHILDREN: Route = Route::reading("page.children");
const DESCENDANTS: Route = Route::reading("page.descendants");

/// The deepest that one call may look.
const MOST_STEPS: usize = 10;

/// How many calls are under way at once for one tree.
const AT_ONCE: usize = 8;

impl Cloud {
    pub(in super::super) async fn children(
        &self,
        id: &PageId,
        kind: NodeKind,
    ) -> Result<Option<Vec<Node>>, Error> {
        let family = match kind {
            NodeKind::Page => "pages",
            NodeKind::Folder => "folders",
            NodeKind::Other => return Ok(None),
        };
        let path = ["api", "v2", family, id.as_str(), "direct-children"];
        let rows = self
            .list::<wire::Leaf>(Request::get(&CHILDREN, &path).query("limit", PAGE_SIZE))
            .await;
        let Some(rows) = self.present(rows).await? else {
            return Ok(None);
        };
        let mut entries: Vec<Entry> = rows.into_iter().filter_map(|row| row.into_entry(id)).collect();
        sort_siblings(&mut entries);
        entries.retain(|entry| entry.kind() != NodeKind::Other);
        Ok(Some(entries.into_iter().map(Entry::into_node).collect()))
    }

    pub(in super::super) async fn descendants(
        &self,
        id: &PageId,
        depth: Option<usize>,
    ) -> Result<Option<Vec<Node>>, Error> {
        let mut forest = Forest::new(id, depth);
        let first = self
            .below(forest.start(), forest.levels_below(&forest.start()))
            .await;
        let Some(first) = self.present(first).await? else {
            return Ok(None);
        };
        let mut found = vec![first];
        while !found.is_empty() {
            let mut edges = Vec::new();
            for Branch { edge, steps, rows } in found {
                forest
                    .grow(&edge, rows)
                    .map_err(|fault| DESCENDANTS.nonsense(fault))?;
                edges.extend(forest.edges(&edge, steps));
            }
            let calls = edges.into_iter().filter_map(|edge| {
                let levels = forest.levels_below(&edge);
                family(edge.place).is_some().then(|| self.continued(edge, levels))
            });
            found = stream::iter(calls.collect::<Vec<_>>())
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
        }
        Ok(Some(forest.into_nodes()))
    }

    /// What lies below a place inside the tree. Nothing, if it has gone while we were reading.
    async fn continued(&self, edge: Edge, levels: usize) -> Result<Branch, Error> {
        let nothing = Branch {
            edge: edge.clone(),
            steps: MOST_STEPS,
            rows: Vec::new(),
        };
        let outcome = self.below(edge, levels).await;
        Ok(self.present(outcome).await?.unwrap_or(nothing))
    }

    async fn below(&self, edge: Edge, levels: usize) -> Result<Branch, Error> {
        let family = family(edge.place).ok_or_else(|| Error {
            kind: ErrorKind::NotFound,
            ..DESCENDANTS.nonsense("no route for this kind")
        })?;
        let steps = levels.clamp(1, MOST_STEPS);
        let path = ["api", "v2", family, edge.id.as_str(), "descendants"];
        let request = Request::get(&DESCENDANTS, &path)
            .query("depth", steps.to_string())
            .query("limit", PAGE_SIZE);
        let rows: Vec<wire::Leaf> = self.list(request).await?;
        let rows = rows
            .into_iter()
            .filter_map(|row| row.into_entry(&edge.id))
            .collect();
        Ok(Branch { edge, steps, rows })
    }
}

/// What one call found below a place, so many steps deep.
struct Branch {
    edge: Edge,
    steps: usize,
    rows: Vec<Entry>,
}

/// The path segment of the routes of a kind.
pub(super) fn family(place: Place) -> Option<&'static str> {
    match place {
        Place::Page => Some("pages"),
        Place::Folder => Some("folders"),
        Place::Whiteboard => Some("whiteboards"),
        Place::Database => Some("databases"),
        Place::Embed => Some("embeds"),
        Place::Unknown => None,
    }
}
