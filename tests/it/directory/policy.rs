//! Off unless switched on; and whatever is switched on, flavor and lists of operations bound it.

use conflagent::config::{DirectoryAccess, EndpointName, Flavor, Only, Secret};
use conflagent::describe::openapi::document;
use conflagent::describe::tools;
use serde_json::{Value, json};

use crate::doors::Door;
use crate::mcp::{self, Era};
use crate::openapi::matches;
use crate::support::{Bridge, Product, SECRET, endpoint_config, on_each, simulated};

const READS: [&str; 4] = [
    "find_users",
    "list_user_groups",
    "list_groups",
    "list_group_members",
];
const REMOVAL: &str = "remove_group_member";

/// Arguments that suit every operation on the directory.
fn arguments() -> Value {
    json!({"query": "ada", "user": "Ada Person", "group": "platform-team", "dryRun": true})
}

/// Holds that an endpoint offers exactly these operations on the directory: in its lists and documents, on every door.
async fn offers(bridge: &Bridge, offered: &[&str]) {
    let document = bridge.get("/openapi.json").await.text;
    let list = bridge.get("/tools?format=mcp").await.text;
    let over_mcp = mcp::ask(bridge, Era::Modern, "tools/list", json!({}))
        .await
        .to_string();
    for name in READS.into_iter().chain([REMOVAL]) {
        let is_offered = offered.contains(&name);
        let operation = tools::find(name).expect(name).operation;
        let said = [
            document.contains(&format!("\"operationId\":\"{}\"", operation.id)),
            list.contains(&format!("\"name\":\"{name}\"")),
            over_mcp.contains(&format!("\"name\":\"{name}\"")),
        ];
        assert_eq!(said, [is_offered; 3], "{name}");
        bridge.simulator.reset_log();
        for door in Door::ALL {
            let answer = door.ask(bridge, name, &arguments()).await;
            if is_offered {
                answer.data();
            } else {
                answer.fails(
                    403,
                    "INVALID_OPERATION",
                    "This endpoint does not offer this operation.",
                );
            }
        }
        let by_mcp = mcp::call(bridge, Era::Modern, name, arguments()).await;
        assert_eq!(by_mcp.is_ok(), is_offered, "{name}: {by_mcp:?}");
        assert_eq!(bridge.upstream_calls() > 0, is_offered, "{name}");
    }
}

#[tokio::test]
async fn nothing_is_offered_unless_it_is_switched_on() {
    let all = [READS.as_slice(), &[REMOVAL]].concat();
    on_each(async |product| {
        for (access, flavor, expected) in [
            (DirectoryAccess::Off, Flavor::Default, &[][..]),
            (DirectoryAccess::Read, Flavor::Default, &READS),
            (DirectoryAccess::Admin, Flavor::Default, &all),
            (DirectoryAccess::Admin, Flavor::Read, &READS),
            (DirectoryAccess::Admin, Flavor::Upload, &[]),
        ] {
            let bridge = Bridge::with(
                product,
                |_| {},
                |config| {
                    config.directory = access;
                    config.flavor = flavor;
                },
            )
            .await;
            offers(&bridge, expected).await;
        }
    })
    .await;
}

#[tokio::test]
async fn allow_and_deny_bound_what_is_switched_on() {
    let only = |allow, deny| Only::parse(allow, deny).expect("names");
    for (access, only, expected) in [
        (
            DirectoryAccess::Off,
            only(Some("find_users,read_page"), None),
            &[][..],
        ),
        (
            DirectoryAccess::Admin,
            only(None, Some("removeGroupMember,list_groups")),
            &["find_users", "list_user_groups", "list_group_members"],
        ),
        (
            DirectoryAccess::Read,
            only(Some("find_users,remove_group_member"), None),
            &["find_users"],
        ),
    ] {
        let configure = |config: &mut conflagent::config::EndpointConfig| {
            config.directory = access;
            config.only = only;
        };
        offers(&Bridge::with(Product::Cloud, |_| {}, configure).await, expected).await;
    }
}

