//! Writes under an id of their caller: done once, however often they are sent.

use std::sync::Arc;
use std::time::Duration;

use conflagent::confluence::{Call, Limits};
use conflagent::dispatch::{Authorized, Dispatch, KEPT_FOR};
use conflagent::endpoint::Endpoint;
use conflagent::operations::{CATALOG, Fault as Failed, Operation};
use conflagent::simulator::{Fault, Trouble};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::process::{Folder, Serving, properties, until};
use crate::support::{Answer, Bridge, Product, SECRET, clock, endpoint_config, on_both, pass, simulated};

const REUSED: &str = "This clientRequestId was used for another call.";

/// A page to create under an id.
fn draft(id: &str) -> Value {
    json!({"title": "Runbook", "body": "# Steps", "parentTitle": "Operations", "clientRequestId": id})
}

/// Holds an answer against another one: the same data, and said to be a repeat.
#[track_caller]
fn repeats(answer: &Answer, first: &Answer) {
    assert_eq!(answer.data(), first.data());
    assert_eq!(answer.json()["replayed"], true, "{}", answer.text);
    assert!(first.json().get("replayed").is_none(), "{}", first.text);
}

/// Holds an answer against being that the page was there already, found and not made.
#[track_caller]
fn found(answer: &Answer) {
    assert_eq!(answer.data()["changed"], false, "{}", answer.text);
    assert!(answer.json().get("replayed").is_none(), "{}", answer.text);
}

fn pages(bridge: &Bridge) -> usize {
    bridge.simulator.subtree(&bridge.simulator.root_page_id()).len()
}

