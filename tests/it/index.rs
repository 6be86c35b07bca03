//! Finding and listing without walking the tree each time: few calls, nothing stale that matters.

use std::time::Duration;

use conflagent::simulator::{Fault, Seed, Trouble};
use serde_json::{Value, json};

use crate::support::{Answer, Bridge, NOW, Product, on_both};

/// Runs one call and counts what it cost upstream.
async fn cost(bridge: &Bridge, method: &str, path: &str, body: Option<Value>) -> (usize, Answer) {
    bridge.simulator.reset_log();
    let answer = bridge.call(method, path, body).await;
    (bridge.upstream_calls(), answer)
}

/// Holds the number of upstream calls of an operation against the table in `docs/performance.md`.
#[track_caller]
fn check(bridge: &Bridge, what: &str, (calls, answer): (usize, Answer), cloud: usize, data_center: usize) {
    answer.data();
    let expected = match bridge.product {
        Product::Cloud => cloud,
        Product::DataCenter => data_center,
    };
    assert_eq!(calls, expected, "{what} on {:?}", bridge.product);
}

on_both! {
    async fn a_warm_operation_costs_what_the_table_says(bridge) {
        bridge.get("/pages").await.data();
        let get = |path: &'static str| cost(&bridge, "GET", path, None);
        check(&bridge, "list", get("/pages").await, 0, 0);
        check(&bridge, "tree", get("/pages/tree").await, 0, 0);
        check(&bridge, "read by title", get("/pages/Event%20Bus").await, 2, 1);
        check(&bridge, "read by path", get("/pages/Architecture/Event%20Bus").await, 2, 1);
        check(&bridge, "children", get("/pages/Event%20Bus/children").await, 2, 1);
        check(&bridge, "parent", get("/pages/Event%20Bus/parent").await, 2, 1);
        check(&bridge, "tree from a page", get("/pages/tree?startTitle=Runbooks").await, 2, 1);
        let update = cost(&bridge, "PUT", "/pages/Event%20Bus", Some(json!({"body": "x"}))).await;
        check(&bridge, "update", update, 3, 2);
        let rename = json!({"old_title": "Event Bus", "new_title": "The Bus"});
        check(&bridge, "rename", cost(&bridge, "POST", "/pages/rename", Some(rename)).await, 3, 2);
        let target = json!({"newParentTitle": "Operations"});
        check(&bridge, "move", cost(&bridge, "POST", "/pages/The%20Bus/move", Some(target)).await, 5, 3);
        check(&bridge, "delete", cost(&bridge, "DELETE", "/pages/The%20Bus", None).await, 4, 3);
        // The space's id is asked for once in the life of an endpoint on Cloud: a create or a cold read does it.
        bridge.post("/pages", json!({"title": "Warm-up"})).await.data();
        let create = json!({"title": "New", "parentTitle": "Operations"});
        check(&bridge, "create", cost(&bridge, "POST", "/pages", Some(create)).await, 3, 2);
    }

    async fn a_page_that_was_read_once_is_found_at_once_the_next_time(bridge) {
        let (cold, first) = cost(&bridge, "GET", "/pages/Event%20Bus", None).await;
        first.data();
        check(&bridge, "second read", cost(&bridge, "GET", "/pages/Event%20Bus", None).await, 2, 1);
        assert_eq!(cold, if bridge.product == Product::Cloud { 3 } else { 1 });
    }

    async fn our_own_writes_show_in_the_next_listing(bridge) {
        bridge.get("/pages").await.data();
        bridge.post("/pages", json!({"title": "New", "parentTitle": "Event Bus"})).await.data();
        bridge.post("/pages/rename", json!({"old_title": "Event Bus", "new_title": "The Bus"})).await.data();
        bridge.post("/pages/The%20Bus/move", json!({"newParentTitle": "Operations"})).await.data();
        bridge.delete("/pages/Dead%20Letter%20Queues").await.data();
        let remembered = bridge.get("/pages").await.data();
        let asked = bridge.get("/pages?fresh=true").await.data();
        assert_eq!(remembered, asked);
        let paths = remembered.to_string();
        assert!(paths.contains("Operations/The Bus/New") && !paths.contains("Dead Letter"), "{paths}");
    }

    async fn what_others_do_shows_to_those_who_ask_for_it(bridge) {
        bridge.get("/pages").await.data();
        let root = bridge.simulator.root_page_id();
        bridge.simulator.add_page(&root, "Foreign", "<p>x</p>");
        assert!(!bridge.get("/pages").await.data().to_string().contains("Foreign"));
        assert!(bridge.get("/pages?fresh=true").await.data().to_string().contains("Foreign"));
        bridge.simulator.add_page(&root, "Foreign too", "<p>x</p>");
        let secret = format!("Bearer {}", crate::support::SECRET);
        let headers = [("authorization", secret.as_str()), ("cache-control", "no-cache")];
        let answer = bridge.send_with("/endpoint/wiki/pages", &headers).await;
        assert!(answer.text.contains("Foreign too"));
        assert_eq!(answer.json()["asOf"], NOW);
        assert_eq!(bridge.get("/pages/Foreign").await.data()["body"], "<p>x</p>");
    }

    async fn a_page_renamed_or_moved_by_others_is_never_mistaken(bridge) {
        bridge.get("/pages").await.data();
        let bus = bridge.simulator.page_titled("Event Bus").expect("seeded").id;
        bridge.simulator.rename(&bus, "Message Bus");
        let other = bridge.simulator.add_page(&bridge.simulator.root_page_id(), "Event Bus", "<p>another</p>");
        assert_eq!(bridge.get("/pages/Event%20Bus").await.data()["id"], other.as_str());
        assert_eq!(bridge.get("/pages/Message%20Bus").await.data()["id"], bus.as_str());
        bridge.put("/pages/Event%20Bus", json!({"body": "mine"})).await.data();
        assert_eq!(bridge.simulator.page(&bus).expect("there").version, 2, "the other page was written");
    }

    async fn many_callers_share_one_build(bridge) {
        let other = Bridge::with(bridge.product, |options| options.latency = Duration::from_millis(20), |_| {}).await;
        let alone = {
            let single = Bridge::start(bridge.product).await;
            single.get("/pages").await.data();
            single.upstream_calls()
        };
        let listings = futures_util::future::join_all((0..100).map(|_| other.get("/pages"))).await;
        for listing in &listings {
            assert_eq!(listing.data(), listings[0].data());
        }
        assert_eq!(other.upstream_calls(), alone, "more than one build");
    }

    async fn a_failed_build_is_told_and_not_remembered(bridge) {
        bridge.simulator.script(Trouble::new(Fault::Gone).forever());
        assert_eq!(bridge.get("/pages").await.status, 502);
        bridge.simulator.clear_script();
        bridge.get("/pages").await.data();
    }

    async fn a_write_whose_answer_was_lost_makes_the_next_listing_look(bridge) {
        bridge.get("/pages").await.data();
        bridge.simulator.script(Trouble::new(Fault::CutAfter).method("POST"));
        let lost = bridge.post("/pages", json!({"title": "Perhaps"})).await;
        assert_ne!(lost.status, 500);
        assert!(bridge.get("/pages").await.data().to_string().contains("Perhaps"));
    }
}

