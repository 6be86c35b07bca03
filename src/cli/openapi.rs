//! `conflagent openapi`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use url::Url;

use super::output;
use crate::config::{EndpointName, Environment, directory};
use crate::describe::openapi::document;
use crate::http::server_url_of;

/// Prints the OpenAPI document of an endpoint as its callers get it, without starting anything.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Name of the endpoint; leave it out for the unnamed `conflagent.properties`.
    endpoint: Option<String>,
    /// Directory of the properties files.
    #[arg(long, env = "CONFLAGENT_CONFIG_DIR", default_value = ".", value_name = "DIR")]
    config_dir: PathBuf,
    /// Address callers reach the service at; default: the endpoint's `public_url`, else a local one.
    #[arg(long, env = "CONFLAGENT_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let name = match &options.endpoint {
        Some(name) => EndpointName::parse(name).context("that is not a valid endpoint name")?,
        None => EndpointName::unnamed(),
    };
    let loaded = directory::load(&options.config_dir, &Environment::capture());
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
            options.config_dir.display()
        );
    };
    let config = entry.outcome.map_err(|faults| {
        anyhow::anyhow!(
            faults
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n")
        )
    })?;
    let base = config.public_url.as_ref().or(options.public_url.as_ref());
    let base = base.map_or("http://127.0.0.1:5000", |url| url.as_str());
    let document = document(config.flavor, &server_url_of(base, &name));
    output::print(&serde_json::to_string_pretty(&document)?)
}
