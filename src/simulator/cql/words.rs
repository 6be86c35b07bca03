//! The text inside `~`: a small part of Lucene's syntax over stemmed words.

use super::Fault;

/// Text broken into what is looked for and what is found.
pub(crate) fn words(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts
        .filter(|part| !part.is_empty())
        .map(|part| stem(&part.to_lowercase()))
        .collect()
}

/// A crude stem: enough to make "caches" and "caching" the same word, as the server's does.
fn stem(word: &str) -> String {
    for ending in ["ings", "ing", "edly", "ed", "es", "s", "e"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.chars().count() >= 3
        {
            return stem.to_owned();
        }
    }
    word.to_owned()
}

/// What a text must hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Terms {
    /// One of these groups; in a group, everything.
    alternatives: Vec<Vec<Term>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    negative: bool,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// These words in a row.
    Phrase(Vec<String>),
    /// Letters with `*` and `?`.
    Pattern(String),
    /// Nearly this word.
    Fuzzy(String),
    /// A field of the index that does not exist.
    Nothing,
}

impl Terms {
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = |why: &str| Fault::Syntax(format!("{why} in a text search"));
        let mut alternatives: Vec<Vec<Term>> = vec![Vec::new()];
        let mut negative = false;
        let mut depth = 0_usize;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            match first {
                _ if first.is_whitespace() => rest = after,
                '(' => {
                    depth += 1;
                    rest = after;
                }
                ')' => {
                    depth = depth
                        .checked_sub(1)
                        .ok_or_else(|| wrong("an unopened parenthesis"))?;
                    rest = after;
                }
                '+' => rest = after,
                '-' | '!' => {
                    negative = true;
                    rest = after;
                }
                '"' => {
                    let end = after.find('"').ok_or_else(|| wrong("an unclosed phrase"))?;
                    push(
                        &mut alternatives,
                        &mut negative,
                        Kind::Phrase(words(&after[..end])),
                    );
                    rest = after[end + 1..]
                        .trim_start_matches(['~', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
                }
                '[' | ']' | '{' | '}' | '^' => return Err(wrong("a misplaced character")),
                _ => {
                    let end = rest
                        .find(|letter: char| letter.is_whitespace() || "()\"".contains(letter))
                        .unwrap_or(rest.len());
                    let (word, next) = rest.split_at(end);
                    rest = next;
                    match word {
                        "AND" | "&&" => {}
                        "OR" | "||" => alternatives.push(Vec::new()),
                        "NOT" => negative = true,
                        _ => push(
                            &mut alternatives,
                            &mut negative,
                            kind(word).ok_or_else(|| wrong("a leading wildcard"))?,
                        ),
                    }
                }
            }
        }
        if depth > 0 {
            return Err(wrong("an unclosed parenthesis"));
        }
        Ok(Self { alternatives })
    }

    pub(crate) fn matches(&self, words: &[String]) -> bool {
        let holds = |group: &Vec<Term>| {
            !group.is_empty() && group.iter().all(|term| term.kind.found(words) != term.negative)
        };
        self.alternatives.iter().any(holds)
    }

    /// How often something that is looked for occurs.
    pub(crate) fn score(&self, words: &[String]) -> usize {
        words.iter().filter(|word| self.marks(word)).count()
    }

    /// Whether a word of the text is one that was looked for.
    pub(crate) fn marks(&self, word: &str) -> bool {
        let one = [word.to_owned()];
        let wanted = self.alternatives.iter().flatten().filter(|term| !term.negative);
        wanted.map(|term| &term.kind).any(|kind| match kind {
            Kind::Phrase(phrase) => phrase.iter().any(|known| known == word),
            other => other.found(&one),
        })
    }
}

fn push(alternatives: &mut [Vec<Term>], negative: &mut bool, kind: Kind) {
    if let Some(group) = alternatives.last_mut() {
        group.push(Term {
            negative: std::mem::take(negative),
            kind,
        });
    }
}

/// `None` for a wildcard in front.
fn kind(word: &str) -> Option<Kind> {
    let word = word.replace('\\', "");
    if word.starts_with(['*', '?']) {
        return None;
    }
    if word.contains(':') {
        return Some(Kind::Nothing);
    }
    if word.contains(['*', '?']) {
        return Some(Kind::Pattern(word.to_lowercase()));
    }
    if let Some((near, _)) = word.split_once('~') {
        return Some(Kind::Fuzzy(stem(&near.to_lowercase())));
    }
    Some(Kind::Phrase(words(&word)))
}

impl Kind {
    fn found(&self, words: &[String]) -> bool {
        match self {
            // Nothing is left of a term that was all punctuation.
            Self::Phrase(phrase) if phrase.is_empty() => true,
            Self::Phrase(phrase) => words.windows(phrase.len()).any(|window| window == phrase),
            Self::Pattern(pattern) => words.iter().any(|word| fits(pattern, word)),
            Self::Fuzzy(near) => words.iter().any(|word| distance_at_most_two(near, word)),
            Self::Nothing => false,
        }
    }
}

/// Stems are cut, so what precedes the wildcard decides.
fn fits(pattern: &str, word: &str) -> bool {
    fn fits(pattern: &[char], word: &[char]) -> bool {
        match (pattern, word) {
            ([], _) => word.is_empty(),
            (['*', rest @ ..], _) => (0..=word.len()).any(|skip| fits(rest, &word[skip..])),
            (['?', rest @ ..], [_, word @ ..]) => fits(rest, word),
            ([letter, rest @ ..], [first, word @ ..]) => letter == first && fits(rest, word),
            _ => false,
        }
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let word: Vec<char> = word.chars().collect();
    fits(&pattern, &word)
}

fn distance_at_most_two(left: &str, right: &str) -> bool {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, other) in right.iter().enumerate() {
            let cost = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = cost.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()] <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(search: &str, text: &str, expected: bool) {
        assert_eq!(
            Terms::parse(search).unwrap().matches(&words(text)),
            expected,
            "{search} in {text}"
        );
    }

    #[test]
    fn all_words_are_required_in_any_order_and_form() {
        check("caches invalidate", "Invalidating the cache", true);
        check("cache missing", "Invalidating the cache", false);
        check("CACHE", "caching", true);
    }

    #[test]
    fn phrases_need_their_order() {
        check("\"hello dolly\"", "oh hello Dolly!", true);
        check("\"dolly hello\"", "oh hello Dolly!", false);
        check("hello-dolly", "oh hello Dolly!", true);
    }

    #[test]
    fn operators_wildcards_and_fuzziness() {
        check("cat OR dog", "a dog", true);
        check("dog -cat", "a dog and a cat", false);
        check("arch*", "Architecture", true);
        check("roam~", "foam", true);
        check("title:x", "title x", false);
    }

    #[test]
    fn broken_searches_are_refused() {
        for search in ["*x", "?x", "\"open", "(open", "close)", "a ^ b", "[a"] {
            assert!(Terms::parse(search).is_err(), "{search}");
        }
    }

    #[test]
    fn nothing_but_punctuation_finds_everything_or_nothing_but_does_not_fail() {
        assert!(Terms::parse("&").is_ok());
        check("+", "a", false);
    }
}
