//! Data Center: REST v1 against the examples of its document.

use conflagent::simulator::{Deployment, Seed};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Site, column, has_shape_of, keys};

async fn new_page(site: &Site, title: &str, parent: &str) -> Value {
    let body = json!({
        "type": "page", "title": title, "space": { "key": site.simulator.space_key() }, "ancestors": [{ "id": parent }],
        "body": { "storage": { "value": "<p>one</p>\n", "representation": "storage" } },
    });
    site.post("/rest/api/content/", body).await.ok()
}

#[tokio::test]
async fn a_row_that_is_not_expanded_has_exactly_the_documented_keys() {
    let site = Site::with(Deployment::DataCenter, Seed::Demo, |knobs| {
        "/confluence".clone_into(&mut knobs.context_path);
    })
    .await;
    let list = site.get("/rest/api/content?limit=2").await.ok();
    assert_eq!(keys(&list), ["_links", "limit", "results", "size", "start"]);
    assert_eq!(list["_links"]["next"], "/rest/api/content?limit=2&start=2");
    assert_eq!(list["_links"]["context"], "/confluence");
    let base = site.simulator.base_url();
    assert!(base.ends_with("/confluence"));
    assert_eq!(list["_links"]["base"], base);
    assert_eq!(list["_links"]["self"], format!("{base}/rest/api/content"));
    let row = &list["results"][1];
    assert_eq!(
        keys(row),
        [
            "_expandable",
            "_links",
            "extensions",
            "id",
            "status",
            "title",
            "type"
        ]
    );
    assert_eq!(keys(&row["_links"]), ["edit", "self", "tinyui", "webui"]);
    let id = row["id"].as_str().unwrap();
    let expandable = json!({
        "container": "/rest/api/space/ENG", "metadata": "", "operations": "", "children": format!("/rest/api/content/{id}/child"),
        "restrictions": format!("/rest/api/content/{id}/restriction/byOperation"),
        "history": format!("/rest/api/content/{id}/history"), "ancestors": "", "body": "", "version": "",
        "descendants": format!("/rest/api/content/{id}/descendant"), "space": "/rest/api/space/ENG",
    });
    assert_eq!(row["_expandable"], expandable);
    assert_eq!(list["results"][0]["extensions"]["position"], "none");
    assert!(row["extensions"]["position"].is_number());
    let second = site.get("/rest/api/content?limit=2&start=2").await.ok();
    assert_eq!(second["_links"]["prev"], "/rest/api/content?limit=2&start=0");
}

