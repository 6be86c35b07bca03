//! Confluence Query Language: the only place where a caller's words become part of a query.

mod guard;

pub use guard::BadCql;
pub(super) use guard::condition;

/// A value as a CQL string: quotes and backslashes escaped, control characters made blanks.
///
/// CQL is a real injection surface: `title = "a" or type = page` in place of `a` finds everything.
pub(super) fn quoted(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for character in value.chars() {
        match character {
            '\\' | '"' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The words of a text for the right side of `~`, where a value is a query of its own: what would be an operator
/// there becomes a blank, or loses its capitals. None when no word is left.
pub(super) fn words(text: &str) -> Option<String> {
    let is_part = |character: char| {
        character.is_alphanumeric()
            || !(character.is_ascii() || character.is_control() || character.is_whitespace())
    };
    let words: Vec<String> = text
        .split(|character| !is_part(character))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| match word {
            "AND" | "OR" | "NOT" | "TO" => word.to_lowercase(),
            _ => word.to_owned(),
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The right sides of `~` that together find a text: its phrases in double quotes, each for itself, and the words
/// between them. Empty when no word is in it.
pub(super) fn searches(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split('"').collect();
    let mut loose = Vec::new();
    let mut found = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let Some(words) = words(part) else { continue };
        // A quote without its counterpart begins no phrase.
        if place % 2 == 1 && place + 1 < parts.len() {
            found.push(quoted(&format!("\"{words}\"")));
        } else {
            loose.push(words);
        }
    }
    if !loose.is_empty() {
        found.insert(0, quoted(&loose.join(" ")));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{quoted, searches, words};

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(quoted(r#"a" or type=page"#), r#""a\" or type=page""#);
        assert_eq!(quoted(r"a\"), r#""a\\""#);
        assert_eq!(quoted("a\nb"), r#""a b""#);
    }

    #[test]
    fn operators_inside_a_text_become_blanks() {
        assert_eq!(words("C++: (the*) \"guide\"~2").as_deref(), Some("C the guide 2"));
        assert_eq!(words("été 東京").as_deref(), Some("été 東京"));
        assert_eq!(words("?*!"), None);
    }

    #[test]
    fn words_that_are_operators_lose_their_capitals() {
        assert_eq!(words("cats OR dogs").as_deref(), Some("cats or dogs"));
        assert_eq!(
            words("e\u{301}te\u{301} हिन्दी “—”").as_deref(),
            Some("e\u{301}te\u{301} हिन्दी")
        );
    }

    #[test]
    fn quotes_make_phrases_and_a_lone_one_is_nothing() {
        assert_eq!(searches("hello dolly"), [r#""hello dolly""#]);
        assert_eq!(
            searches(r#"a "hello dolly" b"#),
            [r#""a b""#, r#""\"hello dolly\"""#]
        );
        assert_eq!(searches(r#"the 19" rack"#), [r#""the 19 rack""#]);
        assert_eq!(
            searches(r#"x" OR type=page OR title="y"#),
            [r#""x y""#, r#""\"or type page or title\"""#]
        );
        assert!(searches(r#" "" ?! "#).is_empty());
    }
}
