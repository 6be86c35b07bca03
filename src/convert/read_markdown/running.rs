//! What is in plain text after all: bare addresses become links, `:shortcode:` becomes its character.
//!
//! pulldown-cmark has neither. The rules for addresses are those of GitHub
//! (<https://github.github.com/gfm/#autolinks-extension->).

use crate::convert::tree::{Inline, Link, Target};

/// Goes through a run of text, and into its marks.
pub(super) fn run(run: &mut Vec<Inline>) {
    in_run(run, true);
}

/// A text as it is to be shown; nothing when it is that already.
pub(in crate::convert) fn settled(text: &str, may_link: bool) -> Option<Vec<Inline>> {
    if !may_change(text) || ((!may_link || address(text).is_none()) && with_emoji(text) == text) {
        return None;
    }
    let mut run = Vec::new();
    text_into(&mut run, text, may_link);
    Some(run)
}

/// Whether a text may hold an address or a shortcode, told from its bytes.
fn may_change(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.contains(&b':') || (bytes.contains(&b'w') && text.contains("www."))
}

fn in_run(run: &mut Vec<Inline>, may_link: bool) {
    let interesting = |inline: &Inline| matches!(inline, Inline::Text(text) if may_change(text));
    if run.iter().any(interesting) {
        let before = std::mem::take(run);
        for inline in before {
            match inline {
                Inline::Text(text) => text_into(run, &text, may_link),
                other => run.push(other),
            }
        }
    }
    for inline in run {
        match inline {
            Inline::Mark(_, content) => in_run(content, may_link),
            Inline::Link(Link { content, target, .. }) => {
                // The text of a link that is its address must stay what it is.
                let is_address = matches!((target, content.as_slice()),
                    (Target::Url(url), [Inline::Text(text)]) if url.ends_with(text.as_str()));
                if !is_address {
                    in_run(content, false);
                }
            }
            _ => {}
        }
    }
}

fn text_into(run: &mut Vec<Inline>, text: &str, may_link: bool) {
    let mut rest = text;
    while let Some((start, length)) = may_link.then(|| address(rest)).flatten() {
        let (before, after) = rest.split_at(start);
        let (shown, after) = after.split_at(length);
        push_text(run, before);
        let url = if shown.starts_with("www.") {
            format!("https://{shown}")
        } else {
            shown.to_owned()
        };
        run.push(Inline::Link(Link {
            target: Target::Url(url),
            title: None,
            content: vec![Inline::Text(shown.to_owned())],
        }));
        rest = after;
    }
    push_text(run, rest);
}

fn push_text(run: &mut Vec<Inline>, text: &str) {
    if !text.is_empty() {
        run.push(Inline::Text(with_emoji(text)));
    }
}

/// Where the first bare address is, and how long.
fn address(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(offset) = text[from..].find(['h', 'w']) {
        let start = from + offset;
        from = start + 1;
        let rest = &text[start..];
        let Some(scheme) = ["https://", "http://", "www."]
            .iter()
            .find(|scheme| rest.starts_with(**scheme))
        else {
            continue;
        };
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '@' | '-' | '_')) {
            continue;
        }
        // Looked at first, so that a long run of what is none is not read over and over.
        if !rest[scheme.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
            continue;
        }
        let length = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>'))
            .unwrap_or(rest.len());
        let length = without_trail(&rest[..length]);
        let host = &rest[scheme.len()..length.max(scheme.len())];
        if !host.is_empty() && (host.contains('.') || *scheme != "www.") {
            return Some((start, length));
        }
    }
    None
}

/// Less the punctuation of the sentence around the address.
fn without_trail(address: &str) -> usize {
    let mut length = address.len();
    let (opened, mut closed) = (address.matches('(').count(), address.matches(')').count());
    while let Some(last) = address[..length].chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' | ';' => {}
            ')' if closed > opened => closed -= 1,
            _ => break,
        }
        length -= last.len_utf8();
    }
    length
}

/// The text with `:shortcode:` replaced where the word is in the table of emoji.
fn with_emoji(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(':') {
        let (before, after) = rest.split_at(start + 1);
        out.push_str(before);
        rest = after;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        // Times and ports are no emoji, nor is what is glued to a word.
        let glued = out[..out.len() - 1]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == ':');
        let closed = rest[end..]
            .strip_prefix(':')
            .filter(|after| !after.starts_with(char::is_alphanumeric));
        let found = closed
            .filter(|_| !glued && end > 0 && end < 40)
            .and_then(|after| Some((emojis::get_by_shortcode(&rest[..end])?, after)));
        if let Some((emoji, after)) = found {
            out.pop();
            out.push_str(emoji.as_str());
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{address, with_emoji};

    #[track_caller]
    fn found(text: &str) -> Option<&str> {
        address(text).map(|(start, length)| &text[start..start + length])
    }

    #[test]
    fn bare_addresses_end_before_the_punctuation_of_the_sentence() {
        assert_eq!(
            found("see https://a.b/c_d?e=f&g (or not)."),
            Some("https://a.b/c_d?e=f&g")
        );
        assert_eq!(found("(https://a.b/c_(d))."), Some("https://a.b/c_(d)"));
        assert_eq!(found("at www.example.org, now"), Some("www.example.org"));
        assert_eq!(found("http://localhost:8080/"), Some("http://localhost:8080/"));
    }

    #[test]
    fn what_only_looks_like_an_address_is_none() {
        for text in [
            "https://",
            "http:// x",
            "xhttps://a.b",
            "www.",
            "www.x",
            "how",
            "https://.",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn known_shortcodes_become_emoji() {
        assert_eq!(with_emoji("go :rocket:!"), "go \u{1F680}!");
        for text in [
            ":nope_not_this:",
            "10:30:45",
            "a:rocket:b",
            "::",
            ":rocket",
            "std::rocket::x",
        ] {
            assert_eq!(with_emoji(text), text);
        }
    }
}
