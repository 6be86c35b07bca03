//! Trouble on Confluence's side: what is waited for, what is sent again, and what callers hear.

use std::time::Duration;

use conflagent::config::{EndpointName, Settings};
use conflagent::confluence::{Call, Client, ErrorKind, Limits, NewPage, PageId, WithBody};
use conflagent::simulator::{Fault, Seed, Trouble};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{Answer, Bridge, Product, SECRET, endpoint_config, on_both, pass, simulated};

const BUS: &str = "/pages/Event%20Bus";
const SECOND: Duration = Duration::from_secs(1);

/// A client of the simulator, for what callers cannot see.
fn client(bridge: &Bridge) -> Client {
    Client::new(
        &endpoint_config(bridge.product, &bridge.simulator),
        &Limits::default(),
    )
    .expect("a client")
}

fn root(bridge: &Bridge) -> PageId {
    PageId::parse(&bridge.simulator.root_page_id()).expect("an id")
}

/// How many requests of this method arrived.
fn arrived(bridge: &Bridge, method: &str) -> usize {
    let requests = bridge.simulator.requests();
    requests.iter().filter(|request| request.method == method).count()
}

#[track_caller]
fn header(answer: &Answer, name: &str) -> String {
    let value = answer.header(name);
    assert!(value.is_some(), "no {name}: {answer:?}");
    value.unwrap_or_default().to_owned()
}

/// A 429 with these seconds in all the places that callers look at.
#[track_caller]
fn told_to_wait(answer: &Answer, seconds: std::ops::RangeInclusive<u64>) {
    answer.fails(
        429,
        "RATE_LIMITED",
        "Confluence is refusing requests for a while.",
    );
    let json = answer.json();
    let wait = json["retryAfterSeconds"].as_u64().expect("a wait");
    assert!(seconds.contains(&wait), "{wait}");
    assert_eq!(json["retryable"], true);
    assert_eq!(header(answer, "retry-after"), wait.to_string());
    assert_eq!(
        header(answer, "ratelimit"),
        format!("\"confluence\";r=0;t={wait}")
    );
    assert_eq!(header(answer, "ratelimit-remaining"), "0");
    assert_eq!(header(answer, "ratelimit-reset"), wait.to_string());
    assert!(
        header(answer, "ratelimit-limit")
            .parse::<u64>()
            .is_ok_and(|limit| limit > 0)
    );
}

