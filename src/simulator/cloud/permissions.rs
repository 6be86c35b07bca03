//! `POST /content/{id}/permission/check`.

use serde_json::json;

use crate::simulator::{
    auth::Role,
    reply::{Answer, Reply},
    store::{Content, UserIndex},
    v1::{errors, write},
    world::Call,
};

/// Whether a user, or everybody in a group, may do something with content.
pub(crate) fn check(call: &mut Call<'_>) -> Answer {
    let bad = |message: &str| errors::bad_request(call.deployment(), message);
    let request = write::body(call)?;
    let content = call.v1_content(1)?;
    let subject = &request["subject"];
    let identifier = subject["identifier"]
        .as_str()
        .ok_or_else(|| bad("subject.identifier is required"))?;
    let users: Vec<UserIndex> = match subject["type"].as_str() {
        Some("user") => {
            let known = call.world.users.iter();
            known
                .clone()
                .position(|user| user.account_id == identifier)
                .into_iter()
                .collect()
        }
        Some("group") => {
            let group = call.world.groups.iter().find(|group| group.id == identifier);
            group.map(|group| group.members.clone()).unwrap_or_default()
        }
        _ => return Err(bad("subject.type must be user or group")),
    };
    if users.is_empty() {
        return Err(bad("The subject is not known"));
    }
    let allowed: fn(&Call<'_>, &Content, UserIndex) -> bool = match request["operation"].as_str() {
        Some("read") => may_read,
        Some("update" | "delete") => may_change,
        _ => return Err(bad("operation must be read, update or delete")),
    };
    let has = users.iter().all(|user| allowed(call, content, *user));
    Ok(Reply::json(
        json!({ "hasPermission": has, "errors": [], "_links": { "base": call.base() } }),
    ))
}

fn may_read(_: &Call<'_>, content: &Content, user: UserIndex) -> bool {
    !content.hidden && (content.readers.is_empty() || content.readers.contains(&user))
}

fn may_change(call: &Call<'_>, content: &Content, user: UserIndex) -> bool {
    let named = content.editors.is_empty() || content.editors.contains(&user);
    may_read(call, content, user) && named && !content.locked && call.world.users[user].role == Role::Admin
}
