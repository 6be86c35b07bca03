//! The blocks of a Markdown text as it is shown, by lines: enough to edit them the way a person would in an editor.

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A paragraph, a macro without a body, an image, a rule.
    Plain,
    Heading,
    Fence,
    Table,
    /// A table in HTML.
    Cells,
    Quote,
    /// A macro with a body.
    Body,
    /// A section of a layout, or a column of one.
    Layout,
    List,
    Item,
}

/// A block: its lines, and the blocks in it.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    /// The line after its last.
    pub(crate) end: usize,
    /// What its lines begin with before they say anything: quotes and indents.
    pub(crate) prefix: String,
    /// Whether its first line also begins what it is in, as with the marker of an item.
    pub(crate) shared: bool,
    pub(crate) children: Vec<Block>,
}

impl Block {
    /// Calls back for all blocks in this one.
    pub(crate) fn each(&self, visit: &mut impl FnMut(&Block)) {
        for child in &self.children {
            visit(child);
            child.each(visit);
        }
    }
}

/// A line without what it begins with, and its number.
type Line<'a> = (usize, &'a str);

/// The page as a block that holds all others.
pub(crate) fn read(lines: &[&str]) -> Block {
    let lines: Vec<Line<'_>> = lines.iter().copied().enumerate().collect();
    Block {
        kind: Kind::Body,
        start: 0,
        end: lines.len(),
        prefix: String::new(),
        shared: false,
        children: flow(&lines, "", None),
    }
}

fn flow(lines: &[Line<'_>], prefix: &str, shared: Option<usize>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].1.trim().is_empty() {
            at += 1;
            continue;
        }
        let (kind, length) = extent(&lines[at..]);
        let these = &lines[at..at + length];
        let start = these[0].0;
        let block = Block {
            kind,
            start,
            end: these[length - 1].0 + 1,
            prefix: prefix.to_owned(),
            shared: shared == Some(start),
            children: inside(kind, these, prefix),
        };
        blocks.push(block);
        at += length;
    }
    blocks
}

