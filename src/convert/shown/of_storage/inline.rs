//! Running text of a page: characters with their places, marks, and things such as days and mentions.

use super::{Reader, Spot};
use crate::convert::read_markdown::is_day;
use crate::convert::shown::text::{Marks, Span, Text, Thing, Writer};
use crate::convert::source::{Id, Source, What};

/// What is found on the way through running text.
pub(super) enum Step {
    /// Its content is read with these marks.
    Into(Marks),
    /// Nothing of it is seen.
    Skip,
    /// It is one thing.
    Thing(Thing),
    /// It is text as a whole, with these marks.
    Text(String, Marks),
    Break,
}

impl Reader<'_, '_> {
    /// The text in a row of nodes.
    pub(super) fn running(&mut self, nodes: &[Id]) -> Text<Spot> {
        let mut writer = Writer::new();
        for &node in nodes {
            self.run_into(node, &mut writer, true);
        }
        writer.finish()
    }

    /// The text of a caption, which has no marks.
    pub(super) fn plain_running(&mut self, id: Id) -> Text<Spot> {
        let mut writer = Writer::new();
        let children: Vec<Id> = self.source.children(id).collect();
        for child in children {
            self.run_into(child, &mut writer, false);
        }
        writer.finish()
    }

    /// Goes through a node without recursion: inline elements may be hundreds deep.
    fn run_into(&mut self, node: Id, writer: &mut Writer<Spot>, marked: bool) {
        let source = self.source;
        let mut open: Vec<(usize, Marks)> = Vec::new();
        let mut skip = 0;
        for id in std::iter::once(node).chain(source.descendants(node)) {
            let at = source.node(id).outer.clone();
            if at.start < skip {
                continue;
            }
            while open.last().is_some_and(|(end, _)| *end <= at.start) {
                open.pop();
            }
            let marks = open.last().map(|(_, marks)| *marks).unwrap_or_default();
            if !source.is_element(id) {
                self.characters(id, marks, writer);
                continue;
            }
            let spot = Spot {
                at: at.clone(),
                within: source.parent(id).unwrap_or(Id::ROOT),
                same: false,
            };
            match self.step(id, marks, writer) {
                Step::Into(inside) => open.push((at.end, if marked { inside } else { marks })),
                Step::Skip => skip = at.end,
                Step::Break => {
                    writer.line_break(spot);
                    skip = at.end;
                }
                Step::Text(text, marks) => {
                    let marks = if marked { marks } else { Marks::default() };
                    writer.whole(&text, marks, spot);
                    skip = at.end;
                }
                Step::Thing(_) if !marked => skip = at.end,
                Step::Thing(thing) => {
                    writer.thing(thing, marks, spot);
                    skip = at.end;
                }
            }
        }
    }

    fn characters(&self, id: Id, marks: Marks, writer: &mut Writer<Spot>) {
        let node = self.source.node(id);
        let parent = self.source.parent(id).unwrap_or(Id::ROOT);
        match node.what {
            What::Text | What::Cdata => {
                let within = if node.what == What::Cdata { id } else { parent };
                let start = node.inner.start;
                writer.text(&self.source.text[node.inner.clone()], marks, |from, to, same| {
                    Spot {
                        at: start + from..start + to,
                        within,
                        same,
                    }
                });
            }
            What::Reference => {
                let spot = Spot {
                    at: node.outer.clone(),
                    within: parent,
                    same: false,
                };
                writer.whole(&self.source.literal(id), marks, spot);
            }
            What::Root | What::Element { .. } | What::Comment => {}
        }
    }

