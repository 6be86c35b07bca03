//! One section of a page written alone.

use serde_json::{Value, json};

use super::{body, markdown};
use crate::support::{Bridge, encoded, on_both};

/// Sections with things in and around them that a careless edit destroys.
const PAGE: &str = concat!(
    "<p>Ask <ac:inline-comment-marker ac:ref=\"c0ffee\">the platform team</ac:inline-comment-marker> first.</p>",
    "<h1>Install</h1><p style=\"margin-left: 30.0px;\">Two ways.</p>",
    "<h2>Linux</h2><ol><li>Unpack</li><li>Run</li></ol>",
    "<ac:structured-macro ac:name=\"drawio\" ac:schema-version=\"1\" ac:macro-id=\"22222222-2222-4222-8222-222222222222\"><ac:parameter ac:name=\"diagramName\">boxes</ac:parameter>",
    "</ac:structured-macro>",
    "<h2>Windows</h2><p>Click.</p>",
    "<h1>Usage</h1><p>Call it&nbsp;often.</p><blockquote><h2>Said</h2><p>It works.</p></blockquote>",
    "<h1>Notes</h1><p>One.</p><h1>Notes</h1><p>Two.</p>",
);

fn planted(bridge: &Bridge) -> String {
    bridge
        .simulator
        .add_page(&bridge.simulator.root_page_id(), "Manual", PAGE)
}

async fn section(bridge: &Bridge, name: &str) -> (String, u64) {
    let path = format!("/pages/Manual?section={}", encoded(name));
    let data = bridge.get(&path).await.data();
    let text = data["body"].as_str().expect("a text").to_owned();
    (text, data["version"].as_u64().expect("a number"))
}

async fn refused(bridge: &Bridge, id: &str, request: Value) -> Value {
    let before = bridge.simulator.page(id).expect("there");
    let answer = bridge.put("/pages/Manual", request).await;
    assert!((400..500).contains(&answer.status), "{}", answer.text);
    let after = bridge.simulator.page(id).expect("there");
    assert_eq!((after.version, after.body), (before.version, before.body));
    answer.json()
}

