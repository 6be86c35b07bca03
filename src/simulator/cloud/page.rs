//! A page as v2 shows it.

use serde_json::{Map, Value, json};

use super::errors;
use crate::simulator::{
    moment,
    reply::Reply,
    saved,
    store::{Content, Status, UserIndex, Version},
    v1::{content as v1, labels, links},
    world::Call,
};

/// What inline lists hold at most.
const INLINE: usize = 50;

/// The representation asked for with `body-format`.
pub(crate) fn body_format<'a>(call: &Call<'a>, allowed: &[&str]) -> Result<Option<&'a str>, Reply> {
    match call.query("body-format") {
        None | Some("") => Ok(None),
        Some(format) if allowed.contains(&format) => Ok(Some(format)),
        Some(format) => Err(errors::invalid(&format!(
            "Provided value {{{format}}} for 'body-format' is not supported"
        ))),
    }
}

/// What a list may ask for.
pub(crate) const IN_LISTS: [&str; 2] = ["storage", "atlas_doc_format"];
/// What a single page may be asked for.
pub(crate) const ALONE: [&str; 7] = [
    "storage",
    "atlas_doc_format",
    "view",
    "export_view",
    "anonymous_export_view",
    "styled_view",
    "editor",
];

pub(crate) fn account(call: &Call<'_>, index: UserIndex) -> Value {
    json!(call.world.users[index].account_id)
}

/// A page with the body of `version` and its current metadata.
pub(crate) fn page(
    call: &Call<'_>,
    page: &Content,
    version: &Version,
    format: Option<&str>,
) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut set = |name: &str, value: Value| {
        shown.insert(name.to_owned(), value);
    };
    let odd = call.knobs().odd_enums && page.id.is_multiple_of(3);
    let trashed = page.status == Status::Trashed;
    let parent = page
        .parent
        .filter(|_| !trashed)
        .and_then(|id| call.store().get(id));
    set(
        "parentType",
        parent.map_or(Value::Null, |parent| json!(parent.kind.name())),
    );
    set(
        "parentId",
        parent.map_or(Value::Null, |parent| json!(parent.id.to_string())),
    );
    set("ownerId", account(call, page.author));
    set("lastOwnerId", Value::Null);
    set("createdAt", json!(moment::cloud(page.created)));
    set("authorId", account(call, page.author));
    set(
        "position",
        if trashed {
            Value::Null
        } else {
            json!(page.position)
        },
    );
    set("version", self::version(call, page.version()));
    set("id", json!(page.id.to_string()));
    set("spaceId", json!(call.store().space(page.space).id.to_string()));
    set(
        "status",
        json!(if odd && page.is_current() {
            "verified"
        } else {
            page.status.name()
        }),
    );
    if odd {
        set("subtype", json!("hologram"));
    }
    set("body", body(version, format));
    set("title", json!(page.title()));
    set("_links", links(call, page));
    shown
}

/// The metadata of a saved state.
pub(crate) fn version(call: &Call<'_>, version: &Version) -> Value {
    json!({
        "number": version.number,
        "message": version.message,
        "minorEdit": version.minor,
        "authorId": account(call, version.author),
        "createdAt": moment::cloud(version.at),
    })
}

/// The body in the format asked for; an empty object without one.
pub(crate) fn body(version: &Version, format: Option<&str>) -> Value {
    let Some(format) = format else { return json!({}) };
    let value = if format == "atlas_doc_format" {
        saved::document(&version.body).to_string()
    } else {
        v1::represent(version, format)
    };
    json!({ format: { "representation": format, "value": value } })
}

pub(crate) fn links(call: &Call<'_>, content: &Content) -> Value {
    json!({
        "editui": format!("/pages/resumedraft.action?draftId={}", content.id),
        "webui": links::web_link(call, content),
        "tinyui": links::tiny_link(content.id),
    })
}

/// A page on its own, with what the `include-…` parameters ask for.
pub(crate) fn single(call: &Call<'_>, page: &Content, version: &Version, format: Option<&str>) -> Value {
    let mut shown = self::page(call, page, version, format);
    let query = &call.request.query;
    if query.get("include-version") == Some("false") {
        shown.remove("version");
    }
    let mut include = |name: &str, rows: &dyn Fn() -> Vec<Value>| {
        if query.is_true(&format!("include-{name}")) {
            let mut rows = rows();
            let more = rows.len() > INLINE;
            rows.truncate(INLINE);
            let link = format!("/wiki/api/v2/pages/{}/{name}", page.id);
            let list = json!({ "results": rows, "meta": { "hasMore": more, "cursor": "" }, "_links": { "self": link } });
            shown.insert(name.to_owned(), list);
        }
    };
    include("labels", &|| page.labels.iter().map(labels::short).collect());
    include("operations", &|| operations(call, page));
    include("likes", &Vec::new);
    include("versions", &|| {
        page.versions
            .iter()
            .rev()
            .map(|version| self::version(call, version))
            .collect()
    });
    include("properties", &|| {
        page.properties
            .iter()
            .map(|property| super::properties::property(call, property))
            .collect()
    });
    if query.is_true("include-favorited-by-current-user-status") {
        shown.insert("isFavoritedByCurrentUser".to_owned(), json!(false));
    }
    if let Some(links) = shown.get_mut("_links") {
        links["base"] = json!(call.base());
    }
    Value::Object(shown)
}

/// What the caller may do with content.
pub(crate) fn operations(call: &Call<'_>, content: &Content) -> Vec<Value> {
    let target = content.kind.name();
    let writes = call.may_edit(content);
    let names: &[&str] = if writes {
        &["read", "update", "delete", "create", "archive", "copy"]
    } else {
        &["read"]
    };
    names
        .iter()
        .map(|name| json!({ "operation": name, "targetType": target }))
        .collect()
}
