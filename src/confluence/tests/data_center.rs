//! Data Center: what is asked, and what is made of the answers.

use serde_json::json;

use super::{Deployment, Heard, Reply, Server, WithBody, client, id};

/// A page as v1 sends it, with everything expanded that we ask for.
fn page(id: &str, title: &str) -> serde_json::Value {
    json!({
        "id": id, "type": "page", "status": "current", "title": title,
        "space": {"id": 7001, "key": "DOC", "name": "Documents"},
        "version": {"number": 3, "minorEdit": false},
        "ancestors": [{"id": "1", "type": "page", "status": "current", "title": "Home"}],
        "body": {"storage": {"value": "<p>x</p>", "representation": "storage"}},
        "extensions": {"position": "none"},
        "_links": {"webui": "/display/DOC/Setup"},
    })
}

#[tokio::test]
async fn a_page_and_its_ancestors_take_one_call() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/confluence/rest/api/content/5" => page("5", "Setup").into(),
        _ => Reply::empty(404),
    })
    .await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let located = client.located(&id("5"), WithBody::Yes).await.unwrap().unwrap();
    assert_eq!(located.page.title, "Setup");
    assert_eq!(located.ancestors[0].title.as_deref(), Some("Home"));
    assert_eq!(
        located.page.url,
        Some(format!("{}/display/DOC/Setup", server.url("confluence")))
    );
    assert_eq!(call.tally.calls(), 1);
    let heard = server.heard().remove(0);
    assert_eq!(
        heard.query("expand").as_deref(),
        Some("version,space,ancestors,body.storage")
    );
    assert_eq!(heard.header("authorization"), Some("Bearer t0ken"));
}
