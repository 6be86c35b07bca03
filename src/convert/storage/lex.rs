//! A storage body cut into tokens, strictly, over quick-xml: what comes through here is what Confluence's own parser
//! takes, and the ranges of the tokens put end to end are the source.
//!
//! Nothing is resolved or repaired. quick-xml finds where markup begins and ends; what it is lax about (names,
//! attributes, references, forbidden characters, which tag closes which) is checked here.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::Event;

use super::attributes::{self, Attribute};
use super::grammar::{bare_ampersand, check_references, is_space, name_problem};
use crate::convert::escape;

/// Deeper nesting is refused. Real pages stay below fifty; every later stage may rely on the bound.
const MAX_DEPTH: usize = 500;

/// The prefixes that a body may use without declaring them.
const PREFIXES: &[&str] = &["ac", "ri", "at", "fab", "xml", "xmlns"];

/// Why, and at which byte, a body is not storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::convert) struct Fault {
    pub(in crate::convert) at: usize,
    pub(in crate::convert) problem: String,
}

impl Fault {
    pub(super) fn new(at: usize, problem: impl Into<String>) -> Self {
        Self {
            at,
            problem: problem.into(),
        }
    }
}

/// One piece of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::convert) struct Token {
    pub(in crate::convert) span: Range<usize>,
    pub(in crate::convert) kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::convert) enum Kind {
    /// A start tag, or with `empty` a whole element without content.
    Open {
        name: Range<usize>,
        attributes: Vec<Attribute>,
        empty: bool,
    },
    /// An end tag; it closes the innermost open element.
    Close,
    /// Character data without references.
    Text,
    /// `&name;` or `&#1234;`.
    Reference,
    /// A whole CDATA section.
    Cdata,
    /// A whole comment.
    Comment,
}

/// Cuts `source` into tokens. After the first fault there is nothing more.
pub(in crate::convert) struct Lexer<'s> {
    source: &'s str,
    reader: Reader<&'s [u8]>,
    /// Names of the open elements.
    open: Vec<Range<usize>>,
    /// Prefixes declared by `xmlns:x`, with the depth at which they end.
    declared: Vec<(usize, Range<usize>)>,
    done: bool,
}

