//! The server's clock, and the three ways a Confluence writes an instant.

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};

/// The current instant, or the one the clock is held at.
#[expect(
    clippy::disallowed_methods,
    reason = "the simulator shares no code with the product, its clock included"
)]
pub(crate) fn now(frozen: Option<DateTime<Utc>>) -> DateTime<Utc> {
    frozen.unwrap_or_else(Utc::now)
}

/// Cloud: `2026-07-03T13:48:15.974Z`.
pub(crate) fn cloud(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Data Center: `2022-04-27T07:15:13.012+10:00`, in the server's zone.
pub(crate) fn data_center(instant: DateTime<Utc>, minutes: i32) -> String {
    instant
        .with_timezone(&zone(minutes))
        .to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// An HTTP date: `Wed, 21 Oct 2026 07:28:00 GMT`.
pub(crate) fn http(instant: DateTime<Utc>) -> String {
    instant.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The zone `minutes` ahead of UTC; UTC itself when there is no such zone.
pub(crate) fn zone(minutes: i32) -> FixedOffset {
    let utc = FixedOffset::east_opt(0).expect("zero is an offset");
    FixedOffset::east_opt(minutes.saturating_mul(60)).unwrap_or(utc)
}
