//! Who may use the door, and from where: the secret, Host and Origin, and the addresses that clients try.

use serde_json::json;

use super::{DOOR, Era};
use crate::support::{Answer, Bridge, Product, SECRET, on_both};

/// Sends a listing with these headers in place of or beside the usual ones.
async fn list_with(bridge: &Bridge, headers: &[(&str, &str)]) -> Answer {
    let body = Era::Legacy.message("tools/list", json!({})).to_string();
    let secret = format!("Bearer {SECRET}");
    let mut all = vec![("authorization", secret.as_str())];
    all.retain(|(name, _)| headers.iter().all(|(other, _)| other != name));
    all.extend(headers);
    bridge.ask("POST", DOOR, &all, Some(body)).await
}

on_both! {
    async fn without_the_secret_nothing_is_even_read(bridge) {
        for authorization in ["", "Bearer wrong", "Basic d2lraTo=", SECRET] {
            for body in ["", "no json", &Era::Modern.message("tools/list", json!({})).to_string()] {
                let headers = [("authorization", authorization)];
                let answer = bridge.ask("POST", DOOR, &headers, Some(body.to_owned())).await;
                answer.fails(401, "UNAUTHORIZED", "Unauthorized");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"conflagent\""));
            }
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn the_older_header_carries_the_secret_too(bridge) {
        let body = Era::Legacy.message("tools/list", json!({})).to_string();
        let answer = bridge.ask("POST", DOOR, &[("x-gpt-secret", SECRET)], Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    async fn addresses_that_are_not_there_are_json_and_404(bridge) {
        for (method, path) in [
            ("POST", "/endpoint/nobody/mcp"),
            ("POST", "/mcp"),
            ("POST", "/endpoint/wiki/mcp/x"),
            ("POST", "/endpoint/wiki/mcpx"),
            ("GET", "/.well-known/oauth-protected-resource"),
            ("GET", "/.well-known/oauth-protected-resource/endpoint/wiki/mcp"),
            ("GET", "/.well-known/oauth-authorization-server/endpoint/wiki"),
            ("GET", "/.well-known/openid-configuration"),
            ("GET", "/endpoint/wiki/.well-known/openid-configuration"),
            ("GET", "/endpoint/wiki/mcp/.well-known/openid-configuration"),
            ("POST", "/register"),
        ] {
            let answer = bridge.ask(method, path, &[], Some("{}")).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("NOT_FOUND")), "{method} {path}");
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn only_post_is_of_use(bridge) {
        for method in ["GET", "DELETE", "PUT"] {
            for path in [DOOR, "/endpoint/wiki/mcp/"] {
                let answer = bridge.ask(method, path, &[("accept", "text/event-stream")], None::<String>).await;
                assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method} {path}");
                assert_eq!(answer.json()["code"], "INVALID_OPERATION");
            }
        }
    }

    async fn a_lazy_client_is_served(bridge) {
        for headers in [
            &[][..],
            &[("accept", "*/*")],
            &[("accept", "application/json")],
            &[("content-type", "text/plain")],
            &[("content-type", "application/x-www-form-urlencoded")],
            &[("mcp-session-id", "left-over"), ("last-event-id", "7")],
        ] {
            let answer = list_with(&bridge, headers).await;
            assert_eq!(answer.status, 200, "{headers:?}: {}", answer.text);
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert!(answer.header("mcp-session-id").is_none());
        }
    }

    async fn web_pages_of_strangers_are_refused(bridge) {
        for (origin, status) in [
            ("https://chatgpt.com", 200),
            ("https://claude.ai", 200),
            ("https://claude.com", 200),
            ("http://localhost:6274", 200),
            ("http://127.0.0.1:3000", 200),
            ("https://evil.example.com", 403),
            ("http://chatgpt.com", 403),
            ("https://chatgpt.com.evil.example", 403),
            ("null", 403),
        ] {
            let answer = list_with(&bridge, &[("origin", origin)]).await;
            assert_eq!(answer.status, status, "{origin}: {}", answer.text);
        }
        // A name that a stranger lets resolve to our address: its pages come with its own origin.
        let rebound = [("host", "evil.example.com"), ("origin", "http://evil.example.com")];
        list_with(&bridge, &rebound).await.fails(
            403,
            "INVALID_OPERATION",
            "Web pages of this origin may not use this door.",
        );
    }
}

/// A service that is known by a public name.
async fn public(tune: impl FnOnce(&mut conflagent::config::Settings)) -> Bridge {
    Bridge::tuned(
        Product::Cloud,
        |_| {},
        |config| config.public_url = "https://wiki.example.com/agents".parse().ok(),
        tune,
    )
    .await
}

#[tokio::test]
async fn with_a_public_address_other_names_are_refused() {
    let bridge = public(|_| {}).await;
    for (host, status) in [
        ("wiki.example.com", 200),
        ("wiki.example.com:443", 200),
        ("localhost:5000", 200),
        ("127.0.0.1:5000", 200),
        ("[::1]", 200),
        ("10.0.0.7:5000", 200),
        ("conflagent:5000", 200),
        ("evil.example.com", 403),
        ("wiki.example.com.evil.example", 403),
    ] {
        let answer = list_with(&bridge, &[("host", host)]).await;
        assert_eq!(answer.status, status, "{host}: {}", answer.text);
    }
    let own = [
        ("host", "wiki.example.com"),
        ("origin", "https://wiki.example.com"),
    ];
    assert_eq!(list_with(&bridge, &own).await.status, 200);
}

#[tokio::test]
async fn behind_a_proxy_the_host_it_forwards_counts() {
    let trusting = |settings: &mut conflagent::config::Settings| {
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
    };
    let forwarded = [
        ("host", "inner.example:5000"),
        ("x-forwarded-host", "wiki.example.com"),
    ];
    let foreign = [
        ("host", "wiki.example.com"),
        ("x-forwarded-host", "evil.example.com"),
    ];
    let behind = public(trusting).await;
    assert_eq!(list_with(&behind, &forwarded).await.status, 200);
    assert_eq!(list_with(&behind, &foreign).await.status, 403);
    // From anybody else the header says nothing.
    let alone = public(|_| {}).await;
    assert_eq!(list_with(&alone, &forwarded).await.status, 403);
    assert_eq!(list_with(&alone, &foreign).await.status, 200);
}

#[tokio::test]
async fn origins_that_the_operator_lists_are_let_in() {
    let bridge = Bridge::tuned(
        Product::Cloud,
        |_| {},
        |_| {},
        |settings| {
            let listed = vec!["https://chat.example".to_owned()];
            settings.cors_origins = conflagent::config::settings::CorsOrigins::Listed(listed);
        },
    )
    .await;
    assert_eq!(
        list_with(&bridge, &[("origin", "https://chat.example")])
            .await
            .status,
        200
    );
    assert_eq!(
        list_with(&bridge, &[("origin", "https://other.example")])
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn browsers_may_send_the_headers_of_the_protocol() {
    let bridge = Bridge::start(Product::Cloud).await;
    let headers = [
        ("origin", "https://chatgpt.com"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization,mcp-protocol-version",
        ),
    ];
    let answer = bridge.ask("OPTIONS", DOOR, &headers, None::<String>).await;
    assert_eq!(answer.status, 200);
    let allowed = answer.header("access-control-allow-headers").expect("headers");
    for name in [
        "authorization",
        "content-type",
        "mcp-protocol-version",
        "mcp-method",
        "mcp-name",
    ] {
        assert!(
            allowed.split(',').any(|allowed| allowed == name),
            "{name}: {allowed}"
        );
    }
}
