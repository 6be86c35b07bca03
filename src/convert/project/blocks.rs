//! Blocks as Markdown, each line behind what it stands in: quote marks, the indentation of an item.

mod tables;
mod words;

use std::collections::HashSet;
use std::fmt::Write as _;

use super::escape::{Context, label};
use super::inline;
use crate::convert::layout::Mark;
use crate::convert::shown::of_storage::Shown;
use crate::convert::shown::text::THING;
use crate::convert::shown::{Code, Kind, Start};
use crate::convert::source::{Id, Source};
use words::{alert_name, braces, info};

/// The Markdown of a page, and where each block stands in it. The blocks in `careful` are written so that nothing can
/// be misread.
pub(super) fn emit(root: &Shown, source: &Source<'_>, careful: &HashSet<Id>) -> (String, Vec<Mark>) {
    let mut emitter = Emitter {
        source,
        careful,
        out: String::new(),
        prefix: String::new(),
        marks: Vec::new(),
        flows: 0,
        depth: 0,
    };
    emitter.blocks(&root.children, false);
    if !emitter.out.is_empty() {
        emitter.out.push('\n');
    }
    (emitter.out, emitter.marks)
}

struct Emitter<'a, 's> {
    source: &'a Source<'s>,
    careful: &'a HashSet<Id>,
    out: String,
    prefix: String,
    marks: Vec<Mark>,
    /// How many flows of blocks there were.
    flows: usize,
    /// How many blocks the present one is in.
    depth: usize,
}

