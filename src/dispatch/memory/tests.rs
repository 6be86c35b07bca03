//! What is kept, for how long, and how much of it.

use serde_json::json;

use super::{Answer, KEPT_FOR, Known, MOST_ANSWERS, MOST_BYTES, Memory, Print, Repeatable, Ticket};
use crate::operations::{Failure, Fault, Outcome};

fn write(id: &str, payload: &str) -> Repeatable {
    Repeatable {
        scope: Print::of(&["wiki"]),
        id: id.to_owned(),
        payload: Print::of(&[payload]),
    }
}

fn said(text: &str) -> Answer {
    Outcome::of(&json!(text))
}

#[track_caller]
fn open(memory: &Memory, id: &str) -> Ticket {
    match memory.recall(write(id, "x")) {
        Known::Open(ticket) => ticket,
        known => panic!("{id}: {known:?}"),
    }
}

/// What is known of a write, in a word: its data, or the state it is in.
fn known(memory: &Memory, id: &str, payload: &str) -> String {
    match memory.recall(write(id, payload)) {
        Known::Ended(answer) => match answer.as_ref() {
            Ok(outcome) => outcome.data.as_str().expect("a text").to_owned(),
            Err(failure) => failure.message.clone(),
        },
        Known::Open(ticket) if ticket.tried => "tried".to_owned(),
        Known::Open(_) => "nothing".to_owned(),
        Known::Running(_) => "running".to_owned(),
        Known::Other => "other".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_for_its_time() {
    let memory = Memory::default();
    open(&memory, "a").ended(&said("first"));
    tokio::time::advance(KEPT_FOR / 2).await;
    assert_eq!(known(&memory, "a", "x"), "first");
    tokio::time::advance(KEPT_FOR / 2).await;
    assert_eq!(known(&memory, "a", "x"), "nothing");
}

#[tokio::test]
async fn an_id_stands_for_one_call_of_one_endpoint() {
    let memory = Memory::default();
    let ticket = open(&memory, "a");
    assert_eq!(known(&memory, "a", "x"), "running");
    assert_eq!(known(&memory, "a", "y"), "other");
    ticket.ended(&said("first"));
    assert_eq!(known(&memory, "a", "y"), "other");
    let elsewhere = Repeatable {
        scope: Print::of(&["other wiki"]),
        ..write("a", "x")
    };
    assert!(matches!(memory.recall(elsewhere), Known::Open(_)));
}

#[tokio::test]
async fn failures_are_kept_where_they_are_definite() {
    for fault in Fault::ALL {
        let memory = Memory::default();
        open(&memory, "a").ended(&Err(Failure::new(fault, "kept")));
        let expected = if fault.definite() { "kept" } else { "tried" };
        assert_eq!(known(&memory, "a", "x"), expected, "{fault:?}");
    }
}

#[tokio::test]
async fn those_who_wait_hear_how_it_ended_or_that_it_did_not() {
    let memory = Memory::default();
    let ticket = open(&memory, "a");
    let Known::Running(mut waiting) = memory.recall(write("a", "x")) else {
        panic!("it is running");
    };
    ticket.ended(&Err(Failure::new(Fault::Upstream, "broken")));
    let answer = waiting.wait_for(Option::is_some).await.expect("an answer");
    assert!(matches!(answer.as_deref(), Some(Err(failure)) if failure.message == "broken"));

    let ticket = open(&memory, "b");
    let Known::Running(mut waiting) = memory.recall(write("b", "x")) else {
        panic!("it is running");
    };
    drop(ticket);
    assert!(waiting.wait_for(Option::is_some).await.is_err());
    assert_eq!(known(&memory, "b", "x"), "tried");
}

#[tokio::test]
async fn the_oldest_go_when_there_are_too_many() {
    let memory = Memory::default();
    let running = open(&memory, "running");
    for number in 0..=MOST_ANSWERS {
        open(&memory, &number.to_string()).ended(&said("kept"));
    }
    assert_eq!(known(&memory, "running", "x"), "running");
    assert_eq!(known(&memory, "1", "x"), "kept");
    assert_eq!(known(&memory, "0", "x"), "nothing");
    drop(running);
}

#[tokio::test]
async fn the_oldest_go_when_they_are_too_large() {
    let memory = Memory::default();
    let large = "x".repeat(MOST_BYTES / 3);
    for id in ["a", "b", "c"] {
        open(&memory, id).ended(&said(&large));
    }
    assert_eq!(known(&memory, "c", "x"), large);
    assert_eq!(known(&memory, "b", "x"), large);
    assert_eq!(known(&memory, "a", "x"), "nothing");
    let memory = Memory::default();
    open(&memory, "a").ended(&said(&"x".repeat(MOST_BYTES)));
    assert_eq!(known(&memory, "a", "x"), "nothing");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_what_was_tried_again_and_expired() {
    let memory = Memory::default();
    for _ in 0..3 {
        drop(open(&memory, "a"));
    }
    open(&memory, "a").ended(&said("at last"));
    assert_eq!(known(&memory, "a", "x"), "at last");
    tokio::time::advance(KEPT_FOR).await;
    let held = open(&memory, "b");
    {
        let shelves = memory.lock();
        let shelf = shelves.values().next().expect("one endpoint");
        assert_eq!((shelf.entries.len(), shelf.ended.len(), shelf.bytes), (1, 0, 0));
    }
    drop(held);
}
