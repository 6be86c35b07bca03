//! `tools/call`: every tool, what its result looks like, and what becomes of mistakes.

use std::time::Duration;

use conflagent::config::Flavor;
use conflagent::describe::tools::find;
use conflagent::simulator::{Fault, Trouble};
use serde_json::{Map, Value, json};

use super::{Era, ask, call, refused};
use crate::support::{Bridge, on_both};

/// Calls that use every tool, each building on those before.
fn story() -> Vec<(&'static str, Value)> {
    vec![
        ("list_pages", json!({})),
        ("search_pages", json!({"query": "kafka"})),
        ("search", json!({"query": "kafka"})),
        ("get_page_tree", json!({"depth": 2})),
        (
            "list_child_pages",
            json!({"title": "Architecture", "fresh": true}),
        ),
        ("get_parent_page", json!({"title": "Event Bus"})),
        ("get_parent_page", json!({"title": "Platform Handbook"})),
        ("read_page", json!({"title": "Caching Architecture"})),
        (
            "read_page",
            json!({"title": "Caching Architecture", "format": "storage"}),
        ),
        (
            "create_page",
            json!({"title": "Überblick 1", "body": "# One\n\nTwo.", "parentTitle": "Operations", "typo": 1}),
        ),
        (
            "update_page",
            json!({"title": "Überblick 1", "body": "# One\n\nThree.", "expectedVersion": 1, "format": null}),
        ),
        (
            "rename_page",
            json!({"old_title": "Überblick 1", "new_title": "Plain"}),
        ),
        (
            "move_page",
            json!({"title": "Plain", "newParentTitle": "Architecture"}),
        ),
        ("delete_page", json!({"title": "Plain"})),
    ]
}

/// Holds structured content against the output schema of a listed tool, and against the whole schema of the Catalog,
/// which must name all of it.
#[track_caller]
fn conforms(tool: &Value, structured: &Map<String, Value>) {
    let name = tool["name"].as_str().expect("a name");
    let whole = find(name).map_or(&tool["outputSchema"], |tool| &tool.output);
    let mut closed = whole.clone();
    closed["additionalProperties"] = json!(false);
    let structured = Value::from(structured.clone());
    for schema in [&tool["outputSchema"], &closed] {
        let validator = jsonschema::validator_for(schema).expect("a valid schema");
        let problems: Vec<String> = validator
            .iter_errors(&structured)
            .map(|error| error.to_string())
            .collect();
        assert!(problems.is_empty(), "{name}: {problems:?}\n{structured}");
    }
}

