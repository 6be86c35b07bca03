//! Clients who hang up, and what the log says of those who do and those who do not.

use conflagent::simulator::{Fault, Trouble};
use serde_json::{Value, json};

use super::Era;
use crate::lifecycle::{PRODUCTS, Stage, slow_to_list};
use crate::process::until;
use crate::support::Product;

/// A call of a tool as a request body that needs no headers.
fn call(tool: &str, arguments: &Value) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    Era::Legacy.message("tools/call", params).to_string()
}

#[tokio::test]
async fn a_read_ends_with_its_client() {
    for product in PRODUCTS {
        let stage = Stage::set(product, slow_to_list, &[]).await;
        let mut client = stage.caller().await;
        client
            .ask("POST", "/mcp", &call("get_page_tree", &json!({"depth": 1})))
            .await;
        until("two calls upstream", || stage.simulator.requests().len() >= 2).await;
        drop(client);
        let line = stage.serving.process.logged("hung_up=true").await;
        assert!(
            line.contains("get_page_tree") && !line.contains("status="),
            "{line}"
        );
        // The same once more takes as many calls as the other one would have, if it went on.
        stage.serving.get("/pages/tree?depth=1").await.data();
        let line = stage.serving.process.logged("status=200").await;
        let whole: usize = line
            .split_once("upstream_calls=")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
            .expect("a number of calls");
        let broken_off = stage.simulator.requests().len() - whole;
        assert!(whole >= 8, "{whole} calls are too few to tell");
        assert!(broken_off <= whole / 2, "{broken_off} of {whole} calls");
    }
}

#[tokio::test]
async fn a_write_goes_on_without_its_client() {
    for product in PRODUCTS {
        let stage = Stage::slow(product, &[]).await;
        let mut client = stage.caller().await;
        let update = call("update_page", &json!({"title": "Event Bus", "body": "written"}));
        client.ask("POST", "/mcp", &update).await;
        stage.asked().await;
        drop(client);
        until("the write to be done", || {
            let page = stage.simulator.page_titled("Event Bus").expect("seeded");
            page.body == "<p>written</p>"
        })
        .await;
        let line = stage.serving.process.logged("hung_up=true").await;
        for part in [
            "update_page",
            "status=200",
            "upstream_calls=",
            "endpoint=\"wiki\"",
        ] {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
}

#[tokio::test]
async fn each_request_has_one_line_which_names_tool_and_endpoint() {
    let stage = Stage::set(Product::Cloud, |_| {}, &["--log-format", "json"]).await;
    let ask = async |body: String| {
        let body = serde_json::from_str(&body).expect("JSON");
        let answer = stage.serving.post("/mcp", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.header("x-request-id").expect("an id").to_owned()
    };
    let good = ask(call("read_page", &json!({"title": "Event Bus"}))).await;
    let calls = stage.simulator.requests().len();
    let absent = ask(call("read_page", &json!({"title": "A secret title"}))).await;
    let unknown = ask(call("no_such_tool", &json!({"title": "A secret title"}))).await;
    let list = ask(Era::Legacy.message("tools/list", json!({})).to_string()).await;
    stage
        .simulator
        .script(Trouble::new(Fault::BadGateway).method("PUT").forever());
    let failed = ask(call(
        "update_page",
        &json!({"title": "Event Bus", "body": "A secret body"}),
    ))
    .await;
    let log = stage.serving.stopped().await.log;
    assert!(!log.contains("A secret"), "{log}");

    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    for line in &lines {
        let target = line["target"].as_str().expect("a target");
        assert!(target.starts_with("conflagent"), "other people's words: {line}");
    }
    for (id, operation, code, level) in [
        (&good, json!("read_page"), json!("OK"), "INFO"),
        (&absent, json!("read_page"), json!("NOT_FOUND"), "INFO"),
        (&unknown, Value::Null, Value::Null, "INFO"),
        (&list, json!("tools/list"), json!("OK"), "INFO"),
        (&failed, json!("update_page"), json!("UPSTREAM_ERROR"), "ERROR"),
    ] {
        let own: Vec<&Value> = lines
            .iter()
            .filter(|line| line["spans"][0]["request_id"] == id.as_str())
            .collect();
        assert_eq!(own.len(), 1, "{own:?}");
        let line = own[0];
        assert_eq!((&line["operation"], &line["code"]), (&operation, &code), "{line}");
        assert_eq!(
            (&line["endpoint"], &line["status"]),
            (&json!("wiki"), &json!(200)),
            "{line}"
        );
        assert_eq!(line["level"], level, "{line}");
        if *id == good {
            assert_eq!(line["upstream_calls"], calls, "{line}");
        }
        if *id == failed {
            let cause = line["cause"].as_str().expect("a cause");
            assert!(cause.contains("page.update") && cause.contains("502"), "{cause}");
        }
    }
}
