//! What is below content, as v1 lists it.

use serde_json::{Map, Value, json};

use super::{
    content, errors,
    expand::Expand,
    lists::{Window, envelope},
};
use crate::simulator::{
    reply::{Answer, Reply},
    store::{Content, Id},
    world::Call,
};

/// The types of children and where they are.
const TYPES: [&str; 3] = ["page", "comment", "attachment"];

/// Ids of the children of one type that the caller may see.
pub(crate) fn ids(call: &Call<'_>, content: &Content, kind: &str) -> Vec<Id> {
    let ids = match kind {
        "comment" => &content.comments,
        "attachment" => &content.attachments,
        _ => &content.children,
    };
    let visible = ids.iter().filter_map(|id| call.visible(*id));
    visible
        .filter(|child| child.kind.name() == kind && (child.is_current() || kind != "page"))
        .map(|child| child.id)
        .collect()
}

/// The limit for rows that are expanded like this: bodies are dear.
pub(crate) fn cap(expand: &Expand) -> usize {
    if expand.has("body") {
        50
    } else if expand.is_empty() {
        1000
    } else {
        200
    }
}

/// Content of these ids as a list.
pub(crate) fn list(call: &Call<'_>, ids: &[Id], default: usize) -> Map<String, Value> {
    let expand = Expand::parse(call.query("expand"), "");
    let window = Window::of(call, default, cap(&expand));
    let shown = window
        .of_list(ids)
        .iter()
        .map(|id| content::content(call, call.store().content(*id), &expand));
    envelope(call, window, ids.len(), shown.collect())
}

pub(crate) fn pages(call: &mut Call<'_>) -> Answer {
    let content = call.v1_content(1)?;
    if !content.is_current() {
        return Err(errors::no_content(call.deployment(), call.path[1]));
    }
    let ids = ids(call, content, "page");
    Ok(Reply::json(Value::Object(list(call, &ids, 25))))
}

/// `GET …/child/{type}` for what is neither a page, a comment nor an attachment; folders answered on Cloud.
pub(crate) fn others(call: &mut Call<'_>) -> Answer {
    let content = call.v1_content(1)?;
    let ids = ids(call, content, call.path[3]);
    Ok(Reply::json(Value::Object(list(call, &ids, 25))))
}

/// `GET …/child`: the map of types.
pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    let content = call.v1_content(1)?;
    let mut shown = map(call, content, &Expand::parse(call.query("expand"), ""));
    shown["_links"]["base"] = json!(call.base());
    shown["_links"]["context"] = json!(call.site.context(call.knobs()));
    Ok(Reply::json(shown))
}

/// `GET …/descendant/{type}`: on Data Center comments only, whatever one may wish for.
pub(crate) fn descendants(call: &mut Call<'_>) -> Answer {
    let content = call.v1_content(1)?;
    let kind = call.path.get(3).copied().unwrap_or("comment");
    if kind == "comment" || kind == "attachment" {
        let ids = ids(call, content, kind);
        return Ok(Reply::json(Value::Object(list(call, &ids, 25))));
    }
    if !call.site.is_cloud() {
        let message = format!("Descendants of type {kind} are not supported");
        return Err(errors::reply(
            call.deployment(),
            501,
            "NotImplementedServiceException",
            &message,
        ));
    }
    let deepest = match call.query("depth") {
        None | Some("all") => 100,
        Some("root") => 1,
        Some(number) => number.parse().unwrap_or(100),
    };
    let walk = call
        .store()
        .descend(content.id, deepest, None)
        .map(|visit| visit.id);
    let ids: Vec<Id> = walk
        .filter(|id| {
            call.visible(*id)
                .is_some_and(|found| found.kind.name() == kind && found.is_current())
        })
        .collect();
    Ok(Reply::json(Value::Object(list(call, &ids, 25))).header("Deprecation", "true"))
}

/// The map of types that `children` expands to; a type that is expanded itself brings its first page.
pub(crate) fn map(call: &Call<'_>, content: &Content, expand: &Expand) -> Value {
    let path = format!("/rest/api/content/{}/child", content.id);
    let mut shown = Map::new();
    let mut expandable = Map::new();
    for kind in TYPES {
        if expand.has(kind) {
            let ids = ids(call, content, kind);
            let below = expand.below(kind);
            let rows: Vec<Value> = ids
                .iter()
                .take(25)
                .map(|id| content::content(call, call.store().content(*id), below))
                .collect();
            let mut links = json!({ "self": format!("{}{path}/{kind}", call.base()) });
            if ids.len() > 25 {
                links["next"] = json!(format!("{path}/{kind}?limit=25&start=25"));
            }
            let size = rows.len();
            shown.insert(
                kind.to_owned(),
                json!({ "results": rows, "start": 0, "limit": 25, "size": size, "_links": links }),
            );
        } else {
            expandable.insert(kind.to_owned(), json!(format!("{path}/{kind}")));
        }
    }
    shown.insert(
        "_links".to_owned(),
        json!({ "self": format!("{}{path}", call.base()) }),
    );
    shown.insert("_expandable".to_owned(), Value::Object(expandable));
    Value::Object(shown)
}
