//! How fast requests are sent, once a site has refused one for coming too fast.
//!
//! Nothing is slowed before the first refusal. After it the rate is estimated from what the site accepted, grows
//! quickly until the next refusal and slowly from then on; each refusal sets it to what was accepted between the two.
//! Where answers say how much of a quota is left, that is spread over the time until it is renewed.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::Quota;

/// The slowest rate to begin with, in requests per second: one refusal alone says little.
const SLOWEST_START: f64 = 4.0;

/// The slowest rate of all.
const SLOWEST: f64 = 0.2;

/// What each accepted request adds to the rate while others wait, before the second refusal.
const QUICK_GROWTH: f64 = 1.5;

/// The same after it: a hundredth in a second, and not more than a tenth in a hundred requests, or a slow site would
/// have to refuse many of its few.
const SLOW_GROWTH: f64 = 0.01;
const SLOW_SHARE: f64 = 0.001;

/// A rate that made nobody wait for so long after the last refusal is forgotten.
const FORGET: Duration = Duration::from_secs(300);

/// How many acceptances are remembered for the first estimate.
const REMEMBERED: usize = 512;

/// The pace of one account of one site.
#[derive(Debug, Default)]
pub(super) struct Pace {
    learned: Option<Learned>,
    /// Requests per second that make what is left of a quota last, and until when.
    spread: Option<(f64, Instant)>,
    /// When the last requests were accepted.
    accepted: VecDeque<Instant>,
    /// What may be sent at once, and when that was true.
    tokens: f64,
    filled: Option<Instant>,
}

#[derive(Debug)]
struct Learned {
    rate: f64,
    /// Whether there was one refusal only.
    first: bool,
    refused: Instant,
    accepted_since: u32,
}

impl Pace {
    /// When the next request may be sent; None: now.
    pub(super) fn next(&mut self, now: Instant) -> Option<Instant> {
        let rate = self.rate(now)?;
        self.fill(rate, now);
        // A hair less than one, or rounding would make the alarm ring a moment too early for ever.
        (self.tokens < 0.999_999).then(|| now + Duration::from_secs_f64((1.0 - self.tokens) / rate))
    }

    /// A request is sent.
    pub(super) fn take(&mut self) {
        self.tokens = (self.tokens - 1.0).max(0.0);
    }

    /// How long so many requests take to be sent. None where that cannot be told.
    pub(super) fn time_for(&self, requests: usize, now: Instant) -> Option<Duration> {
        let growing = self.learned.as_ref().is_some_and(|learned| learned.first);
        let requests = f64::from(u32::try_from(requests).unwrap_or(u32::MAX));
        let rate = self.rate(now).filter(|_| !growing)?;
        Some(Duration::from_secs_f64(requests / rate))
    }

    /// A request was accepted; whether others were held back by the pace meanwhile.
    pub(super) fn accepted(&mut self, held_back: bool, now: Instant) {
        if self.accepted.len() == REMEMBERED {
            self.accepted.pop_front();
        }
        self.accepted.push_back(now);
        let Some(learned) = &mut self.learned else { return };
        learned.accepted_since = learned.accepted_since.saturating_add(1);
        if held_back {
            learned.rate += if learned.first {
                QUICK_GROWTH
            } else {
                SLOW_GROWTH.min(SLOW_SHARE * learned.rate)
            };
        } else if now.duration_since(learned.refused) > FORGET {
            self.learned = None;
        }
    }

    /// A request was refused, and all are held back for so long.
    pub(super) fn refused(&mut self, wait: Duration, announced: Option<Quota>, now: Instant) {
        self.tokens = 0.0;
        self.filled = Some(now + wait);
        let rate = match &self.learned {
            None => {
                let window = wait.max(Duration::from_secs(1));
                let recent = self.accepted.iter().rev();
                let recent = recent.take_while(|at| now.duration_since(**at) <= window).count();
                let recent = f64::from(u32::try_from(recent).unwrap_or(u32::MAX)) / window.as_secs_f64();
                recent.max(SLOWEST_START).max(announced.map_or(0.0, per_second))
            }
            Some(learned) => {
                let between = now.duration_since(learned.refused).as_secs_f64().max(0.001);
                let sustained = f64::from(learned.accepted_since) / between;
                sustained
                    .clamp(0.5 * learned.rate, 0.9 * learned.rate)
                    .max(SLOWEST)
            }
        };
        self.learned = Some(Learned {
            rate,
            first: self.learned.is_none(),
            refused: now,
            accepted_since: 0,
        });
    }

    /// So much of a quota is left for so long.
    pub(super) fn spread(&mut self, remaining: u64, reset: Duration, now: Instant) {
        let remaining = f64::from(u32::try_from(remaining).unwrap_or(u32::MAX));
        let rate = remaining / reset.as_secs_f64().max(0.1);
        self.spread = Some((rate.max(1.0), now + reset));
    }

