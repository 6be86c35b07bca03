//! `:::name` … `:::`: what opens, and what a line of colons closes.

use super::{alert, parameters};
use crate::convert::read_markdown::builder::Builder;
use crate::convert::read_markdown::directive::{Directive, Fence};
use crate::convert::read_markdown::frame::{Frame, Kind, Origin, Part};
use crate::convert::read_markdown::sort::paragraph;
use crate::convert::storage::lint::is_refused_macro;
use crate::convert::tree::{Inline, Value};

/// Macros with a body of blocks that every Confluence has.
const RICH: &[&str] = &[
    "panel", "expand", "excerpt", "details", "section", "column", "toc-zone",
];

/// What a container needs below the frame it stands in.
const LEVELS: usize = 3;

impl Builder<'_> {
    pub(super) fn fence(&mut self, fence: &Fence, raw: &str) {
        match &fence.opens {
            Some(directive) => self.open_container(directive, fence.colons),
            None => self.close_container(fence.colons, raw),
        }
    }

    /// A line closes the container with as many colons, or else the innermost one with fewer.
    fn close_container(&mut self, colons: usize, raw: &str) {
        let with = |fits: fn(usize, usize) -> bool| move |frame: &Frame| matches!(frame.origin, Origin::Fence { colons: open } if fits(open, colons));
        let open = self
            .find_open(with(|open, line| open == line))
            .or_else(|| self.find_open(with(|o, l| o < l)));
        match open {
            Some(index) => self.close_to(index),
            None => self.push(Part::Block(paragraph(vec![Inline::Text(raw.to_owned())]))),
        }
    }

    fn open_container(&mut self, directive: &Directive, colons: usize) {
        let kind = self.container(directive);
        self.open(kind, Origin::Fence { colons }, LEVELS);
    }

    fn container(&mut self, directive: &Directive) -> Kind {
        let name = directive.name.as_str();
        let title = || {
            let label = directive
                .label
                .as_deref()
                .or_else(|| directive.attributes.get("title"));
            label
                .map(|title| title.trim().to_owned())
                .filter(|title| !title.is_empty())
        };
        if let Some(kind) = alert(name) {
            return Kind::Alert { kind, title: title() };
        }
        match name {
            "layout" => Kind::Transparent,
            "section" if self.is_layout_section(directive) => self.section(directive),
            "column" if self.in_layout_section() => {
                self.end_innermost(|kind| matches!(kind, Kind::Column));
                Kind::Column
            }
            "decisions" => Kind::Decisions,
            _ if is_refused_macro(name) => {
                self.notice(format!("the macro {name} is not allowed; its content stays"));
                Kind::Transparent
            }
            _ => {
                if !RICH.contains(&name) {
                    self.notice(format!(
                        "{name} is no macro of Confluence itself; where it is not installed, the page shows an error"
                    ));
                }
                let mut parameters = parameters(name, directive);
                if let (Some(title), false) = (title(), parameters.iter().any(|(key, _)| key == "title")) {
                    parameters.insert(0, ("title".to_owned(), Value::Text(title)));
                }
                Kind::Macro {
                    name: name.to_owned(),
                    parameters,
                }
            }
        }
    }

    /// A section of a layout says its type or stands in a `:::layout`; otherwise it is the macro of that name.
    fn is_layout_section(&self, directive: &Directive) -> bool {
        let in_layout = || {
            self.find_open(|frame| matches!(frame.kind, Kind::Transparent))
                .is_some()
        };
        directive.attributes.get("type").is_some() || in_layout()
    }

    fn section(&mut self, directive: &Directive) -> Kind {
        self.end_innermost(|kind| matches!(kind, Kind::Section { .. }));
        if !self.at_top() {
            self.notice("a layout can only be at the top of the page; its columns follow one another");
            return Kind::Transparent;
        }
        Kind::Section {
            kind: directive.attributes.get("type").map(str::to_owned),
        }
    }

    fn in_layout_section(&self) -> bool {
        self.find_open(|frame| matches!(frame.kind, Kind::Section { .. } | Kind::Macro { .. }))
            .and_then(|index| self.frames().get(index))
            .is_some_and(|frame| matches!(frame.kind, Kind::Section { .. }))
    }

    /// People forget to close one column, or one section, before the next.
    fn end_innermost(&mut self, wanted: fn(&Kind) -> bool) {
        let is_fence = |frame: &Frame| matches!(frame.origin, Origin::Fence { .. });
        let innermost = self.find_open(|frame| is_fence(frame) && !matches!(frame.kind, Kind::Transparent));
        let end = self.find_open(|frame| wanted(&frame.kind));
        if let (Some(innermost), Some(end)) = (innermost, end) {
            let between = self.frames().get(end + 1..=innermost).unwrap_or_default();
            if between.iter().all(|frame| matches!(frame.kind, Kind::Column)) {
                self.close_to(end);
            }
        }
    }
}
