//! What lies below a page on Data Center: `child/page`, page by page, for `descendant/page` does not exist there.

use std::collections::VecDeque;

use futures_util::stream::{FuturesUnordered, StreamExt};

use super::super::forest::{Edge, Entry, Forest, Place};
use super::super::paging::{OffsetPage, OffsetWalk};
use super::super::request::{Request, Route};
use super::super::wire::Id;
use super::super::{Error, Node, NodeKind, PageId};
use super::{AT_ONCE, DataCenter, present, wire};

const CHILDREN: Route = Route::reading("page.children");
const DESCENDANTS: Route = Route::reading("page.descendants");

impl DataCenter {
    pub(in super::super) async fn children(
        &self,
        id: &PageId,
        kind: NodeKind,
    ) -> Result<Option<Vec<Node>>, Error> {
        if kind != NodeKind::Page {
            return Ok(None);
        }
        let children = self.below(&CHILDREN, id, Look::AtChildren).await;
        let children = present(children)?;
        Ok(children.map(|children| {
            children
                .into_iter()
                .map(|child| child.entry.into_node())
                .collect()
        }))
    }

    pub(in super::super) async fn descendants(
        &self,
        id: &PageId,
        depth: Option<usize>,
    ) -> Result<Option<Vec<Node>>, Error> {
        let mut forest = Forest::new(id, depth);
        let mut waiting = VecDeque::from([forest.start()]);
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(edge) = waiting.pop_front()
            {
                let look = if forest.levels_below(&edge) > 1 {
                    Look::AtGrandchildren
                } else {
                    Look::AtChildren
                };
                under_way.push(self.branch(edge, look));
            }
            let Some(branch) = under_way.next().await else {
                break;
            };
            let (edge, children) = branch?;
            let Some(children) = children else {
                // A page inside the tree may go while we read; the one we were asked about must be there.
                if edge.id == *id {
                    return Ok(None);
                }
                continue;
            };
            let (leaves, rows): (Vec<_>, Vec<_>) = children
                .into_iter()
                .map(|child| (child.leaf, child.entry))
                .unzip();
            let ids: Vec<PageId> = rows.iter().map(|row| row.id.clone()).collect();
            let known = forest
                .grow(&edge, rows)
                .map_err(|fault| DESCENDANTS.nonsense(fault));
            known?;
            let inner = Edge {
                level: edge.level + 1,
                ..edge
            };
            if forest.levels_below(&inner) > 0 {
                let open = ids.into_iter().zip(leaves).filter(|(_, leaf)| !leaf);
                waiting.extend(open.map(|(id, _)| Edge {
                    id,
                    place: Place::Page,
                    level: inner.level,
                }));
            }
        }
        Ok(Some(forest.into_nodes()))
    }

    async fn branch(&self, edge: Edge, look: Look) -> Result<(Edge, Option<Vec<Child>>), Error> {
        let children = self.below(&DESCENDANTS, &edge.id, look).await;
        Ok((edge, present(children)?))
    }

    /// All children of a page, in Confluence's order.
    async fn below(&self, route: &'static Route, id: &PageId, look: Look) -> Result<Vec<Child>, Error> {
        let mut walk = OffsetWalk::default();
        let mut children = Vec::new();
        loop {
            let path = ["rest", "api", "content", id.as_str(), "child", "page"];
            let mut request = Request::get(route, &path).query("start", walk.start().to_string());
            request = match look {
                Look::AtChildren => request.query("limit", "200"),
                Look::AtGrandchildren => request.query("limit", "100").query("expand", "children.page"),
            };
            let answer = self.wire.send(&request).await?;
            let mut list: wire::Listing = answer.json()?;
            let (rows, before) = (list.results.len(), children.len());
            for row in std::mem::take(&mut list.results) {
                let id_of_row = row.id.as_ref().and_then(Id::page);
                let id_of_row = id_of_row.ok_or_else(|| answer.nonsense("a child without a proper id"))?;
                if walk.is_new(id_of_row.as_str()) {
                    children.push(Child::new(id_of_row, id, row));
                }
            }
            let page = OffsetPage {
                rows,
                fresh: children.len() - before,
                limit: list.limit,
                next: list.next(),
            };
            if !walk.advance(page).map_err(|fault| answer.nonsense(fault))? {
                children.retain(|child| child.entry.kind() == NodeKind::Page);
                return Ok(children);
            }
        }
    }
}

/// How far one call looks.
#[derive(Clone, Copy)]
enum Look {
    AtChildren,
    /// Has each child say whether it has children of its own, so that leaves need not be asked.
    AtGrandchildren,
}

struct Child {
    entry: Entry,
    leaf: bool,
}

impl Child {
    fn new(id: PageId, parent: &PageId, row: wire::Content) -> Self {
        Self {
            leaf: row.is_leaf(),
            entry: Entry {
                id,
                parent: parent.clone(),
                place: Place::Page,
                current: row.is_current_page(),
                title: row.title.unwrap_or_default(),
                position: None,
            },
        }
    }
}
