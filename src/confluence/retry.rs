//! What may be sent again, when, and the budget.
//!
//! | failure | sent again? |
//! |---|---|
//! | 429 | any method, for it was refused before it was handled; when is the governor's business (`limit`), which keeps the whole site waiting |
//! | connection not made | any method, for nothing was sent |
//! | 502, 503, 504, connection lost, attempt timed out | what is idempotent; after `Retry-After` where there is one |
//! | another 5xx | what is idempotent, where `Retry-After` asks for it |
//! | 404 | where it is about a page that we created a moment ago |
//! | anything else | never |
//!
//! Atlassian recommends 2 s, doubling up to 30 s, with a jitter of 0.7 to 1.3 and at most 4 retries. That holds for
//! 429 without a wait named. For trouble on the way it begins at 0.5 s: it is mostly a gateway that restarts or a
//! connection that was closed under us, and a caller with 40 s to spend is waiting. A wait that would pass the
//! deadline is not begun. Deletes are not idempotent here: whoever deletes looks whether it happened.

mod newborn;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Error, ErrorKind};

pub(super) use newborn::Newborn;

/// The most times that one call is sent again.
const MOST_RETRIES: u32 = 4;

/// The first wait after trouble on the way.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait that we choose ourselves.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How often, and how long apart, a page of our own making that is not there yet is asked for again.
const LOOKS: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

/// A failed attempt, as far as it matters here.
#[derive(Debug)]
pub(super) struct Failure<'a> {
    pub(super) error: &'a Error,
    /// Whether doing it twice is the same as doing it once.
    pub(super) idempotent: bool,
    /// The least wait that the answer asked for, whatever its status.
    pub(super) asked: Option<Duration>,
    /// Whether it is about a page that we created a moment ago.
    pub(super) newborn: bool,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Tell the caller.
    GiveUp,
    /// Send it again as soon as the governor lets it through.
    WhenAdmitted,
    /// Send it again after this long.
    After(Duration),
}

/// One call on its way through several attempts.
#[derive(Debug, Default)]
pub(super) struct Course {
    retries: u32,
    looks: u32,
}

impl Course {
    /// What to do after this failure with so much time left.
    pub(super) fn next(&mut self, failure: &Failure<'_>, left: Duration, budget: &Budget) -> Next {
        let Some(cause) = Cause::of(failure) else {
            return Next::GiveUp;
        };
        if cause == Cause::NotYet {
            self.looks += 1;
            return if self.looks <= LOOKS && BETWEEN_LOOKS < left {
                Next::After(BETWEEN_LOOKS)
            } else {
                Next::GiveUp
            };
        }
        if self.retries == MOST_RETRIES {
            return Next::GiveUp;
        }
        let next = match cause {
            Cause::Limited => Next::WhenAdmitted,
            Cause::Trouble | Cause::NotYet => {
                let wait = backoff(FIRST_WAIT, self.retries).max(failure.asked.unwrap_or_default());
                if wait >= left || !budget.withdraw() {
                    return Next::GiveUp;
                }
                Next::After(wait)
            }
        };
        self.retries += 1;
        next
    }
}

/// Why a call may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// Refused before it was handled.
    Limited,
    /// Trouble that may be over soon.
    Trouble,
    /// Our own page, which not every part of Confluence knows yet.
    NotYet,
}

impl Cause {
    fn of(failure: &Failure<'_>) -> Option<Self> {
        let Failure {
            error,
            idempotent,
            asked,
            newborn,
        } = failure;
        match &error.kind {
            ErrorKind::RateLimited { .. } => Some(Self::Limited),
            ErrorKind::Unreachable if *idempotent || !error.outcome_unknown() => Some(Self::Trouble),
            ErrorKind::Unavailable { .. } | ErrorKind::Timeout if *idempotent => Some(Self::Trouble),
            ErrorKind::Failed if *idempotent && asked.is_some() => Some(Self::Trouble),
            // Cloud answers a page that is not there and credentials that are not good with the same 404.
            ErrorKind::NotFound | ErrorKind::CredentialsRejected if error.status == Some(404) && *newborn => {
                Some(Self::NotYet)
            }
            ErrorKind::Unreachable
            | ErrorKind::Timeout
            | ErrorKind::CredentialsRejected
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::VersionConflict { .. }
            | ErrorKind::TitleTaken
            | ErrorKind::BadStorage
            | ErrorKind::Circular
            | ErrorKind::TooLarge
            | ErrorKind::Gone
            | ErrorKind::Unavailable { .. }
            | ErrorKind::Failed
            | ErrorKind::Refused
            | ErrorKind::Nonsense => None,
        }
    }
}

/// The wait after so many earlier ones: doubled each time up to a cap, then jittered, so that those who failed
/// together do not come back together.
pub(super) fn backoff(first: Duration, earlier: u32) -> Duration {
    let doubled = first.saturating_mul(2u32.saturating_pow(earlier));
    doubled.min(LONGEST_WAIT).mul_f64(0.7 + 0.6 * chance())
}

/// Between 0 and 1. The seeds of hash maps are all the chance this program needs.
pub(super) fn chance() -> f64 {
    let drawn = RandomState::new().hash_one(()) >> 32;
    f64::from(u32::try_from(drawn).unwrap_or_default()) / f64::from(u32::MAX)
}

/// How many retries a site gets: a tenth of what it is asked, and a few. A dead site would otherwise be asked five
/// times as much as one that works. Refusals for the rate cost nothing here: the governor answers for them.
#[derive(Debug)]
pub(super) struct Budget(Mutex<u32>);

impl Budget {
    /// What a retry costs, in the coin of which each request brings one.
    const PRICE: u32 = 10;
    const MOST: u32 = 10 * Self::PRICE;

    /// A request is sent for the first time.
    pub(super) fn deposit(&self) {
        let mut coins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *coins = (*coins + 1).min(Self::MOST);
    }

    fn withdraw(&self) -> bool {
        let mut coins = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let paid = coins.checked_sub(Self::PRICE);
        *coins = paid.unwrap_or(*coins);
        paid.is_some()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(Self::MOST))
    }
}

#[cfg(test)]
mod tests;
