//! Where something was taken out of the source, it comes back here as what it means.

use super::{leaf, parameters};
use crate::convert::read_markdown::TOKEN;
use crate::convert::read_markdown::builder::Builder;
use crate::convert::read_markdown::close::image;
use crate::convert::read_markdown::directive::{Directive, unescaped};
use crate::convert::read_markdown::elements::is_day;
use crate::convert::read_markdown::frame::{Kind, Part};
use crate::convert::read_markdown::held::{Entry, What};
use crate::convert::read_markdown::island;
use crate::convert::read_markdown::sort::paragraph;
use crate::convert::tree::{Block, Code, Inline, Island, Link, Macro, Target, Value};

/// The colours a status can have.
const STATUS_COLOURS: &[&str] = &["Grey", "Red", "Yellow", "Green", "Blue", "Purple"];

impl Builder<'_> {
    /// Something that had lines to itself.
    pub(in crate::convert::read_markdown) fn held_block(&mut self, entry: &Entry) {
        if matches!(self.top().kind, Kind::Code(_)) {
            self.literal(&entry.raw);
            return;
        }
        match &entry.what {
            What::Fence(fence) => self.fence(fence, &entry.raw),
            What::Leaf(directive) if self.is_token(directive) => {
                self.push(Part::Block(Block::Macro(token(directive))));
            }
            What::Leaf(directive) => match leaf(directive) {
                Ok(native) => self.push(Part::Block(Block::Macro(native))),
                Err(problem) => self.notice(problem),
            },
            What::Title(title) => match &mut self.top().kind {
                Kind::Alert {
                    title: missing @ None,
                    ..
                } => *missing = Some(plain(title)),
                _ => self.push(Part::Block(paragraph(vec![Inline::Text(title.clone())]))),
            },
            What::Island { links: true, .. } if self.in_link() => {
                self.refused("a link cannot be inside a link", &entry.raw, false);
            }
            What::Island {
                island, tasks, root, ..
            } => match self.admits(tasks, root) {
                Ok(()) => self.push(block_of(island.clone(), root)),
                Err(problem) => self.refused(problem, &entry.raw, false),
            },
            What::Refused(problem) => self.refused(problem, &entry.raw, false),
            What::Inline(_) | What::Page { .. } | What::Embed(_) | What::Literal => self.held_in_text(entry),
        }
    }

    fn is_token(&self, directive: &Directive) -> bool {
        self.edited && directive.name == TOKEN
    }

    /// Something that stood in running text.
    pub(in crate::convert::read_markdown) fn held_in_text(&mut self, entry: &Entry) {
        match &entry.what {
            What::Inline(directive) => self.inline_directive(directive, &entry.raw),
            What::Page { page, text } => {
                let shown = text.clone().map(Inline::Text);
                if self.in_link() {
                    self.inline(shown.unwrap_or_else(|| Inline::Text(page.title.clone())));
                } else {
                    let target = Target::Page(page.clone());
                    self.inline(Inline::Link(Link {
                        target,
                        title: None,
                        content: shown.into_iter().collect(),
                    }));
                }
            }
            What::Embed(file) => {
                self.check_image(file);
                self.inline(image(file, None, &[]));
            }
            What::Island { links: true, .. } if self.in_link() => {
                self.refused("a link cannot be inside a link", &entry.raw, true);
            }
            What::Island {
                island, tasks, root, ..
            } => match self.admits(tasks, root) {
                Ok(()) if island::is_inline(root) => self.inline(Inline::Island(island.clone())),
                Ok(()) => self.push(block_of(island.clone(), root)),
                Err(problem) => self.refused(problem, &entry.raw, true),
            },
            What::Refused(problem) => self.refused(problem, &entry.raw, true),
            What::Fence(_) | What::Leaf(_) | What::Title(_) | What::Literal => self.literal(&entry.raw),
        }
    }

    /// Storage that must not come in is shown for what it is.
    fn refused(&mut self, problem: &str, raw: &str, in_text: bool) {
        self.notice(format!("storage in the text is shown as code: {problem}"));
        if in_text {
            self.inline(Inline::Code(raw.to_owned()));
        } else {
            let code = Code {
                language: Some("xml".to_owned()),
                text: raw.to_owned(),
                ..Code::default()
            };
            self.push(Part::Block(Block::Code(code)));
        }
    }

    /// What only the whole page can say about an island.
    fn admits(&mut self, tasks: &[String], root: &str) -> Result<(), &'static str> {
        if root == "ac:layout" && !self.at_top() {
            return Err("a layout can only be at the top of the page");
        }
        if tasks.iter().any(|task| self.tasks.contains(task)) {
            return Err("the numbers of its tasks are taken");
        }
        self.tasks.extend(tasks.iter().cloned());
        Ok(())
    }

    fn inline_directive(&mut self, directive: &Directive, raw: &str) {
        let label = unescaped(directive.label.as_deref().unwrap_or_default());
        let label = label.trim();
        if label.is_empty() {
            self.literal(raw);
            return;
        }
        match directive.name.as_str() {
            "status" => {
                let status = self.status(label, directive);
                self.inline(Inline::Macro(status));
            }
            "date" if is_day(label) => self.inline(Inline::Date(label.to_owned())),
            "date" => {
                self.notice(format!("{raw} is no day such as 2026-12-24; it stays text"));
                self.literal(raw);
            }
            "user" if self.in_link() => self.literal(label),
            "user" => {
                let target = Target::User(label.to_owned());
                self.inline(Inline::Link(Link {
                    target,
                    title: None,
                    content: Vec::new(),
                }));
            }
            "jira" => {
                let mut parameters = parameters("jira", directive);
                parameters.insert(0, ("key".to_owned(), Value::Text(label.to_owned())));
                self.inline(Inline::Macro(Macro {
                    name: "jira".to_owned(),
                    parameters,
                    body: None,
                }));
            }
            "placeholder" => {
                let kind = directive.attributes.get("type").map(str::to_owned);
                self.inline(Inline::Placeholder {
                    kind,
                    text: label.to_owned(),
                });
            }
            "caption" => self.caption(label, raw),
            _ if self.is_token(directive) => self.inline(Inline::Macro(token(directive))),
            // Only `macro` is left: a token of a page that was read.
            _ => self
                .notice("a token such as :macro[…]{#id} only means something on the page it was read from"),
        }
    }

    fn status(&mut self, label: &str, directive: &Directive) -> Macro {
        let text = |text: &str| Value::Text(text.to_owned());
        let wanted = directive
            .attributes
            .get("colour")
            .or_else(|| directive.attributes.get("color"));
        let colour = wanted.and_then(|wanted| {
            let wanted = if wanted.eq_ignore_ascii_case("gray") {
                "Grey"
            } else {
                wanted
            };
            STATUS_COLOURS
                .iter()
                .find(|colour| colour.eq_ignore_ascii_case(wanted))
        });
        if let (Some(wanted), None) = (wanted, colour) {
            self.notice(format!(
                "a status cannot be {wanted}; it is grey. There are {}",
                STATUS_COLOURS.join(", ")
            ));
        }
        let mut parameters = vec![("title".to_owned(), text(label))];
        parameters.extend(colour.map(|colour| ("colour".to_owned(), text(colour))));
        if directive.attributes.flag("subtle") {
            parameters.push(("subtle".to_owned(), text("true")));
        }
        Macro {
            name: "status".to_owned(),
            parameters,
            body: None,
        }
    }

    /// A caption belongs to the image just before it.
    fn caption(&mut self, label: &str, raw: &str) {
        let is_blank = |part: &Part| match part {
            Part::Inline(Inline::Text(text)) => text.trim().is_empty(),
            Part::Inline(Inline::Break) => true,
            _ => false,
        };
        let content = &mut self.top().content;
        let end = content
            .iter()
            .rposition(|part| !is_blank(part))
            .map_or(0, |last| last + 1);
        match content[..end].last_mut() {
            Some(Part::Inline(Inline::Image(image))) if image.caption.is_empty() => {
                image.caption = vec![Inline::Text(label.to_owned())];
                content.truncate(end);
            }
            _ => self.literal(raw),
        }
    }
}

/// What stands for a thing of the page; without an id it stands for none.
fn token(directive: &Directive) -> Macro {
    let id = directive.attributes.id.clone().unwrap_or_default();
    let label = directive.label.clone().unwrap_or_default();
    Macro {
        name: TOKEN.to_owned(),
        parameters: vec![
            ("id".to_owned(), Value::Text(id)),
            ("label".to_owned(), Value::Text(label)),
        ],
        body: None,
    }
}

fn block_of(island: Island, root: &str) -> Part {
    if root == "ac:layout" {
        Part::Top(island)
    } else if island::needs_paragraph(root) {
        Part::Block(paragraph(vec![Inline::Island(island)]))
    } else {
        Part::Block(Block::Island(island))
    }
}

/// A title is text only: what marks it is left out.
fn plain(title: &str) -> String {
    unescaped(title).replace(['*', '`'], "").trim().to_owned()
}
