//! Running text: marks, links, images.

use super::Writer;
use crate::convert::Flavour;
use crate::convert::tree::{Colour, Image, ImageSource, Inline, Link, Mark, PageName, Target};

impl Writer {
    pub(in crate::convert) fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text) => self.text(text),
            Inline::Break => self.line_break(),
            Inline::Code(code) => self.inline_code(code),
            Inline::Mark(mark, content) => self.marked(*mark, |w| w.inlines(content)),
            Inline::Link(link) => self.link(link),
            Inline::Image(image) => self.image(image),
            Inline::Date(day) => self.empty("time", &[("datetime", day)]),
            Inline::Anchor(name) => self.anchor(name),
            Inline::Placeholder { kind, text } => {
                let kind = kind.as_deref().map(|kind| ("ac:type", kind));
                self.element("ac:placeholder", kind.as_slice(), |w| w.text(text));
            }
            Inline::Macro(native) => self.native(native),
            Inline::Island(island) => self.out.push_str(&island.storage),
        }
    }

    pub(in crate::convert) fn marked<T>(&mut self, mark: Mark, inside: impl FnOnce(&mut Self) -> T) -> T {
        let name = match mark {
            Mark::Strong => "strong",
            Mark::Emphasis => "em",
            Mark::Strike => "del",
            Mark::Underline => "u",
            Mark::Subscript => "sub",
            Mark::Superscript => "sup",
            Mark::Small => "small",
            Mark::Colour(Colour(red, green, blue)) => {
                let style = format!("color: rgb({red},{green},{blue});");
                return self.element("span", &[("style", &style)], inside);
            }
            Mark::Highlight(Colour(red, green, blue)) => {
                let style = format!("background-color: rgb({red},{green},{blue});");
                return self.element("span", &[("style", &style)], inside);
            }
        };
        self.element(name, &[], inside)
    }

    /// A link to an address.
    pub(in crate::convert) fn web_link<T>(
        &mut self,
        url: &str,
        title: Option<&str>,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        match title {
            None => self.element("a", &[("href", url)], inside),
            Some(title) => self.element("a", &[("href", url), ("title", title)], inside),
        }
    }

    pub(in crate::convert) fn line_break(&mut self) {
        self.empty("br", &[]);
    }

    pub(in crate::convert) fn inline_code(&mut self, code: &str) {
        self.element("code", &[], |w| w.text(code));
    }

    fn link(&mut self, link: &Link) {
        let content = link.content.as_slice();
        let (anchor, resource): (Option<String>, Option<&Target>) = match &link.target {
            Target::Url(url) => {
                return self.web_link(url, link.title.as_deref(), |w| w.inlines(content));
            }
            Target::Anchor(name) => (Some(name.clone()), None),
            Target::Heading { text, earlier } => (Some(self.heading_anchor(text, *earlier)), None),
            Target::Page(page) => (
                page.anchor
                    .as_ref()
                    .map(|heading| self.heading_anchor(heading, 0)),
                Some(&link.target),
            ),
            other => (None, Some(other)),
        };
        let anchor = anchor.as_deref().map(|anchor| ("ac:anchor", anchor));
        self.element("ac:link", anchor.as_slice(), |w| {
            if let Some(target) = resource {
                w.resource(target);
            }
            match content {
                // Confluence shows the name of a person, whatever is written here.
                _ if matches!(link.target, Target::User(_)) => {}
                [] => {}
                [Inline::Text(text)] => w.element("ac:plain-text-link-body", &[], |w| w.cdata(text)),
                content => w.element("ac:link-body", &[], |w| w.inlines(content)),
            }
        });
    }

    /// The name Confluence gives to a heading: Cloud writes hyphens for spaces, Data Center leaves spaces out
    /// (<https://github.com/sphinx-contrib/confluencebuilder/pull/921>). A second one of the same text gets `.1`.
    fn heading_anchor(&self, text: &str, earlier: usize) -> String {
        let between = match self.flavour {
            Flavour::Cloud => "-",
            Flavour::DataCenter => "",
        };
        let mut anchor = text.split_whitespace().collect::<Vec<_>>().join(between);
        if earlier > 0 {
            anchor.push('.');
            anchor.push_str(&earlier.to_string());
        }
        anchor
    }

    fn resource(&mut self, target: &Target) {
        match target {
            Target::Page(page) => self.page_name(page),
            Target::Attachment(name) => self.empty("ri:attachment", &[("ri:filename", name)]),
            Target::Space(key) => self.empty("ri:space", &[("ri:space-key", key)]),
            Target::BlogPost { space, day, title } => {
                let space = space.as_deref().map(|space| ("ri:space-key", space));
                let rest = [
                    ("ri:posting-day", day.as_str()),
                    ("ri:content-title", title.as_str()),
                ];
                self.empty("ri:blog-post", &space.into_iter().chain(rest).collect::<Vec<_>>());
            }
            Target::Content(id) => self.empty("ri:content-entity", &[("ri:content-id", id)]),
            Target::User(account) => self.empty("ri:user", &[(self.user_key(account), account)]),
            Target::Url(_) | Target::Anchor(_) | Target::Heading { .. } => {}
        }
    }

    /// Cloud has account ids; Data Center has keys of 32 hexadecimal digits, and names.
    fn user_key(&self, account: &str) -> &'static str {
        match self.flavour {
            Flavour::Cloud => "ri:account-id",
            Flavour::DataCenter if account.len() == 32 && account.bytes().all(|b| b.is_ascii_hexdigit()) => {
                "ri:userkey"
            }
            Flavour::DataCenter => "ri:username",
        }
    }

    pub(super) fn page_name(&mut self, page: &PageName) {
        let space = page.space.as_deref().map(|space| ("ri:space-key", space));
        let title = std::iter::once(("ri:content-title", page.title.as_str()));
        self.empty("ri:page", &title.chain(space).collect::<Vec<_>>());
    }

    fn image(&mut self, image: &Image) {
        let (width, height) = (
            image.width.map(|w| w.to_string()),
            image.height.map(|h| h.to_string()),
        );
        let attributes: Vec<(&'static str, &str)> = [
            image.align.map(|align| ("ac:align", align)),
            (!image.alt.is_empty()).then_some(("ac:alt", image.alt.as_str())),
            image.title.as_deref().map(|title| ("ac:title", title)),
            image.border.then_some(("ac:border", "true")),
            width.as_deref().map(|width| ("ac:width", width)),
            height.as_deref().map(|height| ("ac:height", height)),
        ]
        .into_iter()
        .flatten()
        .collect();
        self.element("ac:image", &attributes, |w| {
            match &image.source {
                ImageSource::Url(url) => w.empty("ri:url", &[("ri:value", url)]),
                ImageSource::Attachment(name) => w.empty("ri:attachment", &[("ri:filename", name)]),
            }
            if !image.caption.is_empty() {
                w.element("ac:caption", &[], |w| {
                    w.element("p", &[], |w| w.inlines(&image.caption));
                });
            }
        });
    }
}
