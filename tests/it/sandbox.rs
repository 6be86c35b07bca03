//! Nothing above or beside the root page can be reached, by any operation, in any way of naming it.

use serde_json::json;

use crate::doors::Door;
use crate::mcp::{self, Era};
use crate::support::{Bridge, Product, on_both};

/// Every operation that takes a page, with that page named `reference`, through every door; each must answer
/// `NOT_FOUND`.
async fn nothing_reaches(bridge: &Bridge, reference: &str) {
    let before = state(bridge);
    let attempts = [
        ("read_page", json!({"title": reference})),
        ("list_child_pages", json!({"title": reference})),
        ("get_parent_page", json!({"title": reference})),
        ("get_page_tree", json!({"depth": 1, "startTitle": reference})),
        ("update_page", json!({"title": reference, "body": "overwritten"})),
        ("delete_page", json!({"title": reference})),
        (
            "create_page",
            json!({"title": "Intruder", "parentTitle": reference}),
        ),
        (
            "rename_page",
            json!({"old_title": reference, "new_title": "Mine"}),
        ),
        (
            "move_page",
            json!({"title": reference, "newParentTitle": "Operations"}),
        ),
        (
            "move_page",
            json!({"title": "Event Bus", "newParentTitle": reference}),
        ),
    ];
    for (tool, arguments) in &attempts {
        for door in Door::ALL {
            let answer = door.ask(bridge, tool, arguments).await;
            let code = answer.json()["code"].as_str().map(str::to_owned);
            assert_eq!(
                (answer.status, code.as_deref()),
                (404, Some("NOT_FOUND")),
                "{tool} {arguments} by {door:?}: {}",
                answer.text
            );
        }
        for era in Era::ALL {
            let failure = mcp::call(bridge, era, tool, arguments.clone()).await;
            let failure = failure.expect_err(tool);
            assert!(
                failure.starts_with("NOT_FOUND: "),
                "{tool} {arguments} by {era:?}: {failure}"
            );
        }
    }
    if let Some(id) = reference.strip_prefix("id:") {
        let fetched = mcp::call(bridge, Era::Modern, "fetch", json!({"id": id})).await;
        assert!(
            fetched.is_err_and(|failure| failure.starts_with("NOT_FOUND: ")),
            "{id}"
        );
        let uri = format!("conflagent://wiki/page/{id}");
        let (_, error) = mcp::refused(bridge, Era::Modern, "resources/read", json!({"uri": uri})).await;
        assert_eq!(error["code"], -32602, "{uri}: {error}");
    }
    for (tool, arguments) in attempts {
        let answer = mcp::call(bridge, Era::Modern, tool, arguments).await;
        let refused = answer.as_ref().is_err_and(|text| text.starts_with("NOT_FOUND: "));
        assert!(refused, "{tool} over MCP: {answer:?}");
    }
    assert_eq!(
        state(bridge),
        before,
        "something was written by way of {reference}"
    );
}

/// Everything below the space's homepage, with bodies.
fn state(bridge: &Bridge) -> Vec<(String, String, String)> {
    let home = bridge.simulator.homepage_id();
    let below = bridge.simulator.subtree(&home).into_iter();
    below
        .map(|entry| {
            let page = bridge.simulator.page(&entry.id).expect("listed");
            (entry.path, page.title, page.body)
        })
        .collect()
}

