//! The small print of XML that quick-xml does not check: names, references, white space.

use std::ops::Range;

use super::lex::Fault;
use crate::convert::entities;

/// White space as XML has it.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// What is wrong with a qualified name, if anything is.
pub(super) fn name_problem(name: &str) -> Option<String> {
    let is_part = |part: &str| {
        let mut characters = part.chars();
        characters.next().is_some_and(is_name_start) && characters.all(is_name_part)
    };
    let well_formed = match name.split_once(':') {
        Some((prefix, local)) => is_part(prefix) && is_part(local),
        None => is_part(name),
    };
    (!well_formed).then(|| {
        let shown: String = name.chars().take(40).collect();
        format!("{shown:?} is not a name")
    })
}

/// <https://www.w3.org/TR/xml/#NT-NameStartChar>, less the colon.
fn is_name_start(character: char) -> bool {
    matches!(character, 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_part(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}'
            | '\u{203F}'..='\u{2040}')
}

/// Every `&` in the range begins a reference that Confluence knows.
pub(super) fn check_references(source: &str, range: Range<usize>) -> Result<(), Fault> {
    let mut at = range.start;
    while let Some(offset) = source[at..range.end].find('&') {
        at += offset;
        let after = &source[at + 1..range.end];
        let length = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '#'))
            .unwrap_or(after.len());
        if length == 0 || !after[length..].starts_with(';') {
            return Err(bare_ampersand(at));
        }
        let name = &after[..length];
        let known = match name.strip_prefix('#') {
            Some(digits) => entities::numeric(digits).is_some(),
            None => entities::resolve(name).is_some(),
        };
        if !known {
            let problem = format!("Confluence does not know &{name}; (write the character itself)");
            return Err(Fault::new(at, problem));
        }
        at += length + 2;
    }
    Ok(())
}

pub(super) fn bare_ampersand(at: usize) -> Fault {
    Fault::new(at, "a bare & must be written &amp;")
}

#[cfg(test)]
mod tests {
    use super::{check_references, name_problem};

    #[test]
    fn names_have_at_most_one_prefix_and_begin_with_a_letter() {
        for name in ["p", "ac:link", "_x", "x-y.z1", "\u{e9}l"] {
            assert_eq!(name_problem(name), None, "{name}");
        }
        for name in ["", "1a", "-a", "a:", ":a", "a:b:c", "a\"b", "a,b", "a:1"] {
            assert!(name_problem(name).is_some(), "{name}");
        }
    }

    #[test]
    fn references_are_known_and_closed() {
        let check = |text: &str| check_references(text, 0..text.len()).map_err(|fault| fault.at);
        assert_eq!(check("a &amp; b &#x2019; &nbsp;"), Ok(()));
        for (text, at) in [
            ("a & b", 2),
            ("&amp", 0),
            ("&;", 0),
            ("x&amp;&nope;", 6),
            ("&#1;", 0),
            ("&am p;", 0),
        ] {
            assert_eq!(check(text), Err(at), "{text}");
        }
    }
}
