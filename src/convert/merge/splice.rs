//! Replacements in the source, by bytes: the only way in which a page is changed.

use std::ops::Range;

/// One replacement. An insertion replaces nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) at: Range<usize>,
    pub(super) with: String,
}

/// All replacements for one page, in the order in which they were decided.
#[derive(Clone, Debug, Default)]
pub(super) struct Splices {
    all: Vec<Splice>,
}

impl Splices {
    pub(super) fn insert(&mut self, at: usize, with: String) {
        self.replace(at..at, with);
    }

    pub(super) fn delete(&mut self, at: Range<usize>) {
        self.replace(at, String::new());
    }

    pub(super) fn replace(&mut self, at: Range<usize>, with: String) {
        if !at.is_empty() || !with.is_empty() {
            self.all.push(Splice { at, with });
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Takes back all but the first ones.
    pub(super) fn truncate(&mut self, length: usize) {
        self.all.truncate(length);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Splice> {
        self.all.iter()
    }

    /// The source with everything replaced; nothing where two replacements get in each other's way. What lies inside
    /// a deletion is gone with it.
    pub(super) fn apply(&self, source: &str) -> Option<String> {
        let mut sorted: Vec<(usize, &Splice)> = self.all.iter().enumerate().collect();
        // At one place: what is inserted comes first, in the order in which it was decided.
        sorted.sort_by_key(|(index, splice)| {
            (
                splice.at.start,
                !splice.at.is_empty(),
                usize::MAX - splice.at.len(),
                *index,
            )
        });
        let mut out = String::with_capacity(source.len() + 256);
        let mut at = 0;
        let mut deleted = 0..0;
        for (_, splice) in sorted {
            if splice.at.start < at {
                let inside =
                    splice.at.end <= at && splice.with.is_empty() && deleted.start <= splice.at.start;
                if inside {
                    continue;
                }
                return None;
            }
            out.push_str(source.get(at..splice.at.start)?);
            out.push_str(&splice.with);
            at = splice.at.end;
            deleted = splice.at.clone();
        }
        out.push_str(source.get(at..)?);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::Splices;

    #[test]
    fn insertions_come_in_order_and_before_what_is_replaced_there() {
        let mut splices = Splices::default();
        splices.delete(1..2);
        splices.insert(1, "x".into());
        splices.insert(1, "y".into());
        splices.insert(3, "z".into());
        assert_eq!(splices.apply("abc").as_deref(), Some("axycz"));
    }

    #[test]
    fn a_deletion_takes_smaller_ones_with_it_and_nothing_else() {
        let mut splices = Splices::default();
        splices.delete(1..5);
        splices.delete(2..3);
        assert_eq!(splices.apply("abcdef").as_deref(), Some("af"));
        splices.insert(3, "x".into());
        assert_eq!(splices.apply("abcdef"), None);
    }
}
