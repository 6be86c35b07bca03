//! The document is true: live answers match its schemas; and it suits every consumer we know.

use conflagent::config::Flavor;
use conflagent::describe::openapi::document;
use conflagent::operations::{CATALOG, Kind, Place};
use serde_json::{Value, json};

use crate::support::{Bridge, Product, on_both};

const FLAVORS: [Flavor; 3] = [Flavor::Default, Flavor::Read, Flavor::Upload];

/// Every operation object of a document, with its path and method.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            found.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    found
}

fn ids(document: &Value) -> Vec<String> {
    let id = |(_, _, operation): (String, String, Value)| {
        operation["operationId"].as_str().expect("an id").to_owned()
    };
    operations(document).into_iter().map(id).collect()
}

/// Holds an answer against the schema the document gives for its operation and status.
#[track_caller]
pub(crate) fn matches(document: &Value, id: &str, status: u16, answer: &Value) {
    let (_, _, operation) = operations(document)
        .into_iter()
        .find(|(_, _, operation)| operation["operationId"] == id)
        .expect(id);
    let range = if status == 200 {
        "200".to_owned()
    } else {
        format!("{}XX", status / 100)
    };
    let response = &operation["responses"][range];
    let of_this = &response["description"];
    let of_any = &document["components"]["schemas"]["Failure"]["description"];
    let said = [of_this, of_any].map(|said| said.as_str().expect("a description"));
    assert!(
        status == 200 || said.iter().any(|said| said.contains(&format!("{status} "))),
        "{id} does not document status {status}"
    );
    let schema = json!({
        "components": document["components"],
        "allOf": [response["content"]["application/json"]["schema"]]
    });
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let problems: Vec<String> = validator
        .iter_errors(answer)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{id} {status}: {problems:?}\n{answer}");
}

on_both! {
    async fn live_answers_match_the_document(bridge) {
        let document = bridge.send("GET", "/endpoint/wiki/openapi.json", None, None).await.json();
        for (id, method, path, body, status) in [
            ("listSubpages", "GET", "/pages", None, 200),
            ("getPageTree", "GET", "/pages/tree?depth=3", None, 200),
            ("getPageTree", "GET", "/pages/tree?depth=x", None, 400),
            ("getPageTree", "GET", "/pages/tree?startTitle=Nowhere", None, 404),
            ("readPageByTitle", "GET", "/pages/Event%20Bus", None, 200),
            ("readPageByTitle", "GET", "/pages/Nowhere", None, 404),
            ("listChildPages", "GET", "/pages/Architecture/children", None, 200),
            ("getParentPage", "GET", "/pages/Event%20Bus/parent", None, 200),
            ("getParentPage", "GET", "/pages/Platform%20Handbook/parent", None, 200),
            ("createPage", "POST", "/pages", Some(json!({"title": "New", "body": "x", "typo": 1})), 200),
            ("createPage", "POST", "/pages", Some(json!({"title": "New"})), 409),
            ("createPage", "POST", "/pages", Some(json!({})), 400),
            ("updatePageByTitle", "PUT", "/pages/New", Some(json!({"body": "y"})), 200),
            ("renamePage", "POST", "/pages/rename", Some(json!({"old_title": "New", "new_title": "Newer"})), 200),
            ("renamePage", "POST", "/pages/rename", Some(json!({"old_title": "Platform Handbook", "new_title": "x"})), 422),
            ("movePage", "POST", "/pages/Newer/move", Some(json!({"newParentTitle": "Operations"})), 200),
            ("movePage", "POST", "/pages/Newer/move", Some(json!({"newParentTitle": "Newer"})), 422),
            ("deletePageByTitle", "DELETE", "/pages/Newer", None, 200),
            ("deletePageByTitle", "DELETE", "/pages/Newer", None, 404),
            ("searchPages", "GET", "/pages/search?query=cache&limit=2", None, 200),
            ("searchPages", "GET", "/pages/search", None, 400),
            ("healthCheck", "GET", "/health", None, 200),
            ("getOpenAPISchema", "GET", "/openapi.json", None, 200),
        ] {
            let answer = bridge.call(method, path, body).await;
            assert_eq!(answer.status, status, "{id}: {}", answer.text);
            matches(&document, id, status, &answer.json());
        }
        let unauthorized = bridge.send("GET", "/endpoint/wiki/pages", None, None).await;
        matches(&document, "listSubpages", 401, &unauthorized.json());
    }
}

#[test]
fn documents_are_as_they_were() {
    for flavor in FLAVORS {
        let name = format!("openapi_{flavor:?}").to_lowercase();
        insta::assert_json_snapshot!(name, document(flavor, "https://wiki.example.com/endpoint/dev"));
    }
}

#[test]
fn flavors_show_what_they_offer() {
    let always = ["getOpenAPISchema", "healthCheck"];
    let read = [
        "listSubpages",
        "searchPages",
        "getPageTree",
        "readPageByTitle",
        "listChildPages",
        "getParentPage",
    ];
    let with = |more: &[&str]| {
        let mut all: Vec<String> = more.iter().chain(&always).map(ToString::to_string).collect();
        all.sort();
        all
    };
    let sorted = |flavor| {
        let mut ids = ids(&document(flavor, "https://x"));
        ids.sort();
        ids
    };
    assert_eq!(sorted(Flavor::Read), with(&read));
    assert_eq!(sorted(Flavor::Upload), with(&["createPage"]));
    let mut everything: Vec<&str> = read.to_vec();
    everything.extend([
        "createPage",
        "movePage",
        "updatePageByTitle",
        "deletePageByTitle",
        "renamePage",
    ]);
    assert_eq!(sorted(Flavor::Default), with(&everything));
}

