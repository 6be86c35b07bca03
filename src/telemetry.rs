//! Logs on standard error: text for people, or JSON for machines.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::settings::LogFormat;

/// Starts logging for the process. A second call changes nothing.
pub fn start(format: LogFormat, filter: &Targets) {
    let layer = match format {
        LogFormat::Text => {
            let layer = fmt::layer().with_writer(std::io::stderr).with_target(false);
            layer.with_ansi(std::io::stderr().is_terminal()).boxed()
        }
        LogFormat::Json => {
            let layer = fmt::layer().json().with_writer(std::io::stderr);
            layer
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(true)
                .boxed()
        }
    };
    // Only fails when logging was started before, by a test, say.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter.clone()))
        .try_init();
}
