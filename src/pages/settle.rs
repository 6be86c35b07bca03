//! Writes whose answer was lost: Confluence may have carried them out or not, and only looking tells.
//!
//! A write is never sent again blindly. After each lost answer the wiki is looked at; a write that is found to have
//! happened is a success; one that has not is sent again, which is safe because every write says what it begins on: a
//! title that must be free, a version that must be the current one, a place, an absence.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Pages;
use crate::confluence::Error;

/// How often a write that did not arrive is sent again.
const RESENDS: u32 = 2;

/// How long to wait before the first look; doubled for each further one. A write whose connection was cut may still
/// be under way.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How often to look for a write that was refused after an earlier try of it was lost: it was probably refused because
/// of that one, which not every part of Confluence may show yet.
const LOOKS_AFTER_REFUSAL: u32 = 3;

impl Pages {
    /// Sends a write until it is known to have happened, or to have been refused.
    ///
    /// `send` sends it; `look` answers what it would have answered if the wiki shows that it happened, None if not.
    ///
    /// # Errors
    /// The refusal; or, when time ran out before the outcome was known, the failure that left it unknown.
    pub(super) async fn surely<T, S, L>(&self, send: impl Fn() -> S, look: impl Fn() -> L) -> Result<T, Error>
    where
        S: Future<Output = Result<T, Error>>,
        L: Future<Output = Result<Option<T>, Error>>,
    {
        let mut lost: Option<Error> = None;
        let mut pause = FIRST_PAUSE;
        for _ in 0..=RESENDS {
            let error = match send().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let unknown = error.outcome_unknown();
            if !unknown && lost.is_none() {
                return Err(error);
            }
            self.index.distrust();
            let looks = if unknown { 1 } else { LOOKS_AFTER_REFUSAL };
            for _ in 0..looks {
                if !self.pause(pause).await {
                    return Err(lost.unwrap_or(error));
                }
                pause *= 2;
                match look().await {
                    Ok(Some(done)) => return Ok(done),
                    Ok(None) => {}
                    // Looking failed: what is known is that nothing is known.
                    Err(_) => return Err(lost.unwrap_or(error)),
                }
            }
            if !unknown {
                // Refused after an earlier try was lost, and that try did not happen either.
                return Err(error);
            }
            lost = Some(error);
        }
        Err(lost.unwrap_or_else(|| Error::out_of_time("page.write")))
    }
    /// Waits, if there is time left for something after it. Answers whether there was.
    pub(super) async fn pause(&self, pause: Duration) -> bool {
        let deadline = self.call.as_ref().map(|call| call.deadline);
        let enough = deadline.is_none_or(|deadline| Instant::now() + pause < deadline);
        if enough {
            sleep(pause).await;
        }
        enough
    }
}
