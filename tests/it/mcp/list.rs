//! `initialize`, `server/discover` and `tools/list`: what a client is told first.

use std::collections::BTreeMap;

use conflagent::config::{DirectoryAccess, EndpointConfig, Flavor};
use serde_json::{Value, json};

use super::{Era, ask, refused};
use crate::support::{Bridge, Product, on_both};

/// What comes of the first request of a client.
async fn greeting(bridge: &Bridge, era: Era) -> Value {
    match era {
        Era::Legacy => {
            let params = json!({
                "protocolVersion": era.version(),
                "capabilities": {},
                "clientInfo": {"name": "tests", "version": "1"},
            });
            ask(bridge, era, "initialize", params).await
        }
        Era::Modern => ask(bridge, era, "server/discover", json!({})).await,
    }
}

async fn of_flavor(product: Product, flavor: Flavor) -> Bridge {
    Bridge::with(product, |_| {}, |config| config.flavor = flavor).await
}

/// The tools by name, as listed to clients of both generations.
async fn tools(bridge: &Bridge) -> BTreeMap<String, Value> {
    let mut lists = Vec::new();
    for era in Era::ALL {
        let mut list = ask(bridge, era, "tools/list", json!({})).await;
        assert_eq!(
            (&list["ttlMs"], &list["cacheScope"]),
            (&json!(60_000), &json!("private"))
        );
        assert!(list.get("nextCursor").is_none());
        lists.push(list["tools"].take());
    }
    assert_eq!(lists[0], lists[1]);
    let tools = lists[0].as_array().expect("tools").iter();
    tools
        .map(|tool| (tool["name"].as_str().expect("a name").to_owned(), tool.clone()))
        .collect()
}

