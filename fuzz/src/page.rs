//! Pages of storage made from bytes: well-formed whatever the bytes are, and rich in what only Confluence has.

use crate::bytes::Bytes;

/// Deeper than this there is only text.
const DEEPEST: usize = 7;

/// A page longer than this ends, in bytes.
const LONGEST: usize = 4_000;

/// A page made from the bytes.
pub fn from_bytes(bytes: &[u8]) -> String {
    let mut maker = Maker {
        bytes: Bytes::new(bytes),
        out: String::new(),
        depth: 0,
        tasks: 0,
    };
    while !maker.bytes.is_empty() && maker.out.len() < LONGEST {
        maker.block();
    }
    maker.out
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "word", "a", " ", "two words ", "\u{e9}", "\u{d55c}\u{ad6d}", "\u{1F600}", "1. ", "- ", "* ", "# ", "> ", "*", "**", "_", "~~", "~", "^",
    "`", "```", "[", "]", "](", ")", "[[", "]]", "|", "\\", "&amp;", "&lt;", "&gt;", "&lt;ac:link&gt;", "&nbsp;", "&rsquo;", "&amp;amp;",
    ":", "::", ":::", "::toc", ":status[x]", ":::panel", "{#x}", "{", "}", "!", "![", "---", "===", "\n", "\t", "  ", "\u{a0}", "\u{200b}",
    "https://e.x/a_b", "[x]", "[ ] ", "[^1]", "$x$", "@", "+ ", "a:b", ".", "-", "&#42;", "&quot;", "'", "<![CDATA[x*y]]>", "<!-- c -->",
    "end ", "Term", ": def", "~x~", "&lt;br&gt;", "&lt;/b&gt;", "&lt;!--", "\r\n", "\u{2028}", "\u{fffc}", "0", "\u{ad}",
];

#[rustfmt::skip]
const TITLES: &[&str] = &["Set up", "A", "x*y", "a|b", "S:T", "[x]", "a#b", "50%", "a &amp; b", "&lt;i&gt;", "\"q'", "\\", " ", "a/b", "_a_", "`", ""];

#[rustfmt::skip]
const ADDRESSES: &[&str] = &[
    "https://e.x/", "https://e.x/a_(b)?c=1&amp;d=2", "#anchor", "/relative", "", "mailto:a@b.c", "https://e.x/a b", "page:A", "user:1", "file.png",
    "javascript:x", "https://e.x/|", "attachment:a%20b.png", "a&lt;b", "[x]", "ftp://e", "\\", "https://\u{e9}.x/", "data:x",
];

#[rustfmt::skip]
const MARKS: &[&str] = &["strong", "em", "code", "del", "u", "sub", "sup", "small", "span", "b", "i", "s", "tt", "ac:inline-comment-marker", "a", "q", "font", "time"];

#[rustfmt::skip]
const MACROS: &[&str] = &[
    "info", "note", "tip", "warning", "panel", "expand", "excerpt", "details", "section", "column", "code", "noformat", "toc", "children", "status",
    "jira", "drawio", "include", "anchor", "mathinline", "html", "layout", "decisions", "macro", "view-file", "plantuml", "", "a b", "unknown", "caption",
];

#[rustfmt::skip]
const PARAMETERS: &[&str] = &["title", "language", "key", "colour", "subtle", "linenumbers", "firstline", "collapse", "hidden", "", "name", "type", "body", "a b", "jqlQuery"];

struct Maker<'b> {
    bytes: Bytes<'b>,
    out: String,
    depth: usize,
    tasks: usize,
}

