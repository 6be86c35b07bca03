//! One caller's request, as the client sees it: until when it may take, how much it matters, and what it cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Who waits for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// A caller.
    Interactive,
    /// Nobody yet: calls of this kind give way to the others.
    Background,
}

/// Context of one caller's request: deadline and accounting. Cheap to clone; clones share the account.
#[derive(Clone, Debug)]
pub struct Call {
    /// When everything done for this caller must have an end.
    pub deadline: Instant,
    /// The longest that a request may be held back before it is sent. None: until the deadline.
    pub patience: Option<Duration>,
    /// The id of the request in the log.
    pub request_id: Option<Arc<str>>,
    /// What was spent on Confluence so far.
    pub tally: Arc<Tally>,
    background: Arc<AtomicBool>,
}

impl Call {
    /// A call that may take this long from now on.
    #[must_use]
    pub fn new(timeout: Duration) -> Self {
        Self::with_deadline(Instant::now() + timeout)
    }

    /// A call that must end by `deadline`.
    #[must_use]
    pub fn with_deadline(deadline: Instant) -> Self {
        Self {
            deadline,
            patience: None,
            request_id: None,
            tally: Arc::default(),
            background: Arc::default(),
        }
    }

    /// The same, under the id of its request in the log.
    #[must_use]
    pub fn named(self, request_id: &str) -> Self {
        Self {
            request_id: Some(request_id.into()),
            ..self
        }
    }

    /// The same, for whoever waits for it.
    #[must_use]
    pub fn with_priority(self, priority: Priority) -> Self {
        self.background
            .store(priority == Priority::Background, Ordering::Relaxed);
        self
    }

    /// The same, failing at once where a request would be held back for longer than this.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self {
            patience: Some(patience),
            ..self
        }
    }

    /// Who waits for it now.
    #[must_use]
    pub fn priority(&self) -> Priority {
        if self.background.load(Ordering::Relaxed) {
            Priority::Background
        } else {
            Priority::Interactive
        }
    }

    /// Says that a caller has begun to wait for what was nobody's hurry so far.
    pub fn is_waited_for(&self) {
        self.background.store(false, Ordering::Relaxed);
    }
}

/// What a request cost: how many calls to Confluence, how long they took, and how long they were held back.
#[derive(Debug, Default)]
pub struct Tally {
    calls: AtomicU32,
    micros: AtomicU64,
    retries: AtomicU32,
    waited_micros: AtomicU64,
}

impl Tally {
    /// Calls made, each attempt for itself, failed and abandoned ones included.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The sum of their durations. Calls that ran side by side count each in full.
    #[must_use]
    pub fn time(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }

    /// How many of the calls were made because an earlier one had failed.
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.retries.load(Ordering::Relaxed)
    }

    /// How long calls were held back, before the first attempt and between attempts. Counted like [`Tally::time`].
    #[must_use]
    pub fn waited(&self) -> Duration {
        Duration::from_micros(self.waited_micros.load(Ordering::Relaxed))
    }

    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts one call, or one wait, when it is dropped, so that one abandoned half-way counts too.
pub(super) struct Stopwatch {
    tally: Option<Arc<Tally>>,
    started: Instant,
    waiting: bool,
}

impl Stopwatch {
    /// Times an attempt.
    pub(super) fn start(call: Option<&Call>) -> Self {
        Self {
            tally: call.map(|call| Arc::clone(&call.tally)),
            started: Instant::now(),
            waiting: false,
        }
    }

    /// Times a wait.
    pub(super) fn waiting(call: Option<&Call>) -> Self {
        let mut watch = Self::start(call);
        watch.waiting = true;
        watch
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Stopwatch {
    fn drop(&mut self) {
        let Some(tally) = &self.tally else { return };
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if self.waiting {
            tally.waited_micros.fetch_add(micros, Ordering::Relaxed);
        } else {
            tally.calls.fetch_add(1, Ordering::Relaxed);
            tally.micros.fetch_add(micros, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Call, Priority, Stopwatch};

    #[tokio::test(start_paused = true)]
    async fn clones_of_a_call_share_one_account() {
        let call = Call::new(Duration::from_secs(9));
        let watch = Stopwatch::start(Some(&call.clone()));
        tokio::time::advance(Duration::from_secs(2)).await;
        drop(watch);
        drop(Stopwatch::start(Some(&call)));
        assert_eq!(call.tally.calls(), 2);
        assert_eq!(call.tally.time(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn waits_are_no_calls() {
        let call = Call::new(Duration::from_secs(9));
        let watch = Stopwatch::waiting(Some(&call));
        tokio::time::advance(Duration::from_secs(3)).await;
        drop(watch);
        assert_eq!(call.tally.waited(), Duration::from_secs(3));
        assert_eq!((call.tally.calls(), call.tally.time()), (0, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_makes_background_work_urgent() {
        let call = Call::new(Duration::from_secs(9)).with_priority(Priority::Background);
        let same = call.clone();
        assert_eq!(same.priority(), Priority::Background);
        call.is_waited_for();
        assert_eq!(same.priority(), Priority::Interactive);
    }
}
