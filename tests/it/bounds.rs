//! No answer is longer than callers can take, whatever the wiki holds and whatever is asked.

use std::collections::BTreeSet;

use conflagent::config::{DirectoryAccess, EndpointConfig};
use conflagent::describe::tools;
use serde_json::{Map, Value, json};

use crate::doors::Door;
use crate::mcp::{self, Era};
use crate::support::{Bridge, Product, on_each};

/// Hosts refuse answers of 100,000 characters; ours stay below this.
const MOST: usize = 90_000;

/// A text of this many words of their own.
fn words(from: usize, count: usize) -> String {
    let words: Vec<String> = (from..from + count)
        .map(|number| format!("word{number}\""))
        .collect();
    words.join(" ")
}

/// A wiki in which everything is as long as it can be.
async fn wiki(product: Product) -> Bridge {
    let configure = |config: &mut EndpointConfig| config.directory = DirectoryAccess::Admin;
    let bridge = Bridge::with(product, |_| {}, configure).await;
    let root = bridge.simulator.root_page_id();
    let quotes = "\"".repeat(240);
    let crowd: Vec<String> = (0..60).map(|number| format!("zoe{number}{quotes}")).collect();
    for name in &crowd {
        bridge.simulator.add_user(name, &format!("Zoe {quotes}"));
        bridge.simulator.add_group(&format!("{name}s"), &["ada"]);
    }
    let members: Vec<&str> = crowd.iter().map(String::as_str).collect();
    bridge.simulator.add_group("crowd", &members);
    let title = |number: usize| format!("{number:04}{}", "\u{e4}\"".repeat(125));
    let mut parent = root.clone();
    for number in 0..50 {
        parent = bridge
            .simulator
            .add_page(&parent, &title(number), "<p>quokka</p>");
    }
    for number in 50..500 {
        bridge.simulator.add_page(&root, &title(number), "<p>quokka</p>");
    }
    let paragraphs: Vec<String> = (0..40)
        .map(|number| format!("<h2>{number}</h2><p>{}</p>", words(number * 1_000, 1_000)))
        .collect();
    bridge.simulator.add_page(&root, "Huge", &paragraphs.concat());
    let links: Vec<String> = (0..2_000)
        .map(|number| {
            format!(
                "<li><a href=\"https://e.org/{number}/{}\">{number}</a></li>",
                "x".repeat(300)
            )
        })
        .collect();
    bridge.simulator.add_page(
        &root,
        "Links",
        &format!("<ul>{}</ul><p>{}</p>", links.concat(), words(0, 3_000)),
    );
    bridge.simulator.add_page(
        &root,
        "Long lines",
        &format!("<p>{}</p><p>{}</p>", words(0, 20_000), words(30_000, 20_000)),
    );
    bridge
}

/// Calls of every tool that have much to answer; the last ones are refused with much to say.
fn calls() -> Vec<(&'static str, Value)> {
    let odd: Map<String, Value> = (0..3_000)
        .map(|number| (format!("\"odd\"{number}"), json!(1)))
        .collect();
    let mut with_odd = json!({"title": "New", "body": "x"});
    with_odd.as_object_mut().expect("an object").extend(odd);
    let deepest = format!("0049{}", "\u{e4}\"".repeat(125));
    vec![
        ("list_pages", json!({})),
        ("search_pages", json!({"query": "quokka", "limit": 50})),
        ("get_page_tree", json!({"depth": 50})),
        ("list_child_pages", json!({"title": "Platform Handbook"})),
        ("get_parent_page", json!({"title": deepest})),
        (
            "read_page",
            json!({"title": "Huge", "format": "storage", "maxChars": 80_000}),
        ),
        (
            "read_page",
            json!({"title": "Huge", "format": "text", "maxChars": 80_000}),
        ),
        (
            "read_page",
            json!({"title": "Long lines", "format": "markdown", "maxChars": 80_000}),
        ),
        (
            "read_page",
            json!({"title": "Huge", "section": "x".repeat(2_000)}),
        ),
        ("read_page", json!({"title": "\u{1}".repeat(4_000)})),
        ("create_page", with_odd),
        ("rename_page", json!({"old_title": "New", "new_title": "Newer"})),
        ("move_page", json!({"title": "Newer", "newParentTitle": deepest})),
        ("delete_page", json!({"title": "Newer"})),
        (
            "update_page",
            json!({"title": "Links", "body": words(0, 3_000), "dryRun": true}),
        ),
        (
            "update_page",
            json!({"title": "Links", "body": words(0, 3_000), "dryRun": true, "allowRemovals": true}),
        ),
        (
            "update_page",
            json!({"title": "Long lines", "body": words(1, 40), "expectedVersion": 1, "allowRemovals": true}),
        ),
        (
            "update_page",
            json!({"title": "Long lines", "body": format!("mine {} mine", words(2, 20_000)), "expectedVersion": 1}),
        ),
        ("find_users", json!({"query": "zoe"})),
        ("list_groups", json!({})),
        ("list_group_members", json!({"group": "crowd"})),
        ("list_user_groups", json!({"user": "Ada Person"})),
        (
            "list_user_groups",
            json!({"user": format!("Zoe {}", "\"".repeat(240))}),
        ),
        (
            "remove_group_member",
            json!({"user": "Ada Person", "group": "platform-team"}),
        ),
    ]
}

#[tokio::test]
async fn every_answer_of_every_operation_is_short_enough() {
    on_each(async |product| {
        let bridge = wiki(product).await;
        let mut called = BTreeSet::new();
        let mut longest = 0;
        for (tool, arguments) in calls() {
            for door in Door::ALL {
                let answer = door.ask(&bridge, tool, &arguments).await;
                let length = answer.text.chars().count();
                let begins: String = answer.text.chars().take(300).collect();
                assert!(length < MOST, "{door:?} {tool}: {length} characters: {begins}");
                answer.json();
                longest = longest.max(length);
                called.insert(tool);
            }
            let told = match mcp::call(&bridge, Era::Modern, tool, arguments).await {
                Ok(structured) => Value::from(structured).to_string(),
                Err(text) => text,
            };
            assert!(
                told.chars().count() < MOST,
                "MCP {tool}: {} characters",
                told.chars().count()
            );
        }
        assert!(longest > MOST / 2, "nothing was long: {longest}");
        let all: BTreeSet<&str> = tools::all().iter().map(|tool| tool.name).collect();
        assert_eq!(called, all, "tools without a call that has much to answer");
    })
    .await;
}
