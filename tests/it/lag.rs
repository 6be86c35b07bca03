//! A Confluence that does not know a page yet which it has just created.

use std::time::Duration;

use conflagent::simulator::{self, Fault, Trouble};
use serde_json::{Value, json};

use crate::support::{Bridge, Product};

const PRODUCTS: [Product; 2] = [Product::Cloud, Product::DataCenter];

/// With reads that find a new page only after a while.
async fn lagging(product: Product) -> Bridge {
    let slow = |options: &mut simulator::Options| options.knobs.create_lag = Duration::from_millis(400);
    Bridge::with(product, slow, |_| {}).await
}

/// Creates a page below `Operations`, and at once does something with it. Answers the data of that. Confluence must
/// have denied the page in between, unless only others were asked for.
async fn at_once(method: &str, path: &str, body: Value) -> Vec<Value> {
    let mut answers = Vec::new();
    for product in PRODUCTS {
        println!("on {product:?}");
        let bridge = lagging(product).await;
        let create = json!({"title": "Runbook", "body": "# Steps", "parentTitle": "Operations"});
        let created = bridge.post("/pages", create).await.data();
        let id = created["id"].as_str().expect("an id");
        let body = body.is_object().then(|| body.clone());
        let mut data = bridge.call(method, &path.replace("{id}", id), body).await.data();
        if data.get("id").is_some_and(|other| other == id) {
            data["id"] = json!("the same");
        }
        let requests = bridge.simulator.requests();
        let denied = requests.iter().any(|request| request.status == Some(404));
        assert!(
            denied || path == "/pages" || path.ends_with("/children"),
            "{path}"
        );
        answers.push(data);
    }
    answers
}

#[tokio::test]
async fn a_new_page_is_read_by_title_path_and_id_at_once() {
    for path in ["/pages/Runbook", "/pages/Operations/Runbook", "/pages/id:{id}"] {
        for data in at_once("GET", path, Value::Null).await {
            assert_eq!(data["body"], "<h1>Steps</h1>", "{path}: {data}");
            assert_eq!(data["id"], "the same");
        }
    }
}

#[tokio::test]
async fn a_new_page_is_a_place_for_others_at_once() {
    let below = json!({"title": "Step one", "parentTitle": "Runbook"});
    for data in at_once("POST", "/pages", below).await {
        assert_eq!(data["path"], "Operations/Runbook/Step one");
    }
    let below = json!({"newParentTitle": "Operations/Runbook"});
    for data in at_once("POST", "/pages/Event%20Bus/move", below).await {
        assert_eq!(data["path"], "Operations/Runbook/Event Bus");
    }
}

#[tokio::test]
async fn a_new_page_is_written_at_once() {
    for data in at_once("PUT", "/pages/Runbook", json!({"body": "# Other steps"})).await {
        assert_eq!(
            (&data["id"], &data["version"], &data["changed"]),
            (&json!("the same"), &json!(2), &json!(true))
        );
    }
    let rename = json!({"old_title": "Runbook", "new_title": "Handbook"});
    for data in at_once("POST", "/pages/rename", rename).await {
        assert_eq!(
            (&data["id"], &data["path"]),
            (&json!("the same"), &json!("Operations/Handbook"))
        );
    }
    for data in at_once("DELETE", "/pages/Runbook", Value::Null).await {
        assert_eq!(
            (&data["id"], &data["changed"]),
            (&json!("the same"), &json!(true))
        );
    }
}

#[tokio::test]
async fn a_new_page_is_listed_at_once() {
    for data in at_once("GET", "/pages", Value::Null).await {
        let listed = data.as_array().expect("a list");
        assert!(listed.contains(&json!("Operations/Runbook")), "{data}");
    }
    for data in at_once("GET", "/pages/Operations/children", Value::Null).await {
        assert!(data.to_string().contains("\"Runbook\""), "{data}");
    }
    for data in at_once("GET", "/pages/Runbook/parent", Value::Null).await {
        assert_eq!(data["title"], "Operations");
    }
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_found_though_it_does_not_show_yet() {
    for product in PRODUCTS {
        let bridge = lagging(product).await;
        bridge
            .simulator
            .script(Trouble::new(Fault::CutAfter).method("POST"));
        let data = bridge.post("/pages", json!({"title": "Runbook"})).await.data();
        let page = bridge.simulator.page_titled("Runbook").expect("created");
        assert_eq!(
            (&data["id"], &data["changed"]),
            (&json!(page.id), &json!(true)),
            "{product:?}"
        );
    }
}

#[tokio::test]
async fn a_repeat_finds_the_page_of_the_first_though_it_does_not_show_yet() {
    for product in PRODUCTS {
        let bridge = lagging(product).await;
        let create = json!({"title": "Runbook", "body": "# Steps"});
        let first = bridge.post("/pages", create.clone()).await.data();
        let mut again = create;
        again["clientRequestId"] = json!("unknown to the first");
        let second = bridge.post("/pages", again).await.data();
        assert_eq!(
            (&second["id"], &second["changed"]),
            (&first["id"], &json!(false)),
            "{product:?}"
        );
    }
}
