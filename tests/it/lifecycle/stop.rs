//! Signals, the drain, and the exit code.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::{HEALTH, Stage};
use crate::process::SECRET;
use crate::support::Product;

#[tokio::test]
async fn a_slow_read_is_answered_while_nobody_new_gets_in() {
    for signal in ["TERM", "INT"] {
        let stage = Stage::slow(Product::Cloud, &[]).await;
        let (answer, ()) = tokio::join!(stage.serving.get("/pages/Event%20Bus"), async {
            stage.asked().await;
            stage.serving.process.signal(signal);
            stage.serving.process.logged("draining").await;
            let refused = TcpStream::connect(&stage.serving.address).await;
            assert!(refused.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused));
        });
        assert_eq!(answer.data()["title"], "Event Bus");
        let ended = stage.serving.process.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.log);
    }
}

#[tokio::test]
async fn a_drain_that_takes_too_long_is_cut_off() {
    let stage = Stage::stuck(&["--drain-timeout", "300ms"]).await;
    let mut caller = stage.caller().await;
    caller.ask("GET", "/pages/Event%20Bus", "").await;
    stage.asked().await;
    let started = Instant::now();
    let ended = stage.serving.stopped().await;
    let took = started.elapsed();
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert!(ended.log.contains("the drain took too long"), "{}", ended.log);
    assert!(
        (Duration::from_millis(300)..Duration::from_secs(5)).contains(&took),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_second_signal_skips_the_wait() {
    for (first, second) in [("TERM", "TERM"), ("INT", "TERM")] {
        let stage = Stage::stuck(&["--drain-timeout", "10m"]).await;
        let mut caller = stage.caller().await;
        caller.ask("PUT", "/pages/Event%20Bus", r#"{"body": "x"}"#).await;
        stage.asked().await;
        stage.serving.process.signal(first);
        stage.serving.process.logged("draining").await;
        stage.serving.process.signal(second);
        let ended = stage.serving.process.ended().await;
        assert_eq!(ended.code, Some(1), "{}", ended.log);
    }
}

#[tokio::test]
async fn who_falls_silent_does_not_hold_up_the_end() {
    let stage = Stage::set(Product::Cloud, |_| {}, &["--header-read-timeout", "10m"]).await;
    let mut half = stage.caller().await;
    half.send("GET /health HTTP/1.1\r\nHos").await;
    let nothing = stage.caller().await;
    let mut idle = stage.caller().await;
    idle.send(HEALTH).await;
    idle.answer().await;
    let mut half_of_the_second = stage.caller().await;
    half_of_the_second.send(HEALTH).await;
    half_of_the_second.answer().await;
    half_of_the_second.send("GET /health HTTP/1.1\r\nHos").await;
    let started = Instant::now();
    let ended = stage.serving.stopped().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    drop((half, nothing, idle, half_of_the_second));
}

#[tokio::test]
async fn a_request_that_was_on_its_way_at_the_end_is_answered() {
    // Nothing tells whether half a head has been read. If it has not, the connection is closed like an unused one, and
    // nothing is learned: then again.
    for _ in 0..10 {
        let stage = Stage::set(Product::Cloud, |_| {}, &[]).await;
        let mut caller = stage.caller().await;
        let (head, rest) = HEALTH.split_at(20);
        caller.send(head).await;
        let mut other = stage.caller().await;
        other.send(HEALTH).await;
        other.answer().await;
        stage.serving.process.signal("TERM");
        stage.serving.process.logged("draining").await;
        let sent = caller.0.write_all(rest.as_bytes()).await;
        let answer = caller.rest().await;
        assert_eq!(stage.serving.process.ended().await.code, Some(0));
        if sent.is_ok() && answer.starts_with("HTTP/1.1 200") {
            return;
        }
    }
    panic!("never answered");
}

#[tokio::test]
async fn half_a_body_is_waited_for_no_longer_than_ever() {
    let stage = Stage::set(Product::Cloud, |_| {}, &["--body-read-timeout", "300ms"]).await;
    let mut caller = stage.caller().await;
    caller
        .send(&format!(
            "PUT /endpoint/wiki/pages/Event%20Bus HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {SECRET}\r\n\
             Content-Length: 100\r\nExpect: 100-continue\r\n\r\n"
        ))
        .await;
    // Asked for the body: so the request has arrived.
    let mut go = [0; 25];
    caller.0.read_exact(&mut go).await.expect("a word to go on");
    assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
    caller.send("{\"body\"").await;
    stage.serving.process.signal("TERM");
    assert!(caller.answer().await.starts_with("HTTP/1.1 408"));
    let ended = stage.serving.process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(stage.simulator.requests().is_empty());
}