#[tokio::test]
async fn a_created_page_has_the_documented_shape() {
    let site = Site::data_center(Seed::Demo).await;
    let root = site.simulator.root_page_id();
    let page = new_page(&site, "new page", &root).await;
    let user = json!({
        "displayName": "x", "profilePicture": { "height": 48, "isDefault": true, "path": "/x", "width": 48 },
        "type": "known", "username": "admin",
    });
    let documented = json!({
        "_expandable": { "children": "/rest", "descendants": "/rest", "metadata": "" },
        "_links": { "base": "x", "collection": "x", "self": "x", "tinyui": "/x/AgA3", "webui": "/display/TST/new+page" },
        "ancestors": [],
        "body": { "storage": { "_expandable": { "content": "x" }, "representation": "storage", "value": "x" } },
        "container": { "_links": { "self": "x" }, "id": 2_719_747, "key": "TST", "name": "Test Space" },
        "history": { "_expandable": {}, "_links": { "self": "x" }, "createdBy": user, "createdDate": "x", "latest": true },
        "id": "3604482",
        "space": { "_links": { "self": "x" }, "id": 2_719_747, "key": "TST", "name": "Test Space" },
        "title": "new page", "type": "page",
        "version": { "by": user, "message": "", "minorEdit": false, "number": 1, "when": "x" },
    });
    has_shape_of(&page, &documented);
    assert_eq!(
        page["body"]["storage"]["value"], "<p>one</p>",
        "the newline at the end is trimmed"
    );
    let ids: Vec<_> = page["ancestors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [site.simulator.homepage_id(), root]);
    assert!(page["version"]["when"].as_str().unwrap().ends_with("+10:00"));
}

#[tokio::test]
async fn a_page_is_read_with_what_is_expanded() {
    let site = Site::data_center(Seed::Demo).await;
    let id = site.simulator.page_titled("Caching Architecture").unwrap().id;
    let path = format!("/rest/api/content/{id}");
    let default = site.get(&path).await.ok();
    for name in ["history", "space", "version"] {
        assert!(default[name].is_object(), "{name}");
        assert!(default["_expandable"].get(name).is_none(), "{name}");
    }
    let expanded = site
        .get(&format!(
            "{path}?expand=body.storage,body.view,ancestors,children.page,metadata.labels,history.lastUpdated"
        ))
        .await
        .ok();
    assert!(
        expanded["body"]["storage"]["value"]
            .as_str()
            .unwrap()
            .contains("ac:structured-macro")
    );
    assert!(
        !expanded["body"]["view"]["value"]
            .as_str()
            .unwrap()
            .contains("ac:structured-macro")
    );
    assert_eq!(expanded["body"]["_expandable"]["styled_view"], "");
    assert_eq!(expanded["ancestors"].as_array().unwrap().len(), 3);
    assert_eq!(
        column(&expanded["children"]["page"], "title"),
        ["Cache Invalidation", "Cache Key Conventions"]
    );
    assert_eq!(expanded["metadata"]["labels"]["limit"], 200);
    assert_eq!(expanded["history"]["lastUpdated"]["number"], 1);
    assert_eq!(expanded["_expandable"]["version"], "");
}

#[tokio::test]
async fn a_missing_page_is_told_in_the_documented_envelope() {
    let site = Site::data_center(Seed::Empty).await;
    let missing = site.get("/rest/api/content/954415933").await;
    let expected = json!({
        "statusCode": 404,
        "data": { "authorized": false, "valid": true, "allowedInReadOnlyMode": true, "errors": [], "successful": false },
        "message": "No content found with id: ContentId{id=954415933}", "reason": "Not Found",
    });
    assert_eq!((missing.status, missing.json()), (404, expected));
    assert_eq!(
        site.get("/rest/api/content?spaceKey=NOPE&title=x")
            .await
            .message(),
        "No space with key : NOPE"
    );
    assert_eq!(
        site.get("/rest/api/space/NOPE").await.message(),
        "No space with key : NOPE"
    );
}

#[tokio::test]
async fn looking_up_a_title_minds_its_case_although_uniqueness_does_not() {
    let site = Site::data_center(Seed::Demo).await;
    let find = async |title: &str| {
        column(
            &site
                .get(&format!("/rest/api/content?type=page&spaceKey=ENG&title={title}"))
                .await
                .ok(),
            "title",
        )
    };
    assert_eq!(find("Caching%20Architecture").await, ["Caching Architecture"]);
    assert!(find("caching%20architecture").await.is_empty());
    assert!(find("Nothing").await.is_empty());
    let body = json!({ "type": "page", "title": "caching architecture", "space": { "key": "ENG" } });
    let taken = site.post("/rest/api/content", body).await;
    assert_eq!(taken.status, 400);
    assert_eq!(
        taken.message(),
        "A page with this title already exists: A page already exists with the title caching architecture in the space with key ENG"
    );
    site.simulator
        .set_knobs(|knobs| knobs.title_lookup_minds_case = false);
    assert_eq!(find("caching%20architecture").await, ["Caching Architecture"]);
}

#[tokio::test]
async fn a_save_needs_the_next_version_number_and_may_leave_the_body_out() {
    let site = Site::data_center(Seed::Empty).await;
    let page = new_page(&site, "A", &site.simulator.homepage_id()).await;
    let path = format!("/rest/api/content/{}", page["id"].as_str().unwrap());
    let save = |number: Value| json!({ "id": page["id"], "type": "page", "title": "B", "version": number });
    let stale = site.put(&path, save(json!({ "number": 5 }))).await;
    assert_eq!(
        (stale.status, stale.message()),
        (
            409,
            "Version must be incremented on update. Current version is: 1".to_owned()
        )
    );
    assert_eq!(stale.json()["reason"], "Conflict");
    let missing = site.put(&path, save(Value::Null)).await;
    assert_eq!(missing.status, 400);
    assert_eq!(
        missing.message(),
        "Must supply an incremented version when updating Content. No version supplied."
    );
    let saved = site
        .put(
            &path,
            save(json!({ "number": 2, "minorEdit": true, "message": "why" })),
        )
        .await
        .ok();
    assert_eq!(
        (&saved["title"], &saved["version"]["message"]),
        (&json!("B"), &json!("why"))
    );
    assert_eq!(saved["body"]["storage"]["value"], "<p>one</p>");
    let old = site
        .get(&format!("{path}?status=historical&version=1"))
        .await
        .ok();
    assert_eq!(
        (&old["title"], &old["status"]),
        (&json!("A"), &json!("historical"))
    );
}

#[tokio::test]
async fn a_malformed_body_is_refused_with_row_and_column() {
    let site = Site::with(Deployment::DataCenter, Seed::Empty, |knobs| {
        knobs.xhtml_row_offset = 9;
    })
    .await;
    let body = json!({ "type": "page", "title": "x", "space": { "key": "TEST" },
        "body": { "storage": { "value": "<p>one\n  <br></p>", "representation": "storage" } } });
    let refused = site.post("/rest/api/content", body).await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.message(),
        "Error parsing xhtml: Unexpected close tag </p>; expected </br>.\n at [row,col {unknown-source}]: [11,7]"
    );
}

