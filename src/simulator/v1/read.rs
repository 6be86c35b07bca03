//! `GET /content` and `GET /content/{id}`.

use serde_json::Value;

use super::{children::list as list_ids, content, errors, expand::Expand, spaces};
use crate::simulator::{
    reply::{Answer, Reply},
    store::{Content, Id, Status},
    world::Call,
};

/// What is expanded when nobody asks.
pub(crate) const DEFAULT: &str = "history,space,version";

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let id = call.path[1];
    let expand = Expand::parse(call.query("expand"), DEFAULT);
    let missing = || errors::no_content(call.deployment(), id);
    let content = call.v1_visible(id).ok_or_else(missing)?;
    let wanted = call.request.query.list("status");
    let historical = wanted.contains(&"historical");
    if !historical && !status_fits(content, &wanted) {
        return Err(missing());
    }
    let version = match call.query("version").and_then(|number| number.parse().ok()) {
        None => content.version(),
        Some(number) => content.version_number(number).ok_or_else(missing)?,
    };
    Ok(Reply::json(content::single(call, content, version, &expand)))
}

/// Current content only, unless a status is named; `any` is current and trashed.
fn status_fits(content: &Content, wanted: &[&str]) -> bool {
    if wanted.is_empty() {
        return content.is_current();
    }
    wanted.iter().any(|status| match *status {
        "any" => matches!(content.status, Status::Current | Status::Trashed),
        status => content.status.name() == status,
    })
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let query = &call.request.query;
    let space = match call.query("spaceKey") {
        None => None,
        Some(key) => {
            Some(spaces::visible_space(call, key).ok_or_else(|| errors::no_space(call.deployment(), key))?)
        }
    };
    let wanted = query.list("status");
    let kind = call.query("type").unwrap_or("page");
    let named: Vec<Id> = query
        .list("ids")
        .into_iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    let fits = |content: &&Content| {
        content.kind.name() == kind
            && space.is_none_or(|space| content.space == space)
            && (named.is_empty() || named.contains(&content.id))
            && status_fits(content, &wanted)
            && call.sees(content)
            && !call.is_too_new(content)
    };
    let ids: Vec<Id> = match call.query("title") {
        None => call
            .store()
            .all()
            .filter(fits)
            .map(|content| content.id)
            .collect(),
        Some(title) => {
            let spaces = 0..call.store().spaces.len();
            let candidates = spaces.flat_map(|space| call.store().titled(space, title).iter());
            let candidates = candidates.map(|id| call.store().content(*id)).filter(fits);
            let exact = !call.site.is_cloud() && call.knobs().title_lookup_minds_case;
            candidates
                .filter(|content| !exact || content.title() == title)
                .map(|content| content.id)
                .collect()
        }
    };
    Ok(Reply::json(Value::Object(list_ids(call, &ids, 25))))
}