/// What begins here, and how many lines it has.
fn extent(lines: &[Line<'_>]) -> (Kind, usize) {
    let first = lines[0].1;
    let until = |end: &dyn Fn(&str) -> bool| {
        let found = lines.iter().skip(1).position(|(_, line)| end(line));
        found.map_or(lines.len(), |at| at + 2)
    };
    let while_ = |goes_on: &dyn Fn(&str) -> bool| {
        let found = lines.iter().position(|(_, line)| !goes_on(line));
        found.unwrap_or(lines.len())
    };
    if let Some(fence) = fence(first) {
        return (Kind::Fence, until(&|line| line.trim() == fence));
    }
    if first.starts_with(":::") {
        let kind = if first.trim_start_matches(':').starts_with("section") {
            Kind::Layout
        } else {
            Kind::Body
        };
        return (kind, closing(lines));
    }
    for (open, close, kind) in [
        ("<details", "</details>", Kind::Body),
        ("<table", "</table>", Kind::Cells),
    ] {
        if first.starts_with(open) {
            let mut depth = 0_usize;
            let found = lines.iter().position(|(_, line)| {
                depth = (depth + line.matches(open).count()).saturating_sub(line.matches(close).count());
                depth == 0
            });
            return (kind, found.map_or(lines.len(), |at| at + 1));
        }
    }
    if first.starts_with('>') {
        return (Kind::Quote, while_(&|line| line.starts_with('>')));
    }
    if first.starts_with('|') {
        return (Kind::Table, while_(&|line| line.starts_with('|')));
    }
    if let Some((marker, _)) = marker(first) {
        return (Kind::List, list(lines, marker));
    }
    if first.starts_with('#') && first.trim_start_matches('#').starts_with(' ') {
        return (Kind::Heading, 1);
    }
    (Kind::Plain, while_(&|line| !line.trim().is_empty()))
}

/// The lines of a directive, with those of the directives in it.
fn closing(lines: &[Line<'_>]) -> usize {
    let (mut depth, mut open) = (0_usize, None);
    for (at, (_, line)) in lines.iter().enumerate() {
        let bare = line.trim_start_matches(['>', ' ']);
        match &open {
            Some(fence) if bare.trim() == *fence => open = None,
            Some(_) => {}
            None if fence(bare).is_some() => open = fence(bare),
            None if !bare.starts_with(":::") => {}
            None if !bare.trim_matches(':').trim().is_empty() => depth += 1,
            None if depth <= 1 => return at + 1,
            None => depth -= 1,
        }
    }
    lines.len()
}

/// The ticks of a fence that begins here.
fn fence(line: &str) -> Option<String> {
    let ticks = line.len() - line.trim_start_matches('`').len();
    (ticks >= 3 && !line[ticks..].contains('`')).then(|| "`".repeat(ticks))
}

/// The sign of an item, and how wide it is.
pub(crate) fn marker(line: &str) -> Option<(char, usize)> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = line[digits..].chars().next()?;
    let fits = if digits == 0 {
        matches!(sign, '-' | '*' | '+')
    } else {
        digits < 10 && matches!(sign, '.' | ')')
    };
    let rest = &line[digits + sign.len_utf8()..];
    let is_rule =
        line.len() > 2 && line.chars().all(|c| c == sign || c == ' ') && digits == 0 && line != "- -";
    (fits && !is_rule && (rest.is_empty() || rest.starts_with(' '))).then_some((sign, digits + 2))
}

fn list(lines: &[Line<'_>], sign: char) -> usize {
    let mut end = 0;
    for (at, (_, line)) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let goes_on = line.starts_with(' ') || marker(line).is_some_and(|(other, _)| other == sign);
        if !goes_on {
            break;
        }
        end = at + 1;
    }
    end
}

fn inside(kind: Kind, lines: &[Line<'_>], prefix: &str) -> Vec<Block> {
    match kind {
        Kind::Body | Kind::Layout if lines.len() > 2 => {
            let head = usize::from(lines[0].1.starts_with("<details") && !lines[0].1.contains("<summary"));
            let inner = &lines[1 + head..lines.len() - 1];
            if kind == Kind::Layout {
                columns(inner, prefix)
            } else {
                flow(inner, prefix, None)
            }
        }
        Kind::Quote => {
            let inner: Vec<Line<'_>> = lines
                .iter()
                .map(|(number, line)| {
                    let rest = line.strip_prefix('>').unwrap_or(line);
                    (*number, rest.strip_prefix(' ').unwrap_or(rest))
                })
                .collect();
            let head = usize::from(inner[0].1.starts_with("[!"));
            flow(&inner[head..], &format!("{prefix}> "), None)
        }
        Kind::List => items(lines, prefix),
        _ => Vec::new(),
    }
}

fn columns(lines: &[Line<'_>], prefix: &str) -> Vec<Block> {
    let mut columns = flow(lines, prefix, None);
    for column in &mut columns {
        column.kind = Kind::Layout;
    }
    columns
}

fn items(lines: &[Line<'_>], prefix: &str) -> Vec<Block> {
    let starts: Vec<usize> = (0..lines.len())
        .filter(|at| marker(lines[*at].1).is_some())
        .collect();
    let mut items = Vec::with_capacity(starts.len());
    for (index, &start) in starts.iter().enumerate() {
        let next = starts.get(index + 1).copied().unwrap_or(lines.len());
        let end = (start..next)
            .rev()
            .find(|at| !lines[*at].1.trim().is_empty())
            .map_or(next, |at| at + 1);
        let width = marker(lines[start].1).map_or(2, |(_, width)| width);
        let inner: Vec<Line<'_>> = lines[start..end]
            .iter()
            .enumerate()
            .map(|(at, (number, line))| {
                let blank = line.len() - line.trim_start().len();
                let cut = if at == 0 { width } else { width.min(blank) };
                (*number, line.get(cut..).unwrap_or_default())
            })
            .collect();
        let inner_prefix = format!("{prefix}{}", " ".repeat(width));
        items.push(Block {
            kind: Kind::Item,
            start: lines[start].0,
            end: lines[end - 1].0 + 1,
            prefix: prefix.to_owned(),
            shared: false,
            children: flow(&inner, &inner_prefix, Some(lines[start].0)),
        });
    }
    items
}
