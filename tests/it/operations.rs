//! Each operation doing what it is for.

use conflagent::simulator::{Fault, Seed, Trouble};
use serde_json::{Value, json};

use crate::support::{Bridge, NOW, Product, on_both};

/// The storage of a page in the simulator, blanks between blocks aside.
fn stored(bridge: &Bridge, title: &str) -> String {
    let body = bridge.simulator.page_titled(title).expect("the page").body;
    body.replace("\n<", "<").trim().to_owned()
}

on_both! {
    async fn a_page_is_read_in_storage_format(bridge) {
        let answer = bridge.get("/pages/Event%20Bus").await;
        let page = bridge.simulator.page_titled("Event Bus").expect("seeded");
        let data = answer.data();
        assert_eq!(data["title"], "Event Bus");
        assert_eq!(data["body"], page.body.as_str());
        assert_eq!(data["id"], page.id.as_str());
        assert_eq!(data["version"], page.version);
        let url = data["url"].as_str().expect("an address");
        assert!(url.starts_with(&bridge.simulator.base_url()), "{url}");
        assert_eq!(answer.json()["message"], "Page retrieved.");
        assert_eq!(answer.json()["timestamp"], NOW);
    }

    async fn the_root_page_is_read_by_its_title(bridge) {
        let data = bridge.get("/pages/Platform%20Handbook").await.data();
        assert_eq!(data["id"], bridge.simulator.root_page_id().as_str());
    }

    async fn every_page_is_listed_in_wiki_order(bridge) {
        let answer = bridge.get("/pages").await;
        let titles: Vec<String> = bridge
            .simulator
            .subtree(&bridge.simulator.root_page_id())
            .into_iter()
            .filter(|entry| bridge.simulator.page(&entry.id).expect("listed").kind == "page")
            // A folder is walked through: its title is no part of a path.
            .map(|entry| match bridge.product {
                Product::Cloud => entry.path.replace("/Diagrams/", "/"),
                Product::DataCenter => entry.path,
            })
            .collect();
        assert_eq!(answer.data(), json!(titles));
        assert_eq!(answer.json()["message"], "Subpages retrieved.");
        assert_eq!(answer.json()["complete"], true);
    }

    async fn the_tree_has_two_levels_unless_asked_otherwise(bridge) {
        let data = bridge.get("/pages/tree").await.data();
        assert_eq!(data["title"], "Platform Handbook");
        assert_eq!(data["path"], json!(["Platform Handbook"]));
        let caching = &data["children"][0]["children"][0];
        assert_eq!(caching["title"], "Caching Architecture");
        assert_eq!(caching["path"], json!(["Platform Handbook", "Architecture", "Caching Architecture"]));
        assert_eq!(caching["children"], json!([]));
        let deeper = bridge.get("/pages/tree?depth=3&startTitle=Architecture").await.data();
        assert_eq!(deeper["path"], json!(["Platform Handbook", "Architecture"]));
        assert_eq!(deeper["children"][0]["children"][0]["title"], "Cache Invalidation");
    }

    async fn depth_zero_is_the_page_alone(bridge) {
        let answer = bridge.get("/pages/tree?depth=0").await;
        assert_eq!(
            answer.data(),
            json!({"title": "Platform Handbook", "path": ["Platform Handbook"], "children": []})
        );
        assert_eq!(answer.json()["message"], "Page tree retrieved.");
    }

    async fn a_bad_depth_is_refused_in_the_words_of_the_contract(bridge) {
        bridge.get("/pages/tree?depth=lots").await.fails(400, "INVALID_INPUT", "Depth must be an integer");
        bridge.get("/pages/tree?depth=-1").await.fails(400, "INVALID_INPUT", "Depth must be non-negative");
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn children_are_listed_with_their_paths(bridge) {
        let answer = bridge.get("/pages/Caching%20Architecture/children").await;
        let data = answer.data();
        let titles: Vec<&str> =
            data.as_array().expect("a list").iter().filter_map(|child| child["title"].as_str()).collect();
        assert_eq!(titles, ["Cache Invalidation", "Cache Key Conventions"]);
        assert_eq!(
            data[0]["path"],
            json!(["Platform Handbook", "Architecture", "Caching Architecture", "Cache Invalidation"])
        );
        assert_eq!(answer.json()["message"], "Child pages retrieved.");
        assert_eq!(bridge.get("/pages/Failover%20Checklist/children").await.data(), json!([]));
    }

    async fn the_parent_is_told_and_the_root_has_none(bridge) {
        let answer = bridge.get("/pages/Cache%20Invalidation/parent").await;
        assert_eq!(
            answer.data(),
            json!({
                "title": "Caching Architecture",
                "path": ["Platform Handbook", "Architecture", "Caching Architecture", "Cache Invalidation"]
            })
        );
        assert_eq!(answer.json()["message"], "Parent metadata retrieved.");
        assert_eq!(bridge.get("/pages/Platform%20Handbook/parent").await.data(), Value::Null);
    }

    async fn a_page_is_created_from_markdown_below_the_root(bridge) {
        let answer =
            bridge.post("/pages", json!({"title": "Release 1.0", "body": "# Heading\ntext"})).await;
        let data = answer.data();
        assert_eq!(data["title"], "Release 1.0");
        assert_eq!(data["version"], 1);
        assert_eq!(data["path"], "Release 1.0");
        assert_eq!(answer.json()["message"], "Page created.");
        let page = bridge.simulator.page(data["id"].as_str().expect("an id")).expect("it is there");
        assert_eq!(page.parent, Some(bridge.simulator.root_page_id()));
        assert_eq!(stored(&bridge, "Release 1.0"), "<h1>Heading</h1><p>text</p>");
        assert_eq!(bridge.simulator.page_counts().0, bridge.get("/pages").await.data().as_array().map_or(0, Vec::len) + outside(&bridge));
    }

    async fn a_page_is_created_below_a_parent_named_by_path(bridge) {
        let request = json!({
            "title": "Cache warm-up",
            "body": "<p>Already <strong>storage</strong>.</p>",
            "parentTitle": "Architecture/Caching Architecture"
        });
        let data = bridge.post("/pages", request).await.data();
        assert_eq!(data["path"], "Architecture/Caching Architecture/Cache warm-up");
        assert_eq!(stored(&bridge, "Cache warm-up"), "<p>Already <strong>storage</strong>.</p>");
    }

    async fn a_missing_parent_is_never_invented(bridge) {
        let before = bridge.simulator.page_counts();
        let request = json!({"title": "Orphan", "parentTitle": "Nowhere"});
        bridge.post("/pages", request).await.fails(404, "NOT_FOUND", "Parent page 'Nowhere' not found.");
        assert_eq!(bridge.simulator.page_counts(), before);
    }

    async fn a_title_taken_inside_says_where(bridge) {
        let answer = bridge.post("/pages", json!({"title": "event bus"})).await;
        answer.fails(
            409,
            "ALREADY_EXISTS",
            "A page with the title 'event bus' already exists at 'Architecture/Event Bus'.",
        );
        assert_eq!(answer.json()["details"]["existingPath"], "Architecture/Event Bus");
    }

    async fn a_title_taken_outside_reveals_nothing(bridge) {
        let answer = bridge.post("/pages", json!({"title": "Salary Bands"})).await;
        answer.fails(
            409,
            "ALREADY_EXISTS",
            "The title 'Salary Bands' is already taken elsewhere in the Confluence space.",
        );
        assert!(!answer.text.contains("People Team"), "{}", answer.text);
    }

    async fn a_page_is_updated_on_top_of_its_present_version(bridge) {
        let page = bridge.simulator.page_titled("Event Bus").expect("seeded");
        bridge.simulator.edit(&page.id, "<p>Meanwhile.</p>");
        let answer = bridge.put("/pages/Event%20Bus", json!({"body": "# New\ntext"})).await;
        assert_eq!(answer.data()["version"], page.version + 2);
        assert_eq!(answer.json()["message"], "Page updated.");
        assert_eq!(stored(&bridge, "Event Bus"), "<h1>New</h1><p>text</p>");
    }

    async fn the_root_page_can_be_updated(bridge) {
        bridge.put("/pages/Platform%20Handbook", json!({"body": "Hello", "allowRemovals": true})).await.data();
        assert_eq!(stored(&bridge, "Platform Handbook"), "<p>Hello</p>");
    }

    async fn a_blank_body_empties_the_page_and_a_missing_one_does_not(bridge) {
        bridge.put("/pages/Event%20Bus", json!({})).await.fails(400, "INVALID_INPUT", "Body is required");
        assert_ne!(stored(&bridge, "Event Bus"), "");
        bridge.put("/pages/Event%20Bus", json!({"body": "  ", "allowRemovals": true})).await.data();
        assert_eq!(stored(&bridge, "Event Bus"), "");
    }

    async fn malformed_storage_is_refused_before_confluence_sees_it(bridge) {
        let answer = bridge.put("/pages/Event%20Bus", json!({"body": "<p>a<br></p>", "format": "storage"})).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("INVALID_INPUT")));
        assert!(answer.json()["message"].as_str().expect("a message").contains("line 1"), "{}", answer.text);
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_page_is_renamed_and_keeps_its_body(bridge) {
        let before = bridge.simulator.page_titled("Caching Architecture").expect("seeded");
        let request = json!({"old_title": "Caching Architecture", "new_title": "Caches"});
        let answer = bridge.post("/pages/rename", request).await;
        let data = answer.data();
        assert_eq!(data["oldTitle"], "Caching Architecture");
        assert_eq!(data["newTitle"], "Caches");
        assert_eq!(data["version"], before.version + 1);
        assert_eq!(answer.json()["message"], "Page renamed.");
        let after = bridge.simulator.page(&before.id).expect("still there");
        assert_eq!((after.title.as_str(), after.body), ("Caches", before.body));
        assert_eq!(after.children, before.children);
    }

    async fn renaming_to_the_same_title_writes_nothing(bridge) {
        let before = bridge.simulator.page_titled("Event Bus").expect("seeded");
        let request = json!({"old_title": "event bus", "new_title": " Event Bus "});
        let data = bridge.post("/pages/rename", request).await.data();
        assert_eq!((&data["changed"], &data["version"]), (&json!(false), &json!(before.version)));
        assert_eq!(bridge.simulator.page(&before.id).expect("still there").version, before.version);
    }

    async fn renaming_to_a_taken_title_is_refused(bridge) {
        let request = json!({"old_title": "Event Bus", "new_title": "Storage Layer"});
        bridge.post("/pages/rename", request).await.fails(
            409,
            "ALREADY_EXISTS",
            "A page with the title 'Storage Layer' already exists at 'Architecture/Storage Layer'.",
        );
        assert!(bridge.simulator.page_titled("Event Bus").is_some());
    }

    async fn a_page_is_moved_with_everything_below_it(bridge) {
        let answer =
            bridge.post("/pages/Caching%20Architecture/move", json!({"newParentTitle": "Operations"})).await;
        let data = answer.data();
        assert_eq!(data["title"], "Caching Architecture");
        assert_eq!(data["oldParentTitle"], "Architecture");
        assert_eq!(data["newParentTitle"], "Operations");
        assert_eq!(answer.json()["message"], "Page moved.");
        let below = bridge.get("/pages/Operations/Caching%20Architecture/children").await.data();
        assert_eq!(below.as_array().map(Vec::len), Some(2));
    }

    async fn a_page_cannot_move_below_itself(bridge) {
        for target in ["Caching Architecture", "Cache Invalidation"] {
            bridge
                .post("/pages/Caching%20Architecture/move", json!({"newParentTitle": target}))
                .await
                .fails(422, "INVALID_OPERATION", "Cannot move page into its own subtree");
        }
    }

    async fn deleting_trashes_the_page_and_counts_the_promoted_children(bridge) {
        let page = bridge.simulator.page_titled("Caching Architecture").expect("seeded");
        let answer = bridge.delete("/pages/Caching%20Architecture").await;
        let data = answer.data();
        assert_eq!(
            (&data["deletedTitle"], &data["id"], &data["promotedChildren"]),
            (&json!("Caching Architecture"), &json!(page.id), &json!(2))
        );
        assert_eq!(answer.json()["message"], "Page deleted.");
        bridge.get("/pages/Caching%20Architecture").await.fails(
            404,
            "NOT_FOUND",
            "Page 'Caching Architecture' not found.",
        );
        let parent = bridge.get("/pages/Cache%20Invalidation/parent").await.data();
        assert_eq!(parent["title"], "Architecture");
    }

    async fn the_root_page_is_protected(bridge) {
        let root = "/pages/Platform%20Handbook";
        bridge.delete(root).await.fails(422, "INVALID_OPERATION", "The root page cannot be deleted.");
        bridge.post(&format!("{root}/move"), json!({"newParentTitle": "Operations"})).await.fails(
            422,
            "INVALID_OPERATION",
            "The root page cannot be moved.",
        );
        bridge
            .post("/pages/rename", json!({"old_title": "Platform Handbook", "new_title": "X"}))
            .await
            .fails(422, "INVALID_OPERATION", "The root page cannot be renamed.");
    }

    async fn missing_fields_are_named_in_the_words_of_the_contract(bridge) {
        bridge.post("/pages", json!({"body": "x"})).await.fails(400, "INVALID_INPUT", "Title is required");
        bridge.post("/pages/Event%20Bus/move", json!({})).await.fails(
            400,
            "INVALID_INPUT",
            "newParentTitle is required",
        );
        bridge.post("/pages/rename", json!({"old_title": "Event Bus"})).await.fails(
            400,
            "INVALID_INPUT",
            "Both 'old_title' and 'new_title' are required.",
        );
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_version_that_went_stale_between_read_and_write_is_written_on_top_of(bridge) {
        bridge.simulator.script(Trouble::new(Fault::StaleVersion).method("PUT").times(2));
        let answer = bridge.put("/pages/Event%20Bus", json!({"body": "mine"})).await;
        assert_eq!(answer.data()["version"], 4);
        assert_eq!(stored(&bridge, "Event Bus"), "<p>mine</p>");
    }

    async fn a_page_that_others_keep_saving_is_a_conflict_in_the_end(bridge) {
        bridge.simulator.script(Trouble::new(Fault::StaleVersion).method("PUT").forever());
        let answer = bridge.put("/pages/Event%20Bus", json!({"body": "mine"})).await;
        answer.fails(409, "VERSION_CONFLICT", "The page was changed by somebody else meanwhile.");
        assert_ne!(stored(&bridge, "Event Bus"), "<p>mine</p>");
        let writes = bridge.simulator.requests().into_iter().filter(|request| request.method == "PUT");
        assert_eq!(writes.count(), 3);
    }

    async fn health_asks_nobody(bridge) {
        let answer = bridge.send("GET", "/endpoint/wiki/health", None, None).await;
        assert_eq!(answer.data(), json!({"status": "ok"}));
        assert_eq!(answer.json()["message"], "Service healthy.");
        assert_eq!(bridge.upstream_calls(), 0);
    }
}

/// How many published pages stand outside the endpoint, or are its root.
fn outside(bridge: &Bridge) -> usize {
    let below = bridge.simulator.subtree(&bridge.simulator.root_page_id());
    let pages = below
        .iter()
        .filter(|entry| bridge.simulator.page(&entry.id).expect("listed").kind == "page");
    bridge.simulator.page_counts().0 - pages.count()
}

#[tokio::test]
async fn an_empty_wiki_lists_no_pages() {
    for product in [Product::Cloud, Product::DataCenter] {
        let bridge = Bridge::with(product, |options| options.seed = Seed::Empty, |_| {}).await;
        assert_eq!(bridge.get("/pages").await.data(), json!([]));
    }
}
