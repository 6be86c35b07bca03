//! Searching: what is found, in how many parts and with how many calls, and what is never found.

mod hostile;
mod lag;
mod parts;

use std::collections::BTreeSet;

use conflagent::config::Flavor;
use serde_json::{Value, json};

use crate::support::{Bridge, Product, encoded, on_both};

/// The path of a search with these parameters.
fn search(parameters: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded_value(value)))
        .collect();
    format!("/pages/search?{}", pairs.join("&"))
}

/// A value in a query string; unlike a title in a path it may consist of dots.
fn encoded_value(value: &str) -> String {
    encoded(&format!("x{value}"))[1..].to_owned()
}

/// The hits of a search.
async fn hits(bridge: &Bridge, parameters: &[(&str, &str)]) -> Vec<Value> {
    let data = bridge.get(&search(parameters)).await.data();
    data.as_array().expect("a list").clone()
}

/// The paths of the hits of a search, sorted: the order of equally good ones is nobody's promise.
async fn paths(bridge: &Bridge, parameters: &[(&str, &str)]) -> BTreeSet<String> {
    let hits = hits(bridge, parameters).await;
    hits.iter()
        .map(|hit| hit["path"].as_str().expect("a path").to_owned())
        .collect()
}

fn set(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(ToString::to_string).collect()
}

fn id_of(bridge: &Bridge, title: &str) -> String {
    bridge.simulator.page_titled(title).expect("seeded").id
}

