//! `/pages`: list, read, create, update, rename, delete.

use serde_json::{Value, json};

use super::{
    errors,
    lists::{self, path_id, query_ids},
    page::{self, ALONE, IN_LISTS, body_format},
};
use crate::simulator::{
    exchange::no_content,
    knobs::DeniedWrite,
    reply::{Answer, Reply},
    saved,
    store::{Change, Content, Draft, Id, Kind, Place, Refusal, SpaceIndex, Status},
    v1::write::{LARGEST, id_of},
    world::Call,
};

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let spaces = query_ids(call, "space-id")?;
    let named = query_ids(call, "id")?;
    let spaces: Vec<SpaceIndex> = if spaces.is_empty() {
        (0..call.store().spaces.len()).collect()
    } else {
        spaces
            .into_iter()
            .filter_map(|id| call.store().space_by_id(id))
            .collect()
    };
    of_spaces(call, &spaces, &named, false)
}

/// Pages of these spaces, filtered as the query says.
pub(crate) fn of_spaces(call: &Call<'_>, spaces: &[SpaceIndex], named: &[Id], roots_only: bool) -> Answer {
    let statuses = statuses(call)?;
    let format = body_format(call, &IN_LISTS)?;
    let fits = |content: &Content| {
        content.is_page()
            && spaces.contains(&content.space)
            && statuses.contains(&content.status)
            && (!roots_only || content.parent.is_none())
            && call.sees(content)
            && !call.is_too_new(content)
    };
    let store = call.store();
    let mut ids: Vec<Id> = if let Some(title) = call.query("title") {
        // Exact but for the case; an empty title finds nothing.
        let titled = spaces
            .iter()
            .flat_map(|space| store.titled(*space, title).iter().copied());
        titled
            .filter(|id| named.is_empty() || named.contains(id))
            .filter(|id| fits(store.content(*id)))
            .collect()
    } else if named.is_empty() {
        store
            .all()
            .filter(|content| fits(content))
            .map(|content| content.id)
            .collect()
    } else {
        named
            .iter()
            .filter_map(|id| store.get(*id))
            .filter(|content| fits(content))
            .map(|content| content.id)
            .collect()
    };
    lists::sort(call, &mut ids, "id")?;
    ids.dedup();
    lists::answer(call, &ids, 25, &|call, id| {
        let content = call.store().content(id);
        Value::Object(page::page(call, content, content.version(), format))
    })
}

fn statuses(call: &Call<'_>) -> Result<Vec<Status>, Reply> {
    let wanted = call.request.query.list("status");
    if wanted.is_empty() {
        return Ok(vec![Status::Current, Status::Archived]);
    }
    let mut statuses = Vec::new();
    for status in wanted {
        match status {
            "current" => statuses.push(Status::Current),
            "archived" => statuses.push(Status::Archived),
            "trashed" => statuses.push(Status::Trashed),
            // What was purged is not kept.
            "deleted" => {}
            _ => {
                return Err(errors::invalid(&format!(
                    "Provided value {{{status}}} for 'status' is not supported"
                )));
            }
        }
    }
    Ok(statuses)
}

/// The page that the path names, of any status.
pub(crate) fn known<'a>(call: &'a Call<'_>) -> Result<&'a Content, Reply> {
    let id = path_id(call, 1)?;
    match call.visible(id) {
        Some(page) if page.is_page() && !call.is_too_new(page) => Ok(page),
        // What was purged is not told from what never was, but for the wording.
        _ if call.store().was_purged(id) => Err(errors::bare_not_found()),
        _ => Err(errors::no_page(&id.to_string())),
    }
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let page = known(call)?;
    let format = body_format(call, &ALONE)?;
    let wanted = call.request.query.list("status");
    let missing = || errors::no_page(&page.id.to_string());
    let fits = |status: &&str| {
        *status == page.status.name() || (*status == "historical" && call.query("version").is_some())
    };
    if !wanted.is_empty() && !wanted.iter().any(fits) {
        return Err(missing());
    }
    if page.status == Status::Draft && !call.request.query.is_true("get-draft") && !wanted.contains(&"draft")
    {
        return Err(missing());
    }
    let version = match call.query("version") {
        None => page.version(),
        Some(number) => {
            let number = number
                .parse()
                .map_err(|_| errors::invalid("The version is not a number"))?;
            page.version_number(number).ok_or_else(missing)?
        }
    };
    Ok(Reply::json(page::single(call, page, version, format)))
}

