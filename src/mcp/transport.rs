//! The two ways to a server: HTTP, one request at a time, and a pair of streams.

use std::sync::Arc;

use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::Server;

/// Why streams were given up.
#[derive(Debug, thiserror::Error)]
pub enum Disconnected {
    /// What came first was not what a session begins with.
    #[error("the client did not begin as the protocol says")]
    Handshake(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The session broke.
    #[error("the session broke")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Server {
    /// The server as a service over HTTP: stateless, with JSON answers, for whichever generation a request is of.
    ///
    /// Whoever mounts it has checked the secret, Host and Origin, and read the body within its bounds.
    #[must_use]
    pub fn over_http(self, max_body_bytes: usize) -> StreamableHttpService<Self, NeverSessionManager> {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(max_body_bytes)
            .disable_allowed_hosts();
        StreamableHttpService::new(move || Ok(self.clone()), Arc::default(), config)
    }

    /// Serves one client over a pair of streams, a message a line, until it hangs up or `stop` is cancelled.
    ///
    /// # Errors
    /// [`Disconnected`]; a client that hangs up is none.
    pub async fn over_streams(
        self,
        reading: impl AsyncRead + Send + Unpin + 'static,
        writing: impl AsyncWrite + Send + Unpin + 'static,
        stop: CancellationToken,
    ) -> Result<(), Disconnected> {
        match serve_server_with_ct(self, (reading, writing), stop).await {
            Ok(session) => match session.waiting().await {
                Ok(_) => Ok(()),
                Err(error) => Err(Disconnected::Broken(error.into())),
            },
            Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
            Err(error) => Err(Disconnected::Handshake(error.into())),
        }
    }
}
