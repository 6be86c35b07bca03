//! `start`, `limit` and the envelope of every v1 list.

use serde_json::{Map, Value, json};

use crate::simulator::{request::encode, world::Call};

/// Lists longer than this never end where the knob says so (CONFSERVER-95396).
const ENDLESS_ABOVE: usize = 200;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) start: usize,
    pub(crate) limit: usize,
}

impl Window {
    /// `most` caps the limit; the answer's own `limit` tells the truth.
    pub(crate) fn of(call: &Call<'_>, default: usize, most: usize) -> Self {
        let number = |name: &str| call.query(name).and_then(|text| text.parse().ok());
        Self {
            start: number("start").unwrap_or(0),
            limit: number("limit").unwrap_or(default).min(most),
        }
    }

    pub(crate) fn of_list<T>(self, items: &[T]) -> &[T] {
        let start = self.start.min(items.len());
        &items[start..items.len().min(start + self.limit)]
    }
}

/// The envelope around `rows`, the part of a list of `total` that the window shows.
pub(crate) fn envelope(
    call: &Call<'_>,
    window: Window,
    total: usize,
    rows: Vec<Value>,
) -> Map<String, Value> {
    let Window { start, limit } = window;
    let path: Vec<String> = call.path.iter().map(|segment| encode(segment)).collect();
    let path = format!("/rest/api/{}", path.join("/"));
    let filters = call.request.query.without(&["start", "limit"]);
    let link = |start: usize| {
        let mut query = filters.clone();
        query.push(format!("limit={limit}"));
        query.push(format!("start={start}"));
        format!("{path}?{}", query.join("&"))
    };
    let knobs = call.knobs();
    let endless = knobs.never_ending_next && total > ENDLESS_ABOVE && !call.site.is_cloud();
    let mut links = Map::new();
    let own = if filters.is_empty() {
        String::new()
    } else {
        format!("?{}", filters.join("&"))
    };
    links.insert("self".to_owned(), json!(format!("{}{path}{own}", call.base())));
    if limit > 0 && (start + limit < total || endless) {
        links.insert("next".to_owned(), json!(link(start + limit)));
    }
    if start > 0 {
        links.insert("prev".to_owned(), json!(link(start.saturating_sub(limit))));
    }
    links.insert("base".to_owned(), json!(call.base()));
    links.insert("context".to_owned(), json!(call.site.context(knobs)));
    let size = if endless { limit } else { rows.len() };
    let mut list = Map::new();
    list.insert("results".to_owned(), Value::Array(rows));
    list.insert("start".to_owned(), json!(start));
    list.insert("limit".to_owned(), json!(limit));
    list.insert("size".to_owned(), json!(size));
    list.insert("_links".to_owned(), Value::Object(links));
    list
}
