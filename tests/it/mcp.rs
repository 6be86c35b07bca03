//! The door for MCP, asked in plain JSON-RPC as clients of both generations ask.

mod access;
mod calls;
mod gone;
mod list;
mod protocol;
mod resources;
mod stdio;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::support::{Answer, Bridge, SECRET};

/// Where the endpoint `wiki` speaks MCP.
pub(crate) const DOOR: &str = "/endpoint/wiki/mcp";

/// Which generation of the protocol a client is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    /// Begins with `initialize`: 2025-11-25 and before.
    Legacy,
    /// Each request stands for itself: 2026-07-28.
    Modern,
}

impl Era {
    pub(crate) const ALL: [Self; 2] = [Self::Legacy, Self::Modern];

    /// The revision that its clients name.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Legacy => "2025-11-25",
            Self::Modern => "2026-07-28",
        }
    }

    /// A request as its clients write it.
    pub(crate) fn message(self, method: &str, mut params: Value) -> Value {
        if self == Self::Modern {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": self.version(),
                "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            });
        }
        json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
    }

    /// The headers that go with a message, beside the secret.
    pub(crate) fn headers(self, message: &Value) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("accept", "application/json, text/event-stream".to_owned()),
            ("mcp-protocol-version", self.version().to_owned()),
        ];
        if self == Self::Modern {
            headers.push(("mcp-method", plain(&message["method"])));
            let params = &message["params"];
            if let Some(name) = params.get("name").or(params.get("uri")) {
                headers.push(("mcp-name", plain(name)));
            }
        }
        headers
    }
}

/// A text as a header may hold it.
fn plain(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default();
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        text.to_owned()
    } else {
        format!("=?base64?{}?=", BASE64_STANDARD.encode(text))
    }
}

/// Sends a message with the endpoint's secret.
pub(crate) async fn send(bridge: &Bridge, era: Era, message: &Value) -> Answer {
    let mut headers = era.headers(message);
    headers.push(("authorization", format!("Bearer {SECRET}")));
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    bridge
        .ask("POST", DOOR, &headers, Some(message.to_string()))
        .await
}

/// Asks, and takes the result; anything else fails the test.
pub(crate) async fn ask(bridge: &Bridge, era: Era, method: &str, params: Value) -> Value {
    let answer = send(bridge, era, &era.message(method, params)).await;
    let mut json = answer.json();
    assert_eq!(
        (answer.status, &json["id"], &json["jsonrpc"]),
        (200, &json!(7), &json!("2.0")),
        "{method}: {}",
        answer.text
    );
    assert!(json.get("error").is_none(), "{method}: {}", answer.text);
    let whole = json["result"]["resultType"].as_str();
    assert_eq!(whole, (era == Era::Modern).then_some("complete"), "{method}");
    json["result"].take()
}

/// Asks, and takes status and error; anything else fails the test.
pub(crate) async fn refused(bridge: &Bridge, era: Era, method: &str, params: Value) -> (u16, Value) {
    let answer = send(bridge, era, &era.message(method, params)).await;
    let mut json = answer.json();
    assert_eq!(json["id"], 7, "{method}: {}", answer.text);
    assert!(json.get("result").is_none(), "{method}: {}", answer.text);
    (answer.status, json["error"].take())
}

/// Calls a tool: its structured content, or the text of its failure.
pub(crate) async fn call(
    bridge: &Bridge,
    era: Era,
    tool: &str,
    arguments: Value,
) -> Result<Map<String, Value>, String> {
    let params = json!({"name": tool, "arguments": arguments});
    outcome(&ask(bridge, era, "tools/call", params).await)
}

/// What the result of a call says. It has one text, which repeats the structured content if there is any.
pub(crate) fn outcome(result: &Value) -> Result<Map<String, Value>, String> {
    let content = result["content"].as_array().expect("content");
    assert_eq!(content.len(), 1, "{result}");
    assert_eq!(content[0]["type"], "text", "{result}");
    let text = content[0]["text"].as_str().expect("a text").to_owned();
    if result["isError"] == true {
        assert!(result.get("structuredContent").is_none(), "{result}");
        return Err(text);
    }
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(told, result["structuredContent"], "{result}");
    Ok(told.as_object().expect("an object").clone())
}
