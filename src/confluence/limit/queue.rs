//! Who is next: a queue with a lane per endpoint, served in turn, and a second one behind it for background work.

use std::collections::VecDeque;

use super::Priority;

/// Of so many turns one goes to background work even if callers wait: late is better than never.
const BACKGROUND_SHARE: u32 = 8;

/// Names a lane. Endpoints that share an account have one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::confluence) struct Lane(pub(super) u64);

/// The queue.
#[derive(Debug)]
pub(super) struct Queue<T> {
    interactive: Lanes<T>,
    background: Lanes<T>,
    /// How many callers went before background work that waits.
    passed_over: u32,
}

impl<T> Queue<T> {
    /// Puts somebody behind the others of the lane, or before them.
    pub(super) fn push(&mut self, lane: Lane, priority: Priority, first: bool, item: T) {
        self.of(priority).push(lane, first, item);
    }

    /// The next in turn.
    pub(super) fn pop(&mut self) -> Option<T> {
        if self.background.len == 0 {
            self.passed_over = 0;
            return self.interactive.pop();
        }
        self.passed_over += 1;
        if self.interactive.len == 0 || self.passed_over == BACKGROUND_SHARE {
            self.passed_over = 0;
            return self.background.pop();
        }
        self.interactive.pop()
    }

    /// Takes out all of which this is true.
    pub(super) fn take_if(&mut self, is_it: impl Fn(&T) -> bool) -> Vec<T> {
        let mut taken = self.interactive.take_if(&is_it);
        taken.extend(self.background.take_if(&is_it));
        taken
    }

    pub(super) fn len(&self) -> usize {
        self.interactive.len + self.background.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many are served before one that comes now.
    pub(super) fn ahead(&self, lane: Lane, priority: Priority) -> usize {
        match priority {
            Priority::Interactive => self.interactive.ahead(lane),
            Priority::Background => self.interactive.len + self.background.ahead(lane),
        }
    }

    fn of(&mut self, priority: Priority) -> &mut Lanes<T> {
        match priority {
            Priority::Interactive => &mut self.interactive,
            Priority::Background => &mut self.background,
        }
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            interactive: Lanes::default(),
            background: Lanes::default(),
            passed_over: 0,
        }
    }
}

/// Lanes that take turns. Empty ones are not kept.
#[derive(Debug)]
struct Lanes<T> {
    lanes: VecDeque<(Lane, VecDeque<T>)>,
    len: usize,
}

impl<T> Lanes<T> {
    fn push(&mut self, lane: Lane, first: bool, item: T) {
        self.len += 1;
        match self.lanes.iter_mut().find(|(known, _)| *known == lane) {
            Some((_, items)) if first => items.push_front(item),
            Some((_, items)) => items.push_back(item),
            None => self.lanes.push_back((lane, VecDeque::from([item]))),
        }
    }

    fn pop(&mut self) -> Option<T> {
        let (lane, mut items) = self.lanes.pop_front()?;
        let item = items.pop_front()?;
        self.len -= 1;
        if !items.is_empty() {
            self.lanes.push_back((lane, items));
        }
        Some(item)
    }

    fn take_if(&mut self, is_it: impl Fn(&T) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        for (_, items) in &mut self.lanes {
            let (out, stay): (VecDeque<T>, VecDeque<T>) = items.drain(..).partition(&is_it);
            taken.extend(out);
            *items = stay;
        }
        self.lanes.retain(|(_, items)| !items.is_empty());
        self.len -= taken.len();
        taken
    }

    fn ahead(&self, lane: Lane) -> usize {
        let known = self.lanes.iter().find(|(known, _)| *known == lane);
        let own = known.map_or(0, |(_, items)| items.len());
        let lanes = self.lanes.len() + usize::from(known.is_none());
        self.len.min(own.saturating_add(1).saturating_mul(lanes))
    }
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self {
            lanes: VecDeque::new(),
            len: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lane, Priority, Queue};

    fn drained(queue: &mut Queue<&'static str>) -> String {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn endpoints_take_turns() {
        let mut queue = Queue::default();
        for (lane, item) in [(1, "a"), (1, "b"), (1, "c"), (2, "A"), (3, "1"), (3, "2")] {
            queue.push(Lane(lane), Priority::Interactive, false, item);
        }
        assert_eq!(drained(&mut queue), "aA1b2c");
        assert!(queue.is_empty());
    }

    #[test]
    fn who_comes_again_goes_before_those_of_the_same_endpoint() {
        let mut queue = Queue::default();
        for (lane, first, item) in [(1, false, "a"), (1, false, "b"), (2, false, "A"), (1, true, "c")] {
            queue.push(Lane(lane), Priority::Interactive, first, item);
        }
        assert_eq!(drained(&mut queue), "cAab");
    }

    #[test]
    fn callers_go_before_background_work_which_gets_one_turn_in_eight() {
        let mut queue = Queue::default();
        for _ in 0..3 {
            queue.push(Lane(1), Priority::Background, false, "b");
        }
        for _ in 0..20 {
            queue.push(Lane(1), Priority::Interactive, false, "i");
        }
        assert_eq!(drained(&mut queue), "iiiiiiibiiiiiiibiiiiiib");
    }

    #[test]
    fn those_who_leave_are_not_counted() {
        let mut queue = Queue::default();
        for item in ["a", "x", "b", "x"] {
            queue.push(Lane(1), Priority::Interactive, false, item);
        }
        queue.push(Lane(2), Priority::Background, false, "x");
        assert_eq!(queue.take_if(|item| *item == "x").len(), 3);
        assert_eq!(queue.len(), 2);
        assert_eq!(drained(&mut queue), "ab");
    }

    #[test]
    fn a_quiet_endpoint_does_not_wait_for_a_busy_one() {
        let mut queue = Queue::default();
        for _ in 0..100 {
            queue.push(Lane(1), Priority::Interactive, false, "a");
        }
        assert_eq!(queue.ahead(Lane(1), Priority::Interactive), 100);
        assert_eq!(queue.ahead(Lane(2), Priority::Interactive), 2);
        assert_eq!(queue.ahead(Lane(2), Priority::Background), 100);
    }
}
