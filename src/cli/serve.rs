//! `conflagent serve`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::asked_to_stop;
use crate::app::{App, upstream_limits};
use crate::clock::Clock;
use crate::config::settings::Flags;
use crate::config::{Environment, Settings};
use crate::endpoint::Registry;
use crate::telemetry;

/// Serves each `conflagent.<name>.properties` of the configuration directory below `/endpoint/<name>/`, and
/// `conflagent.properties` below `/`. Files that appear, change or go are followed while it runs; SIGHUP reads
/// them at once. SIGTERM and SIGINT stop it gracefully, a second one at once.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    flags: Flags,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
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
    );
    let listen = settings.listen;
    let app = App::bind(settings, registry, Clock::System)
        .await
        .with_context(|| format!("cannot listen on {listen} (choose another address with --listen)"))?;
    if app.registry().is_empty() {
        tracing::warn!("no endpoint is served: see `conflagent check`");
    }
    tracing::info!(address = %app.address(), version = env!("CARGO_PKG_VERSION"), "listening");
    let stop = async {
        asked_to_stop().await;
        tracing::info!("stopping");
    };
    let hurry = async {
        asked_to_stop().await;
        asked_to_stop().await;
    };
    let finished = app.run(stop, hurry).await;
    Ok(if finished {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
