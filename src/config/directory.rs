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
use super::{EndpointConfig, EndpointName, Environment, Fault};

/// One file of the directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the endpoint; None when the file name holds none that is valid, which is one of the faults.
    pub name: Option<EndpointName>,
    /// The file.
    pub path: PathBuf,
    /// Of the file and of those its keys refer to. While it stays the same, so does the outcome.
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
    Loaded {
        entries,
        fault,
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
mod tests {
    use super::super::scratch::Scratch;
    use super::*;

    const COMPLETE: &str = "email=jane@example.com\napi_token=x\nbase_url=https://site.atlassian.net/wiki\nspace_key=DEV\n\
                            root_page_id=1\ngpt_shared_secret=0123456789abcdef\n";

    fn load_from(scratch: &Scratch) -> Loaded {
        load(scratch.path(), &Environment::default())
    }

    /// Names of the endpoints that can be served, and everything wrong with the others.
    fn summary(scratch: &Scratch) -> (Vec<String>, Vec<String>) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for entry in load_from(scratch).entries {
            match entry.outcome {
                Ok(config) => good.push(config.name.to_string()),
                Err(faults) => bad.extend(scratch.shown(&faults)),
            }
        }
        (good, bad)
    }

    #[test]
    fn only_files_named_like_endpoints_are_read() {
        let scratch = Scratch::new();
        for name in [
            "conflagent.properties",
            "conflagent.b.properties",
            "conflagent.A-1.properties",
        ] {
            scratch.write(name, COMPLETE);
        }
        for name in [
            "conflagent.properties.example",
            "conflagent.b.properties~",
            ".conflagent.b.properties.swp",
            "conflagent.b.properties.bak",
            "other.properties",
            "sub/conflagent.c.properties",
        ] {
            scratch.write(name, "nonsense");
        }
        let names = ["A-1", "b", "(unnamed)"].map(str::to_owned).to_vec();
        assert_eq!(summary(&scratch), (names, vec![]));
    }

    #[test]
    fn a_faulty_file_disables_nothing_but_itself() {
        let scratch = Scratch::new();
        scratch.write("conflagent.good.properties", COMPLETE);
        scratch.write(
            "conflagent.bad.properties",
            COMPLETE.replace("root_page_id=1", "root_page_id=one"),
        );
        let fault = "conflagent.bad.properties:5: root_page_id: is not the id of a page, allowed: 1 to 19 digits, the first \
                     one not 0";
        assert_eq!(
            summary(&scratch),
            (vec!["good".to_owned()], vec![fault.to_owned()])
        );
    }

    #[test]
    fn names_that_no_route_can_have_are_faults() {
        let scratch = Scratch::new();
        let long = "a".repeat(65);
        for name in ["", ".", "a.b", "-a", "_a", "ä", "a b", &long] {
            scratch.write(&format!("conflagent.{name}.properties"), COMPLETE);
        }
        let (good, bad) = summary(&scratch);
        assert_eq!(good, [""; 0]);
        assert_eq!(bad.len(), 8);
        assert_eq!(
            bad[0],
            "conflagent.-a.properties: has no valid name, allowed: conflagent.<name>.properties with 1 to 64 letters, \
             digits, - and _, beginning with a letter or digit, or conflagent.properties"
        );
    }

    #[test]
    fn endpoints_that_would_share_variables_are_all_refused() {
        let scratch = Scratch::new();
        for name in ["my-team", "my_team", "other"] {
            scratch.write(&format!("conflagent.{name}.properties"), COMPLETE);
        }
        scratch.write("conflagent.MY-TEAM.properties", "flavor=no");
        let (good, bad) = summary(&scratch);
        assert_eq!(good, ["other"]);
        let allowed = "allowed: names that differ in more than case, - and _";
        let shared: Vec<&String> = bad.iter().filter(|fault| fault.contains("shares")).collect();
        let [own, dash, line] =
            ["MY-TEAM", "my-team", "my_team"].map(|name| format!("conflagent.{name}.properties"));
        let expected = [
            format!(
                "{own}: shares its environment variables CONFLAGENT_MY_TEAM__* with {dash}, {line}, {allowed}"
            ),
            format!(
                "{dash}: shares its environment variables CONFLAGENT_MY_TEAM__* with {own}, {line}, {allowed}"
            ),
            format!(
                "{line}: shares its environment variables CONFLAGENT_MY_TEAM__* with {own}, {dash}, {allowed}"
            ),
        ];
        assert_eq!(shared, expected.iter().collect::<Vec<_>>());
        assert!(
            bad.iter().any(|fault| fault.contains("flavor: is not a flavor")),
            "{bad:?}"
        );
    }

    #[test]
    fn a_directory_that_cannot_be_read_is_a_fault_of_its_own() {
        let scratch = Scratch::new();
        let missing = scratch.path().join("missing");
        let loaded = load(&missing, &Environment::default());
        assert!(loaded.entries.is_empty() && !loaded.has_changed());
        assert_eq!(
            scratch.shown(&[loaded.fault.clone().unwrap()]),
            [
                "missing: cannot be read: No such file or directory (os error 2), allowed: a directory with \
              conflagent.<name>.properties files"
            ]
        );
        scratch.write("missing/conflagent.a.properties", COMPLETE);
        assert!(loaded.has_changed());
    }

    #[test]
    fn new_changed_and_removed_files_are_noticed() {
        let scratch = Scratch::new();
        scratch.write("conflagent.a.properties", COMPLETE);
        let loaded = load_from(&scratch);
        assert!(!loaded.has_changed());
        scratch.write("unrelated", "x");
        assert!(!loaded.has_changed());

        scratch.write("conflagent.b.properties", COMPLETE);
        assert!(loaded.has_changed());
        let loaded = load_from(&scratch);
        scratch.write("conflagent.b.properties", format!("{COMPLETE}#"));
        assert!(loaded.has_changed());
        let again = load_from(&scratch);
        assert_eq!(again.entries[0].fingerprint, loaded.entries[0].fingerprint);
        assert_ne!(again.entries[1].fingerprint, loaded.entries[1].fingerprint);
        std::fs::remove_file(scratch.path().join("conflagent.a.properties")).unwrap();
        assert!(again.has_changed());
        assert!(!load_from(&scratch).has_changed());
    }

    #[test]
    fn files_that_hold_secrets_are_watched_even_before_they_exist() {
        let scratch = Scratch::new();
        scratch.write(
            "conflagent.a.properties",
            COMPLETE.replace("api_token=x", "api_token_file=secrets/token"),
        );
        let loaded = load_from(&scratch);
        assert!(loaded.entries[0].outcome.is_err() && !loaded.has_changed());
        scratch.write("secrets/token", "one");
        assert!(loaded.has_changed());
        let loaded = load_from(&scratch);
        assert_eq!(
            loaded.entries[0].outcome.as_ref().unwrap().api_token.expose(),
            "one"
        );
        scratch.write("secrets/token", "second");
        assert!(loaded.has_changed());
        assert_ne!(
            load_from(&scratch).entries[0].fingerprint,
            loaded.entries[0].fingerprint
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_swap_of_a_linked_directory_is_noticed() {
        use std::os::unix::fs::symlink;

        let scratch = Scratch::new();
        let at = |name: &str| scratch.path().join(name);
        scratch.write("..1/conflagent.a.properties", COMPLETE);
        scratch.write("..2/conflagent.a.properties", COMPLETE.replace("DEV", "OPS"));
        symlink("..1", at("..data")).unwrap();
        symlink("..data/conflagent.a.properties", at("conflagent.a.properties")).unwrap();
        let loaded = load_from(&scratch);
        assert_eq!(loaded.entries[0].outcome.as_ref().unwrap().space_key, "DEV");

        symlink("..2", at("..new")).unwrap();
        std::fs::rename(at("..new"), at("..data")).unwrap();
        assert!(loaded.has_changed());
        assert_eq!(
            load_from(&scratch).entries[0].outcome.as_ref().unwrap().space_key,
            "OPS"
        );
    }

    #[test]
    fn each_endpoint_has_its_own_variables() {
        let scratch = Scratch::new();
        for name in ["conflagent.properties", "conflagent.my-team.properties"] {
            scratch.write(name, COMPLETE);
        }
        let environment = Environment::from_pairs([
            ("CONFLAGENT__SPACE_KEY", "ONE"),
            ("CONFLAGENT_MY_TEAM__SPACE_KEY", "TWO"),
        ]);
        let loaded = load(scratch.path(), &environment);
        let keys = loaded
            .entries
            .iter()
            .map(|entry| entry.outcome.as_ref().unwrap().space_key.as_str());
        assert_eq!(keys.collect::<Vec<_>>(), ["TWO", "ONE"]);
        assert!(loaded.entries.iter().all(|entry| entry.warnings.is_empty()));
    }
}
