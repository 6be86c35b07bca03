//! Children and descendants.

use super::*;
use crate::confluence::{ErrorKind, NodeKind};

/// A tree that answers `child/page` as Data Center does, in lists of at most `cap` rows.
struct Tree {
    rows: Vec<(String, String)>,
    cap: usize,
    /// Whether `expand=children.page` is given.
    expands: bool,
}

impl Tree {
    fn new(lines: &[&str], cap: usize) -> Self {
        let row = |line: &&str| {
            line.split_once(' ')
                .map(|(parent, id)| (parent.to_owned(), id.to_owned()))
                .unwrap()
        };
        Self {
            rows: lines.iter().map(row).collect(),
            cap,
            expands: true,
        }
    }

    fn children(&self, parent: &str) -> Vec<&str> {
        self.rows
            .iter()
            .filter(|row| row.0 == parent)
            .map(|row| row.1.as_str())
            .collect()
    }

    fn answer(&self, heard: &Heard) -> Reply {
        let id = heard
            .path()
            .strip_prefix("/confluence/rest/api/content/")
            .unwrap()
            .strip_suffix("/child/page")
            .unwrap();
        if id != "1" && !self.rows.iter().any(|row| row.1 == id) {
            return refusal(404, &format!("No content found with id: ContentId{{id={id}}}"));
        }
        let number = |name| heard.query(name).unwrap().parse::<usize>().unwrap();
        let (start, limit) = (number("start"), number("limit").min(self.cap));
        let all = self.children(id);
        let rows: Vec<_> = all
            .iter()
            .skip(start)
            .take(limit)
            .map(|id| self.row(id, heard))
            .collect();
        let mut links = json!({"self": "http://localhost/x", "base": "http://localhost/confluence"});
        if start + rows.len() < all.len() {
            links["next"] = format!(
                "/rest/api/content/{id}/child/page?limit={limit}&start={}",
                start + limit
            )
            .into();
        }
        json!({"size": rows.len(), "results": rows, "start": start, "limit": limit, "_links": links}).into()
    }

    fn row(&self, id: &str, heard: &Heard) -> Value {
        let mut row = json!({"id": id, "type": "page", "status": "current", "title": format!("Title {id}")});
        if self.expands && heard.query("expand").as_deref() == Some("children.page") {
            let inner: Vec<_> = self.children(id).iter().map(|id| json!({"id": id})).collect();
            row["children"] = json!({"page": {"size": inner.len(), "results": inner, "start": 0, "limit": 25, "_links": {}}});
        }
        row
    }
}

async fn descendants(tree: Tree, depth: Option<usize>) -> (Vec<String>, u32) {
    let server = Server::start(move |heard: &Heard| tree.answer(heard)).await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let nodes = client.descendants(&id("1"), depth).await.unwrap().unwrap();
    (
        nodes.iter().map(|node| node.id.to_string()).collect(),
        call.tally.calls(),
    )
}

const LINES: [&str; 7] = ["1 2", "1 3", "2 4", "2 5", "4 6", "3 7", "3 8"];

#[tokio::test]
async fn descendants_come_in_pre_order_and_leaves_are_not_asked() {
    let (ids, calls) = descendants(Tree::new(&LINES, 25), None).await;
    assert_eq!(ids, ["2", "4", "6", "5", "3", "7", "8"]);
    // 1, 2, 3 and 4 have children.
    assert_eq!(calls, 4);
}

#[tokio::test]
async fn every_child_is_asked_where_the_server_does_not_expand() {
    let tree = Tree {
        expands: false,
        ..Tree::new(&LINES, 25)
    };
    let (ids, calls) = descendants(tree, None).await;
    assert_eq!(ids, ["2", "4", "6", "5", "3", "7", "8"]);
    assert_eq!(calls, 8);
}

#[tokio::test]
async fn a_limited_depth_asks_for_no_more() {
    assert_eq!(
        descendants(Tree::new(&LINES, 25), Some(1)).await,
        (vec!["2".to_owned(), "3".to_owned()], 1)
    );
    let (ids, calls) = descendants(Tree::new(&LINES, 25), Some(2)).await;
    assert_eq!(ids, ["2", "4", "5", "3", "7", "8"]);
    assert_eq!(calls, 3);
}

#[tokio::test]
async fn children_are_complete_and_in_order_whatever_the_server_caps() {
    let lines: Vec<_> = (2..=60).map(|number| format!("1 {number}")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let tree = Tree::new(&lines, 7);
    let server = Server::start(move |heard: &Heard| tree.answer(heard)).await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let nodes = client.children(&id("1"), NodeKind::Page).await.unwrap().unwrap();
    let ids: Vec<_> = nodes.iter().map(|node| node.id.to_string()).collect();
    assert_eq!(
        ids,
        (2..=60).map(|number: u32| number.to_string()).collect::<Vec<_>>()
    );
    assert!(
        nodes
            .iter()
            .all(|node| node.parent == id("1") && node.kind == NodeKind::Page)
    );
    assert_eq!(call.tally.calls(), 9);
    assert!(
        client
            .children(&id("1"), NodeKind::Folder)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_next_link_that_never_ends_is_not_followed_for_ever() {
    let server = Server::start(|heard: &Heard| {
        let rows: Vec<_> = (2..=4)
            .map(|id| json!({"id": id, "type": "page", "title": "T"}))
            .collect();
        let start = heard.query("start").unwrap();
        json!({"results": rows, "limit": 200, "_links": {"next": format!("/rest/api/x?start={start}0")}})
            .into()
    })
    .await;
    let (client, call) = client(&server, Deployment::DataCenter);
    assert_eq!(
        client
            .children(&id("1"), NodeKind::Page)
            .await
            .unwrap()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(call.tally.calls(), 3);
}

#[tokio::test]
async fn nothing_lies_below_a_page_that_is_not_there() {
    let tree = Tree::new(&["1 2", "1 3"], 25);
    let server = Server::start(move |heard: &Heard| tree.answer(heard)).await;
    let (client, _) = client(&server, Deployment::DataCenter);
    assert!(client.descendants(&id("9"), None).await.unwrap().is_none());
    assert!(client.children(&id("9"), NodeKind::Page).await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_that_goes_while_we_read_has_nothing_below() {
    let tree = Tree::new(&LINES, 25);
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/confluence/rest/api/content/2/child/page" => refusal(404, "No content found"),
        _ => tree.answer(heard),
    })
    .await;
    let nodes = client(&server, Deployment::DataCenter)
        .0
        .descendants(&id("1"), None)
        .await
        .unwrap()
        .unwrap();
    let ids: Vec<_> = nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["2", "3", "7", "8"]);
}

#[tokio::test]
async fn a_failure_inside_the_walk_is_one_of_the_whole() {
    let tree = Tree::new(&LINES, 25);
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/confluence/rest/api/content/3/child/page" => Reply::empty(502),
        _ => tree.answer(heard),
    })
    .await;
    let error = client_without_call(&server, Deployment::DataCenter)
        .descendants(&id("1"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable { retry_after: None });
    assert_eq!(error.operation, "page.descendants");
}
