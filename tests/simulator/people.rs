//! Users and groups: who is found how, and what only administrators get.

use conflagent::simulator::{Deployment, Seed};
use serde_json::{Value, json};

use crate::support::{Site, column, has_shape_of};

async fn found(site: &Site, route: &str, cql: &str) -> Vec<String> {
    let list = site.get(&format!("{route}?cql={}", encoded(cql))).await.ok();
    let rows = list["results"].as_array().expect("rows");
    rows.iter()
        .map(|row| row["user"]["displayName"].as_str().expect("a name").to_owned())
        .collect()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn a_search_for_users_takes_user_fields_only() {
    let cloud = Site::cloud(Seed::Empty).await;
    let route = "/rest/api/search/user";
    assert_eq!(
        found(&cloud, route, "user.fullname ~ \"person\"").await,
        ["Ada Person", "Grace Person"]
    );
    assert_eq!(found(&cloud, route, "type = user").await.len(), 4);
    let id = cloud.simulator.account_id("ada");
    assert_eq!(
        found(&cloud, route, &format!("user = \"{id}\"")).await,
        ["Ada Person"]
    );
    // A quote that gets out changes the query, as on a real site.
    assert_eq!(
        found(&cloud, route, "user.fullname ~ \"x\" OR type=user")
            .await
            .len(),
        4
    );
    for cql in [
        "title = a",
        "user.fullname ~ \"a\" and space = A",
        "user.email = \"x\"",
        "user.fullname ~ \"a",
        "",
    ] {
        let path = format!("{route}?cql={}", encoded(cql));
        assert_eq!(cloud.get(&path).await.status, 400, "{cql}");
    }
    let path = format!("/rest/api/search?cql={}", encoded("user.fullname ~ \"ada\""));
    assert_eq!(
        cloud.get(&path).await.status,
        400,
        "the search for content takes none of them"
    );
    let data_center = Site::data_center(Seed::Empty).await;
    let query = "type = user AND (user.fullname ~ \"ada\")";
    assert_eq!(
        found(&data_center, "/rest/api/search", query).await,
        ["Ada Person"]
    );
    data_center.simulator.set_knobs(|knobs| knobs.user_cql = false);
    let path = format!("/rest/api/search?cql={}", encoded(query));
    assert_eq!(data_center.get(&path).await.status, 400);
    assert_eq!(data_center.get(route).await.status, 404);
}

#[tokio::test]
async fn addresses_are_shown_as_far_as_privacy_goes() {
    let site = Site::cloud(Seed::Empty).await;
    let id = site.simulator.account_id("ada");
    let path = format!("/rest/api/user?accountId={id}");
    assert_eq!(site.get(&path).await.ok()["email"], "ada@example.com");
    site.simulator.hide_email("ada");
    assert_eq!(site.get(&path).await.ok()["email"], "");
    site.simulator.set_knobs(|knobs| knobs.null_emails = true);
    assert_eq!(site.get(&path).await.ok()["email"], Value::Null);
    site.simulator.set_knobs(|knobs| knobs.hidden_emails = true);
    let list = site.get("/rest/api/search/user?cql=type%3Duser").await.ok();
    let rows = list["results"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["user"]["email"].is_null()), "{list}");
}

#[tokio::test]
async fn searches_for_users_go_on_by_offset_or_by_cursor() {
    let site = Site::cloud(Seed::Empty).await;
    for by_cursor in [false, true] {
        site.simulator
            .set_knobs(|knobs| knobs.user_search_by_cursor = by_cursor);
        let mut path = "/rest/api/search/user?cql=type%3Duser&limit=3".to_owned();
        let mut names = Vec::new();
        for _ in 0..2 {
            let list = site.get(&path).await.ok();
            names.extend(
                list["results"]
                    .as_array()
                    .expect("rows")
                    .iter()
                    .map(|row| row["title"].clone()),
            );
            path = list["_links"]["next"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!((names.len(), path.as_str()), (4, ""), "by cursor: {by_cursor}");
    }
}

#[tokio::test]
async fn groups_are_told_by_what_they_grant() {
    let cloud = Site::cloud(Seed::Demo).await;
    let administering = cloud.get("/rest/api/group?accessType=admin").await.ok();
    assert_eq!(column(&administering, "name"), ["confluence-administrators"]);
    assert_eq!(cloud.get("/rest/api/group?accessType=owner").await.status, 400);
    let picked = cloud.get("/rest/api/group/picker?query=Team").await.ok();
    assert_eq!(column(&picked, "name"), ["platform-team"]);
    let id = picked["results"][0]["id"].as_str().expect("an id");
    assert_eq!(
        cloud.get(&format!("/rest/api/group/by-id?id={id}")).await.ok()["name"],
        "platform-team"
    );
    assert_eq!(
        cloud.get("/rest/api/group/by-id?id=platform-team").await.status,
        404
    );
    assert_eq!(
        cloud
            .get(&format!("/rest/api/group/{id}/membersByGroupId?limit=201"))
            .await
            .status,
        400
    );

    let site = Site::data_center(Seed::Demo).await;
    let granted = site
        .get("/rest/api/permissions/group/confluence-administrators")
        .await
        .ok();
    has_shape_of(
        &granted[1],
        &json!({"operation": {"operationKey": "administer", "targetType": "application"}, "subject": {}}),
    );
    let granted = site.get("/rest/api/permissions/group/on-call").await.ok();
    assert_eq!(granted.as_array().map(Vec::len), Some(1));
    assert_eq!(site.get("/rest/api/group/picker?query=Team").await.status, 404);
    assert_eq!(
        site.get("/rest/api/group/info?groupName=On-Call").await.ok()["name"],
        "on-call"
    );
    assert_eq!(site.get("/rest/api/group/nobody").await.status, 404);
    site.simulator.set_knobs(|knobs| {
        knobs.no_group_404 = false;
        knobs.user_lists = false;
    });
    assert_eq!(site.get("/rest/api/group/nobody").await.status, 403);
    assert_eq!(site.get("/rest/api/permissions/group/on-call").await.status, 404);
}

#[tokio::test]
async fn data_center_shows_lists_of_users_to_those_who_may_see_them() {
    let site = Site::with(Deployment::DataCenter, Seed::Empty, |_| {}).await;
    site.simulator.deactivate("grace");
    let all = site.get("/rest/api/user/list?expand=status&limit=3").await.ok();
    assert_eq!(column(&all, "username"), ["agent", "reader", "ada"]);
    assert_eq!(column(&all, "status"), ["current"; 3]);
    assert!(
        all["_links"]["next"].is_string() && all["results"][0].get("email").is_none(),
        "{all}"
    );
    let active = site.get("/rest/api/admin/users/list/active").await.ok();
    assert_eq!(
        column(&active, "email"),
        ["agent@example.com", "reader@example.com", "ada@example.com"]
    );
    for path in [
        "/rest/api/admin/users/list/active",
        "/rest/api/group/confluence-users/member",
    ] {
        let reader = site.simulator.reader_credentials().bearer;
        let url = format!("{}{path}", site.simulator.base_url());
        let refused = site.bearer(reqwest::Method::GET, &url, &reader, None).await;
        assert_eq!(refused.status, 403, "{path}");
    }
    let members = site
        .get("/rest/api/group/member?groupName=confluence-users&expand=status")
        .await
        .ok();
    assert_eq!(
        column(&members, "status"),
        ["current", "current", "current", "deactivated"]
    );
}
