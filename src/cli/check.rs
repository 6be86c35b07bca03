//! `conflagent check`.
//!
//! Every file is validated; unless `--offline`, every valid endpoint is probed with its own credentials: who
//! Confluence takes it for, the space, the root page, and whether the account may write there.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::{help_of, output};
use crate::app::upstream_limits;
use crate::clock::Clock;
use crate::config::{DirectoryAccess, EndpointConfig, Environment, Fault, Settings, directory};
use crate::confluence::{self, Call, Client, ErrorKind, Limits, WithBody};
use crate::describe::tools::{self, Method};
use crate::endpoint::{Endpoint, chain, deployment_name};

/// Validate every properties file and probe every endpoint.
///
/// Reads the settings of the process and every file; then, unless --offline, asks Confluence whether credentials, space,
/// root page and permissions of each endpoint are in order. Nothing is changed anywhere.
///
/// The exit code is 0 when all is well, and 1 on any fault. Warnings are no faults.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[arg(long, value_name = "DIRECTORY", help = help_of("config-dir"))]
    config_dir: Option<String>,
    #[arg(long, value_name = "FILE", help = help_of("ca-file"))]
    ca_file: Option<String>,
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
    faults: Vec<String>,
    warnings: Vec<String>,
    endpoints: Vec<Row>,
}

/// What was found out about one file.
#[derive(Serialize)]
struct Row {
    endpoint: String,
    file: String,
    ok: bool,
    deployment: Option<&'static str>,
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
    let environment = Environment::capture();
    let (settings, mut faults) = settings(&options, &environment);
    let limits = upstream_limits(&settings);
    let loaded = directory::load(&settings.config_dir, &environment);
    faults.extend(loaded.fault.iter().map(ToString::to_string));
    if loaded.entries.is_empty() && loaded.fault.is_none() {
        let directory = settings.config_dir.display();
        faults.push(format!("{directory}: no conflagent.<name>.properties file here"));
    }
    let texts = |faults: &[Fault]| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut warnings = Settings::warnings(&environment);
    if !loaded.entries.is_empty() {
        warnings.extend(texts(&loaded.warnings));
    }
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
                    row.probes = probe(config, &limits).await;
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
        warnings,
        endpoints,
    };
    if options.json {
        output::print(&serde_json::to_string_pretty(&report)?)?;
    } else {
        output::print(&table(&report))?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The settings of the process as `serve` would read them, and what is wrong with them. Where that is anything, the
/// files are looked for all the same, in the directory that was given.
fn settings(options: &Options, environment: &Environment) -> (Settings, Vec<String>) {
    let flags = [
        ("config-dir", options.config_dir.as_deref()),
        ("ca-file", options.ca_file.as_deref()),
    ];
    match super::settings(flags, environment) {
        Ok(settings) => (settings, Vec::new()),
        Err(faults) => {
            let variable = environment.get("CONFLAGENT_CONFIG_DIR").ok().flatten();
            let mut settings = Settings::default();
            if let Some(directory) = options.config_dir.as_deref().or(variable) {
                settings.config_dir = directory.into();
            }
            (settings, faults.0.iter().map(ToString::to_string).collect())
        }
    }
}

/// Asks Confluence about one endpoint. Later questions are left out when an earlier one makes them pointless.
async fn probe(config: &EndpointConfig, limits: &Limits) -> Vec<Probe> {
    let endpoint = match Endpoint::new(config.clone(), limits, Clock::System) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            return vec![Probe {
                name: "client",
                ok: false,
                found: chain(&error),
            }];
        }
    };
    let pages = endpoint.pages(&Call::new(PROBE_TIME));
    let client = pages.client();
    let mut probes = vec![credentials(client).await];
    if !config.only.is_everything() {
        probes.push(operations(config));
    }
    if probes[0].ok {
        if config.directory > DirectoryAccess::Off {
            probes.push(users_and_groups(client, config.directory).await);
        }
        probes.push(space(client, config).await);
        let (root, found) = root_page(client, pages.root()).await;
        probes.push(root);
        if found {
            probes.push(permission(client, pages.root(), config).await);
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
    match client.page(root, WithBody::No).await {
        Ok(Some(page)) => {
            // The title look-up is limited to the configured space: it finds the root only if it is in there.
            let in_space = client.find(&page.title, WithBody::No).await;
            let (ok, found) = match in_space {
                Ok(Some(found)) if found.page.id == *root => (true, page.title),
                Ok(_) => (false, format!("'{}' is not in the configured space", page.title)),
                Err(error) => (false, reason(&error)),
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

/// What allow and deny leave of the flavor.
fn operations(config: &EndpointConfig) -> Probe {
    let names: Vec<&str> = tools::offered(config).map(|tool| tool.name).collect();
    let found = if names.is_empty() {
        "none: allow and deny leave nothing of the flavor".to_owned()
    } else {
        names.join(", ")
    };
    Probe {
        name: "operations",
        ok: !names.is_empty(),
        found,
    }
}

/// Whether the account sees the site's groups and who is in them.
async fn users_and_groups(client: &Client, access: DirectoryAccess) -> Probe {
    let name = "directory";
    let seen = async {
        let groups = client.groups(None, 1).await?;
        match groups.rows.first() {
            Some(group) => client.members(group, None, 1).await.map(|_| true),
            None => Ok(false),
        }
    };
    let what = match access {
        DirectoryAccess::Admin => {
            "callers may find all users and groups of the site, and remove users from groups"
        }
        _ => "callers may find all users and groups of the site",
    };
    match seen.await {
        Ok(true) => Probe {
            name,
            ok: true,
            found: what.to_owned(),
        },
        Ok(false) => Probe {
            name,
            ok: false,
            found: "the account sees no groups".to_owned(),
        },
        Err(error) => Probe {
            name,
            ok: false,
            found: reason(&error),
        },
    }
}

async fn permission(client: &Client, root: &confluence::PageId, config: &EndpointConfig) -> Probe {
    let name = "write permission";
    match client.permissions(root).await {
        Ok(Some(allowed)) => {
            let mut writing = tools::offered(config)
                .filter(|tool| !tool.hints.read_only && tool.operation.needs() == DirectoryAccess::Off)
                .peekable();
            let needed = writing.peek().is_some();
            let creating = writing.all(|tool| tool.method() == Method::Create);
            // Where pages are changed too, not both: the root page itself may be locked on purpose.
            let enough = !needed || allowed.create || (!creating && allowed.update);
            let may: Vec<&str> = [
                ("create", allowed.create),
                ("update", allowed.update),
                ("delete", allowed.delete),
            ]
            .iter()
            .filter_map(|(what, allowed)| allowed.then_some(*what))
            .collect();
            let found = if may.is_empty() {
                "none: the account may only read here".to_owned()
            } else {
                may.join(", ")
            };
            Probe {
                name,
                ok: enough,
                found,
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
        .map(|source| format!(": {}", chain(source)))
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
    lines.extend(report.warnings.iter().map(|warning| format!("! {warning}")));
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
