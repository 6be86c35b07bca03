//! A page title that Confluence will take, parsed at the door.

use std::fmt;

/// The most characters a title may have (Confluence's own limit).
pub const MAX_CHARACTERS: usize = 255;

/// A title: trimmed, 1 to 255 characters, no control characters. Anything else is allowed, slashes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

/// Why a text is no title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing but blanks.
    #[error("a title must not be blank")]
    Blank,
    /// Over [`MAX_CHARACTERS`]; carries how many.
    #[error("a title may have {MAX_CHARACTERS} characters at most; this one has {0}")]
    TooLong(usize),
    /// A line break, tab or another control character inside.
    #[error("a title must be a single line without control characters")]
    Control,
}

impl Title {
    /// Parses a title as Confluence will store it, blanks at both ends removed.
    ///
    /// # Errors
    /// [`Invalid`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::Blank);
        }
        let characters = text.chars().count();
        if characters > MAX_CHARACTERS {
            return Err(Invalid::TooLong(characters));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The title.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Title {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether two titles name the same page of a space: Confluence compares them trimmed and without regard to case.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    one == other || folded(one) == folded(other)
}

/// A title in the form in which Confluence's uniqueness compares it.
#[must_use]
pub fn folded(title: &str) -> String {
    title.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Invalid, Title, same};

    #[test]
    fn blanks_at_the_ends_are_removed() {
        assert_eq!(Title::parse("  A / B \u{a0}").expect("valid").as_str(), "A / B");
    }

    #[test]
    fn rules_are_named() {
        assert_eq!(Title::parse(" \t"), Err(Invalid::Blank));
        assert_eq!(Title::parse(&"é".repeat(256)), Err(Invalid::TooLong(256)));
        assert!(Title::parse(&"é".repeat(255)).is_ok());
        assert_eq!(Title::parse("a\nb"), Err(Invalid::Control));
    }

    #[test]
    fn case_and_outer_blanks_do_not_tell_titles_apart() {
        assert!(same("Café", " CAFÉ"));
        assert!(!same("Cafe", "Café"));
    }
}
