//! How many requests are under way at once: one more after each round that went well, half as many after trouble.

use std::time::Duration;

use tokio::time::Instant;

/// How many at once a site gets that we know nothing of yet.
const START: f64 = 16.0;

/// One bad moment is told by all requests that were under way in it: they halve the limit once.
const MOMENT: Duration = Duration::from_secs(1);

/// The slots of one account of one site.
#[derive(Debug)]
pub(super) struct Slots {
    limit: f64,
    most: f64,
    taken: u32,
    shrunk: Option<Instant>,
}

impl Slots {
    pub(super) fn new(most: usize) -> Self {
        let most = f64::from(u32::try_from(most).unwrap_or(u32::MAX)).max(1.0);
        Self {
            limit: START.min(most),
            most,
            taken: 0,
            shrunk: None,
        }
    }

    pub(super) fn is_free(&self) -> bool {
        f64::from(self.taken) + 1.0 <= self.limit
    }

    pub(super) fn take(&mut self) {
        self.taken += 1;
    }

    pub(super) fn give_back(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// A request went well while others waited for a slot.
    pub(super) fn grow(&mut self) {
        self.limit = (self.limit + 1.0 / self.limit).min(self.most);
    }

    /// The site has more than it can take.
    pub(super) fn shrink(&mut self, now: Instant) {
        if self
            .shrunk
            .is_none_or(|before| now.duration_since(before) >= MOMENT)
        {
            self.shrunk = Some(now);
            self.limit = (self.limit / 2.0).max(1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Instant, MOMENT, Slots};

    fn at_once(slots: &mut Slots) -> u32 {
        while slots.is_free() {
            slots.take();
        }
        slots.taken
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_halves_once_for_one_bad_moment_and_grows_by_one_a_round() {
        let mut slots = Slots::new(64);
        assert_eq!(at_once(&mut slots), 16);
        slots.taken = 0;
        slots.shrink(Instant::now());
        slots.shrink(Instant::now());
        assert_eq!(at_once(&mut slots), 8);
        (0..9).for_each(|_| slots.grow());
        assert_eq!(at_once(&mut slots), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_stays_between_one_and_the_most() {
        let mut slots = Slots::new(4);
        assert_eq!(at_once(&mut slots), 4);
        (0..100).for_each(|_| slots.grow());
        slots.taken = 0;
        assert_eq!(at_once(&mut slots), 4);
        for _ in 0..10 {
            tokio::time::advance(MOMENT).await;
            slots.shrink(Instant::now());
        }
        slots.taken = 0;
        assert_eq!(at_once(&mut slots), 1);
        assert_eq!(at_once(&mut Slots::new(0)), 1);
    }
}
