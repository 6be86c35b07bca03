//! What the README and the documents list is what there is.

use std::path::Path;

use conflagent::config::keys::KEYS;
use conflagent::config::{DirectoryAccess, Flavor};
use conflagent::dispatch::{KEPT_FOR, MOST_ANSWERS, MOST_BYTES};
use conflagent::operations::CATALOG;

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).expect("a document")
}

/// The rows of the table whose header begins with this cell: their cells, without backticks.
fn table(document: &str, header: &str) -> Vec<Vec<String>> {
    let mut lines = document
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {header} |")));
    assert!(lines.next().is_some(), "no table with a first column '{header}'");
    lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split(" | ");
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect()
}

#[test]
fn the_readme_lists_every_key_of_an_endpoint() {
    let listed: Vec<String> = table(&document("README.md"), "key")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(listed, known);
}

#[test]
fn the_readme_lists_every_operation_with_its_route_and_flavors() {
    let mut listed: Vec<(String, String, String)> = table(&document("README.md"), "operation")
        .into_iter()
        .map(|row| {
            let path = row[1].split('?').next().unwrap_or_default().to_owned();
            (row[0].clone(), path, row[2].clone())
        })
        .collect();
    let mut known: Vec<(String, String, String)> = CATALOG
        .iter()
        .map(|operation| {
            let flavors = [
                (Flavor::Default, "default"),
                (Flavor::Read, "read"),
                (Flavor::Upload, "upload"),
            ];
            let offered: Vec<&str> = flavors
                .into_iter()
                .filter(|(flavor, _)| operation.tag.offered_by(*flavor))
                .map(|(_, name)| name)
                .collect();
            let needs = match operation.needs() {
                DirectoryAccess::Off => "",
                DirectoryAccess::Read => "; directory=read",
                DirectoryAccess::Admin => "; directory=admin",
            };
            let flavors = if operation.is_open() {
                "all, no secret needed".to_owned()
            } else {
                format!("{}{needs}", offered.join(", "))
            };
            let route = format!("{} {}", operation.method.as_str(), operation.path);
            (operation.id.to_owned(), route, flavors)
        })
        .collect();
    listed.sort();
    known.sort();
    assert_eq!(listed, known);
}

#[test]
fn the_two_commands_of_the_readme_are_those_that_are_run() {
    let readme = document("README.md");
    assert!(readme.contains("cargo run --release -- demo"));
    assert!(readme.contains("\ncargo test --locked\n"));
    assert!(document(".ci/run").contains("cargo test --locked\n"));
}

#[test]
fn links_between_documents_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in [
        "README.md",
        "docs/architecture.md",
        "docs/api.md",
        "docs/configuration.md",
        "docs/logging.md",
    ] {
        let text = document(name);
        for (place, _) in text.match_indices("](") {
            let target = text[place + 2..].split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with('<') {
                continue;
            }
            let folder = root.join(name);
            let path = folder.parent().expect("a folder").join(target);
            assert!(path.exists(), "{name} links to {target}, which is not there");
        }
    }
}

#[test]
fn the_bounds_of_what_is_kept_for_repeats_are_as_documented() {
    let thousands = format!("{},{:03}", MOST_ANSWERS / 1000, MOST_ANSWERS % 1000);
    let bounds = format!("{thousands} answers and {} MiB", MOST_BYTES / (1024 * 1024));
    assert!(document("docs/api.md").contains(&bounds), "{bounds}");
    assert_eq!(
        KEPT_FOR.as_secs(),
        10 * 60,
        "docs/api.md and README.md say ten minutes"
    );
}
