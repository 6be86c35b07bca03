//! Reading and finding pages.

use super::*;
use crate::confluence::{Error, ErrorKind, Located, NodeKind, Permissions, WithBody};

/// Reads page 5, which the server answers like this; its ancestors are fine.
async fn read(page: impl Into<Reply>, body: WithBody) -> Result<Option<Located>, Error> {
    let page: Reply = page.into();
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/wiki/api/v2/pages/5" => page.clone(),
        _ => json!({"results": [{"id": "1", "type": "page"}]}).into(),
    })
    .await;
    client(&server, Deployment::Cloud).0.located(&id("5"), body).await
}

#[tokio::test]
async fn a_page_and_its_ancestors_are_read_side_by_side() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/wiki/api/v2/pages/5" => page("5", "Setup").into(),
        "/wiki/api/v2/pages/5/ancestors" => {
            json!({"results": [{"id": "1", "type": "page"}, {"id": 4, "type": "folder"}, {"id": "6", "type": "orb"}]}).into()
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
    let ancestors: Vec<_> = located
        .ancestors
        .iter()
        .map(|ancestor| (ancestor.id.as_str(), ancestor.kind))
        .collect();
    assert_eq!(
        ancestors,
        [
            ("1", NodeKind::Page),
            ("4", NodeKind::Folder),
            ("6", NodeKind::Other)
        ]
    );
    assert_eq!(call.tally.calls(), 2);
    let expected = [
        "GET /wiki/api/v2/pages/5/ancestors?limit=250",
        "GET /wiki/api/v2/pages/5?body-format=storage",
    ];
    assert_eq!(server.lines(), expected);
}

#[tokio::test]
async fn a_page_that_is_not_current_is_absent() {
    let trashed = json!({"status": "trashed", "parentId": null, "parentType": null, "position": null});
    for changed in [
        trashed,
        json!({"status": "archived"}),
        json!({"status": "embalmed"}),
        json!({"status": null}),
    ] {
        let page = page_with("5", "T", &changed);
        assert!(read(page, WithBody::No).await.unwrap().is_none(), "{changed}");
    }
}

