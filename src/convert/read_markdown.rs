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

use pulldown_cmark::{Options, Parser};

use super::Notice;
use super::escape::is_legal;
use super::tree::{Block, Division, Page, each_run};
use footnotes::Footnotes;
use frame::Part;

/// What the dialect has beyond `CommonMark`. Smart punctuation stays off: it would change what people wrote.
const DIALECT: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_DEFINITION_LIST)
    .union(Options::ENABLE_SUPERSCRIPT)
    .union(Options::ENABLE_SUBSCRIPT);

pub(super) use address::{image_source, target, wiki_page};
pub(super) use directives::{alert, is_leaf as is_leaf_macro};
pub(super) use elements::is_day;

/// The name of a macro that is none: it stands for the thing of the page with the id that is its first parameter; the
/// second is the label that people see.
pub(super) const TOKEN: &str = "macro";

/// The tree of a Markdown text, and what could not be expressed in it.
pub(super) fn read(markdown: &str) -> (Page, Vec<Notice>) {
    let (mut page, mut notices) = read_shape(markdown, false);
    for message in settle(&mut page) {
        if !notices.iter().any(|notice| notice.message == message) && notices.len() < 60 {
            notices.push(Notice { message });
        }
    }
    (page, notices)
}

/// The tree of a Markdown text that is the edited text of a page: tokens stand for things of that page, and text is
/// what was written, since an address without a link may be one on the page as well.
pub(super) fn read_edited(markdown: &str) -> (Page, Vec<Notice>) {
    read_shape(markdown, true)
}

/// What the text of a new page means beyond its form: addresses, emoji, links to headings. Returns what is amiss.
pub(super) fn settle(page: &mut Page) -> Vec<String> {
    each_run(page, &mut running::run);
    let unknown = anchors::resolve(page).into_iter();
    unknown
        .map(|slug| format!("no heading of the page is #{slug}; the link may lead nowhere"))
        .collect()
}

fn read_shape(markdown: &str, edited: bool) -> (Page, Vec<Notice>) {
    let clean: String = markdown
        .chars()
        .filter(|&c| is_legal(c) && c != '\u{FEFF}')
        .collect();
    let front_matter = front_matter::cut(&clean);
    let body = front_matter.as_ref().map_or(clean.as_str(), |found| found.rest);
    let (marked, held) = scan::scan(body);
    let mut reader = events::Reader::new(held);
    reader.builder().edited = edited;
    if let Some(found) = &front_matter {
        let said = if found.said.is_empty() {
            String::new()
        } else {
            format!("; it said {}", found.said.join(", "))
        };
        reader
            .builder()
            .notice(format!("the front matter was left out{said}"));
    }
    for event in Parser::new_ext(&marked, DIALECT) {
        reader.take(event);
    }
    let finished = reader.finish();
    let mut page = assemble(finished.parts, finished.footnotes);
    page.tasks_taken = finished
        .tasks
        .iter()
        .filter_map(|task| task.parse().ok())
        .max()
        .unwrap_or(0);
    (page, finished.notices)
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
