//! What a body looks like after the server saved it, and what of it a reader without macros sees.

use serde_json::{Value, json};
use uuid::Uuid;

use super::markup::{Event, Malformed, scan};

/// Checks a body as the server's XML parser does.
pub(crate) fn check(body: &str) -> Result<(), Malformed> {
    scan(body, &mut |_| {})
}

/// Cloud: macros get a schema version and an id, self-closing tags a blank before the slash. The rest keeps
/// its bytes. The body must have passed [`check`].
pub(crate) fn on_cloud(body: &str, with_macro_ids: bool, next_macro_id: &mut dyn FnMut() -> Uuid) -> String {
    // Insertions as (position, text), in the order of positions.
    let mut insertions: Vec<(usize, String)> = Vec::new();
    let scanned = scan(body, &mut |event| {
        let Event::Open {
            name,
            attributes,
            empty,
            span,
        } = event
        else {
            return;
        };
        let tail = if empty { 2 } else { 1 };
        let spaced = body[..span.end - tail].ends_with([' ', '\t', '\n', '\r']);
        let mut added = String::new();
        if with_macro_ids && name == "ac:structured-macro" {
            let lacks = |wanted: &str| attributes.iter().all(|(known, _)| *known != wanted);
            if lacks("ac:schema-version") {
                added += " ac:schema-version=\"1\"";
            }
            if lacks("ac:macro-id") {
                added += " ac:macro-id=\"";
                added += &next_macro_id().to_string();
                added.push('"');
            }
        }
        if empty && !spaced {
            added.push(' ');
        }
        if !added.is_empty() {
            let before_blank = if spaced {
                span.end - tail - 1
            } else {
                span.end - tail
            };
            insertions.push((before_blank, added));
        }
    });
    debug_assert!(scanned.is_ok(), "the caller checked the body");
    if insertions.is_empty() {
        return body.to_owned();
    }
    let mut saved = String::with_capacity(body.len() + insertions.len() * 80);
    let mut done = 0;
    for (position, text) in insertions {
        saved += &body[done..position];
        saved += &text;
        done = position;
    }
    saved += &body[done..];
    saved
}

/// The readable text of a body, for search and excerpts: parameters of macros left out, blocks separated.
pub(crate) fn text(body: &str) -> String {
    let mut out = String::new();
    let mut hidden = 0_usize;
    let scanned = scan(body, &mut |event| match event {
        Event::Open {
            name, empty: false, ..
        } if is_hidden(name) => hidden += 1,
        Event::Close { name } if is_hidden(name) => hidden = hidden.saturating_sub(1),
        Event::Open { name, .. } | Event::Close { name } => {
            if !is_inline(name) {
                out.push(' ');
            }
        }
        Event::Text(text) | Event::Data(text) => {
            if hidden == 0 {
                out += text;
            }
        }
        Event::Character(character) => {
            if hidden == 0 {
                out.push(character);
            }
        }
    });
    debug_assert!(scanned.is_ok(), "what is stored was checked");
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "ac:parameter" | "ac:task-id" | "ac:task-status" | "ac:task-uuid" | "ac:placeholder"
    )
}

fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "strong"
            | "i"
            | "em"
            | "u"
            | "s"
            | "del"
            | "code"
            | "span"
            | "sub"
            | "sup"
            | "ac:inline-comment-marker"
    )
}

/// A cheap rendering for `view` and its relatives: macros become boxes, links become anchors.
pub(crate) fn view(body: &str) -> String {
    let mut out = String::new();
    let mut hidden = 0_usize;
    let scanned = scan(body, &mut |event| match event {
        Event::Open {
            name, empty: false, ..
        } if is_hidden(name) => hidden += 1,
        Event::Close { name } if is_hidden(name) => hidden = hidden.saturating_sub(1),
        _ if hidden > 0 => {}
        Event::Open {
            name,
            attributes,
            empty,
            ..
        } => open_view(&mut out, name, attributes, empty),
        Event::Close { name } => match name {
            "br" | "hr" | "img" | "col" => {}
            _ if name.contains(':') => out += end_of(name),
            _ => {
                out += "</";
                out += name;
                out.push('>');
            }
        },
        Event::Text(text) => out += text,
        Event::Data(text) => escape(&mut out, text),
        Event::Character(character) => escape(&mut out, character.encode_utf8(&mut [0; 4])),
    });
    debug_assert!(scanned.is_ok(), "what is stored was checked");
    out
}

