//! What stands in a file or in the environment that is no clean value of a known key.
//!
//! Only bytes that are not text are faults. What the original bridge passed over in silence is a warning: it must not
//! disable an endpoint that worked there.

use std::collections::HashMap;

use super::super::environment::NotUnicode;
use super::super::keys;
use super::super::properties::{self, Line, Undecodable};
use super::Layers;

/// Notes what is odd about the text of the file.
pub(super) fn note(layers: &mut Layers<'_>, text: &str, undecodable: Vec<Undecodable>) {
    for Undecodable { line, key } in undecodable {
        let key = key.filter(|key| keys::is_known(key));
        layers.illegible.extend(key.clone());
        let fault = layers.at(
            Some(line),
            key.as_deref(),
            "is not UTF-8, allowed: text saved as UTF-8",
        );
        layers.faults.push(fault);
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (line, content) in properties::lines(text) {
        let (key, message) = match content {
            Line::Stray => (None, "is ignored: neither a comment nor `key=value`".to_owned()),
            Line::Entry { key, .. } if !keys::is_known(key) => (showable(key), unknown(key)),
            Line::Entry { key, .. } => match seen.insert(key, line) {
                Some(earlier) => (Some(key), format!("replaces the value of line {earlier}")),
                None => continue,
            },
        };
        let warning = layers.at(Some(line), key, message);
        layers.warnings.push(warning);
    }
}

/// The variables of this endpoint. Empty ones are as good as unset; what is odd about the others is noted.
pub(super) fn variables(layers: &mut Layers<'_>) -> HashMap<String, String> {
    let environment = layers.environment;
    let prefix = layers.prefix.to_lowercase();
    let mut variables = HashMap::new();
    for name in environment.names() {
        let lower = name.to_lowercase();
        // With `a` and `a__b` both endpoints, CONFLAGENT_A__B__FLAVOR is no unknown key of the first.
        let Some(key) = lower
            .strip_prefix(&prefix)
            .filter(|key| !key.starts_with('_') && !key.contains("__"))
        else {
            continue;
        };
        match environment.get(name) {
            Ok(None) => {}
            Ok(Some(value)) if keys::is_known(key) => {
                variables.insert(name.to_owned(), value.to_owned());
            }
            Ok(Some(_)) => {
                let warning = layers.at(
                    None,
                    None,
                    format!("environment variable {name} {}", unknown(key)),
                );
                layers.warnings.push(warning);
            }
            Err(NotUnicode) if !keys::is_known(key) => {}
            Err(NotUnicode) => {
                layers.illegible.push(key.to_owned());
                let fault = layers.at(
                    None,
                    None,
                    format!("environment variable {name} {NotUnicode}, allowed: text in UTF-8"),
                );
                layers.faults.push(fault);
            }
        }
    }
    variables
}

fn unknown(key: &str) -> String {
    match showable(key).and_then(keys::nearest) {
        Some(known) => format!("is ignored: unknown key, did you mean {known}?"),
        None => "is ignored: unknown key".to_owned(),
    }
}

/// The key, unless it may be something else: a wrapped line can begin with the rest of a token. Those have capitals, or
/// more of everything, and resemble nothing.
fn showable(key: &str) -> Option<&str> {
    let like_a_key = properties::is_plain(&key.replace(['-', '.', '[', ']'], "_")) && key.len() <= 32;
    let capitals = key.bytes().any(|byte| byte.is_ascii_uppercase());
    (like_a_key && (!capitals || keys::nearest(key).is_some())).then_some(key)
}
