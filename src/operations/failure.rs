//! Every way an operation can fail, as the caller hears of it.
//!
//! Two audiences: message and hint are for the caller and hold no upstream text; the cause is for the log.
//! [`Fault`] to [`Code`] to HTTP status are tables without a default arm, so that a new fault does not compile
//! until it is placed.

mod of_directory;
mod of_pages;

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

/// The `code` of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Success.
    Ok,
    /// Missing or malformed input.
    InvalidInput,
    /// Missing or wrong secret.
    Unauthorized,
    /// Unknown route, endpoint or page.
    NotFound,
    /// The page changed meanwhile.
    VersionConflict,
    /// The title is taken.
    AlreadyExists,
    /// The caller's id of a call was used for another one.
    RequestIdReused,
    /// Several users or groups have the name.
    AmbiguousName,
    /// Not possible, or not allowed by the endpoint.
    InvalidOperation,
    /// Too many requests.
    RateLimited,
    /// Confluence failed.
    UpstreamError,
    /// Our own fault.
    InternalError,
}

impl Code {
    /// As written in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::InvalidInput => "INVALID_INPUT",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::NotFound => "NOT_FOUND",
            Self::VersionConflict => "VERSION_CONFLICT",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::RequestIdReused => "REQUEST_ID_REUSED",
            Self::AmbiguousName => "AMBIGUOUS_NAME",
            Self::InvalidOperation => "INVALID_OPERATION",
            Self::RateLimited => "RATE_LIMITED",
            Self::UpstreamError => "UPSTREAM_ERROR",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }
}

/// What went wrong, as finely as HTTP statuses tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Missing or malformed input.
    InvalidInput,
    /// Missing or wrong secret.
    Unauthorized,
    /// The endpoint's flavor does not offer the operation.
    NotOffered,
    /// Unknown route, endpoint or page.
    NotFound,
    /// A known route, but not for this method.
    MethodNotAllowed,
    /// The request body did not arrive in time.
    SlowBody,
    /// The title is taken.
    AlreadyExists,
    /// The page changed meanwhile.
    VersionConflict,
    /// The caller's id of a call was used for another one.
    RequestIdReused,
    /// Several users or groups have the name.
    Ambiguous,
    /// The request body is too large.
    TooLarge,
    /// The operation makes no sense on this page, user or group.
    InvalidOperation,
    /// Too many requests.
    RateLimited,
    /// Confluence answered nonsense, or does not accept our credentials.
    Upstream,
    /// Confluence is unreachable or not available now.
    UpstreamUnavailable,
    /// Confluence was too slow.
    UpstreamTimeout,
    /// Our own fault.
    Internal,
}

impl Fault {
    /// All of them, for documents and tests.
    pub const ALL: [Self; 17] = [
        Self::InvalidInput,
        Self::Unauthorized,
        Self::NotOffered,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::SlowBody,
        Self::AlreadyExists,
        Self::VersionConflict,
        Self::RequestIdReused,
        Self::Ambiguous,
        Self::TooLarge,
        Self::InvalidOperation,
        Self::RateLimited,
        Self::Upstream,
        Self::UpstreamUnavailable,
        Self::UpstreamTimeout,
        Self::Internal,
    ];

    /// The `code` of the answer.
    #[must_use]
    pub const fn code(self) -> Code {
        match self {
            Self::InvalidInput | Self::TooLarge | Self::SlowBody => Code::InvalidInput,
            Self::Unauthorized => Code::Unauthorized,
            Self::NotOffered | Self::InvalidOperation | Self::MethodNotAllowed => Code::InvalidOperation,
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::RequestIdReused => Code::RequestIdReused,
            Self::Ambiguous => Code::AmbiguousName,
            Self::VersionConflict => Code::VersionConflict,
            Self::RateLimited => Code::RateLimited,
            Self::Upstream | Self::UpstreamUnavailable | Self::UpstreamTimeout => Code::UpstreamError,
            Self::Internal => Code::InternalError,
        }
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidInput => 400,
            Self::Unauthorized => 401,
            Self::NotOffered => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::SlowBody => 408,
            Self::AlreadyExists | Self::VersionConflict | Self::RequestIdReused | Self::Ambiguous => 409,
            Self::TooLarge => 413,
            Self::InvalidOperation => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Upstream => 502,
            Self::UpstreamUnavailable => 503,
            Self::UpstreamTimeout => 504,
        }
    }

    /// Whether the same call may succeed later without being changed.
    #[must_use]
    pub const fn retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimited | Self::UpstreamUnavailable | Self::UpstreamTimeout | Self::SlowBody
        )
    }

    /// Whether it says for certain that nothing was done, and why the same call would do nothing again.
    #[must_use]
    pub const fn definite(self) -> bool {
        match self {
            Self::InvalidInput
            | Self::NotFound
            | Self::AlreadyExists
            | Self::VersionConflict
            | Self::Ambiguous
            | Self::TooLarge
            | Self::InvalidOperation => true,
            Self::Unauthorized
            | Self::NotOffered
            | Self::MethodNotAllowed
            | Self::SlowBody
            | Self::RequestIdReused
            | Self::RateLimited
            | Self::Upstream
            | Self::UpstreamUnavailable
            | Self::UpstreamTimeout
            | Self::Internal => false,
        }
    }
}

/// A failed call.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What went wrong.
    pub fault: Fault,
    /// What the caller hears.
    pub message: String,
    /// What the caller should do next: one imperative sentence or two.
    pub hint: Option<String>,
    /// What the caller probably meant; best first.
    pub suggestions: Vec<String>,
    /// The least time to wait before the next try.
    pub retry_after: Option<Duration>,
    /// Field by field, where that helps.
    pub details: Option<Box<Value>>,
    /// Why, for the log.
    pub cause: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Failure {
    /// A failure with a message for the caller.
    #[must_use]
    pub fn new(fault: Fault, message: impl Into<String>) -> Self {
        Self {
            fault,
            message: message.into(),
            hint: None,
            suggestions: Vec::new(),
            retry_after: None,
            details: None,
            cause: None,
        }
    }

    /// The same with the next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with what the caller probably meant, best first.
    #[must_use]
    pub fn suggest(mut self, suggestions: Vec<String>) -> Self {
        self.suggestions = suggestions;
        self
    }

    /// The same with the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The same with details.
    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Our own fault; the caller hears nothing of it but that.
    #[must_use]
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::new(Fault::Internal, "Something went wrong on our side.")
            .hint("Try again later; if it stays, tell the operator the requestId.")
            .because(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn faults_codes_and_statuses_are_the_contract() {
        let table: Vec<String> = Fault::ALL
            .iter()
            .map(|fault| {
                format!(
                    "{} {} {}",
                    fault.status(),
                    fault.code().as_str(),
                    fault.retryable()
                )
            })
            .collect();
        assert_eq!(
            table,
            [
                "400 INVALID_INPUT false",
                "401 UNAUTHORIZED false",
                "403 INVALID_OPERATION false",
                "404 NOT_FOUND false",
                "405 INVALID_OPERATION false",
                "408 INVALID_INPUT true",
                "409 ALREADY_EXISTS false",
                "409 VERSION_CONFLICT false",
                "409 REQUEST_ID_REUSED false",
                "409 AMBIGUOUS_NAME false",
                "413 INVALID_INPUT false",
                "422 INVALID_OPERATION false",
                "429 RATE_LIMITED true",
                "502 UPSTREAM_ERROR false",
                "503 UPSTREAM_ERROR true",
                "504 UPSTREAM_ERROR true",
                "500 INTERNAL_ERROR false",
            ]
        );
    }
}
