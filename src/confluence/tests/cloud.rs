//! Cloud: what is asked, and what is made of the answers.

use serde_json::{Value, json};

use super::{Deployment, Heard, Reply, Server, client, client_without_call, id};

mod pages;
mod space;
mod tree;
mod writes;

/// A page as v2 sends it.
fn page(id: &str, title: &str) -> Value {
    json!({
        "id": id, "status": "current", "title": title, "spaceId": "7001", "parentId": "1", "parentType": "page",
        "version": {"number": 3, "message": "", "minorEdit": false, "createdAt": "2026-07-03T13:48:15.974Z"},
        "body": {"storage": {"representation": "storage", "value": "<p>x</p>"}},
        "lastOwnerId": null, "position": 7,
        "_links": {"webui": format!("/spaces/DOC/pages/{id}/T"), "tinyui": "/x/a"},
    })
}

fn page_with(id: &str, title: &str, changed: &Value) -> Value {
    let mut page = page(id, title);
    for (name, value) in changed.as_object().unwrap() {
        page[name] = value.clone();
    }
    page
}

/// `GET /spaces?keys=DOC`.
fn spaces() -> Value {
    json!({"results": [{"id": "7001", "key": "DOC", "name": "Documents", "homepageId": "1"}], "_links": {}})
}

/// A refusal as v2 words it.
fn refusal(status: u16, title: &str) -> Reply {
    let error = json!({"status": status, "code": "CODE", "title": title, "detail": null});
    Reply::json(status, &json!({"errors": [error]}).to_string())
}

/// The bare 404, which means one of two things.
fn bare_404() -> Reply {
    refusal(404, "Not Found")
}
