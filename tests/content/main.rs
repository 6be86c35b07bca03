//! Pages as Markdown, and edited Markdown back onto them.

mod edits;
mod gate;
mod laws;
mod pathological;
mod projection;
mod three_way;
