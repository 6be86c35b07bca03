//! `conflagent openapi`.

use std::process::ExitCode;

use anyhow::Context as _;

use super::{help_of, output};
use crate::config::Environment;
use crate::describe::openapi::{Version, document};
use crate::http::server_url_of;

/// Print the OpenAPI document of an endpoint.
///
/// It is what the endpoint's callers get, without starting anything or asking anybody.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Name of the endpoint; leave it out for the unnamed conflagent.properties.
    endpoint: Option<String>,
    #[arg(long, value_name = "DIRECTORY", help = help_of("config-dir"))]
    config_dir: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "Address callers reach the service at, unless the endpoint has a public_url of its own. \
                [env: CONFLAGENT_PUBLIC_URL] [default: http://127.0.0.1:5000]"
    )]
    public_url: Option<String>,
    /// Version of the OpenAPI specification: 3.1 or 3.0.
    #[arg(long, value_name = "VERSION", default_value = "3.1")]
    openapi: String,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let version = Version::parse(&options.openapi).context("--openapi must be 3.1 or 3.0")?;
    let environment = Environment::capture();
    let flags = [
        ("config-dir", options.config_dir.as_deref()),
        ("public-url", options.public_url.as_deref()),
    ];
    let settings = super::settings(flags, &environment)?;
    let config = super::endpoint_config(options.endpoint.as_deref(), &settings, &environment)?;
    let base = config.public_url.as_ref().or(settings.public_url.as_ref());
    let base = base.map_or("http://127.0.0.1:5000", |url| url.as_str());
    let document = document(&config, &server_url_of(base, &config.name));
    output::print(&serde_json::to_string_pretty(&version.of(document))?)
}
