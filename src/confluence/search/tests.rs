use chrono::DateTime;
use proptest::prelude::*;

use super::{BadCriteria, Criteria, Query, Spot};
use crate::confluence::PageId;
use crate::simulator::cql::{Clause, Condition, Dialect, Operand, parse};

fn query(criteria: &Criteria) -> Result<String, BadCriteria> {
    let root = PageId::parse("7").expect("digits");
    Query::below(&root, criteria).map(|query| query.as_str().to_owned())
}

fn owned(text: &str) -> String {
    text.to_owned()
}

#[test]
fn every_criterion_becomes_a_clause_inside_the_wrapper() {
    let since = DateTime::parse_from_rfc3339("2026-01-02T08:30:00Z")
        .expect("a date")
        .to_utc();
    let criteria = Criteria {
        words: Some(owned("cache \"hello dolly\"")),
        title: Some(owned("C++ & \"quotes\"")),
        label: Some(owned("run\"book")),
        updated_since: Some(since),
        updated_by: Some(owned("557058:593d9e9f")),
        cql: Some(owned("creator = currentUser() or label=x")),
    };
    assert_eq!(
        query(&criteria).expect("valid"),
        "type = page AND (ancestor = 7 OR id = 7) AND (\
         text ~ \"cache\" AND text ~ \"\\\"hello dolly\\\"\" AND \
         (title = \"C++ & \\\"quotes\\\"\" OR title ~ \"C quotes\") AND \
         label = \"run\\\"book\" AND contributor = \"557058:593d9e9f\" AND lastmodified >= \"2026-01-01 20:30\" AND \
         (creator = currentUser() OR label = \"x\"))"
    );
}

#[test]
fn without_anything_to_rank_by_the_newest_come_first() {
    let criteria = Criteria {
        label: Some(owned("x")),
        ..Criteria::default()
    };
    assert!(
        query(&criteria)
            .expect("valid")
            .ends_with("(label = \"x\") ORDER BY lastmodified DESC")
    );
}

#[test]
fn criteria_that_ask_for_nothing_are_told_apart() {
    let nothing = Criteria {
        words: Some(owned(" ")),
        ..Criteria::default()
    };
    assert_eq!(query(&nothing), Err(BadCriteria::Nothing));
    let punctuation = Criteria {
        words: Some(owned("?!")),
        ..Criteria::default()
    };
    assert_eq!(query(&punctuation), Err(BadCriteria::NoWords));
    let title = Criteria {
        title: Some(owned("?!")),
        ..Criteria::default()
    };
    assert!(
        query(&title)
            .expect("a title need not have words")
            .contains("(title = \"?!\")")
    );
    let long = Criteria {
        title: Some(owned(&"東".repeat(800))),
        ..Criteria::default()
    };
    assert_eq!(query(&long), Err(BadCriteria::TooLong));
}

#[test]
fn a_spot_cannot_end_the_field_it_stands_in() {
    assert!(Spot::parse("_sa_WyJcdDM5%3D+/==").is_some());
    for text in ["", "a&cql=x", "a#b", "a b", "a\"", "é"] {
        assert!(Spot::parse(text).is_none(), "{text}");
    }
}

/// The clauses on one thing each, in order.
fn names(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Clause(Clause { field, values, .. }) => match &values[..] {
            [Operand::Text(text)] => Some(format!("{field:?} {text}").to_lowercase()),
            _ => None,
        },
        Condition::Any(parts) => parts
            .iter()
            .map(names)
            .collect::<Option<Vec<_>>>()
            .map(|names| names.join(" or ")),
        _ => None,
    }
}

/// Holds that a query, as a parser that is not ours reads it, still is what the wrapper says.
fn is_wrapped(cql: &str) {
    let Ok(query) = parse(cql, Dialect::default()) else {
        // Refused by Confluence: nothing is found.
        return;
    };
    let Condition::All(parts) = &query.condition else {
        panic!("not wrapped: {cql}")
    };
    let [Condition::All(wrapper), _] = &parts[..] else {
        panic!("not wrapped: {cql}")
    };
    let wrapper: Vec<_> = wrapper.iter().map(names).collect();
    let expected = ["type page", "ancestor 7 or id 7"].map(|name| Some(name.to_owned()));
    assert_eq!(wrapper, expected, "{cql}");
    let order = format!("{:?}", query.order);
    assert!(
        matches!(order.as_str(), "[]" | "[(LastModified, true)]"),
        "{order}: {cql}"
    );
}

/// Pieces of which attacks are made.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\\",
    "(",
    ")",
    " ",
    ",",
    "=",
    "!=",
    "~",
    "!~",
    ">",
    "<=",
    " or ",
    " OR ",
    " and ",
    " not ",
    " in ",
    "type",
    "page",
    "type = page",
    "label",
    "label = a",
    "ancestor",
    "id",
    "title ~ \"a\"",
    "ORDER BY",
    "order",
    "by",
    "created",
    "desc",
    "now(\"-4w\")",
    "currentUser()",
    "--",
    "/*",
    "*/",
    "#",
    ";",
    "\0",
    "\n",
    "\t",
    "\u{a0}",
    "\u{2028}",
    "\u{202e}",
    "（",
    "）",
    "＂",
    "été",
    "\u{1f600}",
    "*",
    "?",
    ":",
    "[",
    "]",
    "{",
    "}",
    "^",
    "&&",
    "||",
    "1",
    "7",
    "",
];

fn attack() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|character| character.to_string()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_words_leave_the_wrapper(words in attack(), title in attack(), label in attack(), person in attack()) {
        let criteria = Criteria {
            words: Some(words),
            title: Some(title),
            label: Some(label),
            updated_by: Some(person),
            ..Criteria::default()
        };
        if let Ok(cql) = query(&criteria) {
            prop_assert!(parse(&cql, Dialect::default()).is_ok(), "{}", cql);
            is_wrapped(&cql);
        }
    }

    #[test]
    fn no_condition_leaves_the_wrapper(condition in attack()) {
        let criteria = Criteria { cql: Some(condition), ..Criteria::default() };
        if let Ok(cql) = query(&criteria) {
            is_wrapped(&cql);
        }
    }

    #[test]
    fn what_was_written_anew_is_read_the_same_again(condition in attack()) {
        if let Ok(once) = crate::confluence::cql::condition(&condition) {
            prop_assert_eq!(crate::confluence::cql::condition(&once), Ok(once.clone()));
        }
    }
}

#[test]
fn the_attacks_of_the_properties_reach_the_wrapper() {
    for condition in [
        "label = a or label = a",
        "not (id = 7 and title ~ \"a\")",
        "created > now(\"-4w\")",
    ] {
        let criteria = Criteria {
            cql: Some(owned(condition)),
            ..Criteria::default()
        };
        let cql = query(&criteria).expect(condition);
        assert!(parse(&cql, Dialect::default()).is_ok(), "{cql}");
        is_wrapped(&cql);
    }
}
