//! Macros that are blocks.

use super::{Reader, Shown};
use crate::convert::read_markdown::{alert as dialect_alert, is_leaf_macro};
use crate::convert::shown::of_markdown::{page_key, sorted, title};
use crate::convert::shown::{Block, Code, Hidden, Kind};
use crate::convert::source::Id;
use crate::convert::storage::lint::is_refused_macro;
use crate::convert::tree::{AlertKind, PageName};

/// Macros whose body is the source of a picture, shown as what it is.
const SOURCES: &[&str] = &[
    "plantuml",
    "mermaid",
    "mermaid-macro",
    "mermaid-cloud",
    "graphviz",
];

/// Macros that belong into running text wherever they stand.
const INLINE: &[&str] = &["status", "anchor", "mathinline", "mathblock-ref", "lozenge"];

/// Parameters that mean nothing to a reader, or are set by the server.
const UNSEEN: &[&str] = &[
    "server",
    "serverId",
    "atlassian-macro-output-type",
    "macroId",
    "localId",
];

/// The longest value of a parameter that is shown.
const LONGEST: usize = 300;

impl Reader<'_, '_> {
    pub(super) fn is_macro(&self, id: Id) -> bool {
        matches!(self.source.name(id), "ac:structured-macro" | "ac:macro")
    }

    fn macro_name(&self, id: Id) -> String {
        self.source
            .attribute(id, "ac:name")
            .unwrap_or_default()
            .into_owned()
    }

    fn has_body(&self, id: Id) -> bool {
        self.source.children(id).any(|child| {
            matches!(
                self.source.name(child),
                "ac:rich-text-body" | "ac:plain-text-body"
            )
        })
    }

    /// A macro without a body; whether it is a block depends on what is beside it.
    pub(super) fn is_bare_macro(&self, id: Id) -> bool {
        self.is_macro(id)
            && !self.has_body(id)
            && !INLINE.contains(&self.macro_name(id).as_str())
            && !self.is_issue(id)
    }

    fn is_issue(&self, id: Id) -> bool {
        self.macro_name(id) == "jira" && self.source.parameter(id, "key").is_some()
    }

    /// Whether a macro is running text: it has no body, or one of running text among other text.
    pub(super) fn is_inline_macro(&self, id: Id) -> bool {
        if !self.has_body(id) || INLINE.contains(&self.macro_name(id).as_str()) {
            return true;
        }
        let in_text = self.source.parent(id).is_some_and(|parent| {
            matches!(
                self.source.name(parent),
                "p" | "h1"
                    | "h2"
                    | "h3"
                    | "h4"
                    | "h5"
                    | "h6"
                    | "strong"
                    | "b"
                    | "em"
                    | "i"
                    | "span"
                    | "a"
                    | "u"
            )
        });
        let body = self.source.child(id, "ac:rich-text-body");
        in_text && body.is_some_and(|body| !self.holds_block(body))
    }

    /// Whether a paragraph is only there to hold a macro.
    pub(super) fn is_lone_macro(&self, paragraph: Id) -> bool {
        let mut seen = self
            .source
            .children(paragraph)
            .filter(|child| self.is_seen(*child));
        let (first, second) = (seen.next(), seen.next());
        first.is_some_and(|first| self.is_bare_macro(first)) && second.is_none()
    }

    pub(super) fn block_macro(&mut self, id: Id) -> Shown {
        let name = self.macro_name(id);
        let rich = self.source.child(id, "ac:rich-text-body");
        if self.source.child(id, "ac:plain-text-body").is_some() {
            return self.code(id, &name).unwrap_or_else(|| self.token(id));
        }
        let kind = match (alert(&name), rich) {
            (Some(kind), Some(_)) => Some(Kind::Alert {
                kind,
                title: self.text_parameter(id, "title").as_deref().and_then(title),
            }),
            (Some(_), None) => None,
            (None, Some(_)) => self.container(id, &name),
            (None, None) => self.leaf(id, &name),
        };
        let Some(kind) = kind else {
            return self.token(id);
        };
        let children = rich.map(|body| self.flow(body)).unwrap_or_default();
        Block::container(kind, children, self.place(id, rich))
    }

    fn container(&self, id: Id, name: &str) -> Option<Kind> {
        let parameters = match name {
            "expand" => self
                .text_parameter(id, "title")
                .map(|title| ("title".to_owned(), title))
                .into_iter()
                .collect(),
            _ => self.parameters(id, name),
        };
        let is_name = name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        let is_taken = dialect_alert(name).is_some()
            || matches!(name, "layout" | "decisions")
            || is_refused_macro(name)
            || (name == "section" && self.source.parameter(id, "type").is_some());
        (is_name && !is_taken).then(|| Kind::Container {
            name: name.to_owned(),
            parameters,
        })
    }

    fn leaf(&self, id: Id, name: &str) -> Option<Kind> {
        let is_own = matches!(name, "macro" | "anchor" | "view-file");
        let has_key = name == "jira" && self.source.parameter(id, "key").is_some();
        if !is_leaf_macro(name) || is_own || has_key || is_refused_macro(name) {
            return None;
        }
        let mut parameters = self.parameters(id, name);
        if matches!(name, "include" | "excerpt-include") {
            let page = self.included(id)?;
            super::links::wiki(&page)?;
            parameters.insert(0, (String::new(), page_key(&page)));
        }
        Some(Kind::Leaf {
            name: name.to_owned(),
            parameters: sorted(parameters),
        })
    }

    fn included(&self, id: Id) -> Option<PageName> {
        let holder = self
            .source
            .parameter(id, "")
            .or_else(|| self.source.child(id, "ac:default-parameter"))?;
        let page = self
            .source
            .descendants(holder)
            .find(|inside| self.source.name(*inside) == "ri:page")?;
        let attribute = |name| {
            self.source
                .attribute(page, name)
                .map(std::borrow::Cow::into_owned)
        };
        Some(PageName {
            space: attribute("ri:space-key"),
            title: attribute("ri:content-title")?,
            anchor: None,
        })
    }

