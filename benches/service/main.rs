//! What the service costs: the release build behind sockets, in front of the simulator, each a process of its own.
//!
//! ```text
//! cargo bench --bench service                       all scenarios, some two minutes
//! cargo bench --bench service -- listing reads      those whose name contains one of the words
//! ```
//!
//! Prints figures beside their targets as a Markdown table (see docs/performance.md). Needs Linux: CPU time and memory
//! are read from /proc.

mod figures;
mod load;
mod process;
mod scenarios;

use std::fs;
use std::io::Write as _;

use figures::Table;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says so; `cargo test --all-targets` only wants to know that this builds.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let mut table = Table::default();
    writeln!(std::io::stdout(), "{}\n", machine())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(scenarios::run(&mut table, |name| {
        wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()))
    }))?;
    writeln!(std::io::stdout(), "{}", table.written())?;
    Ok(())
}

/// What it ran on, and how busy that was: figures taken beside other work are worth little.
fn machine() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, model)| model.trim());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{cores} cores of {model}; load average at the start: {}",
        load.split_whitespace().next().unwrap_or("unknown")
    )
}
