//! Addresses that are links on the page and lost their angle brackets in the text: models write `https://…` for
//! `<https://…>`, and mean the same.

use std::collections::BTreeSet;

use crate::convert::shown::of_storage::Shown;
use crate::convert::tree::{Inline, Link, Page, Target, each_run};

/// More addresses than this are not looked for.
const MOST: usize = 200;

/// Makes links again of the addresses that the page has as links only.
pub(super) fn relink(page: &mut Page, shown: &Shown) {
    let (mut linked, mut plain) = (BTreeSet::new(), String::new());
    collect(shown, &mut linked, &mut plain);
    linked.retain(|url| !plain.contains(url.as_str()));
    if linked.is_empty() || linked.len() > MOST {
        return;
    }
    each_run(page, &mut |run| {
        let before = std::mem::take(run);
        for inline in before {
            match inline {
                Inline::Text(text) => split(&text, &linked, run),
                other => run.push(other),
            }
        }
    });
}

/// The addresses that are their own text, and all the text that is no link.
fn collect(block: &Shown, linked: &mut BTreeSet<String>, plain: &mut String) {
    for (start, end, marks) in block.text.runs() {
        let text = &block.text.chars[start..end];
        match block.text.link(marks) {
            Some(key) if key == text && key.contains("://") => {
                linked.insert(key.to_owned());
            }
            _ => {
                plain.push_str(text);
                plain.push('\n');
            }
        }
    }
    for child in &block.children {
        collect(child, linked, plain);
    }
}

fn split(text: &str, linked: &BTreeSet<String>, run: &mut Vec<Inline>) {
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let tail = &rest[at..];
        // The longest that fits; what follows must not go on the address.
        let fits = |url: &&String| {
            let after = tail.strip_prefix(url.as_str());
            after.is_some_and(|after| {
                !after.starts_with(|c: char| c.is_alphanumeric() || "/?#=&%_-".contains(c))
            })
        };
        let Some(url) = linked.iter().filter(fits).max_by_key(|url| url.len()) else {
            let (skipped, after) = rest.split_at(at + "http".len());
            push(skipped, run);
            rest = after;
            continue;
        };
        push(&rest[..at], run);
        run.push(Inline::Link(Link {
            target: Target::Url(url.clone()),
            title: None,
            content: vec![Inline::Text(url.clone())],
        }));
        rest = &tail[url.len()..];
    }
    push(rest, run);
}

fn push(text: &str, run: &mut Vec<Inline>) {
    if text.is_empty() {
        return;
    }
    match run.last_mut() {
        Some(Inline::Text(before)) => before.push_str(text),
        _ => run.push(Inline::Text(text.to_owned())),
    }
}
