//! Groups, their members, and the groups of a user; and what happens to names that are nobody's, or several people's.

use serde_json::json;

use super::{ask, id_of, names, open, whole};
use crate::support::{Product, on_each};

#[tokio::test]
async fn groups_and_members_are_listed() {
    on_each(async |product| {
        let bridge = open(product).await;
        let groups = ask(&bridge, "list_groups", json!({})).await;
        let expected = [
            "confluence-administrators",
            "confluence-users",
            "on-call",
            "platform-team",
        ];
        assert_eq!(names(&groups.data()), expected);
        assert_eq!(groups.data()[0].get("id").is_some(), product == Product::Cloud);
        let json = groups.json();
        assert_eq!(
            (&json["message"], &json["complete"]),
            (&json!("Groups retrieved."), &json!(true))
        );
        for group in ["on-call", " On-CALL "] {
            let members = ask(&bridge, "list_group_members", json!({ "group": group }))
                .await
                .data();
            assert_eq!(
                names(&members),
                ["Grace Person", "Linus Example", "Margaret Example"]
            );
            assert_eq!(members[0]["id"], id_of(&bridge, "grace"));
        }
        for user in [
            "Grace Person",
            "grace  PERSON",
            "grace@example.com",
            &id_of(&bridge, "grace"),
        ] {
            let groups = ask(&bridge, "list_user_groups", json!({ "user": user }))
                .await
                .data();
            let mut groups = names(&groups);
            groups.sort();
            assert_eq!(groups, ["confluence-users", "on-call", "platform-team"], "{user}");
        }
    })
    .await;
}

#[tokio::test]
async fn large_groups_come_in_parts_and_end() {
    on_each(async |product| {
        let bridge = open(product).await;
        let many: Vec<String> = (0..450).map(|number| format!("m{number:03}")).collect();
        for name in &many {
            bridge.simulator.add_user(name, &format!("Member {name}"));
        }
        let members: Vec<&str> = many.iter().map(String::as_str).collect();
        bridge.simulator.add_group("everybody", &members);
        for number in 0..450 {
            bridge.simulator.add_group(&format!("team-{number:03}"), &["ada"]);
        }
        for never_ending in [false, true] {
            bridge
                .simulator
                .set_knobs(|knobs| knobs.never_ending_next = never_ending);
            let group = json!({"group": "everybody", "limit": 50});
            let (mut all, _) = whole(&bridge, "list_group_members", &group).await;
            all.sort();
            all.dedup();
            assert_eq!(all.len(), 450, "never-ending: {never_ending}");
            let (groups, _) = whole(
                &bridge,
                "list_user_groups",
                &json!({"user": "Ada Person", "limit": 50}),
            )
            .await;
            assert_eq!(groups.len(), 452, "never-ending: {never_ending}");
            let (groups, _) = whole(&bridge, "list_groups", &json!({"limit": 50})).await;
            assert_eq!(groups.len(), 455, "never-ending: {never_ending}");
        }
        bridge
            .simulator
            .set_knobs(|knobs| knobs.never_ending_next = false);
        let (_, parts) = whole(&bridge, "list_groups", &json!({})).await;
        assert_eq!(parts, 10);
        let first = ask(&bridge, "list_groups", json!({})).await.json();
        ask(
            &bridge,
            "list_user_groups",
            json!({"user": "Ada Person", "cursor": first["nextCursor"]}),
        )
        .await
        .fails(400, "INVALID_INPUT", "The cursor does not belong to this list.");
    })
    .await;
}

#[tokio::test]
async fn names_of_groups_may_be_anything() {
    on_each(async |product| {
        let bridge = open(product).await;
        for name in [
            "a/b & c?",
            "..",
            "50% off",
            "équipe 東京",
            "a\\b;c",
            "x\"y'z",
            "#1 + 2",
        ] {
            bridge.simulator.add_group(name, &["ada"]);
            let members = ask(&bridge, "list_group_members", json!({ "group": name }))
                .await
                .data();
            assert_eq!(names(&members), ["Ada Person"], "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_nobody_is_called_is_not_found() {
    on_each(async |product| {
        let bridge = open(product).await;
        let answer = ask(&bridge, "list_user_groups", json!({"user": "Person"})).await;
        answer.fails(404, "NOT_FOUND", "User 'Person' not found.");
        let similar = answer.json()["details"]["similar"].clone();
        assert_eq!(
            names(&similar),
            ["Ada Person", "Grace Person"],
            "never the likeliest, but who it may be"
        );
        for no_group_404 in [true, false] {
            bridge
                .simulator
                .set_knobs(|knobs| knobs.no_group_404 = no_group_404);
            let answer = ask(&bridge, "list_group_members", json!({"group": "team"})).await;
            answer.fails(404, "NOT_FOUND", "Group 'team' not found.");
        }
        for (tool, arguments) in [
            ("list_user_groups", json!({"user": "id:nobody"})),
            ("list_group_members", json!({"group": "id:nothing"})),
            (
                "list_group_members",
                json!({"group": "0f8fad5b-d9cb-469f-a165-70867728950e"}),
            ),
        ] {
            assert_eq!(
                ask(&bridge, tool, arguments.clone()).await.status,
                404,
                "{arguments}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_that_several_have_is_answered_with_all_of_them() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge.simulator.add_user("ada2", "Ada  person");
        bridge.simulator.add_group("second", &["ada2"]);
        let answer = ask(&bridge, "list_user_groups", json!({"user": "ada person"})).await;
        answer.fails(409, "AMBIGUOUS_NAME", "Several users are called 'ada person'.");
        let candidates = answer.json()["details"]["candidates"].clone();
        assert_eq!(names(&candidates), ["Ada Person", "Ada  person"]);
        let second = format!("id:{}", candidates[1]["id"].as_str().expect("an id"));
        let groups = ask(&bridge, "list_user_groups", json!({ "user": second }))
            .await
            .data();
        assert_eq!(names(&groups), ["second"]);
    })
    .await;
}

#[tokio::test]
async fn on_data_center_a_user_name_may_be_the_name_of_another() {
    let bridge = open(Product::DataCenter).await;
    bridge.simulator.add_user("imposter", "ada");
    let answer = ask(&bridge, "list_user_groups", json!({"user": "ada"})).await;
    answer.fails(409, "AMBIGUOUS_NAME", "Several users are called 'ada'.");
    let groups = ask(&bridge, "list_user_groups", json!({"user": "id:ada"}))
        .await
        .data();
    assert_eq!(names(&groups), ["confluence-users", "platform-team"]);
}

#[tokio::test]
async fn on_cloud_teams_may_share_a_name() {
    let bridge = open(Product::Cloud).await;
    bridge.simulator.add_group("Platform-Team", &["linus"]);
    // One of exactly this name is enough.
    let members = ask(&bridge, "list_group_members", json!({"group": "Platform-Team"}))
        .await
        .data();
    assert_eq!(names(&members), ["Linus Example"]);
    let id = bridge.simulator.add_group("platform-team", &["margaret"]);
    let answer = ask(&bridge, "list_group_members", json!({"group": "platform-team"})).await;
    answer.fails(
        409,
        "AMBIGUOUS_NAME",
        "Several groups are called 'platform-team'.",
    );
    assert_eq!(
        answer.json()["details"]["candidates"].as_array().map(Vec::len),
        Some(2)
    );
    for group in [id.clone(), format!("id:{id}")] {
        let members = ask(&bridge, "list_group_members", json!({ "group": group }))
            .await
            .data();
        assert_eq!(names(&members), ["Margaret Example"]);
    }
}
