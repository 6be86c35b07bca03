//! What a block is, beside its content: levels, boxes of tasks, languages, titles, parameters.

use super::Planner;
use crate::convert::merge::things;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::Shown;
use crate::convert::shown::{Code, Kind};
use crate::convert::source::{Id, What};
use crate::convert::tree::AlertKind;

/// The macro for text without a format, and what its fence is called.
const PLAIN: &str = "noformat";

impl Planner<'_, '_, '_> {
    /// What a block is, beside its content.
    pub(super) fn kind(&mut self, shown: &Shown, asked: &Asked<'_>) -> Result<(), String> {
        let node = shown.from.node;
        match (&shown.kind, &asked.kind) {
            (Kind::Paragraph | Kind::Heading { .. }, Kind::Paragraph | Kind::Heading { .. }) => {
                self.retag(shown, asked)
            }
            (Kind::Item { task: Some(_) }, Kind::Item { task: Some(done) }) => {
                let status = self.source.child(node, "ac:task-status");
                let status = status.ok_or("the task has no status that could be changed")?;
                let word = if *done { "complete" } else { "incomplete" };
                if self.source.node(status).what == (What::Element { empty: true }) {
                    return Err("the task has no status that could be changed".to_owned());
                }
                self.splices
                    .replace(self.source.node(status).inner.clone(), word.to_owned());
                Ok(())
            }
            (Kind::Code(old), Kind::Code(new)) => self.code(node, old, new),
            (
                Kind::Alert { kind, title },
                Kind::Alert {
                    kind: wanted,
                    title: wanted_title,
                },
            ) => {
                if kind != wanted {
                    let name = macro_of(*wanted).ok_or("a panel cannot become this kind in place")?;
                    macro_of(*kind).ok_or("a panel of this kind cannot become another in place")?;
                    let value = self
                        .source
                        .attribute_at(node, "ac:name")
                        .ok_or("the panel is no macro")?;
                    self.splices.replace(value, name.to_owned());
                }
                if title != wanted_title {
                    if self.source.name(node) == "ac:adf-extension" {
                        return Err("this panel cannot have a title".to_owned());
                    }
                    things::parameter(
                        self.source,
                        node,
                        "title",
                        wanted_title.as_deref(),
                        &mut self.splices,
                    )?;
                }
                Ok(())
            }
            (
                Kind::Container { parameters, .. },
                Kind::Container {
                    parameters: wanted, ..
                },
            )
            | (
                Kind::Leaf { parameters, .. },
                Kind::Leaf {
                    parameters: wanted, ..
                },
            ) => {
                let value = |pairs: &[(String, String)], name: &str| {
                    pairs
                        .iter()
                        .find(|(known, _)| known == name)
                        .map(|(_, value)| value.clone())
                };
                let names: std::collections::BTreeSet<&String> =
                    parameters.iter().chain(wanted).map(|(name, _)| name).collect();
                for name in names {
                    let (old, new) = (value(parameters, name), value(wanted, name));
                    if old == new {
                        continue;
                    }
                    if name.is_empty() {
                        return Err("the page that is shown here cannot be exchanged in place".to_owned());
                    }
                    things::parameter(self.source, node, name, new.as_deref(), &mut self.splices)?;
                }
                Ok(())
            }
            (Kind::Cell { .. }, Kind::Cell { .. }) => Err("merged cells cannot be changed".to_owned()),
            (Kind::Section { .. }, Kind::Section { kind }) if kind.is_empty() => Ok(()),
            _ => Err("it cannot become something else in place".to_owned()),
        }
    }

    /// Another level of a heading, or a paragraph for a heading: only the name of the tag changes.
    fn retag(&mut self, shown: &Shown, asked: &Asked<'_>) -> Result<(), String> {
        let anchors = |kind: &Kind| match kind {
            Kind::Heading { anchor, .. } => anchor.clone(),
            _ => None,
        };
        if anchors(&shown.kind) != anchors(&asked.kind) {
            return Err("the anchor of a heading cannot be changed in place".to_owned());
        }
        let node = self.source.node(shown.from.node);
        let name = self.source.name(shown.from.node);
        if shown.from.anonymous || !matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6") {
            return Err("it has no element of its own".to_owned());
        }
        let wanted = match &asked.kind {
            Kind::Heading { level, .. } => format!("h{}", (*level).clamp(1, 6)),
            _ => "p".to_owned(),
        };
        self.splices.replace(node.name.clone(), wanted.clone());
        let end = node.inner.end + "</".len();
        self.splices.replace(end..end + name.len(), wanted);
        Ok(())
    }

    /// What stands beside the text of a block of code.
    fn code(&mut self, node: Id, old: &Code, new: &Code) -> Result<(), String> {
        // Code and text without a format are the same macro under two names.
        let is_plain = |code: &Code| code.language.as_deref() == Some(PLAIN);
        let name = self.source.attribute(node, "ac:name");
        let named = if is_plain(old) { PLAIN } else { "code" };
        if name.as_deref() != Some(named) {
            return Err("this kind of code block has nothing beside its text".to_owned());
        }
        if is_plain(new) && (new.theme.is_some() || new.line_numbers || new.collapse) {
            return Err("text without a format can have a title only".to_owned());
        }
        if is_plain(old) != is_plain(new) {
            let value = self
                .source
                .attribute_at(node, "ac:name")
                .ok_or("the block is no macro")?;
            let name = if is_plain(new) { PLAIN } else { "code" };
            self.splices.replace(value, name.to_owned());
        }
        let language = |code: &Code| code.language.clone().filter(|_| !is_plain(code));
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        let flag = |flag: bool| flag.then(|| "true".to_owned());
        let pairs = [
            ("language", language(old), language(new)),
            ("title", old.title.clone(), new.title.clone()),
            ("theme", old.theme.clone(), new.theme.clone()),
            ("firstline", number(old.first_line), number(new.first_line)),
            ("linenumbers", flag(old.line_numbers), flag(new.line_numbers)),
            ("collapse", flag(old.collapse), flag(new.collapse)),
        ];
        for (name, old, new) in pairs {
            if old != new {
                things::parameter(self.source, node, name, new.as_deref(), &mut self.splices)?;
            }
        }
        Ok(())
    }
}

fn macro_of(kind: AlertKind) -> Option<&'static str> {
    match kind {
        AlertKind::Note => Some("info"),
        AlertKind::Tip => Some("tip"),
        AlertKind::Warning => Some("note"),
        AlertKind::Caution => Some("warning"),
        AlertKind::Important => None,
    }
}
