//! The Catalog as an OpenAPI 3.1 document, for one endpoint and flavor.
//!
//! Written for every consumer at once: one server, no `$ref` in inputs, single-valued types, flat bodies,
//! descriptions within the limits of GPT Actions, a consequential flag on every operation. The schemas of answers
//! come from the types that are really sent; `tests/it/openapi.rs` holds live answers against them.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::schema::{replayed_schema, strict_types};
use crate::config::Flavor;
use crate::operations::{CATALOG, Code, Effect, Fault, Operation, Parameter, Place};

/// Where component schemas live.
const SCHEMAS: &str = "/components/schemas";

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

/// The OpenAPI document of an endpoint of this flavor, reached at `server_url`.
#[must_use]
pub fn document(flavor: Flavor, server_url: &str) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = SCHEMAS.into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    let mut failures = Map::new();
    for operation in CATALOG
        .iter()
        .filter(|operation| operation.tag.offered_by(flavor))
    {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        methods[operation.method.as_str().to_ascii_lowercase()] =
            describe(operation, &mut generator, &mut failures);
    }
    let definitions = generator.take_definitions(true);
    let mut schemas: Map<String, Value> = definitions
        .into_iter()
        .map(|(name, schema)| (name, strict_types(schema)))
        .collect();
    schemas.insert("Failure".to_owned(), failure_schema());
    let mut writes = CATALOG
        .iter()
        .filter(|operation| operation.effect != Effect::Read);
    if writes.any(|operation| operation.tag.offered_by(flavor)) {
        schemas.insert("Warnings".to_owned(), warnings_schema());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Conflagent",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Work with the pages of one part of a Confluence wiki: list, search, read, create, update, rename, \
                            move and delete. Pages are named by title or by path (titles from below the root page \
                            joined by '/'); titles are unique in the wiki's space. Bodies may be written in Markdown. \
                            Every answer has success, code, message, data and timestamp (UTC); on failure, hint says what \
                            to do next.",
            "contact": { "name": "Conflagent", "url": env!("CARGO_PKG_REPOSITORY") },
            "license": { "name": "MIT", "identifier": "MIT" }
        },
        "servers": [{ "url": server_url, "description": "This endpoint" }],
        "tags": tags(flavor),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "BearerAuth": { "type": "http", "scheme": "bearer", "description": "The endpoint's shared secret." }
            },
            "schemas": schemas,
            "responses": failures
        }
    })
}

/// The tags that are used, with what they mean.
fn tags(flavor: Flavor) -> Value {
    use crate::operations::Tag;
    let all = [
        (Tag::Read, "Reading pages."),
        (Tag::Upload, "Creating pages."),
        (Tag::Manage, "Changing and removing pages."),
        (Tag::Always, "About the service itself; no secret needed."),
    ];
    all.into_iter()
        .filter(|(tag, _)| tag.offered_by(flavor))
        .map(|(tag, description)| json!({ "name": tag.as_str(), "description": description }))
        .collect()
}

/// One operation object.
fn describe(
    operation: &Operation,
    generator: &mut SchemaGenerator,
    failures: &mut Map<String, Value>,
) -> Value {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.description,
        "tags": [operation.tag.as_str()],
        "x-openai-isConsequential": operation.effect != Effect::Read,
    });
    described["security"] = if operation.is_open() {
        json!([])
    } else {
        json!([{ "BearerAuth": [] }])
    };
    let parameters: Vec<Value> = operation
        .parameters_in(Place::Path)
        .chain(operation.parameters_in(Place::Query))
        .map(parameter)
        .collect();
    if !parameters.is_empty() {
        described["parameters"] = json!(parameters);
    }
    if operation.parameters_in(Place::Body).next().is_some() {
        described["requestBody"] = request_body(operation);
    }
    described["responses"] = responses(operation, generator, failures);
    described
}

fn parameter(parameter: &Parameter) -> Value {
    let mut described = json!({
        "name": parameter.name,
        "in": if parameter.place == Place::Path { "path" } else { "query" },
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema(),
    });
    if let Some(example) = parameter.example {
        described["example"] = json!(example);
    }
    described
}

