//! Data Center: what is asked, and what is made of the answers.

use serde_json::{Value, json};

use super::{Deployment, Heard, Reply, Server, client, client_without_call, id};

mod pages;
mod tree;
mod writes;

/// A page as v1 sends it, with everything expanded that we ask for.
fn page(id: &str, title: &str) -> Value {
    json!({
        "id": id, "type": "page", "status": "current", "title": title,
        "space": {"id": 7001, "key": "DOC", "name": "Documents"},
        "version": {"by": {"type": "known"}, "when": "2014-03-10T23:14:35.031+1100", "number": 3, "minorEdit": false},
        "ancestors": [{"id": "1", "type": "page", "status": "current", "title": "Home"}],
        "body": {"storage": {"value": "<p>x</p>", "representation": "storage", "_expandable": {"content": ""}}},
        "extensions": {"position": "none"},
        "_links": {"webui": "/display/DOC/Setup", "base": "http://localhost:8090/confluence"},
        "_expandable": {"children": "/rest/api/content/5/child", "operations": ""},
    })
}

fn page_with(id: &str, title: &str, changed: &Value) -> Value {
    let mut page = page(id, title);
    for (name, value) in changed.as_object().unwrap() {
        page[name] = value.clone();
    }
    page
}

/// A refusal as v1 words it.
fn refusal(status: u16, message: &str) -> Reply {
    let data = json!({"authorized": false, "valid": true, "allowedInReadOnlyMode": true, "errors": []});
    Reply::json(
        status,
        &json!({"statusCode": status, "data": data, "message": message}).to_string(),
    )
}
