//! The same page in other words: what models do to a text that they give back.

use super::lines::{Block, Kind, marker};
use super::tables::split;
use super::{Edit, Expect};

/// One way to write a line anew: the line without its prefix, and what it is in.
type Way = fn(&str, Kind) -> Option<String>;

const WAYS: &[Way] = &[
    bullets,
    numbers,
    padded,
    compact,
    rules,
    closed_headings,
    underscores,
    wrapped,
    entities,
    trailing_space,
];

/// Each way alone, and all that go together.
pub(super) fn rewrites(lines: &[&str], page: &Block, edits: &mut Vec<Edit>) {
    let kinds = kinds(lines.len(), page);
    let prefixes = prefixes(lines.len(), page);
    let mut add = |markdown: String| {
        edits.push(Edit {
            kind: "reformat",
            markdown,
            expect: Expect::Nothing,
        });
    };
    let by = |ways: &[Way]| {
        let mut text = String::new();
        for (index, line) in lines.iter().enumerate() {
            let (head, rest) = line.split_at(prefixes[index].min(line.len()));
            let mut now = rest.to_owned();
            for way in ways {
                if let Some(new) = way(&now, kinds[index]) {
                    // Lines that come of one line begin as it begins.
                    let blank: String = head.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
                    now = new.replace('\n', &format!("\n{blank}"));
                }
            }
            text.push_str(head);
            text.push_str(&now);
            text.push('\n');
        }
        text
    };
    for way in WAYS {
        add(by(std::slice::from_ref(way)));
    }
    add(by(&[bullets, padded, closed_headings, underscores, rules]));
    add(by(&[numbers, compact, entities, wrapped]));
    add(by(&[]).replace('\n', "\r\n"));
    add(spaced(lines, &kinds));
    add(setext(lines, &kinds, &prefixes));
    add(tildes(lines, page));
    add(format!("\n\n{}\n\n", by(&[]).trim_end()));
}

/// What each line is in.
fn kinds(lines: usize, page: &Block) -> Vec<Kind> {
    let mut kinds = vec![Kind::Body; lines];
    page.each(&mut |block| kinds[block.start..block.end].fill(block.kind));
    kinds
}

/// How much of each line is quotes and indents.
fn prefixes(lines: usize, page: &Block) -> Vec<usize> {
    let mut prefixes = vec![0; lines];
    page.each(&mut |block| {
        let from = if block.shared {
            block.start + 1
        } else {
            block.start
        };
        prefixes[from..block.end].fill(block.prefix.len());
    });
    prefixes
}

fn bullets(line: &str, kind: Kind) -> Option<String> {
    let rest = line.strip_prefix("- ")?;
    (kind != Kind::Fence).then(|| format!("* {rest}"))
}

/// All items are first.
fn numbers(line: &str, kind: Kind) -> Option<String> {
    let (sign, width) = marker(line)?;
    let is_one = matches!(sign, '.' | ')') && width == 3 && kind != Kind::Fence;
    is_one.then(|| format!("1{}", &line[1..]))
}

fn padded(line: &str, kind: Kind) -> Option<String> {
    if kind != Kind::Table || !line.starts_with('|') {
        return None;
    }
    let cells = split(line).into_iter().map(|cell| {
        let fill = if cell.trim().chars().all(|c| c == '-') && !cell.trim().is_empty() {
            '-'
        } else {
            ' '
        };
        format!(" {}{} ", cell.trim(), String::from(fill).repeat(9))
    });
    Some(format!("|{}|", cells.collect::<Vec<_>>().join("|")))
}

fn compact(line: &str, kind: Kind) -> Option<String> {
    if kind != Kind::Table || !line.starts_with('|') {
        return None;
    }
    let cells = split(line).into_iter().map(|cell| {
        let cell = cell.trim().to_owned();
        if cell.is_empty() { " ".to_owned() } else { cell }
    });
    Some(format!("|{}|", cells.collect::<Vec<_>>().join("|")))
}

fn rules(line: &str, kind: Kind) -> Option<String> {
    (kind == Kind::Plain && line == "---").then(|| "***".to_owned())
}

