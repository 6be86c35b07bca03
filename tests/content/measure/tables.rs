//! Rows, columns and cells.

use super::lines::{Block, Kind};
use super::{Edit, Expect, joined};

/// Rows that come and go, cells that change, a column more and one less.
pub(super) fn tables(lines: &[&str], page: &Block, edits: &mut Vec<Edit>) {
    page.each(&mut |block| match block.kind {
        Kind::Table => pipes(lines, block, edits),
        Kind::Cells => cells(lines, block, edits),
        _ => {}
    });
}

fn pipes(lines: &[&str], table: &Block, edits: &mut Vec<Edit>) {
    let width = table.prefix.len();
    let own = || {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<String>>()
    };
    // The first line of a table in an item begins with the item's marker.
    let head = |line: usize| lines[line].get(..width).unwrap_or_default();
    let cut = |line: usize| split(lines[line].get(width..).unwrap_or_default());
    for row in table.start..table.end {
        if row == table.start + 1 {
            continue;
        }
        let cells = cut(row);
        if row > table.start + 1 {
            let mut more = own();
            more.insert(
                row + 1,
                format!("{}|{}", table.prefix, " new |".repeat(cells.len())),
            );
            edits.push(Edit {
                kind: "add row",
                markdown: joined(&more),
                expect: Expect::Added,
            });
            let mut fewer = own();
            fewer.remove(row);
            edits.push(Edit {
                kind: "delete row",
                markdown: joined(&fewer),
                expect: Expect::Removed,
            });
        }
        for index in 0..cells.len() {
            let mut changed = cells.clone();
            changed[index] = String::from(" Changed ");
            let mut text = own();
            text[row] = format!("{}|{}|", head(row), changed.join("|"));
            edits.push(Edit {
                kind: "change cell",
                markdown: joined(&text),
                expect: Expect::Cell,
            });
        }
    }
    let (mut more, mut fewer) = (own(), own());
    let columns = cut(table.start).len();
    for row in table.start..table.end {
        let mut cells = cut(row);
        let new = if row == table.start + 1 { " --- " } else { " new " };
        more[row] = format!("{}|{}|{new}|", head(row), cells.join("|"));
        cells.pop();
        fewer[row] = format!("{}|{}|", head(row), cells.join("|"));
    }
    edits.push(Edit {
        kind: "add column",
        markdown: joined(&more),
        expect: Expect::Added,
    });
    if columns > 1 {
        edits.push(Edit {
            kind: "delete column",
            markdown: joined(&fewer),
            expect: Expect::Removed,
        });
    }
}

/// The cells of a row, as they are written.
pub(super) fn split(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in row.trim_end().trim_start_matches('|').chars() {
        if c == '|' && !escaped {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    cells.pop();
    cells
}

/// The cells of a table in HTML that have a line for themselves.
fn cells(lines: &[&str], table: &Block, edits: &mut Vec<Edit>) {
    for index in table.start..table.end {
        let line = lines[index];
        let is_cell = line.trim_start().starts_with("<td") || line.trim_start().starts_with("<th");
        let at = line.find("</td>").or_else(|| line.find("</th>"));
        let (Some(at), true) = (at, is_cell) else { continue };
        let mut text = lines.to_vec();
        let new = format!("{} changed{}", &line[..at], &line[at..]);
        text[index] = &new;
        edits.push(Edit {
            kind: "change cell",
            markdown: joined(&text),
            expect: Expect::Cell,
        });
    }
}
