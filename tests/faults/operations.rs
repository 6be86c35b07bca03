//! The operations of the matrix: what is asked, what a success must say, and what a write must have done.

use conflagent::operations::{CATALOG, Effect};
use conflagent::simulator::Simulator;
use serde_json::{Value, json};

use crate::support::Product;
use crate::world::{CREW, Ids, LEAF, OLD_BODY, SECTION, SUBJECT, Seen, TARGET, World};

const NEW_TITLE: &str = "New page";
const NEW_BODY: &str = "<p>new words</p>";

/// An operation as the cells use it.
pub(crate) struct Case {
    /// Its name in the Catalog.
    pub(crate) name: &'static str,
    /// Its name in the table.
    pub(crate) short: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    body: fn() -> Option<Value>,
    /// For reads: whether the answer tells the truth.
    truth: Option<fn(&Simulator, &Ids, &Value) -> bool>,
    /// For writes: what they make of the wiki.
    done: Option<fn(Product, &Ids, &mut World)>,
}

impl Case {
    pub(crate) fn body(&self) -> Option<Value> {
        (self.body)()
    }

    pub(crate) fn writes(&self) -> bool {
        self.done.is_some()
    }

    /// Whether the data of a success is true of the wiki.
    pub(crate) fn is_true(&self, simulator: &Simulator, ids: &Ids, data: &Value) -> bool {
        self.truth.is_none_or(|truth| truth(simulator, ids, data))
    }

    /// The wiki as it must be once this was carried out.
    pub(crate) fn carried_out(&self, product: Product, ids: &Ids, before: &World) -> Option<World> {
        let mut world = before.clone();
        (self.done?)(product, ids, &mut world);
        Some(world)
    }
}

