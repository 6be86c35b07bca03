//! Walks `tests/fixtures/convert`: one folder per case, `page.md` and the storage it must become.
//!
//! `page.xml` is for Cloud; where Data Center differs, `data_center.xml` says how. A line end in an expectation is
//! for the reader: where storage has a real one, the file says `\n`. What is told to the caller is in `notices.txt`,
//! one on a line; a case without that file gives none.

use std::path::{Path, PathBuf};

use conflagent::convert::{Converted, Flavour, markdown_to_storage};

use crate::oracle::assert_well_formed;

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/convert");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root)
        .expect("the folder of fixtures is there")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    cases.sort();
    cases
}

fn expectation(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(
        text.lines()
            .map(str::trim_start)
            .collect::<String>()
            .replace("\\n", "\n"),
    )
}

/// One element a line, so that a difference is seen where it is.
fn lines(storage: &str) -> String {
    storage.replace("><", ">\n<")
}

#[test]
fn every_page_becomes_the_storage_beside_it() {
    let cases = cases();
    assert!(cases.len() > 5, "the fixtures are missing");
    let mut failures = Vec::new();
    for case in cases {
        let markdown = std::fs::read_to_string(case.join("page.md")).unwrap();
        let cloud = expectation(&case.join("page.xml")).unwrap();
        let data_center = expectation(&case.join("data_center.xml")).unwrap_or_else(|| cloud.clone());
        for (flavour, expected) in [(Flavour::Cloud, cloud), (Flavour::DataCenter, data_center)] {
            let Converted { storage, notices } = markdown_to_storage(&markdown, flavour);
            assert_well_formed(&storage);
            let notices: Vec<&str> = notices.iter().map(|notice| notice.message.as_str()).collect();
            let told = std::fs::read_to_string(case.join("notices.txt")).unwrap_or_default();
            if notices != told.lines().collect::<Vec<_>>() {
                failures.push(format!("{} ({flavour:?}) tells {notices:#?}", case.display()));
            }
            if storage != expected {
                let (got, want) = (lines(&storage), lines(&expected));
                failures.push(format!(
                    "{} ({flavour:?})\n--- is\n{got}\n--- should be\n{want}",
                    case.display()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
