//! Who we are and where; reading and finding pages.

use super::*;
use crate::confluence::{Error, ErrorKind, Located, NodeKind, Permissions, WithBody};

#[tokio::test]
async fn the_current_user_is_known() {
    let user = json!({"type": "known", "username": "agent", "userKey": "2c9d", "displayName": "Agent Smith"});
    let server =
        Server::start(move |_: &Heard| Reply::from(user.clone()).header("X-AUSERNAME", "agent")).await;
    let user = client(&server, Deployment::DataCenter)
        .0
        .current_user()
        .await
        .unwrap();
    assert_eq!((user.display_name.as_str(), user.known), ("Agent Smith", true));
    assert_eq!(server.lines(), ["GET /confluence/rest/api/user/current"]);
}

#[tokio::test]
async fn an_expired_token_is_noticed_by_the_body_and_by_the_header() {
    let user = json!({"type": "anonymous", "displayName": "Anonymous"});
    let server = Server::start(move |_: &Heard| user.clone().into()).await;
    let error = client(&server, Deployment::DataCenter)
        .0
        .current_user()
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::CredentialsRejected);
    for reply in [
        Reply::from(page("5", "T")),
        refusal(404, "No content found with id: ContentId{id=5}"),
    ] {
        let server = Server::start(move |_: &Heard| reply.clone().header("X-AUSERNAME", "anonymous")).await;
        let error = client(&server, Deployment::DataCenter)
            .0
            .located(&id("5"), WithBody::No)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::CredentialsRejected);
    }
}

#[tokio::test]
async fn the_space_has_a_numeric_id_and_is_asked_for_once() {
    let space =
        json!({"id": 7001, "key": "DOC", "name": "Documents", "homepage": {"id": "1", "type": "page"}});
    let server = Server::start(move |_: &Heard| space.clone().into()).await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let space = client.space().await.unwrap().unwrap();
    assert_eq!((space.id.as_str(), space.homepage), ("7001", Some(id("1"))));
    client.space().await.unwrap();
    assert_eq!(call.tally.calls(), 1);
    assert_eq!(
        server.lines(),
        ["GET /confluence/rest/api/space/DOC?expand=homepage"]
    );
}

#[tokio::test]
async fn a_space_that_is_not_there_is_none() {
    let server = Server::start(|_: &Heard| refusal(404, "No space with key : DOC")).await;
    let (client, _) = client(&server, Deployment::DataCenter);
    assert!(client.space().await.unwrap().is_none());
    assert!(client.find("T", WithBody::No).await.unwrap().is_none());
}

/// Reads page 5, which the server answers like this.
async fn read(page: impl Into<Reply>, body: WithBody) -> Result<Option<Located>, Error> {
    let page: Reply = page.into();
    let server = Server::start(move |_: &Heard| page.clone()).await;
    client(&server, Deployment::DataCenter)
        .0
        .located(&id("5"), body)
        .await
}

#[tokio::test]
async fn a_page_and_its_ancestors_take_one_call() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/confluence/rest/api/content/5" => page("5", "Setup").into(),
        _ => Reply::empty(500),
    })
    .await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let located = client.located(&id("5"), WithBody::Yes).await.unwrap().unwrap();
    assert_eq!((located.page.title.as_str(), located.page.version), ("Setup", 3));
    assert_eq!(located.page.body.as_deref(), Some("<p>x</p>"));
    assert_eq!(
        located.page.url,
        Some(format!("{}/display/DOC/Setup", server.url("confluence")))
    );
    let ancestor = &located.ancestors[0];
    assert_eq!(
        (ancestor.id.as_str(), ancestor.kind, ancestor.title.as_deref()),
        ("1", NodeKind::Page, Some("Home"))
    );
    assert_eq!(call.tally.calls(), 1);
    let heard = server.heard().remove(0);
    assert_eq!(
        heard.query("expand").as_deref(),
        Some("version,space,ancestors,body.storage")
    );
}

#[tokio::test]
async fn only_a_current_page_is_there() {
    assert!(
        read(
            refusal(404, "No content found with id: ContentId{id=5}"),
            WithBody::No
        )
        .await
        .unwrap()
        .is_none()
    );
    for changed in [
        json!({"type": "blogpost"}),
        json!({"type": "comment"}),
        json!({"status": "trashed"}),
    ] {
        assert!(
            read(page_with("5", "T", &changed), WithBody::No)
                .await
                .unwrap()
                .is_none(),
            "{changed}"
        );
    }
}

