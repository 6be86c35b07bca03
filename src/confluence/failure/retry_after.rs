//! How long an answer asks us to stay away, in any of the five ways Confluence, its gateway and the IETF drafts
//! have of saying so. A field that cannot be read counts as absent.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::HeaderMap;

/// The least time to wait: `Retry-After`, else `t` of `RateLimit`, else `X-RateLimit-Reset` (an instant), else
/// `RateLimit-Reset` (seconds).
pub(super) fn read(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let field = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    named(headers, now)
        .or_else(|| field("ratelimit").and_then(window))
        .or_else(|| field("beta-ratelimit").and_then(window))
        .or_else(|| {
            field("x-ratelimit-reset")
                .and_then(instant)
                .map(|then| until(then, now))
        })
        .or_else(|| field("ratelimit-reset").and_then(delta_seconds))
}

/// What `Retry-After` says, in either form, and nothing else.
pub(in crate::confluence) fn named(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let field = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let wait = |text: &str| delta_seconds(text).or_else(|| http_date(text).map(|then| until(then, now)));
    let plain = field("retry-after").and_then(wait);
    plain.or_else(|| field("beta-retry-after").and_then(wait))
}

pub(in crate::confluence) fn delta_seconds(text: &str) -> Option<Duration> {
    text.parse().ok().map(Duration::from_secs)
}

/// A parameter of an item such as `"name";r=50;t=30`.
pub(in crate::confluence) fn parameter(item: &str, name: &str) -> Option<u64> {
    item.split(';')
        .skip(1)
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

pub(in crate::confluence) fn until(then: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (then - now).to_std().unwrap_or(Duration::ZERO)
}

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

/// `"name";r=50;t=30`, several separated by commas: the longest wait among those that are used up.
fn window(text: &str) -> Option<Duration> {
    let items = || {
        text.split(',')
            .filter_map(|item| Some((parameter(item, "r"), parameter(item, "t")?)))
    };
    let used_up = items()
        .filter(|(left, _)| left.is_none_or(|left| left == 0))
        .map(|(_, wait)| wait)
        .max();
    used_up
        .or_else(|| items().map(|(_, wait)| wait).min())
        .map(Duration::from_secs)
}

/// ISO 8601, at times without seconds; an epoch where it is a plain number.
pub(in crate::confluence) fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(epoch) = text.parse::<i64>() {
        return DateTime::from_timestamp(epoch, 0);
    }
    DateTime::parse_from_rfc3339(text)
        .map(|date| date.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%MZ").map(|date| date.and_utc()))
        .ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{TimeZone, Utc};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::read;

    #[track_caller]
    fn check(fields: &[(&'static str, &'static str)], expected: Option<u64>) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 13, 59, 0).unwrap();
        assert_eq!(
            read(&headers, now),
            expected.map(Duration::from_secs),
            "{fields:?}"
        );
    }

    #[test]
    fn every_way_of_naming_a_wait_is_understood() {
        check(&[("retry-after", "7")], Some(7));
        check(&[("retry-after", "Sat, 21 Nov 2026 13:59:30 GMT")], Some(30));
        check(&[("beta-retry-after", "11")], Some(11));
        check(&[("ratelimit", r#""default";r=0;t=30"#)], Some(30));
        check(&[("beta-ratelimit", r#""global-app-quota";t=600"#)], Some(600));
        check(&[("x-ratelimit-reset", "2026-11-21T14:00Z")], Some(60));
        check(&[("x-ratelimit-reset", "2026-11-21T14:00:05Z")], Some(65));
        check(&[("x-ratelimit-reset", "1795269600")], Some(60));
        check(&[("ratelimit-reset", "42")], Some(42));
    }

    #[test]
    fn the_wait_is_that_of_the_limit_that_is_used_up() {
        check(
            &[("ratelimit", r#""hour";r=900;t=3000, "burst";r=0;t=2"#)],
            Some(2),
        );
        check(&[("ratelimit", r#""hour";r=9;t=3000, "burst";r=9;t=2"#)], Some(2));
    }

    #[test]
    fn the_fields_have_an_order_of_precedence() {
        check(
            &[
                ("retry-after", "5"),
                ("ratelimit", r#""d";r=0;t=30"#),
                ("ratelimit-reset", "9"),
            ],
            Some(5),
        );
        check(
            &[
                ("ratelimit", r#""d";r=0;t=30"#),
                ("x-ratelimit-reset", "2026-11-21T14:00Z"),
            ],
            Some(30),
        );
        check(
            &[
                ("x-ratelimit-reset", "2026-11-21T14:00Z"),
                ("ratelimit-reset", "9"),
            ],
            Some(60),
        );
    }

    #[test]
    fn a_malformed_field_counts_as_absent() {
        check(&[("retry-after", "soon"), ("ratelimit-reset", "9")], Some(9));
        check(&[("ratelimit", "50 per minute")], None);
        check(&[("x-ratelimit-reset", "tomorrow")], None);
        check(&[], None);
    }

    #[test]
    fn an_instant_that_has_passed_is_no_wait() {
        check(&[("x-ratelimit-reset", "2026-11-21T13:00Z")], Some(0));
    }
}
