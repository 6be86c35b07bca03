//! Which part of a body is answered: characters from an offset, a section, or its headings alone.
//!
//! Callers count characters (Unicode scalar values), not bytes. What is answered stays within what callers can take,
//! as it is written in JSON.

use std::ops::Range;

use super::super::outcome::written_chars;
use super::super::{Arguments, Failure, Fault};
use super::{OutlineEntry, PageContent};
use crate::convert::Layout;
use crate::pages::section::{find, folded, full_name, short};
use crate::pages::{Error, ReadFormat, Shown};

/// The most characters a caller may ask for at once.
pub const MOST_CHARS: i64 = 80_000;

/// The greatest offset: more than any page has characters.
pub(super) const MOST_OFFSET: i64 = 2_147_483_647;

/// What a caller wants of a body.
pub(super) struct Wanted {
    offset: Option<usize>,
    most: usize,
    outline: bool,
    section: Option<String>,
}

/// What a caller gets.
pub(super) struct Part {
    pub(super) body: String,
    pub(super) outline: Option<Vec<OutlineEntry>>,
    /// Characters of the whole body.
    pub(super) total: usize,
    /// Where the part begins.
    pub(super) offset: usize,
    /// Where it goes on, if it does.
    pub(super) next: Option<usize>,
    /// Whether it is the whole body.
    pub(super) whole: bool,
}

impl Wanted {
    /// # Errors
    /// Headings wanted of a format that has none.
    pub(super) fn of(arguments: &Arguments) -> Result<Self, Failure> {
        let number = |name| {
            arguments
                .integer(name)
                .and_then(|number| usize::try_from(number).ok())
        };
        let section = arguments.text("section").map(str::trim);
        let wanted = Self {
            offset: number("offset"),
            most: number("maxChars").unwrap_or(usize::MAX),
            outline: arguments.flag("outline"),
            section: section.filter(|section| !section.is_empty()).map(str::to_owned),
        };
        let format = arguments.text("format").and_then(ReadFormat::parse);
        if wanted.of_headings() && format.is_some_and(|format| format != ReadFormat::Markdown) {
            let message = "outline and section go with format=markdown only.";
            return Err(Failure::new(Fault::InvalidInput, message)
                .hint("Leave format out, or read in parts by offset and maxChars."));
        }
        Ok(wanted)
    }

    /// Whether headings must be known, as they are of Markdown alone.
    pub(super) fn of_headings(&self) -> bool {
        self.outline || self.section.is_some()
    }

    /// The part of a body, with at most `room` characters of JSON for body and outline.
    ///
    /// # Errors
    /// An offset that is not in the body, or not in the section; a section that is not there, or there several times; a
    /// body that cannot be shown as Markdown.
    pub(super) fn part_of(&self, shown: &Shown, room: usize) -> Result<Part, Failure> {
        let text = shown.body.as_str();
        let total = text.chars().count();
        if self.of_headings() && shown.format != ReadFormat::Markdown {
            return Err(Failure::new(
                Fault::InvalidOperation,
                "This page cannot be shown as Markdown, so it has no outline and no sections.",
            )
            .hint("Read it in parts by offset and maxChars."));
        }
        let start = self
            .offset
            .map(|offset| byte_at(text, offset, total))
            .transpose()?;
        let within = match &self.section {
            Some(section) => find(&shown.layout, text, section, start).map_err(Error::from)?,
            None => 0..text.len(),
        };
        let start = start.unwrap_or(within.start);
        let offset = text[..start].chars().count();
        if self.outline {
            let (outline, next) = outline(&shown.layout, text, start..within.end, room);
            return Ok(Part {
                body: String::new(),
                outline: Some(outline),
                total,
                offset,
                next,
                whole: false,
            });
        }
        let reach = reach(text, start..within.end, self.most, room);
        let end = match shown.format {
            _ if reach == within.end => reach,
            ReadFormat::Storage => Layout::of_storage(text).end_of_part(text, start..reach),
            ReadFormat::Markdown | ReadFormat::Text => shown.layout.end_of_part(text, start..reach),
        };
        let body = &text[start..end];
        Ok(Part {
            body: body.to_owned(),
            outline: None,
            total,
            offset,
            next: (end < within.end).then(|| offset + body.chars().count()),
            whole: body.len() == text.len(),
        })
    }
}

/// The byte at which a character begins, or the text ends.
fn byte_at(text: &str, offset: usize, total: usize) -> Result<usize, Failure> {
    if offset > total {
        let message = format!("The page has only {total} characters in this format.");
        return Err(Failure::new(Fault::InvalidInput, message).hint(format!(
            "Got offset {offset}; send one from 0 to {total}. The page may be shorter than it was."
        )));
    }
    let at = text.char_indices().nth(offset);
    Ok(at.map_or(text.len(), |(at, _)| at))
}

/// How far a part may go: within these bytes, so many characters, and so much room in JSON. One character at least.
fn reach(text: &str, within: Range<usize>, most: usize, room: usize) -> usize {
    let mut left = room;
    let part = &text[within.clone()];
    for (count, (at, character)) in part.char_indices().enumerate() {
        let fits = written_chars(character) <= left && count < most;
        if !fits && count > 0 {
            return within.start + at;
        }
        left = left.saturating_sub(written_chars(character));
    }
    within.end
}

/// The headings that begin in these bytes, as many as there is room for, and where the next one begins.
fn outline(
    layout: &Layout,
    text: &str,
    within: Range<usize>,
    room: usize,
) -> (Vec<OutlineEntry>, Option<usize>) {
    let mut times = std::collections::HashMap::new();
    for heading in layout.headings() {
        *times.entry(folded(&heading.title)).or_insert(0_usize) += 1;
    }
    let mut entries = Vec::new();
    let mut left = room;
    let (mut at, mut offset) = (0, 0);
    let inside = layout
        .headings()
        .iter()
        .filter(|heading| within.contains(&heading.at.start));
    for heading in inside {
        offset += text[at..heading.at.start].chars().count();
        at = heading.at.start;
        let title = short(&heading.title);
        let unique = times.get(&folded(&heading.title)) == Some(&1);
        let told = unique && !title.is_empty() && title.len() == heading.title.len();
        let entry = OutlineEntry {
            level: heading.level,
            title,
            offset,
            chars: text[heading.at.clone()].chars().count(),
            section: if told { None } else { full_name(heading) },
        };
        let length = super::written_length(&entry).unwrap_or(left) + 1;
        if length > left && !entries.is_empty() {
            return (entries, Some(offset));
        }
        left = left.saturating_sub(length);
        entries.push(entry);
    }
    (entries, None)
}

/// What to do with a part of a page.
pub(super) fn hint(content: &PageContent) -> String {
    let total = content.total_chars;
    let next = content.next_offset;
    if content.outline.is_some() {
        let more = next.map_or_else(String::new, |next| {
            format!(" More headings: outline=true with offset={next}.")
        });
        return format!("Read a section with section=<its title>, or offset and maxChars as listed.{more}");
    }
    let from = content.offset.unwrap_or_default();
    let to = from + content.body.chars().count();
    let next = next.map_or_else(String::new, |next| {
        format!(" Call again with offset={next} and all else as before, or read the outline.")
    });
    format!(
        "Characters {from} to {to} of {total}.{next} This is a part of the page: as the body of an update it would replace the \
         whole page. To change a section, update with section and its new text."
    )
}
