//! Cloud v2: reading and writing pages.

use conflagent::simulator::{Deployment, PageStatus, Seed};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Site, column, has_shape_of, keys};

async fn new_page(site: &Site, title: &str) -> Value {
    let body = json!({
        "spaceId": site.simulator.space_id(), "status": "current", "title": title,
        "parentId": site.simulator.root_page_id(),
        "body": { "representation": "storage", "value": "<p>one</p>" },
    });
    site.post("/api/v2/pages", body).await.ok()
}

fn save(page: &Value, title: &str, value: &str, number: u64) -> Value {
    json!({
        "id": page["id"], "status": "current", "title": title, "version": { "number": number, "message": "m" },
        "body": { "representation": "storage", "value": value },
    })
}

#[tokio::test]
async fn a_created_page_has_the_captured_shape() {
    let site = Site::cloud(Seed::Empty).await;
    let page = new_page(&site, "MarkSync Spike — Storage").await;
    let captured = json!({
        "parentType": "page", "parentId": "39223464", "ownerId": "557058:x", "createdAt": "2026-07-03T13:48:15.974Z",
        "authorId": "557058:x", "position": 1980, "version": { "number": 1, "message": "", "minorEdit": false },
        "id": "39813121", "spaceId": "39223300", "status": "current",
        "body": { "storage": { "representation": "storage", "value": "<h1>…</h1>" } }, "title": "t",
        "_links": { "webui": "/spaces/x", "editui": "/pages/x", "tinyui": "/x/AYBfAg" },
    });
    has_shape_of(&page, &captured);
    let id = page["id"].as_str().unwrap();
    assert_eq!(
        page["_links"]["webui"],
        format!("/spaces/TEST/pages/{id}/MarkSync+Spike+Storage")
    );
    assert_eq!(page["parentId"], site.simulator.root_page_id());

    let read = site
        .get(&format!("/api/v2/pages/{id}?body-format=storage"))
        .await
        .ok();
    has_shape_of(&read, &captured);
    assert_eq!(read["body"]["storage"]["value"], "<p>one</p>");
    assert_eq!(read["lastOwnerId"], Value::Null);
    let bare = site.get(&format!("/api/v2/pages/{id}")).await.ok();
    assert_eq!(bare["body"], json!({}));
}

#[tokio::test]
async fn an_answer_carries_request_ids() {
    let site = Site::cloud(Seed::Empty).await;
    let got = site.get("/api/v2/spaces").await;
    assert_eq!(got.header("atl-request-id").len(), 36);
    assert!(got.header("content-type").starts_with("application/json"));
}

