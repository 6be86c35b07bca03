//! The caller's secret in the headers of a request.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::dispatch::Authorized;
use crate::endpoint::Endpoint;
use crate::operations::{Failure, Fault};

/// The header of the first generation of the bridge, accepted wherever the bearer secret is.
const SECRET_HEADER: &str = "x-gpt-secret";

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
    if let Some(authorized) = Authorized::by_secret(endpoint, &presented) {
        return Ok(authorized);
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
