//! Whatever comes in, what goes out is storage that Confluence keeps as it is.

use conflagent::convert::{Flavour, check_acceptable, markdown_to_storage};
use proptest::prelude::*;

/// Pieces that meet each other in bad places.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "\n", "\n\n", " ", "a", "word ", "# ", "- ", "1. ", "> ", "> [!IMPORTANT]\n", "> [!NOTE] t\n", "- [ ] ", "- [x] ",
    "    ", "```\n", "```storage\n<p>a</p>\n```\n", "|a|b|\n|-|:-:|\n", "|c", "**", "*", "_", "~~", "^", "`", "[", "](",
    ")", "[x](y)", "[#](#a)", "![i](a.png)", "{width=3}", ":caption[c]", "[^1]", "[^1]: n\n", "[[P]]", "[[S:P#h|t]]",
    ":status[s]{colour=Red}", ":date[2026-01-02]", ":user[u]", "::toc{}\n", "::include[[P]]\n", ":::panel\n",
    ":::note x\n", ":::layout\n", ":::section{type=two_equal}\n", ":::section\n", ":::column\n", ":::decisions\n",
    ":::mine\n", ":::\n", "<b>", "</b>", "<i>", "</i>", "<br>", "<hr>", "<p>", "</p>", "<div align=center>", "</div>",
    "<h2>", "</h2>", "<table>", "</table>", "<caption>", "<thead>", "<tr>", "<th>", "<td colspan=2>", "</td>", "<ul>",
    "</ul>", "<ol start=3>", "<li>", "</li>", "<dl><dt>", "<dd>", "<blockquote>", "<pre>", "</pre>", "<code>", "</code>",
    "<details>", "<summary>", "</summary>", "</details>", "<a href=u>", "<a name=n>", "</a>", "<q>", "<svg>", "</svg>",
    "<script>", "</script>", "<time datetime=2026-01-02>", "<img src=x.png>", "<input type=checkbox>", "<X>", "</X>",
    "<span style='color:red'>", "</span>", "<!--", "-->", "<ac:link>", "</ac:link>", "<ac:emoticon ac:name='x'/>",
    "<ac:link><ri:user ri:account-id='1'/></ac:link>", "<ac:image><ri:url ri:value='u'/></ac:image>",
    "<ac:structured-macro ac:name='toc'/>", "<ac:structured-macro ac:name='html'/>",
    "<ac:task-list><ac:task><ac:task-id>3</ac:task-id><ac:task-status>complete</ac:task-status></ac:task></ac:task-list>",
    "<ac:layout><ac:layout-section ac:type='single'><ac:layout-cell/></ac:layout-section></ac:layout>",
    "https://a.b/c", "javascript:x", "Term\n: def\n", "&nbsp;", "&", "\\", "\u{1}", "\u{3}", "\u{e9}", "\u{1F600}", ":rocket:",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_confluence_keeps_what_goes_out(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30),
        flavour in prop_oneof![Just(Flavour::Cloud), Just(Flavour::DataCenter)],
    ) {
        let storage = markdown_to_storage(&pieces.concat(), flavour).storage;
        prop_assert_eq!(check_acceptable(&storage), Ok(()), "{}", storage);
    }
}
