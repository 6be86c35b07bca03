//! The answers of operations.
//!
//! A success is described for each operation; failures once, since they all have one shape. Statuses of failures are
//! listed in the words of the ranges `4XX` and `5XX`: an object for each of up to twelve would be most of the document,
//! and not every host follows references to answers.

use std::collections::{BTreeMap, BTreeSet};

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::SCHEMAS;
use crate::describe::schema::{say_once, strict_types};
use crate::operations::{Code, Effect, Fault, Operation};

/// The faults that every guarded operation can answer with.
const COMMON_FAULTS: [Fault; 9] = [
    Fault::InvalidInput,
    Fault::Unauthorized,
    Fault::NotOffered,
    Fault::NotFound,
    Fault::RateLimited,
    Fault::Internal,
    Fault::Upstream,
    Fault::UpstreamUnavailable,
    Fault::UpstreamTimeout,
];

/// The faults of operations without a secret, which ask nobody.
const OPEN_FAULTS: [Fault; 2] = [Fault::NotFound, Fault::Internal];

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
    let common: &[Fault] = if operation.is_open() {
        &OPEN_FAULTS
    } else {
        &COMMON_FAULTS
    };
    let specific = operation.faults.iter().filter(|fault| !common.contains(fault));
    let mut statuses: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for fault in common.iter().chain(specific) {
        let meaning = match fault {
            Fault::NotFound if !operation.faults.contains(fault) => "no such endpoint",
            _ => meaning(*fault),
        };
        statuses.entry(fault.status()).or_default().push(meaning);
    }
    let failure = |range: std::ops::Range<u16>| {
        let said: Vec<String> = statuses
            .range(range)
            .map(|(status, meanings)| format!("{status} {}", meanings.join(" or ")))
            .collect();
        let reference = json!({ "$ref": format!("#{SCHEMAS}/Failure") });
        answer(&format!("{}.", said.join(", ")), &reference)
    };
    json!({ "200": success, "4XX": failure(400..500), "5XX": failure(500..600) })
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({
        "description": description,
        "content": { "application/json": { "schema": schema } }
    })
}

/// When a status is answered.
fn meaning(fault: Fault) -> &'static str {
    match fault {
        Fault::InvalidInput => "bad input",
        Fault::Unauthorized => "wrong secret",
        Fault::NotOffered => "not offered here",
        Fault::NotFound => "no such page",
        Fault::MethodNotAllowed => "wrong method",
        Fault::SlowBody => "body too slow",
        Fault::AlreadyExists => "title taken",
        Fault::VersionConflict => "page changed meanwhile",
        Fault::RequestIdReused => "clientRequestId used for another call",
        Fault::TooLarge => "too large",
        Fault::InvalidOperation => "not possible on this page",
        Fault::RateLimited => "too many requests",
        Fault::Internal => "our own fault",
        Fault::Upstream => "unusable answer of Confluence",
        Fault::UpstreamUnavailable => "not available",
        Fault::UpstreamTimeout => "too slow",
    }
}

fn success(operation: &Operation, data: Value) -> Value {
    let mut properties = envelope();
    properties.insert("data".to_owned(), data);
    properties.insert("timestamp".to_owned(), json!({ "type": "string" }));
    if operation.is_paged() {
        let complete = json!({ "type": "boolean", "description": "Whether this is the end of the list." });
        properties.insert("complete".to_owned(), complete);
        let next = json!({ "type": "string", "description": "Send it as cursor to go on." });
        properties.insert("nextCursor".to_owned(), next);
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
        "required": ["success", "code", "message", "data", "timestamp"]
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
    let mut properties = envelope();
    properties["code"] = json!({ "type": "string", "enum": codes });
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
    properties.insert("details".to_owned(), details());
    json!({
        "type": "object",
        "description": "Any failure; data is null.",
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

/// What every answer begins with. The document's own description says what it means.
fn envelope() -> Map<String, Value> {
    [("success", "boolean"), ("code", "string"), ("message", "string")]
        .into_iter()
        .map(|(name, kind)| (name.to_owned(), json!({ "type": kind })))
        .collect()
}
