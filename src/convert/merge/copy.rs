//! Copies of pieces of a page, without what no two pieces of a page may share.

use crate::convert::source::{Id, Source, What};

/// Attributes that no two elements of a page may share.
const IDS: &[&str] = &["ac:macro-id", "ac:local-id", "local-id", "ac:task-list-id"];

/// How a caption begins.
pub(super) const CAPTION: &str = "<ac:caption";

/// An image without its caption.
pub(super) fn without_caption(bytes: &str) -> String {
    let mut out = bytes.to_owned();
    let Ok(source) = Source::parse(bytes) else {
        return out;
    };
    let image = source.children(Id::ROOT).find(|id| source.is_element(*id));
    if let Some(caption) = image.and_then(|image| source.child(image, "ac:caption")) {
        out.replace_range(source.node(caption).outer.clone(), "");
    }
    out
}

/// A start tag without its ids.
pub(super) fn without_ids(tag: &str) -> String {
    let mut out = tag.to_owned();
    for name in IDS {
        let Some(at) = out.find(&format!(" {name}=")) else {
            continue;
        };
        let value = at + name.len() + 2;
        let Some(quote) = out[value..]
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))
        else {
            continue;
        };
        if let Some(length) = out[value + 1..].find(quote) {
            out.replace_range(at..=value + length + 1, "");
        }
    }
    out
}

/// A piece of the page for another place of it: without ids, and without the numbers of tasks.
pub(super) fn copy(bytes: &str) -> String {
    let Ok(source) = Source::parse(bytes) else {
        return bytes.to_owned();
    };
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    for id in source.descendants(Id::ROOT) {
        let node = source.node(id);
        if !matches!(node.what, What::Element { .. }) || node.outer.start < at {
            continue;
        }
        if matches!(source.name(id), "ac:task-id" | "ac:task-uuid") {
            out.push_str(&bytes[at..node.outer.start]);
            at = node.outer.end;
            continue;
        }
        let tag_end = if node.inner.is_empty() && node.inner.start == node.outer.end {
            node.outer.end
        } else {
            node.inner.start
        };
        out.push_str(&bytes[at..node.outer.start]);
        out.push_str(&without_ids(&bytes[node.outer.start..tag_end]));
        at = tag_end;
    }
    out.push_str(&bytes[at..]);
    out
}