impl<'s> Lexer<'s> {
    pub(in crate::convert) fn new(source: &'s str) -> Self {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        // Both are checked here, with better words.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self {
            source,
            reader,
            open: Vec::new(),
            declared: Vec::new(),
            done: false,
        }
    }

    /// How many elements are open after the last token.
    pub(in crate::convert) fn depth(&self) -> usize {
        self.open.len()
    }

    fn reached(&self) -> usize {
        usize::try_from(self.reader.buffer_position())
            .unwrap_or(usize::MAX)
            .min(self.source.len())
    }

    fn advance(&mut self) -> Result<Option<Token>, Fault> {
        let start = self.reached();
        if start == 0 && self.source.starts_with('\u{FEFF}') {
            return Err(Fault::new(
                0,
                "there is a byte order mark at the start of the body",
            ));
        }
        let event = match self.reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(explain(&error, start, self.source)),
        };
        let empty = matches!(event, Event::Empty(_));
        let kind = match event {
            Event::Start(_) | Event::Empty(_) => None,
            Event::End(_) => Some(Kind::Close),
            Event::Text(_) => Some(Kind::Text),
            Event::CData(_) => Some(Kind::Cdata),
            Event::Comment(_) => Some(Kind::Comment),
            Event::GeneralRef(_) => Some(Kind::Reference),
            Event::Decl(_) | Event::PI(_) => {
                return Err(Fault::new(
                    start,
                    "a processing instruction or XML declaration cannot be in a page",
                ));
            }
            Event::DocType(_) => return Err(Fault::new(start, "a DOCTYPE cannot be in a page")),
            Event::Eof => return self.end_of_source(),
        };
        let span = start..self.reached();
        self.check_characters(&span)?;
        let kind = match kind {
            None => self.start_tag(&span, empty)?,
            Some(kind) => {
                self.check(&kind, &span)?;
                kind
            }
        };
        Ok(Some(Token { span, kind }))
    }

    fn end_of_source(&self) -> Result<Option<Token>, Fault> {
        match self.open.last() {
            None => Ok(None),
            Some(name) => Err(Fault::new(
                name.start - 1,
                format!("<{}> is never closed", &self.source[name.clone()]),
            )),
        }
    }

    fn start_tag(&mut self, span: &Range<usize>, empty: bool) -> Result<Kind, Fault> {
        let inside = span.start + 1..span.end - 1 - usize::from(empty);
        let text = &self.source[inside.clone()];
        let name = inside.start..inside.start + text.find(is_space).unwrap_or(text.len());
        if let Some(problem) = name_problem(&self.source[name.clone()]) {
            return Err(Fault::new(
                span.start,
                format!("{problem} (a < in text must be written &lt;)"),
            ));
        }
        let attributes = attributes::read(self.source, name.end..inside.end)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(Fault::new(
                span.start,
                format!("elements are nested more than {MAX_DEPTH} deep"),
            ));
        }
        self.open.push(name.clone());
        for attribute in &attributes {
            if self.source[attribute.name.clone()].starts_with("xmlns:") {
                let prefix = attribute.name.start + "xmlns:".len()..attribute.name.end;
                self.declared.push((self.open.len(), prefix));
            }
        }
        for qualified in std::iter::once(&name).chain(attributes.iter().map(|attribute| &attribute.name)) {
            self.check_prefix(qualified)?;
        }
        if empty {
            self.leave();
        }
        Ok(Kind::Open {
            name,
            attributes,
            empty,
        })
    }

    fn check_prefix(&self, qualified: &Range<usize>) -> Result<(), Fault> {
        let name = &self.source[qualified.clone()];
        let Some((prefix, _)) = name.split_once(':') else {
            return Ok(());
        };
        let known = PREFIXES.contains(&prefix)
            || self
                .declared
                .iter()
                .any(|(_, declared)| &self.source[declared.clone()] == prefix);
        if known {
            Ok(())
        } else {
            Err(Fault::new(
                qualified.start,
                format!("the prefix of {name} is unknown"),
            ))
        }
    }

    fn leave(&mut self) {
        let depth = self.open.len();
        while self
            .declared
            .last()
            .is_some_and(|(declared_at, _)| *declared_at == depth)
        {
            self.declared.pop();
        }
        self.open.pop();
    }

    fn check(&mut self, kind: &Kind, span: &Range<usize>) -> Result<(), Fault> {
        match kind {
            Kind::Close => self.end_tag(span),
            Kind::Text => match self.source[span.clone()].find("]]>") {
                Some(offset) => Err(Fault::new(
                    span.start + offset,
                    "]]> in text must be written ]]&gt;",
                )),
                None => Ok(()),
            },
            Kind::Reference => check_references(self.source, span.clone()),
            Kind::Comment => {
                let inside = &self.source[span.start + "<!--".len()..span.end - "-->".len()];
                if inside.contains("--") || inside.ends_with('-') {
                    return Err(Fault::new(span.start, "a comment must not hold --"));
                }
                Ok(())
            }
            Kind::Cdata | Kind::Open { .. } => Ok(()),
        }
    }

    fn end_tag(&mut self, span: &Range<usize>) -> Result<(), Fault> {
        let found = self.source[span.start + "</".len()..span.end - 1].trim_end_matches(is_space);
        let Some(open) = self.open.last() else {
            return Err(Fault::new(
                span.start,
                format!("</{found}> closes nothing: no element is open"),
            ));
        };
        let expected = &self.source[open.clone()];
        if found != expected {
            return Err(Fault::new(
                span.start,
                format!("</{found}> comes where </{expected}> is expected"),
            ));
        }
        self.leave();
        Ok(())
    }

    fn check_characters(&self, span: &Range<usize>) -> Result<(), Fault> {
        let text = &self.source[span.clone()];
        if escape::is_surely_legal(text) {
            return Ok(());
        }
        match text.char_indices().find(|&(_, c)| !escape::is_legal(c)) {
            None => Ok(()),
            Some((offset, character)) => Err(Fault::new(
                span.start + offset,
                format!("the character U+{:04X} cannot be in XML", u32::from(character)),
            )),
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Result<Token, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

/// quick-xml's refusal in words for the author of a page.
fn explain(error: &quick_xml::Error, start: usize, source: &str) -> Fault {
    let problem = match error {
        quick_xml::Error::IllFormed(IllFormedError::UnclosedReference) => return bare_ampersand(start),
        quick_xml::Error::Syntax(SyntaxError::UnclosedComment) => "the comment is never closed",
        quick_xml::Error::Syntax(SyntaxError::UnclosedCData) => "the CDATA section is never closed",
        quick_xml::Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            "<! begins neither a comment nor a CDATA section"
        }
        _ => "the tag is never closed (a < in text must be written &lt;)",
    };
    // The reader stands before or inside the markup it gave up on; people look for its first character.
    let at = source[start..].find('<').map_or(start, |offset| start + offset);
    Fault::new(at, problem)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Lexer};

    #[track_caller]
    fn pieces(source: &str) -> Vec<(&str, &'static str)> {
        Lexer::new(source)
            .map(|token| {
                let token = token.expect("this source is well-formed");
                let kind = match token.kind {
                    Kind::Open { empty: false, .. } => "open",
                    Kind::Open { empty: true, .. } => "empty",
                    Kind::Close => "close",
                    Kind::Text => "text",
                    Kind::Reference => "reference",
                    Kind::Cdata => "cdata",
                    Kind::Comment => "comment",
                };
                (&source[token.span], kind)
            })
            .collect()
    }

    #[test]
    fn tokens_put_end_to_end_are_the_source() {
        let source = "a<p x='1' >b&nbsp;c<br/><!-- n --><q><![CDATA[<&]]></q >\r\n</p>\u{e9}";
        let pieces = pieces(source);
        assert_eq!(pieces.iter().map(|(piece, _)| *piece).collect::<String>(), source);
        assert_eq!(
            pieces.iter().map(|(_, kind)| *kind).collect::<Vec<_>>(),
            [
                "text",
                "open",
                "text",
                "reference",
                "text",
                "empty",
                "comment",
                "open",
                "cdata",
                "close",
                "text",
                "close",
                "text"
            ]
        );
    }

    #[test]
    fn nothing_follows_a_fault() {
        let mut lexer = Lexer::new("<p>a & b</p>");
        assert!(lexer.any(|token| token.is_err()));
        assert!(lexer.next().is_none());
    }
}
