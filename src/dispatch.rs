//! Running an operation for a caller, whatever door it came through: what the endpoint allows, what the caller gave,
//! how long it may take, and what becomes of a write whose caller is gone.
//!
//! A door proves its caller with [`Authorized`], asks for a [`Permit`], and hands it the arguments as one flat object.
//! Nothing here knows of HTTP, and no door runs an operation past it.

mod authorized;

use std::future::Future;
use std::pin::Pin;

use serde_json::{Map, Value};
use tokio_util::task::TaskTracker;

pub use authorized::{Authorized, Permit};

use crate::confluence::Call;
use crate::operations::{Arguments, Effect, Failure, Fault, Outcome};

/// What runs operations: one for the process, shared by all doors. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Dispatch {
    writes: TaskTracker,
}

/// An operation on its way to its outcome.
pub type Running = Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send>>;

impl Dispatch {
    /// Runs writes in this tracker, for which a shutdown waits.
    #[must_use]
    pub fn new(writes: TaskTracker) -> Self {
        Self { writes }
    }

    /// Runs an operation that was permitted on the arguments that the caller gave.
    ///
    /// A read ends at the deadline of the call, or when this future is dropped. A write runs in a task of its own and
    /// goes on when this future is dropped; `kept` may put something around it that sees it through, such as the log.
    ///
    /// # Errors
    /// [`Fault::InvalidInput`] for arguments that do not fit, [`Fault::UpstreamTimeout`] for a read that takes too
    /// long, and those of the operation.
    pub async fn run(
        &self,
        permit: &Permit,
        given: Map<String, Value>,
        call: &Call,
        kept: impl FnOnce(Running) -> Running,
    ) -> Result<Outcome, Failure> {
        let operation = permit.operation();
        let (arguments, warnings) = Arguments::check(operation.parameters, given)?;
        let running = permit.start(arguments, call);
        let outcome = match operation.effect {
            Effect::Read => tokio::time::timeout_at(call.deadline, running)
                .await
                .unwrap_or_else(|_| Err(too_slow()))?,
            Effect::Add | Effect::Write | Effect::Destroy => {
                let task = self.writes.spawn(kept(running));
                task.await.map_err(Failure::internal)??
            }
        };
        Ok(outcome.warn(warnings))
    }
}

fn too_slow() -> Failure {
    Failure::new(Fault::UpstreamTimeout, "Confluence did not answer in time.")
        .hint("Try again, or ask for less.")
}
