//! Running text as characters with their marks, comparable between a page and a Markdown text.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use crate::convert::merge::diff;
use crate::convert::merge::render::Render;
use crate::convert::read_markdown::target;
use crate::convert::shown::text::{BREAK, Marks, THING, Text};
use crate::convert::tree::{Inline, Link, Mark, Target};

/// A character, or a thing among them.
#[derive(Clone, Debug)]
pub(super) struct Char {
    pub(super) c: char,
    pub(super) bits: u16,
    /// The hash of what its link points at; 0 without a link.
    pub(super) link: u64,
    /// The number of the thing, and its hash.
    pub(super) thing: usize,
    key: u64,
}

impl Char {
    fn says(&self, other: &Self) -> bool {
        self.same_letter(other) && self.bits == other.bits && self.link == other.link
    }

    pub(super) fn same_letter(&self, other: &Self) -> bool {
        self.c == other.c && self.key == other.key
    }

    fn is_text(&self) -> bool {
        self.c != THING && self.c != BREAK
    }
}

pub(super) struct Characters {
    pub(super) chars: Vec<Char>,
}

pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() | 1
}

impl Characters {
    pub(super) fn of<F>(text: &Text<F>) -> Self {
        let links: Vec<u64> = text.links.iter().map(|link| hash(link)).collect();
        let mut chars = Vec::with_capacity(text.chars.len());
        let mut thing = 0;
        for (start, span) in text.stretches() {
            let link = usize::from(span.marks.link).checked_sub(1);
            let link = link.and_then(|index| links.get(index).copied()).unwrap_or(0);
            for c in text.chars[start..span.end].chars() {
                let key = if c == THING {
                    text.things.get(thing).map_or(0, |thing| hash(&thing.key))
                } else {
                    0
                };
                chars.push(Char {
                    c,
                    bits: span.marks.bits,
                    link,
                    thing,
                    key,
                });
                thing += usize::from(c == THING);
            }
        }
        Self { chars }
    }

    /// The links, each with its text; one that is interrupted is there several times.
    pub(super) fn link_texts(&self) -> Vec<(u64, String)> {
        let mut texts: Vec<(u64, String)> = Vec::new();
        let mut before = 0;
        for char in &self.chars {
            if char.link != 0 {
                match texts.last_mut() {
                    Some((_, text)) if before == char.link => text.push(char.c),
                    _ => texts.push((char.link, char.c.to_string())),
                }
            }
            before = char.link;
        }
        texts
    }

    pub(super) fn replace_link(&mut self, old: u64, new: u64) {
        for char in &mut self.chars {
            if char.link == old {
                char.link = new;
            }
        }
    }

    /// Stretches of a range with the same marks and the same link.
    pub(super) fn segments(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut segments: Vec<Range<usize>> = Vec::new();
        for index in range {
            let char = &self.chars[index];
            let same = |first: &Char| {
                first.bits == char.bits && first.link == char.link && first.is_text() == char.is_text()
            };
            match segments.last_mut() {
                Some(last) if same(&self.chars[last.start]) => last.end = index + 1,
                _ => segments.push(index..index + 1),
            }
        }
        segments
    }

    /// Where, from `at` on, the characters stop being alike.
    fn while_same(&self, at: usize, end: usize, same: impl Fn(&Char) -> bool) -> usize {
        (at..end).find(|index| !same(&self.chars[*index])).unwrap_or(end)
    }

    /// A range as a tree, for a place that has some of its marks already.
    pub(super) fn inlines(
        &self,
        range: Range<usize>,
        bits: u16,
        in_link: bool,
        text: &Text<Option<&Inline>>,
        render: &mut Render<'_, '_>,
    ) -> Result<Vec<Inline>, String> {
        if in_link {
            return self.marked(range, bits, text, render);
        }
        let mut inlines = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let link = self.chars[at].link;
            let end = self.while_same(at, range.end, |char| char.link == link);
            let content = self.marked(at..end, bits, text, render)?;
            if link == 0 {
                inlines.extend(content);
            } else {
                let key = text.links.iter().find(|key| hash(key) == link);
                let key = key.ok_or("a link has no address")?;
                let (url, title) = match key.split_once('\u{1}') {
                    Some((url, title)) => (url, Some(title.to_owned())),
                    None => (key.as_str(), None),
                };
                inlines.push(Inline::Link(Link {
                    target: target(url).unwrap_or_else(|| Target::Url(url.to_owned())),
                    title,
                    content,
                }));
            }
            at = end;
        }
        Ok(inlines)
    }

    fn marked(
        &self,
        range: Range<usize>,
        bits: u16,
        text: &Text<Option<&Inline>>,
        render: &mut Render<'_, '_>,
    ) -> Result<Vec<Inline>, String> {
        let mut inlines = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let wanted = self.chars[at].bits & !bits;
            if wanted == 0 {
                let end = self.while_same(at, range.end, |char| char.bits & !bits == 0);
                self.plain(at..end, text, render, &mut inlines)?;
                at = end;
                continue;
            }
            // Code is innermost: it holds nothing but text.
            let bit = match wanted & !Marks::CODE {
                0 => Marks::CODE,
                others => 1 << others.trailing_zeros(),
            };
            let end = self.while_same(at, range.end, |char| char.bits & bit != 0);
            if bit == Marks::CODE {
                let code: String = self.chars[at..end].iter().map(|char| char.c).collect();
                inlines.push(Inline::Code(code));
            } else {
                let content = self.marked(at..end, bits | bit, text, render)?;
                inlines.push(Inline::Mark(mark(bit), content));
            }
            at = end;
        }
        Ok(inlines)
    }

    fn plain(
        &self,
        range: Range<usize>,
        text: &Text<Option<&Inline>>,
        render: &mut Render<'_, '_>,
        inlines: &mut Vec<Inline>,
    ) -> Result<(), String> {
        let mut words = String::new();
        for index in range {
            let char = &self.chars[index];
            if char.is_text() {
                words.push(char.c);
                continue;
            }
            if !words.is_empty() {
                inlines.push(Inline::Text(std::mem::take(&mut words)));
            }
            if char.c == BREAK {
                inlines.push(Inline::Break);
                continue;
            }
            let thing = nth_thing(text, char.thing).ok_or("something in the text has no meaning")?;
            inlines.push(render.thing(thing)?);
        }
        if !words.is_empty() {
            inlines.push(Inline::Text(words));
        }
        Ok(())
    }
}

