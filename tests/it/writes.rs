//! What all writes have in common: conditions, dry runs, and what they answer.

use conflagent::simulator::Snapshot;
use serde_json::{Value, json};

use crate::support::{Bridge, Product, on_both};

fn page(bridge: &Bridge, title: &str) -> Snapshot {
    bridge.simulator.page_titled(title).expect("it is there")
}

/// Every write of the page `Event Bus`: method, path, and body. `terms` goes where the write takes it.
fn writes(terms: &str) -> Vec<(&'static str, String, Option<Value>)> {
    let query: Vec<&str> = terms.split('&').filter(|term| !term.is_empty()).collect();
    let with = |mut body: Value| {
        for term in &query {
            let (name, value) = term.split_once('=').expect("name=value");
            body[name] = serde_json::from_str(value).expect("JSON");
        }
        Some(body)
    };
    vec![
        (
            "PUT",
            "/pages/Event%20Bus".to_owned(),
            with(json!({"body": "New.", "allowRemovals": true})),
        ),
        (
            "POST",
            "/pages/rename".to_owned(),
            with(json!({"old_title": "Event Bus", "new_title": "Bus"})),
        ),
        (
            "POST",
            "/pages/Event%20Bus/move".to_owned(),
            with(json!({"newParentTitle": "Operations"})),
        ),
        ("DELETE", format!("/pages/Event%20Bus?{terms}"), None),
    ]
}

