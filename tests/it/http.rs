//! The envelope on every answer, whatever is asked; secrets, flavors, request ids, limits.

use std::time::Duration;

use conflagent::config::{EndpointName, Flavor};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Bridge, NOW, Product, SECRET, on_both};

/// Sends a GET with a target that goes on the wire byte for byte, and answers everything that comes back.
pub(crate) async fn raw_get(bridge: &Bridge, target: &str) -> String {
    raw(
        bridge,
        &format!(
            "GET {target} HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {SECRET}\r\nConnection: close\r\n\r\n"
        ),
    )
    .await
}

/// Sends these bytes on a connection of their own.
pub(crate) async fn raw(bridge: &Bridge, request: &str) -> String {
    let mut stream = TcpStream::connect(bridge.base().trim_start_matches("http://"))
        .await
        .expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

on_both! {
    async fn a_missing_or_wrong_secret_is_unauthorized_and_costs_nothing(bridge) {
        for secret in [None, Some(""), Some("wrong"), Some("a-secret-of-the-tests="), Some("a-secret-of-the-tests===")] {
            let answer = bridge.send("GET", "/endpoint/wiki/pages", secret, None).await;
            answer.fails(401, "UNAUTHORIZED", "Unauthorized");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"conflagent\""));
        }
        for authorization in ["Basic YTpi", "Bearer", "bearer-wrong", "Token x"] {
            let answer = bridge.send_with("/endpoint/wiki/pages", &[("authorization", authorization)]).await;
            assert_eq!(answer.status, 401, "{authorization}");
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn the_secret_is_taken_from_either_header(bridge) {
        for (name, value) in [
            ("authorization", format!("Bearer {SECRET}")),
            ("authorization", format!("bearer {SECRET}")),
            ("x-gpt-secret", SECRET.to_owned()),
        ] {
            let answer = bridge.send_with("/endpoint/wiki/pages/Event%20Bus", &[(name, &value)]).await;
            assert_eq!(answer.status, 200, "{name}: {value}");
        }
    }

    async fn unknown_endpoints_and_routes_are_not_found(bridge) {
        for path in [
            "/endpoint/other/pages",
            "/endpoint/other/health",
            "/endpoint/other/openapi.json",
            "/endpoint//pages",
            "/endpoint/..%2fwiki/pages",
            "/endpoint/WIKI/pages",
        ] {
            bridge.send("GET", path, Some(SECRET), None).await.fails(404, "NOT_FOUND", "Unknown endpoint.");
        }
        for path in ["/nothing", "/endpoint", "/endpoint/wiki", "/endpoint/wiki/", "/endpoint/wiki/page", "/pages", "/pages/x", "/.well-known/x"] {
            bridge.send("GET", path, Some(SECRET), None).await.fails(404, "NOT_FOUND", "Unknown route.");
        }
    }

    async fn a_wrong_method_says_which_are_right(bridge) {
        for (method, path, allowed) in [
            ("PATCH", "/endpoint/wiki/pages", "GET, POST"),
            ("POST", "/endpoint/wiki/pages/Event%20Bus", "GET, PUT, DELETE"),
            ("DELETE", "/endpoint/wiki/health", "GET"),
            ("POST", "/", "GET"),
            ("PUT", "/health", "GET"),
        ] {
            let answer = bridge.send(method, path, Some(SECRET), None).await;
            answer.fails(405, "INVALID_OPERATION", "This method is not allowed here.");
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        }
    }

    async fn bad_bodies_are_refused_with_what_to_do(bridge) {
        for (body, message) in [
            ("{", "The request body is not valid JSON (line 1, column 1)."),
            ("not json", "The request body is not valid JSON (line 1, column 2)."),
            ("[]", "The request body must be a JSON object."),
            ("\"title\"", "The request body must be a JSON object."),
            ("null", "The request body must be a JSON object."),
            ("{\"title\": 5}", "title must be a string"),
            ("{\"title\": \"x\", \"body\": {}}", "body must be a string"),
            ("{\"title\": \"x\", \"format\": \"html\"}", "format must be one of: markdown, storage"),
            ("", "Title is required"),
        ] {
            bridge.send("POST", "/endpoint/wiki/pages", Some(SECRET), Some(body)).await.fails(400, "INVALID_INPUT", message);
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn unknown_fields_are_tolerated_and_warned_about(bridge) {
        let answer = bridge.post("/pages", json!({"title": "Typo", "Body": "x", "colour": 1})).await;
        answer.data();
        assert_eq!(
            answer.json()["warnings"],
            json!(["Unknown field 'Body' was ignored; did you mean 'body'?", "Unknown field 'colour' was ignored."])
        );
    }

    async fn explicit_nulls_mean_absent(bridge) {
        bridge.post("/pages", json!({"title": "Nulls", "body": null, "parentTitle": null, "format": null})).await.data();
        assert_eq!(bridge.simulator.page_titled("Nulls").expect("created").body, "");
    }

    async fn the_request_id_goes_in_and_out(bridge) {
        let answer = bridge.send_with("/endpoint/wiki/pages/Nowhere", &[("x-gpt-secret", SECRET), ("x-request-id", "abc-123")]).await;
        assert_eq!(answer.header("x-request-id"), Some("abc-123"));
        assert_eq!(answer.json()["requestId"], "abc-123");
        let answer = bridge.send_with("/health", &[("x-request-id", "not a harmless \"id\"")]).await;
        let id = answer.header("x-request-id").expect("an id");
        assert_eq!(id.len(), 36, "{id}");
    }

    async fn confluences_words_never_reach_a_caller(bridge) {
        use conflagent::simulator::{Fault, Trouble};
        for fault in [Fault::InternalError, Fault::LoginPage, Fault::BadGateway, Fault::TruncatedJson, Fault::Unauthorized, Fault::RedirectElsewhere, Fault::WrongContentType, Fault::EmptyBody] {
            // Each fault meets a service that knows nothing of the others, and has little time to try again.
            let tune = |settings: &mut conflagent::config::Settings| settings.request_timeout = Duration::from_millis(400);
            let bridge = Bridge::tuned(bridge.product, |_| {}, |_| {}, tune).await;
            bridge.simulator.script(Trouble::new(fault).forever());
            let answer = bridge.get("/pages/Event%20Bus").await;
            assert!((502..=504).contains(&answer.status), "{fault}: {} {}", answer.status, answer.text);
            let lower = answer.text.to_lowercase();
            for leak in ["<html", "tomcat", "exception", "127.0.0.1", "atlassian", "login.", "http://", "https://"] {
                assert!(!lower.contains(leak), "{fault} leaks {leak}: {}", answer.text);
            }
        }
    }

    async fn rejected_credentials_of_ours_are_not_the_callers_fault(bridge) {
        let other = Bridge::with(bridge.product, |_| {}, |config| {
            config.api_token = conflagent::config::Secret::new("expired");
        }).await;
        for path in ["/pages", "/pages/Event%20Bus"] {
            other.get(path).await.fails(502, "UPSTREAM_ERROR", "Confluence did not accept this endpoint's credentials.");
        }
    }

    async fn an_account_that_may_only_read_cannot_write(bridge) {
        let reader = bridge.simulator.reader_credentials();
        let simulated = bridge.simulator.base_url();
        let other = Bridge::with(bridge.product, |_| {}, |config| {
            config.email = Some(reader.user);
            config.api_token = conflagent::config::Secret::new(reader.secret);
            config.base_url = simulated.parse().expect("a URL");
        }).await;
        assert_eq!(other.get("/pages/Event%20Bus").await.status, 200);
        for (method, path, body) in [
            ("PUT", "/pages/Event%20Bus", json!({"body": "x"})),
            ("POST", "/pages", json!({"title": "x"})),
            ("DELETE", "/pages/Event%20Bus", json!({})),
        ] {
            let answer = other.call(method, path, Some(body)).await;
            assert!(matches!(answer.status, 404 | 502), "{method}: {} {}", answer.status, answer.text);
        }
        assert_eq!(bridge.simulator.page_titled("Event Bus").expect("seeded").version, 1);
    }

    async fn a_body_over_the_limit_is_refused(bridge) {
        let other = Bridge::tuned(bridge.product, |_| {}, |_| {}, |settings| settings.max_body_bytes = 1000).await;
        other.post("/pages", json!({"title": "x", "body": "y".repeat(2000)})).await.fails(
            413, "INVALID_INPUT", "The request body may have 1000 bytes at most.",
        );
    }

    async fn a_body_that_does_not_arrive_is_refused_in_time(bridge) {
        let other = Bridge::tuned(bridge.product, |_| {}, |_| {}, |settings| {
            settings.body_read_timeout = Duration::from_millis(50);
        }).await;
        let answer = raw(&other, &format!(
            "POST /endpoint/wiki/pages HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {SECRET}\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{{"
        )).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\"code\":\"INVALID_INPUT\""), "{answer}");
    }

    async fn a_slow_confluence_is_a_504_within_the_deadline(bridge) {
        let other = Bridge::tuned(bridge.product, |options| options.latency = Duration::from_secs(20), |_| {}, |settings| {
            settings.request_timeout = Duration::from_millis(100);
        }).await;
        for path in ["/pages", "/pages/Event%20Bus", "/pages/tree"] {
            other.get(path).await.fails(504, "UPSTREAM_ERROR", "Confluence did not answer in time.");
        }
    }

    async fn answers_are_compressed_for_those_who_ask(bridge) {
        let answer = bridge.send_with("/endpoint/wiki/pages", &[("x-gpt-secret", SECRET), ("accept-encoding", "gzip")]).await;
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
    }

    async fn browsers_may_call_from_any_page_by_default(bridge) {
        let answer = bridge.send_with("/health", &[("origin", "https://chat.example")]).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let other = Bridge::tuned(bridge.product, |_| {}, |_| {}, |settings| {
            settings.cors_origins = conflagent::config::settings::CorsOrigins::Nobody;
        }).await;
        let answer = other.send_with("/health", &[("origin", "https://chat.example")]).await;
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }

    async fn head_answers_like_get_without_a_body(bridge) {
        let answer = bridge.send("HEAD", "/health", None, None).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn flavors_refuse_what_they_hide() {
    let cases = [
        (Flavor::Read, ["200", "403", "403", "403"]),
        (Flavor::Upload, ["403", "200", "403", "403"]),
        (Flavor::Default, ["200", "200", "200", "200"]),
    ];
    for (flavor, expected) in cases {
        let bridge = Bridge::with(Product::Cloud, |_| {}, |config| config.flavor = flavor).await;
        let statuses = [
            bridge.get("/pages").await,
            bridge.post("/pages", json!({"title": "New"})).await,
            bridge.put("/pages/Event%20Bus", json!({"body": "x"})).await,
            bridge.delete("/pages/Event%20Bus").await,
        ];
        for answer in statuses.iter().filter(|answer| answer.status == 403) {
            answer.fails(
                403,
                "INVALID_OPERATION",
                "This endpoint does not offer this operation.",
            );
        }
        assert_eq!(
            statuses.map(|answer| answer.status.to_string()),
            expected,
            "{flavor:?}"
        );
        assert_eq!(
            bridge
                .send("GET", "/endpoint/wiki/health", None, None)
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn the_unnamed_endpoint_is_mounted_at_the_root() {
    let bridge = Bridge::with(
        Product::Cloud,
        |_| {},
        |config| config.name = EndpointName::unnamed(),
    )
    .await;
    let read = bridge.send("GET", "/pages/Event%20Bus", Some(SECRET), None).await;
    assert_eq!(read.data()["title"], "Event Bus");
    bridge
        .send("GET", "/pages", None, None)
        .await
        .fails(401, "UNAUTHORIZED", "Unauthorized");
    let document = bridge.send("GET", "/openapi.json", None, None).await.json();
    assert_eq!(document["servers"][0]["url"], bridge.base());
    assert_eq!(bridge.send("GET", "/health", None, None).await.status, 200);
    assert!(
        bridge
            .send("GET", "/", None, None)
            .await
            .text
            .contains("<!doctype html>")
    );
}

#[tokio::test]
async fn the_landing_page_is_for_people_and_names_no_endpoint() {
    let bridge = Bridge::start(Product::Cloud).await;
    let answer = bridge.send("GET", "/", None, None).await;
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    for operation in ["listSubpages", "createPage", "healthCheck"] {
        assert!(answer.text.contains(operation), "{operation} is not on the page");
    }
    assert!(
        !answer.text.contains("wiki/pages") && !answer.text.contains("{{"),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains("<script"));
}

#[tokio::test]
async fn the_service_itself_is_healthy_and_describes_any_endpoint() {
    let bridge = Bridge::start(Product::Cloud).await;
    let health = bridge.send("GET", "/health", None, None).await;
    assert_eq!(
        health.text,
        format!(
            r#"{{"success":true,"code":"OK","message":"Service healthy.","data":{{"status":"ok"}},"timestamp":"{NOW}"}}"#
        )
    );
    let document = bridge.send("GET", "/openapi.json", None, None).await.json();
    assert_eq!(
        document["servers"][0]["url"],
        format!("{}/endpoint/<endpoint_name>", bridge.base())
    );
}

#[tokio::test]
async fn a_half_sent_head_is_cut_off() {
    let bridge = Bridge::tuned(
        Product::Cloud,
        |_| {},
        |_| {},
        |settings| settings.header_read_timeout = Duration::from_millis(50),
    )
    .await;
    let answer = raw(&bridge, "GET /health HTTP/1.1\r\nHost: t\r\n").await;
    assert!(!answer.contains("200"), "{answer}");
}
