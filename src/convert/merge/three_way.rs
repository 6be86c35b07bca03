//! An edit that was made on an older version of a page, brought onto the present one.
//!
//! The edit is decided on the version it was made on, as replacements there. Each is then carried over to where the
//! same stands now; ids and the order of attributes, which Confluence changes by itself, do not count. A replacement
//! whose surroundings were changed meanwhile cannot be carried over: its block collides.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::diff;
use super::splice::{Splice, Splices};
use crate::convert::storage::lex::{Kind, Lexer};
use crate::convert::well_formed::{Malformed, locate};

/// Attributes that change without an edit.
const VOLATILE: &[&str] = &[
    "ac:macro-id",
    "ac:local-id",
    "local-id",
    "ac:schema-version",
    "ri:version-at-save",
];

/// A word, a tag, or whatever else the source is made of.
struct Piece {
    at: Range<usize>,
    hash: u64,
}

/// The replacements for the present version, and those that have no place there.
pub(super) struct Carried {
    pub(super) splices: Splices,
    pub(super) stranded: Vec<Splice>,
}

/// How tags are told apart where many are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// By what they are: the text beside them may have changed.
    Alone,
    /// By the text beside them too: what they are around may have been put elsewhere.
    WithText,
}

/// Carries replacements in `base` over to `current`.
///
/// # Errors
/// When one of the two is not well-formed.
pub(super) fn carry(splices: &Splices, base: &str, current: &str, tags: Tags) -> Result<Carried, Malformed> {
    let (mut old, mut new) = (pieces(base)?, pieces(current)?);
    if tags == Tags::WithText {
        with_text(base, &mut old);
        with_text(current, &mut new);
    }
    let hashes = |pieces: &[Piece]| pieces.iter().map(|piece| piece.hash).collect::<Vec<u64>>();
    let mut now: Vec<Option<usize>> = vec![None; old.len()];
    for (i, j) in diff::common(&hashes(&old), &hashes(&new)) {
        now[i] = Some(j);
    }
    let map = Map {
        base,
        current,
        old: &old,
        new: &new,
        now: &now,
    };
    let mut carried = Carried {
        splices: Splices::default(),
        stranded: Vec::new(),
    };
    for splice in splices.iter() {
        match map.range(&splice.at) {
            Some(at) => carried.splices.replace(at, splice.with.clone()),
            None => carried.stranded.push(splice.clone()),
        }
    }
    Ok(carried)
}

struct Map<'a> {
    base: &'a str,
    current: &'a str,
    old: &'a [Piece],
    new: &'a [Piece],
    now: &'a [Option<usize>],
}

impl Map<'_> {
    /// Where a range of the base is now, if nothing in it or directly beside it was changed.
    fn range(&self, at: &Range<usize>) -> Option<Range<usize>> {
        // The pieces touched, and for a place between two pieces both of them.
        let first = self.old.partition_point(|piece| piece.at.end < at.start);
        let last = self.old.partition_point(|piece| piece.at.start <= at.end);
        let touched = first..last;
        let mut expected: Option<usize> = None;
        for index in touched.clone() {
            let there = self.now[index]?;
            if expected.is_some_and(|expected| expected != there) {
                return None;
            }
            expected = Some(there + 1);
        }
        let start = self.offset(at.start, touched.clone(), true)?;
        let end = self.offset(at.end, touched, false)?;
        (start <= end).then_some(start..end)
    }

    fn offset(&self, at: usize, touched: Range<usize>, is_start: bool) -> Option<usize> {
        if self.old.is_empty() {
            return self.current.is_empty().then_some(0);
        }
        let mut candidates = touched.filter(|index| {
            let piece = &self.old[*index].at;
            piece.start <= at && at <= piece.end
        });
        // A start belongs to the piece that begins there, an end to the one that ends there.
        let index = if is_start {
            candidates.next_back()?
        } else {
            candidates.next()?
        };
        let (old, new) = (&self.old[index].at, &self.new[self.now[index]?].at);
        if at == old.start {
            return Some(new.start);
        }
        if at == old.end {
            return Some(new.end);
        }
        let same = self.base[old.clone()] == self.current[new.clone()];
        same.then(|| new.start + (at - old.start))
    }
}

fn pieces(source: &str) -> Result<Vec<Piece>, Malformed> {
    let mut pieces = Vec::new();
    for token in Lexer::new(source) {
        let token = token.map_err(|fault| locate(source, fault))?;
        match token.kind {
            Kind::Text | Kind::Cdata => words(source, &token.span, &mut pieces),
            Kind::Open {
                name,
                attributes,
                empty,
            } => {
                let mut pairs: Vec<(&str, &str)> = attributes
                    .iter()
                    .map(|attribute| (&source[attribute.name.clone()], &source[attribute.value.clone()]))
                    .filter(|(name, _)| !VOLATILE.contains(name))
                    .collect();
                pairs.sort_unstable();
                pieces.push(Piece {
                    hash: hash(&(&source[name], pairs, empty)),
                    at: token.span,
                });
            }
            Kind::Close | Kind::Reference | Kind::Comment => pieces.push(Piece {
                hash: hash(&source[token.span.clone()]),
                at: token.span,
            }),
        }
    }
    Ok(pieces)
}

/// Makes the text behind a start tag and before an end tag part of what the tag is.
fn with_text(source: &str, pieces: &mut [Piece]) {
    let plain: Vec<u64> = pieces.iter().map(|piece| piece.hash).collect();
    for (index, piece) in pieces.iter_mut().enumerate() {
        let tag = &source[piece.at.clone()];
        let beside = if tag.starts_with("</") {
            index.checked_sub(1)
        } else if tag.starts_with('<') {
            Some(index + 1)
        } else {
            None
        };
        if let Some(text) = beside.and_then(|beside| plain.get(beside)) {
            piece.hash = hash(&(piece.hash, text));
        }
    }
}

/// Words and what is between them.
fn words(source: &str, span: &Range<usize>, pieces: &mut Vec<Piece>) {
    let text = &source[span.clone()];
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let is_word = c.is_alphanumeric();
        if before.is_some_and(|before| before != is_word) {
            push(source, span.start + start..span.start + at, pieces);
            start = at;
        }
        before = Some(is_word);
    }
    if start < text.len() {
        push(source, span.start + start..span.end, pieces);
    }
}

fn push(source: &str, at: Range<usize>, pieces: &mut Vec<Piece>) {
    pieces.push(Piece {
        hash: hash(&source[at.clone()]),
        at,
    });
}

pub(super) fn hash(of: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
