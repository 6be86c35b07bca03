//! The caller's secret, and the only way from a request to an endpoint's pages.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::confluence::Call;
use crate::endpoint::Endpoint;
use crate::operations::{Failure, Fault};
use crate::pages::Pages;

/// The header of the first generation of the bridge, accepted wherever the bearer secret is.
const SECRET_HEADER: &str = "x-gpt-secret";

/// Proof that the caller knows the endpoint's secret. Only [`authorize`] makes one, so a route put in the wrong
/// place has no pages to serve.
pub(super) struct Authorized(Arc<Endpoint>);

impl Authorized {
    /// The endpoint's pages, under the deadline and accounting of one request.
    pub(super) fn pages(&self, call: &Call) -> Pages {
        self.0.pages(call)
    }
}

/// Checks the secret of a request: `Authorization: Bearer <secret>` or `X-GPT-Secret: <secret>`.
///
/// # Errors
/// [`Fault::Unauthorized`], the same for a missing, malformed and wrong secret but for the hint.
pub(super) fn authorize(endpoint: &Arc<Endpoint>, headers: &HeaderMap) -> Result<Authorized, Failure> {
    let presented: Vec<&[u8]> = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .filter_map(|value| bearer(value.as_bytes()))
        .chain(
            headers
                .get_all(SECRET_HEADER)
                .iter()
                .map(axum::http::HeaderValue::as_bytes),
        )
        .collect();
    let secret = &endpoint.config().gpt_shared_secret;
    // Every candidate is compared, so that the time does not tell which of several matched.
    let matched = presented
        .iter()
        .fold(false, |matched, candidate| secret.matches(candidate) | matched);
    if matched {
        return Ok(Authorized(Arc::clone(endpoint)));
    }
    let hint = if presented.is_empty() {
        "Send the endpoint's secret in the header 'Authorization: Bearer <secret>'."
    } else {
        "The secret that was sent is not this endpoint's; check it with the operator."
    };
    Err(Failure::new(Fault::Unauthorized, "Unauthorized").hint(hint))
}

/// The token of a bearer authorization; the scheme's case does not matter.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = value.split_at_checked(6)?;
    let token = rest.strip_prefix(b" ")?;
    scheme.eq_ignore_ascii_case(b"bearer").then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn only_a_bearer_scheme_with_a_token_counts() {
        assert_eq!(bearer(b"Bearer abc=="), Some(&b"abc=="[..]));
        assert_eq!(bearer(b"bearer  abc "), Some(&b"abc"[..]));
        assert_eq!(bearer(b"Basic abc"), None);
        assert_eq!(bearer(b"Bearer"), None);
        assert_eq!(bearer(b"Bearerabc"), None);
    }
}
