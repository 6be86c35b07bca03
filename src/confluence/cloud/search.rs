//! Searching on Cloud: v1, since v2 has no search. `start` is ignored there; the list goes on by cursor.

use super::super::Error;
use super::super::paging::cursor_of;
use super::super::request::{Request, Route};
use super::super::search::{Matches, Query, Spot, refusal, wire};
use super::Cloud;

const SEARCH: Route = Route::reading("page.search");

impl Cloud {
    pub(in super::super) async fn search(
        &self,
        query: &Query,
        at: Option<&Spot>,
        size: usize,
    ) -> Result<Matches, Error> {
        // The next link leaves out the strategy for excerpts, so only its cursor is used.
        let mut request = Request::get(&SEARCH, &["rest", "api", "search"])
            .query("cql", query.as_str())
            .query("limit", size.to_string())
            .query("excerpt", "highlight");
        if let Some(spot) = at {
            request.at_cursor(spot.as_str().to_owned());
        }
        let answer = self.wire.send(&request).await.map_err(refusal)?;
        let found: wire::Found = answer.json()?;
        let next = match found.next().and_then(cursor_of) {
            None => None,
            Some(cursor) => {
                Some(Spot::parse(&cursor).ok_or_else(|| answer.nonsense("a cursor that cannot be one"))?)
            }
        };
        if next.is_some() && next.as_ref() == at {
            return Err(answer.nonsense("the list repeats a cursor"));
        }
        Ok(Matches {
            rows: wire::pages(&found.results),
            next,
        })
    }
}
