//! A page can be shown, always in the same way, and written back: not edited, to the byte; edited, as asked or not at
//! all. Input that is no well-formed storage itself is taken for the choices that make a page.
#![no_main]

use std::borrow::Cow;

use conflagent::convert::{Flavour, Gate, check_well_formed, storage_to_markdown, write_back};
use conflagent_fuzz::{bytes, edit, oracle, page, panics};
use libfuzzer_sys::fuzz_target;

const FLAVOUR: Flavour = Flavour::Cloud;

fuzz_target!(init: panics::let_through(), |data: &[u8]| {
    let storage = match std::str::from_utf8(data) {
        Ok(text) if text.contains('<') && check_well_formed(text).is_ok() => Cow::Borrowed(text),
        _ => Cow::Owned(page::from_bytes(data)),
    };
    let shown = storage_to_markdown(&storage, FLAVOUR)
        .unwrap_or_else(|malformed| panic!("a well-formed page cannot be shown: {malformed}\n{storage}"))
        .markdown;
    let again = storage_to_markdown(&storage, FLAVOUR)
        .expect("it was shown before")
        .markdown;
    assert_eq!(shown, again, "the same page is shown in two ways");
    oracle::assert_no_storage_tags(&shown);
    let written = write_back(&storage, &shown, FLAVOUR, Gate::default())
        .unwrap_or_else(|refusal| panic!("what was not edited is refused: {refusal}\n{storage}\n{shown}"));
    assert_eq!(
        written.storage, storage,
        "writing back what was not edited changed it\n{shown}"
    );

    let edit = edit::edited(&shown, bytes::mixed(data));
    let edited = edit.text;
    let gate = Gate { allow_removals: true };
    let Ok(written) = write_back(&storage, &edited, FLAVOUR, gate) else {
        return;
    };
    oracle::assert_well_formed(&written.storage);
    let shown_again = storage_to_markdown(&written.storage, FLAVOUR)
        .unwrap_or_else(|malformed| {
            panic!(
                "what was written cannot be shown: {malformed}\n{}",
                written.storage
            )
        })
        .markdown;
    oracle::assert_no_storage_tags(&shown_again);
    if let Some(asked) = oracle::words(&edited).filter(|_| edit.only_words) {
        let said = oracle::words(&shown_again);
        // What moved out of where it had to be a token is shown: there are its words besides.
        let unveiled = !oracle::tokens(&edited).is_subset(&oracle::tokens(&shown_again));
        let is_said = |said: &Vec<String>| match unveiled {
            true => oracle::is_within(&asked, said),
            false => *said == asked,
        };
        assert!(
            said.as_ref().is_none_or(is_said),
            "the page does not say what was asked for\n--- page\n{storage}\n--- edit\n{edited}\n--- written\n{}\n--- shown\n{shown_again}\n{asked:?}\n{said:?}",
            written.storage
        );
    }
});
