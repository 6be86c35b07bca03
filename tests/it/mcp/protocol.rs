//! What is no good message, and headers that contradict theirs.

use serde_json::{Value, json};

use super::{DOOR, Era, refused, send};
use crate::support::{Answer, Bridge, SECRET, on_both};

/// Sends a message of the present generation with some headers changed; an empty value leaves the header out.
async fn with_headers(bridge: &Bridge, message: &Value, changes: &[(&str, &str)]) -> Answer {
    let secret = format!("Bearer {SECRET}");
    let usual = Era::Modern.headers(message);
    let mut headers = vec![("authorization", secret.as_str())];
    headers.extend(usual.iter().map(|(name, value)| (*name, value.as_str())));
    headers.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    headers.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    bridge
        .ask("POST", DOOR, &headers, Some(message.to_string()))
        .await
}

on_both! {
    async fn headers_must_say_what_the_body_says(bridge) {
        let call = json!({"name": "read_page", "arguments": {"title": "Event Bus"}});
        let call = Era::Modern.message("tools/call", call);
        assert_eq!(with_headers(&bridge, &call, &[]).await.status, 200);
        bridge.simulator.reset_log();
        for changes in [
            [("mcp-method", "tools/list")],
            [("mcp-method", "")],
            [("mcp-name", "delete_page")],
            [("mcp-name", "")],
            [("mcp-protocol-version", "2025-11-25")],
            [("mcp-protocol-version", "")],
        ] {
            let answer = with_headers(&bridge, &call, &changes).await;
            let json = answer.json();
            assert_eq!((answer.status, &json["error"]["code"]), (400, &json!(-32020)), "{changes:?}: {}", answer.text);
            assert_eq!(json["id"], 7);
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn an_unknown_revision_is_refused_with_those_there_are(bridge) {
        let mut message = Era::Modern.message("tools/list", json!({}));
        message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2031-01-01");
        let answer = with_headers(&bridge, &message, &[("mcp-protocol-version", "2031-01-01")]).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, &error["code"]), (400, &json!(-32022)), "{}", answer.text);
        assert!(error["data"]["supported"].to_string().contains("2026-07-28"), "{error}");
    }

    async fn a_request_of_today_says_who_asks(bridge) {
        for missing in ["io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"] {
            let mut message = Era::Modern.message("tools/list", json!({}));
            message["params"]["_meta"].as_object_mut().expect("an object").remove(missing);
            let answer = send(&bridge, Era::Modern, &message).await;
            let error = &answer.json()["error"];
            assert_eq!((answer.status, &error["code"]), (400, &json!(-32602)), "{missing}: {}", answer.text);
        }
    }

    async fn what_is_no_message_is_told_so(bridge) {
        for (body, code) in [
            ("", -32700),
            ("no json", -32700),
            ("{\"jsonrpc\": \"2.0\",", -32700),
            ("[]", -32600),
            ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}]", -32600),
            ("{}", -32600),
            ("5", -32600),
            ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"tools/list\"}", -32600),
        ] {
            let headers = [("authorization", &*format!("Bearer {SECRET}"))];
            let answer = bridge.ask("POST", DOOR, &headers, Some(body)).await;
            let json = answer.json();
            assert_eq!((answer.status, &json["error"]["code"]), (400, &json!(code)), "{body}: {}", answer.text);
            assert_eq!((&json["id"], answer.header("content-type")), (&Value::Null, Some("application/json")));
        }
    }

    async fn notifications_are_taken_and_nothing_more(bridge) {
        for method in ["notifications/initialized", "notifications/cancelled", "notifications/of/tomorrow"] {
            let message = json!({"jsonrpc": "2.0", "method": method, "params": {"requestId": 1}});
            let answer = send(&bridge, Era::Legacy, &message).await;
            assert_eq!((answer.status, answer.text.as_str()), (202, ""), "{method}");
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }

    async fn ping_is_of_the_older_generation(bridge) {
        let answer = send(&bridge, Era::Legacy, &Era::Legacy.message("ping", json!({}))).await;
        assert_eq!((answer.status, &answer.json()["result"]), (200, &json!({})));
        let (status, error) = refused(&bridge, Era::Modern, "ping", json!({})).await;
        assert_eq!((status, &error["code"]), (404, &json!(-32601)));
    }

    async fn bodies_have_a_limit(bridge) {
        let bridge = Bridge::tuned(bridge.product, |_| {}, |_| {}, |settings| settings.max_body_bytes = 2000).await;
        let body = "x".repeat(2000);
        let message = Era::Modern.message("tools/call", json!({"name": "create_page", "arguments": {"title": "T", "body": body}}));
        send(&bridge, Era::Modern, &message)
            .await
            .fails(413, "INVALID_INPUT", "The request body may have 2000 bytes at most.");
        assert_eq!(bridge.upstream_calls(), 0);
    }
}
