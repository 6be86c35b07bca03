//! Writes whose answer was lost: Confluence may have carried them out or not, and only looking tells.
//!
//! A write is never sent again blindly. After each lost answer the wiki is looked at; a write that is found to have
//! happened is a success; one that has not is sent again, which is safe because every write says what it begins on: a
//! title that must be free, a version that must be the current one, a place, an absence.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Call, Error, ErrorKind};

/// How often a write that did not arrive is sent again.
const RESENDS: u32 = 2;

/// How long to wait before the first look; doubled for each further one. A write whose connection was cut may still
/// be under way.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// A write that is not known to have happened.
#[derive(Debug)]
pub struct Unwritten {
    /// Why.
    pub error: Error,
    /// Whether it may have happened all the same, or may happen yet.
    pub in_doubt: bool,
}

impl Unwritten {
    fn refused(error: Error) -> Self {
        Self {
            error,
            in_doubt: false,
        }
    }

    fn lost(error: Error) -> Self {
        Self {
            error,
            in_doubt: true,
        }
    }
}

/// How often to look for a write that was refused after an earlier try of it was lost: it was probably refused because
/// of that one, which not every part of Confluence may show yet.
const LOOKS_AFTER_REFUSAL: u32 = 3;

/// Sends a write of this call until it is known to have happened, or to have been refused.
///
/// `send` sends it; `look` answers what it would have answered if Confluence shows that it happened, None if not. Before
/// it is looked for, `doubt` hears of it.
///
/// # Errors
/// The refusal; or, when it stayed unknown what became of it, the failure that left it so.
pub async fn surely<T, S, L>(
    call: Option<&Call>,
    doubt: impl Fn(),
    send: impl Fn() -> S,
    look: impl Fn() -> L,
) -> Result<T, Unwritten>
where
    S: Future<Output = Result<T, Error>>,
    L: Future<Output = Result<Option<T>, Error>>,
{
    let mut lost: Option<Error> = None;
    let mut in_doubt = false;
    let mut pause = FIRST_PAUSE;
    let mut resends = RESENDS;
    loop {
        let error = match send().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let unknown = error.outcome_unknown();
        if !unknown && lost.is_none() {
            return Err(Unwritten::refused(error));
        }
        doubt();
        let looks = if unknown { 1 } else { LOOKS_AFTER_REFUSAL };
        let begun = Instant::now();
        for _ in 0..looks {
            if !wait(call, pause).await {
                return Err(Unwritten::lost(lost.unwrap_or(error)));
            }
            pause *= 2;
            match look().await {
                Ok(Some(done)) => return Ok(done),
                Ok(None) => {}
                // Looking failed: what is known is that nothing is known.
                Err(_) => return Err(Unwritten::lost(lost.unwrap_or(error))),
            }
        }
        if !unknown {
            // Whoever met a title or a version that is taken would have met it whenever it arrived.
            let settled = matches!(
                error.kind,
                ErrorKind::VersionConflict { .. } | ErrorKind::TitleTaken
            );
            in_doubt &= !settled;
            return Err(Unwritten { error, in_doubt });
        }
        in_doubt |= may_be_under_way(&error);
        let least = asked(&error).saturating_sub(begun.elapsed());
        if resends == 0 || !wait(call, least).await {
            return Err(Unwritten { error, in_doubt });
        }
        resends -= 1;
        lost = Some(error);
    }
}

/// Waits, if this call has time left for something after it. Answers whether it had.
pub async fn wait(call: Option<&Call>, pause: Duration) -> bool {
    let deadline = call.map(|call| call.deadline);
    let enough = deadline.is_none_or(|deadline| Instant::now() + pause < deadline);
    if enough {
        sleep(pause).await;
    }
    enough
}

/// Whether Confluence may still be working on a write of which nothing is to be seen. It is not where it said itself
/// that it failed, rather than a gateway before it, or nobody.
fn may_be_under_way(error: &Error) -> bool {
    let failed = |status: u16| status >= 400 && !matches!(status, 502 | 504);
    !error.status.is_some_and(failed)
}

/// The least wait that an answer asked for.
fn asked(error: &Error) -> Duration {
    match error.kind {
        ErrorKind::Unavailable { retry_after } => retry_after.unwrap_or_default(),
        _ => Duration::ZERO,
    }
}