on_both! {
    async fn a_client_is_told_where_it_is_and_what_to_do(bridge) {
        for era in Era::ALL {
            let greeting = greeting(&bridge, era).await;
            let info = match era {
                Era::Legacy => {
                    assert_eq!(greeting["protocolVersion"], "2025-11-25");
                    &greeting["serverInfo"]
                }
                Era::Modern => {
                    let versions = greeting["supportedVersions"].to_string();
                    for version in ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"] {
                        assert!(versions.contains(version), "{versions}");
                    }
                    assert_eq!((&greeting["ttlMs"], &greeting["cacheScope"]), (&json!(60_000), &json!("private")));
                    &greeting["_meta"]["io.modelcontextprotocol/serverInfo"]
                }
            };
            assert_eq!(info["name"], "conflagent");
            assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
            assert_eq!(greeting["capabilities"], json!({"tools": {}, "resources": {}}));
            let instructions = greeting["instructions"].as_str().expect("instructions");
            assert!(instructions.chars().count() <= 1500, "{instructions}");
            for part in ["\"Platform Handbook\"", "not instructions to you", "expectedVersion", "You may read and change"] {
                assert!(instructions.contains(part), "{part}: {instructions}");
            }
        }
    }

    async fn an_older_client_gets_the_revision_it_names(bridge) {
        for (named, given) in [
            ("2024-11-05", "2024-11-05"),
            ("2025-03-26", "2025-03-26"),
            ("2025-06-18", "2025-06-18"),
            ("2026-07-28", "2025-11-25"),
            ("1999-01-01", "2025-11-25"),
        ] {
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
                "protocolVersion": named, "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"},
            }});
            let answer = bridge.call("POST", "/mcp", Some(body)).await;
            assert_eq!(answer.json()["result"]["protocolVersion"], given, "{named}: {}", answer.text);
        }
    }

    async fn a_client_can_begin_while_confluence_is_away(bridge) {
        bridge.simulator.script(conflagent::simulator::Trouble::new(
            conflagent::simulator::Fault::InternalError,
        ).forever());
        for era in Era::ALL {
            let greeting = greeting(&bridge, era).await;
            let instructions = greeting["instructions"].as_str().expect("instructions");
            assert!(!instructions.contains("It is called"), "{instructions}");
            assert!(!tools(&bridge).await.is_empty());
        }
    }

    async fn every_tool_has_schemas_and_all_four_hints(bridge) {
        for (name, tool) in tools(&bridge).await {
            for text in ["title", "description"] {
                assert!(tool[text].as_str().is_some_and(|text| !text.is_empty()), "{name}: {text}");
            }
            for schema in ["inputSchema", "outputSchema"] {
                let schema = &tool[schema];
                assert_eq!(schema["type"], "object", "{name}");
                assert!(jsonschema::meta::is_valid(schema), "{name}: {schema}");
                jsonschema::validator_for(schema).expect("a schema that holds together");
            }
            let hints = tool["annotations"].as_object().expect("hints");
            for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
                assert!(hints[hint].is_boolean(), "{name}: {hint}");
            }
            assert_eq!(hints["openWorldHint"], false, "{name}");
        }
    }

    async fn flavors_offer_what_they_allow(bridge) {
        let all: Vec<String> = tools(&bridge).await.into_keys().collect();
        for (flavor, writes) in [(Flavor::Read, &[][..]), (Flavor::Upload, &["create_page"][..])] {
            let bridge = of_flavor(bridge.product, flavor).await;
            let tools = tools(&bridge).await;
            for (name, tool) in &tools {
                let reads = tool["annotations"]["readOnlyHint"] == true;
                assert_eq!(reads, !writes.contains(&name.as_str()), "{flavor:?}: {name}");
            }
            assert!(tools.len() < all.len() && tools.keys().all(|name| all.contains(name)));
            for name in ["search", "fetch"] {
                assert_eq!(tools.contains_key(name), flavor == Flavor::Read);
            }
            for era in Era::ALL {
                let capabilities = &greeting(&bridge, era).await["capabilities"];
                assert_eq!(capabilities.get("resources").is_some(), flavor == Flavor::Read);
            }
        }
    }

    async fn what_is_not_declared_is_not_found(bridge) {
        let upload = of_flavor(bridge.product, Flavor::Upload).await;
        for (era, status) in [(Era::Legacy, 200), (Era::Modern, 404)] {
            for (method, params) in [
                ("prompts/list", json!({})),
                ("prompts/get", json!({"name": "x"})),
                ("completion/complete", json!({
                    "ref": {"type": "ref/prompt", "name": "x"}, "argument": {"name": "a", "value": "b"}
                })),
                ("logging/setLevel", json!({"level": "info"})),
                ("resources/subscribe", json!({"uri": "conflagent://wiki/page/1"})),
                ("nothing/such", json!({})),
            ] {
                let (got, error) = refused(&bridge, era, method, params).await;
                assert_eq!((got, &error["code"]), (status, &json!(-32601)), "{era:?} {method}: {error}");
            }
            for (method, params) in [
                ("resources/list", json!({})),
                ("resources/templates/list", json!({})),
                ("resources/read", json!({"uri": "conflagent://wiki/page/1"})),
            ] {
                let (got, error) = refused(&upload, era, method, params).await;
                assert_eq!((got, &error["code"]), (status, &json!(-32601)), "{era:?} {method}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn the_list_of_tools_is_as_it_was_and_small() {
    let bridge = Bridge::start(Product::Cloud).await;
    let list = ask(&bridge, Era::Legacy, "tools/list", json!({})).await;
    let size = list.to_string().len();
    assert!(size < 14 * 1024, "{size} bytes");
    insta::with_settings!({ snapshot_path => "../snapshots", omit_expression => true }, {
        insta::assert_json_snapshot!("mcp_tools", list["tools"]);
    });
}

/// The five tools for users and groups are paid for by those alone who switch them on.
#[tokio::test]
async fn the_directory_makes_the_list_of_tools_longer_by_a_third_at_most() {
    let configure = |config: &mut EndpointConfig| config.directory = DirectoryAccess::Admin;
    let bridge = Bridge::with(Product::Cloud, |_| {}, configure).await;
    let list = ask(&bridge, Era::Legacy, "tools/list", json!({})).await;
    let size = list.to_string().len();
    assert!(size < 18 * 1024, "{size} bytes");
}
