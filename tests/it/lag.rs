//! A Confluence that does not know a page yet which it has just created.

use std::time::Duration;

use conflagent::simulator::{self, Fault, Trouble};
use serde_json::{Value, json};

use crate::support::{Bridge, Product, on_each};

/// With reads and lists that show a new page only after this long.
async fn lagging(product: Product, lag: Duration) -> Bridge {
    let slow = |options: &mut simulator::Options| options.knobs.create_lag = lag;
    Bridge::with(product, slow, |_| {}).await
}

/// Creates a page below `Operations`, and at once does something with it, which is denied at first; `hold` judges the
/// data of that.
async fn at_once(method: &str, path: &str, body: Value, hold: impl Fn(Value)) {
    on_each(async |product| {
        let bridge = Bridge::start(product).await;
        let create = json!({"title": "Runbook", "body": "# Steps", "parentTitle": "Operations"});
        let created = bridge.post("/pages", create).await.data();
        let id = created["id"].as_str().expect("an id");
        bridge
            .simulator
            .script(Trouble::new(Fault::NotYetVisible).method("GET").path(id).times(2));
        let body = body.is_object().then(|| body.clone());
        let mut data = bridge.call(method, &path.replace("{id}", id), body).await.data();
        assert!(
            bridge.simulator.pending_script().is_empty(),
            "it was not denied twice"
        );
        if data.get("id").is_some_and(|other| other == id) {
            data["id"] = json!("the same");
        }
        hold(data);
    })
    .await;
}

#[tokio::test]
async fn a_new_page_is_read_by_title_path_and_id_at_once() {
    for path in ["/pages/Runbook", "/pages/Operations/Runbook", "/pages/id:{id}"] {
        at_once("GET", path, Value::Null, |data| {
            assert_eq!(data["body"], "<h1>Steps</h1>", "{path}: {data}");
            assert_eq!(data["id"], "the same");
        })
        .await;
    }
}

#[tokio::test]
async fn a_new_page_is_a_place_for_others_at_once() {
    let below = json!({"title": "Step one", "parentTitle": "Runbook"});
    at_once("POST", "/pages", below, |data| {
        assert_eq!(data["path"], "Operations/Runbook/Step one");
    })
    .await;
    let below = json!({"newParentTitle": "Operations/Runbook"});
    at_once("POST", "/pages/Event%20Bus/move", below, |data| {
        assert_eq!(data["path"], "Operations/Runbook/Event Bus");
    })
    .await;
}

#[tokio::test]
async fn a_new_page_is_written_at_once() {
    at_once(
        "PUT",
        "/pages/Runbook",
        json!({"body": "# Other steps"}),
        |data| {
            assert_eq!(
                (&data["id"], &data["version"], &data["changed"]),
                (&json!("the same"), &json!(2), &json!(true))
            );
        },
    )
    .await;
    let rename = json!({"old_title": "Runbook", "new_title": "Handbook"});
    at_once("POST", "/pages/rename", rename, |data| {
        assert_eq!(
            (&data["id"], &data["path"]),
            (&json!("the same"), &json!("Operations/Handbook"))
        );
    })
    .await;
    at_once("DELETE", "/pages/Runbook", Value::Null, |data| {
        assert_eq!(
            (&data["id"], &data["changed"]),
            (&json!("the same"), &json!(true))
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_page_has_its_parent_at_once() {
    at_once("GET", "/pages/Runbook/parent", Value::Null, |data| {
        assert_eq!(data["title"], "Operations");
    })
    .await;
}

#[tokio::test]
async fn a_new_page_is_listed_at_once_though_confluence_does_not_list_it() {
    on_each(async |product| {
        let bridge = lagging(product, Duration::from_secs(3600)).await;
        let create = json!({"title": "Runbook", "parentTitle": "Operations"});
        bridge.post("/pages", create).await.data();
        let listed = bridge.get("/pages").await.data();
        let listed = listed.as_array().expect("a list");
        assert!(listed.contains(&json!("Operations/Runbook")), "{listed:?}");
        let children = bridge.get("/pages/Operations/children").await.data();
        assert!(children.to_string().contains("\"Runbook\""), "{children}");
    })
    .await;
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_found_though_it_does_not_show_yet() {
    on_each(async |product| {
        let bridge = lagging(product, Duration::from_millis(150)).await;
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
    })
    .await;
}

#[tokio::test]
async fn a_repeat_finds_the_page_of_the_first_though_it_does_not_show_yet() {
    on_each(async |product| {
        let bridge = lagging(product, Duration::from_millis(150)).await;
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
    })
    .await;
}
