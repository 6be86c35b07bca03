//! One endpoint: required keys, defaults, all faults reported at once.

use std::fmt;
use std::path::Path;

use serde::Deserialize;
use url::Url;

use super::directory::Fingerprint;
use super::layers::Layers;
use super::values::{Account, Address, CloudId, RootPageId, SpaceKey};
use super::{Environment, Fault, Secret};

/// The name of an endpoint, as in `conflagent.<name>.properties` and `/endpoint/<name>/`. The unnamed
/// `conflagent.properties` has the empty name and is mounted at `/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EndpointName(String);

impl EndpointName {
    /// The endpoint of the unnamed file.
    #[must_use]
    pub fn unnamed() -> Self {
        Self(String::new())
    }

    /// Accepts 1 to 64 of `[A-Za-z0-9_-]`, first one a letter or digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
            && text.as_bytes()[0].is_ascii_alphanumeric();
        valid.then(|| Self(text.to_owned()))
    }

    /// The name; empty for the unnamed endpoint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the environment variables of this endpoint begin with. Several names can have the same one.
    #[must_use]
    pub fn environment_prefix(&self) -> String {
        let name = self.0.to_uppercase().replace('-', "_");
        if name.is_empty() {
            "CONFLAGENT__".to_owned()
        } else {
            format!("CONFLAGENT_{name}__")
        }
    }
}

impl fmt::Display for EndpointName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "(unnamed)" } else { &self.0 })
    }
}

/// Which product an endpoint talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Deployment {
    /// Confluence Cloud: REST v2, v1 where v2 has nothing.
    Cloud,
    /// Confluence Data Center: REST v1.
    DataCenter,
}

/// Which operations an endpoint offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Flavor {
    /// Everything.
    #[default]
    Default,
    /// Reading only.
    Read,
    /// Creating pages only.
    Upload,
}

/// A valid configuration of one endpoint.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Its name.
    pub name: EndpointName,
    /// Account of `api_token`. None: the token is sent as `Authorization: Bearer` (Data Center personal access token).
    pub email: Option<String>,
    /// The Confluence credential.
    pub api_token: Secret,
    /// Address of the site, without a trailing slash; for Cloud usually `https://site.atlassian.net/wiki`. http or https.
    pub base_url: Url,
    /// Key of the space that holds the root page.
    pub space_key: String,
    /// Id of the root page: decimal digits.
    pub root_page_id: String,
    /// What callers must present.
    pub gpt_shared_secret: Secret,
    /// Which operations are offered.
    pub flavor: Flavor,
    /// Cloud or Data Center, given or told from the host name.
    pub deployment: Deployment,
    /// Cloud only: send API calls to the gateway `https://api.atlassian.com/ex/confluence/<cloud_id>/wiki`, which
    /// scoped tokens need. `base_url` still names the site for people.
    pub cloud_id: Option<String>,
    /// The address callers reach this service at, without a trailing slash, for the OpenAPI document.
    pub public_url: Option<Url>,
}

/// What became of one file.
pub(super) struct Reading {
    pub(super) outcome: Result<EndpointConfig, Vec<Fault>>,
    pub(super) warnings: Vec<Fault>,
    pub(super) fingerprint: Fingerprint,
}

/// Reads the file of an endpoint, with what the environment and other files add to it.
pub(super) fn read(file: &Path, name: EndpointName, environment: &Environment) -> Reading {
    let mut layers = Layers::read(file, &name, environment);
    let config = assemble(&mut layers, name);
    let Layers {
        mut faults,
        mut warnings,
        fingerprint,
        ..
    } = layers;
    for list in [&mut faults, &mut warnings] {
        list.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
    }
    let outcome = match config {
        Some(config) if faults.is_empty() => Ok(config),
        _ => Err(faults),
    };
    Reading {
        outcome,
        warnings,
        fingerprint,
    }
}

