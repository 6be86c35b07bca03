//! Cloud: folders, labels, versions, properties, comments, attachments, tasks, users, and what is left of v1.

use conflagent::simulator::{PageStatus, RemovedV1, Seed};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::support::{Site, column, has_shape_of, keys};

fn page(site: &Site, title: &str) -> String {
    site.simulator.page_titled(title).unwrap().id
}

#[tokio::test]
async fn folders_are_no_pages() {
    let site = Site::cloud(Seed::Demo).await;
    let root = site.simulator.root_page_id();
    let body =
        json!({ "spaceId": site.simulator.space_id(), "title": "Caching Architecture", "parentId": root });
    let folder = site.post("/api/v2/folders", body).await.ok();
    has_shape_of(
        &folder,
        &json!({ "id": "1", "type": "folder", "status": "current", "title": "t", "parentId": "1", "parentType": "page",
            "position": 1, "authorId": "a", "ownerId": "a", "createdAt": "2026", "spaceId": "1",
            "version": { "number": 1 }, "_links": { "base": "b" } }),
    );
    let id = folder["id"].as_str().unwrap();
    assert_eq!(
        site.get(&format!("/api/v2/pages/{id}")).await.title(),
        format!("Cannot find a page with id [{id}]")
    );
    assert_eq!(
        site.get("/api/v2/folders/999").await.title(),
        "Content with id: [999] not found"
    );
    let inside = site.simulator.add_page(id, "Inside", "<p/>");
    let children = site
        .get(&format!("/api/v2/folders/{id}/direct-children"))
        .await
        .ok();
    assert_eq!(column(&children, "id"), [inside.as_str()]);
    let below = site.get(&format!("/api/v2/folders/{id}/descendants")).await.ok();
    assert_eq!(column(&below, "id"), [inside.as_str()]);
    let above = site.get(&format!("/api/v2/pages/{inside}/ancestors")).await.ok();
    assert_eq!(column(&above, "type"), ["page", "page", "folder"]);
    assert_eq!(site.delete(&format!("/api/v2/folders/{id}")).await.status, 204);
    assert_eq!(site.simulator.page(&inside).unwrap().parent, Some(root));
    assert_eq!(
        site.get(&format!("/api/v2/folders/{id}")).await.ok()["status"],
        "trashed"
    );
}

#[tokio::test]
async fn types_that_nobody_knows_are_in_the_tree() {
    let site = Site::cloud(Seed::Demo).await;
    let root = site.simulator.root_page_id();
    let odd = site.simulator.add_other(&root, "Sketch", "hologram");
    let child = site.simulator.add_page(&odd, "On the sketch", "<p/>");
    let children = site
        .get(&format!("/api/v2/pages/{root}/direct-children?limit=100"))
        .await
        .ok();
    assert_eq!(
        column(&children, "type").last().map(String::as_str),
        Some("hologram")
    );
    assert_eq!(
        site.get(&format!("/api/v2/pages/{child}")).await.ok()["parentType"],
        "hologram"
    );
    site.simulator.set_knobs(|knobs| knobs.odd_enums = true);
    let statuses = column(&site.get("/api/v2/pages?limit=100").await.ok(), "status");
    assert!(statuses.contains(&"verified".to_owned()) && statuses.contains(&"current".to_owned()));
}

