//! Blocks: paragraphs, headings, lists, tables.

use super::Writer;
use crate::convert::Flavour;
use crate::convert::tree::{Align, Block, Cell, Inline, Item, List, Paragraph, Row};

impl Writer {
    pub(super) fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    /// Blocks where Confluence wants at least one.
    pub(super) fn some_blocks(&mut self, blocks: &[Block]) {
        if blocks.is_empty() {
            self.empty("p", &[]);
        }
        self.blocks(blocks);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(paragraph) => self.paragraph(paragraph, None),
            Block::Plain(content) => self.inlines(content),
            Block::Heading {
                level,
                anchor,
                content,
            } => self.heading(*level, anchor.as_deref(), content),
            Block::Quote(content) => self.element("blockquote", &[], |w| w.some_blocks(content)),
            Block::Alert(alert) => self.alert(alert),
            Block::Code(code) => self.code(code),
            Block::List(list) => self.list(list),
            Block::Decisions(decisions) => self.decisions(decisions),
            Block::Table(rows) => self.table(rows),
            Block::Rule => self.empty("hr", &[]),
            Block::Macro(native) => self.native(native),
            Block::Island(island) => self.out.push_str(&island.storage),
        }
    }

    /// `align` is what the surroundings say; the paragraph's own wins.
    fn paragraph(&mut self, paragraph: &Paragraph, align: Option<Align>) {
        let indent = paragraph.indented.then_some("margin-left: 30.0px;");
        let align = paragraph.align.or(align).map(declaration);
        let style = [indent, align]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let style = (!style.is_empty()).then_some(("style", style.as_str()));
        if paragraph.content.is_empty() {
            self.empty("p", style.as_slice());
        } else {
            self.element("p", style.as_slice(), |w| w.inlines(&paragraph.content));
        }
    }

    fn heading(&mut self, level: u8, anchor: Option<&str>, content: &[Inline]) {
        let name = match level {
            0 | 1 => "h1",
            2 => "h2",
            3 => "h3",
            4 => "h4",
            5 => "h5",
            _ => "h6",
        };
        self.element(name, &[], |w| {
            if let Some(anchor) = anchor {
                w.anchor(anchor);
            }
            w.inlines(content);
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
                let start = start.as_ref().map(|first| ("start", first.as_str()));
                let name = if number.is_some() { "ol" } else { "ul" };
                self.element(name, start.as_slice(), |w| {
                    for item in run {
                        w.element("li", &[], |w| w.some_blocks(&item.content));
                    }
                });
            }
            number = number.map(|first| first.saturating_add(run.len() as u64));
        }
    }

    fn task(&mut self, item: &Item) {
        self.tasks = self.tasks.saturating_add(1);
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
                    w.element("tr", &[], |w| row.cells.iter().for_each(|cell| w.cell(cell)));
                }
            });
        });
    }

    fn cell(&mut self, cell: &Cell) {
        // Cloud keeps alignment on the paragraph, Data Center on the cell.
        let (outer, inner) = match self.flavour {
            Flavour::Cloud => (None, cell.align),
            Flavour::DataCenter => (cell.align, None),
        };
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
        let name = if cell.header { "th" } else { "td" };
        self.element(name, &attributes, |w| {
            if cell.content.is_empty() {
                w.paragraph(&Paragraph::default(), inner);
            }
            for block in &cell.content {
                match block {
                    Block::Paragraph(paragraph) => w.paragraph(paragraph, inner),
                    block => w.block(block),
                }
            }
        });
    }
}

fn declaration(align: Align) -> &'static str {
    match align {
        Align::Center => "text-align: center;",
        Align::Right => "text-align: right;",
    }
}
