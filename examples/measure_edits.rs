//! Edits pages the way models do, and counts what comes of it.
//!
//! `cargo run --release --example measure_edits -- DIRECTORY` reads every `.xml` below the directory as the body of a
//! page, edits its Markdown in each of the ways below, writes it back, and judges the outcome: the page must show what
//! the text says, be well-formed, and hold every byte that was not edited, in order. Without a directory, or where it
//! is not there, nothing is measured. A second argument names one kind of edit, and shows what failed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use conflagent::convert::{Flavour, Gate, check_well_formed, storage_to_markdown, write_back};

/// How many edits of one kind are tried on one page.
const MOST: usize = 12;

#[derive(Default)]
struct Count {
    right: usize,
    refused: usize,
    wrong: usize,
}

/// An edited text, and how the page may differ from the one before.
struct Edit {
    kind: &'static str,
    markdown: String,
    expect: Expect,
}

enum Expect {
    /// The very same bytes.
    Nothing,
    /// These bytes.
    Bytes(String),
    /// Something added in one place.
    Added,
    /// Something taken away.
    Removed,
    /// Something replaced in one place.
    Replaced,
    /// A piece taken away and put back elsewhere.
    Moved,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(directory), only) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        say("no directory given: nothing to measure");
        return;
    };
    let mut files = Vec::new();
    collect(&directory, &mut files);
    files.sort();
    if files.is_empty() {
        say("no pages there: nothing to measure");
        return;
    }
    let mut counts: BTreeMap<&'static str, Count> = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut pages = 0;
    #[expect(clippy::disallowed_methods, reason = "a tool that measures time")]
    let started = Instant::now();
    for file in &files {
        let Ok(storage) = std::fs::read_to_string(file) else {
            continue;
        };
        if storage.is_empty() || check_well_formed(&storage).is_err() {
            continue;
        }
        let Ok(projection) = storage_to_markdown(&storage, Flavour::Cloud) else {
            say(&format!("{}: no Markdown", file.display()));
            continue;
        };
        pages += 1;
        for edit in edits(&storage, &projection.markdown) {
            if only.as_deref().is_some_and(|only| only != edit.kind) {
                continue;
            }
            let count = counts.entry(edit.kind).or_default();
            let gate = Gate { allow_removals: true };
            match write_back(&storage, &edit.markdown, Flavour::Cloud, gate) {
                Err(refusal) => {
                    count.refused += 1;
                    let text = refusal.to_string();
                    let reason = text
                        .split(": ")
                        .nth(1)
                        .unwrap_or(&text)
                        .split(';')
                        .next()
                        .unwrap_or_default()
                        .to_owned();
                    *reasons.entry(format!("{}: {reason}", edit.kind)).or_default() += 1;
                    if only.is_some() {
                        say(&format!("{}: refused: {text}", name(file)));
                    }
                }
                Ok(written) => match judge(&storage, &edit, &written.storage) {
                    Ok(()) => count.right += 1,
                    Err(why) => {
                        count.wrong += 1;
                        say(&format!("{}: {} wrong: {why}", name(file), edit.kind));
                    }
                },
            }
        }
    }
    say(&format!("{pages} pages in {:?}", started.elapsed()));
    for (kind, count) in &counts {
        let all = count.right + count.refused + count.wrong;
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let share = 100.0 * count.right as f64 / all as f64;
        say(&format!(
            "{kind:<18} {all:>5} edits  {share:>6.2} % right  {:>4} refused  {:>3} wrong",
            count.refused, count.wrong
        ));
    }
    let mut reasons: Vec<(&String, &usize)> = reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, count) in reasons.into_iter().take(12) {
        say(&format!("{count:>5} × {reason}"));
    }
}

#[expect(clippy::print_stdout, reason = "a tool for people")]
fn say(text: &str) {
    println!("{text}");
}

fn name(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
}