fn request_body(operation: &Operation) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut example = Map::new();
    for parameter in operation.parameters_in(Place::Body) {
        let mut schema = parameter.schema();
        schema["description"] = json!(parameter.description);
        properties.insert(parameter.name.to_owned(), schema);
        if parameter.required {
            required.push(parameter.name);
        }
        if let Some(value) = parameter.example {
            example.insert(parameter.name.to_owned(), json!(value));
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    json!({
        "required": !required.is_empty(),
        "content": { "application/json": { "schema": schema, "example": example } }
    })
}

/// The answers an operation really gives. Failures are described once for all operations: GPT Actions, which skip
/// operations whose parameters are references, take references to answers.
fn responses(
    operation: &Operation,
    generator: &mut SchemaGenerator,
    failures: &mut Map<String, Value>,
) -> Value {
    let data = strict_types((operation.output)(generator).to_value());
    let mut responses = Map::new();
    let schema = if operation.success.is_empty() {
        data
    } else {
        success_schema(operation, data)
    };
    responses.insert(
        "200".to_owned(),
        json!({
            "description": if operation.success.is_empty() { "The document." } else { operation.success },
            "content": { "application/json": { "schema": schema } }
        }),
    );
    let common: &[Fault] = if operation.is_open() {
        &OPEN_FAULTS
    } else {
        &COMMON_FAULTS
    };
    let specific = operation.faults.iter().filter(|fault| !common.contains(fault));
    let mut faults: Vec<Fault> = common.iter().chain(specific).copied().collect();
    faults.sort_by_key(|fault| fault.status());
    for faults in faults.chunk_by(|one, other| one.status() == other.status()) {
        let (name, description) = match faults {
            [Fault::NotFound] if !operation.faults.contains(&Fault::NotFound) => {
                ("NoEndpoint".to_owned(), "No such endpoint.".to_owned())
            }
            _ => {
                let names: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
                let meanings: Vec<&str> = faults.iter().map(|fault| meaning(*fault)).collect();
                (names.join("Or"), meanings.join(" "))
            }
        };
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        responses.insert(faults[0].status().to_string(), reference);
        failures.entry(name).or_insert_with(|| {
            json!({
                "description": description,
                "content": { "application/json": { "schema": shared("Failure") } }
            })
        });
    }
    Value::Object(responses)
}

/// When a status is answered.
fn meaning(fault: Fault) -> &'static str {
    match fault {
        Fault::InvalidInput => "Bad input.",
        Fault::Unauthorized => "Secret missing or wrong.",
        Fault::NotOffered => "Not offered here.",
        Fault::NotFound => "No such page.",
        Fault::MethodNotAllowed => "Method not allowed.",
        Fault::SlowBody => "Request body too slow.",
        Fault::AlreadyExists => "Title taken.",
        Fault::VersionConflict => "Page changed meanwhile: read it again.",
        Fault::RequestIdReused => "clientRequestId used for another call.",
        Fault::TooLarge => "Request body too large.",
        Fault::InvalidOperation => "Not possible, or would lose content.",
        Fault::RateLimited => "Too many requests.",
        Fault::Internal => "Our own fault.",
        Fault::Upstream => "Confluence failed.",
        Fault::UpstreamUnavailable => "Confluence is down.",
        Fault::UpstreamTimeout => "Confluence is too slow.",
    }
}

fn success_schema(operation: &Operation, data: Value) -> Value {
    // Described once, in the document's own description: they are the same for every operation.
    let text = json!({ "type": "string" });
    let mut properties = Map::new();
    properties.insert("success".to_owned(), json!({ "type": "boolean" }));
    properties.insert(
        "code".to_owned(),
        json!({ "type": "string", "enum": [Code::Ok.as_str()] }),
    );
    properties.insert("message".to_owned(), text.clone());
    properties.insert("data".to_owned(), data);
    properties.insert("timestamp".to_owned(), text);
    if operation.is_paged() {
        let complete = json!({ "type": "boolean", "description": "Whether this is the end of the list." });
        properties.insert("complete".to_owned(), complete);
        let next = json!({ "type": "string", "description": "Send it as cursor to go on." });
        properties.insert("nextCursor".to_owned(), next);
    }
    if operation.effect != Effect::Read {
        properties.insert("warnings".to_owned(), shared("Warnings"));
    }
    if operation.takes_request_id() {
        properties.insert("replayed".to_owned(), replayed_schema());
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": ["success", "code", "message", "data", "timestamp"]
    })
}

fn failure_schema() -> Value {
    let codes: Vec<&str> = Fault::ALL.iter().map(|fault| fault.code().as_str()).collect();
    let mut unique: Vec<&str> = Vec::new();
    for code in codes {
        if !unique.contains(&code) {
            unique.push(code);
        }
    }
    let mut properties = Map::new();
    for (name, schema) in [
        (
            "success",
            json!({ "type": "boolean", "description": "Always false." }),
        ),
        (
            "code",
            json!({ "type": "string", "enum": unique, "description": "What happened, for programs." }),
        ),
        (
            "message",
            json!({ "type": "string", "description": "What happened, for people and models." }),
        ),
        (
            "timestamp",
            json!({ "type": "string", "description": "When, in UTC, such as 2025-11-04T09:20:31Z." }),
        ),
        (
            "hint",
            json!({ "type": "string", "description": "What to do next." }),
        ),
        (
            "retryable",
            json!({ "type": "boolean", "description": "Whether the same call may succeed later." }),
        ),
        (
            "retryAfterSeconds",
            json!({ "type": "integer", "description": "Seconds to wait at least." }),
        ),
        ("details", details_schema()),
        (
            "requestId",
            json!({ "type": "string", "description": "For the operator's log." }),
        ),
    ] {
        properties.insert(name.to_owned(), schema);
    }
    json!({
        "type": "object",
        "description": "Any failure; data is null.",
        "properties": properties,
        "required": ["success", "code", "message", "timestamp"]
    })
}

/// What some failures say for programs; each member only where it helps.
fn details_schema() -> Value {
    json!({
        "type": "object",
        "description": "More about it, for programs.",
        "properties": {
            "currentVersion": { "type": "integer", "description": "The page's version now." },
            "existingPath": { "type": "string", "description": "Path of the page that has the title." }
        }
    })
}

/// A schema that many answers share. Answers only: not every consumer follows references in inputs.
fn shared(name: &str) -> Value {
    json!({ "$ref": format!("#{SCHEMAS}/{name}") })
}

fn warnings_schema() -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": "What to know although it worked." })
}
