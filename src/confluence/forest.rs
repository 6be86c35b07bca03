//! Rows of a tree, put back in order.
//!
//! Servers send them in whatever order they like, some under parents that are not pages, some twice. What comes
//! out is a pre-order list in which every parent stands before its children. Asks nothing itself.

use std::collections::{HashMap, HashSet};

use super::paging::MOST_ENTRIES;
use super::{Node, NodeKind, PageId};

/// How many rows a call sends of a tree.
const ROWS_PER_CALL: usize = 250;

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

/// Where to ask on, below some place.
#[derive(Default)]
struct Cut {
    edges: Vec<Edge>,
    /// What is certain to be asked.
    calls: usize,
    /// How many rows are known below the place.
    rows: usize,
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

    /// Where to ask on, after everything down to `steps` below `edge` is known: the places that deep under which wanted
    /// pages may be, or places above them. A higher place stands for all that is below it, at the price of sending the
    /// rows again that are known already; of the two, what takes fewer calls is chosen.
    pub(super) fn edges(&self, edge: &Edge, steps: usize) -> Vec<Edge> {
        let below = self.children(edge).map(|(child, _)| child);
        below.flat_map(|child| self.cut(child, steps - 1).edges).collect()
    }

    /// The cheapest places to ask about what is more than `steps` below this one.
    fn cut(&self, edge: Edge, steps: usize) -> Cut {
        let here = self.levels_below(&edge) > steps && edge.place != Place::Unknown;
        if steps == 0 {
            let edges = if here { vec![edge] } else { Vec::new() };
            return Cut {
                calls: edges.len(),
                edges,
                rows: 0,
            };
        }
        let mut all = Cut::default();
        for (child, _) in self.children(&edge) {
            let part = self.cut(child, steps - 1);
            all.calls += part.calls;
            all.edges.extend(part.edges);
            all.rows += part.rows + 1;
        }
        let calls = all.rows.div_ceil(ROWS_PER_CALL);
        if here && calls < all.calls {
            all.calls = calls;
            all.edges = vec![edge];
        }
        all
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

#[cfg(test)]
mod tests {
    use super::{Edge, Entry, Forest, Place};
    use crate::confluence::{NodeKind, PageId};

    fn id(digits: &str) -> PageId {
        PageId::parse(digits).unwrap()
    }

    /// `parent id` with an optional kind, as in `1 2 folder`; an archived page is `archived`.
    fn rows(lines: &[&str]) -> Vec<Entry> {
        let row = |(position, line): (usize, &&str)| {
            let mut words = line.split(' ');
            let parent = id(words.next().unwrap());
            let own = words.next().unwrap();
            let kind = words.next().unwrap_or("page");
            Entry {
                id: id(own),
                parent,
                title: own.to_owned(),
                place: Place::parse(Some(if kind == "archived" { "page" } else { kind })),
                current: kind != "archived",
                position: i64::try_from(position).ok(),
            }
        };
        lines.iter().enumerate().map(row).collect()
    }

    #[track_caller]
    fn check(depth: Option<usize>, lines: &[&str], expected: &str) {
        let mut forest = Forest::new(&id("1"), depth);
        forest.grow(&forest.start(), rows(lines)).unwrap();
        let nodes = forest.into_nodes();
        let ids: Vec<_> = nodes.iter().map(|node| node.id.as_str()).collect();
        assert_eq!(ids.join(" "), expected);
    }

    #[test]
    fn parents_stand_before_children_whatever_the_order_of_rows() {
        check(None, &["3 4", "1 2", "1 3", "2 5"], "2 5 3 4");
    }

    #[test]
    fn siblings_follow_their_positions_and_then_the_order_of_arrival() {
        let mut unordered = rows(&["1 2", "1 3", "1 4", "1 5"]);
        unordered[0].position = Some(9);
        unordered[2].position = None;
        unordered[3].position = Some(0);
        let mut forest = Forest::new(&id("1"), None);
        forest.grow(&forest.start(), unordered).unwrap();
        let ids: Vec<_> = forest
            .into_nodes()
            .iter()
            .map(|node| node.id.to_string())
            .collect();
        assert_eq!(ids, ["5", "3", "2", "4"]);
    }

    #[test]
    fn folders_are_nodes_but_no_level() {
        let tree = ["1 2", "1 3 folder", "3 4", "4 5", "4 6 folder", "2 7 folder"];
        check(Some(1), &tree, "2 3 4");
        check(Some(2), &tree, "2 7 3 4 5 6");
        check(None, &tree, "2 7 3 4 5 6");
        check(Some(0), &tree, "");
    }

    #[test]
    fn other_kinds_appear_only_above_pages_and_folders() {
        check(
            None,
            &[
                "1 2 whiteboard",
                "2 3",
                "1 4 database",
                "1 5 embed",
                "5 6 whiteboard",
            ],
            "2 3",
        );
        check(None, &["1 2 archived", "2 3", "1 4 archived"], "2 3");
        let mut forest = Forest::new(&id("1"), None);
        forest
            .grow(&forest.start(), rows(&["1 2 archived", "2 3 hologram", "3 4"]))
            .unwrap();
        let kinds: Vec<_> = forest.into_nodes().iter().map(|node| node.kind).collect();
        assert_eq!(kinds, [NodeKind::Other, NodeKind::Other, NodeKind::Page]);
    }

    #[test]
    fn repeated_rows_and_rows_about_the_root_are_dropped() {
        check(None, &["1 2", "1 2", "2 1", "2 3", "3 2"], "2 3");
    }

    #[test]
    fn a_row_under_an_unseen_parent_is_hung_onto_the_place_that_was_asked() {
        check(None, &["1 2", "999 3", "3 4"], "2 3 4");
    }

    #[test]
    fn the_walk_goes_on_where_wanted_pages_may_be() {
        let mut forest = Forest::new(&id("1"), Some(2));
        let start = forest.start();
        forest
            .grow(
                &start,
                rows(&["1 2", "1 3 folder", "2 4", "2 5 folder", "3 6", "3 7 folder"]),
            )
            .unwrap();
        let edges = forest.edges(&start, 2);
        let told: Vec<_> = edges
            .iter()
            .map(|edge| (edge.id.as_str(), forest.levels_below(edge)))
            .collect();
        assert_eq!(told, [("5", 1), ("3", 2)]);
    }

    #[test]
    fn the_walk_goes_on_from_where_it_takes_the_fewest_calls() {
        let told = |lines: &[&str]| {
            let mut forest = Forest::new(&id("1"), None);
            let start = forest.start();
            forest.grow(&start, rows(lines)).unwrap();
            let edges = forest.edges(&start, 3);
            let ids: Vec<_> = edges.iter().map(|edge| edge.id.to_string()).collect();
            ids.join(" ")
        };
        assert_eq!(told(&["1 2", "2 3"]), "");
        // One place below another: the deepest, which repeats nothing.
        assert_eq!(told(&["1 2", "2 3", "3 4"]), "4");
        assert_eq!(told(&["1 2", "2 3", "3 4", "3 5"]), "3");
        assert_eq!(
            told(&["1 2", "2 3", "3 4", "2 5", "5 6", "1 7", "7 8", "8 9"]),
            "2 9"
        );
        // So many rows would be sent again that it is cheaper to go below them.
        let wide: Vec<String> = (100..600).map(|number| format!("2 {number}")).collect();
        let narrow = ["1 2", "2 3", "3 4", "2 5", "5 6"];
        let tree: Vec<&str> = narrow
            .into_iter()
            .chain(wide.iter().map(String::as_str))
            .collect();
        assert_eq!(told(&tree), "4 6");
    }

    #[test]
    fn more_entries_than_would_be_read_are_refused() {
        let mut forest = Forest::new(&id("1"), None);
        let edge: Edge = forest.start();
        let row = |number: usize| Entry {
            id: id(&(number + 2).to_string()),
            ..rows(&["1 2"]).remove(0)
        };
        assert!(forest.grow(&edge, (0..99_999).map(row).collect()).is_ok());
        assert!(forest.grow(&edge, vec![row(100_000)]).is_err());
    }
}
