//! Pages as Markdown, and edited Markdown back onto them.

mod edits;
mod gate;
mod laws;
mod measure;
mod pathological;
mod projection;
mod structural;
mod three_way;
