//! What must hold of every page and of every text that shows one.

use std::collections::BTreeSet;

use conflagent::convert::{check_acceptable, check_well_formed};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// What other readers of Markdown know.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM);

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
    for event in Parser::new_ext(markdown, OPTIONS) {
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

/// The words of a text as a reader without our dialect sees them. None where there are tags: what becomes of them is
/// more than their words. Left out is what is no text of the page: lines that begin or end containers and alerts, tokens, ids, what stands in braces, names
/// of people, and names of emoji, which become characters.
pub fn words(markdown: &str) -> Option<Vec<String>> {
    // It could be front matter, which is left out.
    if markdown.starts_with("---") {
        return None;
    }
    let plain: Vec<String> = markdown.split('\n').map(without_dialect).collect();
    let (mut words, mut person) = (String::new(), false);
    for event in Parser::new_ext(&plain.join("\n"), OPTIONS) {
        let is_inline = |tag: TagEnd| {
            matches!(
                tag,
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
            )
        };
        match &event {
            Event::Start(tag) if !is_inline(tag.to_end()) => words.push(' '),
            Event::End(tag) if !is_inline(*tag) => words.push(' '),
            _ => {}
        }
        match event {
            Event::Html(_) | Event::InlineHtml(_) => return None,
            Event::Start(Tag::Link { dest_url, .. }) => person = dest_url.starts_with("user:"),
            Event::End(TagEnd::Link) => person = false,
            Event::Text(text) | Event::Code(text) if !person => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            _ => {}
        }
    }
    let words = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    Some(words.map(str::to_owned).collect())
}

/// The ids of the tokens in a text; those of equal tokens are one.
pub fn tokens(markdown: &str) -> BTreeSet<&str> {
    let after = markdown.split(":macro[").skip(1);
    let ids = after.filter_map(|text| {
        let (_, id) = text.split_once("]{#")?;
        id.split(['-', '}']).next()
    });
    ids.collect()
}

/// Whether some words stand among others in the same order.
pub fn is_within(words: &[String], all: &[String]) -> bool {
    let mut all = all.iter();
    words.iter().all(|word| all.any(|other| other == word))
}

fn without_dialect(line: &str) -> String {
    let content = line.trim_start_matches([' ', '>']);
    let prefix = &line[..line.len() - content.len()];
    // A block of its own in the place where it stands: an item that begins with it is not empty.
    if content.starts_with(":::") {
        return format!("{prefix}# \u{25A1}");
    }
    // An alert can become another kind, with the name of its own as title, where it cannot be what it was.
    let kinds = ["NOTE]", "TIP]", "IMPORTANT]", "WARNING]", "CAUTION]"];
    let kind = content.strip_prefix("[!").unwrap_or_default();
    if kinds.iter().any(|known| kind.starts_with(known)) {
        return prefix.to_owned();
    }
    let mut line = line.replace(":smile:", "\u{25A1}");
    for opens in [":macro[", "{#", "]{"] {
        let mut from = 0;
        while let Some(start) = line[from..].find(opens).map(|at| from + at) {
            let Some(length) = line[start..].find('}') else {
                break;
            };
            line.replace_range(start..=start + length, "\u{25A1}");
            from = start;
        }
    }
    // A directive without a label, whose parameters have no order.
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let mut from = 0;
    while let Some(start) = line[from..].find('{').map(|at| from + at) {
        let name = line[..start].trim_end_matches(is_name);
        from = start + 1;
        if name.len() < start && name.ends_with(':') {
            let length = length_in_braces(&line[start..]);
            line.replace_range(start..start + length, "\u{25A1}");
            from = start + '\u{25A1}'.len_utf8();
        }
    }
    line
}

/// How much of a text that begins with a brace is in braces; what is quoted does not end it.
fn length_in_braces(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '}' if !quoted => return at + 1,
            _ => {}
        }
    }
    1
}

fn is_tag(html: &str) -> bool {
    ["<ac:", "</ac:", "<ri:", "</ri:"]
        .iter()
        .any(|tag| html.contains(tag))
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
