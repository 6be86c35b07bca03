//! Tree to storage. The only place that writes storage: tags are opened and closed by [`Writer::element`], so they
//! balance; names are constants; text and values go through [`super::escape`]. What an author wrote as storage was
//! checked before it became part of the tree.

mod adf;
mod blocks;
mod code_language;
mod inlines;
mod layout;
mod macros;

use super::Flavour;
use super::escape;
use super::tree::{Block, Inline};

/// The storage of blocks for a page that is there already; `tasks` is the highest number its tasks have.
pub(super) fn write_blocks(blocks: &[Block], flavour: Flavour, tasks: u64) -> (String, u64) {
    let mut writer = Writer {
        tasks,
        ..Writer::new(flavour)
    };
    writer.blocks(blocks);
    (writer.out, writer.tasks)
}

/// The storage of running text.
pub(super) fn write_inlines(inlines: &[Inline], flavour: Flavour) -> String {
    let mut writer = Writer::new(flavour);
    writer.inlines(inlines);
    writer.out
}

/// Writes storage, from a tree or from whoever knows what comes next without one. Both go through the same methods, one
/// for each construct, so a construct is written in one way only.
pub(super) struct Writer {
    out: String,
    flavour: Flavour,
    /// The number of the last task; Confluence wants each of a page to have one of its own.
    tasks: u64,
}

/// How far a writer has come, to go back to.
pub(super) struct Reached {
    length: usize,
    tasks: u64,
}

type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Writer {
    pub(super) fn new(flavour: Flavour) -> Self {
        Self {
            out: String::new(),
            flavour,
            tasks: 0,
        }
    }

    /// Makes room for what is likely to be written.
    pub(super) fn expect(&mut self, length: usize) {
        self.out.reserve(length);
    }

    pub(super) fn reached(&self) -> Reached {
        Reached {
            length: self.out.len(),
            tasks: self.tasks,
        }
    }

    /// Takes back what was written since.
    pub(super) fn back_to(&mut self, reached: &Reached) {
        self.out.truncate(reached.length);
        self.tasks = reached.tasks;
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn element<T>(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.tag(name, attributes);
        self.out.push('>');
        let result = inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        result
    }

    fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.out.push_str(" />");
    }

    fn tag(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            escape::attribute(&mut self.out, value);
            self.out.push('"');
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        escape::text(&mut self.out, text);
    }

    fn cdata(&mut self, text: &str) {
        escape::cdata(&mut self.out, text);
    }
}
