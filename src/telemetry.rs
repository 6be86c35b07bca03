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
        .with(layer.with_filter(completed(filter)))
        .try_init();
}

/// The same filter, but for targets that it does not name. Of the MCP SDK only errors: it tells of each session and
/// message, and warns of each mistake of a caller in the caller's own words; our own line about the request says what
/// matters. Of the audit everything, however little else is wanted.
fn completed(filter: &Targets) -> Targets {
    const CHATTY: &str = "rmcp";
    const AUDIT: &str = "audit";
    let others = filter.default_level().unwrap_or(LevelFilter::OFF);
    let mut completed = filter.clone();
    for (target, level) in [
        (CHATTY, others.min(LevelFilter::ERROR)),
        (AUDIT, LevelFilter::INFO),
    ] {
        if !filter.iter().any(|(named, _)| named.starts_with(target)) {
            completed = completed.with_target(target, level);
        }
    }
    completed
}

#[cfg(test)]
mod tests {
    use tracing::Level;
    use tracing_subscriber::filter::Targets;

    use super::completed;

    #[test]
    fn the_audit_is_kept_unless_it_is_named() {
        let filter = completed(&"info,audit=off".parse::<Targets>().expect("a filter"));
        assert!(!filter.would_enable("audit", &Level::ERROR));
    }

    #[test]
    fn the_sdk_is_heard_when_it_is_asked_for() {
        for (given, level, heard) in [
            ("info", Level::WARN, false),
            ("info", Level::ERROR, true),
            ("off", Level::ERROR, false),
            ("info,rmcp=debug", Level::DEBUG, true),
        ] {
            let filter = completed(&given.parse::<Targets>().expect("a filter"));
            assert_eq!(filter.would_enable("rmcp::service", &level), heard, "{given}");
            assert_eq!(filter.would_enable("conflagent", &Level::INFO), given != "off");
            assert!(filter.would_enable("audit", &Level::INFO), "{given}");
        }
    }
}
