//! An operation becomes a route: resolve the endpoint, find the operation, check the secret, collect the arguments,
//! have it run (see `dispatch`), answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Response, header};

use super::log::{RequestId, Watch};
use super::page_path::{Route, route};
use super::proxy::{Peer, public_base};
use super::respond::{self, Report};
use super::{Service, auth, documents, extract, mcp, tools};
use crate::config::EndpointName;
use crate::confluence::Call;
use crate::describe::tools::Tool;
use crate::endpoint::Endpoint;
use crate::operations::{self, Failure, Fault, Method, Operation, Outcome};

/// How the arguments of an operation come in.
pub(super) enum Door {
    /// In path, query string and body; this is the title in the path.
    Route(Option<String>),
    /// As one flat object, with the defaults of the tool.
    Tool(&'static Tool),
}

/// Everything below `/endpoint/{name}`.
pub(super) async fn named(State(service): State<Service>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let below = path.strip_prefix("/endpoint/").unwrap_or_default();
    let (name, rest) = below.find('/').map_or((below, ""), |slash| below.split_at(slash));
    match EndpointName::parse(name).and_then(|name| service.registry.get(&name)) {
        Some(endpoint) => below_endpoint(&service, &endpoint, rest, request).await,
        None => answer_failure(&service, &request, no_such("endpoint")),
    }
}

/// Everything else: the unnamed endpoint, if there is one; health and the generic document.
pub(super) async fn at_the_root(State(service): State<Service>, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    if let Some(endpoint) = service.registry.get(&EndpointName::unnamed()) {
        return below_endpoint(&service, &endpoint, &path, request).await;
    }
    match route(request.method(), &path) {
        Route::To(operation, _) if operation.is_open() => open(&service, None, operation, &request),
        Route::WrongMethod(methods)
            if !["/pages", "/directory"]
                .iter()
                .any(|start| path.starts_with(start)) =>
        {
            wrong_method(&service, &request, &methods)
        }
        _ => answer_failure(&service, &request, no_such("route")),
    }
}

/// The landing page is for reading; the unnamed endpoint has nothing at `/` either.
pub(super) async fn landing_is_get_only(State(service): State<Service>, request: Request) -> Response<Body> {
    wrong_method(&service, &request, &[Method::Get])
}

/// One request to an endpoint.
async fn below_endpoint(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    path: &str,
    request: Request,
) -> Response<Body> {
    let mut response = if let Some(asked) = tools::asked(path) {
        tools::answer(service, endpoint, asked, request).await
    } else if let Some(response) = documentation(service, endpoint, path, &request) {
        response
    } else if path.trim_end_matches('/') == mcp::PATH {
        mcp::door(service, endpoint, request).await
    } else {
        to_route(service, endpoint, path, request).await
    };
    if let Some(report) = response.extensions_mut().get_mut::<Report>() {
        report.endpoint = Some(endpoint.name().to_string());
    }
    response
}

/// The answer to a request for the documentation page; None if it is for something else, or there is no page in this
/// build.
#[cfg_attr(
    not(feature = "docs-ui"),
    expect(unused_variables, reason = "a build without the page has nothing to look at")
)]
fn documentation(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    path: &str,
    request: &Request,
) -> Option<Response<Body>> {
    #[cfg(feature = "docs-ui")]
    return super::docs::asked(path).map(|file| super::docs::answer(service, endpoint, file, request));
    #[cfg(not(feature = "docs-ui"))]
    None
}

/// One request to the route of an operation.
async fn to_route(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    path: &str,
    request: Request,
) -> Response<Body> {
    match route(request.method(), path) {
        Route::To(operation, _) if operation.is_open() => open(service, Some(endpoint), operation, &request),
        Route::To(operation, title) => {
            guarded(service, endpoint, operation, Door::Route(title), request).await
        }
        Route::WrongMethod(methods) => wrong_method(service, &request, &methods),
        Route::NotUtf8 => {
            let failure = Failure::new(Fault::InvalidInput, "The title in the path is not UTF-8.")
                .hint("Percent-encode the UTF-8 bytes of the title.");
            answer_failure(service, &request, failure)
        }
        Route::Unknown => answer_failure(service, &request, no_such("route")),
    }
}

