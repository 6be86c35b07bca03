//! Text such as "... rest of the page unchanged ...", which models write for what they leave out.

use std::collections::HashSet;

use super::short;
use crate::convert::shown::Block;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::Shown;

/// New text that stands for what was left out: the beginning of it.
pub(super) fn find(shown: &Shown, asked: &Asked<'_>, markdown: &str) -> Option<String> {
    let comments = markdown.match_indices("<!--").filter_map(|(at, _)| {
        let inside = &markdown[at + 4..];
        inside.get(..inside.find("-->")?)
    });
    for comment in comments {
        if stands_for_more(comment) {
            return Some(short(comment));
        }
    }
    let mut known = HashSet::new();
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

fn texts<B, I>(block: &Block<B, I>, visit: &mut impl FnMut(&str)) {
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
