//! Whether a body is well-formed as Confluence parses it, and where it is not, in words for its author.
//!
//! Only the form is judged. Which elements make sense where is not asked here.

use super::storage::lex::{Fault, Lexer};

/// The first place at which a body is not well-formed storage. Lines and columns begin at 1; columns are characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct Malformed {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

/// Checks that `storage` is a fragment of XML that Confluence would parse.
///
/// # Errors
/// The first fault.
pub fn check_well_formed(storage: &str) -> Result<(), Malformed> {
    match Lexer::new(storage).find_map(Result::err) {
        None => Ok(()),
        Some(fault) => Err(locate(storage, fault)),
    }
}

pub(super) fn locate(source: &str, fault: Fault) -> Malformed {
    let before = source.get(..fault.at).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Malformed {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        problem: fault.problem,
    }
}

#[cfg(test)]
mod tests {
    use super::check_well_formed;

    #[track_caller]
    fn refused(storage: &str, expected: &str) {
        let message = check_well_formed(storage).map_err(|malformed| malformed.to_string());
        assert_eq!(message, Err(expected.to_owned()), "{storage}");
    }

    #[test]
    fn what_confluence_takes_is_taken() {
        for storage in [
            "",
            "plain &nbsp;&rsquo; text",
            "<p>a<br/>b</p>",
            "<p ac:local-id=\"x\">t</p >",
            "<ac:structured-macro ac:name='code'><ac:plain-text-body><![CDATA[a]]]]><![CDATA[>b]]>\
             </ac:plain-text-body></ac:structured-macro>",
            "<p>&#8217;&#x2019;&euro; ]] > \u{1F600}</p>",
            "<!-- c --><p/>",
            "<p xmlns:x=\"u\"><x:y/></p>",
            "<p title='a > b'>\u{A0}</p>",
        ] {
            assert_eq!(check_well_formed(storage), Ok(()), "{storage}");
        }
    }

    #[test]
    fn tags_that_do_not_balance_are_named() {
        refused("<p>", "line 1, column 1: <p> is never closed");
        refused(
            "a\n\u{e9}<b><i></b></i>",
            "line 2, column 8: </b> comes where </i> is expected",
        );
        refused(
            "</p><p>",
            "line 1, column 1: </p> closes nothing: no element is open",
        );
        refused(
            "<p>a<br></p>",
            "line 1, column 9: </p> comes where </br> is expected",
        );
    }

    #[test]
    fn attributes_have_quotes_values_and_one_name_each() {
        refused("<p a/>", "line 1, column 5: attribute a has no value");
        refused(
            "<p a=b></p>",
            "line 1, column 6: the value of attribute a is not in quotes",
        );
        refused(
            "<p a='1' a='2'/>",
            "line 1, column 10: attribute a is there twice",
        );
        refused(
            "<p a='1'b='2'/>",
            "line 1, column 9: a space is missing between two attributes",
        );
        refused("<p x:y='1'/>", "line 1, column 4: the prefix of x:y is unknown");
    }

    #[test]
    fn bare_markup_characters_are_refused() {
        refused("<p>a & b</p>", "line 1, column 6: a bare & must be written &amp;");
        refused("<p>a &b</p>", "line 1, column 6: a bare & must be written &amp;");
        refused(
            "<p>&check;</p>",
            "line 1, column 4: Confluence does not know &check; (write the character itself)",
        );
        refused(
            "<p>a < b</p>",
            "line 1, column 6: \"\" is not a name (a < in text must be written &lt;)",
        );
        refused(
            "a <",
            "line 1, column 3: the tag is never closed (a < in text must be written &lt;)",
        );
        refused(
            "<p>]]></p>",
            "line 1, column 4: ]]> in text must be written ]]&gt;",
        );
        refused(
            "<p>\u{1}</p>",
            "line 1, column 4: the character U+0001 cannot be in XML",
        );
    }

    #[test]
    fn what_has_no_place_in_a_page_is_refused() {
        refused(
            "\n<?x y?>",
            "line 2, column 1: a processing instruction or XML declaration cannot be in a page",
        );
        refused(
            "<!DOCTYPE html><p/>",
            "line 1, column 1: a DOCTYPE cannot be in a page",
        );
        refused(
            "<p><!-- a -- b --></p>",
            "line 1, column 4: a comment must not hold --",
        );
        refused("<!-- a --->", "line 1, column 1: a comment must not hold --");
        refused(
            "\u{FEFF}<p/>",
            "line 1, column 1: there is a byte order mark at the start of the body",
        );
        refused("<foo:bar/>", "line 1, column 2: the prefix of foo:bar is unknown");
        refused(
            "<p><x:y xmlns:x='u'/><x:y/></p>",
            "line 1, column 23: the prefix of x:y is unknown",
        );
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = |depth| format!("{}{}", "<b>".repeat(depth), "</b>".repeat(depth));
        assert_eq!(check_well_formed(&deep(500)), Ok(()));
        refused(
            &deep(501),
            "line 1, column 1501: elements are nested more than 500 deep",
        );
        assert!(check_well_formed(&"<b>".repeat(500_000)).is_err());
    }
}
