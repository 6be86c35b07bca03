//! What a write takes away from a page, and whether that was meant.
//!
//! Agents delete by accident: they leave out what they do not understand, or write "rest of the page unchanged". What
//! is gone is told; what is worth protecting, or too much, needs a word from the caller.

mod elision;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::partial;
use super::words::in_order;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::Shown;
use crate::convert::source::{Id, Source, What};

/// Something that a write takes away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Removed {
    /// What kind of thing it is.
    pub kind: RemovedKind,
    /// Its name, or the beginning of its text.
    pub label: String,
}

/// The kinds of things whose loss is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedKind {
    /// A macro.
    Macro,
    /// A person that was named.
    Mention,
    /// An image.
    Image,
    /// A task.
    Task,
    /// A row of a table.
    Row,
    /// A link.
    Link,
    /// The text that a comment was on.
    InlineComment,
    /// A date.
    Date,
    /// A section of a layout.
    Layout,
}

impl RemovedKind {
    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Macro => "macro",
            Self::Mention => "mention",
            Self::Image => "image",
            Self::Task => "task",
            Self::Row => "row",
            Self::Link => "link",
            Self::InlineComment => "inline comment",
            Self::Date => "date",
            Self::Layout => "layout section",
        }
    }
}

/// Macros that Markdown shows whole, so that whoever deletes one has seen all of it.
const PLAIN_MACROS: &[&str] = &[
    "code", "noformat", "info", "note", "tip", "warning", "panel", "expand", "toc", "status", "anchor",
    "jira",
];

/// How much of a page may go without a word.
pub(super) const MOST: f64 = 0.5;

/// Pages with fewer words are too small to speak of shares.
pub(super) const FEW_WORDS: usize = 40;

type Inventory = BTreeMap<(RemovedKind, String), (usize, String)>;

/// What `before` has and `after` has not.
pub(super) fn removed(before: &Source<'_>, after: &Source<'_>) -> Vec<Removed> {
    let (had, has) = (inventory(before), inventory(after));
    let mut removed = Vec::new();
    for ((kind, key), (count, label)) in had {
        let left = has.get(&(kind, key)).map_or(0, |(count, _)| *count);
        for _ in left..count {
            removed.push(Removed {
                kind,
                label: label.clone(),
            });
        }
    }
    removed
}

/// Whether all of these losses are among those, as often.
pub(super) fn is_within(losses: &[Removed], others: &[Removed]) -> bool {
    let mut count: BTreeMap<&Removed, i64> = BTreeMap::new();
    for loss in others {
        *count.entry(loss).or_default() += 1;
    }
    losses.iter().all(|loss| {
        let left = count.entry(loss).or_default();
        *left -= 1;
        *left >= 0
    })
}

fn inventory(source: &Source<'_>) -> Inventory {
    let mut inventory = Inventory::new();
    for id in source.descendants(Id::ROOT) {
        if !source.is_element(id) {
            continue;
        }
        if let Some((kind, key, label)) = thing(source, id) {
            inventory.entry((kind, key)).or_insert((0, label)).0 += 1;
        }
    }
    inventory
}