#[tokio::test]
async fn labels_are_lowered_split_and_written_through_v1_only() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let (v1, v2) = (
        format!("/rest/api/content/{id}/label"),
        format!("/api/v2/pages/{id}/labels"),
    );
    let added = site
        .post(&v1, json!([{ "prefix": "global", "name": "Alpha Beta,gamma" }]))
        .await
        .ok();
    assert_eq!(column(&added, "name"), ["alpha", "beta", "gamma"]);
    site.post(&v1, json!([{ "prefix": "global", "name": "alpha" }]))
        .await
        .ok();
    let read = site.get(&v2).await.ok();
    has_shape_of(
        &read,
        &json!({ "results": [{ "prefix": "global", "name": "x", "id": "1" }], "_links": { "base": "x" } }),
    );
    assert_eq!(column(&read, "name"), ["alpha", "beta", "gamma"]);
    assert_eq!(site.post(&v2, json!([])).await.status, 405);
    assert!(
        site.post(&v1, json!([{ "prefix": "global" }]))
            .await
            .message()
            .ends_with("Could not parse Labels")
    );
    assert!(
        site.post(&v1, json!([{ "name": "a:b" }]))
            .await
            .message()
            .ends_with("label.contains.invalid.chars")
    );
    assert!(
        site.post(&v1, json!([{ "name": "x".repeat(256) }]))
            .await
            .message()
            .ends_with("label.name.is.too.long")
    );
    assert_eq!(site.delete(&format!("{v1}?name=beta")).await.status, 204);
    assert_eq!(site.delete(&format!("{v1}/alpha")).await.status, 204);
    let missing = site.delete(&format!("{v1}?name=beta")).await;
    assert_eq!(missing.status, 404);
    assert!(missing.message().ends_with("No label found with name: beta"));
    assert_eq!(site.simulator.page(&id).unwrap().labels, ["gamma"]);
}

