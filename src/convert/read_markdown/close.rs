//! What a closed frame leaves in the one around it.

use super::frame::{Frame, Kind, Origin, Part};
use super::sort::{blocks, cells, columns, inlines, items, paragraph, rows};
use crate::convert::tree::{
    Alert, Align, Block, Cell, Code, Image, Inline, Item, Link, List, Macro, Mark, Paragraph, Row, Section,
    Target, Value, plain_text,
};

/// Leaves what a closed frame comes to in the one around it.
pub(super) fn close(frame: Frame, around: &mut Frame) {
    let Frame {
        kind,
        origin,
        content,
    } = frame;
    match kind {
        Kind::Document | Kind::Transparent | Kind::Footnote { .. } => around.extend(content),
        Kind::Dropped => {}
        Kind::Paragraph => around.blocks(blocks(content, paragraph)),
        Kind::Group { align } => {
            around.blocks(blocks(content, paragraph).into_iter().map(|b| aligned(b, align)));
        }
        Kind::Heading { level, anchor } => around.block(Block::Heading {
            level,
            anchor,
            content: inlines(content),
        }),
        Kind::Quote => around.block(Block::Quote(blocks(content, paragraph))),
        Kind::Alert { kind, title } => around.block(Block::Alert(Alert {
            kind,
            title,
            body: blocks(content, paragraph),
        })),
        Kind::List { start } => around.blocks(list(start, content)),
        Kind::Item { task } => around.push(Part::Item(Item {
            task,
            content: blocks(content, Block::Plain),
        })),
        Kind::Term | Kind::Caption => match inlines(content) {
            content if content.is_empty() => {}
            content => around.block(paragraph(vec![Inline::Mark(Mark::Strong, content)])),
        },
        Kind::Definition => around.blocks(blocks(content, paragraph).into_iter().map(indented)),
        Kind::Table { .. } => around.extend(table(content)),
        Kind::Row { header } => around.push(Part::Row(Row {
            cells: cells(content, header),
        })),
        Kind::Cell(cell) => around.push(Part::Cell(Cell {
            content: blocks(content, paragraph),
            ..cell
        })),
        Kind::Code(code) => {
            // Markdown can have begun something inside `<pre>`.
            around.block(Block::Code(without_first_newline(code, &origin)));
            around.extend(content);
        }
        Kind::Details => around.block(details(content)),
        Kind::Summary => around.push(Part::Summary(inlines(content))),
        Kind::Mark(mark) => around.extend(mark_of(mark, matches!(origin, Origin::Markdown), content)),
        Kind::InlineCode => {
            let code = Inline::Code(plain_text(&inlines(content)));
            around.push(Part::Inline(code));
        }
        Kind::Quotation => {
            around.text("\u{201C}");
            around.extend(content);
            around.text("\u{201D}");
        }
        Kind::Link { target, title } => around.extend(link(&target, title.as_deref(), content)),
        Kind::Image { url, title } => around.push(Part::Inline(image(&url, title, &inlines(content)))),
        Kind::Macro { name, parameters } => around.block(Block::Macro(Macro {
            name,
            parameters,
            body: Some(blocks(content, paragraph)),
        })),
        Kind::Section { kind } => around.push(Part::Section(Section {
            kind,
            columns: columns(content),
        })),
        Kind::Column => around.push(Part::Column(blocks(content, paragraph))),
        Kind::Decisions => around.blocks(decisions(content)),
    }
}

fn aligned(block: Block, align: Option<Align>) -> Block {
    match block {
        Block::Paragraph(paragraph) => Block::Paragraph(Paragraph {
            align: paragraph.align.or(align),
            ..paragraph
        }),
        other => other,
    }
}

fn indented(block: Block) -> Block {
    match block {
        Block::Paragraph(paragraph) => Block::Paragraph(Paragraph {
            indented: true,
            ..paragraph
        }),
        other => other,
    }
}

fn list(start: Option<u64>, content: Vec<Part>) -> Option<Block> {
    let items = items(content);
    (!items.is_empty()).then_some(Block::List(List { start, items }))
}

/// A caption, or whatever else is not in a row, comes before the table.
fn table(content: Vec<Part>) -> Vec<Part> {
    let (inside, mut before): (Vec<Part>, Vec<Part>) = content
        .into_iter()
        .partition(|part| !matches!(part, Part::Block(_)));
    let rows = rows(inside);
    if !rows.is_empty() {
        before.push(Part::Block(Block::Table(rows)));
    }
    before
}

