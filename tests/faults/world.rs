//! The wiki of a cell, and what it looks like to the simulator itself: the service is not asked.

use std::collections::BTreeMap;

use conflagent::simulator::{PageStatus, Simulator};
use serde_json::json;

use crate::support::Bridge;

pub(crate) const SECTION: &str = "Section";
pub(crate) const SUBJECT: &str = "Subject";
pub(crate) const LEAF: &str = "Leaf";
pub(crate) const TARGET: &str = "Target";
pub(crate) const OLD_BODY: &str = "<p>old words</p>";

/// A group, beside those that every site has. In a [`World`] it stands for its members, in the place of a title.
pub(crate) const CREW: &str = "crew";

/// Ids of the pages that every cell begins with: `Section` with `Subject` with `Leaf`, and `Target` beside them.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) section: String,
    pub(crate) subject: String,
    pub(crate) leaf: String,
    pub(crate) target: String,
}

/// Makes the pages. The subject is made through the service, a moment before the trouble begins; None where that
/// took too long.
pub(crate) async fn plant(bridge: &Bridge) -> Option<Ids> {
    let simulator = &bridge.simulator;
    let root = simulator.root_page_id();
    let section = simulator.add_page(&root, SECTION, "<p/>");
    let target = simulator.add_page(&root, TARGET, "<p/>");
    let subject = json!({"title": SUBJECT, "body": OLD_BODY, "format": "storage", "parentTitle": SECTION});
    let made = bridge.post("/pages", subject).await;
    if made.status == 504 {
        return None;
    }
    let made = made.data();
    let subject = made["id"].as_str().expect("an id").to_owned();
    let leaf = simulator.add_page(&subject, LEAF, "<p/>");
    simulator.add_group(CREW, &["ada", "grace"]);
    Some(Ids {
        section,
        subject,
        leaf,
        target,
    })
}

/// A page as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) title: String,
    pub(crate) current: bool,
    /// Of no meaning for a page in the trash.
    pub(crate) parent: Option<String>,
    /// Titles and bodies of the versions that the service wrote, oldest first.
    pub(crate) ours: Vec<(String, String)>,
}

/// Every page by id, and the group.
pub(crate) type World = BTreeMap<String, Seen>;

/// The wiki now. Pages of `before` are looked at wherever they are.
pub(crate) fn look(simulator: &Simulator, before: Option<&World>) -> World {
    let below = simulator.subtree(&simulator.homepage_id());
    let ids = below.into_iter().map(|entry| entry.id);
    let ids = ids.chain(before.into_iter().flat_map(|before| before.keys().cloned()));
    let crew = Seen {
        title: simulator.members(CREW).join(","),
        current: true,
        parent: None,
        ours: Vec::new(),
    };
    let pages = ids.filter(|id| id != CREW).map(|id| {
        let page = simulator.page(&id).expect("nothing is purged");
        let current = page.status == PageStatus::Current;
        let ours = simulator
            .versions(&id)
            .into_iter()
            .filter(|version| version.author == "agent")
            .map(|version| (version.title, version.body.trim().to_owned()))
            .collect();
        let seen = Seen {
            title: page.title,
            current,
            parent: page.parent.filter(|_| current),
            ours,
        };
        (id, seen)
    });
    pages.chain([(CREW.to_owned(), crew)]).collect()
}