    fn text_parameter(&self, id: Id, name: &str) -> Option<String> {
        let text = self.source.plain(self.source.parameter(id, name)?);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// The parameters that can be shown.
    fn parameters(&self, id: Id, macro_name: &str) -> Vec<(String, String)> {
        let mut shown: Vec<(String, String)> = Vec::new();
        for child in self.source.children(id) {
            if self.source.name(child) != "ac:parameter" {
                continue;
            }
            let name = self.source.attribute(child, "ac:name").unwrap_or_default();
            let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric())
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
            // Shorter words for these are read as the longer ones.
            let is_short = matches!(
                (macro_name, name.as_ref()),
                ("jira", "jql" | "max") | ("view-file", "attachment")
            );
            if !is_name || is_short || UNSEEN.contains(&name.as_ref()) {
                continue;
            }
            let value = self.value(child);
            let fits = value.len() <= LONGEST
                && value.trim() == value
                && !value.contains(['\n', '\r', '\\'])
                && !is_tag(&value)
                && !(value.contains('"') && value.contains('\''));
            if fits && !shown.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                shown.push((name.into_owned(), value));
            }
        }
        sorted(shown)
    }

    /// A value as a reader would name it.
    fn value(&self, parameter: Id) -> String {
        let resource = self
            .source
            .descendants(parameter)
            .find(|inside| self.source.name(*inside).starts_with("ri:"));
        let Some(resource) = resource else {
            return self.source.plain(parameter);
        };
        let attribute = |name| {
            self.source
                .attribute(resource, name)
                .map(std::borrow::Cow::into_owned)
        };
        match self.source.name(resource) {
            "ri:page" | "ri:blog-post" => page_key(&PageName {
                space: attribute("ri:space-key"),
                title: attribute("ri:content-title").unwrap_or_default(),
                anchor: None,
            }),
            "ri:attachment" => attribute("ri:filename").unwrap_or_default(),
            "ri:space" => attribute("ri:space-key").unwrap_or_default(),
            "ri:url" => attribute("ri:value").unwrap_or_default(),
            _ => ["ri:account-id", "ri:userkey", "ri:username", "ri:content-id"]
                .into_iter()
                .find_map(attribute)
                .unwrap_or_default(),
        }
    }

    fn code(&mut self, id: Id, name: &str) -> Option<Shown> {
        let body = self.source.child(id, "ac:plain-text-body")?;
        let word = |language: String| {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '_' | '#' | '.');
            Some(language).filter(|language| language.chars().all(fits))
        };
        let parameter = |name: &str| {
            let value = self.text_parameter(id, name)?;
            let fits = !value.contains(['"', '`', '\\', '{', '}', '&']) && value.len() <= LONGEST;
            fits.then_some(value)
        };
        let is_true = |name: &str| parameter(name).is_some_and(|value| value == "true");
        let code = match name {
            "code" => Code {
                language: parameter("language")
                    .and_then(word)
                    .filter(|language| language != "storage"),
                title: parameter("title"),
                line_numbers: is_true("linenumbers"),
                first_line: parameter("firstline").and_then(|value| value.parse().ok()),
                collapse: is_true("collapse"),
                theme: parameter("theme"),
            },
            "noformat" => Code {
                language: Some("noformat".to_owned()),
                title: parameter("title"),
                ..Code::default()
            },
            name if SOURCES.contains(&name) => Code {
                language: Some(name.to_owned()),
                ..Code::default()
            },
            _ => return None,
        };
        let code = Code {
            line_numbers: code.line_numbers || code.first_line.is_some(),
            ..code
        };
        Some(self.verbatim(Kind::Code(code), Some(body), self.place(id, Some(body))))
    }

    pub(super) fn pre(&mut self, id: Id) -> Shown {
        let has_things = self.source.descendants(id).any(|inside| {
            matches!(
                self.source.name(inside),
                "ac:link" | "ac:image" | "ac:structured-macro" | "ac:macro" | "table"
            )
        });
        if has_things {
            return self.token(id);
        }
        self.verbatim(Kind::Code(Code::default()), Some(id), self.place(id, Some(id)))
    }

    /// An image with a caption.
    pub(super) fn block_image(&mut self, id: Id, blocks: &mut Vec<Shown>) {
        let caption = self.source.child(id, "ac:caption");
        let text = caption.map(|caption| self.plain_running(caption));
        let (Some(caption), Some(text)) = (caption, text.filter(|text| !text.is_empty())) else {
            let container = self.source.parent(id).unwrap_or(Id::ROOT);
            self.anonymous(container, &[id], blocks);
            return;
        };
        let is_label = text.chars.len() < 450 && !text.chars.contains('\n');
        let figure = match self.captioned(id).filter(|_| is_label) {
            Some(thing) => {
                let kind = Kind::Figure {
                    image: thing.key,
                    markdown: Hidden(thing.markdown),
                };
                Block::leaf(kind, text, self.place(id, Some(caption)))
            }
            None => self.token(id),
        };
        blocks.push(figure);
    }
}

/// Whether other readers of Markdown would take some of it for a tag.
fn is_tag(text: &str) -> bool {
    let begins =
        |after: &str| after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    text.split('<').skip(1).any(begins)
}

fn alert(name: &str) -> Option<AlertKind> {
    Some(match name {
        "info" => AlertKind::Note,
        "tip" => AlertKind::Tip,
        "note" => AlertKind::Warning,
        "warning" => AlertKind::Caution,
        _ => return None,
    })
}
