//! What the wiki holds when it starts: the same on every run.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    auth::COLLEAGUE,
    options::Seed,
    store::{Draft, Id, Kind, Place, SpaceIndex},
    world::World,
};

mod big;
mod demo;

/// Fills an empty wiki.
pub(crate) fn plant(world: &mut World, seed: Seed) {
    let mut planter = Planter {
        at: beginning(),
        world,
        space: 0,
    };
    match seed {
        Seed::Empty => {
            let home = planter.space("TEST", "Test");
            planter.world.root = home;
        }
        Seed::Demo => demo::plant(&mut planter),
        Seed::Tree { pages, width, depth } => big::plant(&mut planter, pages, width, depth),
    }
}

/// Seeds are written with a clock of their own, in the past of every test.
fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_603_600, 0).expect("a fixed instant in January 2026")
}

struct Planter<'a> {
    world: &'a mut World,
    at: DateTime<Utc>,
    space: SpaceIndex,
}

impl Planter<'_> {
    /// A new space, which further pages go to; returns its homepage.
    fn space(&mut self, key: &str, name: &str) -> Id {
        self.space = self.world.store.add_space(key, name, COLLEAGUE, self.at);
        self.world
            .store
            .space(self.space)
            .homepage
            .expect("a space is made with its homepage")
    }

    fn page(&mut self, parent: Id, title: &str, body: &str) -> Id {
        self.content(Place::Under(parent), title, body, Kind::Page)
    }

    fn content(&mut self, place: Place, title: &str, body: &str, kind: Kind) -> Id {
        self.at += TimeDelta::seconds(37);
        let draft = Draft::page(self.space, title, body, COLLEAGUE, self.at)
            .placed(place)
            .kind(kind);
        self.world.store.create(draft).expect("seeds fit")
    }
}