on_both! {
    async fn every_tool_answers_what_its_schema_says(bridge) {
        for era in Era::ALL {
            let bridge = Bridge::start(bridge.product).await;
            let list = ask(&bridge, era, "tools/list", json!({})).await;
            let tools = list["tools"].as_array().expect("tools");
            let mut calls = story();
            let id = bridge.simulator.page_titled("Event Bus").expect("seeded").id;
            calls.push(("fetch", json!({"id": id})));
            for tool in tools {
                let name = tool["name"].as_str().expect("a name");
                assert!(calls.iter().any(|(called, _)| *called == name), "{name} is not called");
            }
            for (name, arguments) in calls {
                let tool = tools.iter().find(|tool| tool["name"] == name).expect(name);
                let structured = call(&bridge, era, name, arguments).await.expect(name);
                conforms(tool, &structured);
            }
            assert!(bridge.simulator.page_titled("Plain").is_none());
        }
    }

    async fn a_page_is_read_as_markdown_unless_asked_otherwise(bridge) {
        let as_markdown = bridge.get("/pages/Caching%20Architecture?format=markdown").await.data();
        let as_storage = bridge.get("/pages/Caching%20Architecture?format=storage").await.data();
        for (format, expected) in [
            (json!({}), &as_markdown),
            (json!({"format": null}), &as_markdown),
            (json!({"format": "markdown"}), &as_markdown),
            (json!({"format": "storage"}), &as_storage),
        ] {
            let mut arguments = format.clone();
            arguments["title"] = json!("Caching Architecture");
            let mut read = call(&bridge, Era::Modern, "read_page", arguments).await.expect("a page");
            assert_eq!(read.shift_remove("complete"), Some(json!(true)));
            assert_eq!(&Value::from(read), expected, "{format}");
        }
    }

    async fn a_page_is_fetched_in_the_shape_that_chatgpt_knows(bridge) {
        let page = bridge.simulator.page_titled("Event Bus").expect("seeded");
        for id in [page.id.clone(), format!("id:{}", page.id)] {
            let fetched = call(&bridge, Era::Legacy, "fetch", json!({"id": id})).await.expect("a page");
            let names: Vec<&str> = fetched.keys().map(String::as_str).collect();
            assert_eq!(names, ["id", "title", "text", "url", "metadata"]);
            assert_eq!(fetched["id"], page.id.as_str());
            assert_eq!(fetched["title"], "Event Bus");
            assert!(fetched["text"].as_str().is_some_and(|text| text.starts_with("Kafka, with one topic")));
            assert!(fetched["url"].as_str().is_some_and(|url| url.starts_with(&bridge.simulator.base_url())));
            assert_eq!(fetched["metadata"], json!({"version": page.version.to_string()}));
        }
        for (given, expected) in [
            (json!({"id": "Event Bus"}), "NOT_FOUND: "),
            (json!({"id": "1"}), "NOT_FOUND: "),
            (json!({"id": ""}), "INVALID_INPUT: id is required"),
            (json!({"id": null}), "INVALID_INPUT: id is required"),
            (json!({"id": 5}), "INVALID_INPUT: id is required"),
            (json!({}), "INVALID_INPUT: id is required"),
        ] {
            let failure = call(&bridge, Era::Modern, "fetch", given.clone()).await.expect_err("no page");
            assert!(failure.starts_with(expected), "{given}: {failure}");
        }
    }

    async fn pages_are_searched_in_the_shape_that_chatgpt_knows(bridge) {
        let hits = bridge.get("/pages/search?query=topic").await.data();
        let expected: Vec<Value> = hits
            .as_array()
            .expect("a list")
            .iter()
            .map(|hit| json!({"id": hit["id"], "title": hit["title"], "url": hit["url"]}))
            .collect();
        assert!(!expected.is_empty() && expected.iter().all(|hit| hit["url"].is_string()));
        let found = call(&bridge, Era::Legacy, "search", json!({"query": "topic"})).await.expect("hits");
        assert_eq!(Value::from(found), json!({"results": expected}));
        let none = call(&bridge, Era::Modern, "search", json!({"query": "xyzzyplugh"})).await.expect("an answer");
        assert_eq!(Value::from(none), json!({"results": []}));
        let outside = call(&bridge, Era::Modern, "search", json!({"query": "Salary"})).await.expect("an answer");
        assert_eq!(Value::from(outside), json!({"results": []}));
        for given in [json!({}), json!({"query": null}), json!({"query": " "}), json!({"query": ["a"]})] {
            let failure = call(&bridge, Era::Modern, "search", given.clone()).await.expect_err("no query");
            assert!(failure.starts_with("INVALID_INPUT: query is required"), "{given}: {failure}");
        }
    }

    async fn what_a_model_can_put_right_is_a_result(bridge) {
        for (tool, arguments, expected) in [
            ("read_page", json!({"title": "Nowhere"}), "NOT_FOUND: Page 'Nowhere' not found. Hint: "),
            ("read_page", json!({}), "INVALID_INPUT: title is required Hint: Give 'title', a string; not blank."),
            ("get_page_tree", json!({"depth": "lots"}), "INVALID_INPUT: Depth must be an integer Hint: Got \"lots\""),
            ("create_page", json!({"title": "Event Bus"}), "ALREADY_EXISTS: "),
            ("move_page", json!({"title": "Operations", "newParentTitle": "Operations"}), "INVALID_OPERATION: "),
            ("update_page", json!({"title": "Event Bus", "body": "x", "expectedVersion": 99}), "VERSION_CONFLICT: "),
        ] {
            for era in Era::ALL {
                let failure = call(&bridge, era, tool, arguments.clone()).await.expect_err("a failure");
                assert!(failure.starts_with(expected), "{tool}: {failure}");
                assert!(failure.contains(" Hint: "), "{tool}: {failure}");
            }
        }
        let taken = call(&bridge, Era::Modern, "create_page", json!({"title": "Event Bus"})).await;
        assert!(taken.expect_err("taken").contains(r#" details: {"existingPath":"#));
    }

    async fn other_tools_are_named_as_tools(bridge) {
        let failure = call(&bridge, Era::Modern, "read_page", json!({"title": "Nowhere"})).await;
        let failure = failure.expect_err("no page");
        assert!(failure.contains("list_pages") && !failure.contains("listSubpages"), "{failure}");
    }

    async fn what_the_flavor_does_not_offer_is_refused_and_done_by_nobody(bridge) {
        for (flavor, tool, arguments) in [
            (Flavor::Read, "create_page", json!({"title": "New"})),
            (Flavor::Read, "update_page", json!({"title": "Event Bus", "body": "x"})),
            (Flavor::Read, "delete_page", json!({"title": "Event Bus"})),
            (Flavor::Upload, "read_page", json!({"title": "Event Bus"})),
            (Flavor::Upload, "fetch", json!({"id": "1"})),
            (Flavor::Upload, "search", json!({"query": "kafka"})),
            (Flavor::Upload, "rename_page", json!({"old_title": "Event Bus", "new_title": "x"})),
        ] {
            let bridge = Bridge::with(bridge.product, |_| {}, |config| config.flavor = flavor).await;
            for era in Era::ALL {
                let failure = call(&bridge, era, tool, arguments.clone()).await.expect_err("not offered");
                assert!(failure.starts_with("INVALID_OPERATION: This endpoint does not offer"), "{tool}: {failure}");
            }
            assert_eq!(bridge.upstream_calls(), 0);
        }
    }

    async fn an_unknown_tool_is_an_error_of_the_protocol(bridge) {
        for era in Era::ALL {
            for name in ["readPageByTitle", "health", "openapi", "", "no such tool", "../read_page", "Read_Page"] {
                let (status, error) = refused(&bridge, era, "tools/call", json!({"name": name, "arguments": {}})).await;
                assert_eq!((status, &error["code"]), (200, &json!(-32602)), "{name}: {error}");
                assert!(error["message"].as_str().is_some_and(|text| text.contains("Unknown tool")), "{error}");
            }
            for params in [json!({"name": "list_pages", "arguments": [1]}), json!({"arguments": {}}), json!({"name": 5})] {
                let (_, error) = refused(&bridge, era, "tools/call", params.clone()).await;
                assert!([json!(-32602), json!(-32020)].contains(&error["code"]), "{params}: {error}");
            }
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_failure_of_confluence_tells_how_long_to_wait_and_nothing_else_of_it(bridge) {
        bridge.simulator.script(Trouble::new(Fault::RetryAfterSeconds).wait(Duration::from_secs(3600)).forever());
        let failure = call(&bridge, Era::Modern, "read_page", json!({"title": "Event Bus"})).await;
        let failure = failure.expect_err("a refusal");
        assert!(failure.starts_with("RATE_LIMITED: "), "{failure}");
        assert!(failure.contains(" retryAfterSeconds: 3"), "{failure}");
        assert!(!failure.contains(&bridge.simulator.base_url()), "{failure}");
    }

    async fn arguments_may_be_left_out(bridge) {
        for params in [json!({"name": "list_pages"}), json!({"name": "list_pages", "arguments": null})] {
            let result = ask(&bridge, Era::Legacy, "tools/call", params).await;
            assert_eq!(result["isError"], false, "{result}");
        }
    }
}
