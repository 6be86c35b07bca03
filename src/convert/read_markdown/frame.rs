//! What is open while Markdown is read, and what becomes of it when it closes.
//!
//! Whatever lands inside a frame is kept as [`Part`]s; only on closing is it sorted into the shape the frame needs.
//! So text beside blocks, an item without a list or a block inside emphasis all end as something a tree can hold.

use crate::convert::tree::{
    Align, Block, Cell, Code, Image, Inline, Item, Link, List, Mark, Row, plain_text,
};

/// A piece that has been read, not yet in its place.
pub(super) enum Part {
    Inline(Inline),
    Block(Block),
    Item(Item),
    Row(Row),
    Cell(Cell),
}

/// What is open.
pub(super) enum Kind {
    Document,
    Paragraph,
    Heading {
        level: u8,
        anchor: Option<String>,
    },
    Quote,
    List {
        start: Option<u64>,
    },
    Item {
        task: Option<bool>,
    },
    Table {
        aligns: Vec<Option<Align>>,
    },
    Row {
        header: bool,
    },
    Cell {
        header: bool,
        align: Option<Align>,
    },
    Code(Code),
    Mark(Mark),
    Link {
        url: String,
        title: Option<String>,
    },
    Image {
        url: String,
        title: Option<String>,
    },
    /// An inline tag as it was written. Without its end tag it stays text.
    Tag {
        name: &'static str,
        mark: Mark,
        raw: String,
    },
    /// Something that leaves no trace of itself, only of what is in it.
    Transparent,
}

/// An open construct with what has been read of it.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) content: Vec<Part>,
}

impl Frame {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            content: Vec::new(),
        }
    }

    /// Adds a piece; neighbouring text becomes one text.
    pub(super) fn push(&mut self, part: Part) {
        if let (Some(Part::Inline(Inline::Text(before))), Part::Inline(Inline::Text(text))) =
            (self.content.last_mut(), &part)
        {
            before.push_str(text);
            return;
        }
        self.content.push(part);
    }

    pub(super) fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.push(Part::Inline(Inline::Text(text.to_owned())));
        }
    }
}

/// The parts as blocks; runs of inlines are wrapped.
pub(super) fn blocks(parts: Vec<Part>, wrap: fn(Vec<Inline>) -> Block) -> Vec<Block> {
    let mut sorted = Sorted {
        blocks: Vec::new(),
        run: Vec::new(),
        wrap,
    };
    for part in parts {
        match part {
            Part::Inline(inline) => sorted.run.push(inline),
            Part::Block(block) => sorted.block(block),
            Part::Item(item) => sorted.block(Block::List(List {
                start: None,
                items: vec![item],
            })),
            Part::Row(row) => sorted.block(Block::Table(vec![row])),
            Part::Cell(cell) => cell.content.into_iter().for_each(|block| sorted.block(block)),
        }
    }
    sorted.end_run();
    sorted.blocks
}

struct Sorted {
    blocks: Vec<Block>,
    run: Vec<Inline>,
    wrap: fn(Vec<Inline>) -> Block,
}

impl Sorted {
    fn block(&mut self, block: Block) {
        self.end_run();
        self.blocks.push(block);
    }

    fn end_run(&mut self) {
        let run = trimmed(std::mem::take(&mut self.run));
        if !run.is_empty() {
            self.blocks.push((self.wrap)(run));
        }
    }
}

/// The parts as running text; blocks are put on lines of their own.
pub(super) fn inlines(parts: Vec<Part>) -> Vec<Inline> {
    let mut run = Vec::new();
    for part in parts {
        match part {
            Part::Inline(inline) => run.push(inline),
            other => {
                for block in blocks(vec![other], Block::Plain) {
                    flatten(block, &mut run);
                }
            }
        }
    }
    trimmed(run)
}

fn flatten(block: Block, run: &mut Vec<Inline>) {
    let all = |blocks: Vec<Block>, run: &mut Vec<Inline>| blocks.into_iter().for_each(|b| flatten(b, run));
    match block {
        Block::Paragraph(content) | Block::Plain(content) | Block::Heading { content, .. } => {
            if !run.is_empty() {
                run.push(Inline::Break);
            }
            run.extend(content);
        }
        Block::Quote(content) => all(content, run),
        Block::Code(code) => run.push(Inline::Code(code.text)),
        Block::List(list) => list.items.into_iter().for_each(|item| all(item.content, run)),
        Block::Table(rows) => {
            for cell in rows.into_iter().flat_map(|row| row.cells) {
                all(cell.content, run);
            }
        }
        Block::Rule => {}
    }
}