#[tokio::test]
async fn a_page_moves_by_its_ancestors_and_not_below_itself() {
    let site = Site::data_center(Seed::Demo).await;
    let of = |title: &str| site.simulator.page_titled(title).unwrap().id;
    let (page, target) = (of("Runbooks"), of("Services"));
    let save = |parent: &str, number: u64| json!({ "type": "page", "title": "Runbooks", "version": { "number": number }, "ancestors": [{ "id": parent }] });
    let path = format!("/rest/api/content/{page}");
    let looped = site.put(&path, save(&of("Failover Checklist"), 2)).await;
    assert_eq!(
        looped.json(),
        json!({ "statusCode": 500, "message": "", "reason": "Internal Server Error" })
    );
    site.put(&path, save(&target, 2)).await.ok();
    assert_eq!(site.simulator.page(&target).unwrap().children.last(), Some(&page));
}

#[tokio::test]
async fn trash_restore_and_purge() {
    let site = Site::data_center(Seed::Demo).await;
    let page = site.simulator.page_titled("Operations").unwrap();
    let path = format!("/rest/api/content/{}", page.id);
    assert_eq!(site.delete(&path).await.status, 204);
    assert_eq!(site.get(&path).await.status, 404);
    assert_eq!(
        site.get(&format!("{path}?status=trashed")).await.ok()["status"],
        "trashed"
    );
    assert_eq!(site.get(&format!("{path}?status=any")).await.ok()["id"], page.id);
    assert_eq!(
        site.simulator
            .page(&site.simulator.root_page_id())
            .unwrap()
            .children[1..5],
        page.children[..]
    );
    let restored = site
        .put(
            &path,
            json!({ "id": page.id, "status": "current", "version": { "number": 2 } }),
        )
        .await
        .ok();
    assert_eq!(
        (&restored["status"], &restored["title"]),
        (&json!("current"), &json!("Operations"))
    );
    site.simulator.set_knobs(|knobs| knobs.trash_answers_200 = true);
    assert_eq!(site.delete(&path).await.status, 200);
    assert_eq!(site.delete(&path).await.status, 404);
    assert_eq!(site.delete(&format!("{path}?status=trashed")).await.status, 204);
    assert_eq!(site.get(&format!("{path}?status=any")).await.status, 404);
}

