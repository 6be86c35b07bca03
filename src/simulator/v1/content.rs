//! A piece of content as v1 shows it, with its expansions.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{children, expand::Expand, links, restrictions, spaces, users};
use crate::simulator::{
    moment,
    request::encode,
    saved,
    store::{Content, Kind, Status, Version},
    world::Call,
};

/// The representations a body can be expanded to.
pub(crate) const REPRESENTATIONS: [&str; 6] = [
    "editor",
    "view",
    "export_view",
    "styled_view",
    "storage",
    "anonymous_export_view",
];

/// A row of a list, or a link of a chain.
pub(crate) fn content(call: &Call<'_>, content: &Content, expand: &Expand) -> Value {
    Value::Object(of_version(call, content, content.version(), expand))
}

/// Content on its own: links tell where it was found.
pub(crate) fn single(call: &Call<'_>, content: &Content, version: &Version, expand: &Expand) -> Value {
    let mut shown = of_version(call, content, version, expand);
    if let Some(links) = shown.get_mut("_links") {
        links["collection"] = json!("/rest/api/content");
        links["base"] = json!(call.base());
        links["context"] = json!(call.site.context(call.knobs()));
    }
    Value::Object(shown)
}

fn of_version(call: &Call<'_>, content: &Content, version: &Version, expand: &Expand) -> Map<String, Value> {
    let path = format!("/rest/api/content/{}", wire_id(content));
    let key = encode(&call.store().space(content.space).key);
    let historical = version.number != content.version().number;
    let status = if historical {
        "historical"
    } else {
        status_name(call, content)
    };
    let mut shown = Map::new();
    let mut expandable = Map::new();
    shown.insert("id".to_owned(), json!(wire_id(content)));
    shown.insert("type".to_owned(), json!(content.kind.name()));
    shown.insert("status".to_owned(), json!(status));
    shown.insert("title".to_owned(), json!(version.title));
    let mut part = |name: &str, link: &str, make: &mut dyn FnMut(&Expand) -> Value| {
        if expand.has(name) {
            shown.insert(name.to_owned(), make(expand.below(name)));
        } else {
            expandable.insert(name.to_owned(), json!(link));
        }
    };
    part("space", &format!("/rest/api/space/{key}"), &mut |expand| {
        spaces::space(call, content.space, expand)
    });
    part("history", &format!("{path}/history"), &mut |expand| {
        history(call, content, version, expand)
    });
    part("version", "", &mut |_| version_json(call, content, version));
    part("ancestors", "", &mut |expand| ancestors(call, content, expand));
    part("container", &container_link(content, &key), &mut |expand| {
        container(call, content, expand)
    });
    part("body", "", &mut |expand| body(version, &path, expand));
    part("metadata", "", &mut |expand| metadata(call, content, expand));
    part("children", &format!("{path}/child"), &mut |expand| {
        children::map(call, content, expand)
    });
    part("descendants", &format!("{path}/descendant"), &mut |expand| {
        children::map(call, content, expand)
    });
    part("operations", "", &mut |_| operations(call, content));
    part(
        "restrictions",
        &format!("{path}/restriction/byOperation"),
        &mut |_| restrictions::by_operation(call, content),
    );
    if let Some(extensions) = extensions(call, content) {
        shown.insert("extensions".to_owned(), extensions);
    }
    shown.insert("_links".to_owned(), links(call, content, &path));
    shown.insert("_expandable".to_owned(), Value::Object(expandable));
    shown
}

/// Attachments carry a prefix.
pub(crate) fn wire_id(content: &Content) -> String {
    match content.kind {
        Kind::Attachment => format!("att{}", content.id),
        _ => content.id.to_string(),
    }
}

