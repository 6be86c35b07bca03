//! `conflagent simulate`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow};

use super::convert::Product;
use super::{Signals, output};
use crate::simulator::{self, Fault, Knobs, Seed, Simulator, Trouble};

/// Run the Confluence simulator alone, so that any Confluence client can be pointed at it.
///
/// Prints address and credentials as lines of a properties file. The wiki is in memory: everything is gone when it
/// stops.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Which product to be.
    #[arg(long, value_enum, default_value = "cloud")]
    deployment: Product,
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// What the wiki holds: `empty`, `demo`, or `tree:PAGESxWIDTHxDEPTH` such as tree:5000x200x12.
    #[arg(long, value_name = "SEED", default_value = "demo")]
    seed: Seed,
    /// How long every answer takes, such as 50ms.
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = duration)]
    latency: Duration,
    /// A behaviour to switch, as NAME=VALUE; may be repeated. `--list` names them.
    #[arg(long = "knob", value_name = "NAME=VALUE")]
    knobs: Vec<String>,
    /// Trouble to make, such as 'bad-gateway GET /pages x3 +1 wait=2s'; may be repeated. `--list` says what the words mean
    /// and names the faults.
    #[arg(long = "fault", value_name = "TROUBLE")]
    faults: Vec<Trouble>,
    /// List the knobs and faults and exit.
    #[arg(long)]
    list: bool,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    if options.list {
        return output::print(&list());
    }
    let mut signals = Signals::listen()?;
    let mut knobs = Knobs::default();
    for pair in &options.knobs {
        let (name, value) = pair.split_once('=').context("a knob is given as NAME=VALUE")?;
        knobs.set(name, value).map_err(|error| anyhow!(error))?;
    }
    let simulator = simulator::start(simulator::Options {
        deployment: options.deployment.into(),
        listen: options.listen,
        seed: options.seed,
        knobs,
        latency: options.latency,
    })
    .await
    .with_context(|| {
        format!(
            "cannot listen on {} (choose another address with --listen)",
            options.listen
        )
    })?;
    for trouble in options.faults {
        simulator.script(trouble);
    }
    output::print(&introduction(&simulator))?;
    signals.next().await;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}

impl From<Product> for simulator::Deployment {
    fn from(product: Product) -> Self {
        match product {
            Product::Cloud => Self::Cloud,
            Product::Datacenter => Self::DataCenter,
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    simulator::parse_duration(text).ok_or_else(|| "give a time such as 50ms or 2s".to_owned())
}

/// What a client needs: all but the shared secret of an endpoint's properties file.
fn introduction(simulator: &Simulator) -> String {
    let credentials = simulator.credentials();
    format!(
        "base_url={}\ndeployment={}\nemail={}\napi_token={}\nspace_key={}\nroot_page_id={}",
        simulator.base_url(),
        match simulator.deployment() {
            simulator::Deployment::Cloud => "cloud",
            simulator::Deployment::DataCenter => "datacenter",
        },
        credentials.user,
        credentials.secret,
        simulator.space_key(),
        simulator.root_page_id(),
    )
}

fn list() -> String {
    let row = |(name, help): (String, &str)| format!("  {name:<36}{}", help.trim());
    let knobs = Knobs::ALL.iter().zip(Knobs::default().values());
    let mut lines = vec!["Knobs (--knob NAME=VALUE), with their defaults:".to_owned()];
    lines.extend(knobs.map(|((name, help), (_, value))| row((format!("{name}={value}"), help))));
    lines.push("\nFaults (--fault 'FAULT [reads|writes|from-write] [METHOD] [/PATH] [xN|forever] [+SKIP] [wait=TIME]'):".to_owned());
    lines.extend(
        Fault::ALL
            .iter()
            .map(|fault| row((fault.name().to_owned(), fault.help()))),
    );
    lines.join("\n")
}
