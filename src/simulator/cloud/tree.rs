//! Where content is in the tree: ancestors, children, descendants, for pages and folders alike.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{
    errors,
    lists::{self, path_id},
};
use crate::simulator::{
    knobs::DescendantOrder,
    moment,
    paging::Cursor,
    reply::{Answer, Reply},
    store::{Content, Id, Kind, Status},
    world::Call,
};

/// The deepest that descendants go.
const DEEPEST: usize = 10;

/// The page or folder that the path names, as the routes of the tree look for it.
fn entity<'a>(call: &'a Call<'_>) -> Result<&'a Content, Reply> {
    let id = path_id(call, 1)?;
    let kind = match call.path[0] {
        "pages" => Kind::Page,
        "folders" => Kind::Folder,
        others => Kind::Other(others.trim_end_matches('s').to_owned()),
    };
    let found = call
        .visible(id)
        .filter(|content| content.kind == kind && !call.is_too_new(content));
    found
        .filter(|content| matches!(content.status, Status::Current | Status::Archived))
        .ok_or_else(|| errors::not_found(&format!("Cannot find [{}] entity with id [{id}]", kind.name())))
}

/// Ids and types, from the top down; without a cursor, as the document has it.
pub(crate) fn ancestors(call: &mut Call<'_>) -> Answer {
    let entity = entity(call)?;
    let limit = lists::limit(call, 25)?;
    let chain = call.store().ancestors(entity.id);
    // For more, one asks again with the highest of these.
    let lowest = &chain[chain.len().saturating_sub(limit)..];
    let rows = lowest
        .iter()
        .map(|id| json!({ "id": id.to_string(), "type": call.store().content(*id).kind.name() }));
    let rows: Vec<Value> = rows.collect();
    if entity.kind != Kind::Page {
        // The document gives links to the ancestors of pages only.
        return Ok(Reply::json(json!({ "results": rows })));
    }
    Ok(lists::envelope(call, &rows, None))
}

fn is_shown(call: &Call<'_>, content: &Content) -> bool {
    matches!(content.status, Status::Current | Status::Archived) && call.sees(content)
}

/// Everything directly below, whatever its type.
pub(crate) fn direct_children(call: &mut Call<'_>) -> Answer {
    let entity = entity(call)?;
    let mut ids = entity.children.clone();
    ids.retain(|id| is_shown(call, call.store().content(*id)));
    lists::sort(call, &mut ids, "")?;
    lists::answer(call, &ids, 25, &|call, id| child(call, id, true))
}

/// The deprecated route: pages only, so that folders and what is below them are lost without a word.
pub(crate) fn children(call: &mut Call<'_>) -> Answer {
    let entity = entity(call)?;
    let mut ids = entity.children.clone();
    ids.retain(|id| call.store().content(*id).is_page() && is_shown(call, call.store().content(*id)));
    lists::sort(call, &mut ids, "")?;
    Ok(lists::answer(call, &ids, 25, &|call, id| child(call, id, false))?.header("Deprecation", "true"))
}

fn child(call: &Call<'_>, id: Id, with_type: bool) -> Value {
    let content = call.store().content(id);
    let mut row = json!({
        "id": id.to_string(),
        "status": content.status.name(),
        "title": content.title(),
        "childPosition": content.position,
    });
    if with_type {
        row["type"] = json!(content.kind.name());
    }
    if !with_type || call.knobs().children_space_id {
        row["spaceId"] = json!(call.store().space(content.space).id.to_string());
    }
    row
}

/// Everything below, down to a depth.
pub(crate) fn descendants(call: &mut Call<'_>) -> Answer {
    let entity = entity(call)?;
    let depth = lists::number(call, "depth", 2, DEEPEST)?;
    let limit = lists::limit(call, 25)?;
    let cursor = lists::cursor(call)?;
    if call.knobs().descendant_order == DescendantOrder::LevelByLevel {
        return level_by_level(call, entity.id, depth);
    }
    // One row more than is wanted tells whether there are more.
    let mut walk = call
        .store()
        .descend(entity.id, depth, cursor.map(|cursor| cursor.last));
    let lost = cursor.filter(|cursor| !call.store().is_below(cursor.last, entity.id));
    if let Some(cursor) = lost {
        walk.by_ref().take(cursor.offset).for_each(drop);
    }
    let shown = |id: Id| is_shown(call, call.store().content(id));
    let mut visits: Vec<_> = walk.filter(|visit| shown(visit.id)).take(limit + 1).collect();
    let more = visits.len() > limit;
    visits.truncate(limit);
    let offset = cursor.map_or(0, |cursor| cursor.offset) + visits.len();
    let next = visits.last().filter(|_| more).map(|visit| Cursor {
        last: visit.id,
        offset,
    });
    let rows: Vec<Value> = visits
        .iter()
        .map(|visit| descendant(call, visit.id, visit.depth))
        .collect();
    Ok(lists::envelope(call, &rows, next))
}

fn level_by_level(call: &Call<'_>, top: Id, deepest: usize) -> Answer {
    let mut found: Vec<(Id, usize)> = Vec::new();
    let mut queue = VecDeque::from([(top, 0)]);
    while let Some((id, depth)) = queue.pop_front() {
        if depth > 0 {
            found.push((id, depth));
        }
        if depth < deepest {
            let children = call
                .store()
                .content(id)
                .children
                .iter()
                .filter(|id| is_shown(call, call.store().content(**id)));
            queue.extend(children.map(|child| (*child, depth + 1)));
        }
    }
    let ids: Vec<Id> = found.iter().map(|(id, _)| *id).collect();
    let depths: std::collections::HashMap<Id, usize> = found.into_iter().collect();
    lists::answer(call, &ids, 25, &|call, id| descendant(call, id, depths[&id]))
}

fn descendant(call: &Call<'_>, id: Id, depth: usize) -> Value {
    let content = call.store().content(id);
    json!({
        "id": id.to_string(),
        "status": content.status.name(),
        "title": content.title(),
        "parentId": content.parent.map(|parent| parent.to_string()),
        "depth": depth,
        "childPosition": content.position,
        "type": content.kind.name(),
        "lastModified": moment::cloud(content.version().at),
    })
}
