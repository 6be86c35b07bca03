//! Creating, updating, moving, deleting.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::confluence::{Error, ErrorKind, NewPage, Page, Update};

/// A server that answers a write like this, and everything around it well.
async fn writing(reply: impl Into<Reply>) -> Server {
    let reply: Reply = reply.into();
    Server::start(move |heard: &Heard| match (heard.method.as_str(), heard.path()) {
        ("GET", "/wiki/api/v2/spaces") => spaces().into(),
        ("GET", "/wiki/rest/api/user/current") => json!({"type": "known", "displayName": "Agent"}).into(),
        _ => reply.clone(),
    })
    .await
}

async fn create(server: &Server) -> Result<Page, Error> {
    let parent = id("9");
    let page = NewPage {
        title: "Ünï",
        parent: &parent,
        storage: "<p>&amp;</p>",
    };
    client(server, Deployment::Cloud).0.create(&page).await
}

async fn update(server: &Server, message: Option<&str>) -> Result<Page, Error> {
    let five = id("5");
    let update = Update {
        id: &five,
        title: "T",
        storage: "<p/>",
        version: 4,
        message,
        minor_edit: true,
    };
    client(server, Deployment::Cloud).0.update(&update).await
}

#[tokio::test]
async fn a_page_is_created_below_its_parent_in_the_space() {
    let server = writing(page_with("5", "Ünï", &json!({"version": {"number": 1}}))).await;
    let page = create(&server).await.unwrap();
    assert_eq!((page.id, page.version), (id("5"), 1));
    let heard = server.heard().remove(1);
    assert_eq!(
        (heard.method.as_str(), heard.target.as_str()),
        ("POST", "/wiki/api/v2/pages")
    );
    assert_eq!(heard.header("content-type"), Some("application/json"));
    let expected = json!({
        "spaceId": "7001", "status": "current", "title": "Ünï", "parentId": "9",
        "body": {"representation": "storage", "value": "<p>&amp;</p>"},
    });
    assert_eq!(heard.json(), expected);
}

