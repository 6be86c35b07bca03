//! Tools as the lists that SDKs and frameworks take as they are.

use serde_json::{Map, Value, json};

use super::Tool;
use crate::config::{DirectoryAccess, Flavor};
use crate::operations::{Operation, Parameter, Place};

/// The shape of a list of tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `OpenAI` Chat Completions, and everything made after it.
    OpenAi,
    /// `OpenAI` Responses: the same, flat.
    OpenAiResponses,
    /// Anthropic Messages.
    Anthropic,
    /// The tool objects of the Model Context Protocol.
    Mcp,
    /// Truto's tools of an integrated account.
    Truto,
    /// Everything known, for programs that make their own.
    Schema,
}

impl Format {
    /// All of them; the first is the default.
    pub const ALL: [Self; 6] = [
        Self::OpenAi,
        Self::OpenAiResponses,
        Self::Anthropic,
        Self::Mcp,
        Self::Truto,
        Self::Schema,
    ];

    /// As callers write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::OpenAiResponses => "openai-responses",
            Self::Anthropic => "anthropic",
            Self::Mcp => "mcp",
            Self::Truto => "truto",
            Self::Schema => "schema",
        }
    }

    /// Whether models can be held to the schema by their provider.
    #[must_use]
    pub const fn can_be_strict(self) -> bool {
        matches!(self, Self::OpenAi | Self::OpenAiResponses | Self::Anthropic)
    }

    /// The list. `strict` holds the model to the schema where [`Format::can_be_strict`]; `tools_url` is where tools are
    /// called, without a trailing slash.
    #[must_use]
    pub fn list<'tools>(
        self,
        tools: impl Iterator<Item = &'tools Tool>,
        strict: bool,
        tools_url: &str,
    ) -> Value {
        let list: Value = tools.map(|tool| self.tool(tool, strict, tools_url)).collect();
        match self {
            Self::Schema => json!({ "tools": list }),
            _ => list,
        }
    }

    fn tool(self, tool: &Tool, strict: bool, tools_url: &str) -> Value {
        match self {
            Self::OpenAi => json!({
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": if strict { all_required(&tool.input) } else { tool.input.clone() },
                    "strict": strict,
                }
            }),
            Self::OpenAiResponses => json!({
                "type": "function",
                "name": tool.name,
                "description": tool.description,
                "parameters": if strict { all_required(&tool.input) } else { tool.input.clone() },
                "strict": strict,
            }),
            Self::Anthropic => {
                let mut described = json!({
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": if strict { closed(&tool.input) } else { tool.input.clone() },
                });
                if strict {
                    described["strict"] = json!(true);
                }
                described
            }
            Self::Mcp => mcp(tool),
            Self::Truto => truto(tool),
            Self::Schema => schema(tool, tools_url),
        }
    }
}

/// A schema that a provider holds its model to: no further members, and only keywords that none of them rejects. What
/// the keywords said that go is said in words.
fn closed(input: &Value) -> Value {
    let mut input = input.clone();
    for schema in input["properties"].as_object_mut().into_iter().flatten() {
        let Some(schema) = schema.1.as_object_mut() else {
            continue;
        };
        let bounds = (schema.shift_remove("minimum"), schema.shift_remove("maximum"));
        let default = schema.shift_remove("default");
        let mut sentences = vec![schema["description"].as_str().unwrap_or_default().to_owned()];
        if let (Some(min), Some(max)) = bounds {
            sentences.push(format!("From {min} to {max}."));
        }
        if let Some(default) = default.filter(|default| *default != false) {
            let default = default
                .as_str()
                .map_or_else(|| default.to_string(), str::to_owned);
            sentences.push(format!("Default: {default}."));
        }
        schema["description"] = json!(sentences.join(" "));
    }
    input["additionalProperties"] = json!(false);
    input
}

/// The same in `OpenAI`'s way: everything is required, and what may be left out may be null.
fn all_required(input: &Value) -> Value {
    let mut schema = closed(input);
    let required: Vec<Value> = input["required"].as_array().cloned().unwrap_or_default();
    let mut names = Vec::new();
    for (name, property) in schema["properties"].as_object_mut().into_iter().flatten() {
        names.push(json!(name));
        if required.contains(&json!(name)) {
            continue;
        }
        property["type"] = json!([property["type"], "null"]);
        if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
            words.push(Value::Null);
        }
    }
    schema["required"] = json!(names);
    schema
}

/// Truto merges query and body into the one object that the model fills.
fn truto(tool: &Tool) -> Value {
    let properties_in = |body: bool| -> Value {
        let here = |parameter: &&Parameter| (parameter.place == Place::Body) == body;
        let named = tool.operation.parameters.iter().filter(here);
        let properties: Map<String, Value> = named
            .map(|parameter| {
                let schema = tool.input["properties"][parameter.name].clone();
                (parameter.name.to_owned(), schema)
            })
            .collect();
        json!({ "type": "object", "properties": properties })
    };
    json!({
        "resource": if tool.operation.needs() > DirectoryAccess::Off { "directory" } else { "pages" },
        "method": tool.method().as_str(),
        "name": tool.name,
        "description": tool.description,
        "query_schema": properties_in(false),
        "body_schema": properties_in(true),
        "required": tool.input.get("required").cloned().unwrap_or_else(|| json!([])),
        "tags": [tool.operation.tag.as_str()],
    })
}

fn mcp(tool: &Tool) -> Value {
    json!({
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": tool.input,
        "outputSchema": tool.output,
        "annotations": tool.hints,
    })
}

fn schema(tool: &Tool, tools_url: &str) -> Value {
    let operation: &Operation = tool.operation;
    let names = |place| -> Vec<&str> {
        operation
            .parameters_in(place)
            .map(|parameter| parameter.name)
            .collect()
    };
    let flavors: Vec<&str> = [Flavor::Default, Flavor::Read, Flavor::Upload]
        .into_iter()
        .filter(|flavor| operation.tag.offered_by(*flavor))
        .map(Flavor::as_str)
        .collect();
    let mut described = mcp(tool);
    described["operationId"] = json!(operation.id);
    described["method"] = json!(tool.method().as_str());
    described["tags"] = json!([operation.tag.as_str()]);
    described["flavors"] = json!(flavors);
    described["http"] = json!({
        "method": operation.method.as_str(),
        "path": operation.path,
        "pathParams": names(Place::Path),
        "queryParams": names(Place::Query),
        "bodyParams": names(Place::Body),
    });
    described["invokeUrl"] = json!(format!("{tools_url}/{}", tool.name));
    described
}