#[tokio::test]
async fn the_secret_of_another_endpoint_opens_nothing() {
    on_each(async |product| {
        let simulator = simulated(product, |_| {}).await;
        let mut open = endpoint_config(product, &simulator);
        open.directory = DirectoryAccess::Admin;
        open.gpt_shared_secret = Secret::new("another-secret-of-the-tests");
        open.name = EndpointName::parse("open").expect("a name");
        let closed = endpoint_config(product, &simulator);
        let bridge = Bridge::serving(product, simulator, [open, closed], <_>::default()).await;
        for (path, body) in [
            ("/endpoint/open/directory/groups", None),
            ("/endpoint/open/directory/users?query=ada", None),
            (
                "/endpoint/open/directory/remove-member",
                Some(r#"{"user": "Ada Person", "group": "platform-team"}"#),
            ),
        ] {
            let method = if body.is_some() { "POST" } else { "GET" };
            let answer = bridge.send(method, path, Some(SECRET), body).await;
            assert_eq!(answer.status, 401, "{path}: {}", answer.text);
        }
        assert_eq!(bridge.upstream_calls(), 0);
        let own = bridge
            .send(
                "GET",
                "/endpoint/open/directory/groups",
                Some("another-secret-of-the-tests"),
                None,
            )
            .await;
        own.data();
        assert_eq!(bridge.get("/directory/groups").await.status, 403);
    })
    .await;
}

#[test]
fn with_everything_on_documents_stay_small() {
    for flavor in [Flavor::Default, Flavor::Read, Flavor::Upload] {
        let document = document(
            (flavor, DirectoryAccess::Admin),
            "https://wiki.example.com/endpoint/dev",
        );
        let size = document.to_string().len();
        assert!(size < 40_000, "{size} bytes");
    }
    let whole = document((Flavor::Default, DirectoryAccess::Admin), "https://x");
    let removal = &whole["paths"]["/directory/remove-member"]["post"];
    assert_eq!(removal["x-openai-isConsequential"], true);
    // An example is whole, or there is none.
    for operation in whole["paths"]
        .as_object()
        .into_iter()
        .flat_map(|paths| paths.values())
    {
        for content in operation
            .as_object()
            .into_iter()
            .flat_map(|methods| methods.values())
        {
            let content = &content["requestBody"]["content"]["application/json"];
            let required = content["schema"]["required"].as_array().into_iter().flatten();
            let mut required = required.filter_map(Value::as_str);
            assert!(
                content
                    .get("example")
                    .is_none_or(|example| required.all(|name| example.get(name).is_some()))
            );
        }
    }
    let said = whole["info"]["description"].as_str().expect("a description");
    assert!(said.contains("whole Confluence site"), "{said}");
    let usual = document(Flavor::Default, "https://x").to_string();
    assert!(!usual.contains("/directory/") && !usual.contains("whole Confluence site"));
}

#[tokio::test]
async fn live_answers_match_the_document() {
    on_each(async |product| {
        let bridge = super::open(product).await;
        bridge.simulator.add_user("grace2", "Grace Person");
        bridge
            .simulator
            .set_members("confluence-administrators", &["ada"]);
        let document = bridge.get("/openapi.json").await.json();
        for (name, arguments, status) in [
            ("find_users", json!({"query": "person", "limit": 1}), 200),
            ("find_users", json!({}), 400),
            ("list_user_groups", json!({"user": "Ada Person"}), 200),
            ("list_user_groups", json!({"user": "Ada"}), 404),
            ("list_user_groups", json!({"user": "Grace Person"}), 409),
            ("list_groups", json!({"limit": 1}), 200),
            ("list_group_members", json!({"group": "on-call"}), 200),
            ("list_group_members", json!({"group": "nothing"}), 404),
            (
                "remove_group_member",
                json!({"user": "Linus Example", "group": "on-call"}),
                200,
            ),
            (
                "remove_group_member",
                json!({"user": "Grace Person", "group": "on-call"}),
                409,
            ),
            (
                "remove_group_member",
                json!({"user": "Ada Person", "group": "confluence-administrators"}),
                422,
            ),
        ] {
            let answer = Door::Route.ask(&bridge, name, &arguments).await;
            assert_eq!(answer.status, status, "{name}: {}", answer.text);
            let operation = tools::find(name).expect(name).operation;
            matches(&document, operation.id, status, &answer.json());
        }
    })
    .await;
}
