//! Settings of the process and the `.properties` files of the endpoints.
//!
//! A leaf: reads files and the environment, knows nobody else. [`directory::load`] is the entry point for endpoints,
//! [`Settings::resolve`] the one for the process. Nothing here logs, watches or keeps state: faults and warnings are
//! values, and when to read again is decided by whoever holds a [`Loaded`].

pub mod cidr;
pub mod directory;
pub mod duration;
pub mod endpoint;
pub mod environment;
pub mod fault;
pub mod fingerprint;
pub mod keys;
mod layers;
pub mod offer;
pub mod properties;
#[cfg(test)]
mod scratch;
pub mod secret;
pub mod settings;
pub mod tables;
mod values;

pub use cidr::Cidr;
pub use directory::{Entry, Loaded};
pub use endpoint::{Deployment, DirectoryAccess, EndpointConfig, EndpointName, Flavor, ReadFormat};
pub use environment::Environment;
pub use fault::Fault;
pub use fingerprint::Fingerprint;
pub use offer::Only;
pub use secret::Secret;
pub use settings::Settings;
