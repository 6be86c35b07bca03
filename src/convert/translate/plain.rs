//! Blocks of plain Markdown, from events to storage without a tree: paragraphs, headings, quotes, lists, tables and
//! code, with marks, links and code in them.
//!
//! Only what means the same wherever it stands is written here. Whatever needs a second look (HTML, images, things of
//! Confluence, an empty mark, white space at the edge of a text, a link to a heading) makes [`write()`] give up, and the
//! block is read into a tree, which knows all the rules. What a construct looks like in storage is the writer's to
//! know, for both.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag};

use crate::convert::read_markdown::{Places, align, code, is_web, settled};
use crate::convert::tree::{Code, Mark, plain_text};
use crate::convert::write_storage::Writer;

/// The deepest block that is written here. A tree may be deeper, and says where it was flattened.
const MAX_DEPTH: usize = 16;

/// What is cut off at the edges of running text.
const SPACE: [char; 4] = [' ', '\n', '\t', '\r'];

/// Writes the block that these events are, or nothing.
pub(super) fn write(events: &[Event<'_>], writer: &mut Writer, places: &mut Places) -> bool {
    let reached = writer.reached();
    let mut plain = Plain {
        events,
        text: String::new(),
        headings: Vec::new(),
        heading: None,
        depth: 0,
        in_link: false,
    };
    let written = plain.block(writer).filter(|()| plain.events.is_empty());
    if written.is_none() {
        writer.back_to(&reached);
        return false;
    }
    for heading in plain.headings {
        places.note_heading(&heading);
    }
    true
}

/// Goes through the events of a block. Every method takes what it is named after, or gives up.
struct Plain<'b, 'e> {
    /// Those that are left.
    events: &'b [Event<'e>],
    /// Running text that is not written yet: it may come in several events.
    text: String,
    headings: Vec<String>,
    /// The text of the heading that is open.
    heading: Option<String>,
    depth: usize,
    in_link: bool,
}

impl<'b, 'e> Plain<'b, 'e> {
    fn next(&mut self) -> Option<&'b Event<'e>> {
        let (first, rest) = self.events.split_first()?;
        self.events = rest;
        Some(first)
    }

    /// Takes the end of something, if it is there.
    fn end(&mut self) -> Option<()> {
        match self.next()? {
            Event::End(_) => Some(()),
            _ => None,
        }
    }

    fn at_end(&self) -> bool {
        matches!(self.events, [Event::End(_), ..])
    }

    fn at_block(&self) -> bool {
        matches!(
            self.events,
            [
                Event::Rule
                    | Event::Start(
                        Tag::Paragraph
                            | Tag::Heading { .. }
                            | Tag::BlockQuote(_)
                            | Tag::CodeBlock(_)
                            | Tag::List(_)
                            | Tag::Table(_)
                    ),
                ..
            ]
        )
    }

    // --- blocks ---

