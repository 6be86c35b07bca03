//! The views of the Catalog, as values: what the outside world is told about the operations.

pub mod openapi;
mod schema;
pub mod tools;