fn status_name(call: &Call<'_>, content: &Content) -> &'static str {
    match content.status {
        Status::Current if call.knobs().odd_enums && content.is_page() && content.id.is_multiple_of(3) => {
            "verified"
        }
        status => status.name(),
    }
}

pub(crate) fn time(call: &Call<'_>, instant: DateTime<Utc>) -> String {
    if call.site.is_cloud() {
        moment::cloud(instant)
    } else {
        moment::data_center(instant, call.knobs().utc_offset_minutes)
    }
}

/// A saved state.
pub(crate) fn version_json(call: &Call<'_>, content: &Content, version: &Version) -> Value {
    let path = format!("/rest/api/content/{}", wire_id(content));
    json!({
        "by": users::user(call, version.author),
        "when": time(call, version.at),
        "friendlyWhen": version.at.format("%b %d, %Y").to_string(),
        "message": version.message,
        "number": version.number,
        "minorEdit": version.minor,
                "_links": { "self": format!("{}/rest/experimental/content/{}/version/{}", call.base(), wire_id(content), version.number) },
        "_expandable": { "content": path },
    })
}

/// The history of content, seen from one of its versions.
pub(crate) fn history(call: &Call<'_>, content: &Content, version: &Version, expand: &Expand) -> Value {
    let mut shown = json!({
        "latest": version.number == content.version().number,
        "createdBy": users::user(call, content.author),
        "createdDate": time(call, content.created),
        "_links": { "self": format!("{}/rest/api/content/{}/history", call.base(), wire_id(content)) },
    });
    let mut expandable = Map::new();
    let index = content
        .versions
        .iter()
        .position(|known| known.number == version.number)
        .unwrap_or_default();
    let neighbours = [
        ("lastUpdated", content.versions.last()),
        (
            "previousVersion",
            index.checked_sub(1).map(|index| &content.versions[index]),
        ),
        ("nextVersion", content.versions.get(index + 1)),
    ];
    for (name, neighbour) in neighbours {
        match neighbour {
            Some(neighbour) if expand.has(name) => shown[name] = version_json(call, content, neighbour),
            None if expand.has(name) => {}
            _ => {
                expandable.insert(name.to_owned(), json!(""));
            }
        }
    }
    if expand.has("contributors") {
        let mut people: Vec<_> = content.contributors().collect();
        people.sort_unstable();
        people.dedup();
        let people: Vec<Value> = people.into_iter().map(|index| users::user(call, index)).collect();
        shown["contributors"] = json!({ "publishers": { "users": people, "userKeys": [] } });
    } else {
        expandable.insert("contributors".to_owned(), json!(""));
    }
    shown["_expandable"] = Value::Object(expandable);
    shown
}

/// Root first, direct parent last.
fn ancestors(call: &Call<'_>, content: &Content, expand: &Expand) -> Value {
    if content.status == Status::Trashed {
        return json!([]);
    }
    let chain = call.store().ancestors(content.id);
    let chain = chain.into_iter().filter_map(|id| call.visible(id));
    Value::Array(
        chain
            .map(|ancestor| self::content(call, ancestor, expand))
            .collect(),
    )
}

fn container_link(content: &Content, key: &str) -> String {
    content.container.map_or_else(
        || format!("/rest/api/space/{key}"),
        |id| format!("/rest/api/content/{id}"),
    )
}

fn container(call: &Call<'_>, content: &Content, expand: &Expand) -> Value {
    match content.container.and_then(|id| call.visible(id)) {
        Some(container) => self::content(call, container, expand),
        None => spaces::space(call, content.space, expand),
    }
}

fn body(version: &Version, path: &str, expand: &Expand) -> Value {
    let mut shown = Map::new();
    let mut expandable = Map::new();
    for representation in REPRESENTATIONS {
        if expand.has(representation) {
            shown.insert(
                representation.to_owned(),
                json!({
                    "value": represent(version, representation),
                    "representation": representation,
                    "_expandable": { "content": path },
                }),
            );
        } else {
            expandable.insert(representation.to_owned(), json!(""));
        }
    }
    if expand.has("atlas_doc_format") {
        let document = saved::document(&version.body).to_string();
        shown.insert(
            "atlas_doc_format".to_owned(),
            json!({ "value": document, "representation": "atlas_doc_format" }),
        );
    }
    shown.insert("_expandable".to_owned(), Value::Object(expandable));
    Value::Object(shown)
}

/// A body in one of the [`REPRESENTATIONS`].
pub(crate) fn represent(version: &Version, representation: &str) -> String {
    if matches!(representation, "storage" | "editor") {
        version.body.to_string()
    } else {
        saved::view(&version.body)
    }
}

fn metadata(call: &Call<'_>, content: &Content, expand: &Expand) -> Value {
    let mut shown = Map::new();
    let mut expandable = Map::new();
    if expand.has("labels") {
        let labels: Vec<Value> = content.labels.iter().map(label).collect();
        let size = labels.len();
        let link = format!("{}/rest/api/content/{}/label", call.base(), content.id);
        shown.insert(
            "labels".to_owned(),
            json!({ "results": labels, "start": 0, "limit": 200, "size": size, "_links": { "self": link } }),
        );
    } else {
        expandable.insert("labels".to_owned(), json!(""));
    }
    if expand.has("properties") {
        let wanted = expand.below("properties");
        let properties = content
            .properties
            .iter()
            .filter(|property| wanted.has(&property.key));
        let properties: Map<String, Value> = properties
            .map(|property| {
                (
                    property.key.clone(),
                    json!({ "key": property.key, "value": property.value }),
                )
            })
            .collect();
        shown.insert("properties".to_owned(), Value::Object(properties));
    } else {
        expandable.insert("properties".to_owned(), json!(""));
    }
    expandable.insert("currentuser".to_owned(), json!(""));
    expandable.insert("frontend".to_owned(), json!(""));
    shown.insert("_expandable".to_owned(), Value::Object(expandable));
    Value::Object(shown)
}

/// A label as v1 shows it.
pub(crate) fn label(label: &crate::simulator::store::Label) -> Value {
    json!({ "prefix": label.prefix, "name": label.name, "id": label.id.to_string(), "label": label.name })
}

fn operations(call: &Call<'_>, content: &Content) -> Value {
    let target = content.kind.name();
    let names: &[&str] = if call.may_edit(content) {
        &["read", "update", "delete", "create"]
    } else {
        &["read"]
    };
    names
        .iter()
        .map(|name| json!({ "operation": name, "targetType": target }))
        .collect()
}

fn extensions(call: &Call<'_>, content: &Content) -> Option<Value> {
    match &content.kind {
        // The homepage and its like have the word instead of a number.
        Kind::Page if content.parent.is_none() && !call.site.is_cloud() => {
            Some(json!({ "position": "none" }))
        }
        Kind::Page | Kind::Folder | Kind::Other(_) => Some(json!({ "position": content.position })),
        Kind::Comment { selection } => Some(
            json!({ "location": if selection.is_some() { "inline" } else { "footer" }, "_expandable": { "resolution": "" } }),
        ),
        Kind::Attachment => {
            let file = content.file.as_ref()?;
            Some(
                json!({ "mediaType": file.media_type, "fileSize": file.bytes.len(), "comment": file.comment }),
            )
        }
    }
}

fn links(call: &Call<'_>, content: &Content, path: &str) -> Value {
    let mut links = json!({
        "webui": links::web_link(call, content),
        "tinyui": links::tiny_link(content.id),
        "self": format!("{}{path}", call.base()),
    });
    if content.is_page() {
        let edit = format!("/pages/resumedraft.action?draftId={}", content.id);
        links[if call.site.is_cloud() { "editui" } else { "edit" }] = json!(edit);
    }
    if let Some(page) = content.container.filter(|_| content.kind == Kind::Attachment) {
        links["download"] = json!(links::download_link(call, content, page));
    }
    links
}
