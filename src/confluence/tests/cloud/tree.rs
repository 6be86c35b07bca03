//! Children and descendants.

use std::collections::HashMap;

use super::*;
use crate::confluence::{Error, ErrorKind, Node, NodeKind};

/// A tree that answers `direct-children` and `descendants` as Cloud does: at most ten levels, in lists of `limit`
/// rows linked by cursors with characters that must not be re-encoded.
struct Tree {
    /// Id to parent, kind and position.
    rows: Vec<(String, String, String)>,
}

impl Tree {
    /// `parent id` with an optional kind.
    fn new(lines: &[&str]) -> Self {
        let row = |line: &&str| {
            let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
            let kind = words.get(2).cloned().unwrap_or_else(|| "page".to_owned());
            (words[0].clone(), words[1].clone(), kind)
        };
        Self {
            rows: lines.iter().map(row).collect(),
        }
    }

    fn below(&self, root: &str, depth: usize) -> Vec<Value> {
        let mut found = Vec::new();
        let mut level = vec![root.to_owned()];
        for depth in 1..=depth {
            let mut next = Vec::new();
            for (position, (parent, id, kind)) in self.rows.iter().enumerate() {
                if level.contains(parent) {
                    next.push(id.clone());
                    found.push(json!({
                        "id": id, "title": format!("Title {id}"), "type": kind, "parentId": parent, "depth": depth,
                        "childPosition": position, "status": "current",
                    }));
                }
            }
            level = next;
        }
        // Lists come in no order that could be relied upon.
        found.reverse();
        found
    }

    fn answer(&self, heard: &Heard) -> Reply {
        let segments: Vec<_> = heard
            .path()
            .trim_start_matches("/wiki/api/v2/")
            .split('/')
            .collect();
        let [family, id, what] = segments[..] else {
            return Reply::empty(500);
        };
        let known = id == "1"
            || self
                .rows
                .iter()
                .any(|row| row.1 == id && format!("{}s", row.2) == family);
        if !known {
            return refusal(404, &format!("Cannot find [page] entity with id [{id}]"));
        }
        let depth = match what {
            "direct-children" => 1,
            "descendants" => heard.query("depth").map_or(2, |depth| depth.parse().unwrap()),
            _ => return Reply::empty(500),
        };
        assert!(depth <= 10 && heard.query("limit").as_deref() == Some("250"));
        let rows = self.below(id, depth);
        let raw = heard.target.split("cursor=").nth(1);
        let start: usize = raw.map_or(0, |raw| {
            raw.strip_prefix("a%2Bb+/")
                .unwrap()
                .strip_suffix("==")
                .unwrap()
                .parse()
                .unwrap()
        });
        let end = rows.len().min(start + 3);
        let mut links = json!({"base": "https://elsewhere.example.com/wiki"});
        if end < rows.len() {
            links["next"] =
                format!("/wiki/api/v2/{family}/{id}/{what}?depth={depth}&cursor=a%2Bb+/{end}==&limit=250")
                    .into();
        }
        json!({"results": rows[start..end], "_links": links}).into()
    }
}

async fn descendants(lines: &[&str], depth: Option<usize>) -> (Vec<String>, u32) {
    let tree = Tree::new(lines);
    let server = Server::start(move |heard: &Heard| tree.answer(heard)).await;
    let (client, call) = client(&server, Deployment::Cloud);
    let nodes = client.descendants(&id("1"), depth).await.unwrap().unwrap();
    (
        nodes.iter().map(|node| node.id.to_string()).collect(),
        call.tally.calls(),
    )
}

#[tokio::test]
async fn descendants_come_in_pre_order_over_several_lists() {
    let lines = ["1 2", "1 3", "2 4", "2 5", "4 6", "3 7", "3 8"];
    let (ids, calls) = descendants(&lines, None).await;
    assert_eq!(ids, ["2", "4", "6", "5", "3", "7", "8"]);
    assert_eq!(calls, 3);
}

