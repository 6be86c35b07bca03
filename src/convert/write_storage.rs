//! Tree to storage. The only place that writes storage: tags are opened and closed by [`Writer::element`], so they
//! balance; names are constants; text and values go through [`super::escape`].

mod code_language;

use super::Flavour;
use super::escape;
use super::tree::{Align, Block, Code, Image, ImageSource, Inline, Item, Link, List, Mark, Row};

/// The storage of a page made of `blocks`.
pub(super) fn write(blocks: &[Block], flavour: Flavour) -> String {
    let mut writer = Writer {
        out: String::new(),
        flavour,
        tasks: 0,
    };
    writer.blocks(blocks);
    writer.out
}

struct Writer {
    out: String,
    flavour: Flavour,
    /// Tasks written so far; Confluence wants each of a page to have a number of its own.
    tasks: u64,
}

type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Writer {
    fn element(&mut self, name: &'static str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.tag(name, attributes);
        self.out.push('>');
        inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.out.push_str(" />");
    }

    fn tag(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            escape::attribute(&mut self.out, value);
            self.out.push('"');
        }
    }

    fn text(&mut self, text: &str) {
        escape::text(&mut self.out, text);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(content) => self.element("p", &[], |w| w.inlines(content)),
            Block::Plain(content) => self.inlines(content),
            Block::Heading {
                level,
                anchor,
                content,
            } => self.element(heading(*level), &[], |w| {
                if let Some(anchor) = anchor {
                    w.structured_macro("anchor", |w| w.parameter("", anchor));
                }
                w.inlines(content);
            }),
            Block::Quote(content) => self.element("blockquote", &[], |w| w.blocks(content)),
            Block::Code(code) => self.code(code),
            Block::List(list) => self.list(list),
            Block::Table(rows) => self.table(rows),
            Block::Rule => self.empty("hr", &[]),
        }
    }

    fn structured_macro(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.element("ac:structured-macro", &[("ac:name", name)], inside);
    }

    fn parameter(&mut self, name: &str, value: &str) {
        self.element("ac:parameter", &[("ac:name", name)], |w| w.text(value));
    }

    fn code(&mut self, code: &Code) {
        let language = code
            .language
            .as_deref()
            .map(|word| code_language::of(word, self.flavour));
        let text = code.text.strip_suffix('\n').unwrap_or(&code.text);
        self.structured_macro("code", |w| {
            if let Some(language) = language {
                w.parameter("language", &language);
            }
            w.element("ac:plain-text-body", &[], |w| escape::cdata(&mut w.out, text));
        });
    }

    /// Runs of tasks and runs of plain items are lists of their own: Confluence cannot mix them.
    fn list(&mut self, list: &List) {
        let mut number = list.start;
        for run in list.items.chunk_by(|a, b| a.task.is_some() == b.task.is_some()) {
            if run.first().is_some_and(|item| item.task.is_some()) {
                self.element("ac:task-list", &[], |w| {
                    for item in run {
                        w.task(item);
                    }
                });
            } else {
                let start = number.filter(|&first| first != 1).map(|first| first.to_string());
                let attributes: Vec<(&'static str, &str)> =
                    start.iter().map(|first| ("start", first.as_str())).collect();
                let name = if number.is_some() { "ol" } else { "ul" };
                self.element(name, &attributes, |w| {
                    for item in run {
                        w.element("li", &[], |w| w.item(item));
                    }
                });
            }
            number = number.map(|first| first.saturating_add(run.len() as u64));
        }
    }

    fn item(&mut self, item: &Item) {
        if item.content.is_empty() {
            self.empty("p", &[]);
        }
        self.blocks(&item.content);
    }

    fn task(&mut self, item: &Item) {
        self.tasks += 1;
        let id = self.tasks.to_string();
        let status = if item.task == Some(true) {
            "complete"
        } else {
            "incomplete"
        };
        self.element("ac:task", &[], |w| {
            w.element("ac:task-id", &[], |w| w.text(&id));
            w.element("ac:task-status", &[], |w| w.text(status));
            w.element("ac:task-body", &[], |w| w.blocks(&item.content));
        });
    }

    fn table(&mut self, rows: &[Row]) {
        self.element("table", &[], |w| {
            w.element("tbody", &[], |w| {
                for row in rows {
                    w.element("tr", &[], |w| w.row(row));
                }
            });
        });
    }

    fn row(&mut self, row: &Row) {
        for cell in &row.cells {
            let style = cell.align.map(|align| match align {
                Align::Center => ("style", "text-align: center;"),
                Align::Right => ("style", "text-align: right;"),
            });
            // Cloud keeps alignment on the paragraph, Data Center on the cell.
            let (outer, inner) = match self.flavour {
                Flavour::Cloud => (None, style),
                Flavour::DataCenter => (style, None),
            };
            let name = if cell.header { "th" } else { "td" };
            self.element(name, outer.as_slice(), |w| match cell.content.as_slice() {
                [] => w.empty("p", inner.as_slice()),
                [Block::Paragraph(content)] => w.element("p", inner.as_slice(), |w| w.inlines(content)),
                content => w.blocks(content),
            });
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text) => self.text(text),
            Inline::Break => self.empty("br", &[]),
            Inline::Code(code) => self.element("code", &[], |w| w.text(code)),
            Inline::Mark(mark, content) => self.element(element_of(*mark), &[], |w| w.inlines(content)),
            Inline::Link(link) => self.link(link),
            Inline::Image(image) => self.image(image),
        }
    }

    fn link(&mut self, link: &Link) {
        let title = link.title.as_deref().map(|title| ("title", title));
        let attributes: Vec<_> = std::iter::once(("href", link.url.as_str()))
            .chain(title)
            .collect();
        self.element("a", &attributes, |w| w.inlines(&link.content));
    }

    fn image(&mut self, image: &Image) {
        let alt = (!image.alt.is_empty()).then_some(("ac:alt", image.alt.as_str()));
        let title = image.title.as_deref().map(|title| ("ac:title", title));
        let attributes: Vec<_> = alt.into_iter().chain(title).collect();
        self.element("ac:image", &attributes, |w| match &image.source {
            ImageSource::Url(url) => w.empty("ri:url", &[("ri:value", url)]),
            ImageSource::Attachment(name) => w.empty("ri:attachment", &[("ri:filename", name)]),
        });
    }
}

fn heading(level: u8) -> &'static str {
    match level {
        0 | 1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}

fn element_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Strong => "strong",
        Mark::Emphasis => "em",
        Mark::Strike => "del",
        Mark::Underline => "u",
        Mark::Subscript => "sub",
        Mark::Superscript => "sup",
        Mark::Small => "small",
    }
}
