//! The tree in which Markdown and storage meet: what a page says, in types that cannot say anything Confluence
//! refuses. A block is never inside an inline, a row never outside a table.
//!
//! It knows nothing of either notation. Trees are at most [`MAX_DEPTH`] deep, which the readers see to; so walking
//! one, or dropping it, may recurse.

/// How many levels a tree may have. Deeper quotes, lists and emphasis are flattened by whoever builds a tree.
pub(super) const MAX_DEPTH: usize = 64;

/// A piece of a page that stands on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// Text of a list item or cell that is no paragraph of its own.
    Plain(Vec<Inline>),
    Heading {
        level: u8,
        /// A name to link to, beside the one Confluence makes from the text.
        anchor: Option<String>,
        content: Vec<Inline>,
    },
    Quote(Vec<Block>),
    Code(Code),
    List(List),
    Table(Vec<Row>),
    Rule,
}

/// A block of code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Code {
    /// The language as its author wrote it.
    pub(super) language: Option<String>,
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
    pub(super) content: Vec<Block>,
}

/// How text is set, where that differs from the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Align {
    Center,
    Right,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Inline {
    Text(String),
    /// A line break that the author asked for.
    Break,
    Code(String),
    Mark(Mark, Vec<Inline>),
    Link(Link),
    Image(Image),
}

/// What a run of text is marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Strike,
    Underline,
    Subscript,
    Superscript,
    Small,
}

/// A link. Its content never holds another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Link {
    pub(super) url: String,
    pub(super) title: Option<String>,
    pub(super) content: Vec<Inline>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Image {
    pub(super) source: ImageSource,
    pub(super) alt: String,
    pub(super) title: Option<String>,
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum ImageSource {
    Url(String),
    /// A file attached to the page.
    Attachment(String),
}

/// The text of inlines, without anything that marks it.
pub(super) fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    append_plain_text(&mut text, inlines);
    text
}

fn append_plain_text(text: &mut String, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::Text(plain) | Inline::Code(plain) => text.push_str(plain),
            Inline::Break => text.push(' '),
            Inline::Mark(_, content) | Inline::Link(Link { content, .. }) => append_plain_text(text, content),
            Inline::Image(image) => text.push_str(&image.alt),
        }
    }
}
