//! Cloud: where pages are, paging through them, and moving them.

use std::collections::HashSet;

use conflagent::simulator::{Deployment, DescendantOrder, MangledCursor, Overflow, Seed};
use serde_json::{Value, json};

use super::support::{Got, Site, column, has_shape_of};

/// Follows `_links.next` to the end and gathers the ids.
async fn all(site: &Site, first: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut path = first.to_owned();
    loop {
        let got = site.get(&path).await;
        let page = got.ok();
        ids.extend(column(&page, "id"));
        match page["_links"]["next"].as_str() {
            Some(next) => next
                .strip_prefix("/wiki")
                .expect("links of v2 hold /wiki")
                .clone_into(&mut path),
            None => return ids,
        }
    }
}

fn link(got: &Got) -> String {
    got.header("link")
        .trim_start_matches('<')
        .split('>')
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn ancestors_run_from_the_top_and_leave_the_page_out() {
    let site = Site::cloud(Seed::Demo).await;
    let page = site.simulator.page_titled("Cache Invalidation").unwrap();
    let list = site
        .get(&format!("/api/v2/pages/{}/ancestors", page.id))
        .await
        .ok();
    has_shape_of(
        &list,
        &json!({ "results": [{ "id": "39223464", "type": "page" }], "_links": { "base": "https://SITE/wiki" } }),
    );
    let ids = column(&list, "id");
    assert_eq!(
        ids[..2],
        [site.simulator.homepage_id(), site.simulator.root_page_id()]
    );
    assert_eq!(ids.last(), page.parent.as_ref());
    assert_eq!(ids.len(), 4);
    // With a limit, the nearest; the highest of them leads on.
    let near = site
        .get(&format!("/api/v2/pages/{}/ancestors?limit=2", page.id))
        .await
        .ok();
    assert_eq!(column(&near, "id"), ids[2..]);
    // Other things that hold pages have the same route, each under its own name.
    let board = site.simulator.add_other(&page.id, "Board", "whiteboard");
    let above = site
        .get(&format!("/api/v2/whiteboards/{board}/ancestors"))
        .await
        .ok();
    assert_eq!(column(&above, "id")[..4], ids);
    assert_eq!(above.get("_links"), None);
    assert_eq!(
        site.get(&format!("/api/v2/databases/{board}/ancestors"))
            .await
            .status,
        404
    );
    let missing = site.get("/api/v2/pages/999/ancestors").await;
    assert_eq!(
        (missing.status, missing.title()),
        (404, "Cannot find [page] entity with id [999]".to_owned())
    );
}

#[tokio::test]
async fn direct_children_hold_folders_and_the_deprecated_route_does_not() {
    let site = Site::cloud(Seed::Demo).await;
    let page = site.simulator.page_titled("Architecture").unwrap();
    let list = site
        .get(&format!("/api/v2/pages/{}/direct-children", page.id))
        .await
        .ok();
    has_shape_of(
        &list,
        &json!({ "results": [{ "id": "1", "status": "current", "title": "t", "childPosition": 920, "type": "page" }] }),
    );
    assert_eq!(column(&list, "id"), page.children);
    assert_eq!(column(&list, "type"), ["page", "page", "page", "page", "folder"]);
    assert!(list["results"][0].get("spaceId").is_none());
    let old = site.get(&format!("/api/v2/pages/{}/children", page.id)).await;
    assert_eq!(old.header("deprecation"), "true");
    assert_eq!(column(&old.ok(), "id"), page.children[..4]);
}

#[tokio::test]
async fn lists_of_children_can_be_sorted() {
    let site = Site::cloud(Seed::Demo).await;
    let id = site.simulator.root_page_id();
    let titles = async |sort: &str| {
        column(
            &site
                .get(&format!("/api/v2/pages/{id}/direct-children?sort={sort}"))
                .await
                .ok(),
            "title",
        )
    };
    let mut sorted = titles("").await;
    sorted.sort_by_key(|title| title.to_lowercase());
    assert_eq!(titles("title").await, sorted);
    sorted.reverse();
    assert_eq!(titles("-title").await, sorted);
    assert_eq!(
        site.get(&format!("/api/v2/pages/{id}/direct-children?sort=size"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn descendants_go_two_levels_down_unless_told_and_ten_at_most() {
    let site = Site::cloud(Seed::Tree {
        pages: 60,
        width: 4,
        depth: 14,
    })
    .await;
    let root = site.simulator.root_page_id();
    let depths = async |query: &str| {
        let list = site
            .get(&format!("/api/v2/pages/{root}/descendants?limit=250{query}"))
            .await
            .ok();
        column(&list, "depth")
            .iter()
            .map(|depth| depth.parse::<usize>().unwrap())
            .max()
            .unwrap()
    };
    assert_eq!(depths("").await, 2);
    assert_eq!(depths("&depth=1").await, 1);
    assert_eq!(depths("&depth=10").await, 10);
    assert_eq!(depths("&depth=11").await, 10);
    site.simulator
        .set_knobs(|knobs| knobs.limit_overflow = Overflow::Reject);
    assert_eq!(
        site.get(&format!("/api/v2/pages/{root}/descendants?depth=11"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn descendants_have_the_captured_shape_and_order() {
    let site = Site::cloud(Seed::Demo).await;
    let root = site.simulator.root_page_id();
    let list = site
        .get(&format!("/api/v2/pages/{root}/descendants?limit=250&depth=10"))
        .await
        .ok();
    let captured = json!({ "results": [{ "id": "40697857", "title": "t", "parentId": "40108040", "depth": 1, "type": "page", "lastModified": "2026" }] });
    has_shape_of(&list, &captured);
    let expected: Vec<String> = site
        .simulator
        .subtree(&root)
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(column(&list, "id"), expected);
    site.simulator
        .set_knobs(|knobs| knobs.descendant_order = DescendantOrder::LevelByLevel);
    let levels = column(
        &site
            .get(&format!("/api/v2/pages/{root}/descendants?limit=250&depth=10"))
            .await
            .ok(),
        "depth",
    );
    assert!(levels.is_sorted());
    assert_eq!(levels.len(), expected.len());
}

#[tokio::test]
async fn five_thousand_pages_are_listed_once_each() {
    let site = Site::cloud(Seed::Tree {
        pages: 5000,
        width: 200,
        depth: 8,
    })
    .await;
    let root = site.simulator.root_page_id();
    let ids = all(
        &site,
        &format!("/api/v2/pages/{root}/descendants?limit=250&depth=10"),
    )
    .await;
    assert_eq!(ids.len(), 5000);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 5000);
    assert_eq!(site.simulator.counters().requests, 20);
    let children = all(&site, &format!("/api/v2/pages/{root}/direct-children?limit=7")).await;
    assert_eq!(children, site.simulator.page(&root).unwrap().children);
    let pages = all(
        &site,
        &format!("/api/v2/spaces/{}/pages?limit=250", site.simulator.space_id()),
    )
    .await;
    assert_eq!(pages.len(), 5003);
}

#[tokio::test]
async fn a_list_goes_on_although_its_last_item_was_deleted() {
    let site = Site::cloud(Seed::Tree {
        pages: 30,
        width: 3,
        depth: 3,
    })
    .await;
    let root = site.simulator.root_page_id();
    let before = site.simulator.subtree(&root);
    let first = site
        .get(&format!("/api/v2/pages/{root}/descendants?limit=10&depth=10"))
        .await
        .ok();
    site.simulator.trash(&before[9].id);
    let next = first["_links"]["next"]
        .as_str()
        .unwrap()
        .strip_prefix("/wiki")
        .unwrap()
        .to_owned();
    let rest = all(&site, &next).await;
    let expected: Vec<String> = before[10..].iter().map(|entry| entry.id.clone()).collect();
    assert!(
        rest.iter().filter(|id| !expected.contains(id)).count() <= 3,
        "only promoted pages come again"
    );
}

#[tokio::test]
async fn the_next_link_is_in_two_places_keeps_filters_and_its_cursor_is_easily_damaged() {
    let site = Site::cloud(Seed::Demo).await;
    let space = site.simulator.space_id();
    let got = site
        .get(&format!(
            "/api/v2/spaces/{space}/pages?limit=2&status=current&sort=title"
        ))
        .await;
    let list = got.ok();
    let next = list["_links"]["next"].as_str().unwrap().to_owned();
    assert_eq!(link(&got), next);
    assert!(got.header("link").ends_with(">; rel=\"next\""));
    assert!(
        next.starts_with(&format!(
            "/wiki/api/v2/spaces/{space}/pages?limit=2&status=current&sort=title&cursor="
        )),
        "{next}"
    );
    for encoded in ["%2B", "%2F", "%3D"] {
        assert!(next.contains(encoded), "{next}");
    }
    let path = next.strip_prefix("/wiki").unwrap();
    let second = column(&site.get(path).await.ok(), "id");
    assert_ne!(second, column(&list, "id"));
    let mangled = path.replace("%2B", "+");
    assert_eq!(
        column(&site.get(&mangled).await.ok(), "id"),
        column(&list, "id"),
        "page one again"
    );
    site.simulator
        .set_knobs(|knobs| knobs.mangled_cursor = MangledCursor::Reject);
    assert_eq!(site.get(&mangled).await.status, 400);
}

#[tokio::test]
async fn moves_go_before_after_and_below_but_not_in_circles() {
    let site = Site::cloud(Seed::Demo).await;
    let of = |title: &str| site.simulator.page_titled(title).unwrap().id;
    let (page, target) = (of("Onboarding"), of("Billing Service"));
    let version = site.simulator.page(&page).unwrap().version;
    let go = async |page: &str, position: &str, target: &str| {
        site.put(
            &format!("/rest/api/content/{page}/move/{position}/{target}"),
            Value::Null,
        )
        .await
    };
    assert_eq!(go(&page, "append", &target).await.ok(), json!({ "pageId": page }));
    assert_eq!(site.simulator.page(&target).unwrap().children.last(), Some(&page));
    assert_eq!(
        site.simulator.page(&page).unwrap().version,
        version,
        "a move makes no version"
    );
    let siblings = || site.simulator.page(&of("Services")).unwrap().children;
    go(&page, "before", &target).await.ok();
    assert_eq!(siblings()[..2], [page.clone(), target.clone()]);
    go(&page, "after", &target).await.ok();
    assert_eq!(siblings()[..2], [target.clone(), page.clone()]);
    let looped = go(&page, "append", &of("First Week")).await;
    assert_eq!(looped.status, 400);
    assert!(
        looped
            .message()
            .contains("Cannot add an existing ancestor as a child!"),
        "{}",
        looped.text
    );
    assert_eq!(go(&page, "append", "999").await.status, 404);
    assert_eq!(go("999", "append", &page).await.status, 404);
    let home = site.simulator.homepage_id();
    go(&page, "after", &home).await.ok();
    assert_eq!(
        site.simulator.page(&page).unwrap().parent,
        None,
        "top level, hidden from the tree"
    );
}

#[tokio::test]
async fn a_move_into_a_space_with_that_title_is_refused() {
    let site = Site::cloud(Seed::Demo).await;
    let page = site.simulator.page_titled("Caching Architecture").unwrap().id;
    let home = column(&site.get("/api/v2/spaces?keys=OPS").await.ok(), "homepageId").remove(0);
    let refused = site
        .put(
            &format!("/rest/api/content/{page}/move/append/{home}"),
            Value::Null,
        )
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .message()
            .contains("A page with this title already exists")
    );
}

#[tokio::test]
async fn spaces_are_found_by_key_and_id() {
    let site = Site::cloud(Seed::Demo).await;
    let list = site.get("/api/v2/spaces?keys=ENG&limit=5").await.ok();
    let captured = json!({
        "results": [{ "id": "39223300", "key": "k", "name": "n", "type": "knowledge_base", "status": "current",
            "authorId": "557058:x", "homepageId": "39223464" }],
        "_links": { "base": "https://SITE/wiki" },
    });
    has_shape_of(&list, &captured);
    assert_eq!(column(&list, "homepageId"), [site.simulator.homepage_id()]);
    let space = site
        .get(&format!("/api/v2/spaces/{}", site.simulator.space_id()))
        .await
        .ok();
    assert_eq!(space["key"], "ENG");
    assert!(column(&site.get("/api/v2/spaces?keys=NOPE").await.ok(), "id").is_empty());
    assert_eq!(
        site.get("/api/v2/spaces/999").await.title(),
        "Cannot find a space with id [999]"
    );
}

#[tokio::test]
async fn the_current_user_is_known_and_strangers_are_turned_away() {
    let site = Site::with(Deployment::Cloud, Seed::Empty, |_| {}).await;
    let user = site.get("/rest/api/user/current").await.ok();
    has_shape_of(
        &user,
        &json!({ "type": "known", "accountId": "x", "accountType": "atlassian", "displayName": "x", "publicName": "x",
            "_links": { "self": "https://SITE/wiki/rest/api/user" } }),
    );
    let url = format!("{}/rest/api/user/current", site.simulator.base_url());
    let stranger = site.send(reqwest::Method::GET, &url, None, None).await;
    assert_eq!(stranger.status, 403);
    assert!(stranger.message().ends_with("caller cannot access Confluence"));
}