/// Operations without a secret, which never ask Confluence.
fn open(
    service: &Service,
    endpoint: Option<&Arc<Endpoint>>,
    operation: &'static Operation,
    request: &Request,
) -> Response<Body> {
    let mut response = if operation.path == "/health" {
        match operations::health() {
            Ok(outcome) => respond::success(operation.success, outcome, service.clock),
            Err(failure) => answer_failure(service, request, failure),
        }
    } else {
        let base = base(service, endpoint, request.headers(), request.extensions());
        match documents::version(request.uri().query().unwrap_or_default()) {
            Ok(version) => {
                let document = documents::openapi(endpoint.map(AsRef::as_ref), &base);
                respond::document(&version.of(document))
            }
            Err(failure) => answer_failure(service, request, failure),
        }
    };
    named_in_log(&mut response, operation);
    response
}

/// The address callers reach the service at.
pub(super) fn base(
    service: &Service,
    endpoint: Option<&Arc<Endpoint>>,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> String {
    let configured = endpoint.and_then(|endpoint| endpoint.config().public_url.as_ref());
    let peer = extensions.get::<Peer>().copied();
    public_base(&service.settings, configured, headers, peer)
}

/// Operations behind the secret.
pub(super) async fn guarded(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    operation: &'static Operation,
    door: Door,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let id = parts.extensions.get::<RequestId>().map(RequestId::as_str);
    let call = Call::new(service.settings.request_timeout).named(id.unwrap_or_default());
    let name = endpoint.name().to_string();
    let mut watch = Watch::over(&parts.method, name, operation.name, &call);
    let outcome = run(
        service,
        endpoint,
        operation,
        door,
        (&parts, body),
        &call,
        &mut watch,
    )
    .await;
    watch.answered();
    let mut response = match outcome {
        Ok(outcome) => respond::success(operation.success, outcome, service.clock),
        Err(failure) => failed(service, &parts, failure),
    };
    respond::rate_limited(&mut response, endpoint.quota());
    named_in_log(&mut response, operation);
    if let Some(report) = response.extensions_mut().get_mut::<Report>() {
        report.spent(&call);
    }
    response
}

/// The steps of a guarded operation.
async fn run(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    operation: &'static Operation,
    door: Door,
    (parts, body): (&Parts, Body),
    call: &Call,
    watch: &mut Watch,
) -> Result<Outcome, Failure> {
    let permit = auth::authorize(endpoint, &parts.headers)?.permit(operation)?;
    let bounds = extract::Bounds {
        bytes: service.settings.max_body_bytes,
        time: service.settings.body_read_timeout,
    };
    let given = match door {
        Door::Route(title) => extract::arguments(operation, title, parts, body, &bounds).await?,
        Door::Tool(tool) => tool.arguments(extract::object(operation, parts, body, &bounds).await?),
    };
    let kept = |write| watch.outlived_by(write);
    service.dispatch.run(&permit, given, call, kept).await
}

/// The failure of an address that leads nowhere.
pub(super) fn no_such(what: &str) -> Failure {
    let hint = match what {
        "endpoint" => "Check the address: /endpoint/<name>/ with the name the operator gave you.",
        _ => "Check method and path against the openapi.json of your endpoint.",
    };
    Failure::new(Fault::NotFound, format!("Unknown {what}.")).hint(hint)
}

/// The failure of a method that a path does not have.
pub(super) fn wrong_method(service: &Service, request: &Request, methods: &[Method]) -> Response<Body> {
    let allowed = methods
        .iter()
        .map(|method| method.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let failure = Failure::new(Fault::MethodNotAllowed, "This method is not allowed here.")
        .hint(format!("Allowed are: {allowed}."));
    let mut response = answer_failure(service, request, failure);
    if let Ok(value) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// The envelope of a failure, with the id of its request.
pub(super) fn answer_failure(service: &Service, request: &Request, failure: Failure) -> Response<Body> {
    let id = request.extensions().get::<RequestId>().map(RequestId::as_str);
    respond::failure(failure, id, service.clock)
}

/// The same for a request that was taken apart.
pub(super) fn failed(service: &Service, parts: &Parts, failure: Failure) -> Response<Body> {
    let id = parts.extensions.get::<RequestId>().map(RequestId::as_str);
    respond::failure(failure, id, service.clock)
}

fn named_in_log(response: &mut Response<Body>, operation: &'static Operation) {
    if let Some(report) = response.extensions_mut().get_mut::<Report>() {
        report.operation = Some(operation.name);
    }
}
