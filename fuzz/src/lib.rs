//! What the fuzz targets share: pages made from bytes, edits of a text, and what must hold of every result.

pub mod bytes;
pub mod edit;
pub mod oracle;
pub mod page;
pub mod panics;
