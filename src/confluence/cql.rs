//! Confluence Query Language: the only place where a caller's words become part of a query.

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
/// there becomes a blank. None when no word is left.
pub(super) fn words(text: &str) -> Option<String> {
    let words: String = text
        .chars()
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{quoted, words};

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
}
