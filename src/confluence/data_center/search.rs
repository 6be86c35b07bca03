//! Searching on Data Center: by offset, with guards for lists that never end (CONFSERVER-95396).

use sha2::{Digest, Sha256};

use super::super::Error;
use super::super::paging::start_of;
use super::super::request::{Request, Route};
use super::super::search::{Match, Matches, Query, Spot, refusal, wire};
use super::DataCenter;

const SEARCH: Route = Route::reading("page.search");

impl DataCenter {
    pub(in super::super) async fn search(
        &self,
        query: &Query,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Matches, Error> {
        let Offset { mut start, before } = at.and_then(Offset::read).unwrap_or_default();
        // An empty part of the list may be one that the account cannot see, with more behind it. Two in a row are
        // the end.
        for _ in 0..2 {
            let request = Request::get(&SEARCH, &["rest", "api", "search"])
                .query("cql", query.as_str())
                .query("start", start.to_string())
                .query("limit", size.to_string())
                .query("excerpt", "highlight");
            let answer = self.wire.send(&request).await.map_err(refusal)?;
            let found: wire::Found = answer.json()?;
            let (rows, count) = (found.pages(), found.results.len());
            let these = fingerprint(&rows);
            // The same rows again are the end as well.
            if !rows.is_empty() && before.as_deref() == Some(&these) {
                break;
            }
            let Some(next) = found.next() else {
                return Ok(Matches { rows, next: None });
            };
            let offered = start_of(next).unwrap_or_default();
            start = offered.max(start + count.max(1));
            if count > 0 {
                let next = Spot::parse(&format!("{start}.{these}"));
                return Ok(Matches { rows, next });
            }
        }
        Ok(Matches {
            rows: Vec::new(),
            next: None,
        })
    }
}

/// Where a list goes on, and what it held just before.
#[derive(Debug, Default)]
struct Offset {
    start: usize,
    before: Option<String>,
}

impl Offset {
    fn read(spot: &Spot) -> Option<Self> {
        let (start, before) = spot.as_str().split_once('.')?;
        Some(Self {
            start: start.parse().ok()?,
            before: Some(before.to_owned()),
        })
    }
}

/// Tells one set of rows from another.
fn fingerprint(rows: &[Match]) -> String {
    let mut digest = Sha256::new();
    for row in rows {
        digest.update(row.id.as_str());
        digest.update(",");
    }
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finalize()[..8]);
    format!("{:x}", u64::from_be_bytes(first))
}
