//! A simulator with a client for it.

use std::time::Duration;

use conflagent::config::{Deployment, EndpointConfig, EndpointName, Flavor, Secret};
use conflagent::confluence::{Call, Client, Error, Limits, Located, NewPage, Page, PageId, Update, WithBody};
use conflagent::simulator::{self, Knobs, Options, Seed, Simulator};

/// A simulator with a client that may do everything.
pub(crate) struct Site {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
}

/// Runs a scenario on both products.
pub(crate) async fn on_both(seed: Seed, scenario: impl AsyncFn(Site)) {
    for deployment in [simulator::Deployment::Cloud, simulator::Deployment::DataCenter] {
        scenario(Site::start(deployment, seed, |_| ()).await).await;
    }
}

impl Site {
    pub(crate) async fn start(
        deployment: simulator::Deployment,
        seed: Seed,
        knobs: impl FnOnce(&mut Knobs),
    ) -> Self {
        let options = Options::new(deployment).seed(seed).knobs(knobs);
        let simulator = simulator::start(options).await.unwrap();
        let client = Client::new(&config(&simulator), &Limits::default()).unwrap();
        Self { simulator, client }
    }

    pub(crate) fn is_cloud(&self) -> bool {
        self.client.deployment() == Deployment::Cloud
    }

    pub(crate) fn root(&self) -> PageId {
        id(&self.simulator.root_page_id())
    }

    /// Runs one piece of work with a call of its own: what it gives, and how many upstream calls it took.
    pub(crate) async fn counted<T>(&self, work: impl AsyncFnOnce(Client) -> T) -> (T, u32) {
        let call = Call::new(Duration::from_secs(60));
        self.simulator.reset_log();
        let outcome = work(self.client.on(&call)).await;
        let arrived = u32::try_from(self.simulator.requests().len()).unwrap();
        assert_eq!(call.tally.calls(), arrived, "the tally is what arrived");
        (outcome, arrived)
    }

    pub(crate) async fn create(&self, parent: &PageId, title: &str) -> Result<Page, Error> {
        let page = NewPage {
            title,
            parent,
            storage: "<p>first</p>",
        };
        self.client.create(&page).await
    }

    pub(crate) async fn update(
        &self,
        id: &PageId,
        title: &str,
        storage: &str,
        version: u64,
    ) -> Result<Page, Error> {
        let update = Update {
            id,
            title,
            storage,
            version,
            message: Some("by the agent"),
            minor_edit: false,
        };
        self.client.update(&update).await
    }

    pub(crate) async fn read(&self, id: &PageId) -> Option<Located> {
        self.client.located(id, WithBody::Yes).await.unwrap()
    }
}

/// A configuration for the writer of a simulator.
pub(crate) fn config(simulator: &Simulator) -> EndpointConfig {
    let credentials = simulator.credentials();
    let (deployment, email, token) = match simulator.deployment() {
        simulator::Deployment::Cloud => (Deployment::Cloud, Some(credentials.user), credentials.secret),
        simulator::Deployment::DataCenter => (Deployment::DataCenter, None, credentials.bearer),
    };
    EndpointConfig {
        name: EndpointName::unnamed(),
        email,
        api_token: Secret::new(token),
        base_url: simulator.base_url().parse().unwrap(),
        space_key: simulator.space_key(),
        root_page_id: simulator.root_page_id(),
        gpt_shared_secret: Secret::new("shared"),
        flavor: Flavor::Default,
        directory: conflagent::config::DirectoryAccess::Off,
        only: conflagent::config::Only::default(),
        deployment,
        cloud_id: None,
        public_url: None,
        read_format: conflagent::config::ReadFormat::Storage,
        index_freshness: conflagent::config::endpoint::INDEX_FRESHNESS,
    }
}

pub(crate) fn id(digits: &str) -> PageId {
    PageId::parse(digits).unwrap()
}
