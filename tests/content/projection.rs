//! What a page looks like as Markdown.

use conflagent::convert::{Flavour, storage_to_markdown};

#[track_caller]
fn check(storage: &str, expected: &str) {
    let shown = storage_to_markdown(storage, Flavour::Cloud).expect("the page is well-formed");
    assert_eq!(shown.markdown, expected, "{storage}");
}

#[test]
fn paragraphs_headings_and_marks_are_plain_markdown() {
    check(
        "<h2>Set <em>up</em></h2><p>A <strong>bold</strong> &amp; <code>x*y</code> word,<br />1 < 2.</p>"
            .replace("1 < 2", "1 &lt; 2")
            .as_str(),
        "## Set *up*\n\nA **bold** & `x*y` word,\\\n1 < 2.\n",
    );
}

#[test]
fn signs_in_text_are_escaped_where_they_would_be_read() {
    check(
        "<p>* no list</p><p>1. none</p><p># nor this</p>",
        "\\* no list\n\n1\\. none\n\n\\# nor this\n",
    );
    check(
        "<p>a*b*c and snake_case and &lt;tag&gt;</p>",
        "a\\*b\\*c and snake_case and \\<tag>\n",
    );
    check("<p>[x](y) ![z](w)</p>", "\\[x](y) \\!\\[z](w)\n");
}

#[test]
fn marks_that_signs_cannot_say_are_tags() {
    check(
        "<p><u>a</u> H<sub>2</sub>O x<strong>(y)</strong>z</p>",
        "<u>a</u> H<sub>2</sub>O x<strong>(y)</strong>z\n",
    );
}

#[test]
fn lists_nest_and_tasks_have_boxes() {
    check(
        "<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>",
        "- a\n  - b\n- c\n",
    );
    check(
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>\
         <ac:task-body>done</ac:task-body></ac:task></ac:task-list>",
        "- [x] done\n",
    );
    check(
        "<ol><li>a</li></ol><ol start=\"4\"><li>b</li></ol>",
        "1. a\n4) b\n",
    );
}

#[test]
fn simple_tables_have_pipes_and_others_are_html_with_markdown_in_the_cells() {
    check(
        "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td><p>1|2</p></td><td /></tr></tbody></table>",
        "| A | B |\n| --- | --- |\n| 1\\|2 | |\n",
    );
    check(
        "<table><tbody><tr><td colspan=\"2\">a <strong>b</strong></td></tr></tbody></table>",
        "<table>\n<tr>\n<td colspan=\"2\">\n\na **b**\n\n</td>\n</tr>\n</table>\n",
    );
}

#[test]
fn panels_are_alerts_and_other_bodies_are_containers() {
    let panel = |name: &str, body: &str| {
        format!(
            "<ac:structured-macro ac:name=\"{name}\"><ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
        )
    };
    check(&panel("info", "<p>x</p>"), "> [!NOTE]\n> x\n");
    check(&panel("excerpt", "<p>x</p>"), ":::excerpt\n\nx\n\n:::\n");
    check(&panel("expand", "<p>x</p>"), "<details>\n\nx\n\n</details>\n");
}

#[test]
fn links_people_images_and_what_else_stands_in_text() {
    check(
        "<p><a href=\"https://e/x\">t</a> <a href=\"https://e/y\">https://e/y</a> \
         <ac:link><ri:page ri:content-title=\"Set up\" ri:space-key=\"DEV\" /></ac:link> \
         <ac:link><ri:page ri:content-title=\"A\" /><ac:plain-text-link-body><![CDATA[b]]></ac:plain-text-link-body></ac:link></p>",
        "[t](https://e/x) <https://e/y> [[DEV:Set up]] [[A|b]]\n",
    );
    check(
        "<p><ac:link><ri:user ri:account-id=\"5:a\" /></ac:link> <time datetime=\"2026-01-02\" /> \
         <ac:emoticon ac:name=\"smile\" ac:emoji-fallback=\"\u{1F642}\" /></p>",
        "[@5:a](user:5:a) :date[2026-01-02] \u{1F642}\n",
    );
    check(
        "<ac:image ac:alt=\"a b\"><ri:attachment ri:filename=\"a b.png\" /><ac:caption><p>Shown <em>so</em></p></ac:caption></ac:image>",
        "![a b](<attachment:a b.png>)\n:caption[Shown so]\n",
    );
}

#[test]
fn what_markdown_has_no_words_for_is_a_short_token() {
    let storage = "<ac:structured-macro ac:name=\"drawio\" ac:macro-id=\"1\"><ac:parameter ac:name=\"diagramName\">plan</ac:parameter>\
                   </ac:structured-macro>";
    let shown = storage_to_markdown(storage, Flavour::Cloud).unwrap().markdown;
    assert!(shown.starts_with("::macro[drawio: plan]{#"), "{shown}");
    let other_id = storage.replace("macro-id=\"1\"", "macro-id=\"2\"");
    assert_eq!(
        storage_to_markdown(&other_id, Flavour::Cloud).unwrap().markdown,
        shown
    );
}

