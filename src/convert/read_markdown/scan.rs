//! The pass over the source before pulldown-cmark's: takes out directives, page links and islands of storage, and
//! leaves marks (see [`super::held`]).
//!
//! Lines first: fences of code are left alone, whole-line constructs become blocks. What remains is read as running
//! text by [`inline`]. Where this pass mistakes code for text, the mark is undone later; so it may stay simple.

mod inline;
mod line;

use std::collections::HashSet;

use super::directive;
use super::directives::{alert, is_leaf};
use super::held::{Held, What};
use super::island;
use crate::convert::tree::AlertKind;
use line::{OpenFence, Prefix};

/// The source with marks, and what they stand for.
pub(super) fn scan(source: &str) -> (String, Held) {
    let mut scanner = Scanner {
        source,
        out: String::with_capacity(source.len()),
        held: Held::default(),
        labels: line::definition_labels(source),
        // Islands that turn out not to be any cost what was read of them; hostile input may offer many.
        patience: source.len().saturating_mul(8).saturating_add(1_000_000),
    };
    scanner.run();
    (scanner.out, scanner.held)
}

struct Scanner<'s> {
    source: &'s str,
    out: String,
    held: Held,
    /// Labels that the source defines as links, which `[[label]]` then means.
    labels: HashSet<&'s str>,
    patience: usize,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut fence: Option<OpenFence> = None;
        let mut at = 0;
        while at < self.source.len() {
            let end = line::end(self.source, at);
            let text = &self.source[at..end];
            let prefix = Prefix::of(text);
            if let Some(open) = &fence {
                match open.goes_on(text, &prefix) {
                    line::GoesOn::Inside => {
                        at = self.copy(at, end);
                        continue;
                    }
                    line::GoesOn::Closes => {
                        fence = None;
                        at = self.copy(at, end);
                        continue;
                    }
                    line::GoesOn::Left => fence = None,
                }
            }
            if let Some(open) = OpenFence::in_line(text, &prefix) {
                fence = Some(open);
                at = self.copy(at, end);
                continue;
            }
            at = match self.whole_line(at, end, &prefix) {
                Some(next) => next,
                None => self.paragraph(at, end),
            };
        }
    }

    fn copy(&mut self, from: usize, to: usize) -> usize {
        self.out.push_str(&self.source[from..to]);
        to
    }

    /// A construct that takes whole lines; returns where it ends.
    fn whole_line(&mut self, at: usize, end: usize, prefix: &Prefix) -> Option<usize> {
        let content = at + prefix.length;
        let line = self.source[content..end].trim_end();
        let what = match line.as_bytes().first()? {
            b':' => match directive::fence(line) {
                Some(fence) => What::Fence(fence),
                None => What::Leaf(directive::leaf(line).filter(|leaf| is_leaf(&leaf.name))?),
            },
            b'[' if is_contents(line) => What::Leaf(directive::Directive {
                name: "toc".to_owned(),
                ..directive::Directive::default()
            }),
            b'[' if prefix.quotes > 0 => return self.alert(at, end, prefix),
            b'<' if line.starts_with("<ac:") && prefix.quotes == 0 => return self.island(at, prefix),
            _ => return None,
        };
        let mark = self.held.block(line, what);
        self.copy(at, content);
        self.out.push_str(&mark);
        self.copy(content + line.len(), end);
        Some(end)
    }

    /// `[!NOTE] Title`: GitHub has no titles, so the title gets a line of its own.
    fn alert(&mut self, at: usize, end: usize, prefix: &Prefix) -> Option<usize> {
        let content = at + prefix.length;
        let line = self.source[content..end].trim_end();
        let (kind, title) = line.strip_prefix("[!")?.split_once(']')?;
        let kind = github_name(alert(kind)?);
        let title = title.trim();
        self.copy(at, content);
        self.out.push_str("[!");
        self.out.push_str(kind);
        self.out.push(']');
        if !title.is_empty() {
            let mark = self.held.block(title, What::Title(title.to_owned()));
            self.out.push('\n');
            self.copy(at, content);
            self.out.push_str(&mark);
        }
        self.copy(content + line.len(), end);
        Some(end)
    }

    /// Storage that has its lines to itself.
    fn island(&mut self, at: usize, prefix: &Prefix) -> Option<usize> {
        let start = at + prefix.length;
        let found = self.find_island(start)?;
        let island_end = start + found.length;
        let line_end = line::end(self.source, island_end - 1);
        if !self.source[island_end..line_end].trim().is_empty() {
            return None;
        }
        let mark = self.held.block(&self.source[start..island_end], found.what);
        self.copy(at, start);
        self.out.push_str(&mark);
        self.out.push('\n');
        Some(line_end)
    }

    fn find_island(&mut self, start: usize) -> Option<island::Found> {
        if self.patience == 0 {
            return None;
        }
        match island::find(&self.source[start..]) {
            Ok(found) => Some(found),
            Err(read) => {
                self.patience = self.patience.saturating_sub(read + 50);
                None
            }
        }
    }

    /// Lines of running text, up to one that is something else.
    fn paragraph(&mut self, at: usize, first_end: usize) -> usize {
        let mut end = first_end;
        while end < self.source.len() {
            let next = line::end(self.source, end);
            let text = &self.source[end..next];
            let prefix = Prefix::of(text);
            if line::ends_paragraph(text, &prefix) {
                break;
            }
            end = next;
        }
        self.inline(at, end)
    }
}