#[tokio::test]
async fn versions_are_listed_newest_first_and_restored_through_v1() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Glossary");
    site.simulator.edit(&id, "<p>two</p>");
    site.simulator.rename(&id, "Words");
    let list = site
        .get(&format!("/api/v2/pages/{id}/versions?body-format=storage"))
        .await
        .ok();
    has_shape_of(
        &list,
        &json!({ "results": [{ "number": 1, "message": "", "createdAt": "2026", "minorEdit": false, "authorId": "a",
            "page": { "id": "1", "title": "t", "body": { "storage": { "value": "v" } } } }] }),
    );
    assert_eq!(column(&list, "number"), ["3", "2", "1"]);
    let details = site.get(&format!("/api/v2/pages/{id}/versions/2")).await.ok();
    assert_eq!(
        (&details["prevVersion"], &details["nextVersion"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(details["contentTypeModified"], false);
    let restore = |number: u64| json!({ "operationKey": "restore", "params": { "versionNumber": number, "message": "back" } });
    let path = format!("/rest/api/content/{id}/version");
    assert_eq!(site.post(&path, restore(3)).await.status, 400, "the current one");
    assert_eq!(site.post(&path, restore(9)).await.status, 400);
    assert_eq!(
        site.post(
            &path,
            json!({ "operationKey": "restore", "params": { "versionNumber": 1 } })
        )
        .await
        .status,
        400
    );
    assert_eq!(site.post(&path, restore(2)).await.ok()["number"], 4);
    let now = site.simulator.page(&id).unwrap();
    assert_eq!(
        (now.title.as_str(), now.body.as_str()),
        ("Words", "<p>two</p>"),
        "the title stays"
    );
}

#[tokio::test]
async fn properties_have_versions_and_one_namespace() {
    let site = Site::cloud(Seed::Demo).await;
    site.simulator
        .set_knobs(|knobs| knobs.removed_v1 = RemovedV1::Off);
    let id = page(&site, "Glossary");
    let path = format!("/api/v2/pages/{id}/properties");
    let made = site
        .post(
            &path,
            json!({ "key": "marksync.metadata", "value": { "a": [1] } }),
        )
        .await
        .ok();
    assert_eq!(keys(&made), ["id", "key", "value", "version"]);
    let twice = site
        .post(&path, json!({ "key": "marksync.metadata", "value": 1 }))
        .await;
    assert_eq!(
        (twice.status, twice.title().as_str()),
        (409, "Property with key [marksync.metadata] already exists")
    );
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let stale = site
        .put(
            &one,
            json!({ "key": "marksync.metadata", "value": 2, "version": { "number": 1 } }),
        )
        .await;
    assert_eq!(stale.status, 409);
    site.put(
        &one,
        json!({ "key": "marksync.metadata", "value": 2, "version": { "number": 2 } }),
    )
    .await
    .ok();
    let v1 = site
        .get(&format!("/rest/api/content/{id}/property/marksync.metadata"))
        .await
        .ok();
    assert_eq!((&v1["value"], &v1["version"]["number"]), (&json!(2), &json!(2)));
    let v1_path = format!("/rest/api/content/{id}/property/marksync.metadata");
    assert_eq!(
        site.put(&v1_path, json!({ "value": 3, "version": { "number": 2 } }))
            .await
            .status,
        409
    );
    site.put(&v1_path, json!({ "value": 3, "version": { "number": 3 } }))
        .await
        .ok();
    assert_eq!(
        column(
            &site.get(&format!("{path}?key=marksync.metadata")).await.ok(),
            "value"
        ),
        ["3"]
    );
    assert_eq!(
        site.get("/api/v2/pages/999/properties").await.title(),
        "Could not find page with id [999]"
    );
    assert_eq!(site.delete(&one).await.status, 204);
    assert!(column(&site.get(&path).await.ok(), "id").is_empty());
}

#[tokio::test]
async fn comments_are_made_answered_changed_and_deleted() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let body = json!({ "representation": "storage", "value": "<p>Nice</p>" });
    let made = site
        .post("/api/v2/footer-comments", json!({ "pageId": id, "body": body }))
        .await;
    assert_eq!(made.status, 201);
    let comment = made.json();
    let comment_id = comment["id"].as_str().unwrap();
    assert_eq!(
        made.header("location"),
        format!("/wiki/api/v2/footer-comments/{comment_id}")
    );
    assert_eq!(
        (&comment["title"], &comment["pageId"]),
        (&json!("Re: Glossary"), &json!(id))
    );
    let answer = site
        .post(
            "/api/v2/footer-comments",
            json!({ "parentCommentId": comment_id, "body": body }),
        )
        .await
        .json();
    let roots = site
        .get(&format!("/api/v2/pages/{id}/footer-comments?body-format=storage"))
        .await
        .ok();
    assert_eq!(column(&roots, "id"), [comment_id]);
    assert_eq!(roots["results"][0]["body"]["storage"]["value"], "<p>Nice</p>");
    let answers = site
        .get(&format!("/api/v2/footer-comments/{comment_id}/children"))
        .await
        .ok();
    assert_eq!(column(&answers, "id"), [answer["id"].as_str().unwrap()]);
    let change = |number: u64| json!({ "version": { "number": number }, "body": { "representation": "storage", "value": "<p>Better</p>" } });
    let path = format!("/api/v2/footer-comments/{comment_id}");
    assert_eq!(site.put(&path, change(1)).await.status, 409);
    assert_eq!(site.put(&path, change(2)).await.ok()["version"]["number"], 2);
    assert_eq!(site.delete(&path).await.status, 204);
    assert_eq!(site.get(&path).await.status, 404);
}

#[tokio::test]
async fn inline_comments_need_text_that_is_there() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let comment_on = async |text: &str, count: u64| {
        let place =
            json!({ "textSelection": text, "textSelectionMatchCount": count, "textSelectionMatchIndex": 0 });
        let body = json!({ "representation": "storage", "value": "<p>?</p>" });
        site.post(
            "/api/v2/inline-comments",
            json!({ "pageId": id, "body": body, "inlineCommentProperties": place }),
        )
        .await
    };
    assert_eq!(comment_on("not there", 1).await.status, 400);
    assert_eq!(comment_on("Time to live", 2).await.status, 400);
    let made = comment_on("Time to live", 1).await;
    assert_eq!(
        (made.status, &made.json()["properties"]["inlineOriginalSelection"]),
        (201, &json!("Time to live"))
    );
    assert_eq!(
        column(
            &site
                .get(&format!("/api/v2/pages/{id}/inline-comments"))
                .await
                .ok(),
            "resolutionStatus"
        ),
        ["open"]
    );
    assert!(
        column(
            &site
                .get(&format!("/api/v2/pages/{id}/footer-comments"))
                .await
                .ok(),
            "id"
        )
        .is_empty()
    );
}

