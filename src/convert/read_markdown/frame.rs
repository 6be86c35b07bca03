//! What is open while Markdown is read, and what has been read of it.
//!
//! Whatever lands inside a frame is kept as [`Part`]s; only on closing ([`super::close`]) is it sorted into the shape
//! the frame needs. So text beside blocks, an item without a list or a block inside emphasis all end as something a
//! tree can hold.

use crate::convert::tree::{
    AlertKind, Align, Block, Cell, Code, Inline, Island, Item, Mark, Row, Section, Target, Value,
};

/// A piece that has been read, not yet in its place.
pub(super) enum Part {
    Inline(Inline),
    Block(Block),
    Item(Item),
    Row(Row),
    Cell(Cell),
    Summary(Vec<Inline>),
    Section(Section),
    Column(Vec<Block>),
    /// Storage whose place is the top of the page.
    Top(Island),
}

impl Part {
    /// Whether it is white space and no more.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Part::Inline(Inline::Text(text)) if text.trim().is_empty())
    }
}

/// What is open.
pub(super) enum Kind {
    Document,
    Paragraph,
    /// A paragraph or division of HTML: blocks of their own, with an alignment for those directly in it.
    Group {
        align: Option<Align>,
    },
    Heading {
        level: u8,
        anchor: Option<String>,
    },
    Quote,
    Alert {
        kind: AlertKind,
        title: Option<String>,
    },
    List {
        start: Option<u64>,
    },
    Item {
        task: Option<bool>,
    },
    Term,
    Definition,
    Table {
        aligns: Vec<Option<Align>>,
    },
    Caption,
    Row {
        header: bool,
    },
    Cell(Cell),
    Code(Code),
    Details,
    Summary,
    Mark(Mark),
    InlineCode,
    /// `<q>`.
    Quotation,
    Link {
        target: Target,
        title: Option<String>,
    },
    Image {
        url: String,
        title: Option<String>,
    },
    Macro {
        name: String,
        parameters: Vec<(String, Value)>,
    },
    Section {
        kind: Option<String>,
    },
    Column,
    Decisions,
    Footnote {
        label: String,
    },
    /// Something that leaves no trace, nor does what is in it.
    Dropped,
    /// Something that leaves no trace of itself, only of what is in it.
    Transparent,
}

/// Who opened a frame, which decides who may close it.
pub(super) enum Origin {
    /// pulldown-cmark, which closes what it opens, and nothing else may.
    Markdown,
    /// A tag of HTML.
    Tag {
        name: String,
        raw: String,
        /// Whether it stood in running text; there an open tag that is never closed is text.
        in_text: bool,
    },
    /// The line of a container.
    Fence { colons: usize },
}

/// An open construct with what has been read of it.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) origin: Origin,
    pub(super) content: Vec<Part>,
}

impl Frame {
    pub(super) fn new(kind: Kind, origin: Origin) -> Self {
        Self {
            kind,
            origin,
            content: Vec::new(),
        }
    }

    /// Adds a piece; neighbouring text becomes one text.
    pub(super) fn push(&mut self, part: Part) {
        if let (Some(Part::Inline(Inline::Text(before))), Part::Inline(Inline::Text(text))) =
            (self.content.last_mut(), &part)
        {
            before.push_str(text);
            return;
        }
        self.content.push(part);
    }

    pub(super) fn extend(&mut self, parts: impl IntoIterator<Item = Part>) {
        parts.into_iter().for_each(|part| self.push(part));
    }

    pub(super) fn block(&mut self, block: Block) {
        self.content.push(Part::Block(block));
    }

    pub(super) fn blocks(&mut self, blocks: impl IntoIterator<Item = Block>) {
        self.content.extend(blocks.into_iter().map(Part::Block));
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.content.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Inline(Inline::Text(before))) => before.push_str(text),
            _ => self.content.push(Part::Inline(Inline::Text(text.to_owned()))),
        }
    }

    pub(super) fn is_markdown(&self) -> bool {
        matches!(self.origin, Origin::Markdown)
    }
}
