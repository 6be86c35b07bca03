//! The attributes of one tag, each with its byte range, as strictly as XML has it.
//!
//! quick-xml leaves this part lax (white space between attributes, `<` in values), which Confluence is not.

use std::ops::Range;

use super::grammar::{check_references, is_space, name_problem};
use super::lex::Fault;

/// One attribute. Both ranges are into the whole source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::convert) struct Attribute {
    pub(in crate::convert) name: Range<usize>,
    /// Between the quotes, references unresolved.
    pub(in crate::convert) value: Range<usize>,
}

/// Reads what follows the name in a tag: `range` of `source`, without the `/` of an empty element.
///
/// # Errors
/// The first thing that is not an attribute, or a name that comes twice.
pub(in crate::convert) fn read(source: &str, range: Range<usize>) -> Result<Vec<Attribute>, Fault> {
    let mut found: Vec<Attribute> = Vec::new();
    let mut rest = Rest {
        source,
        at: range.start,
        end: range.end,
    };
    while rest.skip_space() {
        let name = rest.name()?;
        let value = rest.value(&source[name.clone()])?;
        if rest.at < rest.end && !rest.peek().is_some_and(is_space) {
            return Err(Fault::new(rest.at, "a space is missing between two attributes"));
        }
        found.push(Attribute { name, value });
    }
    refuse_twice(source, &found)?;
    Ok(found)
}

/// Sorted rather than compared in pairs, since a hostile tag may hold a hundred thousand attributes.
fn refuse_twice(source: &str, found: &[Attribute]) -> Result<(), Fault> {
    let mut names: Vec<&Range<usize>> = found.iter().map(|attribute| &attribute.name).collect();
    names.sort_by_key(|name| (&source[(*name).clone()], name.start));
    for pair in names.windows(2) {
        let (first, second) = (&source[pair[0].clone()], &source[pair[1].clone()]);
        if first == second {
            return Err(Fault::new(
                pair[1].start,
                format!("attribute {second} is there twice"),
            ));
        }
    }
    Ok(())
}

struct Rest<'s> {
    source: &'s str,
    at: usize,
    end: usize,
}

impl<'s> Rest<'s> {
    fn peek(&self) -> Option<char> {
        self.text().chars().next()
    }

    fn text(&self) -> &'s str {
        &self.source[self.at..self.end]
    }

    /// True when something is left after the white space.
    fn skip_space(&mut self) -> bool {
        self.at = self.end - self.text().trim_start_matches(is_space).len();
        self.at < self.end
    }

    fn name(&mut self) -> Result<Range<usize>, Fault> {
        let text = self.text();
        let length = text
            .find(|c| is_space(c) || matches!(c, '=' | '"' | '\'' | '<'))
            .unwrap_or(text.len());
        let name = self.at..self.at + length;
        if length == 0 {
            let found = text.chars().next().unwrap_or(' ');
            return Err(Fault::new(
                self.at,
                format!("the name of an attribute is missing before {found}"),
            ));
        }
        if let Some(problem) = name_problem(&self.source[name.clone()]) {
            return Err(Fault::new(self.at, problem));
        }
        self.at += length;
        Ok(name)
    }

    fn value(&mut self, name: &str) -> Result<Range<usize>, Fault> {
        let start = self.at;
        self.skip_space();
        if self.peek() != Some('=') {
            return Err(Fault::new(start, format!("attribute {name} has no value")));
        }
        self.at += 1;
        self.skip_space();
        let Some(quote @ ('"' | '\'')) = self.peek() else {
            return Err(Fault::new(
                self.at,
                format!("the value of attribute {name} is not in quotes"),
            ));
        };
        self.at += 1;
        let Some(length) = self.text().find(quote) else {
            return Err(Fault::new(
                self.at,
                format!("the value of attribute {name} does not end"),
            ));
        };
        let value = self.at..self.at + length;
        if let Some(offset) = self.source[value.clone()].find('<') {
            return Err(Fault::new(
                value.start + offset,
                "< in an attribute must be written &lt;",
            ));
        }
        check_references(self.source, value.clone())?;
        self.at += length + 1;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn pairs(tag: &str) -> Vec<(&str, &str)> {
        let read = read(tag, 0..tag.len()).expect("these attributes are well-formed");
        read.into_iter().map(|a| (&tag[a.name], &tag[a.value])).collect()
    }

    #[test]
    fn names_and_raw_values_are_cut_from_the_source() {
        assert_eq!(
            pairs(" ac:name='code' x = \"a &amp; '\" "),
            [("ac:name", "code"), ("x", "a &amp; '")]
        );
        assert_eq!(pairs("  \n"), []);
    }

    #[test]
    fn everything_lax_is_refused_where_it_stands() {
        for (tag, at) in [
            (" a", 2),
            (" a=1", 3),
            (" a='1' a='2'", 7),
            (" a='1'b='2'", 6),
            (" a='<'", 4),
            (" a='&'", 4),
            (" a='&nope;'", 4),
            (" ='1'", 1),
            (" 1a='x'", 1),
            (" a='x", 4),
            (" a:b:c='x'", 1),
        ] {
            assert_eq!(
                read(tag, 0..tag.len()).map_err(|fault| fault.at),
                Err(at),
                "{tag}"
            );
        }
    }
}
