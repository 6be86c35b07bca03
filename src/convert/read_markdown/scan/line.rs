//! Lines of Markdown: what stands before their content, and fences of code.

use std::collections::HashSet;

use crate::convert::read_markdown::directive;

/// Where the line that holds byte `at` ends, line end included.
pub(super) fn end(source: &str, at: usize) -> usize {
    source
        .get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(source.len(), |newline| at + newline + 1)
}

/// White space and quote marks before the content of a line.
pub(super) struct Prefix {
    pub(super) length: usize,
    pub(super) quotes: usize,
}

impl Prefix {
    pub(super) fn of(line: &str) -> Self {
        let content = line.trim_start_matches([' ', '\t', '>']);
        let length = line.len() - content.len();
        Self {
            length,
            quotes: line[..length].matches('>').count(),
        }
    }
}

/// A fence of code that has been opened.
pub(super) struct OpenFence {
    mark: char,
    length: usize,
    quotes: usize,
    /// How far the content of the list item around the fence is indented; less ends the item and the fence.
    item: usize,
}

/// Whether a line is still inside a fence.
pub(super) enum GoesOn {
    Inside,
    Closes,
    Left,
}

impl OpenFence {
    /// The fence that a line opens. It may stand behind list markers.
    pub(super) fn in_line(line: &str, prefix: &Prefix) -> Option<Self> {
        let mut content = &line[prefix.length..];
        let mut item = 0;
        while let Some(inside) = after_list_marker(content) {
            item = line.len() - inside.len();
            content = inside;
        }
        let mark = content.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = content.trim_start_matches(mark);
        let length = content.len() - info.len();
        let opens = length >= 3 && !(mark == '`' && info.contains('`'));
        opens.then_some(Self {
            mark,
            length,
            quotes: prefix.quotes,
            item,
        })
    }

    pub(super) fn goes_on(&self, line: &str, prefix: &Prefix) -> GoesOn {
        let content = line[prefix.length..].trim_end();
        if prefix.quotes < self.quotes || (!content.is_empty() && prefix.length < self.item) {
            return GoesOn::Left;
        }
        let is_fence = content.len() >= self.length && content.chars().all(|c| c == self.mark);
        if is_fence { GoesOn::Closes } else { GoesOn::Inside }
    }
}

fn after_list_marker(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    let marker = if digits == 0 {
        rest.strip_prefix(['-', '*', '+'])
    } else {
        rest.strip_prefix(['.', ')'])
    };
    let inside = marker.filter(|rest| digits < 10 && rest.starts_with([' ', '\t']))?;
    Some(inside.trim_start_matches([' ', '\t']))
}

/// Whether a line cannot go on the running text before it.
pub(super) fn ends_paragraph(line: &str, prefix: &Prefix) -> bool {
    let content = line[prefix.length..].trim_end();
    content.is_empty()
        || content.starts_with("<ac:")
        || content.starts_with("[!")
        || (content.starts_with("::")
            && (directive::fence(content).is_some() || directive::leaf(content).is_some()))
        || super::is_contents(content)
        || OpenFence::in_line(line, prefix).is_some()
}

/// The labels of link definitions; a line too many does no harm.
pub(super) fn definition_labels(source: &str) -> HashSet<&str> {
    source
        .lines()
        .filter_map(|line| {
            line.trim_start_matches([' ', '>'])
                .strip_prefix('[')?
                .split_once("]:")
        })
        .map(|(label, _)| label)
        .collect()
}
