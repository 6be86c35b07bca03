//! Finding and listing without walking the tree each time: few calls, nothing stale that matters.

use std::time::Duration;

use conflagent::simulator::{Fault, Seed, Trouble};
use serde_json::{Value, json};

use crate::support::{Bridge, NOW, Product, encoded, on_both};

/// Longer than a call takes on any machine; one that waits for a round that never fills up has to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Holds the upstream calls of an operation against the table in `docs/performance.md`: how many there are, and how
/// many of them are made at once. Each number is a round trip; the simulator answers none of its calls before all of
/// them are there.
async fn check(bridge: &Bridge, call: (&str, &str, Option<Value>), cloud: &[usize], data_center: &[usize]) {
    let (method, path, body) = call;
    let rounds = match bridge.product {
        Product::Cloud => cloud,
        Product::DataCenter => data_center,
    };
    let what = format!("{method} {path} on {:?}, in rounds of {rounds:?}", bridge.product);
    bridge.simulator.reset_log();
    bridge.simulator.answer_in_rounds(rounds);
    let answer = tokio::time::timeout(PATIENCE, bridge.call(method, path, body)).await;
    let missing = bridge.simulator.missing_in_rounds();
    bridge.simulator.answer_in_rounds(&[]);
    assert!(answer.is_ok(), "{what}: fewer calls at once, {missing} not made");
    answer.expect("in time").data();
    let calls = bridge.upstream_calls();
    assert_eq!((calls, missing), (rounds.iter().sum(), 0), "{what}");
}

on_both! {
    async fn a_warm_operation_costs_what_the_table_says(bridge) {
        bridge.get("/pages").await.data();
        check(&bridge, ("GET", "/pages", None), &[], &[]).await;
        check(&bridge, ("GET", "/pages/tree", None), &[], &[]).await;
        check(&bridge, ("GET", "/pages/Event%20Bus", None), &[2], &[1]).await;
        check(&bridge, ("GET", "/pages/Architecture/Event%20Bus", None), &[2], &[1]).await;
        check(&bridge, ("GET", "/pages/Event%20Bus/children", None), &[2], &[1]).await;
        check(&bridge, ("GET", "/pages/Event%20Bus/parent", None), &[2], &[1]).await;
        check(&bridge, ("GET", "/pages/tree?startTitle=Runbooks", None), &[2], &[1]).await;
        let body = json!({"body": "x"});
        check(&bridge, ("PUT", "/pages/Event%20Bus", Some(body)), &[2, 1], &[1, 1]).await;
        let names = json!({"old_title": "Event Bus", "new_title": "The Bus"});
        check(&bridge, ("POST", "/pages/rename", Some(names)), &[2, 1], &[1, 1]).await;
        let target = json!({"newParentTitle": "Operations"});
        check(&bridge, ("POST", "/pages/The%20Bus/move", Some(target)), &[4, 1], &[2, 1]).await;
        check(&bridge, ("DELETE", "/pages/The%20Bus", None), &[3, 1], &[2, 1]).await;
        // The space's id is asked for once in the life of an endpoint on Cloud: a create or a cold read does it.
        bridge.post("/pages", json!({"title": "Warm-up"})).await.data();
        let page = json!({"title": "New", "parentTitle": "Operations"});
        check(&bridge, ("POST", "/pages", Some(page)), &[2, 1], &[1, 1]).await;
        let page = json!({"title": "Also new"});
        check(&bridge, ("POST", "/pages", Some(page)), &[1, 1], &[1, 1]).await;
    }

    async fn a_cold_operation_costs_what_the_table_says(bridge) {
        // The space's id is known.
        bridge.post("/pages", json!({"title": "Warm-up"})).await.data();
        check(&bridge, ("GET", "/pages/tree?depth=1", None), &[2], &[2]).await;
        check(&bridge, ("GET", "/pages/Event%20Bus", None), &[1, 1], &[1]).await;
        check(&bridge, ("GET", "/pages/Operations/Runbooks", None), &[1, 1, 1], &[1]).await;
    }

    async fn a_page_that_was_read_once_is_found_at_once_the_next_time(bridge) {
        check(&bridge, ("GET", "/pages/Event%20Bus", None), &[1, 1, 1], &[1]).await;
        check(&bridge, ("GET", "/pages/Event%20Bus", None), &[2], &[1]).await;
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
    for (pages, width, depth) in [(1000, 200, 5), (5000, 200, 10), (5000, 200, 12)] {
        let seed = Seed::Tree { pages, width, depth };
        let bridge = Bridge::with(Product::Cloud, |options| options.seed = seed, |_| {}).await;
        // An answer holds so many characters at most; the next parts come from the index.
        let (mut listed, mut next) = (0, String::from("/pages"));
        loop {
            let part = bridge.get(&next).await;
            listed += part.data().as_array().map_or(0, Vec::len);
            let Some(cursor) = part.json()["nextCursor"].as_str().map(encoded) else {
                break;
            };
            next = format!("/pages?cursor={cursor}");
        }
        assert_eq!(listed, pages);
        // One for the root, and one to see whether anything lies below the tenth level, where a list ends.
        let most = pages.div_ceil(250) + 2;
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