#[tokio::test]
async fn attachments_go_up_through_v1_and_come_down_from_elsewhere() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Network Diagram");
    let path = format!("/rest/api/content/{id}/child/attachment");
    let form = || {
        let file = multipart::Part::bytes(b"\x89PNG".to_vec())
            .file_name("network.png")
            .mime_str("image/png")
            .unwrap();
        multipart::Form::new().part("file", file).text("comment", "x")
    };
    let post = async |method: Method, path: &str, token: bool| {
        let mut request = site.request(method, path).multipart(form());
        if token {
            request = request.header("X-Atlassian-Token", "no-check");
        }
        site.run(request).await.unwrap()
    };
    assert_eq!(post(Method::POST, &path, false).await.status, 403, "XSRF");
    let made = post(Method::POST, &path, true).await.ok()["results"][0].clone();
    let attachment = made["id"].as_str().unwrap();
    assert!(attachment.starts_with("att"));
    let twice = post(Method::POST, &path, true).await;
    assert!(
        twice.message().ends_with(
            "Cannot add a new attachment with same file name as an existing attachment: network.png"
        )
    );
    assert_eq!(
        post(Method::POST, &format!("{path}/{attachment}/data"), true)
            .await
            .ok()["version"]["number"],
        2
    );
    assert_eq!(
        post(Method::PUT, &path, true).await.ok()["results"][0]["version"]["number"],
        3
    );
    let read = site
        .get(&format!("/api/v2/pages/{id}/attachments?filename=network.png"))
        .await
        .ok();
    has_shape_of(
        &read,
        &json!({ "results": [{ "id": "att40763393", "title": "x", "mediaType": "image/png", "fileSize": 79, "version": { "number": 1 },
            "downloadLink": "/rest", "_links": { "download": "/rest" } }] }),
    );
    let link = read["results"][0]["downloadLink"].as_str().unwrap().to_owned();
    let away = site.get(&link).await;
    assert_eq!(away.status, 302);
    let media = away.header("location").replace("localhost", "127.0.0.1");
    let bytes = site.send(Method::GET, &media, None, None).await;
    assert_eq!((bytes.status, bytes.header("content-type")), (200, "image/png"));
    assert!(!site.simulator.requests().last().unwrap().credentials);
    assert_eq!(
        site.delete(&format!("/api/v2/attachments/{attachment}"))
            .await
            .status,
        204
    );
    assert_eq!(
        site.get(&format!("/api/v2/attachments/{attachment}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn tasks_are_read_and_ticked() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Runbook: Cache is cold");
    let open = site
        .get(&format!("/api/v2/tasks?page-id={id}&status=incomplete"))
        .await
        .ok();
    assert_eq!(column(&open, "localId"), ["1", "2"]);
    let task = column(&open, "id").remove(0);
    let ticked = site
        .put(&format!("/api/v2/tasks/{task}"), json!({ "status": "complete" }))
        .await
        .ok();
    assert_eq!(ticked["status"], "complete");
    assert_eq!(
        site.get(&format!("/api/v2/tasks/{task}")).await.ok()["status"],
        "complete"
    );
    assert!(
        site.simulator
            .page(&id)
            .unwrap()
            .body
            .contains("<ac:task-id>1</ac:task-id><ac:task-status>complete<")
    );
}

#[tokio::test]
async fn users_and_groups() {
    let site = Site::cloud(Seed::Empty).await;
    let me = site.get("/rest/api/user/current").await.ok()["accountId"]
        .as_str()
        .unwrap()
        .to_owned();
    let bulk = site
        .post("/api/v2/users-bulk", json!({ "accountIds": [me, "nobody"] }))
        .await
        .ok();
    assert_eq!(column(&bulk, "displayName"), ["Agent Writer"]);
    assert_eq!(
        site.get(&format!("/rest/api/user?accountId={me}")).await.ok()["displayName"],
        "Agent Writer"
    );
    assert_eq!(site.get("/rest/api/user?accountId=nobody").await.status, 404);
    let groups = site.get("/rest/api/group").await.ok();
    assert_eq!(
        column(&groups, "name"),
        ["confluence-administrators", "confluence-users"]
    );
    let group = column(&groups, "id").remove(0);
    let members = async || {
        column(
            &site
                .get(&format!("/rest/api/group/{group}/membersByGroupId"))
                .await
                .ok(),
            "displayName",
        )
    };
    assert_eq!(members().await, ["Agent Writer"]);
    let found = site
        .get("/rest/api/search/user?cql=user.fullname~%22Rea%22")
        .await
        .ok();
    has_shape_of(
        &found,
        &json!({ "results": [], "start": 0, "limit": 25, "size": 1, "totalSize": 1, "cqlQuery": "q",
            "searchDuration": 1, "_links": {} }),
    );
    let reader = found["results"][0]["user"]["accountId"]
        .as_str()
        .unwrap()
        .to_owned();
    let add = site
        .post(
            &format!("/rest/api/group/userByGroupId?groupId={group}"),
            json!({ "accountId": reader }),
        )
        .await;
    assert_eq!(add.status, 201);
    assert_eq!(members().await, ["Agent Writer", "Rea Reader"]);
    let of_reader = site
        .get(&format!("/rest/api/user/memberof?accountId={reader}"))
        .await
        .ok();
    assert_eq!(column(&of_reader, "name").len(), 2);
    let remove = format!("/rest/api/group/userByGroupId?groupId={group}&accountId={reader}");
    assert_eq!(site.delete(&remove).await.status, 204);
    assert_eq!(members().await, ["Agent Writer"]);
}

#[tokio::test]
async fn pages_are_archived_copied_and_deleted_as_trees_through_v1() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Runbooks");
    let number: u64 = id.parse().unwrap();
    let job = site
        .post(
            "/rest/api/content/archive",
            json!({ "pages": [{ "id": number }] }),
        )
        .await;
    assert_eq!(job.status, 202);
    let status = job.json()["links"]["status"].as_str().unwrap().to_owned();
    assert_eq!(site.get(&status).await.ok()["finished"], true);
    let archived = site.get(&format!("/api/v2/pages/{id}")).await.ok();
    assert_eq!(
        (&archived["status"], &archived["parentId"]),
        (&json!("archived"), &json!(page(&site, "Operations")))
    );
    assert_eq!(
        site.post(
            "/rest/api/content/archive",
            json!({ "pages": [{ "id": number }] })
        )
        .await
        .status,
        400
    );

    let tree = page(&site, "Services");
    let below = site.simulator.subtree(&tree);
    assert_eq!(
        site.delete(&format!("/rest/api/content/{tree}/pageTree"))
            .await
            .status,
        202
    );
    assert!(
        below
            .iter()
            .all(|entry| site.simulator.page(&entry.id).unwrap().status == PageStatus::Trashed)
    );

    let copy = json!({ "destination": { "type": "parent_page", "value": tree }, "pageTitle": "Again" });
    assert_eq!(
        site.post(
            &format!("/rest/api/content/{}/copy", page(&site, "Glossary")),
            copy
        )
        .await
        .status,
        404
    );
    let copy = json!({ "destination": { "type": "parent_page", "value": page(&site, "Onboarding") }, "pageTitle": "Again" });
    let copied = site
        .post(
            &format!("/rest/api/content/{}/copy", page(&site, "Glossary")),
            copy,
        )
        .await
        .ok();
    assert_eq!(copied["title"], "Again");
}

