//! `POST /contentbody/convert/{to}`, and on Cloud the same as a task.

use serde_json::{Value, json};

use super::{content::REPRESENTATIONS, errors, write::body};
use crate::simulator::{
    reply::{Answer, Reply},
    saved,
    world::Call,
};

/// Storage to what is shown, and what is written to storage.
pub(crate) fn convert(call: &mut Call<'_>) -> Answer {
    let (to, value) = (call.path[2], converted(call, call.path[2])?);
    let links = json!({ "base": call.base() });
    Ok(Reply::json(
        json!({ "value": value, "representation": to, "_links": links }),
    ))
}

/// Cloud: `POST /contentbody/convert/async/{to}`, which takes `export_view` only.
pub(crate) fn begin(call: &mut Call<'_>) -> Answer {
    let to = call.path[3];
    if to != "export_view" {
        return Err(errors::bad_request(
            call.deployment(),
            &format!("Cannot convert to {to}"),
        ));
    }
    let value = converted(call, to)?;
    let id = call.world.store.opaque_id().to_string();
    let done = json!({
        "value": value,
        "representation": to,
        "renderTaskId": id,
        "status": "COMPLETED",
        "_expandable": { "content": "", "embeddedContent": "", "webresource": "", "mediaToken": "" },
        "_links": { "base": call.base() },
    });
    call.world.conversions.push((id.clone(), done));
    Ok(Reply::json(json!({ "asyncId": id })))
}

/// Cloud: what such a task came to.
pub(crate) fn result(call: &mut Call<'_>) -> Answer {
    let wanted = call.path[3];
    let known = call.world.conversions.iter().find(|(id, _)| id == wanted);
    let missing = || errors::not_found(call.deployment(), &format!("No task found with id: {wanted}"));
    known
        .map(|(_, done)| Reply::json(done.clone()))
        .ok_or_else(missing)
}

fn converted(call: &Call<'_>, to: &str) -> Result<Value, Reply> {
    let deployment = call.deployment();
    let request = body(call)?;
    let from = request["representation"].as_str().unwrap_or("storage");
    let bad = |message: &str| errors::bad_request(deployment, message);
    let value = request["value"]
        .as_str()
        .ok_or_else(|| bad("value is required"))?;
    let storage =
        saved::to_storage(from, value).ok_or_else(|| bad("The representation cannot be converted"))?;
    let offset = call.knobs().xhtml_row_offset;
    saved::check(&storage).map_err(|fault| bad(&errors::parse_message(&fault, offset)))?;
    let converted = match to {
        "storage" | "editor" => storage,
        "atlas_doc_format" => saved::document(&storage).to_string(),
        other if REPRESENTATIONS.contains(&other) => saved::view(&storage),
        other => return Err(bad(&format!("Cannot convert to {other}"))),
    };
    Ok(json!(converted))
}
