//! Running text as Markdown can show it: characters, the marks on them, and things that stand among them.
//!
//! White space is what a reader sees of it: one space, none at the ends of a line. The same rules hold for what comes
//! from a page and for what comes from Markdown, so that two texts are equal when they read the same. Each stretch
//! remembers where it came from.

use std::hash::{Hash, Hasher};

/// Stands in the characters for a thing that is no text.
pub(in crate::convert) const THING: char = '\u{FFFC}';
/// Stands in the characters for a line break.
pub(in crate::convert) const BREAK: char = '\n';

/// What a stretch of text is marked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::convert) struct Marks {
    pub(in crate::convert) bits: u16,
    /// One more than the index of the link.
    pub(in crate::convert) link: u16,
}

impl Marks {
    pub(in crate::convert) const STRONG: u16 = 1;
    pub(in crate::convert) const EMPHASIS: u16 = 2;
    pub(in crate::convert) const STRIKE: u16 = 4;
    pub(in crate::convert) const UNDERLINE: u16 = 8;
    pub(in crate::convert) const SUBSCRIPT: u16 = 16;
    pub(in crate::convert) const SUPERSCRIPT: u16 = 32;
    pub(in crate::convert) const SMALL: u16 = 64;
    pub(in crate::convert) const CODE: u16 = 128;

    pub(in crate::convert) fn with(self, bit: u16) -> Self {
        Self {
            bits: self.bits | bit,
            ..self
        }
    }
}

/// A stretch of text with the same marks from the same place.
#[derive(Clone, Debug)]
pub(in crate::convert) struct Span<F> {
    /// Where it ends in the characters.
    pub(in crate::convert) end: usize,
    pub(in crate::convert) marks: Marks,
    pub(in crate::convert) from: F,
}

/// Running text.
#[derive(Clone, Debug)]
pub(in crate::convert) struct Text<F> {
    pub(in crate::convert) chars: String,
    pub(in crate::convert) spans: Vec<Span<F>>,
    /// What the links point at: compared and, where the text came from a page, shown.
    pub(in crate::convert) links: Vec<String>,
    /// The things, in order.
    pub(in crate::convert) things: Vec<Thing>,
    /// Whether it is verbatim: the text of a block of code.
    pub(in crate::convert) verbatim: bool,
}

/// A thing in running text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::convert) struct Thing {
    /// Equal for things that show the same.
    pub(in crate::convert) key: String,
    /// Its Markdown; empty where the text came from Markdown.
    pub(in crate::convert) markdown: String,
}

impl<F> Default for Text<F> {
    fn default() -> Self {
        Self {
            chars: String::new(),
            spans: Vec::new(),
            links: Vec::new(),
            things: Vec::new(),
            verbatim: false,
        }
    }
}

impl<F> Text<F> {
    pub(in crate::convert) fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    pub(in crate::convert) fn link(&self, marks: Marks) -> Option<&str> {
        self.links
            .get(usize::from(marks.link).checked_sub(1)?)
            .map(String::as_str)
    }

    /// The spans with where they begin.
    pub(in crate::convert) fn stretches(&self) -> impl Iterator<Item = (usize, &Span<F>)> {
        let mut start = 0;
        self.spans
            .iter()
            .map(move |span| (std::mem::replace(&mut start, span.end), span))
    }

    /// The text in stretches that differ in their marks: where they begin and end.
    pub(in crate::convert) fn runs(&self) -> impl Iterator<Item = (usize, usize, Marks)> {
        let mut stretches = self.stretches().peekable();
        std::iter::from_fn(move || {
            let (start, first) = stretches.next()?;
            let mut end = first.end;
            while let Some((_, more)) = stretches.next_if(|(_, next)| self.same(first.marks, next.marks)) {
                end = more.end;
            }
            Some((start, end, first.marks))
        })
    }

    fn same(&self, a: Marks, b: Marks) -> bool {
        a == b || (a.bits == b.bits && self.link(a) == self.link(b))
    }

