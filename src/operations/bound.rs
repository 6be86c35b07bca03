//! What goes beside the data of an answer, kept short: a caller's mistakes and a page's peculiarities may be long.

use serde_json::{Value, json};

use super::outcome::written_length;
use super::{Failure, Outcome};

/// The most characters of all warnings together, and of one.
const MOST_WARNINGS: usize = 6_000;
const MOST_WARNING: usize = 600;

/// The most characters of a message or a hint.
const MOST_MESSAGE: usize = 3_000;

/// How long texts and lists of details may be: as many characters and entries as this, or fewer where that is too much.
const STEPS: [(usize, usize); 4] = [(2_000, 50), (500, 30), (200, 20), (60, 10)];

/// The most characters of all details together.
const MOST_DETAILS: usize = 60_000;

impl Outcome {
    /// The same with no more warnings than one cares to read.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let mut left = MOST_WARNINGS;
        let all = self.warnings.len();
        for warning in &mut self.warnings {
            shorten(warning, MOST_WARNING);
        }
        let fitting = self.warnings.iter().take_while(|warning| {
            let length = written_length(warning).unwrap_or(MOST_WARNINGS) + 1;
            let fits = length <= left;
            left = left.saturating_sub(length);
            fits
        });
        let kept = fitting.count();
        if kept < all {
            self.warnings.truncate(kept);
            self.warnings
                .push(format!("{} more warnings were left out.", all - kept));
        }
        self
    }
}

impl Failure {
    /// The same with texts and lists no longer than an answer can hold. Details that lost something say `truncated`.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        shorten(&mut self.message, MOST_MESSAGE);
        if let Some(hint) = &mut self.hint {
            shorten(hint, MOST_MESSAGE);
        }
        for suggestion in &mut self.suggestions {
            shorten(suggestion, MOST_MESSAGE);
        }
        if let Some(details) = self.details.as_deref_mut() {
            bound(details);
        }
        self
    }
}

fn bound(details: &mut Value) {
    let mut cut = false;
    for (text, entries) in STEPS {
        cut |= trim(details, text, entries);
        if written_length(details).is_ok_and(|length| length <= MOST_DETAILS) {
            break;
        }
    }
    if let Some(members) = details.as_object_mut().filter(|_| cut) {
        members.insert("truncated".to_owned(), json!(true));
    }
}

/// Cuts texts and lists in a value; whether any was cut.
fn trim(value: &mut Value, text: usize, entries: usize) -> bool {
    match value {
        Value::String(long) => shorten(long, text),
        Value::Array(list) => {
            let mut cut = list.len() > entries;
            list.truncate(entries);
            for entry in list {
                cut |= trim(entry, text, entries);
            }
            cut
        }
        Value::Object(members) => {
            let mut cut = false;
            for member in members.values_mut() {
                cut |= trim(member, text, entries);
            }
            cut
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Cuts a text that is longer than this; whether it was.
pub(super) fn shorten(text: &mut String, most: usize) -> bool {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return false;
    };
    text.truncate(end);
    text.push('\u{2026}');
    true
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::operations::outcome::written_length;
    use crate::operations::{Failure, Fault, Outcome};

    #[test]
    fn what_is_short_stays_and_what_is_long_is_cut_and_says_so() {
        let of = |details: Value| {
            let failure = Failure::new(Fault::VersionConflict, "m").details(details);
            *failure.bounded().details.expect("details")
        };
        let short = json!({ "currentVersion": 3, "blocks": [{ "base": "a" }] });
        assert_eq!(of(short.clone()), short);
        let block = json!({ "base": "\u{1}".repeat(9_000), "mine": "b", "theirs": null });
        let long = of(json!({ "currentVersion": 3, "blocks": vec![block; 900] }));
        assert_eq!(
            (&long["currentVersion"], &long["truncated"]),
            (&json!(3), &json!(true))
        );
        assert!(written_length(&long).expect("plain data") <= super::MOST_DETAILS);
        assert_eq!(long["blocks"][0]["mine"], "b");
    }

    #[test]
    fn many_warnings_become_a_few() {
        let many = (0..1_000).map(|number| format!("Unknown field '{number}' was ignored."));
        let outcome = Outcome::of(&json!(1)).expect("plain data").warn(many).bounded();
        assert!(written_length(&outcome.warnings).expect("plain data") < 7_000);
        assert!(
            outcome
                .warnings
                .last()
                .expect("one")
                .ends_with("more warnings were left out.")
        );
        let few = Outcome::of(&json!(1))
            .expect("plain data")
            .warn(["w".to_owned()])
            .bounded();
        assert_eq!(few.warnings, ["w"]);
    }
}
