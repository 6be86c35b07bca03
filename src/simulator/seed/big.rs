//! A big regular tree, for paging, depth limits and load.

use std::collections::BTreeSet;

use super::Planter;

/// `pages` pages below a root: first a chain of `depth` pages, then level by level, `width` to a page.
pub(super) fn plant(planter: &mut Planter<'_>, pages: usize, width: usize, depth: usize) {
    let home = planter.space("BIG", "Big");
    let root = planter.page(home, "Root of the tree", "<p>Everything is below this page.</p>");
    planter.page(home, "Beside the tree", "<p>Not below the root.</p>");
    planter.world.root = root;
    // Pages with room for children, the shallowest first: depth, order of planting, id, children so far.
    let mut vacant = BTreeSet::from([(0, 0, root, 0)]);
    for number in 1..=pages {
        // The chain first, so that the depth is reached however few pages there are.
        let above = if number <= depth {
            vacant.pop_last()
        } else {
            vacant.pop_first()
        };
        let Some((level, order, above, children)) = above else {
            return;
        };
        let page = planter.page(above, &title(number), &body(number));
        if children + 1 < width {
            vacant.insert((level, order, above, children + 1));
        }
        vacant.insert((level + 1, number, page, 0));
    }
}

fn title(number: usize) -> String {
    format!("Page {number:05}")
}

fn body(number: usize) -> String {
    format!(
        "<h1>Page {number}</h1><p>One of many pages, with a <strong>little</strong> text and a list.</p>\
         <ul><li>first</li><li>second</li></ul>"
    )
}

#[cfg(test)]
mod tests {
    use crate::simulator::{
        knobs::Knobs,
        options::{Deployment, Seed},
        seed::plant,
        world::World,
    };

    #[track_caller]
    fn shape(pages: usize, width: usize, depth: usize) -> (usize, usize, usize) {
        let mut world = World::new(Deployment::Cloud, Knobs::default());
        plant(&mut world, Seed::Tree { pages, width, depth });
        let visits: Vec<_> = world.store.descend(world.root, usize::MAX, None).collect();
        let deepest = visits.iter().map(|visit| visit.depth).max().unwrap_or(0);
        let widest = visits
            .iter()
            .map(|visit| world.store.content(visit.id).children.len())
            .max()
            .unwrap_or(0);
        (
            visits.len(),
            widest.max(world.store.content(world.root).children.len()),
            deepest,
        )
    }

    #[test]
    fn a_tree_has_the_size_it_was_asked_for() {
        assert_eq!(shape(5000, 200, 12), (5000, 200, 12));
        assert_eq!(shape(30, 3, 2), (30, 3, 3));
        assert_eq!(shape(0, 5, 5), (0, 0, 0));
        assert_eq!(shape(3, 1, 10), (3, 1, 3));
    }
}
