//! Edits pages the way models do, and counts what comes of it.
//!
//! `cargo run --release --example measure_edits -- DIRECTORY` reads every `.xml` below the directory as the body of a
//! page, edits its Markdown in each of the ways of `tests/content/measure`, writes it back, and judges the outcome.
//! Without a directory, or where it is not there, nothing is measured. A second argument names one kind of edit, and
//! shows what failed.

#[path = "../tests/content/measure.rs"]
mod measure;

use std::path::{Path, PathBuf};
use std::time::Instant;

use conflagent::convert::{Flavour, check_well_formed};
use measure::Tally;

/// How many edits of one kind are tried on one page.
const MOST: usize = 12;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(directory), only) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        say("no directory given: nothing to measure");
        return;
    };
    let mut files = Vec::new();
    collect(&directory, &mut files);
    files.sort();
    if files.is_empty() {
        say("no pages there: nothing to measure");
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "a tool that measures time")]
    let started = Instant::now();
    for (flavour, name) in [(Flavour::Cloud, "Cloud"), (Flavour::DataCenter, "Data Center")] {
        let mut tally = Tally::default();
        let mut pages = 0;
        for file in &files {
            let Ok(storage) = std::fs::read_to_string(file) else {
                continue;
            };
            if storage.is_empty() || check_well_formed(&storage).is_err() {
                continue;
            }
            pages += 1;
            tally.page(&name_of(file), &storage, flavour, MOST, only.as_deref());
        }
        say(&format!("{name}: {pages} pages\n{}", tally.table()));
        for fault in &tally.faults {
            if only.is_some() || fault.contains("WRONG") {
                say(fault);
            }
        }
    }
    say(&format!("{:?}", started.elapsed()));
}

#[expect(clippy::print_stdout, reason = "a tool for people")]
fn say(text: &str) {
    println!("{text}");
}

fn name_of(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
}
