//! From the first connection to the exit code: signals, drain, callers who hang up or fall silent.

use std::time::Duration;

use conflagent::simulator::{self, Fault, Seed, Simulator, Trouble};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::process::{Folder, SECRET, Serving, properties, until};
use crate::support::Product;

const PRODUCTS: [Product; 2] = [Product::Cloud, Product::DataCenter];

/// A simulator in this process, `serve` as one of its own.
struct Stage {
    simulator: Simulator,
    serving: Serving,
    _folder: Folder,
}

impl Stage {
    async fn set(product: Product, options: impl FnOnce(&mut simulator::Options), flags: &[&str]) -> Self {
        let mut simulated = simulator::Options::new(product.simulated());
        options(&mut simulated);
        let simulator = simulator::start(simulated).await.expect("a free port");
        let folder = Folder::new();
        folder.write("conflagent.wiki.properties", &properties(product, &simulator));
        let serving = Serving::start(&folder, flags).await;
        Self {
            simulator,
            serving,
            _folder: folder,
        }
    }

    /// With answers of Confluence that take a while.
    async fn slow(product: Product, flags: &[&str]) -> Self {
        Self::set(
            product,
            |options| options.latency = Duration::from_millis(150),
            flags,
        )
        .await
    }

    /// With a Confluence that does not answer in the time of any test.
    async fn stuck(flags: &[&str]) -> Self {
        let stage = Self::set(Product::Cloud, |_| {}, flags).await;
        let never = Trouble::new(Fault::SlowFirstByte).wait(Duration::from_secs(600));
        stage.simulator.script(never.forever());
        stage
    }

    async fn caller(&self) -> Caller {
        Caller::to(&self.serving).await
    }

    /// Waits until Confluence was asked something.
    async fn asked(&self) {
        until("a call upstream", || !self.simulator.requests().is_empty()).await;
    }
}

/// One connection, by hand.
struct Caller(TcpStream);

impl Caller {
    async fn to(serving: &Serving) -> Self {
        Self(TcpStream::connect(&serving.address).await.expect("a connection"))
    }

    async fn send(&mut self, bytes: &str) {
        self.0.write_all(bytes.as_bytes()).await.expect("sent");
    }