    /// Characters of a block of code.
    pub(super) fn verbatim_into(&self, id: Id, text: &mut Text<Spot>) {
        let node = self.source.node(id);
        let parent = self.source.parent(id).unwrap_or(Id::ROOT);
        let mut put = |shown: &str, at: std::ops::Range<usize>, within, same| {
            if shown.is_empty() {
                return;
            }
            text.chars.push_str(shown);
            text.spans.push(Span {
                end: text.chars.len(),
                marks: Marks::default(),
                from: Spot { at, within, same },
            });
        };
        match node.what {
            What::Text | What::Cdata => {
                let within = if node.what == What::Cdata { id } else { parent };
                let mut at = node.inner.start;
                for line in self.source.text[node.inner.clone()].split_inclusive("\r\n") {
                    let kept = line.strip_suffix("\r\n").unwrap_or(line);
                    put(kept, at..at + kept.len(), within, true);
                    if kept.len() < line.len() {
                        put("\n", at + kept.len()..at + line.len(), within, false);
                    }
                    at += line.len();
                }
            }
            What::Reference => put(&self.source.literal(id), node.outer.clone(), parent, false),
            What::Element { .. } if self.source.name(id) == "br" => {
                put("\n", node.outer.clone(), parent, false);
            }
            What::Root | What::Element { .. } | What::Comment => {}
        }
    }

    fn step(&mut self, id: Id, marks: Marks, writer: &mut Writer<Spot>) -> Step {
        if self.opaque.contains(&id) {
            return Step::Thing(self.inline_token(id));
        }
        let name = self.source.name(id);
        let bit = mark_bit(self.source, id);
        if bit != 0 {
            return Step::Into(marks.with(bit));
        }
        match name {
            "br" => Step::Break,
            "a" => {
                let href = self.source.attribute(id, "href");
                match href.filter(|href| !href.trim().is_empty()) {
                    Some(href) if marks.link == 0 => self.web_link(id, &href, marks, writer),
                    _ => Step::Into(marks),
                }
            }
            "ac:link" => self.link(id, marks, writer),
            "ac:image" => self.image(id),
            "img" => {
                let alt = self.source.attribute(id, "alt").unwrap_or_default();
                let url = self.source.attribute(id, "src").unwrap_or_default();
                let title = self.source.attribute(id, "title");
                self.picture(id, &url, &alt, title.as_deref())
            }
            "ac:emoticon" => self.emoticon(id, marks),
            "time" => self.time(id, marks),
            "ac:structured-macro" | "ac:macro" => self.inline_macro(id, marks),
            "ac:placeholder" => self.placeholder(id),
            "ac:parameter"
            | "ac:adf-mark"
            | "ac:adf-attribute"
            | "ac:adf-fallback"
            | "ac:default-parameter" => Step::Skip,
            _ => Step::Into(marks),
        }
    }

    fn time(&mut self, id: Id, marks: Marks) -> Step {
        let day = self.source.attribute(id, "datetime").filter(|day| is_day(day));
        match day {
            Some(day) => Step::Thing(Thing {
                key: format!("date:{day}"),
                markdown: format!(":date[{day}]"),
            }),
            None if !self.source.plain(id).trim().is_empty() => Step::Into(marks),
            None => Step::Thing(self.inline_token(id)),
        }
    }

    fn emoticon(&mut self, id: Id, marks: Marks) -> Step {
        let attribute = |name| {
            self.source
                .attribute(id, name)
                .filter(|text| !text.trim().is_empty())
        };
        if let Some(fallback) = attribute("ac:emoji-fallback") {
            return Step::Text(fallback.into_owned(), marks);
        }
        match attribute("ac:emoji-shortname").or_else(|| attribute("ac:name")) {
            Some(name) => Step::Text(format!(":{}:", name.trim_matches(':')), marks),
            None => Step::Thing(self.inline_token(id)),
        }
    }

    fn placeholder(&mut self, id: Id) -> Step {
        let text = self.source.plain(id);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let kind = self.source.attribute(id, "ac:type");
        if !is_label(&text) || kind.as_deref().is_some_and(|kind| !is_word(kind)) {
            return Step::Thing(self.inline_token(id));
        }
        let braces = kind
            .as_ref()
            .map(|kind| format!("{{type={kind}}}"))
            .unwrap_or_default();
        Step::Thing(Thing {
            key: format!("placeholder:{}:{text}", kind.unwrap_or_default()),
            markdown: format!(":placeholder[{text}]{braces}"),
        })
    }