/// Stands for the id of a page that was not there before.
pub(crate) const NEWCOMER: &str = "new";

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "list_pages",
        short: "list",
        method: "GET",
        path: "/pages",
        body: || None,
        truth: Some(|simulator, _, data| {
            let below = simulator.subtree(&simulator.root_page_id());
            *data == json!(below.into_iter().map(|entry| entry.path).collect::<Vec<_>>())
        }),
        done: None,
    },
    Case {
        name: "search_pages",
        short: "search",
        method: "GET",
        path: "/pages/search?title=Subject",
        body: || None,
        truth: Some(|_, ids, data| {
            let hits = data.as_array().map_or(0, Vec::len);
            hits == 1 && data[0]["id"] == *ids.subject
        }),
        done: None,
    },
    Case {
        name: "get_page_tree",
        short: "tree",
        method: "GET",
        path: "/pages/tree?depth=5&startTitle=Section",
        body: || None,
        truth: Some(|_, _, data| {
            data["title"] == SECTION
                && data["children"][0]["title"] == SUBJECT
                && data["children"][0]["children"][0]["title"] == LEAF
        }),
        done: None,
    },
    Case {
        name: "read_page",
        short: "read",
        method: "GET",
        path: "/pages/Subject",
        body: || None,
        truth: Some(|simulator, ids, data| {
            let versions = simulator.versions(&ids.subject);
            let told = versions.iter().find(|version| data["version"] == version.number);
            told.is_some_and(|version| data["body"] == version.body && data["id"] == *ids.subject)
        }),
        done: None,
    },
    Case {
        name: "list_child_pages",
        short: "children",
        method: "GET",
        path: "/pages/Subject/children",
        body: || None,
        truth: Some(|_, _, data| {
            let children = data.as_array().map_or(0, Vec::len);
            children == 1 && data[0]["title"] == LEAF
        }),
        done: None,
    },
    Case {
        name: "get_parent_page",
        short: "parent",
        method: "GET",
        path: "/pages/Subject/parent",
        body: || None,
        truth: Some(|_, _, data| data["title"] == SECTION),
        done: None,
    },
    Case {
        name: "create_page",
        short: "create",
        method: "POST",
        path: "/pages",
        body: || {
            Some(json!({"title": NEW_TITLE, "body": NEW_BODY, "format": "storage", "parentTitle": SECTION}))
        },
        truth: Some(|simulator, _, data| {
            let page = simulator.page_titled(NEW_TITLE);
            page.is_some_and(|page| data["id"] == *page.id && data["version"] == 1)
        }),
        done: Some(|_, ids, world| {
            let page = Seen {
                title: NEW_TITLE.to_owned(),
                current: true,
                parent: Some(ids.section.clone()),
                ours: vec![(NEW_TITLE.to_owned(), NEW_BODY.to_owned())],
            };
            world.insert(NEWCOMER.to_owned(), page);
        }),
    },
    Case {
        name: "update_page",
        short: "update",
        method: "PUT",
        path: "/pages/Subject",
        body: || Some(json!({"body": NEW_BODY, "format": "storage"})),
        truth: Some(|simulator, ids, data| {
            let versions = simulator.versions(&ids.subject);
            let told = versions.iter().find(|version| data["version"] == version.number);
            told.is_some_and(|version| version.body.trim() == NEW_BODY) && data["changed"] == true
        }),
        done: Some(|_, ids, world| {
            let version = (SUBJECT.to_owned(), NEW_BODY.to_owned());
            subject(ids, world).ours.push(version);
        }),
    },
    Case {
        name: "rename_page",
        short: "rename",
        method: "POST",
        path: "/pages/rename",
        body: || Some(json!({"old_title": SUBJECT, "new_title": NEW_TITLE})),
        truth: Some(|_, ids, data| data["newTitle"] == NEW_TITLE && data["id"] == *ids.subject),
        done: Some(|_, ids, world| {
            let page = subject(ids, world);
            NEW_TITLE.clone_into(&mut page.title);
            page.ours.push((NEW_TITLE.to_owned(), OLD_BODY.to_owned()));
        }),
    },
    Case {
        name: "move_page",
        short: "move",
        method: "POST",
        path: "/pages/Subject/move",
        body: || Some(json!({"newParentTitle": TARGET})),
        truth: Some(|_, ids, data| data["id"] == *ids.subject && data["changed"] == true),
        done: Some(|product, ids, world| {
            let target = ids.target.clone();
            let page = subject(ids, world);
            page.parent = Some(target);
            if product == Product::DataCenter {
                // There a move is a new version.
                page.ours.push((SUBJECT.to_owned(), OLD_BODY.to_owned()));
            }
        }),
    },
    Case {
        name: "delete_page",
        short: "delete",
        method: "DELETE",
        path: "/pages/Subject",
        body: || None,
        truth: Some(|_, ids, data| data["id"] == *ids.subject && data["promotedChildren"] == 1),
        done: Some(|_, ids, world| {
            let page = subject(ids, world);
            page.current = false;
            page.parent = None;
            let leaf = world.get_mut(&ids.leaf).expect("it is there");
            leaf.parent = Some(ids.section.clone());
        }),
    },
    Case {
        name: "find_users",
        short: "find",
        method: "GET",
        path: "/directory/users?query=grace",
        body: || None,
        truth: Some(|_, _, data| names(data) == ["Grace Person"]),
        done: None,
    },
    Case {
        name: "list_user_groups",
        short: "user groups",
        method: "GET",
        path: "/directory/user-groups?user=Grace%20Person",
        body: || None,
        truth: Some(|_, _, data| names(data) == ["confluence-users", CREW]),
        done: None,
    },
    Case {
        name: "list_groups",
        short: "groups",
        method: "GET",
        path: "/directory/groups",
        body: || None,
        truth: Some(|_, _, data| names(data) == ["confluence-administrators", "confluence-users", CREW]),
        done: None,
    },
    Case {
        name: "list_group_members",
        short: "members",
        method: "GET",
        path: "/directory/group-members?group=crew",
        body: || None,
        truth: Some(|_, _, data| names(data) == ["Ada Person", "Grace Person"]),
        done: None,
    },
    Case {
        name: "remove_group_member",
        short: "remove",
        method: "POST",
        path: "/directory/remove-member",
        body: || Some(json!({"user": "Grace Person", "group": CREW})),
        truth: Some(|simulator, _, data| data["changed"] == true && simulator.members(CREW) == ["ada"]),
        done: Some(|_, _, world| {
            let crew = world.get_mut(CREW).expect("it is there");
            "ada".clone_into(&mut crew.title);
        }),
    },
];

/// The names in a list.
fn names(data: &Value) -> Vec<&str> {
    let rows = data.as_array().into_iter().flatten();
    rows.filter_map(|row| row["name"].as_str()).collect()
}

fn subject<'w>(ids: &Ids, world: &'w mut World) -> &'w mut Seen {
    world.get_mut(&ids.subject).expect("it is there")
}

#[test]
fn every_operation_that_asks_confluence_is_in_the_matrix() {
    let asked: Vec<_> = CATALOG
        .iter()
        .filter(|operation| operation.run.is_some())
        .map(|operation| (operation.name, operation.effect != Effect::Read))
        .collect();
    let here: Vec<_> = CASES.iter().map(|case| (case.name, case.writes())).collect();
    assert_eq!(asked, here);
}
