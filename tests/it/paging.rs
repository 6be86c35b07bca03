//! Listings and trees in parts, which together are everything; and no answer longer than callers can take.

use conflagent::simulator::Seed;
use serde_json::{Value, json};

use crate::support::{Answer, Bridge, Product, on_each};

async fn wiki(product: Product, pages: usize, width: usize, depth: usize) -> Bridge {
    let seed = Seed::Tree { pages, width, depth };
    Bridge::with(product, |options| options.seed = seed, |_| {}).await
}

/// The paths of everything below the root, as the simulator has it.
fn everything(bridge: &Bridge) -> Vec<String> {
    let below = bridge.simulator.subtree(&bridge.simulator.root_page_id());
    below.into_iter().map(|entry| entry.path).collect()
}

/// All parts of an answer.
pub(crate) async fn all_parts(bridge: &Bridge, path: &str) -> Vec<Answer> {
    let mut parts: Vec<Answer> = Vec::new();
    let mut cursor = String::new();
    loop {
        let separator = if path.contains('?') { '&' } else { '?' };
        let answer = bridge.get(&format!("{path}{separator}cursor={cursor}")).await;
        answer.data();
        assert!(
            answer.text.chars().count() < 90_000,
            "{path}: {} characters",
            answer.text.len()
        );
        let json = answer.json();
        parts.push(answer);
        assert!(parts.len() < 500, "the list has no end");
        let next = json["nextCursor"].as_str().map(str::to_owned);
        assert_eq!(json["complete"], next.is_none());
        assert!(json["asOf"].is_string());
        match next {
            Some(next) => cursor = next,
            None => return parts,
        }
    }
}

pub(crate) fn list(answer: &Answer) -> Vec<Value> {
    answer.data().as_array().expect("a list").clone()
}

/// The paths of a tree in pre-order, without its first page; `known` are those of earlier parts, which are repeated to
/// show where the others belong.
fn walk(node: &Value, path: &str, known: &mut Vec<String>) {
    for child in node["children"].as_array().into_iter().flatten() {
        let title = child["title"].as_str().expect("a title");
        let below = if path.is_empty() {
            title.to_owned()
        } else {
            format!("{path}/{title}")
        };
        if let Some(told) = child["path"].as_array() {
            let told: Vec<&str> = told.iter().skip(1).filter_map(Value::as_str).collect();
            assert_eq!(told.join("/"), below);
        }
        if !known.contains(&below) {
            known.push(below.clone());
        }
        walk(child, &below, known);
    }
}

#[tokio::test]
async fn the_parts_of_a_listing_are_the_listing() {
    on_each(async |product| {
        let bridge = wiki(product, 57, 5, 4).await;
        let whole = list(&bridge.get("/pages").await);
        assert_eq!(json!(whole), json!(everything(&bridge)));
        for (limit, times) in [("1", 57), ("7", 9), ("56", 2), ("57", 1), ("1000", 1)] {
            let parts = all_parts(&bridge, &format!("/pages?limit={limit}")).await;
            let together: Vec<Value> = parts.iter().flat_map(list).collect();
            assert_eq!((together, parts.len()), (whole.clone(), times), "limit {limit}");
        }
        let children = list(&bridge.get(&format!("/pages/{}/children", root(&bridge))).await);
        let parts = all_parts(&bridge, &format!("/pages/{}/children?limit=2", root(&bridge))).await;
        assert_eq!(parts.iter().flat_map(list).collect::<Vec<_>>(), children);
    })
    .await;
}

fn root(bridge: &Bridge) -> String {
    format!("id:{}", bridge.simulator.root_page_id())
}

#[tokio::test]
async fn the_parts_of_a_tree_are_the_tree() {
    on_each(async |product| {
        let bridge = wiki(product, 57, 5, 4).await;
        for format in ["detailed", "concise"] {
            for limit in ["1", "4", "30", "1000"] {
                let path = format!("/pages/tree?depth=9&limit={limit}&responseFormat={format}");
                let mut together = Vec::new();
                for part in all_parts(&bridge, &path).await {
                    let data = part.data();
                    let path: Vec<&str> = data["path"]
                        .as_array()
                        .expect("a path")
                        .iter()
                        .filter_map(Value::as_str)
                        .collect();
                    walk(&data, &path[1..].join("/"), &mut together);
                }
                assert_eq!(together, everything(&bridge), "limit {limit}, {format}");
            }
        }
        let detailed = bridge.get("/pages/tree?depth=9").await.text;
        let concise = bridge
            .get("/pages/tree?depth=9&responseFormat=concise")
            .await
            .text;
        assert!(
            concise.len() * 2 < detailed.len(),
            "{} of {}",
            concise.len(),
            detailed.len()
        );
    })
    .await;
}

