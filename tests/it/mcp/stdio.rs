//! `conflagent mcp`: the same over standard input and output.

use std::collections::BTreeMap;

use conflagent::simulator::{self, Simulator};
use serde_json::{Value, json};

use super::{Era, ask, outcome};
use crate::process::{Ended, Folder, properties, run_on};
use crate::support::{Bridge, Product};

const PRODUCTS: [Product; 2] = [Product::Cloud, Product::DataCenter];

/// Gives these messages to the program, and waits until it ends, which it does with its input.
async fn told(folder: &Folder, messages: &[Value]) -> Ended {
    let lines: Vec<String> = messages.iter().map(Value::to_string).collect();
    let input = lines.join(
        "
",
    ) + "
";
    run_on(&["mcp", "wiki", "--config-dir", folder.text()], input.as_bytes()).await
}

/// What was answered, by the id of the request.
fn answers(ended: &Ended) -> BTreeMap<u64, Value> {
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let lines = ended.out.lines().map(|line| {
        let answer: Value = serde_json::from_str(line).expect("nothing but messages");
        (answer["id"].as_u64().expect("an id"), answer)
    });
    lines.collect()
}

async fn stage(product: Product) -> (Simulator, Folder) {
    let options = simulator::Options::new(product.simulated());
    let simulator = simulator::start(options).await.expect("a free port");
    let folder = Folder::new();
    folder.write("conflagent.wiki.properties", &properties(product, &simulator));
    (simulator, folder)
}

/// Messages with ids from 1 on, as a client of this generation sends them.
fn session(era: Era, asked: &[(&str, Value)]) -> Vec<Value> {
    let mut messages = Vec::new();
    if era == Era::Legacy {
        let params = json!({
            "protocolVersion": era.version(), "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"},
        });
        let mut first = era.message("initialize", params);
        first["id"] = json!(0);
        messages.push(first);
        messages.push(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    } else {
        let mut first = era.message("server/discover", json!({}));
        first["id"] = json!(0);
        messages.push(first);
    }
    for (id, (method, params)) in (1..).zip(asked) {
        let mut message = era.message(method, params.clone());
        message["id"] = json!(id);
        messages.push(message);
    }
    messages
}

#[tokio::test]
async fn a_local_client_of_either_generation_is_served() {
    for product in PRODUCTS {
        let over_http = ask(
            &Bridge::start(product).await,
            Era::Legacy,
            "tools/list",
            json!({}),
        )
        .await;
        for era in Era::ALL {
            let (simulator, folder) = stage(product).await;
            let read = json!({"name": "read_page", "arguments": {"title": "Event Bus"}});
            let absent = json!({"name": "read_page", "arguments": {"title": "Nowhere"}});
            let create = json!({"name": "create_page", "arguments": {"title": "From afar", "body": "x"}});
            let asked = [
                ("tools/list", json!({})),
                ("tools/call", read),
                ("tools/call", absent),
                ("tools/call", create),
                ("prompts/list", json!({})),
            ];
            let ended = told(&folder, &session(era, &asked)).await;
            let answers = answers(&ended);
            assert_eq!(answers.len(), 6, "{}", ended.out);
            let instructions = answers[&0]["result"]["instructions"]
                .as_str()
                .expect("instructions");
            assert!(instructions.contains("Platform Handbook"), "{instructions}");
            assert_eq!(answers[&1]["result"]["tools"], over_http["tools"]);
            let result = |id: u64| outcome(&answers[&id]["result"]);
            assert_eq!(result(2).expect("a page")["title"], "Event Bus");
            assert!(result(3).expect_err("no page").starts_with("NOT_FOUND: "));
            assert_eq!(result(4).expect("created")["title"], "From afar");
            assert_eq!(answers[&5]["error"]["code"], -32601);
            assert!(simulator.page_titled("From afar").is_some());
            for part in [
                "operation=\"read_page\"",
                "endpoint=\"wiki\"",
                "code=\"NOT_FOUND\"",
                "upstream_calls=",
            ] {
                assert!(ended.log.contains(part), "{part}: {}", ended.log);
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_or_nonsense_ends_well() {
    let (simulator, folder) = stage(Product::Cloud).await;
    let ended = told(&folder, &[]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.log);
    let arguments = ["mcp", "wiki", "--config-dir", folder.text()];
    let nonsense = run_on(&arguments, b"hello\n\n{\n").await;
    assert_eq!(
        (nonsense.code, nonsense.out.as_str()),
        (Some(0), ""),
        "{}",
        nonsense.log
    );
    assert!(simulator.requests().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_told() {
    let (_simulator, folder) = stage(Product::Cloud).await;
    for name in [&["nobody"][..], &["no/name"], &[]] {
        let arguments = [&["mcp", "--config-dir", folder.text()], name].concat();
        let ended = run_on(&arguments, b"").await;
        assert_eq!(
            (ended.code, ended.out.as_str()),
            (Some(1), ""),
            "{name:?}: {}",
            ended.log
        );
        assert!(ended.log.starts_with("conflagent: "), "{}", ended.log);
    }
}
