//! A strict scanner for storage format: the server's own idea of well-formed XML, told as events.
//!
//! It stands in for the XML parser that a Confluence runs over every body it is given, with that parser's
//! wording. The prefixes `ac`, `ri` and `at` count as declared, HTML's entities as known. It does not judge
//! what elements mean.

use std::ops::Range;

mod entities;
mod scanner;

use scanner::Scanner;

/// A piece of the source. Spans are byte ranges of it.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Open {
        name: &'a str,
        attributes: &'a [(&'a str, &'a str)],
        empty: bool,
        span: Range<usize>,
    },
    Close {
        name: &'a str,
    },
    Text(&'a str),
    Character(char),
    Data(&'a str),
}

/// Why the source is not well-formed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) message: String,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

/// Reads `source` to its end, or to its first fault.
pub(crate) fn scan(source: &str, visit: &mut dyn FnMut(Event<'_>)) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(source);
    scanner.run(visit).map_err(|message| scanner.malformed(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(source: &str, message: &str, row: usize, column: usize) {
        let found = scan(source, &mut |_| {}).expect_err(source);
        assert_eq!(
            found,
            Malformed {
                message: message.to_owned(),
                row,
                column
            },
            "{source}"
        );
    }

    #[track_caller]
    fn accepts(source: &str) {
        assert_eq!(scan(source, &mut |_| {}), Ok(()), "{source}");
    }

    #[test]
    fn what_storage_format_is_made_of_passes() {
        accepts("");
        accepts("plain text");
        accepts("<p>one<br/>two<br /></p>\n<hr/>");
        accepts("<p>&nbsp;&rsquo;&amp;&#8212;&#x2014;&apos;</p>");
        accepts(
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a < b && c]]></ac:plain-text-body></ac:structured-macro>",
        );
        accepts("<ac:plain-text-body><![CDATA[a ]]]]><![CDATA[> b]]></ac:plain-text-body>");
        accepts("<ac:link><ri:page ri:content-title='It&quot;s'/></ac:link>");
        accepts("<!-- a comment --><p title=\"a > b\">x > y</p>");
        accepts("<at:var at:name=\"x\" />");
    }

    #[test]
    fn unbalanced_tags_are_refused_in_the_servers_words() {
        refuses(
            "<p>a</br></p>",
            "Unexpected close tag </br>; expected </p>.",
            1,
            5,
        );
        refuses("<p>one", "Unexpected close tag </xml>; expected </p>.", 1, 7);
        refuses("one</p>", "Unexpected close tag </p>; expected </xml>.", 1, 4);
        refuses(
            "<ac:parameter ac:name=\"a\">b",
            "Unexpected EOF; was expecting a close tag for element <ac:parameter>",
            1,
            28,
        );
        refuses(
            "<p>\n\n  <b>x</p>",
            "Unexpected close tag </p>; expected </b>.",
            3,
            7,
        );
    }

    #[test]
    fn attributes_need_a_value_and_a_blank_and_come_once() {
        refuses(
            "<td nowrap>x</td>",
            "Unexpected character '>' (code 62) expected '='",
            1,
            11,
        );
        refuses(
            "<a href=\"x\"[>x</a>",
            "Unexpected character '[' (code 91) excepted space, or '>' or \"/>\"",
            1,
            12,
        );
        refuses(
            "<p class=\"a\" class=\"b\">x</p>",
            "Duplicate attribute 'class'.",
            1,
            23,
        );
        refuses(
            "<p class=a>x</p>",
            "Unexpected character 'a' (code 97) in start tag. Expected a quote",
            1,
            10,
        );
        refuses(
            "<p title=\"a<b\">x</p>",
            "Unexpected character '<' (code 60) in attribute value",
            1,
            12,
        );
    }

    #[test]
    fn entities_must_be_known_and_finished() {
        refuses("<p>&bogus;</p>", "Undeclared general entity \"bogus\"", 1, 4);
        refuses(
            "<p>a & b</p>",
            "Unexpected character ' ' (code 32) (expected a name start character)",
            1,
            7,
        );
        refuses(
            "<p>a &amp b</p>",
            "Unexpected character ' ' (code 32) expected ';' at the end of an entity reference",
            1,
            10,
        );
        refuses(
            "<p>&#0;</p>",
            "Illegal character entity: expansion character (code 0x0)",
            1,
            4,
        );
        assert!(scan("&#xD800;", &mut |_| {}).is_err());
        assert!(scan("&#;", &mut |_| {}).is_err());
    }

    #[test]
    fn the_end_mark_of_cdata_and_double_hyphens_have_their_place() {
        refuses(
            "<p>]]></p>",
            "String ']]>' not allowed in textual content, except as the end marker of CDATA section",
            1,
            4,
        );
        refuses(
            "<!-- a -- b -->",
            "String '--' not allowed in comment (missing '>'?)",
            1,
            8,
        );
        assert!(scan("<![CDATA[x", &mut |_| {}).is_err());
    }

    #[test]
    fn stray_angle_brackets_and_foreign_prefixes_are_refused() {
        refuses(
            "a < b",
            "Unexpected character ' ' (code 32) in content after '<' (malformed start element?)",
            1,
            4,
        );
        refuses("<svg:rect/>", "Undeclared namespace prefix \"svg\"", 1, 10);
        refuses("a\u{1}b", "Illegal character ((CTRL-CHAR, code 1))", 1, 2);
        assert!(scan("<!DOCTYPE html><p/>", &mut |_| {}).is_err());
    }

    #[test]
    fn events_tell_the_source_again() {
        use std::fmt::Write;

        let mut told = String::new();
        scan(
            "<p a=\"1\">x&amp;<br/><![CDATA[<]]></p>",
            &mut |event| match event {
                Event::Open {
                    name,
                    attributes,
                    empty,
                    span,
                } => {
                    let _ = write!(told, "[{name} {attributes:?} {empty} {span:?}]");
                }
                Event::Close { name } => {
                    let _ = write!(told, "[/{name}]");
                }
                Event::Text(text) => told += text,
                Event::Character(character) => told.push(character),
                Event::Data(data) => told += data,
            },
        )
        .unwrap();
        assert_eq!(
            told,
            "[p [(\"a\", \"1\")] false 0..9]x&[br [] true 15..20][/br]<[/p]"
        );
    }

    /// The same text for a parser that was written by others, with the declarations the wrapper makes.
    fn wrapped(source: &str) -> String {
        format!(
            "<!DOCTYPE xml [<!ENTITY nbsp \"&#160;\">]><xml xmlns:ac=\"a\" xmlns:ri=\"r\" xmlns:at=\"t\">{source}</xml>"
        )
    }

    proptest::proptest! {
        #[test]
        fn another_parser_agrees_on_what_is_well_formed(
            pieces in proptest::collection::vec(
                proptest::sample::select(vec![
                    "<p>", "</p>", "<b>", "</b>", "<br/>", "<br>", "<ac:link ac:anchor=\"x\">", "</ac:link>", "<ri:page/>",
                    "<p a='1' b=\"2\">", "<p a=1>", "<p a>", "<p a=\"1\"b=\"2\">", "<p a=\"1\" a=\"2\">", "<p a=\"<\">", "<p a=\"&amp;\">",
                    "text", " ", "\n", "é", "&amp;", "&nbsp;", "&#8212;", "&#x2014;", "&bogus;", "&", "&amp", "<", ">", "]]>",
                    "<![CDATA[a<b]]>", "<![CDATA[", "<!-- c -->", "<!-- a -- b -->", "<!--", "</ p>", "< p>", "<p", "\"", "<1>", "<x:y/>",
                ]),
                0..7,
            )
        ) {
            let source = pieces.concat();
            let options = roxmltree::ParsingOptions { allow_dtd: true, ..<_>::default() };
            let whole = wrapped(&source);
            let other = roxmltree::Document::parse_with_options(&whole, options);
            let ours = scan(&source, &mut |_| {});
            proptest::prop_assert_eq!(ours.is_ok(), other.is_ok(), "{:?}: {:?} against {:?}", source, ours, other.err());
        }
    }
}
