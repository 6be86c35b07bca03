//! One page that holds every macro seen on real pages, read as Markdown and written back with a word changed.

use serde_json::json;

use super::{body, markdown};
use crate::support::on_both;

/// Macros around blocks; `word` stands in each.
const AROUND_BLOCKS: &[&str] = &[
    "alert",
    "auimessage",
    "belarusian",
    "block",
    "bulgarian",
    "canadian-en",
    "canadian-fr",
    "catalan",
    "center",
    "chinese",
    "clickable",
    "croatian",
    "czech",
    "danish",
    "dutch",
    "english",
    "english-us",
    "estonian",
    "excerpt",
    "expand",
    "french",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "icelandic",
    "info",
    "irish",
    "italian",
    "japanese",
    "korean",
    "latvian",
    "lithuanian",
    "lozenge",
    "macro",
    "macroName",
    "maltese",
    "norwegian",
    "norwegian-nb",
    "note",
    "panel",
    "polish",
    "portuguese",
    "portuguese-br",
    "release-widget",
    "romanian",
    "russian",
    "scroll-content-block",
    "scroll-ignore",
    "scroll-landscape",
    "scroll-only",
    "scroll-pdf-ignore",
    "scroll-pdf-only",
    "scroll-portrait",
    "scroll-tablelayout",
    "scroll-title",
    "show-if",
    "slovak",
    "slovenian",
    "spanish",
    "sv-translation",
    "thai",
    "tip",
    "turkish",
    "ui-step",
    "ui-steps",
    "ukrainian",
    "vietnamese",
    "warning",
    "welsh",
];

/// Macros around text that is not markup.
const AROUND_TEXT: &[&str] = &["cite-summary", "code", "mathblock", "noformat", "plantuml"];

/// Macros without a body, on a line of their own.
const ALONE: &[&str] = &[
    "children",
    "content-report-table",
    "excerpt-include",
    "floatmenu",
    "hypothetical-scroll-imagemap",
    "include",
    "jira",
    "jiraissues",
    "listlabels",
    "livesearch",
    "macroWithUserParams",
    "not-a-real-macro",
    "outgoing-links",
    "pagetree",
    "pagetreesearch",
    "random-macro",
    "roadmap",
    "scroll-pagebreak",
    "somemacro",
    "spaces",
    "toc",
    "view-file",
    "viewport-redirect",
    "viewport-url-redirect",
    "widget",
];

/// Macros within a line of text.
const IN_A_LINE: &[&str] = &[
    "anchor",
    "mathblock-ref",
    "mathinline",
    "scroll-bookmark",
    "scroll-exportbutton",
    "scroll-ignore-inline",
    "scroll-indexterm",
    "scroll-only-inline",
    "scroll-pagetitle",
    "scroll-pdf-ignore-inline",
    "status",
    "unit",
];

/// What stands between macros: everything else that Confluence writes into a body.
const BETWEEN: &str = concat!(
    "<p>Ask <ac:link><ri:user ri:account-id=\"5b10a2844c20165700ede21g\" /></ac:link> or see ",
    "<ac:link><ri:page ri:space-key=\"OPS\" ri:content-title=\"Runbook\" /><ac:link-body>the <em>runbook</em></ac:link-body></ac:link>, ",
    "<ac:link ac:anchor=\"limits\"><ac:plain-text-link-body><![CDATA[limits]]></ac:plain-text-link-body></ac:link>, ",
    "<ac:link><ri:attachment ri:filename=\"plan.pdf\" /></ac:link> by <time datetime=\"2026-03-01\" /> ",
    "<ac:emoticon ac:name=\"tick\" /><br /><ac:inline-comment-marker ac:ref=\"0b6f1c1e\">noted</ac:inline-comment-marker></p>",
    "<ac:image ac:align=\"center\" ac:width=\"400\"><ri:attachment ri:filename=\"a.png\" /><ac:caption><p>Figure</p></ac:caption></ac:image>",
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-uuid>7f2e</ac:task-uuid><ac:task-status>complete</ac:task-status>",
    "<ac:task-body>Ship</ac:task-body></ac:task></ac:task-list>",
    "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note</ac:adf-attribute>",
    "<ac:adf-content><p>Kept in step</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div class=\"panel\"><p>Kept in step</p></div>",
    "</ac:adf-fallback></ac:adf-extension>",
    "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><p>left</p></ac:layout-cell><ac:layout-cell><p>right</p>",
    "</ac:layout-cell></ac:layout-section></ac:layout>",
);

/// The word that stands in the n-th macro, and nowhere else.
fn word(number: usize) -> String {
    format!("word{number}x")
}

/// Whether the n-th macro is one whose text is not shown for editing, but as the label of a token.
fn shown_as_a_label(number: usize) -> bool {
    let name = number
        .checked_sub(AROUND_BLOCKS.len())
        .map(|place| AROUND_TEXT[place]);
    matches!(name, Some("cite-summary" | "mathblock"))
}

/// The n-th macro with this inside.
fn macro_of(name: &str, number: usize, inside: &str) -> String {
    let id = format!("00000000-0000-4000-8000-{number:012}");
    format!(
        "<ac:structured-macro ac:name=\"{name}\" ac:schema-version=\"1\" ac:macro-id=\"{id}\">{inside}</ac:structured-macro>"
    )
}

