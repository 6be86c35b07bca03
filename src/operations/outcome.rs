//! The shape of every answer, over HTTP and every other door.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::failure::{Code, Failure};
use crate::clock::Clock;

/// The message of a write that was asked not to be made.
const DRY_RUN: &str = "Dry run: nothing was written.";

/// The most characters of an answer: hosts refuse longer ones (GPT Actions from 100,000 on), and models cannot take them.
pub const MOST_ANSWER: usize = 90_000;

/// The most characters of the `data` of an answer; the rest is for what stands beside it.
pub(super) const MOST_DATA: usize = MOST_ANSWER - 10_000;

/// How many characters something is, written as JSON.
///
/// # Errors
/// As [`Outcome::of`].
pub(super) fn written_length(data: &impl Serialize) -> Result<usize, Failure> {
    let text = serde_json::to_string(data).map_err(Failure::internal)?;
    Ok(text.chars().count())
}

/// How many characters one is, written in a string of JSON.
pub(super) fn written_chars(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => 1,
    }
}

/// What an operation answers when it succeeds.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The `data` of the answer.
    pub data: Value,
    /// What the caller should know although it succeeded.
    pub warnings: Vec<String>,
    /// For listings and pages: whether nothing is missing.
    pub complete: Option<bool>,
    /// For parts: what to do next.
    pub hint: Option<String>,
    /// For lists that come in parts: where the next one begins.
    pub next_cursor: Option<String>,
    /// For listings: when the wiki was as it is told here.
    pub as_of: Option<DateTime<Utc>>,
    /// For writes: whether this is what an earlier call was answered, and nothing was done now.
    pub replayed: bool,
}

impl Outcome {
    /// An outcome with this data.
    ///
    /// # Errors
    /// [`Failure::internal`] when the data cannot be written as JSON, which none of our types can cause.
    pub fn of(data: &impl Serialize) -> Result<Self, Failure> {
        let data = serde_json::to_value(data).map_err(Failure::internal)?;
        Ok(Self {
            data,
            warnings: Vec::new(),
            complete: None,
            hint: None,
            next_cursor: None,
            as_of: None,
            replayed: false,
        })
    }

    /// The same with warnings.
    #[must_use]
    pub fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// The same, saying that the listing was complete at that time.
    #[must_use]
    pub fn complete(mut self, as_of: DateTime<Utc>) -> Self {
        self.complete = Some(true);
        self.as_of = Some(as_of);
        self
    }

    /// The same, as one part of a list; `next` is where the next part begins, None when this was the last.
    #[must_use]
    pub fn part(mut self, next: Option<String>) -> Self {
        self.complete = Some(next.is_none());
        self.next_cursor = next;
        self
    }
}

/// The envelope of every answer. The first five members are always there, in this order.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Whether it worked.
    pub success: bool,
    /// What happened, for programs.
    pub code: &'static str,
    /// What happened, for people and models.
    pub message: String,
    /// The result; null on failure.
    pub data: Value,
    /// When, in UTC.
    pub timestamp: String,
    /// For listings and pages: whether nothing is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<bool>,
    /// For lists that come in parts: send it as `cursor` for the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// For listings: when the wiki was as it is told here, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// For writes: true when this is what an earlier call was answered, and nothing was done now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<bool>,
    /// What the caller should know although it succeeded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// On failure, and with a part of something: what to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// On failure: what was probably meant, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// On failure: whether the same call may succeed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retryable: Option<bool>,
    /// On failure: the least number of seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// On failure: more about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// On failure: the id under which the log tells more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Envelope {
    /// The envelope of a success.
    #[must_use]
    pub fn success(message: &str, outcome: Outcome, clock: Clock) -> Self {
        let message = if outcome.data["dryRun"] == true {
            DRY_RUN
        } else {
            message
        };
        Self {
            success: true,
            code: Code::Ok.as_str(),
            message: message.to_owned(),
            data: outcome.data,
            timestamp: clock.timestamp(),
            complete: outcome.complete,
            next_cursor: outcome.next_cursor,
            as_of: outcome.as_of.map(crate::clock::written),
            replayed: outcome.replayed.then_some(true),
            warnings: outcome.warnings,
            hint: outcome.hint,
            suggestions: Vec::new(),
            retryable: None,
            retry_after_seconds: None,
            details: None,
            request_id: None,
        }
    }

    /// The envelope of a failure. The cause stays out of it.
    #[must_use]
    pub fn failure(failure: &Failure, request_id: Option<&str>, clock: Clock) -> Self {
        Self {
            success: false,
            code: failure.fault.code().as_str(),
            message: failure.message.clone(),
            data: Value::Null,
            timestamp: clock.timestamp(),
            complete: None,
            next_cursor: None,
            as_of: None,
            replayed: None,
            warnings: Vec::new(),
            hint: failure.hint.clone(),
            suggestions: failure.suggestions.clone(),
            retryable: Some(failure.fault.retryable()),
            retry_after_seconds: failure.retry_after.map(whole_seconds),
            details: failure.details.as_deref().cloned(),
            request_id: request_id.map(str::to_owned),
        }
    }
}

/// A wait in whole seconds, rounded up: `Retry-After` is a minimum.
#[must_use]
pub fn whole_seconds(wait: std::time::Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{TimeZone, Utc};
    use serde_json::json;

    use super::{Envelope, Outcome, whole_seconds};
    use crate::clock::Clock;
    use crate::operations::{Failure, Fault};

    fn frozen() -> Clock {
        Clock::Frozen(
            Utc.with_ymd_and_hms(2025, 11, 4, 9, 20, 31)
                .single()
                .expect("a real instant"),
        )
    }

    #[test]
    fn a_success_has_the_five_members_in_order() {
        let outcome = Outcome::of(&json!({ "version": 2 })).expect("plain data");
        let text = serde_json::to_string(&Envelope::success("Page updated.", outcome, frozen()))
            .expect("plain data");
        assert_eq!(
            text,
            r#"{"success":true,"code":"OK","message":"Page updated.","data":{"version":2},"timestamp":"2025-11-04T09:20:31Z"}"#
        );
    }

    #[test]
    fn a_dry_run_does_not_say_that_it_was_done() {
        let outcome = Outcome::of(&json!({ "dryRun": true })).expect("plain data");
        let envelope = Envelope::success("Page deleted.", outcome, frozen());
        assert_eq!(envelope.message, "Dry run: nothing was written.");
    }

    #[test]
    fn a_failure_tells_what_to_do_and_hides_why() {
        let mut failure = Failure::new(Fault::RateLimited, "Wait.")
            .hint("Later.")
            .because("secret upstream text");
        failure.retry_after = Some(Duration::from_millis(1500));
        let text =
            serde_json::to_string(&Envelope::failure(&failure, Some("r-1"), frozen())).expect("plain data");
        assert_eq!(
            text,
            r#"{"success":false,"code":"RATE_LIMITED","message":"Wait.","data":null,"timestamp":"2025-11-04T09:20:31Z","hint":"Later.","retryable":true,"retryAfterSeconds":2,"requestId":"r-1"}"#
        );
    }

    #[test]
    fn waits_are_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_secs(3)), 3);
        assert_eq!(whole_seconds(Duration::from_millis(3001)), 4);
    }
}
