//! The running text of a tree.

use super::{Island, Macro};

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) enum Inline {
    Text(String),
    /// A line break that the author asked for.
    Break,
    Code(String),
    Mark(Mark, Vec<Inline>),
    Link(Link),
    Image(Image),
    /// A day, as `2026-12-24`.
    Date(String),
    /// A place to link to.
    Anchor(String),
    /// What the author of a template wants filled in.
    Placeholder {
        kind: Option<String>,
        text: String,
    },
    /// A macro without a body.
    Macro(Macro),
    Island(Island),
}

/// What a run of text is marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) enum Mark {
    Strong,
    Emphasis,
    Strike,
    Underline,
    Subscript,
    Superscript,
    Small,
    Colour(Colour),
    Highlight(Colour),
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) struct Colour(
    pub(in crate::convert) u8,
    pub(in crate::convert) u8,
    pub(in crate::convert) u8,
);

/// A link. Its content never holds another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) struct Link {
    pub(in crate::convert) target: Target,
    pub(in crate::convert) title: Option<String>,
    /// Empty: Confluence shows the name of the target.
    pub(in crate::convert) content: Vec<Inline>,
}

/// What a link points at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) enum Target {
    Url(String),
    Page(PageName),
    /// A place on the same page, by the name Confluence knows it under.
    Anchor(String),
    /// A heading of the same page.
    Heading {
        text: String,
        /// How many headings with the same text come before it.
        earlier: usize,
    },
    Attachment(String),
    Space(String),
    BlogPost {
        space: Option<String>,
        day: String,
        title: String,
    },
    Content(String),
    User(String),
}

/// A page by its title.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::convert) struct PageName {
    pub(in crate::convert) space: Option<String>,
    pub(in crate::convert) title: String,
    pub(in crate::convert) anchor: Option<String>,
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) struct Image {
    pub(in crate::convert) source: ImageSource,
    pub(in crate::convert) alt: String,
    pub(in crate::convert) title: Option<String>,
    pub(in crate::convert) width: Option<u32>,
    pub(in crate::convert) height: Option<u32>,
    pub(in crate::convert) align: Option<&'static str>,
    pub(in crate::convert) border: bool,
    pub(in crate::convert) caption: Vec<Inline>,
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) enum ImageSource {
    Url(String),
    /// A file attached to the page.
    Attachment(String),
}
