//! Telling one state of some files from another without reading them.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// More than any properties file or secret has; the bound is for what a link may point at.
const MAX_BYTES: u64 = 256 * 1024;

/// Identity, length and time of the last change of some files, or that they are not there. Links are followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<PathBuf, Option<Stamp>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    modified: Option<SystemTime>,
}

impl Fingerprint {
    /// The files in it.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.keys().map(PathBuf::as_path)
    }

    /// Takes a file in as it is now. Of a file taken in twice the first state counts, so that a change in between shows.
    pub(super) fn add(&mut self, path: &Path) {
        if !self.0.contains_key(path) {
            let stamp = std::fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
            self.0.insert(path.to_owned(), stamp);
        }
    }

    /// Takes in what another one holds.
    pub(super) fn merge(&mut self, other: &Self) {
        for (path, stamp) in &other.0 {
            self.0.entry(path.clone()).or_insert_with(|| stamp.clone());
        }
    }

    /// Takes a file in, *then* reads it: a change while it is read is seen as one later. The error says what is wrong.
    pub(super) fn read(&mut self, path: &Path) -> Result<Vec<u8>, String> {
        self.add(path);
        let unreadable = |error: io::Error| format!("cannot be read: {error}");
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        if !metadata.is_file() {
            return Err("is not a regular file".to_owned());
        }
        if metadata.len() > MAX_BYTES {
            return Err(format!("is larger than {} KiB", MAX_BYTES / 1024));
        }
        std::fs::read(path).map_err(unreadable)
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Self {
            inode,
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}
