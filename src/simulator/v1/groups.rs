//! Groups and who is in them.

use serde_json::{Map, Value, json};

use super::{
    errors,
    lists::{Window, envelope},
    users,
};
use crate::simulator::{
    exchange::no_content,
    reply::{Answer, Reply},
    request::encode,
    store::UserIndex,
    world::{Call, Group},
};

fn group(call: &Call<'_>, group: &Group) -> Value {
    let base = call.base();
    if call.site.is_cloud() {
        return json!({
            "type": "group",
            "name": group.name,
            "id": group.id,
            "usageType": "USERBASE_GROUP",
            "managedBy": "ADMINS",
            "_links": { "self": format!("{base}/rest/api/group/by-id?id={}", group.id) },
        });
    }
    json!({
        "type": "group",
        "name": group.name,
        "_links": { "self": format!("{base}/rest/api/group/{}", encode(&group.name)) },
    })
}

fn rows(call: &Call<'_>, groups: &[&Group]) -> Map<String, Value> {
    let window = Window::of(call, 200, 200);
    let rows = window
        .of_list(groups)
        .iter()
        .map(|one| group(call, one))
        .collect();
    envelope(call, window, groups.len(), rows)
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let mut groups: Vec<&Group> = call.world.groups.iter().collect();
    if let Some(part) = call.query("query") {
        groups.retain(|group| group.name.contains(part));
    }
    groups.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Reply::json(Value::Object(rows(call, &groups))))
}

/// The groups of a user.
pub(crate) fn of_user(call: &mut Call<'_>) -> Answer {
    let user = users::named(call)?;
    let groups: Vec<&Group> = call
        .world
        .groups
        .iter()
        .filter(|group| group.members.contains(&user))
        .collect();
    Ok(Reply::json(Value::Object(rows(call, &groups))))
}

/// By id on Cloud, by name on Data Center and in older routes of Cloud; in the path or in the query.
fn position(call: &Call<'_>) -> Result<usize, Reply> {
    let in_path = match call.path[..] {
        [
            "group",
            "by-id" | "by-name" | "info" | "member" | "userByGroupId" | "user",
        ] => None,
        ["group", name, ..] | ["user", _, "group", name] => Some(name),
        _ => None,
    };
    let in_query = ["id", "groupId", "groupName", "name"]
        .iter()
        .find_map(|parameter| call.query(parameter));
    let wanted = in_path.or(in_query).unwrap_or_default();
    let found = call
        .world
        .groups
        .iter()
        .position(|group| group.name == wanted || group.id == wanted);
    found.ok_or_else(|| {
        errors::not_found(
            call.deployment(),
            &format!("No group found with name or id: {wanted}"),
        )
    })
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let index = position(call)?;
    Ok(Reply::json(group(call, &call.world.groups[index])))
}

pub(crate) fn members(call: &mut Call<'_>) -> Answer {
    let members = call.world.groups[position(call)?].members.clone();
    let window = Window::of(call, 200, 200);
    let rows = window
        .of_list(&members)
        .iter()
        .map(|index| users::user(call, *index))
        .collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        members.len(),
        rows,
    ))))
}

fn administrator(call: &Call<'_>) -> Result<(), Reply> {
    if call.may_write() {
        return Ok(());
    }
    Err(errors::permission(
        call.deployment(),
        "Only a site administrator may change groups",
    ))
}

fn set_member(call: &mut Call<'_>, user: UserIndex, is_member: bool) -> Result<(), Reply> {
    administrator(call)?;
    let index = position(call)?;
    let members = &mut call.world.groups[index].members;
    members.retain(|member| *member != user);
    if is_member {
        members.push(user);
    }
    Ok(())
}

/// Cloud: `POST /group/userByGroupId?groupId=` with `{"accountId"}`.
pub(crate) fn add(call: &mut Call<'_>) -> Answer {
    let request = super::write::body(call)?;
    let account = request["accountId"].as_str().unwrap_or_default();
    let user = call
        .world
        .users
        .iter()
        .position(|user| user.account_id == account);
    let user =
        user.ok_or_else(|| errors::bad_request(call.deployment(), "accountId is missing or invalid"))?;
    set_member(call, user, true)?;
    Ok(Reply::empty(201))
}

/// Cloud: `DELETE /group/userByGroupId?groupId=&accountId=`.
pub(crate) fn remove(call: &mut Call<'_>) -> Answer {
    let user = users::named(call)?;
    set_member(call, user, false)?;
    Ok(no_content())
}

/// Data Center: `PUT /user/{name}/group/{group}`.
pub(crate) fn put_user(call: &mut Call<'_>) -> Answer {
    let user = in_path(call)?;
    set_member(call, user, true)?;
    Ok(no_content())
}

/// Data Center: `DELETE /user/{name}/group/{group}`.
pub(crate) fn delete_user(call: &mut Call<'_>) -> Answer {
    let user = in_path(call)?;
    set_member(call, user, false)?;
    Ok(no_content())
}

fn in_path(call: &Call<'_>) -> Result<UserIndex, Reply> {
    let name = call.path[1];
    let found = call.world.users.iter().position(|user| user.username == name);
    found.ok_or_else(|| errors::not_found(call.deployment(), &format!("No user found with username: {name}")))
}
