//! `POST /content/{id}/copy` and `POST /content/{id}/pagehierarchy/copy`.

use std::collections::HashMap;

use super::archive::accepted;
use crate::simulator::{
    reply::{Answer, Reply},
    store::{Change, Content, Draft, Id, Place, Refusal},
    v1::{
        content, errors,
        expand::Expand,
        write::{self, id_of, refused},
    },
    world::Call,
};

/// A page again, somewhere else or in place of another one. Attachments and comments stay behind.
pub(crate) fn copy(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let request = write::body(call)?;
    let source = call.v1_content(1)?;
    let body = match &request["body"] {
        given if given.is_null() => source.body().to_string(),
        given => {
            write::storage(given).ok_or_else(|| errors::bad_request(deployment, "The body cannot be read"))?
        }
    };
    let (labels, properties) = (source.labels.clone(), source.properties.clone());
    let title = request["pageTitle"]
        .as_str()
        .map_or_else(|| format!("Copy of {}", source.title()), str::to_owned);
    if !write::may_change(call, None) {
        return Err(errors::permission(
            deployment,
            "Could not create content with type page",
        ));
    }
    let destination = &request["destination"];
    let value = &destination["value"];
    let target = |call: &Call<'_>| -> Result<Id, Reply> {
        let id = id_of(value)
            .and_then(|id| call.visible(id))
            .map(|content| content.id);
        id.ok_or_else(|| errors::no_content(deployment, value.as_str().unwrap_or_default()))
    };
    let (author, now) = (call.author(), call.now);
    let id = match destination["type"].as_str() {
        Some("existing_page") => {
            let id = target(call)?;
            let change = Change {
                title: Some(title),
                body: Some(body),
                ..Change::default()
            };
            call.world.store.save(id, change, author, now).map(|()| id)
        }
        Some("parent_page" | "parent_content") => {
            let parent = target(call)?;
            let space = call.store().content(parent).space;
            call.world
                .store
                .create(Draft::page(space, &title, &body, author, now).placed(Place::Under(parent)))
        }
        Some("space") => {
            let key = value.as_str().unwrap_or_default();
            let space = call
                .store()
                .space_by_key(key)
                .ok_or_else(|| errors::no_space(deployment, key))?;
            call.world
                .store
                .create(Draft::page(space, &title, &body, author, now).placed(Place::TopLevel))
        }
        _ => {
            return Err(errors::bad_request(
                deployment,
                "destination.type is not supported",
            ));
        }
    };
    let id = id.map_err(|refusal: Refusal| refused(call, &refusal))?;
    if let Some(copied) = call.world.store.get_mut(id) {
        if request["copyLabels"] == true {
            copied.labels = labels;
        }
        if request["copyProperties"] == true {
            copied.properties = properties;
        }
    }
    let shown = call.store().content(id);
    let expand = Expand::parse(call.query("expand"), "space,history,version");
    Ok(Reply::json(content::single(
        call,
        shown,
        shown.version(),
        &expand,
    )))
}

/// A page and, unless told otherwise, the pages below it, under another page: all of them or none. The task is done by
/// the time anybody asks. Titles are unique in a space, so within one the options must change them.
pub(crate) fn copy_tree(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let request = write::body(call)?;
    let top = call.v1_content(1)?.id;
    let destination = id_of(&request["destinationPageId"])
        .and_then(|id| call.visible(id))
        .filter(|page| page.is_page() && page.is_current())
        .map(|page| (page.id, page.space));
    let (destination, space) = destination.ok_or_else(|| {
        errors::no_content(
            deployment,
            request["destinationPageId"].as_str().unwrap_or_default(),
        )
    })?;
    if !write::may_change(call, None) {
        return Err(errors::permission(
            deployment,
            "Could not create content with type page",
        ));
    }
    let option = |name: &str| request["titleOptions"][name].as_str().unwrap_or_default();
    let renamed = |title: &str| {
        let title = match option("search") {
            "" => title.to_owned(),
            search => title.replace(search, option("replace")),
        };
        format!("{}{title}", option("prefix"))
    };
    let deepest = if request["copyDescendants"] == false {
        0
    } else {
        usize::MAX
    };
    let below = call.store().descend(top, deepest, None).map(|visit| visit.id);
    let sources: Vec<Id> = std::iter::once(top)
        .chain(below)
        .filter(|id| call.visible(*id).is_some_and(Content::is_page))
        .collect();
    let titles: Vec<String> = sources
        .iter()
        .map(|id| renamed(call.store().content(*id).title()))
        .collect();
    let is_taken = |title: &String| !call.store().titled(space, title).is_empty();
    if let Some(taken) = titles.iter().find(|title| is_taken(title)) {
        let message = format!("A page with this title already exists: {taken}");
        return Err(errors::bad_request(deployment, &message));
    }
    let (author, now) = (call.author(), call.now);
    let mut copies: HashMap<Id, Id> = HashMap::new();
    for (source, title) in sources.into_iter().zip(titles) {
        let original = call.store().content(source);
        // Folders are not copied: what is in one goes to the page above it.
        let ancestors = call.store().ancestors(source);
        let above = ancestors.iter().rev().find_map(|id| copies.get(id));
        let (parent, body) = (*above.unwrap_or(&destination), original.body().to_string());
        let draft = Draft::page(space, &title, &body, author, now).placed(Place::Under(parent));
        let copy = call.world.store.create(draft);
        let copy = copy.map_err(|refusal: Refusal| refused(call, &refusal))?;
        copies.insert(source, copy);
    }
    Ok(accepted(call, "com.atlassian.confluence.pagehierarchy.copy"))
}
