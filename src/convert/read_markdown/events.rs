//! The events of pulldown-cmark as frames that open and close.
//!
//! Nothing here recurses, whatever the depth of the input. Beyond the tree's depth, containers are no longer opened:
//! their content goes to the one around them.

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, LinkType, Tag};

use super::address::is_dangerous;
use super::frame::{self, Frame, Kind, Part};
use crate::convert::Notice;
use crate::convert::tree::{Align, Block, Code, Inline, MAX_DEPTH, Mark};

/// Builds the tree out of events.
pub(super) struct Reader {
    frames: Vec<Frame>,
    /// For each open tag of pulldown-cmark, whether it has a frame.
    framed: Vec<bool>,
    /// Open links that have a frame; a link inside another is only its text.
    links: usize,
    /// The HTML block that is being collected.
    html: Option<String>,
    notices: Vec<Notice>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            frames: vec![Frame::new(Kind::Document)],
            framed: Vec::new(),
            links: 0,
            html: None,
            notices: Vec::new(),
        }
    }
}

impl Reader {
    pub(super) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.push(Inline::Code(code.into_string())),
            Event::Html(html) => match &mut self.html {
                Some(block) => block.push_str(&html),
                None => self.text(&html),
            },
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.push(Inline::Break),
            Event::Rule => self.top().push(Part::Block(Block::Rule)),
            Event::TaskListMarker(done) => self.task(done),
            // Not enabled in the dialect; shown as text should that change.
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
        }
    }

    pub(super) fn finish(mut self) -> (Vec<Block>, Vec<Notice>) {
        while self.frames.len() > 1 {
            self.close_top();
        }
        let parts = self.frames.pop().map(frame::close).unwrap_or_default();
        (frame::blocks(parts, Block::Paragraph), self.notices)
    }

    fn top(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Kind::Document));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn push(&mut self, inline: Inline) {
        self.top().push(Part::Inline(inline));
    }

    fn put(&mut self, parts: Vec<Part>) {
        let top = self.top();
        for part in parts {
            top.push(part);
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.top().kind {
            Kind::Code(code) => code.text.push_str(text),
            _ => self.top().text(text),
        }
    }

    fn notice(&mut self, message: &str) {
        if !self.notices.iter().any(|notice| notice.message == message) {
            self.notices.push(Notice {
                message: message.to_owned(),
            });
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if matches!(tag, Tag::HtmlBlock) {
            self.html = Some(String::new());
            self.framed.push(false);
            return;
        }
        let (kind, levels) = self.kind_of(tag);
        let framed = self.frames.len() + levels <= MAX_DEPTH;
        if framed {
            if matches!(kind, Kind::Link { .. }) {
                self.links += 1;
            }
            self.frames.push(Frame::new(kind));
        } else {
            self.notice("nesting is too deep; the innermost levels were flattened");
        }
        self.framed.push(framed);
    }

    /// The frame of a tag, and how many levels it needs below the present one. What cannot nest always fits.
    fn kind_of(&mut self, tag: Tag<'_>) -> (Kind, usize) {
        match tag {
            Tag::Paragraph => (Kind::Paragraph, 0),
            Tag::Heading { level, id, .. } => (
                Kind::Heading {
                    level: level as u8,
                    anchor: id.map(CowStr::into_string),
                },
                0,
            ),
            Tag::BlockQuote(_) => (Kind::Quote, 2),
            Tag::CodeBlock(kind) => (Kind::Code(code(kind)), 0),
            Tag::List(start) => (Kind::List { start }, 3),
            Tag::Item => match self.top().kind {
                Kind::List { .. } => (Kind::Item { task: None }, 0),
                _ => (Kind::Transparent, MAX_DEPTH),
            },
            Tag::Table(aligns) => (
                Kind::Table {
                    aligns: aligns.into_iter().map(align).collect(),
                },
                0,
            ),
            Tag::TableHead => (Kind::Row { header: true }, 0),
            Tag::TableRow => (Kind::Row { header: false }, 0),
            Tag::TableCell => (self.cell(), 0),
            Tag::Emphasis => (Kind::Mark(Mark::Emphasis), 2),
            Tag::Strong => (Kind::Mark(Mark::Strong), 2),
            Tag::Strikethrough => (Kind::Mark(Mark::Strike), 2),
            Tag::Superscript => (Kind::Mark(Mark::Superscript), 2),
            Tag::Subscript => (Kind::Mark(Mark::Subscript), 2),
            Tag::Link {
                link_type: LinkType::Email,
                dest_url,
                ..
            } => (self.link(&format!("mailto:{dest_url}"), ""), 2),
            Tag::Link { dest_url, title, .. } => (self.link(&dest_url, &title), 2),
            Tag::Image { dest_url, title, .. } => {
                if super::address::image_source(&dest_url).is_none() {
                    self.notice("an image without a usable address was left out; its description stays");
                }
                (
                    Kind::Image {
                        url: dest_url.into_string(),
                        title: non_empty(&title),
                    },
                    2,
                )
            }
            _ => (Kind::Transparent, 2),
        }
    }

    fn cell(&self) -> Kind {
        let row = self.frames.len().saturating_sub(1);
        let column = self.frames.get(row).map_or(0, |frame| frame.content.len());
        let header = matches!(
            self.frames.get(row).map(|frame| &frame.kind),
            Some(Kind::Row { header: true })
        );
        let table = row
            .checked_sub(1)
            .and_then(|index| self.frames.get(index))
            .map(|frame| &frame.kind);
        let align = match table {
            Some(Kind::Table { aligns }) => aligns.get(column).copied().flatten(),
            _ => None,
        };
        Kind::Cell { header, align }
    }

    fn link(&mut self, url: &str, title: &str) -> Kind {
        if is_dangerous(url) {
            self.notice("a link whose address could run code was left out; its text stays");
            return Kind::Transparent;
        }
        if self.links > 0 {
            return Kind::Transparent;
        }
        Kind::Link {
            url: url.to_owned(),
            title: non_empty(title),
        }
    }

    fn end(&mut self) {
        if let Some(html) = self.html.take() {
            self.framed.pop();
            self.html_block(&html);
            return;
        }
        if self.framed.pop().unwrap_or(false) {
            self.close_tags();
            self.close_top();
        }
    }

    /// Inline tags that were not closed inside what now ends are text after all.
    fn close_tags(&mut self) {
        while let Some(Kind::Tag { raw, .. }) = self.frames.last().map(|frame| &frame.kind) {
            let raw = raw.clone();
            let content = self.frames.pop().map(|frame| frame.content).unwrap_or_default();
            self.top().text(&raw);
            self.put(content);
        }
    }

    fn close_top(&mut self) {
        if let Some(closed) = self.frames.pop() {
            if matches!(closed.kind, Kind::Link { .. }) {
                self.links = self.links.saturating_sub(1);
            }
            self.put(frame::close(closed));
        }
    }

    fn task(&mut self, done: bool) {
        // In a loose list the marker comes inside the first paragraph of the item.
        let item = self
            .frames
            .iter_mut()
            .rev()
            .find_map(|frame| match &mut frame.kind {
                Kind::Item { task } => Some(task),
                _ => None,
            });
        if let Some(task) = item {
            *task = Some(done);
        }
    }

    fn inline_html(&mut self, html: &str) {
        if html.starts_with("<!--") {
            return;
        }
        let inside = html
            .trim_start_matches('<')
            .trim_end_matches('>')
            .trim_end_matches('/')
            .trim();
        if inside.eq_ignore_ascii_case("br") {
            self.push(Inline::Break);
        } else if let Some(name) = inside.strip_prefix('/') {
            self.end_tag(name.trim(), html);
        } else if let Some((name, mark)) = mark_of(inside).filter(|_| self.frames.len() + 2 <= MAX_DEPTH) {
            self.frames.push(Frame::new(Kind::Tag {
                name,
                mark,
                raw: html.to_owned(),
            }));
        } else {
            self.text(html);
        }
    }

    fn end_tag(&mut self, written: &str, html: &str) {
        let wanted = mark_of(written).map(|(name, _)| name);
        let open = self
            .frames
            .iter()
            .rposition(|frame| !matches!(&frame.kind, Kind::Tag { name, .. } if Some(*name) != wanted));
        let matches = open
            .and_then(|index| self.frames.get(index))
            .map(|frame| &frame.kind);
        let (Some(index), Some(Kind::Tag { .. })) = (open, matches) else {
            self.text(html);
            return;
        };
        // Tags inside that were not closed give way.
        let inner = self.frames.split_off(index + 1);
        for frame in inner {
            if let Kind::Tag { raw, .. } = &frame.kind {
                self.top().text(raw);
            }
            self.put(frame.content);
        }
        self.close_top();
    }

    /// A comment leaves nothing; other HTML is shown as it was written.
    fn html_block(&mut self, html: &str) {
        let html = html.trim();
        if html.starts_with("<!--") && html.ends_with("-->") {
            return;
        }
        self.notice("a block of raw HTML is shown as text");
        self.top().push(Part::Block(Block::Code(Code {
            language: None,
            text: html.to_owned(),
        })));
    }
}

fn mark_of(name: &str) -> Option<(&'static str, Mark)> {
    Some(match name.to_ascii_lowercase().as_str() {
        "b" => ("b", Mark::Strong),
        "strong" => ("strong", Mark::Strong),
        "i" => ("i", Mark::Emphasis),
        "em" => ("em", Mark::Emphasis),
        "s" => ("s", Mark::Strike),
        "del" => ("del", Mark::Strike),
        "u" => ("u", Mark::Underline),
        "ins" => ("ins", Mark::Underline),
        "sub" => ("sub", Mark::Subscript),
        "sup" => ("sup", Mark::Superscript),
        "small" => ("small", Mark::Small),
        _ => return None,
    })
}

/// The first word of an info string is the language.
fn code(kind: CodeBlockKind<'_>) -> Code {
    let language = match kind {
        CodeBlockKind::Indented => None,
        CodeBlockKind::Fenced(info) => info.split([' ', ',', '{', '\t']).next().and_then(non_empty),
    };
    Code {
        language,
        text: String::new(),
    }
}

fn align(alignment: Alignment) -> Option<Align> {
    match alignment {
        Alignment::None | Alignment::Left => None,
        Alignment::Center => Some(Align::Center),
        Alignment::Right => Some(Align::Right),
    }
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
