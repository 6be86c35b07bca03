//! How a page is shown: as stored, as Markdown, or as plain text.

use super::Pages;
pub use crate::config::ReadFormat;
use crate::convert::{self, Layout};

/// A body as a caller gets it.
#[derive(Debug)]
pub struct Shown {
    /// The text.
    pub body: String,
    /// What it is.
    pub format: ReadFormat,
    /// Its blocks and headings; of Markdown alone.
    pub layout: Layout,
    /// Why it is not what was asked for.
    pub warnings: Vec<String>,
}

impl Pages {
    /// A stored body in the format that was asked for, else in the endpoint's. A body that is not well-formed, as
    /// only Confluence itself could have stored it, is shown as it is, with a warning.
    #[must_use]
    pub fn shown(&self, storage: String, format: Option<ReadFormat>) -> Shown {
        let format = format.unwrap_or(self.read_format);
        let converted = match format {
            ReadFormat::Storage => {
                return Shown {
                    body: storage,
                    format,
                    layout: Layout::default(),
                    warnings: Vec::new(),
                };
            }
            ReadFormat::Markdown => convert::storage_to_markdown(&storage, self.flavour)
                .map(|projection| (projection.markdown, projection.layout)),
            ReadFormat::Text => convert::storage_to_text(&storage).map(|text| (text, Layout::default())),
        };
        match converted {
            Ok((body, layout)) => Shown {
                body,
                format,
                layout,
                warnings: Vec::new(),
            },
            Err(problem) => Shown {
                body: storage,
                format: ReadFormat::Storage,
                layout: Layout::default(),
                warnings: vec![format!(
                    "This page cannot be shown as {}; this is its storage format ({problem}).",
                    format.as_str()
                )],
            },
        }
    }
}
