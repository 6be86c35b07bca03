//! Running text as Markdown: as little escaped as it can be, and more where a first attempt was misread.

use std::fmt::Write as _;

use super::escape::{Context, escaped};
use crate::convert::read_markdown::target;
use crate::convert::shown::of_storage::{Spot, escaped_destination, wiki};
use crate::convert::shown::text::{BREAK, Marks, THING, Text};
use crate::convert::tree::Target;

/// The marks that are tags or signs around text, with both ways to write them.
const SIGNS: &[(u16, &str, &str)] = &[
    (Marks::STRONG, "**", "strong"),
    (Marks::EMPHASIS, "*", "em"),
    (Marks::STRIKE, "~~", "del"),
    (Marks::UNDERLINE, "", "u"),
    (Marks::SUBSCRIPT, "", "sub"),
    (Marks::SUPERSCRIPT, "", "sup"),
    (Marks::SMALL, "", "small"),
];

/// The text as Markdown; a line break that Markdown writes as one is `\n`. `careful` leaves nothing to luck.
pub(super) fn emit(text: &Text<Spot>, context: Context, careful: bool) -> String {
    let mut emitter = Emitter {
        text,
        runs: text.runs().collect(),
        context,
        careful,
        out: String::with_capacity(text.chars.len() + 16),
        open: Vec::new(),
        thing: 0,
        just_closed: false,
    };
    for index in 0..emitter.runs.len() {
        emitter.run(index);
    }
    emitter.close_down_to(0);
    emitter.out
}

/// Something open in the Markdown.
enum Open {
    Mark { bit: u16, closes: String },
    Link { number: u16, closes: String },
}

struct Emitter<'t> {
    text: &'t Text<Spot>,
    runs: Vec<(usize, usize, Marks)>,
    context: Context,
    careful: bool,
    out: String,
    open: Vec<Open>,
    /// The next thing.
    thing: usize,
    /// Whether the last that was written closes a mark.
    just_closed: bool,
}

