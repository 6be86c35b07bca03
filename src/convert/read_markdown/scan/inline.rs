//! Running text: inline directives, page links, islands of storage; not inside code spans, not after a backslash.

use std::collections::HashMap;

use super::Scanner;
use crate::convert::read_markdown::address::wiki_page;
use crate::convert::read_markdown::directive;
use crate::convert::read_markdown::directives::is_inline;
use crate::convert::read_markdown::held::What;

/// The longest `[[…]]` that is looked at.
const LONGEST_PAGE: usize = 600;

impl Scanner<'_> {
    /// Reads from `at` to `end`; returns where it stopped, which is later when an island reaches further.
    pub(super) fn inline(&mut self, mut at: usize, end: usize) -> usize {
        let ticks = Ticks::in_text(&self.source[at..end], at);
        while at < end {
            let text = &self.source[at..end];
            let Some(offset) = text.find(['`', '\\', '<', ':', '[', '!']) else {
                return self.copy(at, end);
            };
            at = self.copy(at, at + offset);
            let next = match self.source.as_bytes()[at] {
                b'`' => Some(self.copy(at, ticks.after_span(self.source, at).min(end))),
                b'\\' => {
                    let escaped = self.source[at + 1..end].chars().next().map_or(0, char::len_utf8);
                    Some(self.copy(at, at + 1 + escaped))
                }
                b'<' => self.storage_tag(at, end),
                b':' => self.directive(at, end),
                b'[' => self.page_link(at, end),
                _ => self.embed(at, end),
            };
            at = match next {
                Some(next) => next,
                None => self.copy(at, at + 1),
            };
        }
        at
    }

    fn hold(&mut self, from: usize, to: usize, what: What) -> usize {
        let mark = self.held.inline(&self.source[from..to], what);
        self.out.push_str(&mark);
        to
    }

    /// An island, or at least a tag that must not become an autolink.
    fn storage_tag(&mut self, at: usize, end: usize) -> Option<usize> {
        let text = &self.source[at + 1..end];
        if !["ac:", "ri:", "at:", "fab:"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            return None;
        }
        if text.starts_with("ac:")
            && let Some(found) = self.find_island(at)
        {
            return Some(self.hold(at, at + found.length, found.what));
        }
        let tag = text
            .find(['>', '\n', ' '])
            .filter(|&close| text[close..].starts_with('>'));
        tag.map(|close| self.hold(at, at + 1 + close + 1, What::Literal))
    }

    fn directive(&mut self, at: usize, end: usize) -> Option<usize> {
        let before = self.source[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '/')) {
            return None;
        }
        let (directive, length) = directive::read(&self.source[at + 1..end])?;
        if directive.label.is_none() || !is_inline(&directive.name) {
            return None;
        }
        Some(self.hold(at, at + 1 + length, What::Inline(directive)))
    }

    fn page_link(&mut self, at: usize, end: usize) -> Option<usize> {
        let (inside, length) = self.double_brackets(at, end)?;
        let (target, text) = match inside.split_once('|') {
            // In a table the bar is escaped, which pulldown-cmark would have undone.
            Some((target, text)) => (target.trim_end_matches('\\'), Some(text)),
            None => (inside, None),
        };
        let page = wiki_page(target)?;
        let text = text
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned);
        Some(self.hold(at, at + length, What::Page { page, text }))
    }

    fn embed(&mut self, at: usize, end: usize) -> Option<usize> {
        let (inside, length) = self.double_brackets(at + 1, end)?;
        let file = inside.split('|').next().unwrap_or(inside).to_owned();
        Some(self.hold(at, at + 1 + length, What::Embed(file)))
    }

    /// What is between `[[` and `]]`, and the length of all of it.
    fn double_brackets(&self, at: usize, end: usize) -> Option<(&str, usize)> {
        let inside = self.source[at..end].strip_prefix("[[")?;
        let stop = inside
            .char_indices()
            .take(LONGEST_PAGE)
            .find(|(_, c)| matches!(c, '[' | ']' | '\n'))?
            .0;
        let (inside, after) = inside.split_at(stop);
        let after = after.strip_prefix("]]")?;
        let is_name = !inside.is_empty() && inside.trim() == inside && !self.labels.contains(inside);
        (is_name && !after.starts_with(['(', '[', ']', ':'])).then_some((inside, inside.len() + 4))
    }
}

/// The runs of backticks in a text, so that the end of a code span is found without reading on for it.
struct Ticks {
    by_length: HashMap<usize, Vec<usize>>,
}

impl Ticks {
    fn in_text(text: &str, base: usize) -> Self {
        let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut at = 0;
        while let Some(offset) = text[at..].find('`') {
            at += offset;
            let length = run_length(text, at);
            by_length.entry(length).or_default().push(base + at);
            at += length;
        }
        Self { by_length }
    }

    /// Where the code span that begins at `at` ends; the end of the run where it is no code span.
    fn after_span(&self, source: &str, at: usize) -> usize {
        let length = run_length(source, at);
        let runs = self.by_length.get(&length).map_or(&[][..], Vec::as_slice);
        let next = runs.partition_point(|&run| run <= at);
        runs.get(next).map_or(at, |&run| run) + length
    }
}

fn run_length(text: &str, at: usize) -> usize {
    text[at..].bytes().take_while(|&byte| byte == b'`').count()
}