/// Without white space and breaks at either end.
fn trimmed(mut run: Vec<Inline>) -> Vec<Inline> {
    loop {
        match run.last_mut() {
            Some(Inline::Break) => {}
            Some(Inline::Text(text)) => {
                text.truncate(text.trim_end_matches([' ', '\n', '\t']).len());
                if !text.is_empty() {
                    break;
                }
            }
            _ => break,
        }
        run.pop();
    }
    let mut start = 0;
    while let Some(first) = run.get_mut(start) {
        match first {
            Inline::Break => {}
            Inline::Text(text) => {
                let blank = text.len() - text.trim_start_matches([' ', '\n', '\t']).len();
                text.drain(..blank);
                if !text.is_empty() {
                    break;
                }
            }
            _ => break,
        }
        start += 1;
    }
    run.drain(..start);
    run
}

/// What a closed frame leaves in the one around it.
pub(super) fn close(frame: Frame) -> Vec<Part> {
    let Frame { kind, content } = frame;
    let one = |block| vec![Part::Block(block)];
    match kind {
        Kind::Document | Kind::Transparent => content,
        Kind::Paragraph => blocks(content, Block::Paragraph)
            .into_iter()
            .map(Part::Block)
            .collect(),
        Kind::Heading { level, anchor } => one(Block::Heading {
            level,
            anchor,
            content: inlines(content),
        }),
        Kind::Quote => one(Block::Quote(blocks(content, Block::Paragraph))),
        Kind::List { start } => one(Block::List(List {
            start,
            items: items(content),
        })),
        Kind::Item { task } => vec![Part::Item(Item {
            task,
            content: blocks(content, Block::Plain),
        })],
        Kind::Table { .. } => one(Block::Table(rows(content))),
        Kind::Row { header } => vec![Part::Row(Row {
            cells: cells(content, header),
        })],
        Kind::Cell { header, align } => {
            vec![Part::Cell(Cell {
                header,
                align,
                content: blocks(content, Block::Paragraph),
            })]
        }
        Kind::Code(code) => one(Block::Code(code)),
        Kind::Mark(mark) | Kind::Tag { mark, .. } => marked(mark, content),
        Kind::Link { url, title } => {
            vec![Part::Inline(Inline::Link(Link {
                url,
                title,
                content: inlines(content),
            }))]
        }
        Kind::Image { url, title } => image(&url, title, &inlines(content)),
    }
}

fn items(parts: Vec<Part>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for part in parts {
        match part {
            Part::Item(item) => items.push(item),
            other => items.push(Item {
                task: None,
                content: blocks(vec![other], Block::Plain),
            }),
        }
    }
    items
}

fn rows(parts: Vec<Part>) -> Vec<Row> {
    parts
        .into_iter()
        .map(|part| match part {
            Part::Row(row) => row,
            other => Row {
                cells: cells(vec![other], false),
            },
        })
        .collect()
}

fn cells(parts: Vec<Part>, header: bool) -> Vec<Cell> {
    parts
        .into_iter()
        .map(|part| match part {
            Part::Cell(cell) => cell,
            other => Cell {
                header,
                align: None,
                content: blocks(vec![other], Block::Paragraph),
            },
        })
        .collect()
}

/// A mark around blocks is dropped, since the blocks cannot carry it; around text it stays.
fn marked(mark: Mark, parts: Vec<Part>) -> Vec<Part> {
    let (mut done, mut run) = (Vec::new(), Vec::new());
    let end = |run: &mut Vec<Inline>, done: &mut Vec<Part>| {
        if !run.is_empty() {
            done.push(Part::Inline(Inline::Mark(mark, std::mem::take(run))));
        }
    };
    for part in parts {
        match part {
            Part::Inline(inline) => run.push(inline),
            other => {
                end(&mut run, &mut done);
                done.push(other);
            }
        }
    }
    end(&mut run, &mut done);
    done
}

fn image(url: &str, title: Option<String>, alt: &[Inline]) -> Vec<Part> {
    let alt = plain_text(alt);
    let inline = match super::address::image_source(url) {
        Some(source) => Inline::Image(Image { source, alt, title }),
        None => Inline::Text(alt),
    };
    vec![Part::Inline(inline)]
}