#[tokio::test]
async fn refused_creations_say_why() {
    let taken =
        "A page with this title already exists: A page already exists with the same TITLE in this space";
    assert_eq!(
        create(&writing(refusal(400, taken)).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::TitleTaken
    );
    let xhtml = "Error parsing xhtml: Unexpected close tag </br>; expected </p>.";
    assert_eq!(
        create(&writing(refusal(400, xhtml)).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::BadStorage
    );
    assert_eq!(
        create(&writing(Reply::empty(413)).await).await.unwrap_err().kind,
        ErrorKind::TooLarge
    );
    assert_eq!(
        create(&writing(bare_404()).await).await.unwrap_err().kind,
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn nothing_is_created_in_a_space_that_is_not_there() {
    let server = Server::start(|_: &Heard| json!({"results": []}).into()).await;
    assert_eq!(create(&server).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn an_update_is_sent_whole_with_the_new_version() {
    let server = writing(page_with("5", "T", &json!({"version": {"number": 4}}))).await;
    assert_eq!(update(&server, Some("why")).await.unwrap().version, 4);
    let heard = server.heard().remove(0);
    assert_eq!(
        (heard.method.as_str(), heard.target.as_str()),
        ("PUT", "/wiki/api/v2/pages/5")
    );
    let expected = json!({
        "id": "5", "status": "current", "title": "T", "body": {"representation": "storage", "value": "<p/>"},
        "version": {"number": 4, "message": "why"},
    });
    assert_eq!(heard.json(), expected);
    update(&server, None).await.unwrap();
    assert_eq!(server.heard()[1].json()["version"], json!({"number": 4}));
}

#[tokio::test]
async fn a_terse_answer_to_a_write_is_a_success() {
    let page = update(&writing(json!({"id": "5"})).await, None).await.unwrap();
    assert_eq!((page.title.as_str(), page.version, page.url), ("T", 4, None));
}

#[tokio::test]
async fn a_stale_update_is_a_conflict_and_is_sent_once() {
    let title =
        "Version must be incremented when updating a page. Current Version: [7]. Provided version: [4]";
    let server = writing(refusal(409, title)).await;
    let error = update(&server, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::VersionConflict { current: Some(7) });
    assert!(!error.outcome_unknown());
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn a_failed_write_is_not_sent_again() {
    for status in [500, 502, 503, 504] {
        let server = writing(Reply::empty(status).header("Retry-After", "0")).await;
        update(&server, None).await.unwrap_err();
        assert_eq!(server.heard().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_write_that_was_refused_for_the_rate_is_sent_again() {
    let refused = AtomicBool::new(false);
    let server = Server::start(move |_: &Heard| {
        if refused.swap(true, Ordering::Relaxed) {
            return page_with("5", "T", &json!({"version": {"number": 4}})).into();
        }
        Reply::empty(429).header("Retry-After", "1")
    })
    .await;
    assert_eq!(update(&server, None).await.unwrap().version, 4);
    assert_eq!(server.heard().len(), 2);
}

/// Moves page 5 below page 9.
async fn move_below(server: &Server) -> Result<u64, Error> {
    let page = Page {
        id: id("5"),
        title: "T".to_owned(),
        version: 3,
        url: None,
        updated: None,
        body: None,
    };
    client(server, Deployment::Cloud)
        .0
        .move_below(&page, &id("9"))
        .await
}

#[tokio::test]
async fn a_page_is_moved_by_the_v1_route_without_a_body() {
    let server = writing(json!({"pageId": "5"})).await;
    move_below(&server).await.unwrap();
    let heard = server.heard().remove(0);
    assert_eq!(server.lines(), ["PUT /wiki/rest/api/content/5/move/append/9"]);
    assert_eq!(
        (heard.body.as_str(), heard.header("content-length")),
        ("", Some("0"))
    );
}

#[tokio::test]
async fn refused_moves_say_why() {
    let v1 = |status, message: &str| {
        Reply::json(
            status,
            &json!({"statusCode": status, "message": message}).to_string(),
        )
    };
    let circular = "java.lang.IllegalArgumentException: Cannot add an existing ancestor as a child!";
    assert_eq!(
        move_below(&writing(v1(400, circular)).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Circular
    );
    assert_eq!(
        move_below(&writing(v1(403, "no")).await).await.unwrap_err().kind,
        ErrorKind::Forbidden
    );
    assert_eq!(
        move_below(&writing(v1(404, "no")).await).await.unwrap_err().kind,
        ErrorKind::NotFound
    );
    assert_eq!(
        move_below(&writing(v1(410, "gone")).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::Gone
    );
}

#[tokio::test]
async fn a_page_cannot_be_moved_below_itself() {
    let server = writing(Reply::empty(200)).await;
    let page = Page {
        id: id("5"),
        title: "T".to_owned(),
        version: 3,
        url: None,
        updated: None,
        body: None,
    };
    let error = client(&server, Deployment::Cloud)
        .0
        .move_below(&page, &id("5"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Circular);
    assert!(server.heard().is_empty());
}

#[tokio::test]
async fn a_deleted_page_was_there_or_was_not() {
    let server = writing(Reply::empty(204)).await;
    assert!(
        client(&server, Deployment::Cloud)
            .0
            .delete(&id("5"))
            .await
            .unwrap()
    );
    assert_eq!(server.lines(), ["DELETE /wiki/api/v2/pages/5"]);
    let server = writing(refusal(404, "Cannot find a page with id [5]")).await;
    assert!(
        !client(&server, Deployment::Cloud)
            .0
            .delete(&id("5"))
            .await
            .unwrap()
    );
    let server = writing(bare_404()).await;
    assert!(
        !client(&server, Deployment::Cloud)
            .0
            .delete(&id("5"))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_portal_that_answers_a_deletion_has_deleted_nothing() {
    let server = writing(Reply::html(200, "<html>Please wait</html>")).await;
    let error = client(&server, Deployment::Cloud)
        .0
        .delete(&id("5"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Nonsense);
}
