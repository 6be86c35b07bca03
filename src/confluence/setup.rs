//! What is settled once, when an endpoint is loaded: addresses, credentials, TLS roots. Faults here are faults of
//! the configuration and are told to the operator; nothing of this can fail during a request.

use std::path::PathBuf;
use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Certificate, ClientBuilder, redirect, retry};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use super::limit::{Governors, Member};
use crate::config::{Deployment, EndpointConfig};

/// What every call of a client keeps to.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one attempt of a call may take, body included.
    pub attempt_timeout: Duration,
    /// The largest answer that is read, after decompression.
    pub max_answer_bytes: usize,
    /// Certificates (PEM) that are trusted besides those of the system: a company's own authority.
    pub ca_file: Option<PathBuf>,
    /// Where calls go when an endpoint has a `cloud_id`. Only tests have a reason to change it.
    pub gateway: Url,
    /// The most calls that are under way at once for one account of a site, all endpoints together.
    pub max_concurrency: usize,
    /// Who else uses the same accounts. Clients that share them take turns, and learn from each other's refusals.
    pub governors: Governors,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(30),
            max_answer_bytes: 32 * 1024 * 1024,
            ca_file: None,
            gateway: Url::parse("https://api.atlassian.com").expect("a constant address"),
            max_concurrency: 64,
            governors: Governors::default(),
        }
    }
}

/// Why no client can be made from a configuration.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The certificates cannot be read.
    #[error("cannot read the CA file {}", path.display())]
    CaFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file holds no certificate in PEM form.
    #[error("the CA file {} holds no valid PEM certificate", path.display())]
    CaCertificate {
        /// Which file.
        path: PathBuf,
    },
    /// The credential has a character that no HTTP header may carry.
    #[error("the email or API token holds a character that cannot be sent in a header")]
    Credential,
    /// The address is not one that paths can be added to.
    #[error("the base URL is not an http or https address")]
    BaseUrl,
    /// The cloud id would change the path of every call.
    #[error("the cloud id may hold letters, digits and hyphens only")]
    CloudId,
    /// The HTTP client could not be built.
    #[error("cannot set up TLS")]
    Tls(#[source] reqwest::Error),
}

/// Everything a transport is made of.
pub(super) struct Connection {
    pub(super) http: reqwest::Client,
    pub(super) deployment: Deployment,
    /// Where calls go: the site, or the gateway.
    pub(super) api: Url,
    /// Where people go.
    pub(super) site: Url,
    pub(super) attempt_timeout: Duration,
    pub(super) max_answer_bytes: usize,
    /// Our place among those who use the same account.
    pub(super) member: Member,
}

