//! Small edits of a Markdown text, such as people and models make.

/// A text after an edit.
pub struct Edit {
    /// All of it.
    pub text: String,
    /// Whether only words came, went or changed, and nothing about the blocks of the text.
    pub only_words: bool,
}

/// The text with one edit, chosen by `choice`.
pub fn edited(markdown: &str, choice: u64) -> Edit {
    let lines: Vec<&str> = markdown.split('\n').collect();
    let line = pick(choice >> 8, lines.len());
    let joined = |lines: Vec<&str>| lines.join("\n");
    let text = match choice % 8 {
        0 | 1 => with_word(markdown, choice >> 8, "zqxj"),
        2 => with_word(markdown, choice >> 8, "a[b_ c"),
        3 => joined([&lines[..line], &lines[line + 1..]].concat()),
        4 => joined([&lines[..line], &["", "new words", ""], &lines[line..]].concat()),
        5 => joined([&lines[..line], &lines[line..=line], &lines[line..]].concat()),
        6 => with_word(markdown, choice >> 8, "zqxj **zqxj**"),
        _ => {
            let mut lines = lines;
            let other = pick(choice >> 32, lines.len());
            lines.swap(line, other);
            joined(lines)
        }
    };
    let only_words = match choice % 8 {
        0 | 1 => true,
        // In a block of code it would end what the code is in.
        4 => !["```", "~~~"].iter().any(|fence| markdown.contains(fence)),
        _ => false,
    };
    Edit { text, only_words }
}

fn pick(choice: u64, count: usize) -> usize {
    usize::try_from(choice % (count.max(1) as u64)).unwrap_or(0)
}

/// The text with another word in the place of one of its words; names of directives and alerts are none, nor are the
/// numbers of items.
fn with_word(markdown: &str, choice: u64, word: &str) -> String {
    let is_letter = |c: char| c.is_alphanumeric();
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for piece in markdown.split_inclusive(|c| !is_letter(c)) {
        let length = piece.trim_end_matches(|c| !is_letter(c)).len();
        let is_word = length > 0 && !markdown[..at].ends_with([':', '!']);
        if is_word && !is_marker(&markdown[..at], &markdown[at..]) {
            words.push((at, at + length));
        }
        at += piece.len();
    }
    let Some(&(start, end)) = words.get(pick(choice, words.len())) else {
        return format!("{markdown}{word}\n");
    };
    format!("{}{word}{}", &markdown[..start], &markdown[end..])
}

/// Whether a text begins with the number of an item, after another. Another word there would make another block of it.
fn is_marker(before: &str, text: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_first = line.chars().all(|c| " >-*+.)".contains(c) || c.is_ascii_digit());
    let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let after = number
        .strip_prefix(['.', ')'])
        .filter(|_| number.len() < text.len());
    is_first && after.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\n']))
}