/// The page, and how many macros have a word in them that Markdown shows.
fn every_macro() -> (String, usize) {
    let mut page = String::from("<p>The first paragraph.</p>");
    for (number, name) in AROUND_BLOCKS.iter().enumerate() {
        let title = "<ac:parameter ac:name=\"title\">A title</ac:parameter>";
        let inside = format!(
            "{title}<ac:rich-text-body><p>Before {} <strong>after</strong>.</p></ac:rich-text-body>",
            word(number)
        );
        page.push_str(&macro_of(name, number, &inside));
    }
    page.push_str(BETWEEN);
    for (number, name) in AROUND_TEXT.iter().enumerate() {
        let number = number + AROUND_BLOCKS.len();
        let text = word(number);
        let inside =
            format!("<ac:plain-text-body><![CDATA[if a < b && c {{\n  {text}\n}}]]></ac:plain-text-body>");
        page.push_str(&macro_of(name, number, &inside));
    }
    let words = AROUND_BLOCKS.len() + AROUND_TEXT.len();
    for (number, name) in ALONE.iter().enumerate() {
        let resource = match number % 5 {
            0 => "<ri:url ri:value=\"https://example.org/a?b=1&amp;c=2\" />",
            1 => "<ac:link><ri:page ri:content-title=\"Runbook\" /></ac:link>",
            2 => "<ri:space ri:space-key=\"OPS\" />",
            3 => "<ri:attachment ri:filename=\"plan.pdf\" />",
            _ => "5",
        };
        let inside = format!(
            "<ac:parameter ac:name=\"\">{resource}</ac:parameter><ac:parameter ac:name=\"depth\">2</ac:parameter>"
        );
        page.push_str(&macro_of(name, words + number, &inside));
    }
    page.push_str("<p>A line with ");
    for (number, name) in IN_A_LINE.iter().enumerate() {
        let inside = "<ac:parameter ac:name=\"title\">Draft</ac:parameter>";
        page.push_str(&macro_of(name, 500 + number, inside));
        page.push_str(" and ");
    }
    page.push_str("nothing more.</p>");
    (page, words)
}

on_both! {
    async fn a_page_of_every_macro_changes_by_the_word_that_was_changed(bridge) {
        let (page, _) = every_macro();
        let id = bridge.simulator.add_page(&bridge.simulator.root_page_id(), "Macros", &page);
        let (text, version) = markdown(&bridge, "/pages/Macros").await;
        assert!(!text.contains("<ac:") && !text.contains("<ri:"), "{text}");
        for (before, after) in [("first paragraph", "second paragraph"), ("nothing more", "nothing else")] {
            let expected = body(&bridge, &id).replacen(before, after, 1);
            let (text, _) = markdown(&bridge, "/pages/Macros").await;
            let request = json!({"body": text.replacen(before, after, 1), "format": "markdown"});
            let data = bridge.put("/pages/Macros", request).await.data();
            assert_eq!((&data["changed"], &data["removed"]), (&json!(true), &json!([])));
            assert_eq!(body(&bridge, &id), expected);
        }
        assert_eq!(bridge.simulator.page(&id).expect("there").version, version + 2);
    }

    async fn the_words_within_a_macro_can_be_changed(bridge) {
        let (mut expected, words) = every_macro();
        let id = bridge.simulator.add_page(&bridge.simulator.root_page_id(), "Macros", &expected);
        let (mut text, _) = markdown(&bridge, "/pages/Macros").await;
        for number in (0..words).filter(|number| !shown_as_a_label(*number)) {
            assert!(text.contains(&word(number)), "macro {number} hides its words: {text}");
            text = text.replacen(&word(number), "changed", 1);
            expected = expected.replacen(&word(number), "changed", 1);
        }
        let answer = bridge.put("/pages/Macros", json!({"body": text, "format": "markdown"})).await;
        let data = answer.data();
        assert_eq!((&data["changed"], &data["removed"]), (&json!(true), &json!([])));
        assert_eq!(body(&bridge, &id), expected);
        assert!(answer.json().get("warnings").is_none(), "what was there before is no news: {}", answer.text);
    }

    async fn only_what_the_caller_added_is_warned_about(bridge) {
        let page = macro_of("ui-step", 1, "<ac:rich-text-body><p>One.</p></ac:rich-text-body>");
        bridge.simulator.add_page(&bridge.simulator.root_page_id(), "Macros", &page);
        let (text, _) = markdown(&bridge, "/pages/Macros").await;
        let added = format!("{text}\n\n:::slides\n\nNew.\n\n:::\n");
        let answer = bridge.put("/pages/Macros", json!({"body": added, "format": "markdown"})).await;
        let warnings = answer.json()["warnings"].clone();
        assert_eq!(warnings.as_array().map(Vec::len), Some(1), "{}", answer.text);
        assert!(warnings[0].as_str().is_some_and(|text| text.starts_with("slides is no macro")), "{warnings}");
    }

    async fn a_label_is_no_text_and_cannot_be_changed(bridge) {
        let (page, words) = every_macro();
        let id = bridge.simulator.add_page(&bridge.simulator.root_page_id(), "Macros", &page);
        let (text, _) = markdown(&bridge, "/pages/Macros").await;
        for number in (0..words).filter(|number| shown_as_a_label(*number) && text.contains(&word(*number))) {
            let edited = text.replacen(&word(number), "changed", 1);
            let answer = bridge.put("/pages/Macros", json!({"body": edited, "format": "markdown"})).await;
            assert_eq!(answer.status, 422, "{}", answer.text);
        }
        assert_eq!(body(&bridge, &id), page);
    }
}
