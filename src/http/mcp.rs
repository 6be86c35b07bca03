//! The door for MCP, `POST /endpoint/<name>/mcp`: where a request may come from, whose it is, and its body within
//! bounds. What it asks and what it is answered is the business of `mcp`.

mod guard;

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method as HttpMethod, Response, StatusCode, header};
use serde_json::{Value, json};

use super::log::{RequestId, Watch};
use super::proxy::Peer;
use super::respond::{self, Report};
use super::{Service, auth, extract, mount};
use crate::confluence::Call;
use crate::dispatch::Running;
use crate::endpoint::Endpoint;
use crate::mcp::{Entry, Journal, Server};
use crate::operations::{Code, Failure, Method};

/// Its path below an endpoint.
pub(super) const PATH: &str = "/mcp";

/// One request at the door.
pub(super) async fn door(service: &Service, endpoint: &Arc<Endpoint>, request: Request) -> Response<Body> {
    if request.method() != HttpMethod::POST {
        return mount::wrong_method(service, &request, &[Method::Post]);
    }
    let id = request.extensions().get::<RequestId>().map(RequestId::as_str);
    let id = id.unwrap_or_default().to_owned();
    match answer(service, endpoint, request, &id).await {
        Ok(response) => response,
        Err(failure) => respond::failure(failure, Some(&id), service.clock),
    }
}

async fn answer(
    service: &Service,
    endpoint: &Arc<Endpoint>,
    request: Request,
    id: &str,
) -> Result<Response<Body>, Failure> {
    let call = Call::new(service.settings.request_timeout).named(id);
    let (mut parts, body) = request.into_parts();
    let peer = parts.extensions.get::<Peer>().copied();
    guard::check(&service.settings, endpoint.config(), &parts.headers, peer)?;
    let caller = auth::authorize(endpoint, &parts.headers)?;
    let bounds = extract::Bounds {
        bytes: service.settings.max_body_bytes,
        time: service.settings.body_read_timeout,
    };
    let bytes = Bytes::from(extract::read(body, &bounds).await?);
    let is_json = || serde_json::from_slice::<Value>(&bytes).is_ok();

    // The SDK insists on both, but a client that asks with `*/*` means no harm, and our answers are JSON anyway.
    let both = HeaderValue::from_static("application/json, text/event-stream");
    parts.headers.insert(header::ACCEPT, both);
    let json = HeaderValue::from_static("application/json");
    parts.headers.insert(header::CONTENT_TYPE, json);
    let report = Arc::new(Mutex::new(Report::default()));
    let book = Book {
        endpoint: endpoint.name().to_string(),
        request_id: id.to_owned(),
        call: call.clone(),
        report: Arc::clone(&report),
    };
    let server = Server::new(
        Arc::clone(endpoint),
        caller,
        service.dispatch.clone(),
        Arc::new(book),
    );
    let mcp = server.over_http(bounds.bytes);
    let response = mcp
        .handle(Request::from_parts(parts, Body::from(bytes.clone())))
        .await;

    let mut response = match response.status() {
        // With the headers as they are now, this is a body that the SDK could not read.
        StatusCode::UNSUPPORTED_MEDIA_TYPE if is_json() => refused(
            -32600,
            "Invalid Request: one JSON-RPC 2.0 object is expected, as the protocol says.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => refused(-32700, "Parse error: the body is not JSON in UTF-8."),
        _ => response.map(Body::new),
    };
    let headers = response.headers_mut();
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let mut report = std::mem::take(&mut *report.lock().unwrap_or_else(PoisonError::into_inner));
    report.spent(&call);
    response.extensions_mut().insert(report);
    Ok(response)
}

/// An error of JSON-RPC about a request that has no readable id.
fn refused(code: i32, message: &str) -> Response<Body> {
    let error = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } });
    let mut response = respond::document(&error);
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

/// The log of one request.
struct Book {
    endpoint: String,
    request_id: String,
    call: Call,
    report: Arc<Mutex<Report>>,
}

impl Journal for Book {
    fn opens(&self, what: &'static str) -> Box<dyn Entry> {
        Box::new(Line {
            what,
            request_id: self.request_id.clone(),
            call: self.call.clone(),
            watch: Watch::over(&HttpMethod::POST, self.endpoint.clone(), what, &self.call),
            report: Arc::clone(&self.report),
        })
    }
}

/// One thing asked, for the request's line in the log.
struct Line {
    what: &'static str,
    request_id: String,
    call: Call,
    watch: Watch,
    report: Arc<Mutex<Report>>,
}

impl Entry for Line {
    fn call(&self) -> &Call {
        &self.call
    }

    fn request_id(&self) -> &str {
        &self.request_id
    }

    fn outlived_by(&mut self, write: Running) -> Running {
        self.watch.outlived_by(write)
    }

    fn closes(self: Box<Self>, outcome: Result<(), Failure>) {
        self.watch.answered();
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.operation = Some(self.what);
        report.code = Some(Code::Ok.as_str());
        if let Err(failure) = outcome {
            report.code = Some(failure.fault.code().as_str());
            // The status is 200 all the same: to the protocol, a failed tool is a result.
            report.severe = failure.fault.status() >= 500;
            report.cause = failure.cause;
        }
    }
}
