//! A hundred queries made to find what is outside. None may, wherever it is put, even where Confluence itself forgets
//! where pages are; and none may be more than a bad request.

use std::collections::BTreeSet;

use super::search;
use crate::support::{Bridge, Product, on_both};

/// The words of the pages outside.
const BAIT: &str = "rollback checklist salary bands cache deployment page quokka";

/// Queries that try to get out: of a string, of the parentheses, of the wrapper, or of the parser.
const ATTACKS: [&str; 100] = [
    // Out of a string.
    r#"quokka" or type=page or title="x"#,
    r#"quokka" OR "1"="1"#,
    r#"quokka\" or type = page or title ~ \"x"#,
    r#"quokka\\" or type = page or title ~ "x"#,
    r"quokka\",
    r"quokka\\\",
    r#"""#,
    r#"""""#,
    r"'",
    r"' or type = page or title = '",
    r"quokka' or 'a' = 'a",
    r#"\""#,
    r#"\" or 1=1"#,
    r#"x" AND NOT type = "page" OR title ~ "quokka"#,
    r#"x") or (text ~ "quokka"#,
    r#"x")) or ((text ~ "quokka"#,
    r#"x"))) or (((type = page"#,
    r#"x" or ancestor != "1"#,
    r#"x" or space = "ENG"#,
    r#"x" or space in ("ENG", "OPS") or title = "x"#,
    // Out of the parentheses.
    "label = x) or (type = page",
    "label = x) or type = page or (label = y",
    ") or (type = page",
    ")) or ((type = page",
    "(label = x)) or ((type = page)",
    "type = page) or (type = page) or (type = page",
    "id != 0) or (id != 0",
    "x) or ancestor in (1, 2) or (label = x",
    "((((((((((type = page))))))))))",
    "(((((((((((((((((((((((((type = page)))))))))))))))))))))))))",
    "(",
    ")",
    "()",
    ")(",
    "(label = x",
    "label in (a, b) or (type = page",
    "label in (a)) or (type = page",
    "label in () or type = page",
    // Other joints, and no joints.
    "type = page or type = page",
    "not type = blogpost",
    "not not not type = blogpost",
    "not (ancestor = 1) or type = page",
    "type != blogpost or type != page",
    "space = ENG or space = OPS",
    "space != NOPE",
    "text ~ quokka or text !~ quokka",
    "text ~ quokka OR title ~ salary",
    "title ~ \"salary\" OR ancestor not in (1)",
    "label = a && type = page",
    "label = a || type = page",
    "label = a | type = page",
    "label = a & cql = b",
    "label = a; type = page",
    "type = page type = page",
    "type = page, type = page",
    "ancestor = 1 or ancestor != 1",
    // Sorting and comments.
    "type = page order by created",
    "type = page ORDER BY created DESC",
    "type = page) order by created desc, (title",
    "order by created",
    "(type = page order by title)",
    "type = page OrDeR\tBy title",
    "type = page order\u{a0}by title",
    "type = page or\u{a0}type = page",
    "title ~ \"order by\" or type = page",
    "type = page -- comment",
    "type = page /* comment */ or type = page",
    "type = page # comment",
    "type = page // comment",
    "/**/ type /**/ = /**/ page /**/",
    "type = page <!-- -->",
    // Functions.
    "creator = currentUser() or creator != currentUser()",
    "created < now() or created >= now()",
    "created >= now(\"-100y\")",
    "created >= startOfYear(\"-50y\") or type = page",
    "created >= now(now(now()))",
    "creator in (currentUser(), currentUser())",
    "id in recentlyViewedContent(100, 0)",
    "space = currentSpace()",
    "creator = currentUser(",
    "creator = f(g(h(\"x\")))",
    "creator = currentUser()) or (type = page",
    // Unicode, control characters, and things that look like others.
    "type = page） or （type = page",
    "quokka＂ or type = page or title = ＂x",
    "quokka” or type = page or title = “x",
    "ʺ or type = page",
    "\u{202e}egap = epyt ro",
    "\u{200b}type = page",
    "\u{feff}type = page or type = page",
    "type = page\u{0} or type = page",
    "label = \"a\u{0}b\" or type = page",
    "title ~ \"quokka\n\" or type = page",
    "quo\u{301}kka \u{1f600} 東京 हिन्दी",
    "type\u{2028}=\u{2028}page or type\u{2029}=\u{2029}page",
    "TYPE = PAGE OR TYPE = PAGE",
    "ſpace = ENG or type = page",
    // The language inside `~`, and addresses.
    "*",
    "quokka AND NOT (inside) OR [a TO z] ^2 ~ ? * :",
    "x&cql=type=page&limit=1000&start=0#",
    "x%22%20or%20type%3Dpage%20or%20title%3D%22y",
];

/// Ids of everything that may be found.
fn allowed(bridge: &Bridge) -> BTreeSet<String> {
    let root = bridge.simulator.root_page_id();
    let mut allowed: BTreeSet<String> = bridge
        .simulator
        .subtree(&root)
        .into_iter()
        .map(|entry| entry.id)
        .collect();
    allowed.insert(root);
    allowed
}

/// Sends every attack in every field. How many were answered with hits, and how many were refused.
async fn attack(bridge: &Bridge) -> (usize, usize) {
    let allowed = allowed(bridge);
    let (mut answered, mut refused) = (0, 0);
    for attack in ATTACKS {
        for field in [
            "query",
            "title",
            "label",
            "updatedBy",
            "updatedSince",
            "cql",
            "cursor",
        ] {
            let mut parameters = vec![(field, attack), ("limit", "50")];
            if field == "cursor" {
                parameters.push(("query", "quokka"));
            }
            let answer = bridge.get(&search(&parameters)).await;
            if answer.status == 400 {
                assert_eq!(answer.json()["code"], "INVALID_INPUT");
                refused += 1;
                continue;
            }
            assert_eq!(answer.status, 200, "{field}={attack}: {}", answer.text);
            for hit in answer.data().as_array().expect("a list") {
                let id = hit["id"].as_str().expect("an id");
                assert!(allowed.contains(id), "{field}={attack} found {hit}");
                answered += 1;
            }
        }
    }
    (answered, refused)
}

on_both! {
    async fn a_hundred_hostile_queries_find_nothing_outside(bridge) {
        let home = bridge.simulator.homepage_id();
        let outside = bridge.simulator.add_page(&home, "Outside the root: quokka", &format!("<p>{BAIT}</p>"));
        bridge.simulator.add_page(&outside, "Below that: salary rollback page", &format!("<p>{BAIT}</p>"));
        let inside = id_inside(&bridge);
        bridge.simulator.label(&outside, "x");
        bridge.simulator.label(&inside, "x");
        let (answered, refused) = attack(&bridge).await;
        assert!(answered > 100 && refused > 200, "{answered} {refused}");
        // The same where Confluence forgets where pages are: every page it has comes back to be checked.
        if bridge.product == Product::Cloud {
            bridge.simulator.set_knobs(|knobs| knobs.cql_ignores_ancestor = true);
            let (again, refused_again) = attack(&bridge).await;
            assert!(again > 100 && refused_again == refused, "{again} {refused_again}");
        }
    }
}

fn id_inside(bridge: &Bridge) -> String {
    let root = bridge.simulator.root_page_id();
    bridge
        .simulator
        .add_page(&root, "Inside", &format!("<p>{BAIT}</p>"))
}
