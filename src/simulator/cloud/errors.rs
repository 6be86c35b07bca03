//! The error envelope of REST v2, and what goes into it.

use serde_json::json;

use crate::simulator::{
    reply::Reply,
    store::{Id, Refusal},
};

/// The envelope of REST v2.
pub(crate) fn reply(status: u16, code: &str, title: &str) -> Reply {
    let error = json!({ "status": status, "code": code, "title": title, "detail": null });
    Reply::json_with(status, json!({ "errors": [error] }))
}

/// Rejected credentials, and what was purged.
pub(crate) fn bare_not_found() -> Reply {
    reply(404, "NOT_FOUND", "Not Found")
}

pub(crate) fn not_found(title: &str) -> Reply {
    reply(404, "NOT_FOUND", title)
}

pub(crate) fn no_page(id: &str) -> Reply {
    not_found(&format!("Cannot find a page with id [{id}]"))
}

pub(crate) fn no_space(id: &str) -> Reply {
    not_found(&format!("Cannot find a space with id [{id}]"))
}

pub(crate) fn bad_request(title: &str) -> Reply {
    reply(400, "BAD_REQUEST", title)
}

/// A parameter or field that is missing or of the wrong kind.
pub(crate) fn invalid(title: &str) -> Reply {
    reply(400, "INVALID_REQUEST_PARAMETER", title)
}

pub(crate) fn conflict(title: &str) -> Reply {
    reply(409, "CONFLICT", title)
}

/// A refusal of the store in the words of v2; `id` is the content the request was about.
pub(crate) fn refused(refusal: &Refusal, id: Id, row_offset: usize) -> Reply {
    match refusal {
        Refusal::NoContent(id) => no_page(&id.to_string()),
        Refusal::NoParent(parent) => not_found(&format!("Cannot find a parent content with id [{parent}]")),
        Refusal::DuplicateTitle { .. } => bad_request(
            "A page with this title already exists: A page already exists with the same TITLE in this space",
        ),
        Refusal::EmptyTitle => bad_request("Title is required and cannot be blank"),
        Refusal::LongTitle => bad_request("Title cannot be longer than 255 characters"),
        Refusal::Stale { current, given } => conflict(&format!(
            "Version must be incremented when updating a page. Current Version: [{current}]. Provided version: [{given}]"
        )),
        Refusal::VersionMissing => invalid("Version number is required when updating a page"),
        Refusal::Loop => bad_request("Cannot add an existing ancestor as a child!"),
        Refusal::OtherSpace => bad_request("Parent content must be in the same space"),
        Refusal::Malformed(fault) => {
            bad_request(&crate::simulator::v1::errors::parse_message(fault, row_offset))
        }
        Refusal::NotTrashed => bad_request("Only content in the trash can be purged"),
        Refusal::NotCurrent => no_page(&id.to_string()),
    }
}