on_both! {
    async fn a_dry_run_of_any_write_says_what_would_happen_and_changes_nothing(bridge) {
        let before = page(&bridge, "Event Bus");
        for (method, path, body) in writes("dryRun=true") {
            let data = bridge.call(method, &path, body).await.data();
            assert_eq!((&data["dryRun"], &data["changed"]), (&json!(true), &json!(true)), "{method} {path}: {data}");
            assert_eq!((&data["id"], &data["version"]), (&json!(before.id), &json!(before.version)), "{method} {path}");
        }
        let create = json!({"title": "New", "body": "x", "parentTitle": "Operations", "dryRun": true});
        let data = bridge.post("/pages", create).await.data();
        let path = json!("Operations/New");
        assert_eq!(data, json!({"title": "New", "path": path, "changed": true, "dryRun": true}));
        assert_eq!(bridge.upstream_writes(), 0);
        assert_eq!(page(&bridge, "Event Bus"), before);
    }

    async fn a_dry_run_is_refused_where_the_write_would_be(bridge) {
        for (method, path, body, status, code) in [
            ("POST", "/pages", json!({"title": "Event Bus"}), 409, "ALREADY_EXISTS"),
            ("POST", "/pages", json!({"title": "New", "parentTitle": "Nowhere"}), 404, "NOT_FOUND"),
            ("POST", "/pages/rename", json!({"old_title": "Event Bus", "new_title": "Operations"}), 409, "ALREADY_EXISTS"),
            ("POST", "/pages/rename", json!({"old_title": "Platform Handbook", "new_title": "x"}), 422, "INVALID_OPERATION"),
            ("POST", "/pages/Architecture/move", json!({"newParentTitle": "Event Bus"}), 422, "INVALID_OPERATION"),
            ("DELETE", "/pages/Platform%20Handbook?dryRun=true", json!(null), 422, "INVALID_OPERATION"),
            ("DELETE", "/pages/Nowhere?dryRun=true", json!(null), 404, "NOT_FOUND"),
        ] {
            let mut body = body;
            if body.is_object() {
                body["dryRun"] = json!(true);
            }
            let answer = bridge.call(method, path, Some(body)).await;
            assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{}", answer.text);
        }
        assert_eq!(bridge.upstream_writes(), 0);
    }

    async fn another_letter_case_is_no_taken_title(bridge) {
        let rename = json!({"old_title": "Event Bus", "new_title": "event bus", "dryRun": true});
        assert_eq!(bridge.post("/pages/rename", rename).await.data()["changed"], true);
    }

    async fn a_write_of_an_older_version_is_refused_with_the_present_one(bridge) {
        bridge.put("/pages/Event%20Bus", json!({"body": "<p>Theirs.</p>", "allowRemovals": true})).await.data();
        let before = page(&bridge, "Event Bus");
        bridge.simulator.reset_log();
        for expected in [before.version - 1, before.version + 1] {
            for (method, path, body) in writes(&format!("expectedVersion={expected}")) {
                if method == "PUT" && expected < before.version {
                    continue; // An update of an older version is merged.
                }
                let answer = bridge.call(method, &path, body).await;
                let json = answer.json();
                assert_eq!((answer.status, &json["code"]), (409, &json!("VERSION_CONFLICT")), "{}", answer.text);
                assert_eq!(json["details"]["currentVersion"], before.version, "{}", answer.text);
            }
        }
        assert_eq!(bridge.upstream_writes(), 0);
        assert_eq!(page(&bridge, "Event Bus"), before);
    }

    async fn a_write_of_the_present_version_is_carried_out(bridge) {
        for step in 0..4 {
            let mut version = page(&bridge, if step < 2 { "Event Bus" } else { "Bus" }).version;
            let (method, path, body) = writes(&format!("expectedVersion={version}")).swap_remove(step);
            let path = if step < 2 { path } else { path.replace("Event%20Bus", "Bus") };
            let data = bridge.call(method, &path, body).await.data();
            if step < 2 || (step == 2 && bridge.product == Product::DataCenter) {
                version += 1;
            }
            assert_eq!((&data["version"], &data["changed"]), (&json!(version), &json!(true)), "{data}");
            if step < 3 {
                let title = data["title"].as_str().expect("a title");
                let now = page(&bridge, title.rsplit('/').next().unwrap_or(title)).version;
                assert_eq!(data["version"], now, "{method} {path}");
            }
        }
    }

    async fn a_version_confluence_cannot_have_is_refused(bridge) {
        for (method, path, body) in writes("expectedVersion=2147483648") {
            bridge.call(method, &path, body).await.fails(
                400,
                "INVALID_INPUT",
                "ExpectedVersion must be 2147483647 or less",
            );
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn nulls_mean_absent_in_every_write(bridge) {
        for (_, path, body) in writes("dryRun=null&expectedVersion=null&clientRequestId=null&format=null&versionMessage=null")
            .into_iter()
            .take(3)
        {
            let method = if path.ends_with("Bus") { "PUT" } else { "POST" };
            let path = path.replace("Event%20Bus/move", "Bus/move");
            let answer = bridge.call(method, &path, body).await;
            assert_eq!(answer.data()["changed"], true, "{}", answer.text);
        }
        let create = json!({
            "title": "New", "body": null, "parentTitle": null, "format": null, "clientRequestId": null, "dryRun": null
        });
        assert_eq!(bridge.post("/pages", create).await.data()["path"], "New");
    }

    async fn every_write_answers_what_and_where_the_page_is(bridge) {
        let steps = [
            ("POST", "/pages", json!({"title": "New", "body": "x", "parentTitle": "Operations"}), "Operations/New"),
            ("PUT", "/pages/New", json!({"body": "y"}), "Operations/New"),
            ("PUT", "/pages/New", json!({"body": "y"}), "Operations/New"),
            ("POST", "/pages/rename", json!({"old_title": "New", "new_title": "Newer"}), "Operations/Newer"),
            ("POST", "/pages/Newer/move", json!({"newParentTitle": "Event Bus"}), "Architecture/Event Bus/Newer"),
            ("POST", "/pages/Newer/move", json!({"newParentTitle": "Event Bus"}), "Architecture/Event Bus/Newer"),
            ("DELETE", "/pages/Newer", json!(null), "Architecture/Event Bus/Newer"),
        ];
        for (number, (method, path, body, place)) in steps.into_iter().enumerate() {
            let data = bridge.call(method, path, Some(body)).await.data();
            let title = place.rsplit('/').next().expect("a title");
            let now = bridge.simulator.page_titled(title);
            assert_eq!((&data["title"], &data["path"]), (&json!(title), &json!(place)), "{method} {path}: {data}");
            assert_eq!(data["changed"], ![2, 5].contains(&number), "{method} {path}");
            assert!(data["url"].as_str().is_some_and(|url| url.starts_with("http")), "{method} {path}");
            assert!(data["id"].is_string(), "{method} {path}");
            match now {
                Some(now) => assert_eq!(data["version"], now.version, "{method} {path}"),
                None => assert_eq!(method, "DELETE"),
            }
        }
    }
}
