//! The signals that ask a process to stop: SIGINT and SIGTERM where there are any, Ctrl-C elsewhere.

use std::io;

/// Listens from the moment it is made. A signal that comes before it is waited for is not lost, and none is taken
/// for two.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system does not let us.
    pub(super) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Done at the next request to stop.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Listens once it is waited for.
    ///
    /// # Errors
    /// None here.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Done at the next request to stop.
    pub(super) async fn next(&mut self) {
        // Without a console there is nobody to press Ctrl-C: do not take that for a request.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