#[tokio::test]
async fn folders_are_walked_through_and_kept() {
    let tree = Tree::new(&[
        "1 2 folder",
        "2 3",
        "2 4 folder",
        "4 5",
        "1 6 whiteboard",
        "6 7",
        "1 8 database",
    ]);
    let server = Server::start(move |heard: &Heard| tree.answer(heard)).await;
    let nodes = client(&server, Deployment::Cloud)
        .0
        .descendants(&id("1"), None)
        .await
        .unwrap()
        .unwrap();
    let told: Vec<_> = nodes
        .iter()
        .map(|node| (node.id.as_str(), node.kind, node.parent.as_str()))
        .collect();
    let expected = [
        ("2", NodeKind::Folder, "1"),
        ("3", NodeKind::Page, "2"),
        ("4", NodeKind::Folder, "2"),
        ("5", NodeKind::Page, "4"),
        ("6", NodeKind::Other, "1"),
        ("7", NodeKind::Page, "6"),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_limited_depth_asks_for_no_more_and_counts_pages_only() {
    let lines = [
        "1 2",
        "2 3",
        "3 4",
        "1 5 folder",
        "5 6",
        "6 7",
        "5 8 folder",
        "8 9",
    ];
    let (ids, calls) = descendants(&lines, Some(1)).await;
    assert_eq!(ids, ["2", "5", "6", "8", "9"]);
    // The page's children, then those of each folder.
    assert_eq!(calls, 3);
    let (ids, _) = descendants(&lines, Some(2)).await;
    assert_eq!(ids, ["2", "3", "5", "6", "7", "8", "9"]);
    // A board is asked by the route of its own kind.
    let (ids, calls) = descendants(&["1 2 whiteboard", "2 3", "1 4 database"], Some(1)).await;
    assert_eq!((ids, calls), (vec!["2".to_owned(), "3".to_owned()], 3));
}

#[tokio::test]
async fn a_tree_deeper_than_ten_is_continued_from_its_deepest_items() {
    // A chain of 25, the tenth of which is a folder, with a leaf beside every item.
    let mut lines = Vec::new();
    for level in 1..=25 {
        lines.push(format!(
            "{level} {}{}",
            level + 1,
            if level == 10 { " folder" } else { "" }
        ));
        lines.push(format!("{level} {}", 100 + level));
    }
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let (ids, _) = descendants(&lines, None).await;
    assert_eq!(ids.len(), 50);
    let place: HashMap<_, _> = ids
        .iter()
        .enumerate()
        .map(|(place, id)| (id.as_str(), place))
        .collect();
    for line in lines {
        let mut words = line.split(' ');
        let (parent, child) = (words.next().unwrap(), words.next().unwrap());
        assert!(parent == "1" || place[parent] < place[child], "{line}");
    }
}

#[tokio::test]
async fn a_place_that_goes_while_we_read_has_nothing_below() {
    let tree = Tree::new(&["1 2 folder", "2 3"]);
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/wiki/api/v2/folders/2/descendants" => refusal(404, "Content with id: [2] not found"),
        _ => tree.answer(heard),
    })
    .await;
    let nodes = client(&server, Deployment::Cloud)
        .0
        .descendants(&id("1"), Some(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(nodes.len(), 1);
}

#[tokio::test]
async fn nothing_lies_below_a_page_that_is_not_there() {
    let server = Server::start(|_: &Heard| refusal(404, "Cannot find [page] entity with id [5]")).await;
    let (client, _) = client(&server, Deployment::Cloud);
    assert!(client.descendants(&id("5"), None).await.unwrap().is_none());
    assert!(client.children(&id("5"), NodeKind::Page).await.unwrap().is_none());
    assert!(
        client
            .children(&id("5"), NodeKind::Folder)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        client
            .children(&id("5"), NodeKind::Other)
            .await
            .unwrap()
            .is_none()
    );
}

async fn children(id_of_parent: &str, kind: NodeKind, lines: &[&str]) -> Vec<Node> {
    let tree = Tree::new(lines);
    let server = Server::start(move |heard: &Heard| tree.answer(heard)).await;
    client(&server, Deployment::Cloud)
        .0
        .children(&id(id_of_parent), kind)
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn children_are_pages_and_folders_in_their_order() {
    let lines = [
        "1 2",
        "1 3 folder",
        "1 4 whiteboard",
        "1 5",
        "1 6",
        "3 7",
        "3 8 folder",
    ];
    let nodes = children("1", NodeKind::Page, &lines).await;
    let told: Vec<_> = nodes.iter().map(|node| (node.id.as_str(), node.kind)).collect();
    let page = NodeKind::Page;
    assert_eq!(
        told,
        [("2", page), ("3", NodeKind::Folder), ("5", page), ("6", page)]
    );
    assert_eq!(
        (nodes[0].title.as_str(), nodes[0].parent.as_str()),
        ("Title 2", "1")
    );
    let ids: Vec<_> = children("3", NodeKind::Folder, &lines)
        .await
        .into_iter()
        .map(|node| node.id)
        .collect();
    assert_eq!(ids, [id("7"), id("8")]);
}

#[tokio::test]
async fn archived_children_are_left_out() {
    let rows = json!([
        {"id": "2", "status": "archived", "title": "A", "type": "page", "childPosition": 1},
        {"id": "3", "status": "current", "title": "B", "type": "page", "childPosition": null},
        {"id": "4", "title": "C", "type": "page"},
    ]);
    let server = Server::start(move |_: &Heard| json!({"results": rows}).into()).await;
    let nodes = client(&server, Deployment::Cloud)
        .0
        .children(&id("1"), NodeKind::Page)
        .await
        .unwrap()
        .unwrap();
    let ids: Vec<_> = nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["3", "4"]);
}

async fn endless(next: fn(usize) -> String) -> Error {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_: &Heard| {
        let count = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let rows = json!([{"id": "2", "status": "current", "title": "T", "type": "page", "parentId": "1"}]);
        json!({"results": rows, "_links": {"next": next(count)}}).into()
    })
    .await;
    client(&server, Deployment::Cloud)
        .0
        .children(&id("1"), NodeKind::Page)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_list_that_goes_in_circles_is_nonsense() {
    assert_eq!(
        endless(|_| "/wiki/api/v2/x?cursor=same".to_owned()).await.kind,
        ErrorKind::Nonsense
    );
    assert_eq!(
        endless(|count| format!("/wiki/api/v2/x?cursor={count}"))
            .await
            .kind,
        ErrorKind::Nonsense
    );
}

#[tokio::test]
async fn a_cursor_may_come_in_the_link_header_alone() {
    let server = Server::start(|heard: &Heard| {
        let row = |id: &str| json!({"id": id, "status": "current", "title": "T", "type": "page"});
        match heard.query("cursor") {
            None => Reply::from(json!({"results": [row("2")]})).header(
                "Link",
                "</wiki/api/v2/pages/1/direct-children?cursor=abc>; rel=\"next\"",
            ),
            Some(_) => json!({"results": [row("3")]}).into(),
        }
    })
    .await;
    let nodes = client(&server, Deployment::Cloud)
        .0
        .children(&id("1"), NodeKind::Page)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(nodes.len(), 2);
}
