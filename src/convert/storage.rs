//! Storage format as source text: what is read here keeps its place in the bytes it came from.
//!
//! The names say whose they are: [`lex`] cuts a body into tokens with exact byte ranges, [`attributes`] does the
//! same inside a tag. Neither resolves, copies or repairs anything.

pub(super) mod attributes;
pub(super) mod lex;
