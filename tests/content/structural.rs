//! Edits of every kind on pages that are hard to edit: none may be wrong, and nearly all must be possible.

use conflagent::convert::Flavour;

use crate::measure::Tally;

/// The least share, in percent, of edits that must be right.
fn least(kind: &str) -> f64 {
    match kind {
        "nothing" => 100.0,
        "reformat" => 99.0,
        "add row" | "delete row" => 95.0,
        // Refused: a decision stands on the page twice, and only what is there twice already is kept in step.
        "append decision" => 0.0,
        _ => 97.0,
    }
}

fn pages() -> Vec<(String, String)> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pages");
    let mut pages: Vec<(String, String)> = std::fs::read_dir(directory)
        .expect("the pages are there")
        .map(|entry| entry.expect("it can be listed").path())
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("it can be read"))
        })
        .collect();
    pages.sort();
    assert!(pages.len() >= 20, "pages are missing");
    pages
}

#[track_caller]
fn check(flavour: Flavour, page_of: impl Fn(&str) -> String) {
    let mut tally = Tally::default();
    for (name, storage) in pages() {
        tally.page(&name, &page_of(&storage), flavour, 40, None);
    }
    let few: Vec<_> = tally
        .counts
        .iter()
        .filter(|(kind, count)| count.wrong > 0 || count.share() < least(kind))
        .collect();
    assert!(few.is_empty(), "{}\n{}", tally.table(), tally.faults.join("\n"));
    assert!(
        tally.counts.len() >= 20,
        "kinds of edits are missing:\n{}",
        tally.table()
    );
}

#[test]
fn edits_of_every_kind_are_right_on_cloud() {
    check(Flavour::Cloud, str::to_owned);
}

#[test]
fn edits_of_every_kind_are_right_on_data_center() {
    check(Flavour::DataCenter, str::to_owned);
}

#[test]
fn line_ends_of_windows_are_kept_like_all_other_bytes() {
    check(Flavour::Cloud, |page| page.replace('\n', "\r\n"));
}