#[tokio::test]
async fn where_a_new_page_lands_depends_on_what_is_named() {
    let site = Site::cloud(Seed::Demo).await;
    let create = async |query: &str, extra: Value| {
        let mut body = json!({ "spaceId": site.simulator.space_id(), "title": format!("T{query}{extra}"),
            "body": { "storage": { "representation": "storage", "value": "<p>nested</p>" } } });
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        site.post(&format!("/api/v2/pages{query}"), body).await
    };
    let home = site.simulator.homepage_id();
    assert_eq!(create("", json!({})).await.ok()["parentId"], home);
    let top = create("?root-level=true", json!({})).await.ok();
    assert_eq!(
        (&top["parentId"], &top["parentType"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        create("?root-level=true", json!({ "parentId": home }))
            .await
            .status,
        400
    );
    let folder = site.simulator.add_folder(&home, "Folder");
    let page = create("", json!({ "parentId": folder })).await.ok();
    assert_eq!(page["parentType"], "folder");
    assert_eq!(page["body"]["storage"]["value"], "<p>nested</p>");
    assert_eq!(create("", json!({ "parentId": "999" })).await.status, 404);
    let gone = site
        .post("/api/v2/pages", json!({ "spaceId": "999", "title": "x" }))
        .await;
    assert_eq!(
        (gone.status, gone.title()),
        (404, "Cannot find a space with id [999]".to_owned())
    );
}

#[tokio::test]
async fn a_save_needs_the_next_version_number() {
    let site = Site::cloud(Seed::Empty).await;
    let page = new_page(&site, "A").await;
    let path = format!("/api/v2/pages/{}", page["id"].as_str().unwrap());
    let saved = site.put(&path, save(&page, "B", "<p>two</p>", 2)).await.ok();
    assert_eq!(
        (&saved["version"]["number"], &saved["title"]),
        (&json!(2), &json!("B"))
    );
    assert_eq!(saved["version"]["message"], "m");
    for number in [2, 4] {
        let stale = site.put(&path, save(&page, "B", "<p>x</p>", number)).await;
        assert_eq!(stale.status, 409);
        let error = &stale.json()["errors"][0];
        assert_eq!(error["status"], "409");
        assert_eq!(error["code"], "CONFLICT");
        assert_eq!(
            stale.title(),
            format!(
                "Version must be incremented when updating a page. Current Version: [2]. Provided version: [{number}]"
            )
        );
    }
    let old = site
        .get(&format!("{path}?version=1&body-format=storage"))
        .await
        .ok();
    assert_eq!(old["body"]["storage"]["value"], "<p>one</p>");
    assert_eq!(
        (&old["title"], &old["version"]["number"]),
        (&json!("B"), &json!(2))
    );
}

#[tokio::test]
async fn a_rename_makes_a_version_without_being_asked_for_one() {
    let site = Site::cloud(Seed::Empty).await;
    let page = new_page(&site, "A").await;
    let path = format!("/api/v2/pages/{}", page["id"].as_str().unwrap());
    let renamed = site
        .put(
            &format!("{path}/title"),
            json!({ "status": "current", "title": "  B  " }),
        )
        .await
        .ok();
    assert_eq!(
        (&renamed["title"], &renamed["version"]["number"]),
        (&json!("B"), &json!(2))
    );
}

#[tokio::test]
async fn titles_are_unique_per_space_whatever_their_case() {
    let site = Site::cloud(Seed::Demo).await;
    let taken =
        "A page with this title already exists: A page already exists with the same TITLE in this space";
    let create = async |space: &str, title: &str| {
        site.post("/api/v2/pages", json!({ "spaceId": space, "title": title }))
            .await
    };
    let space = site.simulator.space_id();
    for title in [
        "Caching Architecture",
        " caching ARCHITECTURE ",
        "Legacy Deployment Guide",
    ] {
        let refused = create(&space, title).await;
        assert_eq!(
            (refused.status, refused.title().as_str()),
            (400, taken),
            "{title}"
        );
    }
    // The trash does not reserve titles, unless the knob says so; folders never do.
    create(&space, "Diagrams").await.ok();
    site.simulator
        .set_knobs(|knobs| knobs.trashed_reserve_titles = true);
    assert_eq!(create(&space, "old onboarding").await.status, 400);
    site.simulator
        .set_knobs(|knobs| knobs.trashed_reserve_titles = false);
    create(&space, "old onboarding").await.ok();
    assert_eq!(create(&space, "   ").await.status, 400);
    assert_eq!(create(&space, &"x".repeat(256)).await.status, 400);
    create(&space, &"é".repeat(255)).await.ok();
}

#[tokio::test]
async fn looking_up_a_title_is_exact_but_for_its_case() {
    let site = Site::cloud(Seed::Demo).await;
    let space = site.simulator.space_id();
    let find = async |query: &str| site.get(&format!("/api/v2/pages?{query}")).await.ok();
    let found = find(&format!("space-id={space}&title=caching%20architecture")).await;
    assert_eq!(column(&found, "title"), ["Caching Architecture"]);
    assert_eq!(keys(&found), ["_links", "results"]);
    assert_eq!(
        column(&find("title=Caching+Architecture").await, "spaceId").len(),
        2
    );
    assert!(column(&find(&format!("space-id={space}&title=Caching")).await, "title").is_empty());
    assert!(column(&find(&format!("space-id={space}&title=")).await, "title").is_empty());
    let archived = find(&format!("space-id={space}&title=Legacy%20Deployment%20Guide")).await;
    assert_eq!(column(&archived, "status"), ["archived"]);
    let trashed = find(&format!("space-id={space}&title=Old+Onboarding&status=trashed")).await;
    assert_eq!(column(&trashed, "status"), ["trashed"]);
    assert!(column(&find("title=Old+Onboarding").await, "id").is_empty());
    assert_eq!(site.get("/api/v2/pages?status=draft").await.status, 400);
}

#[tokio::test]
async fn a_trashed_page_is_still_read_and_its_children_move_up() {
    let site = Site::cloud(Seed::Demo).await;
    let page = site.simulator.page_titled("Operations").unwrap();
    let root = site.simulator.root_page_id();
    let path = format!("/api/v2/pages/{}", page.id);
    let deleted = site.delete(&path).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    let read = site.get(&path).await.ok();
    assert_eq!(read["status"], "trashed");
    for field in ["parentId", "parentType", "position"] {
        assert_eq!(read[field], Value::Null, "{field}");
    }
    let children = site.simulator.page(&root).unwrap().children;
    assert_eq!(children[1..5], page.children[..], "where the page was");
    assert_eq!(site.delete(&path).await.status, 404);
    let restored = site
        .put(&path, save(&read, "ignored", "<p>ignored</p>", 2))
        .await
        .ok();
    assert_eq!(
        (&restored["status"], &restored["title"]),
        (&json!("current"), &json!("Operations"))
    );
    assert_eq!(restored["parentId"], root);
}

#[tokio::test]
async fn a_purged_page_looks_like_rejected_credentials() {
    let site = Site::cloud(Seed::Demo).await;
    let id = site.simulator.page_titled("Retrospectives").unwrap().id;
    let path = format!("/api/v2/pages/{id}");
    assert_eq!(site.delete(&format!("{path}?purge=true")).await.status, 400);
    assert_eq!(site.delete(&path).await.status, 204);
    assert_eq!(site.delete(&format!("{path}?purge=true")).await.status, 204);
    let purged = site.get(&path).await;
    let rejected = site
        .send(
            Method::GET,
            &format!("{}{path}", site.simulator.base_url()),
            Some(("a", "b")),
            None,
        )
        .await;
    assert_eq!(
        (purged.status, purged.text.as_str()),
        (404, rejected.text.as_str())
    );
    assert_eq!(
        purged.json(),
        json!({ "errors": [{ "status": 404, "code": "NOT_FOUND", "title": "Not Found", "detail": null }] })
    );
    assert_eq!(
        site.get("/api/v2/pages/999").await.title(),
        "Cannot find a page with id [999]"
    );
}

#[tokio::test]
async fn bodies_are_checked_and_marked() {
    let site = Site::cloud(Seed::Empty).await;
    let page = new_page(&site, "A").await;
    let path = format!("/api/v2/pages/{}", page["id"].as_str().unwrap());
    let broken = site.put(&path, save(&page, "A", "<p>\n<br></p>", 2)).await;
    assert_eq!(broken.status, 400);
    assert_eq!(
        broken.title(),
        "Error parsing xhtml: Unexpected close tag </p>; expected </br>.\n at [row,col {unknown-source}]: [2,5]"
    );
    let marked = site
        .put(
            &path,
            save(&page, "A", "<hr/><ac:structured-macro ac:name=\"toc\"/>", 2),
        )
        .await
        .ok();
    let body = marked["body"]["storage"]["value"].as_str().unwrap().to_owned();
    assert!(
        body.starts_with("<hr /><ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\" ac:macro-id=\""),
        "{body}"
    );
    let big = "x".repeat(5 * 1024 * 1024);
    assert_eq!(site.put(&path, save(&page, "A", &big, 3)).await.status, 413);
}

#[tokio::test]
async fn a_save_can_move_the_page_but_not_below_itself() {
    let site = Site::cloud(Seed::Demo).await;
    let (page, child) = (
        site.simulator.page_titled("Runbooks").unwrap(),
        site.simulator.page_titled("Failover Checklist").unwrap(),
    );
    let target = site.simulator.page_titled("Services").unwrap();
    let path = format!("/api/v2/pages/{}", page.id);
    let shown = site.get(&path).await.ok();
    let mut request = save(&shown, "Runbooks", "<p>moved</p>", 2);
    request["parentId"] = json!(child.id);
    let looped = site.put(&path, request.clone()).await;
    assert_eq!(
        (looped.status, looped.title()),
        (400, "Cannot add an existing ancestor as a child!".to_owned())
    );
    assert_eq!(
        site.simulator.page(&page.id).unwrap().version,
        1,
        "nothing was saved"
    );
    request["parentId"] = json!(target.id);
    assert_eq!(site.put(&path, request).await.ok()["parentId"], target.id);
    assert_eq!(
        site.simulator.page(&target.id).unwrap().children.last(),
        Some(&page.id)
    );
}

#[tokio::test]
async fn a_reader_reads_and_is_refused_writes() {
    let site = Site::cloud(Seed::Demo).await;
    let reader = site.simulator.reader_credentials();
    let basic = Some((reader.user.as_str(), reader.secret.as_str()));
    let id = site.simulator.root_page_id();
    let url = format!("{}/api/v2/pages/{id}", site.simulator.base_url());
    let page = site.send(Method::GET, &url, basic, None).await.ok();
    let denied = site
        .send(Method::PUT, &url, basic, Some(save(&page, "x", "<p/>", 2)))
        .await;
    assert_eq!(
        (denied.status, denied.title()),
        (404, format!("Cannot find a page with id [{id}]"))
    );
    site.simulator
        .set_knobs(|knobs| knobs.set("denied-write", "forbidden").unwrap());
    assert_eq!(site.send(Method::DELETE, &url, basic, None).await.status, 403);
    assert_eq!(site.simulator.page(&id).unwrap().status, PageStatus::Current);
}

#[tokio::test]
async fn a_new_page_may_hide_for_a_moment() {
    let site = Site::with(Deployment::Cloud, Seed::Empty, |knobs| {
        knobs.create_lag = std::time::Duration::from_secs(3600);
    })
    .await;
    let page = new_page(&site, "A").await;
    assert_eq!(
        site.get(&format!("/api/v2/pages/{}", page["id"].as_str().unwrap()))
            .await
            .status,
        404
    );
    site.simulator
        .set_knobs(|knobs| knobs.create_lag = std::time::Duration::ZERO);
    site.get(&format!("/api/v2/pages/{}", page["id"].as_str().unwrap()))
        .await
        .ok();
}

#[tokio::test]
async fn wrong_methods_routes_and_ids_are_told_apart() {
    let site = Site::cloud(Seed::Empty).await;
    let wrong = site.delete("/api/v2/spaces").await;
    assert_eq!(
        (wrong.status, &wrong.json()["errors"][0]["code"]),
        (405, &json!("METHOD_NOT_ALLOWED"))
    );
    assert_eq!(site.get("/api/v2/nowhere").await.status, 404);
    assert_eq!(site.get("/api/v2/pages/abc").await.status, 400);
    assert_eq!(site.get("/rest/api/nowhere").await.status, 404);
    assert_eq!(site.put("/rest/api/user/current", json!({})).await.status, 405);
}

#[tokio::test]
async fn a_save_without_a_body_is_refused_where_the_schema_is_minded() {
    let site = Site::cloud(Seed::Empty).await;
    let page = new_page(&site, "A").await;
    let path = format!("/api/v2/pages/{}", page["id"].as_str().unwrap());
    let mut request = save(&page, "B", "", 2);
    request.as_object_mut().unwrap().remove("body");
    assert_eq!(site.put(&path, request.clone()).await.status, 400);
    site.simulator.set_knobs(|knobs| knobs.body_required = false);
    assert_eq!(
        site.put(&path, request).await.ok()["body"]["storage"]["value"],
        "<p>one</p>"
    );
}

#[tokio::test]
async fn drafts_are_out_of_sight_until_they_are_published() {
    let site = Site::cloud(Seed::Empty).await;
    let body = json!({ "representation": "storage", "value": "<p>draft</p>" });
    let draft =
        json!({ "spaceId": site.simulator.space_id(), "status": "draft", "title": "Later", "body": body });
    let draft = site.post("/api/v2/pages", draft).await.ok();
    assert_eq!(draft["status"], "draft");
    let path = format!("/api/v2/pages/{}", draft["id"].as_str().unwrap());
    assert_eq!(site.get(&path).await.status, 404);
    site.get(&format!("{path}?get-draft=true")).await.ok();
    assert!(
        site.simulator
            .page(&site.simulator.homepage_id())
            .unwrap()
            .children
            .is_empty()
    );
    let published = site.put(&path, save(&draft, "Now", "<p>page</p>", 1)).await.ok();
    assert_eq!(
        (&published["status"], &published["version"]["number"]),
        (&json!("current"), &json!(1))
    );
    assert_eq!(
        site.simulator
            .page(&site.simulator.homepage_id())
            .unwrap()
            .children
            .len(),
        1
    );
    assert_eq!(site.delete(&format!("{path}?draft=true")).await.status, 404);
}
