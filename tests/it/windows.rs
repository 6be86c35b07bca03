//! A page read in parts: by offset and length, by headings, and no answer longer than callers can take.

use serde_json::{Value, json};

use crate::support::{Bridge, Product, encoded, on_both};

/// A page with sections, one name twice, and characters of all lengths.
fn sections() -> String {
    let part = |name: &str, steps: usize| {
        let steps: Vec<String> = (0..steps)
            .map(|step| format!("<li>Step {step}: \u{e4}\u{d55c}\u{1F600} &amp; more</li>"))
            .collect();
        let list = steps.concat();
        format!("<h1>{name}</h1><p>About \u{1F9ED} {name}.</p><h2>Install</h2><ul>{list}</ul>")
    };
    let (linux, mac) = (part("Linux", 3), part("macOS", 2));
    format!("<p>Before anything else.</p>{linux}{mac}<h1>Setup <em>notes</em></h1><p>Last.</p>")
}

/// A page of many paragraphs, about this many characters in each format.
fn long(characters: usize) -> String {
    let paragraph = "Words that \"say\" little, one after another, as far as the line goes.";
    let paragraphs: Vec<String> = (0..characters / 78)
        .map(|number| format!("<p>{number:06} {paragraph}</p>"))
        .collect();
    paragraphs.concat()
}

fn added(bridge: &Bridge, title: &str, body: &str) -> String {
    bridge
        .simulator
        .add_page(&bridge.simulator.root_page_id(), title, body)
}

async fn read(bridge: &Bridge, title: &str, query: &[(&str, &str)]) -> Value {
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let answer = bridge
        .get(&format!("/pages/{}?{}", encoded(title), query.join("&")))
        .await;
    answer.data();
    answer.json()
}

/// The parts of a page, put together, and how many they were.
async fn in_parts(bridge: &Bridge, title: &str, query: &[(&str, &str)]) -> (String, usize) {
    let (mut whole, mut parts, mut offset) = (String::new(), 0, "0".to_owned());
    loop {
        let mut asked = query.to_vec();
        asked.push(("offset", &offset));
        let answer = read(bridge, title, &asked).await;
        let data = &answer["data"];
        let body = data["body"].as_str().expect("a body");
        assert!(!body.is_empty(), "a part without anything in it");
        assert_eq!(
            data.get("offset").map_or("0".to_owned(), Value::to_string),
            offset
        );
        whole.push_str(body);
        parts += 1;
        let Some(next) = data.get("nextOffset") else {
            assert_eq!(data["totalChars"], whole.chars().count());
            return (whole, parts);
        };
        assert_eq!(
            (&answer["complete"], next.as_u64()),
            (&json!(false), Some(whole.chars().count() as u64))
        );
        offset = next.to_string();
    }
}

