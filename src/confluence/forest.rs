//! Rows of a tree, put back in order.
//!
//! Servers send them in whatever order they like, some under parents that are not pages, some twice. What comes
//! out is a pre-order list in which every parent stands before its children. Asks nothing itself.

use std::collections::{HashMap, HashSet};

use super::paging::MOST_ENTRIES;
use super::{Node, NodeKind, PageId};

/// What a row stands for: Confluence's own kinds, since each has its own routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Page,
    Folder,
    Whiteboard,
    Database,
    Embed,
    /// Something newer than this program.
    Unknown,
}

impl Place {
    pub(super) fn parse(kind: Option<&str>) -> Self {
        match kind {
            Some("page") => Self::Page,
            Some("folder") => Self::Folder,
            Some("whiteboard") => Self::Whiteboard,
            Some("database") => Self::Database,
            Some("embed") => Self::Embed,
            Some(_) | None => Self::Unknown,
        }
    }

    pub(super) fn kind(self) -> NodeKind {
        match self {
            Self::Page => NodeKind::Page,
            Self::Folder => NodeKind::Folder,
            Self::Whiteboard | Self::Database | Self::Embed | Self::Unknown => NodeKind::Other,
        }
    }
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: PageId,
    pub(super) parent: PageId,
    pub(super) title: String,
    pub(super) place: Place,
    /// Whether it is more than a step on the way: an archived page is none of ours, but may hold pages that are.
    pub(super) current: bool,
    pub(super) position: Option<i64>,
}

impl Entry {
    pub(super) fn kind(&self) -> NodeKind {
        if self.current {
            self.place.kind()
        } else {
            NodeKind::Other
        }
    }

    pub(super) fn into_node(self) -> Node {
        Node {
            kind: self.kind(),
            id: self.id,
            title: self.title,
            parent: self.parent,
        }
    }
}

/// Siblings in Confluence's order. Stable: without positions they stay as they came.
pub(super) fn sort_siblings(entries: &mut [Entry]) {
    entries.sort_by_key(|entry| entry.position.unwrap_or(i64::MAX));
}

/// A place from which the tree still has to be asked for.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) id: PageId,
    pub(super) place: Place,
    /// How many pages lie between the root and this place, itself included if it is one. Folders do not count.
    pub(super) level: usize,
}

/// A tree in the making.
#[derive(Debug)]
pub(super) struct Forest {
    root: PageId,
    seen: HashSet<PageId>,
    below: HashMap<PageId, Vec<Entry>>,
    /// How many page levels are wanted.
    depth: usize,
}

impl Forest {
    pub(super) fn new(root: &PageId, depth: Option<usize>) -> Self {
        Self {
            root: root.clone(),
            seen: HashSet::from([root.clone()]),
            below: HashMap::new(),
            depth: depth.unwrap_or(usize::MAX),
        }
    }

    /// The root, as the place to start from.
    pub(super) fn start(&self) -> Edge {
        Edge {
            id: self.root.clone(),
            place: Place::Page,
            level: 0,
        }
    }

    /// How many page levels are still wanted below an edge.
    pub(super) fn levels_below(&self, edge: &Edge) -> usize {
        self.depth - edge.level.min(self.depth)
    }

    /// Adds what was found below `edge`. A row whose parent nobody has seen (hidden, or gone since) is hung onto
    /// the edge rather than lost.
    ///
    /// # Errors
    /// The tree has become larger than any that is read.
    pub(super) fn grow(&mut self, edge: &Edge, rows: Vec<Entry>) -> Result<(), &'static str> {
        let known: HashSet<PageId> = rows.iter().map(|row| row.id.clone()).collect();
        for mut row in rows {
            if !self.seen.insert(row.id.clone()) {
                continue;
            }
            if row.parent != edge.id && !known.contains(&row.parent) {
                row.parent = edge.id.clone();
            }
            self.below.entry(row.parent.clone()).or_default().push(row);
        }
        if self.seen.len() > MOST_ENTRIES {
            return Err("the tree has more entries than any we would read");
        }
        Ok(())
    }

    /// Places exactly `steps` below `edge` under which wanted pages may be.
    pub(super) fn edges(&self, edge: &Edge, steps: usize) -> Vec<Edge> {
        let mut edges = vec![edge.clone()];
        for _ in 0..steps {
            edges = edges
                .iter()
                .flat_map(|edge| self.children(edge))
                .map(|(edge, _)| edge)
                .collect();
        }
        edges
    }

    /// The finished tree in pre-order. Kinds other than page and folder appear only where a page or folder lies
    /// below them.
    pub(super) fn into_nodes(mut self) -> Vec<Node> {
        for siblings in self.below.values_mut() {
            sort_siblings(siblings);
        }
        let mut found: Vec<&Entry> = Vec::new();
        let mut open: Vec<(Edge, Option<&Entry>)> = vec![(self.start(), None)];
        while let Some((edge, entry)) = open.pop() {
            found.extend(entry);
            let mut children: Vec<_> = self
                .children(&edge)
                .map(|(edge, entry)| (edge, Some(entry)))
                .collect();
            children.reverse();
            open.append(&mut children);
        }
        let mut needed: HashSet<&PageId> = HashSet::new();
        let mut kept: Vec<&Entry> = Vec::new();
        for entry in found.into_iter().rev() {
            if entry.kind() != NodeKind::Other || needed.contains(&entry.id) {
                needed.insert(&entry.parent);
                kept.push(entry);
            }
        }
        kept.into_iter().rev().cloned().map(Entry::into_node).collect()
    }

    /// The children of a place that are wanted, or may hold wanted pages.
    fn children<'a>(&'a self, edge: &Edge) -> impl Iterator<Item = (Edge, &'a Entry)> + use<'a> {
        let (level, depth) = (edge.level, self.depth);
        let siblings = self.below.get(&edge.id).map(Vec::as_slice).unwrap_or_default();
        siblings.iter().filter(move |_| level < depth).map(move |entry| {
            let is_page = entry.kind() == NodeKind::Page;
            let edge = Edge {
                id: entry.id.clone(),
                place: entry.place,
                level: level + usize::from(is_page),
            };
            (edge, entry)
        })
    }
}
