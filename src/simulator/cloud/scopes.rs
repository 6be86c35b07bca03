//! What a scoped token may reach. Classic scopes do not open v2, granular ones do not open v1 by themselves.

use serde_json::json;

use crate::simulator::{auth::Caller, reply::Reply, world::Call};

/// Lets the request through, or says what the gateway says to a token without the scope.
pub(super) fn check(call: &Call<'_>, path: &[&str]) -> Result<(), Reply> {
    let Caller::User { scoped: true, .. } = call.caller else {
        return Ok(());
    };
    let granted = &call.knobs().scopes;
    if granted.is_empty() {
        return Ok(());
    }
    let needed = match path {
        ["api", "v2", rest @ ..] => v2(&call.request.method, rest),
        ["rest", "api", rest @ ..] => v1(&call.request.method, rest),
        _ => &[],
    };
    let has = |scope: &&str| granted.split(',').any(|known| known.trim() == *scope);
    if needed.is_empty() || needed.iter().any(has) {
        return Ok(());
    }
    Err(Reply::json_with(
        401,
        json!({ "code": 401, "message": "Unauthorized; scope does not match" }),
    ))
}

/// One of these is needed.
fn v2(method: &str, path: &[&str]) -> &'static [&'static str] {
    match (method, path) {
        ("GET", [_, _, "direct-children" | "children" | "descendants"]) => {
            &["read:hierarchical-content:confluence"]
        }
        ("GET", [_, _, "ancestors"]) => &["read:content.metadata:confluence"],
        (
            "GET",
            [_, _, "footer-comments" | "inline-comments"] | ["footer-comments" | "inline-comments", ..],
        ) => &["read:comment:confluence"],
        ("GET", [_, _, "attachments"] | ["attachments", ..]) => &["read:attachment:confluence"],
        ("DELETE", ["attachments", ..]) => &["delete:attachment:confluence"],
        ("DELETE", ["footer-comments" | "inline-comments", ..]) => &["delete:comment:confluence"],
        (_, ["footer-comments" | "inline-comments", ..]) => &["write:comment:confluence"],
        ("GET", ["spaces", _, "pages"] | ["pages", ..]) => &["read:page:confluence"],
        ("GET", ["spaces", ..]) => &["read:space:confluence"],
        ("GET", ["folders", ..]) => &["read:folder:confluence"],
        ("DELETE", ["folders", ..]) => &["delete:folder:confluence"],
        (_, ["folders", ..]) => &["write:folder:confluence"],
        ("GET", ["tasks", ..]) => &["read:task:confluence"],
        (_, ["tasks", ..]) => &["write:task:confluence"],
        ("DELETE", ["pages", _]) => &["delete:page:confluence"],
        (_, ["pages", ..]) => &["write:page:confluence"],
        (_, ["users-bulk"]) => &["read:user:confluence"],
        _ => &[],
    }
}

fn v1(method: &str, path: &[&str]) -> &'static [&'static str] {
    match (method, path) {
        ("GET", ["search", ..] | ["content", "search"]) => {
            &["search:confluence", "read:content-details:confluence"]
        }
        ("GET", ["user" | "group", ..]) => &["read:confluence-user"],
        (_, ["group", ..]) => &["write:confluence-groups"],
        (_, ["content", _, "label", ..]) => &["write:confluence-content", "write:label:confluence"],
        ("GET", ["content", _, "child", "attachment", _, "download"]) => {
            &["readonly:content.attachment:confluence"]
        }
        ("POST" | "PUT", ["content", _, "child", "attachment", ..]) => &["write:confluence-file"],
        ("GET", _) => &["read:confluence-content.all", "read:confluence-content.summary"],
        _ => &["write:confluence-content", "write:page:confluence"],
    }
}
