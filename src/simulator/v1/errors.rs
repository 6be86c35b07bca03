//! The error envelope of REST v1, which the two products fill differently.

use serde_json::{Value, json};

use crate::simulator::{markup::Malformed, options::Deployment, reply::Reply, store::Refusal};

const PREFIX: &str = "com.atlassian.confluence.api.service.exceptions.";

/// The envelope of v1 for a Java exception of this name.
pub(crate) fn reply(deployment: Deployment, status: u16, exception: &str, message: &str) -> Reply {
    let body = if deployment.is_cloud() {
        // Authorized on a 400, not on a 404: nobody should read permission out of it.
        let authorized = matches!(status, 400 | 409);
        let errors = if status == 404 {
            json!([{ "message": { "translation": message, "args": [] } }])
        } else {
            json!([])
        };
        json!({
            "statusCode": status,
            "data": { "authorized": authorized, "valid": status == 403, "errors": errors, "successful": authorized },
            "message": format!("{PREFIX}{exception}: {message}"),
        })
    } else {
        json!({
            "statusCode": status,
            "data": {
                "authorized": false,
                "valid": true,
                "allowedInReadOnlyMode": true,
                "errors": [],
                "successful": false,
            },
            "message": message,
            "reason": reason(status),
        })
    };
    Reply::json_with(status, body)
}

fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Request Entity Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        _ => "Error",
    }
}

pub(crate) fn bad_request(deployment: Deployment, message: &str) -> Reply {
    reply(deployment, 400, "BadRequestException", message)
}

pub(crate) fn not_found(deployment: Deployment, message: &str) -> Reply {
    reply(deployment, 404, "NotFoundException", message)
}

pub(crate) fn permission(deployment: Deployment, message: &str) -> Reply {
    reply(deployment, 403, "PermissionException", message)
}

pub(crate) fn conflict(deployment: Deployment, message: &str) -> Reply {
    reply(deployment, 409, "ConflictException", message)
}

pub(crate) fn no_content(deployment: Deployment, id: &str) -> Reply {
    not_found(
        deployment,
        &format!("No content found with id: ContentId{{id={id}}}"),
    )
}

pub(crate) fn no_space(deployment: Deployment, key: &str) -> Reply {
    not_found(deployment, &format!("No space with key : {key}"))
}

/// The text of the XML parser, position included.
pub(crate) fn parse_message(fault: &Malformed, row_offset: usize) -> String {
    let Malformed { message, row, column } = fault;
    format!(
        "Error parsing xhtml: {message}\n at [row,col {{unknown-source}}]: [{},{column}]",
        row + row_offset
    )
}

/// A refusal of the store in the words of v1.
pub(crate) fn refused(deployment: Deployment, refusal: &Refusal, row_offset: usize) -> Reply {
    let bad = |message: &str| bad_request(deployment, message);
    match refusal {
        Refusal::NoContent(id) => no_content(deployment, &id.to_string()),
        Refusal::NoParent(_) => not_found(
            deployment,
            "The parent ID specified does not exist, or user does not have permissions",
        ),
        Refusal::DuplicateTitle { .. } if deployment.is_cloud() => bad(
            "A page with this title already exists: A page already exists with the same TITLE in this space",
        ),
        Refusal::DuplicateTitle { title, key } => bad(&format!(
            "A page with this title already exists: A page already exists with the title {title} in the space with key {key}"
        )),
        Refusal::EmptyTitle => bad("Title is required for content type page"),
        Refusal::LongTitle => bad("Title cannot be longer than 255 characters."),
        Refusal::Stale { current, .. } => conflict(
            deployment,
            &format!("Version must be incremented on update. Current version is: {current}"),
        ),
        Refusal::VersionMissing => {
            bad("Must supply an incremented version when updating Content. No version supplied.")
        }
        Refusal::Loop if deployment.is_cloud() => bad("Cannot add an existing ancestor as a child!"),
        Refusal::Loop => internal_error(),
        Refusal::OtherSpace => bad("You're trying to add the content to a parent in a different space"),
        Refusal::Malformed(fault) => bad(&parse_message(fault, row_offset)),
        Refusal::NotTrashed => bad("Cannot purge content that is not trashed"),
        Refusal::NotCurrent => bad("Content is not current"),
    }
}

/// What Data Center answers when it did not see the problem coming.
pub(crate) fn internal_error() -> Reply {
    let body: Value = json!({ "statusCode": 500, "message": "", "reason": "Internal Server Error" });
    Reply::json_with(500, body)
}

/// No such route; the wording is that of the framework underneath.
pub(crate) fn no_route(uri: &str) -> Reply {
    Reply::json_with(
        404,
        json!({ "message": format!("null for uri: {uri}"), "status-code": 404 }),
    )
}

pub(crate) fn wrong_method() -> Reply {
    Reply::json_with(
        405,
        json!({ "message": "Method Not Allowed", "status-code": 405 }),
    )
}
