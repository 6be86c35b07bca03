//! Users and groups: who may ask, who is found, and who is taken out of what.

mod find;
mod lists;
mod policy;
mod remove;

use conflagent::config::DirectoryAccess;
use serde_json::{Value, json};

use crate::doors::Door;
use crate::support::{Answer, Bridge, Product};

/// The demo's wiki, with the directory switched on.
async fn open(product: Product) -> Bridge {
    Bridge::with(
        product,
        |_| {},
        |config| config.directory = DirectoryAccess::Admin,
    )
    .await
}

/// Asks an operation by its tool name, over its own route.
async fn ask(bridge: &Bridge, tool: &str, arguments: Value) -> Answer {
    Door::Route.ask(bridge, tool, &arguments).await
}

/// Who is found, by name.
async fn found(bridge: &Bridge, query: &str) -> Vec<String> {
    names(&ask(bridge, "find_users", json!({ "query": query })).await.data())
}

fn names(rows: &Value) -> Vec<String> {
    let rows = rows.as_array().expect("a list");
    rows.iter()
        .map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect()
}

/// The id of a user as callers see it.
fn id_of(bridge: &Bridge, name: &str) -> String {
    match bridge.product {
        Product::Cloud => bridge.simulator.account_id(name),
        Product::DataCenter => name.to_owned(),
    }
}

/// Everything of a list that comes in parts, and how many parts there were.
async fn whole(bridge: &Bridge, tool: &str, arguments: &Value) -> (Vec<String>, usize) {
    let mut arguments = arguments.clone();
    let (mut all, mut parts) = (Vec::new(), 0);
    loop {
        let answer = ask(bridge, tool, arguments.clone()).await;
        all.extend(names(&answer.data()));
        parts += 1;
        assert!(parts < 100, "no end of parts");
        let json = answer.json();
        assert_eq!(json["complete"], json.get("nextCursor").is_none());
        match json.get("nextCursor") {
            Some(cursor) => arguments["cursor"] = cursor.clone(),
            None => return (all, parts),
        }
    }
}
