//! The converter on inputs of about 1 MB. `cargo bench --bench convert`
//!
//! pulldown-cmark's own renderer of HTML on the same text is the measure for Markdown to storage.

use conflagent::convert::{Flavour, Gate, markdown_to_storage, storage_to_markdown, write_back};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pulldown_cmark::{Options, Parser, html};

fn main() {
    divan::main();
}

/// The least length of an input, in bytes.
const LENGTH: usize = 1_000_000;

/// Repeats what `part` makes of a number until there is enough of it.
fn repeated(part: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(LENGTH + 4096);
    for number in 0.. {
        if text.len() >= LENGTH {
            break;
        }
        text.push_str(&part(number));
    }
    text
}

/// Kinds of Markdown.
const KINDS: [&str; 4] = ["prose", "mixed", "lists", "tables"];

fn markdown(kind: &str) -> String {
    repeated(|n| match kind {
        "prose" => format!(
            "The service of part {n} reads its settings once, checks them, and tells **every** fault it finds; what is\n\
             left out gets a default. See [the guide](https://example.com/guide/{n}) for `timeout` and the others.\n\n"
        ),
        "lists" => format!(
            "- item {n} of *several*\n  - below it, with `code`\n  - and a [link](https://example.com/{n})\n- [x] done\n\n"
        ),
        "tables" => format!(
            "| name | value {n} | note |\n| --- | ---: | --- |\n| a | 1 | **first** |\n| b | 2 | `second` |\n| c | 3 | third |\n\n"
        ),
        _ => format!(
            "## Part {n}\n\nSome words with **strong** and *slanted* ones, a [link](https://example.com/{n}) and `code`, and then\n\
             some more on the next line.\n\n1. first\n2. second\n   - below\n\n> A remark on part {n}.\n\n```rust\nlet x = {n};\nprintln!(\"{{x}}\");\n```\n\n\
             | a | b |\n| --- | --- |\n| {n} | two |\n\n"
        ),
    })
}

/// A page as people write them: headings, paragraphs with marks and links, lists, tables, panels, code, tasks, things.
fn page() -> String {
    repeated(|n| {
        format!(
            "<h2 local-id=\"h{n}\">Part {n}</h2>\
             <p local-id=\"p{n}\">Some words with <strong>strong</strong> and <em>slanted</em> ones, a <a href=\"https://example.com/{n}\">link</a>,\
             &nbsp;<code>code</code> and <span style=\"color: rgb(255,86,48);\">colour</span> &ndash; number {n}.</p>\
             <p>See <ac:link><ri:page ri:content-title=\"Page {n}\" ri:version-at-save=\"3\" /></ac:link>, asked by \
             <ac:link><ri:user ri:account-id=\"5b10:{n}\" /></ac:link> on <time datetime=\"2026-01-02\" />: \
             <ac:structured-macro ac:name=\"status\" ac:macro-id=\"s{n}\"><ac:parameter ac:name=\"title\">Done</ac:parameter>\
             <ac:parameter ac:name=\"colour\">Green</ac:parameter></ac:structured-macro></p>\
             <ul><li><p>first of {n}</p><ul><li><p>below</p></li></ul></li><li><p>second</p></li></ul>\
             <table data-layout=\"default\"><colgroup><col style=\"width: 120.0px;\" /><col /></colgroup><tbody>\
             <tr><th><p>name</p></th><th><p>value</p></th></tr><tr><td><p>a{n}</p></td><td><p><strong>1</strong></p></td></tr></tbody></table>\
             <ac:structured-macro ac:name=\"info\" ac:schema-version=\"1\" ac:macro-id=\"i{n}\"><ac:rich-text-body>\
             <p>A remark on part {n}.</p></ac:rich-text-body></ac:structured-macro>\
             <ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\" ac:macro-id=\"c{n}\"><ac:parameter ac:name=\"language\">rust</ac:parameter>\
             <ac:plain-text-body><![CDATA[let x = {n};\nprintln!(\"{{x}}\");]]></ac:plain-text-body></ac:structured-macro>\
             <ac:image ac:width=\"300\"><ri:attachment ri:filename=\"image-{n}.png\" /></ac:image>\n"
        )
    })
}

#[divan::bench(args = KINDS, max_time = 5)]
fn storage_of_markdown(bencher: Bencher, kind: &str) {
    let markdown = markdown(kind);
    bencher
        .counter(BytesCount::of_str(&markdown))
        .bench_local(|| markdown_to_storage(black_box(&markdown), Flavour::Cloud));
}

#[divan::bench(args = KINDS, max_time = 5)]
fn html_by_pulldown_cmark(bencher: Bencher, kind: &str) {
    let markdown = markdown(kind);
    let dialect = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    bencher.counter(BytesCount::of_str(&markdown)).bench_local(|| {
        let mut out = String::with_capacity(markdown.len() * 3 / 2);
        html::push_html(&mut out, Parser::new_ext(black_box(&markdown), dialect));
        out
    });
}

#[divan::bench(max_time = 5)]
fn markdown_of_a_page(bencher: Bencher) {
    let page = page();
    bencher
        .counter(BytesCount::of_str(&page))
        .bench_local(|| storage_to_markdown(black_box(&page), Flavour::Cloud));
}

/// One word is another, in the middle of the page.
#[divan::bench(max_time = 5)]
fn write_back_of_a_word(bencher: Bencher) {
    let page = page();
    let shown = storage_to_markdown(&page, Flavour::Cloud)
        .expect("the page is well-formed")
        .markdown;
    let edited = shown.replacen("A remark on part 400.", "A note on part 400.", 1);
    assert_ne!(edited, shown, "the page is too short");
    bencher.counter(BytesCount::of_str(&page)).bench_local(|| {
        let written = write_back(black_box(&page), &edited, Flavour::Cloud, Gate::default());
        assert!(
            written.as_ref().is_ok_and(|written| written.changed),
            "the edit is written"
        );
        written
    });
}

#[divan::bench(max_time = 5)]
fn write_back_of_nothing(bencher: Bencher) {
    let page = page();
    let shown = storage_to_markdown(&page, Flavour::Cloud)
        .expect("the page is well-formed")
        .markdown;
    bencher
        .counter(BytesCount::of_str(&page))
        .bench_local(|| write_back(black_box(&page), &shown, Flavour::Cloud, Gate::default()));
}
