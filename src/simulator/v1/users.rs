//! Users as v1 shows them.

use serde_json::{Value, json};

use super::{
    errors,
    lists::{Window, envelope},
};
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
            "email": "",
            "publicName": display_name,
            "profilePicture": { "path": path, "width": 48, "height": 48, "isDefault": false },
            "displayName": display_name,
            "isExternalCollaborator": false,
            "_expandable": { "operations": "", "personalSpace": "" },
            "_links": { "self": format!("{}/rest/api/user?accountId={}", call.base(), encode(account_id)) },
        });
    }
    json!({
        "type": "known",
        "username": username,
        "userKey": key,
        "profilePicture": picture(context, "default.svg"),
        "displayName": display_name,
        "_links": { "self": format!("{}/rest/api/user?key={key}", call.base()) },
        "_expandable": { "status": "" },
    })
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
    let parameters: &[&str] = if call.site.is_cloud() {
        &["accountId"]
    } else {
        &["username", "key"]
    };
    let wanted = parameters.iter().find_map(|name| call.query(name));
    let wanted = wanted.ok_or_else(|| errors::bad_request(call.deployment(), "The query names no user"))?;
    let matches = |user: &User| {
        [&user.account_id, &user.username, &user.key]
            .iter()
            .any(|name| *name == wanted)
    };
    let missing = || errors::not_found(call.deployment(), &format!("No user found with key: {wanted}"));
    call.world.users.iter().position(matches).ok_or_else(missing)
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

/// `GET /search/user?cql=user.fullname ~ "…"`: the quoted words are looked for in names.
pub(crate) fn search(call: &mut Call<'_>) -> Answer {
    let cql = call.query("cql").unwrap_or_default();
    let wanted = cql.split('"').nth(1).unwrap_or_default().to_lowercase();
    if !cql.starts_with("user") || wanted.is_empty() {
        return Err(errors::bad_request(
            call.deployment(),
            &format!("Could not parse cql : {cql}"),
        ));
    }
    let matches = |user: &User| {
        user.display_name.to_lowercase().contains(&wanted)
            || user.account_id == wanted
            || user.username == wanted
    };
    let found: Vec<UserIndex> = (0..call.world.users.len())
        .filter(|index| matches(&call.world.users[*index]))
        .collect();
    let window = Window::of(call, 25, 200);
    let rows = window.of_list(&found).iter().map(|index| {
        json!({
            "user": user(call, *index),
            "title": call.world.users[*index].display_name,
            "excerpt": "",
            "url": format!("/people/{}", encode(&call.world.users[*index].account_id)),
            "breadcrumbs": [],
            "entityType": "user",
            "iconCssClass": "aui-icon content-type-profile",
            "lastModified": null,
            "score": 0.0,
        })
    });
    let mut list = envelope(call, window, found.len(), rows.collect());
    list.insert("totalSize".to_owned(), json!(found.len()));
    list.insert("cqlQuery".to_owned(), json!(cql));
    list.insert("searchDuration".to_owned(), json!(9));
    Ok(Reply::json(Value::Object(list)))
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
