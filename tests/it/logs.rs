//! What the log says.

mod audit;
mod secrecy;

use std::process::Stdio;

use conflagent::simulator::{self, Fault, Simulator, Trouble};
use serde_json::{Value, json};

use crate::process::{Folder, Process, Serving, properties};
use crate::support::{Answer, Product};

const FILE: &str = "conflagent.wiki.properties";

async fn stage(product: Product, flags: &[&str]) -> (Simulator, Folder, Serving) {
    let options = simulator::Options::new(product.simulated());
    let simulator = simulator::start(options).await.expect("a free port");
    let folder = Folder::new();
    folder.write(FILE, &properties(product, &simulator));
    let serving = Serving::start(&folder, flags).await;
    (simulator, folder, serving)
}

fn id(answer: &Answer) -> String {
    answer
        .header("x-request-id")
        .expect("every answer has one")
        .to_owned()
}

/// The lines of a JSON log.
fn objects(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// The one line of a request.
#[track_caller]
fn line_of<'a>(lines: &'a [Value], id: &str) -> &'a Value {
    let own: Vec<&Value> = lines
        .iter()
        .filter(|line| line["spans"][0]["request_id"] == id)
        .collect();
    assert_eq!(own.len(), 1, "lines of {id}: {own:?}");
    own[0]
}

#[tokio::test]
async fn every_request_has_one_line_that_machines_read() {
    for product in [Product::Cloud, Product::DataCenter] {
        let (simulator, _folder, serving) = stage(product, &["--log-format", "json"]).await;
        let good = serving.get("/pages/Event%20Bus").await;
        let calls = simulator.requests().len();
        let absent = serving.get("/pages/Nowhere").await;
        let stranger = serving
            .send("GET", "/endpoint/wiki/pages", Some("wrong"), None)
            .await;
        let unknown = serving.send("GET", "/endpoint/nobody/pages", None, None).await;
        let health = serving.send("GET", "/health", None, None).await;
        simulator.script(Trouble::new(Fault::BadGateway).method("PUT").forever());
        let body = Some(json!({"body": "x"}));
        let failed = serving.call("PUT", "/pages/Event%20Bus", body).await;
        assert_eq!(failed.status, 504, "{}", failed.text);
        let lines = objects(&serving.stopped().await.log);

        let line = line_of(&lines, &id(&good));
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "request");
        assert_eq!(line["method"], "GET");
        assert_eq!(
            (&line["endpoint"], &line["operation"]),
            (&json!("wiki"), &json!("read_page"))
        );
        assert_eq!((&line["status"], &line["code"]), (&json!(200), &json!("OK")));
        assert_eq!(line["upstream_calls"], calls);
        assert!(
            line["duration_ms"].as_f64().is_some_and(|time| time > 0.0),
            "{line}"
        );
        assert!(
            line["upstream_ms"].as_f64().is_some_and(|time| time > 0.0),
            "{line}"
        );
        assert!(
            line["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')),
            "{line}"
        );

        for (answer, operation, code) in [
            (&absent, json!("read_page"), "NOT_FOUND"),
            (&stranger, json!("list_pages"), "UNAUTHORIZED"),
            (&unknown, Value::Null, "NOT_FOUND"),
            (&health, json!("health"), "OK"),
        ] {
            let line = line_of(&lines, &id(answer));
            assert_eq!(
                (&line["operation"], &line["code"]),
                (&operation, &json!(code)),
                "{line}"
            );
            assert_eq!(line["status"], answer.status);
            assert_eq!(
                line["level"], "INFO",
                "a caller's mistake is none of ours: {line}"
            );
        }
        let line = line_of(&lines, &id(&failed));
        assert_eq!(
            (&line["level"], &line["message"]),
            (&json!("ERROR"), &json!("request failed"))
        );
        assert_eq!(
            (&line["status"], &line["code"]),
            (&json!(504), &json!("UPSTREAM_ERROR"))
        );
        let cause = line["cause"].as_str().expect("a cause");
        assert!(cause.contains("page.update") && cause.contains("502"), "{cause}");
        assert_eq!(failed.json()["requestId"], id(&failed).as_str());

        let of_requests = lines.iter().filter(|line| line.get("status").is_some()).count();
        assert_eq!(of_requests, 6);
        for line in &lines {
            let target = line["target"].as_str().expect("a target");
            assert!(
                target.starts_with("conflagent"),
                "other people's words at info: {line}"
            );
        }
    }
}

#[tokio::test]
async fn every_request_has_one_line_that_people_read() {
    let (_simulator, _folder, serving) = stage(Product::Cloud, &[]).await;
    let good = serving.get("/pages/Event%20Bus").await;
    let absent = serving.get("/pages/Nowhere").await;
    let log = serving.stopped().await.log;
    assert!(!log.contains('\u{1b}'), "colours are for terminals:\n{log}");
    for (answer, parts) in [
        (&good, ["status=200", "code=\"OK\""]),
        (&absent, ["status=404", "code=\"NOT_FOUND\""]),
    ] {
        let id = id(answer);
        let own: Vec<&str> = log.lines().filter(|line| line.contains(&id)).collect();
        assert_eq!(own.len(), 1, "{log}");
        let fields = [
            "INFO",
            "method=GET",
            "endpoint=\"wiki\"",
            "operation=\"read_page\"",
            "duration_ms=",
            "upstream_calls=",
            "upstream_ms=",
        ];
        for part in fields.iter().chain(&parts) {
            assert!(own[0].contains(part), "{part}: {}", own[0]);
        }
    }
    for message in ["configuration read", "listening", "stopping", "draining"] {
        assert_eq!(log.matches(message).count(), 1, "{message}\n{log}");
    }
}

#[tokio::test]
async fn the_id_of_a_caller_is_taken_over_unless_it_could_do_harm() {
    let (_simulator, _folder, serving) = stage(Product::Cloud, &[]).await;
    let long = "x".repeat(129);
    for (given, kept) in [
        ("trace-1:a/b", true),
        ("a b", false),
        ("a\"} evil=\"1", false),
        ("übel", false),
        (long.as_str(), false),
        ("", false),
    ] {
        let answer = serving.send_headers("/health", &[("x-request-id", given)]).await;
        assert_eq!(id(&answer) == given, kept, "{given}");
        assert!(serving.process.logged(&id(&answer)).await.contains("status=200"));
    }
    let log = serving.stopped().await.log;
    assert!(log.contains("request_id=\"trace-1:a/b\""), "{log}");
    assert!(
        !log.contains("evil") && !log.contains('\u{1b}') && !log.contains(&long),
        "{log}"
    );
}

#[tokio::test]
async fn a_log_that_nobody_reads_any_more_stops_nothing() {
    let options = simulator::Options::new(Product::Cloud.simulated());
    let simulator = simulator::start(options).await.expect("a free port");
    let folder = Folder::new();
    folder.write(FILE, &properties(Product::Cloud, &simulator));
    for format in ["text", "json"] {
        let arguments = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--config-dir",
            folder.text(),
            "--log-format",
            format,
            "--request-timeout",
            "1s",
        ];
        let deaf = Process::heard_to(Some("listening"), &arguments, &[], Stdio::null());
        let serving = Serving::of(deaf).await;
        for _ in 0..3 {
            serving.get("/pages/Event%20Bus").await.data();
        }
        simulator.script(Trouble::new(Fault::BadGateway).forever());
        assert!(serving.get("/pages/Event%20Bus").await.status >= 500);
        simulator.clear_script();
        assert_eq!(serving.stopped().await.code, Some(0));
    }
}
