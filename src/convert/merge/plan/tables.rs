//! Tables: rows and columns come, go and stay; a cell is edited without touching its row.

use super::{Added, Obstacle, Planner, Shape, excerpt, obstacle};
use crate::convert::merge::align::{Step, align};
use crate::convert::merge::copy::without_ids;
use crate::convert::merge::diff;
use crate::convert::merge::render::Render;
use crate::convert::shown::of_markdown::{Asked, Wish};
use crate::convert::shown::of_storage::Shown;
use crate::convert::shown::{Block, Kind};
use crate::convert::source::{Source, What};

impl<'a, 't: 'a> Planner<'a, 't, '_> {
    pub(super) fn table(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let mine = width(shown.children.iter().map(|row| row.children.len()));
        let theirs = width(asked.children.iter().map(|row| row.children.len()));
        if let (Some(mine), Some(theirs)) = (mine, theirs)
            && mine != theirs
        {
            return self.columns(shown, asked, mine, theirs, render);
        }
        let mut last: Option<&'a Shown> = None;
        let mine: Vec<&Shown> = shown.children.iter().collect();
        let theirs: Vec<&Asked<'_>> = asked.children.iter().collect();
        for step in align(&mine, &theirs) {
            match step {
                Step::Same(i, j) => {
                    self.row(&shown.children[i], &asked.children[j], render)?;
                    last = Some(&shown.children[i]);
                }
                Step::Removed(i) => {
                    if has_spans(shown) && spans_over(&shown.children, i) {
                        return Err(obstacle(
                            &excerpt(&shown.children[i]),
                            &Kind::Row,
                            "a cell is merged over this row and another, so it cannot be taken away alone",
                        ));
                    }
                    self.removed.push(&shown.children[i]);
                    last = Some(&shown.children[i]);
                }
                Step::Added(j) => self.new_row(shown, last, &asked.children[j], render)?,
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        if shown.hash == asked.hash {
            self.keep(shown, asked);
            return Ok(());
        }
        if shown.children.len() != asked.children.len() {
            return Err(obstacle(
                &excerpt(shown),
                &Kind::Row,
                "the row has another number of cells now",
            ));
        }
        for (cell, wanted) in shown.children.iter().zip(&asked.children) {
            self.cell(cell, wanted, render)?;
        }
        Ok(())
    }

    fn cell(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let node = self.source.node(shown.from.node);
        let is_new = shown.children.is_empty() && !asked.children.is_empty();
        if !is_new {
            return self.same(shown, asked, render);
        }
        // An empty cell often holds an empty paragraph, which then holds the text.
        let refuse = |why: String| obstacle(&excerpt(asked), &Kind::Cell { columns: 1, rows: 1 }, why);
        if shown.kind != asked.kind {
            return Err(refuse("merged cells cannot be changed".to_owned()));
        }
        let Wish::Cell(cell) = &asked.from else {
            return Err(refuse("it is no cell".to_owned()));
        };
        let loose = self.source.child(shown.from.node, "p").is_some() || self.is_loose_table(shown);
        let content = render.content(&cell.content, loose).map_err(refuse)?;
        self.edited.push(node.outer.clone());
        if node.what == (What::Element { empty: true }) {
            let tag = self.source.bytes(shown.from.node);
            let open = tag.strip_suffix("/>").unwrap_or(tag).trim_end();
            let name = self.source.name(shown.from.node);
            self.splices
                .replace(node.outer.clone(), format!("{open}>{content}</{name}>"));
            return Ok(());
        }
        let mut elements = self
            .source
            .children(shown.from.node)
            .filter(|child| self.source.is_element(*child));
        let (first, second) = (elements.next(), elements.next());
        let holds_text = self
            .source
            .children(shown.from.node)
            .any(|child| !self.source.is_element(child) && !self.source.literal(child).trim().is_empty());
        match (first, second) {
            (Some(paragraph), None)
                if self.source.name(paragraph) == "p"
                    && !holds_text
                    && content.starts_with("<p>")
                    && self.source.node(paragraph).what == (What::Element { empty: false })
                    && content.matches("<p>").count() == 1 =>
            {
                let inner = content
                    .trim_start_matches("<p>")
                    .trim_end_matches("</p>")
                    .to_owned();
                self.splices
                    .replace(self.source.node(paragraph).inner.clone(), inner);
            }
            (Some(paragraph), None) if self.source.name(paragraph) == "p" && !holds_text => {
                let tag = self.source.bytes(paragraph);
                let open = tag.strip_suffix("/>").map(str::trim_end);
                match (open, content.strip_prefix("<p>")) {
                    (Some(open), Some(rest)) => self.splices.replace(
                        self.source.node(paragraph).outer.clone(),
                        format!("{open}>{rest}"),
                    ),
                    _ => self
                        .splices
                        .replace(self.source.node(paragraph).outer.clone(), content),
                }
            }
            (None, _) => self.splices.replace(node.inner.clone(), content),
            _ => self.splices.insert(node.inner.end, content),
        }
        Ok(())
    }

    /// Whether the cells around this one hold paragraphs.
    fn is_loose_table(&self, cell: &Shown) -> bool {
        let row = self.source.parent(cell.from.node);
        let mut cells = row.into_iter().flat_map(|row| self.source.children(row));
        cells.any(|cell| self.source.child(cell, "p").is_some())
    }

    fn new_row(
        &mut self,
        table: &'a Shown,
        last: Option<&'a Shown>,
        asked: &'a Asked<'t>,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let refuse = |why: String| obstacle(&excerpt(asked), &Kind::Row, why);
        let index = last.and_then(|last| table.children.iter().position(|row| std::ptr::eq(row, last)));
        if let (true, Some(index)) = (has_spans(table), index)
            && spans_over(&table.children, index)
            && index + 1 < table.children.len()
            && table.children[index]
                .children
                .iter()
                .any(|cell| matches!(cell.kind, Kind::Cell { rows: 2.., .. }))
        {
            return Err(refuse("a cell is merged over the rows here".to_owned()));
        }
        // A row like the one below, unless there is none: the one above may be the heading.
        let below = index.map_or(table.children.first(), |index| table.children.get(index + 1));
        let is_heading = |row: &&Shown| {
            row.children
                .iter()
                .all(|cell| self.source.name(cell.from.node) == "th")
        };
        let template = match (below, last) {
            (Some(below), Some(last)) if is_heading(&below) && !is_heading(&last) => last,
            (Some(below), _) => below,
            (None, Some(last)) => last,
            (None, None) => return Err(refuse("the table is empty".to_owned())),
        };
        let only_heading = is_heading(&template) && last.is_some();
        let Wish::Row(row) = &asked.from else {
            return Err(refuse("it is no row".to_owned()));
        };
        let mut cells = String::new();
        for (index, cell) in row.cells.iter().enumerate() {
            let like = template
                .children
                .get(index)
                .filter(|_| template.children.len() == row.cells.len());
            let loose = like.is_none_or(|like| holds_paragraph(self.source, like));
            let content = render.content(&cell.content, loose).map_err(refuse)?;
            let spans = [("colspan", cell.columns), ("rowspan", cell.rows)];
            cells.push_str(&new_cell(
                self.source,
                like,
                only_heading && !cell.header,
                &spans,
                &content,
                loose,
            ));
        }
        let tag = start_tag(self.source, template);
        let storage = format!("{}{cells}</tr>", tag.unwrap_or_else(|| "<tr>".to_owned()));
        let at = match last {
            Some(last) => last.from.outer.end,
            None => template.from.outer.start,
        };
        self.added.push(Added {
            asked,
            at,
            around: (String::new(), String::new()),
            shape: Shape::Ready(storage),
            edge: None,
        });
        Ok(())
    }

    /// Columns that come or go: every row has one cell more or less in the same place.
    fn columns(
        &mut self,
        shown: &'a Shown,
        asked: &'a Asked<'t>,
        mine: usize,
        theirs: usize,
        render: &mut Render<'_, '_>,
    ) -> Result<(), Obstacle> {
        let refuse = |why: &str| obstacle(&excerpt(shown), &Kind::Table, why);
        if has_spans(shown) {
            return Err(refuse(
                "columns of a table with merged cells cannot be added or taken away",
            ));
        }
        if shown.children.len() != asked.children.len() {
            return Err(refuse(
                "rows and columns cannot change in one edit; do one after the other",
            ));
        }
        let column = |rows: &dyn Fn(usize) -> Vec<u64>, index: usize| {
            rows(index)
                .iter()
                .fold(17_u64, |hash, cell| hash.wrapping_mul(1_000_003) ^ cell)
        };
        let of_page = |index: usize| {
            shown
                .children
                .iter()
                .map(|row| row.children[index].hash)
                .collect::<Vec<_>>()
        };
        let of_text = |index: usize| {
            asked
                .children
                .iter()
                .map(|row| row.children[index].hash)
                .collect::<Vec<_>>()
        };
        let left: Vec<u64> = (0..mine).map(|index| column(&of_page, index)).collect();
        let right: Vec<u64> = (0..theirs).map(|index| column(&of_text, index)).collect();
        let pairs = diff::common(&left, &right);
        if pairs.len() != mine.min(theirs) {
            return Err(refuse(
                "columns and cells cannot change in one edit; do one after the other",
            ));
        }
        for (row, wanted) in shown.children.iter().zip(&asked.children) {
            for index in (0..mine).filter(|index| !pairs.iter().any(|(i, _)| i == index)) {
                let at = row.children[index].from.outer.clone();
                self.edited.push(at.clone());
                self.splices.delete(at);
            }
            for index in (0..theirs).filter(|index| !pairs.iter().any(|(_, j)| j == index)) {
                let before = pairs.iter().rev().find(|(_, j)| *j < index).map(|(i, _)| *i);
                let like = &row.children[before.unwrap_or(0)];
                let Wish::Cell(cell) = &wanted.children[index].from else {
                    continue;
                };
                let loose = holds_paragraph(self.source, like);
                let content = render.content(&cell.content, loose).map_err(|why| refuse(&why))?;
                let storage = new_cell(self.source, Some(like), false, &[], &content, loose);
                let at = if before.is_some() {
                    like.from.outer.end
                } else {
                    like.from.outer.start
                };
                self.splices.insert(at, storage);
            }
        }
        self.widths(shown, &pairs, mine, theirs);
        Ok(())
    }

    /// The `col` elements follow their columns.
    fn widths(&mut self, table: &Shown, pairs: &[(usize, usize)], mine: usize, theirs: usize) {
        let Some(group) = self.source.child(table.from.node, "colgroup") else {
            return;
        };
        let widths: Vec<_> = self
            .source
            .children(group)
            .filter(|col| self.source.name(*col) == "col")
            .collect();
        if widths.len() != mine {
            return;
        }
        for index in (0..mine).filter(|index| !pairs.iter().any(|(i, _)| i == index)) {
            let at = self.source.node(widths[index]).outer.clone();
            self.edited.push(at.clone());
            self.splices.delete(at);
        }
        for index in (0..theirs).filter(|index| !pairs.iter().any(|(_, j)| j == index)) {
            let before = pairs.iter().rev().find(|(_, j)| *j < index).map(|(i, _)| *i);
            let at = match before {
                Some(before) => self.source.node(widths[before]).outer.end,
                None => self.source.node(widths[0]).outer.start,
            };
            self.splices.insert(at, "<col />".to_owned());
        }
    }
}

/// How many cells every row has, where they agree.
fn width(mut rows: impl Iterator<Item = usize>) -> Option<usize> {
    let first = rows.next().unwrap_or(0);
    rows.all(|width| width == first).then_some(first)
}

fn holds_paragraph(source: &Source<'_>, cell: &Shown) -> bool {
    cell.children.is_empty()
        || cell.children.iter().any(|block| !block.from.anonymous)
        || source.child(cell.from.node, "p").is_some()
}

/// A cell like another: its element and attributes, less ids and spans.
fn new_cell(
    source: &Source<'_>,
    like: Option<&Shown>,
    plain: bool,
    spans: &[(&str, Option<u16>)],
    content: &str,
    loose: bool,
) -> String {
    let name = like.map_or("td", |like| source.name(like.from.node));
    let tag = like.and_then(|like| start_tag(source, like)).filter(|_| !plain);
    let name = if plain { "td" } else { name };
    let mut tag = tag.unwrap_or_else(|| format!("<{name}>"));
    for (span, count) in spans {
        tag = without(&tag, span);
        if let Some(count) = count {
            tag = tag.replacen('>', &format!(" {span}=\"{count}\">"), 1);
        }
    }
    let content = if content.is_empty() && loose {
        "<p />"
    } else {
        content
    };
    format!("{tag}{content}</{name}>")
}

fn start_tag(source: &Source<'_>, block: &Shown) -> Option<String> {
    let node = source.node(block.from.node);
    let is_open = matches!(node.what, What::Element { empty: false });
    is_open.then(|| without_ids(&source.text[node.outer.start..node.inner.start]))
}

/// A tag without one of its attributes.
pub(super) fn without(tag: &str, name: &str) -> String {
    let Some(at) = tag.find(&format!(" {name}=")) else {
        return tag.to_owned();
    };
    let value = at + name.len() + 2;
    let quote = tag[value..].chars().next().unwrap_or('"');
    match tag[value + 1..].find(quote) {
        Some(length) => format!("{}{}", &tag[..at], &tag[value + length + 2..]),
        None => tag.to_owned(),
    }
}

pub(super) fn has_spans<B, I>(table: &Block<B, I>) -> bool {
    let mut cells = table.children.iter().flat_map(|row| &row.children);
    cells.any(|cell| cell.kind != Kind::Cell { columns: 1, rows: 1 })
}

/// Whether a cell reaches over this row and another.
fn spans_over(rows: &[Shown], index: usize) -> bool {
    rows.iter().enumerate().any(|(at, row)| {
        row.children.iter().any(|cell| match cell.kind {
            Kind::Cell { rows, .. } if rows > 1 => at <= index && index < at + usize::from(rows),
            _ => false,
        })
    })
}
