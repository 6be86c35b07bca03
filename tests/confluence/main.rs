//! The client against the simulator, through the public API only: the same scenarios on Cloud and on Data Center,
//! with the number of upstream calls they may take.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod failures;
mod folders;
mod lifecycle;
mod support;
mod tree;