on_both! {
    async fn parts_put_together_are_the_page(bridge) {
        added(&bridge, "Parts", &sections());
        for format in ["storage", "markdown", "text"] {
            let whole = read(&bridge, "Parts", &[("format", format)]).await;
            assert_eq!(whole["complete"], true);
            let data = &whole["data"];
            assert!(data.get("offset").is_none() && data.get("nextOffset").is_none() && whole.get("hint").is_none());
            let body = data["body"].as_str().expect("a body");
            assert_eq!(data["totalChars"], body.chars().count());
            for most in ["1", "2", "7", "40", "100"] {
                let (together, parts) = in_parts(&bridge, "Parts", &[("format", format), ("maxChars", most)]).await;
                assert_eq!(together, body, "{format} in parts of {most}");
                let least = body.chars().count().div_ceil(most.parse().expect("a number"));
                assert!(parts >= least, "{format} {most}: {parts} parts");
            }
        }
    }

    async fn a_part_ends_between_blocks_and_says_what_it_is(bridge) {
        added(&bridge, "Parts", &sections());
        let part = read(&bridge, "Parts", &[("format", "markdown"), ("maxChars", "80")]).await;
        let body = part["data"]["body"].as_str().expect("a body");
        assert!(body.ends_with("\n\n") && body.chars().count() > 40, "{body:?}");
        let hint = part["hint"].as_str().expect("a hint");
        assert!(hint.contains("would replace the whole page"), "{hint}");
        assert!(hint.contains(&format!("offset={}", part["data"]["nextOffset"])), "{hint}");
        let storage = read(&bridge, "Parts", &[("format", "storage"), ("maxChars", "100")]).await;
        assert!(storage["data"]["body"].as_str().expect("a body").ends_with("</h2>"), "{storage}");
    }

    async fn an_outline_tells_how_to_read_each_section(bridge) {
        added(&bridge, "Parts", &sections());
        let answer = read(&bridge, "Parts", &[("outline", "true")]).await;
        assert_eq!((&answer["complete"], &answer["data"]["body"]), (&json!(false), &json!("")));
        let whole = read(&bridge, "Parts", &[("format", "markdown")]).await;
        let whole: Vec<char> = whole["data"]["body"].as_str().expect("a body").chars().collect();
        let outline = answer["data"]["outline"].as_array().expect("an outline");
        let told: Vec<String> = outline
            .iter()
            .map(|entry| format!("{} {} {}", entry["level"], entry["title"], entry["section"]))
            .collect();
        assert_eq!(told, [
            "1 \"Linux\" null",
            "2 \"Install\" \"/Linux/Install\"",
            "1 \"macOS\" null",
            "2 \"Install\" \"/macOS/Install\"",
            "1 \"Setup notes\" null",
        ]);
        for entry in outline {
            let number = |name: &str| usize::try_from(entry[name].as_u64().expect(name)).expect("small");
            let (offset, chars) = (number("offset"), number("chars"));
            let expected: String = whole[offset..offset + chars].iter().collect();
            let name = entry.get("section").unwrap_or(&entry["title"]).as_str().expect("a name");
            let section = read(&bridge, "Parts", &[("section", name)]).await;
            assert_eq!(section["data"]["body"], expected, "{name}");
            assert_eq!((&section["data"]["offset"], &section["complete"]), (&json!(offset), &json!(false)));
            assert!(section["data"].get("nextOffset").is_none(), "{section}");
            let (offset, chars) = (offset.to_string(), chars.to_string());
            let window = [("format", "markdown"), ("offset", offset.as_str()), ("maxChars", chars.as_str())];
            let window = read(&bridge, "Parts", &window).await;
            let window = window["data"]["body"].as_str().expect("a body");
            assert!(expected.starts_with(window), "{window}");
        }
        let below = read(&bridge, "Parts", &[("outline", "true"), ("section", "macos")]).await;
        assert_eq!(below["data"]["outline"].as_array().map(Vec::len), Some(2));
    }

    async fn a_section_is_named_in_more_than_one_way(bridge) {
        added(&bridge, "Parts", &sections());
        let body = async |section: &str| read(&bridge, "Parts", &[("section", section)]).await["data"]["body"].clone();
        let install = body("/linux/install").await;
        assert!(install.as_str().expect("a body").starts_with("## Install\n\n- Step 0"), "{install}");
        assert_eq!(body(" linux/INSTALL ").await, install);
        for name in ["# Setup *notes*", "Setup *notes*", "setup  notes", "/Setup notes"] {
            assert!(body(name).await.as_str().expect("a body").ends_with("Last."), "{name}");
        }
        // A long section comes in parts too, whose offsets are those of the page.
        let (mut parts, mut offset) = (String::new(), None::<String>);
        loop {
            let mut asked = vec![("section", "/Linux/Install"), ("maxChars", "20")];
            if let Some(offset) = &offset {
                asked.push(("offset", offset));
            }
            let data = read(&bridge, "Parts", &asked).await["data"].take();
            parts.push_str(data["body"].as_str().expect("a body"));
            match data.get("nextOffset") {
                Some(next) => offset = Some(next.to_string()),
                None => break,
            }
        }
        assert_eq!(install, parts);
    }

    async fn a_section_that_is_not_there_or_several_times_is_told(bridge) {
        added(&bridge, "Parts", &sections());
        let ask = async |query: &str| bridge.get(&format!("/pages/Parts?{query}")).await;
        let unknown = ask("section=Instal").await;
        unknown.fails(404, "NOT_FOUND", "Section 'Instal' not found on this page.");
        assert_eq!(unknown.json()["suggestions"], json!(["Install"]));
        let stranger = ask("section=Quokka").await;
        assert_eq!(stranger.json()["suggestions"], json!(["Linux", "Install", "macOS", "Install", "Setup notes"]));
        let several = ask("section=install").await;
        several.fails(422, "INVALID_OPERATION", "2 sections of this page are called 'install'.");
        let candidates = several.json()["details"]["candidates"].take();
        assert_eq!(candidates[1]["section"], "/macOS/Install");
        let picked = ask(&format!("section=install&offset={}", candidates[1]["offset"])).await.data();
        assert_eq!(picked["offset"], candidates[1]["offset"]);
        assert!(picked["body"].as_str().expect("a body").starts_with("## Install"));
        ask("section=Linux&offset=0").await.fails(400, "INVALID_INPUT", "The offset is not in the section 'Linux'.");
        added(&bridge, "Plain", "<p>x</p>");
        let none = bridge.get("/pages/Plain?section=x").await;
        none.fails(404, "NOT_FOUND", "Section 'x' not found on this page.");
        assert!(none.json().get("suggestions").is_none());
        assert_eq!(bridge.get("/pages/Plain?outline=true").await.data()["outline"], json!([]));
    }

    async fn offsets_and_lengths_that_make_no_sense_are_told(bridge) {
        added(&bridge, "Parts", "<p>\u{1F600}\u{1F600}</p>");
        for (query, message) in [
            ("offset=-1", "Offset must be non-negative"),
            ("offset=x", "Offset must be an integer"),
            ("offset=99999999999", "Offset must be 2147483647 or less"),
            ("offset=10", "The page has only 9 characters in this format."),
            ("maxChars=0", "MaxChars must be 1 or more"),
            ("maxChars=80001", "MaxChars must be 80000 or less"),
            ("maxChars=many", "MaxChars must be an integer"),
            ("outline=maybe", "outline must be true or false"),
            ("format=storage&section=x", "outline and section go with format=markdown only."),
            ("format=text&outline=true", "outline and section go with format=markdown only."),
        ] {
            bridge.get(&format!("/pages/Parts?{query}")).await.fails(400, "INVALID_INPUT", message);
        }
        let end = bridge.get("/pages/Parts?offset=9").await;
        assert_eq!((&end.data()["body"], &end.json()["complete"]), (&json!(""), &json!(false)));
        let whole = bridge.get("/pages/Parts?section=%20&outline=").await;
        assert_eq!(whole.json()["complete"], true);
        added(&bridge, "Empty", "");
        assert_eq!(bridge.get("/pages/Empty").await.json()["complete"], true);
    }

    async fn a_part_cannot_be_saved_as_the_page(bridge) {
        let id = added(&bridge, "Long", &long(40_000));
        for format in ["markdown", "storage"] {
            for window in ["maxChars=30000", "maxChars=36000", "offset=5000&maxChars=80000", "offset=4000&maxChars=30000"] {
                let part = bridge.get(&format!("/pages/Long?format={format}&{window}")).await;
                assert_eq!(part.json()["complete"], false);
                let data = part.data();
                let body = data["body"].as_str().expect("a body");
                // In storage format a part may begin anywhere; what is well-formed is what can be saved at all.
                let body = if format == "storage" { &body[body.find("<p>").expect("a paragraph")..] } else { body };
                let request = json!({"body": body, "format": format, "expectedVersion": data["version"]});
                let refused = bridge.put("/pages/Long", request).await;
                assert_eq!(refused.status, 422, "{format} {window}: {}", refused.text);
                let message = refused.json()["message"].as_str().expect("a message").to_owned();
                assert!(message.contains("a part of the page"), "{message}");
            }
        }
        assert_eq!(bridge.simulator.page(&id).expect("there").version, 1);
        // The end of a page may go when that is meant.
        let part = bridge.get("/pages/Long?format=markdown&maxChars=30000").await.data();
        let request = json!({"body": part["body"], "format": "markdown", "allowRemovals": true});
        assert_eq!(bridge.put("/pages/Long", request).await.data()["changed"], true);
    }

    async fn a_section_is_changed_alone(bridge) {
        let id = added(&bridge, "Parts", &sections());
        let body = || bridge.simulator.page(&id).expect("there").body;
        let read = bridge.get("/pages/Parts?section=/macOS/Install").await.data();
        let edited = read["body"].as_str().expect("a body").replacen("Step 1", "Then", 1);
        let request = json!({"section": "/macOS/Install", "body": edited, "expectedVersion": read["version"]});
        let put = async |request: &Value| bridge.put("/pages/Parts", request.clone()).await;
        let data = put(&request).await.data();
        assert_eq!((&data["changed"], &data["version"], &data["removed"]), (&json!(true), &json!(2), &json!([])));
        let page = sections();
        let (before, after) = page.split_at(page.find("<h1>macOS").expect("there"));
        let once = [before, &after.replacen("Step 1", "Then", 1)].concat();
        assert_eq!(body(), once);
        // The same again changes nothing; an edit of an older version is merged.
        assert_eq!(put(&request).await.data()["changed"], false);
        let title = json!({"section": "Setup notes", "body": "# Setup *notes*\n\nAt last.\n", "expectedVersion": 1});
        let data = put(&title).await.data();
        assert_eq!((&data["changed"], &data["merged"]), (&json!(true), &json!(true)));
        let twice = once.replace("<p>Last.</p>", "<p>At last.</p>");
        assert_eq!(body(), twice);
        for (section, status, message) in [
            ("Nowhere", 404, "Section 'Nowhere' not found on this page."),
            ("Install", 422, "2 sections of this page are called 'Install'."),
        ] {
            let refused = put(&json!({"section": section, "body": "# x"})).await;
            refused.fails(status, if status == 404 { "NOT_FOUND" } else { "INVALID_OPERATION" }, message);
        }
        let storage = put(&json!({"section": "Linux", "body": "<h1>Linux</h1>", "format": "storage"})).await;
        storage.fails(400, "INVALID_INPUT", "section goes with format=markdown only.");
        assert_eq!(body(), twice);
        // A blank name is none; a body that looks like storage is Markdown where a section is named.
        let section = put(&json!({"section": "Setup notes", "body": "<h1>Setup <em>notes</em></h1><p>End.</p>"})).await;
        assert_eq!(section.data()["changed"], true);
        assert_eq!(body(), twice.replace("<p>At last.</p>", "<p>End.</p>"));
    }

    async fn a_page_longer_than_an_answer_may_be_comes_in_parts(bridge) {
        added(&bridge, "Long", &long(300_000));
        added(&bridge, "Quotes", &format!("<p>{}</p>", "\"".repeat(100_000)));
        for (title, format) in [("Long", "storage"), ("Long", "markdown"), ("Long", "text"), ("Quotes", "text")] {
            let answer = bridge.get(&format!("/pages/{title}?format={format}")).await;
            assert_eq!(answer.json()["complete"], false, "{title} {format}");
            assert!(answer.text.chars().count() < 90_000, "{title} {format}");
            let body = answer.data()["body"].as_str().expect("a body").chars().count();
            assert!(body >= 30_000, "{title} {format}: only {body}");
        }
        let (together, parts) = in_parts(&bridge, "Long", &[("format", "storage")]).await;
        assert!(together == long(300_000), "the parts are not the page");
        assert_eq!(parts, 5);
        // Tools answer less at once unless asked.
        let few = bridge.post("/tools/read_page", json!({"title": "Long"})).await;
        let few = few.data()["body"].as_str().expect("a body").chars().count();
        assert!((15_000..=30_000).contains(&few), "{few}");
        let more = bridge.post("/tools/read_page", json!({"title": "Long", "maxChars": 80_000})).await;
        assert!(more.text.chars().count() < 90_000);
        assert!(more.data()["body"].as_str().expect("a body").chars().count() > 60_000);
    }
}

#[tokio::test]
async fn an_outline_longer_than_an_answer_may_be_comes_in_parts() {
    let bridge = Bridge::start(Product::Cloud).await;
    let headings: Vec<String> = (0..3_000)
        .map(|number| format!("<h2>Heading \"{number}\"</h2><p>x</p>"))
        .collect();
    let body = headings.concat();
    added(&bridge, "Headings", &body);
    let (mut titles, mut offset, mut parts) = (Vec::new(), 0, 0);
    loop {
        let answer = bridge
            .get(&format!("/pages/Headings?outline=true&offset={offset}"))
            .await;
        assert!(answer.text.chars().count() < 90_000);
        parts += 1;
        let data = answer.data();
        let entries = data["outline"].as_array().expect("an outline");
        titles.extend(entries.iter().map(|entry| entry["title"].to_string()));
        match data.get("nextOffset") {
            Some(next) => offset = next.as_u64().expect("a number"),
            None => break,
        }
    }
    titles.sort();
    titles.dedup();
    assert!(
        titles.len() == 3_000 && parts > 1,
        "{} in {parts} parts",
        titles.len()
    );
}