on_both! {
    async fn a_refusal_for_the_rate_is_waited_out_in_whatever_way_it_is_told(bridge) {
        let styles = [
            Fault::RetryAfterSeconds,
            Fault::RetryAfterDate,
            Fault::ResetInstant,
            Fault::ResetMinute,
            Fault::RateLimitField,
            Fault::BetaRateLimitField,
            Fault::RateLimitReset,
            Fault::TooManyRequests,
        ];
        join_all(styles.map(|style| async move {
            let bridge = Bridge::start(bridge.product).await;
            let id = root(&bridge);
            let client = client(&bridge);
            client.located(&id, WithBody::No).await.expect("a warm client");
            bridge.simulator.reset_log();
            bridge.simulator.script(Trouble::new(style).method("GET"));
            let call = Call::new(20 * SECOND);
            let located = client.on(&call).located(&id, WithBody::Yes).await;
            assert!(matches!(located, Ok(Some(_))), "{style}: {located:?}");
            let requests = bridge.simulator.requests();
            let minimum = if bridge.product == Product::Cloud { 2 } else { 1 };
            assert_eq!(requests.len(), minimum + 1, "{style}");
            assert_eq!(usize::try_from(call.tally.calls()).expect("few"), requests.len());
            assert_eq!(call.tally.retries(), 1, "{style}");
            let last = requests.last().expect("some").at;
            // Dates and instants come in whole seconds, so that they may be up to one early.
            let exact = [Fault::RetryAfterSeconds, Fault::RateLimitField, Fault::BetaRateLimitField, Fault::RateLimitReset];
            if exact.contains(&style) {
                assert!(last >= requests[0].at + SECOND, "{style}");
                assert!(call.tally.waited() >= SECOND, "{style}");
            }
        }))
        .await;
    }

    async fn a_wait_beyond_the_deadline_is_told_at_once(bridge) {
        let begun = Instant::now();
        bridge.simulator.script(Trouble::new(Fault::RateLimitField).forever().wait(100 * SECOND));
        let answer = bridge.get("/pages").await;
        told_to_wait(&answer, 99..=100);
        assert_eq!(header(&answer, "ratelimit-policy"), "\"confluence\";q=100;w=60");
        assert_eq!(header(&answer, "ratelimit-limit"), "100");
        let asked = bridge.upstream_calls();
        for _ in 0..20 {
            told_to_wait(&bridge.get("/pages").await, 90..=100);
            told_to_wait(&bridge.get(BUS).await, 90..=100);
            told_to_wait(&bridge.post("/pages", json!({"title": "New"})).await, 90..=100);
        }
        assert_eq!(bridge.upstream_calls(), asked, "nobody goes before the wait is over");
        assert!(begun.elapsed() < 10 * SECOND);
    }

    async fn a_limit_that_nobody_named_is_told_as_far_as_it_was_learned(bridge) {
        bridge.simulator.script(Trouble::new(Fault::RetryAfterSeconds).forever().wait(100 * SECOND));
        let answer = bridge.get(BUS).await;
        told_to_wait(&answer, 99..=100);
        assert_eq!(answer.header("ratelimit-policy"), None);
    }

    async fn a_read_survives_a_restarting_gateway(bridge) {
        let faults = [
            Fault::BadGateway,
            Fault::Unavailable,
            Fault::GatewayTimeout,
            Fault::CutBefore,
            Fault::CutAfter,
            Fault::TruncatedBody,
            Fault::UnavailableRetryAfter,
        ];
        join_all(faults.map(|fault| async move {
            let bridge = Bridge::start(bridge.product).await;
            bridge.get(BUS).await.data();
            bridge.simulator.reset_log();
            bridge.simulator.script(Trouble::new(fault).method("GET"));
            bridge.get(BUS).await.data();
            let minimum = if bridge.product == Product::Cloud { 2 } else { 1 };
            assert_eq!(bridge.upstream_calls(), minimum + 1, "{fault}");
        }))
        .await;
    }

    async fn a_create_is_not_sent_again_but_where_it_was_refused(bridge) {
        let client = client(&bridge);
        let create = async |title: &str| {
            let page = NewPage { title, parent: &root(&bridge), storage: "<p/>" };
            client.on(&Call::new(20 * SECOND)).create(&page).await
        };
        for fault in [Fault::BadGateway, Fault::GatewayTimeout, Fault::UnavailableRetryAfter, Fault::CutBefore, Fault::CutAfter, Fault::InternalError] {
            bridge.simulator.reset_log();
            bridge.simulator.script(Trouble::new(fault).method("POST"));
            let error = create(fault.name()).await.expect_err(fault.name());
            assert!(error.outcome_unknown(), "{fault}: {error}");
            assert_eq!(arrived(&bridge, "POST"), 1, "{fault}");
            create("a sign of life").await.map(|_| ()).or_else(|error| match error.kind {
                ErrorKind::TitleTaken => Ok(()),
                _ => Err(error),
            }).expect("a sign of life");
        }
        bridge.simulator.reset_log();
        bridge.simulator.script(Trouble::new(Fault::RetryAfterSeconds).method("POST"));
        create("refused once").await.expect("created");
        assert_eq!(arrived(&bridge, "POST"), 2);
    }

    async fn a_write_that_was_never_sent_is_in_no_doubt(bridge) {
        let client = client(&bridge);
        bridge.simulator.script(Trouble::new(Fault::Unavailable).forever());
        for _ in 0..5 {
            // Without a call there is one attempt.
            client.current_user().await.expect_err("down");
        }
        let page = NewPage { title: "New", parent: &root(&bridge), storage: "<p/>" };
        let error = client.on(&Call::new(Duration::from_millis(300))).create(&page).await.expect_err("down");
        assert!(matches!(error.kind, ErrorKind::Unavailable { retry_after: Some(_) }), "{error}");
        assert!(!error.outcome_unknown());
        assert_eq!(bridge.upstream_calls(), 5, "it is known to be down");
    }

    async fn what_is_final_is_not_asked_twice(bridge) {
        for fault in [Fault::Gone, Fault::Unauthorized, Fault::EmptyBody, Fault::InternalError, Fault::RedirectElsewhere] {
            bridge.simulator.script(Trouble::new(fault).method("GET").forever());
            let call = Call::new(20 * SECOND);
            client(&bridge).on(&call).current_user().await.expect_err(fault.name());
            assert_eq!((call.tally.calls(), call.tally.retries()), (1, 0), "{fault}");
            bridge.simulator.clear_script();
        }
    }

    async fn a_page_that_appears_late_is_found_by_its_maker(bridge) {
        bridge.simulator.set_knobs(|knobs| knobs.create_lag = Duration::from_millis(500));
        bridge.get("/pages").await.data();
        bridge.post("/pages", json!({"title": "Late"})).await.data();
        assert_eq!(bridge.get("/pages/Late").await.data()["title"], "Late");
        bridge.delete("/pages/Late").await.data();
        bridge.get("/pages/Late").await.fails(404, "NOT_FOUND", "Page 'Late' not found.");
    }

    async fn an_outage_of_one_site_is_nobody_elses(bridge) {
        let (down, up) = (simulated(bridge.product, |_| {}).await, simulated(bridge.product, |_| {}).await);
        let mut other = endpoint_config(bridge.product, &up);
        other.name = EndpointName::parse("other").expect("a name");
        let configs = [endpoint_config(bridge.product, &down), other];
        let both = Bridge::serving(bridge.product, down, configs, Settings::default()).await;
        both.simulator.script(Trouble::new(Fault::RetryAfterSeconds).forever().wait(100 * SECOND));
        assert_eq!(both.get(BUS).await.status, 429);
        let path = format!("/endpoint/other{BUS}");
        both.send("GET", &path, Some(SECRET), None).await.data();
    }
}

