//! What a write takes away from a page, and whether that was meant.
//!
//! Agents delete by accident: they leave out what they do not understand, or write "rest of the page unchanged". What
//! is gone is told; what is worth protecting, or too much, needs a word from the caller.

use std::collections::BTreeMap;

use serde::Serialize;

use super::partial;
use super::words::{in_order, words};
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
    if let Some(found) = elision(shown, asked, markdown) {
        return Some(format!(
            "{found:?} reads as if it stood for text that was left out; that text would be lost"
        ));
    }
    let (mut had, mut has) = (BTreeMap::new(), BTreeMap::new());
    let total = words(shown, &mut had);
    words(asked, &mut has);
    let kept: usize = had
        .iter()
        .map(|(word, count)| has.get(word).map_or(0, |other: &usize| *count.min(other)))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a share of a page")]
    let lost = 1.0 - kept as f64 / total.max(1) as f64;
    if total >= FEW_WORDS && lost > MOST {
        return Some("more than half of the page would be gone".to_owned());
    }
    let (mut before, mut after) = (Vec::new(), Vec::new());
    in_order(shown, &mut before);
    in_order(asked, &mut after);
    if let Some(why) = partial::suspicion(&before, &after) {
        return Some(why.to_owned());
    }
    let protected = removed.iter().filter(|removed| is_protected(removed)).count();
    (protected > 0).then(|| "things would be gone that Markdown cannot bring back".to_owned())
}

/// New text that stands for what was left out.
fn elision(shown: &Shown, asked: &Asked<'_>, markdown: &str) -> Option<String> {
    let comments = markdown.match_indices("<!--").filter_map(|(at, _)| {
        let inside = &markdown[at + 4..];
        inside.get(..inside.find("-->")?)
    });
    for comment in comments {
        if stands_for_more(comment) {
            return Some(short(comment));
        }
    }
    let mut known = std::collections::HashSet::new();
    texts(shown, &mut |text| {
        known.insert(text.to_owned());
    });
    let mut found = None;
    texts(asked, &mut |text| {
        if found.is_none() && stands_for_more(text) && !known.contains(text) {
            found = Some(short(text));
        }
    });
    found
}

fn texts<B, I>(block: &crate::convert::shown::Block<B, I>, visit: &mut impl FnMut(&str)) {
    if !block.text.is_empty() {
        visit(&block.text.chars);
    }
    for child in &block.children {
        texts(child, visit);
    }
}

/// Whether a short text says that there is more which it does not say.
fn stands_for_more(text: &str) -> bool {
    const SUBJECTS: &[&str] = &[
        "rest of",
        "remaining",
        "remainder",
        "existing",
        "previous",
        "other",
        "rows",
        "row",
        "sections",
        "section",
        "content",
        "lines",
        "items",
        "everything else",
        "the page",
        "the table",
        "the list",
        "paragraphs",
        "same",
        "above",
        "below",
        "unchanged",
    ];
    const VERBS: &[&str] = &[
        "unchanged",
        "omitted",
        "truncated",
        "as before",
        "as above",
        "same as",
        "not shown",
        "no changes",
        "elided",
        "stays the same",
        "remain the same",
        "remains the same",
        "continue",
        "snip",
        "left out",
        "kept as is",
        "as is",
        "unmodified",
        "abbreviated",
        "for brevity",
    ];
    if text.chars().count() > 160 {
        return false;
    }
    let plain = text.trim().to_lowercase();
    let bare: String = plain
        .chars()
        .filter(|c| !matches!(c, '[' | ']' | '(' | ')' | '*' | '_' | ' ' | '<' | '>'))
        .collect();
    if matches!(bare.as_str(), "..." | "\u{2026}" | "....") {
        return true;
    }
    let dotted = plain.contains("...") || plain.contains('\u{2026}');
    let has = |list: &[&str]| list.iter().any(|word| plain.contains(word));
    let bracketed = plain.starts_with(['[', '(', '<', '{', '/', '#', '-']);
    (dotted && (has(VERBS) || plain.contains("rest of") || plain.contains("remaining")))
        || (has(VERBS) && has(SUBJECTS) && (bracketed || plain.split_whitespace().count() <= 12))
}

#[cfg(test)]
mod tests {
    use super::stands_for_more;

    #[test]
    fn words_that_stand_for_more_are_known() {
        for text in [
            "rows 8 through 144 unchanged",
            "... rest of the page ...",
            "[remaining sections unchanged]",
            "\u{2026}",
            "(rest of content omitted for brevity)",
            "... existing content ...  unchanged",
        ] {
            assert!(stands_for_more(text), "{text}");
        }
        for text in [
            "The rest of the team meets on Monday.",
            "Wait for it...",
            "The interface is unchanged since version 2 and every caller keeps working as they did in all releases before it",
            "Rows are sorted by name.",
        ] {
            assert!(!stands_for_more(text), "{text}");
        }
    }
}
