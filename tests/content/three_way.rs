//! An edit made on an older version of a page.

use conflagent::convert::{Flavour, Gate, Refusal, write_back_onto};

use crate::edits::shown;

const BASE: &str = "<h1>A</h1><p>one two three</p><p>four</p>";

fn onto(current: &str, from: &str, to: &str) -> Result<conflagent::convert::WriteBack, Refusal> {
    let edited = shown(BASE).replace(from, to);
    write_back_onto(BASE, current, &edited, Flavour::Cloud, Gate::default())
}

#[test]
fn changes_in_different_places_come_together() {
    let merged = onto(&BASE.replace("four", "five"), "two", "2").unwrap();
    assert_eq!(merged.storage, "<h1>A</h1><p>one 2 three</p><p>five</p>");
    assert!(merged.merged);
    let same_paragraph = onto(&BASE.replace("one", "1"), "three", "3").unwrap();
    assert_eq!(same_paragraph.storage, "<h1>A</h1><p>1 two 3</p><p>four</p>");
}

#[test]
fn ids_that_confluence_adds_are_no_change() {
    let current = BASE.replace("<p>", "<p local-id=\"x\">");
    let merged = onto(&current, "four", "4").unwrap();
    assert_eq!(merged.storage, current.replace("four", "4"));
}

#[test]
fn changes_in_the_same_place_collide() {
    let Err(Refusal::Conflict { blocks }) = onto(&BASE.replace("two", "zwei"), "two", "deux") else {
        unreachable!("both changed the same word");
    };
    assert_eq!(blocks.len(), 1);
    assert_eq!(blocks[0].base, "one two three");
    assert_eq!(blocks[0].mine, "one deux three");
    assert_eq!(blocks[0].theirs, "one zwei three");
}

#[test]
fn an_edit_of_what_was_deleted_collides() {
    assert!(matches!(
        onto("<h1>A</h1><p>four</p>", "two", "2"),
        Err(Refusal::Conflict { .. })
    ));
}

#[test]
fn the_same_edit_on_both_sides_is_done_already() {
    let current = BASE.replace("two", "2");
    let merged = onto(&current, "two", "2").unwrap();
    assert!(!merged.changed);
    assert_eq!(merged.storage, current);
}
