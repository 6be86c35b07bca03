//! The doors to an operation, its route, its tool and MCP: the same arguments, the same rules, the same data.

use conflagent::config::{DirectoryAccess, Flavor};
use conflagent::describe::openapi::document;
use conflagent::describe::tools::{self, Tool};
use conflagent::operations::{Operation, Outcome, Place};
use serde_json::{Map, Value, json};

use crate::mcp::{self, Era};
use crate::support::{Answer, Bridge, Product, encoded};

/// A way to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Its own route.
    Route,
    /// `POST /tools/<tool>`.
    Tool,
}

impl Door {
    pub(crate) const ALL: [Self; 2] = [Self::Route, Self::Tool];

    /// Runs the operation of this tool with these flat arguments.
    pub(crate) async fn ask(self, bridge: &Bridge, tool: &str, arguments: &Value) -> Answer {
        match self {
            Self::Tool => bridge.post(&format!("/tools/{tool}"), arguments.clone()).await,
            Self::Route => {
                let operation = tools::find(tool).expect(tool).operation;
                let (path, body) = request(operation, arguments);
                bridge.call(operation.method.as_str(), &path, body).await
            }
        }
    }
}

/// Path and body of a request for an operation with these arguments.
fn request(operation: &Operation, arguments: &Value) -> (String, Option<Value>) {
    let given = |place| {
        let parameters = operation.parameters_in(place);
        parameters.filter_map(|parameter| Some((parameter.name, arguments.get(parameter.name)?)))
    };
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let title = given(Place::Path).next().map(|(_, title)| encoded(&plain(title)));
    // Unlike a segment of a path, a value in a query may consist of dots.
    let in_query = |text: &str| encoded(&format!("x{text}"))[1..].to_owned();
    let query: Vec<String> = given(Place::Query)
        .map(|(name, value)| format!("{name}={}", in_query(&plain(value))))
        .collect();
    let separator = if query.is_empty() { "" } else { "?" };
    let path = operation.path.replace("{title}", &title.unwrap_or_default());
    let path = format!("{path}{separator}{}", query.join("&"));
    // What the operation does not know goes into the body too, where it is warned about.
    let elsewhere = |name: &str| {
        let mut parameters = operation.parameters.iter();
        parameters.any(|parameter| parameter.name == name && parameter.place != Place::Body)
    };
    let body: Map<String, Value> = arguments
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !elsewhere(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let has_body = operation.parameters_in(Place::Body).next().is_some();
    (path, has_body.then_some(Value::Object(body)))
}

/// The demo's wiki behind one endpoint with everything on.
async fn start(product: Product) -> Bridge {
    Bridge::with(
        product,
        |_| {},
        |config| config.directory = DirectoryAccess::Admin,
    )
    .await
}

/// A story that calls every tool at least once; each line builds on those before.
fn story() -> Vec<(&'static str, Value)> {
    vec![
        ("list_pages", json!({})),
        ("list_pages", json!({"fresh": true})),
        ("search_pages", json!({"query": "caching", "limit": 5})),
        // A hit by title has no excerpt.
        ("search_pages", json!({"title": "Decision Records"})),
        ("search_pages", json!({"cql": "label = x) or (type = page"})),
        ("get_page_tree", json!({"depth": 1, "startTitle": "Architecture"})),
        ("get_page_tree", json!({"depth": "99"})),
        ("list_child_pages", json!({"title": "Architecture"})),
        ("get_parent_page", json!({"title": "Event Bus"})),
        ("get_parent_page", json!({"title": "Platform Handbook"})),
        (
            "read_page",
            json!({"title": "Caching Architecture", "format": "markdown"}),
        ),
        (
            "read_page",
            json!({"title": "C++ & C#: tips / tricks", "format": "storage"}),
        ),
        (
            "read_page",
            json!({"title": "Caching Architecture", "format": "markdown", "maxChars": 100, "offset": "40"}),
        ),
        (
            "read_page",
            json!({"title": "Caching Architecture", "section": "Layers"}),
        ),
        (
            "read_page",
            json!({"title": "Caching Architecture", "section": "Layer"}),
        ),
        (
            "read_page",
            json!({"title": "Caching Architecture", "outline": true}),
        ),
        ("read_page", json!({"title": "Evnt Bus"})),
        ("list_pages", json!({"limit": 3})),
        ("list_child_pages", json!({"title": "Architecture", "limit": 1})),
        (
            "get_page_tree",
            json!({"depth": 9, "limit": 4, "responseFormat": "concise"}),
        ),
        (
            "search_pages",
            json!({"query": "cache", "limit": 2, "responseFormat": "concise"}),
        ),
        ("list_pages", json!({"cursor": "nonsense"})),
        ("read_page", json!({"title": "Nowhere"})),
        (
            "create_page",
            json!({"title": "A/B? #1 100%", "body": "# One\n\nTwo.", "parentTitle": "Operations"}),
        ),
        ("create_page", json!({"title": "A/B? #1 100%"})),
        ("create_page", json!({"title": "Odd", "body": "x", "typo": 1})),
        ("create_page", json!({})),
        (
            "update_page",
            json!({"title": "A/B? #1 100%", "body": "# One\n\nThree.", "expectedVersion": 1}),
        ),
        (
            "update_page",
            json!({"title": "A/B? #1 100%", "body": "# Other", "expectedVersion": 7}),
        ),
        (
            "rename_page",
            json!({"old_title": "A/B? #1 100%", "new_title": "Plain"}),
        ),
        (
            "move_page",
            json!({"title": "Plain", "newParentTitle": "Architecture"}),
        ),
        ("move_page", json!({"title": "Plain", "newParentTitle": "Plain"})),
        (
            "create_page",
            json!({"title": "Once", "body": "x", "clientRequestId": "r-1"}),
        ),
        (
            "create_page",
            json!({"title": "Once", "body": "x", "clientRequestId": "r-1"}),
        ),
        (
            "create_page",
            json!({"title": "Twice", "body": "x", "clientRequestId": "r-1"}),
        ),
        (
            "delete_page",
            json!({"title": "Plain", "dryRun": true, "expectedVersion": 3}),
        ),
        ("delete_page", json!({"title": "Plain"})),
        ("delete_page", json!({"title": "Plain"})),
        ("find_users", json!({"query": "person", "limit": 1})),
        ("find_users", json!({"query": "margaret@example.com"})),
        ("find_users", json!({"query": "*"})),
        ("list_groups", json!({})),
        ("list_user_groups", json!({"user": "Grace Person"})),
        ("list_user_groups", json!({"user": "Person"})),
        ("list_group_members", json!({"group": "on-call", "limit": 2})),
        ("list_group_members", json!({"group": "on-call", "cursor": "x"})),
        (
            "remove_group_member",
            json!({"user": "Grace Person", "group": "on-call", "dryRun": true}),
        ),
        (
            "remove_group_member",
            json!({"user": "Grace Person", "group": "on-call"}),
        ),
        (
            "remove_group_member",
            json!({"user": "Grace Person", "group": "on-call"}),
        ),
        (
            "remove_group_member",
            json!({"user": "Agent Writer", "group": "on-call"}),
        ),
    ]
}

/// What an answer says but for what differs from wiki to wiki.
fn told(bridge: &Bridge, answer: &Answer) -> Value {
    let text = answer
        .text
        .replace(&bridge.simulator.base_url(), "https://wiki.example.com");
    let mut told: Value = serde_json::from_str(&text).expect("JSON");
    if let Some(members) = told.as_object_mut() {
        members.shift_remove("requestId");
        members.insert("status".to_owned(), json!(answer.status));
    }
    told
}

/// The structured content that the envelope of a success comes to, or the code and message of a failure.
fn as_mcp(tool: &Tool, bridge: &Bridge, answer: &Answer) -> Result<Value, String> {
    let told = told(bridge, answer);
    match told["code"].as_str() {
        Some("OK") => Ok(structured(tool, &told)),
        code => Err(format!(
            "{}: {}",
            code.expect("a code"),
            told["message"].as_str().expect("a message")
        )),
    }
}

/// What a call over MCP comes to, in the same words.
async fn by_mcp(bridge: &Bridge, era: Era, tool: &str, arguments: &Value) -> Result<Value, String> {
    match mcp::call(bridge, era, tool, arguments.clone()).await {
        Ok(structured) => {
            let text = Value::from(structured).to_string();
            let text = text.replace(&bridge.simulator.base_url(), "https://wiki.example.com");
            Ok(serde_json::from_str(&text).expect("JSON"))
        }
        Err(text) => Err(text.split(" Hint: ").next().expect("a part").to_owned()),
    }
}

#[tokio::test]
async fn mcp_answers_as_the_other_doors() {
    for product in [Product::Cloud, Product::DataCenter] {
        let route = start(product).await;
        let eras = [
            (Era::Legacy, start(product).await),
            (Era::Modern, start(product).await),
        ];
        for (name, arguments) in story() {
            let tool = tools::find(name).expect(name);
            let expected = Door::Route.ask(&route, name, &arguments).await;
            let expected = as_mcp(tool, &route, &expected);
            for (era, bridge) in &eras {
                let got = by_mcp(bridge, *era, name, &arguments).await;
                assert_eq!(got, expected, "{product:?} {era:?}: {name} {arguments}");
            }
        }
    }
}

#[tokio::test]
async fn every_door_answers_the_same() {
    for product in [Product::Cloud, Product::DataCenter] {
        let (route, tool) = (start(product).await, start(product).await);
        let mut called = std::collections::BTreeSet::new();
        for (name, arguments) in story() {
            let by_route = Door::Route.ask(&route, name, &arguments).await;
            let by_tool = Door::Tool.ask(&tool, name, &arguments).await;
            assert_eq!(
                told(&route, &by_route),
                told(&tool, &by_tool),
                "{product:?}: {name} {arguments}"
            );
            if by_tool.status == 200 {
                called.insert(name);
                conforms(tools::find(name).expect(name), &by_tool.json());
            }
        }
        let all: std::collections::BTreeSet<&str> = tools::all().iter().map(|tool| tool.name).collect();
        assert_eq!(called, all, "the story leaves tools out");
    }
}

/// The structured content of a success, from its envelope.
fn structured(tool: &Tool, envelope: &Value) -> Value {
    let as_of = envelope["asOf"]
        .as_str()
        .map(|text| text.parse().expect("an instant"));
    let warnings = envelope["warnings"].as_array().into_iter().flatten();
    let outcome = Outcome {
        data: envelope["data"].clone(),
        warnings: warnings.filter_map(Value::as_str).map(str::to_owned).collect(),
        complete: envelope["complete"].as_bool(),
        hint: envelope["hint"].as_str().map(str::to_owned),
        next_cursor: envelope["nextCursor"].as_str().map(str::to_owned),
        as_of,
        replayed: envelope["replayed"].as_bool().unwrap_or_default(),
    };
    Value::from(tool.structured(&outcome))
}

/// Holds the structured content of a success against the tool's output schema.
#[track_caller]
fn conforms(tool: &Tool, envelope: &Value) {
    let structured = structured(tool, envelope);
    let mut closed = tool.output.clone();
    closed["additionalProperties"] = json!(false);
    let validator = jsonschema::validator_for(&closed).expect("a valid schema");
    let problems: Vec<String> = validator
        .iter_errors(&structured)
        .map(|error| error.to_string())
        .collect();
    assert!(problems.is_empty(), "{}: {problems:?}\n{structured}", tool.name);
}

/// What a parameter is, whatever the door: name, type, words and bounds, and whether it must be there.
fn essence(name: &str, schema: &Value, required: bool) -> Value {
    json!({
        "name": name, "required": required, "type": schema["type"], "enum": schema["enum"],
        "minimum": schema["minimum"], "maximum": schema["maximum"]
    })
}

fn sorted(mut parameters: Vec<Value>) -> Vec<Value> {
    parameters.sort_by_key(|parameter| parameter["name"].to_string());
    parameters
}

/// The parameters of a flat input schema.
fn of_schema(schema: &Value) -> Vec<Value> {
    let required = |name: &str| {
        let names = schema["required"].as_array().into_iter().flatten();
        names.into_iter().any(|required| required == name)
    };
    let properties = schema["properties"].as_object().into_iter().flatten();
    sorted(
        properties
            .map(|(name, schema)| essence(name, schema, required(name)))
            .collect(),
    )
}

#[tokio::test]
async fn every_door_takes_the_same_parameters() {
    let bridge = start(Product::Cloud).await;
    let listed = mcp::ask(&bridge, Era::Modern, "tools/list", json!({})).await;
    let listed = listed["tools"].as_array().expect("tools").clone();
    let document = document(
        (Flavor::Default, DirectoryAccess::Admin),
        "https://wiki.example.com/endpoint/dev",
    );
    for tool in tools::all() {
        let operation = tool.operation;
        let described = &document["paths"][operation.path][operation.method.as_str().to_lowercase()];
        let mut in_document: Vec<Value> = described["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| {
                let name = parameter["name"].as_str().expect("a name");
                essence(name, &parameter["schema"], parameter["required"] == true)
            })
            .collect();
        in_document.extend(of_schema(
            &described["requestBody"]["content"]["application/json"]["schema"],
        ));
        assert_eq!(sorted(in_document), of_schema(&tool.input), "{}", tool.name);
        let over_mcp = listed.iter().find(|listed| listed["name"] == tool.name);
        let mut whole = tool.input.clone();
        for (_, schema) in whole["properties"].as_object_mut().into_iter().flatten() {
            // Not listed over MCP: a bound that nobody reaches, and one that nobody thinks of passing.
            if schema["maximum"].as_i64() >= Some(i64::from(i32::MAX)) {
                schema["maximum"] = Value::Null;
            }
            if schema["minimum"].as_i64() <= Some(1) {
                schema["minimum"] = Value::Null;
            }
        }
        assert_eq!(
            of_schema(&over_mcp.expect(tool.name)["inputSchema"]),
            of_schema(&whole),
            "{}",
            tool.name
        );
    }
}