impl Emitter<'_> {
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(text);
    }

    fn run(&mut self, index: usize) {
        let (start, end, marks) = self.runs[index];
        let keep = self
            .open
            .iter()
            .take_while(|open| match open {
                Open::Mark { bit, .. } => marks.bits & bit != 0,
                Open::Link { number, .. } => self.same_link(*number, marks.link),
            })
            .count();
        self.close_down_to(keep);
        if self.whole_link(index) {
            return;
        }
        for wanted in self.to_open(index) {
            self.open_mark(wanted, index);
        }
        let text = self.text;
        let slice = &text.chars[start..end];
        if marks.bits & Marks::CODE != 0 {
            self.code(slice);
        } else {
            self.plain(slice, start);
        }
    }

    fn same_link(&self, a: u16, b: u16) -> bool {
        let link = |link| self.text.link(Marks { bits: 0, link });
        a == b || link(a) == link(b)
    }

    /// What is not yet open of what the run is marked with, the longest first.
    fn to_open(&self, index: usize) -> Vec<(u16, usize)> {
        let (_, _, marks) = self.runs[index];
        let is_open = |wanted: u16| {
            self.open.iter().any(|open| match open {
                Open::Mark { bit, .. } => *bit == wanted,
                Open::Link { .. } => wanted == 0,
            })
        };
        let mut wanted: Vec<(u16, usize)> = Vec::new();
        if marks.link != 0 && !is_open(0) {
            wanted.push((0, self.extent(index, 0)));
        }
        for (bit, _, _) in SIGNS {
            if marks.bits & bit != 0 && !is_open(*bit) {
                wanted.push((*bit, self.extent(index, *bit)));
            }
        }
        wanted.sort_by_key(|(_, extent)| std::cmp::Reverse(*extent));
        wanted
    }

    /// How far a mark reaches: the index after its last run. 0 stands for the link.
    fn extent(&self, index: usize, bit: u16) -> usize {
        let link = self.runs[index].2.link;
        let more = self.runs[index..].iter().take_while(|(_, _, marks)| {
            if bit == 0 {
                marks.link != 0 && self.same_link(marks.link, link)
            } else {
                marks.bits & bit != 0
            }
        });
        index + more.count()
    }

    fn open_mark(&mut self, (bit, extent): (u16, usize), index: usize) {
        if bit == 0 {
            let number = self.runs[index].2.link;
            let closes = self.link_end(number);
            self.part("[");
            self.out.push('[');
            self.open.push(Open::Link { number, closes });
            self.just_closed = false;
            return;
        }
        let Some((_, sign, tag)) = SIGNS.iter().find(|(known, _, _)| *known == bit) else {
            return;
        };
        let by_sign = !sign.is_empty() && !self.careful && self.flanks(index, extent);
        if by_sign {
            self.out.push_str(sign);
            self.open.push(Open::Mark {
                bit,
                closes: (*sign).to_owned(),
            });
        } else {
            self.out.push('<');
            self.out.push_str(tag);
            self.out.push('>');
            self.open.push(Open::Mark {
                bit,
                closes: format!("</{tag}>"),
            });
        }
        self.just_closed = false;
    }

    /// Whether signs around these runs would be read as what they are meant as. Rather no than a wrong yes:
    /// <https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run>.
    fn flanks(&self, index: usize, extent: usize) -> bool {
        let start = self.runs[index].0;
        let (last_start, end, last_marks) = self.runs[extent - 1];
        let chars = &self.text.chars;
        let (Some(first), Some(last)) = (
            chars[start..end].chars().next(),
            chars[start..end].chars().next_back(),
        ) else {
            return false;
        };
        debug_assert!(last_start < end, "runs are not empty");
        let before = chars[..start].chars().next_back();
        let after = chars[end..].chars().next();
        let first_is_sign = self.runs[index].2.bits & Marks::CODE != 0 || self.runs[index].2.link != 0;
        let last_is_sign = last_marks.bits & Marks::CODE != 0 || last_marks.link != 0;
        // A sign of another mark beside ours would be read together with it.
        let glued = self.just_closed && self.out.ends_with(['*', '~']);
        let opens = !is_space(Some(first)) && (!(is_sign(first) || first_is_sign) || is_free(before));
        let closes = !is_space(Some(last)) && (!(is_sign(last) || last_is_sign) || is_free(after));
        let next_marks = self
            .runs
            .get(extent)
            .map(|(_, _, marks)| marks.bits)
            .unwrap_or_default();
        let next_glued = next_marks & (Marks::STRONG | Marks::EMPHASIS | Marks::STRIKE) != 0
            && next_marks & !self.runs[extent - 1].2.bits != 0;
        opens && closes && !glued && !next_glued
    }

    fn close_down_to(&mut self, keep: usize) {
        while self.open.len() > keep {
            match self.open.pop() {
                Some(Open::Mark { closes, .. } | Open::Link { closes, .. }) => {
                    self.out.push_str(&closes);
                    self.just_closed = true;
                }
                None => return,
            }
        }
    }

    fn link_end(&self, number: u16) -> String {
        let key = self
            .text
            .link(Marks {
                bits: 0,
                link: number,
            })
            .unwrap_or_default();
        let (url, title) = key.split_once('\u{1}').unwrap_or((key, ""));
        let title = title
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', " ");
        let title = if title.is_empty() {
            String::new()
        } else {
            format!(" \"{title}\"")
        };
        format!("]({}{title})", escaped_destination(url))
    }

    /// Links that have a shorter form: `<https://…>`, and `[[Title|text]]` for plain text.
    fn whole_link(&mut self, index: usize) -> bool {
        let (start, end, marks) = self.runs[index];
        let starts_here = index == 0 || !self.same_link(self.runs[index - 1].2.link, marks.link);
        let ends_here = self.extent(index, 0) == index + 1;
        if marks.link == 0 || !starts_here || !ends_here || marks.bits != 0 || !self.open.is_empty() {
            return false;
        }
        let chars = &self.text.chars[start..end];
        let Some(key) = self.text.link(marks) else {
            return false;
        };
        let is_address = chars == key
            && (key.starts_with("https://") || key.starts_with("http://"))
            && !key.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\\' | '|' | '\u{1}'));
        if is_address {
            self.out.push('<');
            self.out.push_str(key);
            self.out.push('>');
            self.just_closed = false;
            return true;
        }
        let special = |c: char| {
            matches!(
                c,
                '[' | ']' | '|' | '*' | '_' | '`' | '<' | '&' | '\\' | '~' | '^' | BREAK | THING
            )
        };
        if self.careful || chars.contains(special) || chars.len() > 300 {
            return false;
        }
        let Some(Target::Page(page)) = target(key).filter(|_| key.starts_with("page:")) else {
            return false;
        };
        let Some(name) = wiki(&page) else { return false };
        let bar = if self.context == Context::Cell { "\\|" } else { "|" };
        self.write(format_args!("[[{name}{bar}{chars}]]"));
        self.just_closed = false;
        true
    }

    /// Keeps two signs apart that would be read as one.
    fn part(&mut self, next: &str) {
        if self.out.ends_with('!') && !self.out.ends_with("\\!") && next.starts_with('[') {
            self.out.pop();
            self.out.push_str("\\!");
            return;
        }
        let glues = |c: char| c.is_alphanumeric() || matches!(c, ':' | '/');
        let after_page = self.out.ends_with("]]") && next.starts_with(['[', '(', ':', ']']);
        if after_page || (next.starts_with(':') && self.out.ends_with(glues)) {
            self.out.push_str("<!-- -->");
        }
    }

    fn code(&mut self, text: &str) {
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(
            (1..=longest + 1)
                .find(|length| !has_run(text, *length))
                .unwrap_or(longest + 1),
        );
        let pad = if text.starts_with('`') || text.ends_with('`') {
            " "
        } else {
            ""
        };
        let text = if self.context == Context::Cell {
            text.replace('|', "\\|")
        } else {
            text.to_owned()
        };
        self.write(format_args!("{fence}{pad}{text}{pad}{fence}"));
        self.just_closed = false;
    }

    fn plain(&mut self, text: &str, start: usize) {
        let in_link = self.open.iter().any(|open| matches!(open, Open::Link { .. }));
        for piece in text.split_inclusive([THING, BREAK]) {
            let words = piece.trim_end_matches([THING, BREAK]);
            if !words.is_empty() {
                let at = start + (piece.as_ptr() as usize - text.as_ptr() as usize);
                let before = self.text.chars[..at]
                    .chars()
                    .next_back()
                    .filter(|_| !self.at_line_start());
                let after = self.text.chars[at + words.len()..].chars().next();
                let line_start = self.at_line_start();
                if words.starts_with(['[', '(', ':', ']']) {
                    self.part(words);
                }
                escaped(
                    &mut self.out,
                    words,
                    before,
                    after,
                    line_start,
                    in_link,
                    self.context,
                    self.careful,
                );
            }
            if piece.ends_with(THING) {
                if let Some(thing) = self.text.things.get(self.thing) {
                    self.part(&thing.markdown);
                    self.out.push_str(&thing.markdown);
                }
                self.thing += 1;
            } else if piece.ends_with(BREAK) {
                match self.context {
                    Context::Block => self.out.push_str("\\\n"),
                    Context::Cell | Context::Heading => self.out.push_str("<br>"),
                }
            }
        }
        self.just_closed = false;
    }

    fn at_line_start(&self) -> bool {
        self.out.is_empty() || self.out.ends_with('\n')
    }
}

fn has_run(text: &str, length: usize) -> bool {
    text.split(|c| c != '`').any(|run| run.len() == length)
}

fn is_space(c: Option<char>) -> bool {
    c.is_none_or(char::is_whitespace)
}

/// Whether a sign beside it may open or close; letters beside it forbid what punctuation inside asks for.
fn is_free(c: Option<char>) -> bool {
    c.is_none_or(|c| c.is_whitespace() || c.is_ascii_punctuation())
}

fn is_sign(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}
