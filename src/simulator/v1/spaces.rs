//! Spaces as v1 shows them.

use serde_json::{Map, Value, json};

use super::{
    children, content as content_json, errors,
    expand::Expand,
    lists::{Window, envelope},
};
use crate::simulator::{
    reply::{Answer, Reply},
    request::encode,
    store::{Id, SpaceIndex},
    world::Call,
};

/// A space; its id is a number, unlike all other ids.
pub(crate) fn space(call: &Call<'_>, index: SpaceIndex, expand: &Expand) -> Value {
    let space = call.store().space(index);
    let key = &space.key;
    let self_link = format!("{}/rest/api/space/{}", call.base(), encode(key));
    let mut shown = json!({ "id": space.id, "key": key, "name": space.name });
    if call.site.is_cloud() {
        shown["alias"] = json!(key);
    }
    shown["status"] = json!("current");
    shown["type"] = json!("global");
    let mut expandable = json!({ "metadata": "", "icon": "" });
    if !call.site.is_cloud() {
        expandable["retentionPolicy"] = json!("");
    }
    if expand.has("description") {
        shown["description"] =
            json!({ "plain": { "value": "", "representation": "plain" }, "_expandable": { "view": "" } });
    } else {
        expandable["description"] = json!("");
    }
    match space.homepage {
        Some(home) if expand.has("homepage") => {
            shown["homepage"] =
                content_json::content(call, call.store().content(home), expand.below("homepage"));
        }
        Some(home) => expandable["homepage"] = json!(format!("/rest/api/content/{home}")),
        None => {}
    }
    shown["_links"] = json!({ "webui": web_link(call, key), "self": self_link });
    shown["_expandable"] = expandable;
    shown
}

fn web_link(call: &Call<'_>, key: &str) -> String {
    if call.site.is_cloud() || call.knobs().new_web_links {
        format!("/spaces/{}", encode(key))
    } else {
        format!("/display/{}", encode(key))
    }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let expand = Expand::parse(call.query("expand"), "");
    let wanted = call.request.query.list("spaceKey");
    let keys = call.request.query.list("keys");
    let spaces = call
        .store()
        .spaces
        .iter()
        .enumerate()
        .filter(|(_, space)| call.sees_space(space));
    let spaces: Vec<SpaceIndex> = spaces
        .filter(|(_, space)| {
            (wanted.is_empty() && keys.is_empty())
                || wanted.contains(&space.key.as_str())
                || keys.contains(&space.key.as_str())
        })
        .map(|(index, _)| index)
        .collect();
    let window = Window::of(call, 25, 1000);
    let rows = window
        .of_list(&spaces)
        .iter()
        .map(|index| space(call, *index, &expand))
        .collect();
    Ok(Reply::json(Value::Object(envelope(
        call,
        window,
        spaces.len(),
        rows,
    ))))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let key = call.path[1];
    let index = visible_space(call, key).ok_or_else(|| errors::no_space(call.deployment(), key))?;
    let mut shown = space(call, index, &Expand::parse(call.query("expand"), ""));
    shown["_links"]["collection"] = json!("/rest/api/space");
    shown["_links"]["base"] = json!(call.base());
    shown["_links"]["context"] = json!(call.site.context(call.knobs()));
    Ok(Reply::json(shown))
}

/// `GET /space/{key}/content`: pages and blog posts, of which there are none.
pub(crate) fn content(call: &mut Call<'_>) -> Answer {
    let mut pages = page_list(call)?;
    if let Some(links) = pages.get_mut("_links") {
        links["self"] = json!(format!(
            "{}/rest/api/space/{}/content/page",
            call.base(),
            encode(call.path[1])
        ));
    }
    let posts = json!({ "results": [], "start": 0, "limit": 25, "size": 0, "_links": {} });
    Ok(Reply::json(
        json!({ "page": pages, "blogpost": posts, "_links": { "base": call.base() } }),
    ))
}

/// `GET /space/{key}/content/page`.
pub(crate) fn pages(call: &mut Call<'_>) -> Answer {
    if call.path[3] != "page" {
        let window = Window::of(call, 25, 1000);
        return Ok(Reply::json(Value::Object(envelope(call, window, 0, Vec::new()))));
    }
    Ok(Reply::json(Value::Object(page_list(call)?)))
}

fn page_list(call: &Call<'_>) -> Result<Map<String, Value>, Reply> {
    let key = call.path[1];
    let index = visible_space(call, key).ok_or_else(|| errors::no_space(call.deployment(), key))?;
    let roots = call.query("depth") == Some("root");
    let pages = call.store().all().filter(|page| {
        page.is_page()
            && page.is_current()
            && page.space == index
            && call.sees(page)
            && !(roots && page.parent.is_some())
    });
    let ids: Vec<Id> = pages.map(|page| page.id).collect();
    Ok(children::list(call, &ids, 25))
}

/// The space with this key, if the caller may look at it.
pub(crate) fn visible_space(call: &Call<'_>, key: &str) -> Option<SpaceIndex> {
    let index = call.store().space_by_key(key)?;
    call.sees_space(call.store().space(index)).then_some(index)
}