#[test]
fn layouts_of_several_cells_are_sections_and_a_lone_one_is_not_seen() {
    let layout = |cells: &str| {
        format!("<ac:layout><ac:layout-section ac:type=\"two_equal\">{cells}</ac:layout-section></ac:layout>")
    };
    let cell = |text: &str| format!("<ac:layout-cell><p>{text}</p></ac:layout-cell>");
    check(&layout(&cell("a")), "a\n");
    check(
        &layout(&(cell("a") + &cell("b"))),
        "::::section{type=two_equal}\n\n:::column\n\na\n\n:::\n\n:::column\n\nb\n\n:::\n\n::::\n",
    );
}

#[test]
fn what_only_the_editor_of_cloud_knows_is_shown_with_its_text() {
    let editor = |node: &str| {
        format!("<ac:adf-extension>{node}<ac:adf-fallback><p>x</p></ac:adf-fallback></ac:adf-extension>")
    };
    check(
        &editor(
            "<ac:adf-node type=\"unheard-of\"><ac:adf-content><p>x</p><p>y</p></ac:adf-content></ac:adf-node>",
        ),
        "x\n\ny\n",
    );
    let decision = |text: &str| {
        format!("<ac:adf-node type=\"decision-item\"><ac:adf-content>{text}</ac:adf-content></ac:adf-node>")
    };
    check(
        &editor(&format!(
            "<ac:adf-node type=\"decision-list\">{}{}</ac:adf-node>",
            decision("We <strong>keep</strong> it"),
            decision("And go on")
        )),
        ":::decisions\n\n- We **keep** it\n\n- And go on\n\n:::\n",
    );
}

#[test]
fn code_without_a_language_keeps_its_other_words() {
    check(
        "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"linenumbers\">true</ac:parameter>\
         <ac:plain-text-body><![CDATA[x]]></ac:plain-text-body></ac:structured-macro>",
        "```{linenumbers}\nx\n```\n",
    );
}

#[test]
fn titles_and_captions_show_no_tags() {
    check(
        "<ac:structured-macro ac:name=\"info\"><ac:parameter ac:name=\"title\">Use &lt;ac:link&gt; [now]</ac:parameter>\
         <ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
        "> [!NOTE] Use \\<ac:link> \\[now\\]\n>\n> x\n",
    );
    check(
        "<ac:image><ri:attachment ri:filename=\"a.png\" /><ac:caption><p>A &lt;ac:link&gt; ]</p></ac:caption></ac:image>",
        "![](<attachment:a.png>)\n:caption[A \\<ac:link> \\]]\n",
    );
    check(
        "<ac:structured-macro ac:name=\"excerpt\"><ac:parameter ac:name=\"name\">&lt;ac:link&gt;</ac:parameter>\
         <ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>",
        ":::excerpt\n\nx\n\n:::\n",
    );
}

#[test]
fn one_thing_that_markdown_cannot_name_leaves_the_others_alone() {
    let storage = "<p><ac:link><ri:user ri:username=\"a b/C. /\" /></ac:link> <ac:link><ri:user ri:username=\"`\" /></ac:link></p>";
    let shown = storage_to_markdown(storage, Flavour::Cloud).unwrap().markdown;
    assert!(
        shown.starts_with("[@a b/C. /](<user:a b/C. />) :macro[link"),
        "{shown}"
    );
}

#[test]
fn what_can_be_nowhere_else_does_not_hide_the_page() {
    let layout = "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><p>a</p></ac:layout-cell>\
                  <ac:layout-cell><p>b</p></ac:layout-cell></ac:layout-section></ac:layout>";
    let shown = storage_to_markdown(&format!("<ul><li>x{layout}</li></ul><p>y</p>"), Flavour::Cloud).unwrap();
    assert!(
        shown.markdown.starts_with("- x\n\n  ::macro[layout"),
        "{}",
        shown.markdown
    );
    assert!(shown.markdown.ends_with("\n\ny\n"), "{}", shown.markdown);
}

#[test]
fn a_page_whose_title_has_brackets_is_an_ordinary_link() {
    check(
        "<p><ac:link><ri:page ri:content-title=\"Title (with) [chars]\" /></ac:link></p>",
        "[Title (with) \\[chars\\]](<page:Title (with) [chars]>)\n",
    );
}

#[test]
fn lists_that_cannot_follow_a_paragraph_at_once_have_a_line_between() {
    check(
        "<ul><li>a<ul><li></li><li>b</li></ul></li></ul>",
        "- a\n\n  -\n  - b\n",
    );
    check(
        "<ol><li>a<ol start=\"2\"><li>b</li></ol></li></ol>",
        "1. a\n\n   2. b\n",
    );
    check(
        "<ul><li>a<ul><li><blockquote><p>b</p></blockquote></li></ul></li></ul>",
        "- a\n\n  -\n    > b\n",
    );
}
