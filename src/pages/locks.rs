//! One writer at a time for each page: writes of one page through this process wait for each other, so that each
//! begins on what the one before it left. Other pages and other endpoints are not held up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::{Instant, timeout_at};

use crate::confluence::PageId;

/// The locks of one endpoint's pages. A page that nobody writes has none.
#[derive(Debug, Default)]
pub(super) struct Locks(Arc<Mutex<HashMap<PageId, Arc<AsyncMutex<()>>>>>);

/// The right to write a page, until it is dropped.
#[derive(Debug)]
pub(super) struct Writing {
    locks: Arc<Mutex<HashMap<PageId, Arc<AsyncMutex<()>>>>>,
    id: PageId,
    guard: Option<OwnedMutexGuard<()>>,
    waited: bool,
}

impl Locks {
    /// Waits until nobody else writes the page; None when somebody still does at the given time.
    pub(super) async fn writing(&self, id: &PageId, by: Option<Instant>) -> Option<Writing> {
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(id.clone()).or_default())
        };
        // Made first: whoever gives up, or is given up, tidies as well.
        let mut writing = Writing {
            locks: Arc::clone(&self.0),
            id: id.clone(),
            guard: None,
            waited: false,
        };
        writing.guard = Arc::clone(&lock).try_lock_owned().ok();
        if writing.guard.is_none() {
            writing.waited = true;
            writing.guard = match by {
                Some(by) => timeout_at(by, lock.lock_owned()).await.ok(),
                None => Some(lock.lock_owned().await),
            };
        }
        writing.guard.is_some().then_some(writing)
    }
}

impl Writing {
    /// Whether somebody else was writing the page when this was asked for: what was read before is old.
    pub(super) fn waited(&self) -> bool {
        self.waited
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.guard = None;
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the map itself still knows the lock: nobody holds it or waits for it.
        if locks
            .get(&self.id)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            locks.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::PoisonError;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Locks;
    use crate::confluence::PageId;

    fn left(locks: &Locks) -> usize {
        locks.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    #[tokio::test]
    async fn writers_of_one_page_take_turns_and_leave_nothing_behind() {
        let locks = Locks::default();
        let (one, two) = (
            PageId::parse("1").expect("digits"),
            PageId::parse("2").expect("digits"),
        );
        let writing = async |id| locks.writing(id, None).await.expect("no deadline");
        let first = writing(&one).await;
        assert!(!first.waited());
        assert!(!writing(&two).await.waited(), "another page is free");
        let second = async { writing(&one).await.waited() };
        let (waited, ()) = futures_util::join!(second, async { drop(first) });
        assert!(waited);
        assert_eq!(left(&locks), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_past_their_deadline_and_those_who_gave_up_leave_nothing_behind() {
        let locks = Locks::default();
        let one = PageId::parse("1").expect("digits");
        let first = locks.writing(&one, None).await.expect("free");
        let by = Instant::now() + Duration::from_secs(1);
        assert!(locks.writing(&one, Some(by)).await.is_none());
        assert_eq!(Instant::now(), by);
        assert_eq!(left(&locks), 1);
        drop(first);
        assert_eq!(left(&locks), 0);
        let again = locks.writing(&one, Some(by)).await;
        assert!(again.is_some_and(|writing| !writing.waited()));
    }
}
