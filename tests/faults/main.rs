//! What becomes of each operation under each kind of trouble: no write lost, none doubled, no success that did not
//! happen, and every failure a clear answer in time.

#[path = "../it/process.rs"]
#[expect(dead_code, reason = "shared with another binary, which uses the rest")]
mod process;
#[path = "../it/support.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    clippy::print_stdout,
    reason = "shared with another binary, which uses the rest"
)]
mod support;

mod cell;
mod kill;
mod matrix;
mod operations;
mod table;
mod world;
