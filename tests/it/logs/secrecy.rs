//! What no log says: everything is exercised on both products, at every level of ours and at debug of all others.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use conflagent::simulator::{Fault, Simulator, Trouble};
use serde_json::json;
use tokio::time::Instant;

use super::stage;
use crate::process::{SECRET, Serving, properties, until};
use crate::support::{Product, encoded};

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
            "--request-timeout",
            "1s",
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
        let reads = || serving.process.log().matches("configuration read").count();
        until("the second endpoint", || reads() == 2).await;
        let path = "/endpoint/rejected/pages";
        let deadline = Instant::now() + Duration::from_secs(20);
        // The account may still be held back by the refusals of before, and the machine be busy.
        while serving.send("GET", path, Some(SECRET), None).await.status != 502 {
            assert!(Instant::now() < deadline, "the credentials are not rejected");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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
