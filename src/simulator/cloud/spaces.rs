//! `/spaces`.

use serde_json::{Value, json};

use super::{
    errors,
    lists::{self, path_id, query_ids},
    page, pages as page_lists,
};
use crate::simulator::{
    moment,
    reply::{Answer, Reply},
    request::encode,
    store::{Id, Space, SpaceIndex},
    world::Call,
};

fn space(call: &Call<'_>, space: &Space) -> Value {
    json!({
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": "knowledge_base",
        "status": "current",
        "authorId": page::account(call, space.author),
        "spaceOwnerId": page::account(call, space.author),
        "currentActiveAlias": space.key,
        "createdAt": moment::cloud(space.created),
        "homepageId": space.homepage.map(|id| id.to_string()),
        "description": null,
        "icon": null,
        "_links": { "webui": format!("/spaces/{}", encode(&space.key)) },
    })
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let named = query_ids(call, "ids")?;
    let keys = call.request.query.list("keys");
    let fits = |space: &&Space| {
        call.sees_space(space)
            && (named.is_empty() || named.contains(&space.id))
            && (keys.is_empty() || keys.contains(&space.key.as_str()))
    };
    let mut found: Vec<&Space> = call.store().spaces.iter().filter(fits).collect();
    match call.query("sort").unwrap_or("id") {
        "key" => found.sort_by(|left, right| left.key.cmp(&right.key)),
        "-key" => found.sort_by(|left, right| right.key.cmp(&left.key)),
        "name" => found.sort_by(|left, right| left.name.cmp(&right.name)),
        "-name" => found.sort_by(|left, right| right.name.cmp(&left.name)),
        "-id" => found.reverse(),
        _ => {}
    }
    let ids: Vec<Id> = found.iter().map(|space| space.id).collect();
    lists::answer(call, &ids, 25, &|call, id| {
        let index = call.store().space_by_id(id).unwrap_or_default();
        space(call, call.store().space(index))
    })
}

fn known(call: &Call<'_>) -> Result<SpaceIndex, Reply> {
    let id = path_id(call, 1)?;
    let index = call
        .store()
        .space_by_id(id)
        .filter(|index| call.sees_space(call.store().space(*index)));
    index.ok_or_else(|| errors::no_space(&id.to_string()))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let mut shown = space(call, call.store().space(known(call)?));
    shown["_links"]["base"] = json!(call.base());
    Ok(Reply::json(shown))
}

pub(crate) fn pages(call: &mut Call<'_>) -> Answer {
    let index = known(call)?;
    let roots_only = match call.query("depth") {
        None | Some("all") => false,
        Some("root") => true,
        Some(other) => {
            return Err(errors::invalid(&format!(
                "Provided value {{{other}}} for 'depth' is not supported"
            )));
        }
    };
    page_lists::of_spaces(call, &[index], &[], roots_only)
}
