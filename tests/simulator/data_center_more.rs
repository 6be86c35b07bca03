//! Data Center: comments, labels, properties, attachments, history, scan, groups.

use conflagent::simulator::Seed;
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::support::{Site, column, has_shape_of};

fn page(site: &Site, title: &str) -> String {
    site.simulator.page_titled(title).unwrap().id
}

#[tokio::test]
async fn a_comment_is_content_with_a_container() {
    let site = Site::data_center(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let comment = |container: Value| {
        json!({ "type": "comment", "container": container,
        "body": { "storage": { "value": "<p><strong>I am a comment</strong></p>", "representation": "storage" } } })
    };
    let made = site
        .post("/rest/api/content", comment(json!({ "id": id, "type": "page" })))
        .await
        .ok();
    assert_eq!(
        (&made["type"], &made["title"]),
        (&json!("comment"), &json!("Re: Glossary"))
    );
    assert_eq!(made["container"]["id"], id);
    let list = site
        .get(&format!(
            "/rest/api/content/{id}/child/comment?expand=body.view&depth=all"
        ))
        .await
        .ok();
    let documented = json!({
        "_links": { "base": "x", "context": "x", "self": "x" }, "limit": 25, "size": 1, "start": 0,
        "results": [{
            "_expandable": { "ancestors": "", "children": "x", "container": "x", "descendants": "x", "history": "x", "metadata": "",
                "operations": "", "restrictions": "x", "space": "x", "version": "" },
            "_links": { "self": "x", "webui": "x" },
            "body": { "_expandable": { "anonymous_export_view": "", "editor": "", "export_view": "", "storage": "", "styled_view": "" },
                "view": { "_expandable": { "content": "x" }, "representation": "x", "value": "x" } },
            "extensions": { "_expandable": { "resolution": "" }, "location": "footer" },
            "id": "1998866", "status": "current", "title": "x", "type": "comment",
        }],
    });
    has_shape_of(&list, &documented);
    assert!(
        list["results"][0]["_links"]["webui"]
            .as_str()
            .unwrap()
            .contains("focusedCommentId=")
    );
    assert_eq!(
        site.post("/rest/api/content", comment(json!({ "id": "999" })))
            .await
            .status,
        404
    );
    let comment_id = made["id"].as_str().unwrap();
    assert_eq!(
        site.delete(&format!("/rest/api/content/{comment_id}"))
            .await
            .status,
        204
    );
    assert_eq!(
        site.get(&format!("/rest/api/content/{comment_id}?status=any"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn labels_and_properties() {
    let site = Site::data_center(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let labels = format!("/rest/api/content/{id}/label");
    site.post(&labels, json!([{ "prefix": "global", "name": "words" }]))
        .await
        .ok();
    let read = site.get(&labels).await.ok();
    assert_eq!(
        (&read["limit"], column(&read, "name")),
        (&json!(200), vec!["words".to_owned()])
    );
    assert_eq!(site.delete(&format!("{labels}/words")).await.status, 204);
    let properties = format!("/rest/api/content/{id}/property");
    site.post(&properties, json!({ "key": "myprop", "value": { "likes": 5 } }))
        .await
        .ok();
    assert_eq!(
        site.post(&properties, json!({ "key": "myprop", "value": 1 }))
            .await
            .status,
        409
    );
    let big = json!({ "key": "big", "value": "x".repeat(33 * 1024) });
    assert_eq!(site.post(&properties, big).await.status, 413);
    let expanded = site
        .get(&format!(
            "/rest/api/content/{id}?expand=metadata.properties.myprop"
        ))
        .await
        .ok();
    assert_eq!(expanded["metadata"]["properties"]["myprop"]["value"]["likes"], 5);
    assert_eq!(site.delete(&format!("{properties}/myprop")).await.status, 204);
    assert_eq!(site.get(&format!("{properties}/myprop")).await.status, 404);
}

#[tokio::test]
async fn attachments_are_uploaded_listed_and_downloaded_with_credentials() {
    let site = Site::data_center(Seed::Demo).await;
    let id = page(&site, "Glossary");
    let path = format!("/rest/api/content/{id}/child/attachment");
    let file = multipart::Part::bytes(b"hello".to_vec())
        .file_name("my file.txt")
        .mime_str("text/plain")
        .unwrap();
    let form = multipart::Form::new()
        .part("file", file)
        .text("comment", "this is my file");
    let request = site
        .request(Method::POST, &path)
        .header("X-Atlassian-Token", "nocheck")
        .multipart(form);
    let made = site.run(request).await.unwrap().ok();
    assert_eq!(made["results"][0]["extensions"]["fileSize"], 5);
    let list = site.get(&path).await.ok();
    assert_eq!(
        (&list["limit"], column(&list, "title")),
        (&json!(50), vec!["my file.txt".to_owned()])
    );
    let link = list["results"][0]["_links"]["download"].as_str().unwrap();
    assert!(
        link.starts_with(&format!(
            "/download/attachments/{id}/my%20file.txt?version=1&modificationDate="
        )),
        "{link}"
    );
    let got = site.get(link).await;
    assert_eq!((got.status, got.text.as_str()), (200, "hello"));
    assert_eq!(
        site.get(&format!("/download/attachments/{id}/other.txt"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn history_tells_versions_and_old_ones_can_go() {
    let site = Site::data_center(Seed::Demo).await;
    let id = page(&site, "Glossary");
    site.simulator.edit(&id, "<p>two</p>");
    let history = site.get(&format!("/rest/api/content/{id}/history")).await.ok();
    assert_eq!(
        (
            &history["previousVersion"]["number"],
            &history["lastUpdated"]["number"]
        ),
        (&json!(1), &json!(2))
    );
    assert_eq!(history["createdBy"]["username"], "ada");
    assert_eq!(
        site.delete(&format!("/rest/api/content/{id}/version/2"))
            .await
            .status,
        400
    );
    assert_eq!(
        site.delete(&format!("/rest/api/content/{id}/version/1"))
            .await
            .status,
        204
    );
    assert_eq!(
        site.delete(&format!("/rest/api/content/{id}/version/1"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn scan_walks_by_keyset_in_both_directions() {
    let site = Site::data_center(Seed::Demo).await;
    let first = site.get("/rest/api/content/scan?spaceKey=ENG&limit=2").await.ok();
    assert_eq!(first["cursor"], "content:false:null");
    assert!(first.get("start").is_none() && first.get("prevCursor").is_none());
    let ids = column(&first, "id");
    assert_eq!(first["nextCursor"], format!("content:false:{}", ids[1]));
    let next = first["_links"]["next"].as_str().unwrap();
    assert_eq!(
        next,
        format!(
            "/rest/api/content/scan?spaceKey=ENG&cursor=content:false:{}&limit=2",
            ids[1]
        )
    );
    let second = site.get(next).await.ok();
    let back = second["_links"]["prev"].as_str().unwrap();
    assert_eq!(column(&site.get(back).await.ok(), "id"), ids);
    assert_eq!(
        site.get("/rest/api/content/scan?cursor=nonsense").await.status,
        400
    );
}

#[tokio::test]
async fn descendants_are_comments_only() {
    let site = Site::data_center(Seed::Demo).await;
    let id = site.simulator.root_page_id();
    assert_eq!(
        site.get(&format!("/rest/api/content/{id}/descendant/page"))
            .await
            .status,
        501
    );
    assert!(
        column(
            &site
                .get(&format!("/rest/api/content/{id}/descendant/comment"))
                .await
                .ok(),
            "id"
        )
        .is_empty()
    );
    let map = site
        .get(&format!("/rest/api/content/{id}/child?expand=page"))
        .await
        .ok();
    assert!(!column(&map["page"], "id").is_empty());
    assert_eq!(
        map["_expandable"]["comment"],
        format!("/rest/api/content/{id}/child/comment")
    );
}

#[tokio::test]
async fn spaces_list_their_content() {
    let site = Site::data_center(Seed::Demo).await;
    let list = site.get("/rest/api/space/ENG/content/page?limit=5").await.ok();
    assert_eq!(
        list["_links"]["next"],
        "/rest/api/space/ENG/content/page?limit=5&start=5"
    );
    let roots = site.get("/rest/api/space/ENG/content/page?depth=root").await.ok();
    assert_eq!(column(&roots, "title"), ["Engineering Home"]);
    let both = site.get("/rest/api/space/ENG/content").await.ok();
    assert_eq!(both["page"]["size"], 25);
}

#[tokio::test]
async fn bodies_are_converted() {
    let site = Site::data_center(Seed::Empty).await;
    let storage =
        json!({ "representation": "storage", "value": "<ac:structured-macro ac:name=\"cheese\" />" });
    let view = site
        .post("/rest/api/contentbody/convert/view", storage)
        .await
        .ok();
    assert_eq!(view["representation"], "view");
    assert!(!view["value"].as_str().unwrap().contains("ac:"));
    let wiki = json!({ "representation": "wiki", "value": "a < b\n\nc" });
    let back = site
        .post("/rest/api/contentbody/convert/storage", wiki)
        .await
        .ok();
    assert_eq!(back["value"], "<p>a &lt; b</p><p>c</p>");
}

#[tokio::test]
async fn users_and_groups_have_names() {
    let site = Site::data_center(Seed::Empty).await;
    assert_eq!(
        site.get("/rest/api/user?username=ada").await.ok()["displayName"],
        "Ada Person"
    );
    assert_eq!(site.get("/rest/api/user?username=nobody").await.status, 404);
    let group = "/rest/api/group/confluence-administrators";
    assert_eq!(site.get(group).await.ok()["type"], "group");
    let path = "/rest/api/user/ada/group/confluence-administrators";
    assert_eq!(site.put(path, Value::Null).await.status, 204);
    assert_eq!(
        column(&site.get(&format!("{group}/member")).await.ok(), "username"),
        ["agent", "ada"]
    );
    assert_eq!(site.delete(path).await.status, 204);
    assert_eq!(
        column(
            &site.get("/rest/api/user/memberof?username=ada").await.ok(),
            "name"
        ),
        ["confluence-users"]
    );
}

#[tokio::test]
async fn in_read_only_mode_writes_are_forbidden() {
    let site = Site::data_center(Seed::Demo).await;
    site.simulator.set_knobs(|knobs| knobs.read_only = true);
    assert_eq!(site.get("/rest/api/accessmode").await.text, "\"READ_ONLY\"");
    let id = site.simulator.root_page_id();
    let refused = site.delete(&format!("/rest/api/content/{id}")).await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["data"]["allowedInReadOnlyMode"], false);
    site.get(&format!("/rest/api/content/{id}")).await.ok();
}

#[tokio::test]
async fn restrictions_hide_and_protect() {
    let site = Site::data_center(Seed::Demo).await;
    let id = page(&site, "Monitoring");
    let path = format!("/rest/api/content/{id}/restriction");
    let only = |operation: &str| json!([{ "operation": operation, "restrictions": { "user": [{ "type": "known", "username": "agent" }] } }]);
    let reader = site.simulator.reader_credentials().bearer;
    let url = format!("{}/rest/api/content/{id}", site.simulator.base_url());
    site.put(&path, only("read")).await.ok();
    assert_eq!(site.bearer(Method::GET, &url, &reader, None).await.status, 404);
    site.get(&format!("/rest/api/content/{id}")).await.ok();
    let shown = site.get(&format!("{path}/byOperation")).await.ok();
    assert_eq!(
        shown["read"]["restrictions"]["user"]["results"][0]["username"],
        "agent"
    );
    assert_eq!(shown["update"]["restrictions"]["user"]["size"], 0);
    let others = json!([{ "operation": "update", "restrictions": { "user": [{ "username": "ada" }] } }]);
    site.put(&path, others).await.ok();
    assert_eq!(site.bearer(Method::GET, &url, &reader, None).await.status, 200);
    assert_eq!(site.delete(&format!("/rest/api/content/{id}")).await.status, 403);
}

#[tokio::test]
async fn the_browsers_action_orders_siblings() {
    let site = Site::data_center(Seed::Demo).await;
    let (id, target) = (page(&site, "Monitoring"), page(&site, "Runbooks"));
    let action = async |position: &str, token: &str| {
        let query = [
            ("pageId", id.as_str()),
            ("targetId", target.as_str()),
            ("position", position),
        ];
        let request = site.request(Method::POST, "/pages/movepage.action").query(&query);
        site.run(request.header("X-Atlassian-Token", token))
            .await
            .unwrap()
    };
    assert_eq!(action("above", "").await.status, 403);
    let siblings = || site.simulator.page(&page(&site, "Operations")).unwrap().children;
    action("above", "no-check").await.ok();
    let at = siblings().iter().position(|sibling| *sibling == id).unwrap();
    assert_eq!(siblings()[at + 1], target);
    action("append", "no-check").await.ok();
    assert_eq!(site.simulator.page(&id).unwrap().parent, Some(target.clone()));
}
