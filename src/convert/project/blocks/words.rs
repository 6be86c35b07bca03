//! What stands beside the content of a block: names, parameters, the words after a fence.

use crate::convert::shown::Code;
use crate::convert::tree::AlertKind;

pub(super) fn alert_name(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Note => "NOTE",
        AlertKind::Tip => "TIP",
        AlertKind::Important => "IMPORTANT",
        AlertKind::Warning => "WARNING",
        AlertKind::Caution => "CAUTION",
    }
}

/// What stands after a fence.
pub(super) fn info(code: &Code) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut text = |key: &str, value: &Option<String>| {
        if let Some(value) = value {
            words.push(format!("{key}=\"{value}\""));
        }
    };
    text("title", &code.title);
    text("theme", &code.theme);
    match (code.first_line, code.line_numbers) {
        (Some(number), _) => words.push(format!("firstline={number}")),
        (None, true) => words.push("linenumbers".to_owned()),
        (None, false) => {}
    }
    if code.collapse {
        words.push("collapse".to_owned());
    }
    match &code.language {
        Some(language) => {
            words.insert(0, language.clone());
            words.join(" ")
        }
        // The first word would be the language.
        None if !words.is_empty() => format!("{{{}}}", words.join(" ")),
        None => String::new(),
    }
}

/// Parameters in braces.
pub(super) fn braces(parameters: &[(String, String)]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let words = parameters.iter().map(|(key, value)| {
        let is_bare = !value.is_empty()
            && value.chars().all(|c| {
                c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#' | '/' | ':' | ',' | '+' | '%' | '@')
            });
        if is_bare {
            format!("{key}={value}")
        } else if value.contains('"') {
            format!("{key}='{value}'")
        } else {
            format!("{key}=\"{value}\"")
        }
    });
    format!("{{{}}}", words.collect::<Vec<_>>().join(" "))
}
