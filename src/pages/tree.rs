//! The hierarchy below the root: listings, trees and children.
//!
//! Folders are walked through: a page inside a folder counts as below the page that holds the folder.

use std::collections::HashMap;

use super::lookup::not_found;
use super::{Error, Found, Pages, Reference, Role};
use crate::confluence::{Node, NodeKind, PageId, WithBody};

/// A page of a tree with the pages below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its id.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// The pages directly below, in Confluence's order, as far down as was asked for.
    pub children: Vec<Branch>,
}

impl Pages {
    /// Every page below the root, in pre-order: depth first, parents before children, siblings in Confluence's
    /// order. The root itself is left out.
    ///
    /// # Errors
    /// [`Error::RootMissing`]; [`Error::Upstream`].
    pub async fn all(&self) -> Result<Vec<Entry>, Error> {
        let (root, nodes) = futures_util::join!(
            self.root_page(WithBody::No),
            self.client().descendants(self.root(), None)
        );
        root?;
        Ok(flatten(self.root(), nodes?.ok_or(Error::RootMissing)?))
    }

    /// A page and the pages below it down to `depth` levels (0: the page alone), with the path from the root to
    /// the page (both included).
    ///
    /// # Errors
    /// [`Error::NotFound`] when the start is not of this endpoint; [`Error::Upstream`].
    pub async fn tree(
        &self,
        start: Option<&Reference>,
        depth: usize,
    ) -> Result<(Vec<String>, Branch), Error> {
        let (found, nodes) = if let Some(reference) = start {
            let found = self.find(reference, Role::Start, WithBody::No).await?;
            let nodes = self.nodes_below(&found, depth).await?;
            (found, nodes)
        } else {
            let below = async {
                match depth {
                    0 => Ok(Some(Vec::new())),
                    _ => self.client().descendants(self.root(), Some(depth)).await,
                }
            };
            let (root, nodes) = futures_util::join!(self.root_page(WithBody::No), below);
            (root?, nodes?.ok_or(Error::RootMissing)?)
        };
        let path = self.path_of(&found).await?;
        let page = found.into_page();
        let children = grow(flatten(&page.id, nodes));
        Ok((
            path,
            Branch {
                id: page.id,
                title: page.title,
                children,
            },
        ))
    }

    /// The pages directly below a page, and the path from the root to it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the page is not of this endpoint; [`Error::Upstream`].
    pub async fn children(&self, reference: &Reference) -> Result<(Vec<String>, Vec<Entry>), Error> {
        let found = self.find(reference, Role::Page, WithBody::No).await?;
        let (path, nodes) = futures_util::join!(self.path_of(&found), self.nodes_below(&found, 1));
        Ok((path?, flatten(&found.page().id, nodes?)))
    }

    /// Everything down to `depth` page levels below an admitted page, in pre-order.
    async fn nodes_below(&self, found: &Found, depth: usize) -> Result<Vec<Node>, Error> {
        if depth == 0 {
            return Ok(Vec::new());
        }
        let page = found.page();
        let nodes = self.client().descendants(&page.id, Some(depth)).await?;
        nodes.ok_or_else(|| not_found(Role::Page, &Reference::new(page.title.clone())))
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

/// The same pages as trees. Last first, so that the pages below an entry are complete when it is reached.
fn grow(entries: Vec<Entry>) -> Vec<Branch> {
    let mut below: Vec<Vec<Branch>> = vec![Vec::new(); entries.len()];
    let mut top = Vec::new();
    for (place, entry) in entries.into_iter().enumerate().rev() {
        let mut children = std::mem::take(&mut below[place]);
        children.reverse();
        let siblings = entry.parent.map_or(&mut top, |parent| &mut below[parent]);
        siblings.push(Branch {
            id: entry.id,
            title: entry.title,
            children,
        });
    }
    top.reverse();
    top
}

#[cfg(test)]
mod tests {
    use super::{flatten, grow, paths};
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
    fn a_listing_grows_into_the_same_tree() {
        let forest = grow(flatten(&id(1), sample()));
        let titles: Vec<&str> = forest.iter().map(|branch| branch.title.as_str()).collect();
        assert_eq!(titles, ["P2", "P9"]);
        let below: Vec<&str> = forest[0]
            .children
            .iter()
            .map(|branch| branch.title.as_str())
            .collect();
        assert_eq!(below, ["P5", "P7"]);
        assert_eq!(forest[0].children[0].children[0].title, "P6");
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
