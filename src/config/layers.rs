//! The layers of one endpoint, and everything that is wrong with them.
//!
//! File below environment, put together by the `config` crate; the values of secrets also through references. Reading
//! never stops at a fault: [`Layers::take`] notes it and answers None, so that one run reports them all. What the values
//! mean together is the business of [`super::endpoint`].

use std::path::Path;

use config::{Config, ConfigError, File, Map, Value};
use serde::de::DeserializeOwned;

use super::directory::Fingerprint;
use super::environment::NotUnicode;
use super::keys::{self, Key};
use super::properties::{self, Line, Properties, Undecodable};
use super::{EndpointName, Environment, Fault};

/// More than any properties file or secret has; the bound is for what a link may point at.
const MAX_BYTES: u64 = 256 * 1024;

/// One file and the variables above it.
pub(super) struct Layers<'a> {
    file: &'a Path,
    prefix: String,
    environment: &'a Environment,
    values: Map<String, Value>,
    /// Keys that were given, but not legibly: reported already, so not missing.
    unreadable: Vec<String>,
    /// Whether the file could be opened. No key is missing from one that could not.
    opened: bool,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
    /// Of all files read.
    pub(super) fingerprint: Fingerprint,
}

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Line(Option<usize>),
    Environment,
}

impl<'a> Layers<'a> {
    /// Reads the file and picks its variables out of the environment.
    pub(super) fn read(file: &'a Path, name: &EndpointName, environment: &'a Environment) -> Self {
        let mut layers = Self {
            file,
            prefix: name.environment_prefix(),
            environment,
            values: Map::new(),
            unreadable: Vec::new(),
            opened: false,
            faults: Vec::new(),
            warnings: Vec::new(),
            fingerprint: Fingerprint::default(),
        };
        match layers.contents(file) {
            Err(message) => layers.faults.push(Fault::of_file(file, message)),
            Ok(bytes) => {
                layers.opened = true;
                let (text, undecodable) = properties::decode(&bytes);
                layers.note_undecodable(undecodable);
                layers.note_oddities(&text);
                match layers.merge(&text) {
                    Ok(values) => layers.values = values,
                    Err(error) => layers.faults.push(Fault::of_file(file, error.to_string())),
                }
            }
        }
        layers
    }

