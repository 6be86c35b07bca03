//! `conflagent mcp`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Signals, help_of};
use crate::app::upstream_limits;
use crate::clock::Clock;
use crate::config::Environment;
use crate::confluence::Call;
use crate::dispatch::{Authorized, Dispatch, Running};
use crate::endpoint::{Endpoint, chain};
use crate::mcp::{Entry, Journal, Server};
use crate::operations::{Code, Failure};
use crate::telemetry;

/// Serve one endpoint to a local MCP client over standard input and output.
///
/// It speaks the Model Context Protocol as /endpoint/NAME/mcp does, for clients that start their servers themselves.
/// No secret is needed: who can run this can read the endpoint's file. Logs go to standard error.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Name of the endpoint; leave it out for the unnamed conflagent.properties.
    endpoint: Option<String>,
    #[arg(long, value_name = "DIRECTORY", help = help_of("config-dir"))]
    config_dir: Option<String>,
    #[arg(long, value_name = "FILTER", help = help_of("log-filter"))]
    log_filter: Option<String>,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let environment = Environment::capture();
    let flags = [
        ("config-dir", options.config_dir.as_deref()),
        ("log-filter", options.log_filter.as_deref()),
    ];
    let settings = super::settings(flags, &environment)?;
    telemetry::start(settings.log_format, &settings.log_filter);
    let config = super::endpoint_config(options.endpoint.as_deref(), &settings, &environment)?;
    let endpoint = Arc::new(Endpoint::new(config, &upstream_limits(&settings), Clock::System)?);
    // The secret stands in the file that this process was given.
    let secret = endpoint.config().gpt_shared_secret.expose().as_bytes();
    let caller = Authorized::by_secret(&endpoint, &[secret]).context("a secret that is its own")?;
    let writes = TaskTracker::new();
    let journal = Log {
        endpoint: endpoint.name().to_string(),
        request_timeout: settings.request_timeout,
    };
    let server = Server::new(endpoint, caller, Dispatch::new(writes.clone()), Arc::new(journal));
    let stop = CancellationToken::new();
    let session = server.over_streams(tokio::io::stdin(), tokio::io::stdout(), stop.clone());
    let mut session = std::pin::pin!(session);
    let outcome = tokio::select! {
        outcome = &mut session => outcome,
        () = signals.next() => {
            tracing::info!("stopping");
            stop.cancel();
            session.await
        }
    };
    writes.close();
    let drained = tokio::time::timeout(settings.drain_timeout, writes.wait()).await;
    outcome?;
    Ok(match drained {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// A line on standard error for each thing asked.
struct Log {
    endpoint: String,
    request_timeout: Duration,
}

impl Journal for Log {
    fn opens(&self, what: &'static str) -> Box<dyn Entry> {
        let request_id = uuid::Uuid::new_v4().to_string();
        Box::new(Line {
            endpoint: self.endpoint.clone(),
            what,
            call: Call::new(self.request_timeout).named(&request_id),
            request_id,
            started: Instant::now(),
            answered: false,
        })
    }
}

struct Line {
    endpoint: String,
    what: &'static str,
    call: Call,
    request_id: String,
    started: Instant,
    answered: bool,
}

impl Entry for Line {
    fn call(&self) -> &Call {
        &self.call
    }

    fn request_id(&self) -> &str {
        &self.request_id
    }

    fn outlived_by(&mut self, write: Running) -> Running {
        write
    }

    fn closes(mut self: Box<Self>, outcome: Result<(), Failure>) {
        self.answered = true;
        let failure = outcome.err();
        let code = failure.as_ref().map_or(Code::Ok, |failure| failure.fault.code());
        let severe = failure
            .as_ref()
            .is_some_and(|failure| failure.fault.status() >= 500);
        let cause = failure.as_ref().and_then(|failure| failure.cause.as_deref());
        let cause = cause.map(|cause| chain(cause));
        self.write(Some(code), severe, cause.as_deref());
    }
}

impl Line {
    /// Writes the line; without a code, the client gave up.
    fn write(&self, code: Option<Code>, severe: bool, cause: Option<&str>) {
        let (endpoint, operation) = (self.endpoint.as_str(), self.what);
        let request_id = self.request_id.as_str();
        let hung_up = code.is_none().then_some(true);
        let code = code.map(Code::as_str);
        let duration_ms = self.started.elapsed().as_millis();
        let upstream_calls = self.call.tally.calls();
        if severe {
            tracing::error!(
                request_id,
                endpoint,
                operation,
                code,
                duration_ms,
                upstream_calls,
                cause,
                hung_up,
                "request failed"
            );
        } else {
            tracing::info!(
                request_id,
                endpoint,
                operation,
                code,
                duration_ms,
                upstream_calls,
                cause,
                hung_up,
                "request"
            );
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.answered {
            self.write(None, false, None);
        }
    }
}
