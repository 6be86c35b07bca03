//! The tools of an endpoint in the SDK's shape.

use std::sync::{Arc, LazyLock};

use rmcp::model::{CacheScope, ListToolsResult, Tool, ToolAnnotations};
use serde_json::{Map, Value};

use super::{Server, fetch};
use crate::describe::tools::{self, Hints};
use crate::operations::Operation;

/// For how long clients may keep a list, in milliseconds. What an endpoint offers changes with its configuration only.
pub(super) const KEPT_MS: u64 = 60_000;

/// Every tool with the operation behind it, in the order in which they are listed.
static TOOLS: LazyLock<Vec<(&'static Operation, Tool)>> = LazyLock::new(|| {
    let of_the_catalog = tools::all().iter().map(|tool| (tool.operation, shaped(tool)));
    let pair = fetch::tool().into_iter();
    pair.chain(of_the_catalog).collect()
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

fn shaped(tool: &'static tools::Tool) -> Tool {
    Tool::new(tool.name, tool.description.as_str(), object(tool.input.clone()))
        .with_title(tool.title)
        .with_raw_output_schema(object(tool.output.clone()))
        .with_annotations(annotations(tool.hints))
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
