//! What blocks are called when they are spoken of.

use crate::convert::shown::{Block, Kind};

/// What a block is called.
pub(in crate::convert::merge) fn name_of(kind: &Kind) -> String {
    match kind {
        Kind::Page => "page",
        Kind::Section { .. } => "layout section",
        Kind::Column => "column",
        Kind::Paragraph => "paragraph",
        Kind::Heading { .. } => "heading",
        Kind::Figure { .. } => "image",
        Kind::Code(_) => "code block",
        Kind::Rule => "rule",
        Kind::Quote => "quote",
        Kind::Alert { .. } => "panel",
        Kind::Container { name, .. } | Kind::Leaf { name, .. } => return format!("macro {name}"),
        Kind::List { tasks: true, .. } => "task list",
        Kind::List { .. } => "list",
        Kind::Item { task: Some(_) } => "task",
        Kind::Item { .. } => "list item",
        Kind::Decisions => "decision list",
        Kind::Decision => "decision",
        Kind::Table => "table",
        Kind::Row => "table row",
        Kind::Cell { .. } => "table cell",
        Kind::Token { .. } => "macro",
        Kind::Island(_) => "storage",
    }
    .to_owned()
}

/// The text of a block, for people.
pub(in crate::convert::merge) fn excerpt<B, I>(block: &Block<B, I>) -> String {
    let mut text = String::new();
    excerpt_into(block, &mut text);
    text.replace('\u{FFFC}', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn excerpt_into<B, I>(block: &Block<B, I>, text: &mut String) {
    text.push_str(&block.text.chars);
    if let Kind::Token { label, .. } = &block.kind {
        text.push_str(&label.0);
    }
    text.push(' ');
    for child in &block.children {
        if text.len() > 120 {
            return;
        }
        excerpt_into(child, text);
    }
}
