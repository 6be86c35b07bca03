//! Where a request to the MCP door may come from. The protocol demands it: a web page must not be able to reach a server
//! through its visitor's browser, be it by a name of its own that resolves to our address (DNS rebinding).
//!
//! Browsers send `Origin` with every POST; other clients send none and pass. Where a public address is configured,
//! the host that was asked for is compared with it too. `docs/agents.md` tells operators about both.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

use crate::config::settings::CorsOrigins;
use crate::config::{EndpointConfig, Settings};
use crate::http::proxy::{Peer, asked_host};
use crate::operations::{Failure, Fault};

/// Web applications that act for their users.
const APPLICATIONS: [&str; 3] = ["https://chatgpt.com", "https://claude.ai", "https://claude.com"];

/// Checks Host and Origin.
///
/// # Errors
/// [`Fault::NotOffered`].
pub(super) fn check(
    settings: &Settings,
    config: &EndpointConfig,
    headers: &HeaderMap,
    peer: Option<Peer>,
) -> Result<(), Failure> {
    let own: Vec<&Url> = [config.public_url.as_ref(), settings.public_url.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let host = asked_host(settings, headers, peer);
    if !own.is_empty() && !host.is_none_or(|host| is_own_host(host, &own)) {
        return Err(
            Failure::new(Fault::NotOffered, "This host is not an address of this service.")
                .hint("Use the address that the operator gave you; it is the one configured as public_url."),
        );
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if !origins.all(|origin| is_allowed(origin.as_bytes(), &own, &settings.cors_origins)) {
        return Err(Failure::new(
            Fault::NotOffered,
            "Web pages of this origin may not use this door.",
        )
        .hint("Call from a program, or have the operator add the origin to --cors-origins."));
    }
    Ok(())
}

/// Whether a host header names this service: by its public name, or in a way that no stranger's name server has a say
/// in, which are addresses, `localhost`, and names without a dot as networks of containers have them.
fn is_own_host(host: &str, own: &[&Url]) -> bool {
    let Ok(asked) = Url::parse(&format!("http://{host}/")) else {
        return false;
    };
    match asked.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => {
            !name.contains('.') || is_loopback(&asked) || own.iter().any(|url| url.host_str() == Some(name))
        }
        None => false,
    }
}

fn is_allowed(origin: &[u8], own: &[&Url], listed: &CorsOrigins) -> bool {
    let Ok(origin) = std::str::from_utf8(origin) else {
        return false;
    };
    let listed = match listed {
        CorsOrigins::Listed(list) => &list[..],
        // `*` is for the doors that are open to any page; this one is not, by the protocol.
        CorsOrigins::Any | CorsOrigins::Nobody => &[],
    };
    if listed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Ok(parsed) = Url::parse(origin) else {
        return false;
    };
    // "null" and schemes without hosts have opaque origins, which are equal to nothing.
    let same = |other: &Url| other.origin() == parsed.origin();
    let web = matches!(parsed.scheme(), "http" | "https");
    web && (is_loopback(&parsed)
        || own.iter().any(|url| same(url))
        || APPLICATIONS
            .iter()
            .filter_map(|application| Url::parse(application).ok())
            .any(|application| same(&application)))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{is_allowed, is_own_host};
    use crate::config::settings::CorsOrigins;

    fn own() -> Url {
        "https://wiki.example.com/agents".parse().expect("a URL")
    }

    #[test]
    fn hosts() {
        let own = own();
        for (host, expected) in [
            ("wiki.example.com", true),
            ("WIKI.example.com:8443", true),
            ("localhost:5000", true),
            ("127.0.0.1", true),
            ("[::1]:5000", true),
            ("10.1.2.3:5000", true),
            ("conflagent:5000", true),
            ("evil.example.com", false),
            ("wiki.example.com.evil.test", false),
            ("wiki.example.com@evil.test", false),
            ("", false),
        ] {
            assert_eq!(is_own_host(host, &[&own]), expected, "{host}");
        }
    }

    #[test]
    fn origins() {
        let own = own();
        let listed = CorsOrigins::Listed(vec!["https://chat.example".to_owned()]);
        for (origin, expected) in [
            ("https://wiki.example.com", true),
            ("https://wiki.example.com:443", true),
            ("http://wiki.example.com", false),
            ("https://chatgpt.com", true),
            ("https://claude.ai", true),
            ("https://claude.com", true),
            ("https://chatgpt.com.evil.test", false),
            ("http://localhost:6274", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:8080", true),
            ("http://localhost.evil.test", false),
            ("https://chat.example", true),
            ("https://other.example", false),
            ("null", false),
            ("file:///etc", false),
            ("", false),
        ] {
            assert_eq!(
                is_allowed(origin.as_bytes(), &[&own], &listed),
                expected,
                "{origin}"
            );
        }
        assert!(!is_allowed(b"https://other.example", &[], &CorsOrigins::Any));
        assert!(!is_allowed(b"https://wiki.example.com", &[], &CorsOrigins::Any));
    }
}
