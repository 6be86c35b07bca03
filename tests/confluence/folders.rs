//! Cloud's folders and boards: what lies behind them is part of the tree.

use conflagent::confluence::{NodeKind, WithBody};
use conflagent::simulator::{Deployment, DescendantOrder, Seed, Simulator};

use crate::support::{Site, id};
use crate::tree::ids;

/// Pages below folders below pages, beyond the ten levels of one call, with a whiteboard on the way.
fn furnish(simulator: &Simulator) -> Vec<String> {
    let mut parent = simulator.root_page_id();
    let mut pages = Vec::new();
    for level in 0..8 {
        let folder = simulator.add_folder(&parent, &format!("Folder {level}"));
        let inner = if level == 5 {
            simulator.add_other(&folder, "Board", "whiteboard")
        } else {
            simulator.add_folder(&folder, &format!("Inner folder {level}"))
        };
        parent = simulator.add_page(&inner, &format!("Page {level}"), "");
        pages.push(parent.clone());
    }
    simulator.add_other(&parent, "Leaf board", "whiteboard");
    pages
}

#[tokio::test]
async fn pages_behind_folders_and_boards_are_found_at_any_depth() {
    for order in [DescendantOrder::DepthFirst, DescendantOrder::LevelByLevel] {
        let site = Site::start(Deployment::Cloud, Seed::Empty, |knobs| {
            knobs.descendant_order = order;
        })
        .await;
        let pages = furnish(&site.simulator);
        let found = async |depth| {
            let nodes = site
                .client
                .descendants(&site.root(), depth)
                .await
                .unwrap()
                .unwrap();
            let pages = nodes.iter().filter(|node| node.kind == NodeKind::Page);
            (
                pages.map(|node| node.id.to_string()).collect::<Vec<_>>(),
                nodes.len(),
            )
        };
        assert_eq!(found(None).await, (pages.clone(), 24));
        assert_eq!(found(Some(2)).await.0, pages[..2]);
        assert_eq!(found(Some(5)).await.0, pages[..5]);
    }
}

#[tokio::test]
async fn children_of_folders_are_read_too() {
    let site = Site::start(Deployment::Cloud, Seed::Empty, |_| ()).await;
    let folder = site
        .simulator
        .add_folder(&site.simulator.root_page_id(), "Folder");
    let page = site.simulator.add_page(&folder, "Page", "");
    let nodes = site
        .client
        .children(&id(&folder), NodeKind::Folder)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ids(&nodes), [page]);
    // A folder is no page, and a page is no folder.
    assert!(
        site.client
            .children(&id(&folder), NodeKind::Page)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        site.client
            .children(&site.root(), NodeKind::Folder)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        site.client
            .located(&id(&folder), WithBody::No)
            .await
            .unwrap()
            .is_none()
    );
}
