//! `GET /content/scan`: pages by keyset, forwards and backwards.

use serde_json::{Value, json};

use super::{
    children::cap,
    content, errors,
    expand::Expand,
    lists::{Window, envelope},
    spaces,
};
use crate::simulator::{
    reply::{Answer, Reply},
    store::Id,
    world::Call,
};

pub(crate) fn scan(call: &mut Call<'_>) -> Answer {
    let expand = Expand::parse(call.query("expand"), "");
    let limit = Window::of(call, 25, cap(&expand)).limit;
    let space = match call.query("spaceKey") {
        None => None,
        Some(key) => {
            Some(spaces::visible_space(call, key).ok_or_else(|| errors::no_space(call.deployment(), key))?)
        }
    };
    let cursor = call.query("cursor").unwrap_or("content:false:null");
    let (backwards, from) =
        read(cursor).ok_or_else(|| errors::bad_request(call.deployment(), "Invalid cursor"))?;
    let pages = call.store().all().filter(|page| {
        page.is_page()
            && page.is_current()
            && call.sees(page)
            && space.is_none_or(|space| page.space == space)
    });
    let ids: Vec<Id> = pages.map(|page| page.id).collect();
    let (start, end) = if backwards {
        let end = from.map_or(ids.len(), |from| ids.partition_point(|id| *id < from));
        (end.saturating_sub(limit), end)
    } else {
        let start = from.map_or(0, |from| ids.partition_point(|id| *id <= from));
        (start, ids.len().min(start + limit))
    };
    let shown = &ids[start..end];
    let rows = shown
        .iter()
        .map(|id| content::content(call, call.store().content(*id), &expand))
        .collect();
    let mut list = envelope(call, Window { start: 0, limit }, 0, rows);
    list.shift_remove("start");
    let filters = call.request.query.without(&["cursor", "limit"]);
    let link = |cursor: &str| {
        let mut query = filters.clone();
        query.push(format!("cursor={cursor}"));
        query.push(format!("limit={limit}"));
        format!("/rest/api/content/scan?{}", query.join("&"))
    };
    list.insert("cursor".to_owned(), json!(cursor));
    let next = shown
        .last()
        .filter(|_| end < ids.len())
        .map(|last| format!("content:false:{last}"));
    let previous = shown
        .first()
        .filter(|_| start > 0)
        .map(|first| format!("content:true:{first}"));
    for (name, relation, cursor) in [("nextCursor", "next", next), ("prevCursor", "prev", previous)] {
        if let Some(cursor) = cursor {
            if let Some(links) = list.get_mut("_links") {
                links[relation] = json!(link(&cursor));
            }
            list.insert(name.to_owned(), json!(cursor));
        }
    }
    Ok(Reply::json(Value::Object(list)))
}

/// `content:BACKWARDS:ID`, where the id may be `null`.
fn read(cursor: &str) -> Option<(bool, Option<Id>)> {
    let (direction, id) = cursor.strip_prefix("content:")?.split_once(':')?;
    let backwards = direction.parse().ok()?;
    if id == "null" {
        Some((backwards, None))
    } else {
        Some((backwards, Some(id.parse().ok()?)))
    }
}