    /// The rate learned, as a limit to be told.
    pub(super) fn quota(&self) -> Option<Quota> {
        let learned = self.learned.as_ref()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float between 1 and a million"
        )]
        let requests = (learned.rate * 60.0).round().clamp(1.0, 1e6) as u64;
        Some(Quota {
            requests,
            window: Duration::from_secs(60),
            announced: false,
        })
    }

    fn rate(&self, now: Instant) -> Option<f64> {
        let spread = self
            .spread
            .filter(|(_, until)| now < *until)
            .map(|(rate, _)| rate);
        let learned = self.learned.as_ref().map(|learned| learned.rate);
        match (spread, learned) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    fn fill(&mut self, rate: f64, now: Instant) {
        // Enough at once that timers, which count in milliseconds, do not hold a fast site back.
        let most = (rate * 0.05).max(1.0);
        match self.filled {
            None => self.tokens = most,
            Some(filled) => {
                let passed = now.saturating_duration_since(filled).as_secs_f64();
                self.tokens = (self.tokens + passed * rate).min(most);
                if filled > now {
                    return;
                }
            }
        }
        self.filled = Some(now);
    }
}

fn per_second(quota: Quota) -> f64 {
    let requests = f64::from(u32::try_from(quota.requests).unwrap_or(u32::MAX));
    requests / quota.window.as_secs_f64().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::{Duration, FORGET, Instant, Pace, Quota};

    const SECOND: Duration = Duration::from_secs(1);

    /// A site that refills `rate` tokens a second up to `burst`, and one caller who always has something to send.
    /// How many requests were accepted and refused within so many seconds.
    async fn against(pace: &mut Pace, rate: f64, burst: f64, seconds: u32) -> (u32, u32) {
        let (mut tokens, mut filled) = (burst, Instant::now());
        let (mut accepted, mut refused) = (0, 0);
        let end = Instant::now() + seconds * SECOND;
        while Instant::now() < end {
            if let Some(next) = pace.next(Instant::now()) {
                tokio::time::sleep_until(next).await;
                if pace.next(Instant::now()).is_some() {
                    continue;
                }
            }
            let now = Instant::now();
            pace.take();
            tokens = (tokens + (now - filled).as_secs_f64() * rate).min(burst);
            filled = now;
            if tokens >= 1.0 {
                tokens -= 1.0;
                accepted += 1;
                pace.accepted(true, now);
            } else {
                refused += 1;
                // Sites round up to whole seconds.
                pace.refused(SECOND, None, now);
                tokio::time::sleep(SECOND).await;
            }
            // An answer takes a moment, even here.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        (accepted, refused)
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_slowed_before_the_first_refusal() {
        let mut pace = Pace::default();
        for _ in 0..10_000 {
            assert_eq!(pace.next(Instant::now()), None);
            pace.take();
            pace.accepted(true, Instant::now());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_of_a_site_is_found_and_kept_to() {
        for (rate, burst) in [(10.0, 10.0), (100.0, 10.0), (50.0, 200.0), (2.0, 1.0)] {
            let mut pace = Pace::default();
            against(&mut pace, rate, burst, 60).await;
            let (accepted, refused) = against(&mut pace, rate, burst, 300).await;
            let possible = 300.0 * rate;
            let share = f64::from(accepted) / possible;
            let wasted = f64::from(refused) / f64::from(accepted);
            assert!(
                share > 0.75,
                "{rate}/s, {burst}: {accepted} accepted, {refused} refused"
            );
            assert!(
                wasted < 0.03,
                "{rate}/s, {burst}: {accepted} accepted, {refused} refused"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_quota_that_was_named_is_where_the_search_begins() {
        let mut pace = Pace::default();
        let quota = Quota {
            requests: 600,
            window: Duration::from_secs(60),
            announced: true,
        };
        pace.refused(SECOND, Some(quota), Instant::now());
        let told = pace.quota().unwrap();
        assert_eq!((told.requests, told.announced), (600, false));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_of_a_quota_is_spread_over_its_time() {
        let mut pace = Pace::default();
        let start = Instant::now();
        pace.spread(50, 10 * SECOND, start);
        pace.take();
        assert_eq!(pace.next(start), None, "the first goes at once");
        pace.take();
        let next = pace.next(start).unwrap() - start;
        assert!((0.19..0.21).contains(&next.as_secs_f64()), "{next:?}");
        assert_eq!(pace.time_for(10, start), Some(2 * SECOND));
        tokio::time::advance(10 * SECOND).await;
        assert_eq!(pace.next(Instant::now()), None, "renewed");
        assert_eq!(pace.time_for(10, Instant::now()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_that_slows_nobody_is_forgotten() {
        let mut pace = Pace::default();
        pace.refused(SECOND, None, Instant::now());
        tokio::time::advance(FORGET / 2).await;
        pace.accepted(false, Instant::now());
        assert!(pace.quota().is_some());
        tokio::time::advance(FORGET).await;
        pace.accepted(false, Instant::now());
        assert!(pace.quota().is_none());
    }
}
