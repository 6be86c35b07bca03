//! An edit of running text, as replacements in the source of one block.
//!
//! The characters of the page that are still wanted keep their bytes, and so do the tags around them. What is new goes
//! where the marks are those it wants: with the text it replaces if there is any, else beside its left neighbour, so
//! that what is typed behind bold text stays out of it only if it was not bold. Elements that lose all their text go.

mod characters;
mod positions;
mod remark;

use std::collections::HashMap;
use std::ops::Range;

use super::render::Render;
use super::splice::Splices;
use crate::convert::escape;
use crate::convert::shown::of_storage::{Place, Spot};
use crate::convert::shown::text::{BREAK, THING, Text};
use crate::convert::source::{Id, Source, What};
use crate::convert::tree::Inline;
use characters::{Char, Characters};
use positions::{Around, Position, positions};

/// In a text with more links than this, a link with another address is another link.
const MOST_LINKS: usize = 300;

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

    /// A link with the same text and another address: the address is all that changes.
    fn patch_addresses(&self, mine: &mut Characters, theirs: &mut Characters, splices: &mut Splices) {
        let standing = self.standing();
        let links = mine.link_texts();
        if links.len() > MOST_LINKS {
            return;
        }
        for (link, text) in links {
            let gone = !theirs.chars.iter().any(|char| char.link == link);
            if !gone {
                continue;
            }
            let candidates = theirs.link_texts();
            let mut same = candidates.iter().filter(|(other, other_text)| {
                *other_text == text && !mine.chars.iter().any(|char| char.link == *other)
            });
            let (Some((new, _)), None) = (same.next(), same.next()) else {
                continue;
            };
            let key = self
                .asked
                .links
                .iter()
                .find(|key| characters::hash(key.as_str()) == *new);
            let old_key = self
                .shown
                .links
                .iter()
                .find(|key| characters::hash(key.as_str()) == link);
            let first = mine.chars.iter().position(|char| char.link == link);
            let (Some(key), Some(old_key), Some(first)) = (key, old_key, first) else {
                continue;
            };
            let title = |key: &str| key.split_once('\u{1}').map(|(_, title)| title.to_owned());
            let is_web = |key: &str| {
                key.contains("://")
                    || key.starts_with("mailto:")
                    || key.starts_with('#')
                    || key.starts_with('/')
            };
            let element = self
                .source
                .up(standing[first].within)
                .find(|id| self.source.name(*id) == "a");
            let value = element.and_then(|element| self.source.attribute_at(element, "href"));
            if let Some(value) = value.filter(|_| title(key) == title(old_key) && is_web(key)) {
                let url = key.split('\u{1}').next().unwrap_or(key);
                let mut escaped = String::new();
                escape::attribute(&mut escaped, url);
                splices.replace(value, escaped);
                theirs.replace_link(*new, link);
            }
        }
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

    /// New text for a place that has these marks already.
    fn content(
        &self,
        range: Range<usize>,
        bits: u16,
        link: u64,
        position: &Position,
        render: &mut Render<'_, '_>,
    ) -> Result<String, String> {
        if position.text_only {
            let text: String = self.theirs.chars[range].iter().map(|char| char.c).collect();
            return Ok(self.literal(&text, position));
        }
        let inlines = self
            .theirs
            .inlines(range, bits, link != 0, self.leaf.asked, render)?;
        Ok(render.inlines(&inlines))
    }

    /// Text as it is written where there are no elements.
    fn literal(&self, text: &str, position: &Position) -> String {
        let mut out = String::new();
        if position.cdata {
            let before = &self.leaf.source.text[..position.at];
            let ends = before.ends_with("]]") && !before.ends_with("<![CDATA[]]");
            for (index, c) in text.chars().filter(|c| escape::is_legal(*c)).enumerate() {
                let closes = c == '>' && (out.ends_with("]]") || (index == 0 && ends));
                if closes {
                    out.push_str("]]><![CDATA[");
                }
                out.push(c);
            }
            let after = &self.leaf.source.text[position.at..];
            if out.ends_with("]]") && after.starts_with('>') {
                out.push_str("]]><![CDATA[");
            }
        } else {
            escape::text(&mut out, text);
        }
        if position.needs_cdata {
            out.clear();
            escape::cdata(&mut out, text);
        }
        out
    }

    /// New text in the middle of a mark that it does not have: the mark ends before it and begins again after it.
    fn split(
        &self,
        position: &Position,
        range: Range<usize>,
        render: &mut Render<'_, '_>,
    ) -> Result<String, String> {
        let source = self.leaf.source;
        let (_, root) = self.leaf.bounds();
        let wanted = &self.theirs.chars[range.start];
        let mut closing = String::new();
        let mut opening = String::new();
        let mut at = position.within;
        while at != root {
            let (bits, link) = positions::marks(source, at, root, &self.links);
            if bits & !wanted.bits == 0 && (link == 0 || link == wanted.link) {
                let inside = self.content(range, bits, link, &Position::plain(position.at, at), render)?;
                return Ok(format!("{closing}{inside}{opening}"));
            }
            let name = source.name(at);
            let may_split = matches!(source.node(at).what, What::Element { .. })
                && (!name.contains(':') || name == "ac:inline-comment-marker");
            if !may_split {
                return Err(format!("the new text would tear <{name}> apart"));
            }
            closing.push_str("</");
            closing.push_str(name);
            closing.push('>');
            let tag = &source.text[source.node(at).outer.start..source.node(at).inner.start];
            opening.insert_str(0, &super::render::without_ids(tag));
            at = source.parent(at).unwrap_or(root);
        }
        let inside = self.content(range, 0, 0, &Position::plain(position.at, at), render)?;
        Ok(format!("{closing}{inside}{opening}"))
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

    /// Takes out what is no longer wanted: text by its bytes, and elements that have lost all of theirs.
    fn remove(&mut self, splices: &mut Splices) {
        let source = self.leaf.source;
        let (_, root) = self.leaf.bounds();
        let mut count: HashMap<Id, (usize, usize)> = HashMap::new();
        if self.removed.iter().any(|removed| *removed) {
            for (standing, removed) in self.standing.iter().zip(&self.removed) {
                for element in source.up(standing.within).take_while(|id| *id != root) {
                    let (total, gone) = count.entry(element).or_default();
                    *total += 1;
                    *gone += usize::from(*removed);
                }
            }
        }
        for used in &self.used {
            for element in source.up(*used).take_while(|id| *id != root) {
                count.remove(&element);
            }
        }
        let is_gone = |id: &Id| {
            count.get(id).is_some_and(|(total, gone)| total == gone)
                && source.is_element(*id)
                && !matches!(
                    source.name(*id),
                    "p" | "ac:plain-text-body" | "ac:rich-text-body" | "ac:task-body" | "li" | "td" | "th"
                )
                && !source.descendants(*id).any(|inside| {
                    matches!(source.name(inside), "ac:structured-macro" | "ac:macro")
                        && !self.is_thing(inside)
                })
        };
        let mut last: Option<Range<usize>> = None;
        let mut done = 0;
        for (standing, removed) in self.standing.iter().zip(&self.removed) {
            if !removed || standing.at.start < done {
                continue;
            }
            let outermost = source
                .up(standing.within)
                .take_while(|id| *id != root)
                .filter(is_gone)
                .last();
            let at = outermost.map_or(standing.at.clone(), |element| source.node(element).outer.clone());
            done = at.end;
            match &mut last {
                // What was put between the two stays between them.
                Some(last) if last.end == at.start && !self.put.contains(&at.start) => last.end = at.end,
                _ => {
                    splices.delete(last.take().unwrap_or_default());
                    last = Some(at);
                }
            }
        }
        splices.delete(last.unwrap_or_default());
    }

    fn is_thing(&self, id: Id) -> bool {
        let outer = &self.leaf.source.node(id).outer;
        self.standing.iter().any(|standing| standing.at == *outer)
    }
}

/// The first place with the marks that are wanted; else the one that lacks the fewest; else one to split.
fn choose(positions: &[Position], wanted: &Char, plain: bool, least: usize) -> Result<(usize, bool), String> {
    let allowed = |position: &Position| position.at >= least && (plain || !position.text_only);
    let exact = positions.iter().position(|position| {
        allowed(position) && position.bits == wanted.bits && position.link == wanted.link
    });
    if let Some(exact) = exact {
        return Ok((exact, false));
    }
    let fits = |position: &Position| {
        allowed(position)
            && !position.text_only
            && position.bits & !wanted.bits == 0
            && (position.link == 0 || position.link == wanted.link)
    };
    let best = positions
        .iter()
        .enumerate()
        .filter(|(_, position)| fits(position))
        .max_by_key(|(index, position)| {
            (
                position.bits.count_ones() + u32::from(position.link != 0),
                usize::MAX - index,
            )
        });
    if let Some((best, _)) = best {
        return Ok((best, false));
    }
    let split = positions
        .iter()
        .position(|position| position.at >= least && !position.text_only);
    split
        .map(|split| (split, true))
        .ok_or_else(|| "the new text has marks or things that cannot stand there".to_owned())
}
