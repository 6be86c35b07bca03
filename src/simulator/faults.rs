//! The kinds of trouble a request can meet, and the answers of those that replace the real one.
//!
//! What a fault does to the connection is in `exchange`; when it strikes is in `trouble`.

use std::{fmt, str::FromStr, time::Duration};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;

use super::{moment, options::Deployment, reply::Reply};

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)*) => {
        /// One kind of trouble.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault { $($(#[doc = $doc])+ $variant,)* }

        impl Fault {
            /// Every kind of trouble.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name a flag uses.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What it does, in a sentence.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),* }
            }
        }
    };
}

faults! {
    /// 429 with Retry-After in seconds.
    RetryAfterSeconds = "retry-after-seconds",
    /// 429 with Retry-After as an HTTP date.
    RetryAfterDate = "retry-after-date",
    /// 429 with `X-RateLimit-Reset` only, an ISO instant.
    ResetInstant = "reset-instant",
    /// 429 with `X-RateLimit-Reset` only, an ISO instant without seconds.
    ResetMinute = "reset-minute",
    /// 429 with the IETF `RateLimit` field, t= in seconds.
    RateLimitField = "rate-limit-field",
    /// 429 with Atlassian's `Beta-RateLimit` field, t= in seconds.
    BetaRateLimitField = "beta-rate-limit-field",
    /// 429 with the older `RateLimit-Reset`, delta seconds.
    RateLimitReset = "rate-limit-reset",
    /// 429 with no hint at all.
    TooManyRequests = "too-many-requests",
    /// 500 without a useful body.
    InternalError = "internal-error",
    /// 500 with the text of a lost race in the database, worth one retry.
    TransientConflict = "transient-conflict",
    /// 502 from the proxy, in HTML.
    BadGateway = "bad-gateway",
    /// 503 without Retry-After.
    Unavailable = "unavailable",
    /// 503 with Retry-After in seconds.
    UnavailableRetryAfter = "unavailable-retry-after",
    /// 504 from the proxy, in HTML.
    GatewayTimeout = "gateway-timeout",
    /// The connection is closed as soon as it is open (for rules without a condition), or as soon as the request is read.
    ConnectionRefused = "connection-refused",
    /// The request is answered; then every connection is closed and, for the time of wait=, new ones are refused.
    StopsListening = "stops-listening",
    /// The connection is cut before the request is carried out.
    CutBefore = "cut-before",
    /// The connection is cut after the request is carried out, without an answer.
    CutAfter = "cut-after",
    /// The request is carried out, then nothing is sent for a while.
    SlowFirstByte = "slow-first-byte",
    /// The answer stops in the middle and the connection stays open.
    StalledBody = "stalled-body",
    /// The answer stops in the middle and the connection is cut.
    TruncatedBody = "truncated-body",
    /// The answer is half a JSON document, properly delivered.
    TruncatedJson = "truncated-json",
    /// 200 and the HTML of a login page.
    LoginPage = "login-page",
    /// The right JSON under Content-Type text/plain.
    WrongContentType = "wrong-content-type",
    /// 302 to a login page on another host.
    RedirectElsewhere = "redirect-elsewhere",
    /// 404 in the words of the product, as right after a create.
    NotYetVisible = "not-yet-visible",
    /// Somebody else saves the page first, so that the version is stale.
    StaleVersion = "stale-version",
    /// 410 as from a removed route.
    Gone = "gone",
    /// 401 in Tomcat's HTML.
    Unauthorized = "unauthorized",
    /// 403 after too many failed logins: the captcha.
    LoginDenied = "login-denied",
    /// 200 with an empty body.
    EmptyBody = "empty-body",
    /// 200 with tens of megabytes of JSON.
    Oversized = "oversized",
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().copied().find(|fault| fault.name() == text);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|fault| fault.name()).collect();
            format!("unknown fault \"{text}\"; known: {}", names.join(", "))
        })
    }
}

/// What the canned answers are made from.
pub(crate) struct Scene<'a> {
    pub(crate) deployment: Deployment,
    /// The request went to REST v2, whose envelope differs.
    pub(crate) v2: bool,
    pub(crate) now: DateTime<Utc>,
    pub(crate) wait: Duration,
    /// The id in the path, for texts that name it.
    pub(crate) id: &'a str,
}

impl Fault {
    /// The answer given instead of the real one; `None` when the request is carried out.
    pub(crate) fn instead(self, scene: &Scene<'_>) -> Option<Reply> {
        Some(match self {
            Self::RetryAfterSeconds
            | Self::RetryAfterDate
            | Self::ResetInstant
            | Self::ResetMinute
            | Self::RateLimitField
            | Self::BetaRateLimitField
            | Self::RateLimitReset
            | Self::TooManyRequests => self.too_many(scene),
            Self::InternalError => plain_error(scene, 500, "Internal Server Error", ""),
            Self::TransientConflict => plain_error(
                scene,
                500,
                "Internal Server Error",
                "org.springframework.orm.hibernate5.HibernateOptimisticLockingFailureException: Batch update returned \
                 unexpected row count; OptimisticLockException",
            ),
            Self::BadGateway => Reply::html(502, proxy_page("502 Bad Gateway")),
            Self::GatewayTimeout => Reply::html(504, proxy_page("504 Gateway Time-out")),
            Self::Unavailable => Reply::html(503, proxy_page("503 Service Temporarily Unavailable")),
            Self::UnavailableRetryAfter => {
                Reply::html(503, proxy_page("503 Service Temporarily Unavailable"))
                    .header("Retry-After", seconds(scene.wait))
            }
            Self::LoginPage => Reply::html(200, LOGIN_PAGE),
            Self::RedirectElsewhere => {
                Reply::html(302, "").header("Location", "https://login.example.com/sso?dest=%2Fwiki")
            }
            Self::NotYetVisible => not_found(scene),
            Self::Gone => gone(),
            Self::Unauthorized => tomcat_unauthorized(),
            Self::LoginDenied => Reply::html(
                403,
                tomcat_page(
                    403,
                    "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED",
                ),
            )
            .header("X-Seraph-LoginReason", "AUTHENTICATION_DENIED"),
            Self::EmptyBody => Reply::empty(200),
            Self::ConnectionRefused
            | Self::StopsListening
            | Self::CutBefore
            | Self::CutAfter
            | Self::SlowFirstByte
            | Self::StalledBody
            | Self::TruncatedBody
            | Self::TruncatedJson
            | Self::WrongContentType
            | Self::StaleVersion
            | Self::Oversized => return None,
        })
    }

