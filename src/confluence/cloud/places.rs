//! Where many pages are at once, with few calls.
//!
//! `GET /pages?id=…` reads the database and gives up to 250 pages with the parent of each, so the way up is walked
//! for all of them together, a level a call; where the ancestors are guessed right, one call has everything. Folders
//! and other holders of pages have no such list: each is asked for its ancestors.

use std::collections::HashMap;

use futures_util::future::try_join;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::super::forest::Place;
use super::super::request::{Request, Route};
use super::super::wire::Id;
use super::super::{Ancestor, Error, Located, NodeKind, PageId, WithBody};
use super::{Cloud, PAGE_SIZE, wire};

const LOCATE: Route = Route::reading("page.locate");

/// The most pages that are asked for at once.
const MOST_IDS: usize = 250;

/// How many levels are walked up before the hierarchy is taken for a circle.
const MOST_LEVELS: usize = 100;

/// How many holders are asked about at once.
const AT_ONCE: usize = 8;

impl Cloud {
    pub(in super::super) async fn located_all(
        &self,
        ids: &[PageId],
        top: &PageId,
        likely: &[PageId],
    ) -> Result<Vec<Located>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut map = Map::new(top);
        let mut pages: Vec<PageId> = ids.to_vec();
        pages.extend([top].into_iter().chain(likely).cloned());
        let mut holders = Vec::new();
        for _ in 0..MOST_LEVELS {
            pages.sort_unstable();
            pages.dedup();
            let (rows, chains) = try_join(self.rows(&pages), self.above_all(&holders)).await?;
            map.learn(&pages, rows, chains);
            (pages, holders) = map.unknown(ids);
            if pages.is_empty() && holders.is_empty() {
                break;
            }
        }
        let located = ids.iter().filter_map(|id| {
            let row = map.pages.get(id)?.as_ref().filter(|row| row.is_current())?;
            let ancestors = map.ancestors(id)?;
            let page = self.page(&LOCATE, row.clone(), WithBody::No);
            Some(page.map(|page| Located { page, ancestors }))
        });
        located.collect()
    }

    async fn rows(&self, ids: &[PageId]) -> Result<Vec<wire::Page>, Error> {
        let mut rows = Vec::new();
        for ids in ids.chunks(MOST_IDS) {
            let ids = ids.iter().map(PageId::as_str).collect::<Vec<_>>().join(",");
            let request = Request::get(&LOCATE, &["api", "v2", "pages"])
                .query("id", ids)
                .query("limit", PAGE_SIZE);
            rows.extend(self.list::<wire::Page>(request).await?);
        }
        Ok(rows)
    }

    /// The ancestors of folders and the like. None for those that are not there.
    async fn above_all(
        &self,
        holders: &[(PageId, Place)],
    ) -> Result<Vec<(PageId, Option<Vec<Ancestor>>)>, Error> {
        let calls = holders.iter().map(async |(id, place)| {
            // A kind without routes cannot be asked about.
            let known = super::tree::family(*place).is_some();
            let above = if known {
                let above = self.ancestors(id, *place).await;
                self.present(above).await?
            } else {
                None
            };
            Ok((id.clone(), above))
        });
        stream::iter(calls.collect::<Vec<_>>())
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }
}

/// What is known of the way up.
struct Map<'t> {
    top: &'t PageId,
    /// None: asked for, and not there.
    pages: HashMap<PageId, Option<wire::Page>>,
    /// What is above folders and the like, the top of the space first. None: asked for, and not known.
    holders: HashMap<PageId, Option<Vec<Ancestor>>>,
}

impl<'t> Map<'t> {
    fn new(top: &'t PageId) -> Self {
        Self {
            top,
            pages: HashMap::new(),
            holders: HashMap::new(),
        }
    }

    fn learn(
        &mut self,
        asked: &[PageId],
        rows: Vec<wire::Page>,
        chains: Vec<(PageId, Option<Vec<Ancestor>>)>,
    ) {
        for id in asked {
            self.pages.entry(id.clone()).or_default();
        }
        for row in rows {
            // What was not asked for is nothing to rely on.
            if let Some(known) = row
                .id
                .as_ref()
                .and_then(Id::page)
                .and_then(|id| self.pages.get_mut(&id))
            {
                *known = Some(row);
            }
        }
        self.holders.extend(chains);
    }

    /// What still has to be asked to know the way up from each of these pages: pages, and holders of pages.
    fn unknown(&self, ids: &[PageId]) -> (Vec<PageId>, Vec<(PageId, Place)>) {
        let mut pages = Vec::new();
        let mut holders = Vec::new();
        for id in ids {
            let mut at = id.clone();
            for _ in 0..=self.pages.len() {
                if at == *self.top {
                    break;
                }
                let Some(row) = self.pages.get(&at) else {
                    pages.push(at);
                    break;
                };
                match row.as_ref().and_then(wire::Page::parent) {
                    None => break,
                    Some((parent, Place::Page)) => at = parent,
                    Some((holder, place)) => {
                        match self.holders.get(&holder) {
                            None => holders.push((holder, place)),
                            Some(above) => {
                                let above = above.iter().flat_map(|above| self.below_top(above));
                                let unnamed = above.filter(|ancestor| {
                                    ancestor.kind == NodeKind::Page && !self.pages.contains_key(&ancestor.id)
                                });
                                pages.extend(unnamed.map(|ancestor| ancestor.id.clone()));
                            }
                        }
                        break;
                    }
                }
            }
        }
        holders.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        holders.dedup_by(|one, other| one.0 == other.0);
        (pages, holders)
    }

    /// The way up from a page. None where a part of it is not known.
    fn ancestors(&self, id: &PageId) -> Option<Vec<Ancestor>> {
        let mut upwards = Vec::new();
        let mut at = id.clone();
        while at != *self.top {
            let Some((parent, place)) = self.pages.get(&at)?.as_ref()?.parent() else {
                break;
            };
            upwards.push(self.named(&parent, place.kind()));
            if place != Place::Page {
                let above = self.holders.get(&parent)?.as_ref()?;
                let above = self.below_top(above).iter().rev();
                upwards.extend(above.map(|ancestor| self.named(&ancestor.id, ancestor.kind)));
                break;
            }
            if upwards.len() > MOST_LEVELS {
                return None;
            }
            at = parent;
        }
        upwards.reverse();
        Some(upwards)
    }

    /// The part of a chain that begins with the top page; all of it where that is not in it.
    fn below_top<'a>(&self, chain: &'a [Ancestor]) -> &'a [Ancestor] {
        let top = chain.iter().position(|ancestor| ancestor.id == *self.top);
        &chain[top.unwrap_or_default()..]
    }

    fn named(&self, id: &PageId, kind: NodeKind) -> Ancestor {
        let row = self.pages.get(id).and_then(Option::as_ref);
        Ancestor {
            id: id.clone(),
            kind,
            title: row.and_then(|row| row.title.clone()),
        }
    }
}
