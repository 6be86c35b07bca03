//! The events of pulldown-cmark as frames that open and close.

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Tag};

use super::address;
use super::builder::{Builder, Finished};
use super::code_info;
use super::frame::{Kind, Origin, Part};
use super::held::{Entry, Held};
use super::island;
use crate::convert::tree::{AlertKind, Align, Block, Cell, Code, Inline, MAX_DEPTH, Mark};

/// Reads events.
pub(super) struct Reader<'s> {
    builder: Builder<'s>,
    /// For each open tag of pulldown-cmark, whether it has a frame.
    framed: Vec<bool>,
    /// The HTML block that is being collected.
    html: Option<String>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(held: &'s Held) -> Self {
        Self {
            builder: Builder::new(held),
            framed: Vec::new(),
            html: None,
        }
    }

    pub(super) fn builder(&mut self) -> &mut Builder<'s> {
        &mut self.builder
    }

    pub(super) fn finish(self) -> Finished {
        self.builder.finish()
    }

    pub(super) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            // Mathematics are not in the dialect; shown as text should that change.
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.builder.text(&text);
            }
            Event::Code(code) => {
                let code = self.builder.held.restore(&code).into_owned();
                self.builder.inline(Inline::Code(code));
            }
            Event::Html(html) => match &mut self.html {
                Some(block) => block.push_str(&html),
                None => self.builder.html(&html, false),
            },
            Event::InlineHtml(html) => self.builder.html(&html, true),
            Event::SoftBreak => self.builder.literal(" "),
            Event::HardBreak => self.builder.inline(Inline::Break),
            Event::Rule => self.builder.push(Part::Block(Block::Rule)),
            Event::TaskListMarker(done) => self.builder.task(done),
            Event::FootnoteReference(label) => {
                let in_link = self.builder.in_link();
                let reference = self.builder.footnotes.refer(&label, in_link);
                self.builder.inline(reference);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if matches!(tag, Tag::HtmlBlock) {
            self.html = Some(String::new());
            self.framed.push(false);
            return;
        }
        if begins_block(&tag) {
            self.builder.end_paragraph();
        }
        let (kind, levels) = self.kind_of(tag);
        let framed = self.builder.open(kind, Origin::Markdown, levels);
        self.framed.push(framed);
    }

    fn end(&mut self) {
        if let Some(html) = self.html.take() {
            self.framed.pop();
            match Held::block_in(&html) {
                Some(number) => self.builder.with_held(number, Builder::held_block),
                None => self.builder.html(&html, false),
            }
            return;
        }
        if self.framed.pop().unwrap_or(false) {
            match self.builder.take_storage_fence() {
                Some(raw) => self.builder.held_block(&Entry {
                    what: island::whole(&raw),
                    raw,
                }),
                None => self.builder.close_markdown(),
            }
        }
    }

    /// The frame of a tag, and how many levels it needs below the present one. What cannot nest needs none.
    fn kind_of(&mut self, tag: Tag<'_>) -> (Kind, usize) {
        match tag {
            Tag::Paragraph => (Kind::Paragraph, 0),
            Tag::Heading { level, id, .. } => {
                let anchor = id.map(|id| self.builder.held.restore(&id).into_owned());
                (
                    Kind::Heading {
                        level: level as u8,
                        anchor,
                    },
                    0,
                )
            }
            Tag::BlockQuote(None) => (Kind::Quote, 2),
            Tag::BlockQuote(Some(kind)) => (
                Kind::Alert {
                    kind: alert(kind),
                    title: None,
                },
                3,
            ),
            Tag::CodeBlock(kind) => (Kind::Code(self.code(kind)), 0),
            Tag::List(start) => (Kind::List { start }, 3),
            // A list too deep to open has no place for items.
            Tag::Item => match self.builder.top().kind {
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
            Tag::DefinitionListTitle => (Kind::Term, 0),
            Tag::DefinitionListDefinition => (Kind::Definition, 2),
            Tag::FootnoteDefinition(label) => (
                Kind::Footnote {
                    label: label.into_string(),
                },
                3,
            ),
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
                let url = self.builder.held.restore(&dest_url).into_owned();
                self.builder.check_image(&url);
                (
                    Kind::Image {
                        url,
                        title: self.title(&title),
                    },
                    2,
                )
            }
            _ => (Kind::Transparent, 2),
        }
    }

    fn title(&self, title: &str) -> Option<String> {
        (!title.is_empty()).then(|| self.builder.held.restore(title).into_owned())
    }

    fn link(&mut self, url: &str, title: &str) -> Kind {
        let url = self.builder.held.restore(url).into_owned();
        let title = self.title(title);
        self.builder.link(&url, title)
    }

    fn code(&self, kind: CodeBlockKind<'_>) -> Code {
        match kind {
            CodeBlockKind::Indented => Code::default(),
            CodeBlockKind::Fenced(info) => code_info::code(&self.builder.held.restore(&info)),
        }
    }

    /// A cell under its column's heading.
    fn cell(&self) -> Kind {
        let mut frames = self.builder.frames().iter().rev();
        let row = frames.next();
        let column = row.map_or(0, |frame| frame.content.len());
        let header = matches!(row.map(|frame| &frame.kind), Some(Kind::Row { header: true }));
        let align = match frames.next().map(|frame| &frame.kind) {
            Some(Kind::Table { aligns }) => aligns.get(column).copied().flatten(),
            _ => None,
        };
        Kind::Cell(Cell {
            header,
            align,
            ..Cell::default()
        })
    }
}

impl Builder<'_> {
    /// Opens nothing for an address that could run something, nor for a link inside a link; the text stays.
    pub(super) fn link(&mut self, url: &str, title: Option<String>) -> Kind {
        match address::target(url) {
            None => {
                self.notice("a link whose address could run code was left out; its text stays");
                Kind::Transparent
            }
            Some(_) if self.in_link() => Kind::Transparent,
            Some(target) => Kind::Link { target, title },
        }
    }

    pub(super) fn check_image(&mut self, url: &str) {
        match address::image_source(url) {
            None => self.notice("an image without a usable address was left out; its description stays"),
            Some(crate::convert::tree::ImageSource::Attachment(name)) if url.contains('/') => {
                self.notice(format!(
                    "the image {url} is taken from the attachment {name} of the page"
                ));
            }
            Some(_) => {}
        }
    }

    /// In a loose list the marker comes inside the first paragraph of the item.
    pub(super) fn task(&mut self, done: bool) {
        let task = self.innermost(|kind| match kind {
            Kind::Item { task } => Some(task),
            _ => None,
        });
        if let Some(task) = task {
            *task = Some(done);
        }
    }
}

fn begins_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::List(_)
            | Tag::Table(_)
            | Tag::DefinitionList
    )
}

fn alert(kind: BlockQuoteKind) -> AlertKind {
    match kind {
        BlockQuoteKind::Note => AlertKind::Note,
        BlockQuoteKind::Tip => AlertKind::Tip,
        BlockQuoteKind::Important => AlertKind::Important,
        BlockQuoteKind::Warning => AlertKind::Warning,
        BlockQuoteKind::Caution => AlertKind::Caution,
    }
}

pub(in crate::convert) fn align(alignment: Alignment) -> Option<Align> {
    match alignment {
        Alignment::None | Alignment::Left => None,
        Alignment::Center => Some(Align::Center),
        Alignment::Right => Some(Align::Right),
    }
}
