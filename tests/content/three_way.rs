//! An edit made on an older version of a page.

use conflagent::convert::{Flavour, Gate, Refusal, replace_onto, write_back_onto};
use proptest::prelude::*;

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

#[test]
fn what_one_side_did_is_there_once_and_as_that_side_did_it() {
    let base = "<p>aa</p><p>bb</p><p>cc</p><p>dd</p><p>ee</p>";
    let current = "<p>bb</p><p>cc</p><p>new of theirs</p><p>dd</p><p>ee</p><p>aa</p>";
    let edited = shown(base).replace("ee\n", "ee, edited\n");
    let merged = write_back_onto(base, current, &edited, Flavour::Cloud, Gate::default()).unwrap();
    assert_eq!(merged.storage, current.replace("ee", "ee, edited"));
    // What they put elsewhere cannot be edited where it was, or is where they put it.
    let edited = shown(base).replace("aa\n", "aa, edited\n");
    match write_back_onto(base, current, &edited, Flavour::Cloud, Gate::default()) {
        Ok(merged) => assert_eq!(merged.storage, current.replace("aa", "aa, edited")),
        Err(refusal) => assert!(refusal.to_string().contains("\"aa\""), "{refusal}"),
    }
}

#[test]
fn what_the_other_side_took_away_is_not_told_as_taken_away() {
    let base = "<p>a <a href=\"https://e\">one</a></p><p>middle</p><p>b <a href=\"https://f\">two</a></p>";
    let current = "<p>a</p><p>middle</p><p>b <a href=\"https://f\">two</a></p>";
    let edited = shown(base).replace(" [two](https://f)", "");
    let merged = write_back_onto(base, current, &edited, Flavour::Cloud, Gate::default()).unwrap();
    assert_eq!(merged.storage, "<p>a</p><p>middle</p><p>b</p>");
    let labels: Vec<&str> = merged
        .removed
        .iter()
        .map(|removed| removed.label.as_str())
        .collect();
    assert_eq!(labels, ["https://f"]);
}

#[test]
fn storage_is_merged_block_by_block() {
    let base = "<p>one</p>\n<p>two</p>\n<p>three</p>";
    let current = base.replace("one", "1");
    let merged = replace_onto(base, &current, &base.replace("three", "3"), Gate::default()).unwrap();
    assert!(merged.merged && merged.changed);
    assert_eq!(merged.storage, "<p>1</p>\n<p>two</p>\n<p>3</p>");
    let merged = replace_onto(base, &current, &format!("{base}<p>four</p>"), Gate::default()).unwrap();
    assert_eq!(merged.storage, format!("{current}<p>four</p>"));
    // Nothing was changed, so nothing is.
    let merged = replace_onto(base, &current, base, Gate::default()).unwrap();
    assert_eq!((merged.changed, merged.storage), (false, current.clone()));
    let Err(Refusal::Conflict { blocks }) =
        replace_onto(base, &current, &base.replace("one", "uno"), Gate::default())
    else {
        unreachable!("both changed the same block");
    };
    assert_eq!((blocks[0].mine.as_str(), blocks[0].theirs.as_str()), ("uno", "1"));
    // A block is the least that storage is merged by.
    let long = "<p>one two three</p><p>x</p>";
    let (theirs, mine) = (long.replace("one", "1"), long.replace("three", "3"));
    let refused = replace_onto(long, &theirs, &mine, Gate::default());
    assert!(matches!(refused, Err(Refusal::Conflict { .. })), "{refused:?}");
}

/// What a side does with a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Keep,
    Edit,
    Delete,
    Append,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        5 => Just(Act::Keep),
        1 => Just(Act::Edit),
        1 => Just(Act::Delete),
        1 => Just(Act::Append),
    ];
    proptest::collection::vec(act, 9)
}

