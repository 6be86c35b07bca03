//! Users and groups, behind the callers' backs: for tests, not through HTTP. Users go by their user names.

use crate::simulator::{
    Simulator,
    auth::{Role, User},
    store::UserIndex,
    world::{Group, World},
};

impl Simulator {
    /// Adds somebody with an account; answers the account id. The address is `NAME@example.com`.
    pub fn add_user(&self, name: &str, display: &str) -> String {
        let mut world = self.world();
        let user = User::new(world.users.len() + 1, name, display, Role::Colleague);
        let account = user.account_id.clone();
        world.users.push(user);
        account
    }

    /// Cloud: from now on the profile does not show the address.
    pub fn hide_email(&self, name: &str) {
        let mut world = self.world();
        let index = user(&world, name);
        world.users[index].hides_email = true;
    }

    /// From now on this user cannot sign in.
    pub fn deactivate(&self, name: &str) {
        let mut world = self.world();
        let index = user(&world, name);
        world.users[index].active = false;
    }

    /// The account id of a user.
    pub fn account_id(&self, name: &str) -> String {
        let world = self.world();
        world.users[user(&world, name)].account_id.clone()
    }

    /// Adds a group with these members; answers its id. Teams of Cloud may have the name of another group.
    pub fn add_group(&self, name: &str, members: &[&str]) -> String {
        let mut world = self.world();
        let members: Vec<UserIndex> = members.iter().map(|name| user(&world, name)).collect();
        let group = Group::new(world.groups.len() + 1, name, &members);
        let id = group.id.clone();
        world.groups.push(group);
        id
    }

    /// Gives a group these members, and takes all others out.
    pub fn set_members(&self, name: &str, members: &[&str]) {
        let mut world = self.world();
        let members: Vec<UserIndex> = members.iter().map(|name| user(&world, name)).collect();
        let group = world.groups.iter_mut().find(|group| group.name == name);
        group.expect("a test names groups that are there").members = members;
    }

    /// From now on a group grants administration of the product.
    pub fn let_administer(&self, name: &str) {
        let mut world = self.world();
        let group = world.groups.iter_mut().find(|group| group.name == name);
        group.expect("a test names groups that are there").administers = true;
    }

    /// The members of a group, in its order.
    pub fn members(&self, name: &str) -> Vec<String> {
        let world = self.world();
        let group = world.groups.iter().find(|group| group.name == name);
        let members = &group.expect("a test names groups that are there").members;
        members
            .iter()
            .map(|index| world.users[*index].username.clone())
            .collect()
    }
}

fn user(world: &World, name: &str) -> UserIndex {
    let found = world.users.iter().position(|user| user.username == name);
    found.expect("a test names users that are there")
}