/// What an edit did to a page.
fn judge(before: &str, edit: &Edit, after: &str) -> Result<(), String> {
    check_well_formed(after).map_err(|malformed| malformed.to_string())?;
    match &edit.expect {
        Expect::Nothing => {
            return if before == after {
                Ok(())
            } else {
                Err(format!("bytes changed: {}", difference(before, after)))
            };
        }
        Expect::Bytes(expected) => {
            return if expected == after {
                Ok(())
            } else {
                Err(format!("other bytes: {}", difference(expected, after)))
            };
        }
        _ => {}
    }
    let again = write_back(after, &edit.markdown, Flavour::Cloud, Gate::default());
    match again {
        Ok(again) if !again.changed => {}
        Ok(_) => return Err("the page does not show the text".to_owned()),
        Err(refusal) => return Err(format!("the page cannot be written again: {refusal}")),
    }
    let (head, tail) = common_ends(before, after);
    let gone = &before[head..before.len() - tail];
    let come = &after[head..after.len() - tail];
    let fits = match edit.expect {
        Expect::Added => gone.is_empty() || is_subsequence(before, after),
        Expect::Removed => come.is_empty() || is_subsequence(after, before),
        Expect::Moved => sorted(before) == sorted(after) || after.len() >= before.len(),
        _ => true,
    };
    if fits {
        Ok(())
    } else {
        Err(format!("{gone:.200} became {come:.200}"))
    }
}

fn sorted(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes
}

fn is_subsequence(small: &str, large: &str) -> bool {
    let mut rest = large.bytes();
    small.bytes().all(|byte| rest.any(|other| other == byte))
}

fn common_ends(a: &str, b: &str) -> (usize, usize) {
    let mut head = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(head) || !b.is_char_boundary(head) {
        head -= 1;
    }
    let mut tail = a[head..]
        .bytes()
        .rev()
        .zip(b[head..].bytes().rev())
        .take_while(|(x, y)| x == y)
        .count();
    while !a.is_char_boundary(a.len() - tail) || !b.is_char_boundary(b.len() - tail) {
        tail -= 1;
    }
    (head, tail)
}

fn difference(expected: &str, found: &str) -> String {
    let (head, tail) = common_ends(expected, found);
    format!(
        "{:.150?} became {:.150?}",
        &expected[head..expected.len() - tail],
        &found[head..found.len() - tail]
    )
}

fn edits(storage: &str, markdown: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    words(storage, markdown, &mut edits);
    let lines: Vec<&str> = markdown.lines().collect();
    let chunks = chunks(&lines);
    blocks(&lines, &chunks, &mut edits);
    in_lines(&lines, &mut edits);
    edits.push(Edit {
        kind: "reformat",
        markdown: reformatted(&lines),
        expect: Expect::Nothing,
    });
    edits
}

/// One word each, spread over the page.
fn words(storage: &str, markdown: &str, edits: &mut Vec<Edit>) {
    let is_word = |word: &&str| {
        word.chars().count() >= 5
            && storage.matches(*word).count() == 1
            && markdown.matches(*word).count() == 1
    };
    let mut visible = String::new();
    let mut inside = false;
    for c in storage.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                visible.push(' ');
            }
            c if !inside => visible.push(c),
            _ => {}
        }
    }
    let words: Vec<&str> = visible
        .split(|c: char| !c.is_alphabetic())
        .filter(is_word)
        .collect();
    let step = words.len() / (3 * MOST) + 1;
    for word in words.into_iter().step_by(step) {
        let new = format!("{word}Edited");
        edits.push(Edit {
            kind: "word",
            markdown: markdown.replace(word, &new),
            expect: Expect::Bytes(storage.replace(word, &new)),
        });
    }
}

/// Blocks at the top: where each begins and ends.
fn chunks(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut chunks: Vec<(usize, usize)> = Vec::new();
    let mut start = None;
    let (mut fence, mut depth) = (None::<String>, 0_i32);
    for (index, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        if let Some(open) = &fence {
            if bare.trim_end() == open {
                fence = None;
            }
            continue;
        }
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        if ticks >= 3 {
            fence = Some("`".repeat(ticks));
        }
        depth +=
            i32::try_from(bare.matches("<table>").count() + bare.matches("<details>").count()).unwrap_or(0);
        depth -=
            i32::try_from(bare.matches("</table>").count() + bare.matches("</details>").count()).unwrap_or(0);
        if bare.starts_with(":::") {
            depth += if bare.trim_matches(':').trim().is_empty() {
                -1
            } else {
                1
            };
        }
        let begins = start.is_none() && !line.is_empty();
        if begins {
            let in_list = |text: &str| {
                let bare = text.trim_start_matches(|c: char| c.is_ascii_digit());
                let marked = if bare.len() < text.len() {
                    bare.starts_with(". ") || bare.starts_with(") ")
                } else {
                    bare.starts_with("- ")
                };
                marked || bare == "-"
            };
            let same_list = chunks.last().is_some_and(|(start, _)| {
                in_list(lines[*start])
                    && in_list(line)
                    && lines[*start].starts_with('-') == line.starts_with('-')
            });
            let goes_on = (line.starts_with("  ") && !chunks.is_empty()) || same_list;
            start = Some(if goes_on {
                chunks.pop().map_or(index, |(start, _)| start)
            } else {
                index
            });
        }
        let ends = depth == 0 && fence.is_none() && lines.get(index + 1).is_none_or(|next| next.is_empty());
        if let (true, Some(from)) = (ends, start) {
            chunks.push((from, index + 1));
            start = None;
        }
    }
    chunks
}

