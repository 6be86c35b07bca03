//! Going through a tree.

use super::{Block, Division, Inline, Link, Page};

/// The text of inlines, without anything that marks it.
pub(in crate::convert) fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    append_plain_text(&mut text, inlines);
    text
}

fn append_plain_text(text: &mut String, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::Text(plain)
            | Inline::Code(plain)
            | Inline::Date(plain)
            | Inline::Placeholder { text: plain, .. } => text.push_str(plain),
            Inline::Break => text.push(' '),
            Inline::Mark(_, content) | Inline::Link(Link { content, .. }) => append_plain_text(text, content),
            Inline::Image(image) => text.push_str(&image.alt),
            Inline::Anchor(_) | Inline::Macro(_) | Inline::Island(_) => {}
        }
    }
}

/// Shows every run of text to `visit`, which may change it. Going into its marks and links is for `visit`.
pub(in crate::convert) fn each_run(page: &mut Page, visit: &mut impl FnMut(&mut Vec<Inline>)) {
    for division in &mut page.divisions {
        match division {
            Division::Flow(blocks) => in_blocks(blocks, visit),
            Division::Section(section) => section
                .columns
                .iter_mut()
                .for_each(|column| in_blocks(column, visit)),
            Division::Island(_) => {}
        }
    }
}

fn in_blocks(blocks: &mut [Block], visit: &mut impl FnMut(&mut Vec<Inline>)) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => visit(&mut paragraph.content),
            Block::Plain(content) | Block::Heading { content, .. } => visit(content),
            Block::Quote(content) => in_blocks(content, visit),
            Block::Alert(alert) => in_blocks(&mut alert.body, visit),
            Block::Macro(native) => in_blocks(native.body.as_deref_mut().unwrap_or_default(), visit),
            Block::List(list) => list
                .items
                .iter_mut()
                .for_each(|item| in_blocks(&mut item.content, visit)),
            Block::Decisions(decisions) => decisions.iter_mut().for_each(&mut *visit),
            Block::Table(rows) => {
                for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
                    in_blocks(&mut cell.content, visit);
                }
            }
            Block::Code(_) | Block::Rule | Block::Island(_) => {}
        }
    }
}

/// Shows the headings to `visit` in order, each with its own anchor and its text.
pub(in crate::convert) fn each_heading(page: &Page, visit: &mut impl FnMut(Option<&str>, &[Inline])) {
    for division in &page.divisions {
        match division {
            Division::Flow(blocks) => headings(blocks, visit),
            Division::Section(section) => section.columns.iter().for_each(|column| headings(column, visit)),
            Division::Island(_) => {}
        }
    }
}

fn headings(blocks: &[Block], visit: &mut impl FnMut(Option<&str>, &[Inline])) {
    for block in blocks {
        match block {
            Block::Heading { anchor, content, .. } => visit(anchor.as_deref(), content),
            Block::Quote(content) => headings(content, visit),
            Block::Alert(alert) => headings(&alert.body, visit),
            Block::Macro(native) => headings(native.body.as_deref().unwrap_or_default(), visit),
            Block::List(list) => list.items.iter().for_each(|item| headings(&item.content, visit)),
            Block::Table(rows) => {
                for cell in rows.iter().flat_map(|row| &row.cells) {
                    headings(&cell.content, visit);
                }
            }
            _ => {}
        }
    }
}
