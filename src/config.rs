//! Settings of the process and the `.properties` files of the endpoints.
//!
//! A leaf: reads files and the environment, knows nobody else.

pub mod endpoint;
pub mod secret;

pub use endpoint::{Deployment, EndpointConfig, EndpointName, Flavor};
pub use secret::Secret;