#[tokio::test]
async fn children_are_paged_by_start_and_limit() {
    let site = Site::data_center(Seed::Tree {
        pages: 230,
        width: 230,
        depth: 1,
    })
    .await;
    let root = site.simulator.root_page_id();
    let path = format!("/rest/api/content/{root}/child/page");
    let first = site.get(&path).await.ok();
    assert_eq!((&first["limit"], &first["size"]), (&json!(25), &json!(25)));
    let most = site
        .get(&format!("{path}?limit=5000&expand=body.storage"))
        .await
        .ok();
    assert_eq!(
        (&most["limit"], &most["size"]),
        (&json!(50), &json!(50)),
        "the answer's limit is the truth"
    );
    let last = site.get(&format!("{path}?limit=200&start=200")).await.ok();
    assert_eq!(last["size"], 30);
    assert!(last["_links"].get("next").is_none());
    site.simulator.set_knobs(|knobs| knobs.never_ending_next = true);
    let endless = site.get(&format!("{path}?limit=200&start=400")).await.ok();
    assert_eq!((column(&endless, "id").len(), &endless["size"]), (0, &json!(200)));
    assert_eq!(endless["_links"]["next"], format!("{path}?limit=200&start=600"));
}

#[tokio::test]
async fn bad_tokens_are_refused_or_pass_for_nobody() {
    let site = Site::data_center(Seed::Demo).await;
    let url = format!("{}/rest/api/user/current", site.simulator.base_url());
    let pat = site.simulator.credentials().bearer;
    let known = site.bearer(Method::GET, &url, &pat, None).await;
    assert_eq!(known.header("x-ausername"), "agent");
    assert_eq!(known.ok()["type"], "known");
    let refused = site.bearer(Method::GET, &url, "expired", None).await;
    assert_eq!(
        (refused.status, refused.header("x-seraph-loginreason")),
        (401, "AUTHENTICATED_FAILED")
    );
    assert!(
        refused
            .text
            .contains("Basic Authentication Failure - Reason : AUTHENTICATED_FAILED")
    );

    site.simulator.set_knobs(|knobs| knobs.anonymous_access = true);
    let nobody = site.bearer(Method::GET, &url, "expired", None).await;
    assert_eq!(nobody.header("x-ausername"), "anonymous");
    assert_eq!(nobody.ok()["type"], "anonymous");
    let page = format!(
        "{}/rest/api/content/{}",
        site.simulator.base_url(),
        site.simulator.root_page_id()
    );
    assert_eq!(site.bearer(Method::GET, &page, "expired", None).await.status, 404);
    let subset = site
        .bearer(
            Method::GET,
            &format!("{}/rest/api/space", site.simulator.base_url()),
            "expired",
            None,
        )
        .await
        .ok();
    assert_eq!(column(&subset, "key"), ["OPS"]);
    let denied = site.send(Method::GET, &url, Some(("agent", "wrong")), None).await;
    assert_eq!(denied.status, 401, "Basic is never anonymous");
    site.simulator.set_knobs(|knobs| knobs.basic_password = false);
    assert_eq!(site.get("/rest/api/user/current").await.status, 403);
}

#[tokio::test]
async fn a_reader_is_forbidden_to_write() {
    let site = Site::data_center(Seed::Demo).await;
    let reader = site.simulator.reader_credentials();
    let id = site.simulator.root_page_id();
    let url = format!("{}/rest/api/content", site.simulator.base_url());
    let body = json!({ "type": "page", "title": "x", "space": { "key": "ENG" } });
    let create = site.bearer(Method::POST, &url, &reader.bearer, Some(body)).await;
    assert_eq!(
        (create.status, create.message()),
        (403, "Could not create content with type page".to_owned())
    );
    let body = json!({ "type": "page", "title": "x", "version": { "number": 2 } });
    let update = site
        .bearer(Method::PUT, &format!("{url}/{id}"), &reader.bearer, Some(body))
        .await;
    assert_eq!(update.status, 403);
    assert_eq!(
        update.message(),
        format!("Could not update Content of type : class com.atlassian.confluence.pages.Page with id {id}")
    );
    assert_eq!(
        site.bearer(Method::DELETE, &format!("{url}/{id}"), &reader.bearer, None)
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a_space_tells_its_homepage_and_a_numeric_id() {
    let site = Site::data_center(Seed::Demo).await;
    let space = site.get("/rest/api/space/ENG?expand=homepage").await.ok();
    assert_eq!(space["homepage"]["id"], site.simulator.homepage_id());
    assert!(space["id"].is_number());
    assert_eq!(site.get("/rest/api/accessmode").await.text, "\"READ_WRITE\"");
    assert_eq!(
        site.get("/rest/api/server-information").await.ok()["version"],
        "10.2.14"
    );
}
