//! What is sent again, as a table, and how long a course of retries takes.

use std::fmt::Write as _;

use chrono::{TimeZone as _, Utc};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::{Budget, Course, Duration, Failure, Next, backoff};
use crate::config::Deployment;
use crate::confluence::failure;
use crate::confluence::limit::Hints;
use crate::confluence::{Error, ErrorKind};

const PLENTY: Duration = Duration::from_secs(40);

/// The failure that an answer with this status and these fields is.
fn answered(status: u16, fields: &[(&'static str, &'static str)]) -> (Error, Hints) {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let now = Utc.with_ymd_and_hms(2026, 11, 21, 13, 59, 0).unwrap();
    let code = StatusCode::from_u16(status).unwrap();
    let kind = failure::of_refusal(Deployment::DataCenter, code, &headers, b"", now).kind;
    (error(kind, Some(status)), Hints::read(&headers, now))
}

fn error(kind: ErrorKind, status: Option<u16>) -> Error {
    Error {
        kind,
        operation: "page.read",
        status,
        elapsed: Duration::from_millis(80),
        detail: None,
        source: None,
    }
}

/// A connection that could not be made, as the client reports it.
async fn unconnected() -> Error {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    #[expect(clippy::disallowed_methods, reason = "no call of Confluence")]
    let refused = client.get(format!("http://{address}/")).send().await.unwrap_err();
    Error {
        source: Some(std::sync::Arc::new(refused)),
        ..error(ErrorKind::Unreachable, None)
    }
}

fn shown(next: Next) -> String {
    match next {
        Next::GiveUp => "never".to_owned(),
        Next::WhenAdmitted => "when the site lets us".to_owned(),
        // Without its jitter.
        Next::After(wait) if wait < Duration::from_secs(1) => "after about 0.5 s".to_owned(),
        Next::After(wait) => format!("after {wait:?}"),
    }
}

fn decided(error: &Error, hints: &Hints, idempotent: bool, newborn: bool, left: Duration) -> Next {
    let failure = Failure {
        error,
        idempotent,
        asked: hints.retry_after,
        newborn,
    };
    Course::default().next(&failure, left, &Budget::default())
}

#[tokio::test]
async fn what_is_sent_again_is_a_table() {
    let mut cases: Vec<(String, Error, Hints)> = Vec::new();
    for status in [
        302, 400, 401, 403, 404, 405, 409, 410, 413, 429, 500, 501, 502, 503, 504, 507,
    ] {
        let (error, hints) = answered(status, &[]);
        cases.push((status.to_string(), error, hints));
    }
    for (status, name, value) in [
        (410, "retry-after", "3"),
        (429, "retry-after", "3"),
        (429, "x-ratelimit-reset", "2026-11-21T14:00Z"),
        (429, "ratelimit", "\"d\";r=0;t=3"),
        (500, "retry-after", "3"),
        (500, "ratelimit", "\"d\";r=0;t=3"),
        (503, "retry-after", "3"),
        (503, "retry-after", "Sat, 21 Nov 2026 13:59:03 GMT"),
        (503, "retry-after", "60"),
    ] {
        let (error, hints) = answered(status, &[(name, value)]);
        cases.push((format!("{status} {name}: {value}"), error, hints));
    }
    for (name, kind) in [
        ("connection lost", ErrorKind::Unreachable),
        ("no answer in time", ErrorKind::Timeout),
        ("not an answer", ErrorKind::Nonsense),
    ] {
        cases.push((name.to_owned(), error(kind, None), Hints::default()));
    }
    cases.push((
        "connection not made".to_owned(),
        unconnected().await,
        Hints::default(),
    ));
    let mut table = format!("{:<52}{:<24}{}\n", "answer", "a read", "a write");
    for (name, error, hints) in cases {
        let [read, write] =
            [true, false].map(|idempotent| decided(&error, &hints, idempotent, false, PLENTY));
        writeln!(table, "{name:<52}{:<24}{}", shown(read), shown(write)).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[test]
fn our_own_page_is_looked_for_three_times() {
    let (error, hints) = answered(404, &[]);
    let failure = Failure {
        error: &error,
        idempotent: false,
        asked: hints.retry_after,
        newborn: true,
    };
    let (mut course, budget) = (Course::default(), Budget::default());
    let looks: Vec<_> = (0..4).map(|_| course.next(&failure, PLENTY, &budget)).collect();
    let look = Next::After(Duration::from_millis(300));
    assert_eq!(looks, [look, look, look, Next::GiveUp]);
    let soon = Duration::from_millis(200);
    assert_eq!(decided(&error, &hints, true, true, soon), Next::GiveUp);
}

#[test]
fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    let (error, hints) = answered(503, &[("retry-after", "3")]);
    assert_eq!(
        decided(&error, &hints, true, false, Duration::from_secs(3)),
        Next::GiveUp
    );
    assert_eq!(
        decided(&error, &hints, true, false, Duration::from_millis(3001)),
        Next::After(Duration::from_secs(3))
    );
}

#[tokio::test(start_paused = true)]
async fn a_course_has_four_retries_and_takes_about_seven_seconds() {
    let (error, hints) = answered(502, &[]);
    let failure = Failure {
        error: &error,
        idempotent: true,
        asked: hints.retry_after,
        newborn: false,
    };
    let (mut course, budget) = (Course::default(), Budget::default());
    let begun = Instant::now();
    let mut retries = 0;
    while let Next::After(wait) = course.next(&failure, PLENTY, &budget) {
        retries += 1;
        tokio::time::sleep(wait).await;
    }
    let taken = begun.elapsed().as_secs_f64();
    assert_eq!(retries, 4);
    assert!((7.5 * 0.7..=7.5 * 1.3 + 0.01).contains(&taken), "{taken} s");
}

#[test]
fn a_dead_site_gets_a_tenth_more_requests_and_a_few() {
    let (error, hints) = answered(502, &[]);
    let budget = Budget::default();
    let mut sent = 0;
    for _ in 0..1000 {
        budget.deposit();
        let mut course = Course::default();
        let failure = Failure {
            error: &error,
            idempotent: true,
            asked: hints.retry_after,
            newborn: false,
        };
        sent += 1;
        while course.next(&failure, PLENTY, &budget) != Next::GiveUp {
            sent += 1;
        }
    }
    assert!((1100..=1111).contains(&sent), "{sent}");
}

#[test]
fn refusals_for_the_rate_are_not_paid_from_the_budget() {
    let (error, hints) = answered(429, &[]);
    let budget = Budget::default();
    while budget.withdraw() {}
    let failure = Failure {
        error: &error,
        idempotent: false,
        asked: hints.retry_after,
        newborn: false,
    };
    let mut course = Course::default();
    let sent = (0..9).take_while(|_| course.next(&failure, PLENTY, &budget) == Next::WhenAdmitted);
    assert_eq!(sent.count(), 4);
}

#[test]
fn waits_double_up_to_the_cap_and_are_jittered() {
    let first = Duration::from_secs(2);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..200 {
        for (earlier, middle) in [(0, 2.0), (1, 4.0), (2, 8.0), (3, 16.0), (4, 30.0), (40, 30.0)] {
            let wait = backoff(first, earlier).as_secs_f64();
            assert!(
                (middle * 0.7 - 0.01..=middle * 1.3 + 0.01).contains(&wait),
                "{earlier}: {wait}"
            );
            seen.insert(wait.to_bits());
        }
    }
    assert!(seen.len() > 600, "{} different waits", seen.len());
}
