//! An edit touches what was edited and nothing else.

use conflagent::convert::{Flavour, Gate, Refusal, storage_to_markdown, write_back};

pub(crate) fn shown(storage: &str) -> String {
    storage_to_markdown(storage, Flavour::Cloud)
        .expect("the page is well-formed")
        .markdown
}

/// Replaces `from` by `to` in the Markdown of a page, and expects this page.
#[track_caller]
fn check(storage: &str, from: &str, to: &str, expected: &str) {
    let markdown = shown(storage);
    assert!(markdown.contains(from), "{from:?} is not in {markdown}");
    let edited = markdown.replacen(from, to, 1);
    let written = write_back(storage, &edited, Flavour::Cloud, Gate::default());
    let written = written
        .map(|written| written.storage)
        .map_err(|refusal| refusal.to_string());
    assert_eq!(written.as_deref(), Ok(expected), "{edited}");
}

#[test]
fn a_word_changes_in_its_own_run() {
    let page = "<p local-id=\"1\">a&nbsp;&rsquo;b <span style=\"color: red;\">old</span>  tail</p>\n<p>x</p>";
    check(page, "old", "new", &page.replace("old", "new"));
    check(page, "tail", "tail more", &page.replace("tail", "tail more"));
    check(page, "b old", "b, old", &page.replace("b <", "b, <"));
}

