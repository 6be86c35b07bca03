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

/// Cloud: `accessType` leaves those that grant administration, or access at all.
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let access = call.query("accessType").filter(|_| call.site.is_cloud());
    let mut groups: Vec<&Group> = call.world.groups.iter().collect();
    match access {
        None | Some("user") => {}
        Some("admin" | "site-admin") => groups.retain(|group| group.administers),
        Some(_) => return Err(errors::bad_request(call.deployment(), "accessType is not one")),
    }
    groups.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(Reply::json(Value::Object(rows(call, &groups))))
}

/// Cloud: `GET /group/picker?query=` finds groups by a part of their names.
pub(crate) fn pick(call: &mut Call<'_>) -> Answer {
    let part = call.query("query").map(str::to_lowercase);
    let part = part.ok_or_else(|| errors::bad_request(call.deployment(), "query is required"))?;
    let groups: Vec<&Group> = call.world.groups.iter().collect();
    let found: Vec<&Group> = groups
        .into_iter()
        .filter(|group| group.name.to_lowercase().contains(&part))
        .collect();
    Ok(Reply::json(Value::Object(rows(call, &found))))
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

/// By id on Cloud, by name on Data Center; in the path or in the query.
fn position(call: &Call<'_>) -> Result<usize, Reply> {
    let in_path = match call.path[..] {
        ["group", "by-id" | "info" | "member" | "userByGroupId"] => None,
        ["group", name, ..] | ["permissions", "group", name] | ["user", _, "group", name] => Some(name),
        _ => None,
    };
    let in_query = ["id", "groupId", "groupName"]
        .iter()
        .find_map(|parameter| call.query(parameter));
    let wanted = in_path.or(in_query).unwrap_or_default();
    let is_cloud = call.site.is_cloud();
    let is_it = |group: &Group| {
        if is_cloud {
            group.id == wanted
        } else {
            group.name.eq_ignore_ascii_case(wanted)
        }
    };
    let found = call.world.groups.iter().position(is_it);
    found.ok_or_else(|| {
        if !is_cloud && !call.knobs().no_group_404 {
            return errors::permission(call.deployment(), "Not permitted to view the group");
        }
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
    let limit: Option<usize> = call.query("limit").and_then(|limit| limit.parse().ok());
    if call.site.is_cloud() && limit.is_some_and(|limit| limit > 200) {
        return Err(errors::bad_request(
            call.deployment(),
            "limit cannot be greater than 200",
        ));
    }
    if !call.site.is_cloud() {
        administrator(call)?;
    }
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

/// Data Center: `GET /permissions/group/{name}`.
pub(crate) fn permissions(call: &mut Call<'_>) -> Answer {
    if !call.knobs().user_lists {
        return Err(errors::no_route("permissions"));
    }
    administrator(call)?;
    let group = &call.world.groups[position(call)?];
    let granted = |target: &str, key: &str| {
        json!({
            "operation": { "operationKey": key, "targetType": target },
            "subject": { "type": "group", "displayName": group.name },
        })
    };
    let mut rows = vec![granted("application", "use")];
    if group.administers {
        rows.push(granted("application", "administer"));
        rows.push(granted("system", "administer"));
    }
    Ok(Reply::json(Value::Array(rows)))
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
