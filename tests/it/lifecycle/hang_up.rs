//! Callers who hang up: reads end with them, writes do not.

use conflagent::simulator::{Fault, Simulator, Trouble};
use serde_json::json;

use super::{PRODUCTS, Stage, slow_to_list};
use crate::process::until;
use crate::support::Product;

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
        let stage = Stage::set(product, slow_to_list, &[]).await;
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