#[tokio::test]
async fn the_removed_part_of_v1_is_gone_unless_the_site_still_has_it() {
    let site = Site::cloud(Seed::Demo).await;
    let id = site.simulator.root_page_id();
    let paths = [
        "/rest/api/content",
        "/rest/api/space/ENG",
        "/rest/api/content?title=x",
    ];
    for path in paths.iter().map(|path| (*path).to_owned()).chain([
        format!("/rest/api/content/{id}"),
        format!("/rest/api/content/{id}/child/page"),
    ]) {
        let gone = site.get(&path).await;
        assert_eq!(gone.status, 410, "{path}");
        assert!(
            gone.message()
                .ends_with("GoneException: This deprecated endpoint has been removed.")
        );
    }
    site.simulator
        .set_knobs(|knobs| knobs.removed_v1 = RemovedV1::Bearer);
    assert_eq!(site.get(&format!("/rest/api/content/{id}")).await.ok()["id"], id);
    let gateway = format!("{}/rest/api/content/{id}", site.simulator.gateway_url());
    let bearer = site.simulator.credentials().bearer;
    assert_eq!(
        site.bearer(Method::GET, &gateway, &bearer, None).await.status,
        410
    );
    site.simulator
        .set_knobs(|knobs| knobs.removed_v1 = RemovedV1::Off);
    site.bearer(Method::GET, &gateway, &bearer, None).await.ok();
    let taken = json!({ "type": "page", "title": "Glossary", "space": { "key": "ENG" } });
    let duplicate = site.post("/rest/api/content", taken).await;
    assert_eq!(duplicate.status, 400);
    assert_eq!(
        duplicate.json()["data"],
        json!({ "authorized": true, "valid": false, "errors": [], "successful": true })
    );
    let folder = site
        .get(&format!(
            "/rest/api/content/{}/child/folder",
            page(&site, "Architecture")
        ))
        .await
        .ok();
    assert_eq!(column(&folder, "title"), ["Diagrams"]);
}

