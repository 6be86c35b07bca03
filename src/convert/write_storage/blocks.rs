//! Blocks: paragraphs, headings, lists, tables.

use super::Writer;
use crate::convert::Flavour;
use crate::convert::tree::{Align, Block, Cell, List, Paragraph};

impl Writer {
    pub(in crate::convert) fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    /// Blocks where Confluence wants at least one.
    pub(super) fn some_blocks(&mut self, blocks: &[Block]) {
        if blocks.is_empty() {
            self.no_block();
        }
        self.blocks(blocks);
    }

    /// What stands where Confluence wants a block and there is none.
    pub(in crate::convert) fn no_block(&mut self) {
        self.empty("p", &[]);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(paragraph) => self.aligned_paragraph(paragraph, None),
            Block::Plain(content) => self.inlines(content),
            Block::Heading {
                level,
                anchor,
                content,
            } => self.heading(*level, |w| {
                if let Some(anchor) = anchor {
                    w.anchor(anchor);
                }
                w.inlines(content);
            }),
            Block::Quote(content) => self.quote(|w| w.some_blocks(content)),
            Block::Alert(alert) => self.alert(alert),
            Block::Code(code) => self.code(code),
            Block::List(list) => self.list(list),
            Block::Decisions(decisions) => self.decisions(decisions),
            Block::Table(rows) => self.table(|w| {
                for row in rows {
                    w.row(|w| row.cells.iter().for_each(|cell| w.cell_of_tree(cell)));
                }
            }),
            Block::Rule => self.rule(),
            Block::Macro(native) => self.native(native),
            Block::Island(island) => self.out.push_str(&island.storage),
        }
    }

    pub(in crate::convert) fn rule(&mut self) {
        self.empty("hr", &[]);
    }

    pub(in crate::convert) fn quote<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.element("blockquote", &[], inside)
    }

    pub(in crate::convert) fn paragraph<T>(
        &mut self,
        align: Option<Align>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.element("p", style(false, align).as_slice(), inside)
    }

    pub(in crate::convert) fn empty_paragraph(&mut self, align: Option<Align>) {
        self.empty("p", style(false, align).as_slice());
    }

    /// `align` is what the surroundings say; the paragraph's own wins.
    fn aligned_paragraph(&mut self, paragraph: &Paragraph, align: Option<Align>) {
        let style = style(paragraph.indented, paragraph.align.or(align));
        if paragraph.content.is_empty() {
            self.empty("p", style.as_slice());
        } else {
            self.element("p", style.as_slice(), |w| w.inlines(&paragraph.content));
        }
    }

    pub(in crate::convert) fn heading<T>(&mut self, level: u8, inside: impl FnOnce(&mut Self) -> T) -> T {
        let name = match level {
            0 | 1 => "h1",
            2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            _ => "h6",
        };
        self.element(name, &[], inside)
    }

    /// Runs of tasks and runs of plain items are lists of their own: Confluence cannot mix them.
    fn list(&mut self, list: &List) {
        let mut number = list.start;
        for run in list.items.chunk_by(|a, b| a.task.is_some() == b.task.is_some()) {
            if run.first().is_some_and(|item| item.task.is_some()) {
                self.task_list(|w| {
                    for item in run {
                        w.task(item.task == Some(true), |w| w.blocks(&item.content));
                    }
                });
            } else {
                self.item_list(number, |w| {
                    for item in run {
                        w.item(|w| w.some_blocks(&item.content));
                    }
                });
            }
            number = number.map(|first| first.saturating_add(run.len() as u64));
        }
    }

    /// A list of plain items; `number` is that of the first where they have one.
    pub(in crate::convert) fn item_list<T>(
        &mut self,
        number: Option<u64>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let start = number.filter(|&first| first != 1).map(|first| first.to_string());
        let start = start.as_ref().map(|first| ("start", first.as_str()));
        let name = if number.is_some() { "ol" } else { "ul" };
        self.element(name, start.as_slice(), inside)
    }

    pub(in crate::convert) fn item<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.element("li", &[], inside)
    }

    pub(in crate::convert) fn task_list<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.element("ac:task-list", &[], inside)
    }

    pub(in crate::convert) fn task<T>(&mut self, done: bool, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.tasks = self.tasks.saturating_add(1);
        let id = self.tasks.to_string();
        let status = if done { "complete" } else { "incomplete" };
        self.element("ac:task", &[], |w| {
            w.element("ac:task-id", &[], |w| w.text(&id));
            w.element("ac:task-status", &[], |w| w.text(status));
            w.element("ac:task-body", &[], inside)
        })
    }

    pub(in crate::convert) fn table<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.element("table", &[], |w| w.element("tbody", &[], inside))
    }

    pub(in crate::convert) fn row<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.element("tr", &[], inside)
    }

    /// A cell with one paragraph, whose alignment `inside` is told: Cloud keeps it there, Data Center on the cell.
    pub(in crate::convert) fn cell<T>(
        &mut self,
        header: bool,
        align: Option<Align>,
        inside: impl FnOnce(&mut Self, Option<Align>) -> T,
    ) -> T {
        let cell = Cell {
            header,
            align,
            ..Cell::default()
        };
        self.spanning_cell(&cell, inside)
    }

    fn cell_of_tree(&mut self, cell: &Cell) {
        self.spanning_cell(cell, |w, align| {
            if cell.content.is_empty() {
                w.empty_paragraph(align);
            }
            for block in &cell.content {
                match block {
                    Block::Paragraph(paragraph) => w.aligned_paragraph(paragraph, align),
                    block => w.block(block),
                }
            }
        });
    }

    fn spanning_cell<T>(&mut self, cell: &Cell, inside: impl FnOnce(&mut Self, Option<Align>) -> T) -> T {
        let (outer, inner) = match self.flavour {
            Flavour::Cloud => (None, cell.align),
            Flavour::DataCenter => (cell.align, None),
        };
        let name = if cell.header { "th" } else { "td" };
        if let (None, None) = (cell.columns, cell.rows) {
            let style = style(false, outer);
            return self.element(name, style.as_slice(), |w| inside(w, inner));
        }
        let columns = cell.columns.map(|span| span.to_string());
        let rows = cell.rows.map(|span| span.to_string());
        let attributes: Vec<(&'static str, &str)> = [
            columns.as_ref().map(|span| ("colspan", span.as_str())),
            rows.as_ref().map(|span| ("rowspan", span.as_str())),
            outer.map(|align| ("style", declaration(align))),
        ]
        .into_iter()
        .flatten()
        .collect();
        self.element(name, &attributes, |w| inside(w, inner))
    }
}

/// The style of a paragraph, or of the cell around it, where it has one.
fn style(indented: bool, align: Option<Align>) -> Option<(&'static str, &'static str)> {
    let style = match (indented, align) {
        (false, None) => return None,
        (false, Some(align)) => declaration(align),
        (true, None) => "margin-left: 30.0px;",
        (true, Some(Align::Center)) => "margin-left: 30.0px; text-align: center;",
        (true, Some(Align::Right)) => "margin-left: 30.0px; text-align: right;",
    };
    Some(("style", style))
}

fn declaration(align: Align) -> &'static str {
    match align {
        Align::Center => "text-align: center;",
        Align::Right => "text-align: right;",
    }
}
