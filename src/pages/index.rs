//! The tree below the root as it was last seen, so that pages are found and listed without walking it each time.
//!
//! It only ever *finds*: no content comes from here, and whatever it finds is read from Confluence and admitted by
//! Confluence's own account of its ancestors before it counts (see `lookup`). Callers share one index and one build
//! of it, however many ask at once. Our own writes are put into it at once; what other people do shows after the
//! freshness time at the latest, or at once to a caller who asks for a fresh look.

mod snapshot;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::{Error, Reference, title};
use crate::clock::Clock;
use crate::confluence::{self, Call, Client, PageId, Priority, WithBody};

pub use snapshot::{Change, Snapshot};

/// The longest time one build may take. Callers who cannot wait that long get their time-out; the build goes on,
/// and the next caller finds it done.
const BUILD_TIME: Duration = Duration::from_secs(120);

/// How long our own writes are put on top of what a build found: Confluence's lists may lag behind a write.
const LAG: Duration = Duration::from_secs(15);

/// The most titles that are remembered from single look-ups.
const MOST_HINTS: usize = 10_000;

/// How old a listing may be that a caller is content with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As the endpoint is set up.
    Usual,
    /// Not older than the question.
    Fresh,
}

/// The index of one endpoint.
pub struct Index {
    client: Client,
    root: PageId,
    freshness: Duration,
    clock: Clock,
    state: Mutex<State>,
    builds: TaskTracker,
}

#[derive(Default)]
struct State {
    /// How many builds were started.
    started: u64,
    snapshot: Option<Arc<Snapshot>>,
    building: Option<Building>,
    /// Our own writes of the last while.
    journal: Vec<(Instant, Change)>,
    /// Snapshots taken before this are not to be listed from: a write may have happened that we do not know of.
    distrusted: Option<Instant>,
    /// Titles and ids from single look-ups.
    hints: HashMap<String, PageId>,
}

/// A build under way.
struct Building {
    number: u64,
    call: Call,
    announce: Arc<watch::Sender<Option<Outcome>>>,
}

/// For whom a build is made.
#[derive(Clone, Copy)]
enum For<'c> {
    /// A caller who waits for it.
    Caller(Option<&'c Call>),
    /// Those who come later.
    Later,
}

/// What a build came to, with its number.
type Outcome = (u64, Result<Arc<Snapshot>, Failed>);