    /// A macro in running text.
    fn inline_macro(&mut self, id: Id, marks: Marks) -> Step {
        let name = self.source.attribute(id, "ac:name").unwrap_or_default();
        let parameter = |name| {
            let text = self.source.plain(self.source.parameter(id, name)?);
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        match name.as_ref() {
            "anchor" => Step::Skip,
            "status" => {
                let colour = parameter("colour").filter(|colour| {
                    let known = ["grey", "red", "yellow", "green", "blue", "purple"];
                    known.contains(&colour.to_ascii_lowercase().as_str())
                });
                let subtle = parameter("subtle").is_some_and(|subtle| subtle == "true");
                match parameter("title").filter(|title| is_label(title)) {
                    Some(title) => Step::Thing(status(&title, colour.as_deref(), subtle)),
                    None => Step::Thing(self.inline_token(id)),
                }
            }
            "jira" => match parameter("key").filter(|key| is_word(key)) {
                Some(key) => Step::Thing(Thing {
                    key: format!("jira:{key}"),
                    markdown: format!(":jira[{key}]"),
                }),
                None => Step::Thing(self.inline_token(id)),
            },
            _ if self.source.child(id, "ac:rich-text-body").is_some() => Step::Into(marks),
            _ => Step::Thing(self.inline_token(id)),
        }
    }

    /// The name that an anchor macro gives to the heading it is in.
    pub(super) fn anchor_in(&self, heading: Id) -> Option<String> {
        let anchor = self.source.children(heading).find(|child| {
            self.is_macro(*child) && self.source.attribute(*child, "ac:name").as_deref() == Some("anchor")
        })?;
        let value = self
            .source
            .children(anchor)
            .find(|child| matches!(self.source.name(*child), "ac:parameter" | "ac:default-parameter"))?;
        let name = self.source.plain(value).trim().to_owned();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        (!name.is_empty() && name.chars().all(fits)).then_some(name)
    }
}

/// The mark that an element puts on its text; none for most.
pub(in crate::convert) fn mark_bit(source: &Source<'_>, id: Id) -> u16 {
    match source.name(id) {
        "strong" | "b" => Marks::STRONG,
        "em" | "i" | "cite" | "dfn" | "var" => Marks::EMPHASIS,
        "del" | "s" | "strike" => Marks::STRIKE,
        "u" | "ins" => Marks::UNDERLINE,
        "sub" => Marks::SUBSCRIPT,
        "sup" => Marks::SUPERSCRIPT,
        "small" => Marks::SMALL,
        "code" | "tt" | "kbd" | "samp" => Marks::CODE,
        "span" => {
            let style = source.attribute(id, "style").unwrap_or_default();
            let struck = style.contains("text-decoration") && style.contains("line-through");
            if struck { Marks::STRIKE } else { 0 }
        }
        _ => 0,
    }
}

fn status(title: &str, colour: Option<&str>, subtle: bool) -> Thing {
    let mut words = Vec::new();
    words.extend(colour.map(|colour| format!("colour={colour}")));
    words.extend(subtle.then(|| "subtle".to_owned()));
    let braces = if words.is_empty() {
        String::new()
    } else {
        format!("{{{}}}", words.join(" "))
    };
    Thing {
        key: format!(
            "status:{title}:{}:{subtle}",
            colour.unwrap_or_default().to_ascii_lowercase()
        ),
        markdown: format!(":status[{title}]{braces}"),
    }
}

/// Whether a text can be the label of a directive as it is.
fn is_label(text: &str) -> bool {
    let special = |c: char| {
        matches!(
            c,
            '[' | ']' | '\\' | '\n' | '\r' | '|' | '`' | '<' | '\t' | '*' | '_'
        )
    };
    !text.is_empty()
        && text.len() < 400
        && text.trim() == text
        && !text.contains(special)
        && !text.contains("  ")
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
