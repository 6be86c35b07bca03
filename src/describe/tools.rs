//! The Catalog as tools: what a model calls by name with one flat JSON object, over whatever door.
//!
//! A door lists the [`Tool`]s that its caller's endpoint offers ([`offered`], or `Authorized::offers`), looks a called one
//! up with [`find`], completes the arguments with [`Tool::arguments`], has the operation run by `dispatch`, and
//! answers. Where a door answers structured content, [`Tool::structured`] makes it as [`Tool::output`] says.
//! `getOpenAPISchema` and `healthCheck` are no tools.

mod format;
mod method;
mod schema;

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::operations::{CATALOG, Effect, Offer, Operation, Outcome};

pub use format::Format;
pub use method::{Method, Wanted};
pub use schema::{RESULT, in_tool_names};

/// One operation as a tool.
#[derive(Debug)]
pub struct Tool {
    /// What runs when it is called.
    pub operation: &'static Operation,
    /// Its name: `[a-z_]`, at most 40 characters.
    pub name: &'static str,
    /// A few words for people.
    pub title: &'static str,
    /// A prompt for models, at most 600 characters. Other tools are called by their tool names in it.
    pub description: String,
    /// The JSON Schema of its arguments: a flat object of single types, understood by every known consumer.
    pub input: Value,
    /// The JSON Schema of [`Tool::structured`]: an object.
    pub output: Value,
    /// What it does to the wiki.
    pub hints: Hints,
    wrapped: bool,
}

/// What a tool does to the wiki, as MCP's annotations say it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four hints that do not depend on each other, as MCP has them"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hints {
    /// It changes nothing.
    #[serde(rename = "readOnlyHint")]
    pub read_only: bool,
    /// It may replace or remove content.
    #[serde(rename = "destructiveHint")]
    pub destructive: bool,
    /// The same call again changes nothing more.
    #[serde(rename = "idempotentHint")]
    pub idempotent: bool,
    /// It reaches beyond the wiki's part that the endpoint is for. None does.
    #[serde(rename = "openWorldHint")]
    pub open_world: bool,
}

impl Hints {
    const fn of(effect: Effect) -> Self {
        Self {
            read_only: matches!(effect, Effect::Read),
            destructive: matches!(effect, Effect::Destroy),
            idempotent: !matches!(effect, Effect::Add),
            open_world: false,
        }
    }
}

/// What an argument means that is left out, where tools differ from plain HTTP: tool, argument, value. A model can
/// read and edit Markdown, some thousands of tokens of it at once; plain HTTP answers what the original bridge did.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("read_page", "format", "markdown"),
    ("read_page", "maxChars", "30000"),
];

static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let tools = CATALOG.iter().filter(|operation| operation.run.is_some());
    tools.map(|operation| Tool::of(operation)).collect()
});

/// Every tool, in the order of the Catalog.
#[must_use]
pub fn all() -> &'static [Tool] {
    &TOOLS
}

/// Those that an endpoint offers: by its configuration, or all of a flavor.
pub fn offered<'config>(offer: impl Into<Offer<'config>>) -> impl Iterator<Item = &'static Tool> {
    let offer = offer.into();
    all().iter().filter(move |tool| offer.has(tool.operation))
}

/// The tool of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Tool> {
    all().iter().find(|tool| tool.name == name)
}