#[tokio::test]
async fn tokens_open_what_they_are_for() {
    let site = Site::cloud(Seed::Demo).await;
    let keys = site.simulator.credentials();
    let (base, gateway) = (site.simulator.base_url(), site.simulator.gateway_url());
    let scoped = Some((keys.user.as_str(), keys.scoped_token.as_str()));
    let classic = Some((keys.user.as_str(), keys.secret.as_str()));
    let refused = site
        .send(Method::GET, &format!("{base}/api/v2/spaces"), scoped, None)
        .await;
    assert_eq!(
        (
            refused.status,
            refused.header("content-type").starts_with("text/html")
        ),
        (401, true)
    );
    let through = site
        .send(
            Method::GET,
            &format!("{gateway}/api/v2/spaces?limit=1"),
            scoped,
            None,
        )
        .await;
    let list = through.ok();
    assert!(
        list["_links"]["next"]
            .as_str()
            .unwrap()
            .starts_with("/wiki/api/v2/spaces?")
    );
    assert_eq!(list["_links"]["base"], base, "the classic site, even here");
    site.send(Method::GET, &format!("{gateway}/api/v2/spaces"), classic, None)
        .await
        .ok();
    let bearer = site
        .bearer(Method::GET, &format!("{base}/api/v2/spaces"), &keys.secret, None)
        .await;
    assert_eq!(
        (bearer.status, bearer.message().as_str()),
        (403, "Failed to parse Connect Session Auth Token")
    );

    site.simulator
        .set_knobs(|knobs| "read:space:confluence,read:page:confluence".clone_into(&mut knobs.scopes));
    site.send(Method::GET, &format!("{gateway}/api/v2/spaces"), scoped, None)
        .await
        .ok();
    for path in [
        "/api/v2/pages/1/ancestors",
        "/rest/api/user/current",
        "/rest/api/search?cql=type%3Dpage",
    ] {
        let missing = site
            .send(Method::GET, &format!("{gateway}{path}"), scoped, None)
            .await;
        assert_eq!(missing.status, 401, "{path}");
        assert_eq!(
            missing.json(),
            json!({ "code": 401, "message": "Unauthorized; scope does not match" })
        );
    }
    let write = site
        .send(
            Method::POST,
            &format!("{gateway}/api/v2/pages"),
            scoped,
            Some(Value::Null),
        )
        .await;
    assert_eq!(write.status, 401);
    site.send(
        Method::GET,
        &format!("{gateway}/rest/api/user/current"),
        classic,
        None,
    )
    .await
    .ok();

    let address = site.simulator.address();
    let tenant = site
        .send(
            Method::GET,
            &format!("http://{address}/_edge/tenant_info"),
            None,
            None,
        )
        .await
        .ok();
    assert!(gateway.contains(tenant["cloudId"].as_str().unwrap()));
}