pub(crate) fn operations(call: &mut Call<'_>) -> Answer {
    let operations = page::operations(call, known(call)?);
    Ok(Reply::json(json!({ "operations": operations })))
}

/// `POST /content/convert-ids-to-types`; what is not visible has no type.
pub(crate) fn types(call: &mut Call<'_>) -> Answer {
    let request = json(call)?;
    let ids = request["contentIds"]
        .as_array()
        .ok_or_else(|| errors::invalid("contentIds is required"))?;
    let mut types = serde_json::Map::new();
    for id in ids {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let content = text
            .trim_start_matches("att")
            .parse()
            .ok()
            .and_then(|id| call.visible(id));
        let kind = content.map(|content| match &content.kind {
            Kind::Comment { selection: Some(_) } => "inline-comment",
            Kind::Comment { selection: None } => "footer-comment",
            kind => kind.name(),
        });
        types.insert(text, json!(kind));
    }
    Ok(Reply::json(json!({ "results": types })))
}

/// The JSON of a request that writes.
pub(crate) fn json(call: &Call<'_>) -> Result<Value, Reply> {
    if call.request.body.len() > LARGEST {
        return Err(errors::reply(
            413,
            "PAYLOAD_TOO_LARGE",
            "The request is over 5 MB",
        ));
    }
    call.request
        .json()
        .filter(Value::is_object)
        .ok_or_else(|| errors::bad_request("The request body is not a JSON object"))
}

/// `{representation, value}` or `{"storage": {…}}`, as storage format; `None` when it is left out.
pub(crate) fn storage(body: &Value) -> Result<Option<String>, Reply> {
    if body.is_null() {
        return Ok(None);
    }
    let nested = ["storage", "atlas_doc_format", "wiki"]
        .iter()
        .find_map(|name| body.get(name));
    let body = nested.unwrap_or(body);
    let representation = body["representation"].as_str().unwrap_or("storage");
    let value = body["value"]
        .as_str()
        .ok_or_else(|| errors::invalid("The body has no value"))?;
    let text = saved::to_storage(representation, value);
    text.map(Some)
        .ok_or_else(|| errors::invalid("The body's representation is not supported"))
}

pub(crate) fn refused(call: &Call<'_>, refusal: &Refusal, id: Id) -> Reply {
    errors::refused(refusal, id, call.knobs().xhtml_row_offset)
}

/// Lets a writer through; a reader learns what the knob says. `missing` hides that there is something.
pub(crate) fn writer(call: &Call<'_>, content: Option<&Content>, missing: Reply) -> Result<(), Reply> {
    if content.map_or_else(|| call.may_write(), |content| call.may_edit(content)) {
        return Ok(());
    }
    Err(match call.knobs().denied_write {
        DeniedWrite::NotFound => missing,
        DeniedWrite::Forbidden => errors::reply(
            403,
            "FORBIDDEN",
            "The user does not have the needed permissions for this operation",
        ),
    })
}

/// The space a create names, open to the caller.
pub(crate) fn space_to_write(call: &Call<'_>, request: &Value) -> Result<SpaceIndex, Reply> {
    let named = &request["spaceId"];
    let id = id_of(named).ok_or_else(|| errors::invalid("spaceId is required and must be a number"))?;
    let missing = || errors::no_space(&id.to_string());
    let space = call
        .store()
        .space_by_id(id)
        .filter(|space| call.sees_space(call.store().space(*space)));
    let space = space.ok_or_else(missing)?;
    writer(call, None, missing())?;
    Ok(space)
}

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let request = json(call)?;
    let space = space_to_write(call, &request)?;
    let is_draft = request["status"] == "draft";
    let title = match request["title"].as_str() {
        Some(title) => title.to_owned(),
        None if is_draft => "Untitled".to_owned(),
        None => return Err(errors::bad_request("Title is required for a published page")),
    };
    let text = storage(&request["body"])?.unwrap_or_default();
    let mut draft = Draft::page(space, &title, &text, call.author(), call.now);
    let at_root = call.request.query.is_true("root-level");
    draft.place = match (&request["parentId"], at_root) {
        (Value::Null, false) => Place::UnderHomepage,
        (Value::Null, true) => Place::TopLevel,
        (_, true) => return Err(errors::bad_request("parentId must not be given with root-level")),
        (parent, false) => {
            let id = id_of(parent).ok_or_else(|| errors::invalid("parentId must be a number"))?;
            call.visible(id)
                .ok_or_else(|| refused(call, &Refusal::NoParent(id), id))?;
            Place::Under(id)
        }
    };
    if is_draft {
        draft.status = Status::Draft;
    }
    let id = call
        .world
        .store
        .create(draft)
        .map_err(|refusal| refused(call, &refusal, 0))?;
    Ok(written(call, id))
}