    /// Sends a request to the endpoint `wiki`.
    async fn ask(&mut self, method: &str, path: &str, body: &str) {
        let length = body.len();
        self.send(&format!(
            "{method} /endpoint/wiki{path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {SECRET}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ))
        .await;
    }

    /// What comes until the first `}`, which ends the first envelope without data.
    async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        while !answer.contains(&b'}') {
            let mut chunk = [0; 4096];
            let length = timeout(Duration::from_secs(10), self.0.read(&mut chunk))
                .await
                .expect("an answer in time")
                .expect("a connection");
            assert_ne!(length, 0, "closed after {:?}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&chunk[..length]);
        }
        String::from_utf8(answer).expect("text")
    }

    /// Everything that still comes before the service closes the connection.
    async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        let end = timeout(Duration::from_secs(10), self.0.read_to_end(&mut rest)).await;
        // A connection that is reset is closed as well.
        let _ = end.expect("an end in time");
        String::from_utf8(rest).expect("text")
    }

    fn is_silent(&self) -> bool {
        let mut byte = [0];
        matches!(self.0.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";

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
async fn a_write_is_finished_though_its_caller_is_gone_and_the_process_should_be() {
    for product in PRODUCTS {
        let stage = Stage::slow(product, &[]).await;
        let before = stage.simulator.page_titled("Event Bus").expect("seeded").version;
        let mut caller = stage.caller().await;
        caller
            .ask("PUT", "/pages/Event%20Bus", r#"{"body": "written"}"#)
            .await;
        stage.asked().await;
        drop(caller);
        let ended = stage.serving.stopped().await;
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        let page = stage.simulator.page_titled("Event Bus").expect("still there");
        assert_eq!((page.body.as_str(), page.version), ("<p>written</p>", before + 1));
        assert!(
            ended.log.contains("status=200") && ended.log.contains("hung_up=true"),
            "{}",
            ended.log
        );
    }
}

/// Hangs up as soon as Confluence is asked for the first time, and waits for the write all the same.
async fn outlives_its_caller(
    product: Product,
    method: &str,
    path: &str,
    body: &str,
    done: impl Fn(&Simulator) -> bool,
) {
    let stage = Stage::slow(product, &[]).await;
    assert!(!done(&stage.simulator));
    let mut caller = stage.caller().await;
    caller.ask(method, path, body).await;
    stage.asked().await;
    assert!(!done(&stage.simulator), "the test comes too late");
    drop(caller);
    until("the write to be done", || done(&stage.simulator)).await;
    let line = stage.serving.process.logged("hung_up=true").await;
    assert!(
        line.contains("status=200") && line.contains("upstream_calls="),
        "{line}"
    );
}

#[tokio::test]
async fn no_write_is_left_undone_by_a_caller_who_hangs_up() {
    let below = |simulator: &Simulator, title: &str| {
        let page = simulator.page_titled(title)?;
        simulator.page(&page.parent?).map(|parent| parent.title)
    };
    for product in PRODUCTS {
        let parent = json!({"title": "New", "body": "x", "parentTitle": "Operations"}).to_string();
        tokio::join!(
            outlives_its_caller(product, "POST", "/pages", &parent, |simulator| {
                below(simulator, "New").as_deref() == Some("Operations")
            }),
            outlives_its_caller(
                product,
                "PUT",
                "/pages/Event%20Bus",
                r#"{"body": "x"}"#,
                |simulator| {
                    simulator
                        .page_titled("Event Bus")
                        .is_some_and(|page| page.body == "<p>x</p>")
                }
            ),
            outlives_its_caller(
                product,
                "POST",
                "/pages/rename",
                r#"{"old_title": "Event Bus", "new_title": "Bus of Events"}"#,
                |simulator| simulator.page_titled("Bus of Events").is_some()
            ),
            outlives_its_caller(
                product,
                "POST",
                "/pages/Event%20Bus/move",
                r#"{"newParentTitle": "Operations"}"#,
                |simulator| below(simulator, "Event Bus").as_deref() == Some("Operations")
            ),
            outlives_its_caller(
                product,
                "DELETE",
                "/pages/Dead%20Letter%20Queues",
                "",
                |simulator| { simulator.page_titled("Dead Letter Queues").is_none() }
            ),
        );
    }
}

#[tokio::test]
async fn a_write_that_fails_after_its_caller_hung_up_is_logged_with_its_cause() {
    let stage = Stage::slow(Product::Cloud, &[]).await;
    stage
        .simulator
        .script(Trouble::new(Fault::InternalError).method("PUT").forever());
    let mut caller = stage.caller().await;
    caller.ask("PUT", "/pages/Event%20Bus", r#"{"body": "x"}"#).await;
    stage.asked().await;
    drop(caller);
    let line = stage.serving.process.logged("hung_up=true").await;
    for part in [
        "ERROR",
        "request failed",
        "update_page",
        "status=502",
        "UPSTREAM_ERROR",
        "page.update",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let ended = stage.serving.stopped().await;
    assert_eq!(ended.log.matches("hung_up").count(), 1, "{}", ended.log);
}

#[tokio::test]
async fn a_read_stops_when_its_caller_hangs_up() {
    for product in PRODUCTS {
        let big = |options: &mut simulator::Options| {
            options.seed = Seed::Tree {
                pages: 3000,
                width: 3000,
                depth: 1,
            };
            options.latency = Duration::from_millis(20);
        };
        let stage = Stage::set(product, big, &[]).await;
        let mut caller = stage.caller().await;
        caller.ask("GET", "/pages", "").await;
        until("two calls upstream", || stage.simulator.requests().len() >= 2).await;
        drop(caller);
        let line = stage.serving.process.logged("hung_up=true").await;
        assert!(!line.contains("status="), "there was no answer: {line}");
        // A whole listing takes as long as the rest of the other one would, if it went on.
        stage.serving.get("/pages").await.data();
        let line = stage.serving.process.logged("status=200").await;
        let whole: usize = line
            .split_once("upstream_calls=")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
            .expect("a number of calls");
        let broken_off = stage.simulator.requests().len() - whole;
        assert!(whole >= 8, "{whole} calls are too few to tell");
        assert!(broken_off <= whole / 2, "{broken_off} of {whole} calls");
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
    let stage = Stage::set(Product::Cloud, |_| {}, &[]).await;
    let mut caller = stage.caller().await;
    let (head, rest) = HEALTH.split_at(20);
    caller.send(head).await;
    let mut other = stage.caller().await;
    // Answered: so the connection before it has been accepted, too.
    other.send(HEALTH).await;
    other.answer().await;
    stage.serving.process.signal("TERM");
    stage.serving.process.logged("draining").await;
    caller.send(rest).await;
    assert!(caller.answer().await.starts_with("HTTP/1.1 200"));
    assert_eq!(stage.serving.process.ended().await.code, Some(0));
}

#[tokio::test]
async fn half_a_body_is_waited_for_no_longer_than_ever() {
    let stage = Stage::set(Product::Cloud, |_| {}, &["--body-read-timeout", "300ms"]).await;
    let mut caller = stage.caller().await;
    caller
        .send(&format!(
            "PUT /endpoint/wiki/pages/Event%20Bus HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {SECRET}\r\n\
             Content-Length: 100\r\n\r\n{{\"body\""
        ))
        .await;
    let mut other = stage.caller().await;
    other.send(HEALTH).await;
    other.answer().await;
    stage.serving.process.signal("TERM");
    assert!(caller.answer().await.starts_with("HTTP/1.1 408"));
    let ended = stage.serving.process.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(stage.simulator.requests().is_empty());
}

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
