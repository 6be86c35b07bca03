//! `/pages/movepage.action`: what the page tree of the browser calls. It is not REST, but clients use it, since
//! Data Center has nothing else that orders siblings.

use serde_json::json;

use super::{errors, write};
use crate::simulator::{
    reply::{Answer, Reply},
    store::Place,
    world::Call,
};

/// `pageId`, `targetId` or `targetTitle`, and a position in the words of the browser.
pub(crate) fn move_page(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    if !matches!(
        call.request.header("x-atlassian-token"),
        Some("no-check" | "nocheck")
    ) {
        return Err(Reply::html(403, "XSRF check failed"));
    }
    let wanted = call.query("pageId").unwrap_or_default();
    let page = call.v1_visible(wanted).filter(|page| page.is_current());
    let page = page.ok_or_else(|| errors::no_content(deployment, wanted))?;
    let (id, space) = (page.id, page.space);
    if !write::may_change(call, Some(page)) {
        return Err(errors::permission(
            deployment,
            "User is not permitted to move the page",
        ));
    }
    let position = call.query("position").unwrap_or("append");
    let place = if position.eq_ignore_ascii_case("topLevel") {
        Place::TopLevel
    } else {
        let titled = call
            .query("targetTitle")
            .map(|title| call.store().titled(space, title).to_vec());
        let target = match call.query("targetId") {
            Some(id) => id.parse().ok(),
            None => titled
                .unwrap_or_default()
                .into_iter()
                .find(|id| call.store().content(*id).is_current()),
        };
        let target = target.ok_or_else(|| errors::bad_request(deployment, "The target is missing"))?;
        match position {
            "append" => Place::Under(target),
            "above" => Place::Before(target),
            "below" => Place::After(target),
            _ => {
                return Err(errors::bad_request(
                    deployment,
                    "The position is not one of append, above, below, topLevel",
                ));
            }
        }
    };
    call.world
        .store
        .relocate(id, place, call.now)
        .map_err(|refusal| write::refused(call, &refusal))?;
    Ok(Reply::json(
        json!({ "page": { "id": id.to_string() }, "actionErrors": [] }),
    ))
}
