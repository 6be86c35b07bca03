//! Where new blocks go, and how blocks are taken away.

use std::collections::HashMap;

use super::is_open;
use crate::convert::merge::splice::Splices;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::Shown;
use crate::convert::source::{Id, Source};

/// A place for something new.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) before: String,
    pub(super) after: String,
}

impl Place {
    fn at(at: usize) -> Self {
        Self {
            at,
            ..Self::default()
        }
    }
}

/// The place of a block in a container, after `last`.
pub(super) fn flow(source: &Source<'_>, container: &Shown, last: Option<&Shown>) -> Result<Place, String> {
    if let Some(last) = last {
        return beside(source, last);
    }
    if let Some(first) = container.children.first() {
        let (mut at, mut host) = (first.from.outer.start, host_of(source, first));
        while !takes_blocks(source, host) {
            let node = source.node(host);
            if !is_passable(source, host) || !source.text[node.inner.start..at].trim().is_empty() {
                return Err("there is no place for a block before the first one".to_owned());
            }
            at = node.outer.start;
            host = source.parent(host).unwrap_or(Id::ROOT);
        }
        return Ok(Place::at(at));
    }
    let content = container
        .from
        .content
        .ok_or("it has no body to put a block into")?;
    let node = source.node(content);
    if is_open(source, content) {
        return Ok(Place::at(node.inner.end));
    }
    Err("it has no body to put a block into".to_owned())
}

/// The place after a block.
pub(super) fn beside(source: &Source<'_>, block: &Shown) -> Result<Place, String> {
    let (mut at, mut host) = (block.from.outer.end, host_of(source, block));
    while !takes_blocks(source, host) {
        let node = source.node(host);
        if !is_passable(source, host) {
            return Err("there is no place for a block here".to_owned());
        }
        if !source.text[at..node.inner.end].trim().is_empty() {
            let parent = source.parent(host).unwrap_or(Id::ROOT);
            if source.name(host) != "p" || !takes_blocks(source, parent) {
                return Err("there is no place for a block here".to_owned());
            }
            // The paragraph around text and blocks ends before the new one and begins again after it.
            return Ok(Place {
                at,
                before: "</p>".to_owned(),
                after: "<p>".to_owned(),
            });
        }
        at = node.outer.end;
        host = source.parent(host).unwrap_or(Id::ROOT);
    }
    Ok(Place::at(at))
}

/// The element that a block is directly in.
fn host_of(source: &Source<'_>, block: &Shown) -> Id {
    if block.from.anonymous {
        block.from.node
    } else {
        source.parent(block.from.node).unwrap_or(Id::ROOT)
    }
}

fn takes_blocks(source: &Source<'_>, id: Id) -> bool {
    id == Id::ROOT
        || matches!(
            source.name(id),
            "li" | "td"
                | "th"
                | "blockquote"
                | "div"
                | "dd"
                | "section"
                | "article"
                | "center"
                | "ac:rich-text-body"
                | "ac:layout-cell"
                | "ac:task-body"
                | "ac:adf-content"
        )
}

/// What a block may be put behind rather than into.
fn is_passable(source: &Source<'_>, id: Id) -> bool {
    matches!(
        source.name(id),
        "p" | "span" | "strong" | "em" | "b" | "i" | "u" | "font" | "a" | "ac:inline-comment-marker"
    )
}

/// The place of an item in a list.
pub(super) fn item(source: &Source<'_>, list: &Shown, last: Option<&Shown>) -> Result<Place, String> {
    let name = if matches!(list.kind, Kind::List { tasks: true, .. }) {
        "ac:task"
    } else {
        "li"
    };
    let neighbour = last
        .or_else(|| list.children.first())
        .ok_or("the list is empty")?;
    if source.name(neighbour.from.node) != name {
        return Err("an item beside this one has no place".to_owned());
    }
    Ok(Place::at(if last.is_some() {
        neighbour.from.outer.end
    } else {
        neighbour.from.outer.start
    }))
}

/// The place beside the list itself, for an item before its first or after its last.
pub(super) fn edge(
    source: &Source<'_>,
    asked: &Asked<'_>,
    list: &Shown,
    last: Option<&Shown>,
) -> Option<usize> {
    let Kind::Item { .. } = asked.kind else {
        return None;
    };
    let neighbour = last.or_else(|| list.children.first())?;
    let parent = source.parent(neighbour.from.node)?;
    let outer = &source.node(parent).outer;
    match last {
        None => Some(outer.start),
        Some(last) => {
            let end = source.node(parent).inner.end;
            source.text[last.from.outer.end..end]
                .trim()
                .is_empty()
                .then_some(outer.end)
        }
    }
}

/// Whether the items of a list hold paragraphs.
pub(super) fn is_loose(source: &Source<'_>, list: &Shown) -> bool {
    list.children.iter().any(|item| {
        item.children
            .first()
            .is_some_and(|first| !first.from.anonymous && source.name(first.from.node) == "p")
    })
}

/// Takes blocks away; a list or a body of rows that loses everything goes as a whole.
pub(super) fn delete(source: &Source<'_>, removed: &[&Shown], splices: &mut Splices) {
    let mut gone: HashMap<Id, usize> = HashMap::new();
    for block in removed
        .iter()
        .filter(|block| matches!(block.kind, Kind::Item { .. } | Kind::Row))
    {
        if let Some(parent) = source.parent(block.from.node) {
            *gone.entry(parent).or_default() += 1;
        }
    }
    let is_emptied = |parent: Id| {
        let there = source
            .children(parent)
            .filter(|child| source.is_element(*child))
            .count();
        let outer = &source.node(parent).outer;
        let gets_more = splices.iter().any(|splice| {
            outer.start < splice.at.start && splice.at.start < outer.end && splice.at.is_empty()
        });
        gone.get(&parent).is_some_and(|gone| *gone == there) && !gets_more
    };
    let emptied: Vec<Id> = gone
        .keys()
        .copied()
        .filter(|parent| is_emptied(*parent))
        .collect();
    for parent in &emptied {
        splices.delete(source.node(*parent).outer.clone());
    }
    for block in removed {
        let parent = source.parent(block.from.node);
        let is_part = matches!(block.kind, Kind::Item { .. } | Kind::Row);
        if !(is_part && parent.is_some_and(|parent| emptied.contains(&parent))) {
            splices.delete(block.from.outer.clone());
        }
    }
}
