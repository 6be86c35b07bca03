//! Attachments: multipart in, bytes in memory.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    children, content, errors,
    expand::Expand,
    multipart::{self, Part},
    write::{body, changeable},
};
use crate::simulator::{
    reply::{Answer, Payload, Reply},
    store::{Attachment, Content, Id, Kind, Version},
    world::Call,
};

pub(crate) fn list(call: &mut Call<'_>) -> Answer {
    let page = call.v1_content(1)?;
    let mut ids = children::ids(call, page, "attachment");
    let file = |id: &Id| call.store().content(*id);
    if let Some(name) = call.query("filename") {
        ids.retain(|id| file(id).title() == name);
    }
    if let Some(kind) = call.query("mediaType") {
        ids.retain(|id| file(id).file.as_ref().is_some_and(|file| file.media_type == kind));
    }
    Ok(Reply::json(Value::Object(children::list(call, &ids, 50))))
}

/// A form came from a browser unless this header says otherwise.
fn no_forgery(call: &Call<'_>) -> Result<(), Reply> {
    match call.request.header("x-atlassian-token") {
        Some("no-check" | "nocheck") => Ok(()),
        _ => Err(Reply::html(403, "XSRF check failed")),
    }
}

struct Upload {
    name: String,
    media_type: String,
    bytes: Arc<[u8]>,
    comment: String,
    minor: bool,
}

fn upload(call: &Call<'_>) -> Result<Upload, Reply> {
    no_forgery(call)?;
    let bad = |message: &str| errors::bad_request(call.deployment(), message);
    let kind = call.request.header("content-type").unwrap_or_default();
    let parts = multipart::parse(kind, &call.request.body)
        .ok_or_else(|| bad("The request is not a multipart form"))?;
    let text = |name: &str| {
        parts
            .iter()
            .find(|part| part.name == name)
            .map(Part::text)
            .unwrap_or_default()
    };
    let file = parts
        .iter()
        .find(|part| part.name == "file")
        .ok_or_else(|| bad("At least one file must be given"))?;
    let name = file
        .filename
        .clone()
        .filter(|name| !name.is_empty() && !name.contains('/'));
    Ok(Upload {
        name: name.ok_or_else(|| bad("The file has no usable name"))?,
        media_type: file
            .content_type
            .clone()
            .unwrap_or_else(|| "application/octet-stream".to_owned()),
        bytes: Arc::from(&file.bytes[..]),
        comment: text("comment"),
        minor: text("minorEdit") == "true",
    })
}

/// `POST …/child/attachment`: a new file, whose name must be new too.
pub(crate) fn create(call: &mut Call<'_>) -> Answer {
    let page = changeable(call, 1)?.id;
    let upload = upload(call)?;
    if existing(call, page, &upload.name).is_some() {
        let message = format!(
            "Cannot add a new attachment with same file name as an existing attachment: {}",
            upload.name
        );
        return Err(errors::bad_request(call.deployment(), &message));
    }
    let id = add(call, page, upload);
    Ok(listed(call, id))
}

/// `PUT …/child/attachment`: a new file, or a new version of one.
pub(crate) fn create_or_update(call: &mut Call<'_>) -> Answer {
    let page = changeable(call, 1)?.id;
    let upload = upload(call)?;
    let id = match existing(call, page, &upload.name) {
        None => add(call, page, upload),
        Some(id) => revise(call, id, upload),
    };
    Ok(listed(call, id))
}

/// `POST …/child/attachment/{id}/data`: new bytes.
pub(crate) fn replace(call: &mut Call<'_>) -> Answer {
    changeable(call, 1)?;
    let id = known(call)?;
    let upload = upload(call)?;
    let id = revise(call, id, upload);
    Ok(Reply::json(shown(call, id)))
}

/// `PUT …/child/attachment/{id}`: name, comment and media type.
pub(crate) fn describe(call: &mut Call<'_>) -> Answer {
    let request = body(call)?;
    changeable(call, 1)?;
    let id = known(call)?;
    if let Some(content) = call.world.store.get_mut(id) {
        if let (Some(title), Some(version)) = (request["title"].as_str(), content.versions.last_mut()) {
            title.clone_into(&mut version.title);
        }
        if let Some(file) = &mut content.file {
            let extensions = &request["metadata"];
            for (field, name) in [
                (&mut file.comment, "comment"),
                (&mut file.media_type, "mediaType"),
            ] {
                if let Some(text) = extensions[name].as_str().or_else(|| request[name].as_str()) {
                    text.clone_into(field);
                }
            }
        }
    }
    Ok(Reply::json(shown(call, id)))
}

/// Cloud redirects to a media service, which has its own token; here it is another name of this host.
pub(crate) fn download(call: &mut Call<'_>) -> Answer {
    call.v1_content(1)?;
    let id = known(call)?;
    let port = call.site.address.port();
    let location = format!("http://localhost:{port}/_media/{id}?token=media-{id}");
    Ok(Reply::empty(302).header("Location", location))
}

/// The bytes of an attachment.
pub(crate) fn bytes(content: &Content) -> Option<Reply> {
    let file = content.file.as_ref()?;
    Some(Reply {
        status: 200,
        headers: Vec::new(),
        payload: Payload::Bytes(file.bytes.to_vec(), file.media_type.clone()),
    })
}

/// The attachment that the path names, on the page that the path names.
fn known(call: &Call<'_>) -> Result<Id, Reply> {
    let page = call.v1_content(1)?.id;
    let found = call.v1_content(4)?;
    if found.kind == Kind::Attachment && found.container == Some(page) {
        return Ok(found.id);
    }
    Err(errors::no_content(call.deployment(), call.path[4]))
}

fn existing(call: &Call<'_>, page: Id, name: &str) -> Option<Id> {
    let attachments = call.store().content(page).attachments.iter();
    attachments
        .copied()
        .find(|id| call.store().content(*id).title() == name)
}

fn add(call: &mut Call<'_>, page: Id, upload: Upload) -> Id {
    let Upload {
        name,
        media_type,
        bytes,
        comment,
        minor,
    } = upload;
    let id = call.world.store.next_id();
    let (author, at) = (call.author(), call.now);
    let space = call.store().content(page).space;
    let first = Version {
        number: 1,
        title: name,
        body: Arc::from(""),
        message: comment.clone(),
        minor,
        author,
        at,
    };
    let content = Content {
        container: Some(page),
        file: Some(Attachment {
            media_type,
            bytes,
            comment,
        }),
        ..Content::new(id, Kind::Attachment, space, first)
    };
    call.world.store.insert(content);
    if let Some(page) = call.world.store.get_mut(page) {
        page.attachments.push(id);
    }
    id
}

fn revise(call: &mut Call<'_>, id: Id, upload: Upload) -> Id {
    let Upload {
        media_type,
        bytes,
        comment,
        minor,
        ..
    } = upload;
    let (author, at) = (call.author(), call.now);
    if let Some(content) = call.world.store.get_mut(id) {
        let number = content.version().number + 1;
        let title = content.title().to_owned();
        content.versions.push(Version {
            number,
            title,
            body: Arc::from(""),
            message: comment.clone(),
            minor,
            author,
            at,
        });
        content.file = Some(Attachment {
            media_type,
            bytes,
            comment,
        });
    }
    id
}

fn shown(call: &Call<'_>, id: Id) -> Value {
    content::content(
        call,
        call.store().content(id),
        &Expand::parse(call.query("expand"), "version,container"),
    )
}

fn listed(call: &Call<'_>, id: Id) -> Reply {
    Reply::json(json!({ "results": [shown(call, id)], "size": 1, "_links": { "base": call.base() } }))
}
