//! `conflagent check`.
//!
//! Every file is validated; unless `--offline`, every valid endpoint is probed with its own credentials: who
//! Confluence takes it for, the space, the root page, and whether the account may write there.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::output;
use crate::config::{EndpointConfig, Environment, Fault, Flavor, directory};
use crate::confluence::{self, Call, Client, ErrorKind, Limits, WithBody};
use crate::endpoint::{Endpoint, deployment_name};

/// Validates every properties file and, unless --offline, asks Confluence whether credentials, space, root page and
/// permissions of each endpoint are in order. Exit code 1 on any fault.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Directory of the properties files.
    #[arg(long, env = "CONFLAGENT_CONFIG_DIR", default_value = ".", value_name = "DIR")]
    config_dir: PathBuf,
    /// Only read the files; ask nobody.
    #[arg(long)]
    offline: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// The longest time for the probes of one endpoint.
const PROBE_TIME: Duration = Duration::from_secs(20);

/// What was found out about everything.
#[derive(Serialize)]
struct Report {
    ok: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<String>,
    endpoints: Vec<Row>,
}

/// What was found out about one file.
#[derive(Serialize)]
struct Row {
    endpoint: String,
    file: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    deployment: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    probes: Vec<Probe>,
    faults: Vec<String>,
    warnings: Vec<String>,
}

/// One question put to Confluence.
#[derive(Serialize)]
struct Probe {
    name: &'static str,
    ok: bool,
    found: String,
}

pub(super) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let loaded = directory::load(&options.config_dir, &Environment::capture());
    let mut faults: Vec<String> = loaded.fault.iter().map(ToString::to_string).collect();
    if loaded.entries.is_empty() && faults.is_empty() {
        let directory = options.config_dir.display();
        faults.push(format!("{directory}: no conflagent.<name>.properties file here"));
    }
    let texts = |faults: &[Fault]| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut endpoints = Vec::new();
    for entry in &loaded.entries {
        let mut row = Row {
            endpoint: entry
                .name
                .as_ref()
                .map_or_else(|| "?".to_owned(), ToString::to_string),
            file: entry.path.display().to_string(),
            ok: true,
            deployment: None,
            probes: Vec::new(),
            faults: Vec::new(),
            warnings: texts(&entry.warnings),
        };
        match &entry.outcome {
            Ok(config) => {
                row.deployment = Some(deployment_name(config.deployment));
                if !options.offline {
                    row.probes = probe(config).await;
                }
            }
            Err(faults) => row.faults = texts(faults),
        }
        row.ok = row.faults.is_empty() && row.probes.iter().all(|probe| probe.ok);
        endpoints.push(row);
    }
    let ok = faults.is_empty() && endpoints.iter().all(|row| row.ok);
    let report = Report {
        ok,
        faults,
        endpoints,
    };
    if options.json {
        output::print(&serde_json::to_string_pretty(&report)?)?;
    } else {
        output::print(&table(&report))?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Asks Confluence about one endpoint. Later questions are left out when an earlier one makes them pointless.
async fn probe(config: &EndpointConfig) -> Vec<Probe> {
    let endpoint = match Endpoint::new(config.clone(), &Limits::default()) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            return vec![Probe {
                name: "client",
                ok: false,
                found: error.to_string(),
            }];
        }
    };
    let pages = endpoint.pages(&Call::new(PROBE_TIME));
    let client = pages.client();
    let mut probes = vec![credentials(client).await];
    if probes[0].ok {
        probes.push(space(client, config).await);
        let (root, found) = root_page(client, pages.root()).await;
        probes.push(root);
        if found {
            probes.push(permission(client, pages.root(), config.flavor).await);
        }
    }
    probes
}

async fn credentials(client: &Client) -> Probe {
    let name = "credentials";
    match client.current_user().await {
        Ok(user) if user.known => Probe {
            name,
            ok: true,
            found: user.display_name,
        },
        Ok(_) => Probe {
            name,
            ok: false,
            found: "taken for an anonymous visitor: check the token".to_owned(),
        },
        Err(error) => Probe {
            name,
            ok: false,
            found: reason(&error),
        },
    }
}

