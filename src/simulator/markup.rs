//! A strict scanner for storage format: the server's own idea of well-formed XML, told as events.
//!
//! It stands in for the XML parser that a Confluence runs over every body it is given, with that parser's
//! wording. The prefixes `ac`, `ri` and `at` count as declared, HTML's entities as known. It does not judge
//! what elements mean.

use std::ops::Range;

mod entities;

pub(crate) use entities::named as named_entity;

/// A piece of the source. Spans are byte ranges of it.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Open {
        name: &'a str,
        attributes: &'a [(&'a str, &'a str)],
        empty: bool,
        span: Range<usize>,
    },
    Close {
        name: &'a str,
    },
    Text(&'a str),
    Character(char),
    Data(&'a str),
}

/// Why the source is not well-formed, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) message: String,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

/// Reads `source` to its end, or to its first fault.
pub(crate) fn scan<'a>(source: &'a str, visit: &mut dyn FnMut(Event<'_>)) -> Result<(), Malformed> {
    let mut scanner: Scanner<'a> = Scanner {
        source,
        at: 0,
        open: Vec::new(),
    };
    scanner.run(visit).map_err(|message| scanner.malformed(message))
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    open: Vec<&'a str>,
}

type Step<T = ()> = Result<T, String>;

impl<'a> Scanner<'a> {
    fn run(&mut self, visit: &mut dyn FnMut(Event<'_>)) -> Step {
        while let Some(next) = self.peek() {
            match next {
                '<' => self.markup(visit)?,
                '&' => {
                    let character = self.reference()?;
                    visit(Event::Character(character));
                }
                _ => visit(Event::Text(self.text()?)),
            }
        }
        match self.open.last() {
            None => Ok(()),
            // Both forms were seen; which one depends on where in the wrapper the parser notices.
            Some(name) if name.contains(':') => Err(format!(
                "Unexpected EOF; was expecting a close tag for element <{name}>"
            )),
            Some(name) => Err(format!("Unexpected close tag </xml>; expected </{name}>.")),
        }
    }

    fn text(&mut self) -> Step<&'a str> {
        let rest = self.rest();
        let length = rest.find(['<', '&']).unwrap_or(rest.len());
        let text = &rest[..length];
        if let Some(index) = text.find("]]>") {
            self.at += index;
            return Err(
                "String ']]>' not allowed in textual content, except as the end marker of CDATA section"
                    .to_owned(),
            );
        }
        self.legal(text)?;
        self.at += length;
        Ok(text)
    }

