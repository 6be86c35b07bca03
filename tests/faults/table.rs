//! The table of outcomes in `docs/reliability.md`: made from the cells, and held against the document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use conflagent::simulator::Fault;

use crate::cell::{Aim, Came, Cell, Told};
use crate::operations::CASES;
use crate::support::Product;

/// Where the table stands in the document.
const MARKS: (&str, &str) = ("<!-- outcomes: begin -->\n", "<!-- outcomes: end -->");

const HEAD: &str = "| fault | first read | every read | the write, once | every write | the write and all after it |\n\
                    |---|---|---|---|---|---|\n";

/// Holds the table against the document.
pub(crate) fn hold(came: &[(Cell, Came)]) {
    let table = table(came);
    let written = written();
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outcomes.md");
    std::fs::write(&fresh, &table).expect("a writable target folder");
    let differ: Vec<&str> = table
        .lines()
        .filter(|row| !written.lines().any(|known| known == *row))
        .collect();
    assert!(
        written == table,
        "the table in docs/reliability.md is not what happens; the true one is in {}, where these rows are new:\n{}",
        fresh.display(),
        differ.join("\n")
    );
}

/// The kinds of trouble that came out otherwise than the document says.
pub(crate) fn surprises(came: &[(Cell, Came)]) -> BTreeSet<(&'static str, Aim)> {
    let written = written();
    let mut surprises = BTreeSet::new();
    for fault in Fault::ALL {
        let name = format!("`{fault}`");
        let row = written
            .lines()
            .find(|row| row.contains(&name))
            .unwrap_or_default();
        let mut known = row.split('|').map(str::trim).skip(2);
        for aim in Aim::ALL {
            if known.next() != Some(column(came, *fault, aim).as_str()) {
                surprises.insert((fault.name(), aim));
            }
        }
    }
    surprises
}

/// The table as it stands in the document.
fn written() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reliability.md");
    let document = std::fs::read_to_string(file).expect("docs/reliability.md");
    let table = document
        .split(MARKS.0)
        .nth(1)
        .and_then(|rest| rest.split(MARKS.1).next());
    table.expect("a table between the marks").to_owned()
}

/// A row for each fault; faults that come to the same share one.
fn table(came: &[(Cell, Came)]) -> String {
    let mut rows: Vec<(Vec<Fault>, Vec<String>)> = Vec::new();
    for fault in Fault::ALL {
        let cells: Vec<String> = Aim::ALL.iter().map(|aim| column(came, *fault, *aim)).collect();
        match rows.iter_mut().find(|(_, known)| *known == cells) {
            Some((faults, _)) => faults.push(*fault),
            None => rows.push((vec![*fault], cells)),
        }
    }
    let rows = rows.iter().map(|(faults, cells)| {
        let names: Vec<String> = faults.iter().map(|fault| format!("`{fault}`")).collect();
        format!("| {} | {} |\n", names.join(", "), cells.join(" | "))
    });
    std::iter::once(HEAD.to_owned()).chain(rows).collect()
}

/// What came of one kind of trouble: the usual outcome first, then the operations that differ.
fn column(came: &[(Cell, Came)], fault: Fault, aim: Aim) -> String {
    let mut outcomes: BTreeMap<String, BTreeSet<(usize, bool)>> = BTreeMap::new();
    for (cell, came) in came {
        if cell.trouble != Some((fault, aim)) {
            continue;
        }
        let place = CASES.iter().position(|case| case.name == cell.case.name);
        let who = (place.expect("one of them"), cell.product == Product::DataCenter);
        let outcomes = outcomes.entry(outcome(cell, came, aim)).or_default();
        outcomes.insert(who);
    }
    let mut outcomes: Vec<_> = outcomes.into_iter().collect();
    outcomes.sort_by_key(|(_, who)| std::cmp::Reverse(who.len()));
    let told = outcomes.iter().enumerate().map(|(rank, (outcome, who))| {
        if rank == 0 {
            outcome.clone()
        } else {
            format!("{}: {outcome}", names(who))
        }
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The operations by name, with the product where only one of the two is meant.
fn names(who: &BTreeSet<(usize, bool)>) -> String {
    let places: BTreeSet<usize> = who.iter().map(|(place, _)| *place).collect();
    let name = |place: usize| {
        let on = |data_center| who.contains(&(place, data_center));
        let product = match (on(false), on(true)) {
            (true, true) => "",
            (true, false) => " (Cloud)",
            (false, _) => " (Data Center)",
        };
        format!("{}{product}", CASES[place].short)
    };
    places.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

fn outcome(cell: &Cell, came: &Came, aim: Aim) -> String {
    let is = |fault| cell.trouble.is_some_and(|(met, _)| met == fault);
    let sent = match came.writes {
        _ if !aim.at_writes() => "",
        // Whether the deadline leaves room for a second try is a matter of the waits that were drawn, and of what else
        // was refused meanwhile.
        1 | 2 if cell.waits_for_the_deadline() && is(Fault::TooManyRequests) => ", sent at most twice",
        0 => ", never sent",
        1 => "",
        2 => ", sent twice",
        3 => ", sent 3 times",
        4 => ", sent 4 times",
        _ => ", sent more often",
    };
    // Where the deadline comes before the last try, it is told instead of the trouble.
    // There the page and its place are asked for at once: whether the edit comes in between is a matter of luck.
    let is_race = cell.product == Product::Cloud
        && is(Fault::StaleVersion)
        && aim == Aim::Reads
        && matches!(cell.case.name, "update_page" | "rename_page");
    let told = match came.told {
        Told::Done | Told::NotDone(409) if is_race => "done or 409".to_owned(),
        Told::Done => "done".to_owned(),
        Told::NotDone(429 | 504) if cell.waits_for_the_deadline() && is(Fault::TooManyRequests) => {
            "429 or 504".to_owned()
        }
        Told::NotDone(503 | 504)
            if cell.waits_for_the_deadline() && !is(Fault::SlowFirstByte) && !is(Fault::StalledBody) =>
        {
            "503 or 504".to_owned()
        }
        Told::NotDone(status) => status.to_string(),
        Told::Unknown(status) => format!("**{status}?**"),
    };
    told + sent
}