#[tokio::test]
async fn a_cold_listing_on_cloud_costs_a_call_per_250_pages() {
    for (pages, width, depth) in [(1000, 200, 5), (5000, 200, 9), (5000, 200, 12)] {
        let seed = Seed::Tree { pages, width, depth };
        let bridge = Bridge::with(Product::Cloud, |options| options.seed = seed, |_| {}).await;
        assert_eq!(
            bridge.get("/pages").await.data().as_array().map(Vec::len),
            Some(pages)
        );
        // Below level ten the walk goes on from there: a call more, and the rows of that level again.
        let most = pages.div_ceil(250) + if depth > 10 { 4 } else { 2 };
        assert!(
            bridge.upstream_calls() <= most,
            "{} calls for {pages} pages",
            bridge.upstream_calls()
        );
    }
}

#[tokio::test]
async fn with_no_freshness_every_listing_asks() {
    let bridge = Bridge::with(
        Product::Cloud,
        |_| {},
        |config| config.index_freshness = Duration::ZERO,
    )
    .await;
    bridge.get("/pages").await.data();
    bridge.simulator.reset_log();
    bridge
        .simulator
        .add_page(&bridge.simulator.root_page_id(), "Foreign", "<p>x</p>");
    assert!(bridge.get("/pages").await.data().to_string().contains("Foreign"));
    assert!(bridge.upstream_calls() > 0);
}
