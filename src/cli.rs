//! The commands. Each file is one of them: its flags, and what it does with the parts.

mod check;
mod convert;
mod demo;
mod openapi;
mod output;
mod serve;
mod simulate;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

/// Lets an AI agent work inside a sandboxed subtree of an Atlassian Confluence space.
#[derive(Debug, Parser)]
#[command(
    name = "conflagent",
    version,
    arg_required_else_help = true,
    max_term_width = 100
)]
struct Arguments {
    /// Print a completion script for this shell and exit.
    #[arg(long, value_name = "SHELL")]
    completions: Option<Shell>,
    /// Print the man page (roff) and exit.
    #[arg(long)]
    man: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the endpoints of a directory of properties files.
    Serve(Box<serve::Options>),
    /// Try everything without a Confluence: an embedded simulator and one ready endpoint.
    Demo(demo::Options),
    /// Run the Confluence simulator alone, so that any Confluence client can be pointed at it.
    Simulate(Box<simulate::Options>),
    /// Validate every properties file and probe every endpoint.
    Check(check::Options),
    /// Print the OpenAPI document of an endpoint.
    Openapi(openapi::Options),
    /// Convert Markdown to Confluence storage format, standard input to standard output.
    Convert(convert::Options),
}

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("conflagent: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if let Some(shell) = arguments.completions {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "conflagent", &mut script);
        return output::print_bytes(&script);
    }
    if arguments.man {
        return output::print_bytes(&man()?);
    }
    match arguments.command {
        Some(Command::Serve(options)) => blocking(serve::run(*options)),
        Some(Command::Demo(options)) => blocking(demo::run(options)),
        Some(Command::Simulate(options)) => blocking(simulate::run(*options)),
        Some(Command::Check(options)) => blocking(check::run(options)),
        Some(Command::Openapi(options)) => openapi::run(&options),
        Some(Command::Convert(options)) => convert::run(&options),
        None => {
            Arguments::command().print_help()?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Runs a command that needs the network.
fn blocking(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(command);
    // What is still running was given its time to finish; do not wait again.
    runtime.shutdown_background();
    outcome
}

/// The man page: one page for all commands.
fn man() -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    let command = Arguments::command();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command
        .get_subcommands()
        .filter(|subcommand| subcommand.get_name() != "help")
    {
        let name = format!("conflagent-{}", subcommand.get_name());
        let subcommand = subcommand.clone().name(name);
        clap_mangen::Man::new(subcommand).render(&mut page)?;
    }
    Ok(page)
}

/// Done when the process is asked to stop: SIGINT or SIGTERM. The second call is done at the second request.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            // Without the one signal, the other still works.
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupt.await;
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn flags_are_consistent() {
        Arguments::command().debug_assert();
    }
}
