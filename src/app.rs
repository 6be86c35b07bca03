//! The composition root: the only place that wires parts together.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Settings;
use crate::confluence::Limits;
use crate::dispatch::Dispatch;
use crate::endpoint::Registry;
use crate::http::{self, Service};
use crate::serve::{self, Bounds};

/// The service, bound to its address but not yet answering.
#[derive(Debug)]
pub struct App {
    listener: TcpListener,
    address: SocketAddr,
    registry: Arc<Registry>,
    settings: Arc<Settings>,
    clock: Clock,
    hangup: Option<Hangup>,
}

impl App {
    /// Binds the address, and takes over SIGHUP if there are files to read again: from now on it ends nothing.
    ///
    /// # Errors
    /// Those of the machine: the address is in use, or not ours.
    pub async fn bind(settings: Settings, registry: Registry, clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind(settings.listen).await?;
        let address = listener.local_addr()?;
        let hangup = registry.follows_files().then(Hangup::new);
        Ok(Self {
            listener,
            address,
            registry: Arc::new(registry),
            settings: Arc::new(settings),
            clock,
            hangup,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoints it serves.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// Answers until `stop` is done, then drains until `hurry` is done or the drain time is over. Answers whether
    /// everything in flight was finished.
    pub async fn run(self, stop: impl Future<Output = ()>, hurry: impl Future<Output = ()>) -> bool {
        let writes = TaskTracker::new();
        let service = Service {
            registry: Arc::clone(&self.registry),
            settings: Arc::clone(&self.settings),
            clock: self.clock,
            dispatch: Dispatch::new(writes.clone()),
        };
        let bounds = Bounds {
            header_read_timeout: self.settings.header_read_timeout,
            max_connections: self.settings.max_connections,
            drain_timeout: self.settings.drain_timeout,
        };
        let following = CancellationToken::new();
        let followers = TaskTracker::new();
        if let Some(hangup) = self.hangup {
            let follow = follow(self.registry, self.settings, hangup);
            followers.spawn(following.clone().run_until_cancelled_owned(follow));
        }
        let finished = serve::serve(self.listener, http::router(&service), writes, bounds, stop, hurry).await;
        following.cancel();
        followers.close();
        followers.wait().await;
        finished
    }
}

/// What the settings say about calls to Confluence.
#[must_use]
pub fn upstream_limits(settings: &Settings) -> Limits {
    Limits {
        connect_timeout: settings.connect_timeout,
        attempt_timeout: settings.upstream_timeout,
        ca_file: settings.ca_file.clone(),
        max_concurrency: settings.max_upstream_concurrency,
        ..Limits::default()
    }
}

/// Follows the configuration files: at an interval, and at once on SIGHUP.
async fn follow(registry: Arc<Registry>, settings: Arc<Settings>, mut hangup: Hangup) {
    loop {
        let interval = async {
            match settings.reload_interval {
                Some(interval) => tokio::time::sleep(interval).await,
                None => std::future::pending().await,
            }
        };
        let forced = tokio::select! {
            () = interval => false,
            () = hangup.recv() => true,
        };
        let registry = Arc::clone(&registry);
        // Reads files: off the threads that serve requests.
        let reload = move || {
            if forced {
                registry.reload();
            } else {
                registry.reload_if_changed();
            }
        };
        if let Err(error) = tokio::task::spawn_blocking(reload).await {
            tracing::error!(%error, "reading the configuration failed");
        }
    }
}

/// SIGHUP where there is one.
#[derive(Debug)]
struct Hangup(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

impl Hangup {
    #[cfg(unix)]
    fn new() -> Self {
        Self(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok())
    }

    #[cfg(unix)]
    async fn recv(&mut self) {
        match &mut self.0 {
            Some(signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self()
    }

    #[cfg(not(unix))]
    async fn recv(&mut self) {
        std::future::pending().await
    }
}