/// Takes every key before giving up on any. None goes with at least one fault.
fn assemble(layers: &mut Layers<'_>, name: EndpointName) -> Option<EndpointConfig> {
    let email = layers.take::<Account>("email").map(|account| account.0);
    let api_token = layers.require::<Secret>("api_token");
    let address = layers.require::<Address>("base_url");
    let space_key = layers.require::<SpaceKey>("space_key");
    let root_page_id = layers.require::<RootPageId>("root_page_id");
    let gpt_shared_secret = layers.require::<Secret>("gpt_shared_secret");
    let flavor = layers.take::<Flavor>("flavor").unwrap_or_default();
    let deployment = layers.take::<Deployment>("deployment");
    let cloud_id = layers.take::<CloudId>("cloud_id");
    let public_url = layers.take::<Address>("public_url").map(|address| address.0);

    if let (Some(token), Some(secret)) = (&api_token, &gpt_shared_secret) {
        check_secrets(layers, token, secret);
    }
    let deployment = deployment.or_else(|| address.as_ref().map(Address::deployment));
    let (base_url, cloud_id) = match address {
        Some(address) => check_site(layers, address, cloud_id),
        None => (None, cloud_id),
    };
    match deployment {
        Some(Deployment::DataCenter) if cloud_id.is_some() => {
            layers.fault(
                "cloud_id",
                "is for Cloud only, allowed: none, or deployment=cloud",
            );
        }
        Some(Deployment::Cloud)
            if !layers.is_given("email") && !layers.is_given("cloud_id") && cloud_id.is_none() =>
        {
            layers.fault(
                "email",
                "is missing, allowed: the account of the API token, or none together with cloud_id and an OAuth access token",
            );
        }
        Some(Deployment::Cloud) if email.as_ref().is_some_and(|email| !email.contains('@')) => {
            layers.warn(
                "email",
                "is not an e-mail address, which accounts of Cloud are known by",
            );
        }
        _ => {}
    }

    Some(EndpointConfig {
        name,
        email,
        api_token: api_token?,
        base_url: base_url?,
        space_key: space_key?.0,
        root_page_id: root_page_id?.0,
        gpt_shared_secret: gpt_shared_secret?,
        flavor,
        deployment: deployment?,
        cloud_id: cloud_id.map(|id| id.0),
        public_url,
    })
}

fn check_secrets(layers: &mut Layers<'_>, token: &Secret, secret: &Secret) {
    if secret.matches(token.expose().as_bytes()) {
        layers.warn(
            "gpt_shared_secret",
            "is the same as api_token: every caller holds the Confluence credential",
        );
    } else if secret.expose().chars().count() < 16 {
        layers.warn(
            "gpt_shared_secret",
            "is shorter than 16 characters and may be guessed",
        );
    }
}

/// The address of the site and the id it has at the gateway: both can be in `base_url` in more than one way.
fn check_site(
    layers: &mut Layers<'_>,
    address: Address,
    cloud_id: Option<CloudId>,
) -> (Option<Url>, Option<CloudId>) {
    if address.is_exposed() {
        layers.warn("base_url", "is not https: the token can be read on the way");
    }
    let path = address.0.path().trim_matches('/');
    if address.is_gateway() {
        let id = path
            .strip_prefix("ex/confluence/")
            .map(|id| id.strip_suffix("/wiki").unwrap_or(id));
        let Some(id) = id.and_then(|id| CloudId::try_from(id.to_owned()).ok()) else {
            layers.fault("base_url", "is not a site at the gateway, allowed: https://api.atlassian.com/ex/confluence/CLOUD_ID/wiki");
            return (None, cloud_id);
        };
        if cloud_id.as_ref().is_some_and(|given| *given != id) {
            layers.fault(
                "cloud_id",
                "contradicts base_url, allowed: the id that stands there, or none",
            );
        }
        layers.warn("base_url", "is the API gateway, where people cannot follow links: better the address of the site, and cloud_id");
        return (Some(address.0), Some(id));
    }
    let mut url = address.0.clone();
    if address.is_atlassian_site() && path.is_empty() {
        url.set_path("/wiki");
        layers.warn("base_url", "lacks the /wiki of Confluence, which is added");
    } else if address.is_atlassian_site() && path != "wiki" {
        layers.fault(
            "base_url",
            "leads below Confluence's own address, allowed: https://SITE.atlassian.net/wiki",
        );
    }
    (Some(url), cloud_id)
}
