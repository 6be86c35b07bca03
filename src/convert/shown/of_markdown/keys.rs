//! What links and things are known by: two are equal exactly when a reader sees the same.

use crate::convert::read_markdown::TOKEN;
use crate::convert::tree::{self, Image, ImageSource, Inline, Link, PageName, Target, Value};

pub(super) fn token_id(native: &tree::Macro) -> String {
    let id = native.parameters.first().map(|(_, value)| value_key(value));
    id.unwrap_or_default()
}

pub(super) fn token_label(native: &tree::Macro) -> String {
    let label = native.parameters.get(1).map(|(_, value)| value_key(value));
    label.unwrap_or_default()
}

pub(super) fn parameters(native: &tree::Macro) -> Vec<(String, String)> {
    let pairs = native
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), value_key(value)));
    sorted(pairs.collect())
}

/// The order of parameters means nothing.
pub(in crate::convert) fn sorted(mut parameters: Vec<(String, String)>) -> Vec<(String, String)> {
    parameters.sort_by(|a, b| a.0.cmp(&b.0));
    parameters
}

fn value_key(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Attachment(text) | Value::Space(text) => text.clone(),
        Value::Page(page) => page_key(page),
    }
}

/// A page as `SPACE:Title#heading`.
pub(in crate::convert) fn page_key(page: &PageName) -> String {
    page_named(page, ':')
}

/// A page with what stands between its space and its title.
fn page_named(page: &PageName, separator: char) -> String {
    let PageName { space, title, anchor } = page;
    let space = space.as_ref().map(|space| format!("{space}{separator}"));
    let anchor = anchor.as_ref().map(|anchor| format!("#{anchor}"));
    format!(
        "{}{title}{}",
        space.unwrap_or_default(),
        anchor.unwrap_or_default()
    )
}

/// A target as an address in our own schemes; after it, the title of the link.
pub(in crate::convert) fn target_key(target: &Target, title: Option<&str>) -> String {
    // What the schemes decode is encoded here.
    let encoded = |text: &str| text.replace('%', "%25");
    let mut key = match target {
        Target::Url(url) => url.clone(),
        Target::Page(page) => format!("page:{}", encoded(&page_named(page, '/'))),
        Target::Anchor(name) => format!("#{name}"),
        Target::Heading { text, earlier } => format!("#{text}.{earlier}"),
        Target::Attachment(name) => format!("attachment:{}", encoded(name)),
        Target::Space(key) => format!("space:{}", encoded(key)),
        Target::BlogPost { space, day, title } => {
            let space = space
                .as_ref()
                .map(|space| format!("{space}/"))
                .unwrap_or_default();
            format!("blog:{}", encoded(&format!("{space}{day}/{title}")))
        }
        Target::Content(id) => format!("content:{id}"),
        Target::User(user) => format!("user:{}", encoded(user)),
    };
    if let Some(title) = title {
        key.push('\u{1}');
        key.push_str(title);
    }
    key
}

/// An image by what of it is seen.
pub(in crate::convert) fn image_key(source: &ImageSource, alt: &str, title: Option<&str>) -> String {
    let source = match source {
        ImageSource::Url(url) => format!("url {url}"),
        ImageSource::Attachment(name) => format!("file {name}"),
    };
    format!(
        "image:{source}\u{1}{alt}\u{1}{}",
        spaced(title.unwrap_or_default())
    )
}

pub(super) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The title of an alert, as little as can be said on its line.
pub(in crate::convert) fn title(title: &str) -> Option<String> {
    let title = spaced(&title.replace(['*', '`'], ""));
    (!title.is_empty()).then_some(title)
}

/// What a thing is known by.
pub(in crate::convert) fn thing_key(inline: &Inline) -> String {
    match inline {
        Inline::Link(link) => link_key(link),
        inline => key_of(inline),
    }
}

/// Whether it stands among characters as one of them.
pub(in crate::convert) fn is_thing(inline: &Inline) -> bool {
    match inline {
        Inline::Link(link) => thing_of_link(link).is_some(),
        Inline::Text(_) | Inline::Code(_) | Inline::Break | Inline::Mark(..) => false,
        _ => true,
    }
}

pub(super) fn link_key(link: &Link) -> String {
    target_key(&link.target, link.title.as_deref())
}

/// People, and pages under their own title, are things.
pub(super) fn thing_of_link(link: &Link) -> Option<String> {
    let is_thing = link.content.is_empty() || matches!(link.target, Target::User(_));
    is_thing.then(|| link_key(link))
}

pub(super) fn key_of(inline: &Inline) -> String {
    match inline {
        Inline::Image(image) => image_thing(image),
        Inline::Date(day) => format!("date:{day}"),
        Inline::Anchor(name) => format!("anchor:{name}"),
        Inline::Placeholder { kind, text } => {
            format!(
                "placeholder:{}:{}",
                kind.as_deref().unwrap_or_default(),
                spaced(text)
            )
        }
        Inline::Macro(native) => macro_key(native),
        Inline::Island(island) => format!("island:{}", island.storage),
        Inline::Text(_) | Inline::Code(_) | Inline::Break | Inline::Mark(..) | Inline::Link(_) => {
            String::new()
        }
    }
}

fn image_thing(image: &Image) -> String {
    let mut key = image_key(&image.source, &spaced(&image.alt), image.title.as_deref());
    if !image.caption.is_empty() {
        key.push('\u{1}');
        key.push_str(&tree::plain_text(&image.caption));
    }
    key
}

fn macro_key(native: &tree::Macro) -> String {
    let parameter = |name: &str| {
        let found = native.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value_key(value)).unwrap_or_default()
    };
    match native.name.as_str() {
        TOKEN => format!("token:{}", token_id(native)),
        "status" => format!(
            "status:{}:{}:{}",
            parameter("title"),
            parameter("colour").to_ascii_lowercase(),
            parameter("subtle") == "true"
        ),
        "jira" if native.parameters.len() == 1 => format!("jira:{}", parameter("key")),
        name => format!("macro:{name}:{:?}", parameters(native)),
    }
}
