//! Who may see and change a single piece of content. Unlike on a real site they are not inherited.

use serde_json::{Value, json};

use super::{
    errors, users,
    write::{changeable, refused},
};
use crate::simulator::{
    reply::{Answer, Reply},
    store::{Content, Refusal, UserIndex},
    world::Call,
};

/// `GET …/restriction` and `GET …/restriction/byOperation`.
pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let found = call.v1_content(1)?;
    if call.path.len() > 3 {
        return Ok(Reply::json(by_operation(call, found)));
    }
    Ok(Reply::json(list(call, found)))
}

fn list(call: &Call<'_>, found: &Content) -> Value {
    let both = by_operation(call, found);
    json!({
        "results": [both["read"], both["update"]],
        "start": 0,
        "limit": 100,
        "size": 2,
        "restrictionsHash": "",
        "_links": { "base": call.base(), "context": call.site.context(call.knobs()) },
    })
}

/// Nobody named means everybody.
pub(crate) fn by_operation(call: &Call<'_>, content: &Content) -> Value {
    let link = format!(
        "{}/rest/api/content/{}/restriction/byOperation",
        call.base(),
        content.id
    );
    let one = |operation: &str, people: &[UserIndex]| {
        let people: Vec<Value> = people.iter().map(|index| users::user(call, *index)).collect();
        let size = people.len();
        json!({
            "operation": operation,
            "restrictions": {
                "user": { "results": people, "start": 0, "limit": 200, "size": size },
                "group": { "results": [], "start": 0, "limit": 200, "size": 0 },
            },
            "_links": { "self": format!("{link}/{operation}") },
            "_expandable": { "content": format!("/rest/api/content/{}", content.id) },
        })
    };
    let (read, update) = (one("read", &content.readers), one("update", &content.editors));
    json!({ "read": read, "update": update, "_links": { "self": link } })
}

/// `PUT …/restriction`: a list, or an object with it under `results`. Groups count as the members they have now.
pub(crate) fn put(call: &mut Call<'_>) -> Answer {
    let id = changeable(call, 1)?.id;
    let request = call.request.json().unwrap_or_default();
    let rows = request.as_array().or_else(|| request["results"].as_array());
    let rows =
        rows.ok_or_else(|| errors::bad_request(call.deployment(), "A list of restrictions is required"))?;
    let people = |operation: &str| -> Vec<UserIndex> {
        let rows = rows.iter().filter(|row| row["operation"] == operation);
        let mut people: Vec<UserIndex> = rows.flat_map(|row| named(call, &row["restrictions"])).collect();
        people.sort_unstable();
        people.dedup();
        people
    };
    let (readers, editors) = (people("read"), people("update"));
    let found = call.world.store.get_mut(id);
    let Some(content) = found else {
        return Err(refused(call, &Refusal::NoContent(id)));
    };
    content.readers = readers;
    content.editors = editors;
    Ok(Reply::json(list(call, call.store().content(id))))
}

fn named(call: &Call<'_>, restrictions: &Value) -> Vec<UserIndex> {
    let rows = |kind: &str| -> Vec<Value> {
        let rows = &restrictions[kind];
        rows.as_array()
            .or_else(|| rows["results"].as_array())
            .cloned()
            .unwrap_or_default()
    };
    let users = rows("user").into_iter().filter_map(|row| {
        let names = ["accountId", "username", "userKey"].map(|name| row[name].as_str().map(str::to_owned));
        call.world.users.iter().position(|user| {
            names
                .iter()
                .flatten()
                .any(|name| [&user.account_id, &user.username, &user.key].contains(&name))
        })
    });
    let groups = rows("group").into_iter().filter_map(|row| {
        let group = call
            .world
            .groups
            .iter()
            .find(|group| row["name"] == group.name.as_str() || row["id"] == group.id.as_str())?;
        Some(group.members.clone())
    });
    users.chain(groups.flatten()).collect()
}