fn thing(source: &Source<'_>, id: Id) -> Option<(RemovedKind, String, String)> {
    let attribute = |name| source.attribute(id, name).map(std::borrow::Cow::into_owned);
    let resource = || {
        source
            .children(id)
            .find(|child| source.name(*child).starts_with("ri:"))
            .map(|resource| {
                let names = [
                    "ri:filename",
                    "ri:value",
                    "ri:content-title",
                    "ri:account-id",
                    "ri:userkey",
                    "ri:username",
                ];
                let named = names
                    .into_iter()
                    .find_map(|name| source.attribute(resource, name));
                named.unwrap_or_default().into_owned()
            })
    };
    Some(match source.name(id) {
        "ac:structured-macro" | "ac:macro" | "ac:adf-extension" => {
            let name = attribute("ac:name").unwrap_or_else(|| "panel".to_owned());
            // Panels turn into one another.
            let family = if matches!(name.as_str(), "info" | "note" | "tip" | "warning") {
                "panel".to_owned()
            } else {
                name.clone()
            };
            let key = attribute("ac:macro-id").unwrap_or(family);
            (RemovedKind::Macro, key, name)
        }
        "ac:image" => (
            RemovedKind::Image,
            resource().unwrap_or_default(),
            resource().unwrap_or_default(),
        ),
        "ri:user" => {
            let user = ["ri:account-id", "ri:userkey", "ri:username"]
                .into_iter()
                .find_map(attribute)
                .unwrap_or_default();
            (RemovedKind::Mention, user.clone(), user)
        }
        "ac:link" => {
            let target = resource().or_else(|| attribute("ac:anchor")).unwrap_or_default();
            let is_person = source.child(id, "ri:user").is_some();
            if is_person {
                return None;
            }
            (RemovedKind::Link, target.clone(), target)
        }
        "a" => {
            let href = attribute("href")?;
            (RemovedKind::Link, href.clone(), href)
        }
        "ac:task" => {
            let number = source
                .child(id, "ac:task-id")
                .map(|id| source.plain(id))
                .unwrap_or_default();
            let body = source
                .child(id, "ac:task-body")
                .map(|body| source.plain(body))
                .unwrap_or_default();
            (RemovedKind::Task, number, short(&body))
        }
        "ac:inline-comment-marker" => {
            if source.node(id).what == (What::Element { empty: true }) || source.plain(id).is_empty() {
                return None;
            }
            (
                RemovedKind::InlineComment,
                attribute("ac:ref").unwrap_or_default(),
                short(&source.plain(id)),
            )
        }
        "time" => {
            let day = attribute("datetime").unwrap_or_default();
            (RemovedKind::Date, "date".to_owned(), day)
        }
        "ac:layout-section" => {
            let kind = attribute("ac:type").unwrap_or_default();
            (RemovedKind::Layout, kind.clone(), kind)
        }
        _ => return None,
    })
}

fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(60).collect()
}

/// Whether the loss of a thing needs a word from the caller.
pub(super) fn is_protected(removed: &Removed) -> bool {
    match removed.kind {
        RemovedKind::Image | RemovedKind::Task | RemovedKind::InlineComment | RemovedKind::Layout => true,
        RemovedKind::Macro => !PLAIN_MACROS.contains(&removed.label.as_str()),
        RemovedKind::Mention | RemovedKind::Row | RemovedKind::Link | RemovedKind::Date => false,
    }
}

/// Why a write needs a word from the caller; nothing when it does not.
pub(super) fn objection(
    shown: &Shown,
    asked: &Asked<'_>,
    markdown: &str,
    removed: &[Removed],
) -> Option<String> {
    if asked.children.is_empty() && !shown.children.is_empty() {
        return Some("the text is empty, which would clear the page".to_owned());
    }
    if let Some(found) = elision::find(shown, asked, markdown) {
        return Some(format!(
            "{found:?} reads as if it stood for text that was left out; that text would be lost"
        ));
    }
    let (mut before, mut after) = (Vec::new(), Vec::new());
    in_order(shown, &mut before);
    in_order(asked, &mut after);
    if is_mostly_gone(&before, &after) {
        return Some("more than half of the page would be gone".to_owned());
    }
    if let Some(why) = partial::suspicion(&before, &after) {
        return Some(why.to_owned());
    }
    let protected = removed.iter().filter(|removed| is_protected(removed)).count();
    (protected > 0).then(|| "things would be gone that Markdown cannot bring back".to_owned())
}

/// Whether most of the words of a page are not in a text, wherever they stand.
fn is_mostly_gone(before: &[&str], after: &[&str]) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a share of a page")]
    let is_most = |kept: usize| 1.0 - kept as f64 / before.len().max(1) as f64 > MOST;
    // What is the same at both ends is enough to know, nearly always.
    if before.len() < FEW_WORDS || !is_most(alike_at_ends(before, after)) {
        return false;
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in after {
        *left.entry(word).or_default() += 1;
    }
    let kept = before.iter().filter(|word| match left.get_mut(**word) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    });
    is_most(kept.count())
}

/// How many words are the same at the beginning and at the end.
fn alike_at_ends(before: &[&str], after: &[&str]) -> usize {
    let start = before
        .iter()
        .zip(after)
        .take_while(|(one, other)| one == other)
        .count();
    let rest = before[start..].iter().rev().zip(after[start..].iter().rev());
    start + rest.take_while(|(one, other)| one == other).count()
}
