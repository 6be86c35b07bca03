//! `POST`, `PUT` and `DELETE` of content.

use serde_json::Value;

use super::{content, errors, expand::Expand, spaces};
use crate::simulator::{
    exchange::no_content,
    reply::{Answer, Reply},
    saved,
    store::{Change, Content, Draft, Id, Place, Refusal, SpaceIndex, Status},
    world::Call,
};

/// Requests above it are not read (`atlassian.rest.request.maxsize`).
pub(crate) const LARGEST: usize = 5_242_880;

/// The JSON of a request that writes.
pub(crate) fn body(call: &Call<'_>) -> Result<Value, Reply> {
    if call.request.body.len() > LARGEST {
        return Err(errors::reply(
            call.deployment(),
            413,
            "RequestTooLargeException",
            "Request entity too large",
        ));
    }
    let parsed = call.request.json().filter(Value::is_object);
    parsed.ok_or_else(|| {
        errors::bad_request(
            call.deployment(),
            "Could not read the request: it is not a JSON object",
        )
    })
}

/// An id as a number or a string: clients send both.
pub(crate) fn id_of(value: &Value) -> Option<Id> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The body in storage format, whatever it came as.
pub(crate) fn storage(body: &Value) -> Option<String> {
    let (representation, value) = REPRESENTATIONS
        .iter()
        .find_map(|name| Some((*name, body.get(name)?.get("value")?)))?;
    saved::to_storage(representation, value.as_str()?)
}

const REPRESENTATIONS: [&str; 5] = ["storage", "wiki", "editor", "atlas_doc_format", "view"];

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let deployment = call.deployment();
    let request = body(call)?;
    let kind = request["type"].as_str().unwrap_or("page").to_owned();
    if kind == "comment" {
        return super::comments::create(call, &request);
    }
    if kind != "page" {
        return Err(errors::reply(
            deployment,
            501,
            "NotImplementedServiceException",
            &format!("The simulator keeps no {kind}"),
        ));
    }
    let parent = request["ancestors"]
        .as_array()
        .and_then(|chain| chain.last())
        .and_then(|last| id_of(&last["id"]));
    let space = match (request["space"]["key"].as_str(), parent) {
        (Some(key), _) => spaces::visible_space(call, key).ok_or_else(|| no_space_to_write(call, key))?,
        (None, Some(parent)) => call
            .visible(parent)
            .map(|parent| parent.space)
            .ok_or_else(|| refused(call, &Refusal::NoParent(parent)))?,
        (None, None) => {
            return Err(errors::bad_request(
                deployment,
                "Space is required when creating Content.",
            ));
        }
    };
    if !may_change(call, None) {
        return Err(errors::permission(
            deployment,
            "Could not create content with type page",
        ));
    }
    if let Some(parent) = parent.filter(|parent| call.visible(*parent).is_none()) {
        return Err(refused(call, &Refusal::NoParent(parent)));
    }
    let id = create_page(call, space, parent, &request)?;
    let shown = call.store().content(id);
    let expand = Expand::parse(call.query("expand"), AFTER_WRITE);
    Ok(Reply::json(content::single(
        call,
        shown,
        shown.version(),
        &expand,
    )))
}

/// What a write shows of its result.
const AFTER_WRITE: &str = "history,space,version,ancestors,container,body.storage";

fn create_page(
    call: &mut Call<'_>,
    space: SpaceIndex,
    parent: Option<Id>,
    request: &Value,
) -> Result<Id, Reply> {
    let title = request["title"].as_str().unwrap_or_default();
    let text = if request["body"].is_null() {
        Some(String::new())
    } else {
        storage(&request["body"])
    };
    let text =
        text.ok_or_else(|| errors::bad_request(call.deployment(), "Body representation is not supported"))?;
    let mut draft = Draft::page(space, title, &text, call.author(), call.now);
    // Without a parent Data Center puts a page at the top level; Cloud below the homepage.
    let nowhere = if call.site.is_cloud() {
        Place::UnderHomepage
    } else {
        Place::TopLevel
    };
    draft.place = parent.map_or(nowhere, Place::Under);
    if request["status"] == "draft" {
        draft.status = Status::Draft;
    }
    if let Some(message) = request["version"]["message"].as_str() {
        message.clone_into(&mut draft.message);
    }
    let id = call
        .world
        .store
        .create(draft)
        .map_err(|refusal| refused(call, &refusal))?;
    if let Some(labels) = request["metadata"]["labels"].as_array() {
        super::labels::add(call, id, labels)?;
    }
    Ok(id)
}