    /// 429 in this style; other faults answer it bare.
    pub(crate) fn too_many(self, scene: &Scene<'_>) -> Reply {
        let reply = if scene.v2 {
            super::cloud::errors::reply(429, "TOO_MANY_REQUESTS", "Rate limit exceeded")
        } else {
            Reply::json_with(
                429,
                json!({ "statusCode": 429, "message": "Rate limit exceeded", "reason": "Too Many Requests" }),
            )
        };
        let wait = seconds(scene.wait);
        let reset = scene.now + TimeDelta::from_std(scene.wait).unwrap_or_default();
        match self {
            Self::RetryAfterSeconds => reply.header("Retry-After", wait),
            Self::RetryAfterDate => reply.header("Retry-After", moment::http(reset)),
            Self::ResetInstant => reply
                .header("X-RateLimit-Limit", "350")
                .header("X-RateLimit-Remaining", "0")
                .header(
                    "X-RateLimit-Reset",
                    reset.to_rfc3339_opts(SecondsFormat::Secs, true),
                )
                .header("RateLimit-Reason", "confluence-burst-based"),
            Self::ResetMinute => reply
                .header("X-RateLimit-Reset", reset.format("%Y-%m-%dT%H:%MZ").to_string())
                .header("X-Failure-Category", "FAILURE_CLIENT_RATE_LIMIT"),
            Self::RateLimitField => reply
                .header("RateLimit-Policy", "\"default\";q=100;qu=\"requests\";w=60")
                .header("RateLimit", format!("\"default\";r=0;t={wait}")),
            Self::BetaRateLimitField => reply
                .header("Beta-RateLimit-Policy", "\"global-app-quota\";q=65000;w=3600")
                .header("Beta-RateLimit", format!("\"global-app-quota\";r=0;t={wait}"))
                .header("RateLimit-Reason", "confluence-quota-global-based"),
            Self::RateLimitReset => reply
                .header("RateLimit-Limit", "100")
                .header("RateLimit-Remaining", "0")
                .header("RateLimit-Reset", wait),
            _ => reply,
        }
    }
}

/// Whole seconds, rounded up, as every header but the instants counts them.
fn seconds(wait: Duration) -> String {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).to_string()
}

fn plain_error(scene: &Scene<'_>, status: u16, reason: &str, message: &str) -> Reply {
    if scene.v2 {
        let title = if message.is_empty() { reason } else { message };
        return super::cloud::errors::reply(status, "INTERNAL_SERVER_ERROR", title);
    }
    if scene.deployment.is_cloud() {
        return Reply::json_with(status, json!({ "statusCode": status, "message": message }));
    }
    Reply::json_with(
        status,
        json!({ "statusCode": status, "message": message, "reason": reason }),
    )
}

fn not_found(scene: &Scene<'_>) -> Reply {
    if scene.v2 {
        super::cloud::errors::no_page(scene.id)
    } else {
        super::v1::errors::no_content(scene.deployment, scene.id)
    }
}

/// 410 as the removed part of Cloud v1 answers it.
pub(crate) fn gone() -> Reply {
    let message = "com.atlassian.confluence.api.service.exceptions.pagesmodes.GoneException: This deprecated endpoint has been removed.";
    let body = json!({
        "statusCode": 410,
        "data": { "authorized": true, "valid": true, "errors": [], "successful": true },
        "message": message,
    });
    Reply::json_with(410, body).header("Deprecation", "true")
}

/// 401 as Tomcat writes it after Seraph refused the credentials.
pub(crate) fn tomcat_unauthorized() -> Reply {
    Reply::html(
        401,
        tomcat_page(
            401,
            "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED",
        ),
    )
    .header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
    .header("WWW-Authenticate", "Basic realm=\"protected-area\"")
}

pub(crate) fn tomcat_page(status: u16, message: &str) -> String {
    let reason = match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        _ => "Error",
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status {status} – {reason}</title></head><body>\
         <h1>HTTP Status {status} – {reason}</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p>\
         <p><b>Message</b> {message}</p></body></html>"
    )
}

fn proxy_page(title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
}

const LOGIN_PAGE: &str = "<!DOCTYPE html><html><head><title>Log in</title></head><body><form method=\"post\" \
    action=\"/login\"><input name=\"username\"><input name=\"password\" type=\"password\"></form></body></html>";