fn details(content: Vec<Part>) -> Block {
    let mut title = None;
    let mut body = Vec::new();
    for part in content {
        match part {
            Part::Summary(summary) if title.is_none() => title = Some(plain_text(&summary)),
            other => body.push(other),
        }
    }
    let title = title
        .map(|title| title.trim().to_owned())
        .filter(|title| !title.is_empty());
    Block::Macro(Macro {
        name: "expand".to_owned(),
        parameters: title
            .map(|title| ("title".to_owned(), Value::Text(title)))
            .into_iter()
            .collect(),
        body: Some(blocks(body, paragraph)),
    })
}

/// The line end after `<pre>` is not part of the text.
fn without_first_newline(mut code: Code, origin: &Origin) -> Code {
    if let (Origin::Tag { .. }, Some(rest)) = (origin, code.text.strip_prefix('\n')) {
        code.text = rest.to_owned();
    }
    code
}

fn mark_of(mark: Mark, in_markdown: bool, content: Vec<Part>) -> Vec<Part> {
    let has_space = || {
        content.iter().any(|part| match part {
            Part::Inline(inline) => plain_text(std::slice::from_ref(inline)).contains(char::is_whitespace),
            _ => true,
        })
    };
    match mark {
        // One tilde strikes out on GitHub and lowers in Pandoc; only a word can be a subscript.
        Mark::Subscript if in_markdown && has_space() => {
            wrapped(content, &|run| Inline::Mark(Mark::Strike, run))
        }
        Mark::Superscript if in_markdown && has_space() => {
            let caret = || Part::Inline(Inline::Text("^".to_owned()));
            std::iter::once(caret()).chain(content).chain([caret()]).collect()
        }
        mark => wrapped(content, &|run| Inline::Mark(mark, run)),
    }
}

/// An inline around what may hold blocks: around the text between them, and around the text of paragraphs.
fn wrapped(parts: Vec<Part>, around: &dyn Fn(Vec<Inline>) -> Inline) -> Vec<Part> {
    let (mut done, mut run) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Inline(inline) => run.push(inline),
            other => {
                end_run(&mut run, &mut done, around);
                done.push(match other {
                    Part::Block(Block::Paragraph(Paragraph {
                        align,
                        indented,
                        content,
                    })) => {
                        let content = vec![around(content)];
                        Part::Block(Block::Paragraph(Paragraph {
                            align,
                            indented,
                            content,
                        }))
                    }
                    Part::Block(Block::Heading {
                        level,
                        anchor,
                        content,
                    }) => Part::Block(Block::Heading {
                        level,
                        anchor,
                        content: vec![around(content)],
                    }),
                    other => other,
                });
            }
        }
    }
    end_run(&mut run, &mut done, around);
    done
}

fn end_run(run: &mut Vec<Inline>, done: &mut Vec<Part>, around: &dyn Fn(Vec<Inline>) -> Inline) {
    let run = std::mem::take(run);
    let is_blank = |inline: &Inline| matches!(inline, Inline::Text(text) if text.trim().is_empty());
    if run.iter().all(is_blank) {
        done.extend(run.into_iter().map(Part::Inline));
    } else {
        done.push(Part::Inline(around(run)));
    }
}

fn link(target: &Target, title: Option<&str>, content: Vec<Part>) -> Vec<Part> {
    let make = |content| {
        Inline::Link(Link {
            target: target.clone(),
            title: title.map(str::to_owned),
            content,
        })
    };
    if content.iter().all(Part::is_blank) {
        // Confluence shows the name of what it knows; an address must be seen to be clicked.
        let shown = match target {
            Target::Url(url) if url.is_empty() => return Vec::new(),
            Target::Url(url) => vec![Inline::Text(url.clone())],
            _ => Vec::new(),
        };
        return vec![Part::Inline(make(shown))];
    }
    wrapped(content, &make)
}

/// The image, or its description where it cannot be shown.
pub(super) fn image(url: &str, title: Option<String>, alt: &[Inline]) -> Inline {
    let alt = plain_text(alt);
    match super::address::image_source(url) {
        Some(source) => Inline::Image(Image {
            source,
            alt,
            title,
            width: None,
            height: None,
            align: None,
            border: false,
            caption: Vec::new(),
        }),
        None => Inline::Text(alt),
    }
}

fn decisions(content: Vec<Part>) -> Option<Block> {
    let mut decisions = Vec::new();
    for part in content {
        match part {
            Part::Block(Block::List(list)) => {
                let texts = list
                    .items
                    .into_iter()
                    .map(|item| item.content.into_iter().map(Part::Block).collect());
                decisions.extend(texts.map(inlines));
            }
            other => decisions.push(inlines(vec![other])),
        }
    }
    decisions.retain(|decision: &Vec<Inline>| !decision.is_empty());
    (!decisions.is_empty()).then_some(Block::Decisions(decisions))
}