/// Cloud does not say whether a space is missing or closed.
fn no_space_to_write(call: &Call<'_>, key: &str) -> Reply {
    if call.site.is_cloud() {
        errors::permission(call.deployment(), "Could not create content with type page")
    } else {
        errors::no_space(call.deployment(), key)
    }
}

pub(crate) fn refused(call: &Call<'_>, refusal: &Refusal) -> Reply {
    errors::refused(call.deployment(), refusal, call.knobs().xhtml_row_offset)
}

/// Whether the caller may change this content, or add some.
pub(crate) fn may_change(call: &Call<'_>, content: Option<&Content>) -> bool {
    let writable = call.site.is_cloud() || !call.knobs().read_only;
    writable && content.map_or_else(|| call.may_write(), |content| call.may_edit(content))
}

/// Content that a request wants to change: visible, of any status, and open to the caller.
pub(crate) fn changeable<'a>(call: &'a Call<'_>, index: usize) -> Result<&'a Content, Reply> {
    let content = call.v1_content(index)?;
    if may_change(call, Some(content)) {
        return Ok(content);
    }
    let class = if content.is_page() { "Page" } else { "Comment" };
    let message = format!(
        "Could not update Content of type : class com.atlassian.confluence.pages.{class} with id {}",
        content.id
    );
    Err(errors::permission(call.deployment(), &message))
}

pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let request = body(call)?;
    let content = changeable(call, 1)?;
    let (id, status) = (content.id, content.status);
    let given = request["version"]["number"].as_u64();
    call.store()
        .expect_version(id, given)
        .map_err(|refusal| refused(call, &refusal))?;
    if status == Status::Trashed {
        if request["status"] != "current" {
            return Err(errors::no_content(call.deployment(), call.path[1]));
        }
        // Everything else in the request is ignored.
        call.world
            .store
            .restore(id, call.now)
            .map_err(|refusal| refused(call, &refusal))?;
        return save(call, id, Change::default());
    }
    if request["type"].is_null() {
        return Err(errors::bad_request(
            call.deployment(),
            "Content type is required when updating Content.",
        ));
    }
    let text = if request["body"].is_null() {
        None
    } else {
        storage(&request["body"])
    };
    let parent = request["ancestors"]
        .as_array()
        .and_then(|chain| chain.last())
        .and_then(|last| id_of(&last["id"]));
    if let Some(parent) = parent.filter(|parent| call.visible(*parent).is_none()) {
        return Err(refused(call, &Refusal::NoParent(parent)));
    }
    let change = Change {
        title: request["title"].as_str().map(str::to_owned),
        body: text,
        parent,
        message: request["version"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        minor: request["version"]["minorEdit"].as_bool().unwrap_or_default(),
    };
    save(call, id, change)
}

fn save(call: &mut Call<'_>, id: Id, change: Change) -> Answer {
    let (author, now) = (call.author(), call.now);
    call.world
        .store
        .save(id, change, author, now)
        .map_err(|refusal| refused(call, &refusal))?;
    let shown = call.store().content(id);
    let expand = Expand::parse(call.query("expand"), AFTER_WRITE);
    Ok(Reply::json(content::single(
        call,
        shown,
        shown.version(),
        &expand,
    )))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let content = call.v1_content(1)?;
    let (id, status) = (content.id, content.status);
    let missing = errors::no_content(call.deployment(), call.path[1]);
    if !may_change(call, Some(content)) {
        return Err(errors::permission(
            call.deployment(),
            "User is not permitted to delete the content",
        ));
    }
    match (status, call.query("status")) {
        (Status::Trashed, Some("trashed")) | (Status::Draft, _) => {
            call.world
                .store
                .purge(id)
                .map_err(|refusal| refused(call, &refusal))?;
            Ok(no_content())
        }
        (Status::Current, None | Some("current")) | (Status::Archived, _) => {
            call.world
                .store
                .trash(id, call.now)
                .map_err(|refusal| refused(call, &refusal))?;
            Ok(if call.knobs().trash_answers_200 {
                Reply::empty(200)
            } else {
                no_content()
            })
        }
        _ => Err(missing),
    }
}
