//! Edits pages the way models do, and judges what comes of it from outside.
//!
//! Used by the test `structural` on the pages of `tests/fixtures/pages`, and by the example `measure_edits` on any
//! directory. Nothing here knows how an edit is written: it compares texts and bytes.

#[path = "measure/blocks.rs"]
mod blocks;
#[path = "measure/judge.rs"]
mod judge;
#[path = "measure/lines.rs"]
mod lines;
#[path = "measure/parts.rs"]
mod parts;
#[path = "measure/rewrite.rs"]
mod rewrite;
#[path = "measure/tables.rs"]
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use conflagent::convert::{Flavour, Gate, storage_to_markdown, write_back};

/// An edited text, and how the page may differ from the one before.
pub(crate) struct Edit {
    pub(crate) kind: &'static str,
    pub(crate) markdown: String,
    pub(crate) expect: Expect,
}

/// What an edit may do to the bytes of a page.
pub(crate) enum Expect {
    /// Nothing at all.
    Nothing,
    /// Make it these bytes.
    Bytes(String),
    /// Put something in.
    Added,
    /// Take something out.
    Removed,
    /// Take a piece out and put it back elsewhere.
    Moved,
    /// Exchange words for words; the tags stay.
    Words {
        gone: Vec<&'static str>,
        come: Vec<&'static str>,
    },
    /// Exchange the content of a cell.
    Cell,
    /// Exchange the tags of a heading.
    Level,
}

/// What came of the edits of one kind.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) right: usize,
    pub(crate) refused: usize,
    pub(crate) wrong: usize,
}

impl Count {
    /// The share that was right, in percent.
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    pub(crate) fn share(&self) -> f64 {
        100.0 * self.right as f64 / (self.right + self.refused + self.wrong).max(1) as f64
    }
}

/// What came of all edits.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) counts: BTreeMap<&'static str, Count>,
    /// Every edit that was refused or wrong: page, kind and reason.
    pub(crate) faults: Vec<String>,
}

impl Tally {
    /// Tries the edits of one page; at most so many of each kind, and only those of `only` if that is given.
    pub(crate) fn page(
        &mut self,
        name: &str,
        storage: &str,
        flavour: Flavour,
        most: usize,
        only: Option<&str>,
    ) {
        let Ok(shown) = storage_to_markdown(storage, flavour) else {
            self.faults.push(format!("{name}: it cannot be shown"));
            return;
        };
        for edit in edits(storage, &shown.markdown, most) {
            if only.is_some_and(|only| only != edit.kind) {
                continue;
            }
            let count = self.counts.entry(edit.kind).or_default();
            let gate = Gate { allow_removals: true };
            match write_back(storage, &edit.markdown, flavour, gate) {
                Err(refusal) => {
                    count.refused += 1;
                    self.faults
                        .push(format!("{name}: {}: refused: {refusal}", edit.kind));
                }
                Ok(written) => match judge::judge(storage, &shown.markdown, &edit, &written.storage, flavour)
                {
                    Ok(()) => count.right += 1,
                    Err(why) => {
                        count.wrong += 1;
                        self.faults.push(format!("{name}: {}: WRONG: {why}", edit.kind));
                    }
                },
            }
        }
    }

    /// One line for each kind of edit.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for (kind, count) in &self.counts {
            let all = count.right + count.refused + count.wrong;
            let share = count.share();
            let Count { refused, wrong, .. } = count;
            // Nothing that is written into a text can fail.
            let _ = writeln!(
                table,
                "{kind:<20} {all:>6} edits  {share:>6.2} % right  {refused:>4} refused  {wrong:>3} wrong"
            );
        }
        table
    }
}

/// The edits of one page, spread over it where there are more than `most` of a kind.
fn edits(storage: &str, markdown: &str, most: usize) -> Vec<Edit> {
    let lines: Vec<&str> = markdown.lines().collect();
    let tree = lines::read(&lines);
    let mut edits = vec![Edit {
        kind: "nothing",
        markdown: markdown.to_owned(),
        expect: Expect::Nothing,
    }];
    parts::words(storage, markdown, &mut edits);
    blocks::blocks(&lines, &tree, &mut edits);
    parts::parts(&lines, &tree, &mut edits);
    tables::tables(&lines, &tree, &mut edits);
    rewrite::rewrites(&lines, &tree, &mut edits);
    let mut there: BTreeMap<&'static str, usize> = BTreeMap::new();
    for edit in &edits {
        *there.entry(edit.kind).or_default() += 1;
    }
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    edits.retain(|edit| {
        let seen = seen.entry(edit.kind).or_default();
        *seen += 1;
        (*seen - 1).is_multiple_of(there[edit.kind].div_ceil(most))
    });
    edits
}

/// Lines as a text.
fn joined<S: AsRef<str>>(lines: &[S]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.as_ref());
        text.push('\n');
    }
    text
}
