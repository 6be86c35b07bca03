//! The frame of a tag, and what its attributes say.

use crate::convert::read_markdown::builder::Builder;
use crate::convert::read_markdown::close::image;
use crate::convert::read_markdown::frame::Kind;
use crate::convert::read_markdown::html::Tag;
use crate::convert::read_markdown::style;
use crate::convert::tree::{Align, Cell, Code, Colour, Inline, Mark};

/// What `<mark>` and a highlighter leave: a light yellow.
const HIGHLIGHT: Colour = Colour(255, 250, 179);

impl Builder<'_> {
    pub(super) fn kind_of(&mut self, tag: &Tag<'_>) -> Kind {
        match tag.name.as_str() {
            "a" => self.anchor(tag),
            "b" | "strong" => Kind::Mark(Mark::Strong),
            "i" | "em" | "cite" | "dfn" | "var" => Kind::Mark(Mark::Emphasis),
            "s" | "strike" | "del" => Kind::Mark(Mark::Strike),
            "u" | "ins" => Kind::Mark(Mark::Underline),
            "sub" => Kind::Mark(Mark::Subscript),
            "sup" => Kind::Mark(Mark::Superscript),
            "small" => Kind::Mark(Mark::Small),
            "mark" => Kind::Mark(Mark::Highlight(background(tag).unwrap_or(HIGHLIGHT))),
            "span" | "font" => coloured(tag),
            "code" | "kbd" | "samp" | "tt" => Kind::InlineCode,
            "q" => Kind::Quotation,
            "time" => self.time(tag),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading {
                level: tag.name.as_bytes().get(1).map_or(1, |digit| digit - b'0'),
                anchor: tag.get("id").or_else(|| tag.get("name")).map(str::to_owned),
            },
            "blockquote" => Kind::Quote,
            "ul" | "menu" => Kind::List { start: None },
            "ol" => Kind::List {
                start: Some(tag.get("start").and_then(|start| start.parse().ok()).unwrap_or(1)),
            },
            "li" => Kind::Item { task: None },
            "dt" => Kind::Term,
            "dd" => Kind::Definition,
            "table" => Kind::Table { aligns: Vec::new() },
            "caption" => Kind::Caption,
            "tr" => Kind::Row { header: false },
            "td" | "th" => Kind::Cell(cell(tag)),
            "pre" => Kind::Code(Code {
                language: language(tag),
                ..Code::default()
            }),
            "details" => Kind::Details,
            "summary" => Kind::Summary,
            "center" => Kind::Group {
                align: Some(Align::Center),
            },
            "address" | "article" | "aside" | "body" | "dialog" | "div" | "fieldset" | "figcaption"
            | "figure" | "footer" | "form" | "header" | "hgroup" | "html" | "legend" | "main" | "nav"
            | "p" | "search" | "section" => Kind::Group { align: align(tag) },
            _ => Kind::Transparent,
        }
    }

    /// A link, or with `name` or `id` a place to link to.
    fn anchor(&mut self, tag: &Tag<'_>) -> Kind {
        if let Some(name) = tag.get("name").or_else(|| tag.get("id")) {
            let name = self.held.restore(name).into_owned();
            self.inline(Inline::Anchor(name));
        }
        match tag.get("href") {
            Some(url) => {
                let url = self.held.restore(url).into_owned();
                self.link(&url, tag.get("title").map(str::to_owned))
            }
            None => Kind::Transparent,
        }
    }

    /// A day, in place of its text; other times stay text.
    fn time(&mut self, tag: &Tag<'_>) -> Kind {
        match tag.get("datetime").filter(|day| is_day(day)) {
            Some(day) => {
                let day = day.to_owned();
                self.inline(Inline::Date(day));
                Kind::Dropped
            }
            None => Kind::Transparent,
        }
    }

    pub(super) fn html_image(&mut self, tag: &Tag<'_>) {
        let attribute = |name| tag.get(name).map(|value| self.held.restore(value).into_owned());
        let (url, alt, title) = (
            attribute("src").unwrap_or_default(),
            attribute("alt"),
            attribute("title"),
        );
        self.check_image(&url);
        let mut inline = image(&url, title, &[Inline::Text(alt.unwrap_or_default())]);
        if let Inline::Image(image) = &mut inline {
            let number = |name| tag.get(name)?.trim_end_matches("px").parse().ok();
            image.width = number("width");
            image.height = number("height");
        }
        self.inline(inline);
    }
}

/// Whether the text is a day such as `2026-12-24`.
pub(in crate::convert) fn is_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |length: usize, range: std::ops::RangeInclusive<u16>| {
        let part = parts
            .next()
            .filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()));
        part.and_then(|part| part.parse().ok())
            .is_some_and(|number: u16| range.contains(&number))
    };
    number(4, 0..=9999) && number(2, 1..=12) && number(2, 1..=31) && parts.next().is_none()
}

fn align(tag: &Tag<'_>) -> Option<Align> {
    let style = tag
        .get("style")
        .and_then(|style| style::property(style, "text-align"));
    style.or_else(|| tag.get("align")).and_then(style::align)
}

fn background(tag: &Tag<'_>) -> Option<Colour> {
    let style = tag.get("style")?;
    ["background-color", "background"]
        .iter()
        .find_map(|name| style::colour(style::property(style, name)?))
}

/// Colour wins over highlight where a span has both.
fn coloured(tag: &Tag<'_>) -> Kind {
    let named = tag.get("color").and_then(style::colour);
    let styled = || {
        tag.get("style")
            .and_then(|style| style::property(style, "color"))
            .and_then(style::colour)
    };
    match (named.or_else(styled), background(tag)) {
        (Some(colour), _) => Kind::Mark(Mark::Colour(colour)),
        (None, Some(colour)) => Kind::Mark(Mark::Highlight(colour)),
        (None, None) => decorated(tag.get("style").unwrap_or_default()),
    }
}

fn decorated(style: &str) -> Kind {
    let has = |name, value: &str| style::property(style, name).is_some_and(|found| found.contains(value));
    if has("text-decoration", "line-through") {
        Kind::Mark(Mark::Strike)
    } else if has("text-decoration", "underline") {
        Kind::Mark(Mark::Underline)
    } else if has("font-weight", "bold") {
        Kind::Mark(Mark::Strong)
    } else if has("font-style", "italic") {
        Kind::Mark(Mark::Emphasis)
    } else {
        Kind::Transparent
    }
}

fn cell(tag: &Tag<'_>) -> Cell {
    let span = |name| {
        tag.get(name)
            .and_then(|span| span.trim().parse().ok())
            .filter(|span| (2..=1000).contains(span))
    };
    Cell {
        header: tag.name == "th",
        align: align(tag),
        columns: span("colspan"),
        rows: span("rowspan"),
        content: Vec::new(),
    }
}

fn language(tag: &Tag<'_>) -> Option<String> {
    let class = tag
        .get("class")
        .and_then(|class| class.split_whitespace().find_map(|c| c.strip_prefix("language-")));
    class.or_else(|| tag.get("lang")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::is_day;

    #[test]
    fn days_have_a_year_a_month_and_a_day() {
        assert!(is_day("2026-12-24"));
        for text in [
            "",
            "2026-1-02",
            "2026-13-01",
            "2026-12-32",
            "2026-12-24T10:00",
            "26-12-24",
            "2026-12",
            "+026-12-24",
        ] {
            assert!(!is_day(text), "{text}");
        }
    }
}
