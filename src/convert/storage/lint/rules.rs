//! The rules of [`super`], one element at a time: on opening it is held against what it is in, on closing against
//! what was seen in it.

use super::Open;
use crate::convert::{entities, escape};

/// Macros whose body is markup that Confluence would run. An administrator may allow them to people; not to us.
const REFUSED_MACROS: &[&str] = &[
    "html",
    "html-include",
    "html-xhtml",
    "iframe",
    "script",
    "javascript",
    "css",
];

/// HTML that the editors' schema keeps.
const HTML: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "label",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// What cannot be directly in a paragraph or heading.
const NOT_IN_TEXT: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "blockquote",
    "pre",
    "div",
    "hr",
    "dl",
    "ac:task-list",
    "ac:layout",
    "li",
    "td",
    "th",
    "tr",
];

/// How many cells a section of a layout has.
const LAYOUTS: &[(&str, usize)] = &[
    ("single", 1),
    ("fixed-width", 1),
    ("two_equal", 2),
    ("two_left_sidebar", 2),
    ("two_right_sidebar", 2),
    ("three_equal", 3),
    ("three_with_sidebars", 3),
    ("three_left_sidebars", 3),
    ("three_right_sidebars", 3),
    ("four_equal", 4),
    ("five_equal", 5),
];

/// What was directly inside an element.
#[derive(Default)]
pub(super) struct Seen<'s> {
    children: Vec<&'s str>,
    text: String,
}

impl<'s> Seen<'s> {
    pub(super) fn child(&mut self, name: &'s str) {
        self.children.push(name);
    }

    /// Only short texts matter to a rule: a status.
    pub(super) fn text(&mut self, text: &str) {
        if self.text.len() < 40 {
            self.text.push_str(text);
        }
    }

    fn count(&self, names: &[&str]) -> usize {
        self.children.iter().filter(|child| names.contains(child)).count()
    }

    fn other_than(&self, allowed: impl Fn(&str) -> bool) -> Option<&str> {
        self.children.iter().find(|child| !allowed(child)).copied()
    }
}

/// Whether the element may begin inside the open ones.
pub(super) fn may_open(element: &Open<'_>, open: &[Open<'_>]) -> Result<(), String> {
    let name = element.name;
    if !name.contains(':') && !HTML.contains(&name) {
        return Err(format!("<{name}> is not an element of storage format"));
    }
    let parent = open.last().map_or("", |parent| parent.name);
    if parents_of(name).is_some_and(|parents| !parents.contains(&parent)) {
        return Err(format!("<{name}> cannot be inside <{parent}>"));
    }
    if name == "ac:layout" && !open.is_empty() {
        return Err("<ac:layout> can only be at the top of the page".to_owned());
    }
    if matches!(parent, "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6") && NOT_IN_TEXT.contains(&name) {
        return Err(format!("<{name}> cannot be inside <{parent}>"));
    }
    let in_link = |outer: &Open<'_>| matches!(outer.name, "a" | "ac:link-body" | "ac:plain-text-link-body");
    if matches!(name, "a" | "ac:link") && open.iter().any(in_link) {
        return Err("a link cannot be inside a link".to_owned());
    }
    attributes(element)
}

fn attributes(element: &Open<'_>) -> Result<(), String> {
    for (name, value) in &element.attributes {
        let is_handler = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_lowercase());
        if name.strip_prefix("on").is_some_and(is_handler) {
            return Err(format!("the attribute {name} could run code"));
        }
        if matches!(*name, "href" | "src" | "ri:value") && escape::runs_code(&entities::resolve_all(value)) {
            return Err(format!("the address in {name} could run code"));
        }
    }
    let has = |names: &[&str]| {
        names
            .iter()
            .any(|name| element.attribute(name).is_some_and(|v| !v.is_empty()))
    };
    let missing = match element.name {
        "ac:structured-macro" | "ac:macro" if !has(&["ac:name"]) => "ac:name",
        "ac:parameter" if element.attribute("ac:name").is_none() => "ac:name",
        "ri:attachment" if !has(&["ri:filename"]) => "ri:filename",
        "ri:url" if !has(&["ri:value"]) => "ri:value",
        "ri:page" if !has(&["ri:content-title", "ri:content-id", "ri:space-key"]) => "ri:content-title",
        "ri:user" if !has(&["ri:account-id", "ri:userkey", "ri:username", "ri:local-id"]) => "ri:account-id",
        "time" if !has(&["datetime"]) => "datetime",
        "ac:emoticon" if !has(&["ac:name", "ac:emoji-id", "ac:emoji-shortname", "ac:shortcut"]) => "ac:name",
        _ => return policy(element),
    };
    Err(format!("<{}> needs the attribute {missing}", element.name))
}

