//! Scripted trouble, the request log, and the end of a simulator.

use std::time::Duration;

use conflagent::simulator::{Calls, Deployment, Fault, Seed, Trouble};
use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Got, Site};

async fn rename(site: &Site, title: &str) -> Result<Got, reqwest::Error> {
    let path = format!("/api/v2/pages/{}/title", site.simulator.root_page_id());
    let request = site
        .request(Method::PUT, &path)
        .json(&json!({ "status": "current", "title": title }));
    site.run(request).await
}

fn title(site: &Site) -> String {
    site.simulator.page(&site.simulator.root_page_id()).unwrap().title
}

#[tokio::test]
async fn a_connection_cut_before_the_write_leaves_the_page_alone() {
    let site = Site::cloud(Seed::Demo).await;
    site.simulator
        .script(Trouble::new(Fault::CutBefore).method("PUT"));
    assert!(rename(&site, "New").await.is_err());
    assert_eq!(title(&site), "Platform Handbook");
    assert_eq!(rename(&site, "New").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_connection_cut_after_the_write_has_changed_the_page() {
    let site = Site::cloud(Seed::Demo).await;
    site.simulator.script(Trouble::new(Fault::CutAfter).method("PUT"));
    assert!(rename(&site, "New").await.is_err());
    assert_eq!(title(&site), "New");
    let logged = &site.simulator.requests()[0];
    assert_eq!((logged.status, logged.fault), (None, Some(Fault::CutAfter)));
}

#[tokio::test]
async fn trouble_meets_the_first_call_the_nth_or_all_of_a_kind() {
    let site = Site::cloud(Seed::Demo).await;
    let page = format!("/api/v2/pages/{}", site.simulator.root_page_id());
    let fault = Trouble::new(Fault::Gone);
    let both = async |times: usize| {
        let mut statuses = Vec::new();
        for count in 0..times {
            statuses.push(site.get(&page).await.status);
            statuses.push(rename(&site, &format!("Title {count}")).await.unwrap().status);
        }
        site.simulator.clear_script();
        statuses
    };
    site.simulator.script(fault.clone().calls(Calls::Writes));
    assert_eq!(both(2).await, [200, 410, 200, 200]);
    site.simulator.script(fault.clone().calls(Calls::Reads).after(1));
    assert_eq!(both(3).await, [200, 200, 410, 200, 200, 200]);
    site.simulator.script(fault.clone().calls(Calls::Reads).forever());
    assert_eq!(both(2).await, [410, 200, 410, 200]);
    site.simulator.script(fault.calls(Calls::FromWrite).forever());
    assert_eq!(both(2).await, [200, 410, 410, 410]);
}

#[tokio::test]
async fn a_site_that_stops_listening_answers_once_more_and_refuses_connections_for_a_while() {
    let site = Site::cloud(Seed::Demo).await;
    site.simulator.script(
        Trouble::new(Fault::StopsListening)
            .calls(Calls::Reads)
            .wait(Duration::from_millis(300)),
    );
    assert_eq!(site.get("/api/v2/spaces").await.status, 200);
    assert!(rename(&site, "New").await.unwrap_err().is_connect());
    assert_eq!(title(&site), "Platform Handbook");
    assert_eq!(site.simulator.counters().requests, 1, "the other never arrived");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(rename(&site, "New").await.unwrap().status, 200);
    site.simulator.refuse_connections(Duration::from_secs(60)).await;
    assert!(rename(&site, "Newer").await.unwrap_err().is_connect());
    site.simulator.stop().await;
}

#[tokio::test]
async fn somebody_else_saves_first() {
    let site = Site::cloud(Seed::Demo).await;
    let id = site.simulator.root_page_id();
    site.simulator
        .script(Trouble::new(Fault::StaleVersion).method("PUT"));
    let save = json!({ "id": id, "status": "current", "title": "T", "version": { "number": 2 },
        "body": { "representation": "storage", "value": "<p/>" } });
    let path = format!("/api/v2/pages/{id}");
    let stale = site.put(&path, save).await;
    assert_eq!(stale.status, 409);
    assert!(
        stale
            .title()
            .contains("Current Version: [2]. Provided version: [2]")
    );
    assert_eq!(site.simulator.versions(&id)[1].author, "ada");
}

#[tokio::test]
async fn bodies_break_in_their_ways() {
    let site = Site::cloud(Seed::Demo).await;
    let get = async || {
        site.run(
            site.request(Method::GET, "/api/v2/spaces")
                .timeout(Duration::from_millis(1500)),
        )
        .await
    };
    let meet = |fault| {
        site.simulator
            .script(Trouble::new(fault).wait(Duration::from_secs(30)));
    };
    meet(Fault::TruncatedBody);
    assert!(get().await.is_err());
    meet(Fault::StalledBody);
    assert!(get().await.unwrap_err().is_timeout());
    meet(Fault::SlowFirstByte);
    assert!(get().await.unwrap_err().is_timeout());
    meet(Fault::TruncatedJson);
    let half = get().await.unwrap();
    assert!(half.status == 200 && serde_json::from_str::<Value>(&half.text).is_err());
    meet(Fault::WrongContentType);
    let odd = get().await.unwrap();
    assert_eq!(
        (odd.header("content-type"), odd.ok()["results"].is_array()),
        ("text/plain;charset=UTF-8", true)
    );
    meet(Fault::LoginPage);
    let login = get().await.unwrap();
    assert!(login.status == 200 && login.header("content-type").starts_with("text/html"));
    meet(Fault::EmptyBody);
    let empty = get().await.unwrap();
    assert_eq!((empty.status, empty.text.as_str()), (200, ""));
    meet(Fault::RedirectElsewhere);
    let away = get().await.unwrap();
    assert_eq!(
        (
            away.status,
            away.header("location").starts_with("https://login.example.com/")
        ),
        (302, true)
    );
    meet(Fault::ConnectionRefused);
    assert!(get().await.is_err());
    assert_eq!(get().await.unwrap().status, 200, "the script is used up");
}

#[tokio::test]
async fn every_fault_does_something() {
    for deployment in [Deployment::Cloud, Deployment::DataCenter] {
        let site = Site::with(deployment, Seed::Empty, |_| {}).await;
        let page = if deployment == Deployment::Cloud {
            "/api/v2/pages/"
        } else {
            "/rest/api/content/"
        };
        let path = format!("{page}{}", site.simulator.homepage_id());
        let calm = site.get(&path).await.text;
        // What these two do shows in another request than the one they meet.
        let later = [Fault::StaleVersion, Fault::StopsListening];
        for fault in Fault::ALL.iter().filter(|fault| !later.contains(fault)) {
            site.simulator
                .script(Trouble::new(*fault).path(page).wait(Duration::from_secs(60)));
            let met = site
                .run(
                    site.request(Method::GET, &path)
                        .timeout(Duration::from_millis(300)),
                )
                .await;
            let harmless = met.as_ref().is_ok_and(|got| {
                got.status == 200 && got.text == calm && got.header("content-type").contains("json")
            });
            assert!(!harmless, "{fault} on {deployment}");
            site.simulator.clear_script();
        }
        assert_eq!(site.get(&path).await.text, calm);
    }
}

#[tokio::test]
async fn a_rate_limit_answers_429_in_the_chosen_style() {
    let site = Site::with(Deployment::Cloud, Seed::Empty, |knobs| {
        knobs.rate_limit = 0.5;
        knobs.rate_burst = 2;
        knobs.rate_style = Fault::RetryAfterSeconds;
    })
    .await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(site.get("/api/v2/spaces").await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 429]);
    assert_eq!(site.get("/api/v2/spaces").await.header("retry-after"), "2");
    assert_eq!(site.simulator.counters().limited, 3);
}

#[tokio::test]
async fn styles_of_429_differ_in_their_headers_only() {
    let site = Site::with(Deployment::Cloud, Seed::Empty, |knobs| {
        knobs.set("frozen-clock", "2026-11-21T13:59:30Z").unwrap();
    })
    .await;
    let cases: [(Fault, &str, &str); 7] = [
        (Fault::RetryAfterSeconds, "retry-after", "30"),
        (
            Fault::RetryAfterDate,
            "retry-after",
            "Sat, 21 Nov 2026 14:00:00 GMT",
        ),
        (Fault::ResetInstant, "x-ratelimit-reset", "2026-11-21T14:00:00Z"),
        (Fault::ResetMinute, "x-ratelimit-reset", "2026-11-21T14:00Z"),
        (Fault::RateLimitField, "ratelimit", "\"default\";r=0;t=30"),
        (
            Fault::BetaRateLimitField,
            "beta-ratelimit",
            "\"global-app-quota\";r=0;t=30",
        ),
        (Fault::RateLimitReset, "ratelimit-reset", "30"),
    ];
    for (fault, header, value) in cases {
        site.simulator
            .script(Trouble::new(fault).wait(Duration::from_secs(30)));
        let got = site.get("/api/v2/spaces").await;
        assert_eq!((got.status, got.header(header)), (429, value), "{fault}");
        let hinted = got.headers.contains_key("retry-after");
        assert_eq!(hinted, header == "retry-after", "{fault}");
    }
}

#[tokio::test]
async fn requests_are_logged_and_counted() {
    let site = Site::cloud(Seed::Demo).await;
    site.get("/api/v2/spaces?keys=ENG").await;
    rename(&site, "New").await.unwrap();
    let log = site.simulator.requests();
    assert_eq!(
        (
            log[0].method.as_str(),
            log[0].path.as_str(),
            log[0].query.as_str()
        ),
        ("GET", "/wiki/api/v2/spaces", "keys=ENG")
    );
    assert_eq!(
        (log[0].status, log[0].user.as_deref()),
        (Some(200), Some("agent"))
    );
    assert!(log[1].body_length > 0 && log[1].at >= log[0].at);
    assert_eq!(site.simulator.counters().requests, 2);
    site.simulator.reset_log();
    assert!(site.simulator.requests().is_empty());
}

#[tokio::test]
async fn requests_in_flight_are_counted_while_answers_take_their_time() {
    let site = Site::cloud(Seed::Empty).await;
    site.simulator.script(
        Trouble::new(Fault::SlowFirstByte)
            .times(3)
            .wait(Duration::from_millis(400)),
    );
    let three = [
        site.get("/api/v2/spaces"),
        site.get("/api/v2/spaces"),
        site.get("/api/v2/spaces"),
    ];
    futures_util::future::join_all(three).await;
    assert_eq!(site.simulator.counters().max_in_flight, 3);
}

#[tokio::test]
async fn a_stopped_simulator_is_gone() {
    let site = Site::cloud(Seed::Empty).await;
    let url = format!("{}/api/v2/spaces", site.simulator.base_url());
    site.send(Method::GET, &url, None, None).await;
    let Site { simulator, .. } = site;
    simulator.stop().await;
    let again = Site::cloud(Seed::Empty).await;
    assert!(again.try_send(Method::GET, &url, None, None).await.is_err());
}

#[tokio::test]
async fn a_limited_data_center_tells_how_its_bucket_stands() {
    let site = Site::with(Deployment::DataCenter, Seed::Empty, |knobs| {
        knobs.rate_limit = 1.0;
        knobs.rate_burst = 2;
    })
    .await;
    let first = site.get("/rest/api/space").await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        ("2", "1")
    );
    assert_eq!(first.header("retry-after"), "0", "while tokens remain");
    site.get("/rest/api/space").await.ok();
    assert_eq!(site.get("/rest/api/space").await.status, 429);
}

#[tokio::test]
async fn latency_delays_answers_and_not_what_they_do() {
    let site = Site::cloud(Seed::Demo).await;
    site.simulator.script(
        Trouble::new(Fault::SlowFirstByte)
            .method("PUT")
            .wait(Duration::from_secs(60)),
    );
    let path = format!("/api/v2/pages/{}/title", site.simulator.root_page_id());
    let request = site
        .request(Method::PUT, &path)
        .json(&json!({ "status": "current", "title": "New" }));
    assert!(site.run(request.timeout(Duration::from_secs(1))).await.is_err());
    assert_eq!(title(&site), "New", "the caller hung up, the page is saved");
}
