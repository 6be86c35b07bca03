//! A page replaced whole, by storage format: nothing is spliced, but what would be lost is told all the same.

use std::collections::BTreeMap;

use super::loss::{FEW_WORDS, MOST, is_protected, removed};
use super::partial;
use super::words::words_of;
use super::{Gate, Refusal, WriteBack};
use crate::convert::source::{Id, Source};
use crate::convert::storage_to_text;

/// Replaces a page by another body in storage format, which must be well-formed.
///
/// # Errors
/// [`Refusal::Loss`] when what would be lost needs a word from the caller; [`Refusal::Malformed`] when the new body is
/// not well-formed. A present body that cannot be read is replaced without a word: there is nothing to compare.
pub fn replace(current: &str, storage: &str, gate: Gate) -> Result<WriteBack, Refusal> {
    let after = Source::parse(storage)?;
    let Ok(before) = Source::parse(current) else {
        return Ok(written(current, storage, Vec::new()));
    };
    let mut gone = removed(&before, &after);
    gone.sort();
    if !gate.allow_removals {
        let why = if storage.trim().is_empty() && !current.trim().is_empty() {
            Some("the body is empty, which would clear the page")
        } else if gone.iter().any(is_protected) {
            Some("things would be gone that are hard to bring back")
        } else {
            objection(&before.plain(Id::ROOT), &after.plain(Id::ROOT)).or_else(|| suspicion(current, storage))
        };
        if let Some(why) = why {
            return Err(Refusal::Loss {
                removed: gone,
                why: why.to_owned(),
            });
        }
    }
    Ok(written(current, storage, gone))
}

fn written(current: &str, storage: &str, removed: Vec<super::Removed>) -> WriteBack {
    WriteBack {
        storage: storage.to_owned(),
        changed: storage != current,
        merged: false,
        removed,
        warnings: Vec::new(),
    }
}

/// Why so many of the words of a text must not go without a word.
fn objection(before: &str, after: &str) -> Option<&'static str> {
    fn count<'w>(text: &[&'w str]) -> BTreeMap<&'w str, usize> {
        let mut words = BTreeMap::new();
        for word in text {
            *words.entry(*word).or_default() += 1;
        }
        words
    }
    let before: Vec<&str> = words_of(before).collect();
    let after: Vec<&str> = words_of(after).collect();
    let (had, has) = (count(&before), count(&after));
    let kept: usize = had
        .iter()
        .map(|(word, count)| has.get(word).map_or(0, |other| *count.min(other)))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a share of a page")]
    let lost = 1.0 - kept as f64 / before.len().max(1) as f64;
    (before.len() >= FEW_WORDS && lost > MOST).then_some("more than half of the page would be gone")
}

/// Why a body may be a part of the page.
fn suspicion(before: &str, after: &str) -> Option<&'static str> {
    // Words of neighbouring blocks must not run into each other here.
    let (before, after) = (storage_to_text(before).ok()?, storage_to_text(after).ok()?);
    let before: Vec<&str> = words_of(&before).collect();
    let after: Vec<&str> = words_of(&after).collect();
    partial::suspicion(&before, &after)
}

#[cfg(test)]
mod tests {
    use super::replace;
    use crate::convert::{Gate, Refusal};

    const PAGE: &str = "<p>a</p><ac:image><ri:attachment ri:filename=\"f.png\" /></ac:image>";

    #[test]
    fn what_is_worth_protecting_needs_a_word() {
        let refused = replace(
            PAGE,
            "<p>a</p>",
            Gate {
                allow_removals: false,
            },
        );
        assert!(matches!(refused, Err(Refusal::Loss { removed, .. }) if removed[0].label == "f.png"));
        let allowed = replace(PAGE, "<p>a</p>", Gate { allow_removals: true }).expect("allowed");
        assert_eq!((allowed.changed, allowed.removed.len()), (true, 1));
    }

    #[test]
    fn an_empty_body_needs_a_word_and_the_same_body_none() {
        assert!(
            replace(
                "<p>a</p>",
                "",
                Gate {
                    allow_removals: false
                }
            )
            .is_err()
        );
        assert!(
            replace(
                "",
                "",
                Gate {
                    allow_removals: false
                }
            )
            .is_ok()
        );
        assert!(
            !replace(
                PAGE,
                PAGE,
                Gate {
                    allow_removals: false
                }
            )
            .expect("the same")
            .changed
        );
    }

    #[test]
    fn most_of_a_long_page_needs_a_word_and_a_short_one_none() {
        let words: Vec<String> = (0..60).map(|number| format!("word{number}")).collect();
        let long = format!("<p>{}</p>", words.join(" "));
        assert!(
            replace(
                &long,
                "<p>other</p>",
                Gate {
                    allow_removals: false
                }
            )
            .is_err()
        );
        assert!(
            replace(
                "<p>a b c</p>",
                "<p>other</p>",
                Gate {
                    allow_removals: false
                }
            )
            .is_ok()
        );
    }
}