    /// Whether both say the same, wherever they came from.
    pub(in crate::convert) fn says<G>(&self, other: &Text<G>) -> bool {
        if self.chars != other.chars || self.verbatim != other.verbatim {
            return false;
        }
        let keys = |things: &[Thing], other: &[Thing]| {
            let (mine, theirs) = (things.iter(), other.iter());
            mine.map(|thing| &thing.key).eq(theirs.map(|thing| &thing.key))
        };
        let mine = self
            .runs()
            .map(|(_, end, marks)| (end, marks.bits, self.link(marks)));
        let theirs = other
            .runs()
            .map(|(_, end, marks)| (end, marks.bits, other.link(marks)));
        keys(&self.things, &other.things) && mine.eq(theirs)
    }
}

impl<F> Hash for Text<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.chars.hash(state);
        for (_, end, marks) in self.runs() {
            (end, marks.bits, self.link(marks)).hash(state);
        }
        for thing in &self.things {
            thing.key.hash(state);
        }
    }
}

/// Builds running text.
pub(in crate::convert) struct Writer<F> {
    text: Text<F>,
}

impl<F: Clone> Writer<F> {
    pub(in crate::convert) fn new() -> Self {
        Self {
            text: Text::default(),
        }
    }

    /// A link to put in marks; the same target has the same number.
    pub(in crate::convert) fn link(&mut self, target: String) -> u16 {
        let known = self.text.links.iter().rposition(|link| *link == target);
        let index = known.unwrap_or_else(|| {
            self.text.links.push(target);
            self.text.links.len() - 1
        });
        u16::try_from(index + 1).unwrap_or(u16::MAX)
    }

    fn put(&mut self, text: &str, marks: Marks, from: F) {
        self.text.chars.push_str(text);
        let end = self.text.chars.len();
        self.text.spans.push(Span { end, marks, from });
    }

    /// Text in pieces: `place` tells where bytes of it came from, with whether they are the same bytes there.
    pub(in crate::convert) fn text(
        &mut self,
        text: &str,
        marks: Marks,
        place: impl Fn(usize, usize, bool) -> F,
    ) {
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            let blank = rest.len() - rest.trim_start_matches(is_blank).len();
            if blank > 0 {
                if !self.text.chars.is_empty() && !self.text.chars.ends_with([' ', BREAK]) {
                    self.put(" ", marks, place(at, at + blank, &rest[..blank] == " "));
                }
                at += blank;
                continue;
            }
            if let Some(hidden) = rest.chars().next().filter(|&c| is_hidden(c)) {
                at += hidden.len_utf8();
                continue;
            }
            let end = plain_length(rest);
            self.put(&rest[..end], marks, place(at, at + end, true));
            at += end;
        }
    }

    /// Text that comes as a whole from one place, such as a reference.
    pub(in crate::convert) fn whole(&mut self, text: &str, marks: Marks, from: F) {
        let shown: String = text.chars().filter(|&c| !is_hidden(c)).collect();
        if shown.chars().all(is_blank) {
            if !shown.is_empty() && !self.text.chars.is_empty() && !self.text.chars.ends_with([' ', BREAK]) {
                self.put(" ", marks, from);
            }
        } else {
            self.put(&shown, marks, from);
        }
    }

    pub(in crate::convert) fn line_break(&mut self, from: F) {
        if self.text.chars.is_empty() {
            return;
        }
        self.end_line();
        self.put("\n", Marks::default(), from);
    }

    pub(in crate::convert) fn thing(&mut self, thing: Thing, marks: Marks, from: F) {
        let marks = Marks {
            bits: marks.bits & !Marks::CODE,
            ..marks
        };
        self.put("\u{FFFC}", marks, from);
        self.text.things.push(thing);
    }

    fn end_line(&mut self) {
        while self.text.chars.ends_with(' ') {
            self.text.chars.pop();
            let end = self.text.chars.len();
            match self.text.spans.last_mut() {
                Some(span) => span.end = end,
                None => return,
            }
            let starts = self.text.spans.iter().rev().nth(1).map_or(0, |span| span.end);
            if starts == end {
                self.text.spans.pop();
            }
        }
    }

    /// The text, without white space and breaks at its ends.
    pub(in crate::convert) fn finish(mut self) -> Text<F> {
        loop {
            self.end_line();
            if !self.text.chars.ends_with(BREAK) {
                break;
            }
            self.text.chars.pop();
            self.text.spans.pop();
        }
        self.settle_spaces();
        self.text
    }

    /// A mark that begins or ends with a space cannot be said in Markdown, nor seen; so a space is marked with what
    /// its neighbours have in common.
    fn settle_spaces(&mut self) {
        let spans = &self.text.spans;
        let mut settled: Vec<(usize, Marks)> = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            let start = index.checked_sub(1).map_or(0, |before| spans[before].end);
            let marked = span.marks != Marks::default();
            if !marked || &self.text.chars[start..span.end] != " " {
                continue;
            }
            let before = index
                .checked_sub(1)
                .map(|before| spans[before].marks)
                .unwrap_or_default();
            let after = spans.get(index + 1).map(|after| after.marks).unwrap_or_default();
            let link = |marks: Marks| self.text.link(marks);
            let bits = span.marks.bits & before.bits & after.bits;
            let same_link = link(before) == link(after) && link(before) == link(span.marks);
            let link = if same_link { before.link } else { 0 };
            settled.push((index, Marks { bits, link }));
        }
        for (index, marks) in settled {
            self.text.spans[index].marks = marks;
        }
    }
}

