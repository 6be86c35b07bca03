//! Who is found by what.

use conflagent::simulator::Knobs;
use serde_json::{Value, json};

use super::{ask, found, id_of, names, open, whole};
use crate::support::{Product, on_each};

/// Every way in which sites differ.
const SITES: [fn(&mut Knobs); 4] = [
    |_| {},
    |knobs| knobs.names_by_prefix = false,
    |knobs| knobs.user_search_by_cursor = true,
    |knobs| knobs.user_cql = false,
];

#[tokio::test]
async fn users_are_found_by_name_address_and_id_whatever_the_site() {
    on_each(async |product| {
        let bridge = open(product).await;
        let ada = id_of(&bridge, "ada");
        for site in SITES {
            bridge.simulator.set_knobs(|knobs| {
                *knobs = Knobs::default();
                site(knobs);
            });
            for (query, expected) in [
                ("ada", &["Ada Person"][..]),
                ("  PERS  gra ", &["Grace Person"]),
                ("person", &["Ada Person", "Grace Person"]),
                ("linus@example.com", &["Linus Example"]),
                ("ADA@Example.com", &["Ada Person"]),
                (&ada, &["Ada Person"]),
                (&format!("id:{ada}"), &["Ada Person"]),
                ("nobody at all", &[]),
                ("id:nobody", &[]),
                ("erson", &[]),
            ] {
                assert_eq!(found(&bridge, query).await, expected, "{query}");
            }
        }
        let rows = ask(&bridge, "find_users", json!({"query": "ada"})).await;
        let mut expected = json!([{"id": ada, "name": "Ada Person"}]);
        if product == Product::Cloud {
            expected[0]["email"] = json!("ada@example.com");
        }
        assert_eq!((rows.data(), &rows.json()["complete"]), (expected, &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_nobody_shows_is_no_address_of_nobody() {
    let warning = |answer: &Value| answer["warnings"][0].as_str().unwrap_or_default().to_owned();
    let cloud = open(Product::Cloud).await;
    let margaret = json!({"query": "margaret@example.com"});
    for nulls in [false, true] {
        cloud.simulator.set_knobs(|knobs| knobs.null_emails = nulls);
        let answer = ask(&cloud, "find_users", margaret.clone()).await;
        assert_eq!(answer.data(), json!([]));
        assert!(
            warning(&answer.json()).starts_with("1 of the accounts looked at do not show"),
            "{}",
            answer.text
        );
        let row = ask(&cloud, "find_users", json!({"query": "margaret"}))
            .await
            .data();
        assert_eq!(row[0].get("email"), None, "{row}");
    }
    let groups = ask(
        &cloud,
        "list_user_groups",
        json!({"user": "margaret@example.com"}),
    )
    .await;
    groups.fails(404, "NOT_FOUND", "User 'margaret@example.com' not found.");
    assert!(
        groups.json()["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("do not show"))
    );

    // Data Center shows addresses to administrators only; releases of old have no such list.
    let data_center = open(Product::DataCenter).await;
    data_center.simulator.set_knobs(|knobs| knobs.user_lists = false);
    let answer = ask(&data_center, "find_users", margaret.clone()).await;
    assert_eq!(answer.data(), json!([]));
    assert!(
        warning(&answer.json()).contains("no e-mail addresses"),
        "{}",
        answer.text
    );
    let groups = ask(
        &data_center,
        "list_user_groups",
        json!({"user": "margaret@example.com"}),
    )
    .await;
    groups.fails(404, "NOT_FOUND", "User 'margaret@example.com' not found.");
}

#[tokio::test]
async fn hostile_queries_are_words_and_find_nobody() {
    on_each(async |product| {
        let bridge = open(product).await;
        for query in [
            "x\" OR type=user OR user.fullname ~ \"y",
            "\") or type = user or (\"",
            "x\\\" or type=user",
            "zz' OR '1'='1",
            "nobody* OR ada",
            "NOT nobody",
            "user.fullname:zz",
            "Ωμέγα 東京 \u{1f600}",
            "zz\u{0}\u{7}\nzz",
            "../../rest/api/user/current",
            "a?username=ada&x=",
            "zz@x\" OR type=user",
            "\"OR\"@example.com",
        ] {
            bridge.simulator.reset_log();
            let answer = ask(&bridge, "find_users", json!({ "query": query })).await;
            assert_eq!(answer.data(), json!([]), "{query}");
            let requests = bridge.simulator.requests();
            assert!(
                requests.iter().all(|request| request.status < Some(405)),
                "{query}: {requests:?}"
            );
            let refused = ask(&bridge, "list_user_groups", json!({ "user": query })).await;
            assert_eq!(refused.status, 404, "{query}: {}", refused.text);
            let refused = ask(&bridge, "list_group_members", json!({ "group": query })).await;
            assert_eq!(refused.status, 404, "{query}: {}", refused.text);
        }
        for query in ["*", "?!", "\"\"", "%"] {
            ask(&bridge, "find_users", json!({ "query": query })).await.fails(
                400,
                "INVALID_INPUT",
                "query has no word in it.",
            );
        }
        assert_eq!(
            ask(&bridge, "find_users", json!({"query": "  "})).await.status,
            400
        );
        assert_eq!(
            ask(&bridge, "find_users", json!({"query": "x".repeat(256)}))
                .await
                .status,
            400
        );
    })
    .await;
}

#[tokio::test]
async fn many_users_come_in_parts() {
    on_each(async |product| {
        let bridge = open(product).await;
        let expected: Vec<String> = (1..=30).map(|number| format!("Zoe Number{number:02}")).collect();
        for (number, name) in expected.iter().enumerate() {
            bridge.simulator.add_user(&format!("z{number:02}"), name);
        }
        for site in SITES {
            bridge.simulator.set_knobs(|knobs| {
                *knobs = Knobs::default();
                site(knobs);
            });
            let (mut all, parts) = whole(&bridge, "find_users", &json!({"query": "zoe", "limit": 7})).await;
            all.sort();
            assert_eq!((&all, parts), (&expected, 5));
        }
        let first = ask(&bridge, "find_users", json!({"query": "zoe", "limit": 7}))
            .await
            .json();
        for (query, cursor) in [("ada", &first["nextCursor"]), ("zoe", &json!("x"))] {
            ask(&bridge, "find_users", json!({"query": query, "cursor": cursor}))
                .await
                .fails(400, "INVALID_INPUT", "The cursor does not belong to this list.");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_is_looked_for_among_thousands() {
    on_each(async |product| {
        let bridge = open(product).await;
        for number in 0..2_200 {
            bridge.simulator.add_user(&format!("n{number}"), "Somebody Else");
        }
        bridge.simulator.add_user("needle-in-hay", "Another Name");
        // The name in the address leads nowhere.
        let query = json!({"query": "needle-in-hay@example.com"});
        let first = ask(&bridge, "find_users", query.clone()).await;
        assert_eq!(first.data(), json!([]));
        let json = first.json();
        assert!(json["warnings"].to_string().contains("not all yet"), "{json}");
        let mut more = query.clone();
        more["cursor"] = json["nextCursor"].clone();
        let second = ask(&bridge, "find_users", more).await;
        assert_eq!(names(&second.data()), ["Another Name"]);
        assert_eq!(second.json()["complete"], true);
        assert!(bridge.upstream_calls() < 30, "{}", bridge.upstream_calls());
        // Who must be found to answer, is.
        let groups = ask(
            &bridge,
            "list_user_groups",
            json!({"user": "needle-in-hay@example.com"}),
        )
        .await;
        assert_eq!(groups.data(), json!([]));
    })
    .await;
}
