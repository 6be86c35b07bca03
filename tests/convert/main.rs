//! The converter from outside: fixtures, properties, hostile input.

mod acceptable;
mod fixtures;
mod oracle;
mod pathological;
mod properties;
