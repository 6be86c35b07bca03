//! What holds for every page and every edit.

use conflagent::convert::{Flavour, Gate, Layout, check_well_formed, storage_to_markdown, write_back};
use proptest::prelude::*;

fn words() -> impl Strategy<Value = String> {
    "[a-c*_\\[\\]`~#>|!:{}.-]{0,3}[a-z]{1,4}( [a-z*_<&\\[\\]()`1-3.:|\u{e4}\u{d55c}-]{1,6}){0,4}".prop_map(
        |text| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
        },
    )
}

fn running() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => words(),
        1 => words().prop_map(|text| format!("<strong>{text}</strong>")),
        1 => words().prop_map(|text| format!("<em>{text} </em>")),
        1 => words().prop_map(|text| format!("<code>{text}</code>")),
        1 => words().prop_map(|text| format!("<span style=\"color: red;\">{text}</span>")),
        1 => words().prop_map(|text| format!("<a href=\"https://e/x_y?a=1&amp;b=(2)\">{text}</a>")),
        1 => Just("<br />".to_owned()),
        1 => Just("&nbsp;&rsquo;".to_owned()),
        1 => Just("<ac:link><ri:page ri:content-title=\"A b\" /></ac:link>".to_owned()),
        1 => Just("<ac:image ac:width=\"3\"><ri:attachment ri:filename=\"a_b.png\" /></ac:image>".to_owned()),
        1 => Just("<ac:structured-macro ac:name=\"mathinline\"><ac:parameter ac:name=\"body\">x</ac:parameter></ac:structured-macro>".to_owned()),
        1 => words().prop_map(|text| format!("<ac:inline-comment-marker ac:ref=\"r\">{text}</ac:inline-comment-marker>")),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

fn block() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => running().prop_map(|text| format!("<p>{text}</p>")),
        1 => running().prop_map(|text| format!("<h2>{text}</h2>")),
        1 => Just("<hr />".to_owned()),
        1 => Just("<p />".to_owned()),
        1 => words().prop_map(|text| format!(
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[{text}\n```]]></ac:plain-text-body></ac:structured-macro>"
        )),
        1 => Just("<ac:structured-macro ac:name=\"drawio\" ac:macro-id=\"1\" />".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let blocks = proptest::collection::vec(inner, 1..3).prop_map(|blocks| blocks.concat());
        prop_oneof![
            blocks.clone().prop_map(|blocks| format!("<blockquote>{blocks}</blockquote>")),
            (running(), blocks.clone()).prop_map(|(text, blocks)| format!("<ul><li>{text}</li><li>{blocks}</li></ul>")),
            blocks.clone().prop_map(|blocks| format!("<ol><li>{blocks}</li></ol>")),
            (running(), running(), blocks.clone()).prop_map(|(a, b, blocks)| format!(
                "<table><tbody><tr><th>{a}</th><th /></tr><tr><td>{b}</td><td>{blocks}</td></tr></tbody></table>"
            )),
            blocks.clone().prop_map(|blocks| format!(
                "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body>{blocks}</ac:rich-text-body></ac:structured-macro>"
            )),
            blocks.prop_map(|blocks| format!(
                "<ac:structured-macro ac:name=\"excerpt\"><ac:rich-text-body>{blocks}</ac:rich-text-body></ac:structured-macro>"
            )),
        ]
    })
}

fn page() -> impl Strategy<Value = String> {
    proptest::collection::vec(block(), 0..5).prop_map(|blocks| blocks.join("\n"))
}

fn is_well_formed(storage: &str) -> bool {
    let declared = format!("<root xmlns:ac=\"a\" xmlns:ri=\"r\">{storage}</root>")
        .replace("&nbsp;", "\u{A0}")
        .replace("&rsquo;", "\u{2019}");
    roxmltree::Document::parse(&declared).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn what_is_not_edited_is_not_changed(page in page()) {
        let shown = storage_to_markdown(&page, Flavour::Cloud).unwrap();
        prop_assert!(!shown.markdown.contains("<ac:") && !shown.markdown.contains("<ri:"), "{}", shown.markdown);
        let written = write_back(&page, &shown.markdown, Flavour::Cloud, Gate::default()).unwrap();
        prop_assert_eq!(&written.storage, &page);
        // Nor by a reader that joins lines and drops white space at the end.
        let retyped = format!("\n{}\n\n", shown.markdown);
        let written = write_back(&page, &retyped, Flavour::Cloud, Gate::default()).unwrap();
        prop_assert!(!written.changed);
    }

    #[test]
    fn parts_put_together_are_the_page(page in page(), most in 1_usize..200) {
        let shown = storage_to_markdown(&page, Flavour::Cloud).unwrap();
        for (text, layout) in [(&shown.markdown, shown.layout.clone()), (&page, Layout::of_storage(&page))] {
            let mut start = 0;
            while start < text.len() {
                let mut reach = (start + most).min(text.len());
                while !text.is_char_boundary(reach) { reach += 1; }
                let end = layout.end_of_part(text, start..reach);
                prop_assert!(start < end && end <= reach && text.is_char_boundary(end), "{start} {end} {reach}");
                start = end;
            }
            prop_assert_eq!(start, text.len());
        }
        for heading in shown.layout.headings() {
            let section = &shown.markdown[heading.at.clone()];
            prop_assert!(section.starts_with(&"#".repeat(usize::from(heading.level))), "{section}");
        }
    }

    #[test]
    fn what_is_written_is_shown(page in page(), other in page(), cut in 0_usize..400, length in 0_usize..60, text in "[a-z *_`\\[\\]<>|#\n-]{0,12}") {
        let shown = storage_to_markdown(&page, Flavour::Cloud).unwrap().markdown;
        let edits = [
            storage_to_markdown(&other, Flavour::Cloud).unwrap().markdown.replace(":macro[", "macro["),
            {
                let mut start = cut.min(shown.len());
                while !shown.is_char_boundary(start) { start -= 1; }
                let mut end = (start + length).min(shown.len());
                while !shown.is_char_boundary(end) { end -= 1; }
                format!("{}{text}{}", &shown[..start], &shown[end.max(start)..])
            },
        ];
        for edited in edits {
            let gate = Gate { allow_removals: true };
            if let Ok(written) = write_back(&page, &edited, Flavour::Cloud, gate) {
                prop_assert!(check_well_formed(&written.storage).is_ok());
                prop_assert!(is_well_formed(&written.storage), "{}", written.storage);
                let again = storage_to_markdown(&written.storage, Flavour::Cloud).unwrap();
                let twice = write_back(&written.storage, &again.markdown, Flavour::Cloud, gate).unwrap();
                prop_assert!(!twice.changed);
            }
        }
    }

    #[test]
    fn a_word_that_is_edited_is_all_that_changes(page in page(), pick in 0_usize..40) {
        let marked = page.replacen("</p>", " uniqueword</p>", 1);
        prop_assume!(marked != page);
        let shown = storage_to_markdown(&marked, Flavour::Cloud).unwrap().markdown;
        prop_assert!(shown.contains("uniqueword"), "{}", shown);
        let new = format!("other{pick}");
        let written = write_back(&marked, &shown.replace("uniqueword", &new), Flavour::Cloud, Gate::default());
        prop_assert_eq!(written.map(|written| written.storage).map_err(|refusal| refusal.to_string()), Ok(marked.replace("uniqueword", &new)));
    }
}
