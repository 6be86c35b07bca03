//! What can go wrong between us and Confluence, as kinds that a caller would treat differently.
//!
//! The outward message never carries upstream text; `detail` does, for the log only.

use std::sync::Arc;
use std::time::Duration;

/// Why a call to Confluence failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No connection, or it broke before an answer was complete.
    Unreachable,
    /// No complete answer within the attempt's or the request's deadline.
    Timeout,
    /// Confluence did not accept our credentials, or took us for an anonymous visitor.
    CredentialsRejected,
    /// The account may not do this.
    Forbidden,
    /// The page, parent or target of a write is not there, or not visible to the account.
    NotFound,
    /// The version is not the current one plus 1. Carries the current version where the answer named it.
    VersionConflict {
        /// The version Confluence said is current.
        current: Option<u64>,
    },
    /// The title is taken in the space (by a current or archived page, in any letter case).
    TitleTaken,
    /// Confluence could not parse the storage format.
    BadStorage,
    /// The page would become its own ancestor.
    Circular,
    /// The body is over Confluence's limit (5 MB).
    TooLarge,
    /// 429: refused before it was handled.
    RateLimited {
        /// The least time to wait, where the answer named one.
        retry_after: Option<Duration>,
    },
    /// 410: this route has been removed from the site.
    Gone,
    /// 502, 503, 504: the site is not available now.
    Unavailable {
        /// The least time to wait, where the answer named one.
        retry_after: Option<Duration>,
    },
    /// Another 5xx, or a write that lost a race in its database: Confluence failed on its side.
    Failed,
    /// Another 4xx: Confluence refused the request.
    Refused,
    /// An answer that is not what the API promises: HTML, truncated JSON, a missing field, a foreign redirect,
    /// an answer over the size cap.
    Nonsense,
}

/// A failed call to Confluence.
#[derive(Clone, Debug, thiserror::Error)]
#[error("confluence call {operation} failed: {kind:?}{}", status.map(|s| format!(" (status {s})")).unwrap_or_default())]
pub struct Error {
    /// Why.
    pub kind: Kind,
    /// Which call, as a short fixed name such as `page.read`; never a URL.
    pub operation: &'static str,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// How long the call took. Zero for one that was not sent: the deadline had passed, or the site was known to be
    /// down.
    pub elapsed: Duration,
    /// What Confluence said, shortened, for the log; never shown to a caller.
    pub detail: Option<String>,
    /// The transport's own error, without its URL.
    #[source]
    pub source: Option<Arc<reqwest::Error>>,
}

impl Error {
    /// A call that there was no time left for.
    #[must_use]
    pub fn out_of_time(operation: &'static str) -> Self {
        Self {
            kind: Kind::Timeout,
            operation,
            status: None,
            elapsed: Duration::ZERO,
            detail: None,
            source: None,
        }
    }

    /// Whether a write that failed this way may have been applied all the same: the request may have arrived, and
    /// the answer does not say that it was refused. Such a write must be looked up before it is sent again.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        match &self.kind {
            Kind::Timeout | Kind::Unavailable { .. } => !self.elapsed.is_zero(),
            Kind::Failed | Kind::Nonsense => true,
            Kind::Unreachable => !self.source.as_ref().is_some_and(|source| source.is_connect()),
            Kind::CredentialsRejected
            | Kind::Forbidden
            | Kind::NotFound
            | Kind::VersionConflict { .. }
            | Kind::TitleTaken
            | Kind::BadStorage
            | Kind::Circular
            | Kind::TooLarge
            | Kind::RateLimited { .. }
            | Kind::Gone
            | Kind::Refused => false,
        }
    }

    /// Whether it means that the site does not answer such a question, to this account or at all.
    #[must_use]
    pub fn is_no_answer(&self) -> bool {
        matches!(
            self.kind,
            Kind::Refused | Kind::NotFound | Kind::Forbidden | Kind::Gone
        )
    }

    /// Whether the gateway refused because the token lacks a scope: it knows the token, so the rest may work.
    pub(super) fn lacks_scope(&self) -> bool {
        self.status == Some(401)
            && self
                .detail
                .as_deref()
                .is_some_and(|detail| detail.contains("scope does not match"))
    }
}
