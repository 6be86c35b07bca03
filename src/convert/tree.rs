//! The tree in which Markdown and storage meet: what a page says, in types that cannot say what Confluence refuses.
//! A block is never inside an inline, a row never outside a table, a layout never below the top of the page.
//!
//! It knows nothing of either notation. Trees are at most [`MAX_DEPTH`] deep, which whoever builds one sees to; so
//! walking a tree, or dropping it, may recurse. Two trees are equal when they say the same.

mod inline;
mod walk;

pub(super) use inline::{Colour, Image, ImageSource, Inline, Link, Mark, PageName, Target};
pub(super) use walk::{each_heading, each_run, each_run_among, plain_text, stretches};

/// How many levels a tree may have. Deeper quotes, lists and emphasis are flattened by whoever builds a tree.
pub(super) const MAX_DEPTH: usize = 64;

/// A page, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Page {
    pub(super) divisions: Vec<Division>,
    /// The highest number that a task in an island of storage has.
    pub(super) tasks_taken: u64,
}

/// A part of a page over its whole width.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Division {
    Flow(Vec<Block>),
    Section(Section),
    /// Storage whose place is the top of a page, such as a whole layout.
    Island(Island),
}

/// A section of a layout: columns side by side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Section {
    /// The kind of section its author named.
    pub(super) kind: Option<String>,
    pub(super) columns: Vec<Vec<Block>>,
}

/// A piece of a page that stands on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Block {
    Paragraph(Paragraph),
    /// Text of a list item or cell that is no paragraph of its own.
    Plain(Vec<Inline>),
    Heading {
        level: u8,
        /// A name to link to, beside the one Confluence makes from the text.
        anchor: Option<String>,
        content: Vec<Inline>,
    },
    Quote(Vec<Block>),
    Alert(Alert),
    Code(Code),
    List(List),
    Decisions(Vec<Vec<Inline>>),
    Table(Vec<Row>),
    Rule,
    Macro(Macro),
    Island(Island),
}

/// A paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Paragraph {
    pub(super) align: Option<Align>,
    pub(super) indented: bool,
    pub(super) content: Vec<Inline>,
}

/// A coloured box that says how its text is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Alert {
    pub(super) kind: AlertKind,
    pub(super) title: Option<String>,
    pub(super) body: Vec<Block>,
}

/// The alerts of GitHub's Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum AlertKind {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

/// A block of code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Code {
    /// The language as its author wrote it.
    pub(super) language: Option<String>,
    pub(super) title: Option<String>,
    pub(super) line_numbers: bool,
    pub(super) first_line: Option<u64>,
    pub(super) collapse: bool,
    pub(super) theme: Option<String>,
    pub(super) text: String,
}

/// A list; one with a task among its items is written as several.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct List {
    /// The first number of an ordered list.
    pub(super) start: Option<u64>,
    pub(super) items: Vec<Item>,
}

/// An item of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Item {
    /// Whether it is done, where it is a task.
    pub(super) task: Option<bool>,
    pub(super) content: Vec<Block>,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub(super) header: bool,
    pub(super) align: Option<Align>,
    pub(super) columns: Option<u16>,
    pub(super) rows: Option<u16>,
    pub(super) content: Vec<Block>,
}

/// How text is set, where that differs from the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Align {
    Center,
    Right,
}

/// A macro of Confluence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Macro {
    pub(super) name: String,
    pub(super) parameters: Vec<(String, Value)>,
    pub(super) body: Option<Vec<Block>>,
}

/// The value of a macro's parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Text(String),
    Page(PageName),
    Attachment(String),
    Space(String),
}

/// Storage that its author wrote as storage; made only by the reader of islands, which has checked it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Island {
    pub(super) storage: String,
}