#[test]
fn the_document_suits_every_consumer() {
    for flavor in FLAVORS {
        let document = document(flavor, "https://wiki.example.com/endpoint/dev");
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["servers"].as_array().map(Vec::len), Some(1));
        assert!(
            document.to_string().len() < 40_000,
            "{} bytes",
            document.to_string().len()
        );
        for (path, method, operation) in operations(&document) {
            let place = format!("{method} {path}");
            let characters = |field: &str| operation[field].as_str().expect(field).chars().count();
            assert!((1..=80).contains(&characters("summary")), "{place}");
            assert!(
                (1..=280).contains(&characters("description")),
                "{place}: {}",
                characters("description")
            );
            assert!(operation["x-openai-isConsequential"].is_boolean(), "{place}");
            assert!(operation["responses"]["200"].is_object(), "{place}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(
                    parameter["name"].is_string() && parameter.get("$ref").is_none(),
                    "{place}"
                );
                assert!(
                    parameter["description"]
                        .as_str()
                        .is_some_and(|text| text.len() <= 700),
                    "{place}"
                );
            }
            let body = operation["requestBody"].to_string();
            for union in ["oneOf", "anyOf", "allOf", "$ref", "nullable"] {
                assert!(
                    !body.contains(&format!("\"{union}\"")),
                    "{place} has {union} in its body"
                );
            }
        }
        plain(&document, "#");
    }
}

/// No type arrays, and properties on every object schema.
fn plain(value: &Value, place: &str) {
    match value {
        Value::Object(members) => {
            if let Some(kind) = members.get("type") {
                assert!(!kind.is_array(), "{place} has several types");
                if kind == "object" {
                    assert!(
                        members.contains_key("properties"),
                        "{place} is an object without properties"
                    );
                }
            }
            for (name, member) in members {
                plain(member, &format!("{place}/{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| plain(item, place)),
        _ => {}
    }
}

#[test]
fn the_catalog_keeps_its_own_rules() {
    let mut names = std::collections::BTreeSet::new();
    for operation in CATALOG {
        assert!(
            names.insert(operation.id) && names.insert(operation.name),
            "{} is there twice",
            operation.id
        );
        assert!(operation.id.chars().all(|c| c.is_ascii_alphanumeric()) && operation.id.len() <= 64);
        assert!(operation.name.len() <= 40);
        assert_eq!(
            operation.path.contains("{title}"),
            operation.parameters_in(Place::Path).count() == 1
        );
        assert_eq!(operation.is_open(), operation.run.is_none(), "{}", operation.id);
        let mut parameters = std::collections::BTreeSet::new();
        for parameter in operation.parameters {
            assert!(
                parameters.insert(parameter.name),
                "{} has two {}",
                operation.id,
                parameter.name
            );
            assert!(!parameter.description.is_empty() && parameter.description.len() <= 700);
            if let Kind::Choice(words) = parameter.kind {
                assert!(!words.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn the_document_can_be_had_in_3_0() {
    let bridge = Bridge::start(Product::Cloud).await;
    let document = |query: &str| {
        let path = format!("/endpoint/wiki/openapi.json{query}");
        let bridge = &bridge;
        async move { bridge.send("GET", &path, None, None).await }
    };
    let mut newer = document("").await.json();
    assert_eq!(document("?openapi=3.1").await.json(), newer);
    let older = document("?openapi=3.0").await.json();
    assert_eq!(older["openapi"], "3.0.3");
    newer["openapi"] = json!("3.0.3");
    newer["info"]["license"] = json!({"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"});
    assert_eq!(older, newer);
    // What 3.0 lacks and nothing may use: it has neither these keywords nor siblings of references.
    let text = older.to_string();
    for keyword in [
        "const",
        "examples",
        "$defs",
        "prefixItems",
        "exclusiveMinimum",
        "if",
        "null",
    ] {
        assert!(!text.contains(&format!("\"{keyword}\":")), "{keyword}");
    }
    document("?openapi=2.0")
        .await
        .fails(400, "INVALID_INPUT", "openapi must be one of: 3.1, 3.0");
}

#[tokio::test]
async fn the_server_is_the_public_address() {
    let bridge = Bridge::with(
        Product::Cloud,
        |_| {},
        |config| config.public_url = Some("https://wiki.example.com/agents/".parse().expect("a URL")),
    )
    .await;
    let document = bridge
        .send("GET", "/endpoint/wiki/openapi.json", None, None)
        .await
        .json();
    assert_eq!(
        document["servers"],
        json!([{"url": "https://wiki.example.com/agents/endpoint/wiki", "description": "This endpoint"}])
    );
}

#[tokio::test]
async fn forwarded_headers_count_only_from_trusted_proxies() {
    let forwarded = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "wiki.example.com"),
    ];
    for (trusted, expected) in [
        ("127.0.0.0/8", "https://wiki.example.com/endpoint/wiki"),
        ("10.0.0.0/8", ""),
    ] {
        let bridge = Bridge::tuned(
            Product::Cloud,
            |_| {},
            |_| {},
            |settings| settings.trusted_proxies = vec![trusted.parse().expect("a range")],
        )
        .await;
        let document = bridge
            .send_with("/endpoint/wiki/openapi.json", &forwarded)
            .await
            .json();
        let own = format!("{}/endpoint/wiki", bridge.base());
        assert_eq!(
            document["servers"][0]["url"],
            if expected.is_empty() {
                own.as_str()
            } else {
                expected
            }
        );
    }
}