fn closed_headings(line: &str, kind: Kind) -> Option<String> {
    let level = line.len() - line.trim_start_matches('#').len();
    (kind == Kind::Heading && !line.ends_with('}') && level > 0).then(|| format!("{line} {}", &line[..level]))
}

/// Other signs for what is strong, where words are around it.
fn underscores(line: &str, kind: Kind) -> Option<String> {
    let is_plain = matches!(kind, Kind::Plain | Kind::Item | Kind::Table)
        && !line.contains(['\\', '`', '_', '<', '[', ':'])
        && !line.contains("***");
    let parts: Vec<&str> = line.split("**").collect();
    let fits = is_plain
        && parts.len() % 2 == 1
        && parts.iter().enumerate().all(|(index, part)| {
            if index % 2 == 1 {
                !part.contains('*')
                    && part.starts_with(char::is_alphanumeric)
                    && part.ends_with(char::is_alphanumeric)
            } else {
                (index == 0 || part.is_empty() || part.starts_with(' '))
                    && (index + 1 == parts.len() || part.is_empty() || part.ends_with(' '))
            }
        });
    (fits && parts.len() > 1).then(|| parts.join("__"))
}

/// A paragraph over several lines; where the next begins with a letter, that changes nothing.
fn wrapped(line: &str, kind: Kind) -> Option<String> {
    if !matches!(kind, Kind::Plain)
        || line.len() < 60
        || line.contains("  ")
        || line.starts_with([':', '<', '!'])
    {
        return None;
    }
    let (mut out, mut width, mut depth) = (String::new(), 0, 0_i32);
    for (index, word) in line.split(' ').enumerate() {
        let may_break = depth <= 0 && word.starts_with(char::is_alphabetic);
        if index > 0 {
            out.push(if width > 40 && may_break { '\n' } else { ' ' });
            width = if width > 40 && may_break { 0 } else { width };
        }
        out.push_str(word);
        width += word.chars().count() + 1;
        for c in word.chars() {
            match c {
                '[' | '<' | '(' | '{' => depth += 1,
                ']' | '>' | ')' | '}' => depth -= 1,
                '`' => depth += 100,
                _ => {}
            }
        }
    }
    Some(out)
}

fn entities(line: &str, kind: Kind) -> Option<String> {
    let is_plain = matches!(kind, Kind::Plain | Kind::Table) && !line.contains(['`', '[', '<', ':', '{']);
    (is_plain && line.contains(" & ")).then(|| line.replace(" & ", " &amp; "))
}

fn trailing_space(line: &str, kind: Kind) -> Option<String> {
    (kind == Kind::Plain && !line.is_empty() && !line.ends_with('\\')).then(|| format!("{line} "))
}

/// More empty lines between the blocks.
fn spaced(lines: &[&str], kinds: &[Kind]) -> String {
    let mut text = String::new();
    for (line, kind) in lines.iter().zip(kinds) {
        text.push_str(line);
        text.push('\n');
        if line.is_empty() && *kind == Kind::Body {
            text.push('\n');
        }
    }
    text
}

/// Headings with a line below them.
fn setext(lines: &[&str], kinds: &[Kind], prefixes: &[usize]) -> String {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let title = (kinds[index] == Kind::Heading && prefixes[index] == 0)
            .then(|| {
                line.strip_prefix("# ")
                    .map(|title| (title, "====="))
                    .or_else(|| line.strip_prefix("## ").map(|title| (title, "-----")))
            })
            .flatten();
        match title.filter(|(title, _)| title.starts_with(char::is_alphabetic)) {
            Some((title, under)) => text.extend([title, "\n", under, "\n"]),
            None => text.extend([*line, "\n"]),
        }
    }
    text
}

/// Other fences.
fn tildes(lines: &[&str], page: &Block) -> String {
    let mut new: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    page.each(&mut |block| {
        let inside = &lines[block.start..block.end];
        if block.kind == Kind::Fence && !inside.iter().any(|line| line.contains('~')) && !block.shared {
            for at in [block.start, block.end - 1] {
                new[at] = new[at].replace('`', "~");
            }
        }
    });
    super::joined(&new)
}
