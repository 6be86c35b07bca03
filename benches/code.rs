//! Pieces of the service whose cost grows with what they are given. `cargo bench --bench code`

use conflagent::clock::Clock;
use conflagent::confluence::{Node, NodeKind, Page, PageId};
use conflagent::operations::{Arguments, CATALOG, Envelope, Operation, Outcome};
use conflagent::pages::index::Snapshot;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

fn main() {
    divan::main();
}

/// How many pages the tree has, and how many of them are below one.
const PAGES: usize = 5000;
const WIDTH: usize = 20;

/// Storage format of about 20 kB, with the characters that JSON escapes.
fn storage() -> String {
    "<p>Some <a href=\"https://example.com/\">text</a>.</p>\n".repeat(400)
}

fn id(number: usize) -> PageId {
    PageId::parse(&(100_000 + number).to_string()).expect("digits are an id")
}

/// A tree in pre-order, as the client hands it over.
fn nodes() -> Vec<Node> {
    fn below(parent: usize, nodes: &mut Vec<Node>) {
        for number in parent * WIDTH + 1..=parent * WIDTH + WIDTH {
            if number <= PAGES {
                nodes.push(Node {
                    id: id(number),
                    kind: NodeKind::Page,
                    title: format!("Page {number:05}"),
                    parent: id(parent),
                });
                below(number, nodes);
            }
        }
    }
    let mut nodes = Vec::new();
    below(0, &mut nodes);
    nodes
}

fn root() -> Page {
    Page {
        id: id(0),
        title: "Root".to_owned(),
        version: 1,
        updated: None,
        url: None,
        body: None,
    }
}

fn snapshot() -> Snapshot {
    Snapshot::new(&root(), nodes(), Instant::now(), Clock::System.now())
}

/// What follows the last answer when the index is built anew.
#[divan::bench]
fn index_of_5000_pages(bencher: Bencher) {
    let root = root();
    bencher
        .with_inputs(nodes)
        .bench_values(|nodes| Snapshot::new(&root, nodes, Instant::now(), Clock::System.now()));
}

/// A title to the path of its page.
#[divan::bench]
fn path_in_5000_pages(bencher: Bencher) {
    let snapshot = snapshot();
    bencher.bench(|| snapshot.path(snapshot.titled(black_box("page 04321"))?));
}

/// What a warm listing reads.
#[divan::bench]
fn listing_of_5000_pages(bencher: Bencher) {
    let snapshot = snapshot();
    bencher.bench(|| snapshot.nodes_below(black_box(&id(0)), usize::MAX));
}

fn operation(id: &str) -> &'static Operation {
    let found = CATALOG.iter().find(|operation| operation.id == id);
    found.expect("an operation of the catalog")
}

/// The arguments of an update, body included.
#[divan::bench]
fn arguments_of_an_update(bencher: Bencher) {
    let parameters = operation("updatePageByTitle").parameters;
    let given = [("title", json!("A/B")), ("body", json!(storage()))];
    let given: Map<String, Value> = given
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect();
    bencher
        .with_inputs(|| given.clone())
        .bench_values(|given| Arguments::check(parameters, given).is_ok());
}

/// The answer to a read of a page of 20 kB, from its data to bytes.
#[divan::bench]
fn answer_with_20_kilobytes(bencher: Bencher) {
    let data = json!({"title": "A/B", "body": storage(), "format": "storage", "id": "100001", "version": 7});
    bencher
        .counter(BytesCount::of_str(&storage()))
        .with_inputs(|| data.clone())
        .bench_values(|data| {
            let outcome = Outcome::of(&data).ok()?;
            serde_json::to_vec(&Envelope::success("Page retrieved.", outcome, Clock::System)).ok()
        });
}