fn joined(lines: &[&str]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn blocks(lines: &[&str], chunks: &[(usize, usize)], edits: &mut Vec<Edit>) {
    let in_layout = lines.iter().any(|line| line.starts_with("::::section"));
    let step = chunks.len() / MOST + 1;
    for (number, (start, end)) in chunks.iter().enumerate().step_by(step) {
        let is_section = lines[*start].starts_with("::::section");
        if !is_section && !in_layout {
            let mut more = lines[..*end].to_vec();
            more.extend(["", "A new paragraph with **bold** words.", ""]);
            more.extend(&lines[*end..]);
            edits.push(Edit {
                kind: "insert block",
                markdown: joined(&more),
                expect: Expect::Added,
            });
        }
        if is_section {
            continue;
        }
        let mut fewer = lines[..*start].to_vec();
        fewer.extend(&lines[*end..]);
        if chunks.len() > 1 {
            edits.push(Edit {
                kind: "delete block",
                markdown: joined(&fewer),
                expect: Expect::Removed,
            });
        }
        if let Some((_, after)) = chunks.get(number + 2).filter(|_| !in_layout) {
            let mut moved = lines[..*start].to_vec();
            moved.extend(&lines[*end..*after]);
            moved.push("");
            moved.extend(&lines[*start..*end]);
            moved.push("");
            moved.extend(&lines[*after..]);
            edits.push(Edit {
                kind: "move block",
                markdown: joined(&moved),
                expect: Expect::Moved,
            });
        }
    }
}

/// Edits of single lines: headings, items, rows, cells, tasks, code.
#[expect(clippy::too_many_lines, reason = "one edit after the other")]
fn in_lines(lines: &[&str], edits: &mut Vec<Edit>) {
    let mut tried: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut add = |kind, markdown: String, expect| {
        let tried = tried.entry(kind).or_default();
        *tried += 1;
        if *tried <= MOST {
            edits.push(Edit {
                kind,
                markdown,
                expect,
            });
        }
    };
    let replaced = |index: usize, line: &str| {
        let mut lines = lines.to_vec();
        lines[index] = line;
        joined(&lines)
    };
    let inserted = |index: usize, line: &str| {
        let mut lines = lines.to_vec();
        lines.insert(index, line);
        joined(&lines)
    };
    let mut fence: Option<String> = None;
    for (index, line) in lines.iter().enumerate() {
        let bare = line.trim_start_matches([' ', '>']);
        let indent = &line[..line.len() - bare.len()];
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        if let Some(open) = &fence {
            if bare.trim_end() == open {
                fence = None;
            } else if !bare.is_empty() {
                add(
                    "code",
                    replaced(index, &format!("{line} // changed")),
                    Expect::Replaced,
                );
            }
            continue;
        }
        if ticks >= 3 && !bare.trim_start_matches('`').contains('`') {
            fence = Some("`".repeat(ticks));
            continue;
        }
        let next = lines.get(index + 1).copied().unwrap_or_default();
        if bare.starts_with('#') && !bare.contains("{#") {
            add(
                "rename heading",
                replaced(index, &format!("{line} renamed")),
                Expect::Replaced,
            );
            add(
                "heading level",
                replaced(index, &format!("{indent}#{bare}").replace("#######", "#")),
                Expect::Replaced,
            );
        }
        let is_item = bare.starts_with("- ") && !bare.starts_with("- [");
        let following = lines[index + 1..]
            .iter()
            .find(|line| !line.is_empty())
            .copied()
            .unwrap_or_default();
        let has_more = following.len() - following.trim_start().len() > indent.len();
        if is_item && next.is_empty() && !has_more {
            add(
                "append item",
                inserted(index + 1, &format!("{indent}- A new item")),
                Expect::Added,
            );
        }
        if bare.starts_with("- [ ] ") {
            add(
                "toggle task",
                replaced(index, &line.replacen("[ ]", "[x]", 1)),
                Expect::Replaced,
            );
            if !next.trim_start().starts_with("- ") || !next.starts_with(&format!("{indent} ")) {
                add(
                    "append task",
                    inserted(index + 1, &format!("{indent}- [ ] A new task")),
                    Expect::Added,
                );
            }
        }
        if bare.starts_with("- [x] ") {
            add(
                "toggle task",
                replaced(index, &line.replacen("[x]", "[ ]", 1)),
                Expect::Replaced,
            );
        }
        let is_row = bare.starts_with("| ") && bare.ends_with('|') && !bare.starts_with("| ---");
        let after_head = index > 0 && lines[index - 1].trim_start_matches([' ', '>']).starts_with('|');
        if is_row && after_head {
            let columns = bare.replace("\\|", "").matches('|').count() - 1;
            let row = format!("{indent}|{}", " new |".repeat(columns));
            add("add row", inserted(index + 1, &row), Expect::Added);
            let mut fewer = lines.to_vec();
            fewer.remove(index);
            add("delete row", joined(&fewer), Expect::Removed);
            let rest = bare[1..]
                .find(" | ")
                .or_else(|| bare[1..].find(" |"))
                .map(|at| &bare[at + 2..]);
            if let Some(rest) = rest {
                add(
                    "change cell",
                    replaced(index, &format!("{indent}| Changed {rest}")),
                    Expect::Replaced,
                );
            }
        }
    }
    columns(lines, &mut add);
}

/// A column more, and one less, in tables of pipes.
fn columns(lines: &[&str], add: &mut impl FnMut(&'static str, String, Expect)) {
    let is_row = |line: &str| line.starts_with('|') && line.ends_with('|') && !line.contains("\\|");
    let mut index = 0;
    while index < lines.len() {
        if !is_row(lines[index]) {
            index += 1;
            continue;
        }
        let end = (index..lines.len())
            .find(|at| !is_row(lines[*at]))
            .unwrap_or(lines.len());
        let mut more: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let mut fewer = more.clone();
        for at in index..end {
            let cell = if lines[at].starts_with("| ---") {
                " --- |"
            } else {
                " new |"
            };
            more[at].push_str(cell);
            let cut = lines[at][..lines[at].len() - 1]
                .rfind('|')
                .map_or(0, |cut| cut + 1);
            fewer[at].truncate(cut);
        }
        let text = |lines: Vec<String>| lines.join("\n") + "\n";
        add("add column", text(more), Expect::Added);
        if lines[index].matches('|').count() > 2 {
            add("delete column", text(fewer), Expect::Removed);
        }
        index = end;
    }
}

/// The same page as a model might write it: other bullets, wrapped lines, padded tables, other emphasis.
fn reformatted(lines: &[&str]) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in lines {
        let bare = line.trim_start_matches([' ', '>']);
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        let is_fence = ticks >= 3 && !bare.trim_start_matches('`').contains('`');
        if let Some(open) = &fence {
            if bare.trim_end() == open {
                fence = None;
            }
            out.push_str(line);
        } else if is_fence {
            fence = Some("`".repeat(ticks));
            out.push_str(line);
        } else if let Some(rest) = bare.strip_prefix("- ") {
            out.push_str(&line[..line.len() - bare.len()]);
            out.push_str("* ");
            out.push_str(rest);
        } else if bare.starts_with("| --- |") {
            out.push_str(&line.replace("---", ":-------"));
        } else if bare.starts_with('|') && bare.ends_with('|') && !bare.contains("\\|") {
            out.push_str(&line.replace(" | ", "    |  "));
        } else if line.len() > 100 && line.starts_with(char::is_alphabetic) && !line.contains("  ") {
            wrap(line, &mut out);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// A paragraph over several lines; only where the next begins with a letter is that sure to change nothing.
fn wrap(line: &str, out: &mut String) {
    let mut width = 0;
    let mut depth = 0_i32;
    for (index, word) in line.split(' ').enumerate() {
        let may_break = depth <= 0 && word.starts_with(char::is_alphabetic);
        if index > 0 {
            if width > 70 && may_break {
                out.push('\n');
                width = 0;
            } else {
                out.push(' ');
            }
        }
        out.push_str(word);
        width += word.chars().count() + 1;
        for c in word.chars() {
            match c {
                '[' | '<' | '(' => depth += 1,
                ']' | '>' | ')' => depth -= 1,
                _ => {}
            }
        }
    }
}
