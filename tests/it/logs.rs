//! What the log says, and what it never says.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use conflagent::simulator::{self, Fault, Simulator, Trouble};
use serde_json::{Value, json};

use crate::process::{Folder, Process, SECRET, Serving, properties};
use crate::support::{Answer, Product, encoded};

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
        assert_eq!(failed.status, 503, "{}", failed.text);
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
            (&json!(503), &json!("UPSTREAM_ERROR"))
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
        ];
        let deaf = Process::heard_to(Some("listening"), &arguments, &[], Stdio::null());
        let serving = Serving::of(deaf).await;
        for _ in 0..3 {
            serving.get("/pages/Event%20Bus").await.data();
        }
        simulator.script(Trouble::new(Fault::BadGateway));
        assert!(serving.get("/pages/Event%20Bus").await.status >= 500);
        assert_eq!(serving.stopped().await.code, Some(0));
    }
}

/// Words that occur in one place each, and must not get from there into a log.
const MARKED: [(&str, &str); 9] = [
    ("the body of a page", "Zanzibar"),
    ("Markdown that was sent", "Quokka"),
    ("storage that was sent", "Potoroo"),
    ("JSON that could not be read", "Numbat"),
    ("a title", "Wombat"),
    ("a query string", "Echidna"),
    ("a secret that was tried", "Bandicoot"),
    ("a secret in the old header", "Dunnart"),
    ("a secret at the wrong place of a file", "Kowari"),
];

/// Every operation with everything marked, as it is and with every trouble Confluence can have.
async fn everything(simulator: &Simulator, serving: &Serving) {
    let root = simulator.root_page_id();
    let page = simulator.add_page(&root, "Wombat", "<p>Zanzibar</p>");
    let long = format!("<p>{}</p>", "Zanzibar ".repeat(500));
    simulator.add_page(&page, "Wombat below", &long);
    let requests = [
        ("GET", "/pages?Echidna=Echidna", None),
        ("GET", "/pages/tree?startTitle=Wombat&depth=3&token=Echidna", None),
        ("GET", "/pages/tree?depth=Echidna", None),
        ("GET", "/pages/Wombat", None),
        ("GET", "/pages/Wombat%20that%20is%20absent", None),
        ("GET", "/pages/Wombat/children", None),
        ("GET", "/pages/Wombat%20below/parent", None),
        (
            "PUT",
            "/pages/Wombat",
            Some(json!({"body": "# Quokka\n\nQuokka"})),
        ),
        (
            "PUT",
            "/pages/Wombat",
            Some(json!({"body": "<p>Potoroo &amp; Zanzibar</p>"})),
        ),
        (
            "PUT",
            "/pages/Wombat",
            Some(json!({"body": "<p>Potoroo", "format": "storage"})),
        ),
        (
            "PUT",
            "/pages/Wombat",
            Some(json!({"body": ["Quokka"], "Numbat": "Numbat"})),
        ),
        (
            "POST",
            "/pages",
            Some(json!({"title": "Wombat", "body": "Quokka"})),
        ),
        (
            "POST",
            "/pages",
            Some(json!({"title": "Wombat\n2", "body": "Quokka"})),
        ),
        (
            "POST",
            "/pages",
            Some(json!({"title": "Wombat 2", "body": "[Quokka](javascript:Quokka)"})),
        ),
        ("POST", "/pages", Some(json!("Numbat"))),
        (
            "POST",
            "/pages/Wombat/move",
            Some(json!({"newParentTitle": "Wombat below"})),
        ),
        (
            "POST",
            "/pages/Wombat%202/move",
            Some(json!({"newParentTitle": "Wombat"})),
        ),
        (
            "POST",
            "/pages/rename",
            Some(json!({"old_title": "Wombat 2", "new_title": "Wombat 3"})),
        ),
        ("DELETE", "/pages/Wombat%203", None),
    ];
    for (method, path, body) in &requests {
        serving.call(method, path, body.clone()).await;
    }
    for fault in Fault::ALL {
        // Tens of megabytes more or less make no difference here, but for the time they take.
        if *fault == Fault::Oversized {
            continue;
        }
        let wait = Duration::from_millis(400);
        for (method, path, body) in [&requests[3], &requests[8]] {
            simulator.clear_script();
            simulator.script(Trouble::new(*fault).method(method).wait(wait));
            serving.call(method, path, body.clone()).await;
        }
    }
    simulator.clear_script();
    let path = "/endpoint/wiki/pages?key=Echidna";
    serving.send("GET", path, Some("Bandicoot"), None).await;
    serving
        .send_headers(path, &[("authorization", "Basic Bandicoot")])
        .await;
    serving.send_headers(path, &[("x-gpt-secret", "Dunnart")]).await;
    serving
        .send_headers(path, &[("x-gpt-secret", SECRET)])
        .await
        .data();
    serving.send_headers(path, &[("cookie", "Bandicoot")]).await;
    serving.send("GET", "/Echidna?Echidna", None, None).await;
}

