//! Lists of v2: limit, cursor, and the next link in its two places.

use serde_json::{Value, json};

use super::errors;
use crate::simulator::{
    knobs::{MangledCursor, Overflow},
    paging::Cursor,
    reply::{Answer, Reply},
    request::encode,
    store::{Content, Id},
    world::Call,
};

/// The largest page of a list.
pub(crate) const MOST: usize = 250;

/// A number in the query between 1 and `most`.
pub(crate) fn number(call: &Call<'_>, name: &str, default: usize, most: usize) -> Result<usize, Reply> {
    let Some(text) = call.query(name) else {
        return Ok(default);
    };
    let wrong = |why: &str| errors::invalid(&format!("Provided value {{{text}}} for '{name}' {why}"));
    let number: usize = text
        .parse()
        .map_err(|_| wrong("is not the correct type. Expected type is int"))?;
    match call.knobs().limit_overflow {
        Overflow::Clamp => Ok(number.clamp(1, most)),
        Overflow::Reject if (1..=most).contains(&number) => Ok(number),
        Overflow::Reject => Err(wrong(&format!(
            "is out of range. Expected a value from 1 to {most}"
        ))),
    }
}

pub(crate) fn limit(call: &Call<'_>, default: usize) -> Result<usize, Reply> {
    number(call, "limit", default, MOST)
}

/// The cursor of the request, if it came back whole.
pub(crate) fn cursor(call: &Call<'_>) -> Result<Option<Cursor>, Reply> {
    let Some(text) = call.query("cursor") else {
        return Ok(None);
    };
    match (Cursor::decode(text), call.knobs().mangled_cursor) {
        (Some(cursor), _) => Ok(Some(cursor)),
        (None, MangledCursor::FirstPage) => Ok(None),
        (None, MangledCursor::Reject) => Err(errors::invalid("The cursor is not valid")),
    }
}

/// The part of `ids` that the request asks for, each as `row` shows it.
pub(crate) fn answer(
    call: &Call<'_>,
    ids: &[Id],
    default: usize,
    row: &dyn Fn(&Call<'_>, Id) -> Value,
) -> Answer {
    let limit = limit(call, default)?;
    let start = cursor(call)?.map_or(0, |cursor| cursor.resume(ids));
    let end = ids.len().min(start + limit);
    let rows: Vec<Value> = ids[start..end].iter().map(|id| row(call, *id)).collect();
    let next = (end < ids.len()).then(|| Cursor {
        last: ids[end - 1],
        offset: end,
    });
    Ok(envelope(call, &rows, next))
}

/// Rows with their links.
pub(crate) fn envelope(call: &Call<'_>, rows: &[Value], next: Option<Cursor>) -> Reply {
    let mut links = serde_json::Map::new();
    let mut header = None;
    if let Some(next) = next {
        let mut query = call.request.query.without(&["cursor"]);
        query.push(format!("cursor={}", encode(&next.encode())));
        let path: Vec<String> = call.path.iter().map(|segment| encode(segment)).collect();
        let link = format!("/wiki/api/v2/{}?{}", path.join("/"), query.join("&"));
        header = Some(format!("<{link}>; rel=\"next\""));
        links.insert("next".to_owned(), json!(link));
    }
    links.insert("base".to_owned(), json!(call.base()));
    let reply = Reply::json(json!({ "results": rows, "_links": links }));
    match header {
        Some(header) => reply.header("Link", header),
        None => reply,
    }
}

/// Sorts by one of the fields that v2 knows; without one, by `default`.
pub(crate) fn sort(call: &Call<'_>, ids: &mut [Id], default: &str) -> Result<(), Reply> {
    let wanted = call.query("sort").unwrap_or(default);
    let (field, descending) = wanted
        .strip_prefix('-')
        .map_or((wanted, false), |field| (field, true));
    let content = |id: &Id| -> &Content { call.store().content(*id) };
    match field {
        "" => {}
        "id" => ids.sort_by_key(|id| *id),
        "created-date" => ids.sort_by_key(|id| content(id).created),
        "modified-date" => ids.sort_by_key(|id| content(id).version().at),
        "title" | "name" => ids.sort_by_cached_key(|id| content(id).title().to_lowercase()),
        "child-position" => ids.sort_by_key(|id| content(id).position),
        _ => {
            return Err(errors::invalid(&format!(
                "Provided value {{{wanted}}} for 'sort' is not supported"
            )));
        }
    }
    if descending {
        ids.reverse();
    }
    Ok(())
}

/// An id in the path.
pub(crate) fn path_id(call: &Call<'_>, index: usize) -> Result<Id, Reply> {
    let text = call.path[index];
    text.parse().map_err(|_| {
        errors::invalid(&format!(
            "Provided value {{{text}}} for 'id' is not the correct type. Expected type is long"
        ))
    })
}

/// Ids in the query, comma separated or repeated.
pub(crate) fn query_ids(call: &Call<'_>, name: &str) -> Result<Vec<Id>, Reply> {
    let texts = call.request.query.list(name);
    texts
        .into_iter()
        .map(|text| {
            text.parse().map_err(|_| {
                errors::invalid(&format!(
                    "Provided value {{{text}}} for '{name}' is not the correct type. Expected type is long"
                ))
            })
        })
        .collect()
}
