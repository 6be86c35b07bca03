//! Raw HTML, as tokens: tags with their attributes, text with its references resolved.
//!
//! This follows what browsers do for what people really write, with two differences that matter to Markdown. Each
//! token knows how it was written, so that what is no HTML after all (`Vec<String>`) can be shown as it stood; and a
//! `<` never swallows the rest of a text. What the tags mean is for [`super::elements`]. Since everything is written
//! anew from the tree, a tag misread here is ugly at worst, never unsafe.
//!
//! html5ever is not used: its tokens do not know where they stood, and its tree builder cannot take Markdown in between
//! and needs quadratic time for nested elements (18 s for 400 kB of `<div>`).

use std::borrow::Cow;

use crate::convert::entities::resolve_all;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'h> {
    Open(Tag<'h>),
    Close { name: String, raw: &'h str },
    Text(Cow<'h, str>),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'h> {
    /// In lower case.
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// Whether it ends with `/>`, which to its author is an end tag.
    pub(super) closed: bool,
    pub(super) raw: &'h str,
}

impl Tag<'_> {
    /// The value of an attribute, if it has one.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.trim().is_empty())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(key, _)| key == name)
    }
}

/// Elements whose content is not HTML.
const RAW_TEXT: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "noembed", "noframes",
];

/// Cuts HTML into tokens. Comments, declarations and processing instructions leave nothing.
pub(super) struct Tokens<'h> {
    html: &'h str,
    at: usize,
    /// The element whose raw text comes next.
    raw: Option<String>,
    /// What may still be read for tags that turn out not to be any; it keeps hostile input linear.
    patience: usize,
}

impl<'h> Tokens<'h> {
    pub(super) fn new(html: &'h str) -> Self {
        Self {
            html,
            at: 0,
            raw: None,
            patience: html.len().saturating_mul(8).saturating_add(100_000),
        }
    }

    fn rest(&self) -> &'h str {
        &self.html[self.at..]
    }

    fn text(&mut self, length: usize) -> Token<'h> {
        let text = &self.rest()[..length];
        self.at += length;
        Token::Text(resolve_all(text))
    }

    /// What stands between the tags of a script goes with them.
    fn raw_text(&mut self) {
        let Some(name) = self.raw.take().filter(|_| self.patience > 0) else {
            return;
        };
        let rest = self.rest();
        let end = rest.match_indices("</").map(|(at, _)| at).find(|at| {
            let after = rest.as_bytes().get(at + 2..at + 2 + name.len());
            after.is_some_and(|after| after.eq_ignore_ascii_case(name.as_bytes()))
        });
        match end {
            Some(end) => self.at += end,
            // Without an end tag the start tag stands alone; the text is somebody's.
            None => self.patience = self.patience.saturating_sub(rest.len()),
        }
    }

    /// A comment or the like at the start of the rest: its length.
    fn skipped(&self) -> Option<usize> {
        let rest = self.rest();
        let (begin, end) = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")]
            .into_iter()
            .find(|(begin, _)| rest.starts_with(begin))?;
        let length = rest[begin.len()..].find(end)? + begin.len() + end.len();
        (begin != "<![CDATA[").then_some(length)
    }

    fn tag(&mut self) -> Option<Token<'h>> {
        let rest = self.rest();
        let closes = rest.starts_with("</");
        let name_start = if closes { 2 } else { 1 };
        let after = rest.get(name_start..)?;
        if !after.starts_with(|c: char| c.is_ascii_alphabetic()) || self.patience == 0 {
            return None;
        }
        let name_end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '<'))
            .unwrap_or(after.len());
        let name = after[..name_end].to_ascii_lowercase();
        let mut cursor = Cursor {
            text: rest,
            at: name_start + name_end,
        };
        let Some(attributes) = cursor.attributes() else {
            self.patience = self.patience.saturating_sub(cursor.at);
            return None;
        };
        let raw = &rest[..cursor.at];
        self.at += raw.len();
        if closes {
            return Some(Token::Close { name, raw });
        }
        if RAW_TEXT.contains(&name.as_str()) {
            self.raw = Some(name.clone());
        }
        Some(Token::Open(Tag {
            name,
            attributes,
            closed: raw.ends_with("/>"),
            raw,
        }))
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        self.raw_text();
        loop {
            let rest = self.rest();
            let start = rest.find('<').unwrap_or(rest.len());
            if start > 0 {
                return Some(self.text(start));
            }
            if rest.is_empty() {
                return None;
            }
            if self.patience > 0 {
                match self.skipped() {
                    Some(length) => {
                        self.at += length;
                        continue;
                    }
                    None if rest.starts_with("<!") || rest.starts_with("<?") => {
                        self.patience = self.patience.saturating_sub(rest.len());
                    }
                    None => {}
                }
            }
            return Some(match self.tag() {
                Some(token) => token,
                // A `<` that begins nothing.
                None => self.text(1 + rest[1..].find('<').unwrap_or(rest.len() - 1)),
            });
        }
    }
}

