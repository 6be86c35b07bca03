//! A Confluence on a loopback port: what the demo and the tests talk to instead of a real one.
//!
//! Built from Atlassian's own documents, it knows the wire and nothing of this crate, so that a mistake of the
//! client cannot be repeated here. [`start`] runs it on the current runtime; [`Simulator`] looks into it and
//! changes it behind the callers' backs; [`Trouble`] makes it misbehave; [`Knobs`] choose between behaviours
//! that differ from site to site.
//!
//! It keeps nothing on disk, speaks no TLS, and renders no macros.
//!
//! Reading order: `store` (the wiki and its rules), `cloud` and `data_center` (two wire faces over it, sharing
//! `v1`), `cql` (search), `exchange` (a request's way through), `faults` and `trouble`.

#![expect(
    clippy::unnecessary_wraps,
    reason = "handlers share one signature, whether they can refuse or not"
)]

use std::{io, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::mpsc, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

mod auth;
mod cloud;
pub(crate) mod cql;
mod data_center;
mod exchange;
mod faults;
mod knobs;
mod limiter;
mod log;
mod markup;
mod moment;
mod options;
mod paging;
mod reply;
mod request;
mod rounds;
mod saved;
mod seed;
mod server;
mod state;
mod store;
mod trouble;
mod v1;
mod world;

pub use auth::Credentials;
pub use faults::Fault;
pub use knobs::{
    DeniedWrite, DescendantOrder, ErrorStatus, Knobs, MangledCursor, Overflow, RemovedV1, TotalSize,
    parse_duration,
};
pub use log::{Counters, LoggedRequest};
pub use options::{Deployment, Options, Seed};
pub use state::{PageStatus, PageVersion, Snapshot, TreeEntry};
pub use trouble::{Calls, Matching, Times, Trouble};

use exchange::Hub;
use world::{Site, World};

/// A running simulator. Dropping it stops it.
pub struct Simulator {
    hub: Arc<Hub>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Starts a simulator on the current runtime.
///
/// # Errors
///
/// The address cannot be listened on.
pub async fn start(options: Options) -> io::Result<Simulator> {
    let listener = TcpListener::bind(options.listen).await?;
    let mut world = World::new(options.deployment, options.knobs);
    seed::plant(&mut world, options.seed);
    let site = Site {
        deployment: options.deployment,
        address: listener.local_addr()?,
        cloud_id: "7f1b5a7e-6f0d-4a53-9d0c-2b1e8a6d4c10".to_owned(),
        started: Instant::now(),
    };
    let (deafen, deaf) = mpsc::channel(1);
    let hub = Arc::new(Hub {
        site,
        deafen,
        latency: options.latency,
        world: world.into(),
        script: <_>::default(),
        log: <_>::default(),
        limiter: <_>::default(),
        rounds: <_>::default(),
    });
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(server::accept(
        listener,
        deaf,
        Arc::clone(&hub),
        stop.clone(),
        tasks.clone(),
    ));
    tasks.close();
    Ok(Simulator { hub, stop, tasks })
}

impl Simulator {
    /// Closes every connection and, for so long, refuses new ones.
    pub async fn refuse_connections(&self, wait: Duration) {
        self.hub.refuse_connections(wait).await;
    }

    /// Stops listening, drops every connection and waits until all is quiet.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
