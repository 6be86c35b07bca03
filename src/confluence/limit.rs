//! The governor: how many requests a site gets at once and how fast, learned from what it answers.
//!
//! There is one [`Governor`] per account of a site, shared by all endpoints that use it; [`Governors`] hands them out.
//! Each attempt asks for a [`Permit`] and ends by settling it with a [`Sign`] of what the site made of it. Between
//! the two stands a [`State`] that decides without waiting:
//!
//! | file | what holds requests back |
//! |---|---|
//! | `breaker` | the site is down; one request at a time looks whether it is back |
//! | here | the site said 429: nobody goes before the wait it named is over |
//! | `pace` | the rate learned from refusals, or what is left of a quota |
//! | `slots` | the number under way at once, halved by trouble and growing while all is well |
//! | `queue` | who is next: callers before background work, endpoints in turn |
//! | `hints` | what answers say about limits |
//!
//! A site that never complains is never slowed: the queue stays empty until its slots are taken. A request that
//! cannot be sent before its deadline is refused at once and not sent at all. What is sent again after a failure is
//! not decided here, but in `retry`.

mod breaker;
mod hints;
mod pace;
mod queue;
mod registry;
mod slots;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use super::Priority;
use super::retry::{Budget, Newborn};
use breaker::Turn;
use state::{Grant, Reply, State, Waiter};

pub(super) use hints::Hints;
pub(super) use queue::Lane;
pub use registry::Governors;
pub(super) use registry::Member;

/// So many requests in so much time: a limit that Confluence named, or one that we learned from its refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many requests.
    pub requests: u64,
    /// In how much time.
    pub window: Duration,
    /// Whether Confluence named it.
    pub announced: bool,
}

/// Why a request was not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The site wants fewer requests; with the least time until it may be tried again.
    Limited {
        /// That time.
        wait: Duration,
    },
    /// The site is down; with the time until it is asked again.
    Down {
        /// That time.
        wait: Duration,
    },
    /// The deadline came first.
    Late,
}

/// What an attempt says about the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It answered. With what is another matter.
    Alive,
    /// 429, with the wait it named.
    Limited(Option<Duration>),
    /// No answer, or one that says that it is not available.
    Down,
    /// Nothing: we did not wait long enough.
    None,
}

/// A request that wants to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Applicant {
    pub(super) lane: Lane,
    pub(super) priority: Priority,
    /// Whether it was sent before, and has waited its turn already.
    pub(super) again: bool,
    /// The latest that it is of use.
    pub(super) by: Instant,
}

/// What all endpoints share that use the same account of the same site.
#[derive(Debug)]
pub(super) struct Governor {
    /// The site, for the log.
    site: String,
    state: Mutex<State>,
    alarms: TaskTracker,
    /// What may be spent on retries.
    pub(super) budget: Budget,
    /// Pages that were created a moment ago.
    pub(super) newborn: Newborn,
}

impl Governor {
    fn new(site: String, most_at_once: usize) -> Arc<Self> {
        Arc::new(Self {
            site,
            state: Mutex::new(State::new(most_at_once)),
            alarms: TaskTracker::new(),
            budget: Budget::default(),
            newborn: Newborn::default(),
        })
    }

    /// Waits until a request may be sent.
    ///
    /// # Errors
    /// It may not, in time; told as soon as that is certain.
    pub(super) async fn admit(self: &Arc<Self>, applicant: Applicant) -> Result<Permit, Refusal> {
        let (tell, told) = oneshot::channel();
        let waiter = Waiter {
            by: applicant.by,
            tell,
        };
        let by = self.within(|state, now| state.enter(applicant, waiter, now));
        match timeout_at(by, told).await {
            Ok(Ok(outcome)) => outcome,
            // The governor answers everybody before it goes; this is for completeness.
            Ok(Err(_)) => Err(Refusal::Late),
            Err(_) => Err(self.lock().why_late(applicant.by, Instant::now())),
        }
    }

    /// Why nothing can be sent before this time, if that is certain now.
    pub(super) fn held_back(&self, by: Instant) -> Option<Refusal> {
        self.lock().shut(by, Instant::now())
    }

    /// How long the site wants to be left alone.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.lock().pause(Instant::now())
    }

    /// How many requests the site wants, as far as that is known.
    pub(super) fn quota(&self) -> Option<Quota> {
        self.lock().quota()
    }

    /// Changes the state, then tells those whom that lets through or ends for, with no lock held.
    fn within<T>(self: &Arc<Self>, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let now = Instant::now();
        let (result, replies, alarm) = {
            let mut state = self.lock();
            let result = change(&mut state, now);
            let replies = state.serve(now);
            (result, replies, state.take_alarm())
        };
        for Reply { waiter, outcome } in replies {
            let outcome = outcome.map(|Grant { probe }| Permit {
                governor: Arc::clone(self),
                probe,
                since: now,
                open: true,
            });
            // A caller who has gone drops the permit with the message, which gives it back.
            let _ = waiter.tell.send(outcome);
        }
        if let Some(at) = alarm {
            self.ring_at(at);
        }
        result
    }

    /// Looks at the queue again at this time.
    fn ring_at(self: &Arc<Self>, at: Instant) {
        // Without a runtime nobody can be waiting.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let governor: Weak<Self> = Arc::downgrade(self);
        let alarm = async move {
            tokio::time::sleep_until(at).await;
            if let Some(governor) = governor.upgrade() {
                governor.within(|state, _| state.rang(at));
            }
        };
        self.alarms.spawn_on(alarm, &runtime);
    }

    fn report(&self, turn: Option<Turn>) {
        match turn {
            Some(Turn::WentDown) => {
                tracing::warn!(
                    site = self.site,
                    "Confluence does not answer; it is asked seldom until it does"
                );
            }
            Some(Turn::CameBack) => tracing::info!(site = self.site, "Confluence answers again"),
            None => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to send one request. Dropping it without settling says that the attempt was given up.
#[derive(Debug)]
pub(super) struct Permit {
    governor: Arc<Governor>,
    probe: bool,
    since: Instant,
    open: bool,
}

impl Permit {
    /// Says what became of the attempt.
    pub(super) fn settle(mut self, sign: Sign, hints: &Hints) {
        self.end(sign, hints);
    }

    fn end(&mut self, sign: Sign, hints: &Hints) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let (probe, since) = (self.probe, self.since);
        let news = self
            .governor
            .within(|state, now| state.settle(probe, since, sign, hints, now));
        self.governor.report(news.turn);
        if let Some(wait) = news.paused {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                site = self.governor.site,
                wait_ms,
                "Confluence wants fewer requests"
            );
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.end(Sign::None, &Hints::default());
    }
}

#[cfg(test)]
mod tests;
