//! What was answered to writes that carry an id of their caller, so that a repeat is answered and not carried out.
//!
//! Kept in this process only, by endpoint and its credentials: a file that is read again keeps its answers unless one of
//! those changed. Successes and definite failures are kept; after any other failure it is only known that the write was
//! tried, so that the next try looks first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::operations::{Failure, Outcome};

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_secs(600);

/// The most answers that are kept for one endpoint. The oldest goes first.
pub const MOST_ANSWERS: usize = 1_000;

/// The most bytes that the answers kept for one endpoint may have as JSON, with 512 more for each.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

/// What an answer counts beside its own text.
const OVERHEAD: usize = 512;

/// How a call ended.
pub(super) type Answer = Result<Outcome, Failure>;

/// SHA-256 of what makes two things the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Print([u8; 32]);

impl Print {
    /// Of these parts, in this order.
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(digest.finalize().into())
    }
}

/// A write that may be a repeat.
#[derive(Clone, Debug)]
pub(super) struct Repeatable {
    /// Where: the endpoint and its credentials.
    pub(super) scope: Print,
    /// The caller's id.
    pub(super) id: String,
    /// What is to be done: operation and arguments.
    pub(super) payload: Print,
}

/// What is known of a write.
#[derive(Debug)]
pub(super) enum Known {
    /// Nothing, or only that it was tried: it is to be carried out now.
    Open(Ticket),
    /// It is being carried out.
    Running(watch::Receiver<Option<Arc<Answer>>>),
    /// How it ended.
    Ended(Arc<Answer>),
    /// Its id was used for something else.
    Other,
}

/// The answers of all endpoints. Clones are the same memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory(Arc<Mutex<HashMap<Print, Shelf>>>);

/// The answers of one endpoint.
#[derive(Debug, Default)]
struct Shelf {
    entries: HashMap<String, Entry>,
    /// Those that ended, in that order. One that was tried again since is here twice; the older is void.
    ended: VecDeque<(Instant, String)>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    payload: Print,
    state: State,
}

#[derive(Debug)]
enum State {
    Running(watch::Receiver<Option<Arc<Answer>>>),
    Ended {
        at: Instant,
        bytes: usize,
        /// None: whether it happened is not known.
        answer: Option<Arc<Answer>>,
    },
}

/// The duty to carry a write out and to say how it ended. Dropped without a word, the write was tried and no more is
/// known.
#[derive(Debug)]
pub(super) struct Ticket {
    memory: Memory,
    write: Repeatable,
    ending: watch::Sender<Option<Arc<Answer>>>,
    /// Whether it was tried before.
    pub(super) tried: bool,
    answer: Option<Arc<Answer>>,
}

impl Memory {
    /// What is known of a write. Who is told [`Known::Open`] has it to carry out.
    pub(super) fn recall(&self, write: Repeatable) -> Known {
        let now = Instant::now();
        let mut shelves = self.lock();
        shelves.retain(|_, shelf| {
            shelf.expire(now);
            !shelf.entries.is_empty()
        });
        let shelf = shelves.entry(write.scope).or_default();
        let tried = match shelf.entries.get(&write.id) {
            None => false,
            Some(entry) if entry.payload != write.payload => return Known::Other,
            Some(entry) => match &entry.state {
                State::Running(ending) => return Known::Running(ending.clone()),
                State::Ended {
                    answer: Some(answer), ..
                } => return Known::Ended(Arc::clone(answer)),
                State::Ended { answer: None, .. } => true,
            },
        };
        let (ending, running) = watch::channel(None);
        shelf.put(write.id.clone(), write.payload, State::Running(running));
        Known::Open(Ticket {
            memory: self.clone(),
            write,
            ending,
            tried,
            answer: None,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Print, Shelf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// The write ended like this.
    pub(super) fn ended(mut self, answer: &Answer) {
        self.answer = Some(Arc::new(answer.clone()));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let answer = self.answer.take();
        let kept = answer.clone().filter(|answer| is_definite(answer));
        let at = Instant::now();
        let bytes = OVERHEAD + self.write.id.len() + kept.as_deref().map_or(0, size);
        let ended = State::Ended {
            at,
            bytes,
            answer: kept,
        };
        {
            let mut shelves = self.memory.lock();
            let shelf = shelves.entry(self.write.scope).or_default();
            shelf.put(self.write.id.clone(), self.write.payload, ended);
            shelf.ended.push_back((at, self.write.id.clone()));
            shelf.bytes += bytes;
            shelf.shrink();
        }
        // Those who wait hear of any ending; the sender is dropped right after, which tells them of none.
        self.ending.send_replace(answer);
    }
}

impl Shelf {
    /// Puts an entry in the place of the one before it.
    fn put(&mut self, id: String, payload: Print, state: State) {
        if let Some(before) = self.entries.insert(id, Entry { payload, state }) {
            self.bytes -= before.bytes();
        }
    }

    fn expire(&mut self, now: Instant) {
        while self
            .ended
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) >= KEPT_FOR)
        {
            self.drop_oldest();
        }
    }

    /// Back within the bounds. Writes that are under way stay: their number is bounded by the connections.
    fn shrink(&mut self) {
        while !self.ended.is_empty() && (self.ended.len() > MOST_ANSWERS || self.bytes > MOST_BYTES) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some((oldest, id)) = self.ended.pop_front() else {
            return;
        };
        let is_it = |entry: &Entry| matches!(entry.state, State::Ended { at, .. } if at == oldest);
        if self.entries.get(&id).is_some_and(is_it)
            && let Some(entry) = self.entries.remove(&id)
        {
            self.bytes -= entry.bytes();
        }
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        match self.state {
            State::Running(_) => 0,
            State::Ended { bytes, .. } => bytes,
        }
    }
}

/// Whether the same call would be answered the same: it was carried out, or certainly was not and will not be.
fn is_definite(answer: &Answer) -> bool {
    answer
        .as_ref()
        .map_or_else(|failure| failure.fault.definite(), |_| true)
}

/// How much of the memory an answer takes, about.
fn size(answer: &Answer) -> usize {
    match answer {
        Ok(outcome) => {
            outcome.data.to_string().len() + outcome.warnings.iter().map(String::len).sum::<usize>()
        }
        Err(failure) => {
            let details = failure
                .details
                .as_deref()
                .map_or(0, |details| details.to_string().len());
            failure.message.len() + failure.hint.as_deref().map_or(0, str::len) + details
        }
    }
}

#[cfg(test)]
mod tests;
