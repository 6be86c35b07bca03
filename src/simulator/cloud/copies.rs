//! `POST /content/{id}/copy`.

use crate::simulator::{
    reply::{Answer, Reply},
    store::{Change, Draft, Id, Place, Refusal},
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
