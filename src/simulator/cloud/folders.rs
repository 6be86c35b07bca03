//! `/folders`: in the tree like pages, without a body, invisible to routes that know pages only.

use serde_json::{Value, json};

use super::{
    errors,
    lists::path_id,
    page,
    pages::{json, refused, space_to_write, writer},
};
use crate::simulator::{
    exchange::no_content,
    moment,
    reply::{Answer, Reply},
    store::{Content, Draft, Kind, Place, Refusal, Status},
    v1::{links::web_link, write::id_of},
    world::Call,
};

fn known<'a>(call: &'a Call<'_>) -> Result<&'a Content, Reply> {
    let id = path_id(call, 1)?;
    let found = call.visible(id).filter(|content| content.kind == Kind::Folder);
    found.ok_or_else(|| errors::not_found(&format!("Content with id: [{id}] not found")))
}

fn folder(call: &Call<'_>, folder: &Content) -> Value {
    let trashed = folder.status == Status::Trashed;
    let parent = folder
        .parent
        .filter(|_| !trashed)
        .and_then(|id| call.store().get(id));
    json!({
        "id": folder.id.to_string(),
        "type": "folder",
        "status": folder.status.name(),
        "title": folder.title(),
        "parentId": parent.map(|parent| parent.id.to_string()),
        "parentType": parent.map(|parent| parent.kind.name()),
        "position": if trashed { Value::Null } else { json!(folder.position) },
        "authorId": page::account(call, folder.author),
        "ownerId": page::account(call, folder.author),
        "createdAt": moment::cloud(folder.created),
        "spaceId": call.store().space(folder.space).id.to_string(),
        "version": page::version(call, folder.version()),
        "_links": { "webui": web_link(call, folder), "base": call.base() },
    })
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(folder(call, known(call)?)))
}

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let request = json(call)?;
    let space = space_to_write(call, &request)?;
    let title = request["title"].as_str().unwrap_or("Untitled folder");
    let mut draft = Draft::page(space, title, "", call.author(), call.now).kind(Kind::Folder);
    if !request["parentId"].is_null() {
        let id = id_of(&request["parentId"]).ok_or_else(|| errors::invalid("parentId must be a number"))?;
        call.visible(id)
            .ok_or_else(|| refused(call, &Refusal::NoParent(id), id))?;
        draft.place = Place::Under(id);
    }
    let id = call
        .world
        .store
        .create(draft)
        .map_err(|refusal| refused(call, &refusal, 0))?;
    Ok(Reply::json(folder(call, call.store().content(id))))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let found = known(call)?;
    let (id, current) = (found.id, found.is_current());
    let missing = || errors::not_found(&format!("Content with id: [{id}] not found"));
    writer(call, Some(found), missing())?;
    if !current {
        return Err(missing());
    }
    call.world
        .store
        .trash(id, call.now)
        .map_err(|refusal| refused(call, &refusal, id))?;
    Ok(no_content())
}
