//! A page as Markdown shows it: blocks in blocks, running text in leaves. What a page of storage shows
//! ([`of_storage`]) and what a Markdown text asks for ([`of_markdown`]) are both brought into this one shape, so that
//! they can be compared, aligned and told apart block by block.
//!
//! Only what Markdown can show is in it; everything else about a page stays in the source, at the places that the
//! blocks of a page remember. Shapes are at most as deep as a tree of Markdown, so walking them may recurse.

pub(super) mod of_markdown;
pub(super) mod of_storage;
pub(super) mod text;

use std::hash::{DefaultHasher, Hash, Hasher};

use super::tree::AlertKind;
use text::Text;

/// A block of a page.
#[derive(Clone, Debug)]
pub(super) struct Block<B, I> {
    pub(super) kind: Kind,
    pub(super) children: Vec<Block<B, I>>,
    /// The running text of a leaf.
    pub(super) text: Text<I>,
    /// The same for blocks that show the same.
    pub(super) hash: u64,
    pub(super) from: B,
}

/// What a block is, with what of it is seen besides its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Page,
    /// A section of a layout.
    Section {
        kind: String,
    },
    Column,
    Paragraph,
    Heading {
        level: u8,
        anchor: Option<String>,
    },
    /// An image with a caption, which is its text.
    Figure {
        image: String,
        markdown: Hidden,
    },
    Code(Code),
    Rule,
    Quote,
    Alert {
        kind: AlertKind,
        title: Option<String>,
    },
    /// A macro with a body of blocks.
    Container {
        name: String,
        parameters: Vec<(String, String)>,
    },
    List {
        ordered: bool,
        tasks: bool,
        start: Start,
    },
    Item {
        task: Option<bool>,
    },
    Decisions,
    Decision,
    Table,
    Row,
    Cell {
        columns: u16,
        rows: u16,
    },
    /// A macro without a body.
    Leaf {
        name: String,
        parameters: Vec<(String, String)>,
    },
    /// Something that Markdown has no words for.
    Token {
        id: String,
        label: Hidden,
    },
    /// Storage written as such; never part of what a page shows.
    Island(String),
}

/// The information beside the text of a block of code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Code {
    pub(super) language: Option<String>,
    pub(super) title: Option<String>,
    pub(super) line_numbers: bool,
    pub(super) first_line: Option<u64>,
    pub(super) collapse: bool,
    pub(super) theme: Option<String>,
}

/// Something that belongs to the showing and is not compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden(pub(super) String);

impl PartialEq for Hidden {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hidden {}

impl Hash for Hidden {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// The first number of a list; of lists that follow one another, of the first. Nobody means it by writing another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Start(pub(super) u64);

impl PartialEq for Start {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Start {}

impl Hash for Start {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<B, I> Block<B, I> {
    pub(super) fn leaf(kind: Kind, text: Text<I>, from: B) -> Self {
        Self::new(kind, Vec::new(), text, from)
    }

    pub(super) fn container(kind: Kind, children: Vec<Self>, from: B) -> Self {
        Self::new(kind, children, Text::default(), from)
    }

    fn new(kind: Kind, children: Vec<Self>, text: Text<I>, from: B) -> Self {
        let mut block = Self {
            kind,
            children,
            text,
            hash: 0,
            from,
        };
        block.rehash();
        block
    }

    /// After a change of its own; the hashes of its children are taken as they are.
    pub(super) fn rehash(&mut self) {
        let mut hasher = DefaultHasher::new();
        self.kind.hash(&mut hasher);
        for child in &self.children {
            child.hash.hash(&mut hasher);
        }
        self.text.hash(&mut hasher);
        self.hash = hasher.finish();
    }

    /// Whether both show the same.
    pub(super) fn says<C, J>(&self, other: &Block<C, J>) -> bool {
        self.hash == other.hash
            && self.kind == other.kind
            && self.text.says(&other.text)
            && self.children.len() == other.children.len()
            && self.children.iter().zip(&other.children).all(|(a, b)| a.says(b))
    }

    /// Whether its content is running text.
    pub(super) fn is_leaf(&self) -> bool {
        matches!(
            self.kind,
            Kind::Paragraph | Kind::Heading { .. } | Kind::Figure { .. } | Kind::Code(_) | Kind::Decision
        )
    }
}

/// Neighbouring lists of one kind are one list: what keeps them apart in Markdown is a bullet, which models change.
pub(super) fn join_lists<B, I>(blocks: Vec<Block<B, I>>, join: impl Fn(&mut B, &B)) -> Vec<Block<B, I>> {
    let is_one = |first: &Block<B, I>, next: &Block<B, I>| {
        matches!(next.kind, Kind::List { .. }) && first.kind == next.kind
    };
    if !blocks.windows(2).any(|pair| is_one(&pair[0], &pair[1])) {
        return blocks;
    }
    let mut joined: Vec<Block<B, I>> = Vec::with_capacity(blocks.len());
    for mut block in blocks {
        if let Some(last) = joined.last_mut().filter(|last| is_one(last, &block)) {
            last.children.append(&mut block.children);
            join(&mut last.from, &block.from);
            last.rehash();
            continue;
        }
        joined.push(block);
    }
    joined
}
