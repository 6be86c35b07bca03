//! Answers that are held back until so many requests wait for one: which calls a client makes at the same time, told
//! without looking at a clock.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::sync::Barrier;

use super::{Simulator, exchange::lock};

/// The rounds that are still to come.
#[derive(Default)]
pub(crate) struct Rounds(Mutex<VecDeque<Round>>);

struct Round {
    /// How many requests are still to arrive.
    missing: usize,
    all_there: Arc<Barrier>,
}

impl Rounds {
    fn start(&self, sizes: &[usize]) {
        let sizes = sizes.iter().copied().filter(|size| *size > 0);
        *lock(&self.0) = sizes
            .map(|size| Round {
                missing: size,
                all_there: Arc::new(Barrier::new(size)),
            })
            .collect();
    }

    /// A request joins the round it arrives in and waits until that is complete.
    pub(crate) async fn join(&self) {
        let barrier = {
            let mut rounds = lock(&self.0);
            let Some(round) = rounds.front_mut() else { return };
            round.missing -= 1;
            let barrier = Arc::clone(&round.all_there);
            if round.missing == 0 {
                rounds.pop_front();
            }
            barrier
        };
        barrier.wait().await;
    }
}

impl Simulator {
    /// Answers the next `sizes[0]` requests when all of them are there, then the `sizes[1]` after them, and so on;
    /// later ones at once. A client that makes fewer calls at a time waits in vain.
    pub fn answer_in_rounds(&self, sizes: &[usize]) {
        self.hub.rounds.start(sizes);
    }

    /// How many requests the rounds still wait for.
    #[must_use]
    pub fn missing_in_rounds(&self) -> usize {
        lock(&self.hub.rounds.0).iter().map(|round| round.missing).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::Rounds;

    #[tokio::test]
    async fn nobody_is_answered_before_the_round_is_complete() {
        let rounds = Rounds::default();
        rounds.start(&[2, 1]);
        let mut first = pin!(rounds.join());
        assert!(first.as_mut().now_or_never().is_none());
        assert!(rounds.join().now_or_never().is_some());
        assert!(first.now_or_never().is_some());
        assert!(rounds.join().now_or_never().is_some());
        assert!(rounds.join().now_or_never().is_some(), "after the last round");
    }
}
