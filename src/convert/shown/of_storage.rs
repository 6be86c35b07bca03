//! What a page of storage shows, and where in its source each part of that stands.
//!
//! Containers without a face of their own (cells of a lone layout, divisions, paragraphs around macros) are gone
//! through. What Markdown has no words for is one token, whose bytes never leave the page.

mod adf;
mod elements;
mod images;
mod inline;
mod links;
mod macros;
mod structures;
mod tokens;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

pub(in crate::convert) use adf::panel;
pub(in crate::convert) use inline::mark_bit;
pub(in crate::convert) use links::{escaped_destination, wiki};

use super::text::Text;
use super::{Block, Kind, join_lists};
use crate::convert::source::{Id, Source, What};

/// Deeper than this, a block is one token.
const MAX_DEPTH: usize = 16;

/// Where a block stands in the source.
#[derive(Clone, Debug)]
pub(in crate::convert) struct Place {
    /// All of it.
    pub(in crate::convert) outer: Range<usize>,
    /// The element it is; for running text without an element of its own, what it is in.
    pub(in crate::convert) node: Id,
    /// The element that holds its content, if it has one that can.
    pub(in crate::convert) content: Option<Id>,
    /// Whether it has an element of its own.
    pub(in crate::convert) anonymous: bool,
}

/// Where a stretch of text stands in the source.
#[derive(Clone, Debug)]
pub(in crate::convert) struct Spot {
    pub(in crate::convert) at: Range<usize>,
    /// The node it is in: an element, or a CDATA section.
    pub(in crate::convert) within: Id,
    /// Whether its characters are the very bytes at `at`.
    pub(in crate::convert) same: bool,
}

/// A block of a page.
pub(in crate::convert) type Shown = Block<Place, Spot>;

/// A page and what its tokens stand for.
pub(in crate::convert) struct Page {
    pub(in crate::convert) root: Shown,
    /// Tokens by their ids: each stands for a node of the source.
    pub(in crate::convert) tokens: HashMap<String, Id>,
}

/// What the page shows. `opaque` nodes are tokens whatever they are.
pub(in crate::convert) fn read(source: &Source<'_>, opaque: &HashSet<Id>) -> Page {
    let mut reader = Reader {
        source,
        opaque,
        tokens: tokens::Tokens::default(),
        depth: 0,
        lone_layout: is_lone_layout(source),
    };
    let children = reader.flow(Id::ROOT);
    let place = Place {
        outer: 0..source.text.len(),
        node: Id::ROOT,
        content: Some(Id::ROOT),
        anonymous: false,
    };
    Page {
        root: Block::container(Kind::Page, children, place),
        tokens: reader.tokens.by_id,
    }
}

struct Reader<'a, 's> {
    source: &'a Source<'s>,
    opaque: &'a HashSet<Id>,
    tokens: tokens::Tokens,
    depth: usize,
    lone_layout: bool,
}

/// A layout of one section of one cell looks like none.
fn is_lone_layout(source: &Source<'_>) -> bool {
    let mut sections = 0;
    let mut cells = 0;
    for node in source.descendants(Id::ROOT) {
        match source.name(node) {
            "ac:layout-section" => sections += 1,
            "ac:layout-cell" => cells += 1,
            _ => {}
        }
    }
    sections <= 1 && cells <= 1
}

impl Reader<'_, '_> {
    /// The blocks in an element.
    fn flow(&mut self, container: Id) -> Vec<Shown> {
        let mut blocks = Vec::new();
        self.flow_into(container, &mut blocks);
        joined(blocks)
    }

    fn flow_into(&mut self, container: Id, blocks: &mut Vec<Shown>) {
        let mut run: Vec<Id> = Vec::new();
        let children: Vec<Id> = self.source.children(container).collect();
        for (index, &child) in children.iter().enumerate() {
            let is_block = self.is_block(child)
                || (self.is_bare_macro(child)
                    && !run.iter().any(|before| self.is_seen(*before))
                    && !self.goes_on(&children[index + 1..]));
            if is_block {
                self.end_run(container, &mut run, blocks);
                self.block(child, blocks);
            } else {
                run.push(child);
            }
        }
        self.end_run(container, &mut run, blocks);
    }

    /// Whether running text comes next.
    fn goes_on(&self, following: &[Id]) -> bool {
        let next = following.iter().find(|next| self.is_seen(**next));
        next.is_some_and(|next| !self.is_block(*next) && !self.is_bare_macro(*next))
    }

    fn is_seen(&self, id: Id) -> bool {
        match self.source.node(id).what {
            What::Text | What::Cdata => !self.source.literal(id).trim().is_empty(),
            What::Comment => false,
            _ => true,
        }
    }

    /// Running text between blocks is a paragraph without an element. Images without text are one each.
    fn end_run(&mut self, container: Id, run: &mut Vec<Id>, blocks: &mut Vec<Shown>) {
        let nodes = std::mem::take(run);
        let is_seen = |id: &Id| self.is_seen(*id);
        let (Some(first), Some(last)) = (nodes.iter().position(is_seen), nodes.iter().rposition(is_seen))
        else {
            return;
        };
        let nodes = &nodes[first..=last];
        let is_image = |id: &Id| self.source.name(*id) == "ac:image";
        if nodes.iter().filter(|id| self.is_seen(**id)).all(is_image) {
            for image in nodes.iter().filter(|id| is_image(id)) {
                self.anonymous(container, std::slice::from_ref(image), blocks);
            }
            return;
        }
        self.anonymous(container, nodes, blocks);
    }

