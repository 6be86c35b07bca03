//! How callers name pages: titles, paths, ids, slashes and letter case.

use serde_json::json;

use crate::support::on_both;

on_both! {
    async fn a_page_answers_to_title_path_and_id(bridge) {
        let id = bridge.simulator.page_titled("Cache Invalidation").expect("seeded").id;
        for path in [
            "Cache%20Invalidation",
            "/Cache%20Invalidation/",
            "Architecture/Caching%20Architecture/Cache%20Invalidation",
            "Architecture%2FCaching%20Architecture%2FCache%20Invalidation",
            "Platform%20Handbook/Architecture/Caching%20Architecture/Cache%20Invalidation",
            "cache%20INVALIDATION",
            "architecture/caching%20architecture/cache%20invalidation",
            &format!("id:{id}"),
            &format!("id%3A{id}"),
        ] {
            let data = bridge.get(&format!("/pages/{path}")).await.data();
            assert_eq!(data["id"], id.as_str(), "{path}");
        }
    }

    async fn a_path_must_lead_to_the_page(bridge) {
        for path in ["Operations/Cache%20Invalidation", "Caching%20Architecture/Cache%20Invalidation"] {
            let answer = bridge.get(&format!("/pages/{path}")).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("NOT_FOUND")), "{path}");
        }
    }

    async fn the_title_comes_back_as_it_was_asked_for(bridge) {
        let data = bridge.get("/pages/Architecture/Event%20Bus").await.data();
        assert_eq!(data["title"], "Architecture/Event Bus");
    }

    async fn a_title_with_slashes_is_found_alone_and_in_a_path(bridge) {
        let id = bridge.simulator.page_titled("C++ & C#: tips / tricks").expect("seeded").id;
        bridge.simulator.add_page(&id, "CI/CD/nightly", "<p>x</p>");
        for path in [
            "C%2B%2B%20%26%20C%23%3A%20tips%20%2F%20tricks",
            "C++%20&%20C%23:%20tips%20/%20tricks",
            "Platform%20Handbook/C++%20&%20C%23:%20tips%20/%20tricks",
        ] {
            assert_eq!(bridge.get(&format!("/pages/{path}")).await.data()["id"], id.as_str(), "{path}");
        }
        let listed = bridge.get("/pages").await.data();
        let path = listed.as_array().and_then(|paths| paths.iter().find_map(|path| {
            path.as_str().filter(|path| path.ends_with("nightly"))
        })).expect("it is listed").to_owned();
        assert_eq!(path, "C++ & C#: tips / tricks/CI/CD/nightly");
        let data = bridge.get(&format!("/pages/{}", crate::support::encoded(&path))).await.data();
        assert_eq!(data["body"], "<p>x</p>");
        assert_eq!(bridge.get("/pages/CI/CD/nightly").await.data()["body"], "<p>x</p>");
    }

    async fn pages_named_like_routes_are_reachable(bridge) {
        let root = bridge.simulator.root_page_id();
        for title in ["tree", "rename", "children", "parent", "move", "health", "openapi.json"] {
            let id = bridge.simulator.add_page(&root, title, "<p>x</p>");
            let data = bridge.put(&format!("/pages/{title}"), json!({"body": "changed"})).await.data();
            assert_eq!(data["id"], id.as_str(), "{title}");
            let by_id = bridge.get(&format!("/pages/id:{id}")).await.data();
            assert_eq!(by_id["body"], "<p>changed</p>", "{title}");
        }
        assert_eq!(bridge.get("/pages/rename").await.data()["body"], "<p>changed</p>");
        assert_eq!(bridge.get("/pages/Platform%20Handbook%2Fchildren").await.data()["body"], "<p>changed</p>");
        bridge.delete("/pages/tree").await.data();
    }

    async fn a_title_that_looks_like_an_id_is_still_a_title(bridge) {
        let root = bridge.simulator.root_page_id();
        let id = bridge.simulator.add_page(&root, "id:42", "<p>x</p>");
        assert_eq!(bridge.get("/pages/id:42").await.data()["id"], id.as_str());
        assert_eq!(bridge.get("/pages/42").await.status, 404);
    }

    async fn an_empty_name_names_nothing(bridge) {
        bridge.get("/pages/%20").await.fails(400, "INVALID_INPUT", "title is required");
        bridge.get("/pages/%2F%2F").await.fails(404, "NOT_FOUND", "Page '//' not found.");
    }
}
