//! The hierarchy below the root: listings, trees and children.
//!
//! Folders are walked through: a page inside a folder counts as below the page that holds the folder.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::index::{Freshness, Snapshot};
use super::lookup::not_found;
use super::{Error, Found, Pages, Reference, Role};
use crate::confluence::{Node, NodeKind, PageId, WithBody};

/// A page with the path from the root page to it, and the pages below it in pre-order.
#[derive(Clone, Debug)]
pub struct Below {
    /// Titles from the root page to the page, both included.
    pub path: Vec<String>,
    /// Its id.
    pub id: PageId,
    /// The pages below it.
    pub entries: Vec<Entry>,
}

/// What a listing found.
#[derive(Clone, Debug)]
pub struct Listing<T> {
    /// The pages.
    pub pages: T,
    /// When the hierarchy was as it is told here.
    pub as_of: DateTime<Utc>,
}

impl Pages {
    /// Every page below the root, in pre-order: depth first, parents before children, siblings in Confluence's
    /// order. The root itself is left out.
    ///
    /// # Errors
    /// [`Error::RootMissing`]; [`Error::Upstream`].
    pub async fn all(&self, freshness: Freshness) -> Result<Listing<Vec<Entry>>, Error> {
        let snapshot = self.index.current(freshness, self.call.as_ref()).await?;
        let nodes = snapshot
            .nodes_below(&self.root, usize::MAX)
            .ok_or(Error::RootMissing)?;
        Ok(Listing {
            pages: flatten(&self.root, nodes),
            as_of: snapshot.as_of(),
        })
    }

    /// A page and the pages below it down to `depth` levels (0: the page alone).
    ///
    /// # Errors
    /// [`Error::NotFound`] when the start is not of this endpoint; [`Error::Upstream`].
    pub async fn tree(
        &self,
        start: Option<&Reference>,
        depth: usize,
        freshness: Freshness,
    ) -> Result<Listing<Below>, Error> {
        let (path, id, nodes, as_of) = match start {
            Some(reference) => {
                let found = self.find(reference, Role::Start, WithBody::No).await?;
                let (path, below) =
                    futures_util::join!(self.path_of(&found), self.nodes_below(&found, depth, freshness));
                let (nodes, as_of) = below?;
                (path?, found.into_page().id, nodes, as_of)
            }
            None => self.whole_tree(depth, freshness).await?,
        };
        let entries = flatten(&id, nodes);
        Ok(Listing {
            pages: Below { path, id, entries },
            as_of,
        })
    }

    /// The tree from the root: from the index if it is at hand, else by asking for just so much.
    async fn whole_tree(
        &self,
        depth: usize,
        freshness: Freshness,
    ) -> Result<(Vec<String>, PageId, Vec<Node>, DateTime<Utc>), Error> {
        if let Some(snapshot) = self.at_hand(freshness)
            && let Some(nodes) = snapshot.nodes_below(&self.root, depth)
            && let Some(path) = snapshot.path(&self.root)
        {
            return Ok((path, self.root.clone(), nodes, snapshot.as_of()));
        }
        let as_of = self.index.now();
        let below = async {
            match depth {
                0 => Ok(Some(Vec::new())),
                _ => self.client().descendants(&self.root, Some(depth)).await,
            }
        };
        let (root, nodes) = futures_util::join!(self.root_page(WithBody::No), below);
        let (root, nodes) = (root?.into_page(), nodes?.ok_or(Error::RootMissing)?);
        Ok((vec![root.title], root.id, nodes, as_of))
    }

    /// A page and the pages directly below it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the page is not of this endpoint; [`Error::Upstream`].
    pub async fn children(
        &self,
        reference: &Reference,
        freshness: Freshness,
    ) -> Result<Listing<Below>, Error> {
        let found = self.find(reference, Role::Page, WithBody::No).await?;
        let (path, below) = futures_util::join!(self.path_of(&found), self.nodes_below(&found, 1, freshness));
        let (nodes, as_of) = below?;
        let (path, id) = (path?, found.into_page().id);
        let entries = flatten(&id, nodes);
        Ok(Listing {
            pages: Below { path, id, entries },
            as_of,
        })
    }