/// The inside of a tag.
struct Cursor<'h> {
    text: &'h str,
    at: usize,
}

impl<'h> Cursor<'h> {
    fn rest(&self) -> &'h str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// The attributes up to the `>` that ends the tag; nothing where it does not end.
    fn attributes(&mut self) -> Option<Vec<(String, String)>> {
        let mut attributes = Vec::new();
        loop {
            self.skip_space();
            match self.rest().chars().next()? {
                '>' => {
                    self.at += 1;
                    return Some(attributes);
                }
                '/' => self.at += 1,
                '<' | '"' | '\'' | '=' => return None,
                _ => attributes.push(self.attribute()?),
            }
        }
    }

    fn attribute(&mut self) -> Option<(String, String)> {
        let rest = self.rest();
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>' | '<' | '=' | '"' | '\''))?;
        let name = rest[..end].to_ascii_lowercase();
        self.at += end;
        let before_space = self.at;
        self.skip_space();
        if !self.rest().starts_with('=') {
            self.at = before_space;
            return Some((name, String::new()));
        }
        self.at += 1;
        self.skip_space();
        let rest = self.rest();
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
        let (value, length) = if let Some(quote) = quote {
            let Some(end) = rest[1..].find(quote) else {
                self.at = self.text.len();
                return None;
            };
            (&rest[1..=end], end + 2)
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<' | '"' | '\''))?;
            (&rest[..end], end)
        };
        self.at += length;
        Some((name, resolve_all(value).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, Tokens};

    /// Tokens in one line: `<name key=value>`, `</name>`, text as it is, with a bar between.
    #[track_caller]
    fn check(html: &str, expected: &str) {
        let shown: Vec<String> = Tokens::new(html)
            .map(|token| match token {
                Token::Open(tag) => {
                    let pairs = tag
                        .attributes
                        .iter()
                        .map(|(key, value)| format!(" {key}={value}"));
                    format!("<{}{}>", tag.name, pairs.collect::<String>())
                }
                Token::Close { name, .. } => format!("</{name}>"),
                Token::Text(text) => text.into_owned(),
            })
            .collect();
        assert_eq!(shown.join("|"), expected, "{html}");
    }

    #[test]
    fn tags_attributes_and_text_are_told_apart() {
        check("a<P Class=x id='y' z>b</p >", "a|<p class=x id=y z=>|b|</p>");
        check(
            "<br/><img src=a/b.png alt=\"x > y\"/>",
            "<br>|<img src=a/b.png alt=x > y>",
        );
        check(
            "a &lt; b &amp;&check; <a href='?x&amp;y'>",
            "a < b &\u{2713} |<a href=?x&y>",
        );
    }

    #[test]
    fn what_is_no_tag_is_text() {
        check("1 < 2 <3 <", "1 |< 2 |<3 |<");
        check("<a <b>", "<a |<b>");
        check("<a x='1", "<a x='1");
        check("<!-- never closed <b>", "<!-- never closed |<b>");
        check("<![CDATA[x]]><!DOCTYPE html>", "<![CDATA[x]]>");
    }

    #[test]
    fn comments_and_scripts_leave_only_their_tags() {
        check("a<!-- <b> -->b<?php x ?>c", "a|b|c");
        check("<script>if (a<b) {}</SCRIPT>x", "<script>|</script>|x");
        check("<style>a", "<style>|a");
    }
}
