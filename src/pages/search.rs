//! Searching below the root page.
//!
//! The index of Confluence says what matches, and nothing more: it lags behind, and it has been seen to ignore where
//! a page is. Each page it names is asked about, and admitted by Confluence's own account of its ancestors, before
//! it becomes a [`Hit`]. What fails that is left out, and the list is followed until enough is found.

use std::collections::HashSet;

use super::{Error, Found, Pages};
use crate::confluence::search::{BadCriteria, Criteria, Query};
use crate::confluence::{Cursor, ErrorKind, PageId};

/// How many lists of matches one call follows.
const MOST_LISTS: usize = 10;

/// How many matches one call asks about.
const MOST_ROWS: usize = 100;

/// A search.
#[derive(Clone, Debug)]
pub struct Search {
    /// What to look for.
    pub criteria: Criteria,
    /// The most hits to find.
    pub limit: usize,
    /// Where an earlier call left off, as [`Hits::next`] said.
    pub cursor: Option<String>,
}

/// A page that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The page, as it is now.
    pub found: Found,
    /// Titles from below the root page, joined by `/`.
    pub path: String,
    /// Text around what was found, as the index has it; what was found stands between `**`. May be empty.
    pub excerpt: String,
}

/// Some of the pages that match.
#[derive(Clone, Debug)]
pub struct Hits {
    /// Pages at or below the root page.
    pub hits: Vec<Hit>,
    /// Where to go on. None: this was all.
    pub next: Option<String>,
}

/// Why a search cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSearch {
    /// The criteria make no query.
    #[error(transparent)]
    Criteria(#[from] BadCriteria),
    /// The cursor is not one, or belongs to another search.
    #[error("the cursor is not of this search")]
    Cursor,
}

impl Pages {
    /// The pages that match, at most as many as asked for. Fewer only at the end, or where so much had to be left out
    /// that looking further would take too long; [`Hits::next`] tells which.
    ///
    /// # Errors
    /// [`Error::BadSearch`]; [`Error::RefusedSearch`] when Confluence does not take the query; [`Error::Upstream`].
    pub async fn search(&self, search: &Search) -> Result<Hits, Error> {
        let query = Query::below(&self.root, &search.criteria).map_err(BadSearch::Criteria)?;
        let about = query.identity();
        let mut at = match &search.cursor {
            Some(text) => Cursor::read(text, &about).ok_or(BadSearch::Cursor)?,
            None => Cursor::start(search.limit),
        };
        let mut seen = HashSet::new();
        let mut hits = Vec::new();
        let mut asked = 0;
        for _ in 0..MOST_LISTS {
            let list = self.client.search(&query, at.spot.as_ref(), at.size).await;
            let list = list.map_err(|error| match error.kind {
                ErrorKind::Refused => Error::RefusedSearch(error),
                _ => Error::Upstream(error),
            })?;
            while at.skip < list.rows.len() && hits.len() < search.limit && asked < MOST_ROWS {
                let most = (search.limit - hits.len()).min(MOST_ROWS - asked);
                let end = list.rows.len().min(at.skip + most);
                let mut rows = list.rows[at.skip..end].to_vec();
                asked += rows.len();
                at.skip = end;
                rows.retain(|row| seen.insert(row.id.clone()));
                let ids: Vec<PageId> = rows.iter().map(|row| row.id.clone()).collect();
                for found in self.admitted_all(&ids).await? {
                    let page = found.page();
                    let is_too_old = |since| page.updated.is_some_and(|updated| updated < since);
                    if query.since().is_some_and(is_too_old) {
                        continue;
                    }
                    let row = rows.iter_mut().find(|row| row.id == page.id);
                    let excerpt = row.map(|row| std::mem::take(&mut row.excerpt));
                    let path = match self.written_path_of(&found).await {
                        Ok(path) => path,
                        // A page above it vanished while we were looking.
                        Err(Error::NotFound { .. }) => continue,
                        Err(error) => return Err(error),
                    };
                    hits.push(Hit {
                        found,
                        path,
                        excerpt: excerpt.unwrap_or_default(),
                    });
                }
            }
            if at.skip >= list.rows.len() {
                match list.next {
                    None => return Ok(Hits { hits, next: None }),
                    Some(next) => at.go_on(next),
                }
            }
            if hits.len() >= search.limit || asked >= MOST_ROWS {
                break;
            }
        }
        let next = Some(at.written(&about));
        Ok(Hits { hits, next })
    }
}
