//! Tables: with pipes where they can be drawn so, in HTML with Markdown in the cells elsewhere.

use super::{Context, Emitter};
use crate::convert::shown::Kind;
use crate::convert::shown::of_storage::Shown;

impl Emitter<'_, '_> {
    pub(super) fn table(&mut self, table: &Shown) {
        let columns = table.children.first().map_or(0, |row| row.children.len());
        let is_simple = columns > 0
            && table.children.iter().all(|row| {
                row.children.len() == columns
                    && row.children.iter().all(|cell| {
                        cell.kind == Kind::Cell { columns: 1, rows: 1 }
                            && match cell.children.as_slice() {
                                [] => true,
                                [only] => matches!(only.kind, Kind::Paragraph),
                                _ => false,
                            }
                    })
            });
        if is_simple {
            self.pipes(table, columns);
        } else {
            self.html(table);
        }
    }

    fn pipes(&mut self, table: &Shown, columns: usize) {
        for (index, row) in table.children.iter().enumerate() {
            if index > 0 {
                self.line();
            }
            self.out.push('|');
            for cell in &row.children {
                self.out.push(' ');
                if let Some(paragraph) = cell.children.first() {
                    self.text(paragraph, Context::Cell);
                    self.out.push(' ');
                }
                self.out.push('|');
            }
            if index == 0 {
                self.line();
                self.out.push('|');
                self.out.push_str(&" --- |".repeat(columns));
            }
        }
    }

    /// A table that pipes cannot draw; the cells are Markdown all the same.
    fn html(&mut self, table: &Shown) {
        self.out.push_str("<table>");
        for row in &table.children {
            self.line();
            self.out.push_str("<tr>");
            for cell in &row.children {
                self.line();
                let name = self.source.name(cell.from.node);
                self.write(format_args!("<{name}{}>", spans(&cell.kind)));
                if !cell.children.is_empty() {
                    self.gap();
                    self.blocks(&cell.children, false);
                    self.gap();
                }
                self.write(format_args!("</{name}>"));
            }
            self.line();
            self.out.push_str("</tr>");
        }
        self.line();
        self.out.push_str("</table>");
    }
}

fn spans(cell: &Kind) -> String {
    let Kind::Cell { columns, rows } = cell else {
        return String::new();
    };
    let span = |name: &str, count: u16| {
        if count > 1 {
            format!(" {name}=\"{count}\"")
        } else {
            String::new()
        }
    };
    span("colspan", *columns) + &span("rowspan", *rows)
}
