//! What an answer says about limits, whatever its status. A field that cannot be read counts as absent.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;

use super::Quota;
use crate::confluence::failure::retry_after::{self, delta_seconds, instant, parameter, until};

/// Limits as an answer tells them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::confluence) struct Hints {
    /// The least time to wait before the same is tried again.
    pub(in crate::confluence) retry_after: Option<Duration>,
    /// How many more requests there may be until the reset.
    pub(super) remaining: Option<u64>,
    /// When there may be more again, from now.
    pub(super) reset: Option<Duration>,
    /// Whether there is little left.
    pub(super) near: bool,
    /// The limit itself.
    pub(super) quota: Option<Quota>,
}

impl Hints {
    /// Reads them. The three families of fields are not mixed: Atlassian's own, the IETF's, and its older drafts'.
    pub(in crate::confluence) fn read(headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        let field = |name: &str| {
            let value = headers.get(name)?;
            value.to_str().ok().map(str::trim)
        };
        let number = |name: &str| field(name).and_then(|text| text.parse::<u64>().ok());
        let limit = number("x-ratelimit-limit");
        let (remaining, reset) = if let Some(remaining) = number("x-ratelimit-remaining") {
            let reset = field("x-ratelimit-reset").and_then(instant);
            (Some(remaining), reset.map(|then| until(then, now)))
        } else if let Some(item) = field("ratelimit").or_else(|| field("beta-ratelimit")) {
            tightest(item)
        } else {
            (
                number("ratelimit-remaining"),
                field("ratelimit-reset").and_then(delta_seconds),
            )
        };
        let scarce = |limit: u64| remaining.is_some_and(|remaining| remaining < limit / 5);
        let policy = field("ratelimit-policy").or_else(|| field("beta-ratelimit-policy"));
        let quota = policy.and_then(quota);
        let said = field("x-ratelimit-nearlimit").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let limit = limit
            .or_else(|| number("ratelimit-limit"))
            .or(quota.map(|quota| quota.requests));
        Self {
            retry_after: retry_after::named(headers, now),
            remaining,
            reset,
            near: said || limit.is_some_and(scarce),
            quota,
        }
    }
}

/// Of several `"name";r=50;t=30` the one that allows least: what is left, and when it is renewed.
fn tightest(text: &str) -> (Option<u64>, Option<Duration>) {
    let items = text.split(',').filter_map(|item| {
        let remaining = parameter(item, "r")?;
        Some((remaining, parameter(item, "t")?))
    });
    let tightest =
        items.min_by_key(|(remaining, seconds)| remaining.saturating_mul(1000) / (*seconds).max(1));
    match tightest {
        Some((remaining, seconds)) => (Some(remaining), Some(Duration::from_secs(seconds))),
        None => (None, None),
    }
}

/// `"default";q=100;w=60`: of several the slowest.
fn quota(text: &str) -> Option<Quota> {
    let items = text.split(',').filter_map(|item| {
        let requests = parameter(item, "q")?;
        let window = parameter(item, "w").filter(|window| *window > 0)?;
        Some((requests, window))
    });
    let (requests, window) = items.min_by_key(|(requests, window)| requests.saturating_mul(1000) / window)?;
    Some(Quota {
        requests,
        window: Duration::from_secs(window),
        announced: true,
    })
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{Duration, Hints, Quota};

    #[track_caller]
    fn check(fields: &[(&'static str, &'static str)], expected: Hints) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 13, 59, 0).unwrap();
        assert_eq!(Hints::read(&headers, now), expected, "{fields:?}");
    }

    fn left(remaining: u64, seconds: u64) -> Hints {
        Hints {
            remaining: Some(remaining),
            reset: Some(Duration::from_secs(seconds)),
            ..Hints::default()
        }
    }

    #[test]
    fn what_is_left_is_read_in_every_style() {
        let near = |hints| Hints { near: true, ..hints };
        check(
            &[
                ("x-ratelimit-limit", "350"),
                ("x-ratelimit-remaining", "7"),
                ("x-ratelimit-reset", "2026-11-21T14:00Z"),
            ],
            near(left(7, 60)),
        );
        check(&[("ratelimit", r#""default";r=50;t=30"#)], left(50, 30));
        check(
            &[("beta-ratelimit", r#""hour";r=900;t=3000, "burst";r=2;t=30"#)],
            left(2, 30),
        );
        check(
            &[
                ("ratelimit-limit", "100"),
                ("ratelimit-remaining", "80"),
                ("ratelimit-reset", "9"),
            ],
            left(80, 9),
        );
        check(&[("x-ratelimit-nearlimit", "true")], near(Hints::default()));
    }

    #[test]
    fn a_policy_is_read_as_the_slowest_of_its_items() {
        let quota = Quota {
            requests: 100,
            window: Duration::from_secs(60),
            announced: true,
        };
        let hints = Hints {
            quota: Some(quota),
            ..Hints::default()
        };
        check(
            &[(
                "ratelimit-policy",
                r#""a";q=100;qu="requests";w=60, "b";q=65000;w=3600"#,
            )],
            hints,
        );
        check(&[("ratelimit-policy", r#""a";q=100;w=0"#)], Hints::default());
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        check(
            &[
                ("x-ratelimit-remaining", "some"),
                ("ratelimit", "fast"),
                ("retry-after", "soon"),
                ("x-ratelimit-nearlimit", "maybe"),
            ],
            Hints::default(),
        );
    }

    #[test]
    fn a_wait_is_named_by_retry_after_alone() {
        let wait = Hints {
            retry_after: Some(Duration::from_secs(7)),
            ..Hints::default()
        };
        check(&[("retry-after", "7")], wait);
        check(&[("beta-retry-after", "7")], wait);
        check(&[("ratelimit", r#""d";r=9;t=30"#)], left(9, 30));
    }
}
