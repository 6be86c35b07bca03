//! When two storage bodies say the same: Confluence rewrites some things when it saves a page.
//!
//! Ids of macros and nodes are added, attributes reordered, empty elements closed another way, entities resolved, blanks
//! at the ends trimmed. What is left after all that is undone is compared. Only for telling whether a write arrived;
//! nothing that is written ever comes from here.

use std::collections::BTreeMap;

use super::entities::resolve_all;
use super::storage::lex::{Kind, Lexer};

/// Attributes that Confluence adds or renews on its own.
const VOLATILE_ATTRIBUTES: &[&str] = &["ac:local-id", "ac:macro-id", "ac:schema-version", "local-id"];

/// Elements that Confluence adds or renews on its own, with what is in them.
const VOLATILE_ELEMENTS: &[&str] = &["ac:task-uuid"];

/// Whether two storage bodies say the same, however Confluence has rewritten one of them on saving it. Bodies that are
/// not well-formed are the same only to the letter.
#[must_use]
pub fn same_content(one: &str, other: &str) -> bool {
    one == other || canonical(one).is_some_and(|canonical_one| canonical(other) == Some(canonical_one))
}

/// The pieces of a body, each in one form; None if it is not well-formed.
fn canonical(storage: &str) -> Option<Vec<String>> {
    let mut pieces: Vec<String> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    // How many open elements are inside one that is left out.
    let mut hidden = 0_usize;
    for token in Lexer::new(storage) {
        let token = token.ok()?;
        let source = &storage[token.span.clone()];
        match token.kind {
            Kind::Text | Kind::Reference if hidden == 0 => text.push_str(&resolve_all(source)),
            Kind::Cdata if hidden == 0 => {
                flush(&mut text, &mut pieces);
                let inside = source
                    .strip_prefix("<![CDATA[")
                    .and_then(|rest| rest.strip_suffix("]]>"))?;
                // One text may be split over several sections.
                match pieces.last_mut() {
                    Some(last) if last.starts_with('!') => last.push_str(inside),
                    _ => pieces.push(format!("!{inside}")),
                }
            }
            Kind::Text | Kind::Reference | Kind::Cdata | Kind::Comment => {}
            Kind::Open {
                name,
                attributes,
                empty,
            } => {
                let name = &storage[name];
                let hides = VOLATILE_ELEMENTS.contains(&name);
                if hidden > 0 || hides {
                    hidden += usize::from(!empty);
                } else {
                    flush(&mut text, &mut pieces);
                    let attributes: BTreeMap<&str, String> = attributes
                        .iter()
                        .map(|attribute| {
                            let value = resolve_all(&storage[attribute.value.clone()]).into_owned();
                            (&storage[attribute.name.clone()], value)
                        })
                        .filter(|(name, value)| {
                            let says_nothing = *name == "style" && value.is_empty();
                            !says_nothing && !VOLATILE_ATTRIBUTES.contains(name)
                        })
                        .collect();
                    pieces.push(format!("<{name}{attributes:?}"));
                    if empty {
                        pieces.push(format!(">{name}"));
                    }
                }
                if !empty {
                    open.push(name);
                }
            }
            Kind::Close => {
                let name = open.pop()?;
                if hidden > 0 {
                    hidden -= 1;
                } else {
                    flush(&mut text, &mut pieces);
                    pieces.push(format!(">{name}"));
                }
            }
        }
    }
    flush(&mut text, &mut pieces);
    open.is_empty().then_some(pieces)
}

/// Ends a run of text. Runs of blanks are one; a run of nothing else, between blocks, is none.
fn flush(text: &mut String, pieces: &mut Vec<String>) {
    let blank = |character: char| matches!(character, ' ' | '\t' | '\n' | '\r');
    if text.chars().any(|character| !blank(character)) {
        let words: Vec<&str> = text.split(blank).filter(|word| !word.is_empty()).collect();
        // A blank beside a tag inside a line separates words.
        let edge = |at_edge: bool| if at_edge { " " } else { "" };
        let (before, after) = (edge(text.starts_with(blank)), edge(text.ends_with(blank)));
        pieces.push(format!("\"{before}{}{after}", words.join(" ")));
    }
    text.clear();
}

#[cfg(test)]
mod tests {
    use super::same_content;

    #[test]
    fn what_confluence_adds_on_saving_makes_no_difference() {
        for (sent, stored) in [
            ("<p>a</p>", "<p local-id=\"x\">a</p>\n"),
            ("<hr/>", "<hr />"),
            ("<p>a&nbsp;b&eacute;</p>", "<p>a\u{a0}bé</p>"),
            (
                "<ac:structured-macro ac:name=\"toc\"/>",
                "<ac:structured-macro ac:macro-id=\"1-2\" ac:schema-version=\"1\" ac:name=\"toc\" />",
            ),
            ("<p>a</p>\n<p>b</p>", "<p>a</p><p>b</p>"),
            (
                "<a title=\"t\" href=\"u\">x</a>",
                "<a href=\"u\" title=\"t\">x</a>",
            ),
            (
                "<ac:task><ac:task-id>1</ac:task-id></ac:task>",
                "<ac:task><ac:task-id>1</ac:task-id><ac:task-uuid>u</ac:task-uuid></ac:task>",
            ),
            ("<p style=\"\">a</p>", "<p>a</p>"),
            (
                "<x><![CDATA[a]]]]><![CDATA[>b]]></x>",
                "<x><![CDATA[a]]]]><![CDATA[>b]]></x>",
            ),
        ] {
            assert!(same_content(sent, stored), "{sent} | {stored}");
        }
    }

    #[test]
    fn what_a_person_changes_does() {
        for (one, other) in [
            ("<p>a</p>", "<p>b</p>"),
            ("<p>a b</p>", "<p>ab</p>"),
            ("<p>a</p>", "<p>a</p><p>a</p>"),
            ("<p>a <b>b</b></p>", "<p>a<b>b</b></p>"),
            ("<p><strong>a</strong></p>", "<p><em>a</em></p>"),
            ("<x><![CDATA[a  b]]></x>", "<x><![CDATA[a b]]></x>"),
            ("<p>a</p>", "<p>a"),
            ("<a href=\"u\">x</a>", "<a href=\"v\">x</a>"),
        ] {
            assert!(!same_content(one, other), "{one} | {other}");
        }
    }
}
