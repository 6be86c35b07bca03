//! `/tasks`: the check boxes inside pages.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    errors,
    lists::{self, path_id, query_ids},
    page,
    pages::{self, writer},
};
use crate::simulator::{
    moment,
    reply::{Answer, Reply},
    store::{Content, Id},
    world::Call,
};

/// Tasks are numbered within their page; together with the page's id that makes an id of their own.
const PER_PAGE: Id = 10_000;

struct Task {
    local: Id,
    complete: bool,
    body: String,
}

/// The tasks of a body. It was checked when it was saved, so that plain searching is enough.
fn tasks(body: &str) -> Vec<Task> {
    let inner = |text: &str, name: &str| -> Option<String> {
        let (_, after) = text.split_once(&format!("<{name}>"))?;
        Some(after.split_once(&format!("</{name}>"))?.0.to_owned())
    };
    body.split("<ac:task>")
        .skip(1)
        .filter_map(|task| {
            Some(Task {
                local: inner(task, "ac:task-id")?.trim().parse().ok()?,
                complete: inner(task, "ac:task-status")?.trim() == "complete",
                body: inner(task, "ac:task-body").unwrap_or_default(),
            })
        })
        .collect()
}

fn task(call: &Call<'_>, page: &Content, task: &Task) -> Value {
    let at = moment::cloud(page.version().at);
    let mut shown = json!({
        "id": (page.id * PER_PAGE + task.local).to_string(),
        "localId": task.local.to_string(),
        "spaceId": call.store().space(page.space).id.to_string(),
        "pageId": page.id.to_string(),
        "status": status(task.complete),
        "body": { "storage": { "representation": "storage", "value": task.body } },
        "createdBy": page::account(call, page.author),
        "createdAt": moment::cloud(page.created),
        "updatedAt": at,
    });
    if task.complete {
        shown["completedBy"] = page::account(call, page.version().author);
        shown["completedAt"] = json!(at);
    }
    shown
}

fn status(complete: bool) -> &'static str {
    if complete { "complete" } else { "incomplete" }
}

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let (pages, spaces, named) = (
        query_ids(call, "page-id")?,
        query_ids(call, "space-id")?,
        query_ids(call, "task-id")?,
    );
    let wanted = call.query("status");
    let mut rows: Vec<(Id, Value)> = Vec::new();
    for page in call
        .store()
        .all()
        .filter(|page| page.is_page() && page.is_current() && call.sees(page))
    {
        let space = call.store().space(page.space).id;
        if !(pages.is_empty() || pages.contains(&page.id)) || !(spaces.is_empty() || spaces.contains(&space))
        {
            continue;
        }
        for found in tasks(page.body()) {
            let id = page.id * PER_PAGE + found.local;
            if wanted.is_none_or(|wanted| wanted == status(found.complete))
                && (named.is_empty() || named.contains(&id))
            {
                rows.push((id, task(call, page, &found)));
            }
        }
    }
    let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
    lists::answer(call, &ids, 25, &|_, id| {
        rows.iter()
            .find(|(known, _)| *known == id)
            .map_or(Value::Null, |(_, row)| row.clone())
    })
}

fn one(call: &Call<'_>) -> Result<(Id, Task), Reply> {
    let id = path_id(call, 1)?;
    let page = call
        .visible(id / PER_PAGE)
        .filter(|page| page.is_page() && page.is_current());
    let found = page.and_then(|page| {
        tasks(page.body())
            .into_iter()
            .find(|task| task.local == id % PER_PAGE)
    });
    found
        .map(|task| (id / PER_PAGE, task))
        .ok_or_else(|| errors::not_found(&format!("Cannot find a task with id [{id}]")))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let (page, found) = one(call)?;
    Ok(Reply::json(task(call, call.store().content(page), &found)))
}

/// Ticks a box: the body changes, the version does not.
pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let request = pages::json(call)?;
    let (page, mut found) = one(call)?;
    let missing = errors::not_found(&format!("Cannot find a task with id [{}]", call.path[1]));
    writer(call, call.visible(page), missing)?;
    let complete = match request["status"].as_str() {
        Some("complete") => true,
        Some("incomplete") => false,
        _ => return Err(errors::invalid("status must be complete or incomplete")),
    };
    if let Some(version) = call
        .world
        .store
        .get_mut(page)
        .and_then(|page| page.versions.last_mut())
    {
        let (old, new) = (status(found.complete), status(complete));
        let mark = format!("<ac:task-id>{}</ac:task-id>", found.local);
        if let Some((before, after)) = version.body.split_once(&mark) {
            let ticked = after.replacen(
                &format!("<ac:task-status>{old}<"),
                &format!("<ac:task-status>{new}<"),
                1,
            );
            version.body = Arc::from(format!("{before}{mark}{ticked}"));
        }
    }
    found.complete = complete;
    Ok(Reply::json(task(call, call.store().content(page), &found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_found_in_a_body() {
        let body = "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>\
                    <ac:task-body>a <b>b</b></ac:task-body></ac:task><ac:task><ac:task-id>7</ac:task-id>\
                    <ac:task-status>incomplete</ac:task-status><ac:task-body /></ac:task></ac:task-list>";
        let found: Vec<_> = tasks(body)
            .into_iter()
            .map(|task| (task.local, task.complete, task.body))
            .collect();
        assert_eq!(
            found,
            [(1, true, "a <b>b</b>".to_owned()), (7, false, String::new())]
        );
    }
}
