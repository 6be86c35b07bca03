//! Comments: content of their own, hanging on a page.

use serde_json::Value;

use super::{
    children, content, errors,
    expand::Expand,
    write::{id_of, refused, storage},
};
use crate::simulator::{
    reply::{Answer, Reply},
    store::{Content, Id, Kind, Version},
    world::Call,
};

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let page = call.v1_content(1)?;
    let all = call.query("depth") == Some("all");
    let location = call.query("location");
    let mut ids = children::ids(call, page, "comment");
    ids.retain(|id| {
        let comment = call.store().content(*id);
        let place = if matches!(comment.kind, Kind::Comment { selection: Some(_) }) {
            "inline"
        } else {
            "footer"
        };
        (all || comment.parent.is_none()) && location.is_none_or(|wanted| wanted == place)
    });
    Ok(Reply::json(Value::Object(children::list(call, &ids, 25))))
}

/// `POST /content` with `type: comment`.
pub(crate) fn create(call: &mut Call<'_>, request: &Value) -> Answer {
    let container = id_of(&request["container"]["id"]);
    let parent = request["ancestors"]
        .as_array()
        .and_then(|chain| chain.last())
        .and_then(|last| id_of(&last["id"]));
    let text = storage(&request["body"])
        .ok_or_else(|| errors::bad_request(call.deployment(), "Body is required when creating a comment."))?;
    let inline = request["extensions"]["location"] == "inline";
    let selection = request["extensions"]["inlineProperties"]["originalSelection"]
        .as_str()
        .unwrap_or_default();
    let id = add(
        call,
        container,
        parent,
        &text,
        inline.then(|| selection.to_owned()),
    )?;
    let shown = call.store().content(id);
    let expand = Expand::parse(call.query("expand"), "history,version,container,body.storage");
    Ok(Reply::json(content::single(
        call,
        shown,
        shown.version(),
        &expand,
    )))
}

/// A comment on a page, or an answer to a comment.
pub(crate) fn add(
    call: &mut Call<'_>,
    page: Option<Id>,
    parent: Option<Id>,
    text: &str,
    selection: Option<String>,
) -> Result<Id, Reply> {
    let answered = parent
        .and_then(|parent| call.visible(parent))
        .filter(|content| content.kind.name() == "comment");
    let container = page.or_else(|| answered?.container);
    let missing = || {
        errors::no_content(
            call.deployment(),
            &container.map(|id| id.to_string()).unwrap_or_default(),
        )
    };
    let page = container
        .and_then(|id| call.visible(id))
        .filter(|page| page.is_current())
        .ok_or_else(missing)?;
    let (page_id, space, title) = (page.id, page.space, format!("Re: {}", page.title()));
    let parent = answered.map(|comment| comment.id);
    if !call.may_write() {
        return Err(errors::permission(
            call.deployment(),
            "Could not create content with type comment",
        ));
    }
    let body = call
        .world
        .store
        .saved_body(text)
        .map_err(|refusal| refused(call, &refusal))?;
    let id = call.world.store.next_id();
    let (author, at) = (call.author(), call.now);
    let first = Version {
        number: 1,
        title,
        body,
        message: String::new(),
        minor: false,
        author,
        at,
    };
    let comment = Content {
        parent,
        container: Some(page_id),
        ..Content::new(id, Kind::Comment { selection }, space, first)
    };
    call.world.store.insert(comment);
    if let Some(page) = call.world.store.get_mut(page_id) {
        page.comments.push(id);
    }
    Ok(id)
}
