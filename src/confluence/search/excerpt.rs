//! The excerpt of a search row as plain text.
//!
//! It comes with HTML's escapes, and with `@@@hl@@@` and `@@@endhl@@@` around what was found.

/// The most characters of an excerpt. Confluence sends some 300.
const MOST: usize = 400;

/// Before and after what was found.
const MARKS: [&str; 2] = ["@@@hl@@@", "@@@endhl@@@"];

/// What stands for them here.
const MARK: &str = "**";

/// Plain text on one line, with what was found between `**`.
pub(super) fn plain(excerpt: &str) -> String {
    let [begin, end] = MARKS;
    let excerpt = excerpt.split_whitespace().collect::<Vec<_>>().join(" ");
    // Words next to each other are one thing that was found.
    let mut rest = excerpt.replace(&format!("{end} {begin}"), " ");
    let mut text = String::with_capacity(rest.len());
    let mut marked = false;
    loop {
        let mark = if marked { end } else { begin };
        let Some((before, after)) = rest.split_once(mark) else {
            break;
        };
        text.push_str(&unescaped(before));
        text.push_str(MARK);
        marked = !marked;
        rest = after.to_owned();
    }
    text.push_str(&unescaped(&rest.replace(begin, "").replace(end, "")));
    if marked {
        text.push_str(MARK);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Resolves HTML's escapes, once; what is none stays as it is.
fn unescaped(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let resolved = after.find(';').filter(|end| *end <= 8).and_then(|end| {
            let character = character(&after[..end])?;
            Some((character, &after[end + 1..]))
        });
        let (character, after) = resolved.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// What stands between `&` and `;`.
fn character(name: &str) -> Option<char> {
    let number = |digits: &str, radix| {
        let number = u32::from_str_radix(digits, radix).ok()?;
        char::from_u32(number).filter(|character| !character.is_control())
    };
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "hellip" => Some('…'),
        _ => match name.strip_prefix('#')? {
            hexadecimal if hexadecimal.starts_with(['x', 'X']) => number(&hexadecimal[1..], 16),
            decimal => number(decimal, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_and_escapes_are_resolved_once() {
        for (excerpt, expected) in [
            ("", ""),
            ("how to @@@hl@@@deploy@@@endhl@@@ it", "how to **deploy** it"),
            (
                "@@@hl@@@Cache@@@endhl@@@ @@@hl@@@Invalidation@@@endhl@@@.",
                "**Cache Invalidation**.",
            ),
            (
                "a &lt;b&gt; &amp;amp; &quot;c&quot; &#39;d&#x27;",
                "a <b> &amp; \"c\" 'd'",
            ),
            ("AT&T &bogus; & &; &#0; \n\n  x", "AT&T &bogus; & &; &#0; x"),
            ("cut @@@hl@@@short", "cut **short**"),
            ("stray @@@endhl@@@ mark", "stray mark"),
            ("&amp;@@@hl@@@a@@@endhl@@@", "&**a**"),
        ] {
            assert_eq!(plain(excerpt), expected, "{excerpt}");
        }
        assert_eq!(plain(&"é".repeat(1000)).chars().count(), 401);
    }
}
