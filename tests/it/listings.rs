//! Listings are complete, however wide or deep the wiki is.

use conflagent::simulator::Seed;
use serde_json::{Value, json};

use crate::paging::{all_parts, list};
use crate::support::{Bridge, Product};

/// Lists a big tree and compares it with the simulator's own state, in number and order.
async fn is_complete(product: Product, pages: usize, width: usize, depth: usize) {
    let seed = Seed::Tree { pages, width, depth };
    let bridge = Bridge::with(product, |options| options.seed = seed, |_| {}).await;
    let expected: Vec<String> = bridge
        .simulator
        .subtree(&bridge.simulator.root_page_id())
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert_eq!(expected.len(), pages);
    let parts = all_parts(&bridge, "/pages").await;
    let listed: Vec<Value> = parts.iter().flat_map(list).collect();
    assert!(
        json!(listed) == json!(expected),
        "the listing differs from the wiki"
    );
}

#[tokio::test]
async fn five_thousand_pages_on_cloud() {
    is_complete(Product::Cloud, 5000, 200, 12).await;
}

#[tokio::test]
async fn five_thousand_pages_on_data_center() {
    is_complete(Product::DataCenter, 5000, 200, 12).await;
}

#[tokio::test]
async fn a_chain_thirty_levels_deep() {
    is_complete(Product::Cloud, 30, 1, 30).await;
    is_complete(Product::DataCenter, 30, 1, 30).await;
}

#[tokio::test]
async fn one_page_with_a_thousand_children() {
    is_complete(Product::Cloud, 1000, 1000, 1).await;
    is_complete(Product::DataCenter, 1000, 1000, 1).await;
}

#[tokio::test]
async fn a_site_whose_paging_never_ends_is_still_listed_once() {
    let bridge = Bridge::with(
        Product::DataCenter,
        |options| {
            options.seed = Seed::Tree {
                pages: 450,
                width: 450,
                depth: 1,
            };
            options.knobs.never_ending_next = true;
        },
        |_| {},
    )
    .await;
    assert_eq!(
        bridge.get("/pages").await.data().as_array().map(Vec::len),
        Some(450)
    );
}

#[tokio::test]
async fn the_order_in_which_cloud_sends_descendants_does_not_matter() {
    use conflagent::simulator::DescendantOrder;
    let mut listings = Vec::new();
    for order in [DescendantOrder::DepthFirst, DescendantOrder::LevelByLevel] {
        let bridge = Bridge::with(
            Product::Cloud,
            |options| options.knobs.descendant_order = order,
            |_| {},
        )
        .await;
        listings.push(bridge.get("/pages").await.data());
    }
    assert_eq!(listings[0], listings[1]);
}

#[tokio::test]
async fn folders_are_walked_through_at_any_depth() {
    let bridge = Bridge::with(Product::Cloud, |options| options.seed = Seed::Empty, |_| {}).await;
    let mut above = bridge.simulator.root_page_id();
    for level in 0..24 {
        above = bridge.simulator.add_folder(&above, &format!("Folder {level}"));
    }
    let page = bridge.simulator.add_page(&above, "Buried", "<p>x</p>");
    let folder = bridge.simulator.add_folder(&page, "Inner");
    bridge.simulator.add_page(&folder, "Deeper", "<p>y</p>");
    bridge.simulator.add_other(&page, "Sketch", "whiteboard");
    assert_eq!(
        bridge.get("/pages").await.data(),
        json!(["Buried", "Buried/Deeper"])
    );
    assert_eq!(
        bridge.get("/pages/Buried/Deeper").await.data()["body"],
        "<p>y</p>"
    );
    let tree = bridge.get("/pages/tree?depth=1").await.data();
    assert_eq!(tree["children"][0]["title"], "Buried");
    assert_eq!(tree["children"][0]["children"], json!([]));
    let parent = bridge.get("/pages/Deeper/parent").await.data();
    assert_eq!(parent["title"], "Buried");
    // Naming the parent again is no move: the page stays in its folder.
    let moved = bridge
        .post("/pages/Deeper/move", json!({"newParentTitle": "Buried"}))
        .await
        .data();
    assert_eq!(moved["oldParentTitle"], "Buried");
}
