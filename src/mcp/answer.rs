//! What became of a call, as a tool's result.

use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value};

use crate::describe::tools;
use crate::operations::outcome::whole_seconds;
use crate::operations::{Failure, Fault};

/// A success: the object that the tool's output schema describes, and the same as text for clients that know no
/// structured content.
pub(super) fn success(structured: Map<String, Value>) -> CallToolResult {
    CallToolResult::structured(Value::Object(structured))
}

/// A failure, as text for the model: it must not be structured content, which would have to fit the output schema.
pub(super) fn failure(failure: &Failure, request_id: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(told(failure, request_id))])
}

/// A failure in words: code, message, what to do next, how long to wait, and more about it.
pub(super) fn told(failure: &Failure, request_id: &str) -> String {
    let mut parts = vec![format!("{}: {}", failure.fault.code().as_str(), failure.message)];
    parts.extend(
        failure
            .hint
            .as_deref()
            .map(|hint| format!("Hint: {}", hint_for_tools(hint))),
    );
    if !failure.suggestions.is_empty() {
        parts.push(format!(
            "suggestions: {}",
            Value::from(failure.suggestions.clone())
        ));
    }
    let wait = failure.retry_after.map(whole_seconds);
    parts.extend(wait.map(|seconds| format!("retryAfterSeconds: {seconds}")));
    parts.extend(
        failure
            .details
            .as_deref()
            .map(|details| format!("details: {details}")),
    );
    if failure.fault == Fault::Internal {
        parts.push(format!("requestId: {request_id}"));
    }
    parts.join(" ")
}

/// A hint with tools by their names alone. For all doors together it says `listSubpages (as a tool: list_pages)`.
fn hint_for_tools(hint: &str) -> String {
    let mut hint = tools::in_tool_names(hint);
    for tool in tools::all() {
        hint = hint.replace(&format!("{0} (as a tool: {0})", tool.name), tool.name);
    }
    hint
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::told;
    use crate::operations::{Failure, Fault};

    #[test]
    fn a_failure_says_all_that_the_envelope_says() {
        let mut failure = Failure::new(Fault::RateLimited, "Wait.")
            .hint("Call listSubpages (as a tool: list_pages) later, not readPageByTitle.")
            .details(json!({ "a": 1 }))
            .because("secret upstream text");
        failure.retry_after = Some(Duration::from_millis(1500));
        assert_eq!(
            told(&failure, "r-1"),
            "RATE_LIMITED: Wait. Hint: Call list_pages later, not read_page. retryAfterSeconds: 2 details: {\"a\":1}"
        );
        let internal = told(&Failure::internal("secret"), "r-1");
        assert!(internal.ends_with("requestId: r-1"), "{internal}");
        assert!(!internal.contains("secret"), "{internal}");
    }
}
