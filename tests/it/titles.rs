//! Titles that are hard on URLs, JSON, XML and queries, through every operation.

use serde_json::json;

use crate::support::{Bridge, encoded, on_both};

fn hard_titles() -> Vec<String> {
    let mut titles: Vec<String> = [
        "a/b",
        "/leading and trailing/",
        "50% off %2F %25 %zz",
        "really?",
        "issue #42",
        "Q&A &amp; <b>",
        "C++",
        "say \"hi\"",
        "it's",
        "ns: value",
        "[draft] {x} (y)",
        "~tilde~",
        "back\\slash",
        "semi;colon,comma=equals",
        "  blanks around  ",
        "🚀 launch 👩‍👩‍👧‍👦",
        "e\u{301}te\u{301} (combining)",
        "日本語のページ",
        "Страница",
        "صفحة عربية",
        "İstanbul ıI",
        "..",
        ".",
        "id:7",
        "null",
        "CON",
        "<script>alert(1)</script>",
        "a\u{a0}b",
        "trailing dot.",
        "@mention $var `code` ^caret |pipe",
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    titles.push("x".repeat(255));
    titles.push("ж".repeat(255));
    titles
}

/// Create, list, read, rename there and back, move, delete; all by title.
async fn whole_life(bridge: &Bridge, title: &str) {
    let stored = title.trim();
    let path = format!("/pages/{}", encoded(title));
    let created = bridge
        .post("/pages", json!({"title": title, "body": "hello"}))
        .await
        .data();
    assert_eq!(created["title"], stored);
    let listed = bridge.get("/pages").await.data();
    assert!(
        listed
            .as_array()
            .is_some_and(|paths| paths.contains(&json!(stored))),
        "{title} is not listed"
    );
    let read = bridge.get(&path).await.data();
    assert_eq!(
        (&read["id"], &read["body"]),
        (&created["id"], &json!("<p>hello</p>")),
        "{title}"
    );
    bridge.put(&path, json!({"body": "hello again"})).await.data();

    let aside = json!({"old_title": title, "new_title": "Aside for a moment"});
    bridge.post("/pages/rename", aside).await.data();
    let back = json!({"old_title": "Aside for a moment", "new_title": title});
    assert_eq!(
        bridge.post("/pages/rename", back).await.data()["newTitle"],
        stored
    );

    bridge
        .post(&format!("{path}/move"), json!({"newParentTitle": "Operations"}))
        .await
        .data();
    assert_eq!(
        bridge.get(&format!("{path}/parent")).await.data()["title"],
        "Operations"
    );
    let full = format!("Operations/{title}");
    assert_eq!(
        bridge.get(&format!("/pages/{}", encoded(&full))).await.data()["id"],
        created["id"],
        "{full}"
    );

    let child = bridge
        .post(
            "/pages",
            json!({"title": "Child for a moment", "parentTitle": title}),
        )
        .await
        .data();
    assert_eq!(
        child["path"],
        json!(format!("Operations/{stored}/Child for a moment"))
    );
    let children = bridge.get(&format!("{path}/children")).await.data();
    assert_eq!(children[0]["title"], "Child for a moment");
    bridge.delete("/pages/Child%20for%20a%20moment").await.data();

    assert_eq!(bridge.delete(&path).await.data()["id"], created["id"]);
    assert_eq!(bridge.get(&path).await.status, 404, "{title} is still there");
}

on_both! {
    async fn hard_titles_live_a_whole_life(bridge) {
        for title in hard_titles() {
            whole_life(&bridge, &title).await;
        }
    }

    async fn titles_come_through_unencoded_where_http_allows_it(bridge) {
        let root = bridge.simulator.root_page_id();
        for title in ["a+b", "it's (raw) ~x~ $y!", "ns:v;a,b=c@d", "50%", "Über ß 東京"] {
            let id = bridge.simulator.add_page(&root, title, "<p>x</p>");
            let raw = title.replace(' ', "%20");
            let answer = crate::http::raw_get(&bridge, &format!("/endpoint/wiki/pages/{raw}")).await;
            assert!(answer.contains(&format!("\"id\":\"{id}\"")), "{title}: {answer}");
        }
    }

    async fn bad_titles_are_refused_before_confluence_sees_them(bridge) {
        for (title, message) in [
            ("   ".to_owned(), "Title is required"),
            ("x".repeat(256), "title may have 255 characters at most"),
            ("a\nb".to_owned(), "A title must be a single line without control characters."),
            ("a\u{0}b".to_owned(), "A title must be a single line without control characters."),
        ] {
            bridge.post("/pages", json!({"title": title})).await.fails(400, "INVALID_INPUT", message);
        }
        assert_eq!(bridge.upstream_calls(), 0);
    }
}