impl Maker<'_> {
    fn is_full(&self) -> bool {
        self.depth >= DEEPEST || self.out.len() >= LONGEST || self.bytes.is_empty()
    }

    /// An element around what `inside` makes.
    fn element(&mut self, tag: &str, inside: impl FnOnce(&mut Self)) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.out.push_str(&format!("<{tag}>"));
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.out.push_str(&format!("</{name}>"));
    }

    fn times(&mut self, most: usize, mut make: impl FnMut(&mut Self)) {
        for _ in 0..self.bytes.below(most + 1) {
            make(self);
        }
    }

    fn blocks(&mut self) {
        self.times(4, Self::block);
    }

    fn block(&mut self) {
        if self.is_full() {
            return self.running();
        }
        match self.bytes.below(26) {
            0..=3 => self.element("p", Self::running),
            4 => self.element("p style=\"text-align: right;\" local-id=\"1\"", Self::running),
            5 => {
                let level = self.bytes.below(6) + 1;
                self.element(&format!("h{level}"), Self::running);
            }
            6 | 7 => self.list("ul"),
            8 => self.list("ol"),
            9 => self.list("ol start=\"7\""),
            10 => self.task_list(),
            11 | 12 => self.table(),
            13 | 14 => self.macro_(),
            15 => self.element("blockquote", Self::blocks),
            16 => self.out.push_str("<hr />"),
            17 => self.layout(),
            18 => self.element("div class=\"x\"", Self::blocks),
            19 => self.running(),
            20 => self.element("pre", Self::running),
            21 => self.image(),
            22 => self.editor_node(),
            23 => self.out.push_str("<p />"),
            24 => self.element("dl", |maker| {
                maker.element("dt", Self::running);
                maker.element("dd", Self::blocks);
            }),
            _ => {
                // Any element anywhere.
                let all = [
                    MARKS,
                    &[
                        "li",
                        "td",
                        "tr",
                        "tbody",
                        "ac:task",
                        "ac:link",
                        "ac:rich-text-body",
                        "ac:x",
                        "x",
                    ],
                ]
                .concat();
                let name = self.bytes.one_of(&all);
                self.element(name, Self::blocks);
            }
        }
        if self.bytes.below(8) == 7 {
            self.out.push('\n');
        }
    }

    fn running(&mut self) {
        self.times(6, Self::piece);
    }

    fn piece(&mut self) {
        if self.is_full() {
            return self.out.push_str("x");
        }
        match self.bytes.below(20) {
            0..=8 => {
                let word = self.bytes.one_of(WORDS);
                if word.starts_with('>') && self.out.ends_with("]]") {
                    self.out.push(' ');
                }
                self.out.push_str(word);
            }
            9..=12 => {
                let mark = self.bytes.one_of(MARKS);
                self.element(mark, Self::running);
            }
            13 => {
                let address = self.bytes.one_of(ADDRESSES);
                self.element(&format!("a href=\"{address}\""), Self::running);
            }
            14 => self.out.push_str("<br />"),
            15 | 16 => self.link(),
            17 => self.image(),
            18 => self.macro_(),
            _ => {
                let things = [
                    "<time datetime=\"2026-01-02\" />",
                    "<time datetime=\"soon\" />",
                    "<ac:emoticon ac:name=\"smile\" />",
                    "<ac:emoticon ac:emoji-fallback=\"\u{1F642}\" ac:name=\"x\" />",
                    "<ac:emoticon ac:name=\"a*b\" />",
                    "<ac:placeholder>say *so*</ac:placeholder>",
                    "<ac:placeholder ac:type=\"mention\">who</ac:placeholder>",
                    "<img src=\"a b.png\" alt=\"[x]\" />",
                    "<span style=\"text-decoration: line-through;\">x </span>",
                    "<span style=\"color: rgb(1,2,3);\"> y</span>",
                ];
                let thing = self.bytes.one_of(&things);
                self.out.push_str(thing);
            }
        }
    }

    fn list(&mut self, tag: &str) {
        self.element(tag, |maker| {
            maker.times(4, |maker| match maker.bytes.below(6) {
                0 | 1 => maker.element("li", Self::running),
                2 | 3 => maker.element("li", Self::blocks),
                4 => maker.element("li", |maker| maker.element("p", Self::running)),
                _ if maker.is_full() => {}
                _ => maker.list("ul"),
            });
        });
    }

    fn task_list(&mut self) {
        self.element("ac:task-list", |maker| {
            maker.times(4, |maker| {
                maker.tasks += 1;
                let status = maker.bytes.one_of(&["incomplete", "complete"]);
                let number = maker.tasks;
                maker.element("ac:task", |maker| {
                    maker.out.push_str(&format!(
                        "<ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status>"
                    ));
                    maker.element("ac:task-body", Self::running);
                });
                if maker.bytes.below(6) == 5 && !maker.is_full() {
                    maker.task_list();
                }
            });
        });
    }

    fn table(&mut self) {
        self.element("table data-layout=\"wide\"", |maker| {
            if maker.bytes.below(3) == 2 {
                maker
                    .out
                    .push_str("<colgroup><col style=\"width: 10px;\" /></colgroup>");
            }
            maker.element("tbody", |maker| {
                let columns = maker.bytes.below(4);
                maker.times(4, |maker| {
                    maker.element("tr", |maker| {
                        for _ in 0..columns {
                            maker.cell();
                        }
                    });
                });
            });
        });
    }

    fn cell(&mut self) {
        match self.bytes.below(10) {
            0..=2 => self.element("td", Self::running),
            3 | 4 => self.element("td", |maker| maker.element("p", Self::running)),
            5 => self.element("th", |maker| maker.element("p", Self::running)),
            6 => self.element("td", Self::blocks),
            7 => self.element("td colspan=\"2\"", Self::running),
            8 => self.element("td rowspan=\"2\"", Self::blocks),
            _ => self.out.push_str("<td />"),
        }
    }

    fn macro_(&mut self) {
        let name = self.bytes.one_of(MACROS);
        let body = self.bytes.below(4);
        self.element(
            &format!("ac:structured-macro ac:name=\"{name}\" ac:macro-id=\"m\""),
            |maker| {
                maker.times(2, |maker| {
                    let name = maker.bytes.one_of(PARAMETERS);
                    maker.element(&format!("ac:parameter ac:name=\"{name}\""), |maker| {
                        match maker.bytes.below(5) {
                            0 => maker.out.push_str("true"),
                            1 => maker.out.push_str("Green"),
                            2 => {
                                let title = maker.bytes.one_of(TITLES).replace('"', "&quot;");
                                maker.out.push_str(&format!(
                                    "<ac:link><ri:page ri:content-title=\"{title}\" /></ac:link>"
                                ));
                            }
                            3 => {
                                let title = maker.bytes.one_of(TITLES);
                                maker.out.push_str(title);
                            }
                            _ => {
                                let word = maker.bytes.one_of(WORDS);
                                maker.out.push_str(word);
                            }
                        }
                    });
                });
                match body {
                    0 => {}
                    1 => {
                        let text = maker.bytes.one_of(&[
                            "x = 1",
                            "a\n\nb\n",
                            "```\nx\n```",
                            "    y\n",
                            "",
                            "<ac:link>",
                            "~~~",
                            "\n",
                        ]);
                        maker.out.push_str(&format!(
                            "<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"
                        ));
                    }
                    2 => maker.element("ac:rich-text-body", Self::running),
                    _ => maker.element("ac:rich-text-body", Self::blocks),
                }
            },
        );
    }

    fn layout(&mut self) {
        self.element("ac:layout", |maker| {
            maker.times(2, |maker| {
                let kind = maker.bytes.one_of(&["single", "two_equal", "fixed-width", "x y"]);
                maker.element(&format!("ac:layout-section ac:type=\"{kind}\""), |maker| {
                    maker.times(3, |maker| maker.element("ac:layout-cell", Self::blocks));
                });
            });
        });
    }

    fn image(&mut self) {
        let tag = self.bytes.one_of(&[
            "ac:image",
            "ac:image ac:width=\"300\" ac:alt=\"a [b]\"",
            "ac:image ac:title=\"t &quot;u&quot;\" ac:align=\"center\"",
        ]);
        self.element(tag, |maker| {
            let resource = maker.bytes.one_of(&[
                "<ri:attachment ri:filename=\"a b.png\" />",
                "<ri:attachment ri:filename=\"50%.png\"><ri:page ri:content-title=\"A\" /></ri:attachment>",
                "<ri:url ri:value=\"https://e.x/i.png\" />",
                "<ri:url ri:value=\"data:image/png;base64,xx\" />",
                "",
            ]);
            maker.out.push_str(resource);
            if maker.bytes.below(4) == 3 {
                maker.element("ac:caption", |maker| maker.element("p", Self::running));
            }
        });
    }

    fn link(&mut self) {
        let tag = self.bytes.one_of(&[
            "ac:link",
            "ac:link ac:anchor=\"Head line\"",
            "ac:link ac:card-appearance=\"inline\"",
        ]);
        self.element(tag, |maker| {
            let title = maker.bytes.one_of(TITLES).replace('"', "&quot;");
            let resource = match maker.bytes.below(10) {
                0 | 1 => format!("<ri:page ri:content-title=\"{title}\" />"),
                2 => format!(
                    "<ri:page ri:space-key=\"DEV\" ri:content-title=\"{title}\" ri:version-at-save=\"3\" />"
                ),
                3 => format!("<ri:attachment ri:filename=\"{title}\" />"),
                4 => "<ri:user ri:account-id=\"5:a\" />".to_owned(),
                5 => format!("<ri:user ri:username=\"{title}\" />"),
                6 => "<ri:space ri:space-key=\"DEV\" />".to_owned(),
                7 => format!("<ri:blog-post ri:posting-day=\"2026/01/31\" ri:content-title=\"{title}\" />"),
                8 => "<ri:content-entity ri:content-id=\"12\" />".to_owned(),
                _ => String::new(),
            };
            maker.out.push_str(&resource);
            match maker.bytes.below(4) {
                0 => {}
                1 => {
                    let text = maker.bytes.one_of(&["text", "a*b", "", "[x]", " y ", "a|b"]);
                    maker.out.push_str(&format!(
                        "<ac:plain-text-link-body><![CDATA[{text}]]></ac:plain-text-link-body>"
                    ));
                }
                _ => maker.element("ac:link-body", Self::running),
            }
        });
    }

    fn editor_node(&mut self) {
        let kind = self.bytes.one_of(&["panel", "decision-list", "bodied-extension"]);
        let panel = self.bytes.one_of(&["note", "info", "error", "custom"]);
        self.element("ac:adf-extension", |maker| {
            maker.element(&format!("ac:adf-node type=\"{kind}\""), |maker| {
                maker.out.push_str(&format!(
                    "<ac:adf-attribute key=\"panel-type\">{panel}</ac:adf-attribute>"
                ));
                if kind == "decision-list" {
                    return maker.times(3, |maker| {
                        maker.element("ac:adf-node type=\"decision-item\"", |maker| {
                            maker.element("ac:adf-content", Self::running);
                        });
                    });
                }
                maker.element("ac:adf-content", Self::blocks);
            });
            if maker.bytes.below(2) == 1 {
                maker.element("ac:adf-fallback", Self::blocks);
            }
        });
    }
}
