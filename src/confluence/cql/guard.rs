//! A condition in CQL that a caller wrote, read to its last character and written anew.
//!
//! Nothing is copied: what is sent consists of fields, operators and joints that were recognised here, and of values
//! that were quoted here. So however Confluence reads odd text, it never gets any. Sorting is not part of a
//! condition, and CQL has no comments. The grammar is Atlassian's, from "Advanced searching using CQL".

use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

use super::quoted;

/// How deep parentheses and negations may be nested.
const DEEPEST: usize = 20;

/// Words that are no values unless they stand in quotes.
const KEYWORDS: [&str; 6] = ["and", "or", "not", "in", "order", "by"];

/// What is wrong with a condition, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCql {
    /// A sentence without its full stop.
    problem: String,
    /// Where: the number of the character, from 1.
    at: usize,
}

impl fmt::Display for BadCql {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (at character {})", self.problem, self.at)
    }
}

/// The condition, written anew.
///
/// # Errors
/// It is not one.
pub(in crate::confluence) fn condition(cql: &str) -> Result<String, BadCql> {
    let tokens = tokens(cql)?;
    let mut reader = Reader {
        tokens: &tokens,
        end: cql.chars().count() + 1,
        at: 0,
        written: String::with_capacity(cql.len() + 16),
    };
    reader.chain(0)?;
    match reader.peek() {
        None => Ok(reader.written),
        Some(Token::Close) => Err(reader.fault("this parenthesis closes none")),
        Some(token) if token.is_word("order") => Err(reader.fault("ORDER BY cannot be part of cql")),
        Some(_) => Err(reader.fault("AND or OR is expected here")),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Not in quotes: a field, a keyword, the name of a function, or a value.
    Word(String),
    /// In quotes; escapes are resolved.
    Text(String),
    Operator(&'static str),
    Open,
    Close,
    Comma,
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }
}

/// A token and the number of its first character, from 1.
type Placed = (Token, usize);

fn tokens(cql: &str) -> Result<Vec<Placed>, BadCql> {
    let mut tokens = Vec::new();
    let mut characters = cql.char_indices().peekable();
    let number = |byte: usize| cql[..byte].chars().count() + 1;
    while let Some((byte, character)) = characters.next() {
        let at = number(byte);
        let token = match character {
            ' ' | '\t' | '\r' | '\n' | '\u{A0}' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '"' | '\'' => {
                Token::Text(text(&mut characters, character).map_err(|problem| fault(problem, at))?)
            }
            '=' => Token::Operator("="),
            '~' => Token::Operator("~"),
            '!' | '<' | '>' => {
                let operator = operator(character, characters.peek().map(|(_, next)| *next));
                let operator = operator.ok_or_else(|| fault("! must be followed by = or ~", at))?;
                if operator.len() == 2 {
                    characters.next();
                }
                Token::Operator(operator)
            }
            _ if is_bare(character) => {
                let mut word = String::from(character);
                while let Some((_, next)) = characters.next_if(|(_, next)| is_bare(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            _ => {
                return Err(fault(
                    "this character cannot stand here; put values in double quotes",
                    at,
                ));
            }
        };
        tokens.push((token, at));
    }
    Ok(tokens)
}

/// What values without quotes may consist of.
fn is_bare(character: char) -> bool {
    character.is_alphanumeric() || "_-.:/@+".contains(character)
}

fn operator(first: char, second: Option<char>) -> Option<&'static str> {
    match (first, second) {
        ('!', Some('=')) => Some("!="),
        ('!', Some('~')) => Some("!~"),
        ('<', Some('=')) => Some("<="),
        ('>', Some('=')) => Some(">="),
        ('<', _) => Some("<"),
        ('>', _) => Some(">"),
        _ => None,
    }
}

/// What stands in quotes, up to the closing one.
fn text(characters: &mut Peekable<CharIndices<'_>>, quote: char) -> Result<String, &'static str> {
    let mut text = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            _ if character == quote => return Ok(text),
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '"' | '\''))) => text.push(escaped),
                _ => return Err("a backslash in this text must stand before a quote or a backslash"),
            },
            _ if character.is_control() => return Err("this text has a control character in it"),
            _ => text.push(character),
        }
    }
    Err("this quote is not closed")
}