fn nth_thing<'t>(text: &Text<Option<&'t Inline>>, number: usize) -> Option<&'t Inline> {
    let is_thing = |from: usize, to: usize| text.chars[from..to].starts_with(THING);
    let mut things = text
        .stretches()
        .filter(|(start, span)| is_thing(*start, span.end));
    things.nth(number).and_then(|(_, span)| span.from)
}

fn mark(bit: u16) -> Mark {
    match bit {
        Marks::STRONG => Mark::Strong,
        Marks::EMPHASIS => Mark::Emphasis,
        Marks::STRIKE => Mark::Strike,
        Marks::UNDERLINE => Mark::Underline,
        Marks::SUBSCRIPT => Mark::Subscript,
        Marks::SUPERSCRIPT => Mark::Superscript,
        _ => Mark::Small,
    }
}

/// For each character of the page, the character of the text that it is. `whole` numbers the pieces of the source
/// that several characters share.
pub(super) fn kept(
    mine: &Characters,
    theirs: &Characters,
    whole: &dyn Fn(usize) -> Option<usize>,
) -> Vec<Option<usize>> {
    let (left, right) = (tokens(mine), tokens(theirs));
    let hashes = |characters: &Characters, tokens: &[Range<usize>]| {
        tokens
            .iter()
            .map(|token| token_hash(&characters.chars[token.clone()]))
            .collect::<Vec<u64>>()
    };
    let mut kept: Vec<Option<usize>> = vec![None; mine.chars.len()];
    for (i, j) in diff::common(&hashes(mine, &left), &hashes(theirs, &right)) {
        for (index, other) in left[i].clone().zip(right[j].clone()) {
            kept[index] = Some(other);
        }
    }
    refine(mine, theirs, &mut kept);
    // What is one piece in the source stays or goes as one.
    let mut at = 0;
    while at < kept.len() {
        let piece = whole(at);
        let end = (at + 1..kept.len())
            .find(|index| piece.is_none() || whole(*index) != piece)
            .unwrap_or(kept.len());
        let follows = |pair: &[Option<usize>]| matches!((pair[0], pair[1]), (Some(a), Some(b)) if b == a + 1);
        if piece.is_some() && !kept[at..end].windows(2).all(follows) {
            kept[at..end].fill(None);
        }
        at = end;
    }
    kept
}

/// Within what differs: the letters that its two sides begin and end with alike.
fn refine(mine: &Characters, theirs: &Characters, kept: &mut [Option<usize>]) {
    for hunk in super::hunks(kept, mine.chars.len(), theirs.chars.len()) {
        let (mut i, mut j) = (hunk.mine.start, hunk.theirs.start);
        let (mut last_i, mut last_j) = (hunk.mine.end, hunk.theirs.end);
        while i < last_i && j < last_j && mine.chars[i].says(&theirs.chars[j]) {
            kept[i] = Some(j);
            i += 1;
            j += 1;
        }
        while i < last_i && j < last_j && mine.chars[last_i - 1].says(&theirs.chars[last_j - 1]) {
            last_i -= 1;
            last_j -= 1;
            kept[last_i] = Some(last_j);
        }
    }
}

/// Words, spaces, and everything else one by one; a change of marks ends a word.
fn tokens(characters: &Characters) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    for (index, char) in characters.chars.iter().enumerate() {
        let goes_on = |first: &Char| {
            char.c.is_alphanumeric()
                && first.c.is_alphanumeric()
                && first.bits == char.bits
                && first.link == char.link
        };
        match tokens.last_mut() {
            Some(last) if goes_on(&characters.chars[last.start]) => last.end = index + 1,
            _ => tokens.push(index..index + 1),
        }
    }
    tokens
}

fn token_hash(chars: &[Char]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for char in chars {
        (char.c, char.bits, char.link, char.key).hash(&mut hasher);
    }
    hasher.finish()
}
