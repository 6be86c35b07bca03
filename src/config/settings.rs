//! Settings of the process: flags over environment over defaults.
//!
//! [`SETTINGS`] is their one documentation; flags, help texts, messages and the tables of the documentation are made
//! from it or held against it. What belongs to one endpoint is not here but in [`super::keys`].

mod flags;
mod parse;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::filter::Targets;
use url::Url;

use super::{Cidr, Environment};

pub use flags::Flags;
pub use parse::{CorsOrigins, LogFormat};

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Without the two hyphens.
    pub flag: &'static str,
    /// What stands for its value in the help text.
    pub value: &'static str,
    /// Read like any other value; empty for none.
    pub default: &'static str,
    /// What a value must look like. Ends every message about a wrong one.
    pub allowed: &'static str,
    /// What it is for.
    pub help: &'static str,
}

impl Setting {
    /// The environment variable.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("CONFLAGENT_{}", self.flag.to_uppercase().replace('-', "_"))
    }
}

const DURATION: &str = "more than 0 and at most 24h, such as 500ms, 2s, 1m or a bare number of seconds";

/// Every setting there is, in the order of the documentation. A new one needs a row here, a field in [`Settings`] and a
/// line in [`Settings::resolve`].
pub const SETTINGS: &[Setting] = &[
    Setting {
        flag: "config-dir",
        value: "DIRECTORY",
        default: ".",
        allowed: "the path of a directory",
        help: "Directory with the files conflagent.NAME.properties, one for each endpoint.",
    },
    Setting {
        flag: "listen",
        value: "ADDRESS",
        default: "127.0.0.1:5000",
        allowed: "an IP address and a port, such as 127.0.0.1:5000, 0.0.0.0:5000 or [::]:5000",
        help: "Address to accept callers on. TLS is the business of a proxy in front.",
    },
    Setting {
        flag: "public-url",
        value: "URL",
        default: "",
        allowed: "an http or https address with a host and without user, query or fragment, or nothing",
        help: "Address callers reach this service at, for the OpenAPI document. None: what a request was addressed to.",
    },
    Setting {
        flag: "trusted-proxies",
        value: "ADDRESSES",
        default: "",
        allowed: "IP addresses and ranges like 10.0.0.0/8, separated by commas, or nothing",
        help: "Proxies whose X-Forwarded-* headers are believed. None: those headers are ignored.",
    },
    Setting {
        flag: "cors-origins",
        value: "ORIGINS",
        default: "*",
        allowed: "*, none, or origins like https://chat.example, separated by commas",
        help: "Web pages that may call from within a browser. A caller needs the shared secret all the same.",
    },
    Setting {
        flag: "request-timeout",
        value: "DURATION",
        default: "40s",
        allowed: DURATION,
        help: "Longest time from a complete request to its answer, all upstream calls and retries included. Callers like Custom GPTs give up after 45 s.",
    },
    Setting {
        flag: "upstream-timeout",
        value: "DURATION",
        default: "20s",
        allowed: DURATION,
        help: "Longest time for one attempt at one call of Confluence. Never longer than the request time-out.",
    },
    Setting {
        flag: "connect-timeout",
        value: "DURATION",
        default: "5s",
        allowed: DURATION,
        help: "Longest time to connect to Confluence, TLS included. Never longer than the upstream time-out.",
    },
    Setting {
        flag: "max-upstream-concurrency",
        value: "COUNT",
        default: "64",
        allowed: "a whole number from 1 to 1000000",
        help: "Most calls under way at once for one account of a Confluence. How many there really are, up to this, is learned from its answers.",
    },
    Setting {
        flag: "header-read-timeout",
        value: "DURATION",
        default: "10s",
        allowed: DURATION,
        help: "Longest time a caller may take to send the head of a request.",
    },
    Setting {
        flag: "body-read-timeout",
        value: "DURATION",
        default: "15s",
        allowed: DURATION,
        help: "Longest time a caller may take to send the body of a request.",
    },
    Setting {
        flag: "drain-timeout",
        value: "DURATION",
        default: "30s",
        allowed: DURATION,
        help: "Longest time that requests in flight get to finish after SIGTERM or SIGINT. A second signal skips the wait.",
    },
    Setting {
        flag: "reload-interval",
        value: "DURATION",
        default: "2s",
        allowed: "at most 24h, such as 500ms, 2s, 1m or a bare number of seconds, or 0 for never",
        help: "How often the configuration directory is looked at for changes. SIGHUP reads it at any time.",
    },
    Setting {
        flag: "max-connections",
        value: "COUNT",
        default: "1024",
        allowed: "a whole number from 1 to 1000000",
        help: "Most callers connected at once. Further ones wait to be accepted.",
    },
    Setting {
        flag: "max-body-bytes",
        value: "SIZE",
        default: "6MiB",
        allowed: "a whole number of bytes, or with KiB or MiB behind it, from 1 KiB to 256 MiB",
        help: "Largest body of a request: the 5 MB Confluence takes, and room for the escapes of JSON.",
    },
    Setting {
        flag: "ca-file",
        value: "FILE",
        default: "",
        allowed: "the path of a PEM file, or nothing",
        help: "Root certificates to trust for Confluence beside those of the system, such as a company's own.",
    },
    Setting {
        flag: "log-format",
        value: "FORMAT",
        default: "text",
        allowed: "text or json",
        help: "Log lines for people, coloured on a terminal, or for machines.",
    },
    Setting {
        flag: "log-filter",
        value: "FILTER",
        default: "info",
        allowed: "off, error, warn, info, debug or trace, alone or as target=level, separated by commas",
        help: "What is logged, as in info,conflagent::confluence=debug.",
    },
];

