//! A named configuration with its pages, and the registry of all of them.
//!
//! The registry follows the files of its directory while the process runs: everything is parsed first, then swapped
//! at once. A faulty file keeps the last good state of its endpoint; requests in flight finish on the state they
//! began with. Nothing lists endpoints to the outside.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::config::directory::{self, Loaded};
use crate::config::{Deployment, DirectoryAccess, EndpointConfig, EndpointName, Environment, Fingerprint};
use crate::confluence::{Call, Client, Limits, Quota};
use crate::directory::Directory;
use crate::pages::Pages;

/// One endpoint, ready to serve.
#[derive(Debug)]
pub struct Endpoint {
    config: EndpointConfig,
    pages: Pages,
    directory: Directory,
}

/// Why a valid configuration still makes no endpoint.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client for Confluence cannot be set up.
    #[error("the Confluence client cannot be set up")]
    Client(#[from] crate::confluence::SetupError),
    /// The root page id is not one.
    #[error("root_page_id is not a page id")]
    RootPageId,
}

impl Endpoint {
    /// Sets an endpoint up; no request is sent.
    ///
    /// # Errors
    /// [`Error`], which only the machine (TLS) or an unchecked configuration can cause.
    pub fn new(config: EndpointConfig, limits: &Limits, clock: Clock) -> Result<Self, Error> {
        let client = Client::new(&config, limits)?;
        let directory = Directory::new(client.clone(), config.name.clone());
        let pages = Pages::new(client, &config, clock).ok_or(Error::RootPageId)?;
        Ok(Self {
            config,
            pages,
            directory,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &EndpointName {
        &self.config.name
    }

    /// Its configuration.
    #[must_use]
    pub fn config(&self) -> &EndpointConfig {
        &self.config
    }

    /// The limit of its account, as far as it is known.
    #[must_use]
    pub fn quota(&self) -> Option<Quota> {
        self.pages.client().quota()
    }

    /// Its pages, under the deadline and accounting of one request.
    #[must_use]
    pub fn pages(&self, call: &Call) -> Pages {
        self.pages.on(call)
    }

    /// The users and groups of its site, under the deadline and accounting of one request. None unless that is switched
    /// on.
    #[must_use]
    pub fn directory(&self, call: &Call) -> Option<Directory> {
        (self.config.directory > DirectoryAccess::Off).then(|| self.directory.on(call))
    }
}

/// All endpoints by name.
#[derive(Debug)]
pub struct Registry {
    endpoints: ArcSwap<HashMap<EndpointName, Arc<Endpoint>>>,
    source: Option<Source>,
    limits: Limits,
    clock: Clock,
}

/// Where the endpoints come from.
#[derive(Debug)]
struct Source {
    directory: PathBuf,
    environment: Environment,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// What each file was when it was last reported on, so that nothing is reported twice.
    reported: HashMap<PathBuf, Fingerprint>,
    /// What the file of each served endpoint was when the endpoint was made.
    served: HashMap<EndpointName, Fingerprint>,
    loaded: Option<Loaded>,
}

impl Registry {
    /// The endpoints of a directory of properties files. Faults are logged; they disable their endpoint alone.
    #[must_use]
    pub fn of_directory(directory: PathBuf, environment: Environment, limits: Limits, clock: Clock) -> Self {
        let source = Source {
            directory,
            environment,
            seen: Mutex::default(),
        };
        let registry = Self {
            endpoints: ArcSwap::default(),
            source: Some(source),
            limits,
            clock,
        };
        registry.reload();
        registry
    }

    /// Just these endpoints, for the demo and for tests.
    #[must_use]
    pub fn of(endpoints: impl IntoIterator<Item = Endpoint>) -> Self {
        let endpoints: HashMap<_, _> = endpoints
            .into_iter()
            .map(|endpoint| (endpoint.name().clone(), Arc::new(endpoint)))
            .collect();
        Self {
            endpoints: ArcSwap::from_pointee(endpoints),
            source: None,
            limits: Limits::default(),
            clock: Clock::System,
        }
    }

    /// The endpoint of this name.
    #[must_use]
    pub fn get(&self, name: &EndpointName) -> Option<Arc<Endpoint>> {
        self.endpoints.load().get(name).cloned()
    }

    /// How many endpoints are served.
    #[must_use]
    pub fn len(&self) -> usize {
        self.endpoints.load().len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there are files behind it that may change.
    #[must_use]
    pub fn follows_files(&self) -> bool {
        self.source.is_some()
    }

    /// Reads the files again if any of them changed since. Cheap when none did.
    pub fn reload_if_changed(&self) {
        let Some(source) = &self.source else { return };
        let changed = {
            let seen = source.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.loaded
                .as_ref()
                // Nothing is known of the files of an unreadable directory, so nothing tells whether they changed.
                .is_none_or(|loaded| loaded.fault.is_some() || loaded.has_changed())
        };
        if changed {
            self.reload();
        }
    }

    /// Reads all files again and swaps the endpoints at once.
    pub fn reload(&self) {
        let Some(source) = &self.source else { return };
        let mut seen = source.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = directory::load(&source.directory, &source.environment);
        if let Some(fault) = &loaded.fault {
            // An unreadable directory says nothing about its files: keep what is served.
            let known = seen.loaded.as_ref().and_then(|before| before.fault.as_ref());
            if known != Some(fault) {
                tracing::error!(%fault, "the configuration directory cannot be read");
            }
            seen.loaded = Some(loaded);
            return;
        }
        let served = self.endpoints.load_full();
        let mut next: HashMap<EndpointName, Arc<Endpoint>> = HashMap::new();
        let mut reported = HashMap::new();
        let mut served_from = HashMap::new();
        for warning in &loaded.warnings {
            tracing::warn!(%warning, "configuration");
        }
        for entry in &loaded.entries {
            let previous = entry.name.as_ref().and_then(|name| served.get(name));
            let old_news = seen.reported.get(&entry.path) == Some(&entry.fingerprint);
            reported.insert(entry.path.clone(), entry.fingerprint.clone());
            let made_from = entry.name.as_ref().and_then(|name| seen.served.get(name));
            let same_file = made_from == Some(&entry.fingerprint);
            if !old_news {
                for warning in &entry.warnings {
                    tracing::warn!(%warning, "configuration");
                }
            }
            let endpoint = match (&entry.outcome, previous) {
                (Ok(_), Some(previous)) if same_file => Some(Arc::clone(previous)),
                (Ok(config), _) => self.set_up(config.clone(), previous),
                (Err(faults), previous) => {
                    if !old_news {
                        for fault in faults {
                            tracing::error!(%fault, "configuration");
                        }
                        let file = entry.path.display();
                        match previous {
                            Some(_) => tracing::error!(%file, "keeping the last good state of this endpoint"),
                            None => {
                                tracing::error!(%file, "this endpoint is not served until its file is corrected");
                            }
                        }
                    }
                    previous.cloned()
                }
            };
            if let Some(endpoint) = endpoint {
                let from = match (&entry.outcome, made_from) {
                    (Err(_), Some(earlier)) => earlier,
                    _ => &entry.fingerprint,
                };
                served_from.insert(endpoint.name().clone(), from.clone());
                next.insert(endpoint.name().clone(), endpoint);
            }
        }
        seen.reported = reported;
        seen.served = served_from;
        seen.loaded = Some(loaded);
        let changed = next.len() != served.len()
            || next.iter().any(|(name, endpoint)| {
                served
                    .get(name)
                    .is_none_or(|previous| !Arc::ptr_eq(previous, endpoint))
            });
        if changed {
            let endpoints = next.len();
            self.endpoints.store(Arc::new(next));
            // Said when it holds: who reads this may rely on it.
            tracing::info!(endpoints, directory = %source.directory.display(), "configuration read");
        }
    }

    fn set_up(&self, config: EndpointConfig, previous: Option<&Arc<Endpoint>>) -> Option<Arc<Endpoint>> {
        let name = config.name.clone();
        match Endpoint::new(config, &self.limits, self.clock) {
            Ok(endpoint) => Some(Arc::new(endpoint)),
            Err(error) => {
                tracing::error!(endpoint = %name, error = chain(&error), "the endpoint cannot be set up");
                previous.cloned()
            }
        }
    }
}

/// The deployment as written in tables and logs.
#[must_use]
pub fn deployment_name(deployment: Deployment) -> &'static str {
    match deployment {
        Deployment::Cloud => "cloud",
        Deployment::DataCenter => "datacenter",
    }
}

/// An error and its sources, innermost last: only that one may tell an operator what to do, such as "no such file".
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