on_both! {
    async fn a_section_is_written_as_it_was_read_and_nothing_else_is(bridge) {
        let id = planted(&bridge);
        let (text, version) = section(&bridge, "Windows").await;
        assert_eq!(text, "## Windows\n\nClick.");
        let request = json!({"section": "Windows", "body": "## Windows\n\nClick twice.", "expectedVersion": version});
        let data = bridge.put("/pages/Manual", request).await.data();
        assert_eq!((&data["changed"], &data["removed"]), (&json!(true), &json!([])));
        assert_eq!(body(&bridge, &id), PAGE.replace("Click.", "Click twice."));
    }

    async fn a_section_holds_those_below_it(bridge) {
        let id = planted(&bridge);
        let (text, _) = section(&bridge, "Install").await;
        let edited = text.replace("Two ways.", "Three ways.") + "\n\n## macOS\n\nDrag.";
        bridge.put("/pages/Manual", json!({"section": "Install", "body": edited})).await.data();
        let expected = PAGE.replace("Two ways.", "Three ways.").replace("<h1>Usage", "<h2>macOS</h2><p>Drag.</p><h1>Usage");
        assert_eq!(body(&bridge, &id), expected);
    }

    async fn an_unedited_section_changes_nothing(bridge) {
        let id = planted(&bridge);
        for name in ["Install", "/Install/Linux", "install/windows", "## Usage"] {
            let (text, version) = section(&bridge, name).await;
            let request = json!({"section": name, "body": format!("\n{text}\n\n"), "expectedVersion": version});
            let data = bridge.put("/pages/Manual", request).await.data();
            assert_eq!((&data["changed"], &data["version"]), (&json!(false), &json!(version)), "{name}");
        }
        assert_eq!(body(&bridge, &id), PAGE);
    }

    async fn a_section_of_an_older_version_is_merged_with_what_happened_since(bridge) {
        let id = planted(&bridge);
        let (_, version) = section(&bridge, "Windows").await;
        let theirs = PAGE.replace("<h1>Install</h1>", "<h1>Setup</h1><h2>Before</h2><p>Back up.</p>");
        bridge.simulator.edit(&id, &theirs);
        let request = json!({"section": "/Install/Windows", "body": "## Windows\n\nTap.", "expectedVersion": version});
        let data = bridge.put("/pages/Manual", request).await.data();
        assert_eq!(data["merged"], true);
        assert_eq!(body(&bridge, &id), theirs.replace("Click.", "Tap."));
        let request = json!({"section": "Windows", "body": "## Windows\n\nPush.", "expectedVersion": version});
        let told = refused(&bridge, &id, request).await;
        assert_eq!(told["code"], "VERSION_CONFLICT");
    }

    async fn what_a_section_would_lose_needs_a_word(bridge) {
        let id = planted(&bridge);
        let told = refused(&bridge, &id, json!({"section": "Linux", "body": "## Linux\n\n1. Unpack\n2. Run"})).await;
        assert_eq!(told["details"]["removed"][0]["label"], "drawio", "{told}");
        refused(&bridge, &id, json!({"section": "Windows", "body": " \n"})).await;
        let request = json!({"section": "Windows", "body": "", "allowRemovals": true});
        bridge.put("/pages/Manual", request).await.data();
        assert_eq!(body(&bridge, &id), PAGE.replace("<h2>Windows</h2><p>Click.</p>", ""));
    }

    async fn a_section_that_is_not_one_is_not_written(bridge) {
        let id = planted(&bridge);
        let told = refused(&bridge, &id, json!({"section": "Windose", "body": "## Windose"})).await;
        assert_eq!((&told["code"], &told["suggestions"][0]), (&json!("NOT_FOUND"), &json!("Windows")), "{told}");
        let told = refused(&bridge, &id, json!({"section": "Notes", "body": "# Notes\n\nThree."})).await;
        assert_eq!(told["details"]["candidates"].as_array().map(Vec::len), Some(2), "{told}");
        let told = refused(&bridge, &id, json!({"section": "Said", "body": "## Said\n\nNo."})).await;
        assert!(told["message"].as_str().is_some_and(|message| message.contains("quote")), "{told}");
        let told = refused(&bridge, &id, json!({"section": "Windows", "body": "Click twice."})).await;
        assert!(told["hint"].as_str().is_some_and(|hint| hint.contains("heading")), "{told}");
        let told = refused(&bridge, &id, json!({"section": "Windows", "body": "<h2>W</h2>", "format": "storage"})).await;
        assert_eq!(told["code"], "INVALID_INPUT");
    }

    async fn a_section_never_swallows_what_follows(bridge) {
        let id = planted(&bridge);
        let open = ["```\nleft open", "~~~\n", "<details><summary>More</summary>\n\nleft open", ":::info\n\nleft open", "<!-- left open", "<table><tr><td>left open", "- item\n  ```\n  left open", "> quote\n> ```", "$$\nleft open", "[link](<left open", "`left open", "text \\", "::::section{type=two_equal}\n\n:::column\n\nleft open"];
        for text in open {
            let request = json!({"section": "Windows", "body": format!("## Windows\n\nClick.\n\n{text}")});
            let answer = bridge.put("/pages/Manual", request).await;
            let now = body(&bridge, &id);
            let usage = PAGE.find("<h1>Usage").expect("there");
            assert!(now.ends_with(&PAGE[usage..]), "{text}: {}\n{now}", answer.text);
            assert!(now.starts_with(&PAGE[..PAGE.find("Click").expect("there")]), "{text}: {now}");
            bridge.simulator.edit(&id, PAGE);
        }
    }
}

on_both! {
    async fn a_section_takes_as_many_calls_as_a_page(bridge) {
        planted(&bridge);
        let (text, _) = markdown(&bridge, "/pages/Manual").await;
        let calls = async |request| {
            bridge.simulator.reset_log();
            bridge.put("/pages/Manual", request).await.data();
            bridge.simulator.requests().len()
        };
        let page = calls(json!({"body": text.replace("Click.", "Click once.")})).await;
        let section = calls(json!({"section": "Windows", "body": "## Windows\n\nClick twice."})).await;
        assert_eq!(section, page);
    }
}
