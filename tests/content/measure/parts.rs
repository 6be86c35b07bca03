//! Edits within a block: words, headings, tasks, lines of code.

use super::judge::{Token, tokens};
use super::lines::{Block, Kind};
use super::{Edit, Expect, joined};

/// Each word that is there once, replaced by another.
pub(super) fn words(storage: &str, markdown: &str, edits: &mut Vec<Edit>) {
    let mut seen = std::collections::BTreeSet::new();
    let visible = tokens(storage).into_iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        Token::Tag(_) => None,
    });
    for word in visible {
        let fits = word.chars().count() >= 5
            && word.chars().all(char::is_alphabetic)
            && storage.matches(word).count() == 1
            && markdown.matches(word).count() == 1
            && !in_sign(markdown, word);
        if fits && seen.insert(word) {
            let new = format!("{word}Edited");
            edits.push(Edit {
                kind: "word",
                markdown: markdown.replace(word, &new),
                expect: Expect::Bytes(storage.replace(word, &new)),
            });
        }
    }
}

/// Whether a word is not text but part of a sign: of a token, an address, a directive.
fn in_sign(markdown: &str, word: &str) -> bool {
    let at = markdown.find(word).unwrap_or_default();
    let line = &markdown[..at].rsplit('\n').next().unwrap_or_default();
    let is_code = line.contains(":macro[") || line.starts_with("::") || line.starts_with("```");
    let in_braces = line.rfind('{').is_some_and(|open| !line[open..].contains('}'));
    is_code
        || in_braces
        || line.rfind("](").is_some_and(|open| !line[open..].contains(')'))
        || line.ends_with("https://")
}

/// Headings, tasks and code.
pub(super) fn parts(lines: &[&str], page: &Block, edits: &mut Vec<Edit>) {
    let replaced = |index: usize, line: String| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[index] = line;
        joined(&lines)
    };
    let words = |gone: &[&'static str], come: &[&'static str]| Expect::Words {
        gone: gone.to_vec(),
        come: come.to_vec(),
    };
    page.each(&mut |block| match block.kind {
        Kind::Heading => {
            let line = lines[block.start];
            let at = line.rfind(" {#").unwrap_or(line.len());
            let (text, anchor) = line.split_at(at);
            edits.push(Edit {
                kind: "rename heading",
                markdown: replaced(block.start, format!("{text} renamed{anchor}")),
                expect: words(&[], &["renamed"]),
            });
            if !line.contains("######") {
                edits.push(Edit {
                    kind: "heading level",
                    markdown: replaced(block.start, line.replacen("# ", "## ", 1)),
                    expect: Expect::Level,
                });
            }
        }
        Kind::Item => {
            let line = lines[block.start];
            for (from, to, gone, come) in [
                ("[ ]", "[x]", "incomplete", "complete"),
                ("[x]", "[ ]", "complete", "incomplete"),
            ] {
                let sign = format!("- {from}");
                if line
                    .get(block.prefix.len()..)
                    .is_some_and(|rest| rest.starts_with(&sign))
                {
                    edits.push(Edit {
                        kind: "toggle task",
                        markdown: replaced(block.start, line.replacen(from, to, 1)),
                        expect: words(&[gone], &[come]),
                    });
                }
            }
        }
        Kind::Fence => {
            for index in block.start + 1..block.end - 1 {
                let line = lines[index];
                if line.len() <= block.prefix.len() {
                    continue;
                }
                edits.push(Edit {
                    kind: "edit code",
                    markdown: replaced(index, format!("{line} // changed")),
                    expect: words(&[], &["changed"]),
                });
                let mut more = lines.to_vec();
                let new = format!("{}changed <&> ]]", block.prefix);
                more.insert(index, &new);
                edits.push(Edit {
                    kind: "new line of code",
                    markdown: joined(&more),
                    expect: words(&[], &["changed"]),
                });
            }
        }
        _ => {}
    });
}