/// What the process as a whole goes by.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Directory of the endpoints' files.
    pub config_dir: PathBuf,
    /// Address to accept callers on.
    pub listen: SocketAddr,
    /// Address callers reach this service at.
    pub public_url: Option<Url>,
    /// Whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Which web pages may call.
    pub cors_origins: CorsOrigins,
    /// From a complete request to its answer.
    pub request_timeout: Duration,
    /// For one attempt upstream; at most `request_timeout`.
    pub upstream_timeout: Duration,
    /// For one connection upstream; at most `upstream_timeout`.
    pub connect_timeout: Duration,
    /// Calls under way at once for one account of a Confluence.
    pub max_upstream_concurrency: usize,
    /// For the head of a request.
    pub header_read_timeout: Duration,
    /// For the body of a request.
    pub body_read_timeout: Duration,
    /// For requests in flight at shutdown.
    pub drain_timeout: Duration,
    /// Between two looks at `config_dir`; None: only on SIGHUP.
    pub reload_interval: Option<Duration>,
    /// Callers connected at once.
    pub max_connections: usize,
    /// Largest body of a request.
    pub max_body_bytes: usize,
    /// More root certificates for upstream.
    pub ca_file: Option<PathBuf>,
    /// Shape of log lines.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_filter: Targets,
}

/// One setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {wrong}, allowed: {allowed}")]
pub struct Fault {
    /// The flag or variable that gave the value.
    pub origin: String,
    /// What is wrong.
    pub wrong: String,
    /// What a value must look like.
    pub allowed: &'static str,
}

/// All of them, a line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Faults(pub Vec<Fault>);

impl Settings {
    /// Takes each setting from the flags, else from the environment, else from its default. Empty variables are unset.
    ///
    /// # Errors
    /// All settings whose values cannot be.
    pub fn resolve(flags: &Flags, environment: &Environment) -> Result<Self, Faults> {
        let mut layers = Layers {
            flags,
            environment,
            faults: Vec::new(),
        };
        let request_timeout = layers.read("request-timeout", parse::duration);
        let upstream_timeout = layers
            .read("upstream-timeout", parse::duration)
            .min(request_timeout);
        let settings = Self {
            config_dir: layers.read("config-dir", parse::path),
            listen: layers.read("listen", parse::socket),
            public_url: layers.read("public-url", parse::or_none(parse::url)),
            trusted_proxies: layers.read("trusted-proxies", parse::list(parse::range)),
            cors_origins: layers.read("cors-origins", parse::origins),
            request_timeout,
            upstream_timeout,
            connect_timeout: layers
                .read("connect-timeout", parse::duration)
                .min(upstream_timeout),
            max_upstream_concurrency: layers.read("max-upstream-concurrency", parse::count),
            header_read_timeout: layers.read("header-read-timeout", parse::duration),
            body_read_timeout: layers.read("body-read-timeout", parse::duration),
            drain_timeout: layers.read("drain-timeout", parse::duration),
            reload_interval: layers.read("reload-interval", parse::interval),
            max_connections: layers.read("max-connections", parse::count),
            max_body_bytes: layers.read("max-body-bytes", parse::size),
            ca_file: layers.read("ca-file", parse::or_none(parse::path)),
            log_format: layers.read("log-format", parse::log_format),
            log_filter: layers.read("log-filter", parse::log_filter),
        };
        if layers.faults.is_empty() {
            Ok(settings)
        } else {
            Err(Faults(layers.faults))
        }
    }

    /// Variables that look like misspelt settings. Others that begin alike are none of our business: Kubernetes sets some
    /// for a service called conflagent.
    #[must_use]
    pub fn warnings(environment: &Environment) -> Vec<String> {
        let known: Vec<String> = SETTINGS.iter().map(Setting::variable).collect();
        let own = |name: &str| {
            name.strip_prefix("CONFLAGENT_")
                .is_some_and(|rest| !rest.contains("__"))
        };
        let strangers = environment
            .names()
            .filter(|name| own(name) && known.iter().all(|known| known != name));
        strangers
            .filter_map(|name| {
                let distance = |known: &String| strsim::damerau_levenshtein(name, known);
                let nearest = known
                    .iter()
                    .min_by_key(|known| distance(known))
                    .filter(|known| distance(known) <= 2)?;
                Some(format!(
                    "{name} is ignored: unknown setting, did you mean {nearest}?"
                ))
            })
            .collect()
    }
}

/// The defaults, whatever flags and environment say.
impl Default for Settings {
    fn default() -> Self {
        Self::resolve(&Flags::default(), &Environment::default()).expect("a test reads all defaults")
    }
}

struct Layers<'a> {
    flags: &'a Flags,
    environment: &'a Environment,
    faults: Vec<Fault>,
}

impl Layers<'_> {
    /// The value of a setting. In place of a faulty one, which is noted, comes the default.
    fn read<T>(&mut self, flag: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.flag == flag)
            .expect("only rows of the table are read");
        match self.given(setting, &parse) {
            Some(Ok(value)) => return value,
            Some(Err((origin, wrong))) => {
                self.faults.push(Fault {
                    origin,
                    wrong,
                    allowed: setting.allowed,
                });
            }
            None => {}
        }
        parse(setting.default).expect("a test reads all defaults")
    }

    fn given<T>(
        &self,
        setting: &Setting,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Result<T, (String, String)>> {
        if let Some(text) = self.flags.get(setting.flag) {
            return Some(parse(text.trim()).map_err(|wrong| (format!("--{}", setting.flag), wrong)));
        }
        let variable = setting.variable();
        match self.environment.get(&variable) {
            Ok(None) => None,
            Ok(Some(text)) => Some(parse(text).map_err(|wrong| (variable, wrong))),
            Err(not_unicode) => Some(Err((variable, not_unicode.to_string()))),
        }
    }
}

#[cfg(test)]
mod tests;