/// The names of those tools that a misspelt name, or the id of an operation, was probably meant to be; best first,
/// three at most.
#[must_use]
pub fn similar(misspelt: &str, among: impl Iterator<Item = &'static Tool>) -> Vec<&'static str> {
    let plain = misspelt.to_lowercase().replace(['-', '.', ' '], "_");
    let mut scored: Vec<(f64, &'static str)> = among
        .map(|tool| {
            let id = tool.operation.id.eq_ignore_ascii_case(misspelt);
            let score = if id {
                1.0
            } else {
                strsim::jaro_winkler(&plain, tool.name)
            };
            (score, tool.name)
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    scored.into_iter().map(|(_, name)| name).take(3).collect()
}

impl Tool {
    fn of(operation: &'static Operation) -> Self {
        let (output, wrapped) = schema::output(operation);
        Self {
            operation,
            name: operation.name,
            title: operation.summary,
            description: in_tool_names(operation.description),
            input: schema::input(operation, defaults(operation)),
            output,
            hints: Hints::of(operation.effect),
            wrapped,
        }
    }

    /// The arguments of a call, completed with what tools mean by those left out (absent, null or blank).
    #[must_use]
    pub fn arguments(&self, mut given: Map<String, Value>) -> Map<String, Value> {
        for (name, value) in defaults(self.operation) {
            let absent = match given.get(name) {
                None | Some(Value::Null) => true,
                Some(Value::String(text)) => text.trim().is_empty(),
                Some(_) => false,
            };
            if absent {
                given.insert(name.to_owned(), Value::from(value));
            }
        }
        given
    }

    /// What became of a call, as one object that [`Tool::output`] describes: the data (below [`RESULT`] if it is no
    /// object by nature; null is left out), with the warnings, with how whole and how old a listing is, and with
    /// whether a write was answered before.
    #[must_use]
    pub fn structured(&self, outcome: &Outcome) -> Map<String, Value> {
        let mut structured = match &outcome.data {
            Value::Object(members) if !self.wrapped => members.clone(),
            Value::Null => Map::new(),
            data => Map::from_iter([(RESULT.to_owned(), data.clone())]),
        };
        if let Some(complete) = outcome.complete {
            structured.insert("complete".to_owned(), Value::from(complete));
        }
        if let Some(hint) = &outcome.hint {
            structured.insert("hint".to_owned(), Value::from(in_tool_names(hint)));
        }
        if let Some(cursor) = &outcome.next_cursor {
            structured.insert("nextCursor".to_owned(), Value::from(cursor.as_str()));
        }
        if let Some(as_of) = outcome.as_of {
            structured.insert("asOf".to_owned(), Value::from(crate::clock::written(as_of)));
        }
        if outcome.replayed {
            structured.insert("replayed".to_owned(), Value::from(true));
        }
        if !outcome.warnings.is_empty() {
            structured.insert("warnings".to_owned(), Value::from(outcome.warnings.clone()));
        }
        structured
    }
}

/// The defaults that a tool has of its own: argument and value.
fn defaults(operation: &Operation) -> impl Iterator<Item = (&'static str, &'static str)> {
    DEFAULTS
        .iter()
        .filter(|(tool, ..)| *tool == operation.name)
        .map(|(_, name, value)| (*name, *value))
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{DEFAULTS, all, find};
    use crate::operations::Outcome;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn names_are_those_of_the_operations_that_can_be_run() {
        let names: Vec<&str> = all().iter().map(|tool| tool.name).collect();
        assert!(names.contains(&"read_page") && names.contains(&"delete_page"));
        assert!(!names.contains(&"openapi") && !names.contains(&"health"));
        assert!(find("readPageByTitle").is_none());
    }

    #[test]
    fn defaults_fill_what_is_left_out_only() {
        let read = find("read_page").expect("a tool");
        for given in [json!({}), json!({"format": null}), json!({"format": " "})] {
            assert_eq!(read.arguments(object(&given))["format"], "markdown");
        }
        let given = json!({"title": "x", "format": "storage", "maxChars": 7});
        assert_eq!(Value::from(read.arguments(object(&given))), given);
        for (tool, name, value) in DEFAULTS {
            let schema = &find(tool).expect(tool).input["properties"][name];
            assert_eq!(schema["default"].to_string().trim_matches('"'), *value, "{tool}");
        }
    }

    #[test]
    fn structured_content_is_an_object_whatever_the_data_is() {
        let list = Outcome::of(&json!(["a"]))
            .expect("plain data")
            .warn(["w".to_owned()]);
        let listed = find("list_pages").expect("a tool").structured(&list);
        assert_eq!(Value::from(listed), json!({"result": ["a"], "warnings": ["w"]}));
        let parent = find("get_parent_page").expect("a tool");
        let none = Outcome::of(&Value::Null).expect("plain data");
        assert_eq!(Value::from(parent.structured(&none)), json!({}));
        let some = Outcome::of(&json!({"title": "A", "path": []})).expect("plain data");
        assert_eq!(
            Value::from(parent.structured(&some)),
            json!({"result": {"title": "A", "path": []}})
        );
        let page = Outcome::of(&json!({"body": "b"})).expect("plain data");
        let read = find("read_page").expect("a tool").structured(&page);
        assert_eq!(Value::from(read), json!({"body": "b"}));
    }
}
