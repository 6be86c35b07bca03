//! Text in Markdown: what could be read as a sign is escaped, what could not is left readable.

/// Where running text stands; it decides how a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Block,
    Heading,
    Cell,
}

/// Appends `text`. `before` and `after` are the characters around it on its line.
#[expect(
    clippy::too_many_arguments,
    reason = "one call; a struct would only name them twice"
)]
pub(super) fn escaped(
    out: &mut String,
    text: &str,
    before: Option<char>,
    after: Option<char>,
    line_start: bool,
    in_link: bool,
    context: Context,
    careful: bool,
) {
    let mut previous = before;
    let mut rest = text;
    if line_start && context != Context::Cell {
        rest = first_word(out, rest);
        if rest.len() < text.len() {
            previous = text[..text.len() - rest.len()].chars().next_back();
        }
    }
    let tildes = text.matches('~').count() > 1 || in_link || careful;
    let carets = text.matches('^').count() > 1 || careful;
    // Looked for once: a text may be nothing but brackets.
    let last_close = ["](", "][", "]:"]
        .iter()
        .filter_map(|close| rest.rfind(close))
        .max();
    let trailing = rest.trim_end().trim_end_matches('#').len();
    let ends_with_brace = rest.trim_end().ends_with('}');
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next).or(after);
        let spaced = previous.is_none_or(char::is_whitespace) && next.is_none_or(char::is_whitespace);
        let inside_word =
            previous.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        let escape = match c {
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next.is_whitespace()) || careful,
            '`' => true,
            '*' => !spaced || (line_start && at == 0) || careful,
            '_' => (!spaced && !inside_word) || careful,
            '[' => {
                in_link
                    || careful
                    || (line_start && at == 0)
                    || next.is_none_or(|next| matches!(next, '[' | '^' | '!' | '\u{FFFC}'))
                    || last_close.is_some_and(|close| at <= close)
                    || previous == Some('!')
            }
            ']' => in_link || careful || previous == Some(']'),
            '<' => careful || next.is_none_or(|next| next.is_alphabetic() || matches!(next, '/' | '!' | '?')),
            '>' => careful,
            '&' => careful || is_reference(&rest[at..]),
            '~' => tildes,
            '^' => carets,
            '|' => context == Context::Cell || careful,
            '!' => next == Some('[') || (next.is_none() && careful),
            ':' => is_directive(&rest[at + 1..], previous),
            '#' => context == Context::Heading && at >= trailing,
            '{' => context == Context::Heading && ends_with_brace,
            _ => false,
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
        previous = Some(c);
    }
}

/// A label of a directive or the title of an alert, which are text without marks to us and Markdown to others.
pub(super) fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let escape = match c {
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '&' => is_reference(&text[at..]),
            other => matches!(other, '[' | ']' | '<' | '*' | '_' | '`' | '~'),
        };
        if escape {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What begins a block at the start of a line; returns what is left to write.
fn first_word<'t>(out: &mut String, text: &'t str) -> &'t str {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after_digits = &text[digits..];
    if (1..=9).contains(&digits) && after_digits.starts_with(['.', ')']) {
        out.push_str(&text[..digits]);
        out.push('\\');
        out.push_str(&after_digits[..1]);
        return &after_digits[1..];
    }
    let needs = match text.chars().next() {
        // In our dialect a colon begins a definition.
        Some('>' | '=' | '|' | ':') => true,
        Some('-' | '+') => text[1..]
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || next == '-'),
        Some('#') => text
            .trim_start_matches('#')
            .chars()
            .next()
            .is_none_or(char::is_whitespace),
        _ => false,
    };
    if needs {
        out.push('\\');
        out.push_str(&text[..1]);
        return &text[1..];
    }
    text
}

/// Whether the text begins with something like `&amp;`.
fn is_reference(text: &str) -> bool {
    let inside = text
        .bytes()
        .skip(1)
        .take(33)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .count();
    inside > 0 && text.as_bytes().get(inside + 1) == Some(&b';')
}

/// Whether a colon before this could begin a directive.
fn is_directive(after: &str, previous: Option<char>) -> bool {
    if previous.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '/')) {
        return false;
    }
    let name = after
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count();
    name > 0 && after[name..].starts_with('[')
}