fn open_view(out: &mut String, name: &str, attributes: &[(&str, &str)], empty: bool) {
    let value = |wanted: &str| {
        attributes
            .iter()
            .find(|(known, _)| *known == wanted)
            .map_or("", |(_, value)| *value)
    };
    match name {
        "ac:structured-macro" => {
            *out += "<div class=\"conf-macro\" data-macro-name=\"";
            *out += value("ac:name");
            *out += "\">";
        }
        "ac:plain-text-body" => *out += "<pre>",
        "ac:task-list" => *out += "<ul class=\"inline-task-list\">",
        "ac:task" => *out += "<li>",
        "ri:page" => {
            *out += "<a href=\"#\">";
            *out += value("ri:content-title");
            *out += "</a>";
        }
        _ if name.contains(':') => {}
        _ => {
            out.push('<');
            *out += name;
            for (attribute, value) in attributes
                .iter()
                .filter(|(attribute, _)| !attribute.starts_with("ac:"))
            {
                out.push(' ');
                *out += attribute;
                *out += "=\"";
                *out += value;
                out.push('"');
            }
            *out += if empty && matches!(name, "br" | "hr" | "img" | "col") {
                " />"
            } else {
                ">"
            };
        }
    }
}

fn end_of(name: &str) -> &'static str {
    match name {
        "ac:structured-macro" => "</div>",
        "ac:plain-text-body" => "</pre>",
        "ac:task-list" => "</ul>",
        "ac:task" => "</li>",
        _ => "",
    }
}

/// A body in storage format from what a client sent; `None` for representations that cannot be written.
pub(crate) fn to_storage(representation: &str, value: &str) -> Option<String> {
    let paragraphs = |texts: &[String]| {
        let mut out = String::new();
        for text in texts {
            out += "<p>";
            escape(&mut out, text);
            out += "</p>";
        }
        out
    };
    match representation {
        "storage" | "editor" | "view" => Some(value.to_owned()),
        // Wiki markup and documents of the new editor keep their words only.
        "wiki" => Some(paragraphs(
            &value
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )),
        "atlas_doc_format" => {
            let document: Value = serde_json::from_str(value).ok()?;
            let blocks = document["content"].as_array()?;
            Some(paragraphs(&blocks.iter().map(words).collect::<Vec<_>>()))
        }
        _ => None,
    }
}

/// The text below a node of the new editor's document.
fn words(node: &Value) -> String {
    if let Some(text) = node["text"].as_str() {
        return text.to_owned();
    }
    node["content"]
        .as_array()
        .map(|nodes| nodes.iter().map(words).collect())
        .unwrap_or_default()
}

/// The words of a body as a document of the new editor.
pub(crate) fn document(body: &str) -> Value {
    let text = text(body);
    let content = if text.is_empty() {
        json!([])
    } else {
        json!([{ "type": "text", "text": text }])
    };
    json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": content }] })
}

/// Escapes text for HTML and for row titles of the search.
pub(crate) fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => *out += "&amp;",
            '<' => *out += "&lt;",
            '>' => *out += "&gt;",
            '"' => *out += "&quot;",
            _ => out.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(body: &str) -> String {
        on_cloud(body, true, &mut Uuid::nil)
    }

    #[test]
    fn cloud_marks_macros_and_spaces_self_closing_tags() {
        assert_eq!(
            saved("<ac:structured-macro ac:name=\"toc\"/><hr/><br />"),
            "<ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\" \
             ac:macro-id=\"00000000-0000-0000-0000-000000000000\" /><hr /><br />"
        );
    }

    #[test]
    fn cloud_keeps_the_marks_a_macro_has() {
        let body = "<ac:structured-macro ac:name=\"toc\" ac:schema-version=\"2\" ac:macro-id=\"x\" />";
        assert_eq!(saved(body), body);
        assert_eq!(saved("<p>a &nbsp; b</p>\n"), "<p>a &nbsp; b</p>\n");
    }

    #[test]
    fn text_leaves_out_what_is_not_read() {
        let body = "<h1>Ti<b>tl</b>e</h1><ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">py\
                    </ac:parameter><ac:plain-text-body><![CDATA[x < 1]]></ac:plain-text-body></ac:structured-macro><p>a&amp;b</p>";
        assert_eq!(text(body), "Title x < 1 a&b");
    }

    #[test]
    fn view_is_html() {
        let body = "<p>a<br/>&lt;</p><ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>";
        assert_eq!(
            view(body),
            "<p>a<br />&lt;</p><div class=\"conf-macro\" data-macro-name=\"info\"><p>x</p></div>"
        );
    }
}
