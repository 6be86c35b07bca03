//! Text, attribute and CDATA escaping. Nobody else escapes.
//!
//! Characters that XML 1.0 forbids are dropped here as well, whatever the caller has already removed: Confluence
//! answers a single one of them with 400 for the whole page.

/// Whether XML 1.0 allows the character in a document at all.
pub(super) fn is_legal(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => other >= ' ',
    }
}

/// Whether following an address could run something or smuggle content in. Browsers ignore white space and control
/// characters in a scheme, so these are ignored here as well.
pub(super) fn runs_code(url: &str) -> bool {
    let squeezed: String = url
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(32)
        .collect();
    let scheme = squeezed
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("javascript" | "vbscript" | "data"))
}

/// Appends `text` as character data.
pub(super) fn text(out: &mut String, text: &str) {
    for character in text.chars().filter(|&c| is_legal(c)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // Needed only after `]]`, but everybody writes it.
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}

/// Appends `value` as the inside of a double-quoted attribute. A parser reads line ends and tabs in attributes as
/// spaces, so they are written as what they will be.
pub(super) fn attribute(out: &mut String, value: &str) {
    for character in value.chars().filter(|&c| is_legal(c)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
}

/// Appends `text` as CDATA. A `]]>` inside is split over two sections.
pub(super) fn cdata(out: &mut String, text: &str) {
    out.push_str("<![CDATA[");
    let start = out.len();
    for character in text.chars().filter(|&c| is_legal(c)) {
        if character == '>' && out[start..].ends_with("]]") {
            out.push_str("]]><![CDATA[");
        }
        out.push(character);
    }
    out.push_str("]]>");
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn check(escape: fn(&mut String, &str), input: &str, expected: &str) {
        let mut out = String::new();
        escape(&mut out, input);
        assert_eq!(out, expected);
    }

    #[test]
    fn markup_in_text_becomes_references() {
        check(
            super::text,
            "a < b && c > d \"q\"",
            "a &lt; b &amp;&amp; c &gt; d \"q\"",
        );
    }

    #[test]
    fn quotes_and_line_ends_are_safe_in_attributes() {
        check(super::attribute, "a \"b\"\n<c>", "a &quot;b&quot; &lt;c&gt;");
    }

    #[test]
    fn cdata_end_is_split_however_often_it_comes() {
        check(super::cdata, "a]]>b", "<![CDATA[a]]]]><![CDATA[>b]]>");
        check(
            super::cdata,
            "]]>]]>",
            "<![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>]]>",
        );
        check(super::cdata, "]]", "<![CDATA[]]]]>");
    }

    #[test]
    fn a_control_character_between_brackets_does_not_hide_the_end() {
        check(super::cdata, "]\u{1}]\u{2}>", "<![CDATA[]]]]><![CDATA[>]]>");
    }

    #[test]
    fn disguised_script_addresses_run_code() {
        for url in [
            "javascript:alert(1)",
            " JavaScript:x",
            "java\tscript:x",
            "vbscript:x",
            "data:text/html,x",
        ] {
            assert!(super::runs_code(url), "{url}");
        }
        for url in [
            "https://a/javascript:x",
            "mailto:a@b",
            "page#data",
            "notes-on-javascript",
        ] {
            assert!(!super::runs_code(url), "{url}");
        }
    }

    #[test]
    fn characters_that_xml_forbids_are_dropped() {
        check(super::text, "a\u{0}b\u{B}c\u{FFFE}d\u{FFFF}\te", "abcd\te");
        check(super::attribute, "a\u{8}b", "ab");
    }
}