/// Why a build failed; told to every caller that waited for it.
#[derive(Clone, Debug)]
enum Failed {
    RootMissing,
    Upstream(confluence::Error),
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::RootMissing => Self::RootMissing,
            Failed::Upstream(error) => Self::Upstream(error),
        }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Index")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Index {
    /// An empty index; nothing is asked yet. With a freshness of zero every listing asks.
    pub(super) fn new(client: Client, root: PageId, freshness: Duration, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            client,
            root,
            freshness,
            clock,
            state: Mutex::default(),
            builds: TaskTracker::new(),
        })
    }

    /// A snapshot that is fresh enough to list from, if there is one already. One that is getting old is served and
    /// replaced in the background.
    pub(super) fn at_hand(self: &Arc<Self>) -> Option<Arc<Snapshot>> {
        let mut state = self.lock();
        let snapshot = Arc::clone(state.snapshot.as_ref()?);
        let trusted = state.distrusted.is_none_or(|since| snapshot.taken() > since);
        if !trusted || snapshot.age() >= self.freshness {
            return None;
        }
        if snapshot.age() > self.freshness / 2 && state.building.is_none() {
            self.start(&mut state, For::Later);
        }
        Some(snapshot)
    }

    /// A snapshot to list from, built if need be. However many callers wait, there is one build.
    ///
    /// # Errors
    /// [`Error::RootMissing`]; [`Error::Upstream`], also when the build is not done by the caller's deadline.
    pub(super) async fn current(
        self: &Arc<Self>,
        freshness: Freshness,
        call: Option<&Call>,
    ) -> Result<Arc<Snapshot>, Error> {
        if freshness == Freshness::Usual
            && let Some(snapshot) = self.at_hand()
        {
            return Ok(snapshot);
        }
        let wanted = {
            let state = self.lock();
            match (freshness, &state.building) {
                (Freshness::Usual, Some(building)) => building.number,
                // What is under way may have passed what the caller wants to see.
                _ => state.started + 1,
            }
        };
        if let Some(error) = call.and_then(|call| self.client.held_back("tree.read", call.deadline)) {
            return Err(Error::Upstream(error));
        }
        loop {
            let mut done = {
                let mut state = self.lock();
                match &state.building {
                    Some(building) => {
                        building.call.is_waited_for();
                        building.announce.subscribe()
                    }
                    None => self.start(&mut state, For::Caller(call)),
                }
            };
            let waiting = done.wait_for(Option::is_some);
            let finished = match call {
                Some(call) => tokio::time::timeout_at(call.deadline, waiting).await,
                None => Ok(waiting.await),
            };
            let Ok(finished) = finished else {
                return Err(Error::Upstream(confluence::Error::out_of_time("tree.read")));
            };
            // A build that was given up says nothing: look again.
            let Some((number, outcome)) = finished.ok().and_then(|outcome| outcome.clone()) else {
                continue;
            };
            if number >= wanted {
                return outcome.map_err(Error::from);
            }
        }
    }

    /// The page that a reference probably means. No promise: that page must be asked.
    pub(super) fn guess(&self, reference: &Reference) -> Option<PageId> {
        let state = self.lock();
        for candidate in reference.possible_titles() {
            let folded = title::folded(candidate);
            let known = state.snapshot.as_ref().and_then(|snapshot| {
                let id = snapshot.titled(&folded)?;
                let meant = reference.is_title(candidate) || reference.is_path(&snapshot.path(id)?);
                meant.then(|| id.clone())
            });
            if let Some(id) = known.or_else(|| state.hints.get(&folded).cloned()) {
                return Some(id);
            }
        }
        None
    }

    /// Paths of pages that a reference which names none may have meant, best first: from a listing that is at hand and as
    /// good as any. Nobody is asked, and no page outside the tree is in it.
    pub(super) fn similar(&self, reference: &Reference) -> Vec<String> {
        if reference.is_id() {
            return Vec::new();
        }
        let snapshot = {
            let state = self.lock();
            let snapshot = state.snapshot.clone();
            let trusted = |at: &Arc<Snapshot>| state.distrusted.is_none_or(|since| at.taken() > since);
            snapshot.filter(|at| trusted(at) && at.age() < self.freshness)
        };
        snapshot.map_or_else(Vec::new, |snapshot| snapshot.similar(reference.as_str()))
    }

    /// The time, for listings that are made without the index.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The title of a page as it was last seen.
    pub(super) fn title(&self, id: &PageId) -> Option<String> {
        self.lock().snapshot.as_ref()?.title(id).map(str::to_owned)
    }

    /// The pages that were last seen between the root and these. No promise either.
    pub(super) fn above(&self, ids: &[PageId]) -> Vec<PageId> {
        let state = self.lock();
        let Some(snapshot) = &state.snapshot else {
            return Vec::new();
        };
        let mut above: Vec<PageId> = ids.iter().flat_map(|id| snapshot.above(id)).collect();
        above.sort_unstable();
        above.dedup();
        above
    }

    /// Remembers where a title was found.
    pub(super) fn learn(&self, page_title: &str, id: &PageId) {
        let mut state = self.lock();
        if state.hints.len() >= MOST_HINTS {
            state.hints.clear();
        }
        state.hints.insert(title::folded(page_title), id.clone());
    }

    /// Puts a write of our own into the index, so that the next listing shows it.
    pub(super) fn note(&self, change: Change) {
        let now = Instant::now();
        let mut state = self.lock();
        state
            .journal
            .retain(|(at, _)| now.duration_since(*at) < BUILD_TIME + LAG);
        if let Some(snapshot) = &mut state.snapshot {
            // A copy is made only while a caller is listing from it.
            Arc::make_mut(snapshot).apply(&change);
        }
        state.journal.push((now, change));
    }

    /// Says that a write may have happened of which we do not know: listings need a new look.
    pub(super) fn distrust(&self) {
        self.lock().distrusted = Some(Instant::now());
    }

    /// Starts a build, of which there is never more than one: for a caller, who then waits for it, or in the
    /// background. One that nobody waits for any more is given up, unless it is in the background.
    fn start(self: &Arc<Self>, state: &mut State, whom: For<'_>) -> watch::Receiver<Option<Outcome>> {
        let (announce, done) = watch::channel(None);
        let announce = Arc::new(announce);
        let begun = Instant::now();
        let mut call = Call::with_deadline(begun + BUILD_TIME);
        match whom {
            For::Caller(Some(caller)) => {
                // Where Confluence wants a longer wait than the caller has, they had better hear of it at once.
                call = call.with_patience(caller.deadline.saturating_duration_since(begun));
                // What it costs is put down to the caller who needed it.
                call.tally = Arc::clone(&caller.tally);
            }
            For::Caller(None) => {}
            For::Later => call = call.with_priority(Priority::Background),
        }
        state.started += 1;
        let number = state.started;
        state.building = Some(Building {
            number,
            call: call.clone(),
            announce: Arc::clone(&announce),
        });
        let in_background = matches!(whom, For::Later);
        let index = Arc::clone(self);
        let span = match whom {
            For::Caller(_) => tracing::Span::current(),
            For::Later => tracing::info_span!("refresh"),
        };
        let building = async move {
            let outcome = tokio::select! {
                outcome = index.build(&call) => Some(outcome),
                () = announce.closed(), if !in_background => None,
            };
            let outcome = index.finished(begun, outcome);
            if let Some(outcome) = outcome {
                // Nobody need be waiting any more.
                let _ = announce.send(Some((number, outcome)));
            }
        };
        self.builds.spawn(building.instrument(span));
        done
    }

    /// Puts what a build found in place. None: it was given up.
    fn finished(
        &self,
        begun: Instant,
        outcome: Option<Result<Snapshot, Failed>>,
    ) -> Option<Result<Arc<Snapshot>, Failed>> {
        let mut state = self.lock();
        state.building = None;
        let snapshot = match outcome? {
            Ok(mut snapshot) => {
                // Writes since the build began, and a little before: lists may lag behind them.
                for (_, change) in state.journal.iter().filter(|(at, _)| *at + LAG > begun) {
                    snapshot.apply(change);
                }
                Arc::new(snapshot)
            }
            Err(failed) => return Some(Err(failed)),
        };
        state.snapshot = Some(Arc::clone(&snapshot));
        state.hints.clear();
        Some(Ok(snapshot))
    }

    async fn build(&self, call: &Call) -> Result<Snapshot, Failed> {
        let begun = Instant::now();
        let client = self.client.on(call);
        let as_of = self.clock.now();
        let (root, nodes) = futures_util::join!(
            client.page(&self.root, WithBody::No),
            client.descendants(&self.root, None)
        );
        let root = root.map_err(Failed::Upstream)?.ok_or(Failed::RootMissing)?;
        let nodes = nodes.map_err(Failed::Upstream)?.ok_or(Failed::RootMissing)?;
        Ok(Snapshot::new(&root, nodes, begun, as_of))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