#[tokio::test]
async fn a_cursor_belongs_to_its_listing() {
    on_each(async |product| {
        let bridge = wiki(product, 57, 5, 4).await;
        let cursor = |answer: &Answer| answer.json()["nextCursor"].as_str().expect("more").to_owned();
        let of_list = cursor(&bridge.get("/pages?limit=3").await);
        let of_tree = cursor(&bridge.get("/pages/tree?depth=3&limit=3").await);
        let root = root(&bridge);
        let of_children = cursor(&bridge.get(&format!("/pages/{root}/children?limit=3")).await);
        let calls = bridge.upstream_calls();
        for path in [
            format!("/pages?cursor={of_tree}"),
            format!("/pages?cursor={of_children}"),
            format!("/pages/tree?depth=3&cursor={of_list}"),
            format!("/pages/tree?depth=2&cursor={of_tree}"),
            format!("/pages/tree?depth=3&startTitle={root}&cursor={of_tree}"),
            format!("/pages/{root}/children?cursor={of_list}"),
            "/pages?cursor=x".to_owned(),
            "/pages?cursor=....".to_owned(),
            format!("/pages?cursor={}", &of_list[2..]),
            format!("/pages?cursor={}", of_list.replace(&of_list[4..6], "Zz")),
        ] {
            let message = "The cursor does not belong to this listing.";
            bridge.get(&path).await.fails(400, "INVALID_INPUT", message);
        }
        assert_eq!(bridge.upstream_calls(), calls, "a bad cursor reached Confluence");
        let search = bridge
            .get(&format!("/pages/search?query=a&cursor={of_list}"))
            .await;
        search.fails(400, "INVALID_INPUT", "The cursor does not belong to this search.");
        // Another limit is no other listing.
        bridge
            .get(&format!("/pages?limit=9&cursor={of_list}"))
            .await
            .data();
        for (query, message) in [
            ("limit=0", "Limit must be 1 or more"),
            ("limit=-3", "Limit must be 1 or more"),
            ("limit=1001", "Limit must be 1000 or less"),
            ("limit=all", "Limit must be an integer"),
        ] {
            bridge
                .get(&format!("/pages?{query}"))
                .await
                .fails(400, "INVALID_INPUT", message);
        }
        let word = bridge.get("/pages/tree?responseFormat=short").await;
        word.fails(
            400,
            "INVALID_INPUT",
            "responseFormat must be one of: concise, detailed",
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_gone_ends_its_cursor() {
    let bridge = wiki(Product::Cloud, 9, 9, 1).await;
    let first = bridge.get("/pages?limit=2").await;
    let cursor = first.json()["nextCursor"].as_str().expect("more").to_owned();
    let last = list(&first)[1].as_str().expect("a path").to_owned();
    bridge
        .delete(&format!("/pages/{}", crate::support::encoded(&last)))
        .await
        .data();
    let answer = bridge.get(&format!("/pages?limit=2&cursor={cursor}")).await;
    answer.fails(
        400,
        "INVALID_INPUT",
        "The page at which this cursor stands is no longer in the listing.",
    );
}

#[tokio::test]
async fn another_endpoint_does_not_know_the_cursor() {
    let (one, other) = (
        wiki(Product::Cloud, 9, 9, 1).await,
        wiki(Product::Cloud, 9, 9, 1).await,
    );
    let cursor = one.get("/pages?limit=2").await.json()["nextCursor"]
        .as_str()
        .expect("more")
        .to_owned();
    let answer = other.get(&format!("/pages?limit=2&cursor={cursor}")).await;
    if one.simulator.root_page_id() != other.simulator.root_page_id() {
        answer.fails(
            400,
            "INVALID_INPUT",
            "The cursor does not belong to this listing.",
        );
    }
}

#[tokio::test]
async fn listings_longer_than_an_answer_may_be_come_in_parts() {
    on_each(async |product| {
        let bridge = wiki(product, 1, 1, 1).await;
        let long = |number: usize| format!("{number} {}", "\u{e4}\"".repeat(120));
        let mut parent = bridge.simulator.root_page_id();
        for number in 0..60 {
            parent = bridge.simulator.add_page(&parent, &long(number), "<p>x</p>");
        }
        for number in 60..500 {
            bridge
                .simulator
                .add_page(&bridge.simulator.root_page_id(), &long(number), "<p>x</p>");
        }
        let expected = everything(&bridge);
        let parts = all_parts(&bridge, "/pages").await;
        assert!(parts.len() > 1);
        assert_eq!(
            json!(parts.iter().flat_map(list).collect::<Vec<_>>()),
            json!(expected)
        );
        let parts = all_parts(&bridge, &format!("/pages/{}/children", root(&bridge))).await;
        assert!(parts.len() > 1);
        assert_eq!(parts.iter().flat_map(list).count(), 442);
        for format in ["detailed", "concise"] {
            let mut together = Vec::new();
            let parts = all_parts(&bridge, &format!("/pages/tree?depth=50&responseFormat={format}")).await;
            for part in &parts {
                let data = part.data();
                let path: Vec<&str> = data["path"]
                    .as_array()
                    .expect("a path")
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                walk(&data, &path[1..].join("/"), &mut together);
            }
            assert!(parts.len() > 1);
            let within: Vec<&String> = expected
                .iter()
                .filter(|path| path.split('/').count() <= 50)
                .collect();
            assert!(together.iter().eq(within), "{format}: the parts are not the tree");
        }
    })
    .await;
}
