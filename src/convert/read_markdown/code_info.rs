//! What stands after a fence: `lang title="…" linenumbers firstline=N collapse`, with or without braces.

use super::attributes::{Attributes, words};
use crate::convert::tree::Code;

/// A block of code without its text.
pub(in crate::convert) fn code(info: &str) -> Code {
    let info = info.trim();
    // rustdoc and others put flags after a comma: `rust,ignore`.
    let end = info
        .find(|c: char| c.is_whitespace() || matches!(c, ',' | '{'))
        .unwrap_or(info.len());
    let (word, rest) = info.split_at(end);
    let (word, rest) = if word.contains('=') {
        ("", info)
    } else {
        (word, rest)
    };
    let rest = rest.trim_start_matches(',').trim();
    let rest = rest
        .strip_prefix('{')
        .map_or(rest, |inside| inside.strip_suffix('}').unwrap_or(inside));
    let attributes = words(rest);
    let language = if word.is_empty() {
        class(rest)
    } else {
        Some(word.to_owned())
    };
    let text = |key| {
        attributes
            .get(key)
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    };
    Code {
        language,
        title: text("title").or_else(|| text("filename")),
        line_numbers: line_numbers(&attributes),
        first_line: attributes.get("firstline").and_then(|number| number.parse().ok()),
        collapse: attributes.flag("collapse"),
        theme: text("theme"),
        text: String::new(),
    }
}

/// `{.python}`, as Pandoc writes it.
fn class(rest: &str) -> Option<String> {
    rest.split_whitespace()
        .find_map(|word| word.strip_prefix('.'))
        .map(str::to_owned)
}

fn line_numbers(attributes: &Attributes) -> bool {
    ["linenumbers", "linenums", "showLineNumbers"]
        .iter()
        .any(|key| attributes.flag(key))
        || attributes.get("firstline").is_some()
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn the_language_is_the_first_word() {
        for (info, language) in [
            ("rust", Some("rust")),
            ("rust,ignore", Some("rust")),
            ("c++ {1,3}", Some("c++")),
            ("{.python}", Some("python")),
            ("title=x", None),
            ("", None),
        ] {
            assert_eq!(code(info).language.as_deref(), language, "{info}");
        }
    }

    #[test]
    fn attributes_follow_with_or_without_braces() {
        for info in [
            "js title=\"a b.js\" linenumbers firstline=7 collapse",
            "js {title='a b.js' firstline=7 collapse}",
        ] {
            let code = code(info);
            assert_eq!(code.title.as_deref(), Some("a b.js"), "{info}");
            assert_eq!(
                (code.line_numbers, code.first_line, code.collapse),
                (true, Some(7), true),
                "{info}"
            );
        }
    }
}
