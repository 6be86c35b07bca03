//! Cloud: REST v2, the part of v1 that is left, and the API gateway in front of both.

use serde_json::{Value, json};

mod archive;
mod attachments;
mod comments;
mod copies;
pub(crate) mod errors;
mod folders;
mod labels;
mod lists;
mod moves;
mod page;
mod pages;
mod permissions;
mod properties;
mod scopes;
mod spaces;
mod tasks;
mod tree;
mod users;
mod versions;

use super::{
    auth::{Caller, on_cloud},
    faults::{gone, tomcat_page},
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
    match path[..] {
        ["_edge", "tenant_info"] => return (Reply::json(json!({ "cloudId": site.cloud_id })), None),
        ["_media", id] => return (media(world, request, id), None),
        _ => {}
    }
    let (reply, user) = match on_cloud(request, &world.users) {
        Err(reply) => (reply, None),
        Ok(caller) => {
            let now = world.now();
            let below = path.get(2..).unwrap_or_default().to_vec();
            let mut call = Call {
                request,
                path: below,
                site,
                world,
                caller,
                now,
            };
            let answer = scopes::check(&call, &path).and_then(|()| match path[..] {
                ["api", "v2", ..] => v2(&mut call),
                ["rest", "api", ..] => rest_of_v1(&mut call),
                ["pages", "movepage.action"] => v1::actions::move_page(&mut call),
                _ => Err(Reply::html(
                    404,
                    tomcat_page(404, "The requested resource is not available"),
                )),
            });
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

/// The media service, which takes its own token and no credentials.
fn media(world: &World, request: &Request, id: &str) -> Reply {
    let file = id
        .parse()
        .ok()
        .and_then(|id| world.store.get(id))
        .and_then(v1::attachments::bytes);
    match file {
        Some(file) if request.query.get("token") == Some(&format!("media-{id}")) => file,
        _ => Reply::json_with(
            403,
            json!({ "error": { "code": "JwtAuthoriser:AuthorisationError" } }),
        ),
    }
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
        ("GET", ["pages", _, "children"]) => tree::children,
        (
            "GET",
            [
                "pages" | "folders" | "whiteboards" | "databases" | "embeds",
                _,
                "ancestors",
            ],
        ) => tree::ancestors,
        ("GET", ["pages" | "folders", _, "direct-children"]) => tree::direct_children,
        ("GET", ["pages" | "folders", _, "descendants"]) => tree::descendants,
        ("GET", ["pages", _, "operations"]) => pages::operations,
        ("GET", ["pages", _, "versions"]) => versions::list,
        ("GET", ["pages", _, "versions", _]) => versions::get,
        ("GET", ["pages", _, "labels"]) => labels::list,
        ("GET", ["pages", _, "properties"]) => properties::list,
        ("POST", ["pages", _, "properties"]) => properties::create,
        ("GET", ["pages", _, "properties", _]) => properties::get,
        ("PUT", ["pages", _, "properties", _]) => properties::update,
        ("DELETE", ["pages", _, "properties", _]) => properties::delete,
        ("GET", ["pages", _, "footer-comments" | "inline-comments"]) => comments::of_page,
        ("GET", ["pages", _, "attachments"]) => attachments::of_page,
        ("GET", ["attachments", _]) => attachments::get,
        ("DELETE", ["attachments", _]) => attachments::delete,
        ("GET", ["footer-comments" | "inline-comments"]) => comments::all,
        ("POST", ["footer-comments" | "inline-comments"]) => comments::create,
        ("GET", ["footer-comments" | "inline-comments", _]) => comments::get,
        ("PUT", ["footer-comments" | "inline-comments", _]) => comments::update,
        ("DELETE", ["footer-comments" | "inline-comments", _]) => comments::delete,
        ("GET", ["footer-comments" | "inline-comments", _, "children"]) => comments::answers,
        ("POST", ["folders"]) => folders::create,
        ("GET", ["folders", _]) => folders::get,
        ("DELETE", ["folders", _]) => folders::delete,
        ("GET", ["spaces"]) => spaces::list,
        ("GET", ["spaces", _]) => spaces::get,
        ("GET", ["spaces", _, "pages"]) => spaces::pages,
        ("GET", ["tasks"]) => tasks::list,
        ("GET", ["tasks", _]) => tasks::get,
        ("PUT", ["tasks", _]) => tasks::update,
        ("POST", ["users-bulk"]) => users::bulk,
        ("POST", ["content", "convert-ids-to-types"]) => pages::types,
        _ => return None,
    })
}

fn rest_of_v1(call: &mut Call<'_>) -> Answer {
    if let Some(handler) = v1_route(&call.request.method, &call.path) {
        return handler(call);
    }
    if let Some(handler) = v1::content_family(&call.request.method, &call.path) {
        let bearer = matches!(call.caller, Caller::User { bearer: true, .. });
        return match call.knobs().removed_v1 {
            RemovedV1::Off => handler(call),
            RemovedV1::Bearer if !bearer => handler(call),
            RemovedV1::Always | RemovedV1::Bearer => Err(gone()),
        };
    }
    let any = |method: &&str| {
        v1_route(method, &call.path)
            .or_else(|| v1::content_family(method, &call.path))
            .is_some()
    };
    if METHODS.iter().any(any) {
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
        ("POST", ["content", "archive"]) => archive::archive,
        ("DELETE", ["content", _, "pageTree"]) => archive::delete_tree,
        ("GET", ["longtask", _]) => archive::task,
        ("POST", ["content", _, "copy"]) => copies::copy,
        ("POST", ["content", _, "pagehierarchy", "copy"]) => copies::copy_tree,
        ("POST", ["content", _, "permission", "check"]) => permissions::check,
        ("POST", ["contentbody", "convert", "async", _]) => v1::bodies::begin,
        ("GET", ["contentbody", "convert", "async", _]) => v1::bodies::result,
        ("GET", ["label"]) => v1::labels::labelled,
        ("POST", ["content", _, "version"]) => v1::history::restore,
        ("GET", ["content", _, "restriction"]) => v1::restrictions::get,
        ("PUT", ["content", _, "restriction"]) => v1::restrictions::put,
        ("PUT", ["content", _, "child", "attachment"]) => v1::attachments::create_or_update,
        ("GET", ["content", _, "child", "attachment", _, "download"]) => v1::attachments::download,
        ("GET", ["user", "bulk"]) => v1::users::bulk,
        ("GET", ["search", "user"]) => v1::people::search,
        ("GET", ["group", "picker"]) => v1::groups::pick,
        ("GET", ["group", "by-id"]) => v1::groups::get,
        ("GET", ["group", _, "membersByGroupId"]) => v1::groups::members,
        ("POST", ["group", "userByGroupId"]) => v1::groups::add,
        ("DELETE", ["group", "userByGroupId"]) => v1::groups::remove,
        _ => return v1::common(method, path),
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
