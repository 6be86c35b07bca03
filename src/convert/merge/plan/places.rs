//! Where new blocks go, and how blocks are taken away.

use std::collections::HashMap;
use std::ops::Range;

use super::is_open;
use super::tables::without;
use crate::convert::merge::copy::without_ids;
use crate::convert::merge::splice::Splices;
use crate::convert::shown::Kind;
use crate::convert::shown::of_markdown::Asked;
use crate::convert::shown::of_storage::{Shown, panel};
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
        while let Some(around) = unseen(source, host)
            && source.text[source.node(host).inner.start..at].trim().is_empty()
        {
            at = source.node(around).outer.start;
            host = source.parent(around).unwrap_or(Id::ROOT);
        }
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
    let last = block.children.last();
    if let Some(last) = last.filter(|_| matches!(block.kind, Kind::List { .. })) {
        let list = list_of(source, last.from.node);
        if !is_last(source, list, last) {
            return Ok(in_list(source, list, last));
        }
        at = source.node(list).outer.end;
        host = source.parent(list).unwrap_or(Id::ROOT);
    }
    while let Some(around) = unseen(source, host)
        && source.text[at..source.node(host).inner.end].trim().is_empty()
    {
        at = source.node(around).outer.end;
        host = source.parent(around).unwrap_or(Id::ROOT);
    }
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
                after: again(source, host),
            });
        }
        at = node.outer.end;
        host = source.parent(host).unwrap_or(Id::ROOT);
    }
    Ok(Place::at(at))
}

/// The place after an item in the middle of a list: the list ends there and begins again.
fn in_list(source: &Source<'_>, list: Id, item: &Shown) -> Place {
    let name = source.name(list);
    let mut tag = without(&again(source, list), "start");
    if name == "ol" {
        let items = source.children(list).filter(|child| source.name(*child) == "li");
        let before = items
            .take_while(|child| source.node(*child).outer.start <= item.from.outer.start)
            .count();
        let first: u64 = source
            .attribute(list, "start")
            .and_then(|start| start.trim().parse().ok())
            .unwrap_or(1);
        let next = first.saturating_add(u64::try_from(before).unwrap_or(0));
        tag = tag.replacen('>', &format!(" start=\"{next}\">"), 1);
    }
    Place {
        at: end_of(item),
        before: format!("</{name}>"),
        after: tag,
    }
}

/// The start tag of an element once more, without its ids.
fn again(source: &Source<'_>, id: Id) -> String {
    let node = source.node(id);
    without_ids(&source.text[node.outer.start..node.inner.start])
}

/// What keeps two stretches of text in an element apart and is not seen.
pub(super) fn wall(source: &Source<'_>, host: Id) -> String {
    if source.name(host) == "p" {
        format!("</p>{}", again(source, host))
    } else {
        "<p></p>".to_owned()
    }
}

/// The list that an item is in.
pub(super) fn list_of(source: &Source<'_>, item: Id) -> Id {
    source
        .up(item)
        .skip(1)
        .find(|id| matches!(source.name(*id), "ul" | "ol" | "ac:task-list"))
        .unwrap_or(item)
}

/// Whether no item of a list comes before this one.
pub(super) fn is_first(source: &Source<'_>, list: Id, item: &Shown) -> bool {
    let items = source.children(list);
    !items
        .filter(|child| source.is_element(*child))
        .any(|child| source.node(child).outer.start < item.from.outer.start)
}

/// Whether no item of a list comes after this one.
pub(super) fn is_last(source: &Source<'_>, list: Id, item: &Shown) -> bool {
    let items = source.children(list);
    !items
        .filter(|child| source.is_element(*child))
        .any(|child| source.node(child).outer.start >= end_of(item))
}

/// Where an item ends, with the lists behind it that are shown as part of it.
pub(super) fn end_of(item: &Shown) -> usize {
    item.children.last().map_or(item.from.outer.end, |last| {
        last.from.outer.end.max(item.from.outer.end)
    })
}

/// The bytes of a block, with what is behind it and shown as part of it.
pub(super) fn all_of(block: &Shown) -> Range<usize> {
    match block.kind {
        Kind::Item { .. } => block.from.outer.start..end_of(block),
        _ => block.from.outer.clone(),
    }
}

/// The element that a block is directly in.
pub(super) fn host_of(source: &Source<'_>, block: &Shown) -> Id {
    if block.from.anonymous {
        block.from.node
    } else {
        source.parent(block.from.node).unwrap_or(Id::ROOT)
    }
}

/// The thing of Cloud's editor that an element is the content of and that is not shown around it: what comes before
/// or after all of it has nothing to do with it.
fn unseen(source: &Source<'_>, content: Id) -> Option<Id> {
    let node = source
        .parent(content)
        .filter(|_| source.name(content) == "ac:adf-content")?;
    let around = source.parent(node)?;
    (source.name(around) == "ac:adf-extension" && panel(source, node).is_none()).then_some(around)
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
    let name = match list.kind {
        Kind::List { tasks: true, .. } => "ac:task",
        Kind::Decisions => "ac:adf-node",
        _ => "li",
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
        None => is_first(source, parent, neighbour).then_some(outer.start),
        Some(last) => is_last(source, parent, last).then_some(outer.end),
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

/// The bytes to take away for blocks, each with its block; a list or a body of rows that loses everything goes as a
/// whole, without one.
pub(super) fn delete<'a>(
    source: &Source<'_>,
    removed: &[&'a Shown],
    splices: &Splices,
) -> Vec<(Range<usize>, Option<&'a Shown>)> {
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
            .filter(|child| matches!(source.name(*child), "li" | "ac:task" | "tr"))
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
    let mut deleted: Vec<(Range<usize>, Option<&'a Shown>)> = emptied
        .iter()
        .map(|parent| (source.node(*parent).outer.clone(), None))
        .collect();
    for block in removed {
        let parent = source.parent(block.from.node);
        let is_part = matches!(block.kind, Kind::Item { .. } | Kind::Row);
        if !(is_part && parent.is_some_and(|parent| emptied.contains(&parent))) {
            deleted.push((all_of(block), Some(block)));
        }
    }
    deleted
}