#[tokio::test]
async fn no_log_ever_tells_a_secret_or_the_content_of_a_page() {
    let cases = [
        (Product::Cloud, "text"),
        (Product::Cloud, "json"),
        (Product::DataCenter, "text"),
        (Product::DataCenter, "json"),
    ];
    let logs = cases.map(|(product, format)| async move {
        let flags = [
            "--log-filter",
            "debug,conflagent=trace",
            "--log-format",
            format,
            "--upstream-timeout",
            "200ms",
            "--reload-interval",
            "20ms",
        ];
        let (simulator, folder, serving) = stage(product, &flags).await;
        everything(&simulator, &serving).await;
        let bad = properties(product, &simulator)
            .replace("email=", "Kowari=")
            .replace("base_url=", "base_url=Kowari")
            .replace("root_page_id=", "root_page_id=Kowari");
        folder.write(
            "conflagent.bad.properties",
            &format!("{bad}Kowari\nKowari = x\napi_token_file=Kowari\n"),
        );
        serving.process.logged("bad.properties").await;
        let rejected = properties(product, &simulator).replace("api_token=", "api_token=Kowari");
        folder.write("conflagent.rejected.properties", &rejected);
        // Until its file is read, an endpoint is an unknown one.
        let answer = loop {
            let answer = serving
                .send("GET", "/endpoint/rejected/pages", Some(SECRET), None)
                .await;
            if answer.status != 404 {
                break answer;
            }
        };
        assert_eq!(answer.status, 502, "{}", answer.text);
        let credentials = simulator.credentials();
        let pair = format!("{}:{}", credentials.user, credentials.secret);
        let basic = base64::engine::general_purpose::STANDARD.encode(pair);
        let log = serving.stopped().await.log;
        // It did say something: of all operations, on every level.
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
        for operation in ["delete_page", "move_page", "get_page_tree", "called Confluence"] {
            assert!(log.contains(operation), "{operation}");
        }
        for call in log.lines().filter(|line| line.contains("called Confluence")) {
            assert!(call.contains("request_id"), "whose call is it: {call}");
        }
        let mut never: HashMap<&str, &str> = MARKED.into_iter().collect();
        never.extend([
            ("the shared secret", SECRET),
            ("the token", credentials.secret.as_str()),
            ("the credentials on the wire", basic.trim_end_matches('=')),
        ]);
        for (what, word) in never {
            for word in [word, &encoded(word)] {
                let line = log.lines().find(|line| line.contains(word));
                assert_eq!(line, None, "{what}, {product:?}, {format}");
            }
        }
        let headers = ["authorization:", "authorization\"", "Basic ", "Bearer "];
        let lower = log.to_lowercase();
        for header in headers {
            let header = header.to_lowercase();
            let line = lower.lines().find(|line| line.contains(&header));
            assert_eq!(line, None, "{product:?}, {format}");
        }
    });
    futures_util::future::join_all(logs).await;
}
