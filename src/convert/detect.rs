//! Whether a body of unknown format is storage or Markdown.
//!
//! The original took any HTML tag for storage, so that Markdown with `Vec<String>` or `<https://…>` in it was sent
//! as it was. Here the doubt goes to Markdown: only a body that Confluence would parse, and that is made of block
//! elements it knows, is storage.

use super::Format;
use super::storage::lex::{Kind, Lexer};

/// Storage when the body is well-formed and every piece at its top is a block element; everything else is Markdown.
#[must_use]
pub fn detect(body: &str) -> Format {
    if is_storage(body) {
        Format::Storage
    } else {
        Format::Markdown
    }
}

fn is_storage(body: &str) -> bool {
    if !body.trim_start().starts_with('<') {
        return false;
    }
    let mut blocks = 0_usize;
    let mut depth_before = 0;
    let mut lexer = Lexer::new(body);
    while let Some(token) = lexer.next() {
        let Ok(token) = token else { return false };
        match token.kind {
            Kind::Open { name, .. } => {
                let name = &body[name];
                if depth_before == 0 {
                    if !is_block(name) {
                        return false;
                    }
                    blocks += 1;
                } else if is_markdown_html(name) {
                    return false;
                }
            }
            Kind::Text if depth_before == 0 && !body[token.span.clone()].trim().is_empty() => return false,
            Kind::Cdata | Kind::Reference if depth_before == 0 => return false,
            _ => {}
        }
        depth_before = lexer.depth();
    }
    blocks > 0
}

/// Elements that stand at the top of a storage body.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "dl"
            | "table"
            | "blockquote"
            | "pre"
            | "hr"
            | "div"
            | "section"
            | "ac:structured-macro"
            | "ac:macro"
            | "ac:image"
            | "ac:layout"
            | "ac:task-list"
            | "ac:adf-extension"
    )
}

/// HTML that people write in Markdown and that Confluence has no element for; storage never holds it.
fn is_markdown_html(name: &str) -> bool {
    matches!(
        name,
        "details" | "summary" | "script" | "style" | "iframe" | "picture" | "video" | "center" | "svg"
    )
}

#[cfg(test)]
mod tests {
    use super::detect;
    use crate::convert::Format;

    #[test]
    fn well_formed_blocks_are_storage() {
        for body in [
            "<p>Hello</p>",
            "\n  <h1>A</h1>\n<p>b &nbsp; <strong>c</strong></p>\n",
            "<ac:structured-macro ac:name=\"toc\" />",
            "<!-- note --><ac:layout><ac:layout-section ac:type=\"single\"><ac:layout-cell><p/></ac:layout-cell>\
             </ac:layout-section></ac:layout>",
            "<table><tbody><tr><td>1</td></tr></tbody></table>",
        ] {
            assert_eq!(detect(body), Format::Storage, "{body}");
        }
    }

    #[test]
    fn everything_else_is_markdown() {
        for body in [
            "",
            "plain",
            "# Title\n\nA `Vec<String>` and <https://example.com>.",
            "Vec<String>",
            "<https://example.com>",
            "<b>x</b> text",
            "<b>x</b>",
            "text <p>x</p>",
            "<p>x</p> text",
            "<p>x</p>\n\nmore *Markdown*",
            "<p>x<br></p>",
            "<p>a & b</p>",
            "<p>a",
            "<!-- only a comment -->",
            "<details><summary>More</summary><p>x</p></details>",
            "<div><details></details></div>",
            "<unknown/>",
            "<p>a</p>&nbsp;",
        ] {
            assert_eq!(detect(body), Format::Markdown, "{body}");
        }
    }
}
