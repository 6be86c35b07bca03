//! What a governor knows and decides. Nothing here waits: time comes in with each call.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::breaker::{Breaker, Turn};
use super::pace::Pace;
use super::queue::Queue;
use super::slots::Slots;
use super::{Applicant, Hints, Permit, Quota, Refusal, Sign};
use crate::confluence::retry::backoff;

/// The most requests that wait. Further ones are refused.
const MOST_WAITING: usize = 2048;

/// What a full queue asks for.
const WHEN_FULL: Duration = Duration::from_secs(1);

/// While a site is down, requests wait this long for a sign of life before they are refused.
const HOLD: Duration = Duration::from_secs(3);

/// The first wait after a 429 that names none; doubled each time. Atlassian's recommendation.
const UNNAMED_WAIT: Duration = Duration::from_secs(2);

/// The longest wait that is believed: Atlassian's longest window is an hour.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Time that a request needs after it is let through: less is as good as none.
const LAST_MOMENT: Duration = Duration::from_millis(50);

/// Somebody who waits, and how they are told.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) by: Instant,
    pub(super) tell: oneshot::Sender<Result<Permit, Refusal>>,
}

/// Leave to send.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) probe: bool,
}

/// What to tell whom.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) waiter: Waiter,
    pub(super) outcome: Result<Grant, Refusal>,
}

/// What is worth a line in the log.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) turn: Option<Turn>,
    pub(super) paused: Option<Duration>,
}

/// What a governor knows.
#[derive(Debug)]
pub(super) struct State {
    queue: Queue<Waiter>,
    slots: Slots,
    pace: Pace,
    breaker: Breaker,
    /// Nobody goes before this.
    paused: Option<Instant>,
    /// When the last pause began: a 429 to what was sent before that is old news.
    limited: Option<Instant>,
    limited_in_a_row: u32,
    announced: Option<Quota>,
    /// When to look at the queue again, and whether somebody was told to.
    alarm: Option<Instant>,
    unset: bool,
}

impl State {
    pub(super) fn new(most_at_once: usize) -> Self {
        Self {
            queue: Queue::default(),
            slots: Slots::new(most_at_once),
            pace: Pace::default(),
            breaker: Breaker::Closed { failures: 0 },
            paused: None,
            limited: None,
            limited_in_a_row: 0,
            announced: None,
            alarm: None,
            unset: false,
        }
    }

    /// Somebody comes to wait; answers until when they need wait at most.
    pub(super) fn enter(&mut self, applicant: Applicant, waiter: Waiter, now: Instant) -> Instant {
        let Applicant {
            lane,
            priority,
            again,
            by,
        } = applicant;
        if self.queue.len() >= MOST_WAITING {
            drop(self.queue.take_if(|waiter| waiter.tell.is_closed()));
        }
        let refusal = self.shut(by, now).or_else(|| {
            let ahead = self.queue.ahead(lane, priority);
            let ahead = if again { 0 } else { ahead };
            let wait = self.pace.time_for(ahead, now).filter(|wait| now + *wait > by);
            let full = (self.queue.len() >= MOST_WAITING).then_some(WHEN_FULL);
            wait.or(full).map(|wait| Refusal::Limited { wait })
        });
        match refusal {
            Some(refusal) => {
                // Nobody listening any more is as well.
                let _ = waiter.tell.send(Err(refusal));
            }
            None => self.queue.push(lane, priority, again, waiter),
        }
        by
    }

    /// Why nothing can be sent before this time, if that is certain.
    pub(super) fn shut(&self, by: Instant, now: Instant) -> Option<Refusal> {
        match &self.breaker {
            Breaker::Open { until, .. } => {
                let wait = until.saturating_duration_since(now);
                if wait > HOLD || now + wait > by {
                    return Some(Refusal::Down { wait });
                }
            }
            Breaker::Probing { since, .. } if now.duration_since(*since) >= HOLD => {
                return Some(Refusal::Down { wait: HOLD });
            }
            Breaker::Probing { .. } | Breaker::Closed { .. } => {}
        }
        let wait = self.pause(now)?;
        (now + wait + LAST_MOMENT > by).then_some(Refusal::Limited { wait })
    }

    /// What is left of a pause.
    pub(super) fn pause(&self, now: Instant) -> Option<Duration> {
        let paused = self.paused.filter(|until| *until > now)?;
        Some(paused.duration_since(now))
    }

    /// The limit that the site named, else the one we learned.
    pub(super) fn quota(&self) -> Option<Quota> {
        self.announced.or_else(|| self.pace.quota())
    }

    /// What to tell somebody who waited in vain.
    pub(super) fn why_late(&self, by: Instant, now: Instant) -> Refusal {
        self.shut(by, now).unwrap_or_else(|| match self.breaker {
            Breaker::Probing { .. } => Refusal::Down { wait: HOLD },
            _ => match self.pace.time_for(self.queue.len(), now) {
                Some(wait) => Refusal::Limited {
                    wait: wait.max(WHEN_FULL),
                },
                None => Refusal::Late,
            },
        })
    }

