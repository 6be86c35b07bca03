//! The tree as it was at one moment, and what our own writes did to it since.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::confluence::{Node, NodeKind, Page, PageId};
use crate::pages::lookup::written;
use crate::pages::similar::similar;
use crate::pages::title;

/// How many pages are named to a caller who missed one.
const MOST_SIMILAR: usize = 3;

/// How many pages are compared for that.
const MOST_COMPARED: usize = 20_000;

/// A write of our own.
#[derive(Clone, Debug)]
pub enum Change {
    /// A page was created.
    Created {
        /// Its id.
        id: PageId,
        /// Its title.
        title: String,
        /// What it was created below.
        parent: PageId,
    },
    /// A page has another title.
    Renamed {
        /// Its id.
        id: PageId,
        /// Its title now.
        title: String,
    },
    /// A page stands below another.
    Moved {
        /// Its id.
        id: PageId,
        /// What it stands below now.
        parent: PageId,
    },
    /// A page went into the trash; what was below it moved up.
    Deleted {
        /// Its id.
        id: PageId,
    },
}

/// The tree below the root at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The root first. Deleted entries stay, unreachable, until the next build.
    entries: Vec<Entry>,
    by_id: HashMap<PageId, usize>,
    /// Pages by folded title. Titles are unique in a space, so there is one each.
    by_title: HashMap<Box<str>, usize>,
    taken: Instant,
    as_of: DateTime<Utc>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: PageId,
    title: Box<str>,
    kind: NodeKind,
    parent: Option<usize>,
    children: Vec<usize>,
}

impl Snapshot {
    /// A tree from nodes in pre-order. Nodes whose parent is not among them are left out.
    #[must_use]
    pub fn new(root: &Page, nodes: Vec<Node>, taken: Instant, as_of: DateTime<Utc>) -> Self {
        let mut snapshot = Self {
            entries: Vec::with_capacity(nodes.len() + 1),
            by_id: HashMap::with_capacity(nodes.len() + 1),
            by_title: HashMap::with_capacity(nodes.len() + 1),
            taken,
            as_of,
        };
        snapshot.add(root.id.clone(), &root.title, NodeKind::Page, None);
        for node in nodes {
            if let Some(parent) = snapshot.by_id.get(&node.parent).copied() {
                snapshot.add(node.id, &node.title, node.kind, Some(parent));
            }
        }
        snapshot
            .entries
            .iter_mut()
            .for_each(|entry| entry.children.shrink_to_fit());
        snapshot
    }

    /// When it was taken.
    pub(super) fn taken(&self) -> Instant {
        self.taken
    }

    /// How old it is.
    pub(super) fn age(&self) -> std::time::Duration {
        self.taken.elapsed()
    }

    /// When it was taken, by the clock on the wall.
    #[must_use]
    pub fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// The page with this folded title.
    #[must_use]
    pub fn titled(&self, folded: &str) -> Option<&PageId> {
        self.by_title.get(folded).map(|place| &self.entries[*place].id)
    }

    /// The title of a page.
    pub(super) fn title(&self, id: &PageId) -> Option<&str> {
        self.by_id.get(id).map(|place| &*self.entries[*place].title)
    }

    /// Titles from the root down to a page, both included; folders are passed over.
    #[must_use]
    pub fn path(&self, id: &PageId) -> Option<Vec<String>> {
        let mut path = Vec::new();
        let mut place = Some(*self.by_id.get(id)?);
        while let Some(at) = place {
            let entry = &self.entries[at];
            if entry.kind == NodeKind::Page {
                path.push(entry.title.to_string());
            }
            place = entry.parent;
        }
        path.reverse();
        Some(path)
    }

