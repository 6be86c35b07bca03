//! `conflagent serve`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::{Signals, serve_until_stopped};
use crate::app::{App, upstream_limits};
use crate::clock::Clock;
use crate::config::settings::Flags;
use crate::config::{Environment, Settings};
use crate::endpoint::Registry;
use crate::telemetry;

/// Serve the endpoints of a directory of properties files.
///
/// Each conflagent.NAME.properties of the configuration directory is served below /endpoint/NAME/, and
/// conflagent.properties below /. Files that appear, change or go are followed while it runs; SIGHUP reads them at
/// once. SIGTERM and SIGINT stop it gracefully, a second one at once.
///
/// The exit code is 0 when everything in flight was finished, and 1 otherwise.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    flags: Flags,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let environment = Environment::capture();
    let settings = Settings::resolve(&options.flags, &environment)?;
    telemetry::start(settings.log_format, &settings.log_filter);
    for warning in Settings::warnings(&environment) {
        tracing::warn!("{warning}");
    }
    let registry = Registry::of_directory(
        settings.config_dir.clone(),
        environment,
        upstream_limits(&settings),
        Clock::System,
    );
    let listen = settings.listen;
    let app = App::bind(settings, registry, Clock::System)
        .await
        .with_context(|| format!("cannot listen on {listen} (choose another address with --listen)"))?;
    if app.registry().is_empty() {
        tracing::warn!("no endpoint is served: see `conflagent check`");
    }
    tracing::info!(address = %app.address(), version = env!("CARGO_PKG_VERSION"), "listening");
    let finished = serve_until_stopped(app, signals).await;
    Ok(if finished {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
