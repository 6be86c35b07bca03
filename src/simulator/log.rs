//! What was asked and how it was answered: for assertions, not for people.

use std::{collections::VecDeque, time::Duration};

use super::faults::Fault;

/// Older requests fall out of the log beyond this many; the counters go on.
const KEPT: usize = 100_000;

/// One request as it arrived, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedRequest {
    /// Counts from 1 since the start.
    pub number: u64,
    /// Upper case.
    pub method: String,
    /// As on the wire, mount and percent-encoding included.
    pub path: String,
    /// As on the wire, without the question mark.
    pub query: String,
    /// Who the server took the caller for; `None` when it did not get so far or nobody was recognised.
    pub user: Option<String>,
    /// It carried an `Authorization` header.
    pub credentials: bool,
    /// `None` while unanswered, and for good when the connection was cut.
    pub status: Option<u16>,
    /// When it arrived, counted from the start of the simulator.
    pub at: Duration,
    /// The trouble it met.
    pub fault: Option<Fault>,
    /// Length of the request's body.
    pub body_length: usize,
}

/// Numbers over all requests since the start or the last reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests that arrived.
    pub requests: u64,
    /// Requests that met scripted trouble.
    pub troubled: u64,
    /// Requests refused by the rate limit.
    pub limited: u64,
    /// The most requests that were in the works at the same time.
    pub max_in_flight: usize,
    /// Connections that were accepted.
    pub connections: u64,
}

#[derive(Default)]
pub(crate) struct Log {
    entries: VecDeque<LoggedRequest>,
    counters: Counters,
    arrived: u64,
    in_flight: usize,
}

impl Log {
    /// Notes an arrival and returns its number.
    pub(crate) fn arrive(&mut self, method: &str, path: &str, query: &str, at: Duration) -> u64 {
        self.counters.requests += 1;
        self.in_flight += 1;
        self.counters.max_in_flight = self.counters.max_in_flight.max(self.in_flight);
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.arrived += 1;
        let number = self.arrived;
        self.entries.push_back(LoggedRequest {
            number,
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            user: None,
            credentials: false,
            status: None,
            at,
            fault: None,
            body_length: 0,
        });
        number
    }

    /// The entry of a request, unless the log was reset since.
    pub(crate) fn entry(&mut self, number: u64) -> Option<&mut LoggedRequest> {
        let first = self.entries.front()?.number;
        self.entries
            .get_mut(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    pub(crate) fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(crate) fn connected(&mut self) {
        self.counters.connections += 1;
    }

    pub(crate) fn troubled(&mut self) {
        self.counters.troubled += 1;
    }

    pub(crate) fn limited(&mut self) {
        self.counters.limited += 1;
    }

    pub(crate) fn entries(&self) -> Vec<LoggedRequest> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn counters(&self) -> Counters {
        self.counters
    }

    pub(crate) fn reset(&mut self) {
        self.entries.clear();
        self.counters = Counters::default();
    }
}
