//! The sections of a page, as callers name them: by the text of a heading, or by the texts of those above it and its own.
//!
//! A section can be written alone. The caller's text is put in its place in the Markdown of the page, and the whole is then
//! brought onto the page like any other edit; what stands around the section must show as it did.

use std::ops::Range;

use super::similar::similar;
use crate::convert::{Heading, Layout};

/// The most characters of the name of a section.
pub const MOST_SECTION: usize = 2_000;

/// How many headings are named to a caller who missed one.
const MOST_NAMED: usize = 5;

/// How many headings of one name are listed to a caller who must choose.
const MOST_CANDIDATES: usize = 20;

/// The most characters that a heading is told by.
const MOST_TITLE: usize = 200;

/// Why a section cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSection {
    /// No heading has this name.
    Missing {
        /// The name.
        asked: String,
        /// Headings that may have been meant; none where the page has none.
        near: Vec<String>,
    },
    /// Several headings have it.
    Ambiguous {
        /// The name.
        asked: String,
        /// How many.
        count: usize,
        /// The first of them.
        candidates: Vec<Candidate>,
    },
    /// It is there, but not around the offset that was given.
    Elsewhere {
        /// The name.
        asked: String,
    },
    /// It stands in a quote or an item of a list, so its lines are not its alone.
    Inside {
        /// The name.
        asked: String,
    },
    /// The text to put in its place does not begin with a heading.
    Headless,
    /// There is no text to put in its place.
    Empty,
    /// The text would change what stands around the section.
    Spills,
}

impl std::fmt::Display for BadSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for BadSection {}

/// One of several headings of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What names it best; None where nothing short does.
    pub section: Option<String>,
    /// 1 to 6.
    pub level: u8,
    /// The character of the page's Markdown that it begins at.
    pub offset: usize,
}

/// The section that a caller means, as bytes of the Markdown it is in; `start`, a byte in it, picks one of several.
///
/// # Errors
/// None has the name, several have it, or it is not where the start is.
pub fn find(
    layout: &Layout,
    text: &str,
    asked: &str,
    start: Option<usize>,
) -> Result<Range<usize>, BadSection> {
    let name = folded(asked.trim_start_matches('#'));
    let meant = |test: &dyn Fn(&Heading) -> bool| -> Vec<&Heading> {
        layout.headings().iter().filter(|heading| test(heading)).collect()
    };
    let written = |heading: &Heading| {
        let line = text[heading.at.clone()].lines().next().unwrap_or_default();
        folded(line.trim_start_matches('#'))
    };
    let mut found = meant(&|heading| folded(&heading.title) == name || written(heading) == name);
    if found.is_empty() {
        found = match name.strip_prefix('/') {
            Some(path) => meant(&|heading| folded(&heading.path) == path),
            None => meant(&|heading| {
                let path = folded(&heading.path);
                path == name || path.ends_with(&format!("/{name}"))
            }),
        };
    }
    if let Some(start) = start {
        let holds = |heading: &&Heading| (heading.at.start..=heading.at.end).contains(&start);
        if !found.is_empty() && !found.iter().any(holds) {
            return Err(BadSection::Elsewhere { asked: short(asked) });
        }
        // Where one ends and the next begins at once, the later one begins there.
        found = found.into_iter().rfind(holds).into_iter().collect();
    }
    match found.as_slice() {
        [] => Err(missing(layout, asked)),
        [heading] => Ok(heading.at.clone()),
        several => Err(ambiguous(text, asked, several)),
    }
}

fn missing(layout: &Layout, asked: &str) -> BadSection {
    let headings = layout.headings();
    let names = headings.iter().map(|heading| (heading.title.as_str(), heading));
    let near = similar(asked.trim_start_matches('#'), names, MOST_NAMED);
    let mut near: Vec<String> = near.into_iter().map(|(title, _)| short(title)).collect();
    if near.is_empty() {
        let titled = headings.iter().filter(|heading| !heading.title.is_empty());
        near = titled
            .map(|heading| short(&heading.title))
            .take(MOST_NAMED)
            .collect();
    }
    near.dedup();
    BadSection::Missing {
        asked: short(asked),
        near,
    }
}

fn ambiguous(text: &str, asked: &str, several: &[&Heading]) -> BadSection {
    let candidates = several.iter().take(MOST_CANDIDATES).map(|heading| Candidate {
        section: full_name(heading),
        level: heading.level,
        offset: text[..heading.at.start].chars().count(),
    });
    BadSection::Ambiguous {
        asked: short(asked),
        count: several.len(),
        candidates: candidates.collect(),
    }
}

/// A page's Markdown with a section replaced.
#[derive(Debug)]
pub struct Replaced<'t> {
    /// The whole text.
    pub text: String,
    before: &'t str,
    after: &'t str,
}

impl Replaced<'_> {
    /// Whether a page that shows as this Markdown has kept what stands around the section.
    #[must_use]
    pub fn is_kept_by(&self, markdown: &str) -> bool {
        let (before, after) = (self.before.trim_end(), self.after.trim_start());
        markdown.len() >= before.len() + after.len()
            && markdown.starts_with(before)
            && markdown.ends_with(after)
    }
}

/// Puts a text in the place of a section. It begins with its heading, as it was read; blank, it takes the section away,
/// which `may_remove` must allow.
///
/// # Errors
/// No such section, or not one that can be replaced; a text that has no heading.
pub fn replaced<'t>(
    layout: &Layout,
    markdown: &'t str,
    asked: &str,
    text: &str,
    may_remove: bool,
) -> Result<Replaced<'t>, BadSection> {
    let at = find(layout, markdown, asked, None)?;
    let line = markdown[..at.start].rfind('\n').map_or(0, |end| end + 1);
    if !markdown[line..at.start].trim().is_empty() {
        return Err(BadSection::Inside { asked: short(asked) });
    }
    let text = text.trim_matches(['\r', '\n']);
    if text.trim().is_empty() && !may_remove {
        return Err(BadSection::Empty);
    }
    if !text.trim().is_empty() && !Layout::begins_with_heading(text) {
        return Err(BadSection::Headless);
    }
    let (before, after) = (&markdown[..at.start], &markdown[at.end..]);
    let mut whole = String::with_capacity(before.len() + text.len() + after.len() + 1);
    whole.push_str(before);
    whole.push_str(text);
    whole.push_str(after);
    Ok(Replaced {
        text: whole,
        before,
        after,
    })
}

/// What names a heading among others of its title. None: only its offset does.
#[must_use]
pub fn full_name(heading: &Heading) -> Option<String> {
    let path = format!("/{}", heading.path);
    (path.chars().count() <= MOST_SECTION).then_some(path)
}

/// A heading's name in the form in which names are compared.
#[must_use]
pub fn folded(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// The beginning of a long title.
#[must_use]
pub fn short(title: &str) -> String {
    title.chars().take(MOST_TITLE).collect()
}
