//! Creating, updating, moving, deleting.

use super::*;
use crate::confluence::{Error, ErrorKind, NewPage, Page, Update};

async fn answering(reply: impl Into<Reply>) -> Server {
    let reply: Reply = reply.into();
    Server::start(move |_: &Heard| reply.clone()).await
}

async fn create(server: &Server) -> Result<Page, Error> {
    let parent = id("9");
    let page = NewPage {
        title: "Ünï",
        parent: &parent,
        storage: "<p>&amp;</p>",
    };
    client(server, Deployment::DataCenter).0.create(&page).await
}

async fn update(server: &Server) -> Result<Page, Error> {
    let five = id("5");
    let update = Update {
        id: &five,
        title: "T",
        storage: "<p/>",
        version: 4,
        message: Some("why"),
        minor_edit: true,
    };
    client(server, Deployment::DataCenter).0.update(&update).await
}

/// Moves page 5, version 3, below page 9.
async fn move_below(server: &Server) -> Result<u64, Error> {
    let page = Page {
        id: id("5"),
        title: "T".to_owned(),
        version: 3,
        url: None,
        updated: None,
        body: None,
    };
    client(server, Deployment::DataCenter)
        .0
        .move_below(&page, &id("9"))
        .await
}

#[tokio::test]
async fn a_page_is_created_below_its_parent_in_the_space() {
    let server = answering(page_with("5", "Ünï", &json!({"version": {"number": 1}}))).await;
    assert_eq!(create(&server).await.unwrap().version, 1);
    let heard = server.heard().remove(0);
    assert_eq!(
        (heard.method.as_str(), heard.path()),
        ("POST", "/confluence/rest/api/content")
    );
    let expected = json!({
        "type": "page", "title": "Ünï", "space": {"key": "DOC"}, "ancestors": [{"id": "9"}],
        "body": {"storage": {"value": "<p>&amp;</p>", "representation": "storage"}},
    });
    assert_eq!(heard.json(), expected);
}

#[tokio::test]
async fn an_update_is_sent_whole_with_the_new_version() {
    let server = answering(page_with("5", "T", &json!({"version": {"number": 4}}))).await;
    assert_eq!(update(&server).await.unwrap().version, 4);
    let heard = server.heard().remove(0);
    assert_eq!(
        (heard.method.as_str(), heard.target.as_str()),
        ("PUT", "/confluence/rest/api/content/5")
    );
    let expected = json!({
        "id": "5", "type": "page", "title": "T",
        "body": {"storage": {"value": "<p/>", "representation": "storage"}},
        "version": {"number": 4, "minorEdit": true, "message": "why"},
    });
    assert_eq!(heard.json(), expected);
}

#[tokio::test]
async fn refused_writes_say_why() {
    let stale = refusal(
        409,
        "Version must be incremented on update. Current version is: 7",
    );
    let expected = ErrorKind::VersionConflict { current: Some(7) };
    assert_eq!(update(&answering(stale).await).await.unwrap_err().kind, expected);
    let taken = "A page with this title already exists: A page already exists with the title T in the space with key DOC";
    assert_eq!(
        update(&answering(refusal(400, taken)).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::TitleTaken
    );
    assert_eq!(
        create(&answering(refusal(400, taken)).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::TitleTaken
    );
    let xhtml = "Error parsing xhtml: Unexpected EOF; was expecting a close tag for element <ac:parameter>";
    assert_eq!(
        create(&answering(refusal(400, xhtml)).await)
            .await
            .unwrap_err()
            .kind,
        ErrorKind::BadStorage
    );
    let forbidden = refusal(403, "Could not create content with type page");
    assert_eq!(
        create(&answering(forbidden).await).await.unwrap_err().kind,
        ErrorKind::Forbidden
    );
}

#[tokio::test]
async fn a_terse_answer_to_a_write_is_a_success() {
    let page = update(&answering(json!({"id": 5})).await).await.unwrap();
    assert_eq!((page.id, page.title.as_str(), page.version), (id("5"), "T", 4));
}

#[tokio::test]
async fn a_page_is_moved_by_writing_it_with_other_ancestors_and_without_a_body() {
    let server = answering(page("5", "T")).await;
    move_below(&server).await.unwrap();
    let heard = server.heard().remove(0);
    assert_eq!(
        (heard.method.as_str(), heard.target.as_str()),
        ("PUT", "/confluence/rest/api/content/5")
    );
    let expected = json!({
        "id": "5", "type": "page", "title": "T", "version": {"number": 4}, "ancestors": [{"id": "9"}],
    });
    assert_eq!(heard.json(), expected);
}

/// Moves where the PUT is answered with an empty 500 and the target has these ancestors.
async fn failing_move(ancestors: Value) -> (Error, usize) {
    let server = Server::start(move |heard: &Heard| match heard.method.as_str() {
        "PUT" => Reply::json(
            500,
            r#"{"statusCode":500,"message":"","reason":"Internal Server Error"}"#,
        ),
        _ => page_with("9", "Target", &json!({"ancestors": ancestors})).into(),
    })
    .await;
    let error = move_below(&server).await.unwrap_err();
    (
        error,
        server
            .heard()
            .iter()
            .filter(|heard| heard.method == "PUT")
            .count(),
    )
}

#[tokio::test]
async fn a_failed_move_is_circular_when_the_target_lies_below_the_page() {
    let (error, writes) = failing_move(json!([{"id": "1"}, {"id": "5"}, {"id": "6"}])).await;
    assert_eq!((error.kind, writes), (ErrorKind::Circular, 1));
    let (error, writes) = failing_move(json!([{"id": "1"}])).await;
    assert_eq!((error.kind, writes), (ErrorKind::Failed, 1));
}

#[tokio::test]
async fn a_deleted_page_was_there_or_was_not() {
    let server = answering(Reply::empty(204)).await;
    assert!(
        client(&server, Deployment::DataCenter)
            .0
            .delete(&id("5"))
            .await
            .unwrap()
    );
    assert_eq!(server.lines(), ["DELETE /confluence/rest/api/content/5"]);
    // The document has it so for the trash, and so answers a site whose sign-on failed.
    let server = answering(Reply::empty(200)).await;
    let deleted = client(&server, Deployment::DataCenter).0.delete(&id("5")).await;
    assert!(deleted.unwrap_err().outcome_unknown());
    let server = answering(refusal(404, "No content found with id: ContentId{id=5}")).await;
    assert!(
        !client(&server, Deployment::DataCenter)
            .0
            .delete(&id("5"))
            .await
            .unwrap()
    );
    let server = answering(refusal(409, "There is a draft")).await;
    assert!(
        client(&server, Deployment::DataCenter)
            .0
            .delete(&id("5"))
            .await
            .is_err()
    );
}
