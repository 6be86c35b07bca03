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
    let begins_with = |scheme: &str| {
        let mut seen = url.chars().filter(|c| !c.is_whitespace() && !c.is_control());
        scheme
            .chars()
            .all(|wanted| seen.next().is_some_and(|c| c.eq_ignore_ascii_case(&wanted)))
    };
    ["javascript:", "vbscript:", "data:"].into_iter().any(begins_with)
}

/// Whether every character of a text is legal, or can be seen to be from its bytes: a first byte of 0xEF may begin
/// U+FFFE, U+FFFF or a byte order mark.
pub(super) fn is_surely_legal(text: &str) -> bool {
    // Without an early end, so that it goes by sixteen bytes and more at a time.
    !text.bytes().fold(false, |found, byte| found | is_doubtful(byte))
}

/// Whether a byte may belong to an illegal character.
const fn is_doubtful(byte: u8) -> bool {
    (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0xEF
}

/// Bytes at which copying stops.
struct Stops([bool; 256]);

impl Stops {
    /// Those of illegal characters and `more`.
    const fn at(more: &[u8]) -> Self {
        let mut stops = [false; 256];
        let mut byte: u8 = 0;
        loop {
            stops[byte as usize] = is_doubtful(byte);
            if byte == u8::MAX {
                break;
            }
            byte += 1;
        }
        let mut index = 0;
        while index < more.len() {
            stops[more[index] as usize] = true;
            index += 1;
        }
        Self(stops)
    }

    /// Appends a text without its illegal characters: what lies between two stops as a whole, the character at a stop
    /// as `put` writes it.
    fn copy(&self, out: &mut String, text: &str, mut put: impl FnMut(&mut String, char)) {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| self.0[usize::from(byte)]) {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let mut characters = after.chars();
            if let Some(character) = characters.next().filter(|&c| is_legal(c)) {
                put(out, character);
            }
            rest = characters.as_str();
        }
        out.push_str(rest);
    }
}

/// Appends `text` as character data.
pub(super) fn text(out: &mut String, text: &str) {
    const STOPS: Stops = Stops::at(b"&<>");
    STOPS.copy(out, text, |out, character| match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        // Needed only after `]]`, but everybody writes it.
        '>' => out.push_str("&gt;"),
        other => out.push(other),
    });
}

/// Appends `value` as the inside of a double-quoted attribute. A parser reads line ends and tabs in attributes as
/// spaces, so they are written as what they will be.
pub(super) fn attribute(out: &mut String, value: &str) {
    const STOPS: Stops = Stops::at(b"&<>\"\t\n\r");
    STOPS.copy(out, value, |out, character| match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\t' | '\n' | '\r' => out.push(' '),
        other => out.push(other),
    });
}

/// Appends `text` as CDATA. A `]]>` inside is split over two sections.
pub(super) fn cdata(out: &mut String, text: &str) {
    const STOPS: Stops = Stops::at(b">");
    out.push_str("<![CDATA[");
    let start = out.len();
    STOPS.copy(out, text, |out, character| {
        if character == '>' && out[start..].ends_with("]]") {
            out.push_str("]]><![CDATA[");
        }
        out.push(character);
    });
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