    fn anonymous(&mut self, container: Id, nodes: &[Id], blocks: &mut Vec<Shown>) {
        let text = self.running(nodes);
        if text.is_empty() {
            return;
        }
        let outer =
            self.source.node(nodes[0]).outer.start..self.source.node(nodes[nodes.len() - 1]).outer.end;
        let place = Place {
            outer,
            node: container,
            content: None,
            anonymous: true,
        };
        blocks.push(Block::leaf(Kind::Paragraph, text, place));
    }

    /// The place of an element whose content is in `content`.
    fn place(&self, node: Id, content: Option<Id>) -> Place {
        Place {
            outer: self.source.node(node).outer.clone(),
            node,
            content,
            anonymous: false,
        }
    }

    /// Goes one level down, where that is not too deep.
    fn below(&mut self, node: Id, blocks: &mut Vec<Shown>, make: impl FnOnce(&mut Self) -> Option<Shown>) {
        if self.depth >= MAX_DEPTH {
            let token = self.token(node);
            blocks.push(token);
            return;
        }
        self.depth += 1;
        let made = make(self);
        self.depth -= 1;
        blocks.extend(made);
    }

    fn block(&mut self, id: Id, blocks: &mut Vec<Shown>) {
        if self.opaque.contains(&id) {
            let token = self.token(id);
            blocks.push(token);
            return;
        }
        let name = self.source.name(id);
        match name {
            "p" | "dt" => self.paragraph(id, blocks),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(id, blocks),
            "ul" | "ol" => self.below(id, blocks, |reader| reader.list(id)),
            "ac:task-list" => self.below(id, blocks, |reader| reader.tasks(id)),
            "blockquote" => self.below(id, blocks, |reader| {
                let children = reader.flow(id);
                (!children.is_empty())
                    .then(|| Block::container(Kind::Quote, children, reader.place(id, Some(id))))
            }),
            "table" => self.below(id, blocks, |reader| reader.table(id)),
            "pre" => {
                let code = self.pre(id);
                blocks.push(code);
            }
            "hr" => blocks.push(Block::container(Kind::Rule, Vec::new(), self.place(id, None))),
            "ac:structured-macro" | "ac:macro" => {
                self.below(id, blocks, |reader| Some(reader.block_macro(id)));
            }
            "ac:image" => self.block_image(id, blocks),
            "ac:adf-extension" if self.depth < MAX_DEPTH => {
                self.depth += 1;
                self.adf(id, blocks);
                self.depth -= 1;
            }
            "ac:adf-extension" => {
                let token = self.token(id);
                blocks.push(token);
            }
            "ac:layout" if !self.lone_layout && self.source.parent(id) != Some(Id::ROOT) => {
                let token = self.token(id);
                blocks.push(token);
            }
            "ac:layout-section" if !self.lone_layout => self.below(id, blocks, |reader| reader.section(id)),
            "ac:adf-fallback" | "ac:adf-mark" | "ac:adf-attribute" | "ac:parameter" | "colgroup" | "col" => {}
            _ => {
                if self.depth >= MAX_DEPTH * 2 {
                    let token = self.token(id);
                    blocks.push(token);
                    return;
                }
                self.depth += 1;
                self.flow_into(id, blocks);
                self.depth -= 1;
            }
        }
    }

    fn paragraph(&mut self, id: Id, blocks: &mut Vec<Shown>) {
        if self.holds_block(id) || self.is_lone_macro(id) {
            self.depth += 1;
            if self.depth > MAX_DEPTH * 2 {
                let token = self.token(id);
                blocks.push(token);
            } else {
                self.flow_into(id, blocks);
            }
            self.depth -= 1;
            return;
        }
        let children: Vec<Id> = self.source.children(id).collect();
        let text = self.running(&children);
        if !text.is_empty() {
            blocks.push(Block::leaf(Kind::Paragraph, text, self.place(id, Some(id))));
        }
    }

    fn heading(&mut self, id: Id, blocks: &mut Vec<Shown>) {
        let level = self
            .source
            .name(id)
            .as_bytes()
            .get(1)
            .map_or(1, |digit| digit - b'0');
        let children: Vec<Id> = self.source.children(id).collect();
        let text = self.running(&children);
        if !text.is_empty() {
            let anchor = self.anchor_in(id);
            blocks.push(Block::leaf(
                Kind::Heading { level, anchor },
                text,
                self.place(id, Some(id)),
            ));
        }
    }

    /// A leaf whose text is verbatim.
    fn verbatim(&self, kind: Kind, body: Option<Id>, place: Place) -> Shown {
        let mut text = Text {
            verbatim: true,
            ..Text::default()
        };
        for inside in body.into_iter().flat_map(|body| self.source.descendants(body)) {
            self.verbatim_into(inside, &mut text);
        }
        Block::leaf(kind, text, place)
    }
}

/// Lists beside each other as one.
fn joined(blocks: Vec<Shown>) -> Vec<Shown> {
    join_lists(blocks, |first, next| first.outer.end = next.outer.end)
}
