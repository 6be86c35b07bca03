//! The tools of an endpoint over HTTP: lists in every shape, filters, and calls by name.

use std::collections::BTreeSet;

use conflagent::config::offer::OPERATIONS;
use conflagent::config::{DirectoryAccess, EndpointConfig, Flavor, Only};
use conflagent::describe::tools::{self, Format};
use serde_json::{Value, json};

use crate::doors::Door;
use crate::support::{Answer, Bridge, Product, SECRET, on_both};

const ALL: &[&str] = &[
    "list_pages",
    "search_pages",
    "get_page_tree",
    "read_page",
    "list_child_pages",
    "get_parent_page",
    "create_page",
    "update_page",
    "rename_page",
    "move_page",
    "delete_page",
];

async fn listed(bridge: &Bridge, query: &str) -> Value {
    let answer = bridge.get(&format!("/tools{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.json()
}

/// The names in a list of any shape.
fn names(list: &Value) -> Vec<String> {
    let tools = list.get("tools").unwrap_or(list).as_array().expect("an array");
    let name = |tool: &Value| {
        let tool = tool.get("function").unwrap_or(tool);
        tool["name"].as_str().expect("a name").to_owned()
    };
    tools.iter().map(name).collect()
}

#[tokio::test]
async fn every_format_lists_the_same_tools() {
    let bridge = Bridge::start(Product::Cloud).await;
    assert_eq!(names(&listed(&bridge, "").await), ALL);
    assert_eq!(
        listed(&bridge, "").await,
        listed(&bridge, "?format=openai&strict=false").await
    );
    for format in Format::ALL {
        let list = listed(&bridge, &format!("?format={}", format.as_str())).await;
        assert_eq!(names(&list), ALL, "{}", format.as_str());
    }
    let shape = |list: &Value, member: &str| {
        let tool = list.get("tools").unwrap_or(list)[3].clone();
        let members: Vec<String> = tool
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        (members.join(" "), tool[member].clone())
    };
    let input = tools::find("read_page").expect("a tool").input.clone();
    for (format, members, member) in [
        (
            "openai-responses",
            "type name description parameters strict",
            "parameters",
        ),
        ("anthropic", "name description input_schema", "input_schema"),
        (
            "mcp",
            "name title description inputSchema outputSchema annotations",
            "inputSchema",
        ),
    ] {
        let (found, schema) = shape(&listed(&bridge, &format!("?format={format}")).await, member);
        assert_eq!((found.as_str(), schema), (members, input.clone()), "{format}");
    }
    let openai = listed(&bridge, "?format=openai").await;
    assert_eq!(openai[3]["type"], "function");
    assert_eq!(openai[3]["function"]["parameters"], input);
    let truto = listed(&bridge, "?format=truto").await;
    assert_eq!(truto[7]["method"], "update");
    assert_eq!(
        truto[7]["query_schema"]["properties"]
            .as_object()
            .map(serde_json::Map::len),
        Some(1)
    );
    assert_eq!(truto[7]["required"], json!(["title", "body"]));
    let schema = &listed(&bridge, "?format=schema").await["tools"][3];
    let expected = json!({
        "method": "GET", "path": "/pages/{title}", "pathParams": ["title"],
        "queryParams": ["format", "outline", "section", "offset", "maxChars"], "bodyParams": []
    });
    assert_eq!(schema["http"], expected);
    assert_eq!(schema["flavors"], json!(["default", "read"]));
    let url = format!("{}/endpoint/wiki/tools/read_page", bridge.base());
    assert_eq!(schema["invokeUrl"], url.as_str());
    let called = bridge
        .post("/tools/read_page", json!({"title": "Event Bus"}))
        .await;
    assert_eq!(called.data()["title"], "Event Bus");
}

#[test]
fn tools_are_as_they_were() {
    let list =
        |format: Format, strict| format.list(tools::all().iter(), strict, "https://x/endpoint/dev/tools");
    insta::assert_json_snapshot!("tools_schema", list(Format::Schema, false));
    insta::assert_json_snapshot!("tools_strict", list(Format::OpenAi, true));
}

#[test]
fn hints_are_those_of_the_catalogue() {
    let table: Vec<String> = tools::all()
        .iter()
        .map(|tool| {
            let hints = tool.hints;
            let said = [
                (hints.read_only, "reads"),
                (hints.destructive, "destroys"),
                (hints.idempotent, "repeatable"),
                (hints.open_world, "open"),
            ];
            let said: Vec<&str> = said
                .into_iter()
                .filter(|(is, _)| *is)
                .map(|(_, word)| word)
                .collect();
            format!("{} {}", tool.name, said.join(" "))
        })
        .collect();
    assert_eq!(
        table,
        [
            "list_pages reads repeatable",
            "search_pages reads repeatable",
            "get_page_tree reads repeatable",
            "read_page reads repeatable",
            "list_child_pages reads repeatable",
            "get_parent_page reads repeatable",
            "create_page ",
            "update_page destroys repeatable",
            "rename_page repeatable",
            "move_page repeatable",
            "delete_page destroys repeatable",
            "find_users reads repeatable",
            "list_user_groups reads repeatable",
            "list_groups reads repeatable",
            "list_group_members reads repeatable",
            "remove_group_member destroys repeatable",
        ]
    );
}

#[test]
fn tools_suit_every_consumer() {
    for (directory, most) in [(DirectoryAccess::Off, 16_000), (DirectoryAccess::Admin, 20_500)] {
        let offered = tools::offered((Flavor::Default, directory));
        let list = Format::Mcp.list(offered, false, "").to_string();
        assert!(list.len() < most, "{} bytes", list.len());
    }
    for tool in tools::all() {
        let name = tool.name;
        assert!(
            name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{name}"
        );
        assert!((1..=600).contains(&tool.description.chars().count()), "{name}");
        portable(&tool.input, name);
        for own in ["complete", "asOf", "warnings"] {
            let mut settings = schemars::SchemaGenerator::default();
            let data = (tool.operation.output)(&mut settings).to_value();
            assert!(data["properties"].get(own).is_none(), "{name}: {own} is taken");
        }
        assert_eq!(tool.output["type"], "object", "{name}");
    }
}

/// Single types, words as the only enumerations, no references or unions, properties on every object.
fn portable(schema: &Value, place: &str) {
    let Some(members) = schema.as_object() else { return };
    for keyword in [
        "$ref",
        "oneOf",
        "anyOf",
        "allOf",
        "not",
        "const",
        "if",
        "nullable",
        "format",
        "minLength",
        "maxLength",
        "pattern",
    ] {
        assert!(!members.contains_key(keyword), "{place} has {keyword}");
    }
    let kind = members["type"].as_str().expect("a single type");
    assert!(
        ["object", "string", "integer", "boolean"].contains(&kind),
        "{place}"
    );
    assert!(kind != "object" || members.contains_key("properties"), "{place}");
    for word in schema["enum"].as_array().into_iter().flatten() {
        assert!(word.is_string(), "{place}");
    }
    assert_ne!(members.get("default"), Some(&Value::Null), "{place}");
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        assert!(
            property["description"]
                .as_str()
                .is_some_and(|text| text.len() <= 700),
            "{place}.{name}"
        );
        portable(property, &format!("{place}.{name}"));
    }
}

/// What `OpenAI` demands of a strict function: every property required, no others, and none of the keywords it refuses.
#[test]
fn strict_lists_keep_the_rules_of_strict_mode() {
    for format in [Format::OpenAi, Format::OpenAiResponses] {
        let list = format.list(tools::all().iter(), true, "");
        for tool in list.as_array().expect("an array") {
            let function = tool.get("function").unwrap_or(tool);
            let schema = &function["parameters"];
            assert_eq!(function["strict"], true);
            assert_eq!(
                (&schema["type"], &schema["additionalProperties"]),
                (&json!("object"), &json!(false))
            );
            let properties = schema["properties"].as_object().expect("properties");
            let required: Vec<&str> = schema["required"]
                .as_array()
                .expect("an array")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            assert_eq!(required, properties.keys().collect::<Vec<_>>());
            let original = &tools::find(function["name"].as_str().expect("a name"))
                .expect("a tool")
                .input;
            for (name, property) in properties {
                for keyword in property.as_object().expect("a schema").keys() {
                    assert!(
                        ["type", "enum", "description"].contains(&keyword.as_str()),
                        "{name}: {keyword}"
                    );
                }
                let optional = !original["required"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|it| it == name);
                let nullable = property["type"]
                    .as_array()
                    .is_some_and(|types| types.contains(&json!("null")));
                assert_eq!(nullable, optional, "{name}");
                let words = property["enum"].as_array();
                assert!(
                    words.is_none_or(|words| words.contains(&Value::Null) == optional),
                    "{name}"
                );
            }
        }
    }
    for tool in Format::Anthropic
        .list(tools::all().iter(), true, "")
        .as_array()
        .expect("an array")
    {
        assert_eq!(tool["strict"], true);
        assert_eq!(tool["input_schema"]["additionalProperties"], false);
        portable(&tool["input_schema"], tool["name"].as_str().expect("a name"));
    }
}

#[tokio::test]
async fn lists_are_filtered_by_method_and_tag() {
    let bridge = Bridge::start(Product::Cloud).await;
    for (query, expected) in [
        (
            "?methods=read",
            "list_pages search_pages get_page_tree read_page list_child_pages get_parent_page",
        ),
        (
            "?methods=write",
            "create_page update_page rename_page move_page delete_page",
        ),
        ("?methods=list", "list_pages search_pages list_child_pages"),
        ("?methods=get", "get_page_tree read_page get_parent_page"),
        ("?methods=create,delete", "create_page delete_page"),
        (
            "?methods=update&methods=read_page",
            "read_page update_page rename_page move_page",
        ),
        ("?tags=upload", "create_page"),
        ("?tags=manage&methods=update", "update_page rename_page move_page"),
        ("?tags=read&methods=write", ""),
    ] {
        for format in ["openai", "schema", "truto"] {
            let list = listed(&bridge, &format!("{query}&format={format}")).await;
            assert_eq!(names(&list).join(" "), expected, "{query}");
        }
    }
}

#[tokio::test]
async fn what_no_tool_answers_is_refused() {
    let bridge = Bridge::start(Product::Cloud).await;
    let answer = bridge.get("/tools?methods=reed").await.json();
    assert!(
        answer["message"]
            .as_str()
            .is_some_and(|text| text.contains("read, write, list") && text.contains("read_page"))
    );
    bridge
        .send("GET", "/endpoint/wiki/tools", None, None)
        .await
        .fails(401, "UNAUTHORIZED", "Unauthorized");
    bridge
        .send("POST", "/endpoint/wiki/tools/read_page", None, Some("{}"))
        .await
        .fails(401, "UNAUTHORIZED", "Unauthorized");
    bridge
        .send("POST", "/endpoint/wiki/tools/nonsense", Some("wrong"), Some("{}"))
        .await
        .fails(401, "UNAUTHORIZED", "Unauthorized");
    for (method, path, allowed) in [
        ("POST", "/tools", "GET"),
        ("DELETE", "/tools/", "GET"),
        ("GET", "/tools/read_page", "POST"),
        ("PUT", "/tools/read_page", "POST"),
    ] {
        let answer = bridge.call(method, path, None).await;
        answer.fails(405, "INVALID_OPERATION", "This method is not allowed here.");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
    assert_eq!(bridge.get("/toolsx").await.status, 404);
    assert_eq!(bridge.upstream_calls(), 0);
}

#[tokio::test]
async fn a_list_may_be_kept_for_a_minute() {
    let bridge = Bridge::start(Product::Cloud).await;
    let first = bridge.get("/tools").await;
    assert_eq!(first.header("cache-control"), Some("private, max-age=60"));
    let tag = first.header("etag").expect("a tag").to_owned();
    let authorization = format!("Bearer {SECRET}");
    let again = |tag: String, path: &'static str| {
        let (authorization, bridge) = (authorization.clone(), &bridge);
        async move {
            let headers = [
                ("authorization", authorization.as_str()),
                ("if-none-match", tag.as_str()),
            ];
            bridge.send_with(path, &headers).await
        }
    };
    for known in [tag.clone(), format!("\"other\", {tag}"), "*".to_owned()] {
        let second: Answer = again(known, "/endpoint/wiki/tools").await;
        assert_eq!((second.status, second.text.as_str()), (304, ""));
        assert_eq!(second.header("etag"), Some(tag.as_str()));
        assert_eq!(second.header("cache-control"), Some("private, max-age=60"));
    }
    assert_eq!(
        again("\"other\"".to_owned(), "/endpoint/wiki/tools").await.status,
        200
    );
    assert_eq!(again(tag, "/endpoint/wiki/tools?format=mcp").await.status, 200);
    let head = bridge.call("HEAD", "/tools", None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[tokio::test]
async fn flavors_hide_and_refuse_tools() {
    for (flavor, offered) in [
        (Flavor::Default, ALL),
        (Flavor::Read, &ALL[..6]),
        (Flavor::Upload, &ALL[6..7]),
    ] {
        let bridge = Bridge::with(Product::Cloud, |_| {}, |config| config.flavor = flavor).await;
        assert_eq!(names(&listed(&bridge, "?format=mcp").await), offered);
        let hidden: BTreeSet<&str> = ALL
            .iter()
            .copied()
            .filter(|name| !offered.contains(name))
            .collect();
        for name in hidden {
            let answer = Door::Tool
                .ask(&bridge, name, &json!({"title": "Event Bus"}))
                .await;
            answer.fails(
                403,
                "INVALID_OPERATION",
                "This endpoint does not offer this operation.",
            );
        }
        let answer = bridge.post("/tools/read_pages", json!({})).await.json();
        let suggested = answer["suggestions"].to_string();
        assert_eq!(
            suggested.contains("read_page"),
            offered.contains(&"read_page"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn allow_and_deny_hold_on_every_door() {
    let only = Only::parse(
        Some("read_page,listSubpages,delete_page,createPage"),
        Some("deletePageByTitle"),
    );
    let only = only.expect("names");
    let offered = ["list_pages", "read_page", "create_page"];
    for (flavor, offered) in [
        (Flavor::Default, &offered[..]),
        (Flavor::Read, &offered[..2]),
        (Flavor::Upload, &offered[2..]),
    ] {
        let configure = |config: &mut EndpointConfig| {
            config.flavor = flavor;
            config.only = only.clone();
        };
        let bridge = Bridge::with(Product::DataCenter, |_| {}, configure).await;
        assert_eq!(names(&listed(&bridge, "").await), offered);
        let document = bridge.get("/openapi.json").await.text;
        for tool in tools::all() {
            let is_offered = offered.contains(&tool.name);
            let said = document.contains(&format!("\"operationId\":\"{}\"", tool.operation.id));
            assert_eq!(said, is_offered, "{}", tool.name);
            for door in Door::ALL {
                let answer = door
                    .ask(&bridge, tool.name, &json!({"title": "Event Bus", "body": "x"}))
                    .await;
                assert_eq!(
                    answer.status == 403,
                    !is_offered,
                    "{} by {door:?}: {}",
                    tool.name,
                    answer.text
                );
            }
        }
        assert_eq!(bridge.get("/health").await.status, 200);
    }
}

#[test]
fn allow_and_deny_know_every_operation() {
    let known: Vec<(&str, &str)> = tools::all()
        .iter()
        .map(|tool| (tool.operation.id, tool.name))
        .collect();
    assert_eq!(
        OPERATIONS, known,
        "a new operation needs a row in config/offer.rs"
    );
}

on_both! {
    async fn tools_read_markdown_unless_told_otherwise(bridge) {
        for given in [json!({}), json!({"format": null}), json!({"format": ""})] {
            let mut arguments = given;
            arguments["title"] = json!("Caching Architecture");
            assert_eq!(Door::Tool.ask(&bridge, "read_page", &arguments).await.data()["format"], "markdown");
        }
        let arguments = json!({"title": "Caching Architecture", "format": "storage"});
        let by_tool = Door::Tool.ask(&bridge, "read_page", &arguments).await.data();
        assert_eq!(by_tool, bridge.get("/pages/Caching%20Architecture").await.data());
    }

    async fn what_is_optional_may_be_null(bridge) {
        let configure = |config: &mut EndpointConfig| config.directory = DirectoryAccess::Admin;
        let bridge = Bridge::with(bridge.product, |_| {}, configure).await;
        for tool in tools::all() {
            let required = |name: &str| {
                tool.operation.parameters.iter().any(|parameter| parameter.name == name && parameter.required)
            };
            let mut arguments = json!({});
            for parameter in tool.operation.parameters {
                arguments[parameter.name] = match parameter.name {
                    "query" => json!("caching"),
                    name if !required(name) => Value::Null,
                    "newParentTitle" => json!("Operations"),
                    "new_title" => json!("Renamed"),
                    "title" if tool.name == "create_page" => json!("New"),
                    "title" if tool.name == "delete_page" => json!("Renamed"),
                    "body" => json!("x"),
                    "user" => json!("Grace Person"),
                    "group" => json!("on-call"),
                    _ => json!("Cache Invalidation"),
                };
            }
            if tool.name == "move_page" {
                arguments["title"] = json!("Renamed");
            }
            Door::Tool.ask(&bridge, tool.name, &arguments).await.data();
        }
    }

    async fn a_misspelt_tool_is_told_the_right_one(bridge) {
        for (name, meant) in [
            ("readPageByTitle", "read_page"),
            ("read-page", "read_page"),
            ("listpages", "list_pages"),
            ("listSubpages", "list_pages"),
            ("delet_page", "delete_page"),
        ] {
            let answer = bridge.post(&format!("/tools/{name}"), json!({})).await;
            answer.fails(404, "NOT_FOUND", &format!("Unknown tool '{name}'."));
            assert_eq!(answer.json()["suggestions"][0], meant, "{name}");
        }
        let answer = bridge.post("/tools/xyz", json!({})).await.json();
        assert!(answer.get("details").is_none() && answer["hint"].as_str().is_some_and(|hint| hint.contains("GET tools")));
        assert_eq!(bridge.post("/tools/..%2Fpages", json!({})).await.status, 404);
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_body_that_is_no_object_is_refused(bridge) {
        for body in ["[]", "{", "\"read\""] {
            let answer = bridge.send("POST", "/endpoint/wiki/tools/read_page", Some(SECRET), Some(body)).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("INVALID_INPUT")), "{body}");
        }
        bridge.post("/tools/list_pages", json!({"limmit": 3})).await.data();
    }
}
