//! Who may run what: the only way from a caller to an endpoint's pages.

use std::sync::Arc;

use super::Running;
use super::memory::Print;
use crate::confluence::Call;
use crate::endpoint::Endpoint;
use crate::operations::{Arguments, Failure, Fault, Offer, Operation, Run};

/// Proof that a caller knows the endpoint's secret. Only [`Authorized::by_secret`] makes one, so a door that forgets
/// to ask has no operation to run.
#[derive(Clone, Debug)]
pub struct Authorized(Arc<Endpoint>);

/// The right to run one operation on one endpoint.
#[derive(Clone, Debug)]
pub struct Permit {
    endpoint: Arc<Endpoint>,
    operation: &'static Operation,
    run: Run,
}

impl Authorized {
    /// Compares what a caller presented with the endpoint's secret. None: nothing of it is the secret.
    #[must_use]
    pub fn by_secret(endpoint: &Arc<Endpoint>, presented: &[&[u8]]) -> Option<Self> {
        let secret = &endpoint.config().gpt_shared_secret;
        // Every candidate is compared, so that the time does not tell which of several matched.
        let matched = presented
            .iter()
            .fold(false, |matched, candidate| secret.matches(candidate) | matched);
        matched.then(|| Self(Arc::clone(endpoint)))
    }

    /// Whether the endpoint offers an operation, for listings of what it can do.
    #[must_use]
    pub fn offers(&self, operation: &Operation) -> bool {
        Offer::from(self.0.config()).has(operation)
    }

    /// The right to run an operation.
    ///
    /// # Errors
    /// [`Fault::NotOffered`] when the endpoint does not allow it; [`Fault::Internal`] for an operation that is
    /// answered elsewhere.
    pub fn permit(&self, operation: &'static Operation) -> Result<Permit, Failure> {
        if !self.offers(operation) {
            return Err(not_offered());
        }
        let run = operation
            .run
            .ok_or_else(|| Failure::internal("a guarded operation that cannot run"))?;
        Ok(Permit {
            endpoint: Arc::clone(&self.0),
            operation,
            run,
        })
    }
}

impl Permit {
    /// What may be run.
    pub(super) fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// What answers are remembered under: the endpoint, where it leads, and all credentials.
    pub(super) fn scope(&self) -> Print {
        let config = self.endpoint.config();
        Print::of(&[
            config.name.as_str(),
            config.base_url.as_str(),
            &config.root_page_id,
            config.email.as_deref().unwrap_or_default(),
            config.api_token.expose(),
            config.gpt_shared_secret.expose(),
        ])
    }

    /// Runs it on the endpoint's pages, under the deadline and accounting of a call.
    pub(super) fn start(&self, arguments: Arguments, call: &Call) -> Running {
        match self.run {
            Run::Pages(run) => run(self.endpoint.pages(call), arguments),
            Run::Directory(run) => match self.endpoint.directory(call) {
                Some(directory) => run(directory, arguments),
                None => Box::pin(std::future::ready(Err(not_offered()))),
            },
        }
    }
}

fn not_offered() -> Failure {
    Failure::new(Fault::NotOffered, "This endpoint does not offer this operation.")
        .hint("Read this endpoint's openapi.json for the operations it offers.")
}
