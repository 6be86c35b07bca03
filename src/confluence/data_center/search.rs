//! Searching on Data Center: by offset.

use super::super::Error;
use super::super::people::part;
use super::super::request::{Request, Route};
use super::super::search::{Matches, Query, Spot, refusal, wire};
use super::DataCenter;

const SEARCH: Route = Route::reading("page.search");

impl DataCenter {
    pub(in super::super) async fn search(
        &self,
        query: &Query,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Matches, Error> {
        let request = || {
            Request::get(&SEARCH, &["rest", "api", "search"])
                .query("cql", query.as_str())
                .query("excerpt", "highlight")
        };
        let part = part::read::<wire::Row>(&self.wire, request, at, size);
        let part = part.await.map_err(refusal)?;
        Ok(Matches {
            rows: wire::pages(&part.rows),
            next: part.next,
        })
    }
}