on_both! {
    async fn a_hit_says_what_it_is_and_why_it_was_found(bridge) {
        let id = id_of(&bridge, "Event Bus");
        bridge.simulator.edit(&id, "<p>Zebras &amp; <b>striped</b> horses &lt;roam&gt; the zebra bus</p>");
        let answer = bridge.get(&search(&[("query", "zebra")])).await;
        let hit = answer.data()[0].clone();
        let page = bridge.get("/pages/Event%20Bus").await.data();
        assert_eq!(hit["title"], "Event Bus");
        assert_eq!(hit["path"], "Architecture/Event Bus");
        assert_eq!((&hit["id"], &hit["url"], &hit["version"]), (&json!(id), &page["url"], &json!(2)));
        assert_eq!(hit["excerpt"], "**Zebras** & striped horses <roam> the **zebra** bus");
        assert!(hit["updated"].as_str().is_some_and(|at| at.len() == 20 && at.ends_with('Z')), "{hit}");
        let json = answer.json();
        assert_eq!(json["complete"], true);
        assert_eq!(json.get("nextCursor"), None);
        assert_eq!(json["message"], "Search results retrieved.");
    }

    async fn words_are_found_all_of_them_in_any_order(bridge) {
        let root = bridge.simulator.root_page_id();
        bridge.simulator.add_page(&root, "First", "<p>alpha quokka omega</p>");
        bridge.simulator.add_page(&root, "Second", "<p>quokka alpha</p>");
        bridge.simulator.add_page(&root, "Third quokka", "<p>other</p>");
        assert_eq!(paths(&bridge, &[("query", "quokka")]).await, set(&["First", "Second", "Third quokka"]));
        assert_eq!(paths(&bridge, &[("query", "alpha quokka")]).await, set(&["First", "Second"]));
        assert_eq!(paths(&bridge, &[("query", "\"alpha quokka\"")]).await, set(&["First"]));
        assert_eq!(paths(&bridge, &[("query", "omega \"alpha quokka\"")]).await, set(&["First"]));
        assert_eq!(paths(&bridge, &[("query", "alpha OR other")]).await, set(&[]), "no operator, but a word");
    }

    async fn titles_are_found_whole_and_by_their_words(bridge) {
        let odd = "C++ & C#: tips / tricks";
        assert_eq!(paths(&bridge, &[("title", odd)]).await, set(&[odd]));
        assert_eq!(paths(&bridge, &[("title", "disk RUNBOOK")]).await, set(&["Operations/Runbooks/Runbook: Disk full"]));
        let root = bridge.simulator.root_page_id();
        bridge.simulator.add_page(&root, "???", "<p>no word in its title</p>");
        assert_eq!(paths(&bridge, &[("title", "???")]).await, set(&["???"]));
    }

    async fn labels_people_and_conditions_narrow_each_other(bridge) {
        let (bus, glossary) = (id_of(&bridge, "Event Bus"), id_of(&bridge, "Glossary"));
        bridge.simulator.label(&bus, "reviewed");
        bridge.simulator.label(&glossary, "reviewed");
        bridge.put("/pages/Glossary", json!({"body": "<p>words</p>"})).await.data();
        let agent = match bridge.product {
            Product::Cloud => "557058:593d9e9f-0d3c-4cb2-8d4b-000000000001",
            Product::DataCenter => "agent",
        };
        let both = set(&["Architecture/Event Bus", "Onboarding/Glossary"]);
        assert_eq!(paths(&bridge, &[("label", "reviewed")]).await, both);
        assert_eq!(paths(&bridge, &[("label", "reviewed"), ("updatedBy", agent)]).await, set(&["Onboarding/Glossary"]));
        assert_eq!(paths(&bridge, &[("updatedBy", "nobody")]).await, set(&[]));
        let cql = "label = reviewed AND NOT title ~ 'glossary'";
        assert_eq!(paths(&bridge, &[("cql", cql)]).await, set(&["Architecture/Event Bus"]));
        let both_ways = [("label", "reviewed"), ("cql", "title ~ bus or title ~ glossary"), ("query", "words")];
        assert_eq!(paths(&bridge, &both_ways).await, set(&["Onboarding/Glossary"]));
    }

    async fn the_root_page_is_found_too_and_nothing_beside_it(bridge) {
        assert_eq!(paths(&bridge, &[("title", "Platform Handbook")]).await, set(&["Platform Handbook"]));
        assert_eq!(paths(&bridge, &[("title", "Salary Bands")]).await, set(&[]));
        assert_eq!(paths(&bridge, &[("cql", "space = OPS or space != OPS"), ("title", "Caching Architecture")]).await,
            set(&["Architecture/Caching Architecture"]), "the one of the other space has the same title");
    }

    async fn a_search_for_nothing_is_told_what_to_ask(bridge) {
        for path in ["/pages/search", "/pages/search?query=%20&label=&limit=5", "/pages/search?cursor="] {
            bridge.get(path).await.fails(400, "INVALID_INPUT", "Nothing to search for.");
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_page_that_is_called_search_stays_reachable(bridge) {
        let root = bridge.simulator.root_page_id();
        let id = bridge.simulator.add_page(&root, "search", "<p>found</p>");
        for path in ["/pages/%2Fsearch", "/pages/Search", &format!("/pages/id:{id}")] {
            assert_eq!(bridge.get(path).await.data()["body"], "<p>found</p>", "{path}");
        }
        assert_eq!(bridge.get("/pages/search/parent").await.data()["path"], json!(["Platform Handbook", "search"]));
        bridge.put("/pages/search", json!({"body": "<p>changed</p>"})).await.data();
        assert_eq!(bridge.simulator.page(&id).expect("there").body, "<p>changed</p>");
    }

    async fn what_confluence_refuses_is_a_bad_request_without_its_words(bridge) {
        for cql in ["status = current", "type = sonnet", "created > yesterday", "text = x", "text ~ \"*x\""] {
            let answer = bridge.get(&search(&[("cql", cql)])).await;
            answer.fails(400, "INVALID_INPUT", "Confluence cannot run this search.");
            assert!(answer.text.contains("label = \\\"runbook\\\""), "an example: {}", answer.text);
            assert!(!answer.text.contains("parse cql") && !answer.text.contains("supported types"), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn folders_and_other_holders_of_pages_are_walked_through() {
    let bridge = Bridge::start(Product::Cloud).await;
    let network = set(&["Architecture/Network Diagram"]);
    assert_eq!(paths(&bridge, &[("title", "Network Diagram")]).await, network);
    let board = bridge
        .simulator
        .add_other(&id_of(&bridge, "Event Bus"), "Board", "whiteboard");
    let folder = bridge.simulator.add_folder(&board, "Inside");
    bridge
        .simulator
        .add_page(&folder, "On the board", "<p>quokka</p>");
    let unknown = bridge
        .simulator
        .add_other(&id_of(&bridge, "Event Bus"), "News", "hologram");
    bridge
        .simulator
        .add_page(&unknown, "In the hologram", "<p>quokka</p>");
    let found = paths(&bridge, &[("query", "quokka")]).await;
    assert_eq!(
        found,
        set(&["Architecture/Event Bus/On the board"]),
        "what cannot be asked is not let through"
    );
    // A folder beside the root page, and a page in it, stay outside.
    let outside = bridge
        .simulator
        .add_folder(&bridge.simulator.homepage_id(), "Elsewhere");
    let page = bridge.simulator.add_page(&outside, "Far away", "<p>wombat</p>");
    bridge
        .simulator
        .set_knobs(|knobs| knobs.cql_ignores_ancestor = true);
    assert_eq!(paths(&bridge, &[("query", "wombat")]).await, set(&[]));
    bridge
        .simulator
        .move_page(&page, &bridge.simulator.root_page_id());
    assert_eq!(paths(&bridge, &[("query", "wombat")]).await, set(&["Far away"]));
}

#[tokio::test]
async fn flavors_that_read_may_search() {
    for (flavor, status) in [(Flavor::Default, 200), (Flavor::Read, 200), (Flavor::Upload, 403)] {
        let bridge = Bridge::with(Product::Cloud, |_| {}, |config| config.flavor = flavor).await;
        let answer = bridge.get(&search(&[("query", "cache")])).await;
        assert_eq!(answer.status, status, "{flavor:?}: {}", answer.text);
    }
}
