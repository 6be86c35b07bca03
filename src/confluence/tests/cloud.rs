//! Cloud: what is asked, and what is made of the answers.

use serde_json::json;

use super::{Deployment, Heard, Reply, Server, WithBody, client, id};

/// A page as v2 sends it.
fn page(id: &str, title: &str) -> serde_json::Value {
    json!({
        "id": id, "status": "current", "title": title, "spaceId": "7001", "parentId": "1", "parentType": "page",
        "version": {"number": 3, "message": "", "minorEdit": false},
        "body": {"storage": {"representation": "storage", "value": "<p>x</p>"}},
        "_links": {"webui": format!("/spaces/DOC/pages/{id}/T"), "tinyui": "/x/a"},
    })
}

#[tokio::test]
async fn a_page_and_its_ancestors_are_read_side_by_side() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/wiki/api/v2/pages/5" => page("5", "Setup").into(),
        "/wiki/api/v2/pages/5/ancestors" => {
            json!({"results": [{"id": "1", "type": "page"}, {"id": "4", "type": "folder"}], "_links": {}})
                .into()
        }
        _ => Reply::empty(404),
    })
    .await;
    let (client, call) = client(&server, Deployment::Cloud);
    let located = client.located(&id("5"), WithBody::Yes).await.unwrap().unwrap();
    assert_eq!(located.page.title, "Setup");
    assert_eq!(located.page.version, 3);
    assert_eq!(located.page.body.as_deref(), Some("<p>x</p>"));
    assert_eq!(
        located.page.url,
        Some(format!("{}/spaces/DOC/pages/5/T", server.url("wiki")))
    );
    let ids: Vec<_> = located
        .ancestors
        .iter()
        .map(|ancestor| ancestor.id.as_str())
        .collect();
    assert_eq!(ids, ["1", "4"]);
    assert_eq!(call.tally.calls(), 2);
    let expected = [
        "GET /wiki/api/v2/pages/5/ancestors?limit=250",
        "GET /wiki/api/v2/pages/5?body-format=storage",
    ];
    assert_eq!(server.lines(), expected);
}
