//! Bodies and texts that were made to hurt: they end soon, and nothing breaks.

use std::time::Duration;

use conflagent::convert::{Flavour, Gate, storage_to_markdown, write_back};

/// Generous for an unoptimised build on a busy machine; what is quadratic takes minutes.
const LIMIT: Duration = Duration::from_secs(30);

#[track_caller]
fn soon(name: &str, work: impl FnOnce()) {
    #[expect(clippy::disallowed_methods, reason = "a test that measures time")]
    let started = std::time::Instant::now();
    work();
    assert!(started.elapsed() < LIMIT, "{name} took {:?}", started.elapsed());
}

#[test]
fn texts_made_to_hurt_end_soon() {
    let page = "<h1>A</h1><p>some text</p><ul><li>x</li></ul>";
    let texts = [
        ("quotes", ">".repeat(10_000) + " x"),
        ("brackets", "[".repeat(200_000)),
        ("stars", "*a ".repeat(50_000)),
        ("ticks", "`".repeat(100_000)),
        ("items", "- ".repeat(5_000)),
        (
            "unclosed",
            "<table><tr><td><details>:::panel\n```\n**a [b](".repeat(500),
        ),
        ("tokens", "::macro[x]{#y}\n\n".repeat(2_000)),
        ("directives", ":status[a] ".repeat(20_000)),
    ];
    for (name, text) in texts {
        soon(name, || {
            let written = write_back(page, &text, Flavour::Cloud, Gate { allow_removals: true });
            if let Ok(written) = written {
                assert!(
                    conflagent::convert::check_well_formed(&written.storage).is_ok(),
                    "{name}"
                );
            }
        });
    }
}

#[test]
fn pages_made_to_hurt_are_shown_soon() {
    let rows = "<tr><td><p>a</p></td><td><p>b *c*</p></td></tr>".repeat(5_000);
    let pages = [
        ("table", format!("<table><tbody>{rows}</tbody></table>")),
        (
            "nested quotes",
            format!(
                "{}<p>x</p>{}",
                "<blockquote>".repeat(450),
                "</blockquote>".repeat(450)
            ),
        ),
        (
            "nested marks",
            format!(
                "<p>{}x{}</p>",
                "<strong><em>".repeat(200),
                "</em></strong>".repeat(200)
            ),
        ),
        (
            "nested spans",
            format!("<p>{}x{}</p>", "<span>".repeat(480), "</span>".repeat(480)),
        ),
        (
            "nested lists",
            format!("{}x{}", "<ul><li>".repeat(240), "</li></ul>".repeat(240)),
        ),
        (
            "stars",
            format!("<p>{}</p>", "*_`[<&amp;".replace('<', "&lt;").repeat(20_000)),
        ),
        ("macros", "<ac:structured-macro ac:name=\"x\" />".repeat(5_000)),
        (
            "images",
            "<ac:image><ri:url ri:value=\"https://e/f.png\" /></ac:image>".repeat(5_000),
        ),
    ];
    for (name, page) in pages {
        soon(name, || {
            let Ok(shown) = storage_to_markdown(&page, Flavour::Cloud) else {
                return;
            };
            let written = write_back(&page, &shown.markdown, Flavour::Cloud, Gate::default());
            assert!(written.is_ok_and(|written| !written.changed), "{name}");
            let edited = format!("{}\nmore\n", shown.markdown);
            if let Ok(written) = write_back(&page, &edited, Flavour::Cloud, Gate::default()) {
                assert!(written.storage.len() > page.len(), "{name}");
            }
        });
    }
}