    fn block(&mut self, w: &mut Writer) -> Option<()> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        match self.next()? {
            Event::Rule => w.rule(),
            Event::Start(Tag::Paragraph) => w.paragraph(None, |w| self.whole_run(w))?,
            Event::Start(Tag::Heading { level, id: None, .. }) => {
                self.heading = Some(String::new());
                w.heading(*level as u8, |w| self.whole_run(w))?;
                self.headings.extend(self.heading.take());
            }
            Event::Start(Tag::BlockQuote(None)) => w.quote(|w| self.quoted(w))?,
            Event::Start(Tag::CodeBlock(kind)) => self.code(kind, w)?,
            Event::Start(Tag::List(start)) => self.list(*start, w)?,
            Event::Start(Tag::Table(aligns)) => w.table(|w| self.rows(aligns, w))?,
            _ => return None,
        }
        self.depth -= 1;
        Some(())
    }

    fn quoted(&mut self, w: &mut Writer) -> Option<()> {
        if self.at_end() {
            w.no_block();
        }
        while !self.at_end() {
            self.block(w)?;
        }
        self.end()
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>, w: &mut Writer) -> Option<()> {
        let mut block = match kind {
            CodeBlockKind::Indented => Code::default(),
            CodeBlockKind::Fenced(info) => code(unmarked(info)?),
        };
        // Storage its author wrote as storage.
        if block.language.as_deref() == Some("storage") {
            return None;
        }
        while let [Event::Text(text), ..] = self.events {
            block.text.push_str(unmarked(text)?);
            self.next();
        }
        w.code(&block);
        self.end()
    }

    // --- lists ---

    fn list(&mut self, start: Option<u64>, w: &mut Writer) -> Option<()> {
        let mut number = start;
        while !self.at_end() {
            let items = if self.task().is_some() {
                w.task_list(|w| self.tasks(w))?
            } else {
                w.item_list(number, |w| self.items(w))?
            };
            number = number.map(|first| first.saturating_add(items));
        }
        self.end()
    }

    /// Whether the item that comes next is a task, and done.
    fn task(&self) -> Option<bool> {
        match self.events {
            [Event::Start(Tag::Item), Event::TaskListMarker(done), ..]
            | [
                Event::Start(Tag::Item),
                Event::Start(Tag::Paragraph),
                Event::TaskListMarker(done),
                ..,
            ] => Some(*done),
            _ => None,
        }
    }

    /// Tasks that follow one another; returns how many.
    fn tasks(&mut self, w: &mut Writer) -> Option<u64> {
        let mut count = 0;
        while let Some(done) = self.task() {
            self.next()?;
            w.task(done, |w| {
                // In a loose list the marker is in the paragraph.
                if let Event::Start(_) = self.next()? {
                    self.next()?;
                    w.paragraph(None, |w| self.whole_run(w))?;
                }
                self.item(w)
            })?;
            count += 1;
        }
        Some(count)
    }

    fn items(&mut self, w: &mut Writer) -> Option<u64> {
        let mut count = 0;
        while !self.at_end() && self.task().is_none() {
            let Event::Start(Tag::Item) = self.next()? else {
                return None;
            };
            w.item(|w| {
                if self.at_end() {
                    w.no_block();
                }
                self.item(w)
            })?;
            count += 1;
        }
        Some(count)
    }

    /// The rest of an item: blocks, and running text that is no paragraph of its own.
    fn item(&mut self, w: &mut Writer) -> Option<()> {
        while !self.at_end() {
            if self.at_block() {
                self.block(w)?;
            } else {
                self.edged_run(w)?;
            }
        }
        self.end()
    }

    // --- tables ---

    fn rows(&mut self, aligns: &[Alignment], w: &mut Writer) -> Option<()> {
        while !self.at_end() {
            let header = match self.next()? {
                Event::Start(Tag::TableHead) => true,
                Event::Start(Tag::TableRow) => false,
                _ => return None,
            };
            w.row(|w| self.cells(aligns, header, w))?;
        }
        self.end()
    }

    fn cells(&mut self, aligns: &[Alignment], header: bool, w: &mut Writer) -> Option<()> {
        let mut column = 0;
        while !self.at_end() {
            let Event::Start(Tag::TableCell) = self.next()? else {
                return None;
            };
            let align = aligns.get(column).copied().and_then(align);
            w.cell(header, align, |w, align| {
                if self.at_end() {
                    w.empty_paragraph(align);
                    self.end()
                } else {
                    w.paragraph(align, |w| self.whole_run(w))
                }
            })?;
            column += 1;
        }
        // A row without cells is none.
        self.end().filter(|()| column > 0)
    }

    // --- running text ---

    /// All there is up to the end of a paragraph or the like.
    fn whole_run(&mut self, w: &mut Writer) -> Option<()> {
        self.edged_run(w)?;
        self.end()
    }

    /// Running text that stands alone. There is some, with no white space at its edges, which would be cut off.
    fn edged_run(&mut self, w: &mut Writer) -> Option<()> {
        self.run(true, w).map(|_| ())
    }

    /// The inside of a mark or link. There is something to be seen, or else there would be no mark.
    fn marked(&mut self, w: &mut Writer) -> Option<()> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let is_seen = self.run(false, w)?;
        self.depth -= 1;
        self.end().filter(|()| is_seen)
    }

    /// Running text up to a block or to the end of what it is in; returns whether there is something to be seen.
    fn run(&mut self, edged: bool, w: &mut Writer) -> Option<bool> {
        let (mut at_edge, mut after_break, mut is_seen) = (edged, false, false);
        loop {
            match self.events.first()? {
                Event::Text(text) => self.text.push_str(unmarked(text)?),
                Event::SoftBreak => self.text.push(' '),
                Event::End(_) => break,
                _ if self.at_block() => break,
                event => {
                    after_break = matches!(event, Event::HardBreak);
                    let is_cut = if self.text.is_empty() {
                        after_break
                    } else {
                        self.text.starts_with(SPACE)
                    };
                    if at_edge && is_cut {
                        return None;
                    }
                    self.end_text(w)?;
                    self.next();
                    self.other(event, w)?;
                    (at_edge, is_seen) = (false, true);
                    continue;
                }
            }
            self.next();
        }
        let is_cut = if self.text.is_empty() {
            at_edge || after_break
        } else {
            self.text.ends_with(SPACE) || (at_edge && self.text.starts_with(SPACE))
        };
        if edged && is_cut {
            return None;
        }
        Some(self.end_text(w)? || is_seen)
    }

    /// Writes the text that has come so far; returns whether it is more than white space.
    fn end_text(&mut self, w: &mut Writer) -> Option<bool> {
        match settled(&self.text, !self.in_link) {
            None => {
                if let Some(heading) = &mut self.heading {
                    heading.push_str(&self.text);
                }
                w.text(&self.text);
            }
            // A link may show its own address, which stays as it is.
            Some(_) if self.in_link => return None,
            Some(run) => {
                if let Some(heading) = &mut self.heading {
                    heading.push_str(&plain_text(&run));
                }
                w.inlines(&run);
            }
        }
        let is_seen = !self.text.trim().is_empty();
        self.text.clear();
        Some(is_seen)
    }

    /// What is in running text and no text.
    fn other(&mut self, event: &Event<'_>, w: &mut Writer) -> Option<()> {
        match event {
            Event::Code(code) => {
                let code = unmarked(code)?;
                if let Some(heading) = &mut self.heading {
                    heading.push_str(code);
                }
                w.inline_code(code);
            }
            Event::HardBreak => {
                if let Some(heading) = &mut self.heading {
                    heading.push(' ');
                }
                w.line_break();
            }
            Event::Start(Tag::Strong) => w.marked(Mark::Strong, |w| self.marked(w))?,
            Event::Start(Tag::Emphasis) => w.marked(Mark::Emphasis, |w| self.marked(w))?,
            Event::Start(Tag::Strikethrough) => w.marked(Mark::Strike, |w| self.marked(w))?,
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            }) => {
                let (url, title) = (unmarked(dest_url)?, unmarked(title)?);
                let is_plain = *link_type != LinkType::Email && !url.starts_with('#') && is_web(url);
                if self.in_link || !is_plain {
                    return None;
                }
                self.in_link = true;
                let title = Some(title).filter(|title| !title.is_empty());
                w.web_link(url, title, |w| self.marked(w))?;
                self.in_link = false;
            }
            _ => return None,
        }
        Some(())
    }
}

/// A text in which nothing stands for something else: such marks are control characters.
fn unmarked(text: &str) -> Option<&str> {
    let is_marked = text.bytes().any(|byte| byte < b'\t');
    (!is_marked).then_some(text)
}
