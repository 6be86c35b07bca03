//! Notices that a site is down, and asks it seldom until it is not.

use std::time::Duration;

use tokio::time::Instant;

use crate::confluence::retry::chance;

/// So many failures in a row, with no sign of life between them, mean that the site is down.
const FAILURES: u32 = 5;

/// How long it is left alone at first; doubled after each probe that failed.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// The breaker of one account of one site.
#[derive(Debug)]
pub(super) enum Breaker {
    /// The site works, for all we know.
    Closed { failures: u32 },
    /// The site is left alone.
    Open { until: Instant, times: u32 },
    /// One request is under way to see whether the site is back.
    Probing { since: Instant, times: u32 },
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    WentDown,
    CameBack,
}

impl Breaker {
    /// A sign of life, whatever it says.
    pub(super) fn alive(&mut self) -> Option<Turn> {
        let was_open = !matches!(self, Self::Closed { .. });
        *self = Self::Closed { failures: 0 };
        was_open.then_some(Turn::CameBack)
    }

    /// No sign of life. Only a probe counts while the breaker is open: the others were sent before.
    pub(super) fn down(&mut self, probe: bool, now: Instant) -> Option<Turn> {
        match *self {
            Self::Closed { failures } if failures + 1 < FAILURES => {
                *self = Self::Closed {
                    failures: failures + 1,
                };
                None
            }
            Self::Closed { .. } => {
                *self = Self::open(0, now);
                Some(Turn::WentDown)
            }
            Self::Probing { times, .. } if probe => {
                *self = Self::open(times, now);
                None
            }
            Self::Open { .. } | Self::Probing { .. } => None,
        }
    }

    /// A probe that told nothing: the next request is one.
    pub(super) fn inconclusive(&mut self, now: Instant) {
        if let Self::Probing { times, .. } = *self {
            *self = Self::Open { until: now, times };
        }
    }

    /// A request is sent, if need be as the probe; whether it is.
    pub(super) fn send(&mut self, now: Instant) -> bool {
        match *self {
            Self::Open { times, .. } => {
                *self = Self::Probing { since: now, times };
                true
            }
            Self::Closed { .. } | Self::Probing { .. } => false,
        }
    }

    fn open(times: u32, now: Instant) -> Self {
        let wait = FIRST.saturating_mul(2u32.saturating_pow(times)).min(LONGEST);
        Self::Open {
            // A little more, so that many of us do not probe together.
            until: now + wait.mul_f64(1.0 + 0.2 * chance()),
            times: times + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, Duration, FAILURES, Instant, Turn};

    fn fallen(now: Instant) -> Breaker {
        let mut breaker = Breaker::Closed { failures: 0 };
        let turns: Vec<_> = (0..FAILURES).filter_map(|_| breaker.down(false, now)).collect();
        assert_eq!(turns, [Turn::WentDown]);
        breaker
    }

    fn wait(breaker: &Breaker, now: Instant) -> u64 {
        match breaker {
            Breaker::Open { until, .. } => until.duration_since(now).as_secs(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn failures_in_a_row_open_it_and_a_sign_of_life_between_them_does_not() {
        let now = Instant::now();
        let mut breaker = Breaker::Closed { failures: 0 };
        for _ in 0..10 {
            for _ in 1..FAILURES {
                assert_eq!(breaker.down(false, now), None);
            }
            assert_eq!(breaker.alive(), None);
        }
        fallen(now);
    }

    #[tokio::test(start_paused = true)]
    async fn it_stays_open_longer_after_each_failed_probe() {
        let now = Instant::now();
        let mut breaker = fallen(now);
        let mut waits = vec![wait(&breaker, now)];
        for _ in 0..7 {
            assert!(breaker.send(now), "the first request is the probe");
            assert!(!breaker.send(now), "there is one probe");
            assert_eq!(breaker.down(false, now), None, "an old request tells nothing new");
            breaker.down(true, now);
            waits.push(wait(&breaker, now));
        }
        for (wait, least) in waits.iter().zip([1, 2, 4, 8, 16, 30, 30, 30]) {
            assert!((least..=least + least / 5).contains(wait), "{waits:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn any_sign_of_life_closes_it() {
        let now = Instant::now();
        let mut breaker = fallen(now);
        breaker.send(now);
        assert_eq!(breaker.alive(), Some(Turn::CameBack));
        assert!(matches!(breaker, Breaker::Closed { failures: 0 }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_was_given_up_is_followed_by_another() {
        let now = Instant::now();
        let mut breaker = fallen(now);
        breaker.send(now);
        breaker.inconclusive(now + Duration::from_secs(1));
        assert_eq!(wait(&breaker, now), 1);
        assert!(breaker.send(now));
    }
}