async fn space(client: &Client, config: &EndpointConfig) -> Probe {
    let name = "space";
    match client.space().await {
        Ok(Some(space)) => Probe {
            name,
            ok: true,
            found: format!("{} ({})", space.key, space.name),
        },
        Ok(None) => Probe {
            name,
            ok: false,
            found: format!(
                "no space with the key {} is visible to this account",
                config.space_key
            ),
        },
        Err(error) => Probe {
            name,
            ok: false,
            found: reason(&error),
        },
    }
}

async fn root_page(client: &Client, root: &confluence::PageId) -> (Probe, bool) {
    let name = "root page";
    match client.located(root, WithBody::No).await {
        Ok(Some(located)) => {
            // The title look-up is limited to the configured space: it finds the root only if it is in there.
            let in_space = client.find(&located.page.title, WithBody::No).await;
            let ok = matches!(&in_space, Ok(Some(found)) if found.page.id == *root);
            let found = if ok {
                located.page.title
            } else {
                format!("'{}' is not in the configured space", located.page.title)
            };
            (Probe { name, ok, found }, true)
        }
        Ok(None) => {
            let found = format!("no current page with the id {root} is visible to this account");
            (
                Probe {
                    name,
                    ok: false,
                    found,
                },
                false,
            )
        }
        Err(error) => (
            Probe {
                name,
                ok: false,
                found: reason(&error),
            },
            false,
        ),
    }
}

async fn permission(client: &Client, root: &confluence::PageId, flavor: Flavor) -> Probe {
    let name = "write permission";
    match client.permissions(root).await {
        Ok(Some(allowed)) => {
            let writes = allowed.update || allowed.create;
            let found = if writes {
                "yes"
            } else {
                "the account may not write here"
            };
            // An endpoint for reading needs none.
            Probe {
                name,
                ok: writes || flavor == Flavor::Read,
                found: found.to_owned(),
            }
        }
        Ok(None) => Probe {
            name,
            ok: false,
            found: "the root page vanished meanwhile".to_owned(),
        },
        Err(error) => Probe {
            name,
            ok: false,
            found: reason(&error),
        },
    }
}

/// A failure as the operator should read it.
fn reason(error: &confluence::Error) -> String {
    let what = match &error.kind {
        ErrorKind::CredentialsRejected => "Confluence rejects email and api_token",
        ErrorKind::Unreachable => "base_url cannot be reached",
        ErrorKind::Timeout => "base_url does not answer in time",
        ErrorKind::Forbidden => "the account may not do this (a scoped token may lack a scope)",
        ErrorKind::Nonsense => "base_url does not answer like Confluence's API",
        ErrorKind::Gone => "the site has removed this route: is `deployment` right?",
        _ => "Confluence failed",
    };
    let source = std::error::Error::source(error)
        .map(|source| format!(": {source}"))
        .unwrap_or_default();
    match error.status {
        Some(status) => format!("{what} (status {status}){source}"),
        None => format!("{what}{source}"),
    }
}

/// The report for people.
fn table(report: &Report) -> String {
    let mark = |ok: bool| if ok { "✓" } else { "✗" };
    let mut lines: Vec<String> = report.faults.iter().map(|fault| format!("✗ {fault}")).collect();
    for row in &report.endpoints {
        let deployment = row
            .deployment
            .map(|name| format!("  [{name}]"))
            .unwrap_or_default();
        lines.push(format!(
            "{} {}  {}{deployment}",
            mark(row.ok),
            row.endpoint,
            row.file
        ));
        let probe = |probe: &Probe| format!("    {} {:<17} {}", mark(probe.ok), probe.name, probe.found);
        lines.extend(row.probes.iter().map(probe));
        lines.extend(row.faults.iter().map(|fault| format!("    ✗ {fault}")));
        lines.extend(row.warnings.iter().map(|warning| format!("    ! {warning}")));
    }
    lines.join("\n")
}
