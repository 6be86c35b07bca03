//! The pages we created in the last seconds: not every part of Confluence knows such a page at once, so that a 404
//! about one need not mean that it is not there.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long a page is new.
const CHILDHOOD: Duration = Duration::from_secs(10);

/// The most that are remembered.
const MOST: usize = 256;

/// Pages of our own making.
#[derive(Debug, Default)]
pub(in crate::confluence) struct Newborn(Mutex<VecDeque<(Instant, String)>>);

impl Newborn {
    /// A page was created.
    pub(in crate::confluence) fn add(&self, id: &str) {
        let mut pages = self.lock();
        if pages.len() == MOST {
            pages.pop_front();
        }
        pages.push_back((Instant::now(), id.to_owned()));
    }

    /// A page is about to be deleted: it will be missing for good.
    pub(in crate::confluence) fn forget(&self, is_it: impl Fn(&str) -> bool) {
        self.lock().retain(|(_, id)| !is_it(id));
    }

    /// Whether it is any of these.
    pub(in crate::confluence) fn any(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let mut pages = self.lock();
        pages.retain(|(born, _)| born.elapsed() < CHILDHOOD);
        pages.iter().any(|(_, id)| is_it(id))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Instant, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{CHILDHOOD, MOST, Newborn};

    #[tokio::test(start_paused = true)]
    async fn a_page_is_new_for_a_while() {
        let pages = Newborn::default();
        pages.add("7");
        assert!(pages.any(|id| id == "7") && !pages.any(|id| id == "8"));
        tokio::time::advance(CHILDHOOD).await;
        assert!(!pages.any(|id| id == "7"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_we_delete_is_not_expected_to_appear() {
        let pages = Newborn::default();
        pages.add("7");
        pages.forget(|id| id == "7");
        assert!(!pages.any(|_| true));
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_are_remembered() {
        let pages = Newborn::default();
        (0..=MOST).for_each(|id| pages.add(&id.to_string()));
        assert!(!pages.any(|id| id == "0") && pages.any(|id| id == "1"));
    }
}
