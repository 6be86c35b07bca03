//! Data Center: REST v1 at the site's root or context path, and a few routes of its own.

use serde_json::json;

use super::{
    auth::{Caller, on_data_center},
    reply::{Answer, Payload, Reply},
    request::Request,
    store::{Id, UserIndex},
    v1::{self, Handler, METHODS, attachments, errors, groups},
    world::{Call, Site, World},
};

/// Answers a request, and says whom it took the caller for.
pub(crate) fn serve(site: &Site, world: &mut World, request: &Request) -> (Reply, Option<UserIndex>) {
    let caller = match on_data_center(request, &world.users, &world.knobs) {
        Ok(caller) => caller,
        Err(reply) => return (reply.header("X-AUSERNAME", "anonymous"), None),
    };
    let name = caller.user().map_or_else(
        || "anonymous".to_owned(),
        |index| world.users[index].username.clone(),
    );
    let now = world.now();
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let reply = match path[..] {
        ["rest", "api", ..] => {
            let mut call = Call {
                request,
                path: path[2..].to_vec(),
                site,
                world,
                caller,
                now,
            };
            dispatch(&mut call).unwrap_or_else(|reply| reply)
        }
        ["pages", "movepage.action"] => {
            let mut call = Call {
                request,
                path: path.clone(),
                site,
                world,
                caller,
                now,
            };
            v1::actions::move_page(&mut call).unwrap_or_else(|reply| reply)
        }
        ["download", "attachments", _, _] => {
            let call = Call {
                request,
                path: path.clone(),
                site,
                world,
                caller,
                now,
            };
            download(&call).unwrap_or_else(|| errors::no_content(call.deployment(), path[2]))
        }
        _ => Reply::html(
            404,
            super::faults::tomcat_page(404, "The requested resource is not available"),
        ),
    };
    let reply = if world.knobs.read_only {
        blame_the_mode(reply)
    } else {
        reply
    };
    let reason = if caller == Caller::Anonymous { "OUT" } else { "OK" };
    let reply = reply
        .header("X-AUSERNAME", name)
        .header("X-Seraph-LoginReason", reason)
        .header("X-ASEN", "SEN-L0");
    (reply, caller.user())
}

/// In read-only mode the envelope of a refused write says that the mode is why.
fn blame_the_mode(mut reply: Reply) -> Reply {
    if reply.status == 403
        && let Payload::Json(body) = &mut reply.payload
    {
        body["data"]["allowedInReadOnlyMode"] = json!(false);
    }
    reply
}

fn dispatch(call: &mut Call<'_>) -> Answer {
    match route(&call.request.method, &call.path) {
        Some(handler) => handler(call),
        None if METHODS.iter().any(|method| route(method, &call.path).is_some()) => {
            Err(errors::wrong_method())
        }
        None => Err(errors::no_route(&format!(
            "{}/rest/api/{}",
            call.base(),
            call.path.join("/")
        ))),
    }
}

fn route(method: &str, path: &[&str]) -> Option<Handler> {
    Some(match (method, path) {
        ("GET", ["server-information"]) => server_information,
        ("GET", ["accessmode"]) => access_mode,
        ("PUT", ["content", _, "restriction"]) => v1::restrictions::put,
        ("GET", ["user", "list"]) => v1::people::registered,
        ("GET", ["admin", "users", "list", "active"]) => v1::people::active,
        ("GET", ["permissions", "group", _]) => groups::permissions,
        ("GET", ["group", "member"] | ["group", _, "member"]) => groups::members,
        ("GET", ["group", _]) => groups::get,
        ("PUT", ["user", _, "group", _]) => groups::put_user,
        ("DELETE", ["user", _, "group", _]) => groups::delete_user,
        _ => return v1::common(method, path).or_else(|| v1::content_family(method, path)),
    })
}

/// `/download/attachments/{page}/{name}`.
fn download(call: &Call<'_>) -> Option<Reply> {
    let page = call.v1_visible(call.path[2])?;
    let named = |id: &&Id| call.store().content(**id).title() == call.path[3];
    attachments::bytes(call.store().content(*page.attachments.iter().find(named)?))
}

fn server_information(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(json!({
        "version": "10.2.14",
        "buildNumber": 10_214,
        "buildDate": "2026-06-02",
        "baseUrl": call.base(),
        "title": "Simulated Confluence",
    })))
}

/// The mode as a JSON string.
fn access_mode(call: &mut Call<'_>) -> Answer {
    Ok(Reply::json(json!(if call.knobs().read_only {
        "READ_ONLY"
    } else {
        "READ_WRITE"
    })))
}
