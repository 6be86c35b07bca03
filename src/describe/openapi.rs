//! The Catalog as an OpenAPI 3.1 document, for one endpoint and flavor.
//!
//! Written for every consumer at once: one server, no `$ref` in inputs, single-valued types, flat bodies,
//! descriptions within the limits of GPT Actions, a consequential flag on every operation. Short, since it stands in
//! the context of a model. The schemas of answers come from the types that are really sent; `tests/it/openapi.rs`
//! holds live answers against them.

mod responses;

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::schema::{say_once, strict_types};
use crate::config::DirectoryAccess;
use crate::operations::{CATALOG, Effect, Offer, Operation, Parameter, Place, Tag};

/// Where component schemas live.
const SCHEMAS: &str = "/components/schemas";

/// The OpenAPI document of an endpoint that offers these operations (a flavor, or the configuration of the endpoint),
/// reached at `server_url`.
#[must_use]
pub fn document<'config>(offer: impl Into<Offer<'config>>, server_url: &str) -> Value {
    let offer = offer.into();
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = SCHEMAS.into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    let mut said = BTreeSet::new();
    let offered = || CATALOG.iter().filter(|operation| offer.has(operation));
    for operation in offered() {
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        methods[operation.method.as_str().to_ascii_lowercase()] =
            describe(operation, &mut generator, &mut said);
    }
    let definitions = generator.take_definitions(true);
    let mut schemas: Map<String, Value> = definitions
        .into_iter()
        .map(|(name, schema)| (name, strict_types(schema)))
        .collect();
    schemas.insert("Failure".to_owned(), responses::failure());
    for schema in schemas.values_mut() {
        say_once(schema, &mut said);
    }
    let sites = if offered().any(|operation| operation.needs() > DirectoryAccess::Off) {
        " Users and groups are those of the whole Confluence site."
    } else {
        ""
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Conflagent",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!("Work with the pages of one part of a Confluence wiki: list, search, read, create, update, rename, \
                            move and delete. Pages are named by title or by path (titles from below the root page \
                            joined by '/'); titles are unique in the wiki's space. Bodies may be written in Markdown. \
                            Every answer has success, code, message, data and timestamp (UTC); on failure, hint says what \
                            to do next.{sites}"),
            "contact": { "name": "Conflagent", "url": env!("CARGO_PKG_REPOSITORY") },
            "license": { "name": "MIT", "identifier": "MIT" }
        },
        "servers": [{ "url": server_url, "description": "This endpoint" }],
        "tags": tags(offered().map(|operation| operation.tag)),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "BearerAuth": { "type": "http", "scheme": "bearer", "description": "The endpoint's shared secret." }
            },
            "schemas": schemas
        }
    })
}

/// A version of the OpenAPI specification that the document can be had in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 3.1.0, which it is written in.
    V31,
    /// 3.0.3, for hosts and converters that know nothing later.
    V30,
}

impl Version {
    /// As callers write it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "3.1" | "3.1.0" => Some(Self::V31),
            "3.0" | "3.0.3" => Some(Self::V30),
            _ => None,
        }
    }

    /// A document in this version. All it uses is in both, but for how a licence is named.
    #[must_use]
    pub fn of(self, mut document: Value) -> Value {
        if self == Self::V30 {
            document["openapi"] = json!("3.0.3");
            if let Some(license) = document["info"]["license"].as_object_mut() {
                license.shift_remove("identifier");
                license.insert("url".to_owned(), json!("https://spdx.org/licenses/MIT.html"));
            }
        }
        document
    }
}

/// The tags that are used, with what they mean.
fn tags(used: impl Iterator<Item = Tag>) -> Value {
    let used: Vec<Tag> = used.collect();
    let all = [
        (Tag::Read, "Reading."),
        (Tag::Upload, "Creating pages."),
        (Tag::Manage, "Changing and removing."),
        (Tag::Always, "About the service itself; no secret needed."),
    ];
    all.into_iter()
        .filter(|(tag, _)| used.contains(tag))
        .map(|(tag, description)| json!({ "name": tag.as_str(), "description": description }))
        .collect()
}

/// One operation object.
fn describe(operation: &Operation, generator: &mut SchemaGenerator, said: &mut BTreeSet<String>) -> Value {
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
    described["responses"] = responses::of(operation, generator, said);
    described
}

fn parameter(parameter: &Parameter) -> Value {
    let mut described = json!({
        "name": parameter.name,
        "in": if parameter.place == Place::Path { "path" } else { "query" },
        "description": parameter.description,
        "schema": parameter.schema(),
    });
    if parameter.required {
        described["required"] = json!(true);
    }
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
    let mut content = json!({ "schema": schema });
    // Half an example would be a wrong one.
    if required.iter().all(|name| example.contains_key(*name)) {
        content["example"] = Value::Object(example);
    }
    json!({ "required": !required.is_empty(), "content": { "application/json": content } })
}
