//! The JSON Schemas of tools, within what every known consumer accepts: single types, no unions, no references in
//! inputs, and none of the keywords that some providers reject (`minLength`, `maxLength`, `pattern`). What is left
//! out is checked all the same when the tool is called.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Map, Value, json};

use crate::describe::schema::strict_types;
use crate::operations::{CATALOG, Operation};

/// The member that holds data which is no object by nature.
pub const RESULT: &str = "result";

/// The arguments of a tool, with the defaults it has of its own.
pub(super) fn input(
    operation: &Operation,
    defaults: impl Iterator<Item = (&'static str, &'static str)>,
) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in operation.parameters {
        let mut schema = parameter.schema();
        if let Some(members) = schema.as_object_mut() {
            for keyword in ["minLength", "maxLength", "pattern"] {
                members.shift_remove(keyword);
            }
            // That a flag left out is not set need not be said.
            if members.get("default") == Some(&Value::Bool(false)) {
                members.shift_remove("default");
            }
        }
        schema["description"] = json!(in_tool_names(parameter.description));
        properties.insert(parameter.name.to_owned(), schema);
        if parameter.required {
            required.push(parameter.name);
        }
    }
    for (name, value) in defaults {
        if let Some(schema) = properties.get_mut(name) {
            schema["default"] = match schema["type"].as_str() {
                Some("integer") => value
                    .parse::<i64>()
                    .map_or_else(|_| json!(value), |number| json!(number)),
                _ => json!(value),
            };
            // What the parameter says of being left out is about plain HTTP.
            let said = schema["description"].as_str().unwrap_or_default();
            schema["description"] = json!(said.split(" Left out:").next());
        }
    }
    let mut input = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        input["required"] = json!(required);
    }
    input
}

/// What a tool answers as structured content, and whether its data stands below [`RESULT`] in it: lists, and data
/// that may be null. Without descriptions: lists of tools are read by models, at a price, and the names say it.
pub(super) fn output(operation: &Operation) -> (Value, bool) {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    settings.inline_subschemas = true;
    let mut generator = settings.into_generator();
    let data = bare((operation.output)(&mut generator).to_value());
    let mut definitions = generator.take_definitions(true).into_iter();
    // A type that holds itself is a reference even so. It becomes the root, to which `#` leads.
    let mut data = match (data.get("$ref"), definitions.next()) {
        (Some(_), Some((_, definition))) => bare(definition),
        _ => data,
    };
    let wrapped = data["type"] != "object";
    let mut schema = if !wrapped {
        data
    } else if data.get("properties").is_some() {
        data["type"] = json!("object");
        json!({ "type": "object", "properties": { RESULT: data } })
    } else {
        json!({ "type": "object", "properties": { RESULT: data }, "required": [RESULT] })
    };
    if operation.is_listing() {
        schema["properties"]["complete"] = json!({ "type": "boolean" });
        schema["properties"]["asOf"] = json!({ "type": "string" });
    }
    if operation.is_paged() {
        schema["properties"]["complete"] = json!({ "type": "boolean" });
        schema["properties"]["nextCursor"] = json!({ "type": "string" });
    }
    if operation.is_windowed() {
        schema["properties"]["complete"] = json!({ "type": "boolean" });
        schema["properties"]["hint"] = json!({ "type": "string" });
    }
    if operation.takes_request_id() {
        schema["properties"]["replayed"] = json!({ "type": "boolean" });
    }
    schema["properties"]["warnings"] = json!({ "type": "array", "items": { "type": "string" } });
    (schema, wrapped)
}

/// A schema with single types, without descriptions, and with references to the root alone.
fn bare(schema: Value) -> Value {
    let Ok(mut schema) = Schema::try_from(strict_types(schema)) else {
        return json!({ "type": "object", "properties": {} });
    };
    let mut transform = RecursiveTransform(|schema: &mut Schema| {
        schema.remove("description");
        if schema.get("$ref").is_some() {
            schema.insert("$ref".to_owned(), json!("#"));
        }
    });
    transform.transform(&mut schema);
    schema.to_value()
}

/// A text of the Catalog with tools called by their names instead of the ids of their operations.
#[must_use]
pub fn in_tool_names(text: &str) -> String {
    let word = |character: char| character.is_ascii_alphanumeric();
    let mut renamed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(word) {
        let (before, from) = rest.split_at(start);
        let (name, after) = from.split_at(from.find(|c| !word(c)).unwrap_or(from.len()));
        let tool = CATALOG.iter().find(|operation| operation.id == name);
        renamed.push_str(before);
        renamed.push_str(tool.map_or(name, |operation| operation.name));
        rest = after;
    }
    renamed.push_str(rest);
    renamed
}

#[cfg(test)]
mod tests {
    use super::in_tool_names;

    #[test]
    fn operations_are_called_by_their_tool_names() {
        assert_eq!(
            in_tool_names("To rename use renamePage. (movePage), not listSubpagesX"),
            "To rename use rename_page. (move_page), not listSubpagesX"
        );
    }
}