#[tokio::test]
async fn a_page_tells_more_when_asked() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let query = "include-labels=true&include-operations=true&include-versions=true&include-properties=true&include-version=false";
    let shown = site.get(&format!("/api/v2/pages/{id}?{query}")).await.ok();
    for name in ["labels", "operations", "versions", "properties"] {
        has_shape_of(
            &shown[name],
            &json!({ "results": [], "meta": { "hasMore": false, "cursor": "" }, "_links": { "self": "x" } }),
        );
    }
    assert!(shown.get("version").is_none());
    assert_eq!(
        shown["operations"]["results"][0],
        json!({ "operation": "read", "targetType": "page" })
    );
    let types = json!({ "contentIds": [id, 999] });
    let types = site
        .post("/api/v2/content/convert-ids-to-types", types)
        .await
        .ok();
    assert_eq!(types["results"], json!({ id: "page", "999": null }));
}

#[tokio::test]
async fn hidden_pages_are_missing_and_locked_ones_are_not_written() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Monitoring");
    site.simulator.hide(&id, true);
    assert_eq!(site.get(&format!("/api/v2/pages/{id}")).await.status, 404);
    let siblings = site
        .get(&format!(
            "/api/v2/pages/{}/direct-children",
            page(&site, "Operations")
        ))
        .await
        .ok();
    assert!(!column(&siblings, "id").contains(&id));
    site.simulator.hide(&id, false);
    site.simulator.protect(&id, true);
    site.get(&format!("/api/v2/pages/{id}")).await.ok();
    assert_eq!(site.delete(&format!("/api/v2/pages/{id}")).await.status, 404);
    assert_eq!(
        site.put(
            &format!("/rest/api/content/{id}/move/append/{}", page(&site, "Services")),
            Value::Null
        )
        .await
        .status,
        403
    );
}

#[tokio::test]
async fn a_rename_may_rewrite_the_links_to_the_page() {
    let site = Site::cloud(Seed::Demo).await;
    let (id, linking) = (page(&site, "Dead Letter Queues"), page(&site, "Glossary"));
    site.simulator.rename(&id, "Lost & found");
    assert!(
        site.simulator
            .page(&linking)
            .unwrap()
            .body
            .contains("ri:content-title=\"Dead Letter Queues\"")
    );
    site.simulator
        .set_knobs(|knobs| knobs.rename_rewrites_links = true);
    site.simulator.rename(&id, "Dead Letter Queues");
    site.simulator.rename(&id, "Lost & found");
    let body = site.simulator.page(&linking).unwrap();
    assert!(body.body.contains("ri:content-title=\"Lost &amp; found\""));
    assert_eq!(body.version, 1);
}

#[tokio::test]
async fn a_tree_is_copied_whole_or_not_at_all() {
    let site = Site::cloud(Seed::Demo).await;
    let (source, root) = (page(&site, "Architecture"), site.simulator.root_page_id());
    let path = format!("/rest/api/content/{source}/pagehierarchy/copy");
    let before = site.simulator.page_counts();
    let same = site.post(&path, json!({ "destinationPageId": root })).await;
    assert_eq!(same.status, 400, "titles are taken");
    assert_eq!(site.simulator.page_counts(), before);
    let body = json!({ "destinationPageId": root, "titleOptions": { "prefix": "Twin of ", "search": "Cache", "replace": "Store" } });
    let accepted = site.post(&path, body).await;
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    let status = accepted.json()["links"]["status"].as_str().unwrap().to_owned();
    assert_eq!(site.get(&status).await.ok()["percentageComplete"], 100);
    let titles = |id: &str| {
        let below = site.simulator.subtree(id).into_iter();
        let pages = below.filter(|entry| site.simulator.page(&entry.id).unwrap().kind == "page");
        pages.map(|entry| entry.title).collect::<Vec<_>>()
    };
    let twin = page(&site, "Twin of Architecture");
    let expected: Vec<String> = titles(&source)
        .iter()
        .map(|title| format!("Twin of {}", title.replace("Cache", "Store")))
        .collect();
    assert_eq!(titles(&twin), expected);
    let alone =
        json!({ "destinationPageId": root, "copyDescendants": false, "titleOptions": { "prefix": "One " } });
    assert_eq!(site.post(&path, alone).await.status, 202);
    assert!(titles(&page(&site, "One Architecture")).is_empty());
    let nowhere = json!({ "destinationPageId": "999", "titleOptions": { "prefix": "No " } });
    assert_eq!(site.post(&path, nowhere).await.status, 404);
}

