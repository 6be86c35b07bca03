//! Edited Markdown back onto the page it was read from: project the page again, align, splice, verify.
//!
//! What was not edited keeps its bytes, since only replacements are ever made in the source. What was written is read
//! again and must show what was asked for; an edit that cannot be brought onto the page, or that would take away more
//! than was meant, is refused with the name of the block, and nothing is written.

mod align;
mod bare;
mod collisions;
mod diff;
mod leaf;
mod loss;
mod plan;
mod render;
mod replace;
mod spaces;
mod splice;
mod things;
mod three_way;
mod verify;

use std::collections::{HashMap, HashSet};

use super::project::{Projected, project};
use super::read_markdown::read_edited;
use super::shown::Kind;
use super::shown::of_markdown::{self, Asked};
use super::shown::of_storage;
use super::source::{Id, Source};
use super::{Flavour, Malformed, Notice};
pub use loss::{Removed, RemovedKind};
use plan::{Obstacle, Planned};
use render::Render;
pub use replace::replace;
use splice::Splices;
use verify::Verify;

/// What a write may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Whether protected things may be taken away, and most of the page.
    pub allow_removals: bool,
}

/// A page with an edit written back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteBack {
    /// The body in storage format.
    pub storage: String,
    /// Whether it is another body than before. If not, there is nothing to save.
    pub changed: bool,
    /// Whether changes of others since the base are in it as well.
    pub merged: bool,
    /// What was taken away.
    pub removed: Vec<Removed>,
    /// What else the caller should know.
    pub warnings: Vec<Notice>,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An edit that cannot be brought onto the page.
    #[error(
        "the edit of the {place} {excerpt:?} cannot be written: {why}; leave this block as it was read, or make a smaller change to it"
    )]
    Block {
        /// The kind of block.
        place: String,
        /// The beginning of its text.
        excerpt: String,
        /// What is in the way.
        why: String,
    },
    /// A write that would take away what may not have been meant to go.
    #[error("{why}{}; read the page again, or allow removals if this is meant", listed(.removed))]
    Loss {
        /// What would be gone.
        removed: Vec<Removed>,
        /// Why that needs a word.
        why: String,
    },
    /// Edits of the same blocks by others.
    #[error("the page was changed meanwhile in the same place: {}; read it again and repeat the edit", collided(.blocks))]
    Conflict {
        /// The blocks that collide.
        blocks: Vec<Collision>,
    },
    /// A token that stands for nothing on the page.
    #[error("no token of the page is {token:?}{}; tokens can be kept, moved and deleted, but not made up", near(.nearest))]
    UnknownToken {
        /// The id that was written.
        token: String,
        /// The ids most like it.
        nearest: Vec<String>,
    },
    /// The page itself is not well-formed, or cannot be shown.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// A block that both sides changed, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// As it was.
    pub base: String,
    /// As the caller wants it.
    pub mine: String,
    /// As it is now.
    pub theirs: String,
}

fn listed(removed: &[Removed]) -> String {
    if removed.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = removed
        .iter()
        .take(8)
        .map(|removed| format!("{} {:?}", removed.kind.name(), removed.label))
        .collect();
    if removed.len() > names.len() {
        names.push(format!("{} more", removed.len() - names.len()));
    }
    format!(" ({})", names.join(", "))
}

fn collided(blocks: &[Collision]) -> String {
    let shown = blocks
        .iter()
        .take(3)
        .map(|block| format!("{:?} is now {:?}", block.base, block.theirs));
    shown.collect::<Vec<_>>().join(", ")
}

fn near(nearest: &[String]) -> String {
    if nearest.is_empty() {
        String::new()
    } else {
        format!(" (there is {})", nearest.join(", "))
    }
}

impl From<Obstacle> for Refusal {
    fn from(obstacle: Obstacle) -> Self {
        Self::Block {
            place: obstacle.place,
            excerpt: obstacle.excerpt,
            why: obstacle.why,
        }
    }
}

