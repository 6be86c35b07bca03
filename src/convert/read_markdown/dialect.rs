//! What the dialect has beyond `CommonMark`.

use std::panic::catch_unwind;

use pulldown_cmark::{Options, Parser};

/// Smart punctuation stays off: it would change what people wrote.
const DIALECT: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_SUPERSCRIPT)
    .union(Options::ENABLE_SUBSCRIPT);

/// How a text is parsed: without names of headings (`{#name}`) where pulldown-cmark 0.13.6 panics on them, as it does on
/// some underlined headings of several lines.
pub(super) fn of(text: &str) -> Options {
    let breaks = may_break(text) && catch_unwind(|| Parser::new_ext(text, DIALECT).count()).is_err();
    if breaks {
        DIALECT.difference(Options::ENABLE_HEADING_ATTRIBUTES)
    } else {
        DIALECT
    }
}

/// Whether a line may underline one that ends as names of headings do.
fn may_break(text: &str) -> bool {
    if !text.contains('}') {
        return false;
    }
    let mut names = false;
    text.lines().any(|line| {
        let inside = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let underlines = names
            && (inside.starts_with('=') && inside.bytes().all(|byte| byte == b'=')
                || inside.starts_with('-') && inside.bytes().all(|byte| byte == b'-'));
        names = inside.ends_with('}');
        underlines
    })
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Options;

    use super::of;
    use crate::convert::{Flavour, markdown_to_storage};

    #[test]
    fn names_of_headings_are_left_alone_only_where_they_break_the_parser() {
        let names = |text| of(text).contains(Options::ENABLE_HEADING_ATTRIBUTES);
        let broken = ">]\no\n> {}\n>=";
        assert!(!names(broken));
        let storage = markdown_to_storage(broken, Flavour::Cloud).storage;
        assert_eq!(storage, "<blockquote><h1>] o {}</h1></blockquote>");
        assert!(names("Title {#name}\n===\n\n> quoted {#other}\n> ---"));
        assert!(names("# Title {#name}"));
    }
}
