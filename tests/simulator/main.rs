//! One binary, a list of modules: the simulator over real HTTP, held against what Atlassian's documents say.

#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests are tests")]

mod cloud_more;
mod cloud_pages;
mod cloud_tree;
mod connection;
mod data_center;
mod data_center_more;
mod people;
mod search;
mod support;
