//! What is wrong with a configuration file, and where: one line an operator can click on.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing wrong with a file, or worth a warning: which of the two is told by the list it is in. Never carries the
/// value of a key that may be secret, nor anything that could be one typed into the wrong place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The properties file, or the directory when that is what cannot be read.
    pub file: PathBuf,
    /// Counted from 1. None: nothing in the file is to blame, such as for a missing key.
    pub line: Option<usize>,
    /// The key as it is, or should be, written in the file.
    pub key: Option<String>,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl Fault {
    /// A fault of a file as a whole.
    #[must_use]
    pub fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            key: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if let Some(key) = &self.key {
            write!(formatter, ": {key}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn names_as_much_of_the_place_as_is_known() {
        let mut fault = Fault::of_file("conf/a.properties".as_ref(), "is wrong");
        assert_eq!(fault.to_string(), "conf/a.properties: is wrong");
        fault.key = Some("email".to_owned());
        assert_eq!(fault.to_string(), "conf/a.properties: email: is wrong");
        fault.line = Some(7);
        assert_eq!(fault.to_string(), "conf/a.properties:7: email: is wrong");
    }
}
