//! What a Markdown text asks a page to show, and which part of its tree says so.
//!
//! Keys of links and things are made in [`keys`], for both sides.

mod keys;

pub(in crate::convert) use keys::{image_key, is_thing, page_key, sorted, target_key, thing_key, title};
use keys::{key_of, link_key, parameters, spaced, thing_of_link, token_id, token_label};

use super::text::{Marks, Text, Thing, Writer};
use super::{Block, Code, Kind, Start, join_lists};
use crate::convert::read_markdown::TOKEN;
use crate::convert::tree::{self, Division, Inline, Island, Item, Mark, Paragraph, Row};

/// The part of a tree that asks for a block.
#[derive(Clone, Debug)]
pub(in crate::convert) enum Wish<'t> {
    Page,
    Block(&'t tree::Block),
    /// A run of items of one kind.
    List {
        start: Option<u64>,
        items: Vec<&'t Item>,
    },
    Item(&'t Item),
    Row(&'t Row),
    Cell(&'t tree::Cell),
    Decision(&'t [Inline]),
    /// A section or a column, which are never written alone.
    Part,
    Island(&'t Island),
}

/// A block that is asked for.
pub(in crate::convert) type Asked<'t> = Block<Wish<'t>, Option<&'t Inline>>;

/// What the page is asked to show.
pub(in crate::convert) fn read(page: &tree::Page) -> Asked<'_> {
    let mut blocks: Vec<Asked<'_>> = Vec::new();
    for division in &page.divisions {
        match division {
            Division::Flow(flow) => blocks.extend(unjoined(flow)),
            Division::Section(section) => {
                let columns = section
                    .columns
                    .iter()
                    .map(|column| Block::container(Kind::Column, blocks_of(column), Wish::Part));
                let kind = Kind::Section {
                    kind: section.kind.clone().unwrap_or_default(),
                };
                blocks.push(Block::container(kind, columns.collect(), Wish::Part));
            }
            Division::Island(island) => {
                blocks.push(Block::container(
                    Kind::Island(island.storage.clone()),
                    Vec::new(),
                    Wish::Island(island),
                ));
            }
        }
    }
    Block::container(Kind::Page, joined(blocks), Wish::Page)
}

fn joined(blocks: Vec<Asked<'_>>) -> Vec<Asked<'_>> {
    join_lists(blocks, |first, next| {
        if let (Wish::List { items, .. }, Wish::List { items: more, .. }) = (first, next) {
            items.extend(more);
        }
    })
}

fn blocks_of(blocks: &[tree::Block]) -> Vec<Asked<'_>> {
    joined(unjoined(blocks))
}

fn unjoined(blocks: &[tree::Block]) -> Vec<Asked<'_>> {
    let mut asked = Vec::with_capacity(blocks.len());
    for block in blocks {
        block_into(block, &mut asked);
    }
    asked
}

fn block_into<'t>(block: &'t tree::Block, asked: &mut Vec<Asked<'t>>) {
    let wish = Wish::Block(block);
    asked.push(match block {
        tree::Block::Paragraph(Paragraph { content, .. }) | tree::Block::Plain(content) => {
            match paragraph(content, wish) {
                Some(paragraph) => paragraph,
                None => return,
            }
        }
        tree::Block::Heading {
            level,
            anchor,
            content,
        } => {
            let text = text(content);
            if text.is_empty() {
                return;
            }
            let kind = Kind::Heading {
                level: *level,
                anchor: anchor.clone(),
            };
            Block::leaf(kind, text, wish)
        }
        tree::Block::Quote(content) => match blocks_of(content) {
            content if content.is_empty() => return,
            content => Block::container(Kind::Quote, content, wish),
        },
        tree::Block::Alert(alert) => {
            let kind = Kind::Alert {
                kind: alert.kind,
                title: alert.title.as_deref().and_then(title),
            };
            Block::container(kind, blocks_of(&alert.body), wish)
        }
        tree::Block::Code(code) => code_block(code, wish),
        tree::Block::List(list) => {
            let mut number = list.start;
            for run in list.items.chunk_by(|a, b| a.task.is_some() == b.task.is_some()) {
                let tasks = run.first().is_some_and(|item| item.task.is_some());
                let items = run.iter().map(|item| {
                    let kind = Kind::Item { task: item.task };
                    Block::container(kind, blocks_of(&item.content), Wish::Item(item))
                });
                let kind = Kind::List {
                    ordered: list.start.is_some() && !tasks,
                    tasks,
                    start: Start(number.unwrap_or(1)),
                };
                let wish = Wish::List {
                    start: number,
                    items: run.iter().collect(),
                };
                asked.push(Block::container(kind, items.collect(), wish));
                number = number.map(|first| first.saturating_add(run.len() as u64));
            }
            return;
        }
        tree::Block::Decisions(decisions) => {
            let items = decisions
                .iter()
                .map(|content| Block::leaf(Kind::Decision, text(content), Wish::Decision(content)));
            Block::container(Kind::Decisions, items.collect(), wish)
        }
        tree::Block::Table(rows) => {
            let rows = rows.iter().map(|row| {
                let cells = row.cells.iter().map(|cell| {
                    let kind = Kind::Cell {
                        columns: cell.columns.unwrap_or(1),
                        rows: cell.rows.unwrap_or(1),
                    };
                    Block::container(kind, blocks_of(&cell.content), Wish::Cell(cell))
                });
                Block::container(Kind::Row, cells.collect(), Wish::Row(row))
            });
            Block::container(Kind::Table, rows.collect(), wish)
        }
        tree::Block::Rule => Block::container(Kind::Rule, Vec::new(), wish),
        tree::Block::Macro(native) => native_block(native, wish),
        tree::Block::Island(island) => {
            Block::container(Kind::Island(island.storage.clone()), Vec::new(), wish)
        }
    });
}

/// A paragraph; with nothing but a captioned image in it, a figure.
fn paragraph<'t>(content: &'t [Inline], wish: Wish<'t>) -> Option<Asked<'t>> {
    if let [Inline::Image(image)] = content
        && !image.caption.is_empty()
    {
        let caption = plain(&image.caption);
        let image = image_key(&image.source, &spaced(&image.alt), image.title.as_deref());
        let kind = Kind::Figure {
            image,
            markdown: super::Hidden::default(),
        };
        return Some(Block::leaf(kind, caption, wish));
    }
    let text = text(content);
    (!text.is_empty()).then(|| Block::leaf(Kind::Paragraph, text, wish))
}

fn code_block<'t>(code: &'t tree::Code, wish: Wish<'t>) -> Asked<'t> {
    let kind = Kind::Code(Code {
        language: code.language.clone(),
        title: code.title.clone(),
        line_numbers: code.line_numbers || code.first_line.is_some(),
        first_line: code.first_line,
        collapse: code.collapse,
        theme: code.theme.clone(),
    });
    let chars = code.text.strip_suffix('\n').unwrap_or(&code.text).to_owned();
    let end = chars.len();
    let mut text = Text {
        chars,
        verbatim: true,
        ..Text::default()
    };
    if end > 0 {
        text.spans.push(super::text::Span {
            end,
            marks: Marks::default(),
            from: None,
        });
    }
    Block::leaf(kind, text, wish)
}

fn native_block<'t>(native: &'t tree::Macro, wish: Wish<'t>) -> Asked<'t> {
    if native.name == TOKEN && native.body.is_none() {
        let kind = Kind::Token {
            id: token_id(native),
            label: super::Hidden(token_label(native)),
        };
        return Block::container(kind, Vec::new(), wish);
    }
    let (name, parameters) = (native.name.clone(), parameters(native));
    match &native.body {
        Some(body) => Block::container(Kind::Container { name, parameters }, blocks_of(body), wish),
        None => Block::container(Kind::Leaf { name, parameters }, Vec::new(), wish),
    }
}

fn text(content: &[Inline]) -> Text<Option<&Inline>> {
    let mut writer = Writer::new();
    write(content, Marks::default(), &mut writer);
    writer.finish()
}

fn plain(content: &[Inline]) -> Text<Option<&Inline>> {
    let mut writer = Writer::new();
    writer.text(&tree::plain_text(content), Marks::default(), |_, _, _| None);
    writer.finish()
}

fn write<'t>(content: &'t [Inline], marks: Marks, writer: &mut Writer<Option<&'t Inline>>) {
    for inline in content {
        match inline {
            Inline::Text(text) => writer.text(text, marks, |_, _, _| None),
            Inline::Code(text) => writer.text(text, marks.with(Marks::CODE), |_, _, _| None),
            Inline::Break => writer.line_break(None),
            Inline::Mark(mark, content) => write(content, marks.with(bit(*mark)), writer),
            Inline::Link(link) => {
                if let Some(key) = thing_of_link(link) {
                    put(key, marks, inline, writer);
                } else {
                    let number = writer.link(link_key(link));
                    let marks = Marks {
                        link: number,
                        ..marks
                    };
                    write(&link.content, marks, writer);
                }
            }
            inline => put(key_of(inline), marks, inline, writer),
        }
    }
}

fn put<'t>(key: String, marks: Marks, inline: &'t Inline, writer: &mut Writer<Option<&'t Inline>>) {
    let label = match inline {
        Inline::Macro(native) if native.name == TOKEN => token_label(native),
        _ => String::new(),
    };
    let thing = Thing { key, markdown: label };
    writer.thing(thing, marks, Some(inline));
}

/// Colours are not shown, so asking for one changes nothing that can be compared.
fn bit(mark: Mark) -> u16 {
    match mark {
        Mark::Strong => Marks::STRONG,
        Mark::Emphasis => Marks::EMPHASIS,
        Mark::Strike => Marks::STRIKE,
        Mark::Underline => Marks::UNDERLINE,
        Mark::Subscript => Marks::SUBSCRIPT,
        Mark::Superscript => Marks::SUPERSCRIPT,
        Mark::Small => Marks::SMALL,
        Mark::Colour(_) | Mark::Highlight(_) => 0,
    }
}
