//! Which governor is whose: one per account of a site, for as long as an endpoint uses it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{Governor, Lane};
use crate::config::EndpointConfig;

/// The governors of a process. Clones are the same set.
#[derive(Clone, Debug, Default)]
pub struct Governors(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    known: Mutex<HashMap<Account, Weak<Governor>>>,
    lanes: AtomicU64,
}

/// A site and who asks it: by name where there is one, else by a digest of the token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Account {
    /// The whole address: behind the gateway of Atlassian many sites have one host.
    address: String,
    user: String,
}

/// An endpoint's place in the governor of its account.
#[derive(Clone, Debug)]
pub(in crate::confluence) struct Member {
    pub(in crate::confluence) governor: Arc<Governor>,
    pub(in crate::confluence) lane: Lane,
}

impl Governors {
    /// A place for an endpoint. Endpoints of the same account share a governor, and so do an endpoint and the one that
    /// takes its place when its file changes.
    pub(in crate::confluence) fn join(&self, config: &EndpointConfig, most_at_once: usize) -> Member {
        let account = Account::of(config);
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, governor| governor.strong_count() > 0);
        let governor = known.get(&account).and_then(Weak::upgrade).unwrap_or_else(|| {
            let governor = Governor::new(host(config), most_at_once);
            known.insert(account, Arc::downgrade(&governor));
            governor
        });
        Member {
            governor,
            lane: Lane(self.0.lanes.fetch_add(1, Ordering::Relaxed)),
        }
    }
}

impl Account {
    fn of(config: &EndpointConfig) -> Self {
        let digest = || STANDARD.encode(Sha256::digest(config.api_token.expose()));
        let user = config.email.as_ref().map(|email| email.to_lowercase());
        let user = user.unwrap_or_else(digest);
        Self {
            address: config.base_url.as_str().trim_end_matches('/').to_owned(),
            user,
        }
    }
}

/// The site, for people.
fn host(config: &EndpointConfig) -> String {
    let host = config.base_url.host_str().unwrap_or_default();
    match config.base_url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Account, Governors};
    use crate::config::{Deployment, EndpointConfig, EndpointName, Flavor, Secret};

    fn config(base_url: &str, email: Option<&str>, token: &str) -> EndpointConfig {
        EndpointConfig {
            name: EndpointName::unnamed(),
            email: email.map(str::to_owned),
            api_token: Secret::new(token),
            base_url: base_url.parse().unwrap(),
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

    #[test]
    fn an_account_is_a_user_at_a_site() {
        let team = Account::of(&config("https://team.atlassian.net/wiki", Some("A@x"), "1"));
        let same = Account::of(&config("https://TEAM.atlassian.net/wiki/", Some("a@x"), "2"));
        assert_eq!(team, same, "another token of the same user");
        for other in [
            config("https://other.atlassian.net/wiki", Some("a@x"), "1"),
            config("https://team.atlassian.net/wiki", Some("b@x"), "1"),
            config("https://team.atlassian.net:8443/wiki", Some("a@x"), "1"),
            config(
                "https://team.atlassian.net/ex/confluence/0f-1e/wiki",
                Some("a@x"),
                "1",
            ),
            config("https://team.atlassian.net/wiki", None, "1"),
        ] {
            assert_ne!(team, Account::of(&other));
        }
        let bearer = |token| Account::of(&config("https://team.atlassian.net/wiki", None, token));
        assert_eq!(bearer("t0ken"), bearer("t0ken"));
        assert_ne!(bearer("t0ken"), bearer("t0ken2"));
        assert!(!format!("{:?}", bearer("t0ken")).contains("t0ken"));
    }

    #[test]
    fn a_governor_is_shared_while_it_is_used_and_no_longer() {
        let governors = Governors::default();
        let config = config("https://team.atlassian.net/wiki", Some("a@x"), "1");
        let one = governors.join(&config, 16);
        let two = governors.clone().join(&config, 16);
        assert!(Arc::ptr_eq(&one.governor, &two.governor));
        assert_ne!(one.lane, two.lane);
        let weak = Arc::downgrade(&one.governor);
        drop((one, two));
        assert!(weak.upgrade().is_none());
        assert!(!Arc::ptr_eq(
            &governors.join(&config, 16).governor,
            &Governors::default().join(&config, 16).governor
        ));
    }
}
