//! Footnotes: Confluence has none, so they become a numbered list under a rule at the end of the page, tied to their
//! places by anchors `fn-1` and `fnref-1`.

use std::collections::HashMap;

use super::frame::Part;
use super::sort::{blocks, paragraph};
use crate::convert::tree::{Block, Inline, Item, Link, List, Mark, Paragraph, Target};

/// References and definitions, as they come.
#[derive(Default)]
pub(super) struct Footnotes {
    /// Labels in the order of their numbers.
    order: Vec<String>,
    numbers: HashMap<String, usize>,
    definitions: HashMap<String, Vec<Part>>,
    /// Labels in the order of their definitions.
    defined: Vec<String>,
    referred: Vec<usize>,
}

impl Footnotes {
    fn number(&mut self, label: &str) -> usize {
        if let Some(number) = self.numbers.get(label) {
            return *number;
        }
        self.order.push(label.to_owned());
        self.referred.push(0);
        self.numbers.insert(label.to_owned(), self.order.len());
        self.order.len()
    }

    /// What stands in the text. Inside a link there is no room for another one.
    pub(super) fn refer(&mut self, label: &str, in_link: bool) -> Inline {
        let number = self.number(label);
        let first = self.referred.get(number - 1) == Some(&0);
        let shown = Inline::Text(number.to_string());
        if in_link {
            return Inline::Mark(Mark::Superscript, vec![shown]);
        }
        if let Some(referred) = self.referred.get_mut(number - 1) {
            *referred += 1;
        }
        let place = first.then(|| Inline::Anchor(format!("fnref-{number}")));
        let link = anchor_link(format!("fn-{number}"), shown);
        Inline::Mark(Mark::Superscript, place.into_iter().chain([link]).collect())
    }

    /// Keeps a definition; the first one of a label counts.
    pub(super) fn define(&mut self, label: String, content: Vec<Part>) {
        if !self.definitions.contains_key(&label) {
            self.defined.push(label.clone());
            self.definitions.insert(label, content);
        }
    }

    /// The rule and the list for the end of the page. A definition nobody refers to is kept, at the end.
    pub(super) fn into_blocks(mut self) -> Vec<Block> {
        for label in std::mem::take(&mut self.defined) {
            self.number(&label);
        }
        let items: Vec<Item> = self
            .order
            .iter()
            .zip(&self.referred)
            .enumerate()
            .map(|(index, (label, referred))| {
                let content = self.definitions.remove(label).unwrap_or_default();
                definition(index + 1, *referred > 0, blocks(content, paragraph))
            })
            .collect();
        if items.is_empty() {
            return Vec::new();
        }
        vec![
            Block::Rule,
            Block::List(List {
                start: Some(1),
                items,
            }),
        ]
    }
}

fn definition(number: usize, referred: bool, mut content: Vec<Block>) -> Item {
    let place = Inline::Anchor(format!("fn-{number}"));
    let back = referred.then(|| anchor_link(format!("fnref-{number}"), Inline::Text("\u{21A9}".to_owned())));
    if let Some(Block::Paragraph(first)) = content.first_mut() {
        first.content.insert(0, place);
    } else {
        content.insert(
            0,
            Block::Paragraph(Paragraph {
                content: vec![place],
                ..Paragraph::default()
            }),
        );
    }
    if let Some(back) = back {
        match content.last_mut() {
            Some(Block::Paragraph(last)) => last.content.extend([Inline::Text(" ".to_owned()), back]),
            _ => content.push(paragraph(vec![back])),
        }
    }
    Item { task: None, content }
}

fn anchor_link(anchor: String, shown: Inline) -> Inline {
    Inline::Link(Link {
        target: Target::Anchor(anchor),
        title: None,
        content: vec![shown],
    })
}
