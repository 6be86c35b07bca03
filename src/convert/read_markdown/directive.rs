//! The grammar of directives: `:name[text]{k=v}` in text, `::name[text]{k=v}` on a line, `:::name{k=v}` … `:::` around
//! blocks. See <https://talk.commonmark.org/t/generic-directives-plugins-syntax/444>.
//!
//! Only the form is read here. Which names mean something is for [`super::directives`].

use super::attributes::{Attributes, braced};

/// The longest label that is looked at; it keeps a line of open brackets cheap.
const LONGEST_LABEL: usize = 500;

/// A directive in a text or on a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) name: String,
    pub(super) label: Option<String>,
    pub(super) attributes: Attributes,
}

/// A line of colons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    pub(super) colons: usize,
    /// What is opened; nothing when the line closes.
    pub(super) opens: Option<Directive>,
}

/// A directive at the start of `text`, after its colons; and the bytes it takes.
pub(super) fn read(text: &str) -> Option<(Directive, usize)> {
    let name = name(text)?;
    let mut length = name.len();
    let label = label(&text[length..]);
    length += label.map_or(0, |label| label.len() + 2);
    let attributes = braced(&text[length..]);
    length += attributes.as_ref().map_or(0, |(_, length)| *length);
    let directive = Directive {
        name: name.to_owned(),
        label: label.map(str::to_owned),
        attributes: attributes.map(|(attributes, _)| attributes).unwrap_or_default(),
    };
    Some((directive, length))
}

/// A whole line, less what stands before it, as the line of a container.
pub(super) fn fence(line: &str) -> Option<Fence> {
    let line = line.trim_end();
    let after = line.trim_start_matches(':');
    let colons = line.len() - after.len();
    if colons < 3 {
        return None;
    }
    let after = after.trim_start();
    if after.is_empty() {
        return Some(Fence { colons, opens: None });
    }
    // MyST writes `:::{note}`.
    if let Some(inside) = after.strip_prefix('{') {
        let (named, rest) = inside.split_once('}')?;
        let name = name(named).filter(|name| name.len() == named.len())?.to_owned();
        let label = Some(rest.trim())
            .filter(|rest| !rest.is_empty())
            .map(str::to_owned);
        return Some(Fence {
            colons,
            opens: Some(Directive {
                name,
                label,
                attributes: Attributes::default(),
            }),
        });
    }
    let (mut directive, length) = read(after)?;
    // Docusaurus and VuePress put a title after a space: `:::tip Title`.
    let rest = after[length..].trim_start();
    if let Some((attributes, length)) = braced(rest)
        && length == rest.len()
        && directive.attributes == Attributes::default()
    {
        directive.attributes = attributes;
        return Some(Fence {
            colons,
            opens: Some(directive),
        });
    }
    if !rest.is_empty() {
        if directive.label.is_some() || !after[length..].starts_with(' ') || rest.contains(":::") {
            return None;
        }
        directive.label = Some(rest.to_owned());
    }
    Some(Fence {
        colons,
        opens: Some(directive),
    })
}

/// A whole line as a directive of its own.
pub(super) fn leaf(line: &str) -> Option<Directive> {
    let after = line
        .trim_end()
        .strip_prefix("::")
        .filter(|after| !after.starts_with(':'))?;
    let (directive, length) = read(after)?;
    (length == after.len()).then_some(directive)
}

fn name(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
        .unwrap_or(text.len());
    let name = &text[..end];
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 64).then_some(name)
}

/// The inside of brackets at the start of `text`; brackets within may be balanced or escaped.
fn label(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('[')?;
    let (mut depth, mut escaped) = (0_usize, false);
    for (at, character) in inside.char_indices().take(LONGEST_LABEL) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => depth += 1,
            ']' if depth == 0 => return Some(&inside[..at]),
            ']' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// A label or title as it reads: a backslash before punctuation is no text.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation) {
            out.extend(chars.next());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fence, leaf, read};

    #[test]
    fn label_and_attributes_are_optional() {
        let (directive, length) = read("status[In [a] row]{colour=Blue} x").unwrap();
        assert_eq!(length, "status[In [a] row]{colour=Blue}".len());
        assert_eq!(
            (directive.name.as_str(), directive.label.as_deref()),
            ("status", Some("In [a] row"))
        );
        assert_eq!(directive.attributes.get("colour"), Some("Blue"));
        assert_eq!(read("toc").unwrap().1, 3);
        assert_eq!(read("9a"), None);
        assert_eq!(read("a[b\n]").unwrap().0.label, None);
    }

    #[test]
    fn fences_open_with_a_name_and_close_without() {
        for (line, name, label) in [
            (":::note", "note", None),
            (":::: panel{title=\"x\"}", "panel", None),
            ("::: tip A title", "tip", Some("A title")),
            (":::tip[A title]{a=b}", "tip", Some("A title")),
            (":::{warning} Mind", "warning", Some("Mind")),
            (":::section {type=single}", "section", None),
        ] {
            let fence = fence(line).and_then(|fence| fence.opens);
            let fence = fence
                .as_ref()
                .map(|opens| (opens.name.as_str(), opens.label.as_deref()));
            assert_eq!(fence, Some((name, label)), "{line}");
        }
        assert_eq!(
            fence("::::  ").map(|fence| (fence.colons, fence.opens)),
            Some((4, None))
        );
        for line in ["::", ":::a:::", "::: *x*", ":::note(x)", "a:::"] {
            assert_eq!(fence(line), None, "{line}");
        }
    }

    #[test]
    fn a_leaf_is_the_whole_line() {
        assert_eq!(
            leaf("::toc{maxLevel=2}  ").map(|leaf| leaf.name),
            Some("toc".to_owned())
        );
        for line in ["::toc and text", ":toc", ":::toc", "::std::fmt", ":: toc"] {
            assert_eq!(leaf(line), None, "{line}");
        }
    }
}
