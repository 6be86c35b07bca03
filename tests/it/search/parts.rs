//! A search comes in parts, which together are everything; and what each part costs.

use std::collections::BTreeSet;

use conflagent::simulator::{Seed, TotalSize};
use serde_json::{Value, json};

use super::{id_of, search};
use crate::support::{Bridge, Product, on_both};

/// The paths of all parts of a search, in order, and how many parts there were.
async fn all_parts(bridge: &Bridge, parameters: &[(&str, &str)]) -> (Vec<String>, usize) {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    let mut part = 0;
    loop {
        part += 1;
        assert!(part <= 200, "the search has no end");
        let mut asked = parameters.to_vec();
        if let Some(cursor) = &cursor {
            asked.push(("cursor", cursor));
        }
        let answer = bridge.get(&search(&asked)).await;
        let paths: Vec<Value> = answer.data().as_array().expect("a list").clone();
        found.extend(
            paths
                .iter()
                .map(|hit| hit["path"].as_str().expect("a path").to_owned()),
        );
        let json = answer.json();
        let next = json
            .get("nextCursor")
            .map(|next| next.as_str().expect("text").to_owned());
        assert_eq!(json["complete"], next.is_none(), "{}", answer.text);
        if next.is_none() {
            return (found, part);
        }
        assert_ne!(next, cursor, "the search does not go on");
        cursor = next;
    }
}

/// Everything below the root.
fn everything(bridge: &Bridge) -> BTreeSet<String> {
    let root = bridge.simulator.root_page_id();
    bridge
        .simulator
        .subtree(&root)
        .into_iter()
        .map(|entry| entry.path)
        .collect()
}

#[track_caller]
fn is_everything(bridge: &Bridge, found: &[String]) {
    let unique: BTreeSet<String> = found.iter().cloned().collect();
    assert_eq!(unique.len(), found.len(), "a page came twice");
    assert_eq!(unique, everything(bridge));
}

async fn tree(product: Product, pages: usize, width: usize, depth: usize) -> Bridge {
    let seed = Seed::Tree { pages, width, depth };
    Bridge::with(product, |options| options.seed = seed, |_| {}).await
}

#[tokio::test]
async fn the_parts_of_a_search_are_everything_that_matches() {
    for product in [Product::Cloud, Product::DataCenter] {
        let bridge = tree(product, 63, 5, 4).await;
        for (limit, parts) in [("1", 63), ("7", 9), ("10", 7), ("50", 2)] {
            let (found, came) = all_parts(&bridge, &[("query", "little text"), ("limit", limit)]).await;
            is_everything(&bridge, &found);
            assert_eq!(came, parts, "limit {limit}");
        }
    }
}

#[tokio::test]
async fn short_lists_of_confluence_and_its_wrong_totals_lose_nothing() {
    for product in [Product::Cloud, Product::DataCenter] {
        let bridge = tree(product, 63, 63, 1).await;
        bridge.simulator.set_knobs(|knobs| {
            knobs.search_short_pages = true;
            knobs.search_total = TotalSize::Inflated;
        });
        for limit in ["3", "10", "20"] {
            let (found, _) = all_parts(&bridge, &[("query", "little"), ("limit", limit)]).await;
            is_everything(&bridge, &found);
        }
        let (nothing, parts) = all_parts(&bridge, &[("query", "quokka")]).await;
        assert!(nothing.is_empty() && parts == 1);
    }
}

#[tokio::test]
async fn a_list_of_data_center_that_never_ends_ends() {
    let bridge = tree(Product::DataCenter, 230, 230, 1).await;
    bridge.simulator.set_knobs(|knobs| knobs.never_ending_next = true);
    let (found, _) = all_parts(&bridge, &[("query", "little"), ("limit", "50")]).await;
    is_everything(&bridge, &found);
}

on_both! {
    async fn what_had_to_be_left_out_does_not_end_a_search(bridge) {
        // The index ignores where pages are, and everything that matches first is outside.
        bridge.simulator.set_knobs(|knobs| knobs.cql_ignores_ancestor = true);
        let (home, root) = (bridge.simulator.homepage_id(), bridge.simulator.root_page_id());
        for number in 0..130 {
            bridge.simulator.add_page(&home, &format!("Outside {number}"), "<p>quokka</p>");
        }
        bridge.simulator.add_page(&root, "Inside", "<p>quokka</p>");
        bridge.simulator.reset_log();
        let first = bridge.get(&search(&[("query", "quokka")])).await;
        let json = first.json();
        assert_eq!((first.data(), &json["complete"]), (json!([]), &json!(false)));
        assert!(json["nextCursor"].is_string() && json["warnings"][0].is_string(), "{}", first.text);
        assert!(bridge.upstream_calls() <= 110, "{} calls", bridge.upstream_calls());
        let (found, _) = all_parts(&bridge, &[("query", "quokka")]).await;
        assert_eq!(found, ["Inside"]);
    }

    async fn a_cursor_belongs_to_its_search(bridge) {
        let asked = [("query", "the"), ("limit", "2")];
        let first = bridge.get(&search(&asked)).await;
        let cursor = first.json()["nextCursor"].as_str().expect("more to come").to_owned();
        let with = |more: &[(&str, &str)]| {
            let mut all = more.to_vec();
            all.push(("cursor", &cursor));
            search(&all)
        };
        bridge.get(&with(&asked)).await.data();
        bridge.get(&with(&[("query", "the"), ("limit", "3")])).await.data();
        let message = "The cursor does not belong to this search.";
        bridge.get(&with(&[("query", "a")])).await.fails(400, "INVALID_INPUT", message);
        bridge.get(&with(&[("query", "the"), ("label", "x")])).await.fails(400, "INVALID_INPUT", message);
        for damaged in ["x", "....", &cursor[..cursor.len() - 2], "AAAAAAAAAAAAMTAgMCAmY3FsPXg"] {
            let path = search(&[("query", "the"), ("cursor", damaged)]);
            bridge.get(&path).await.fails(400, "INVALID_INPUT", message);
        }
    }

    async fn a_search_costs_what_the_table_says(bridge) {
        let cold = |title: &str| search(&[("title", title)]);
        let cost = async |path: &str| {
            bridge.simulator.reset_log();
            let hits = bridge.get(path).await.data().as_array().expect("a list").len();
            (hits, bridge.upstream_calls())
        };
        let deep = cold("Cache Invalidation");
        let on_cloud = bridge.product == Product::Cloud;
        assert_eq!(cost(&deep).await, (1, if on_cloud { 4 } else { 2 }), "cold, three levels below the root");
        bridge.get("/pages").await.data();
        assert_eq!(cost(&deep).await, (1, 2), "warm");
        let many = search(&[("query", "the"), ("limit", "10")]);
        assert_eq!(cost(&many).await, (10, if on_cloud { 2 } else { 11 }), "ten hits");
        assert_eq!(cost(&search(&[("query", "quokka")])).await, (0, 1), "none");
        // Where the hierarchy has changed since it was listed, the way up is asked for again.
        bridge.simulator.move_page(&id_of(&bridge, "Caching Architecture"), &id_of(&bridge, "Onboarding"));
        let (hits, calls) = cost(&deep).await;
        assert!(hits == 1 && calls <= 4, "{calls} calls");
    }
}
