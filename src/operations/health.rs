//! Whether the service is up: for load balancers. Never asks Confluence.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Effect, Failure, Method, Operation, Outcome, Tag};

pub(super) static OPERATION: Operation = Operation {
    id: "healthCheck",
    name: "health",
    method: Method::Get,
    path: "/health",
    tag: Tag::Always,
    effect: Effect::Read,
    summary: "Check health",
    description: "Check that the service is up. It does not ask Confluence and needs no secret; page operations do not \
                  need it.",
    success: "Service healthy.",
    parameters: &[],
    output: |generator| generator.subschema_for::<Health>(),
    faults: &[],
    run: None,
};

/// The state of the service.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Health {
    /// Always ok.
    status: &'static str,
}

/// The answer of a health check.
///
/// # Errors
/// None in practice; see [`Outcome::of`].
pub fn health() -> Result<Outcome, Failure> {
    Outcome::of(&Health { status: "ok" })
}