/// White space; a no-break space shows as one and no model gives it back reliably.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\n' | '\t' | '\r' | '\u{A0}' | '\u{2002}'
            ..='\u{200A}' | '\u{202F}' | '\u{3000}' | '\u{2028}' | '\u{2029}'
    )
}

/// Characters that nobody sees.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{FFFC}' | '\u{200E}' | '\u{200F}'
    )
}

/// How much of a text that begins with no white space is as it will be shown; single spaces inside count.
fn plain_length(text: &str) -> usize {
    let mut space = None;
    for (at, c) in text.char_indices() {
        if c == ' ' && space.is_none() {
            space = Some(at);
        } else if is_blank(c) {
            return space.unwrap_or(at);
        } else if is_hidden(c) {
            return space.filter(|space| space + 1 == at).unwrap_or(at);
        } else {
            space = None;
        }
    }
    space.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::{Marks, Writer};

    #[test]
    fn white_space_is_what_a_reader_sees_of_it() {
        let mut writer = Writer::new();
        writer.text("  a \n b\u{A0} c ", Marks::default(), |from, to, same| {
            (from, to, same)
        });
        writer.text(" d ", Marks::default(), |from, to, same| {
            (from + 20, to + 20, same)
        });
        writer.line_break((30, 31, false));
        writer.text(" e ", Marks::default(), |from, to, same| {
            (from + 40, to + 40, same)
        });
        let text = writer.finish();
        assert_eq!(text.chars, "a b c d\ne");
        let shown: Vec<_> = text
            .stretches()
            .map(|(start, span)| (&text.chars[start..span.end], span.from))
            .collect();
        assert_eq!(
            shown,
            [
                ("a", (2, 3, true)),
                (" ", (3, 6, false)),
                ("b", (6, 7, true)),
                (" ", (7, 10, false)),
                ("c", (10, 11, true)),
                (" ", (11, 12, true)),
                ("d", (21, 22, true)),
                ("\n", (30, 31, false)),
                ("e", (41, 42, true)),
            ]
        );
    }

    #[test]
    fn a_space_at_the_edge_of_a_mark_is_not_marked() {
        let strong = Marks::default().with(Marks::STRONG);
        let mut one = Writer::new();
        one.text("a ", strong, |_, _, _| ());
        one.text("b", Marks::default(), |_, _, _| ());
        let mut other = Writer::new();
        other.text("a", strong, |_, _, _| ());
        other.text(" b", Marks::default(), |_, _, _| ());
        assert!(one.finish().says(&other.finish()));
    }
}
