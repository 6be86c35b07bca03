//! A part of a page that was sent as the whole: what was read in a window, or what a model had written when its answer was
//! cut off. Such a text ends, or begins, with words of the page that much more follows, or precedes.

use std::collections::HashMap;

/// How many words at its end tell where a text stops, and how many are looked at where several places fit.
const TELLING: usize = 8;
const MOST_TELLING: usize = 200;

/// Fewer words than these are no loss worth asking about; nor is less than one in ten of the page, unless it is many.
const FEW: usize = 80;
const MANY: usize = 300;
const SHARE: usize = 10;

/// Why a text looks like a part of a page that must not replace all of it. Both are words in their order.
pub(super) fn suspicion(before: &[&str], after: &[&str]) -> Option<&'static str> {
    let enough = (before.len() / SHARE).clamp(FEW, MANY);
    if after.len() < TELLING + 2 || before.len() < enough {
        return None;
    }
    // The words at both ends may have been cut in two.
    let inner = &after[1..after.len() - 1];
    let alike = |one: &mut dyn Iterator<Item = &&str>, other: &mut dyn Iterator<Item = &&str>| {
        one.zip(other)
            .take(MOST_TELLING)
            .take_while(|(one, other)| one == other)
            .count()
    };
    // Where the page goes on behind the end of the text: of several places, where most of what is before is alike.
    let backwards = |at: usize| alike(&mut before[..at].iter().rev(), &mut inner.iter().rev());
    let end = (TELLING..=before.len())
        .max_by_key(|at| backwards(*at))
        .filter(|at| backwards(*at) >= TELLING);
    if let Some(end) = end {
        let (kept, rest) = before.split_at(end);
        if rest.len() >= enough && is_gone(rest, kept, after) {
            return Some(
                "the text ends where a part of the page ends, and all that follows there would be gone",
            );
        }
    }
    let onwards = |at: usize| alike(&mut before[at..].iter(), &mut inner.iter());
    let begin = (0..=before.len() - TELLING)
        .rev()
        .max_by_key(|at| onwards(*at))
        .filter(|at| onwards(*at) >= TELLING)?;
    let (rest, kept) = before.split_at(begin);
    (rest.len() >= enough && is_gone(rest, kept, after)).then_some(
        "the text begins where a part of the page begins, and all that stands before would be gone",
    )
}

/// Whether most of these words are not elsewhere in a text that has the others.
fn is_gone(rest: &[&str], kept: &[&str], after: &[&str]) -> bool {
    let mut spare: HashMap<&str, isize> = HashMap::new();
    for word in after {
        *spare.entry(word).or_default() += 1;
    }
    for word in kept {
        *spare.entry(word).or_default() -= 1;
    }
    let moved = rest.iter().filter(|word| {
        let left = spare.entry(word).or_default();
        *left -= 1;
        *left >= 0
    });
    moved.count() * 2 < rest.len()
}

#[cfg(test)]
mod tests {
    use super::suspicion;

    fn words(range: std::ops::Range<usize>) -> String {
        range
            .map(|number| format!("word{number} "))
            .collect::<Vec<_>>()
            .concat()
    }

    #[track_caller]
    fn check(after: &str, suspicious: bool) {
        let before = words(0..400);
        let before: Vec<&str> = before.split_whitespace().collect();
        let after: Vec<&str> = after.split_whitespace().collect();
        assert_eq!(suspicion(&before, &after).is_some(), suspicious, "{after:?}");
    }

    #[test]
    fn a_part_is_told_from_a_page() {
        check(&words(0..300), true);
        check(&words(100..400), true);
        check(&words(150..290), true);
        check(&format!("{} changed {}", words(0..100), words(101..300)), true);
        check(&words(0..400), false);
        check(&words(0..330), false);
        check(&format!("{} {}", words(200..400), words(0..200)), false);
        check(&format!("{} and another end of it all", words(0..300)), false);
        check("something else altogether, as short as that", false);
        check("", false);
    }
}
