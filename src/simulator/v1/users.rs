//! Users as v1 shows them.

use serde_json::{Value, json};

use super::errors;
use crate::simulator::{
    auth::User,
    reply::{Answer, Reply},
    request::encode,
    store::UserIndex,
    world::Call,
};

/// A user inside other content, or on their own.
pub(crate) fn user(call: &Call<'_>, index: UserIndex) -> Value {
    let User {
        account_id,
        username,
        key,
        display_name,
        ..
    } = &call.world.users[index];
    let context = call.site.context(call.knobs());
    if call.site.is_cloud() {
        let path = format!("{context}/aa-avatar/{}", encode(account_id));
        return json!({
            "type": "known",
            "accountId": account_id,
            "accountType": "atlassian",
            "email": email(call, index),
            "publicName": display_name,
            "profilePicture": { "path": path, "width": 48, "height": 48, "isDefault": false },
            "displayName": display_name,
            "isExternalCollaborator": false,
            "_expandable": { "operations": "", "personalSpace": "" },
            "_links": { "self": format!("{}/rest/api/user?accountId={}", call.base(), encode(account_id)) },
        });
    }
    let mut shown = json!({
        "type": "known",
        "username": username,
        "userKey": key,
        "profilePicture": picture(context, "default.svg"),
        "displayName": display_name,
        "_links": { "self": format!("{}/rest/api/user?key={key}", call.base()) },
        "_expandable": { "status": "" },
    });
    if call
        .query("expand")
        .is_some_and(|expand| expand.split(',').any(|part| part == "status"))
    {
        shown["status"] = json!(if call.world.users[index].active {
            "current"
        } else {
            "deactivated"
        });
        shown["_expandable"] = json!({});
    }
    shown
}

/// What a profile of Cloud shows.
fn email(call: &Call<'_>, index: UserIndex) -> Value {
    let user = &call.world.users[index];
    let knobs = call.knobs();
    match (knobs.hidden_emails || user.hides_email, knobs.null_emails) {
        (false, _) => json!(user.email),
        (true, false) => json!(""),
        (true, true) => Value::Null,
    }
}

fn picture(context: &str, file: &str) -> Value {
    json!({ "path": format!("{context}/images/icons/profilepics/{file}"), "width": 48, "height": 48, "isDefault": true })
}

pub(crate) fn anonymous(call: &Call<'_>) -> Value {
    json!({
        "type": "anonymous",
        "profilePicture": picture(call.site.context(call.knobs()), "anonymous.svg"),
        "displayName": "Anonymous",
    })
}

/// The user that the query names: by account id on Cloud, by name or key on Data Center.
pub(crate) fn named(call: &Call<'_>) -> Result<UserIndex, Reply> {
    type Name = fn(&User) -> &str;
    let parameters: &[(&str, Name)] = if call.site.is_cloud() {
        &[("accountId", |user| &user.account_id)]
    } else {
        &[("username", |user| &user.username), ("key", |user| &user.key)]
    };
    let wanted = parameters
        .iter()
        .find_map(|(name, of)| call.query(name).map(|wanted| (wanted, of)));
    let (wanted, of) =
        wanted.ok_or_else(|| errors::bad_request(call.deployment(), "The query names no user"))?;
    let missing = || errors::not_found(call.deployment(), &format!("No user found with key: {wanted}"));
    call.world
        .users
        .iter()
        .position(|user| of(user) == wanted)
        .ok_or_else(missing)
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let index = named(call)?;
    Ok(Reply::json(user(call, index)))
}

/// Cloud: `GET /user/bulk?accountId=…&accountId=…`.
pub(crate) fn bulk(call: &mut Call<'_>) -> Answer {
    let wanted = call.request.query.list("accountId");
    let known = wanted
        .iter()
        .filter_map(|id| call.world.users.iter().position(|user| user.account_id == *id));
    let rows: Vec<Value> = known.map(|index| user(call, index)).collect();
    let size = rows.len();
    Ok(Reply::json(
        json!({ "results": rows, "start": 0, "limit": 100, "size": size, "_links": { "base": call.base() } }),
    ))
}

pub(crate) fn current(call: &mut Call<'_>) -> Answer {
    let mut shown = call
        .caller
        .user()
        .map_or_else(|| anonymous(call), |index| user(call, index));
    shown["_links"]["base"] = json!(call.base());
    shown["_links"]["context"] = json!(call.site.context(call.knobs()));
    Ok(Reply::json(shown))
}
