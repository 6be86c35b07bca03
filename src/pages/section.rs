//! The section of a page that a caller names by its heading.

use std::ops::Range;

use super::similar::similar;
use crate::convert::{Heading, Layout};

/// How many headings are named to a caller who missed one.
const MOST_NAMED: usize = 5;

/// How many headings of one name are listed to a caller who must choose.
const MOST_CANDIDATES: usize = 20;

/// Why there is no such section.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSection {
    /// No heading of the page is called that; with those that may have been meant.
    #[error("the page has no section '{asked}'")]
    Unknown {
        /// What the caller said.
        asked: String,
        /// Headings of the page, best first.
        near: Vec<String>,
    },
    /// Several are.
    #[error("{count} sections are called '{asked}'")]
    Ambiguous {
        /// What the caller said.
        asked: String,
        /// How many.
        count: usize,
        /// The first of them.
        candidates: Vec<Candidate>,
    },
    /// The character that is to pick one is in none of them.
    #[error("the offset is not in the section '{0}'")]
    Elsewhere(String),
}

/// A section among those of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What names it.
    pub section: String,
    /// The level of its heading.
    pub level: u8,
    /// The character at which it begins.
    pub offset: usize,
}

/// The bytes of the section of a Markdown text that a caller names: by the text of its heading, plain or as it is in Markdown, or by path.
/// A path that begins with `/` begins at the top of the page. Of several, `at` picks the one that holds this byte.
///
/// # Errors
/// [`BadSection`].
pub fn find(text: &str, layout: &Layout, asked: &str, at: Option<usize>) -> Result<Range<usize>, BadSection> {
    let name = folded(asked.trim().trim_start_matches('#'));
    let headings = layout.headings();
    let meant = |test: &dyn Fn(&Heading) -> bool| -> Vec<&Heading> {
        headings.iter().filter(|heading| test(heading)).collect()
    };
    let written = |heading: &Heading| {
        let line = text[heading.at.clone()].lines().next();
        folded(line.unwrap_or_default().trim_start_matches('#'))
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
    if let Some(at) = at {
        let holds = |heading: &&Heading| (heading.at.start..=heading.at.end).contains(&at);
        if !found.is_empty() && !found.iter().any(holds) {
            return Err(BadSection::Elsewhere(asked.to_owned()));
        }
        // Where one ends and the next begins at once, the later one begins there.
        found = found.into_iter().rfind(holds).into_iter().collect();
    }
    match found.as_slice() {
        [] => Err(BadSection::Unknown {
            asked: asked.to_owned(),
            near: near(headings, asked),
        }),
        [heading] => Ok(heading.at.clone()),
        several => Err(BadSection::Ambiguous {
            asked: asked.to_owned(),
            count: several.len(),
            candidates: several
                .iter()
                .take(MOST_CANDIDATES)
                .map(|heading| Candidate {
                    section: format!("/{}", heading.path),
                    level: heading.level,
                    offset: text[..heading.at.start].chars().count(),
                })
                .collect(),
        }),
    }
}

/// A heading's name in the form in which names are compared.
#[must_use]
pub fn folded(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// The headings that may have been meant; the first ones, where none is like what was said.
fn near(headings: &[Heading], asked: &str) -> Vec<String> {
    let names = headings.iter().map(|heading| (heading.title.as_str(), ()));
    let like = similar(asked.trim_start_matches('#'), names, MOST_NAMED);
    let mut near: Vec<String> = like.into_iter().map(|(title, ())| title.to_owned()).collect();
    if near.is_empty() {
        let titled = headings.iter().filter(|heading| !heading.title.is_empty());
        near = titled
            .map(|heading| heading.title.clone())
            .take(MOST_NAMED)
            .collect();
    }
    near.dedup();
    near
}
