//! The wiki of an engineering team: four levels below the root page, a few titles that are hard on URLs, and
//! pages outside the root that a sandbox must not reach.

use super::{Id, Kind, Place, Planter};
use crate::simulator::auth::{COLLEAGUE, Role, User};
use crate::simulator::world::Group;

mod pages;

/// A line of the outline: how deep, the title, the body.
type Line = (usize, &'static str, &'static str);

pub(super) fn plant(planter: &mut Planter<'_>) {
    let home = planter.space("ENG", "Engineering");
    planter.world.main_space = planter.space;
    let cloud = planter.world.store.rules.cloud;
    let root = planter.page(home, "Platform Handbook", pages::HANDBOOK);
    planter.world.root = root;
    outline(planter, root, pages::BELOW_ROOT);
    diagrams(planter, cloud);
    outline(planter, home, pages::BESIDE_ROOT);
    leftovers(planter, root, cloud);
    people(planter);
    let other = planter.space("OPS", "Operations");
    planter.world.store.spaces[planter.space].public = true;
    // The same title as in the main space, which is allowed.
    planter.page(
        other,
        "Caching Architecture",
        "<p>How the operations team sees the caches. Not the real one.</p>",
    );
}

/// Two more colleagues, of whom one does not show the address, and two groups of engineers.
fn people(planter: &mut Planter<'_>) {
    let world = &mut *planter.world;
    for (name, display) in [("linus", "Linus Example"), ("margaret", "Margaret Example")] {
        let number = world.users.len() + 1;
        world
            .users
            .push(User::new(number, name, display, Role::Colleague));
    }
    world.users[5].hides_email = true;
    world.groups[0].members = (0..world.users.len()).collect();
    for (name, members) in [("platform-team", &[0, 2, 3, 4][..]), ("on-call", &[3, 4, 5])] {
        let number = world.groups.len() + 1;
        world.groups.push(Group::new(number, name, members));
    }
}

fn outline(planter: &mut Planter<'_>, top: Id, lines: &[Line]) {
    let mention = if planter.world.store.rules.cloud {
        format!("ri:account-id=\"{}\"", planter.world.users[COLLEAGUE].account_id)
    } else {
        format!("ri:userkey=\"{}\"", planter.world.users[COLLEAGUE].key)
    };
    let mut path = vec![top];
    for (level, title, body) in lines {
        path.truncate(*level);
        let id = planter.page(path[*level - 1], title, &body.replace("{ADA}", &mention));
        path.push(id);
    }
}

/// Cloud keeps them in a folder, which a walk over pages alone does not see.
fn diagrams(planter: &mut Planter<'_>, cloud: bool) {
    let Some(&architecture) = planter.world.store.titled(planter.space, "Architecture").first() else {
        return;
    };
    let kind = if cloud { Kind::Folder } else { Kind::Page };
    let folder = planter.content(Place::Under(architecture), "Diagrams", "", kind);
    planter.page(folder, "Network Diagram", pages::NETWORK_DIAGRAM);
}

/// One page in the trash and, on Cloud, one in the archive.
fn leftovers(planter: &mut Planter<'_>, root: Id, cloud: bool) {
    let old = planter.page(root, "Old Onboarding", "<p>Replaced by Onboarding.</p>");
    planter
        .world
        .store
        .trash(old, planter.at)
        .expect("it was just made");
    if cloud {
        let legacy = planter.page(root, "Legacy Deployment Guide", "<p>For the old cluster.</p>");
        planter
            .world
            .store
            .archive(legacy, planter.at)
            .expect("it was just made");
    }
}