on_both! {
    async fn a_page_beside_the_root_is_not_there(bridge) {
        let id = bridge.simulator.page_titled("Salary Bands").expect("seeded").id;
        for reference in ["Salary Bands", "salary bands", "People Team/Salary Bands", &format!("id:{id}")] {
            nothing_reaches(&bridge, reference).await;
        }
    }

    async fn a_page_above_the_root_is_not_there(bridge) {
        let home = bridge.simulator.homepage_id();
        let title = bridge.simulator.page(&home).expect("seeded").title;
        for reference in [title.clone(), format!("id:{home}"), format!("{title}/Platform Handbook")] {
            nothing_reaches(&bridge, &reference).await;
        }
    }

    async fn a_page_in_another_space_is_not_there(bridge) {
        let home = bridge.simulator.add_space("SEC", "Secret");
        let id = bridge.simulator.add_page(&home, "Elsewhere", "<p>x</p>");
        nothing_reaches(&bridge, "Elsewhere").await;
        nothing_reaches(&bridge, &format!("id:{id}")).await;
    }

    async fn a_page_in_the_trash_is_not_there(bridge) {
        let id = bridge.simulator.page_titled("Cache Invalidation").expect("seeded").id;
        bridge.simulator.trash(&id);
        nothing_reaches(&bridge, "Cache Invalidation").await;
        nothing_reaches(&bridge, &format!("id:{id}")).await;
    }

    async fn a_purged_page_is_not_there(bridge) {
        let id = bridge.simulator.page_titled("Cache Invalidation").expect("seeded").id;
        bridge.simulator.trash(&id);
        bridge.simulator.purge(&id);
        nothing_reaches(&bridge, &format!("id:{id}")).await;
    }

    async fn an_archived_page_is_not_there(bridge) {
        if bridge.product == Product::Cloud {
            let id = bridge.simulator.page_titled("Cache Invalidation").expect("seeded").id;
            bridge.simulator.archive(&id);
            nothing_reaches(&bridge, "Cache Invalidation").await;
            nothing_reaches(&bridge, &format!("id:{id}")).await;
        }
    }

    async fn a_page_the_account_may_not_see_is_not_there(bridge) {
        let id = bridge.simulator.page_titled("Cache Invalidation").expect("seeded").id;
        bridge.simulator.hide(&id, true);
        nothing_reaches(&bridge, "Cache Invalidation").await;
        nothing_reaches(&bridge, &format!("id:{id}")).await;
    }

    async fn a_page_moved_out_between_two_calls_is_gone_at_once(bridge) {
        bridge.get("/pages/Cache%20Invalidation").await.data();
        bridge.get("/pages").await.data();
        let id = bridge.simulator.page_titled("Cache Invalidation").expect("seeded").id;
        let outside = bridge.simulator.page_titled("People Team").expect("seeded").id;
        bridge.simulator.move_page(&id, &outside);
        nothing_reaches(&bridge, "Cache Invalidation").await;
        nothing_reaches(&bridge, &format!("id:{id}")).await;
        // Listings may be as old as the endpoint's freshness, unless the caller wants a fresh one.
        let listed = bridge.get("/pages?fresh=true").await.data();
        assert!(!listed.to_string().contains("Cache Invalidation"));
    }

    async fn a_page_moved_in_is_there_at_once(bridge) {
        let id = bridge.simulator.page_titled("Salary Bands").expect("seeded").id;
        let inside = bridge.simulator.page_titled("Operations").expect("seeded").id;
        bridge.simulator.move_page(&id, &inside);
        assert_eq!(bridge.get("/pages/Operations/Salary%20Bands").await.data()["id"], id.as_str());
    }

    async fn nothing_above_the_root_is_ever_mentioned(bridge) {
        let home = bridge.simulator.page(&bridge.simulator.homepage_id()).expect("seeded").title;
        for path in [
            "/pages",
            "/pages/tree?depth=9",
            "/pages/Platform%20Handbook/children",
            "/pages/Platform%20Handbook/parent",
            "/pages/Operations/parent",
            "/pages/tree?startTitle=Runbooks",
        ] {
            let text = bridge.get(path).await.data().to_string();
            for foreign in [home.as_str(), "Salary", "Vacation", "People Team", "Roadmap"] {
                assert!(!text.contains(foreign), "{path} mentions {foreign}");
            }
        }
    }

    async fn when_the_root_page_is_gone_everything_is(bridge) {
        bridge.simulator.trash(&bridge.simulator.root_page_id());
        for path in ["/pages", "/pages/tree"] {
            bridge.get(path).await.fails(
                502,
                "UPSTREAM_ERROR",
                "The root page of this endpoint cannot be read in Confluence.",
            );
        }
        assert_eq!(bridge.get("/pages/Operations").await.status, 404);
        assert_eq!(bridge.post("/pages", json!({"title": "New"})).await.status, 502);
        assert!(bridge.simulator.page_titled("New").is_none());
    }

    async fn paths_cannot_climb_or_leave_the_api(bridge) {
        for path in [
            "/pages/..%2f..%2fPeople%20Team",
            "/pages/%2e%2e/%2e%2e/People%20Team",
            "/pages/id:1%2f..%2f2",
            "/pages/id:1?x=y",
            "/pages/id:99999999999999999999",
            "/pages/x%22%20or%20type%20%3D%20page",
            "/pages/%3Fexpand%3Dbody.storage",
            "/pages/Salary%20Bands%23",
        ] {
            let answer = bridge.get(path).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        }
    }
}
