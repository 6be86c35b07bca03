//! How many callers there may be, and how long one may say nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::{HEALTH, Stage};
use crate::support::Product;

#[tokio::test]
async fn more_callers_than_places_wait_for_one() {
    let stage = Stage::set(Product::Cloud, |_| {}, &["--max-connections", "2"]).await;
    let mut first = stage.caller().await;
    let mut second = stage.caller().await;
    for caller in [&mut first, &mut second] {
        caller.send(HEALTH).await;
        caller.answer().await;
    }
    let mut third = stage.caller().await;
    third.send(HEALTH).await;
    for _ in 0..5 {
        first.send(HEALTH).await;
        first.answer().await;
        assert!(third.is_silent(), "there are two places only");
    }
    drop(second);
    assert!(third.answer().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word_after_the_header_time_out() {
    let stage = Stage::set(
        Product::Cloud,
        |options| options.latency = Duration::from_millis(500),
        &["--header-read-timeout", "300ms"],
    )
    .await;
    let mut caller = stage.caller().await;
    // The answer may take longer than that: only heads of requests are waited for.
    caller.ask("GET", "/pages/Nowhere", "").await;
    assert!(caller.answer().await.starts_with("HTTP/1.1 404"));
    let started = Instant::now();
    assert_eq!(caller.rest().await, "");
    let idle = started.elapsed();
    assert!(
        (Duration::from_millis(200)..Duration::from_secs(5)).contains(&idle),
        "{idle:?}"
    );
    let mut half = stage.caller().await;
    half.send("GET /health HTTP/1.1\r\nHos").await;
    assert_eq!(half.rest().await, "", "no answer to half a head either");
}