    /// Whom to let through or send away now.
    pub(super) fn serve(&mut self, now: Instant) -> Vec<Reply> {
        let mut replies = self.turn_away(now);
        while !self.queue.is_empty() {
            if let Some(at) = self.next_chance(now) {
                self.wake(at, now);
                break;
            }
            // Whoever holds a slot looks again when it is given back.
            if !self.slots.is_free() {
                break;
            }
            let Some(waiter) = self.queue.pop() else { break };
            if waiter.tell.is_closed() {
                continue;
            }
            self.slots.take();
            self.pace.take();
            let grant = Grant {
                probe: self.breaker.send(now),
            };
            replies.push(Reply {
                waiter,
                outcome: Ok(grant),
            });
        }
        replies
    }

    /// An attempt ended.
    pub(super) fn settle(
        &mut self,
        probe: bool,
        since: Instant,
        sign: Sign,
        hints: &Hints,
        now: Instant,
    ) -> News {
        let mut news = News::default();
        self.announced = hints.quota.or(self.announced);
        let waiting = !self.queue.is_empty();
        let by_slots = waiting && !self.slots.is_free();
        let old_news = self.limited.is_some_and(|limited| since <= limited);
        match sign {
            Sign::Alive => {
                news.turn = self.breaker.alive();
                self.pace.accepted(waiting && !by_slots && !old_news, now);
                if by_slots && !hints.near {
                    self.slots.grow();
                }
                if !old_news {
                    self.limited_in_a_row = 0;
                }
                self.heed(hints, now);
            }
            Sign::Limited(named) => {
                news.turn = self.breaker.alive();
                news.paused = self.limited(named, old_news, now);
            }
            Sign::Down => {
                news.turn = self.breaker.down(probe, now);
                self.slots.shrink(now);
            }
            Sign::None => {}
        }
        if probe {
            // Nothing but a probe that told nothing is still one now.
            self.breaker.inconclusive(now);
        }
        self.slots.give_back();
        news
    }

    /// The alarm that was set for this time rang.
    pub(super) fn rang(&mut self, at: Instant) {
        if self.alarm == Some(at) {
            self.alarm = None;
        }
    }

    /// An alarm that nobody set yet.
    pub(super) fn take_alarm(&mut self) -> Option<Instant> {
        self.alarm.filter(|_| std::mem::take(&mut self.unset))
    }

    /// A 429; the pause, where it is a new one.
    fn limited(&mut self, named: Option<Duration>, old_news: bool, now: Instant) -> Option<Duration> {
        let named = named
            .filter(|wait| !wait.is_zero())
            .map(|wait| wait.min(LONGEST_WAIT));
        if old_news {
            if let Some(wait) = named {
                self.pause_until(now + wait);
            }
            return None;
        }
        let wait = named.unwrap_or_else(|| backoff(UNNAMED_WAIT, self.limited_in_a_row));
        self.limited_in_a_row += 1;
        self.limited = Some(now);
        self.pause_until(now + wait);
        self.pace.refused(wait, self.announced, now);
        self.slots.shrink(now);
        Some(wait)
    }

    /// Slows down before the site has to say so.
    fn heed(&mut self, hints: &Hints, now: Instant) {
        let reset = hints
            .reset
            .filter(|reset| !reset.is_zero())
            .map(|reset| reset.min(LONGEST_WAIT));
        match (hints.remaining, reset) {
            (Some(0), Some(reset)) => self.pause_until(now + reset),
            (Some(remaining), Some(reset)) if hints.near => self.pace.spread(remaining, reset, now),
            _ if hints.near => self.slots.shrink(now),
            _ => {}
        }
    }

    fn pause_until(&mut self, until: Instant) {
        self.paused = Some(self.paused.map_or(until, |paused| paused.max(until)));
    }

    /// Sends away those who cannot be served in time.
    fn turn_away(&mut self, now: Instant) -> Vec<Reply> {
        let mut replies = Vec::new();
        if self.queue.is_empty() {
            return replies;
        }
        // One who could wait for ever is sent away only where the site is down for longer.
        let patient = now + LONGEST_WAIT * 2;
        let everybody = self.shut(patient, now).is_some();
        let earliest = self.pause(now).map(|wait| now + wait + LAST_MOMENT);
        if !everybody && earliest.is_none() {
            return replies;
        }
        let late = |waiter: &Waiter| everybody || earliest.is_some_and(|earliest| earliest > waiter.by);
        for waiter in self.queue.take_if(late) {
            let refusal = self.why_late(waiter.by, now);
            replies.push(Reply {
                waiter,
                outcome: Err(refusal),
            });
        }
        replies
    }

    /// When the next request may be sent, where that is a matter of time.
    fn next_chance(&mut self, now: Instant) -> Option<Instant> {
        match &self.breaker {
            Breaker::Open { until, .. } if *until > now => return Some(*until),
            Breaker::Probing { since, .. } => return Some(*since + HOLD),
            Breaker::Open { .. } | Breaker::Closed { .. } => {}
        }
        match self.paused {
            Some(until) if until > now => Some(until),
            _ => {
                self.paused = None;
                self.pace.next(now)
            }
        }
    }

    fn wake(&mut self, at: Instant, now: Instant) {
        // One that is overdue may have been lost with its runtime.
        if self.alarm.is_none_or(|set| at < set || set < now) {
            self.alarm = Some(at);
            self.unset = true;
        }
    }
}
