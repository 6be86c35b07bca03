//! The answers of operations.
//!
//! A success is described for each operation; failures once, since they all have one shape. Statuses of failures are
//! listed in the words of `4XX`, and those that any operation can have with the schema: an object for each of up to
//! twelve would be most of the document, and not every host follows references to answers.

use std::collections::{BTreeMap, BTreeSet};

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::SCHEMAS;
use crate::config::DirectoryAccess;
use crate::describe::schema::{say_once, strict_types};
use crate::operations::{Code, Effect, Fault, Operation};

/// The faults that any operation can answer with, and that mean the same for all: told once, with the schema of
/// failures. (An operation without a secret asks nobody, and knows few of them.)
const COMMON_FAULTS: [Fault; 7] = [
    Fault::Unauthorized,
    Fault::NotOffered,
    Fault::RateLimited,
    Fault::Internal,
    Fault::Upstream,
    Fault::UpstreamUnavailable,
    Fault::UpstreamTimeout,
];

/// The answers an operation really gives. What was `said` already is not described again.
pub(super) fn of(
    operation: &Operation,
    generator: &mut SchemaGenerator,
    said: &mut BTreeSet<String>,
) -> Value {
    let data = strict_types((operation.output)(generator).to_value());
    let (description, mut schema) = if operation.success.is_empty() {
        ("The document.", data)
    } else {
        (operation.success, success(operation, data))
    };
    say_once(&mut schema, said);
    let success = answer(description, &schema);
    let own: &[Fault] = if operation.is_open() {
        &[]
    } else {
        &[Fault::InvalidInput]
    };
    let faults = own.iter().chain(operation.faults).copied();
    let refused = match listed(faults, operation.needs()) {
        own if own.is_empty() => "Refused.".to_owned(),
        own => format!("{own}."),
    };
    let failure = json!({ "$ref": format!("#{SCHEMAS}/Failure") });
    json!({
        "200": success,
        "4XX": answer(&refused, &failure),
        "5XX": answer("Ours or Confluence's.", &failure)
    })
}

/// Statuses with what they mean, in order.
fn listed(faults: impl Iterator<Item = Fault>, needs: DirectoryAccess) -> String {
    let mut statuses: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for fault in faults {
        statuses
            .entry(fault.status())
            .or_default()
            .push(meaning(fault, needs));
    }
    let said: Vec<String> = statuses
        .into_iter()
        .map(|(status, meanings)| format!("{status} {}", meanings.join(" or ")))
        .collect();
    said.join(", ")
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": schema } }
    })
}

/// When a status is answered, by operations that need so much of the directory.
fn meaning(fault: Fault, needs: DirectoryAccess) -> &'static str {
    match fault {
        Fault::NotFound if needs > DirectoryAccess::Off => "no such user or group",
        Fault::InvalidOperation if needs > DirectoryAccess::Off => "own user or last administrator",
        Fault::InvalidInput => "bad input",
        Fault::Unauthorized => "wrong secret",
        Fault::NotOffered => "not offered here",
        Fault::NotFound => "no such page",
        Fault::MethodNotAllowed => "wrong method",
        Fault::SlowBody => "body too slow",
        Fault::AlreadyExists => "title taken",
        Fault::VersionConflict => "page changed meanwhile",
        Fault::RequestIdReused => "clientRequestId used for another call",
        Fault::Ambiguous => "several have the name",
        Fault::TooLarge => "too large",
        Fault::InvalidOperation => "not possible on this page",
        Fault::RateLimited => "too many requests",
        Fault::Internal => "our own fault",
        Fault::Upstream => "unusable answer of Confluence",
        Fault::UpstreamUnavailable => "Confluence not available",
        Fault::UpstreamTimeout => "Confluence too slow",
    }
}

/// What a success holds beside `code` (always `OK`) and `timestamp`, which the document's own description names: repeated
/// for each operation they would be more than a kilobyte that tells nothing.
fn success(operation: &Operation, data: Value) -> Value {
    let mut properties = Map::new();
    properties.insert("success".to_owned(), json!({ "type": "boolean" }));
    properties.insert("message".to_owned(), json!({ "type": "string" }));
    properties.insert("data".to_owned(), data);
    if operation.is_paged() {
        let complete = json!({ "type": "boolean", "description": "Whether this is the end of the list." });
        properties.insert("complete".to_owned(), complete);
        let next = json!({ "type": "string", "description": "Send it as cursor to go on." });
        properties.insert("nextCursor".to_owned(), next);
    }
    if operation.is_windowed() {
        let complete = json!({ "type": "boolean", "description": "Whether body is the whole page." });
        properties.insert("complete".to_owned(), complete);
        let hint = json!({ "type": "string", "description": "Of a part: what to do next." });
        properties.insert("hint".to_owned(), hint);
    }
    if operation.effect != Effect::Read {
        let warnings = json!({ "type": "array", "items": { "type": "string" }, "description": "What to know although it worked." });
        properties.insert("warnings".to_owned(), warnings);
    }
    if operation.takes_request_id() {
        let replayed = json!({ "type": "boolean", "description": "True: answered before, not done again." });
        properties.insert("replayed".to_owned(), replayed);
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": ["success", "message", "data"]
    })
}

/// The schema of every failure.
pub(super) fn failure() -> Value {
    let mut codes: Vec<&str> = Vec::new();
    for fault in Fault::ALL {
        let code = fault.code().as_str();
        if code != Code::Ok.as_str() && !codes.contains(&code) {
            codes.push(code);
        }
    }
    let mut properties = Map::new();
    properties.insert("success".to_owned(), json!({ "type": "boolean" }));
    properties.insert("code".to_owned(), json!({ "type": "string", "enum": codes }));
    properties.insert("message".to_owned(), json!({ "type": "string" }));
    for (name, kind, description) in [
        ("timestamp", "string", "When, in UTC."),
        ("hint", "string", "What to do next."),
        ("retryable", "boolean", "Whether the same call may succeed later."),
        ("retryAfterSeconds", "integer", "Seconds to wait at least."),
        ("requestId", "string", "For the operator's log."),
    ] {
        properties.insert(
            name.to_owned(),
            json!({ "type": kind, "description": description }),
        );
    }
    let suggestions =
        json!({ "type": "array", "items": { "type": "string" }, "description": "What you may have meant." });
    properties.insert("suggestions".to_owned(), suggestions);
    properties.insert("details".to_owned(), details());
    json!({
        "type": "object",
        "description": format!("Any failure; data is null. Of any operation: {}, 404 no such endpoint.", listed(COMMON_FAULTS.into_iter(), DirectoryAccess::Off)),
        "properties": properties,
        "required": ["success", "code", "message", "timestamp"]
    })
}

/// What some failures say for programs; each member only where it helps.
fn details() -> Value {
    json!({
        "type": "object",
        "properties": {
            "currentVersion": { "type": "integer", "description": "The page's version now." },
            "existingPath": { "type": "string", "description": "Path of the page that has the title." }
        }
    })
}
