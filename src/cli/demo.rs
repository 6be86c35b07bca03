//! `conflagent demo`.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context as _;

use super::convert::Product;
use super::{Signals, help_of, output, serve_until_stopped};
use crate::app::{App, upstream_limits};
use crate::clock::Clock;
use crate::config::{Deployment, EndpointConfig, EndpointName, Environment, Flavor, Secret, endpoint};
use crate::endpoint::{Endpoint, Registry};
use crate::simulator::{self, Seed, Simulator};
use crate::telemetry;

/// The secret of the demo's endpoint. Not a secret at all: the wiki behind it is made up and gone when it stops.
const SECRET: &str = "demo-secret";

/// Try everything without a Confluence: an embedded simulator and one ready endpoint.
///
/// Starts a Confluence with a made-up wiki and one endpoint named `demo` in front of it, and prints what to try. Needs
/// no network and no configuration; everything is gone when it stops.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Which product the embedded Confluence is.
    #[arg(long, value_enum, default_value = "cloud")]
    deployment: Product,
    #[arg(long, value_name = "ADDRESS", help = help_of("listen"))]
    listen: Option<String>,
    /// What the wiki holds: `demo`, `empty`, or `tree:PAGESxWIDTHxDEPTH` such as tree:5000x200x12.
    #[arg(long, value_name = "SEED", default_value = "demo")]
    seed: Seed,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let settings = super::settings([("listen", options.listen.as_deref())], &Environment::capture())?;
    let listen = settings.listen;
    telemetry::start(settings.log_format, &settings.log_filter);
    let simulator = simulator::start(simulator::Options {
        seed: options.seed,
        ..simulator::Options::new(options.deployment.into())
    })
    .await
    .context("cannot start the embedded Confluence on a loopback port")?;
    let endpoint = Endpoint::new(
        configuration(&simulator, options.deployment)?,
        &upstream_limits(&settings),
        Clock::System,
    )?;
    let app = App::bind(settings, Registry::of([endpoint]), Clock::System)
        .await
        .with_context(|| format!("cannot listen on {listen} (choose another address with --listen)"))?;
    output::print(&introduction(app.address(), &simulator.base_url()))?;
    serve_until_stopped(app, signals).await;
    simulator.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// The configuration of the demo's endpoint, as a properties file would give it.
fn configuration(simulator: &Simulator, product: Product) -> anyhow::Result<EndpointConfig> {
    let credentials = simulator.credentials();
    Ok(EndpointConfig {
        name: EndpointName::parse("demo").context("a valid name")?,
        email: Some(credentials.user),
        api_token: Secret::new(credentials.secret),
        base_url: simulator.base_url().parse()?,
        space_key: simulator.space_key(),
        root_page_id: simulator.root_page_id(),
        gpt_shared_secret: Secret::new(SECRET),
        flavor: Flavor::Default,
        directory: crate::config::DirectoryAccess::Admin,
        only: crate::config::Only::default(),
        deployment: match product {
            Product::Cloud => Deployment::Cloud,
            Product::Datacenter => Deployment::DataCenter,
        },
        cloud_id: None,
        public_url: None,
        read_format: crate::config::ReadFormat::Storage,
        index_freshness: endpoint::INDEX_FRESHNESS,
    })
}

/// What to try, ready to be copied.
fn introduction(address: SocketAddr, confluence: &str) -> String {
    let base = format!("http://{address}/endpoint/demo");
    format!(
        "Conflagent is listening on http://{address}/ with one endpoint, `demo`, in front of an embedded Confluence
({confluence}) whose wiki is made up and gone when you press Ctrl-C. In another terminal:

  BASE={base}
  AUTH='Authorization: Bearer {SECRET}'

  # list every page, read one, see the tree
  curl -H \"$AUTH\" $BASE/pages
  curl -H \"$AUTH\" \"$BASE/pages/Caching%20Architecture?format=markdown\"
  curl -H \"$AUTH\" \"$BASE/pages/tree?depth=2\"

  # create a page from Markdown, edit it, rename, move and delete it
  curl -H \"$AUTH\" $BASE/pages -d '{{\"title\": \"Release notes\", \"body\": \"# 1.0\\n\\n- [ ] Tag it\\n- [x] Build it\"}}'
  curl -H \"$AUTH\" -X PUT $BASE/pages/Release%20notes -d '{{\"body\": \"# 1.1\\n\\n- [x] Tag it\\n- [x] Build it\\n\\nAll **done**.\"}}'
  curl -H \"$AUTH\" $BASE/pages/rename -d '{{\"old_title\": \"Release notes\", \"new_title\": \"Release 1.1\"}}'
  curl -H \"$AUTH\" \"$BASE/pages/Release%201.1/move\" -d '{{\"newParentTitle\": \"Caching Architecture\"}}'
  curl -H \"$AUTH\" \"$BASE/pages/Release%201.1/parent\"
  curl -H \"$AUTH\" -X DELETE \"$BASE/pages/Release%201.1\"

  # users and groups of the whole site, which other endpoints offer only where their file says so (directory=admin)
  curl -H \"$AUTH\" \"$BASE/directory/users?query=grace\"
  curl -H \"$AUTH\" \"$BASE/directory/user-groups?user=Grace%20Person\"
  curl -H \"$AUTH\" $BASE/directory/remove-member -d '{{\"user\": \"Grace Person\", \"group\": \"on-call\", \"dryRun\": true}}'

  # what an agent is told (no secret needed), a page for people, and one to call all of it from a browser
  curl $BASE/openapi.json
  http://{address}/
  {base}/docs/
"
    )
}
