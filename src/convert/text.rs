//! What a page says, as plain text: for search, for counting, for readers who want no markup at all.

use super::entities::resolve_all;
use super::storage::lex::{Kind, Lexer};
use super::{Malformed, check_well_formed};

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "ac:layout-cell",
    "ac:plain-text-body",
    "ac:rich-text-body",
    "ac:task",
    "blockquote",
    "br",
    "div",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
];

/// Elements whose content is no text of the page.
const HIDDEN: &[&str] = &[
    "ac:adf-fallback",
    "ac:parameter",
    "ac:placeholder",
    "ac:task-id",
    "ac:task-status",
    "ac:task-uuid",
];

/// The text of a page, a line for each block; cells of a table are parted by tabs.
///
/// # Errors
/// When the body is not well-formed.
pub fn storage_to_text(storage: &str) -> Result<String, Malformed> {
    check_well_formed(storage)?;
    let mut text = Text::default();
    let mut open: Vec<&str> = Vec::new();
    let mut hidden = 0_usize;
    for token in Lexer::new(storage).map_while(Result::ok) {
        let source = &storage[token.span.clone()];
        match token.kind {
            Kind::Open { name, empty, .. } => {
                let name = &storage[name];
                text.at_edge_of(name);
                if !empty {
                    hidden += usize::from(HIDDEN.contains(&name));
                    open.push(name);
                }
            }
            Kind::Close => {
                let Some(name) = open.pop() else { continue };
                hidden -= usize::from(HIDDEN.contains(&name));
                text.at_edge_of(name);
            }
            _ if hidden > 0 => {}
            Kind::Text | Kind::Reference => text.flow(&resolve_all(source)),
            Kind::Cdata => {
                let inside = source
                    .strip_prefix("<![CDATA[")
                    .and_then(|rest| rest.strip_suffix("]]>"));
                text.verbatim(inside.unwrap_or_default());
            }
            Kind::Comment => {}
        }
    }
    Ok(text.finished())
}

#[derive(Default)]
struct Text(String);

impl Text {
    /// Ends the line before and after a block, and a cell.
    fn at_edge_of(&mut self, name: &str) {
        if matches!(name, "td" | "th") {
            if !self.0.is_empty() && !self.0.ends_with(['\n', '\t']) {
                self.0.push('\t');
            }
        } else if BLOCKS.contains(&name) {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        self.0.truncate(self.0.trim_end_matches([' ', '\t']).len());
        if !self.0.is_empty() && !self.0.ends_with('\n') {
            self.0.push('\n');
        }
    }

    /// Running text, in which any run of blanks is one blank.
    fn flow(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                ' ' | '\t' | '\n' | '\r' => {
                    if !self.0.is_empty() && !self.0.ends_with([' ', '\n', '\t']) {
                        self.0.push(' ');
                    }
                }
                other => self.0.push(other),
            }
        }
    }

    fn verbatim(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn finished(mut self) -> String {
        self.0.truncate(self.0.trim_end().len());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::storage_to_text;

    #[test]
    fn a_page_reads_line_by_line() {
        let storage = "<h1>One</h1><p>a&nbsp;b  <strong>c</strong></p>\n<ul><li>x<ul><li>y</li></ul></li></ul>\
                       <table><tbody><tr><th>k</th><th><p>v</p></th></tr><tr><td>1</td><td>2</td></tr></tbody></table>\
                       <ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">py</ac:parameter>\
                       <ac:plain-text-body><![CDATA[if a:\n    b]]></ac:plain-text-body></ac:structured-macro>";
        let text = storage_to_text(storage).expect("well-formed");
        assert_eq!(text, "One\na\u{a0}b c\nx\ny\nk\nv\n1\t2\nif a:\n    b");
    }

    #[test]
    fn a_body_that_is_not_well_formed_has_no_text() {
        assert!(storage_to_text("<p>a").is_err());
    }
}
