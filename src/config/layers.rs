//! The layers of one endpoint, and everything that is wrong with them.
//!
//! The environment above the file, put together by the `config` crate; secrets also through references. Reading never
//! stops at a fault: [`Layers::take`] notes it and answers None, so that one run reports them all. What the values mean
//! together is the business of [`super::endpoint`].

mod oddities;
mod references;

use std::path::Path;

use config::{Config, ConfigError, File, Map, Value, ValueKind};
use serde::de::DeserializeOwned;

use super::fingerprint::Fingerprint;
use super::keys::{self, Key};
use super::properties::{self, Properties};
use super::{EndpointName, Environment, Fault};

/// One file and the variables above it.
pub(super) struct Layers<'a> {
    file: &'a Path,
    /// Of its variables.
    prefix: String,
    environment: &'a Environment,
    values: Map<String, Value>,
    /// Keys that are given, but not as text. They are reported as that, so not as missing.
    illegible: Vec<String>,
    /// Whether the file could be read. No key is missing from one that could not.
    opened: bool,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
    /// Of every file that was read.
    pub(super) fingerprint: Fingerprint,
}

/// A value that was found.
struct Given {
    text: String,
    /// The key it was given as, which may be one of a reference.
    name: String,
    origin: Origin,
}

/// Where a value was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Line(usize),
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
            illegible: Vec::new(),
            opened: false,
            faults: Vec::new(),
            warnings: Vec::new(),
            fingerprint: Fingerprint::default(),
        };
        let merged = layers.fingerprint.read(file).and_then(|bytes| {
            layers.opened = true;
            let (text, undecodable) = properties::decode(&bytes);
            oddities::note(&mut layers, &text, undecodable);
            layers.merge(&text).map_err(|error| error.to_string())
        });
        match merged {
            Ok(values) => layers.values = values,
            Err(message) => layers.faults.push(Fault::of_file(file, message)),
        }
        layers
    }

    /// The value of a key; None when it is absent, empty or, which is noted, not what is allowed.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let key = row(name);
        let given = self.resolve(key)?;
        let place = self.place(name, &given);
        let line = given.origin.line();
        let quote = given
            .text
            .chars()
            .next()
            .filter(|first| ['"', '\''].contains(first));
        if given.text.len() > 1 && quote.is_some_and(|quote| given.text.ends_with(quote)) {
            let message = format!("is wrapped in quotes, which become part of the value{place}");
            self.warnings.push(self.at(line, Some(name), message));
        }
        let wrong = if given.text.contains(char::is_control) {
            "holds a line break or another control character".to_owned()
        } else {
            match Value::from(given.text).try_deserialize() {
                Ok(value) => return Some(value),
                Err(error) => error.to_string(),
            }
        };
        let message = format!("{wrong}, allowed: {}{place}", key.allowed);
        self.faults.push(self.at(line, Some(name), message));
        None
    }

    /// The value of a key that must be there.
    pub(super) fn require<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let noted = self.faults.len();
        let value = self.take(name);
        if value.is_none() && self.faults.len() == noted && self.opened && !self.is_given(name) {
            self.note_missing(row(name));
        }
        value
    }

    /// Whether a key is given at all, be it wrongly.
    pub(super) fn is_given(&self, name: &str) -> bool {
        row(name)
            .names()
            .any(|name| self.lookup(&name).is_some() || self.illegible.contains(&name))
    }

    /// Notes what is wrong with a key in the light of others.
    pub(super) fn fault(&mut self, name: &str, message: &str) {
        let fault = self.in_place(name, message);
        self.faults.push(fault);
    }

    /// Notes what is suspicious about a key.
    pub(super) fn warn(&mut self, name: &str, message: &str) {
        let warning = self.in_place(name, message);
        self.warnings.push(warning);
    }

    fn merge(&mut self, text: &str) -> Result<Map<String, Value>, ConfigError> {
        let file = File::from_str(
            text,
            Properties {
                file: self.file.display().to_string(),
            },
        );
        let variables = config::Environment::with_prefix(self.prefix.strip_suffix("__").unwrap_or_default())
            .prefix_separator("__")
            .source(Some(oddities::variables(self)));
        Config::builder()
            .add_source(file)
            .add_source(variables)
            .build()?
            .cache
            .into_table()
    }

    /// What is given under exactly this name.
    fn lookup(&self, name: &str) -> Option<Given> {
        let value = self.values.get(name)?;
        let ValueKind::String(text) = &value.kind else {
            return None;
        };
        (!text.is_empty()).then(|| Given {
            text: text.clone(),
            name: name.to_owned(),
            origin: Origin::of(value),
        })
    }

    /// Looks a key up under all its names and follows references. The environment wins over the file; within either
    /// there must be one way to a secret only, since nobody could tell which of two counts.
    fn resolve(&mut self, key: &Key) -> Option<Given> {
        let mut ways: Vec<Given> = key.names().filter_map(|name| self.lookup(&name)).collect();
        if ways.iter().any(|given| given.origin == Origin::Environment) {
            ways.retain(|given| given.origin == Origin::Environment);
        }
        let given = ways.pop()?;
        let found = match (ways.first(), given.name.strip_prefix(key.name)) {
            (Some(other), _) => Err(format!("is given beside {}, allowed: one of the two", other.name)),
            (None, Some("_file")) => {
                let directory = self.file.parent().unwrap_or(Path::new(""));
                references::file(directory, &given.text, &mut self.fingerprint)
            }
            (None, Some("_env")) => references::variable(self.environment, &given.text),
            (None, _) => Ok(given.text.clone()),
        };
        match found {
            Ok(text) => Some(Given { text, ..given }),
            Err(wrong) => {
                let place = self.place(&given.name, &given);
                self.faults
                    .push(self.at(given.origin.line(), Some(&given.name), format!("{wrong}{place}")));
                None
            }
        }
    }

    fn note_missing(&mut self, key: &Key) {
        // An empty value is in the table, but nothing is given by it.
        let line = self
            .values
            .get(key.name)
            .and_then(|value| Origin::of(value).line());
        let wrong = if line.is_some() { "is empty" } else { "is missing" };
        let ways: Vec<String> = key.names().skip(1).map(|name| format!("as {name}")).collect();
        let ways = if ways.is_empty() {
            "here".to_owned()
        } else {
            format!("here, {}", ways.join(", "))
        };
        let message = format!(
            "{wrong}, allowed: {}; set it {ways} or as environment variable {}",
            key.allowed,
            self.variable(key.name)
        );
        self.faults.push(self.at(line, Some(key.name), message));
    }

    fn in_place(&self, name: &str, message: &str) -> Fault {
        match row(name).names().find_map(|name| self.lookup(&name)) {
            Some(given) => self.at(
                given.origin.line(),
                Some(name),
                format!("{message}{}", self.place(name, &given)),
            ),
            None => self.at(None, Some(name), message),
        }
    }

    /// Says where a value stands when file, line and `key` do not.
    fn place(&self, key: &str, given: &Given) -> String {
        match given.origin {
            Origin::Environment => format!(" (environment variable {})", self.variable(&given.name)),
            Origin::Line(_) if given.name != key => format!(" (by way of {})", given.name),
            Origin::Line(_) => String::new(),
        }
    }

    fn variable(&self, name: &str) -> String {
        format!("{}{}", self.prefix, name.to_uppercase())
    }

    fn at(&self, line: Option<usize>, key: Option<&str>, message: impl Into<String>) -> Fault {
        Fault {
            file: self.file.to_owned(),
            line,
            key: key.map(str::to_owned),
            message: message.into(),
        }
    }
}

impl Origin {
    /// Reads the `file:line` that [`Properties`] wrote; what `config` itself writes names no line.
    fn of(value: &Value) -> Self {
        let line = value
            .origin()
            .and_then(|place| place.rsplit_once(':'))
            .and_then(|(_, line)| line.parse().ok());
        line.map_or(Self::Environment, Self::Line)
    }

    fn line(self) -> Option<usize> {
        match self {
            Self::Line(line) => Some(line),
            Self::Environment => None,
        }
    }
}

fn row(name: &str) -> &'static Key {
    keys::find(name).expect("only keys of the table are asked for")
}
