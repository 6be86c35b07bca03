//! Parts into the shape that is needed: blocks, running text, items, rows, cells, columns.

use super::frame::Part;
use crate::convert::tree::{Block, Cell, Inline, Item, List, Mark, Paragraph, Row};

/// Running text as a paragraph.
pub(super) fn paragraph(content: Vec<Inline>) -> Block {
    Block::Paragraph(Paragraph {
        content,
        ..Paragraph::default()
    })
}

/// The parts as blocks; runs of inlines are wrapped.
pub(super) fn blocks(parts: Vec<Part>, wrap: fn(Vec<Inline>) -> Block) -> Vec<Block> {
    if parts.iter().all(|part| matches!(part, Part::Inline(_))) {
        let run = inlines(parts);
        return if run.is_empty() {
            Vec::new()
        } else {
            vec![wrap(run)]
        };
    }
    let mut sorted = Sorted {
        blocks: Vec::new(),
        run: Vec::new(),
        wrap,
    };
    for part in parts {
        match part {
            Part::Inline(inline) => sorted.run.push(inline),
            Part::Block(block) => sorted.add([block]),
            Part::Item(item) => sorted.item(item),
            Part::Row(row) => sorted.row(row),
            Part::Cell(cell) => sorted.add(cell.content),
            Part::Summary(content) => sorted.add([paragraph(vec![Inline::Mark(Mark::Strong, content)])]),
            Part::Section(section) => sorted.add(section.columns.into_iter().flatten()),
            Part::Column(content) => sorted.add(content),
            Part::Top(island) => sorted.add([Block::Island(island)]),
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
    fn add(&mut self, blocks: impl IntoIterator<Item = Block>) {
        self.end_run();
        self.blocks.extend(blocks);
    }

    fn end_run(&mut self) {
        let run = trimmed(std::mem::take(&mut self.run));
        if !run.is_empty() {
            self.blocks.push((self.wrap)(run));
        }
    }

    /// Items that have lost their list get one together.
    fn item(&mut self, item: Item) {
        self.end_run();
        match self.blocks.last_mut() {
            Some(Block::List(List { start: None, items })) => items.push(item),
            _ => self.blocks.push(Block::List(List {
                start: None,
                items: vec![item],
            })),
        }
    }

    fn row(&mut self, row: Row) {
        self.end_run();
        match self.blocks.last_mut() {
            Some(Block::Table(rows)) => rows.push(row),
            _ => self.blocks.push(Block::Table(vec![row])),
        }
    }
}

/// The parts as running text; blocks are put on lines of their own.
pub(super) fn inlines(parts: Vec<Part>) -> Vec<Inline> {
    let mut run = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Part::Inline(inline) => run.push(inline),
            other => flatten_all(blocks(vec![other], Block::Plain), &mut run),
        }
    }
    trimmed(run)
}

fn flatten_all(blocks: Vec<Block>, run: &mut Vec<Inline>) {
    for block in blocks {
        flatten(block, run);
    }
}

fn flatten(block: Block, run: &mut Vec<Inline>) {
    let own_line = |run: &mut Vec<Inline>, content: Vec<Inline>| {
        if !run.is_empty() {
            run.push(Inline::Break);
        }
        run.extend(content);
    };
    match block {
        Block::Paragraph(Paragraph { content, .. })
        | Block::Plain(content)
        | Block::Heading { content, .. } => {
            own_line(run, content);
        }
        Block::Quote(content) => flatten_all(content, run),
        Block::Alert(alert) => flatten_all(alert.body, run),
        Block::Code(code) => own_line(run, vec![Inline::Code(code.text)]),
        Block::List(list) => list
            .items
            .into_iter()
            .for_each(|item| flatten_all(item.content, run)),
        Block::Decisions(decisions) => decisions.into_iter().for_each(|decision| own_line(run, decision)),
        Block::Table(rows) => {
            for cell in rows.into_iter().flat_map(|row| row.cells) {
                flatten_all(cell.content, run);
            }
        }
        Block::Macro(native) if native.body.is_none() => run.push(Inline::Macro(native)),
        Block::Macro(native) => flatten_all(native.body.unwrap_or_default(), run),
        Block::Rule | Block::Island(_) => {}
    }
}

/// Without white space and breaks at either end.
pub(super) fn trimmed(mut run: Vec<Inline>) -> Vec<Inline> {
    const SPACE: [char; 4] = [' ', '\n', '\t', '\r'];
    while let Some(last) = run.last_mut() {
        match last {
            Inline::Break => {}
            Inline::Text(text) => {
                text.truncate(text.trim_end_matches(SPACE).len());
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
                let blank = text.len() - text.trim_start_matches(SPACE).len();
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

/// The parts as items; what is between items becomes one.
pub(super) fn items(parts: Vec<Part>) -> Vec<Item> {
    let (mut items, mut between) = (Vec::new(), Vec::new());
    for part in parts {
        if let Part::Item(item) = part {
            items.extend(stray_item(&mut between));
            items.push(item);
        } else {
            between.push(part);
        }
    }
    items.extend(stray_item(&mut between));
    items
}

fn stray_item(between: &mut Vec<Part>) -> Option<Item> {
    let content = blocks(std::mem::take(between), Block::Plain);
    (!content.is_empty()).then_some(Item { task: None, content })
}

/// The parts as rows; what is between rows becomes one.
pub(super) fn rows(parts: Vec<Part>) -> Vec<Row> {
    let (mut rows, mut between) = (Vec::new(), Vec::new());
    for part in parts {
        if let Part::Row(row) = part {
            rows.push(Row {
                cells: cells(std::mem::take(&mut between), false),
            });
            rows.push(row);
        } else {
            between.push(part);
        }
    }
    rows.push(Row {
        cells: cells(between, false),
    });
    rows.retain(|row| !row.cells.is_empty());
    rows
}

/// The parts as cells; what is between cells becomes one.
pub(super) fn cells(parts: Vec<Part>, header: bool) -> Vec<Cell> {
    let (mut cells, mut between) = (Vec::new(), Vec::new());
    let stray = |between: &mut Vec<Part>| {
        let content = blocks(std::mem::take(between), paragraph);
        (!content.is_empty()).then(|| Cell {
            header,
            content,
            ..Cell::default()
        })
    };
    for part in parts {
        if let Part::Cell(cell) = part {
            cells.extend(stray(&mut between));
            cells.push(cell);
        } else {
            between.push(part);
        }
    }
    cells.extend(stray(&mut between));
    cells
}

/// The parts as columns; what is between columns becomes one.
pub(super) fn columns(parts: Vec<Part>) -> Vec<Vec<Block>> {
    let (mut columns, mut between) = (Vec::new(), Vec::new());
    for part in parts {
        if let Part::Column(content) = part {
            columns.push(blocks(std::mem::take(&mut between), paragraph));
            columns.push(if content.is_empty() {
                vec![paragraph(Vec::new())]
            } else {
                content
            });
        } else {
            between.push(part);
        }
    }
    columns.push(blocks(between, paragraph));
    columns.retain(|column| !column.is_empty());
    columns
}
