//! `conflagent convert`.

use std::io::{self, BufRead as _, Read as _};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::output;
use crate::convert::{Flavour, Gate, markdown_to_storage, storage_to_markdown, write_back};

/// Convert Markdown to Confluence storage format, or back; standard input to standard output.
///
/// What could not be expressed is said on standard error.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// What to convert to.
    #[arg(long, value_enum, default_value = "storage")]
    to: Target,
    /// Which product the storage format is for.
    #[arg(long, value_enum, default_value = "cloud")]
    deployment: Product,
    /// Speak one JSON object per line instead, for tools: {"to":"md","text":STORAGE} or
    /// {"to":"storage","text":MARKDOWN,"orig":STORAGE or null,"allowRemovals":BOOLEAN} is answered by {"ok":TEXT} or
    /// {"err":WHY}. With "orig", the Markdown is an edited text of that page.
    #[arg(long)]
    lines: bool,
}

/// What to convert to, as a flag.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Target {
    /// Confluence storage format.
    Storage,
    /// Markdown.
    Markdown,
}

/// The product, as a flag.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Product {
    /// Confluence Cloud.
    Cloud,
    /// Confluence Data Center.
    Datacenter,
}

impl From<Product> for Flavour {
    fn from(product: Product) -> Self {
        match product {
            Product::Cloud => Self::Cloud,
            Product::Datacenter => Self::DataCenter,
        }
    }
}

/// A line of the tools' protocol.
#[derive(Deserialize)]
struct Line {
    to: String,
    text: String,
    /// The page as it is, for an edited text.
    orig: Option<String>,
    #[serde(default, rename = "allowRemovals")]
    allow_removals: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let flavour = options.deployment.into();
    if options.lines {
        return lines(flavour);
    }
    let mut text = String::new();
    io::stdin()
        .lock()
        .read_to_string(&mut text)
        .context("standard input is not readable as UTF-8")?;
    match options.to {
        Target::Storage => {
            let converted = markdown_to_storage(&text, flavour);
            for notice in &converted.notices {
                output::complain(&format!("note: {}", notice.message));
            }
            output::print(&converted.storage)
        }
        Target::Markdown => output::print(&storage_to_markdown(&text, flavour)?.markdown),
    }
}

/// Answers each line as soon as it is read, whatever is in it. A reader that closes the pipe ends it quietly.
fn lines(flavour: Flavour) -> anyhow::Result<ExitCode> {
    for line in io::stdin().lock().split(b'\n') {
        let answer = format!("{}\n", answer(&line?, flavour));
        if !output::delivered(answer.as_bytes())? {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(line: &[u8], flavour: Flavour) -> Value {
    let line = match serde_json::from_slice::<Line>(line) {
        Ok(line) => line,
        Err(error) => return json!({ "err": format!("not a request: {error}") }),
    };
    match line.to.as_str() {
        "storage" if line.orig.is_some() => {
            let gate = Gate {
                allow_removals: line.allow_removals,
            };
            match write_back(
                line.orig.as_deref().unwrap_or_default(),
                &line.text,
                flavour,
                gate,
            ) {
                Ok(written) => json!({ "ok": written.storage }),
                Err(refusal) => json!({ "err": refusal.to_string() }),
            }
        }
        "storage" => json!({ "ok": markdown_to_storage(&line.text, flavour).storage }),
        "md" => match storage_to_markdown(&line.text, flavour) {
            Ok(projection) => json!({ "ok": projection.markdown }),
            Err(malformed) => json!({ "err": malformed.to_string() }),
        },
        other => json!({ "err": format!("cannot convert to {other:?}; allowed are \"storage\" and \"md\"") }),
    }
}
