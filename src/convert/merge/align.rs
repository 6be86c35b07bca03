//! Which block of the page is which block of the text: equal ones first, then, between those, the ones most alike.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::diff;
use crate::convert::shown::{Block, Kind};

/// What becomes of the blocks, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The block of the page, and the block of the text that it is.
    Same(usize, usize),
    Removed(usize),
    Added(usize),
}

/// More pairs of blocks than this are not compared word by word.
const MOST_PAIRS: usize = 40_000;

/// Alike enough to be the same block, edited.
const ALIKE: f64 = 0.4;

/// Aligns the blocks of one container.
pub(super) fn align<B, I, C, J>(page: &[&Block<B, I>], text: &[&Block<C, J>]) -> Vec<Step> {
    let left: Vec<u64> = page.iter().map(|block| block.hash).collect();
    let right: Vec<u64> = text.iter().map(|block| block.hash).collect();
    let mut steps = Vec::with_capacity(page.len().max(text.len()));
    let (mut i, mut j) = (0, 0);
    for (same_i, same_j) in diff::common(&left, &right)
        .into_iter()
        .chain([(page.len(), text.len())])
    {
        between(&page[i..same_i], &text[j..same_j], i, j, &mut steps);
        if same_i < page.len() {
            steps.push(Step::Same(same_i, same_j));
        }
        (i, j) = (same_i + 1, same_j + 1);
    }
    steps
}

/// Blocks that nothing equals.
fn between<B, I, C, J>(
    page: &[&Block<B, I>],
    text: &[&Block<C, J>],
    i: usize,
    j: usize,
    steps: &mut Vec<Step>,
) {
    let pairs = if let ([one], [other]) = (page, text) {
        if may_become(&one.kind, &other.kind) {
            vec![(0, 0)]
        } else {
            Vec::new()
        }
    } else if page.is_empty() || text.is_empty() {
        Vec::new()
    } else if page.len() * text.len() <= MOST_PAIRS {
        best(page, text)
    } else if page.len() == text.len() {
        (0..page.len())
            .filter(|&at| may_become(&page[at].kind, &text[at].kind))
            .map(|at| (at, at))
            .collect()
    } else {
        Vec::new()
    };
    let (mut at_i, mut at_j) = (0, 0);
    for (same_i, same_j) in pairs.into_iter().chain([(page.len(), text.len())]) {
        steps.extend((at_i..same_i).map(|at| Step::Removed(i + at)));
        steps.extend((at_j..same_j).map(|at| Step::Added(j + at)));
        if same_i < page.len() {
            steps.push(Step::Same(i + same_i, j + same_j));
        }
        (at_i, at_j) = (same_i + 1, same_j + 1);
    }
}

/// The pairs, rising in both, that are the most alike together.
fn best<B, I, C, J>(page: &[&Block<B, I>], text: &[&Block<C, J>]) -> Vec<(usize, usize)> {
    let left: Vec<Words> = page.iter().map(|block| Words::of(block)).collect();
    let right: Vec<Words> = text.iter().map(|block| Words::of(block)).collect();
    let width = text.len() + 1;
    let mut scores = vec![0.0_f64; (page.len() + 1) * width];
    let mut alike = vec![0.0_f64; page.len() * text.len()];
    for i in (0..page.len()).rev() {
        for j in (0..text.len()).rev() {
            let score = if may_become(&page[i].kind, &text[j].kind) {
                left[i].alike(&right[j])
            } else {
                0.0
            };
            let score = if score >= ALIKE { score } else { 0.0 };
            alike[i * text.len() + j] = score;
            let skip = scores[(i + 1) * width + j].max(scores[i * width + j + 1]);
            let take = if score > 0.0 {
                score + scores[(i + 1) * width + j + 1]
            } else {
                0.0
            };
            scores[i * width + j] = skip.max(take);
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < page.len() && j < text.len() {
        let score = alike[i * text.len() + j];
        let here = scores[i * width + j];
        if score > 0.0 && score + scores[(i + 1) * width + j + 1] >= here {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if scores[(i + 1) * width + j] >= scores[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Whether an edit may turn the one into the other.
fn may_become(from: &Kind, to: &Kind) -> bool {
    match (from, to) {
        (Kind::Paragraph | Kind::Heading { .. }, Kind::Paragraph | Kind::Heading { .. })
        | (Kind::Code(_), Kind::Code(_))
        | (Kind::Alert { .. }, Kind::Alert { .. })
        | (Kind::Item { .. }, Kind::Item { .. })
        | (Kind::Section { .. }, Kind::Section { .. })
        | (Kind::Cell { .. }, Kind::Cell { .. })
        | (Kind::Figure { .. }, Kind::Figure { .. }) => true,
        (Kind::Container { name, .. }, Kind::Container { name: other, .. })
        | (Kind::Leaf { name, .. }, Kind::Leaf { name: other, .. }) => name == other,
        (Kind::Token { .. }, _) | (_, Kind::Token { .. }) => false,
        (from, to) => from == to,
    }
}

/// The words of a block and all in it.
struct Words {
    count: HashMap<u64, u32>,
    total: u32,
}

impl Words {
    fn of<B, I>(block: &Block<B, I>) -> Self {
        let mut words = Self {
            count: HashMap::new(),
            total: 0,
        };
        words.add(block);
        words
    }

    fn add<B, I>(&mut self, block: &Block<B, I>) {
        if self.total > 5_000 {
            return;
        }
        for word in block
            .text
            .chars
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
        {
            self.word(word);
        }
        for thing in &block.text.things {
            self.word(&thing.key);
        }
        match &block.kind {
            Kind::Figure { image, .. } => self.word(image),
            Kind::Token { id, .. } => self.word(id),
            _ => {}
        }
        for child in &block.children {
            self.add(child);
        }
    }

    fn word(&mut self, word: &str) {
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        *self.count.entry(hasher.finish()).or_default() += 1;
        self.total += 1;
    }

    /// From 0 for nothing in common to 1 for the same words.
    fn alike(&self, other: &Self) -> f64 {
        if self.total + other.total == 0 {
            return 0.5;
        }
        let (small, large) = if self.count.len() < other.count.len() {
            (self, other)
        } else {
            (other, self)
        };
        let common: u32 = small
            .count
            .iter()
            .map(|(word, count)| large.count.get(word).map_or(0, |other| *count.min(other)))
            .sum();
        f64::from(2 * common) / f64::from(self.total + other.total)
    }
}