on_both! {
    async fn many_creates_at_once_under_one_id_make_one_page(bridge) {
        let before = pages(&bridge);
        let answers = join_all((0..8).map(|_| bridge.post("/pages", draft("a")))).await;
        let data = answers[0].data();
        assert_eq!(data["changed"], true);
        assert!(answers.iter().all(|answer| answer.data() == data));
        let own = answers.iter().filter(|answer| answer.json().get("replayed").is_none()).count();
        assert_eq!((own, bridge.upstream_writes(), pages(&bridge)), (1, 1, before + 1));
    }

    async fn a_repeat_is_answered_like_the_first_without_asking_confluence(bridge) {
        let first = bridge.post("/pages", draft(" a ")).await;
        bridge.simulator.reset_log();
        let second = bridge.post("/pages", draft("a")).await;
        repeats(&second, &first);
        assert_eq!(bridge.upstream_calls(), 0);
        let update = json!({"body": "# New steps", "clientRequestId": "b", "expectedVersion": 1});
        let first = bridge.put("/pages/Runbook", update.clone()).await;
        bridge.simulator.reset_log();
        let null = json!({"body": "# New steps", "clientRequestId": "b", "expectedVersion": "1", "dryRun": null, "tpyo": 1});
        let second = bridge.put("/pages/Runbook", null).await;
        repeats(&second, &first);
        assert_eq!(second.json()["warnings"][0], "Unknown field 'tpyo' was ignored.");
        assert_eq!(bridge.upstream_calls(), 0);
        repeats(&bridge.put("/pages/Runbook", update).await, &first);
    }

    async fn the_same_call_through_another_door_is_a_repeat(bridge) {
        let first = bridge.post("/pages", draft("a")).await;
        bridge.simulator.reset_log();
        repeats(&bridge.post("/tools/create_page", draft("a")).await, &first);
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_page_that_was_changed_since_is_not_changed_back_by_a_repeat(bridge) {
        let update = json!({"body": "mine", "clientRequestId": "a"});
        bridge.put("/pages/Event%20Bus", update.clone()).await.data();
        bridge.put("/pages/Event%20Bus", json!({"body": "theirs", "allowRemovals": true})).await.data();
        assert_eq!(bridge.put("/pages/Event%20Bus", update).await.json()["replayed"], true);
        let page = bridge.simulator.page_titled("Event Bus").expect("seeded");
        assert_eq!(page.body, "<p>theirs</p>");
    }

    async fn an_id_is_for_one_call_alone(bridge) {
        let first = bridge.post("/pages", draft("a")).await;
        bridge.simulator.reset_log();
        let mut other = draft("a");
        other["body"] = json!("# Other steps");
        bridge.post("/pages", other).await.fails(409, "REQUEST_ID_REUSED", REUSED);
        let update = json!({"body": "# Steps", "clientRequestId": "a"});
        bridge.put("/pages/Runbook", update).await.fails(409, "REQUEST_ID_REUSED", REUSED);
        assert_eq!(bridge.upstream_calls(), 0);
        repeats(&bridge.post("/pages", draft("a")).await, &first);
    }

    async fn the_header_and_the_field_are_the_same_id(bridge) {
        let mut plain = draft("");
        let first = bridge.post_with("/pages", &[("Idempotency-Key", "\"8e03978e\"")], plain.clone()).await;
        repeats(&bridge.post_with("/pages", &[("idempotency-key", "8e03978e")], plain.clone()).await, &first);
        repeats(&bridge.post("/pages", draft("8e03978e")).await, &first);
        repeats(&bridge.post_with("/pages", &[("Idempotency-Key", "8e03978e")], draft("8e03978e")).await, &first);
        plain["clientRequestId"] = json!(null);
        repeats(&bridge.post_with("/pages", &[("Idempotency-Key", "8e03978e")], plain.clone()).await, &first);
        bridge.simulator.reset_log();
        bridge.post_with("/pages", &[("Idempotency-Key", "8e03978e")], draft("other")).await.fails(
            400,
            "INVALID_INPUT",
            "Idempotency-Key and clientRequestId are not the same.",
        );
        let long = "x".repeat(65);
        for key in [long.as_str(), "\"8e03978e", "", "\"\""] {
            bridge.post_with("/pages", &[("Idempotency-Key", key)], plain.clone()).await.fails(
                400,
                "INVALID_INPUT",
                "Idempotency-Key must be 1 to 64 characters of ASCII.",
            );
        }
        bridge.post("/pages", draft(&long)).await.fails(
            400,
            "INVALID_INPUT",
            "clientRequestId may have 64 characters at most",
        );
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn a_dry_run_does_not_use_an_id_up(bridge) {
        let mut dry = draft("a");
        dry["dryRun"] = json!(true);
        assert_eq!(bridge.post("/pages", dry.clone()).await.data()["changed"], true);
        assert_eq!(bridge.upstream_writes(), 0);
        let first = bridge.post("/pages", draft("a")).await;
        assert_eq!(first.data()["changed"], true);
        found(&bridge.post("/pages", dry).await);
        repeats(&bridge.post("/pages", draft("a")).await, &first);
    }

    async fn a_definite_failure_is_repeated_with_what_to_do(bridge) {
        let taken = json!({"title": "Event Bus", "body": "x", "clientRequestId": "a"});
        let first = bridge.post("/pages", taken.clone()).await;
        assert_eq!((first.status, &first.json()["code"]), (409, &json!("ALREADY_EXISTS")));
        bridge.delete("/pages/Event%20Bus").await.data();
        bridge.simulator.reset_log();
        let second = bridge.post("/pages", taken).await;
        let message = first.json()["message"].as_str().expect("a text").to_owned();
        second.fails(409, "ALREADY_EXISTS", &message);
        assert!(second.text.contains("use a new clientRequestId"), "{}", second.text);
        assert_eq!(bridge.upstream_calls(), 0);
        let anew = json!({"title": "Event Bus", "body": "x", "clientRequestId": "b"});
        assert_eq!(bridge.post("/pages", anew).await.data()["changed"], true);
    }

    async fn after_a_transient_failure_a_repeat_is_carried_out(bridge) {
        bridge.simulator.script(Trouble::new(Fault::Unavailable).method("POST").forever());
        let first = bridge.post("/pages", draft("a")).await;
        assert_eq!((first.status, &first.json()["code"]), (503, &json!("UPSTREAM_ERROR")));
        bridge.simulator.clear_script();
        let second = bridge.post("/pages", draft("a")).await;
        assert_eq!(second.data()["changed"], true, "{}", second.text);
        assert!(second.json().get("replayed").is_none(), "{}", second.text);
        repeats(&bridge.post("/pages", draft("a")).await, &second);
    }

    async fn after_an_unknown_outcome_a_repeat_looks_first(bridge) {
        lost(&bridge, "POST", "/pages", draft("a")).await;
        let page = bridge.simulator.page_titled("Runbook").expect("it was created all the same");
        let second = bridge.post("/pages", draft("a")).await;
        assert_eq!((&second.data()["id"], bridge.upstream_writes()), (&json!(page.id), 0));
        found(&second);
    }

    async fn an_update_that_was_carried_out_unseen_is_not_carried_out_again(bridge) {
        for (format, body) in [("markdown", "# Mine"), ("storage", "<h1>Mine indeed</h1>")] {
            let version = bridge.simulator.page_titled("Event Bus").expect("seeded").version;
            let update = json!({
                "body": body, "format": format, "clientRequestId": format, "expectedVersion": version, "allowRemovals": true
            });
            lost(&bridge, "PUT", "/pages/Event%20Bus", update.clone()).await;
            let now = bridge.simulator.page_titled("Event Bus").expect("seeded").version;
            assert_eq!(now, version + 1, "it was carried out all the same");
            let second = bridge.put("/pages/Event%20Bus", update).await;
            assert_eq!((&second.data()["version"], bridge.upstream_writes()), (&json!(now), 0), "{}", second.text);
            found(&second);
        }
    }

    async fn without_memory_the_page_that_is_there_is_the_answer(bridge) {
        let operations = bridge.simulator.page_titled("Operations").expect("seeded");
        let id = bridge.simulator.add_page(&operations.id, "Runbook", "<h1>Steps</h1>");
        let answer = bridge.post("/pages", draft("a")).await;
        found(&answer);
        let data = answer.data();
        assert_eq!(
            (&data["id"], &data["version"], &data["path"]),
            (&json!(id), &json!(1), &json!("Operations/Runbook"))
        );
        let (mut without, mut other, mut elsewhere) = (draft(""), draft("b"), draft("c"));
        without["clientRequestId"] = json!(null);
        other["body"] = json!("# Other steps");
        elsewhere["parentTitle"] = json!("Architecture");
        for refused in [without, other, elsewhere] {
            bridge.post("/pages", refused).await.fails(
                409,
                "ALREADY_EXISTS",
                "A page with the title 'Runbook' already exists at 'Operations/Runbook'.",
            );
        }
    }

    async fn what_the_caller_who_hung_up_began_is_what_the_repeat_gets(bridge) {
        let latency = Trouble::new(Fault::SlowFirstByte).method("POST").wait(Duration::from_millis(200));
        bridge.simulator.script(latency);
        tokio::select! {
            _ = bridge.post("/pages", draft("a")) => panic!("the answer came too early"),
            () = until("the create", || bridge.upstream_writes() == 1) => {}
        }
        let second = bridge.post("/pages", draft("a")).await;
        assert_eq!(second.data()["changed"], true);
        assert_eq!(second.json()["replayed"], true);
        assert_eq!(bridge.upstream_writes(), 1);
    }
}

/// Sends a write that Confluence carries out, but whose outcome nobody can find out in time.
async fn lost(bridge: &Bridge, method: &str, path: &str, body: Value) {
    let simulator = &bridge.simulator;
    simulator.reset_log();
    simulator.script(Trouble::new(Fault::CutAfter).method(method));
    let sent = bridge.call(method, path, Some(body));
    let silence = async {
        until("the write", || bridge.upstream_writes() == 1).await;
        simulator.script(Trouble::new(Fault::InternalError).method("GET").forever());
    };
    let (answer, ()) = futures_util::join!(sent, silence);
    assert!(answer.status >= 502, "{}", answer.text);
    simulator.clear_script();
    simulator.reset_log();
}

#[tokio::test]
async fn an_answer_is_forgotten_after_its_time() {
    // One after the other: time passes for both.
    for product in [Product::Cloud, Product::DataCenter] {
        let bridge = Bridge::start(product).await;
        let first = bridge.post("/pages", draft("a")).await;
        pass(KEPT_FOR / 2).await;
        repeats(&bridge.post("/pages", draft("a")).await, &first);
        pass(KEPT_FOR / 2).await;
        found(&bridge.post("/pages", draft("a")).await);
        pass(KEPT_FOR).await;
        let other = json!({"title": "Another", "clientRequestId": "a"});
        assert_eq!(bridge.post("/pages", other).await.data()["changed"], true);
    }
}

#[tokio::test]
async fn who_repeats_while_the_first_is_running_waits_until_the_own_deadline() {
    let product = Product::Cloud;
    let simulator = simulated(product, |_| {}).await;
    let config = endpoint_config(product, &simulator);
    let endpoint = Endpoint::new(config, &Limits::default(), clock()).expect("a valid endpoint");
    let authorized = Authorized::by_secret(&Arc::new(endpoint), &[SECRET.as_bytes()]).expect("the secret");
    let create: &'static Operation = CATALOG
        .iter()
        .find(|operation| operation.name == "create_page")
        .expect("in the catalog");
    let permit = authorized.permit(create).expect("offered");
    let dispatch = Dispatch::default();
    simulator.script(
        Trouble::new(Fault::SlowFirstByte)
            .method("POST")
            .wait(Duration::from_millis(400)),
    );
    let run = |time: Duration| {
        let given = draft("a").as_object().cloned().expect("an object");
        let (dispatch, permit) = (dispatch.clone(), permit.clone());
        async move {
            dispatch
                .run(&permit, given, &Call::new(time), |write| write)
                .await
        }
    };
    let (first, impatient, patient) = futures_util::join!(
        run(Duration::from_secs(20)),
        run(Duration::from_millis(50)),
        run(Duration::from_secs(20))
    );
    let impatient = impatient.expect_err("the first is running");
    assert_eq!(impatient.fault, Failed::UpstreamTimeout);
    assert!(impatient.fault.retryable() && impatient.hint.expect("a hint").contains("same clientRequestId"));
    let (first, patient) = (first.expect("created"), patient.expect("the same"));
    assert_eq!((first.replayed, patient.replayed), (false, true));
    assert_eq!(first.data, patient.data);
}

#[tokio::test]
async fn answers_survive_a_file_that_is_read_again_but_not_another_secret() {
    let product = Product::Cloud;
    let simulator = simulated(product, |_| {}).await;
    let folder = Folder::new();
    let file = properties(product, &simulator);
    let name = "conflagent.wiki.properties";
    folder.write(name, &file);
    let serving = Serving::start(&folder, &["--reload-interval", "20ms"]).await;
    let create = async |secret: &str| {
        serving
            .send("POST", "/endpoint/wiki/pages", Some(secret), Some(draft("a")))
            .await
    };
    let first = create(crate::process::SECRET).await;
    assert_eq!(first.data()["changed"], true);

    folder.write(name, &format!("{file}read_format=markdown\n"));
    let read = async || serving.get("/pages/Runbook").await.data()["format"].take();
    while read().await != "markdown" {}
    repeats(&create(crate::process::SECRET).await, &first);

    let secret = "another-secret-of-it==";
    folder.write(name, &file.replace(crate::process::SECRET, secret));
    let answer = loop {
        let answer = create(secret).await;
        if answer.status != 401 {
            break answer;
        }
    };
    found(&answer);
}
