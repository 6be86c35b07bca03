//! Reading a page as Markdown and writing it back: an edit touches what it is about, and nothing else.

mod macros;
mod sections;

use conflagent::config::ReadFormat;
use serde_json::{Value, json};

use crate::support::{Bridge, Product, on_both};

/// A body with a bit of everything that a careless edit destroys.
const RICH: &str = concat!(
    "<p>Every <strong>service</strong> reads through two caches.&nbsp;See <ac:link><ri:page ri:content-title=\"Event Bus\" />",
    "</ac:link>.</p>",
    "<ac:structured-macro ac:name=\"info\" ac:schema-version=\"1\" ac:macro-id=\"11111111-1111-4111-8111-111111111111\">",
    "<ac:rich-text-body><p>Losing the cache costs time only.</p></ac:rich-text-body></ac:structured-macro>",
    "<ac:structured-macro ac:name=\"drawio\" ac:schema-version=\"1\" ac:macro-id=\"22222222-2222-4222-8222-222222222222\">",
    "<ac:parameter ac:name=\"diagramName\">caches</ac:parameter></ac:structured-macro>",
    "<p><ac:image ac:width=\"640\"><ri:attachment ri:filename=\"caches.png\" /></ac:image></p>",
    "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>incomplete</ac:task-status>",
    "<ac:task-body>Measure the hit rate</ac:task-body></ac:task></ac:task-list>",
    "<table data-layout=\"wide\"><colgroup><col style=\"width: 100.0px;\" /><col /></colgroup><tbody>",
    "<tr><th>Layer</th><th>Time</th></tr><tr><td>Local</td><td>30&nbsp;s</td></tr></tbody></table>",
    "<p style=\"margin-left: 30.0px;\">Ask <ac:inline-comment-marker ac:ref=\"c0ffee\">the platform team</ac:inline-comment-marker> first.</p>",
);

/// A page with that body; answers its path and its id.
fn rich(bridge: &Bridge) -> (&'static str, String) {
    let id = bridge
        .simulator
        .add_page(&bridge.simulator.root_page_id(), "Rich", RICH);
    ("/pages/Rich", id)
}

async fn markdown(bridge: &Bridge, path: &str) -> (String, u64) {
    let data = bridge.get(&format!("{path}?format=markdown")).await.data();
    assert_eq!(data["format"], "markdown");
    (
        data["body"].as_str().expect("text").to_owned(),
        data["version"].as_u64().expect("a number"),
    )
}

fn body(bridge: &Bridge, id: &str) -> String {
    bridge.simulator.page(id).expect("there").body
}