    fn markup(&mut self, visit: &mut dyn FnMut(Event<'_>)) -> Step {
        let rest = self.rest();
        if let Some(after) = rest.strip_prefix("<![CDATA[") {
            let end = after
                .find("]]>")
                .ok_or("Unexpected end-of-input in CDATA section")?;
            self.legal(&after[..end])?;
            visit(Event::Data(&after[..end]));
            self.at += "<![CDATA[".len() + end + "]]>".len();
            return Ok(());
        }
        if let Some(after) = rest.strip_prefix("<!--") {
            let end = after.find("--").ok_or("Unexpected end-of-input in comment")?;
            self.at += "<!--".len() + end;
            if !after[end..].starts_with("-->") {
                return Err("String '--' not allowed in comment (missing '>'?)".to_owned());
            }
            self.legal(&after[..end])?;
            self.at += "-->".len();
            return Ok(());
        }
        if rest.starts_with("<!") {
            return Err("Unexpected DOCTYPE declaration in content".to_owned());
        }
        if let Some(after) = rest.strip_prefix("<?") {
            let end = after
                .find("?>")
                .ok_or("Unexpected end-of-input in processing instruction")?;
            self.at += "<?".len() + end + "?>".len();
            return Ok(());
        }
        if rest.starts_with("</") {
            self.close(visit)
        } else {
            self.element(visit)
        }
    }

    fn close(&mut self, visit: &mut dyn FnMut(Event<'_>)) -> Step {
        let start = self.at;
        self.at += 2;
        let name = self.name()?;
        self.blanks();
        if self.peek() != Some('>') {
            return Err(self.unexpected("expected '>'"));
        }
        let expected = self.open.last().copied().unwrap_or("xml");
        if self.open.is_empty() || expected != name {
            self.at = start;
            return Err(format!("Unexpected close tag </{name}>; expected </{expected}>."));
        }
        self.at += 1;
        self.open.pop();
        visit(Event::Close { name });
        Ok(())
    }

    fn element(&mut self, visit: &mut dyn FnMut(Event<'_>)) -> Step {
        let start = self.at;
        self.at += 1;
        let name = self.name()?;
        prefix_is_declared(name)?;
        let mut attributes: Vec<(&'a str, &'a str)> = Vec::new();
        loop {
            let spaced = self.blanks();
            match self.peek() {
                None => return Err("Unexpected end-of-input in start tag".to_owned()),
                Some('>') => {
                    self.at += 1;
                    self.open.push(name);
                    visit(Event::Open {
                        name,
                        attributes: &attributes,
                        empty: false,
                        span: start..self.at,
                    });
                    return Ok(());
                }
                Some('/') => {
                    self.at += 1;
                    if self.peek() != Some('>') {
                        return Err(self.unexpected("expected '>'"));
                    }
                    self.at += 1;
                    visit(Event::Open {
                        name,
                        attributes: &attributes,
                        empty: true,
                        span: start..self.at,
                    });
                    visit(Event::Close { name });
                    return Ok(());
                }
                // "excepted" is how the server spells it.
                Some(_) if !spaced => return Err(self.unexpected("excepted space, or '>' or \"/>\"")),
                Some(_) => {
                    let attribute = self.attribute()?;
                    if attributes.iter().any(|(known, _)| *known == attribute.0) {
                        return Err(format!("Duplicate attribute '{}'.", attribute.0));
                    }
                    attributes.push(attribute);
                }
            }
        }
    }

    fn attribute(&mut self) -> Step<(&'a str, &'a str)> {
        let name = self.name()?;
        prefix_is_declared(name)?;
        self.blanks();
        if self.peek() != Some('=') {
            return Err(self.unexpected("expected '='"));
        }
        self.at += 1;
        self.blanks();
        let Some(quote @ ('"' | '\'')) = self.peek() else {
            return Err(self.unexpected("in start tag. Expected a quote"));
        };
        self.at += 1;
        let start = self.at;
        while let Some(next) = self.peek() {
            match next {
                _ if next == quote => {
                    let value = &self.source[start..self.at];
                    self.at += 1;
                    return Ok((name, value));
                }
                '<' => return Err(self.unexpected("in attribute value")),
                '&' => {
                    self.reference()?;
                }
                _ => {
                    let rest = self.rest();
                    let length = rest.find([quote, '<', '&']).unwrap_or(rest.len());
                    self.legal(&rest[..length])?;
                    self.at += length;
                }
            }
        }
        Err("Unexpected end-of-input in attribute value".to_owned())
    }

    fn reference(&mut self) -> Step<char> {
        let after = &self.rest()[1..];
        if let Some(number) = after.strip_prefix('#') {
            let end = number
                .find(';')
                .filter(|end| (1..=8).contains(end))
                .ok_or("Malformed character reference")?;
            let parsed = match number.strip_prefix('x') {
                Some(_) => u32::from_str_radix(&number[1..end], 16),
                None => number[..end].parse(),
            };
            let code = parsed.map_err(|_| "Malformed character reference")?;
            let character = char::from_u32(code).filter(|character| is_legal(*character));
            let character = character
                .ok_or_else(|| format!("Illegal character entity: expansion character (code 0x{code:x})"))?;
            self.at += end + 3;
            return Ok(character);
        }
        let length = after
            .find(|letter: char| !is_name_part(letter))
            .unwrap_or(after.len());
        let name = &after[..length];
        if name.is_empty() {
            self.at += 1;
            return Err(self.unexpected("(expected a name start character)"));
        }
        if !after[length..].starts_with(';') {
            self.at += 1 + length;
            return Err(self.unexpected("expected ';' at the end of an entity reference"));
        }
        let character = named_entity(name).ok_or_else(|| format!("Undeclared general entity \"{name}\""))?;
        self.at += length + 2;
        Ok(character)
    }

    fn name(&mut self) -> Step<&'a str> {
        let rest = self.rest();
        match rest.chars().next() {
            Some(first) if first.is_alphabetic() || first == '_' || first == ':' => {}
            Some(_) => return Err(self.unexpected("in content after '<' (malformed start element?)")),
            None => return Err("Unexpected end-of-input".to_owned()),
        }
        let length = rest
            .find(|letter: char| !is_name_part(letter))
            .unwrap_or(rest.len());
        self.at += length;
        Ok(&rest[..length])
    }

    fn blanks(&mut self) -> bool {
        let rest = self.rest();
        let length = rest
            .find(|letter: char| !matches!(letter, ' ' | '\t' | '\r' | '\n'))
            .unwrap_or(rest.len());
        self.at += length;
        length > 0
    }

    fn legal(&mut self, text: &str) -> Step {
        match text.char_indices().find(|(_, character)| !is_legal(*character)) {
            None => Ok(()),
            Some((index, character)) => {
                self.at += index;
                Err(format!(
                    "Illegal character ((CTRL-CHAR, code {}))",
                    u32::from(character)
                ))
            }
        }
    }

    fn unexpected(&self, rest: &str) -> String {
        match self.peek() {
            Some(found) => format!(
                "Unexpected character '{found}' (code {}) {rest}",
                u32::from(found)
            ),
            None => "Unexpected end-of-input in start tag".to_owned(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn malformed(&self, message: String) -> Malformed {
        let before = &self.source[..self.at];
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        Malformed {
            message,
            row: before.matches('\n').count() + 1,
            column: before[line..].chars().count() + 1,
        }
    }
}

fn is_legal(character: char) -> bool {
    !matches!(character, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn is_name_part(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, ':' | '-' | '_' | '.')
}

fn prefix_is_declared(name: &str) -> Step {
    match name.split_once(':') {
        None | Some(("ac" | "ri" | "at" | "xml", _)) => Ok(()),
        Some((prefix, _)) => Err(format!("Undeclared namespace prefix \"{prefix}\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(source: &str, message: &str, row: usize, column: usize) {
        let found = scan(source, &mut |_| {}).expect_err(source);
        assert_eq!(
            found,
            Malformed {
                message: message.to_owned(),
                row,
                column
            },
            "{source}"
        );
    }

    #[track_caller]
    fn accepts(source: &str) {
        assert_eq!(scan(source, &mut |_| {}), Ok(()), "{source}");
    }

    #[test]
    fn what_storage_format_is_made_of_passes() {
        accepts("");
        accepts("plain text");
        accepts("<p>one<br/>two<br /></p>\n<hr/>");
        accepts("<p>&nbsp;&rsquo;&amp;&#8212;&#x2014;&apos;</p>");
        accepts(
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a < b && c]]></ac:plain-text-body></ac:structured-macro>",
        );
        accepts("<ac:plain-text-body><![CDATA[a ]]]]><![CDATA[> b]]></ac:plain-text-body>");
        accepts("<ac:link><ri:page ri:content-title='It&quot;s'/></ac:link>");
        accepts("<!-- a comment --><p title=\"a > b\">x > y</p>");
        accepts("<at:var at:name=\"x\" />");
    }

    #[test]
    fn unbalanced_tags_are_refused_in_the_servers_words() {
        refuses(
            "<p>a</br></p>",
            "Unexpected close tag </br>; expected </p>.",
            1,
            5,
        );
        refuses("<p>one", "Unexpected close tag </xml>; expected </p>.", 1, 7);
        refuses("one</p>", "Unexpected close tag </p>; expected </xml>.", 1, 4);
        refuses(
            "<ac:parameter ac:name=\"a\">b",
            "Unexpected EOF; was expecting a close tag for element <ac:parameter>",
            1,
            28,
        );
        refuses(
            "<p>\n\n  <b>x</p>",
            "Unexpected close tag </p>; expected </b>.",
            3,
            7,
        );
    }

    #[test]
    fn attributes_need_a_value_and_a_blank_and_come_once() {
        refuses(
            "<td nowrap>x</td>",
            "Unexpected character '>' (code 62) expected '='",
            1,
            11,
        );
        refuses(
            "<a href=\"x\"[>x</a>",
            "Unexpected character '[' (code 91) excepted space, or '>' or \"/>\"",
            1,
            12,
        );
        refuses(
            "<p class=\"a\" class=\"b\">x</p>",
            "Duplicate attribute 'class'.",
            1,
            23,
        );
        refuses(
            "<p class=a>x</p>",
            "Unexpected character 'a' (code 97) in start tag. Expected a quote",
            1,
            10,
        );
        refuses(
            "<p title=\"a<b\">x</p>",
            "Unexpected character '<' (code 60) in attribute value",
            1,
            12,
        );
    }

    #[test]
    fn entities_must_be_known_and_finished() {
        refuses("<p>&bogus;</p>", "Undeclared general entity \"bogus\"", 1, 4);
        refuses(
            "<p>a & b</p>",
            "Unexpected character ' ' (code 32) (expected a name start character)",
            1,
            7,
        );
        refuses(
            "<p>a &amp b</p>",
            "Unexpected character ' ' (code 32) expected ';' at the end of an entity reference",
            1,
            10,
        );
        refuses(
            "<p>&#0;</p>",
            "Illegal character entity: expansion character (code 0x0)",
            1,
            4,
        );
        assert!(scan("&#xD800;", &mut |_| {}).is_err());
        assert!(scan("&#;", &mut |_| {}).is_err());
    }

    #[test]
    fn the_end_mark_of_cdata_and_double_hyphens_have_their_place() {
        refuses(
            "<p>]]></p>",
            "String ']]>' not allowed in textual content, except as the end marker of CDATA section",
            1,
            4,
        );
        refuses(
            "<!-- a -- b -->",
            "String '--' not allowed in comment (missing '>'?)",
            1,
            8,
        );
        assert!(scan("<![CDATA[x", &mut |_| {}).is_err());
    }

    #[test]
    fn stray_angle_brackets_and_foreign_prefixes_are_refused() {
        refuses(
            "a < b",
            "Unexpected character ' ' (code 32) in content after '<' (malformed start element?)",
            1,
            4,
        );
        refuses("<svg:rect/>", "Undeclared namespace prefix \"svg\"", 1, 10);
        refuses("a\u{1}b", "Illegal character ((CTRL-CHAR, code 1))", 1, 2);
        assert!(scan("<!DOCTYPE html><p/>", &mut |_| {}).is_err());
    }

    #[test]
    fn events_tell_the_source_again() {
        use std::fmt::Write;

        let mut told = String::new();
        scan(
            "<p a=\"1\">x&amp;<br/><![CDATA[<]]></p>",
            &mut |event| match event {
                Event::Open {
                    name,
                    attributes,
                    empty,
                    span,
                } => {
                    let _ = write!(told, "[{name} {attributes:?} {empty} {span:?}]");
                }
                Event::Close { name } => {
                    let _ = write!(told, "[/{name}]");
                }
                Event::Text(text) => told += text,
                Event::Character(character) => told.push(character),
                Event::Data(data) => told += data,
            },
        )
        .unwrap();
        assert_eq!(
            told,
            "[p [(\"a\", \"1\")] false 0..9]x&[br [] true 15..20][/br]<[/p]"
        );
    }
}
