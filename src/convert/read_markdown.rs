//! Markdown to tree, in four steps: [`scan`] takes out what pulldown-cmark does not know, pulldown-cmark finds the
//! structure, [`events`] and [`elements`] turn Markdown and HTML into frames that open and close on one stack
//! ([`builder`]), and the finished tree is gone through once more for what only the whole page can tell.
//!
//! Raw HTML is never copied: it is read, and written anew from the tree.

mod address;
mod anchors;
mod attributes;
mod builder;
mod close;
mod code_info;
mod dialect;
mod directive;
mod directives;
mod elements;
mod events;
mod footnotes;
mod frame;
mod front_matter;
mod held;
mod html;
mod island;
mod running;
mod scan;
mod sort;
mod style;

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser, Tag};

use super::Notice;
use super::escape::{is_legal, is_surely_legal};
use super::tree::{Block, Division, Page, each_run_among, stretches};
use events::Reader;
use footnotes::Footnotes;
use frame::Part;
use held::Held;

pub(super) use address::{image_source, is_web, target, wiki_page};
pub(super) use anchors::Places;
pub(super) use code_info::code;
pub(super) use directives::{alert, is_leaf as is_leaf_macro};
pub(super) use elements::is_day;
pub(super) use events::align;
pub(super) use running::settled;

/// The name of a macro that is none: it stands for the thing of the page with the id that is its first parameter; the
/// second is the label that people see.
pub(super) const TOKEN: &str = "macro";

/// A Markdown text made ready for pulldown-cmark.
pub(super) struct Source {
    marked: String,
    held: Held,
    /// What is to be said about its front matter.
    notice: Option<String>,
    /// Whether it may have items or rows of HTML, which become part of a list or table that ends just before them.
    has_strays: bool,
}

/// Whether a text may have a start tag of this name, whose letters are in lower case.
fn has_tag(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices('<').any(|(at, _)| {
        let found = bytes.get(at + 1..at + 1 + name.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    })
}

impl Source {
    pub(super) fn of(markdown: &str) -> Self {
        let clean = if is_surely_legal(markdown) {
            Cow::Borrowed(markdown)
        } else {
            let legal = |c: &char| is_legal(*c) && *c != '\u{FEFF}';
            Cow::Owned(markdown.chars().filter(legal).collect())
        };
        let front_matter = front_matter::cut(&clean);
        let body = front_matter.as_ref().map_or(&*clean, |found| found.rest);
        let (marked, held) = scan::scan(body);
        let notice = front_matter.map(|found| match found.said.as_slice() {
            [] => "the front matter was left out".to_owned(),
            said => format!("the front matter was left out; it said {}", said.join(", ")),
        });
        let has_strays = has_tag(body, "li") || has_tag(body, "tr");
        Self {
            marked,
            held,
            notice,
            has_strays,
        }
    }

    pub(super) fn length(&self) -> usize {
        self.marked.len()
    }

    /// Whether the page has a layout, or tasks that have their numbers already, as far as can be told before it is read.
    pub(super) fn is_surely_whole(&self) -> bool {
        self.held.needs_whole_page()
    }

    /// What pulldown-cmark makes of it.
    pub(super) fn events(&self) -> impl Iterator<Item = Event<'_>> {
        Parser::new_ext(&self.marked, dialect::of(&self.marked))
    }

    /// What reads these events.
    pub(super) fn reading(&self) -> Reading<'_> {
        let mut reader = Reader::new(&self.held);
        if let Some(notice) = &self.notice {
            reader.builder().notice(notice.clone());
        }
        Reading {
            reader,
            has_strays: self.has_strays,
        }
    }
}

/// A Markdown text that is being read.
pub(super) struct Reading<'s> {
    reader: Reader<'s>,
    has_strays: bool,
}

impl Reading<'_> {
    pub(super) fn take(&mut self, event: Event<'_>) {
        self.reader.take(event);
    }

    /// Whether nothing is open and nothing was read that is not taken yet, so that a block of Markdown that comes now
    /// stands for itself.
    pub(super) fn is_between_blocks(&mut self) -> bool {
        let top = self.reader.builder().top_of_page();
        top.is_some_and(|parts| parts.is_empty())
    }

    /// Whether what comes after a block may become part of it.
    pub(super) fn may_be_joined(&self, block: &[Event<'_>]) -> bool {
        self.has_strays && matches!(block, [Event::Start(Tag::List(_) | Tag::Table(_)), ..])
    }

    /// The blocks that were read and end here, as far as that is known. Nothing when they are part of a layout.
    pub(super) fn take_blocks(&mut self) -> Option<Vec<Block>> {
        let Some(parts) = self.reader.builder().top_of_page() else {
            return Some(Vec::new());
        };
        match parts.last() {
            Some(Part::Block(Block::List(_) | Block::Table(_))) if self.has_strays => Some(Vec::new()),
            Some(Part::Block(_)) => {
                let parts = std::mem::take(parts);
                let is_layout = |part: &Part| matches!(part, Part::Section(_) | Part::Top(_));
                (!parts.iter().any(is_layout)).then(|| sort::blocks(parts, sort::paragraph))
            }
            _ => Some(Vec::new()),
        }
    }

    /// The tree of what was read, and what could not be expressed in it.
    pub(super) fn finish(self) -> (Page, Vec<Notice>) {
        let finished = self.reader.finish();
        let mut page = assemble(finished.parts, finished.footnotes);
        page.tasks_taken = finished
            .tasks
            .iter()
            .filter_map(|task| task.parse().ok())
            .max()
            .unwrap_or(0);
        (page, finished.notices)
    }
}

/// The tree of a Markdown text that is the edited text of a page: tokens stand for things of that page, and text is
/// what was written, since an address without a link may be one on the page as well.
pub(super) fn read_edited(markdown: &str) -> (Page, Vec<Notice>) {
    let source = Source::of(markdown);
    let mut reading = source.reading();
    reading.reader.builder().edited = true;
    source.events().for_each(|event| reading.take(event));
    reading.finish()
}

/// What the text of a new page means beyond its form: addresses, emoji, links to headings. Returns what is amiss.
pub(super) fn settle(page: &mut Page) -> Vec<String> {
    let mut places = Places::default();
    stretches(page).for_each(|blocks| {
        settle_text(blocks);
        places.note(blocks);
    });
    places.resolve(stretches(page))
}

/// What running text means beyond its form.
pub(super) fn settle_text(blocks: &mut [Block]) {
    each_run_among(blocks, &mut running::run);
}

/// Sections of a layout and what is between them; footnotes come last.
fn assemble(parts: Vec<Part>, footnotes: Footnotes) -> Page {
    let (mut divisions, mut flow) = (Vec::new(), Vec::new());
    for part in parts {
        let division = match part {
            Part::Section(section) => Division::Section(section),
            Part::Top(island) => Division::Island(island),
            other => {
                flow.push(other);
                continue;
            }
        };
        end_flow(&mut flow, Vec::new(), &mut divisions);
        divisions.push(division);
    }
    end_flow(&mut flow, footnotes.into_blocks(), &mut divisions);
    Page {
        divisions,
        tasks_taken: 0,
    }
}

fn end_flow(flow: &mut Vec<Part>, more: Vec<Block>, divisions: &mut Vec<Division>) {
    let mut blocks = sort::blocks(std::mem::take(flow), sort::paragraph);
    blocks.extend(more);
    if !blocks.is_empty() {
        divisions.push(Division::Flow(blocks));
    }
}
