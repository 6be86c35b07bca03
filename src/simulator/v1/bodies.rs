//! `POST /contentbody/convert/{to}`.

use serde_json::json;

use super::{content::REPRESENTATIONS, errors, write::body};
use crate::simulator::{
    reply::{Answer, Reply},
    saved,
    world::Call,
};

/// Storage to what is shown, and what is written to storage.
pub(crate) fn convert(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let request = body(call)?;
    let to = call.path[2];
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
    let links = json!({ "base": call.base() });
    Ok(Reply::json(
        json!({ "value": converted, "representation": to, "_links": links }),
    ))
}
