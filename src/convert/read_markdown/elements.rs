//! What the tags of HTML mean here: an allow-list. Known elements become frames, dangerous ones are left out with
//! what is in them, and a tag we do not know is text, since in Markdown it is more often `Vec<String>` than HTML.

mod inside;
mod known;

use super::builder::Builder;
use super::frame::{Frame, Kind, Origin, Part};
use super::html::{Tag, Token, Tokens};
use crate::convert::tree::{Block, Inline};
pub(in crate::convert) use inside::is_day;
use known::{Known, known};

impl Builder<'_> {
    /// Takes in a piece of HTML. `in_text`: it stood in a paragraph, where one event is one tag.
    pub(super) fn html(&mut self, html: &str, in_text: bool) {
        for token in Tokens::new(html) {
            match token {
                Token::Text(text) if matches!(self.top().kind, Kind::Code(_)) => self.text(&text),
                Token::Text(text) => self.text(&collapsed(&text)),
                Token::Open(tag) => self.start_tag(&tag, in_text),
                Token::Close { name, raw } => self.end_tag(&name, raw, in_text),
            }
        }
    }

    fn start_tag(&mut self, tag: &Tag<'_>, in_text: bool) {
        if matches!(self.top().kind, Kind::Code(_)) {
            self.tag_in_code(tag);
            return;
        }
        match known(tag.name.as_str()) {
            Known::Not => self.text(tag.raw),
            Known::Nothing => {}
            Known::Break => self.inline(Inline::Break),
            Known::Rule => {
                self.end_paragraph();
                self.push(Part::Block(Block::Rule));
            }
            Known::Image => self.html_image(tag),
            Known::Checkbox => {
                if tag
                    .get("type")
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"))
                {
                    self.task(tag.has("checked"));
                }
            }
            Known::Dropped => {
                self.notice(format!("<{}> has no place in a page and was left out", tag.name));
                self.open_tag(Kind::Dropped, 2, tag, in_text);
            }
            Known::Frame { levels, ends } => {
                for implied in ends {
                    self.imply_end(implied);
                }
                self.end_heading(&tag.name);
                let kind = self.kind_of(tag);
                self.open_tag(kind, levels, tag, in_text);
            }
        }
    }

    fn open_tag(&mut self, kind: Kind, levels: usize, tag: &Tag<'_>, in_text: bool) {
        let origin = Origin::Tag {
            name: tag.name.clone(),
            raw: tag.raw.to_owned(),
            in_text,
        };
        let opened = self.open(kind, origin, levels);
        if opened && (tag.closed || (tag.name == "a" && !tag.has("href"))) {
            self.close_to(self.frames().len() - 1);
        }
    }

    /// In a block of code there are only its text and, from highlighters, spans that mean nothing to us.
    fn tag_in_code(&mut self, tag: &Tag<'_>) {
        match known(tag.name.as_str()) {
            Known::Not => self.text(tag.raw),
            Known::Break => self.literal("\n"),
            _ => {
                let class = tag.get("class").or_else(|| tag.get("lang")).unwrap_or_default();
                let language = class
                    .split_whitespace()
                    .find_map(|class| class.strip_prefix("language-"));
                if let (Kind::Code(code), Some(language)) = (&mut self.top().kind, language) {
                    code.language.get_or_insert_with(|| language.to_owned());
                }
            }
        }
    }

    fn end_tag(&mut self, name: &str, raw: &str, in_text: bool) {
        if name == "br" {
            self.inline(Inline::Break);
            return;
        }
        let named = |frame: &Frame| matches!(&frame.origin, Origin::Tag { name: open, .. } if open == name);
        match self.find_open(named) {
            Some(index) => self.close_to(index),
            // In a block it is what a browser ignores as well; in text somebody wrote it to be read.
            None if in_text && !matches!(name, "p" | "a") => self.text(raw),
            None if matches!(known(name), Known::Not) => self.text(raw),
            None => {}
        }
    }

    /// Elements whose end tag people leave out end where another begins.
    fn imply_end(&mut self, implied: &str) {
        let bounds = known::bounds(implied);
        let is_bound = |frame: &Frame| matches!(&frame.origin, Origin::Tag { name, .. } if bounds.contains(&name.as_str()));
        let is_implied = |frame: &Frame| matches!(&frame.origin, Origin::Tag { name, .. } if name == implied);
        let found = self.find_open(|frame| is_bound(frame) || is_implied(frame));
        if let Some(index) = found.filter(|&index| self.frames().get(index).is_some_and(is_implied)) {
            self.close_to(index);
        }
    }

    /// A paragraph of HTML ends where another block begins, of HTML or of Markdown.
    pub(super) fn end_paragraph(&mut self) {
        self.imply_end("p");
    }

    /// A heading directly in a heading is one whose end tag was mistyped.
    fn end_heading(&mut self, name: &str) {
        let is_heading = name.len() == 2 && name.starts_with('h') && name != "hr";
        let top = self.frames().len() - 1;
        if is_heading && !self.top().is_markdown() && matches!(self.top().kind, Kind::Heading { .. }) {
            self.close_to(top);
        }
    }
}

/// White space as a browser shows it.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '\n' | '\r' | '\t' if out.ends_with(' ') => {}
            ' ' | '\n' | '\r' | '\t' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