#[tokio::test]
async fn a_site_that_is_down_is_asked_seldom_and_its_return_is_noticed() {
    let bridge = Bridge::start(Product::Cloud).await;
    bridge.get(BUS).await.data();
    bridge.simulator.reset_log();
    bridge
        .simulator
        .script(Trouble::new(Fault::Unavailable).forever());
    for answer in join_all((0..200).map(|_| bridge.get(BUS))).await {
        assert_eq!(answer.status, 503, "{}", answer.text);
    }
    let asked = bridge.upstream_calls();
    assert!(asked <= 40, "{asked} requests for 200 callers of a dead site");
    bridge.simulator.clear_script();
    let mut answer = bridge.get(BUS).await;
    while answer.status != 200 {
        let wait = answer.json()["retryAfterSeconds"].as_u64();
        assert!(
            answer.status == 503 && wait.is_some_and(|wait| wait < 40),
            "{}",
            answer.text
        );
        pass(SECOND / 4).await;
        answer = bridge.get(BUS).await;
    }
    for answer in join_all((0..20).map(|_| bridge.get(BUS))).await {
        answer.data();
    }
}

/// Fifty agents, fifteen times as fast as the promise has it: 150 requests a second instead of ten.
#[tokio::test]
async fn fifty_agents_share_what_a_site_allows() {
    let (slow, quick) = (
        simulated(Product::Cloud, |options| {
            options.latency = Duration::from_millis(10);
        })
        .await,
        simulated(Product::Cloud, |options| {
            options.latency = Duration::from_millis(10);
        })
        .await,
    );
    let mut other = endpoint_config(Product::Cloud, &quick);
    other.name = EndpointName::parse("other").expect("a name");
    let configs = [endpoint_config(Product::Cloud, &slow), other];
    let bridge = Bridge::serving(Product::Cloud, slow, configs, Settings::default()).await;
    let elsewhere = format!("/endpoint/other{BUS}");
    bridge.get(BUS).await.data();
    bridge.send("GET", &elsewhere, Some(SECRET), None).await.data();
    bridge.simulator.set_knobs(|knobs| knobs.rate_limit = 150.0);
    bridge.simulator.reset_log();
    let agents = async {
        join_all((0..50).map(|_| async {
            for _ in 0..4 {
                bridge.get(BUS).await.data();
            }
        }))
        .await;
        Instant::now()
    };
    // The same number of calls, one after the other, at a site without a limit.
    let neighbour = async {
        for _ in 0..25 {
            bridge.send("GET", &elsewhere, Some(SECRET), None).await.data();
        }
        Instant::now()
    };
    let begun = Instant::now();
    let (agents, neighbour) = futures_util::join!(agents, neighbour);
    let counters = bridge.simulator.counters();
    let minimum = 50 * 4 * 2;
    assert!(
        counters.requests - counters.limited == minimum && counters.limited <= minimum / 20,
        "{counters:?}"
    );
    assert!(neighbour < agents, "the other site was slowed");
    println!("{:?}, {counters:?}", agents - begun);
}

/// With one request at a time, a background refresh has eight waiting for each other at any moment.
#[tokio::test]
async fn callers_do_not_wait_for_a_refresh_that_nobody_waits_for() {
    let simulator = simulated(Product::DataCenter, |options| {
        options.seed = Seed::Tree {
            pages: 400,
            width: 2,
            depth: 9,
        };
        options.latency = Duration::from_millis(3);
    })
    .await;
    let root = simulator.root_page_id();
    let mut config = endpoint_config(Product::DataCenter, &simulator);
    config.index_freshness = 20 * SECOND;
    let settings = Settings {
        max_upstream_concurrency: 1,
        ..Settings::default()
    };
    let bridge = Bridge::serving(Product::DataCenter, simulator, [config], settings).await;
    let page = format!("/pages/id:{root}");
    bridge.get("/pages").await.data();
    pass(11 * SECOND).await;
    bridge.simulator.reset_log();
    bridge.get("/pages").await.data();
    for answer in join_all((0..10).map(|_| bridge.get(&page))).await {
        answer.data();
    }
    let is_read = |path: &str| !path.ends_with("/child/page");
    let requests = bridge.simulator.requests();
    let reads = || requests.iter().map(|request| is_read(&request.path));
    let first = reads().position(|read| read).expect("ten reads");
    let refreshing = reads().skip(first).filter(|read| !read).count();
    assert!(reads().any(|read| !read), "the refresh is on");
    // One may be under way when the callers come, and one in eight turns is the refresh's in any case.
    assert!(
        refreshing <= 10 + 3,
        "{refreshing} requests of the refresh between ten reads"
    );
    let done = Instant::now() + 20 * SECOND;
    while bridge.upstream_calls() < 200 {
        assert!(Instant::now() < done, "the refresh goes on afterwards");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
