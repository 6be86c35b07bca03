//! Text that is no longer wanted, and the elements that have lost all of theirs.

use std::collections::HashMap;
use std::ops::Range;

use super::Edit;
use crate::convert::merge::splice::Splices;
use crate::convert::source::Id;

impl Edit<'_, '_, '_> {
    /// Takes out what is no longer wanted: text by its bytes, and elements that have lost all of theirs.
    pub(super) fn remove(&mut self, splices: &mut Splices) {
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
