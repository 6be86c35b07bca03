//! Input made to overflow a stack or to take for ever. Each case must be done in seconds, in a thread with a small
//! stack, without optimisation.

use std::time::Duration;

use conflagent::convert::{Flavour, body_to_storage, check_well_formed};

/// Far above what a case takes, far below what quadratic time would be.
const LIMIT: Duration = Duration::from_secs(20);

#[track_caller]
fn survives(body: String) {
    let (done, wait) = std::sync::mpsc::channel();
    let length = body.len();
    std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || {
            let converted = body_to_storage(&body, None, Flavour::Cloud).expect("Markdown is never refused");
            check_well_formed(&converted.storage).expect("what we write is well-formed");
            drop(converted);
            done.send(()).expect("the test is still waiting");
        })
        .expect("a thread starts");
    assert!(
        wait.recv_timeout(LIMIT).is_ok(),
        "{length} bytes were not converted in time"
    );
}

#[test]
fn ten_thousand_nested_quotes() {
    survives(">".repeat(10_000) + " x");
    survives("> ".repeat(10_000) + "x\n\ny");
}

#[test]
fn deep_lists() {
    survives("- ".repeat(5_000) + "x");
    survives((0..1_000).fold(String::new(), |text, depth| text + &"  ".repeat(depth) + "- x\n"));
    survives("1. > - ".repeat(2_000) + "x");
}

#[test]
fn a_megabyte_of_brackets() {
    survives("[".repeat(1_000_000));
    survives("![".repeat(200_000));
    survives("[a](".repeat(50_000));
    survives("[[".repeat(200_000));
}

#[test]
fn emphasis_that_never_ends() {
    survives("*a ".repeat(100_000));
    survives("*a **b ".repeat(20_000));
    survives("*".repeat(200_000) + "x" + &"*".repeat(200_000));
    survives("~~a ~b ".repeat(20_000));
}

#[test]
fn wide_and_long_tables() {
    let wide = format!(
        "{}|\n{}|\n{}|\n",
        "|a".repeat(10_000),
        "|-".repeat(10_000),
        "|b".repeat(10_000)
    );
    survives(wide);
    survives(format!("|a|b|\n|-|-|\n{}", "|1|2|\n".repeat(20_000)));
}

#[test]
fn html_that_is_never_closed() {
    for tag in [
        "<b>",
        "<div>",
        "<div>\n\n",
        "<p>",
        "<table><tr><td>",
        "<ul><li>",
        "<details>",
        "<a href='x'>",
        "<x",
    ] {
        survives(tag.repeat(50_000));
    }
    survives("</b>".repeat(100_000));
    survives("<b></i>".repeat(50_000));
    survives("<!--".repeat(100_000));
    survives("<![CDATA[".repeat(50_000));
    survives("<script>".repeat(50_000));
    survives("<a x=\"".repeat(50_000));
    survives("<a b='\" d=\"".repeat(50_000));
    survives(format!("<p {}>", "a=b ".repeat(100_000)));
}

#[test]
fn storage_that_is_never_closed() {
    survives("<ac:link>".repeat(50_000));
    survives("<ac:structured-macro ac:name=\"x\">\n\n".repeat(20_000));
    survives("<p>".repeat(100_000) + &"</p>".repeat(100_000));
    let deep = format!(
        "<ac:macro ac:name='x'><ac:rich-text-body>{}x{}",
        "<b>".repeat(490),
        "</b>".repeat(490)
    );
    survives("> ".repeat(60) + &deep + "</ac:rich-text-body></ac:macro>");
    survives("<ac:x>&</ac:x>".repeat(30_000));
    survives("<ac:x/>\n".repeat(50_000));
}

#[test]
fn fences_directives_and_references_without_end() {
    survives("```\n".repeat(50_001));
    survives(":::panel\n".repeat(50_000));
    survives(":::\n".repeat(50_000));
    survives(":status[".repeat(50_000));
    survives(":status[x]{".repeat(50_000));
    survives("![](a){".repeat(50_000));
    survives("[[a|b]] ".repeat(50_000));
    survives("https://a.b/".to_owned() + &")".repeat(500_000));
    survives("https://".repeat(100_000));
    survives(":rocket:".repeat(50_000));
    survives("# a\n[x](#a)\n\n".repeat(20_000));
    survives("[^a]: ".repeat(20_000));
    survives("[a]: b\n".repeat(50_000) + &"[a] ".repeat(50_000));
    survives("`".repeat(500_000));
    survives((1..1_500).fold(String::new(), |text, n| text + &"`".repeat(n) + "x"));
    survives("a\n: ".repeat(20_000));
    survives("&".repeat(200_000) + &"\\".repeat(200_000));
}

#[test]
fn panels_that_are_written_twice_do_not_double_at_every_level() {
    survives((1..60).fold(String::new(), |text, depth| {
        text + &"> ".repeat(depth) + "[!IMPORTANT]\n"
    }));
}