    /// Paths of pages whose titles are like the last of this path, those below a page that the path names first; at most
    /// [`MOST_SIMILAR`], of the first [`MOST_COMPARED`] pages.
    pub(super) fn similar(&self, path: &str) -> Vec<String> {
        let path = path.trim().trim_matches('/');
        let (above, last) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = above.rsplit('/').next().unwrap_or_default();
        let parent = self.by_title.get(title::folded(parent).as_str()).copied();
        let mut listed = vec![0];
        let mut titles: Vec<(&str, usize)> = Vec::new();
        while let Some(place) = listed.pop() {
            let entry = &self.entries[place];
            if entry.kind == NodeKind::Page {
                titles.push((&entry.title, place));
            }
            if titles.len() >= MOST_COMPARED {
                break;
            }
            listed.extend(entry.children.iter().rev());
        }
        let is_below = |place: usize| parent.is_some() && self.entries[place].parent == parent;
        let (near, far): (Vec<_>, Vec<_>) = titles.into_iter().partition(|(_, place)| is_below(*place));
        let mut found = similar(last, near, MOST_SIMILAR);
        found.extend(similar(last, far, MOST_SIMILAR - found.len()));
        let paths = found
            .into_iter()
            .filter_map(|(_, place)| self.path(&self.entries[place].id));
        paths.map(|path| written(&path)).collect()
    }

    /// The pages above a page, the root not included.
    pub(super) fn above(&self, id: &PageId) -> Vec<PageId> {
        let parent = |place: &usize| self.entries[*place].parent;
        let upwards = std::iter::successors(self.by_id.get(id).and_then(parent), parent);
        upwards
            .filter(|place| self.entries[*place].kind == NodeKind::Page && parent(place).is_some())
            .map(|place| self.entries[place].id.clone())
            .collect()
    }

    /// Everything below a page in pre-order, down to so many levels of pages; folders are no level.
    #[must_use]
    pub fn nodes_below(&self, id: &PageId, depth: usize) -> Option<Vec<Node>> {
        let top = *self.by_id.get(id)?;
        let mut nodes = Vec::new();
        let mut open: Vec<(usize, usize)> = Vec::new();
        let below = |place: usize, levels: usize, open: &mut Vec<(usize, usize)>| {
            if levels > 0 {
                open.extend(
                    self.entries[place]
                        .children
                        .iter()
                        .rev()
                        .map(|child| (*child, levels)),
                );
            }
        };
        below(top, depth, &mut open);
        while let Some((place, levels)) = open.pop() {
            let entry = &self.entries[place];
            let Some(parent) = entry.parent else { continue };
            nodes.push(Node {
                id: entry.id.clone(),
                kind: entry.kind,
                title: entry.title.to_string(),
                parent: self.entries[parent].id.clone(),
            });
            let is_page = entry.kind == NodeKind::Page;
            below(place, levels - usize::from(is_page), &mut open);
        }
        Some(nodes)
    }

    fn add(&mut self, id: PageId, page_title: &str, kind: NodeKind, parent: Option<usize>) {
        let place = self.entries.len();
        if self.by_id.contains_key(&id) {
            return;
        }
        self.by_id.insert(id.clone(), place);
        if kind == NodeKind::Page {
            self.by_title.insert(title::folded(page_title).into(), place);
        }
        if let Some(parent) = parent {
            self.entries[parent].children.push(place);
        }
        self.entries.push(Entry {
            id,
            title: page_title.into(),
            kind,
            parent,
            children: Vec::new(),
        });
    }

