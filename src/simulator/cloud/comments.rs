//! Footer and inline comments.

use serde_json::{Value, json};

use super::{
    errors, lists,
    lists::path_id,
    page::{self, IN_LISTS, body_format},
    pages::{self, known, refused, storage, writer},
};
use crate::simulator::{
    exchange::no_content,
    reply::{Answer, Payload, Reply},
    store::{Change, Content, Id, Kind},
    v1::{comments as v1, links::web_link, write::id_of},
    world::Call,
};

/// Which of the two kinds the route is about.
fn wants_inline(call: &Call<'_>) -> bool {
    call.path.contains(&"inline-comments")
}

fn is_wanted(call: &Call<'_>, content: &Content) -> bool {
    matches!(&content.kind, Kind::Comment { selection } if selection.is_some() == wants_inline(call))
}

fn comment(call: &Call<'_>, comment: &Content, format: Option<&str>) -> Value {
    let mut shown = json!({
        "id": comment.id.to_string(),
        "status": comment.status.name(),
        "title": comment.title(),
        "pageId": comment.container.map(|id| id.to_string()),
        "version": page::version(call, comment.version()),
        "body": page::body(comment.version(), format),
        "_links": { "webui": web_link(call, comment) },
    });
    if let Some(parent) = comment.parent {
        shown["parentCommentId"] = json!(parent.to_string());
    }
    if let Kind::Comment {
        selection: Some(selection),
    } = &comment.kind
    {
        shown["resolutionStatus"] = json!("open");
        shown["properties"] = json!({
            "inlineMarkerRef": format!("{:032x}", comment.id),
            "inlineOriginalSelection": selection,
        });
    }
    shown
}

/// Comments on a page that answer no other.
pub(crate) fn of_page(call: &mut Call<'_>) -> Answer {
    let page = known(call)?;
    let ids = page.comments.clone();
    rows(call, ids, |comment| comment.parent.is_none())
}

pub(crate) fn all(call: &mut Call<'_>) -> Answer {
    let ids = call.store().all().map(|content| content.id).collect();
    rows(call, ids, |_| true)
}

pub(crate) fn answers(call: &mut Call<'_>) -> Answer {
    let comment = one(call)?;
    let id = comment.id;
    let page = comment.container.and_then(|page| call.store().get(page));
    let ids = page.map(|page| page.comments.clone()).unwrap_or_default();
    rows(call, ids, |comment| comment.parent == Some(id))
}

fn rows(call: &Call<'_>, mut ids: Vec<Id>, fits: impl Fn(&Content) -> bool) -> Answer {
    let format = body_format(call, &IN_LISTS)?;
    ids.retain(|id| {
        call.visible(*id)
            .is_some_and(|found| is_wanted(call, found) && fits(found))
    });
    lists::sort(call, &mut ids, "")?;
    lists::answer(call, &ids, 25, &|call, id| {
        comment(call, call.store().content(id), format)
    })
}

fn one<'a>(call: &'a Call<'_>) -> Result<&'a Content, Reply> {
    let id = path_id(call, 1)?;
    let found = call.visible(id).filter(|content| is_wanted(call, content));
    found.ok_or_else(|| errors::not_found(&format!("Cannot find a comment with id [{id}]")))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let format = body_format(call, &IN_LISTS)?;
    let found = one(call)?;
    Ok(Reply::json(alone(call, found.id, format)))
}

fn alone(call: &Call<'_>, id: Id, format: Option<&str>) -> Value {
    let mut shown = comment(call, call.store().content(id), format);
    shown["_links"]["base"] = json!(call.base());
    shown
}

pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let request = pages::json(call)?;
    let text = storage(&request["body"])?.ok_or_else(|| errors::invalid("body is required"))?;
    let (page, parent) = (id_of(&request["pageId"]), id_of(&request["parentCommentId"]));
    let place = page
        .or(parent)
        .ok_or_else(|| errors::invalid("pageId or parentCommentId is required"))?;
    call.visible(place)
        .ok_or_else(|| errors::not_found(&format!("Cannot find content with id [{place}]")))?;
    writer(
        call,
        None,
        errors::not_found(&format!("Cannot find content with id [{place}]")),
    )?;
    let selection = selection(call, &request, page)?;
    let id = v1::add(call, page, parent, &text, selection).map_err(|reply| in_words_of_v2(&reply))?;
    let shown = alone(call, id, Some("storage"));
    let path = format!("/wiki/api/v2/{}/{id}", call.path[0]);
    Ok(Reply::json_with(201, shown).header("Location", path))
}

/// An inline comment on a page needs text that is there as often as the request says.
fn selection(call: &Call<'_>, request: &Value, page: Option<Id>) -> Result<Option<String>, Reply> {
    if !wants_inline(call) {
        return Ok(None);
    }
    let properties = &request["inlineCommentProperties"];
    let Some(page) = page.and_then(|page| call.store().get(page)) else {
        return Ok(Some(String::new()));
    };
    let text = properties["textSelection"]
        .as_str()
        .filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| errors::invalid("inlineCommentProperties.textSelection is required"))?;
    let count = crate::simulator::saved::text(page.body()).matches(text).count();
    if properties["textSelectionMatchCount"].as_u64() != Some(count as u64) || count == 0 {
        return Err(errors::bad_request("The text selection does not match the page"));
    }
    Ok(Some(text.to_owned()))
}

/// The rules are shared with v1; the envelope is not.
fn in_words_of_v2(reply: &Reply) -> Reply {
    let message = match &reply.payload {
        Payload::Json(body) => body["message"].as_str().unwrap_or_default(),
        _ => "",
    };
    let plain = message
        .rsplit_once("Exception: ")
        .map_or(message, |(_, plain)| plain);
    match reply.status {
        404 => errors::not_found(plain),
        _ => errors::bad_request(plain),
    }
}

pub(crate) fn update(call: &mut Call<'_>) -> Answer {
    let request = pages::json(call)?;
    let found = one(call)?;
    let id = found.id;
    writer(
        call,
        Some(found),
        errors::not_found(&format!("Cannot find a comment with id [{id}]")),
    )?;
    let given = request["version"]["number"].as_u64();
    call.store()
        .expect_version(id, given)
        .map_err(|refusal| refused(call, &refusal, id))?;
    let change = Change {
        body: storage(&request["body"])?,
        ..Change::default()
    };
    let (author, now) = (call.author(), call.now);
    call.world
        .store
        .save(id, change, author, now)
        .map_err(|refusal| refused(call, &refusal, id))?;
    Ok(Reply::json(alone(call, id, Some("storage"))))
}

/// For good: comments know no trash.
pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let found = one(call)?;
    let id = found.id;
    writer(
        call,
        Some(found),
        errors::not_found(&format!("Cannot find a comment with id [{id}]")),
    )?;
    call.world
        .store
        .purge(id)
        .map_err(|refusal| refused(call, &refusal, id))?;
    Ok(no_content())
}
