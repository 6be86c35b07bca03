//! The commands. Each file is one of them: its flags, and what it does with the parts.

mod check;
mod convert;
mod demo;
mod mcp;
mod openapi;
mod output;
mod serve;
mod signals;
mod simulate;

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use tokio_util::sync::CancellationToken;

use self::signals::Signals;
use crate::app::App;
use crate::config::settings::{Faults, Flags, SETTINGS};
use crate::config::{EndpointConfig, EndpointName, Environment, Settings, directory};

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

/// What each is for is said on its options, where clap finds it for both the list and the command's own help.
#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<serve::Options>),
    Demo(demo::Options),
    Simulate(Box<simulate::Options>),
    Check(check::Options),
    Openapi(openapi::Options),
    Mcp(mcp::Options),
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
        Some(Command::Mcp(options)) => blocking(mcp::run(options)),
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

/// The settings of a command that takes but a few of them as flags; the others come as `serve` would get them.
fn settings<'a>(
    flags: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    environment: &Environment,
) -> Result<Settings, Faults> {
    let given = flags.into_iter().filter_map(|(flag, text)| Some((flag, text?)));
    Settings::resolve(&Flags::from_pairs(given), environment)
}

/// The configuration of the endpoint of this name, or of the unnamed one, from the directory of the settings.
fn endpoint_config(
    name: Option<&str>,
    settings: &Settings,
    environment: &Environment,
) -> anyhow::Result<EndpointConfig> {
    let name = match name {
        Some(name) => EndpointName::parse(name).context("that is not a valid endpoint name")?,
        None => EndpointName::unnamed(),
    };
    let loaded = directory::load(&settings.config_dir, environment);
    if let Some(fault) = loaded.fault {
        bail!("{fault}");
    }
    let Some(entry) = loaded
        .entries
        .into_iter()
        .find(|entry| entry.name.as_ref() == Some(&name))
    else {
        bail!(
            "there is no file for the endpoint {name} in {}",
            settings.config_dir.display()
        );
    };
    entry.outcome.map_err(|faults| {
        anyhow::anyhow!(
            faults
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        )
    })
}

/// The help text of a flag that stands for a setting, from the table of all of them.
fn help_of(flag: &str) -> String {
    let setting = SETTINGS
        .iter()
        .find(|setting| setting.flag == flag)
        .expect("only rows of the table have flags");
    let default = if setting.default.is_empty() {
        "none"
    } else {
        setting.default
    };
    format!(
        "{} [env: {}] [default: {default}]",
        setting.help,
        setting.variable()
    )
}

/// Serves until the process is asked to stop, then drains; asked once more, it stops at once. Answers whether
/// everything in flight was finished.
async fn serve_until_stopped(app: App, mut signals: Signals) -> bool {
    let (stop, hurry) = (CancellationToken::new(), CancellationToken::new());
    let mut app = std::pin::pin!(app.run(stop.cancelled(), hurry.cancelled()));
    tokio::select! {
        finished = &mut app => return finished,
        () = signals.next() => tracing::info!("stopping"),
    }
    stop.cancel();
    tokio::select! {
        finished = &mut app => return finished,
        () = signals.next() => tracing::warn!("stopping at once; what is in flight is given up"),
    }
    hurry.cancel();
    app.await
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
