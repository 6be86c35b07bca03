//! Reads refusals: status, headers and body of an answer that is not what was asked for, as an error kind.
//!
//! There is no one envelope. Cloud v2 answers `errors[]`, both v1 APIs `message`, the gateway `code` and
//! `message`, Tomcat and sign-on portals HTML, and some answers are empty. The texts carry Java class names and
//! change between releases: they are searched, never compared.

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use url::Url;

use super::ErrorKind;
use crate::config::Deployment;

pub(super) mod retry_after;
mod text;

use text::Said;
pub(super) use text::shortened;

/// A kind, and what Confluence said, for the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rejection {
    pub(super) kind: ErrorKind,
    pub(super) detail: Option<String>,
}

/// What an answer with a status other than 2xx means.
///
/// On Cloud a v2 404 with the bare title `Not Found` is read as rejected credentials, though a purged page gets
/// the same: the status 404 on [`ErrorKind::CredentialsRejected`] marks the doubt, for `cloud` to resolve.
pub(super) fn of_refusal(
    deployment: Deployment,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Rejection {
    if status.is_redirection() {
        return of_redirect(headers);
    }
    let said = Said::read(body);
    let stranger = deployment == Deployment::DataCenter && is_stranger(headers);
    let kind = if stranger && status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        ErrorKind::CredentialsRejected
    } else {
        of_status(deployment, status, headers, &said, now)
    };
    Rejection {
        kind,
        detail: said.detail(),
    }
}

/// What is wrong with an answer of status 2xx, if anything: a sign-on portal and an expired token both answer 200,
/// and so does, with nothing in it, a Data Center whose sign-on failed.
pub(super) fn of_success(
    deployment: Deployment,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    wants_json: bool,
) -> Option<Rejection> {
    if deployment == Deployment::DataCenter && is_stranger(headers) {
        return Some(Rejection {
            kind: ErrorKind::CredentialsRejected,
            detail: Some("answered as to an anonymous visitor".to_owned()),
        });
    }
    let detail = if body.is_empty() {
        (wants_json || status != StatusCode::NO_CONTENT).then(|| "the answer is empty".to_owned())
    } else if is_json(headers) {
        None
    } else {
        let said = Said::read(body).detail().unwrap_or_default();
        Some(shortened(&format!("the answer is not JSON: {said}")))
    }?;
    let kind = if asks_to_log_in(body) {
        ErrorKind::CredentialsRejected
    } else {
        ErrorKind::Nonsense
    };
    Some(Rejection {
        kind,
        detail: Some(detail),
    })
}

fn of_status(
    deployment: Deployment,
    status: StatusCode,
    headers: &HeaderMap,
    said: &Said,
    now: DateTime<Utc>,
) -> ErrorKind {
    if let Some(kind) = said.complaint(status.as_u16()) {
        return kind;
    }
    match status.as_u16() {
        401 => ErrorKind::CredentialsRejected,
        403 if said.rejects_credentials() => ErrorKind::CredentialsRejected,
        403 => ErrorKind::Forbidden,
        404 if deployment == Deployment::Cloud && said.bare_not_found => ErrorKind::CredentialsRejected,
        // Confluence's own 404 is JSON or empty: a page of HTML is a wrong base URL, or a site that is gone.
        404 if said.html => ErrorKind::Nonsense,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::VersionConflict {
            current: said.current_version(),
        },
        410 => ErrorKind::Gone,
        413 => ErrorKind::TooLarge,
        429 => ErrorKind::RateLimited {
            retry_after: retry_after::read(headers, now),
        },
        502..=504 => ErrorKind::Unavailable {
            retry_after: retry_after::read(headers, now),
        },
        500.. => ErrorKind::Failed,
        400..=499 => ErrorKind::Refused,
        // 1xx does not get here; a status below 400 that is neither success nor redirect does not exist.
        _ => ErrorKind::Nonsense,
    }
}

/// Redirects are never followed: they would carry the credentials elsewhere, or end in a page for people. Where one
/// leads to a login page, the credentials were not accepted; otherwise the base URL is not quite right.
fn of_redirect(headers: &HeaderMap) -> Rejection {
    let here = Url::parse("http://same-site").expect("a constant address");
    let target = headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|to| here.join(to).ok());
    let Some(target) = target else {
        return Rejection {
            kind: ErrorKind::Nonsense,
            detail: Some("a redirect to nowhere".to_owned()),
        };
    };
    // Values of the query are left out: they repeat what was asked for, such as a page titled "Login".
    let names: Vec<_> = target.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let text = format!(
        "{}/{}/{}",
        target.host_str().unwrap_or_default(),
        target.path(),
        names.join("/")
    );
    let to_login = text
        .to_ascii_lowercase()
        .split(|character: char| !character.is_ascii_alphanumeric())
        .any(|word| {
            ["login", "signin", "logon", "saml", "oauth"]
                .iter()
                .any(|start| word.starts_with(start))
                || matches!(word, "sso" | "adfs" | "authorize" | "idp")
        });
    let kind = if to_login {
        ErrorKind::CredentialsRejected
    } else {
        ErrorKind::Nonsense
    };
    let elsewhere = target.origin() != here.origin();
    let place = if elsewhere {
        target.origin().ascii_serialization()
    } else {
        "the same site".to_owned()
    };
    Rejection {
        kind,
        detail: Some(shortened(&format!("a redirect to {place}"))),
    }
}

/// Data Center takes an expired token for an anonymous visitor and answers with what such a one may see
/// (CONFSERVER-98199); its headers say so.
fn is_stranger(headers: &HeaderMap) -> bool {
    let is = |name: &str, values: &[&str]| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                values
                    .iter()
                    .any(|known| value.trim().eq_ignore_ascii_case(known))
            })
    };
    is("x-ausername", &["anonymous"])
        || is(
            "x-seraph-loginreason",
            &["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"],
        )
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
}

/// Marks of a page that wants a person to log in.
fn asks_to_log_in(body: &[u8]) -> bool {
    let page = String::from_utf8_lossy(body).to_ascii_lowercase();
    [
        "os_password",
        "type=\"password\"",
        "samlrequest",
        "/login.action",
        "login.jsp",
        "/login?",
    ]
    .iter()
    .any(|mark| page.contains(mark))
}

#[cfg(test)]
mod tests;
