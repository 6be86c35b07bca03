//! From the layers of an endpoint to its configuration: required keys, defaults, what the values mean together.
//!
//! A new key is one line in [`assemble`], beside its row in [`KEYS`](crate::config::keys::KEYS).

use std::path::Path;

use url::Url;

use crate::config::fingerprint::Fingerprint;
use crate::config::layers::Layers;
use crate::config::offer::Names;
use crate::config::values::{Account, Address, CloudId, Freshness, ReadIn, RootPageId, SpaceKey};
use crate::config::{Environment, Fault, Only, Secret};

use super::{Deployment, DirectoryAccess, EndpointConfig, EndpointName, Flavor, INDEX_FRESHNESS, ReadFormat};

/// What became of one file.
pub(in crate::config) struct Reading {
    pub(in crate::config) outcome: Result<EndpointConfig, Vec<Fault>>,
    pub(in crate::config) warnings: Vec<Fault>,
    pub(in crate::config) fingerprint: Fingerprint,
}

/// Reads the file of an endpoint, with what the environment and other files add to it.
pub(in crate::config) fn read(file: &Path, name: EndpointName, environment: &Environment) -> Reading {
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
    let only = Only::new(layers.take::<Names>("allow"), layers.take::<Names>("deny"));
    let directory = layers.take::<DirectoryAccess>("directory").unwrap_or_default();
    let deployment = layers.take::<Deployment>("deployment");
    let cloud_id = layers.take::<CloudId>("cloud_id");
    let read_format = layers.take::<ReadIn>("read_format");
    let index_freshness = layers.take::<Freshness>("index_freshness");
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
        only,
        directory,
        deployment: deployment?,
        cloud_id: cloud_id.map(|id| id.0),
        public_url,
        read_format: read_format.map_or(ReadFormat::default(), |format| format.0),
        index_freshness: index_freshness.map_or(INDEX_FRESHNESS, |freshness| freshness.0),
    })
}

/// What stands in `conflagent.properties.example`, and so is no secret.
const EXAMPLE_SECRET: &[u8] = b"change-me-to-a-long-random-text";

fn check_secrets(layers: &mut Layers<'_>, token: &Secret, secret: &Secret) {
    if secret.matches(token.expose().as_bytes()) {
        layers.warn(
            "gpt_shared_secret",
            "is the same as api_token: every caller holds the Confluence credential",
        );
    } else if secret.matches(EXAMPLE_SECRET) {
        layers.warn(
            "gpt_shared_secret",
            "is the one of the example file, which everybody knows",
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

#[cfg(test)]
mod tests;
