//! What a misspelt name was probably meant to be.

/// The least likeness (Jaro and Winkler's, from 0 to 1) at which a name is worth naming.
const LIKE: f64 = 0.85;

/// One slip (a letter too few, too many, wrong, or changed with its neighbour) in so many letters is a misspelling.
const LETTERS_PER_SLIP: usize = 6;

/// Those of these names that are most like the one that was asked for, best first, `most` at most: the same but for
/// case, blanks, dashes and quotes; then those with a slip in them; then those that hold it or are held by it; then those
/// spelt somewhat like it.
pub fn similar<'n, T>(
    asked: &str,
    names: impl IntoIterator<Item = (&'n str, T)>,
    most: usize,
) -> Vec<(&'n str, T)> {
    let asked = plain(asked);
    if asked.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &str, T)> = names
        .into_iter()
        .filter_map(|(name, what)| Some((likeness(&asked, &plain(name))?, name, what)))
        .collect();
    // A stable sort: the same wrong name is answered the same.
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    scored.truncate(most);
    scored.into_iter().map(|(_, name, what)| (name, what)).collect()
}

/// How alike two plain names are; None where they are not. From 4 on they are the same, from 2.5 on but for slips,
/// from 1 on one of them holds the other.
fn likeness(asked: &str, name: &str) -> Option<f64> {
    if name.is_empty() {
        return None;
    }
    if asked == name {
        return Some(4.0);
    }
    let (long, short) = (asked.len().max(name.len()), asked.len().min(name.len()));
    #[expect(clippy::cast_precision_loss, reason = "lengths of titles")]
    let share = short as f64 / long as f64;
    // Much longer or shorter names are not misspellings, and need not be compared.
    let likeness = if share < 0.5 {
        0.0
    } else {
        strsim::jaro_winkler(asked, name)
    };
    let slips = long / LETTERS_PER_SLIP;
    if likeness >= LIKE && long - short <= slips {
        let distance = strsim::osa_distance(asked, name);
        if distance <= slips {
            #[expect(clippy::cast_precision_loss, reason = "a few slips")]
            return Some(3.0 - distance as f64 / long as f64);
        }
    }
    if short >= 3 && (asked.contains(name) || name.contains(asked)) {
        let begins = asked.starts_with(name) || name.starts_with(asked);
        return Some(if begins { 1.5 } else { 1.0 } + share / 2.0);
    }
    Some(likeness).filter(|likeness| *likeness >= LIKE)
}

/// A name without what is often mistaken.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.trim().chars().flat_map(char::to_lowercase) {
        match character {
            '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\'' | '"' | '`' => {}
            '_' | '-' | '\u{2010}'..='\u{2015}' => plain.push(' '),
            blank if blank.is_whitespace() => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[track_caller]
    fn check(asked: &str, expected: &[&str]) {
        let names = [
            "Event Bus",
            "Event Bus Consumers",
            "Deployment",
            "Don\u{2019}t panic",
            "Setup",
            "C",
        ];
        let found = similar(asked, names.map(|name| (name, ())), 3);
        let found: Vec<&str> = found.into_iter().map(|(name, ())| name).collect();
        assert_eq!(found, expected, "{asked}");
    }

    #[test]
    fn the_nearest_come_first_and_others_not_at_all() {
        check("event-bus", &["Event Bus", "Event Bus Consumers"]);
        check("EventBus", &["Event Bus"]);
        check("Deploymnet", &["Deployment"]);
        check("dont  panic", &["Don\u{2019}t panic"]);
        check("Bus", &["Event Bus", "Event Bus Consumers"]);
        check("Quality", &[]);
        check("  ", &[]);
    }
}
