//! Children and whole trees, small and large.

use conflagent::confluence::{Node, NodeKind, PageId};
use conflagent::simulator::{Deployment, Knobs, Seed, Simulator};

use crate::support::{Site, id, on_both};

pub(crate) fn ids(nodes: &[Node]) -> Vec<String> {
    nodes.iter().map(|node| node.id.to_string()).collect()
}

/// What the simulator itself says lies below a page, in pre-order.
fn truth(simulator: &Simulator, id: &PageId) -> Vec<String> {
    simulator
        .subtree(id.as_str())
        .into_iter()
        .map(|entry| entry.id)
        .collect()
}

#[tokio::test]
async fn children_are_complete_and_in_order() {
    on_both(Seed::Empty, async |site: Site| {
        let root = site.simulator.root_page_id();
        let made: Vec<_> = (0..620)
            .map(|n| site.simulator.add_page(&root, &format!("Page {n}"), ""))
            .collect();
        let (nodes, calls) = site
            .counted(async |client| {
                client
                    .children(&site.root(), NodeKind::Page)
                    .await
                    .unwrap()
                    .unwrap()
            })
            .await;
        assert_eq!(ids(&nodes), made);
        // 250 and 200 at a time.
        assert_eq!(calls, if site.is_cloud() { 3 } else { 4 });
    })
    .await;
}

#[tokio::test]
async fn the_demo_tree_is_what_it_is() {
    on_both(Seed::Demo, async |site: Site| {
        let root = site.root();
        let nodes = site.client.descendants(&root, None).await.unwrap().unwrap();
        let mut expected = truth(&site.simulator, &root);
        let kind = |id: &str| site.simulator.page(id).unwrap().kind;
        expected.retain(|id| matches!(kind(id).as_str(), "page" | "folder"));
        let found = nodes
            .iter()
            .filter(|node| node.kind != NodeKind::Other)
            .map(|node| node.id.to_string());
        assert_eq!(found.collect::<Vec<_>>(), expected);
        for node in &nodes {
            let snapshot = site.simulator.page(node.id.as_str()).unwrap();
            assert_eq!(
                (Some(node.parent.as_str()), &node.title),
                (snapshot.parent.as_deref(), &snapshot.title)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_tree_of_5000_pages_is_read_whole() {
    let seed = Seed::Tree {
        pages: 5000,
        width: 17,
        depth: 5,
    };
    on_both(seed, async |site: Site| {
        let root = site.root();
        let (nodes, calls) = site
            .counted(async |client| client.descendants(&root, None).await.unwrap().unwrap())
            .await;
        assert_eq!(nodes.len(), 5000);
        assert_eq!(ids(&nodes), truth(&site.simulator, &root));
        // Cloud sends 250 at a time; on Data Center every page that has children is asked once.
        let parents = site.simulator.subtree(root.as_str()).into_iter();
        let parents = parents
            .filter(|entry| !site.simulator.page(&entry.id).unwrap().children.is_empty())
            .count()
            + 1;
        let expected = if site.is_cloud() {
            20
        } else {
            u32::try_from(parents).unwrap()
        };
        assert_eq!(calls, expected);
        assert!(site.simulator.counters().max_in_flight <= 8);
    })
    .await;
}

#[tokio::test]
async fn a_tree_deeper_than_one_call_can_look_is_read_whole() {
    let seed = Seed::Tree {
        pages: 300,
        width: 2,
        depth: 35,
    };
    on_both(seed, async |site: Site| {
        let root = site.root();
        let nodes = site.client.descendants(&root, None).await.unwrap().unwrap();
        assert_eq!(ids(&nodes), truth(&site.simulator, &root));
    })
    .await;
}

#[tokio::test]
async fn a_broad_tenth_level_takes_few_calls_more() {
    // Each page has two below it, down to 1,024 on the tenth level, where what one call sees ends.
    let seed = Seed::Tree {
        pages: 2046,
        width: 2,
        depth: 1,
    };
    let site = Site::start(Deployment::Cloud, seed, |_| ()).await;
    let root = site.root();
    let (nodes, calls) = site
        .counted(async |client| client.descendants(&root, None).await.unwrap().unwrap())
        .await;
    assert_eq!(ids(&nodes), truth(&site.simulator, &root));
    // 9 lists for the tree, and 5 for each half of it to see whether an eleventh level is there.
    assert_eq!(calls, 19);
}

#[tokio::test]
async fn a_limited_depth_gives_whole_levels() {
    on_both(
        Seed::Tree {
            pages: 60,
            width: 3,
            depth: 4,
        },
        async |site: Site| {
            let root = site.root();
            for depth in [1, 2, 3, 12] {
                let nodes = site
                    .client
                    .descendants(&root, Some(depth))
                    .await
                    .unwrap()
                    .unwrap();
                let entries = site.simulator.subtree(root.as_str()).into_iter();
                let expected: Vec<_> = entries
                    .filter(|entry| entry.path.split('/').count() <= depth)
                    .map(|entry| entry.id)
                    .collect();
                assert_eq!(ids(&nodes), expected, "depth {depth}");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn archived_pages_are_not_part_of_the_tree() {
    let site = Site::start(Deployment::Cloud, Seed::Empty, |knobs| {
        knobs.archived_in_tree = true;
    })
    .await;
    let root = site.simulator.root_page_id();
    let kept = site.simulator.add_page(&root, "Kept", "");
    let archived = site.simulator.add_page(&root, "Archived", "");
    site.simulator.archive(&archived);
    assert_eq!(
        ids(&site
            .client
            .descendants(&site.root(), None)
            .await
            .unwrap()
            .unwrap()),
        [kept.as_str()]
    );
    assert_eq!(
        ids(&site
            .client
            .children(&site.root(), NodeKind::Page)
            .await
            .unwrap()
            .unwrap()),
        [kept]
    );
}

#[tokio::test]
async fn lists_that_never_end_are_left_where_nothing_new_comes() {
    let knobs = |knobs: &mut Knobs| knobs.never_ending_next = true;
    let site = Site::start(Deployment::DataCenter, Seed::Empty, knobs).await;
    let root = site.simulator.root_page_id();
    let made: Vec<_> = (0..420)
        .map(|n| site.simulator.add_page(&root, &format!("Page {n}"), ""))
        .collect();
    let (nodes, calls) = site
        .counted(async |client| {
            client
                .children(&site.root(), NodeKind::Page)
                .await
                .unwrap()
                .unwrap()
        })
        .await;
    assert_eq!(ids(&nodes), made);
    assert!(calls <= 5, "{calls}");
}

#[tokio::test]
async fn a_tree_below_nothing_is_none() {
    on_both(Seed::Empty, async |site: Site| {
        let nowhere = id("987654321");
        assert!(site.client.descendants(&nowhere, None).await.unwrap().is_none());
        assert!(
            site.client
                .children(&nowhere, NodeKind::Page)
                .await
                .unwrap()
                .is_none()
        );
        let trashed = site.create(&site.root(), "Trashed").await.unwrap();
        assert!(
            site.client
                .descendants(&trashed.id, None)
                .await
                .unwrap()
                .unwrap()
                .is_empty()
        );
    })
    .await;
}