/// The paragraphs after what both sides did; nothing where both did something with the same.
fn done(sides: &[(&str, &[Act])]) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for index in 0..9 {
        // Some paragraphs say the same.
        let said = format!("paragraph that says {} and ends", index % 6);
        let by: Vec<(&str, Act)> = sides
            .iter()
            .map(|(name, acts)| (*name, acts[index]))
            .filter(|(_, act)| *act != Act::Keep)
            .collect();
        match by.as_slice() {
            [] => all.push(said),
            [(name, Act::Edit)] => all.push(format!("{said} edited by {name}")),
            [(name, Act::Append)] => all.extend([said, format!("something new of {name} at {index}")]),
            [_] => {}
            _ => return None,
        }
    }
    Some(all)
}

fn stored(sides: &[(&str, &[Act])]) -> Option<String> {
    let all = done(sides)?.into_iter().map(|text| format!("<p>{text}</p>\n"));
    Some(all.collect())
}

#[test]
fn what_is_new_stands_beside_what_it_was_put_beside() {
    use Act::{Append, Delete, Edit, Keep};
    let mine = [Keep, Keep, Keep, Keep, Keep, Keep, Append, Keep, Keep];
    let theirs = [Keep, Keep, Keep, Keep, Keep, Delete, Keep, Edit, Append];
    let base = stored(&[]).unwrap();
    let my_page = stored(&[("me", &mine)]).unwrap();
    let current = stored(&[("them", &theirs)]).unwrap();
    let expected = stored(&[("me", &mine), ("them", &theirs)]).unwrap();
    let gate = Gate { allow_removals: true };
    for written in [
        write_back_onto(&base, &current, &shown(&my_page), Flavour::Cloud, gate),
        replace_onto(&base, &current, &my_page, gate),
    ] {
        match written {
            Ok(merged) => assert_eq!(shown(&merged.storage), shown(&expected)),
            Err(refusal) => assert!(matches!(refusal, Refusal::Conflict { .. }), "{refusal}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_merged_page_is_both_edits_or_nothing(mine in acts(), theirs in acts()) {
        let base = stored(&[]).unwrap();
        let my_page = stored(&[("me", &mine)]).unwrap();
        let current = stored(&[("them", &theirs)]).unwrap();
        let expected = stored(&[("me", &mine), ("them", &theirs)]);
        let gate = Gate { allow_removals: true };
        let as_markdown = write_back_onto(&base, &current, &shown(&my_page), Flavour::Cloud, gate);
        let as_storage = replace_onto(&base, &current, &my_page, gate);
        for written in [as_markdown, as_storage] {
            match (written, &expected) {
                (Ok(merged), Some(expected)) => prop_assert_eq!(shown(&merged.storage), shown(expected)),
                (Ok(merged), None) => prop_assert_eq!(
                    merged.storage.matches("of me").count() + merged.storage.matches("by me").count(),
                    my_page.matches("of me").count() + my_page.matches("by me").count()
                ),
                (Err(Refusal::Conflict { blocks }), _) => prop_assert!(!blocks.is_empty()),
                (Err(other), _) => prop_assert!(false, "{other}"),
            }
        }
    }

    #[test]
    fn edits_far_apart_are_merged(at in 0_usize..3, by in 0_usize..3, mine in 1_usize..4, theirs in 1_usize..4) {
        let act = |act| [Act::Keep, Act::Edit, Act::Delete, Act::Append][act];
        let (mut my_acts, mut their_acts) = ([Act::Keep; 9], [Act::Keep; 9]);
        my_acts[at] = act(mine);
        their_acts[6 + by] = act(theirs);
        // The last three say what the first three say; the middle keeps them apart.
        let base = stored(&[]).unwrap();
        let my_page = stored(&[("me", &my_acts)]).unwrap();
        let current = stored(&[("them", &their_acts)]).unwrap();
        let expected = stored(&[("me", &my_acts), ("them", &their_acts)]).unwrap();
        let gate = Gate { allow_removals: true };
        let merged = write_back_onto(&base, &current, &shown(&my_page), Flavour::Cloud, gate).unwrap();
        prop_assert_eq!(shown(&merged.storage), shown(&expected));
        let merged = replace_onto(&base, &current, &my_page, gate).unwrap();
        prop_assert_eq!(shown(&merged.storage), shown(&expected));
    }
}