/// Writes an edited Markdown text back onto the page it was read from.
///
/// # Errors
/// When the edit cannot be written, or should not be.
pub fn write_back(current: &str, markdown: &str, flavour: Flavour, gate: Gate) -> Result<WriteBack, Refusal> {
    edit(current, markdown, flavour, gate).map(|(written, _)| written)
}

/// Writes a Markdown text, edited on the version `base` of a page, onto the version it has now.
///
/// # Errors
/// When the edit cannot be written, or should not be, or both sides changed the same.
pub fn write_back_onto(
    base: &str,
    current: &str,
    markdown: &str,
    flavour: Flavour,
    gate: Gate,
) -> Result<WriteBack, Refusal> {
    if base == current {
        return write_back(current, markdown, flavour, gate);
    }
    let (mine, splices) = edit(base, markdown, flavour, gate)?;
    let carried = three_way::carry(&splices, base, current)?;
    let applied = carried
        .splices
        .apply(current)
        .filter(|_| carried.stranded.is_empty());
    let Some(storage) = applied else {
        if mine.storage == current {
            return Ok(WriteBack {
                changed: false,
                merged: true,
                ..mine
            });
        }
        let blocks = collisions::find(base, &mine.storage, current, &carried.stranded)?;
        return Err(Refusal::Conflict { blocks });
    };
    // Whatever came together must be a page again, and one that can be shown.
    let source = Source::parse(&storage)?;
    project(&source)?;
    Ok(WriteBack {
        changed: storage != current,
        storage,
        merged: true,
        ..mine
    })
}

/// The page with the edit, and the replacements that make it.
fn edit(
    current: &str,
    markdown: &str,
    flavour: Flavour,
    gate: Gate,
) -> Result<(WriteBack, Splices), Refusal> {
    let source = Source::parse(current)?;
    let projected = project(&source)?;
    let unchanged = |warnings| {
        let written = WriteBack {
            storage: current.to_owned(),
            changed: false,
            merged: false,
            removed: Vec::new(),
            warnings,
        };
        (written, Splices::default())
    };
    if projected.markdown == markdown {
        return Ok(unchanged(Vec::new()));
    }
    let (mut tree, notices) = read_edited(markdown);
    bare::relink(&mut tree, &projected.page.root);
    spaces::name(&mut tree, &source);
    let mut asked = of_markdown::read(&tree);
    check_tokens(&asked, &projected)?;
    if projected.page.root.hash == asked.hash {
        return Ok(unchanged(notices));
    }
    let mut render = Render::new(&source, &projected.page, &asked, flavour);
    let planned = plan::plan(&source, &projected.page, &asked, &mut render)?;
    let mut planned = planned;
    mirror(&source, &mut planned.splices);
    let storage = apply(&planned, current)?;
    let rows = rows_of(&planned.removed);
    let (splices, written) = (planned.splices, planned.written);
    verify::unnumbered(&mut asked);
    let after = check(&storage, &asked, &written, &projected)?;
    let mut removed = loss::removed(&source, &after);
    removed.extend(rows);
    removed.sort();
    if !gate.allow_removals
        && let Some(why) = loss::objection(&projected.page.root, &asked, markdown, &removed)
    {
        return Err(Refusal::Loss { removed, why });
    }
    let written = WriteBack {
        changed: storage != current,
        storage,
        merged: false,
        removed,
        warnings: notices,
    };
    Ok((written, splices))
}

/// A panel of Cloud's editor has its content twice: what is edited in the one is edited in the other, where that is
/// the same.
fn mirror(source: &Source<'_>, splices: &mut Splices) {
    let panels = source
        .descendants(Id::ROOT)
        .filter(|id| source.name(*id) == "ac:adf-extension");
    let mut more: Vec<splice::Splice> = Vec::new();
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
                more.push(splice::Splice {
                    at,
                    with: splice.with.clone(),
                });
            }
        }
    }
    for splice in more {
        splices.replace(splice.at, splice.with);
    }
}