/// What a write answers: the page with its body.
fn written(call: &Call<'_>, id: Id) -> Reply {
    let page = call.store().content(id);
    Reply::json(page::single(call, page, page.version(), Some("storage")))
}

pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let request = json(call)?;
    let page = known(call)?;
    let (id, status) = (page.id, page.status);
    writer(call, Some(page), errors::no_page(&id.to_string()))?;
    if id_of(&request["id"]) != Some(id) {
        return Err(errors::invalid("The id in the body must be that of the path"));
    }
    if !matches!(request["status"].as_str(), Some("current" | "draft")) {
        return Err(errors::invalid("status must be current or draft"));
    }
    let given = request["version"]["number"].as_u64();
    if status == Status::Draft {
        return publish(call, id, &request);
    }
    call.store()
        .expect_version(id, given)
        .map_err(|refusal| refused(call, &refusal, id))?;
    if status == Status::Trashed {
        // Everything else in the request is ignored.
        call.world
            .store
            .restore(id, call.now)
            .map_err(|refusal| refused(call, &refusal, id))?;
        return save(call, id, Change::default());
    }
    let title = request["title"]
        .as_str()
        .ok_or_else(|| errors::invalid("title is required"))?
        .to_owned();
    if request["body"].is_null() && call.knobs().body_required {
        return Err(errors::invalid("body is required"));
    }
    let parent = match &request["parentId"] {
        Value::Null => None,
        parent => Some(id_of(parent).ok_or_else(|| errors::invalid("parentId must be a number"))?),
    };
    if let Some(parent) = parent {
        call.visible(parent)
            .ok_or_else(|| refused(call, &Refusal::NoParent(parent), id))?;
    }
    let space = call.store().space_of(id).id;
    if id_of(&request["spaceId"]).is_some_and(|wanted| wanted != space) {
        return Err(errors::bad_request(
            "Moving a page between spaces is not supported",
        ));
    }
    let change = Change {
        title: Some(title),
        body: storage(&request["body"])?,
        parent,
        message: request["version"]["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        minor: false,
    };
    save(call, id, change)
}

/// A draft becomes a page; drafts keep version 1.
fn publish(call: &mut Call<'_>, id: Id, request: &Value) -> Answer {
    let title = request["title"].as_str().unwrap_or_default().to_owned();
    let text = storage(&request["body"])?;
    let published = request["status"] == "current";
    call.world
        .store
        .revise_draft(id, &title, text.as_deref(), published)
        .map_err(|refusal| refused(call, &refusal, id))?;
    Ok(written(call, id))
}

fn save(call: &mut Call<'_>, id: Id, change: Change) -> Answer {
    let (author, now) = (call.author(), call.now);
    call.world
        .store
        .save(id, change, author, now)
        .map_err(|refusal| refused(call, &refusal, id))?;
    Ok(written(call, id))
}

pub(crate) fn rename(call: &mut Call<'_>) -> Answer {
    let request = json(call)?;
    let page = known(call)?;
    let id = page.id;
    writer(call, Some(page), errors::no_page(&id.to_string()))?;
    if !page.is_current() && page.status != Status::Archived {
        return Err(errors::no_page(&id.to_string()));
    }
    if !matches!(request["status"].as_str(), Some("current" | "draft")) {
        return Err(errors::invalid("status must be current or draft"));
    }
    let title = request["title"]
        .as_str()
        .ok_or_else(|| errors::invalid("title is required"))?
        .to_owned();
    save(
        call,
        id,
        Change {
            title: Some(title),
            ..Change::default()
        },
    )
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let page = known(call)?;
    let (id, status) = (page.id, page.status);
    writer(call, Some(page), errors::no_page(&id.to_string()))?;
    let query = &call.request.query;
    let done = if query.is_true("draft") || query.is_true("purge") {
        if query.is_true("draft") && status != Status::Draft {
            return Err(errors::no_page(&id.to_string()));
        }
        call.world.store.purge(id)
    } else if status == Status::Trashed {
        return Err(errors::no_page(&id.to_string()));
    } else {
        call.world.store.trash(id, call.now)
    };
    done.map_err(|refusal| refused(call, &refusal, id))?;
    Ok(no_content())
}
