//! What holds for every input.

use conflagent::convert::{Flavour, Format, body_to_storage, check_well_formed, detect, markdown_to_storage};
use proptest::prelude::*;

use crate::oracle::{assert_well_formed, problem};

/// Text in which markup is far likelier than in random characters.
fn markdown_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "# ", "## x {#id}\n", "\n", "\n\n", "- ", "1. ", "7) ", "> ", "> [!NOTE] t\n", "```", "```py title=\"a\"\n", "~~~\n",
            "    ", "\t", "*", "**", "_", "~~", "~", "^", "`", "``", "[", "](", ")", "[x](y)", "[x]: u \"t\"\n",
            "![a](b.png)", "![", "<b>", "</b>", "<i>", "</i>", "<br>", "<br/>", "<p>", "</p>", "<div>", "</div>",
            "<table>", "<tr>", "<td colspan=2>", "</td>", "</table>", "<li>", "<ul>", "</ul>", "<a href='u'>", "</a>",
            "<details>", "<summary>", "</details>", "<script>", "</script>", "<!-- c -->", "<!--", "-->", "<?x?>", "<String>",
            "<ac:link>", "</ac:link>", "<ac:image><ri:url ri:value=\"u\"/></ac:image>", "<ac:x", "<![CDATA[", "]]>",
            "|", "|---|:-:|\n", "| a | b |\n", "---\n", "===\n", "- [ ] ", "- [x] ", "[^1]", "[^1]: n\n", "[[T]]",
            "[[S:T#h|t]]", ":::", ":::panel{title=\"t\"}\n", ":::\n", "::toc{}\n", ":status[Done]{colour=Green}",
            ":date[2026-01-02]", "[@N](user:1)", "Term\n: def\n", "&amp;", "&", "&nbsp;", "&check;", "&#0;", "\\", "\u{0}",
            "\u{1}", "\u{2}", "\u{b}", "\u{fffe}", "\u{feff}", "é", "😀", "\r\n", "\r", "javascript:x", "https://a.b/c",
            "\"", "'", "{", "}", "a", "word ", " ", "  \n", "---\ntitle: x\n---\n", "```storage\n<p>a</p>\n```\n",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn flavour() -> impl Strategy<Value = Flavour> {
    prop_oneof![Just(Flavour::Cloud), Just(Flavour::DataCenter)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_markdown_becomes_well_formed_storage(markdown in markdown_like(), flavour in flavour()) {
        assert_well_formed(&markdown_to_storage(&markdown, flavour).storage);
    }

    #[test]
    fn any_text_becomes_well_formed_storage(text in any::<String>(), flavour in flavour()) {
        assert_well_formed(&markdown_to_storage(&text, flavour).storage);
    }

    #[test]
    fn what_our_check_takes_roxmltree_takes(text in markdown_like()) {
        // The oracle knows five entities only.
        if check_well_formed(&text).is_ok() && !text.contains('&') {
            prop_assert_eq!(problem(&text), None);
        }
    }

    #[test]
    fn storage_is_checked_but_never_changed(body in markdown_like(), flavour in flavour()) {
        match body_to_storage(&body, Some(Format::Storage), flavour) {
            Ok(_) if body.trim().is_empty() => {}
            Ok(converted) => prop_assert_eq!(converted.storage, body),
            Err(malformed) => prop_assert!(malformed.line >= 1 && malformed.column >= 1),
        }
    }

    #[test]
    fn a_body_without_a_format_is_never_refused(body in markdown_like(), flavour in flavour()) {
        let converted = body_to_storage(&body, None, flavour).expect("what is not storage is Markdown");
        assert_well_formed(&converted.storage);
    }

    #[test]
    fn our_own_storage_is_recognised_as_storage(markdown in markdown_like(), flavour in flavour()) {
        let storage = markdown_to_storage(&markdown, flavour).storage;
        prop_assert!(storage.is_empty() || detect(&storage) == Format::Storage, "{}", storage);
    }
}
