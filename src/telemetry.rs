//! Logs on standard error: text for people, or JSON for machines.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::{LevelFilter, Targets};
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
        .with(layer.with_filter(without_chatter(filter)))
        .try_init();
}

/// The same filter, but of the MCP SDK only errors, unless it is named. It tells of each session and message, and warns
/// of each mistake of a caller in the caller's own words; our own line about the request says what matters.
fn without_chatter(filter: &Targets) -> Targets {
    const CHATTY: &str = "rmcp";
    let named = filter.iter().any(|(target, _)| target.starts_with(CHATTY));
    let others = filter.default_level().unwrap_or(LevelFilter::OFF);
    if named {
        return filter.clone();
    }
    filter.clone().with_target(CHATTY, others.min(LevelFilter::ERROR))
}

#[cfg(test)]
mod tests {
    use tracing::Level;
    use tracing_subscriber::filter::Targets;

    use super::without_chatter;

    #[test]
    fn the_sdk_is_heard_when_it_is_asked_for() {
        for (given, level, heard) in [
            ("info", Level::WARN, false),
            ("info", Level::ERROR, true),
            ("off", Level::ERROR, false),
            ("info,rmcp=debug", Level::DEBUG, true),
        ] {
            let filter = without_chatter(&given.parse::<Targets>().expect("a filter"));
            assert_eq!(filter.would_enable("rmcp::service", &level), heard, "{given}");
            assert_eq!(filter.would_enable("conflagent", &Level::INFO), given != "off");
        }
    }
}
