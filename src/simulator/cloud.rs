//! Cloud: REST v2, the part of v1 that is left, and the API gateway in front of both.

use serde_json::{Value, json};

pub(crate) mod errors;
mod lists;
mod moves;
mod page;
mod pages;
mod properties;
mod spaces;
mod tree;

use super::{
    auth::{Caller, on_cloud},
    faults::gone,
    knobs::{ErrorStatus, RemovedV1},
    reply::{Answer, Payload, Reply},
    request::Request,
    store::UserIndex,
    v1::{self, Handler, METHODS},
    world::{Call, Site, World},
};

/// Answers a request, and says whom it took the caller for.
pub(crate) fn serve(site: &Site, world: &mut World, request: &Request) -> (Reply, Option<UserIndex>) {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    if path == ["_edge", "tenant_info"] {
        return (Reply::json(json!({ "cloudId": site.cloud_id })), None);
    }
    let (reply, user) = match on_cloud(request, &world.users) {
        Err(reply) => (reply, None),
        Ok(caller) => {
            let now = world.now();
            let mut call = Call {
                request,
                path: path.get(2..).unwrap_or_default().to_vec(),
                site,
                world,
                caller,
                now,
            };
            let answer = match path[..] {
                ["api", "v2", ..] => v2(&mut call),
                ["rest", "api", ..] => rest_of_v1(&mut call),
                _ => Err(Reply::html(
                    404,
                    super::faults::tomcat_page(404, "The requested resource is not available"),
                )),
            };
            (answer.unwrap_or_else(|reply| reply), caller.user())
        }
    };
    let reply = status_types(reply, world.knobs.error_status);
    let id = world.store.opaque_id().to_string();
    let trace = id.replace('-', "");
    (
        reply.header("atl-request-id", id).header("atl-traceid", trace),
        user,
    )
}

fn v2(call: &mut Call<'_>) -> Answer {
    match v2_route(&call.request.method, &call.path) {
        Some(handler) => handler(call),
        None if METHODS
            .iter()
            .any(|method| v2_route(method, &call.path).is_some()) =>
        {
            let title = format!("Request method '{}' is not supported", call.request.method);
            Err(errors::reply(405, "METHOD_NOT_ALLOWED", &title))
        }
        None => Err(errors::bare_not_found()),
    }
}

fn v2_route(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", ["pages"]) => pages::list,
        ("POST", ["pages"]) => pages::create,
        ("GET", ["pages", _]) => pages::get,
        ("PUT", ["pages", _]) => pages::update,
        ("PUT", ["pages", _, "title"]) => pages::rename,
        ("DELETE", ["pages", _]) => pages::delete,
        ("GET", ["pages", _, "ancestors"]) => tree::ancestors,
        ("GET", ["pages", _, "children"]) => tree::children,
        ("GET", ["pages", _, "direct-children"]) => tree::direct_children,
        ("GET", ["pages", _, "descendants"]) => tree::descendants,
        ("GET", ["spaces"]) => spaces::list,
        ("GET", ["spaces", _]) => spaces::get,
        ("GET", ["spaces", _, "pages"]) => spaces::pages,
        _ => return None,
    })
}

fn rest_of_v1(call: &mut Call<'_>) -> Answer {
    if let Some(handler) = v1_route(&call.request.method, &call.path) {
        return handler(call);
    }
    if let Some(handler) = v1::route(&call.request.method, &call.path) {
        let bearer = matches!(call.caller, Caller::User { bearer: true, .. });
        return match call.knobs().removed_v1 {
            RemovedV1::Off => handler(call),
            RemovedV1::Bearer if !bearer => handler(call),
            RemovedV1::Always | RemovedV1::Bearer => Err(gone()),
        };
    }
    let other = |method: &&str| {
        v1_route(method, &call.path)
            .or_else(|| v1::route(method, &call.path))
            .is_some()
    };
    if METHODS.iter().any(other) {
        return Err(v1::errors::wrong_method());
    }
    Err(v1::errors::no_route(&format!(
        "{}/rest/api/{}",
        call.base(),
        call.path.join("/")
    )))
}

/// What Cloud kept of v1.
fn v1_route(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("PUT", ["content", _, "move", _, _]) => moves::relocate,
        ("POST", ["content", _, "label"]) => v1::labels::post,
        ("DELETE", ["content", _, "label"] | ["content", _, "label", _]) => v1::labels::delete,
        ("GET", ["user", "current"]) => v1::users::current,
        _ => return None,
    })
}

/// `status` inside the errors of v2 has been seen as a number and as a string.
fn status_types(mut reply: Reply, style: ErrorStatus) -> Reply {
    let text = match style {
        ErrorStatus::Number => false,
        ErrorStatus::Text => true,
        ErrorStatus::Mixed => reply.status == 409,
    };
    if text
        && let Payload::Json(Value::Object(body)) = &mut reply.payload
        && let Some(Value::Array(errors)) = body.get_mut("errors")
    {
        for error in errors {
            if let Some(status) = error["status"].as_u64() {
                error["status"] = json!(status.to_string());
            }
        }
    }
    reply
}
