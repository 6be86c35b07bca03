//! Who keeps the books of what clients ask: each transport has a log of its own.

use crate::confluence::Call;
use crate::dispatch::Running;
use crate::operations::Failure;

/// Where entries are made: one for each thing that a client asks.
pub trait Journal: Send + Sync {
    /// Something was asked: the name of a tool, or a method of the protocol.
    fn opens(&self, what: &'static str) -> Box<dyn Entry>;
}

/// One thing asked. Dropped without [`Entry::closes`], the client gave up on it.
pub trait Entry: Send {
    /// Until when it must be answered, and what it costs.
    fn call(&self) -> &Call;

    /// The id under which the log tells more.
    fn request_id(&self) -> &str;

    /// A write of it, which goes on when the client gives up; what is returned sees it through.
    fn outlived_by(&mut self, write: Running) -> Running;

    /// It was answered: well, or with a failure.
    fn closes(self: Box<Self>, outcome: Result<(), Failure>);
}
