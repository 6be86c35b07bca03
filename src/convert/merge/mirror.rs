//! Panels of Cloud's editor, whose content stands on the page twice.

use std::ops::Range;

use super::splice::{Splice, Splices};
use crate::convert::source::{Id, Source};

/// A panel of Cloud's editor has its content twice: what is edited in the one is edited in the other, where that is
/// the same.
pub(super) fn mirror(source: &Source<'_>, splices: &mut Splices, edited: &mut Vec<Range<usize>>) {
    let panels = source
        .descendants(Id::ROOT)
        .filter(|id| source.name(*id) == "ac:adf-extension");
    let mut more: Vec<Splice> = Vec::new();
    for panel in panels {
        let content = source
            .child(panel, "ac:adf-node")
            .and_then(|node| source.child(node, "ac:adf-content"));
        let (Some(content), Some(fallback)) = (content, source.child(panel, "ac:adf-fallback")) else {
            continue;
        };
        let (content, fallback) = (
            source.node(content).inner.clone(),
            source.node(fallback).inner.clone(),
        );
        let bytes = &source.text[content.clone()];
        let mut found = source.text[fallback.clone()]
            .match_indices(bytes)
            .map(|(at, _)| fallback.start + at);
        let (Some(copy), None) = (found.next(), found.next()) else {
            continue;
        };
        for splice in splices.iter() {
            if content.start <= splice.at.start && splice.at.end <= content.end {
                let at = splice.at.start - content.start + copy..splice.at.end - content.start + copy;
                more.push(Splice {
                    at,
                    with: splice.with.clone(),
                });
            }
        }
    }
    for splice in more {
        edited.push(splice.at.clone());
        splices.replace(splice.at, splice.with);
    }
}
