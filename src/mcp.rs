//! The Model Context Protocol: the tools of an endpoint, and its pages as resources, for clients that speak MCP.
//!
//! [`Server`] is one endpoint for one proven caller, without any state between two requests. The SDK owns the messages
//! and both generations of the protocol: those that begin with `initialize`, and 2026-07-28, where each request stands
//! for itself. [`Server::over_http`] and [`Server::over_streams`] are the two ways to it. Operations are run by
//! `dispatch` alone; nothing here knows of HTTP routes, and nobody else knows the SDK.

mod answer;
mod handler;
mod instructions;
mod journal;
mod pair;
mod resources;
mod tools;
mod transport;

use std::sync::Arc;

use rmcp::ErrorData;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

pub use journal::{Entry, Journal};
pub use transport::Disconnected;

use crate::dispatch::{Authorized, Dispatch};
use crate::endpoint::Endpoint;
use crate::operations::{Failure, Operation, Outcome};

/// What a client talks to: one endpoint, in the name of one caller. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    endpoint: Arc<Endpoint>,
    caller: Authorized,
    dispatch: Dispatch,
    journal: Arc<dyn Journal>,
}

impl Server {
    /// A server for a caller who proved to know the endpoint's secret; `journal` gets an entry for everything asked.
    #[must_use]
    pub fn new(
        endpoint: Arc<Endpoint>,
        caller: Authorized,
        dispatch: Dispatch,
        journal: Arc<dyn Journal>,
    ) -> Self {
        Self {
            endpoint,
            caller,
            dispatch,
            journal,
        }
    }

    /// Runs an operation on what was given, under the deadline and accounting of an entry.
    async fn run(
        &self,
        entry: &mut dyn Entry,
        operation: &'static Operation,
        given: Map<String, Value>,
    ) -> Result<Outcome, Failure> {
        let permit = self.caller.permit(operation)?;
        let call = entry.call().clone();
        let kept = |write| entry.outlived_by(write);
        self.dispatch.run(&permit, given, &call, kept).await
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Server")
            .field("endpoint", self.endpoint.name())
            .finish_non_exhaustive()
    }
}

/// The result of some work, unless the client gives up before: then the work is dropped, which ends a read and lets go
/// of a write. The SDK only tells that the client is gone; it would let the work go on.
async fn unless_given_up<T>(
    given_up: &CancellationToken,
    work: impl Future<Output = Result<T, ErrorData>>,
) -> Result<T, ErrorData> {
    let outcome = given_up.run_until_cancelled(work).await;
    outcome.unwrap_or_else(|| Err(ErrorData::internal_error("The client gave up.", None)))
}
