//! An edit of running text, as replacements in the source of one block.
//!
//! The characters of the page that are still wanted keep their bytes, and so do the tags around them. What is new goes
//! where the marks are those it wants: with the text it replaces if there is any, else beside its left neighbour, so
//! that what is typed behind bold text stays out of it only if it was not bold. Elements that lose all their text go.

mod addresses;
mod characters;
mod fresh;
mod gone;
mod positions;
mod remark;

use std::collections::HashMap;
use std::ops::Range;

use super::render::Render;
use super::splice::Splices;
use crate::convert::shown::of_storage::{Place, Spot};
use crate::convert::shown::text::{BREAK, THING, Text};
use crate::convert::source::{Id, Source};
use crate::convert::tree::Inline;
use characters::Characters;
use positions::{Around, choose, positions};

/// The text of a block of the page, and the text that it is to have.
pub(super) struct Leaf<'a, 's> {
    pub(super) source: &'a Source<'s>,
    pub(super) place: &'a Place,
    pub(super) shown: &'a Text<Spot>,
    pub(super) asked: &'a Text<Option<&'a Inline>>,
}

/// Where a character of the page stands.
#[derive(Clone, Debug)]
struct Standing {
    at: Range<usize>,
    within: Id,
    /// The span it is part of, where that is one piece.
    whole: Option<usize>,
}

impl Leaf<'_, '_> {
    /// Decides the replacements.
    ///
    /// # Errors
    /// When the edit cannot be brought onto the source, with the reason.
    pub(super) fn edit(&self, splices: &mut Splices, render: &mut Render<'_, '_>) -> Result<(), String> {
        let mut mine = Characters::of(self.shown);
        let mut theirs = Characters::of(self.asked);
        self.patch_addresses(&mut mine, &mut theirs, splices);
        let standing = self.standing();
        let kept = characters::kept(&mine, &theirs, &|index| standing[index].whole);
        let mut edit = Edit {
            leaf: self,
            mine: &mine,
            theirs: &theirs,
            standing: &standing,
            links: self.link_elements(&standing),
            used: Vec::new(),
            put: Vec::new(),
            removed: vec![false; standing.len()],
        };
        for hunk in hunks(&kept, standing.len(), theirs.chars.len()) {
            edit.hunk(&hunk, splices, render)?;
        }
        edit.remove(splices);
        Ok(())
    }

    /// The bytes in which the text stands, and the node they are directly in.
    fn bounds(&self) -> (Range<usize>, Id) {
        if self.place.anonymous {
            return (self.place.outer.clone(), self.place.node);
        }
        let content = self.place.content.unwrap_or(self.place.node);
        (self.source.node(content).inner.clone(), content)
    }

    fn standing(&self) -> Vec<Standing> {
        let mut standing = Vec::with_capacity(self.shown.chars.len());
        for (index, (start, span)) in self.shown.stretches().enumerate() {
            let spot = &span.from;
            let slice = &self.shown.chars[start..span.end];
            let several = slice.chars().nth(1).is_some();
            for (offset, c) in slice.char_indices() {
                let from = spot.at.start + offset;
                standing.push(if spot.same {
                    Standing {
                        at: from..from + c.len_utf8(),
                        within: spot.within,
                        whole: None,
                    }
                } else {
                    Standing {
                        at: spot.at.clone(),
                        within: spot.within,
                        whole: several.then_some(index),
                    }
                });
            }
        }
        standing
    }

    /// The elements of the links that are shown, with the hash of what they point at.
    fn link_elements(&self, standing: &[Standing]) -> HashMap<Id, u64> {
        let mut links = HashMap::new();
        let mine = Characters::of(self.shown);
        for (char, standing) in mine.chars.iter().zip(standing) {
            if char.link != 0 {
                let element = self
                    .source
                    .up(standing.within)
                    .find(|id| matches!(self.source.name(*id), "a" | "ac:link"));
                if let Some(element) = element {
                    links.insert(element, char.link);
                }
            }
        }
        links
    }
}