impl Connection {
    pub(super) fn new(config: &EndpointConfig, limits: &Limits) -> Result<Self, SetupError> {
        let site = config.base_url.clone();
        if !matches!(site.scheme(), "http" | "https") || site.host().is_none() {
            return Err(SetupError::BaseUrl);
        }
        let api = match (config.deployment, &config.cloud_id) {
            (Deployment::Cloud, Some(cloud_id)) => gateway(limits, cloud_id)?,
            (Deployment::Cloud, None) | (Deployment::DataCenter, _) => site.clone(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization(config)?);
        let builder = || {
            let builder = reqwest::Client::builder()
                .default_headers(headers.clone())
                .user_agent(concat!("conflagent/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::none())
                .retry(retry::never())
                .referer(false)
                .gzip(true)
                .tcp_nodelay(true)
                // Shorter than any idle time-out we met on the other side: a write must not meet a dead connection.
                .pool_idle_timeout(Duration::from_secs(20))
                .connect_timeout(limits.connect_timeout);
            if is_loopback(&api) {
                builder.no_proxy()
            } else {
                builder
            }
        };
        let own = own_certificates(limits)?;
        let http = if api.scheme() == "http" {
            // Nothing is encrypted and no redirect is followed: certificates would be read for nothing.
            install_provider();
            builder().tls_certs_only([]).build().map_err(SetupError::Tls)?
        } else {
            with_roots(builder, own)?
        };
        Ok(Self {
            http,
            deployment: config.deployment,
            api,
            site,
            attempt_timeout: limits.attempt_timeout,
            max_answer_bytes: limits.max_answer_bytes,
            member: limits.governors.join(config, limits.max_concurrency),
        })
    }
}

fn gateway(limits: &Limits, cloud_id: &str) -> Result<Url, SetupError> {
    if cloud_id.is_empty()
        || !cloud_id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Err(SetupError::CloudId);
    }
    let mut url = limits.gateway.clone();
    url.path_segments_mut()
        .map_err(|()| SetupError::BaseUrl)?
        .pop_if_empty()
        .extend(["ex", "confluence", cloud_id, "wiki"]);
    Ok(url)
}

fn authorization(config: &EndpointConfig) -> Result<HeaderValue, SetupError> {
    use base64::Engine as _;

    let token = config.api_token.expose();
    let text = match &config.email {
        Some(email) => {
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{email}:{token}"));
            format!("Basic {pair}")
        }
        None => format!("Bearer {token}"),
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| SetupError::Credential)?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Trusts the system's certificates, or Mozilla's where the system has none (as in an image without
/// ca-certificates: there even a client for plain http cannot be built), and the CA file besides.
fn with_roots(
    builder: impl Fn() -> ClientBuilder,
    own: Vec<CertificateDer<'static>>,
) -> Result<reqwest::Client, SetupError> {
    install_provider();
    match (builder().build(), own.is_empty()) {
        (Ok(client), true) => Ok(client),
        (Ok(_), false) => {
            let own = own
                .iter()
                .map(|der| Certificate::from_der(der))
                .collect::<Result<Vec<_>, _>>();
            builder()
                .tls_certs_merge(own.map_err(SetupError::Tls)?)
                .build()
                .map_err(SetupError::Tls)
        }
        (Err(_), _) => builder()
            .tls_backend_preconfigured(mozilla_roots(own))
            .build()
            .map_err(SetupError::Tls),
    }
}

fn mozilla_roots(own: Vec<CertificateDer<'static>>) -> ClientConfig {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    roots.add_parsable_certificates(own);
    ClientConfig::builder()
        .with_root_certificates(Arc::new(roots))
        .with_no_client_auth()
}

fn own_certificates(limits: &Limits) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let Some(path) = &limits.ca_file else {
        return Ok(Vec::new());
    };
    let pem = std::fs::read(path).map_err(|source| SetupError::CaFile {
        path: path.clone(),
        source,
    })?;
    let parsed = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    parsed
        .ok()
        .filter(|certificates| !certificates.is_empty())
        .ok_or_else(|| SetupError::CaCertificate { path: path.clone() })
}

/// reqwest is built without a TLS provider of its own and panics without an installed one.
fn install_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error means that another part of the program was quicker, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests {
    use super::{Connection, Limits, SetupError, install_provider, mozilla_roots};
    use crate::config::{Deployment, EndpointConfig, EndpointName, Flavor, Secret};
    use url::Url;

    fn config(base_url: &str) -> EndpointConfig {
        EndpointConfig {
            name: EndpointName::unnamed(),
            email: None,
            api_token: Secret::new("t0ken"),
            base_url: Url::parse(base_url).unwrap(),
            space_key: "DOC".to_owned(),
            root_page_id: "1".to_owned(),
            gpt_shared_secret: Secret::new("shared"),
            flavor: Flavor::Default,
            directory: crate::config::DirectoryAccess::Off,
            only: crate::config::Only::default(),
            deployment: Deployment::Cloud,
            cloud_id: None,
            public_url: None,
            read_format: crate::config::ReadFormat::Storage,
            index_freshness: crate::config::endpoint::INDEX_FRESHNESS,
        }
    }

    fn fault(config: &EndpointConfig, limits: &Limits) -> SetupError {
        Connection::new(config, limits)
            .err()
            .expect("a configuration that cannot work")
    }

    #[test]
    fn a_cloud_id_leads_to_the_gateway_and_people_to_the_site() {
        let config = EndpointConfig {
            cloud_id: Some("0f-1e".to_owned()),
            ..config("https://team.atlassian.net/wiki")
        };
        let connection = Connection::new(&config, &Limits::default()).unwrap();
        assert_eq!(
            connection.api.as_str(),
            "https://api.atlassian.com/ex/confluence/0f-1e/wiki"
        );
        assert_eq!(connection.site.as_str(), "https://team.atlassian.net/wiki");
    }

    #[test]
    fn a_cloud_id_cannot_change_the_path() {
        for cloud_id in ["", "a/b", "..", "a?b"] {
            let config = EndpointConfig {
                cloud_id: Some(cloud_id.to_owned()),
                ..config("https://team.atlassian.net/wiki")
            };
            assert!(
                matches!(fault(&config, &Limits::default()), SetupError::CloudId),
                "{cloud_id}"
            );
        }
    }

    #[test]
    fn a_credential_that_no_header_can_carry_is_refused_without_showing_it() {
        let config = EndpointConfig {
            api_token: Secret::new("two\nlines"),
            ..config("https://team.atlassian.net/wiki")
        };
        let fault = fault(&config, &Limits::default());
        assert!(matches!(fault, SetupError::Credential));
        assert!(!format!("{fault} {fault:?}").contains("lines"));
    }

    #[test]
    fn an_address_must_be_one_of_a_site() {
        assert!(matches!(
            fault(&config("ftp://wiki.example.com/"), &Limits::default()),
            SetupError::BaseUrl
        ));
        assert!(matches!(
            fault(&config("mailto:a@example.com"), &Limits::default()),
            SetupError::BaseUrl
        ));
    }

    #[test]
    fn a_ca_file_must_be_there_and_hold_certificates() {
        let config = config("https://team.atlassian.net/wiki");
        let with = |path: &str| Limits {
            ca_file: Some(path.into()),
            ..Limits::default()
        };
        assert!(matches!(
            fault(&config, &with("/nowhere/ca.pem")),
            SetupError::CaFile { .. }
        ));
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert!(matches!(
            fault(&config, &with(here)),
            SetupError::CaCertificate { .. }
        ));
    }

    #[test]
    fn without_roots_of_the_system_a_client_can_still_be_built() {
        install_provider();
        let client = reqwest::Client::builder().tls_backend_preconfigured(mozilla_roots(Vec::new()));
        assert!(client.build().is_ok());
    }
}
