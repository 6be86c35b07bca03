//! The only reader of the wall clock, so that tests can hold it still.
//!
//! Durations and deadlines are measured with [`tokio::time::Instant`], not with this clock.

use chrono::{DateTime, SecondsFormat, Utc};

/// Where "now" comes from: the machine, or a fixed instant for tests.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always this instant.
    Frozen(DateTime<Utc>),
}

impl Clock {
    /// The current instant in UTC.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place all others ask")]
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Frozen(instant) => instant,
        }
    }

    /// The current instant as the envelope writes it: UTC, whole seconds, `Z`.
    #[must_use]
    pub fn timestamp(self) -> String {
        written(self.now())
    }
}

/// An instant as answers write it: UTC, whole seconds, `Z`.
#[must_use]
pub fn written(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
