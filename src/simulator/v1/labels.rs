//! Labels: read, add, remove.

use serde_json::{Value, json};

use super::{
    content, errors,
    lists::{Window, envelope},
    write::changeable,
};
use crate::simulator::{
    exchange::no_content,
    reply::{Answer, Reply},
    store::{Content, Id, Label},
    world::Call,
};

const REFUSED: &str = "!#&()*.:;<>?@[]^";

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let content = call.v1_content(1)?;
    let prefix = call.query("prefix");
    let labels: Vec<Label> = content
        .labels
        .iter()
        .filter(|label| prefix.is_none_or(|prefix| label.prefix == prefix))
        .cloned()
        .collect();
    let window = Window::of(call, 200, 200);
    let rows = window.of_list(&labels).iter().map(content::label).collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        labels.len(),
        rows,
    ))))
}

/// Cloud: `GET /label?name=…`, the label and what carries it.
pub(crate) fn labelled(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let name = call.query("name").unwrap_or_default();
    let kind = call.query("type");
    let kinds = ["page", "blogpost", "attachment", "page_template"];
    if name.is_empty() || kind.is_some_and(|kind| !kinds.contains(&kind)) {
        return Err(errors::bad_request(deployment, "name or type is not valid"));
    }
    let carries = |content: &&Content| content.labels.iter().any(|label| label.name == name);
    let all: Vec<&Content> = call
        .store()
        .all()
        .filter(|content| content.is_current() && call.sees(content))
        .filter(carries)
        .collect();
    let label = all.iter().flat_map(|content| &content.labels);
    let label = label
        .into_iter()
        .find(|label| label.name == name)
        .map(content::label);
    let label = label.ok_or_else(|| errors::not_found(deployment, &format!("No label found: {name}")))?;
    let all: Vec<&Content> = all
        .into_iter()
        .filter(|content| kind.is_none_or(|kind| kind == content.kind.name()))
        .collect();
    let window = Window::of(call, 200, 200);
    let rows: Vec<Value> = window
        .of_list(&all)
        .iter()
        .map(|content| json!({ "contentType": content.kind.name(), "contentId": content.id, "title": content.title() }))
        .collect();
    let contents =
        json!({ "start": window.start, "limit": window.limit, "size": rows.len(), "results": rows });
    Ok(Reply::json(
        json!({ "label": label, "associatedContents": contents }),
    ))
}

pub(crate) fn post(call: &mut Call<'_>) -> Answer {
    let id = changeable(call, 1)?.id;
    let parsed = call.request.json();
    let labels = match parsed {
        Some(Value::Array(labels)) => labels,
        Some(one @ Value::Object(_)) => vec![one],
        _ => return Err(errors::bad_request(call.deployment(), "Could not parse Labels")),
    };
    add(call, id, &labels)?;
    let labels = call.store().content(id).labels.clone();
    let window = Window { start: 0, limit: 200 };
    let rows = labels.iter().map(content::label).collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        labels.len(),
        rows,
    ))))
}

/// Adds what is not there yet; all or nothing.
pub(crate) fn add(call: &mut Call<'_>, id: Id, labels: &[Value]) -> Result<(), Reply> {
    let deployment = call.deployment();
    let mut wanted = Vec::new();
    for label in labels {
        let name = label["name"].as_str();
        let name = name
            .ok_or_else(|| errors::bad_request(deployment, "Could not parse Labels"))?
            .to_lowercase();
        let prefix = label["prefix"].as_str().unwrap_or("global");
        for name in name.split([' ', ',']).filter(|name| !name.is_empty()) {
            if name.contains(|letter| REFUSED.contains(letter)) {
                return Err(errors::bad_request(deployment, "label.contains.invalid.chars"));
            }
            if name.encode_utf16().count() > 255 {
                return Err(errors::bad_request(deployment, "label.name.is.too.long"));
            }
            wanted.push((prefix.to_owned(), name.to_owned()));
        }
    }
    for (prefix, name) in wanted {
        let known = &call.store().content(id).labels;
        if known
            .iter()
            .any(|label| label.prefix == prefix && label.name == name)
        {
            continue;
        }
        let label = Label {
            id: call.world.store.next_id(),
            prefix,
            name,
            at: call.now,
        };
        if let Some(content) = call.world.store.get_mut(id) {
            content.labels.push(label);
        }
    }
    Ok(())
}

/// `DELETE …/label?name=` and `DELETE …/label/{name}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let id = changeable(call, 1)?.id;
    let name = call
        .path
        .get(3)
        .copied()
        .or_else(|| call.query("name"))
        .unwrap_or_default()
        .to_owned();
    let Some(content) = call.world.store.get_mut(id) else {
        return Ok(no_content());
    };
    let before = content.labels.len();
    content.labels.retain(|label| label.name != name);
    if content.labels.len() == before {
        return Err(errors::not_found(
            call.deployment(),
            &format!("No label found with name: {name}"),
        ));
    }
    Ok(no_content())
}

/// A label as `{prefix, name, id}`, for v2.
pub(crate) fn short(label: &Label) -> Value {
    json!({ "prefix": label.prefix, "name": label.name, "id": label.id.to_string() })
}
