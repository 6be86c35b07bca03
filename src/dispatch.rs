//! Running an operation for a caller, whatever door it came through: what the endpoint allows, what the caller gave,
//! how long it may take, and what becomes of a write whose caller is gone.
//!
//! A door proves its caller with [`Authorized`], asks for a [`Permit`], and hands it the arguments as one flat object.
//! Nothing here knows of HTTP, and no door runs an operation past it.

mod authorized;
mod memory;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio_util::task::TaskTracker;

use self::memory::{Answer, Known, Memory, Print, Repeatable};
pub use authorized::{Authorized, Permit};
pub use memory::{KEPT_FOR, MOST_ANSWERS, MOST_BYTES};

use crate::confluence::Call;
use crate::operations::{Arguments, Effect, Failure, Fault, Outcome};

/// What runs operations: one for the process, shared by all doors. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Dispatch {
    writes: TaskTracker,
    memory: Memory,
}

/// An operation on its way to its outcome.
pub type Running = Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send>>;

impl Dispatch {
    /// Runs writes in this tracker, for which a shutdown waits.
    #[must_use]
    pub fn new(writes: TaskTracker) -> Self {
        Self {
            writes,
            memory: Memory::default(),
        }
    }

    /// Runs an operation that was permitted on the arguments that the caller gave.
    ///
    /// A read ends at the deadline of the call, or when this future is dropped. A write runs in a task of its own and
    /// goes on when this future is dropped; `kept` may put something around it that sees it through, such as the log.
    /// A write with an id of its caller is carried out once: repeats get its answer (see `memory`).
    ///
    /// # Errors
    /// [`Fault::InvalidInput`] for arguments that do not fit, [`Fault::UpstreamTimeout`] for a read that takes too
    /// long and for a repeat of a write that does, [`Fault::RequestIdReused`], and those of the operation.
    pub async fn run(
        &self,
        permit: &Permit,
        given: Map<String, Value>,
        call: &Call,
        kept: impl FnOnce(Running) -> Running,
    ) -> Result<Outcome, Failure> {
        let ran = self.carry_out(permit, given, call, kept).await;
        ran.map(Outcome::bounded).map_err(Failure::bounded)
    }

    async fn carry_out(
        &self,
        permit: &Permit,
        given: Map<String, Value>,
        call: &Call,
        kept: impl FnOnce(Running) -> Running,
    ) -> Result<Outcome, Failure> {
        let operation = permit.operation();
        let (arguments, warnings) = Arguments::check(operation.parameters, given)?;
        let outcome = match operation.effect {
            Effect::Read => tokio::time::timeout_at(call.deadline, permit.start(arguments, call))
                .await
                .unwrap_or_else(|_| Err(too_slow()))?,
            Effect::Add | Effect::Write | Effect::Destroy => {
                self.write(permit, arguments, call, kept).await?
            }
        };
        Ok(outcome.warn(warnings))
    }

    /// Carries a write out, unless it is a repeat.
    async fn write(
        &self,
        permit: &Permit,
        arguments: Arguments,
        call: &Call,
        kept: impl FnOnce(Running) -> Running,
    ) -> Answer {
        let Some(write) = repeatable(permit, &arguments) else {
            return self.see_through(kept(permit.start(arguments, call))).await;
        };
        match self.memory.recall(write) {
            Known::Open(ticket) => {
                let arguments = if ticket.tried {
                    arguments.tried_before()
                } else {
                    arguments
                };
                let running = permit.start(arguments, call);
                let write = async move {
                    let answer = running.await;
                    ticket.ended(&answer);
                    answer
                };
                self.see_through(kept(Box::pin(write))).await
            }
            Known::Running(mut ending) => {
                let ended = tokio::time::timeout_at(call.deadline, ending.wait_for(Option::is_some)).await;
                let ended = ended.map_err(|_| still_running())?;
                let answer = ended.map_err(Failure::internal)?.clone();
                replayed(answer.as_ref())
            }
            Known::Ended(answer) => replayed(Some(&answer)),
            Known::Other => Err(reused()),
        }
    }

    /// Runs a write to its end, whether or not anybody waits for it.
    async fn see_through(&self, write: Running) -> Answer {
        self.writes.spawn(write).await.map_err(Failure::internal)?
    }
}

/// What makes a write the same as another. None: its caller does not say, or it is a dry run, which any number may be.
fn repeatable(permit: &Permit, arguments: &Arguments) -> Option<Repeatable> {
    let id = arguments.request_id().filter(|_| !arguments.is_dry_run())?;
    Some(Repeatable {
        scope: permit.scope(),
        id: id.to_owned(),
        payload: Print::of(&[permit.operation().id, &arguments.canonical()]),
    })
}

/// The answer of an earlier call, for one that repeats it.
fn replayed(answer: Option<&Arc<Answer>>) -> Answer {
    match answer.map(AsRef::as_ref) {
        Some(Ok(outcome)) => Ok(Outcome {
            replayed: true,
            ..outcome.clone()
        }),
        Some(Err(failure)) if failure.fault.definite() => {
            let hint = failure.hint.as_deref().unwrap_or_default();
            Err(failure.clone().hint(format!(
                "{hint} This is the answer of an earlier call: use a new clientRequestId to try again."
            )))
        }
        Some(Err(failure)) => Err(failure.clone()),
        None => Err(Failure::internal("a write that ended without an answer")),
    }
}

fn too_slow() -> Failure {
    Failure::new(Fault::UpstreamTimeout, "Confluence did not answer in time.")
        .hint("Try again, or ask for less.")
}

fn still_running() -> Failure {
    Failure::new(
        Fault::UpstreamTimeout,
        "An earlier call with this clientRequestId is not done yet.",
    )
    .hint("Repeat the call with the same clientRequestId: it will get the answer of the earlier one.")
}

fn reused() -> Failure {
    Failure::new(
        Fault::RequestIdReused,
        "This clientRequestId was used for another call.",
    )
    .hint("Use a new clientRequestId for each new call; repeat one only with exactly the same arguments.")
}
