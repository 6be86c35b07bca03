//! Lists, tables and sections of layouts.

use super::{Reader, Shown, joined};
use crate::convert::shown::{Block, Kind, Start};
use crate::convert::source::Id;

impl Reader<'_, '_> {
    pub(super) fn list(&mut self, id: Id) -> Option<Shown> {
        let ordered = self.source.name(id) == "ol";
        let start = self
            .source
            .attribute(id, "start")
            .and_then(|start| start.parse().ok())
            .unwrap_or(1);
        let mut items: Vec<Shown> = Vec::new();
        let children: Vec<Id> = self
            .source
            .children(id)
            .filter(|child| self.source.is_element(*child))
            .collect();
        for child in children {
            if self.source.name(child) == "li" {
                let content = self.flow(child);
                let place = self.place(child, Some(child));
                items.push(Block::container(Kind::Item { task: None }, content, place));
                continue;
            }
            // A list in a list, without an item around it, belongs to the item before.
            let mut stray = Vec::new();
            self.block(child, &mut stray);
            match items.last_mut() {
                Some(last) => {
                    let mut content = std::mem::take(&mut last.children);
                    content.append(&mut stray);
                    let joined = joined(content);
                    last.children = joined;
                    last.rehash();
                }
                None if stray.is_empty() => {}
                None => items.push(self.token(child)),
            }
        }
        if items.iter().any(|item| matches!(item.kind, Kind::Token { .. })) {
            return Some(self.token(id));
        }
        let kind = Kind::List {
            ordered,
            tasks: false,
            start: Start(start),
        };
        (!items.is_empty()).then(|| Block::container(kind, items, self.place(id, Some(id))))
    }

    pub(super) fn tasks(&mut self, id: Id) -> Option<Shown> {
        let mut items: Vec<Shown> = Vec::new();
        let children: Vec<Id> = self
            .source
            .children(id)
            .filter(|child| self.source.is_element(*child))
            .collect();
        for child in children {
            match self.source.name(child) {
                "ac:task" => {
                    let body = self.source.child(child, "ac:task-body");
                    let status = self.source.child(child, "ac:task-status");
                    let done = status.is_some_and(|status| self.source.plain(status).trim() == "complete");
                    let content = body.map(|body| self.flow(body)).unwrap_or_default();
                    let place = self.place(child, body);
                    items.push(Block::container(Kind::Item { task: Some(done) }, content, place));
                }
                "ac:task-list" => {
                    let mut stray = Vec::new();
                    self.block(child, &mut stray);
                    let Some(last) = items.last_mut() else {
                        return Some(self.token(id));
                    };
                    let mut content = std::mem::take(&mut last.children);
                    content.append(&mut stray);
                    let joined = joined(content);
                    last.children = joined;
                    last.rehash();
                }
                _ => {}
            }
        }
        let kind = Kind::List {
            ordered: false,
            tasks: true,
            start: Start(1),
        };
        (!items.is_empty()).then(|| Block::container(kind, items, self.place(id, Some(id))))
    }

    pub(super) fn table(&mut self, id: Id) -> Option<Shown> {
        let mut rows = Vec::new();
        let children: Vec<Id> = self
            .source
            .children(id)
            .filter(|child| self.source.is_element(*child))
            .collect();
        for child in children {
            match self.source.name(child) {
                "tr" => rows.push(self.row(child)),
                "tbody" | "thead" | "tfoot" => {
                    let inside: Vec<Id> = self
                        .source
                        .children(child)
                        .filter(|row| self.source.name(*row) == "tr")
                        .collect();
                    for row in inside {
                        rows.push(self.row(row));
                    }
                }
                "colgroup" | "col" => {}
                // A caption, or something that should not be there.
                _ if self.source.plain(child).trim().is_empty() => {}
                _ => return Some(self.token(id)),
            }
        }
        if rows.iter().all(|row| row.children.is_empty()) {
            return None;
        }
        Some(Block::container(Kind::Table, rows, self.place(id, Some(id))))
    }

    fn row(&mut self, id: Id) -> Shown {
        let mut cells = Vec::new();
        let children: Vec<Id> = self.source.children(id).collect();
        for child in children {
            if !matches!(self.source.name(child), "td" | "th") {
                continue;
            }
            let span = |name| {
                let span = self.source.attribute(child, name)?;
                span.trim()
                    .parse::<u16>()
                    .ok()
                    .filter(|span| (2..=1000).contains(span))
            };
            let kind = Kind::Cell {
                columns: span("colspan").unwrap_or(1),
                rows: span("rowspan").unwrap_or(1),
            };
            let content = self.flow(child);
            cells.push(Block::container(kind, content, self.place(child, Some(child))));
        }
        Block::container(Kind::Row, cells, self.place(id, Some(id)))
    }

    pub(super) fn section(&mut self, id: Id) -> Option<Shown> {
        let mut columns = Vec::new();
        let cells: Vec<Id> = self
            .source
            .children(id)
            .filter(|cell| self.source.name(*cell) == "ac:layout-cell")
            .collect();
        for cell in cells {
            let content = self.flow(cell);
            columns.push(Block::container(
                Kind::Column,
                content,
                self.place(cell, Some(cell)),
            ));
        }
        let kind = self
            .source
            .attribute(id, "ac:type")
            .unwrap_or_default()
            .into_owned();
        (!columns.is_empty())
            .then(|| Block::container(Kind::Section { kind }, columns, self.place(id, Some(id))))
    }
}