/// A stretch of the page's text that gives way to a stretch of the new text.
struct Hunk {
    mine: Range<usize>,
    theirs: Range<usize>,
}

fn hunks(kept: &[Option<usize>], mine: usize, theirs: usize) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut i, mut j) = (0, 0);
    let matches = kept
        .iter()
        .enumerate()
        .filter_map(|(index, other)| Some((index, (*other)?)));
    for (same_i, same_j) in matches.chain([(mine, theirs)]) {
        if i < same_i || j < same_j {
            hunks.push(Hunk {
                mine: i..same_i,
                theirs: j..same_j,
            });
        }
        (i, j) = (same_i + 1, same_j + 1);
    }
    hunks
}

struct Edit<'e, 'a, 's> {
    leaf: &'e Leaf<'a, 's>,
    mine: &'e Characters,
    theirs: &'e Characters,
    standing: &'e [Standing],
    links: HashMap<Id, u64>,
    /// The elements that something was put into.
    used: Vec<Id>,
    /// Where something was put.
    put: Vec<usize>,
    removed: Vec<bool>,
}

impl Edit<'_, '_, '_> {
    fn hunk(
        &mut self,
        hunk: &Hunk,
        splices: &mut Splices,
        render: &mut Render<'_, '_>,
    ) -> Result<(), String> {
        if remark::remark(self, hunk, splices) || self.patch_thing(hunk, splices) {
            return Ok(());
        }
        for index in hunk.mine.clone() {
            self.removed[index] = true;
        }
        if hunk.theirs.is_empty() {
            return Ok(());
        }
        let (bounds, root) = self.leaf.bounds();
        let around = Around {
            bounds,
            root,
            before: hunk.mine.start.checked_sub(1).map(|index| &self.standing[index]),
            replaced: &self.standing[hunk.mine.clone()],
            after: self.standing.get(hunk.mine.end),
        };
        let positions = positions(self.leaf.source, &around, &self.links);
        if positions.is_empty() {
            return Err("there is no place in the source for the new text".to_owned());
        }
        let mut least = 0;
        let mut groups: Vec<(usize, Range<usize>, bool)> = Vec::new();
        for segment in self.theirs.segments(hunk.theirs.clone()) {
            let wanted = &self.theirs.chars[segment.start];
            let plain = self.theirs.chars[segment.clone()]
                .iter()
                .all(|char| char.c != THING && (char.c != BREAK || self.leaf.asked.verbatim));
            let (chosen, split) = choose(&positions, wanted, plain, least)?;
            least = positions[chosen].at;
            match groups.last_mut() {
                Some((same, range, false)) if *same == chosen && !split => range.end = segment.end,
                _ => groups.push((chosen, segment, split)),
            }
        }
        for (chosen, range, split) in groups {
            let position = &positions[chosen];
            let text = if split {
                self.split(position, range, render)?
            } else {
                self.content(range, position.bits, position.link, position, render)?
            };
            splices.insert(position.at, text);
            self.used.push(position.within);
            self.put.push(position.at);
        }
        Ok(())
    }

    /// One thing for another of its kind: what of it changed is changed in place.
    fn patch_thing(&mut self, hunk: &Hunk, splices: &mut Splices) -> bool {
        let (mine, theirs) = (
            &self.mine.chars[hunk.mine.clone()],
            &self.theirs.chars[hunk.theirs.clone()],
        );
        let ([one], [other]) = (mine, theirs) else {
            return false;
        };
        if one.c != THING || other.c != THING || one.bits != other.bits || one.link != other.link {
            return false;
        }
        let keys = (
            self.leaf.shown.things.get(one.thing),
            self.leaf.asked.things.get(other.thing),
        );
        let (Some(old), Some(new)) = keys else {
            return false;
        };
        let standing = &self.standing[hunk.mine.start];
        let element = self
            .leaf
            .source
            .children(standing.within)
            .find(|id| self.leaf.source.node(*id).outer == standing.at);
        let Some(element) = element else { return false };
        super::things::patch(self.leaf.source, element, &old.key, &new.key, splices)
    }
}
