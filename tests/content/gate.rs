//! What a write may not take away without a word.

use conflagent::convert::{Flavour, Gate, Refusal, RemovedKind, write_back};

use crate::edits::shown;

#[track_caller]
fn refused(storage: &str, markdown: &str) -> Vec<RemovedKind> {
    let written = write_back(storage, markdown, Flavour::Cloud, Gate::default());
    let Err(Refusal::Loss { removed, .. }) = written else {
        unreachable!("it is not refused for what it loses: {written:?}");
    };
    let gate = Gate { allow_removals: true };
    let allowed = write_back(storage, markdown, Flavour::Cloud, gate).expect("it is possible with a word");
    assert_eq!(allowed.removed, removed);
    removed.into_iter().map(|removed| removed.kind).collect()
}

#[test]
fn images_tasks_and_unknown_macros_need_a_word() {
    let image = "<ac:image><ri:attachment ri:filename=\"f.png\" /></ac:image>";
    assert_eq!(refused(&format!("<p>a</p>{image}"), "a\n"), [RemovedKind::Image]);
    let diagram = "<ac:structured-macro ac:name=\"drawio\" />";
    assert_eq!(
        refused(&format!("<p>a</p>{diagram}"), "a\n"),
        [RemovedKind::Macro]
    );
}

#[test]
fn an_empty_text_does_not_clear_a_page() {
    assert!(refused("<p>a</p>", " \n").is_empty());
}

#[test]
fn most_of_a_page_does_not_go_at_once() {
    let paragraphs = (0..20).map(|number| format!("<p>paragraph number {number} of many</p>"));
    let page = paragraphs.collect::<Vec<_>>().concat();
    assert!(refused(&page, "paragraph number 1 of many\n").is_empty());
}

#[test]
fn text_that_stands_for_more_is_not_written() {
    let rows = (0..9).map(|number| format!("<tr><td>row {number}</td></tr>"));
    let rows = rows.collect::<Vec<_>>().concat();
    let page = format!("<table><tbody>{rows}</tbody></table>");
    let mut lines: Vec<String> = shown(&page).lines().map(str::to_owned).collect();
    lines.truncate(8);
    lines.push("| rows 8 through 9 unchanged |".to_owned());
    assert_eq!(refused(&page, &lines.join("\n")).len(), 2);
    assert!(
        refused(
            "<p>a b c</p><p>d e</p>",
            "a b c\n\n<!-- rest of the page unchanged -->\n"
        )
        .is_empty()
    );
}

#[test]
fn small_losses_are_told() {
    let page = "<p>a <a href=\"https://e\">b</a> c d</p>";
    let written = write_back(page, "a b c d\n", Flavour::Cloud, Gate::default()).unwrap();
    assert_eq!(written.storage, "<p>a b c d</p>");
    assert_eq!(written.removed.len(), 1);
    assert_eq!(serde_json::to_value(written.removed[0].kind).unwrap(), "link");
}