#[test]
fn everything_of_the_dialect_can_be_added_to_a_page() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/convert");
    // Sections of a layout, a task glued to storage, and a token that is none of the page.
    let cannot_be = ["layout", "islands", "leaf_directives"];
    let mut refused = Vec::new();
    for case in std::fs::read_dir(root).expect("the folder of fixtures is there") {
        let case = case.expect("it can be listed").path();
        if cannot_be.iter().any(|name| case.ends_with(name)) {
            continue;
        }
        let markdown = std::fs::read_to_string(case.join("page.md")).unwrap();
        let edited = format!("start\n\n{markdown}");
        for flavour in [Flavour::Cloud, Flavour::DataCenter] {
            let written = write_back("<p>start</p>", &edited, flavour, Gate::default());
            if let Err(refusal) = written {
                refused.push(format!("{}: {refusal}", case.display()));
            }
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn what_could_not_be_shown_in_an_item_is_shown_where_it_moves_to() {
    let layout = "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><p>x</p></ac:layout-cell>\
                  <ac:layout-cell></ac:layout-cell></ac:layout-section></ac:layout>";
    check(
        &format!("<ol><li>{layout}</li><li>y</li></ol>"),
        "1.",
        "z.",
        &format!("<p>z.</p>{layout}<ol><li>y</li></ol>"),
    );
}

#[test]
fn an_image_has_the_caption_that_is_asked_for() {
    let image =
        |caption: &str| format!("<ac:image><ri:attachment ri:filename=\"a.png\" />{caption}</ac:image>");
    let caption = |text: &str| format!("<ac:caption><p>{text}</p></ac:caption>");
    // The same image in a heading, with a caption that is not shown there.
    let heading = format!("<h1>h {}</h1>", image(&caption("hidden")));
    let figure = image(&caption("seen"));
    check(
        &format!("{heading}{figure}"),
        "\n:caption[seen]",
        "",
        &format!("{heading}<p>{}</p>", image("")),
    );
    check(
        &format!("{heading}<p>x</p>"),
        "x\n",
        "x\n\n![](<attachment:a.png>)\n:caption[new]\n",
        &format!("{heading}<p>x</p><p>{}</p>", image(&caption("new"))),
    );
}

#[test]
fn what_is_typed_goes_to_the_marks_it_has() {
    let page = "<p>a <strong>b</strong> c</p>";
    check(page, "**b**", "**b d**", "<p>a <strong>b d</strong> c</p>");
    check(page, "**b** c", "**b** d c", "<p>a <strong>b</strong> d c</p>");
    check(page, "**b**", "b", "<p>a b c</p>");
    check(page, "c", "*c*", "<p>a <strong>b</strong> <em>c</em></p>");
    check(
        "<p><strong>a b c</strong></p>",
        "a b c",
        "a** b **c",
        "<p><strong>a</strong> b <strong>c</strong></p>",
    );
}

#[test]
fn comments_stay_while_some_of_their_text_stays() {
    let page = "<p>see <ac:inline-comment-marker ac:ref=\"r\">this part</ac:inline-comment-marker> here</p>";
    check(page, "this part", "that part", &page.replace("this", "that"));
    let written = write_back(page, "see here\n", Flavour::Cloud, Gate::default());
    assert!(matches!(written, Err(Refusal::Loss { .. })), "{written:?}");
}

#[test]
fn a_link_keeps_all_but_what_was_changed() {
    let page = "<p><a href=\"https://e/1\" data-card-appearance=\"inline\">text</a></p>";
    check(page, "https://e/1", "https://e/2", &page.replace("e/1", "e/2"));
    check(page, "[text]", "[texts]", &page.replace("text<", "texts<"));
    let page = "<p><ac:link ac:card-appearance=\"inline\"><ri:page ri:content-title=\"A\" />\
                <ac:plain-text-link-body><![CDATA[b]]></ac:plain-text-link-body></ac:link></p>";
    check(page, "|b", "|b c", &page.replace("[b]", "[b c]"));
}

#[test]
fn things_in_text_are_changed_in_place() {
    let page = "<p><time datetime=\"2026-01-02\" /> <ac:structured-macro ac:name=\"status\" ac:macro-id=\"m\">\
                <ac:parameter ac:name=\"title\">Open</ac:parameter><ac:parameter ac:name=\"colour\">Red</ac:parameter>\
                </ac:structured-macro></p>";
    check(page, "2026-01-02", "2026-01-03", &page.replace("01-02", "01-03"));
    check(
        page,
        "[Open]{colour=Red}",
        "[Done]{colour=Green}",
        &page.replace("Open", "Done").replace("Red", "Green"),
    );
    let page = "<ac:image ac:alt=\"a\" ac:width=\"300\"><ri:attachment ri:filename=\"f.png\" /></ac:image>";
    check(page, "![a]", "![b]", &page.replace("\"a\"", "\"b\""));
}

#[test]
fn blocks_come_and_go_between_their_neighbours() {
    let page = "<h1>A</h1>\n<p>b</p>\n<p>c</p>";
    check(
        page,
        "b\n",
        "b\n\nnew\n",
        "<h1>A</h1>\n<p>b</p><p>new</p>\n<p>c</p>",
    );
    check(page, "b\n\n", "", "<h1>A</h1>\n\n<p>c</p>");
    check("", "", "# A\n", "<h1>A</h1>");
}

#[test]
fn a_block_that_moves_takes_its_bytes_along() {
    let page = "<p>a</p><p local-id=\"1\">b <em>x</em></p><p>c</p>";
    check(
        page,
        "b *x*\n\nc",
        "c\n\nb *x*",
        "<p>a</p><p>c</p><p local-id=\"1\">b <em>x</em></p>",
    );
}

#[test]
fn a_heading_changes_its_level_and_keeps_its_attributes() {
    check(
        "<h2 local-id=\"1\">A</h2>",
        "## A",
        "### B",
        "<h3 local-id=\"1\">B</h3>",
    );
}

#[test]
fn items_are_added_in_the_style_of_their_list() {
    check(
        "<ul><li><p>a</p></li></ul>",
        "- a",
        "- a\n- b",
        "<ul><li><p>a</p></li><li><p>b</p></li></ul>",
    );
    check(
        "<ul><li>a</li></ul>",
        "- a",
        "- a\n- b",
        "<ul><li>a</li><li>b</li></ul>",
    );
    check(
        "<ul><li>a</li><li>b</li></ul>",
        "- a\n",
        "",
        "<ul><li>b</li></ul>",
    );
}

#[test]
fn a_list_that_is_split_keeps_its_items() {
    check(
        "<ul><li local-id=\"1\">a</li><li local-id=\"2\">b</li></ul>",
        "- a\n",
        "- a\n\nx\n\n",
        "<ul><li local-id=\"1\">a</li></ul><p>x</p><ul><li local-id=\"2\">b</li></ul>",
    );
    let page = "<ul><li>a</li></ul><p>x</p><ul><li>b</li></ul>";
    check(page, "x\n\n", "", "<ul><li>a</li></ul><ul><li>b</li></ul>");
}

#[test]
fn a_list_that_is_split_stays_in_its_place() {
    check(
        "<ol class=\"x\" start=\"2\">\n <li>a</li>\n <li>b</li>\n <li>c</li>\n</ol>",
        "3. b\n",
        "3. b\n\nx\n\n",
        "<ol class=\"x\" start=\"2\">\n <li>a</li>\n <li>b</li></ol><p>x</p><ol class=\"x\" start=\"4\">\n <li>c</li>\n</ol>",
    );
    // Lists that are shown as one keep their own tags when something comes between them.
    check(
        "<ul class=\"x\">\n<li>a</li></ul>\n<ul>\n<li>b</li></ul>\n<ul>\n<li>c</li></ul>",
        "* b\n",
        "* b\n\nx\n",
        "<ul class=\"x\">\n<li>a</li></ul>\n<ul>\n<li>b</li></ul><p>x</p>\n<ul>\n<li>c</li></ul>",
    );
}

#[test]
fn a_list_that_moves_beside_another_stays_a_list_of_its_own() {
    let page = "<ol class=\"x\"><li>a</li><li>b</li></ol><h2>H</h2><ol><li>a</li><li>c</li></ol>";
    check(
        page,
        "1. a\n2. b\n\n## H\n",
        "## H\n\n1. a\n2. b\n",
        "<h2>H</h2><ol class=\"x\"><li>a</li><li>b</li></ol><ol><li>a</li><li>c</li></ol>",
    );
    check(
        "<ul class=\"x\"><li>a</li></ul><p>x</p>",
        "- a\n\nx\n",
        "x\n\n- a\n",
        "<p>x</p><ul class=\"x\"><li>a</li></ul>",
    );
}

#[test]
fn bare_text_is_not_wrapped_when_what_is_between_goes() {
    check(
        "<b>a</b>\n<p>x</p>\n<i>c</i>",
        "x\n\n",
        "",
        "<b>a</b>\n<p></p>\n<i>c</i>",
    );
    check(
        "<p class=\"k\" local-id=\"1\">a <ac:structured-macro ac:name=\"tip\"><ac:rich-text-body><p>x</p></ac:rich-text-body>\
         </ac:structured-macro> c</p>",
        "> [!TIP]\n> x\n\n",
        "",
        "<p class=\"k\" local-id=\"1\">a </p><p class=\"k\"> c</p>",
    );
}

#[test]
fn what_holds_blocks_is_never_written_anew_for_one_of_them() {
    let page = "<ul class=\"x\"><li>a</li><ul><li>b</li></ul><li>c</li></ul>";
    let edited = shown(page).replace("  - b\n", "  - b\n\n  new\n");
    let refusal = write_back(page, &edited, Flavour::Cloud, Gate::default())
        .unwrap_err()
        .to_string();
    assert!(refusal.contains("paragraph \"new\""), "{refusal}");
}

#[test]
fn a_cell_of_breaks_and_marks_gets_other_words() {
    check(
        "<table><tbody><tr><td><strong>a<br /></strong>b<strong> </strong></td></tr></tbody></table>",
        "**a**<br>b",
        "new",
        "<table><tbody><tr><td>new<strong> </strong></td></tr></tbody></table>",
    );
}

#[test]
fn tasks_are_toggled_and_new_ones_get_a_number() {
    let task = |id: u32, status: &str, text: &str| {
        format!(
            "<ac:task><ac:task-id>{id}</ac:task-id><ac:task-status>{status}</ac:task-status><ac:task-body>{text}</ac:task-body></ac:task>"
        )
    };
    let list = |tasks: &str| format!("<ac:task-list>{tasks}</ac:task-list>");
    let page = list(&task(7, "incomplete", "a"));
    check(&page, "[ ]", "[x]", &list(&task(7, "complete", "a")));
    check(
        &page,
        "- [ ] a",
        "- [ ] a\n- [x] b",
        &list(&(task(7, "incomplete", "a") + &task(8, "complete", "b"))),
    );
}

#[test]
fn cells_rows_and_columns_of_tables_are_edited_where_they_are() {
    let page = "<table data-layout=\"wide\"><colgroup><col style=\"width: 9px;\" /><col /></colgroup><tbody>\
                <tr><th><p>A</p></th><th><p>B</p></th></tr><tr><td class=\"k\" local-id=\"1\"><p>1</p></td><td><p>2</p></td></tr>\
                </tbody></table>";
    check(page, "| 1 |", "| 9 |", &page.replace("<p>1</p>", "<p>9</p>"));
    check(
        page,
        "| 1 | 2 |",
        "| 1 | 2 |\n| 3 | 4 |",
        &page.replace(
            "</tbody>",
            "<tr><td class=\"k\"><p>3</p></td><td><p>4</p></td></tr></tbody>",
        ),
    );
    let wide = "| A | B | C |\n| --- | --- | --- |\n| 1 | 2 | 3 |";
    let expected = page
        .replace("<col /></col", "<col /><col /></col")
        .replace("<p>B</p></th>", "<p>B</p></th><th><p>C</p></th>")
        .replace("<p>2</p></td>", "<p>2</p></td><td><p>3</p></td>");
    check(page, "| A | B |\n| --- | --- |\n| 1 | 2 |", wide, &expected);
}

#[test]
fn code_is_edited_in_its_section() {
    let page = "<ac:structured-macro ac:name=\"code\" ac:macro-id=\"1\"><ac:parameter ac:name=\"language\">py</ac:parameter>\
                <ac:plain-text-body><![CDATA[a = 1\nb = 2]]></ac:plain-text-body></ac:structured-macro>";
    check(
        page,
        "b = 2",
        "b = x]]>y",
        &page.replace("b = 2", "b = x]]]]><![CDATA[>y"),
    );
    check(page, "```py", "```js", &page.replace(">py<", ">js<"));
    check(
        page,
        "b = 2",
        "b = 2\nc = 3",
        &page.replace("b = 2", "b = 2\nc = 3"),
    );
    check(page, "a = 1", "new\na = 1", &page.replace("a = 1", "new\na = 1"));
    let page = "<ac:structured-macro ac:name=\"noformat\" ac:macro-id=\"1\"><ac:parameter ac:name=\"nopanel\">true</ac:parameter>\
                <ac:plain-text-body><![CDATA[out]]></ac:plain-text-body></ac:structured-macro>";
    check(page, "out", "out\nmore", &page.replace("out]", "out\nmore]"));
    check(
        page,
        "```noformat",
        "```py",
        &page.replace("noformat", "code").replace(
            "\"1\">",
            "\"1\"><ac:parameter ac:name=\"language\">py</ac:parameter>",
        ),
    );
    check(&page.replace("noformat", "code"), "```\n", "```noformat\n", page);
}

#[test]
fn a_panel_of_the_editor_is_edited_inside() {
    let page = "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note</ac:adf-attribute>\
                <ac:adf-content><p>old</p></ac:adf-content></ac:adf-node><ac:adf-fallback><div><p>old</p></div></ac:adf-fallback>\
                </ac:adf-extension>";
    check(page, "old", "new", &page.replace("old", "new"));
}

#[test]
fn another_way_to_write_the_same_changes_nothing() {
    let page = "<ul><li>a <em>b</em></li><li>c_d</li></ul><p>one two&nbsp;three</p>\
                <table><tbody><tr><th>x</th></tr><tr><td>y</td></tr></tbody></table>";
    let written = write_back(
        page,
        "* a _b_\n* c\\_d\n\none\ntwo three\n\n|  x   |\n|:----|\n| y |",
        Flavour::Cloud,
        Gate::default(),
    );
    let written = written.unwrap();
    assert!(!written.changed);
    assert_eq!(written.storage, page);
}

#[test]
fn an_address_without_its_brackets_is_still_the_link() {
    let page = "<p>see <a href=\"https://e/x\" local-id=\"1\">https://e/x</a>.</p><ol><li>a</li><li>b</li></ol><hr />";
    let text = "see https://e/x.\n\n1. a\n1. b\n\n* * *\n";
    let written = write_back(page, text, Flavour::Cloud, Gate::default()).unwrap();
    assert!(!written.changed, "{}", written.storage);
}

#[test]
fn a_token_is_kept_moved_and_copied_but_never_made_up() {
    let diagram = "<ac:structured-macro ac:name=\"drawio\" ac:macro-id=\"1\"><ac:parameter ac:name=\"n\">p</ac:parameter></ac:structured-macro>";
    let page = format!("<p>a</p>{diagram}<p>b</p>");
    let token = shown(&page)
        .lines()
        .find(|line| line.starts_with("::macro"))
        .unwrap()
        .to_owned();
    check(
        &page,
        &format!("{token}\n\nb"),
        &format!("b\n\n{token}"),
        &format!("<p>a</p><p>b</p>{diagram}"),
    );
    let copy = diagram.replace(" ac:macro-id=\"1\"", "");
    check(&page, "b\n", &format!("b\n\n{token}\n"), &format!("{page}{copy}"));
    let unknown = write_back(
        &page,
        &shown(&page).replace("{#", "{#x"),
        Flavour::Cloud,
        Gate::default(),
    );
    assert!(
        matches!(&unknown, Err(Refusal::UnknownToken { nearest, .. }) if nearest.len() == 1),
        "{unknown:?}"
    );
}

#[test]
fn a_refusal_names_the_block() {
    let page = "<table><tbody><tr><td rowspan=\"2\">a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>";
    let edited = shown(page).replace("rowspan=\"2\"", "rowspan=\"3\"");
    let refusal = write_back(page, &edited, Flavour::Cloud, Gate::default())
        .unwrap_err()
        .to_string();
    assert!(refusal.contains("table cell \"a\""), "{refusal}");
}

#[test]
fn a_link_written_anew_keeps_a_space_whose_key_is_not_all_capitals() {
    let link = |text: &str| {
        format!("<ac:link><ri:page ri:content-title=\"A b\" ri:space-key=\"OurDocs\" />{text}</ac:link>")
    };
    let page = format!(
        "<p>{} and {}</p>",
        link(""),
        link("<ac:plain-text-link-body><![CDATA[text]]></ac:plain-text-link-body>")
    );
    let markdown = shown(&page);
    assert_eq!(markdown, "[[OurDocs/A b|A b]] and [[OurDocs/A b|text]]\n");
    let written = write_back(
        &page,
        &format!("{markdown}\nSee [[OurDocs/A b|this]] too.\n"),
        Flavour::Cloud,
        Gate::default(),
    )
    .unwrap();
    let space = "ri:space-key=\"OurDocs\"";
    assert_eq!(written.storage.matches(space).count(), 3, "{}", written.storage);
}

#[test]
fn decisions_are_changed_added_and_taken_away() {
    let decision = |text: &str| {
        format!(
            "<ac:adf-node type=\"decision-item\"><ac:adf-attribute key=\"state\">DECIDED</ac:adf-attribute>\
             <ac:adf-content>{text}</ac:adf-content></ac:adf-node>"
        )
    };
    let page = |decisions: &[&str]| {
        let decisions: String = decisions.iter().map(|text| decision(text)).collect();
        format!(
            "<ac:adf-extension><ac:adf-node type=\"decision-list\">{decisions}</ac:adf-node></ac:adf-extension>"
        )
    };
    let before = page(&["We keep it", "And go on"]);
    check(&before, "keep", "sell", &page(&["We sell it", "And go on"]));
    check(
        &before,
        "- And go on\n",
        "- And go on\n\n- At once\n",
        &page(&["We keep it", "And go on", "At once"]),
    );
    check(&before, "- We keep it\n\n", "", &page(&["And go on"]));
}

#[test]
fn nothing_is_put_into_a_thing_of_clouds_editor_that_is_not_seen() {
    let thing = "<ac:adf-extension><ac:adf-node type=\"unheard-of\"><ac:adf-content><p>inside</p></ac:adf-content></ac:adf-node>\
                 <ac:adf-fallback><p>inside</p></ac:adf-fallback></ac:adf-extension>";
    let page = format!("<p>first</p>{thing}<p>last</p>");
    check(
        &page,
        "inside\n",
        "inside\n\nnew\n",
        &format!("<p>first</p>{thing}<p>new</p><p>last</p>"),
    );
    check(
        &page,
        "inside\n",
        "new\n\ninside\n",
        &format!("<p>first</p><p>new</p>{thing}<p>last</p>"),
    );
    let edited = shown(&page)
        .replacen("first\n\n", "", 1)
        .replacen("inside\n", "inside\n\nfirst\n", 1);
    let written = write_back(&page, &edited, Flavour::Cloud, Gate::default());
    let written = written
        .map(|written| written.storage)
        .map_err(|refusal| refusal.to_string());
    assert_eq!(written, Ok(format!("{thing}<p>first</p><p>last</p>")));
    let page = format!("{thing}<p>last</p>");
    check(
        &page,
        "inside\n",
        "new\n\ninside\n",
        &format!("<p>new</p>{thing}<p>last</p>"),
    );
}
