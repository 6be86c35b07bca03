//! The endpoint's own description. Answered by the HTTP layer, which knows the address it is asked at.

use super::{Effect, Method, Operation, Tag};

pub(super) static OPERATION: Operation = Operation {
    id: "getOpenAPISchema",
    name: "openapi",
    method: Method::Get,
    path: "/openapi.json",
    tag: Tag::Always,
    effect: Effect::Read,
    summary: "Get the OpenAPI document",
    description: "Get this OpenAPI document itself, as imported by the client. Page operations do not need it.",
    success: "",
    parameters: &[],
    output: |_| schemars::json_schema!({ "type": "object", "properties": {}, "additionalProperties": true }),
    faults: &[],
    run: None,
};
