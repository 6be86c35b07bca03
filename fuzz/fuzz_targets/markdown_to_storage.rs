//! Any text becomes storage that parses, that Confluence keeps, and that can be shown as Markdown again.
#![no_main]

use conflagent::convert::{Flavour, Gate, detect, markdown_to_storage, storage_to_markdown, write_back};
use conflagent_fuzz::{oracle, panics};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: panics::let_through(), |data: &[u8]| {
    let markdown = String::from_utf8_lossy(data);
    let flavour = if data.len() % 2 == 0 {
        Flavour::Cloud
    } else {
        Flavour::DataCenter
    };
    let storage = markdown_to_storage(&markdown, flavour).storage;
    oracle::assert_well_formed(&storage);
    oracle::assert_acceptable(&storage);
    let _ = detect(&markdown);
    let shown = storage_to_markdown(&storage, flavour)
        .unwrap_or_else(|malformed| panic!("what we write cannot be shown: {malformed}\n{storage}"))
        .markdown;
    oracle::assert_no_storage_tags(&shown);
    let again = write_back(&storage, &shown, flavour, Gate::default())
        .unwrap_or_else(|refusal| panic!("what was not edited is refused: {refusal}\n{storage}\n{shown}"));
    assert!(
        !again.changed,
        "writing back what was not edited changed it\n{storage}\n{shown}"
    );
});
