//! Versions: the history of content, restoring and deleting old states.

use serde_json::{Value, json};

use super::{
    content, errors,
    expand::Expand,
    lists::{Window, envelope},
    write::{body, changeable, refused},
};
use crate::simulator::{
    exchange::no_content,
    reply::{Answer, Reply},
    store::Change,
    world::Call,
};

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let found = call.v1_content(1)?;
    let expand = Expand::parse(call.query("expand"), "previousVersion,nextVersion,lastUpdated");
    let mut shown = content::history(call, found, found.version(), &expand);
    shown["_links"]["base"] = json!(call.base());
    shown["_links"]["context"] = json!(call.site.context(call.knobs()));
    Ok(Reply::json(shown))
}

/// Newest first.
pub(crate) fn versions(call: &mut Call<'_>) -> Answer {
    let found = call.v1_content(1)?;
    let newest_first: Vec<_> = found.versions.iter().rev().collect();
    let window = Window::of(call, 200, 200);
    let rows = window
        .of_list(&newest_first)
        .iter()
        .map(|version| content::version_json(call, found, version))
        .collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        newest_first.len(),
        rows,
    ))))
}

pub(crate) fn version(call: &mut Call<'_>) -> Answer {
    let found = call.v1_content(1)?;
    let number = call.path[3]
        .parse()
        .ok()
        .and_then(|number| found.version_number(number));
    let version = number.ok_or_else(|| errors::no_content(call.deployment(), call.path[1]))?;
    Ok(Reply::json(content::version_json(call, found, version)))
}

/// Cloud: an old state becomes the newest; there is no optimistic lock.
pub(crate) fn restore(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let bad = |message: &str| errors::bad_request(deployment, message);
    let request = body(call)?;
    let found = changeable(call, 1)?;
    let id = found.id;
    if request["operationKey"] != "restore" {
        return Err(bad("operationKey must be restore"));
    }
    let parameters = &request["params"];
    let number = parameters["versionNumber"]
        .as_u64()
        .ok_or_else(|| bad("params.versionNumber is required"))?;
    let message = parameters["message"]
        .as_str()
        .ok_or_else(|| bad("params.message is required"))?
        .to_owned();
    if number == found.version().number {
        return Err(bad("The version to restore is the current version"));
    }
    let old = found
        .version_number(number)
        .ok_or_else(|| bad("There is no version with this number"))?;
    let with_title = parameters["restoreTitle"].as_bool().unwrap_or_default();
    let change = Change {
        title: with_title.then(|| old.title.clone()),
        body: Some(old.body.to_string()),
        message,
        ..Change::default()
    };
    let (author, now) = (call.author(), call.now);
    call.world
        .store
        .save(id, change, author, now)
        .map_err(|refusal| refused(call, &refusal))?;
    let found = call.store().content(id);
    let mut shown = content::version_json(call, found, found.version());
    shown["content"] = content::content(call, found, &Expand::default());
    Ok(Reply::json(shown))
}

/// An old state is forgotten; the current one cannot be.
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let found = changeable(call, 1)?;
    let id = found.id;
    let number = call.path[3]
        .parse()
        .ok()
        .filter(|number| found.version_number(*number).is_some());
    let number: u64 =
        number.ok_or_else(|| errors::bad_request(deployment, "There is no version with this number"))?;
    if number == found.version().number {
        return Err(errors::bad_request(
            deployment,
            "The current version cannot be deleted",
        ));
    }
    if let Some(found) = call.world.store.get_mut(id) {
        found.versions.retain(|version| version.number != number);
    }
    Ok(no_content())
}
