//! The only place that writes to standard output and standard error for people.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// Prints bytes as they are. Answers whether anybody reads on: a reader may close the pipe early.
///
/// # Errors
/// Those of writing, but for a closed pipe.
pub(super) fn delivered(bytes: &[u8]) -> anyhow::Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Prints bytes as they are. A reader that closes the pipe early ends the program quietly.
///
/// # Errors
/// As [`delivered`].
pub(super) fn print_bytes(bytes: &[u8]) -> anyhow::Result<ExitCode> {
    delivered(bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a text and a line break.
///
/// # Errors
/// As [`print_bytes`].
pub(super) fn print(text: &str) -> anyhow::Result<ExitCode> {
    print_bytes(format!("{text}\n").as_bytes())
}

/// Says something on standard error.
pub(super) fn complain(text: &str) {
    // Nowhere is left to say that this failed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
