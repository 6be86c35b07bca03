//! Users as v1 shows them.

use serde_json::{Value, json};

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

pub(crate) fn current(call: &mut Call<'_>) -> Answer {
    let mut shown = call
        .caller
        .user()
        .map_or_else(|| anonymous(call), |index| user(call, index));
    shown["_links"]["base"] = json!(call.base());
    shown["_links"]["context"] = json!(call.site.context(call.knobs()));
    Ok(Reply::json(shown))
}
