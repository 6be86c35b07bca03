//! The directory of the endpoints: which files are endpoints, what is in them, and whether that has changed.
//!
//! [`load`] reads everything and decides nothing: an [`Entry`] with faults is one endpoint that cannot be served, and
//! whether a last good state goes on in its place is up to the caller. Changes are found by polling [`Loaded::has_changed`],
//! which follows links: a notifier sees nothing but `..data` when Kubernetes swaps a `ConfigMap`, and wakes up by its own
//! reading. Reading is blocking I/O of some tens of microseconds a file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::endpoint::{self, Reading};
use super::fingerprint::Fingerprint;
use super::{EndpointConfig, EndpointName, Environment, Fault, keys};

/// One file of the directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the endpoint; None when the file name holds none that is valid, which is one of the faults.
    pub name: Option<EndpointName>,
    /// The file.
    pub path: PathBuf,
    /// Of the file and of those its keys refer to. While it stays the same, so does the configuration; the only other
    /// thing to count is that no second file shares its variables.
    pub fingerprint: Fingerprint,
    /// The configuration, or everything that is wrong with it.
    pub outcome: Result<EndpointConfig, Vec<Fault>>,
    /// What is suspicious, but disables nothing.
    pub warnings: Vec<Fault>,
}

/// The state of a directory at one time.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Every file that looks like an endpoint's, in order of the paths.
    pub entries: Vec<Entry>,
    /// What is wrong with the directory itself. Then there are no entries, which says nothing about the files.
    pub fault: Option<Fault>,
    /// What is suspicious about the directory, and about variables that belong to none of its files.
    pub warnings: Vec<Fault>,
    directory: PathBuf,
    fingerprint: Fingerprint,
}

impl Loaded {
    /// Whether reading again can give another outcome: a file came, went or changed, be it only behind its link.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        let mut now = fingerprint(&self.directory);
        for path in self.fingerprint.paths() {
            now.add(path);
        }
        now != self.fingerprint
    }
}

/// The files of a directory that look like an endpoint's, as they are now, without what their keys refer to.
#[must_use]
pub fn fingerprint(directory: &Path) -> Fingerprint {
    let mut fingerprint = Fingerprint::default();
    for path in files(directory).unwrap_or_default() {
        fingerprint.add(&path);
    }
    fingerprint
}

/// Reads every endpoint of a directory.
#[must_use]
pub fn load(directory: &Path, environment: &Environment) -> Loaded {
    let (files, fault) = match files(directory) {
        Ok(files) => (files, None),
        Err(error) => {
            let message = format!(
                "cannot be read: {error}, allowed: a directory with conflagent.<name>.properties files"
            );
            (Vec::new(), Some(Fault::of_file(directory, message)))
        }
    };
    let mut entries: Vec<Entry> = files.into_iter().map(|path| entry(path, environment)).collect();
    refuse_shared_prefixes(&mut entries);
    let mut fingerprint = Fingerprint::default();
    for entry in &entries {
        fingerprint.merge(&entry.fingerprint);
    }
    let mut warnings = stray_variables(directory, &entries, environment);
    if entries.is_empty() && fault.is_none() {
        warnings.push(Fault::of_file(
            directory,
            "holds no endpoint: no file conflagent.<name>.properties",
        ));
    }
    Loaded {
        entries,
        fault,
        warnings,
        directory: directory.to_owned(),
        fingerprint,
    }
}

fn entry(path: PathBuf, environment: &Environment) -> Entry {
    let Some(name) = path.file_name().and_then(endpoint_name) else {
        let message = "has no valid name, allowed: conflagent.<name>.properties with 1 to 64 letters, digits, - and _, \
                       beginning with a letter or digit, or conflagent.properties";
        let mut fingerprint = Fingerprint::default();
        fingerprint.add(&path);
        let outcome = Err(vec![Fault::of_file(&path, message)]);
        return Entry {
            name: None,
            path,
            fingerprint,
            outcome,
            warnings: Vec::new(),
        };
    };
    let Reading {
        outcome,
        warnings,
        fingerprint,
    } = endpoint::read(&path, name.clone(), environment);
    Entry {
        name: Some(name),
        path,
        fingerprint,
        outcome,
        warnings,
    }
}

/// A variable must belong to one endpoint: with `my-team` and `my_team` side by side the one would get the other's token.
fn refuse_shared_prefixes(entries: &mut [Entry]) {
    let mut sharers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(name) = &entry.name {
            sharers.entry(name.environment_prefix()).or_default().push(index);
        }
    }
    for (prefix, indices) in sharers.into_iter().filter(|(_, indices)| indices.len() > 1) {
        let names: Vec<String> = indices
            .iter()
            .map(|index| entries[*index].path.display().to_string())
            .collect();
        for index in indices {
            let entry = &mut entries[index];
            let own = entry.path.display().to_string();
            let others: Vec<&str> = names
                .iter()
                .map(String::as_str)
                .filter(|name| *name != own)
                .collect();
            let message = format!(
                "shares its environment variables {prefix}* with {}, allowed: names that differ in more than case, - and _",
                others.join(", ")
            );
            let fault = Fault::of_file(&entry.path, message);
            match &mut entry.outcome {
                Err(faults) => faults.push(fault),
                Ok(_) => entry.outcome = Err(vec![fault]),
            }
        }
    }
}

/// Variables with a known key of an endpoint that is not there, most likely by a misspelt name.
fn stray_variables(directory: &Path, entries: &[Entry], environment: &Environment) -> Vec<Fault> {
    let prefixes: Vec<String> = entries
        .iter()
        .filter_map(|entry| Some(entry.name.as_ref()?.environment_prefix()))
        .collect();
    let is_stray = |name: &str| {
        let name = name.to_uppercase();
        name.rsplit_once("__").is_some_and(|(prefix, key)| {
            let ours = prefix == "CONFLAGENT" || prefix.starts_with("CONFLAGENT_");
            ours && keys::is_known(&key.to_lowercase()) && !prefixes.contains(&format!("{prefix}__"))
        })
    };
    let warning = |name| format!("environment variable {name} is ignored: no file of that endpoint");
    environment
        .names()
        .filter(|name| is_stray(name))
        .map(|name| Fault::of_file(directory, warning(name)))
        .collect()
}

fn files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for found in std::fs::read_dir(directory)? {
        let name = found?.file_name();
        if is_endpoint_file(&name) {
            files.push(directory.join(name));
        }
    }
    files.sort();
    Ok(files)
}

/// `conflagent.properties` or `conflagent.<anything>.properties`; not the example, nor what editors leave behind.
fn is_endpoint_file(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b"conflagent.") && name.ends_with(b".properties")
}

fn endpoint_name(file: &OsStr) -> Option<EndpointName> {
    let file = file.to_str()?;
    if file == "conflagent.properties" {
        return Some(EndpointName::unnamed());
    }
    EndpointName::parse(file.strip_prefix("conflagent.")?.strip_suffix(".properties")?)
}

#[cfg(test)]
mod tests;