fn apply(planned: &Planned<'_, '_>, current: &str) -> Result<String, Refusal> {
    planned.splices.apply(current).ok_or_else(|| Refusal::Block {
        place: "page".to_owned(),
        excerpt: String::new(),
        why: "two changes get in each other's way".to_owned(),
    })
}

/// The rows that were taken away; things are told by comparing the page with what it was.
fn rows_of(gone: &[&of_storage::Shown]) -> Vec<Removed> {
    let mut rows = Vec::new();
    let mut open: Vec<&of_storage::Shown> = gone.to_vec();
    while let Some(block) = open.pop() {
        if matches!(block.kind, Kind::Row) {
            rows.push(Removed {
                kind: RemovedKind::Row,
                label: plan::excerpt(block).chars().take(60).collect(),
            });
        } else {
            open.extend(&block.children);
        }
    }
    rows
}

/// Reads what was written and compares it with what was asked for.
fn check<'s, 't>(
    storage: &'s str,
    asked: &Asked<'t>,
    written: &HashMap<*const Asked<'t>, plan::Written>,
    projected: &Projected,
) -> Result<Source<'s>, Refusal> {
    let refuse = |(place, excerpt): (String, String)| Refusal::Block {
        place,
        excerpt: excerpt.chars().take(80).collect(),
        why: "the page would not show what the text says".to_owned(),
    };
    let source = Source::parse(storage)
        .map_err(|malformed| refuse(("page".to_owned(), format!("not well-formed: {malformed}"))))?;
    let mut page = if projected.opaque.is_empty() {
        of_storage::read(&source, &HashSet::<Id>::new())
    } else {
        project(&source)?.page
    };
    verify::unnumbered(&mut page.root);
    Verify { written }.page(&page.root, asked).map_err(refuse)?;
    Ok(source)
}

/// Every token must be one of the page's, and say what it said: whoever edits a label expects something to change.
fn check_tokens(asked: &Asked<'_>, projected: &Projected) -> Result<(), Refusal> {
    let mut labels: HashMap<String, String> = HashMap::new();
    labels_of(&projected.page.root, &mut |id, label| {
        let shown = label
            .strip_prefix(":macro[")
            .and_then(|label| label.rsplit_once("]{#"));
        labels.insert(id.to_owned(), shown.map_or(label, |(label, _)| label).to_owned());
    });
    let mut wanted: Vec<(String, String)> = Vec::new();
    labels_of(asked, &mut |id, label| {
        wanted.push((id.to_owned(), label.to_owned()));
    });
    for (token, label) in wanted {
        if !projected.page.tokens.contains_key(&token) {
            let known = projected.page.tokens.keys();
            let mut nearest: Vec<(usize, &String)> = known
                .map(|known| (strsim::levenshtein(known, &token), known))
                .collect();
            nearest.sort();
            let nearest = nearest
                .into_iter()
                .take(3)
                .map(|(_, known)| known.clone())
                .collect();
            return Err(Refusal::UnknownToken { token, nearest });
        }
        if labels
            .get(&token)
            .is_some_and(|known| squeezed(known) != squeezed(&label))
        {
            return Err(Refusal::Block {
                place: "token".to_owned(),
                excerpt: label,
                why: "the label of a token is not text of the page and cannot be edited".to_owned(),
            });
        }
    }
    Ok(())
}

fn squeezed(label: &str) -> String {
    label.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn labels_of<B, I>(block: &super::shown::Block<B, I>, visit: &mut impl FnMut(&str, &str)) {
    if let Kind::Token { id, label } = &block.kind {
        visit(id, &label.0);
    }
    for thing in &block.text.things {
        if let Some(id) = thing.key.strip_prefix("token:") {
            visit(id, &thing.markdown);
        }
    }
    for child in &block.children {
        labels_of(child, visit);
    }
}
