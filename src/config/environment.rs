//! The environment as a value: captured once, handed down, made of pairs in tests.
//!
//! The only reader of the process environment. Changing it while running has no meaning for a process, so one capture
//! serves every reload.

use std::collections::BTreeMap;
use std::fmt;

/// Environment variables by name.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, Variable>);

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Variable {
    Text(String),
    NotUnicode,
}

/// A variable is set, but to bytes that are not Unicode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not valid UTF-8")]
pub struct NotUnicode;

impl Environment {
    /// The environment of this process. Variables whose names are not Unicode are left out: none of ours are among them.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place all others ask")]
    pub fn capture() -> Self {
        let variable =
            |value: std::ffi::OsString| value.into_string().map_or(Variable::NotUnicode, Variable::Text);
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, variable(value))))
                .collect(),
        )
    }

    /// An environment of these variables and no others.
    #[must_use]
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Variable::Text(value.to_owned())))
                .collect(),
        )
    }

    /// The value of a variable without the blanks around it; None when it is not set, or empty, which compose files and
    /// unit files mean as the same thing.
    ///
    /// # Errors
    /// When it is set to something that is not text.
    pub fn get(&self, name: &str) -> Result<Option<&str>, NotUnicode> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Variable::NotUnicode) => Err(NotUnicode),
            Some(Variable::Text(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        }
    }

    /// The same with one more variable, whose value is no text.
    #[cfg(test)]
    pub(super) fn with_garbled(mut self, name: &str) -> Self {
        self.0.insert(name.to_owned(), Variable::NotUnicode);
        self
    }

    /// The names of all variables, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Names only: any value may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, NotUnicode};

    #[test]
    fn blanks_around_a_value_do_not_count_and_nothing_is_not_a_value() {
        let environment = Environment::from_pairs([("A", " x y\n"), ("B", ""), ("C", " \t")]);
        assert_eq!(environment.get("A"), Ok(Some("x y")));
        assert_eq!(environment.get("B"), Ok(None));
        assert_eq!(environment.get("C"), Ok(None));
        assert_eq!(environment.get("D"), Ok(None));
    }

    #[test]
    fn a_value_that_is_not_unicode_is_an_error_where_it_is_used() {
        let environment = Environment::default().with_garbled("A");
        assert_eq!(environment.get("A"), Err(NotUnicode));
    }

    #[test]
    fn debug_shows_names_but_no_values() {
        let environment = Environment::from_pairs([("CONFLAGENT__API_TOKEN", "hunter2")]);
        assert_eq!(format!("{environment:?}"), r#"{"CONFLAGENT__API_TOKEN"}"#);
    }

    #[test]
    fn captures_the_environment_of_the_process() {
        let path = Environment::capture().get("PATH").map(|value| value.is_some());
        assert_eq!(path, Ok(true));
    }
}