/// Lines by which other tools ask for a table of contents.
fn is_contents(line: &str) -> bool {
    ["[toc]", "[[toc]]", "[[_toc_]]"]
        .iter()
        .any(|contents| line.eq_ignore_ascii_case(contents))
}

fn github_name(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Note => "NOTE",
        AlertKind::Tip => "TIP",
        AlertKind::Important => "IMPORTANT",
        AlertKind::Warning => "WARNING",
        AlertKind::Caution => "CAUTION",
    }
}

#[cfg(test)]
mod tests {
    use super::scan;

    /// The source with each mark shown as its number in braces.
    fn marked(source: &str) -> String {
        let (out, _) = scan(source);
        out.replace("<?\u{3}", "{{")
            .replace("\u{4}?>", "}}")
            .replace('\u{1}', "{")
            .replace('\u{2}', "}")
    }

    #[test]
    fn directives_leave_marks_where_they_stood() {
        assert_eq!(
            marked(":::note\na :date[2026-01-02] b\n:::\n"),
            "{{0}}\na {1} b\n{{2}}\n"
        );
        assert_eq!(marked("> :::tip\n> x\n> :::"), "> {{0}}\n> x\n> {{1}}");
        assert_eq!(marked("::toc\n[TOC]\n::other\n"), "{{0}}\n{{1}}\n::other\n");
    }

    #[test]
    fn code_is_left_alone() {
        for source in [
            "```\n:::note\n:date[x]\n```\n",
            "- ~~~\n  :::note\n  ~~~\n",
            "> ```\n> :::note\n> ```\n",
            "a `:date[x]` b ``:date[x] ` :date[y]`` c",
            "a \\:date[x]",
        ] {
            assert_eq!(marked(source), source);
        }
        assert_eq!(
            marked("> ```\n> x\n\n:::note\n"),
            "> ```\n> x\n\n{{0}}\n",
            "leaving the quote ends its fence"
        );
    }

    #[test]
    fn islands_are_taken_whole() {
        let island = "<ac:image>\n\n<ri:url ri:value=\"u\"/></ac:image>";
        assert_eq!(marked(&format!("a\n\n{island}\nb")), "a\n\n{{0}}\nb");
        assert_eq!(marked(&format!("a {island} b")), "a {0} b");
        assert_eq!(marked(&format!("{island} b")), "{0} b");
        assert_eq!(
            marked("a <ac:link> b"),
            "a {0} b",
            "an open tag is kept from being an autolink"
        );
        assert_eq!(marked("`<ac:link>` <https://x>"), "`<ac:link>` <https://x>");
    }

    #[test]
    fn page_links_are_told_from_reference_links() {
        assert_eq!(marked("[[A|b]] ![[c.png]]"), "{0} {1}");
        for source in [
            "[[A]](u)",
            "[[ -f x ]]",
            "[[a]]\n\n[a]: u\n",
            "[[a",
            "\\[[a]]",
            "[[]]",
        ] {
            assert_eq!(marked(source), source);
        }
    }

    #[test]
    fn titles_of_alerts_get_a_line_of_their_own() {
        assert_eq!(marked("> [!info] Mind this\n> x"), "> [!NOTE]\n> {{0}}\n> x");
        assert_eq!(marked("> [!other] y\n"), "> [!other] y\n");
    }
}