impl Emitter<'_, '_> {
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(text);
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&self.prefix);
    }

    /// An empty line, and the beginning of the next.
    fn gap(&mut self) {
        self.out.push('\n');
        self.out.push_str(self.prefix.trim_end());
        self.line();
    }

    fn inside(&mut self, prefix: &str, emit: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        self.prefix.push_str(prefix);
        emit(self);
        self.prefix.truncate(length);
    }

    fn blocks(&mut self, blocks: &[Shown], tight: bool) {
        let mut before: Option<&Shown> = None;
        let mut other_sign = false;
        self.flows += 1;
        let flow = self.flows;
        for block in blocks {
            if let Some(before) = before {
                if tight {
                    self.line();
                } else {
                    self.gap();
                }
                // Two lists of different kinds beside each other are kept apart by their bullets.
                let beside = is_bullets(before) && is_bullets(block);
                other_sign = beside && !other_sign;
            }
            let (mark, start) = (self.marks.len(), self.out.len());
            self.marks.push(Mark {
                at: start..start,
                flow,
                depth: self.depth,
                heading: heading(block),
            });
            self.depth += 1;
            self.block(block, other_sign, before.is_none());
            self.depth -= 1;
            self.marks[mark].at.end = self.out.len();
            before = Some(block);
        }
    }

    fn block(&mut self, block: &Shown, other_sign: bool, first: bool) {
        match &block.kind {
            Kind::Paragraph => self.text(block, Context::Block),
            Kind::Heading { level, anchor } => {
                self.out.push_str(&"######"[..usize::from((*level).clamp(1, 6))]);
                self.out.push(' ');
                self.text(block, Context::Heading);
                if let Some(anchor) = anchor {
                    self.out.push_str(" {#");
                    self.out.push_str(anchor);
                    self.out.push('}');
                }
            }
            Kind::Figure { markdown, .. } => {
                self.out.push_str(&markdown.0);
                self.line();
                self.out.push_str(":caption[");
                self.out.push_str(&label(&block.text.chars));
                self.out.push(']');
            }
            Kind::Code(code) => self.code(code, &block.text.chars),
            // At the top of a page three dashes would begin front matter; behind a bullet they would be one rule with it.
            Kind::Rule => self.out.push_str(if first { "___" } else { "---" }),
            Kind::Quote => {
                self.out.push_str("> ");
                self.inside("> ", |e| e.blocks(&block.children, false));
            }
            Kind::Alert { kind, title } => {
                self.out.push_str("> [!");
                self.out.push_str(alert_name(*kind));
                self.out.push(']');
                if let Some(title) = title {
                    self.out.push(' ');
                    self.out.push_str(&label(title));
                }
                if !block.children.is_empty() {
                    self.inside("> ", |e| {
                        if matches!(block.children[0].kind, Kind::Paragraph) && title.is_none() {
                            e.line();
                        } else {
                            e.gap();
                        }
                        e.blocks(&block.children, false);
                    });
                }
            }
            Kind::Container { name, parameters } if name == "expand" => self.details(block, parameters),
            Kind::Container { name, parameters } => {
                self.container(&format!(":::{name}{}", braces(parameters)), &block.children);
            }
            Kind::Section { kind } => {
                let braces = braces(&[("type".to_owned(), kind.clone())]);
                self.container(&format!("::::section{braces}"), &block.children);
            }
            Kind::Column => self.container(":::column", &block.children),
            Kind::Decisions => self.container(":::decisions", &block.children),
            Kind::Decision => {
                self.out.push_str("- ");
                self.inside("  ", |e| e.text(block, Context::Block));
            }
            Kind::List { ordered, start, .. } => self.list(block, *ordered, *start, other_sign),
            Kind::Table => self.table(block),
            Kind::Leaf { name, parameters } => self.leaf(name, parameters),
            Kind::Token { id, label } => {
                self.write(format_args!("::macro[{}]{{#{id}}}", label.0));
            }
            // Only ever inside the others.
            Kind::Page | Kind::Item { .. } | Kind::Row | Kind::Cell { .. } | Kind::Island(_) => {
                self.blocks(&block.children, false);
            }
        }
    }

    fn text(&mut self, block: &Shown, context: Context) {
        let careful = self.careful.contains(&block.from.node);
        let text = inline::emit(&block.text, context, careful);
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line();
            }
            self.out.push_str(line);
        }
    }

    fn code(&mut self, code: &Code, text: &str) {
        let longest = text
            .lines()
            .map(|line| line.trim_start().bytes().take_while(|byte| *byte == b'`').count());
        let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
        self.out.push_str(&fence);
        self.out.push_str(&info(code));
        for line in text.split('\n') {
            if line.is_empty() {
                self.out.push('\n');
                self.out.push_str(self.prefix.trim_end());
            } else {
                self.line();
                self.out.push_str(line);
            }
        }
        self.line();
        self.out.push_str(&fence);
    }

    fn details(&mut self, block: &Shown, parameters: &[(String, String)]) {
        self.out.push_str("<details>");
        if let Some((_, title)) = parameters.first() {
            let title = title
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            self.line();
            self.write(format_args!("<summary>{title}</summary>"));
        }
        self.gap();
        if !block.children.is_empty() {
            self.blocks(&block.children, false);
            self.gap();
        }
        self.out.push_str("</details>");
    }

    fn container(&mut self, line: &str, children: &[Shown]) {
        let colons = &line[..line.len() - line.trim_start_matches(':').len()];
        self.out.push_str(line);
        self.gap();
        if !children.is_empty() {
            self.blocks(children, false);
            self.gap();
        }
        self.out.push_str(colons);
    }

    fn leaf(&mut self, name: &str, parameters: &[(String, String)]) {
        self.out.push_str("::");
        self.out.push_str(name);
        let (label, rest): (Vec<_>, Vec<_>) = parameters.iter().cloned().partition(|(key, _)| key.is_empty());
        if let Some((_, label)) = label.first() {
            self.write(format_args!("[[{label}]]"));
        }
        self.out.push_str(&braces(&rest));
    }

    fn list(&mut self, list: &Shown, ordered: bool, start: Start, other_sign: bool) {
        let tight = list.children.iter().all(|item| match item.children.as_slice() {
            [] => true,
            [first, rest @ ..] => {
                matches!(first.kind, Kind::Paragraph)
                    && !first.text.chars.contains('\n')
                    && rest.len() <= 1
                    && rest.iter().all(follows_a_paragraph)
            }
        });
        let mut number = start.0;
        let mut sign = other_sign;
        let mut parent = None;
        for (index, item) in list.children.iter().enumerate() {
            let source_list = self.source.parent(item.from.node);
            if index > 0 {
                if tight {
                    self.line();
                } else {
                    self.gap();
                }
                if parent != source_list {
                    sign = !sign;
                    number = self.start_of(source_list);
                }
            }
            parent = source_list;
            let marker = match (ordered, sign) {
                (true, false) => format!("{number}."),
                (true, true) => format!("{number})"),
                (false, false) => "-".to_owned(),
                (false, true) => "*".to_owned(),
            };
            number = number.saturating_add(1);
            self.item(item, &marker, tight);
        }
    }

    fn start_of(&self, list: Option<Id>) -> u64 {
        let start = list.and_then(|list| self.source.attribute(list, "start"));
        start.and_then(|start| start.parse().ok()).unwrap_or(1)
    }

    fn item(&mut self, item: &Shown, marker: &str, tight: bool) {
        self.out.push_str(marker);
        let task = match item.kind {
            Kind::Item { task: Some(true) } => "[x] ",
            Kind::Item { task: Some(false) } => "[ ] ",
            _ => "",
        };
        let Some(first) = item.children.first() else {
            if !task.is_empty() {
                self.out.push(' ');
                self.out.push_str(task);
            }
            return;
        };
        let indent = " ".repeat(marker.len() + 1);
        self.inside(&indent, |e| {
            let starts_here = match &first.kind {
                Kind::Paragraph | Kind::Code(_) | Kind::List { .. } | Kind::Figure { .. } | Kind::Rule => {
                    true
                }
                _ => !task.is_empty(),
            };
            if starts_here {
                e.out.push(' ');
                e.out.push_str(task);
            } else {
                e.line();
            }
            e.blocks(&item.children, tight);
        });
    }
}

/// The level of a heading and what it says, without what is no text.
fn heading(block: &Shown) -> Option<(u8, String)> {
    let Kind::Heading { level, .. } = block.kind else {
        return None;
    };
    let words = block.text.chars.split(|c: char| c == THING || c.is_whitespace());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    Some((level, words.join(" ")))
}

/// Whether it is a list that may begin on the line after a paragraph:
/// <https://spec.commonmark.org/0.31.2/#list-items>.
fn follows_a_paragraph(block: &Shown) -> bool {
    let begins = |start: Start, ordered: bool| !ordered || start.0 == 1;
    matches!(block.kind, Kind::List { ordered, start, .. } if begins(start, ordered))
        && block
            .children
            .first()
            .is_some_and(|item| !item.children.is_empty())
}

fn is_bullets(block: &Shown) -> bool {
    matches!(block.kind, Kind::List { ordered: false, .. })
}
