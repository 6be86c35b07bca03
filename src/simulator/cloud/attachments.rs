//! Attachments of v2: read and delete; they are written through v1.

use serde_json::{Value, json};

use super::{errors, lists, page, pages};
use crate::simulator::{
    exchange::no_content,
    moment,
    reply::{Answer, Reply},
    store::{Content, Id, Kind},
    v1::links::{download_link, web_link},
    world::Call,
};

fn attachment(call: &Call<'_>, found: &Content) -> Value {
    let page = found.container.unwrap_or_default();
    let (download, webui) = (download_link(call, found, page), web_link(call, found));
    let (media_type, size, comment) = found.file.as_ref().map_or(("", 0, ""), |file| {
        (file.media_type.as_str(), file.bytes.len(), file.comment.as_str())
    });
    json!({
        "id": format!("att{}", found.id),
        "status": found.status.name(),
        "title": found.title(),
        "createdAt": moment::cloud(found.created),
        "pageId": page.to_string(),
        "mediaType": media_type,
        "mediaTypeDescription": "File",
        "comment": comment,
        "fileId": format!("00000000-0000-4000-8000-{:012}", found.id),
        "fileSize": size,
        "webuiLink": webui,
        "downloadLink": download,
        "version": page::version(call, found.version()),
        "_links": { "webui": webui, "download": download },
    })
}

pub(crate) fn of_page(call: &mut Call<'_>) -> Answer {
    let page = pages::known(call)?;
    let fits = |found: &&Content| {
        call.query("filename").is_none_or(|name| found.title() == name)
            && call
                .query("mediaType")
                .is_none_or(|kind| found.file.as_ref().is_some_and(|file| file.media_type == kind))
    };
    let found = page
        .attachments
        .iter()
        .filter_map(|id| call.visible(*id))
        .filter(fits);
    let ids: Vec<Id> = found.map(|found| found.id).collect();
    lists::answer(call, &ids, 50, &|call, id| {
        attachment(call, call.store().content(id))
    })
}

fn one<'a>(call: &'a Call<'_>) -> Result<&'a Content, Reply> {
    let text = call.path[1];
    let id = text.strip_prefix("att").unwrap_or(text).parse().ok();
    let found = id
        .and_then(|id| call.visible(id))
        .filter(|content| content.kind == Kind::Attachment);
    found.ok_or_else(|| errors::not_found(&format!("Cannot find an attachment with id [{text}]")))
}

pub(crate) fn get(call: &mut Call<'_>) -> Answer {
    let mut shown = attachment(call, one(call)?);
    shown["_links"]["base"] = json!(call.base());
    Ok(Reply::json(shown))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Answer {
    let found = one(call)?;
    let id = found.id;
    pages::writer(
        call,
        Some(found),
        errors::not_found(&format!("Cannot find an attachment with id [att{id}]")),
    )?;
    call.world
        .store
        .purge(id)
        .map_err(|refusal| pages::refused(call, &refusal, id))?;
    Ok(no_content())
}