/// Whether nobody may bring in a macro with this name through us.
pub(in crate::convert) fn is_refused_macro(name: &str) -> bool {
    REFUSED_MACROS.contains(&name.to_ascii_lowercase().as_str())
}

fn policy(element: &Open<'_>) -> Result<(), String> {
    let name = element.attribute("ac:name").unwrap_or_default();
    if matches!(element.name, "ac:structured-macro" | "ac:macro") && is_refused_macro(name) {
        return Err(format!("the macro {name} is not allowed"));
    }
    Ok(())
}

fn parents_of(name: &str) -> Option<&'static [&'static str]> {
    const MACROS: &[&str] = &["ac:structured-macro", "ac:macro"];
    Some(match name {
        "li" => &["ul", "ol"],
        "tr" => &["tbody", "thead", "tfoot", "table"],
        "td" | "th" => &["tr"],
        "tbody" | "thead" | "tfoot" | "colgroup" => &["table"],
        "col" => &["colgroup"],
        "ac:parameter" | "ac:rich-text-body" | "ac:plain-text-body" => MACROS,
        "ac:task" => &["ac:task-list"],
        "ac:task-id" | "ac:task-uuid" | "ac:task-status" | "ac:task-body" => &["ac:task"],
        "ac:layout-section" => &["ac:layout"],
        "ac:layout-cell" => &["ac:layout-section"],
        "ac:link-body" | "ac:plain-text-link-body" => &["ac:link"],
        _ => return None,
    })
}

/// Whether what was seen in the element may be in it.
pub(super) fn may_close(element: &Open<'_>) -> Result<(), String> {
    let (name, seen) = (element.name, &element.seen);
    if holds_no_text(name) && !seen.text.is_empty() {
        return Err(format!("<{name}> cannot hold text directly"));
    }
    let stray = seen.other_than(|child| may_hold(name, child));
    if let Some(child) = stray {
        return Err(format!("<{name}> cannot hold <{child}>"));
    }
    let bodies = [
        "ac:rich-text-body",
        "ac:plain-text-body",
        "ac:link-body",
        "ac:plain-text-link-body",
    ];
    if seen.count(&bodies) > 1 {
        return Err(format!("<{name}> has more than one body"));
    }
    match name {
        "ac:image" if seen.count(&["ri:attachment", "ri:url", "ri:page", "ri:content-entity"]) != 1 => {
            Err("<ac:image> needs exactly one ri:attachment or ri:url".to_owned())
        }
        "ac:task" if seen.count(&["ac:task-status"]) != 1 => Err("<ac:task> needs a status".to_owned()),
        "ac:task-status" if !matches!(seen.text.trim(), "complete" | "incomplete") => {
            Err("the status of a task is complete or incomplete".to_owned())
        }
        "ac:layout-section" => layout_section(element),
        _ => Ok(()),
    }
}

fn layout_section(element: &Open<'_>) -> Result<(), String> {
    let kind = element.attribute("ac:type").unwrap_or_default();
    let cells = element.seen.count(&["ac:layout-cell"]);
    match LAYOUTS.iter().find(|(known, _)| *known == kind) {
        Some((_, wanted)) if *wanted == cells => Ok(()),
        Some((_, wanted)) => Err(format!("a section {kind} has {wanted} cells, not {cells}")),
        None => Err(format!("there is no section of type {kind:?}")),
    }
}

fn holds_no_text(name: &str) -> bool {
    matches!(
        name,
        "ul" | "ol"
            | "table"
            | "tbody"
            | "thead"
            | "tfoot"
            | "tr"
            | "colgroup"
            | "ac:structured-macro"
            | "ac:macro"
            | "ac:link"
            | "ac:task-list"
            | "ac:layout"
            | "ac:layout-section"
    )
}

fn may_hold(name: &str, child: &str) -> bool {
    match name {
        "ul" | "ol" => child == "li",
        "ac:structured-macro" | "ac:macro" => {
            matches!(
                child,
                "ac:parameter"
                    | "ac:rich-text-body"
                    | "ac:plain-text-body"
                    | "ac:default-parameter"
                    | "ac:adf-fragment-mark"
                    | "ac:adf-mark"
                    | "fab:placeholder-url"
                    | "fab:display-type"
            )
        }
        "ac:parameter" => child.starts_with("ri:") || child == "ac:link",
        "ac:plain-text-body" | "ac:plain-text-link-body" => false,
        "ac:task-list" => matches!(child, "ac:task" | "ac:task-list-id"),
        "ac:layout" => child == "ac:layout-section",
        "ac:layout-section" => child == "ac:layout-cell",
        _ => true,
    }
}
