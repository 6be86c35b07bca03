//! Taking users out of groups: what is done, what is refused, and that nothing is done that was not meant.

use conflagent::config::{DirectoryAccess, EndpointConfig, Secret};
use conflagent::simulator::{Calls, Fault, Trouble};
use serde_json::{Value, json};

use super::{ask, id_of, open};
use crate::support::{Answer, Bridge, Product, endpoint_config, on_each, simulated};

const ADMINISTRATORS: &str = "confluence-administrators";

async fn remove(bridge: &Bridge, user: &str, group: &str) -> Answer {
    ask(
        bridge,
        "remove_group_member",
        json!({"user": user, "group": group}),
    )
    .await
}

#[track_caller]
fn refused(answer: &Answer, message: &str) {
    answer.fails(422, "INVALID_OPERATION", message);
}

#[tokio::test]
async fn a_member_is_taken_out_once() {
    on_each(async |product| {
        let bridge = open(product).await;
        let first = remove(&bridge, "grace@example.com", "On-Call").await;
        let expected = json!({"id": id_of(&bridge, "grace"), "name": "Grace Person"});
        let data = first.data();
        assert_eq!(
            (&data["user"]["id"], &data["user"]["name"]),
            (&expected["id"], &expected["name"])
        );
        assert_eq!(
            (&data["group"]["name"], &data["changed"], &data["dryRun"]),
            (&json!("on-call"), &json!(true), &json!(false))
        );
        assert_eq!(first.json()["message"], "The user is not in the group now.");
        assert_eq!(bridge.simulator.members("on-call"), ["linus", "margaret"]);
        assert_eq!(bridge.upstream_writes(), 1);
        // Again is nothing, and says so.
        let again = remove(&bridge, "Grace Person", "on-call").await.data();
        assert_eq!(again["changed"], false);
        assert_eq!(bridge.upstream_writes(), 1);
        assert_eq!(
            bridge.simulator.members("platform-team"),
            ["agent", "ada", "grace", "linus"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_answers_the_same_and_changes_nothing() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge.simulator.set_members(ADMINISTRATORS, &["ada"]);
        let dry = async |user: &str, group: &str| -> Answer {
            let arguments = json!({"user": user, "group": group, "dryRun": true});
            ask(&bridge, "remove_group_member", arguments).await
        };
        let would = dry("Grace Person", "on-call").await;
        assert_eq!(
            (&would.data()["changed"], &would.data()["dryRun"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(would.json()["message"], "Dry run: nothing was written.");
        assert_eq!(dry("Ada Person", "on-call").await.data()["changed"], false);
        refused(
            &dry("Ada Person", ADMINISTRATORS).await,
            "'Ada Person' is the last administrator in 'confluence-administrators'.",
        );
        assert_eq!(bridge.upstream_writes(), 0);
        assert_eq!(
            bridge.simulator.members("on-call"),
            ["grace", "linus", "margaret"]
        );
    })
    .await;
}

#[tokio::test]
async fn the_endpoints_own_user_stays_in_every_group() {
    on_each(async |product| {
        let bridge = open(product).await;
        for (user, group) in [
            ("Agent Writer", "platform-team"),
            ("agent@example.com", ADMINISTRATORS),
            ("agent@example.com", "on-call"),
        ] {
            refused(
                &remove(&bridge, user, group).await,
                "This endpoint's own user cannot be taken out of a group.",
            );
        }
        assert_eq!(bridge.upstream_writes(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_each(async |product| {
        let bridge = open(product).await;
        let simulator = &bridge.simulator;
        let last = |group: &str| format!("'Ada Person' is the last administrator in '{group}'.");
        // By a name of Atlassian's, whatever the site says that it grants.
        simulator.add_group("site-admins", &["ada"]);
        refused(
            &remove(&bridge, "Ada Person", "site-admins").await,
            &last("site-admins"),
        );
        // By what the site says.
        simulator.add_group("keepers", &["ada"]);
        simulator.let_administer("keepers");
        refused(&remove(&bridge, "Ada Person", "keepers").await, &last("keepers"));
        // With another one, who is left, it works; but not down to nobody.
        simulator.set_members("keepers", &["ada", "grace"]);
        assert_eq!(
            remove(&bridge, "Grace Person", "keepers").await.data()["changed"],
            true
        );
        refused(&remove(&bridge, "Ada Person", "keepers").await, &last("keepers"));
        // The last of any other group may go.
        simulator.add_group("lonely", &["ada"]);
        assert_eq!(
            remove(&bridge, "Ada Person", "lonely").await.data()["changed"],
            true
        );
        assert_eq!(bridge.upstream_writes(), 2);
        assert_eq!(simulator.members("lonely"), [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_cannot_sign_in_is_nobody_who_is_left() {
    let bridge = open(Product::DataCenter).await;
    bridge.simulator.set_members(ADMINISTRATORS, &["ada", "grace"]);
    bridge.simulator.deactivate("grace");
    refused(
        &remove(&bridge, "ada", ADMINISTRATORS).await,
        "'Ada Person' is the last administrator in 'confluence-administrators'.",
    );
    assert_eq!(bridge.upstream_writes(), 0);
}

#[tokio::test]
async fn where_it_is_unknown_what_a_group_grants_its_last_member_stays() {
    let bridge = open(Product::DataCenter).await;
    bridge.simulator.set_knobs(|knobs| knobs.user_lists = false);
    bridge.simulator.add_group("mystery", &["ada"]);
    refused(
        &remove(&bridge, "ada", "mystery").await,
        "'Ada Person' is the last in 'mystery', and Confluence does not say whether that group administers the site.",
    );
    bridge.simulator.set_members("mystery", &["ada", "grace"]);
    assert_eq!(remove(&bridge, "ada", "mystery").await.data()["changed"], true);
}

#[tokio::test]
async fn where_it_cannot_be_seen_who_is_left_nobody_goes() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge.simulator.set_members(ADMINISTRATORS, &["ada", "grace"]);
        let members = match product {
            Product::Cloud => "membersByGroupId",
            Product::DataCenter => "/member",
        };
        let trouble = Trouble::new(Fault::Gone).method("GET").path(members).forever();
        bridge.simulator.script(trouble);
        let answer = remove(&bridge, "Ada Person", ADMINISTRATORS).await;
        assert_eq!(answer.status, 502, "{}", answer.text);
        assert_eq!(bridge.upstream_writes(), 0);
    })
    .await;
}

#[tokio::test]
async fn two_at_once_do_not_leave_a_group_without_an_administrator() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge.simulator.set_members(ADMINISTRATORS, &["ada", "grace"]);
        let (one, other) = futures_util::join!(
            remove(&bridge, "Ada Person", ADMINISTRATORS),
            remove(&bridge, "Grace Person", ADMINISTRATORS)
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", one.text, other.text);
        assert_eq!(bridge.simulator.members(ADMINISTRATORS).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_may_not_do_it_changes_nothing() {
    on_each(async |product| {
        let simulator = simulated(product, |_| {}).await;
        let reader = simulator.reader_credentials();
        let config = EndpointConfig {
            email: Some(reader.user),
            api_token: Secret::new(reader.secret),
            directory: DirectoryAccess::Admin,
            ..endpoint_config(product, &simulator)
        };
        let bridge = Bridge::serving(product, simulator, [config], <_>::default()).await;
        let answer = remove(&bridge, "Grace Person", "on-call").await;
        answer.fails(
            502,
            "UPSTREAM_ERROR",
            "Confluence does not allow this endpoint's account to do this.",
        );
        assert_eq!(bridge.simulator.members("on-call").len(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_for() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge
            .simulator
            .script(Trouble::new(Fault::CutAfter).calls(Calls::Writes));
        let done = remove(&bridge, "Grace Person", "on-call").await.data();
        assert_eq!(
            (done["changed"].as_bool(), bridge.upstream_writes()),
            (Some(true), 1)
        );
        bridge
            .simulator
            .script(Trouble::new(Fault::CutBefore).calls(Calls::Writes));
        let done = remove(&bridge, "Linus Example", "on-call").await.data();
        assert_eq!(
            (done["changed"].as_bool(), bridge.upstream_writes()),
            (Some(true), 3)
        );
        assert_eq!(bridge.simulator.members("on-call"), ["margaret"]);
    })
    .await;
}

#[tokio::test]
async fn nobody_is_guessed() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge.simulator.add_user("grace2", "Grace Person");
        for (arguments, status) in [
            (json!({"user": "Grace Person", "group": "on-call"}), 409),
            (json!({"user": "Linus", "group": "on-call"}), 404),
            (json!({"user": "Linus Example", "group": "on"}), 404),
            (json!({"user": "Linus Example", "group": " "}), 400),
            (json!({"group": "on-call"}), 400),
            (json!({"user": ["Linus Example"], "group": "on-call"}), 400),
        ] {
            let answer = ask(&bridge, "remove_group_member", arguments.clone()).await;
            assert_eq!(answer.status, status, "{arguments}: {}", answer.text);
        }
        assert_eq!(bridge.upstream_writes(), 0);
        let named: Value = json!({"user": format!("id:{}", id_of(&bridge, "grace")), "group": "on-call"});
        assert_eq!(
            ask(&bridge, "remove_group_member", named).await.data()["changed"],
            true
        );
        assert_eq!(bridge.simulator.members("on-call"), ["linus", "margaret"]);
    })
    .await;
}

#[tokio::test]
async fn a_404_is_believed_only_if_the_membership_is_gone() {
    on_each(async |product| {
        let bridge = open(product).await;
        bridge
            .simulator
            .script(Trouble::new(Fault::NotYetVisible).method("DELETE"));
        let answer = remove(&bridge, "Grace Person", "on-call").await;
        assert_eq!(answer.status, 502, "{}", answer.text);
        assert_eq!(bridge.simulator.members("on-call").len(), 3);
    })
    .await;
}
