//! A page that is not there, and what its caller may have meant.

use std::time::Duration;

use serde_json::{Value, json};

use crate::mcp::{self, Era};
use crate::support::{Answer, Bridge, Product, encoded, on_both};

async fn read(bridge: &Bridge, title: &str) -> Answer {
    bridge.get(&format!("/pages/{}", encoded(title))).await
}

fn suggested(answer: &Answer) -> Value {
    assert_eq!(answer.status, 404, "{}", answer.text);
    answer.json().get("suggestions").cloned().unwrap_or_default()
}

on_both! {
    async fn misspelt_titles_and_paths_are_told_the_right_ones(bridge) {
        bridge.get("/pages").await.data();
        for (asked, meant) in [
            ("Cachng Architecture", "Architecture/Caching Architecture"),
            ("caching_architecture", "Architecture/Caching Architecture"),
            ("Event-Bus", "Architecture/Event Bus"),
            ("Architecture/Event Buss", "Architecture/Event Bus"),
            ("Onboarding/Event Bus", "Architecture/Event Bus"),
            ("Nowhere/Evnt Bus", "Architecture/Event Bus"),
            ("Platform Handbok", "Platform Handbook"),
        ] {
            let answer = read(&bridge, asked).await;
            assert_eq!(suggested(&answer)[0], meant, "{asked}");
            let page = read(&bridge, meant).await;
            assert_eq!(page.status, 200, "{meant}");
            assert_eq!(answer.json()["retryable"], false);
        }
        assert_eq!(suggested(&read(&bridge, "Quokka").await), Value::Null);
        assert_eq!(suggested(&read(&bridge, "id:999999999").await), Value::Null);
    }

    async fn every_page_of_an_operation_has_suggestions(bridge) {
        bridge.get("/pages").await.data();
        let event_bus = json!("Architecture/Event Bus");
        for (answer, meant) in [
            (bridge.post("/pages/Evnt%20Bus/move", json!({"newParentTitle": "Operations"})).await, &event_bus),
            (bridge.post("/pages/Operations/move", json!({"newParentTitle": "Evnt Bus"})).await, &event_bus),
            (bridge.post("/pages", json!({"title": "New", "parentTitle": "Evnt Bus"})).await, &event_bus),
            (bridge.post("/pages/rename", json!({"old_title": "Evnt Bus", "new_title": "New"})).await, &event_bus),
            (bridge.put("/pages/Evnt%20Bus", json!({"body": "x"})).await, &event_bus),
            (bridge.delete("/pages/Evnt%20Bus").await, &event_bus),
            (bridge.get("/pages/tree?startTitle=Evnt%20Bus").await, &event_bus),
            (bridge.post("/tools/read_page", json!({"title": "Evnt Bus"})).await, &event_bus),
        ] {
            assert_eq!(&suggested(&answer)[0], meant, "{}", answer.text);
        }
        assert_eq!(bridge.upstream_writes(), 0);
        let told = mcp::call(&bridge, Era::Modern, "read_page", json!({"title": "Evnt Bus"})).await;
        let told = told.expect_err("not there");
        assert!(told.contains("suggestions: [\"Architecture/Event Bus\""), "{told}");
    }

    async fn nothing_outside_the_sandbox_is_ever_suggested(bridge) {
        bridge.get("/pages").await.data();
        let secret = "Salary Bands";
        assert!(bridge.simulator.page_titled(secret).is_some());
        for asked in [secret, "Salary Band", "salary-bands", "Platform Handbook/Salary Bands"] {
            let answer = read(&bridge, asked).await;
            let told = answer.json()["hint"].to_string() + &suggested(&answer).to_string();
            assert!(!told.contains(secret), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn suggestions_cost_nothing_and_are_no_older_than_a_listing() {
    for product in [Product::Cloud, Product::DataCenter] {
        let bridge = Bridge::start(product).await;
        // Without a listing at hand there are none, and none is made for them.
        assert_eq!(suggested(&read(&bridge, "Evnt Bus").await), Value::Null);
        bridge.get("/pages").await.data();
        bridge.simulator.reset_log();
        assert_eq!(suggested(&read(&bridge, "Quokka").await), Value::Null);
        let without = bridge.upstream_calls();
        bridge.simulator.reset_log();
        assert_eq!(
            suggested(&read(&bridge, "Evnt Bus").await)[0],
            "Architecture/Event Bus"
        );
        assert_eq!(bridge.upstream_calls(), without);
        crate::support::pass(Duration::from_secs(3600)).await;
        assert_eq!(suggested(&read(&bridge, "Evnt Bus").await), Value::Null);
    }
}

#[tokio::test]
async fn the_same_wrong_name_is_told_the_same() {
    let bridge = Bridge::start(Product::Cloud).await;
    bridge.get("/pages").await.data();
    let (one, other) = (
        read(&bridge, "Architectur").await,
        read(&bridge, "Architectur").await,
    );
    assert_eq!(suggested(&one), suggested(&other));
    assert!(suggested(&one).as_array().expect("some").len() <= 5);
}
