//! Macros: `ac:structured-macro` with its parameters and its body.

use super::{Writer, code_language};
use crate::convert::Flavour;
use crate::convert::tree::{Alert, AlertKind, Code, Macro, Value};

impl Writer {
    fn structured_macro(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.element("ac:structured-macro", &[("ac:name", name)], inside);
    }

    fn parameter(&mut self, name: &str, value: &str) {
        self.element("ac:parameter", &[("ac:name", name)], |w| w.text(value));
    }

    fn value(&mut self, name: &str, value: &Value) {
        self.element("ac:parameter", &[("ac:name", name)], |w| match value {
            Value::Text(text) => w.text(text),
            Value::Page(page) => w.element("ac:link", &[], |w| w.page_name(page)),
            Value::Attachment(file) => w.empty("ri:attachment", &[("ri:filename", file)]),
            Value::Space(key) => w.empty("ri:space", &[("ri:space-key", key)]),
        });
    }

    pub(super) fn native(&mut self, native: &Macro) {
        self.structured_macro(&native.name, |w| {
            for (name, value) in &native.parameters {
                match value {
                    Value::Text(icon) if native.name == "panel" && name == "icon" => w.panel_icon(icon),
                    value => w.value(name, value),
                }
            }
            if let Some(body) = &native.body {
                w.element("ac:rich-text-body", &[], |w| w.some_blocks(body));
            }
        });
    }

    /// Only Cloud has icons, and it wants one three times.
    fn panel_icon(&mut self, icon: &str) {
        if self.flavour != Flavour::Cloud {
            return;
        }
        let shortcode = icon.trim().trim_matches(':');
        let emoji = emojis::get_by_shortcode(shortcode).or_else(|| emojis::get(icon.trim()));
        let Some(emoji) = emoji else { return };
        let id: Vec<String> = emoji
            .as_str()
            .chars()
            .map(|c| format!("{:x}", u32::from(c)))
            .collect();
        self.parameter(
            "panelIcon",
            &format!(":{}:", emoji.shortcode().unwrap_or(shortcode)),
        );
        self.parameter("panelIconId", &id.join("-"));
        self.parameter("panelIconText", emoji.as_str());
    }

    pub(super) fn anchor(&mut self, name: &str) {
        self.structured_macro("anchor", |w| w.parameter("", name));
    }

    pub(in crate::convert) fn code(&mut self, code: &Code) {
        let language = code
            .language
            .as_deref()
            .map(|word| code_language::of(word, self.flavour));
        let first_line = code.first_line.map(|line| line.to_string());
        let parameters = [
            ("language", language.as_deref()),
            ("title", code.title.as_deref()),
            ("linenumbers", code.line_numbers.then_some("true")),
            ("firstline", first_line.as_deref()),
            ("collapse", code.collapse.then_some("true")),
            ("theme", code.theme.as_deref()),
        ];
        // The line end before the closing fence belongs to the fence.
        let text = code.text.strip_suffix('\n').unwrap_or(&code.text);
        self.structured_macro("code", |w| {
            for (name, value) in parameters {
                if let Some(value) = value {
                    w.parameter(name, value);
                }
            }
            w.element("ac:plain-text-body", &[], |w| w.cdata(text));
        });
    }

    /// The macros go by the colours of Cloud's editor: `info` blue, `tip` green, `note` yellow, `warning` red.
    pub(super) fn alert(&mut self, alert: &Alert) {
        let name = match alert.kind {
            AlertKind::Note => "info",
            AlertKind::Tip => "tip",
            AlertKind::Warning => "note",
            AlertKind::Caution => "warning",
            AlertKind::Important => return self.important(alert),
        };
        self.panel(name, alert.title.as_deref(), alert);
    }

    pub(super) fn panel(&mut self, name: &str, title: Option<&str>, alert: &Alert) {
        self.structured_macro(name, |w| {
            if let Some(title) = title {
                w.parameter("title", title);
            }
            w.element("ac:rich-text-body", &[], |w| w.some_blocks(&alert.body));
        });
    }
}
