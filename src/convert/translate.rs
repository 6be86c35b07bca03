//! Markdown to storage, one block of the page after the other.
//!
//! A block that says all it means ([`plain`]) goes from pulldown-cmark's events straight to the writer. Any other is
//! read into a tree, which is settled, written and dropped before the next one comes. Only what needs the whole page
//! waits for its end: footnotes, and everything from the first link to a heading on. A page with a layout is read as a
//! whole.

mod plain;

use pulldown_cmark::Event;

use super::read_markdown::{Places, Source, settle, settle_text};
use super::tree::{Block, Division, Page};
use super::write_storage::Writer;
use super::{Converted, Flavour, Notice};

/// How many notices there are at most, those about links included.
const MOST_NOTICES: usize = 60;

pub(super) fn translate(markdown: &str, flavour: Flavour) -> Converted {
    let source = Source::of(markdown);
    let by_blocks = if source.is_surely_whole() {
        None
    } else {
        by_blocks(&source, flavour)
    };
    by_blocks.unwrap_or_else(|| as_a_whole(&source, flavour))
}

/// The whole page as one tree.
fn as_a_whole(source: &Source, flavour: Flavour) -> Converted {
    let mut reading = source.reading();
    source.events().for_each(|event| reading.take(event));
    let (mut page, notices) = reading.finish();
    let unknown = settle(&mut page);
    let mut writer = Writer::new(flavour);
    writer.page(&page);
    converted(writer, notices, unknown)
}

/// Block by block; nothing when only the whole page can tell what they mean.
fn by_blocks(source: &Source, flavour: Flavour) -> Option<Converted> {
    let mut reading = source.reading();
    let mut out = Out {
        writer: Writer::new(flavour),
        places: Places::default(),
        waiting: Vec::new(),
    };
    out.writer.expect(source.length() / 2 * 3);
    let mut events = Vec::new();
    let mut depth = 0_usize;
    for event in source.events() {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        events.push(event);
        if depth > 0 {
            continue;
        }
        let stands_alone = reading.is_between_blocks() && !reading.may_be_joined(&events);
        if !(stands_alone && out.take_plain(&events)) {
            events.drain(..).for_each(|event| reading.take(event));
            out.take(reading.take_blocks()?);
        }
        events.clear();
    }
    let (page, notices) = reading.finish();
    let unknown = out.rest(page)?;
    Some(converted(out.writer, notices, unknown))
}

fn converted(writer: Writer, mut notices: Vec<Notice>, unknown: Vec<String>) -> Converted {
    for slug in unknown {
        let message = format!("no heading of the page is #{slug}; the link may lead nowhere");
        if !notices.iter().any(|notice| notice.message == message) && notices.len() < MOST_NOTICES {
            notices.push(Notice { message });
        }
    }
    Converted {
        storage: writer.finish(),
        notices,
    }
}

/// What becomes of the blocks that are read.
struct Out {
    writer: Writer,
    places: Places,
    /// Blocks from the first on that links to a place of the page, which may be yet to come.
    waiting: Vec<Block>,
}

impl Out {
    fn take_plain(&mut self, events: &[Event<'_>]) -> bool {
        self.waiting.is_empty() && plain::write(events, &mut self.writer, &mut self.places)
    }

    fn take(&mut self, mut blocks: Vec<Block>) {
        settle_text(&mut blocks);
        let links = self.places.note(&mut blocks);
        if links || !self.waiting.is_empty() {
            self.waiting.append(&mut blocks);
        } else {
            self.writer.blocks(&blocks);
        }
    }

    /// The end of the page, and what waited for it. Returns the links that lead nowhere; nothing when the page was to
    /// be read as a whole.
    fn rest(&mut self, page: Page) -> Option<Vec<String>> {
        if page.tasks_taken > 0 {
            return None;
        }
        for division in page.divisions {
            let Division::Flow(blocks) = division else {
                return None;
            };
            self.take(blocks);
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        let unknown = self.places.resolve([waiting.as_mut_slice()]);
        self.writer.blocks(&waiting);
        Some(unknown)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{as_a_whole, by_blocks, translate};
    use crate::convert::Flavour;
    use crate::convert::read_markdown::Source;

    /// Whether the text has the same storage and notices read block by block as read whole.
    fn agrees(markdown: &str) -> bool {
        let source = Source::of(markdown);
        [Flavour::Cloud, Flavour::DataCenter].into_iter().all(|flavour| {
            by_blocks(&source, flavour).is_none_or(|by_blocks| by_blocks == as_a_whole(&source, flavour))
        })
    }

    #[test]
    fn fixtures_have_the_same_storage_both_ways() {
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/convert");
        let pages = std::fs::read_dir(fixtures)
            .unwrap()
            .filter_map(|case| std::fs::read_to_string(case.unwrap().path().join("page.md")).ok());
        let pages: Vec<String> = pages.collect();
        assert!(pages.len() > 20, "{}", pages.len());
        for page in pages {
            assert!(agrees(&page), "{page}");
        }
    }

    #[test]
    fn what_the_whole_page_tells_is_known_when_a_block_is_written() {
        for markdown in [
            "[a](#b) c\n\n- d\n\n# B\n\ne [f](#nowhere)",
            "# B\n\n[a](#b)\n\n- [ ] c\n- [x] d",
            "a[^1]\n\n- b\n\n[^1]: c",
            "- a\n\n<!-- b -->\n\n<li>c</li>",
            "| a |\n|---|\n\n<tr><td>b</td></tr>",
            "- [ ] a\n\n```storage\n<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete\
             </ac:task-status><ac:task-body>b</ac:task-body></ac:task></ac:task-list>\n```\n",
            "a\n\n:::section{type=single}\nb\n:::\n\nc",
            "a\n\n```storage\n<ac:layout><ac:layout-section ac:type=\"single\"><ac:layout-cell><p>b</p></ac:layout-cell>\
             </ac:layout-section></ac:layout>\n```\n\nc",
        ] {
            assert!(agrees(markdown), "{markdown}");
        }
        let storage = translate("# *B* `c`\n\n[a](#b-c)", Flavour::Cloud).storage;
        assert!(storage.contains("<ac:link ac:anchor=\"B-c\">"), "{storage}");
    }

    /// Markdown of all that is written without a tree, and of some that is not.
    fn markdown() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "b c",
            " ",
            "\n",
            "\n\n",
            "\n\n",
            "- ",
            "- [ ] ",
            "- [x] ",
            "7. ",
            "  ",
            "> ",
            "# ",
            "## ",
            "| a | b |\n",
            "|:-:|--:|\n",
            "| | x |\n",
            "```rust\n",
            "```\n",
            "    ",
            "*",
            "**",
            "_",
            "~~",
            "`",
            "[",
            "](#h)",
            "](u)",
            "[x](https://a.b \"t\")",
            "<https://a.b>",
            "https://a.b/c",
            ":rocket:",
            "&amp;",
            "&#32;",
            "&nbsp;",
            "&#1;0&#2;",
            "\\\n",
            "  \n",
            "<b>",
            "</b>",
            "<li>",
            "<tr>",
            "<!-- c -->",
            "![i](f.png)",
            "[[P]]",
            "::toc\n",
            ":::note\n",
            ":::\n",
            "[^1]",
            "[^1]: n\n",
            "---\n",
            "***\n",
            "^",
            "h",
            "{#h}",
        ]);
        prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_has_the_same_storage_both_ways(markdown in markdown()) {
            prop_assert!(agrees(&markdown), "{}", markdown);
        }
    }
}
