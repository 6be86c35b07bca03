//! What directives mean: which name becomes which macro, with which parameters.
//!
//! A macro is made from a directive only where it has no body or a body of blocks. What else there is on a page (a
//! diagram, an app's macro) can be kept or written as storage, never invented.

mod containers;
mod take;

use super::address::wiki_page;
use super::directive::Directive;
use crate::convert::tree::{AlertKind, Macro, PageName, Value};

/// Macros without a body, as `::name{…}` on a line.
const LEAVES: &[&str] = &[
    "anchor",
    "attachments",
    "blog-posts",
    "change-history",
    "children",
    "contentbylabel",
    "contributors",
    "detailssummary",
    "excerpt-include",
    "gallery",
    "include",
    "jira",
    "listlabels",
    "livesearch",
    "macro",
    "pagetree",
    "pagetreesearch",
    "popular-labels",
    "recently-updated",
    "tasks-report-macro",
    "toc",
    "view-file",
];

/// Whether `::name` is a directive; the line is text otherwise.
pub(in crate::convert) fn is_leaf(name: &str) -> bool {
    LEAVES.contains(&name)
}

/// Whether `:name[…]` is a directive; it is text otherwise.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "status" | "date" | "user" | "jira" | "placeholder" | "caption" | "macro"
    )
}

/// The alert with this name: GitHub's, and what others call theirs.
pub(in crate::convert) fn alert(name: &str) -> Option<AlertKind> {
    Some(match name.to_ascii_lowercase().as_str() {
        "note" | "info" => AlertKind::Note,
        "tip" | "hint" | "success" => AlertKind::Tip,
        "important" => AlertKind::Important,
        "warning" | "attention" => AlertKind::Warning,
        "caution" | "danger" | "error" => AlertKind::Caution,
        _ => return None,
    })
}

/// A macro without a body. `::macro[…]{#id}` stands for one of the page as it was read, and is none here.
fn leaf(directive: &Directive) -> Result<Macro, String> {
    let name = directive.name.as_str();
    let label = directive
        .label
        .as_deref()
        .map(str::trim)
        .filter(|label| !label.is_empty());
    let mut parameters = parameters(name, directive);
    match (name, label) {
        ("macro", _) => {
            return Err(
                "a token such as ::macro[…]{#id} only means something on the page it was read from"
                    .to_owned(),
            );
        }
        ("include" | "excerpt-include", label) => {
            let page = label.and_then(|label| wiki_page(label.trim_start_matches('[').trim_end_matches(']')));
            let page = page.ok_or_else(|| format!("::{name} needs a page, as in ::{name}[[SPACE:Title]]"))?;
            parameters.insert(0, (String::new(), Value::Page(page)));
        }
        ("anchor", Some(label)) => parameters.insert(0, (String::new(), Value::Text(label.to_owned()))),
        ("jira", Some(key)) => parameters.insert(0, ("key".to_owned(), Value::Text(key.to_owned()))),
        ("view-file", _) if !parameters.iter().any(|(name, _)| name == "name") => {
            return Err("::view-file needs a file, as in ::view-file{attachment=\"plan.pdf\"}".to_owned());
        }
        _ => {}
    }
    Ok(Macro {
        name: name.to_owned(),
        parameters,
        body: None,
    })
}

/// The attributes of a directive as parameters of its macro.
fn parameters(name: &str, directive: &Directive) -> Vec<(String, Value)> {
    let is_name = |key: &str| {
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    let attributes = directive.attributes.pairs.iter().filter(|(key, _)| is_name(key));
    attributes
        .map(|(key, value)| {
            let key = native(name, key);
            let value = value.clone().unwrap_or_else(|| "true".to_owned());
            let value = typed(name, &key, value);
            (key, value)
        })
        .collect()
}

/// Shorter words for some parameters.
fn native(name: &str, key: &str) -> String {
    match (name, key) {
        ("jira", "jql") => "jqlQuery",
        ("jira", "max") => "maximumIssues",
        ("view-file", "attachment") => "name",
        (_, key) => key,
    }
    .to_owned()
}

/// Parameters that name something of Confluence hold a reference to it, not text.
fn typed(name: &str, key: &str, value: String) -> Value {
    let page = |value: &str| {
        wiki_page(value).unwrap_or_else(|| PageName {
            title: value.to_owned(),
            ..PageName::default()
        })
    };
    match (name, key) {
        ("children" | "gallery", "page") | ("pagetree", "root") if !value.trim().is_empty() => {
            Value::Page(page(&value))
        }
        ("view-file", "name") => Value::Attachment(value),
        ("recently-updated" | "blog-posts" | "contentbylabel", "spaces") | ("livesearch", "spaceKey")
            if !value.contains([',', '@', '*']) =>
        {
            Value::Space(value)
        }
        _ => Value::Text(value),
    }
}