    /// Puts a write into the tree. It says how things are now, so one that is in it already changes nothing.
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            Change::Created { id, title, parent } => match self.by_id.get(id).copied() {
                Some(_) => {
                    self.retitle(id, title);
                    self.put_below(id, parent);
                }
                None => {
                    if let Some(parent) = self.by_id.get(parent).copied() {
                        self.add(id.clone(), title, NodeKind::Page, Some(parent));
                    }
                }
            },
            Change::Renamed { id, title } => self.retitle(id, title),
            Change::Moved { id, parent } => self.put_below(id, parent),
            Change::Deleted { id } => self.remove(id),
        }
    }

    fn retitle(&mut self, id: &PageId, new: &str) {
        let Some(place) = self.by_id.get(id).copied() else {
            return;
        };
        let old = title::folded(&self.entries[place].title);
        if self.by_title.get(old.as_str()) == Some(&place) {
            self.by_title.remove(old.as_str());
        }
        self.entries[place].title = new.into();
        self.by_title.insert(title::folded(new).into(), place);
    }

    /// Hangs a page to the end of another's children, unless it is there already. Below itself would cut it off;
    /// Confluence refuses that, so it does not happen.
    fn put_below(&mut self, id: &PageId, parent: &PageId) {
        let (Some(place), Some(new)) = (self.by_id.get(id).copied(), self.by_id.get(parent).copied()) else {
            return;
        };
        let old = self.entries[place].parent;
        if old == Some(new) || place == new {
            return;
        }
        if let Some(old) = old {
            self.entries[old].children.retain(|child| *child != place);
        }
        self.entries[place].parent = Some(new);
        self.entries[new].children.push(place);
    }

    fn remove(&mut self, id: &PageId) {
        let Some(place) = self.by_id.get(id).copied() else {
            return;
        };
        let Some(parent) = self.entries[place].parent else {
            return;
        };
        self.by_id.remove(id);
        let folded = title::folded(&self.entries[place].title);
        if self.by_title.get(folded.as_str()) == Some(&place) {
            self.by_title.remove(folded.as_str());
        }
        let orphans = std::mem::take(&mut self.entries[place].children);
        self.entries[parent].children.retain(|child| *child != place);
        for orphan in &orphans {
            self.entries[*orphan].parent = Some(parent);
        }
        self.entries[parent].children.extend(orphans);
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tokio::time::Instant;

    use super::{Change, Snapshot};
    use crate::confluence::{Node, NodeKind, Page, PageId};

    fn id(number: u32) -> PageId {
        PageId::parse(&number.to_string()).expect("digits")
    }

    fn sample() -> Snapshot {
        let root = Page {
            id: id(1),
            title: "Root".into(),
            version: 1,
            url: None,
            updated: None,
            body: None,
        };
        let node = |number, parent, kind| Node {
            id: id(number),
            kind,
            title: format!("P{number}"),
            parent: id(parent),
        };
        let nodes = vec![
            node(2, 1, NodeKind::Page),
            node(3, 2, NodeKind::Folder),
            node(4, 3, NodeKind::Page),
            node(5, 2, NodeKind::Page),
            node(6, 1, NodeKind::Page),
            node(9, 8, NodeKind::Page),
        ];
        Snapshot::new(&root, nodes, Instant::now(), DateTime::UNIX_EPOCH)
    }

    #[track_caller]
    fn check(snapshot: &Snapshot, expected: &str) {
        let nodes = snapshot.nodes_below(&id(1), usize::MAX).expect("the root");
        let titles: Vec<String> = nodes
            .iter()
            .map(|node| format!("{}<{}", node.title, node.parent))
            .collect();
        assert_eq!(titles.join(" "), expected);
    }

    #[test]
    fn the_tree_is_as_it_was_given_without_what_cannot_be_placed() {
        check(&sample(), "P2<1 P3<2 P4<3 P5<2 P6<1");
        assert_eq!(
            sample().path(&id(4)),
            Some(vec!["Root".into(), "P2".into(), "P4".into()])
        );
        assert_eq!(sample().titled("p4"), Some(&id(4)));
        assert_eq!(sample().titled("p3"), None, "folders are not named");
    }

    #[test]
    fn folders_are_no_level() {
        let titles = |depth| {
            let nodes = sample().nodes_below(&id(2), depth).expect("there");
            nodes
                .into_iter()
                .map(|node| node.title)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(titles(0), "");
        assert_eq!(titles(1), "P3 P4 P5");
    }

    #[test]
    fn our_writes_show_and_showing_them_twice_changes_nothing() {
        let changes = [
            Change::Created {
                id: id(7),
                title: "New".into(),
                parent: id(5),
            },
            Change::Renamed {
                id: id(6),
                title: "Six".into(),
            },
            Change::Moved {
                id: id(6),
                parent: id(2),
            },
            Change::Deleted { id: id(5) },
        ];
        let mut after = sample();
        for change in &changes {
            after.apply(change);
        }
        check(&after, "P2<1 P3<2 P4<3 Six<2 New<2");
        for change in &changes[..3] {
            after.apply(change);
        }
        check(&after, "P2<1 P3<2 P4<3 Six<2 New<2");
        assert_eq!(after.titled("p6"), None);
        assert_eq!(after.titled("six"), Some(&id(6)));
        assert_eq!(after.titled("p5"), None);
    }

    #[test]
    fn a_write_below_a_page_that_is_not_there_changes_nothing() {
        let lost = Change::Created {
            id: id(7),
            title: "New".into(),
            parent: id(99),
        };
        let mut tree = sample();
        tree.apply(&lost);
        check(&tree, "P2<1 P3<2 P4<3 P5<2 P6<1");
    }
}