on_both! {
    async fn a_word_changed_in_markdown_changes_that_word_in_storage(bridge) {
        let (path, id) = rich(&bridge);
        let (text, version) = markdown(&bridge, path).await;
        assert!(!text.contains("<ac:") && !text.contains("<ri:"), "{text}");
        let before = body(&bridge, &id);
        let edited = text.replacen("two caches", "three caches", 1);
        let request = json!({"body": edited, "format": "markdown", "expectedVersion": version});
        let data = bridge.put(path, request).await.data();
        assert_eq!((&data["changed"], &data["merged"], &data["removed"]), (&json!(true), &json!(false), &json!([])));
        assert_eq!(data["version"], version + 1);
        assert_eq!(body(&bridge, &id), before.replacen("two caches", "three caches", 1));
    }

    async fn the_same_markdown_written_back_makes_no_version(bridge) {
        let (path, id) = rich(&bridge);
        let (text, version) = markdown(&bridge, path).await;
        bridge.simulator.reset_log();
        let data = bridge.put(path, json!({"body": text, "format": "markdown"})).await.data();
        assert_eq!((&data["changed"], &data["version"]), (&json!(false), &json!(version)));
        assert!(bridge.simulator.requests().iter().all(|request| request.method == "GET"));
        assert_eq!(bridge.simulator.page(&id).expect("there").version, version);
    }

    async fn the_same_storage_written_back_makes_no_version(bridge) {
        let (path, id) = rich(&bridge);
        let data = bridge.put(path, json!({"body": body(&bridge, &id)})).await.data();
        assert_eq!(data["changed"], false);
    }

    async fn every_page_of_the_wiki_survives_being_read_and_written(bridge) {
        for entry in bridge.simulator.subtree(&bridge.simulator.root_page_id()) {
            if bridge.simulator.page(&entry.id).expect("listed").kind != "page" {
                continue;
            }
            let path = format!("/pages/id:{}", entry.id);
            let (text, _) = markdown(&bridge, &path).await;
            let data = bridge.put(&path, json!({"body": text, "format": "markdown"})).await.data();
            assert_eq!(data["changed"], false, "{}", entry.path);
        }
    }

    async fn a_dry_run_tells_and_does_nothing(bridge) {
        let (path, id) = rich(&bridge);
        let (text, version) = markdown(&bridge, path).await;
        let before = body(&bridge, &id);
        let request = json!({"body": text.replacen("time only", "nothing", 1), "format": "markdown", "dryRun": true});
        let data = bridge.put(path, request).await.data();
        assert_eq!((&data["changed"], &data["dryRun"], &data["version"]), (&json!(true), &json!(true), &json!(version)));
        assert_eq!(body(&bridge, &id), before);
    }

    async fn what_an_edit_would_lose_needs_a_word(bridge) {
        let (path, id) = rich(&bridge);
        let (text, _) = markdown(&bridge, path).await;
        let before = body(&bridge, &id);
        let without: Vec<&str> = text.lines().filter(|line| !line.contains("drawio")).collect();
        let without = without.join("\n");
        assert_ne!(without.trim(), text.trim());
        let answer = bridge.put(path, json!({"body": without, "format": "markdown"})).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some("INVALID_OPERATION")), "{}", answer.text);
        assert_eq!(answer.json()["details"]["removed"][0]["kind"], "macro", "{}", answer.text);
        assert_eq!(body(&bridge, &id), before);
        let request = json!({"body": without, "format": "markdown", "allowRemovals": true});
        let data = bridge.put(path, request).await.data();
        assert_eq!(data["removed"], json!([{"kind": "macro", "label": "drawio"}]));
        assert!(!body(&bridge, &id).contains("drawio"));
    }

    async fn text_that_stands_for_more_is_refused(bridge) {
        let (path, id) = rich(&bridge);
        let before = body(&bridge, &id);
        for text in ["Every service reads through two caches.\n\n... rest of the page unchanged ...", ""] {
            let answer = bridge.put(path, json!({"body": text, "format": "markdown"})).await;
            assert_eq!(answer.status, 422, "{text}: {}", answer.text);
        }
        assert_eq!(body(&bridge, &id), before);
    }

    async fn storage_that_loses_what_is_worth_protecting_needs_a_word(bridge) {
        let (path, id) = rich(&bridge);
        let answer = bridge.put(path, json!({"body": "<p>Gone.</p>"})).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        bridge.put(path, json!({"body": "<p>Gone.</p>", "allowRemovals": true})).await.data();
        assert_eq!(body(&bridge, &id), "<p>Gone.</p>");
    }

    async fn a_token_that_was_made_up_is_refused(bridge) {
        let (path, id) = rich(&bridge);
        let (text, _) = markdown(&bridge, path).await;
        let before = body(&bridge, &id);
        let request = json!({"body": format!("{text}\n\n::macro[drawio: other]{{#zzzz}}\n"), "format": "markdown"});
        let answer = bridge.put(path, request).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert_eq!(body(&bridge, &id), before);
    }

    async fn a_version_that_is_not_there_yet_is_a_conflict(bridge) {
        let (path, _) = rich(&bridge);
        let answer = bridge.put(path, json!({"body": "x", "expectedVersion": 99})).await;
        answer.fails(409, "VERSION_CONFLICT", "The page was changed by somebody else meanwhile.");
        assert_eq!(answer.json()["details"]["currentVersion"], 1);
    }

    async fn edits_of_different_blocks_are_merged_and_of_the_same_block_refused(bridge) {
        let (path, id) = rich(&bridge);
        let (text, version) = markdown(&bridge, path).await;
        let theirs = body(&bridge, &id).replacen("Measure the hit rate", "Measure the miss rate", 1);
        bridge.simulator.edit(&id, &theirs);
        let mine = json!({
            "body": text.replacen("two caches", "three caches", 1),
            "format": "markdown",
            "expectedVersion": version
        });
        let data = bridge.put(path, mine).await.data();
        assert_eq!((&data["merged"], &data["version"]), (&json!(true), &json!(version + 2)));
        let after = body(&bridge, &id);
        assert!(after.contains("three caches") && after.contains("miss rate"), "{after}");

        let collision = json!({
            "body": text.replacen("Measure the hit rate", "Measure everything", 1),
            "format": "markdown",
            "expectedVersion": version
        });
        let answer = bridge.put(path, collision).await;
        let json = answer.json();
        assert_eq!((answer.status, json["code"].as_str()), (409, Some("VERSION_CONFLICT")), "{}", answer.text);
        assert_eq!(json["details"]["currentVersion"], version + 2);
        let blocks = &json["details"]["blocks"];
        assert!(blocks[0]["theirs"].as_str().is_some_and(|text| text.contains("miss rate")), "{blocks}");
        assert!(blocks[0]["mine"].as_str().is_some_and(|text| text.contains("everything")), "{blocks}");
        assert_eq!(body(&bridge, &id), after);
    }

    async fn storage_made_of_an_older_version_is_merged_by_blocks(bridge) {
        let (path, id) = rich(&bridge);
        let theirs = body(&bridge, &id).replacen("Measure the hit rate", "Measure the miss rate", 1);
        bridge.simulator.edit(&id, &theirs);
        let mine = |from: &str, to: &str| {
            json!({"body": RICH.replacen(from, to, 1), "format": "storage", "expectedVersion": 1})
        };
        let data = bridge.put(path, mine("two caches", "three caches")).await.data();
        assert_eq!((&data["merged"], &data["version"]), (&json!(true), &json!(3)));
        let after = body(&bridge, &id);
        assert!(after.contains("three caches") && after.contains("miss rate"), "{after}");

        let answer = bridge.put(path, mine("Measure the hit rate", "Measure everything")).await;
        let json = answer.json();
        assert_eq!((answer.status, json["code"].as_str()), (409, Some("VERSION_CONFLICT")), "{}", answer.text);
        let block = &json["details"]["blocks"][0];
        assert!(block["theirs"].as_str().is_some_and(|text| text.contains("miss rate")), "{block}");
        assert!(block["mine"].as_str().is_some_and(|text| text.contains("everything")), "{block}");
        assert_eq!(body(&bridge, &id), after);
    }

    async fn what_others_took_away_is_not_told_as_mine(bridge) {
        let (path, id) = rich(&bridge);
        let (text, version) = markdown(&bridge, path).await;
        let gone = "<ac:link><ri:page ri:content-title=\"Event Bus\" /></ac:link>";
        let theirs = body(&bridge, &id).replacen(gone, "it", 1);
        assert_ne!(theirs, body(&bridge, &id), "they took the link away");
        bridge.simulator.edit(&id, &theirs);
        let request = json!({
            "body": text.replacen("platform team", "database team", 1),
            "format": "markdown",
            "expectedVersion": version
        });
        let data = bridge.put(path, request).await.data();
        assert_eq!((&data["merged"], &data["removed"]), (&json!(true), &json!([])));
    }

    async fn a_message_goes_into_the_history(bridge) {
        let request = json!({"body": "New words.", "versionMessage": "Said anew", "allowRemovals": true});
        bridge.put("/pages/Event%20Bus", request).await.data();
        let id = bridge.simulator.page_titled("Event Bus").expect("seeded").id;
        assert_eq!(bridge.simulator.versions(&id).last().expect("a version").message, "Said anew");
    }

    async fn a_page_reads_as_storage_markdown_or_text(bridge) {
        let (path, id) = rich(&bridge);
        let storage = bridge.get(path).await.data();
        assert_eq!((&storage["format"], &storage["body"]), (&json!("storage"), &json!(body(&bridge, &id))));
        let text = bridge.get(&format!("{path}?format=text")).await.data();
        let words = text["body"].as_str().expect("text");
        assert!(words.starts_with("Every service reads through two caches.") && !words.contains('<'), "{words}");
        bridge.get(&format!("{path}?format=pdf")).await.fails(
            400,
            "INVALID_INPUT",
            "format must be one of: storage, markdown, text",
        );
    }
}

#[tokio::test]
async fn the_endpoint_may_choose_the_format_of_reads() {
    for (format, name) in [(ReadFormat::Markdown, "markdown"), (ReadFormat::Text, "text")] {
        let bridge = Bridge::with(Product::Cloud, |_| {}, |config| config.read_format = format).await;
        let data: Value = bridge.get("/pages/Event%20Bus").await.data();
        assert_eq!(data["format"], name);
        assert_eq!(
            bridge.get("/pages/Event%20Bus?format=storage").await.data()["format"],
            "storage"
        );
    }
}