#[tokio::test]
async fn permissions_are_told_for_users_and_groups() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Event Bus");
    let account = |number: u32| format!("557058:593d9e9f-0d3c-4cb2-8d4b-00000000{number:04}");
    let path = format!("/rest/api/content/{id}/permission/check");
    let may = async |kind: &str, identifier: &str, operation: &str| {
        let body = json!({ "subject": { "type": kind, "identifier": identifier }, "operation": operation });
        site.post(&path, body).await
    };
    assert_eq!(
        may("user", &account(1), "update").await.ok()["hasPermission"],
        true
    );
    assert_eq!(may("user", &account(2), "read").await.ok()["hasPermission"], true);
    assert_eq!(
        may("user", &account(2), "delete").await.ok()["hasPermission"],
        false
    );
    let everybody = "7e8b2f0c-4d51-4c1f-9a53-000000000001";
    assert_eq!(may("group", everybody, "read").await.ok()["hasPermission"], true);
    assert_eq!(
        may("group", everybody, "update").await.ok()["hasPermission"],
        false
    );
    site.simulator.protect(&id, true);
    assert_eq!(
        may("user", &account(1), "update").await.ok()["hasPermission"],
        false
    );
    assert_eq!(may("user", "nobody", "read").await.status, 400);
    assert_eq!(may("user", &account(1), "fly").await.status, 400);
}

#[tokio::test]
async fn a_conversion_is_a_task_that_is_done() {
    let site = Site::cloud(Seed::Empty).await;
    let body = json!({ "representation": "storage", "value": "<p>hi</p>" });
    let task = site
        .post("/rest/api/contentbody/convert/async/export_view", body.clone())
        .await
        .ok();
    let id = task["asyncId"].as_str().unwrap();
    let done = site
        .get(&format!("/rest/api/contentbody/convert/async/{id}"))
        .await
        .ok();
    assert_eq!(
        (&done["status"], &done["value"]),
        (&json!("COMPLETED"), &json!("<p>hi</p>"))
    );
    let other = site
        .post("/rest/api/contentbody/convert/async/editor", body)
        .await;
    assert_eq!(other.status, 400);
    assert_eq!(
        site.get("/rest/api/contentbody/convert/async/7").await.status,
        404
    );
}

#[tokio::test]
async fn content_is_found_by_its_label() {
    let site = Site::cloud(Seed::Demo).await;
    let id = page(&site, "Event Bus");
    let labels = json!([{ "prefix": "global", "name": "wire" }]);
    site.post(&format!("/rest/api/content/{id}/label"), labels)
        .await
        .ok();
    let found = site.get("/rest/api/label?name=wire").await.ok();
    assert_eq!(found["label"]["name"], "wire");
    let rows = &found["associatedContents"]["results"];
    assert_eq!(
        rows,
        &json!([{ "contentType": "page", "contentId": id.parse::<u64>().unwrap(), "title": "Event Bus" }])
    );
    let none = site.get("/rest/api/label?name=wire&type=attachment").await.ok();
    assert_eq!(none["associatedContents"]["size"], 0);
    assert_eq!(site.get("/rest/api/label?name=unheard").await.status, 404);
    assert_eq!(site.get("/rest/api/label").await.status, 400);
}

#[tokio::test]
async fn the_gateway_takes_addresses_with_and_without_the_context() {
    let site = Site::cloud(Seed::Empty).await;
    let token = site.simulator.credentials().bearer;
    let with = site.simulator.gateway_url();
    let without = with.trim_end_matches("/wiki");
    for base in [with.as_str(), without] {
        let url = format!("{base}/rest/api/user/current");
        let me = site.bearer(Method::GET, &url, &token, None).await.ok();
        assert_eq!(me["type"], "known", "{base}");
    }
}
