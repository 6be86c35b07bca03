//! One caller's request, as the client sees it: until when it may take, and what it cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Context of one caller's request: deadline and accounting. Cheap to clone; clones share the account.
#[derive(Clone, Debug)]
pub struct Call {
    /// When everything done for this caller must have an end.
    pub deadline: Instant,
    /// What was spent on Confluence so far.
    pub tally: Arc<Tally>,
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
            tally: Arc::default(),
        }
    }
}

/// How many calls to Confluence were made for a request, and how long they took.
#[derive(Debug, Default)]
pub struct Tally {
    calls: AtomicU32,
    micros: AtomicU64,
}

impl Tally {
    /// Calls made, failed and abandoned ones included.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// The sum of their durations. Calls that ran side by side count each in full.
    #[must_use]
    pub fn time(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }
}

/// Counts one call when it is dropped, so that a call abandoned half-way counts too.
pub(super) struct Stopwatch {
    tally: Option<Arc<Tally>>,
    started: Instant,
}

impl Stopwatch {
    pub(super) fn start(call: Option<&Call>) -> Self {
        Self {
            tally: call.map(|call| Arc::clone(&call.tally)),
            started: Instant::now(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for Stopwatch {
    fn drop(&mut self) {
        if let Some(tally) = &self.tally {
            let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tally.calls.fetch_add(1, Ordering::Relaxed);
            tally.micros.fetch_add(micros, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Call, Stopwatch};

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
}
