//! Listings in parts: from behind the page that the last part ended with, as many entries as were asked for and as an
//! answer may hold.
//!
//! A cursor is the id of that page, sealed for the listing it came from. Other people's changes between two parts show in
//! the second; only when that very page is gone must a caller begin again.

use serde::Serialize;

use super::outcome::{MOST_DATA, written_length};
use super::{Arguments, Failure, Fault};
use crate::confluence::seal::{opened, sealed};
use crate::pages::{Entry, Pages};

/// The most entries a caller may ask for at once.
pub(super) const MOST_ENTRIES: i64 = 1_000;

/// Which part of a listing is wanted.
pub(super) struct Paging {
    of: Vec<String>,
    after: Option<String>,
    limit: usize,
}

impl Paging {
    /// The part that the arguments ask for, of the listing that these words name.
    ///
    /// # Errors
    /// A cursor of another listing.
    pub(super) fn of(arguments: &Arguments, pages: &Pages, words: &[&str]) -> Result<Self, Failure> {
        let mut of = vec![pages.root().to_string()];
        of.extend(words.iter().map(|word| word.trim().to_lowercase()));
        let limit = arguments
            .integer("limit")
            .and_then(|limit| usize::try_from(limit).ok());
        let mut paging = Self {
            of,
            after: None,
            limit: limit.unwrap_or(usize::MAX),
        };
        if let Some(cursor) = arguments
            .text("cursor")
            .filter(|cursor| !cursor.trim().is_empty())
        {
            let after = opened(cursor, &paging.words());
            let other = || {
                Failure::new(Fault::InvalidInput, "The cursor does not belong to this listing.")
                    .hint("Send nextCursor of the last answer as cursor, with everything else as before; or leave it out.")
            };
            paging.after = Some(after.ok_or_else(other)?);
        }
        Ok(paging)
    }

    fn words(&self) -> Vec<&str> {
        self.of.iter().map(String::as_str).collect()
    }

    /// Where the part begins in the whole listing.
    ///
    /// # Errors
    /// The page behind which it begins is no longer there.
    pub(super) fn start(&self, entries: &[Entry]) -> Result<usize, Failure> {
        let Some(after) = &self.after else {
            return Ok(0);
        };
        let place = entries.iter().position(|entry| entry.id.as_str() == after);
        place.map(|place| place + 1).ok_or_else(|| {
            Failure::new(
                Fault::InvalidInput,
                "The page at which this cursor stands is no longer in the listing.",
            )
            .hint("Begin again without cursor.")
        })
    }

    /// How many entries from `start` on are answered: those that were asked for, and whose lengths in JSON fit. One at
    /// least, where there is one.
    pub(super) fn end(&self, start: usize, room: usize, lengths: impl Iterator<Item = usize>) -> usize {
        let mut left = room;
        let fitting = lengths
            .take(self.limit)
            .enumerate()
            .take_while(|(count, length)| {
                let fits = *length < left || *count == 0;
                left = left.saturating_sub(length + 1);
                fits
            });
        start + fitting.count()
    }

    /// The cursor to go on with behind the entries before `end`. None: there are no more.
    pub(super) fn next(&self, entries: &[Entry], end: usize) -> Option<String> {
        let last = entries.get(end.checked_sub(1)?)?;
        (end < entries.len()).then(|| sealed(last.id.as_str(), &self.words()))
    }

    /// The part of a flat listing, with the cursor to go on with. `items` are what is answered of the entries.
    ///
    /// # Errors
    /// As [`Paging::start`].
    pub(super) fn part<T: Serialize>(
        &self,
        entries: &[Entry],
        items: Vec<T>,
    ) -> Result<(Vec<T>, Option<String>), Failure> {
        let start = self.start(entries)?;
        let lengths = items[start..]
            .iter()
            .map(|item| written_length(item).unwrap_or(MOST_DATA));
        let end = self.end(start, MOST_DATA, lengths);
        let part = items.into_iter().take(end).skip(start).collect();
        Ok((part, self.next(entries, end)))
    }
}
