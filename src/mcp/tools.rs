//! The tools of an endpoint in the SDK's shape.

use std::sync::{Arc, LazyLock};

use rmcp::model::{CacheScope, ListToolsResult, Tool, ToolAnnotations};
use serde_json::{Map, Value};

use super::{Server, pair};
use crate::describe::tools::{self, Hints};
use crate::operations::Operation;

/// For how long clients may keep a list, in milliseconds. What an endpoint offers changes with its configuration only.
pub(super) const KEPT_MS: u64 = 60_000;

/// Every tool with the operation behind it, in the order in which they are listed.
static TOOLS: LazyLock<Vec<(&'static Operation, Tool)>> = LazyLock::new(|| {
    let of_the_catalog = tools::all().iter().map(|tool| (tool.operation, shaped(tool)));
    pair::listed().chain(of_the_catalog).collect()
});

/// The tools that the caller's endpoint offers.
pub(super) fn list(server: &Server) -> ListToolsResult {
    let offered = TOOLS
        .iter()
        .filter(|(operation, _)| server.caller.offers(operation));
    let tools = offered.map(|(_, tool)| tool.clone()).collect();
    let mut list = ListToolsResult::with_all_items(tools);
    list.ttl_ms = Some(KEPT_MS);
    list.cache_scope = Some(CacheScope::Private);
    list
}

/// A tool for a list that models read, at a price: without what need not be said. Arguments are checked and answers
/// given as ever.
fn shaped(tool: &'static tools::Tool) -> Tool {
    let (mut input, mut output) = (tool.input.clone(), tool.output.clone());
    for schema in members(&mut input) {
        let Some(schema) = schema.as_object_mut() else {
            continue;
        };
        // A bound that nobody reaches, and one that nobody thinks of passing.
        if schema.get("maximum").and_then(Value::as_i64) >= Some(i64::from(i32::MAX)) {
            schema.shift_remove("maximum");
        }
        if schema.get("minimum").and_then(Value::as_i64) <= Some(1) {
            schema.shift_remove("minimum");
        }
    }
    keep_what_is_always_there(&mut output);
    Tool::new(tool.name, tool.description.as_str(), object(input))
        .with_title(tool.title)
        .with_raw_output_schema(object(output))
        .with_annotations(annotations(tool.hints))
}

/// The schemas of an object's members.
fn members(schema: &mut Value) -> impl Iterator<Item = &mut Value> {
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    members.into_iter().flat_map(Map::values_mut)
}

/// Leaves out members that an object need not have, but for the one to go on with, and the echo of `dryRun`. An answer may
/// have them all the same; that it has the others is not said of each.
fn keep_what_is_always_there(schema: &mut Value) {
    let required = schema.get("required").and_then(Value::as_array).cloned();
    let kept = |name: &str| match &required {
        Some(required) => {
            name == "nextCursor" || (name != "dryRun" && required.iter().any(|member| member == name))
        }
        None => name != "warnings",
    };
    if let Some(members) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        members.retain(|name, _| kept(name));
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("required");
    }
    members(schema).for_each(keep_what_is_always_there);
    if let Some(items) = schema.get_mut("items") {
        keep_what_is_always_there(items);
    }
}

/// All four hints, said outright: what is left out, clients take for the worst.
pub(super) fn annotations(hints: Hints) -> ToolAnnotations {
    ToolAnnotations::new()
        .read_only(hints.read_only)
        .destructive(hints.destructive)
        .idempotent(hints.idempotent)
        .open_world(hints.open_world)
}

/// A schema as the SDK takes it. Ours are objects throughout.
pub(super) fn object(schema: Value) -> Arc<Map<String, Value>> {
    match schema {
        Value::Object(members) => Arc::new(members),
        _ => Arc::default(),
    }
}
