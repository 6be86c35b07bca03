//! The product as its callers see it: over HTTP, in front of a simulated Confluence of either kind.

mod support;

mod bad_requests;
mod docs;
mod http;
mod index;
mod layers;
mod limits;
mod listings;
mod naming;
mod openapi;
mod operations;
mod sandbox;
mod titles;
