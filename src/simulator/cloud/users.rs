//! `POST /users-bulk`.

use serde_json::{Value, json};

use super::{errors, lists::envelope, pages};
use crate::simulator::{auth::User, reply::Answer, world::Call};

fn user(user: &User) -> Value {
    json!({
        "displayName": user.display_name,
        "timeZone": "",
        "personalSpaceId": null,
        "isExternalCollaborator": false,
        "accountStatus": "active",
        "accountId": user.account_id,
        "email": "",
        "accountType": "atlassian",
        "publicName": user.display_name,
        "profilePicture": { "path": "/wiki/aa-avatar/default", "isDefault": true },
    })
}

/// Accounts that are not known are left out.
pub(crate) fn bulk(call: &mut Call<'_>) -> Answer {
    let request = pages::json(call)?;
    let wanted = request["accountIds"]
        .as_array()
        .ok_or_else(|| errors::invalid("accountIds is required"))?;
    let known = wanted.iter().filter_map(|id| {
        call.world
            .users
            .iter()
            .find(|user| *id == user.account_id.as_str())
    });
    let rows: Vec<Value> = known.map(user).collect();
    Ok(envelope(call, &rows, None))
}
