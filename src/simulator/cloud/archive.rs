//! What v1 does to many pages at once: archive them, trash a tree. Both answer with a long task, which is done by
//! the time anybody asks.

use serde_json::json;

use crate::simulator::{
    reply::{Answer, Reply},
    v1::{
        errors,
        write::{self, id_of},
    },
    world::Call,
};

/// The most pages one request may archive.
const MOST: usize = 300;

/// All or nothing.
pub(crate) fn archive(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let bad = |message: &str| errors::bad_request(deployment, message);
    let request = write::body(call)?;
    let pages = request["pages"]
        .as_array()
        .ok_or_else(|| bad("pages is required"))?;
    if pages.is_empty() || pages.len() > MOST {
        return Err(bad("Between 1 and 300 pages can be archived at once"));
    }
    let mut ids = Vec::new();
    for page in pages {
        let id = id_of(&page["id"]).ok_or_else(|| bad("Every page needs a numeric id"))?;
        let found = call
            .visible(id)
            .filter(|page| page.is_page() && page.is_current());
        let found = found.ok_or_else(|| bad(&format!("Content with id {id} is not a current page")))?;
        if !write::may_change(call, Some(found)) {
            return Err(errors::permission(
                deployment,
                &format!("User is not permitted to archive content with id {id}"),
            ));
        }
        ids.push(id);
    }
    for id in ids {
        // Checked above.
        let _archived = call.world.store.archive(id, call.now);
    }
    Ok(accepted(call, "com.atlassian.confluence.archive"))
}

pub(crate) fn delete_tree(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let page = call.v1_content(1)?;
    let id = page.id;
    if !page.is_page() || !page.is_current() {
        return Err(errors::bad_request(
            deployment,
            "Only the tree of a current page can be deleted",
        ));
    }
    if !write::may_change(call, Some(page)) {
        return Err(errors::permission(
            deployment,
            "User is not permitted to delete the content",
        ));
    }
    call.world
        .store
        .trash_tree(id, call.now)
        .map_err(|refusal| write::refused(call, &refusal))?;
    Ok(accepted(call, "com.atlassian.confluence.pagetree.delete"))
}

pub(super) fn accepted(call: &mut Call<'_>, name: &'static str) -> Reply {
    let id = call.world.store.opaque_id().to_string();
    call.world.tasks.push((id.clone(), name));
    let links = json!({ "status": format!("/rest/api/longtask/{id}") });
    Reply::json_with(202, json!({ "id": id, "links": links }))
}

pub(crate) fn task(call: &mut Call<'_>) -> Answer {
    let wanted = call.path[1];
    let known = call.world.tasks.iter().find(|(id, _)| id == wanted);
    let missing = || errors::not_found(call.deployment(), &format!("No task found with id: {wanted}"));
    let (id, name) = known.ok_or_else(missing)?;
    Ok(Reply::json(json!({
        "id": id,
        "name": { "key": name, "args": [] },
        "elapsedTime": 140,
        "percentageComplete": 100,
        "successful": true,
        "finished": true,
        "messages": [],
        "_links": { "status": format!("/rest/api/longtask/{id}") },
        "status": "COMPLETED",
        "errors": [],
    })))
}
