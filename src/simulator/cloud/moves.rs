//! What only v1 can do with the place of a page: `PUT /content/{id}/move/{position}/{target}`.

use serde_json::json;

use crate::simulator::{
    reply::{Answer, Reply},
    store::{Id, Place, Refusal, Status},
    v1::{errors, write},
    world::Call,
};

pub(crate) fn relocate(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let (position, target) = (call.path[3], call.path[4]);
    let page = call.v1_content(1)?;
    let (id, current) = (page.id, page.status == Status::Current && page.kind.in_tree());
    if !current {
        return Err(errors::no_content(deployment, call.path[1]));
    }
    if !write::may_change(call, Some(page)) {
        return Err(errors::permission(
            deployment,
            &format!("User does not have permission to move content with id {id}"),
        ));
    }
    let target: Id = call
        .v1_visible(target)
        .map(|target| target.id)
        .ok_or_else(|| errors::no_content(deployment, target))?;
    let place = match position {
        "append" => Place::Under(target),
        "before" => Place::Before(target),
        "after" => Place::After(target),
        _ => {
            return Err(errors::bad_request(
                deployment,
                "Position must be one of before, after, append",
            ));
        }
    };
    call.world
        .store
        .relocate(id, place, call.now)
        .map_err(|refusal| match refusal {
            Refusal::NoParent(target) => errors::no_content(deployment, &target.to_string()),
            refusal => write::refused(call, &refusal),
        })?;
    Ok(Reply::json(json!({ "pageId": id.to_string() })))
}