#[tokio::test]
async fn a_page_that_lacks_something_we_need_is_nonsense() {
    for missing in ["id", "title", "version"] {
        let page = page_with("5", "T", &json!({missing: null}));
        assert_eq!(
            read(page, WithBody::No).await.unwrap_err().kind,
            ErrorKind::Nonsense,
            "{missing}"
        );
    }
    for body in [json!({}), json!(null), json!({"storage": null})] {
        let page = page_with("5", "T", &json!({"body": body}));
        assert!(read(page.clone(), WithBody::No).await.unwrap().is_some());
        assert_eq!(
            read(page, WithBody::Yes).await.unwrap_err().kind,
            ErrorKind::Nonsense,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_404_that_names_the_page_takes_no_further_call() {
    let server = Server::start(|_: &Heard| refusal(404, "Cannot find a page with id [5]")).await;
    let (client, call) = client(&server, Deployment::Cloud);
    assert!(client.located(&id("5"), WithBody::No).await.unwrap().is_none());
    assert!(call.tally.calls() <= 2);
}

/// What becomes of a bare 404 when `user/current` is answered like this.
async fn doubt(user: impl Into<Reply>) -> (Result<Option<Located>, Error>, usize) {
    let user: Reply = user.into();
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/wiki/rest/api/user/current" => user.clone(),
        _ => bare_404(),
    })
    .await;
    let client = client_without_call(&server, Deployment::Cloud);
    let outcome = client.located(&id("5"), WithBody::No).await;
    let asked = server
        .heard()
        .iter()
        .filter(|heard| heard.path().ends_with("user/current"))
        .count();
    (outcome, asked)
}

#[tokio::test]
async fn a_bare_404_with_good_credentials_is_a_purged_page() {
    let (outcome, asked) = doubt(json!({"type": "known", "displayName": "Agent"})).await;
    assert!(outcome.unwrap().is_none());
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_bare_404_with_bad_credentials_is_about_those() {
    let (outcome, asked) = doubt(Reply::json(
        403,
        r#"{"message":"caller cannot access Confluence"}"#,
    ))
    .await;
    assert_eq!(outcome.unwrap_err().kind, ErrorKind::CredentialsRejected);
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_token_that_may_not_ask_for_its_user_is_still_a_good_one() {
    let refused = Reply::json(
        401,
        r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
    );
    assert!(doubt(refused).await.0.unwrap().is_none());
}

#[tokio::test]
async fn a_doubt_that_cannot_be_resolved_stays_an_error() {
    let (outcome, _) = doubt(Reply::empty(503)).await;
    assert_eq!(
        outcome.unwrap_err().kind,
        ErrorKind::Unavailable { retry_after: None }
    );
}

#[tokio::test]
async fn more_ancestors_than_one_list_holds_are_asked_from_the_highest() {
    let rows = |ids: std::ops::Range<u32>| -> Vec<Value> {
        ids.map(|id| json!({"id": id.to_string(), "type": if id == 500 { "folder" } else { "page" }}))
            .collect()
    };
    let (high, low) = (rows(400..420), rows(500..750));
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/wiki/api/v2/pages/5" => page("5", "T").into(),
        "/wiki/api/v2/pages/5/ancestors" => json!({"results": low}).into(),
        "/wiki/api/v2/folders/500/ancestors" => json!({"results": high}).into(),
        _ => Reply::empty(500),
    })
    .await;
    let (client, call) = client(&server, Deployment::Cloud);
    let located = client.located(&id("5"), WithBody::No).await.unwrap().unwrap();
    assert_eq!(located.ancestors.len(), 270);
    assert_eq!(located.ancestors[0].id, id("400"));
    assert_eq!(located.ancestors[269].id, id("749"));
    assert_eq!(call.tally.calls(), 3);
}

/// Finds `title` among these rows.
async fn find(title: &str, rows: Value) -> Option<Located> {
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/wiki/api/v2/spaces" => spaces().into(),
        "/wiki/api/v2/pages" => json!({"results": rows}).into(),
        "/wiki/api/v2/pages/5/ancestors" => json!({"results": [{"id": "1", "type": "page"}]}).into(),
        _ => Reply::empty(500),
    })
    .await;
    client(&server, Deployment::Cloud)
        .0
        .find(title, WithBody::No)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_title_is_found_in_the_space_in_three_calls_and_then_in_two() {
    let server = Server::start(|heard: &Heard| match heard.path() {
        "/wiki/api/v2/spaces" => spaces().into(),
        "/wiki/api/v2/pages" => json!({"results": [page("5", "Set up")]}).into(),
        "/wiki/api/v2/pages/5/ancestors" => json!({"results": [{"id": "1", "type": "page"}]}).into(),
        _ => Reply::empty(500),
    })
    .await;
    let (client, call) = client(&server, Deployment::Cloud);
    let located = client.find(" set up ", WithBody::Yes).await.unwrap().unwrap();
    assert_eq!(located.page.title, "Set up");
    assert_eq!(located.ancestors.len(), 1);
    assert_eq!(call.tally.calls(), 3);
    client.find("Set up", WithBody::No).await.unwrap();
    assert_eq!(call.tally.calls(), 5);
    let heard = server.heard();
    let asked = heard
        .iter()
        .find(|heard| heard.path() == "/wiki/api/v2/pages")
        .unwrap();
    for (name, value) in [
        ("space-id", "7001"),
        ("title", "set up"),
        ("status", "current"),
        ("body-format", "storage"),
    ] {
        assert_eq!(asked.query(name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(heard[3].query("body-format"), None);
}

#[tokio::test]
async fn what_is_found_must_be_what_was_asked_for() {
    assert!(find("T", json!([])).await.is_none());
    assert!(find("T", json!([page("5", "T2")])).await.is_none());
    assert!(
        find("T", json!([page_with("5", "T", &json!({"spaceId": "7002"}))]))
            .await
            .is_none()
    );
    assert!(
        find("T", json!([page_with("5", "T", &json!({"spaceId": null}))]))
            .await
            .is_none()
    );
    assert!(
        find("T", json!([page_with("5", "T", &json!({"status": "archived"}))]))
            .await
            .is_none()
    );
    assert!(
        find(
            "ÄRGER",
            json!([page_with("5", " Ärger", &json!({"spaceId": 7001}))])
        )
        .await
        .is_some()
    );
}

#[tokio::test]
async fn of_two_spellings_the_exact_one_is_taken() {
    let rows = json!([page("4", "readme"), page("5", "README")]);
    assert_eq!(find("README", rows).await.unwrap().page.id, id("5"));
}

#[tokio::test]
async fn an_empty_title_is_not_asked_for() {
    let server = Server::start(|_: &Heard| spaces().into()).await;
    let (client, call) = client(&server, Deployment::Cloud);
    assert!(client.find(" ", WithBody::No).await.unwrap().is_none());
    assert_eq!(call.tally.calls(), 0);
}

#[tokio::test]
async fn titles_are_asked_for_250_at_a_time() {
    let server = Server::start(|heard: &Heard| {
        let ids = heard.query("id").unwrap();
        let known = ids.split(',').filter(|id| *id != "7");
        let rows: Vec<_> = known.map(|id| page(id, &format!("Title {id}"))).collect();
        json!({"results": rows}).into()
    })
    .await;
    let (client, call) = client(&server, Deployment::Cloud);
    let ids: Vec<_> = (1..=600).map(|number: u32| id(&number.to_string())).collect();
    let titles = client.titles(&ids).await.unwrap();
    assert_eq!(titles.len(), 599);
    assert_eq!(titles[&id("600")], "Title 600");
    assert_eq!(call.tally.calls(), 3);
    assert!(client.titles(&[]).await.unwrap().is_empty());
    assert_eq!(call.tally.calls(), 3);
}

fn permitted(pairs: &[(&str, &str)]) -> Value {
    let rows: Vec<_> = pairs
        .iter()
        .map(|(what, on)| json!({"operation": what, "targetType": on}))
        .collect();
    json!({"operations": {"results": rows}})
}

/// Permissions for page 5 with these operations, in a space with those.
async fn permissions(on_page: &[(&str, &str)], on_space: &[(&str, &str)]) -> (Option<Permissions>, u32) {
    let page = page_with("5", "T", &permitted(on_page));
    let mut space = permitted(on_space);
    space["id"] = json!("7001");
    let server = Server::start(move |heard: &Heard| match heard.path() {
        "/wiki/api/v2/pages/5" if heard.query("include-operations").is_some() => page.clone().into(),
        "/wiki/api/v2/spaces/7001" if heard.query("include-operations").is_some() => space.clone().into(),
        _ => Reply::empty(500),
    })
    .await;
    let (client, call) = client(&server, Deployment::Cloud);
    (client.permissions(&id("5")).await.unwrap(), call.tally.calls())
}

#[tokio::test]
async fn permissions_are_those_on_pages() {
    let all = [
        ("read", "page"),
        ("update", "page"),
        ("delete", "page"),
        ("create", "page"),
    ];
    let (found, calls) = permissions(&all, &[]).await;
    let expected = Permissions {
        read: true,
        update: true,
        create: true,
        delete: true,
    };
    assert_eq!((found, calls), (Some(expected), 1));
    let (found, _) = permissions(&[("read", "page"), ("create", "comment")], &[("read", "space")]).await;
    let expected = Permissions {
        read: true,
        update: false,
        create: false,
        delete: false,
    };
    assert_eq!(found, Some(expected));
}

#[tokio::test]
async fn whether_pages_may_be_created_is_asked_of_the_space_where_the_page_does_not_say() {
    let (found, calls) = permissions(&[("update", "page")], &[("create", "page")]).await;
    assert!(found.unwrap().create);
    assert_eq!(calls, 2);
}
