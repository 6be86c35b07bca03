//! What must hold of every page and of every text that shows one.

use conflagent::convert::{check_acceptable, check_well_formed};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// # Panics
/// When our parser or another one does not take the storage.
pub fn assert_well_formed(storage: &str) {
    if let Err(malformed) = check_well_formed(storage) {
        panic!("not well-formed: {malformed}\n{storage}");
    }
    let declared = format!(
        "<page xmlns:ac='urn:ac' xmlns:ri='urn:ri' xmlns:at='urn:at' xmlns:fab='urn:fab'>{}</page>",
        without_entities(storage)
    );
    if let Err(error) = roxmltree::Document::parse(&declared) {
        panic!("not well-formed to roxmltree: {error}\n{declared}");
    }
}

/// # Panics
/// When Confluence would refuse, drop or mangle something in the storage.
pub fn assert_acceptable(storage: &str) {
    if let Err(objection) = check_acceptable(storage) {
        panic!("{objection}\n{storage}");
    }
}

/// # Panics
/// When a reader of Markdown would see a tag of storage in it, outside of code.
pub fn assert_no_storage_tags(markdown: &str) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    for event in Parser::new_ext(markdown, options) {
        let seen = match &event {
            Event::Html(html) | Event::InlineHtml(html) => is_tag(html),
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink,
                dest_url,
                ..
            }) => dest_url.starts_with("ac:") || dest_url.starts_with("ri:"),
            _ => false,
        };
        assert!(!seen, "a tag of storage is shown: {event:?}\n{markdown}");
    }
}

fn is_tag(html: &str) -> bool {
    ["<ac:", "</ac:", "<ri:", "</ri:"].iter().any(|tag| html.contains(tag))
}

/// The names that HTML has for characters are unknown to the other parser; any letter does in their place.
fn without_entities(storage: &str) -> String {
    let mut out = String::with_capacity(storage.len());
    let mut rest = storage;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = &rest[1..];
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let is_named = length > 0 && name.as_bytes().get(length) == Some(&b';');
        if is_named && !matches!(&name[..length], "amp" | "lt" | "gt" | "quot" | "apos") {
            out.push('x');
            rest = &name[length + 1..];
        } else {
            out.push('&');
            rest = name;
        }
    }
    out.push_str(rest);
    out
}
