//! What a refusal says in words, out of whichever envelope it came in, and which complaint those words are.

use serde_json::Value;

use super::super::ErrorKind;

/// How much of what Confluence said is kept for the log.
const DETAIL_CHARS: usize = 300;

/// The words of a refusal.
#[derive(Debug)]
pub(super) struct Said {
    text: String,
    lower: String,
    /// Cloud v2's envelope with nothing in it but the title `Not Found`.
    pub(super) bare_not_found: bool,
    /// A page of HTML rather than an envelope.
    pub(super) html: bool,
}

impl Said {
    pub(super) fn read(body: &[u8]) -> Self {
        let envelope = serde_json::from_slice::<Value>(body).ok();
        let page = String::from_utf8_lossy(body);
        let html = envelope.is_none() && page.trim_start().starts_with('<');
        let text = match &envelope {
            Some(envelope) => words_of(envelope),
            None if html => without_tags(&page),
            None => page.into_owned(),
        };
        let bare_not_found = envelope.as_ref().is_some_and(is_bare_not_found);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            lower: text.to_lowercase(),
            text,
            bare_not_found,
            html,
        }
    }

    /// The words for the log, if there are any.
    pub(super) fn detail(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| shortened(&self.text))
    }

    /// The complaint about what was sent, as far as the words tell.
    pub(super) fn complaint(&self, status: u16) -> Option<ErrorKind> {
        // A write that lost against another one in the database, as 409 or 500: it says nothing about the version, and
        // deserves another look and another try.
        if matches!(status, 409 | 500) && self.says(LOST_RACE) {
            return Some(ErrorKind::Failed);
        }
        if !matches!(status, 400 | 409) {
            None
        } else if self.says(BAD_STORAGE) {
            Some(ErrorKind::BadStorage)
        } else if self.says(TITLE_TAKEN) {
            Some(ErrorKind::TitleTaken)
        } else if self.says(CIRCULAR) {
            Some(ErrorKind::Circular)
        } else {
            None
        }
    }

    /// Whether a 403 is about who we are rather than what we may do.
    pub(super) fn rejects_credentials(&self) -> bool {
        self.says(&[
            "cannot access confluence",
            "not permitted to use confluence",
            "session auth token",
            "basic auth with password is disabled",
            "basic authentication failure",
        ])
    }

    /// The current version, as both products write it into a 409: `Current Version: [3]`, `Current version is: 5`.
    pub(super) fn current_version(&self) -> Option<u64> {
        let rest = &self.lower[self.lower.find("current version")? + "current version".len()..];
        let digits = rest
            .find(|character: char| character.is_ascii_digit())
            .filter(|&offset| offset <= 20)?;
        let rest = &rest[digits..];
        let end = rest
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok()
    }

    fn says(&self, any: &[&str]) -> bool {
        any.iter().any(|needle| self.lower.contains(needle))
    }
}

const LOST_RACE: &[&str] = &[
    "optimisticlock",
    "staleobjectstate",
    "unreconciled",
    "transaction rolled back",
    "unexpectedrollback",
];

const BAD_STORAGE: &[&str] = &[
    "parsing xhtml",
    "invalid xhtml",
    "unexpected close tag",
    "unexpected eof",
    "unexpected character",
    "not allowed in textual content",
    "undeclared",
    "duplicate attribute",
    "well-formed",
    "storage format",
];

const TITLE_TAKEN: &[&str] = &[
    "page with this title already exists",
    "already exists with the same title",
    "already exists with the title",
];

const CIRCULAR: &[&str] = &[
    "existing ancestor as a child",
    "parent-child loop",
    "create a loop",
    "ancestor of itself",
    "descendant of itself",
    "own ancestor",
    "own descendant",
];

/// Cuts a text to what a log line can bear.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(DETAIL_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_bare_not_found(value: &Value) -> bool {
    let Some(errors) = value.get("errors").and_then(Value::as_array) else {
        return false;
    };
    !errors.is_empty()
        && errors.iter().all(|error| {
            error.get("title").and_then(Value::as_str) == Some("Not Found")
                && error.get("detail").is_none_or(Value::is_null)
        })
}

/// Every text that an envelope may hold, in reading order.
fn words_of(value: &Value) -> String {
    let v2 = value
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let v2 = v2.flat_map(|error| [error.get("title"), error.get("detail")]);
    let nested = value
        .pointer("/data/errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let nested = nested.map(|error| error.pointer("/message/translation"));
    let words: Vec<&str> = v2
        .chain([value.get("message")])
        .chain(nested)
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    words.join("; ")
}

/// The visible words of a page, roughly: tags, scripts and styles are left out.
fn without_tags(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut words = String::new();
    let mut at = 0;
    while let Some(open) = lower[at..].find('<').map(|offset| at + offset) {
        words.push_str(&page[at..open]);
        words.push(' ');
        let hidden = ["style", "script"]
            .into_iter()
            .find(|name| lower[open + 1..].starts_with(name));
        let closing = hidden
            .and_then(|name| lower[open..].find(&format!("</{name}")))
            .unwrap_or_default();
        let end = lower[open + closing..]
            .find('>')
            .map(|offset| open + closing + offset + 1);
        at = end.unwrap_or(lower.len());
    }
    words.push_str(&page[at..]);
    words
}
