//! Blocks that come, go and move, at every level of a page.

use super::lines::{Block, Kind};
use super::{Edit, Expect, joined};

/// A paragraph after each block, each block away, each block past the next and to the end.
pub(super) fn blocks(lines: &[&str], page: &Block, edits: &mut Vec<Edit>) {
    among(lines, page, edits);
    page.each(&mut |block| among(lines, block, edits));
}

fn among(lines: &[&str], parent: &Block, edits: &mut Vec<Edit>) {
    if matches!(parent.kind, Kind::List) {
        items(lines, parent, edits);
        return;
    }
    let head = usize::from(parent.kind == Kind::Item);
    let movable: Vec<&Block> = parent.children.iter().skip(head).collect();
    for (index, block) in parent.children.iter().enumerate() {
        if block.kind == Kind::Layout {
            continue;
        }
        insert(lines, block, edits);
        // Without its first block, an item would begin with an empty line, and end there.
        let is_head = block.shared || (index == 0 && parent.kind == Kind::Item);
        if is_head || parent.children.len() < 2 {
            continue;
        }
        edits.push(Edit {
            kind: if parent.prefix.is_empty() && parent.start == 0 {
                "delete block"
            } else {
                "delete inner block"
            },
            markdown: joined(&without(lines, block)),
            expect: Expect::Removed,
        });
        let position = movable.iter().position(|other| other.start == block.start);
        let Some(position) = position else { continue };
        let mut targets: Vec<usize> = [position + 1, position + 2, movable.len() - 1].to_vec();
        targets.retain(|target| *target > position && *target < movable.len());
        targets.dedup();
        for target in targets {
            let target = movable[target];
            if movable.iter().any(|block| block.kind == Kind::Layout) {
                continue;
            }
            edits.push(Edit {
                kind: "move block",
                markdown: joined(&moved(lines, block, target)),
                expect: Expect::Moved,
            });
        }
    }
}

fn insert(lines: &[&str], block: &Block, edits: &mut Vec<Edit>) {
    let blank = block.prefix.trim_end().to_owned();
    let mut more: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let new = format!("{}A new paragraph with **bold** words.", block.prefix);
    more.splice(block.end..block.end, [blank.clone(), new, blank]);
    edits.push(Edit {
        kind: if block.prefix.is_empty() {
            "insert paragraph"
        } else {
            "insert inner"
        },
        markdown: joined(&more),
        expect: Expect::Added,
    });
}

fn without(lines: &[&str], block: &Block) -> Vec<String> {
    let mut fewer: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    // A line between its neighbours stays, so that they do not run into each other.
    let blank = block.prefix.trim_end().to_owned();
    fewer.splice(block.start..block.end, [blank]);
    fewer
}

/// The block behind another that comes later.
fn moved(lines: &[&str], block: &Block, target: &Block) -> Vec<String> {
    let blank = block.prefix.trim_end().to_owned();
    let mut moved: Vec<String> = Vec::with_capacity(lines.len() + 3);
    let own = |range: std::ops::Range<usize>| lines[range].iter().map(|line| (*line).to_owned());
    moved.extend(own(0..block.start));
    moved.extend(own(block.end..target.end));
    moved.push(blank.clone());
    moved.extend(own(block.start..block.end));
    moved.push(blank);
    moved.extend(own(target.end..lines.len()));
    moved
}

fn items(lines: &[&str], list: &Block, edits: &mut Vec<Edit>) {
    let Some(last) = list.children.last() else {
        return;
    };
    let bare = lines[last.start].get(last.prefix.len()..).unwrap_or_default();
    let is_task = bare.starts_with("- [");
    let sign = if is_task {
        "- [ ] ".to_owned()
    } else {
        let end = bare.find(' ').map_or(bare.len(), |at| at);
        format!("{} ", &bare[..end])
    };
    let mut more: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    more.insert(last.end, format!("{}{sign}A new item", last.prefix));
    // The first line of a list in a list may be the first of the item as well.
    if last.prefix.trim().is_empty() || lines[last.start].starts_with(&last.prefix) {
        let around = lines[..list.start].iter().rev().find(|line| !line.is_empty());
        let is_decisions = around.is_some_and(|line| line.trim_matches(':') == "decisions");
        edits.push(Edit {
            kind: match (is_task, is_decisions) {
                (true, _) => "append task",
                (_, true) => "append decision",
                _ => "append item",
            },
            markdown: joined(&more),
            expect: Expect::Added,
        });
    }
    for (index, item) in list.children.iter().enumerate() {
        if !lines[item.start].starts_with(&item.prefix) || list.shared || list.children.len() < 2 {
            continue;
        }
        let mut fewer: Vec<&str> = lines.to_vec();
        fewer.drain(item.start..item.end);
        edits.push(Edit {
            kind: "delete item",
            markdown: joined(&fewer),
            expect: Expect::Removed,
        });
        if let Some(next) = list.children.get(index + 1) {
            let mut swapped: Vec<&str> = lines[..item.start].to_vec();
            swapped.extend(&lines[next.start..next.end]);
            swapped.extend(&lines[item.end..next.start]);
            swapped.extend(&lines[item.start..item.end]);
            swapped.extend(&lines[next.end..]);
            edits.push(Edit {
                kind: "move item",
                markdown: joined(&swapped),
                expect: Expect::Moved,
            });
        }
    }
}
