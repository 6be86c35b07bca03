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
use super::tree::{Block, Inline, Page};

/// The storage of a page.
pub(super) fn write(page: &Page, flavour: Flavour) -> String {
    let mut writer = Writer {
        out: String::new(),
        flavour,
        tasks: page.tasks_taken,
    };
    writer.page(page);
    writer.out
}

/// The storage of blocks for a page that is there already; `tasks` is the highest number its tasks have.
pub(super) fn write_blocks(blocks: &[Block], flavour: Flavour, tasks: u64) -> (String, u64) {
    let mut writer = Writer {
        out: String::new(),
        flavour,
        tasks,
    };
    writer.blocks(blocks);
    (writer.out, writer.tasks)
}

/// The storage of running text.
pub(super) fn write_inlines(inlines: &[Inline], flavour: Flavour) -> String {
    let mut writer = Writer {
        out: String::new(),
        flavour,
        tasks: 0,
    };
    writer.inlines(inlines);
    writer.out
}

struct Writer {
    out: String,
    flavour: Flavour,
    /// The number of the last task; Confluence wants each of a page to have one of its own.
    tasks: u64,
}

type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Writer {
    fn element(&mut self, name: &'static str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.tag(name, attributes);
        self.out.push('>');
        inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
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

    fn text(&mut self, text: &str) {
        escape::text(&mut self.out, text);
    }

    fn cdata(&mut self, text: &str) {
        escape::cdata(&mut self.out, text);
    }
}