#[tokio::test]
async fn a_page_that_lacks_something_we_need_is_nonsense() {
    for missing in ["id", "title", "version", "ancestors"] {
        let page = page_with("5", "T", &json!({missing: null}));
        assert_eq!(
            read(page, WithBody::No).await.unwrap_err().kind,
            ErrorKind::Nonsense,
            "{missing}"
        );
    }
    let page = page_with("5", "T", &json!({"body": null}));
    assert!(read(page.clone(), WithBody::No).await.unwrap().is_some());
    assert_eq!(
        read(page, WithBody::Yes).await.unwrap_err().kind,
        ErrorKind::Nonsense
    );
    let odd = page_with("5", "T", &json!({"ancestors": [{"id": "att7", "type": "page"}]}));
    assert_eq!(
        read(odd, WithBody::No).await.unwrap_err().kind,
        ErrorKind::Nonsense
    );
}

async fn find(title: &str, rows: Value) -> Option<Located> {
    let server =
        Server::start(move |_: &Heard| json!({"results": rows, "start": 0, "limit": 25}).into()).await;
    client(&server, Deployment::DataCenter)
        .0
        .find(title, WithBody::No)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_title_is_found_in_one_call() {
    let server = Server::start(|_: &Heard| json!({"results": [page("5", "Set up")]}).into()).await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let located = client.find(" Set up ", WithBody::No).await.unwrap().unwrap();
    assert_eq!((located.page.id, located.ancestors.len()), (id("5"), 1));
    assert_eq!(call.tally.calls(), 1);
    let heard = server.heard().remove(0);
    assert_eq!(heard.path(), "/confluence/rest/api/content");
    let expected = [
        ("type", "page"),
        ("spaceKey", "DOC"),
        ("title", "Set up"),
        ("expand", "version,space,ancestors"),
    ];
    for (name, value) in expected {
        assert_eq!(heard.query(name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn what_is_found_must_be_what_was_asked_for() {
    assert!(find("T", json!([])).await.is_none());
    assert!(find("", json!([page("5", "")])).await.is_none());
    assert!(find("T", json!([page("5", "T2")])).await.is_none());
    assert!(
        find(
            "T",
            json!([page_with("5", "T", &json!({"space": {"id": 1, "key": "OTHER"}}))])
        )
        .await
        .is_none()
    );
    assert!(
        find("T", json!([page_with("5", "T", &json!({"space": null}))]))
            .await
            .is_none()
    );
    assert!(
        find("T", json!([page_with("5", "T", &json!({"type": "blogpost"}))]))
            .await
            .is_none()
    );
    assert_eq!(
        find("T", json!([page("4", "t"), page("5", "T")]))
            .await
            .unwrap()
            .page
            .id,
        id("5")
    );
}

#[tokio::test]
async fn titles_are_read_one_by_one() {
    let server = Server::start(|heard: &Heard| match heard.path().rsplit('/').next().unwrap() {
        "7" => refusal(404, "No content found with id: ContentId{id=7}"),
        "8" => page_with("8", "A post", &json!({"type": "blogpost"})).into(),
        id => page(id, &format!("Title {id}")).into(),
    })
    .await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let ids: Vec<_> = (1..=20).map(|number: u32| id(&number.to_string())).collect();
    let titles = client.titles(&ids).await.unwrap();
    assert_eq!((titles.len(), titles[&id("20")].as_str()), (18, "Title 20"));
    assert_eq!(call.tally.calls(), 20);
}

fn permitted(pairs: &[(&str, &str)]) -> Value {
    let rows: Vec<_> = pairs
        .iter()
        .map(|(what, on)| json!({"operation": what, "targetType": on}))
        .collect();
    json!({"id": "5", "type": "page", "status": "current", "key": "DOC", "operations": rows})
}

#[tokio::test]
async fn permissions_are_those_on_the_page_and_for_creation_those_on_the_space() {
    let server = Server::start(|heard: &Heard| {
        assert_eq!(heard.query("expand").as_deref(), Some("operations"));
        match heard.path() {
            "/confluence/rest/api/content/5" => permitted(&[("read", "page"), ("update", "page")]).into(),
            "/confluence/rest/api/space/DOC" => permitted(&[("create", "page")]).into(),
            _ => refusal(404, "No content found"),
        }
    })
    .await;
    let (client, call) = client(&server, Deployment::DataCenter);
    let expected = Permissions {
        read: true,
        update: true,
        create: true,
        delete: false,
    };
    assert_eq!(client.permissions(&id("5")).await.unwrap(), Some(expected));
    assert_eq!(call.tally.calls(), 2);
    assert_eq!(client.permissions(&id("6")).await.unwrap(), None);
}
