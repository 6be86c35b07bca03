//! `conflagent convert`.

use std::io::{self, BufRead as _, Read as _};
use std::process::ExitCode;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::output;
use crate::convert::{Flavour, markdown_to_storage};

/// Convert Markdown to Confluence storage format, standard input to standard output.
///
/// What could not be expressed is said on standard error.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Which product the storage format is for.
    #[arg(long, value_enum, default_value = "cloud")]
    deployment: Product,
    /// Speak one JSON object per line instead, for tools: {"to":"storage","text":MARKDOWN} is answered by
    /// {"ok":TEXT} or {"err":WHY}.
    #[arg(long)]
    lines: bool,
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
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let flavour = options.deployment.into();
    if options.lines {
        return lines(flavour);
    }
    let mut markdown = String::new();
    io::stdin()
        .lock()
        .read_to_string(&mut markdown)
        .context("standard input is not readable as UTF-8")?;
    let converted = markdown_to_storage(&markdown, flavour);
    for notice in &converted.notices {
        output::complain(&format!("note: {}", notice.message));
    }
    output::print(&converted.storage)
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
    match serde_json::from_slice::<Line>(line) {
        Ok(line) if line.to == "storage" => json!({ "ok": markdown_to_storage(&line.text, flavour).storage }),
        Ok(line) => json!({ "err": format!("cannot convert to {:?}; allowed is \"storage\"", line.to) }),
        Err(error) => json!({ "err": format!("not a request: {error}") }),
    }
}
