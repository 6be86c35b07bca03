//! The documentation page of an endpoint: out of the binary, open, and under a strict policy.

use crate::support::{Bridge, Product};

async fn bridge() -> Bridge {
    Bridge::with(
        Product::Cloud,
        |_| {},
        |config| config.public_url = Some("https://wiki.example.com/agents".parse().expect("a URL")),
    )
    .await
}

/// What a page loads: the values of `src` and `href`.
fn loaded(page: &str) -> Vec<&str> {
    let attributes = ["src=\"", "href=\""].into_iter();
    attributes
        .flat_map(|attribute| page.split(attribute).skip(1))
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn the_page_and_all_it_loads_come_out_of_the_binary() {
    let bridge = bridge().await;
    let page = bridge.send("GET", "/endpoint/wiki/docs/", None, None).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html"))
    );
    let files = loaded(&page.text);
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        let file = file.trim_start_matches("./");
        assert!(
            !file.contains(':') && !file.starts_with('/'),
            "{file} is elsewhere"
        );
        let answer = bridge
            .send_bytes("GET", &format!("/endpoint/wiki/docs/{file}"), None, None)
            .await;
        assert_eq!(answer.status, 200, "{file}");
    }
    let start = bridge
        .send("GET", "/endpoint/wiki/docs/swagger-initializer.js", None, None)
        .await
        .text;
    assert!(
        start.contains("\"../openapi.json\"") && start.contains("\"persistAuthorization\": false"),
        "{start}"
    );
    assert!(!start.contains("http"), "{start}");
    assert_eq!(bridge.upstream_calls(), 0);
}

#[tokio::test]
async fn the_page_may_run_its_own_scripts_and_call_this_service_only() {
    let bridge = bridge().await;
    let page = bridge.send("GET", "/endpoint/wiki/docs/", None, None).await;
    let policy = page.header("content-security-policy").expect("a policy");
    for rule in [
        "default-src 'none'",
        "script-src 'self';",
        "style-src 'self';",
        "connect-src 'self' https://wiki.example.com;",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert!(
        !page.text.contains("<script>") && !page.text.contains("style=") && !page.text.contains("onload=")
    );
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn it_is_found_without_the_last_slash_wherever_a_proxy_shows_it() {
    let bridge = bridge().await;
    let answer = bridge.send("GET", "/endpoint/wiki/docs", None, None).await;
    assert_eq!((answer.status, answer.header("location")), (308, Some("docs/")));
    bridge
        .send("GET", "/endpoint/wiki/docs/../../x.js", None, None)
        .await
        .fails(404, "NOT_FOUND", "Unknown endpoint.");
    bridge
        .send("GET", "/endpoint/wiki/docs/nothing.js", None, None)
        .await
        .fails(404, "NOT_FOUND", "Unknown route.");
    bridge
        .send("POST", "/endpoint/wiki/docs/", None, None)
        .await
        .fails(405, "INVALID_OPERATION", "This method is not allowed here.");
    assert_eq!(
        bridge
            .send("GET", "/endpoint/other/docs/", None, None)
            .await
            .status,
        404
    );
    assert_eq!(
        bridge
            .send("GET", "/endpoint/wiki/docsx", None, None)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn it_is_sent_compressed_to_whoever_takes_that() {
    let bridge = bridge().await;
    let path = "/endpoint/wiki/docs/swagger-ui.css";
    let small = bridge.send_with(path, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(
        (small.status, small.header("content-encoding")),
        (200, Some("gzip"))
    );
    let plain = bridge.send_with(path, &[("accept-encoding", "identity")]).await;
    assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
    assert!(plain.text.contains(".swagger-ui"));
}
