//! Text to tokens.

use super::Fault;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Bare: a field, a keyword, or a value.
    Word(String),
    /// In quotes, with the escapes resolved.
    Quoted(String),
    Symbol(&'static str),
}

/// Longer symbols come first.
const SYMBOLS: [&str; 10] = ["!=", "!~", ">=", "<=", "=", "~", ">", "<", "(", ")"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = text;
    'next: while let Some(first) = rest.chars().next() {
        if matches!(first, ' ' | '\t' | '\r' | '\n') {
            rest = &rest[1..];
            continue;
        }
        if first == ',' {
            tokens.push(Token::Symbol(","));
            rest = &rest[1..];
            continue;
        }
        for symbol in SYMBOLS {
            if let Some(after) = rest.strip_prefix(symbol) {
                tokens.push(Token::Symbol(symbol));
                rest = after;
                continue 'next;
            }
        }
        if first == '"' || first == '\'' {
            let (value, after) = quoted(&rest[1..], first)?;
            tokens.push(Token::Quoted(value));
            rest = after;
            continue;
        }
        let length = rest.find(|letter: char| letter.is_whitespace() || "\"'(),=!~<>".contains(letter));
        let length = length.unwrap_or(rest.len());
        if length == 0
            || rest[..length].contains(|letter: char| letter.is_control() || "\\&|;{}[]^?#%".contains(letter))
        {
            return Err(Fault::Syntax(format!("unexpected character near '{first}'")));
        }
        tokens.push(Token::Word(rest[..length].to_owned()));
        rest = &rest[length..];
    }
    Ok(tokens)
}

/// The value up to the closing quote, and what follows it.
fn quoted(text: &str, quote: char) -> Result<(String, &str), Fault> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Ok((value, &text[index + letter.len_utf8()..])),
            '\\' => match letters.next() {
                Some((_, escaped @ ('\\' | '"' | '\''))) => value.push(escaped),
                _ => return Err(Fault::Syntax("illegal escape in a string".to_owned())),
            },
            _ if letter.is_control() => {
                return Err(Fault::Syntax("control character in a string".to_owned()));
            }
            _ => value.push(letter),
        }
    }
    Err(Fault::Syntax("a string is not closed".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Token {
        Token::Word(text.to_owned())
    }

    #[test]
    fn words_symbols_and_strings_are_told_apart() {
        let found = tokens("space=DEV and title !~ \"a \\\"b\\\" \\\\ c\" AND created>=2014/09/01").unwrap();
        let expected = [
            word("space"),
            Token::Symbol("="),
            word("DEV"),
            word("and"),
            word("title"),
            Token::Symbol("!~"),
            Token::Quoted("a \"b\" \\ c".to_owned()),
            word("AND"),
            word("created"),
            Token::Symbol(">="),
            word("2014/09/01"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_not_escaped_breaks_the_query() {
        for text in [
            "title = \"a",
            "title = \"a\\\"",
            "title = \"a\\+b\"",
            "title = \"a\nb\"",
            "title = a\\b",
            "title = a;b",
        ] {
            assert!(matches!(tokens(text), Err(Fault::Syntax(_))), "{text}");
        }
    }
}
