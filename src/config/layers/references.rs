//! Values that stand elsewhere: `<key>_file` and `<key>_env`. Neither what they name nor what is found there is repeated
//! in a message: a token may have been typed where its file was asked for.

use std::path::Path;

use super::super::Environment;
use super::super::environment::NotUnicode;
use super::super::fingerprint::Fingerprint;
use super::super::properties;

/// The text of a file, named from a directory. Blanks and line ends around it do not count.
pub(super) fn file(directory: &Path, path: &str, fingerprint: &mut Fingerprint) -> Result<String, String> {
    let wrong = |wrong: &str| {
        format!(
            "names a file that {wrong}, allowed: the path of a text file that holds the value and nothing else, \
             relative to the directory of this file"
        )
    };
    let bytes = fingerprint
        .read(&directory.join(path))
        .map_err(|error| wrong(&error))?;
    match properties::decode(&bytes) {
        (_, undecodable) if !undecodable.is_empty() => Err(wrong("is not UTF-8")),
        (text, _) if text.trim().is_empty() => Err(wrong("is empty")),
        (text, _) => Ok(text.trim().to_owned()),
    }
}

/// The value of a variable.
pub(super) fn variable(environment: &Environment, name: &str) -> Result<String, String> {
    const ALLOWED: &str = "allowed: the name of an environment variable that holds the value";
    match environment.get(name) {
        Ok(Some(text)) => Ok(text.to_owned()),
        Ok(None) => Err(format!("names a variable that is not set, {ALLOWED}")),
        Err(NotUnicode) => Err(format!("names a variable that {NotUnicode}, {ALLOWED}")),
    }
}
