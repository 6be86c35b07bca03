//! Who we are and where.

use super::*;
use crate::confluence::ErrorKind;

#[tokio::test]
async fn the_current_user_is_a_v1_call() {
    let user = json!({"type": "known", "accountId": "557058:a", "displayName": "Agent Smith", "publicName": "agent"});
    let server = Server::start(move |_: &Heard| user.clone().into()).await;
    let (client, _) = client(&server, Deployment::Cloud);
    let user = client.current_user().await.unwrap();
    assert_eq!((user.display_name.as_str(), user.known), ("Agent Smith", true));
    assert_eq!(server.lines(), ["GET /wiki/rest/api/user/current"]);
}

#[tokio::test]
async fn an_anonymous_user_means_rejected_credentials() {
    let user = json!({"type": "anonymous", "displayName": "Anonymous"});
    let server = Server::start(move |_: &Heard| user.clone().into()).await;
    let (client, _) = client(&server, Deployment::Cloud);
    assert_eq!(
        client.current_user().await.unwrap_err().kind,
        ErrorKind::CredentialsRejected
    );
}

#[tokio::test]
async fn the_space_is_asked_for_once() {
    let server = Server::start(|_: &Heard| spaces().into()).await;
    let (first, _) = client(&server, Deployment::Cloud);
    let space = first.space().await.unwrap().unwrap();
    assert_eq!(
        (space.id.as_str(), space.key.as_str(), space.name.as_str()),
        ("7001", "DOC", "Documents")
    );
    assert_eq!(space.homepage, Some(id("1")));
    assert!(
        first
            .on(&crate::confluence::Call::new(std::time::Duration::from_secs(9)))
            .space()
            .await
            .is_ok()
    );
    assert_eq!(server.lines(), ["GET /wiki/api/v2/spaces?keys=DOC&limit=250"]);
}

#[tokio::test]
async fn a_space_that_was_not_found_is_asked_for_again() {
    let other = json!({"results": [{"id": "8", "key": "DOCS", "name": "Another one"}]});
    let server = Server::start(move |_: &Heard| other.clone().into()).await;
    let (client, call) = client(&server, Deployment::Cloud);
    assert!(client.space().await.unwrap().is_none());
    assert!(client.space().await.unwrap().is_none());
    assert_eq!(call.tally.calls(), 2);
}

#[tokio::test]
async fn a_space_answers_to_its_alias_and_in_any_case() {
    let answer =
        json!({"results": [{"id": "8", "key": "old", "currentActiveAlias": "doc", "name": "Aliased"}]});
    let server = Server::start(move |_: &Heard| answer.clone().into()).await;
    let (client, _) = client(&server, Deployment::Cloud);
    assert_eq!(client.space().await.unwrap().unwrap().id, "8");
}

#[tokio::test]
async fn a_bare_404_about_no_page_means_rejected_credentials() {
    let server = Server::start(|_: &Heard| bare_404()).await;
    let (client, call) = client(&server, Deployment::Cloud);
    assert_eq!(
        client.space().await.unwrap_err().kind,
        ErrorKind::CredentialsRejected
    );
    assert_eq!(call.tally.calls(), 1);
}
