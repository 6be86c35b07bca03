//! The part in braces: `{key=value key="quoted value" flag #id .class}`, after directives, images and fences.

use crate::convert::tree::Image;

/// What stood in the braces, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) id: Option<String>,
    pub(super) pairs: Vec<(String, Option<String>)>,
}

impl Attributes {
    /// The value of a key; a flag has the value `true`. Keys differ by more than case.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self
            .pairs
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(value.as_deref().unwrap_or("true"))
    }

    /// Whether a flag is set, in whichever way it was written.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|value| !matches!(value, "false" | "no" | "0"))
    }
}

impl Attributes {
    /// What an image can have; other attributes say nothing about it.
    pub(super) fn apply_to(&self, image: &mut Image) {
        let number = |key| self.get(key)?.trim_end_matches("px").parse().ok();
        image.width = number("width").or(image.width);
        image.height = number("height").or(image.height);
        image.border |= self.flag("border");
        image.align = match self.get("align") {
            Some("left") => Some("left"),
            Some("center") => Some("center"),
            Some("right") => Some("right"),
            _ => image.align,
        };
    }
}

/// The longest text in braces that is looked at.
const LONGEST: usize = 4_000;

/// Reads braces at the start of `text`; returns what was in them and how many bytes they took.
pub(super) fn braced(text: &str) -> Option<(Attributes, usize)> {
    let inside = text.strip_prefix('{')?;
    let mut quote = None;
    let end = inside.char_indices().take(LONGEST).find_map(|(at, character)| {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, '}') => return Some(Ok(at)),
            (_, '\n') | (None, '{') => return Some(Err(())),
            _ => {}
        }
        None
    });
    let end = end?.ok()?;
    Some((words(&inside[..end]), end + 2))
}

/// Reads attributes that have no braces around them.
pub(super) fn words(text: &str) -> Attributes {
    let mut attributes = Attributes::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        let value = after.strip_prefix('=').map(|after| {
            let (value, after) = value(after);
            rest = after;
            value.to_owned()
        });
        if let (Some(id), None) = (word.strip_prefix('#'), &value) {
            attributes.id = Some(id.to_owned());
        } else if !word.is_empty() && !word.starts_with('.') {
            attributes.pairs.push((word.to_owned(), value));
        }
        rest = rest.trim_start();
    }
    attributes
}

fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some((value, after)) = text.strip_prefix(quote).and_then(|text| text.split_once(quote)) {
            return (value, after);
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::{braced, words};

    #[test]
    fn keys_flags_quotes_and_ids_are_told_apart() {
        let (attributes, length) = braced("{colour=Green title=\"a } b\" subtle #k3 .wide} rest").unwrap();
        assert_eq!(length, "{colour=Green title=\"a } b\" subtle #k3 .wide}".len());
        assert_eq!(attributes.get("Colour"), Some("Green"));
        assert_eq!(attributes.get("title"), Some("a } b"));
        assert!(attributes.flag("subtle"));
        assert_eq!(attributes.id.as_deref(), Some("k3"));
        assert_eq!(attributes.pairs.len(), 3);
    }

    #[test]
    fn braces_that_do_not_end_on_the_line_are_text() {
        for text in ["{a=1", "{a\n}", "{{a}", "a}", "{a=\"}"] {
            assert_eq!(braced(text), None, "{text}");
        }
    }

    #[test]
    fn an_empty_word_or_value_does_no_harm() {
        assert_eq!(words(" = =x a= ").pairs, [("a".to_owned(), Some(String::new()))]);
        assert!(!words("collapse=false").flag("collapse"));
    }
}