    /// The value of a key; None when it is absent, empty or, which is noted, not what is allowed.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let key = keys::find(name).expect("only keys of the table are read");
        let (value, given_as, origin) = self.value(key)?;
        let wrong = if value.contains(char::is_control) {
            "holds a line break or another control character".to_owned()
        } else {
            if value.len() > 1 && value.starts_with(['"', '\'']) && value.ends_with(&value[..1]) {
                let message = format!(
                    "is wrapped in quotes, which become part of the value{}",
                    self.place(&given_as, origin)
                );
                self.warnings.push(self.fault_at(key.name, origin, message));
            }
            match Value::from(value).try_deserialize() {
                Ok(value) => return Some(value),
                Err(error) => error.to_string(),
            }
        };
        let message = format!(
            "{wrong}, allowed: {}{}",
            key.allowed,
            self.place(&given_as, origin)
        );
        self.faults.push(self.fault_at(key.name, origin, message));
        None
    }

    /// The value of a key that must be there.
    pub(super) fn require<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let noted = self.faults.len();
        let value = self.take(name);
        let reported = self.faults.len() > noted || self.unreadable.iter().any(|key| key == name);
        if value.is_none() && !reported && self.opened {
            let key = keys::find(name).expect("only keys of the table are read");
            self.missing(key);
        }
        value
    }

    /// Notes what is wrong with a key in the light of others.
    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        let fault = self.fault_at(name, self.origin(name), message.into());
        self.faults.push(fault);
    }

    /// Notes what is suspicious about a key.
    pub(super) fn warn(&mut self, name: &str, message: impl Into<String>) {
        let warning = self.fault_at(name, self.origin(name), message.into());
        self.warnings.push(warning);
    }

    /// Whether a key was given at all, be it wrongly.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.text(name).is_some() || self.unreadable.iter().any(|key| key == name)
    }

    fn missing(&mut self, key: &Key) {
        let line = match self.values.get(key.name).map(origin) {
            Some(Origin::Line(line)) => line,
            _ => None,
        };
        let wrong = if line.is_some() { "is empty" } else { "is missing" };
        let mut places = vec!["here".to_owned()];
        places.extend(key.names().skip(1).map(|name| format!("as {name}")));
        places.push(format!("as environment variable {}", self.variable(key.name)));
        let last = places.pop().unwrap_or_default();
        let message = format!(
            "{wrong}, allowed: {}; set it {} or {last}",
            key.allowed,
            places.join(", ")
        );
        self.faults.push(Fault {
            file: self.file.to_owned(),
            line,
            key: Some(key.name.to_owned()),
            message,
        });
    }

    /// The text of a key, the name it was given under and where that stands. The environment wins over the file; within
    /// each of the two there must be only one way to a secret, since none is the obvious one.
    fn value(&mut self, key: &Key) -> Option<(String, String, Origin)> {
        let mut given: Vec<(String, Origin)> = key
            .names()
            .filter(|name| self.text(name).is_some())
            .map(|name| (name.clone(), self.origin(&name)))
            .collect();
        if given.iter().any(|(_, origin)| *origin == Origin::Environment) {
            given.retain(|(_, origin)| *origin == Origin::Environment);
        }
        if let [(first, _), (second, origin), ..] = given.as_slice() {
            let message = format!(
                "is given beside {first}, allowed: only one of the two{}",
                self.place(second, *origin)
            );
            self.faults.push(self.fault_at(second, *origin, message));
            return None;
        }
        let (name, origin) = given.pop()?;
        let text = self.text(&name)?.to_owned();
        let found = if name.ends_with("_file") && name != key.name {
            self.referred_file(&text)
        } else if name.ends_with("_env") && name != key.name {
            self.referred_variable(&text)
        } else {
            Ok(text)
        };
        match found {
            Ok(text) => Some((text, name, origin)),
            Err(wrong) => {
                let place = if origin == Origin::Environment {
                    self.place(&name, origin)
                } else {
                    String::new()
                };
                let message = format!("{wrong}{place}");
                self.faults.push(self.fault_at(&name, origin, message));
                None
            }
        }
    }

    fn referred_file(&mut self, path: &str) -> Result<String, String> {
        const ALLOWED: &str = "allowed: a path, from the directory of this file, of a text file that holds the value and nothing else";
        let path = self.file.parent().unwrap_or_else(|| Path::new("")).join(path);
        let bytes = self
            .contents(&path)
            .map_err(|wrong| format!("the file it names {wrong}, {ALLOWED}"))?;
        match properties::decode(&bytes) {
            (_, undecodable) if !undecodable.is_empty() => {
                Err(format!("the file it names is not UTF-8, {ALLOWED}"))
            }
            (text, _) if text.trim().is_empty() => Err(format!("the file it names is empty, {ALLOWED}")),
            (text, _) => Ok(text.trim().to_owned()),
        }
    }

    fn referred_variable(&self, name: &str) -> Result<String, String> {
        const ALLOWED: &str = "allowed: the name of an environment variable that holds the value";
        match self.environment.get(name) {
            Ok(Some(text)) => Ok(text.to_owned()),
            Ok(None) => Err(format!("the variable it names is not set, {ALLOWED}")),
            Err(NotUnicode) => Err(format!("the variable it names {NotUnicode}, {ALLOWED}")),
        }
    }

    /// A regular file, however many links away, of a sensible size. Its fingerprint is taken first, so that a change
    /// while it is read is seen as one later.
    fn contents(&mut self, path: &Path) -> Result<Vec<u8>, String> {
        self.fingerprint.add(path);
        let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err("is not a regular file".to_owned());
        }
        if metadata.len() > MAX_BYTES {
            return Err(format!("is larger than {} KiB", MAX_BYTES / 1024));
        }
        std::fs::read(path).map_err(unreadable)
    }

    fn note_undecodable(&mut self, undecodable: Vec<Undecodable>) {
        for Undecodable { line, key } in undecodable {
            let key = key.filter(|key| keys::is_known(key));
            self.unreadable.extend(key.clone());
            let message = "is not UTF-8, allowed: text saved as UTF-8".to_owned();
            self.faults.push(Fault {
                file: self.file.to_owned(),
                line: Some(line),
                key,
                message,
            });
        }
    }

    /// What the original bridge passed over in silence must not disable an endpoint that worked there.
    fn note_oddities(&mut self, text: &str) {
        let mut seen: Map<&str, usize> = Map::new();
        for (line, content) in properties::lines(text) {
            let (key, message) = match content {
                Line::Stray => (None, "is ignored: neither a comment nor `key=value`".to_owned()),
                Line::Entry { key, .. } => match seen.insert(key, line) {
                    _ if !keys::is_known(key) => unknown(key),
                    Some(first) => (Some(key), format!("replaces the value of line {first}")),
                    None => continue,
                },
            };
            let key = key.map(str::to_owned);
            self.warnings.push(Fault {
                file: self.file.to_owned(),
                line: Some(line),
                key,
                message,
            });
        }
    }

    fn merge(&mut self, text: &str) -> Result<Map<String, Value>, ConfigError> {
        let file = File::from_str(
            text,
            Properties {
                file: self.file.display().to_string(),
            },
        );
        let above = config::Environment::with_prefix(self.prefix.strip_suffix("__").unwrap_or_default())
            .prefix_separator("__")
            .source(Some(self.variables()));
        Config::builder()
            .add_source(file)
            .add_source(above)
            .build()?
            .cache
            .into_table()
    }

    /// The variables of this endpoint, without those that are empty or, which is noted, of no use.
    fn variables(&mut self) -> Map<String, String> {
        let mut variables = Map::new();
        for name in self.environment.names() {
            let Some(key) = name
                .to_lowercase()
                .strip_prefix(&self.prefix.to_lowercase())
                .map(str::to_owned)
            else {
                continue;
            };
            let message = match self.environment.get(name) {
                // With `a` and `a__b` both endpoints, CONFLAGENT_A__B__FLAVOR is no unknown key of the first.
                _ if key.contains("__") || key.starts_with('_') => continue,
                Ok(None) => continue,
                Ok(Some(_)) if !keys::is_known(&key) => {
                    format!("environment variable {name} {}", unknown(&key).1)
                }
                Ok(Some(value)) => {
                    variables.insert(name.to_owned(), value.to_owned());
                    continue;
                }
                Err(NotUnicode) => {
                    let message = format!("environment variable {name} {NotUnicode}");
                    let key = Some(key);
                    self.unreadable.extend(key.clone());
                    self.faults.push(Fault {
                        file: self.file.to_owned(),
                        line: None,
                        key,
                        message,
                    });
                    continue;
                }
            };
            self.warnings.push(Fault::of_file(self.file, message));
        }
        variables
    }

    fn text(&self, name: &str) -> Option<&str> {
        match &self.values.get(name)?.kind {
            config::ValueKind::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    fn origin(&self, name: &str) -> Origin {
        self.values.get(name).map_or(Origin::Line(None), origin)
    }

    fn variable(&self, name: &str) -> String {
        format!("{}{}", self.prefix, name.to_uppercase())
    }

    /// Names the place of a value when file, line and key do not.
    fn place(&self, given_as: &str, origin: Origin) -> String {
        match origin {
            Origin::Environment => format!(" (environment variable {})", self.variable(given_as)),
            Origin::Line(_) if keys::find(given_as).is_none() => format!(" (read through {given_as})"),
            Origin::Line(_) => String::new(),
        }
    }

    fn fault_at(&self, name: &str, origin: Origin, message: String) -> Fault {
        let line = match origin {
            Origin::Line(line) => line,
            Origin::Environment => None,
        };
        Fault {
            file: self.file.to_owned(),
            line,
            key: Some(name.to_owned()),
            message,
        }
    }
}

/// The `file:line` that [`Properties`] put there, or what `config` calls the environment.
fn origin(value: &Value) -> Origin {
    match value.origin() {
        Some("the environment") => Origin::Environment,
        Some(place) => Origin::Line(place.rsplit_once(':').and_then(|(_, line)| line.parse().ok())),
        None => Origin::Line(None),
    }
}

/// A key nobody knows, when it can be shown: a wrapped line may begin with the rest of a token.
fn unknown(key: &str) -> (Option<&str>, String) {
    let showable = properties::is_plain(&key.replace(['-', '.', '[', ']'], "_")) && key.len() <= 32;
    let meant = keys::nearest(key)
        .filter(|_| showable)
        .map_or(String::new(), |known| format!(", did you mean {known}?"));
    (
        Some(key).filter(|_| showable),
        format!("is ignored: unknown key{meant}"),
    )
}
