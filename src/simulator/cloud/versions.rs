//! `/pages/{id}/versions`.

use serde_json::json;

use super::{
    errors, lists,
    page::{self, IN_LISTS, body_format},
    pages::known,
};
use crate::simulator::{
    moment,
    reply::{Answer, Reply},
    store::Id,
    world::Call,
};

/// Newest first.
pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let found = known(call)?;
    let format = body_format(call, &IN_LISTS)?;
    let mut numbers: Vec<Id> = found
        .versions
        .iter()
        .rev()
        .map(|version| version.number)
        .collect();
    if call.query("sort") == Some("modified-date") {
        numbers.reverse();
    }
    lists::answer(call, &numbers, 25, &|call, number| {
        let Some(version) = found.version_number(number) else {
            return json!(null);
        };
        let mut row = page::version(call, version);
        row["page"] = json!({ "id": found.id.to_string(), "title": version.title, "body": page::body(version, format) });
        row
    })
}

/// The metadata of one.
pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let found = known(call)?;
    let text = call.path[3];
    let missing = || {
        errors::not_found(&format!(
            "Cannot find version [{text}] of page with id [{}]",
            found.id
        ))
    };
    let number: u64 = text
        .parse()
        .map_err(|_| errors::invalid("The version is not a number"))?;
    let index = found
        .versions
        .iter()
        .position(|version| version.number == number)
        .ok_or_else(missing)?;
    let version = &found.versions[index];
    let before = index.checked_sub(1).map(|index| &found.versions[index]);
    let mut shown = json!({
        "number": version.number,
        "authorId": page::account(call, version.author),
        "message": version.message,
        "createdAt": moment::cloud(version.at),
        "minorEdit": version.minor,
        "contentTypeModified": false,
        "collaborators": [page::account(call, version.author)],
    });
    if let Some(before) = before {
        shown["prevVersion"] = json!(before.number);
    }
    if let Some(after) = found.versions.get(index + 1) {
        shown["nextVersion"] = json!(after.number);
    }
    Ok(Reply::json(shown))
}