fn fault(problem: impl Into<String>, at: usize) -> BadCql {
    BadCql {
        problem: problem.into(),
        at,
    }
}

struct Reader<'t> {
    tokens: &'t [Placed],
    /// The number of the character after the last one.
    end: usize,
    at: usize,
    written: String,
}

impl Reader<'_> {
    /// Clauses and what joins them.
    fn chain(&mut self, depth: usize) -> Result<(), BadCql> {
        self.operand(depth)?;
        loop {
            let joint = match self.peek() {
                Some(token) if token.is_word("and") => " AND ",
                Some(token) if token.is_word("or") => " OR ",
                _ => return Ok(()),
            };
            self.at += 1;
            self.written.push_str(joint);
            self.operand(depth)?;
        }
    }

    fn operand(&mut self, depth: usize) -> Result<(), BadCql> {
        if depth > DEEPEST {
            return Err(self.fault("parentheses are nested too deep"));
        }
        if self.take_word("not") {
            self.written.push_str("NOT ");
            return self.operand(depth + 1);
        }
        if self.take(&Token::Open) {
            self.written.push('(');
            self.chain(depth + 1)?;
            return self.close();
        }
        self.clause()
    }

    fn clause(&mut self) -> Result<(), BadCql> {
        let field = match self.peek() {
            Some(token) if token.is_word("order") => return Err(self.fault("ORDER BY cannot be part of cql")),
            Some(Token::Word(word)) if is_name(word) => word.clone(),
            _ => return Err(self.fault("a field is expected here")),
        };
        self.at += 1;
        self.written.push_str(&field);
        let negated = self.take_word("not");
        if self.take_word("in") {
            self.written.push_str(if negated { " NOT IN (" } else { " IN (" });
            if !self.take(&Token::Open) {
                return Err(self.fault("IN needs a list in parentheses"));
            }
            self.value()?;
            while self.take(&Token::Comma) {
                self.written.push_str(", ");
                self.value()?;
            }
            return self.close();
        }
        let operator = match self.peek() {
            Some(Token::Operator(operator)) if !negated => *operator,
            _ => return Err(self.fault("an operator is expected here")),
        };
        self.at += 1;
        self.written.push(' ');
        self.written.push_str(operator);
        self.written.push(' ');
        self.value()
    }

    fn value(&mut self) -> Result<(), BadCql> {
        let (value, is_name) = match self.peek() {
            Some(Token::Text(text)) => (text.clone(), false),
            Some(Token::Word(word)) if !is_keyword(word) => (word.clone(), is_name(word)),
            Some(Token::Word(_)) => return Err(self.fault("a keyword is no value; put it in double quotes")),
            _ => return Err(self.fault("a value is expected here")),
        };
        if value.trim().is_empty() {
            return Err(self.fault("a value must not be blank"));
        }
        self.at += 1;
        if is_name && self.take(&Token::Open) {
            return self.call(&value);
        }
        self.write_value(&value);
        Ok(())
    }

    /// The arguments of a function.
    fn call(&mut self, name: &str) -> Result<(), BadCql> {
        self.written.push_str(name);
        self.written.push('(');
        let mut first = true;
        while !self.take(&Token::Close) {
            if !first {
                if !self.take(&Token::Comma) {
                    return Err(self.fault("a comma or a closing parenthesis is expected here"));
                }
                self.written.push_str(", ");
            }
            first = false;
            match self.peek() {
                Some(Token::Text(argument) | Token::Word(argument)) => {
                    let argument = argument.clone();
                    self.at += 1;
                    self.written.push_str(&quoted(&argument));
                }
                _ => return Err(self.fault("an argument is expected here")),
            }
        }
        self.written.push(')');
        Ok(())
    }

    /// Numbers stay bare, as ids are written in the documentation; everything else is quoted, whether it was or not.
    fn write_value(&mut self, value: &str) {
        if value.bytes().all(|byte| byte.is_ascii_digit()) {
            self.written.push_str(value);
        } else {
            self.written.push_str(&quoted(value));
        }
    }

    fn close(&mut self) -> Result<(), BadCql> {
        if !self.take(&Token::Close) {
            let order = self.peek().is_some_and(|token| token.is_word("order"));
            return Err(self.fault(if order {
                "ORDER BY cannot be part of cql"
            } else {
                "a closing parenthesis is expected here"
            }));
        }
        self.written.push(')');
        Ok(())
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn fault(&self, problem: &str) -> BadCql {
        let at = self.tokens.get(self.at).map_or(self.end, |(_, at)| *at);
        fault(problem, at)
    }
}

