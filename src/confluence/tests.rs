//! The client against small servers of its own, with bodies written after the vendor's documents.

use std::time::Duration;

use super::{Call, Client, Limits, PageId, WithBody};
use crate::config::{Deployment, EndpointConfig, EndpointName, Flavor, Secret};

mod server;

mod cloud;
mod data_center;
mod transport;

use server::{Heard, Reply, Server};

fn id(digits: &str) -> PageId {
    PageId::parse(digits).unwrap()
}

fn config(server: &Server, deployment: Deployment) -> EndpointConfig {
    let context = match deployment {
        Deployment::Cloud => "wiki",
        Deployment::DataCenter => "confluence",
    };
    EndpointConfig {
        name: EndpointName::unnamed(),
        email: (deployment == Deployment::Cloud).then(|| "agent@example.com".to_owned()),
        api_token: Secret::new("t0ken"),
        base_url: server.url(context),
        space_key: "DOC".to_owned(),
        root_page_id: "1".to_owned(),
        gpt_shared_secret: Secret::new("shared"),
        flavor: Flavor::Default,
        directory: crate::config::DirectoryAccess::Off,
        only: crate::config::Only::default(),
        deployment,
        cloud_id: None,
        public_url: None,
        read_format: crate::config::ReadFormat::Storage,
        index_freshness: crate::config::endpoint::INDEX_FRESHNESS,
    }
}

/// A client of a server, with a call whose tally counts.
fn client(server: &Server, deployment: Deployment) -> (Client, Call) {
    let call = Call::new(Duration::from_secs(20));
    (client_without_call(server, deployment).on(&call), call)
}

/// A client that sends everything once.
fn client_without_call(server: &Server, deployment: Deployment) -> Client {
    Client::new(&config(server, deployment), &Limits::default()).unwrap()
}