    /// Everything down to `depth` page levels below an admitted page, in pre-order.
    async fn nodes_below(
        &self,
        found: &Found,
        depth: usize,
        freshness: Freshness,
    ) -> Result<(Vec<Node>, DateTime<Utc>), Error> {
        let page = found.page();
        if let Some(snapshot) = self.at_hand(freshness)
            && let Some(nodes) = snapshot.nodes_below(&page.id, depth)
        {
            return Ok((nodes, snapshot.as_of()));
        }
        let as_of = self.index.now();
        if depth == 0 {
            return Ok((Vec::new(), as_of));
        }
        let nodes = self.client().descendants(&page.id, Some(depth)).await?;
        let nodes = nodes.ok_or_else(|| not_found(Role::Page, &Reference::new(page.title.clone())))?;
        Ok((nodes, as_of))
    }

    fn at_hand(&self, freshness: Freshness) -> Option<Arc<Snapshot>> {
        match freshness {
            Freshness::Usual => self.index.at_hand(),
            Freshness::Fresh => None,
        }
    }
}

/// A page of a listing in pre-order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// The place in the listing of the page above it; None directly below the top.
    pub parent: Option<usize>,
}

/// The path of every entry: titles from below the top, joined by `/`.
#[must_use]
pub fn paths(entries: &[Entry]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(entries.len());
    for entry in entries {
        paths.push(match entry.parent {
            Some(parent) => format!("{}/{}", paths[parent], entry.title),
            None => entry.title.clone(),
        });
    }
    paths
}

/// Nodes in pre-order become pages in pre-order. Folders and other things that are no pages disappear, their
/// pages move up. Nodes whose parent was not among them are left out: what cannot be placed is not shown.
fn flatten(top: &PageId, nodes: Vec<Node>) -> Vec<Entry> {
    // The place of the page that stands for a node as a parent: its own, or for a folder that of its holder.
    let mut stands_for: HashMap<PageId, Option<usize>> = HashMap::from([(top.clone(), None)]);
    let mut entries: Vec<Entry> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let Some(parent) = stands_for.get(&node.parent).copied() else {
            continue;
        };
        if node.kind == NodeKind::Page {
            stands_for.insert(node.id.clone(), Some(entries.len()));
            entries.push(Entry {
                id: node.id,
                title: node.title,
                parent,
            });
        } else {
            stands_for.insert(node.id, parent);
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::{flatten, paths};
    use crate::confluence::{Node, NodeKind, PageId};

    fn id(number: u32) -> PageId {
        PageId::parse(&number.to_string()).expect("digits")
    }

    fn node(number: u32, parent: u32, kind: NodeKind) -> Node {
        Node {
            id: id(number),
            kind,
            title: format!("P{number}"),
            parent: id(parent),
        }
    }

    fn sample() -> Vec<Node> {
        vec![
            node(2, 1, NodeKind::Page),
            node(3, 2, NodeKind::Folder),
            node(4, 3, NodeKind::Folder),
            node(5, 4, NodeKind::Page),
            node(6, 5, NodeKind::Page),
            node(7, 2, NodeKind::Page),
            node(8, 1, NodeKind::Other),
            node(9, 1, NodeKind::Page),
        ]
    }

    #[test]
    fn pages_in_folders_move_up_to_the_page_that_holds_the_folder() {
        assert_eq!(
            paths(&flatten(&id(1), sample())),
            ["P2", "P2/P5", "P2/P5/P6", "P2/P7", "P9"]
        );
    }

    #[test]
    fn a_node_without_its_parent_is_not_shown() {
        let entries = flatten(
            &id(1),
            vec![node(3, 2, NodeKind::Page), node(4, 1, NodeKind::Page)],
        );
        assert_eq!(paths(&entries), ["P4"]);
    }
}
