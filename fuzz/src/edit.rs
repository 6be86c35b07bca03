//! Small edits of a Markdown text, such as people and models make.

/// The text with one edit, chosen by `choice`.
pub fn edited(markdown: &str, choice: u64) -> String {
    let lines: Vec<&str> = markdown.split('\n').collect();
    let line = pick(choice >> 8, lines.len());
    let joined = |lines: Vec<&str>| lines.join("\n");
    match choice % 8 {
        0 | 1 => with_word(markdown, choice >> 8, "zqxj"),
        2 => with_word(markdown, choice >> 8, "a*b_ [c"),
        3 => joined([&lines[..line], &lines[line + 1..]].concat()),
        4 => joined([&lines[..line], &["", "new words", ""], &lines[line..]].concat()),
        5 => joined([&lines[..line], &lines[line..=line], &lines[line..]].concat()),
        6 => with_word(markdown, choice >> 8, ""),
        _ => {
            let mut lines = lines;
            let other = pick(choice >> 32, lines.len());
            lines.swap(line, other);
            joined(lines)
        }
    }
}

fn pick(choice: u64, count: usize) -> usize {
    usize::try_from(choice % (count.max(1) as u64)).unwrap_or(0)
}

/// The text with another word in the place of one of its words.
fn with_word(markdown: &str, choice: u64, word: &str) -> String {
    let is_letter = |c: char| c.is_alphanumeric();
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    for piece in markdown.split_inclusive(|c| !is_letter(c)) {
        let length = piece.trim_end_matches(|c| !is_letter(c)).len();
        if length > 0 {
            words.push((at, at + length));
        }
        at += piece.len();
    }
    let Some(&(start, end)) = words.get(pick(choice, words.len())) else {
        return format!("{markdown}{word}\n");
    };
    format!("{}{word}{}", &markdown[..start], &markdown[end..])
}
