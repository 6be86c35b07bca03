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

/// The blocks of a page, one stretch of it after the other.
pub(in crate::convert) fn stretches(page: &mut Page) -> impl Iterator<Item = &mut [Block]> {
    page.divisions
        .iter_mut()
        .flat_map(|division| match division {
            Division::Flow(blocks) => std::slice::from_mut(blocks).iter_mut(),
            Division::Section(section) => section.columns.iter_mut(),
            Division::Island(_) => [].iter_mut(),
        })
        .map(Vec::as_mut_slice)
}

/// Shows every run of text of a page to `visit`, which may change it. Going into its marks and links is for `visit`.
pub(in crate::convert) fn each_run(page: &mut Page, visit: &mut impl FnMut(&mut Vec<Inline>)) {
    stretches(page).for_each(|blocks| each_run_among(blocks, visit));
}

/// The same for some blocks.
pub(in crate::convert) fn each_run_among(blocks: &mut [Block], visit: &mut impl FnMut(&mut Vec<Inline>)) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => visit(&mut paragraph.content),
            Block::Plain(content) | Block::Heading { content, .. } => visit(content),
            Block::Quote(content) => each_run_among(content, visit),
            Block::Alert(alert) => each_run_among(&mut alert.body, visit),
            Block::Macro(native) => each_run_among(native.body.as_deref_mut().unwrap_or_default(), visit),
            Block::List(list) => list
                .items
                .iter_mut()
                .for_each(|item| each_run_among(&mut item.content, visit)),
            Block::Decisions(decisions) => decisions.iter_mut().for_each(&mut *visit),
            Block::Table(rows) => {
                for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
                    each_run_among(&mut cell.content, visit);
                }
            }
            Block::Code(_) | Block::Rule | Block::Island(_) => {}
        }
    }
}

/// Shows the headings to `visit` in order, each with its own anchor and its text.
pub(in crate::convert) fn each_heading(blocks: &[Block], visit: &mut impl FnMut(Option<&str>, &[Inline])) {
    for block in blocks {
        match block {
            Block::Heading { anchor, content, .. } => visit(anchor.as_deref(), content),
            Block::Quote(content) => each_heading(content, visit),
            Block::Alert(alert) => each_heading(&alert.body, visit),
            Block::Macro(native) => each_heading(native.body.as_deref().unwrap_or_default(), visit),
            Block::List(list) => list
                .items
                .iter()
                .for_each(|item| each_heading(&item.content, visit)),
            Block::Table(rows) => {
                for cell in rows.iter().flat_map(|row| &row.cells) {
                    each_heading(&cell.content, visit);
                }
            }
            _ => {}
        }
    }
}