/// The name of a field or function: `space.key`, `lastModified`.
fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
        && !is_keyword(word)
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

#[cfg(test)]
mod tests {
    use super::condition;

    #[track_caller]
    fn becomes(cql: &str, expected: &str) {
        assert_eq!(condition(cql).as_deref(), Ok(expected), "{cql}");
    }

    #[track_caller]
    fn refused(cql: &str, problem: &str) {
        assert_eq!(condition(cql).expect_err(cql).to_string(), problem, "{cql}");
    }

    #[test]
    fn conditions_are_written_anew() {
        becomes("label=runbook", r#"label = "runbook""#);
        becomes(
            "title ~ 'it\\'s' or id in (1, 2)",
            r#"title ~ "it's" OR id IN (1, 2)"#,
        );
        becomes(
            "not (creator != currentUser() AND lastModified>=now(\"-4w\"))",
            r#"NOT (creator != currentUser() AND lastModified >= now("-4w"))"#,
        );
        becomes("created > 2014/09/01", r#"created > "2014/09/01""#);
        becomes("label not in (a,b)", r#"label NOT IN ("a", "b")"#);
        becomes(r#"text ~ "\"order by\" or (""#, r#"text ~ "\"order by\" or (""#);
        becomes(r#"title = "a\\""#, r#"title = "a\\""#);
        becomes("title = \"été（\"", "title = \"été（\"");
    }

    #[test]
    fn what_would_leave_the_parentheses_is_refused() {
        refused(
            "type = page) or (type = page",
            "this parenthesis closes none (at character 12)",
        );
        refused(
            "(label = a",
            "a closing parenthesis is expected here (at character 11)",
        );
        refused("title = \"a", "this quote is not closed (at character 9)");
        refused(
            r#"title = "a\" or type = page"#,
            "this quote is not closed (at character 9)",
        );
        refused(
            "title = \"a\\\nb\"",
            "a backslash in this text must stand before a quote or a backslash (at character 9)",
        );
        refused(
            "title = \"a\0\"",
            "this text has a control character in it (at character 9)",
        );
    }

    #[test]
    fn sorting_and_comments_are_no_conditions() {
        for (cql, at) in [
            ("label = a order by created", 11),
            ("order by created", 1),
            ("(label = a ORDER BY title)", 12),
            ("label = a and Order by x", 15),
        ] {
            refused(
                cql,
                &format!("ORDER BY cannot be part of cql (at character {at})"),
            );
        }
        for cql in [
            "label = a -- b",
            "label = a /* b */",
            "label = a # b",
            "label = a; b",
        ] {
            assert!(condition(cql).is_err(), "{cql}");
        }
    }

    #[test]
    fn half_a_condition_says_what_is_missing() {
        refused("", "a field is expected here (at character 1)");
        refused("label", "an operator is expected here (at character 6)");
        refused("label =", "a value is expected here (at character 8)");
        refused("label = \" \"", "a value must not be blank (at character 9)");
        refused(
            "label = and",
            "a keyword is no value; put it in double quotes (at character 9)",
        );
        refused("label in a", "IN needs a list in parentheses (at character 10)");
        refused("label = a b = c", "AND or OR is expected here (at character 11)");
        refused("label ! a", "! must be followed by = or ~ (at character 7)");
        refused("\"label\" = a", "a field is expected here (at character 1)");
        refused(
            "creator = f(a b)",
            "a comma or a closing parenthesis is expected here (at character 15)",
        );
        refused(
            &"(".repeat(30),
            "parentheses are nested too deep (at character 22)",
        );
    }
}
