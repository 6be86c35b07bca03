//! Reads storage format character by character, in the words of the server's XML parser.

use super::{Event, Malformed, entities::named};

/// Where the reading is, and which elements are open.
pub(super) struct Scanner<'a> {
    source: &'a str,
    at: usize,
    open: Vec<&'a str>,
}

type Step<T = ()> = Result<T, String>;

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self {
            source,
            at: 0,
            open: Vec::new(),
        }
    }

    /// Reads to the end, or to the first fault, which [`Scanner::malformed`] then places.
    pub(super) fn run(&mut self, visit: &mut dyn FnMut(Event<'_>)) -> Step {
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
        let character = named(name).ok_or_else(|| format!("Undeclared general entity \"{name}\""))?;
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

    /// A fault at the place where the reading stopped.
    pub(super) fn malformed(&self, message: String) -> Malformed {
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
