//! Refusals as both products, the gateway and what stands before them really word them.

use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::super::ErrorKind;
use super::{of_refusal, of_success, shortened};
use crate::config::Deployment;
use Deployment::{Cloud, DataCenter};

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap()
}

fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
    let field = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    fields.iter().map(field).collect()
}

fn kind(
    deployment: Deployment,
    status: u16,
    fields: &[(&'static str, &'static str)],
    body: &str,
) -> ErrorKind {
    let status = StatusCode::from_u16(status).unwrap();
    of_refusal(deployment, status, &headers(fields), body.as_bytes(), noon()).kind
}

#[track_caller]
fn check(deployment: Deployment, status: u16, body: &str, expected: &ErrorKind) {
    assert_eq!(kind(deployment, status, &[], body), *expected, "{status} {body}");
}

/// The envelope of Cloud v2.
#[track_caller]
fn check_v2(status: u16, code: &str, title: &str, expected: &ErrorKind) {
    let error = serde_json::json!({"status": status, "code": code, "title": title, "detail": null});
    check(
        Cloud,
        status,
        &serde_json::json!({"errors": [error]}).to_string(),
        expected,
    );
    let texts = serde_json::json!({"status": status.to_string(), "code": code, "title": title});
    check(
        Cloud,
        status,
        &serde_json::json!({"errors": [texts]}).to_string(),
        expected,
    );
}

/// The envelope of v1, with the flags and the prefix each product has.
#[track_caller]
fn check_v1(status: u16, message: &str, expected: &ErrorKind) {
    let data_center = serde_json::json!({
        "statusCode": status,
        "data": {"authorized": false, "valid": true, "allowedInReadOnlyMode": true, "errors": [], "successful": false},
        "message": message, "reason": "Reason",
    });
    check(DataCenter, status, &data_center.to_string(), expected);
    let cloud = serde_json::json!({
        "statusCode": status,
        "data": {"authorized": true, "valid": false, "errors": [], "successful": true},
        "message": format!("com.atlassian.confluence.api.service.exceptions.api.SomeException: {message}"),
    });
    check(Cloud, status, &cloud.to_string(), expected);
}

#[test]
fn a_stale_version_names_the_current_one_where_the_text_does() {
    let title =
        "Version must be incremented when updating a page. Current Version: [3]. Provided version: [3]";
    check_v2(
        409,
        "CONFLICT",
        title,
        &ErrorKind::VersionConflict { current: Some(3) },
    );
    let message = "Version must be incremented on update. Current version is: 12";
    check_v1(409, message, &ErrorKind::VersionConflict { current: Some(12) });
    check_v1(409, "Conflict", &ErrorKind::VersionConflict { current: None });
    let far = "the current version could not be told because of 17 reasons";
    check_v1(409, far, &ErrorKind::VersionConflict { current: None });
}

#[test]
fn a_write_that_lost_in_the_database_is_no_matter_of_its_version() {
    let message = "org.hibernate.StaleObjectStateException: Row was updated or deleted";
    check_v1(500, message, &ErrorKind::Failed);
    check_v1(409, "OptimisticLockException", &ErrorKind::Failed);
    check_v1(409, "Transaction rolled back", &ErrorKind::Failed);
}

#[test]
fn a_taken_title_is_told_from_other_bad_requests() {
    let title =
        "A page with this title already exists: A page already exists with the same TITLE in this space";
    check_v2(400, "BAD_REQUEST", title, &ErrorKind::TitleTaken);
    let message = "A page with this title already exists: A page already exists with the title T in the space with key K";
    check_v1(400, message, &ErrorKind::TitleTaken);
    check_v1(
        400,
        "Must supply an incremented version when updating Content. No version supplied.",
        &ErrorKind::Refused,
    );
    check_v2(
        400,
        "INVALID_REQUEST_PARAMETER",
        "Provided value for 'id' is not the correct type",
        &ErrorKind::Refused,
    );
}

#[test]
fn storage_that_does_not_parse_is_told_by_its_text() {
    for message in [
        "Error parsing xhtml: Unexpected close tag </br>; expected </p>.\n at [row,col {unknown-source}]: [11,7]",
        "Error parsing xhtml: Unexpected character '>' (code 62) expected '='",
        "Error parsing xhtml: Unexpected EOF; was expecting a close tag for element <ac:parameter>",
        "Error parsing xhtml: String ']]>' not allowed in textual content, except as the end marker of CDATA section",
        "Error parsing xhtml: Undeclared general entity \"foo\"",
    ] {
        check_v1(400, message, &ErrorKind::BadStorage);
        check_v2(400, "BAD_REQUEST", message, &ErrorKind::BadStorage);
    }
}

#[test]
fn a_page_below_itself_is_circular() {
    check_v2(
        400,
        "BAD_REQUEST",
        "Cannot add an existing ancestor as a child!",
        &ErrorKind::Circular,
    );
    check_v1(
        400,
        "The move would create a parent-child loop",
        &ErrorKind::Circular,
    );
}

#[test]
fn a_missing_page_is_not_found_in_every_wording() {
    check_v2(
        404,
        "NOT_FOUND",
        "Cannot find a page with id [999]",
        &ErrorKind::NotFound,
    );
    check_v2(
        404,
        "NOT_FOUND",
        "Cannot find [page] entity with id [999]",
        &ErrorKind::NotFound,
    );
    check_v2(
        404,
        "NOT_FOUND",
        "Content with id: [999] not found",
        &ErrorKind::NotFound,
    );
    check_v1(
        404,
        "No content found with id: ContentId{id=954415933}",
        &ErrorKind::NotFound,
    );
    check_v1(404, "No space with key : X", &ErrorKind::NotFound);
    check(DataCenter, 404, "", &ErrorKind::NotFound);
}

#[test]
fn a_bare_not_found_is_doubtful_on_cloud_only() {
    check_v2(404, "NOT_FOUND", "Not Found", &ErrorKind::CredentialsRejected);
    let bare = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#;
    check(DataCenter, 404, bare, &ErrorKind::NotFound);
    let told = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":"no page 9"}]}"#;
    check(Cloud, 404, told, &ErrorKind::NotFound);
}

#[test]
fn an_html_404_is_a_wrong_address_rather_than_a_missing_page() {
    check(
        DataCenter,
        404,
        "<!doctype html><html><title>HTTP Status 404</title></html>",
        &ErrorKind::Nonsense,
    );
    check(
        Cloud,
        404,
        "<html>Your Atlassian Cloud site is currently unavailable.</html>",
        &ErrorKind::Nonsense,
    );
}

#[test]
fn rejected_credentials_come_as_401_and_as_some_403() {
    let tomcat = "<!doctype html><html><body><h1>HTTP Status 401</h1><p>Basic Authentication Failure - Reason : \
                  AUTHENTICATED_FAILED</p></body></html>";
    check(DataCenter, 401, tomcat, &ErrorKind::CredentialsRejected);
    check(
        Cloud,
        401,
        r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
        &ErrorKind::CredentialsRejected,
    );
    check_v1(
        403,
        "caller cannot access Confluence",
        &ErrorKind::CredentialsRejected,
    );
    check_v1(
        403,
        "Current user not permitted to use Confluence",
        &ErrorKind::CredentialsRejected,
    );
    check(
        Cloud,
        403,
        "Failed to parse Connect Session Auth Token",
        &ErrorKind::CredentialsRejected,
    );
    let disabled = "<html><body>Basic Auth with password is disabled on this instance</body></html>";
    check(DataCenter, 403, disabled, &ErrorKind::CredentialsRejected);
}

#[test]
fn missing_permissions_are_forbidden() {
    check_v1(
        403,
        "Could not create content with type page",
        &ErrorKind::Forbidden,
    );
    let update = "Could not update Content of type : class com.atlassian.confluence.pages.Page with id 123";
    check_v1(403, update, &ErrorKind::Forbidden);
}

#[test]
fn data_center_headers_tell_a_stranger() {
    let message = r#"{"statusCode":404,"message":"No content found with id: ContentId{id=1}"}"#;
    let anonymous = [("x-ausername", "anonymous")];
    assert_eq!(
        kind(DataCenter, 404, &anonymous, message),
        ErrorKind::CredentialsRejected
    );
    let captcha = [("x-seraph-loginreason", "AUTHENTICATION_DENIED")];
    assert_eq!(
        kind(DataCenter, 403, &captcha, ""),
        ErrorKind::CredentialsRejected
    );
    let known = [("x-ausername", "agent"), ("x-seraph-loginreason", "OK")];
    assert_eq!(kind(DataCenter, 404, &known, message), ErrorKind::NotFound);
    assert_eq!(
        kind(DataCenter, 503, &anonymous, ""),
        ErrorKind::Unavailable { retry_after: None }
    );
    assert_eq!(
        kind(DataCenter, 429, &anonymous, ""),
        ErrorKind::RateLimited { retry_after: None }
    );
    assert_eq!(kind(Cloud, 404, &anonymous, message), ErrorKind::NotFound);
}

#[test]
fn the_remaining_statuses_speak_for_themselves() {
    let gone = "com.atlassian.confluence.api.service.exceptions.pagesmodes.GoneException: This deprecated endpoint has \
                been removed.";
    check_v1(410, gone, &ErrorKind::Gone);
    check(Cloud, 413, "", &ErrorKind::TooLarge);
    check_v2(
        405,
        "METHOD_NOT_ALLOWED",
        "Method Not Allowed",
        &ErrorKind::Refused,
    );
    check(DataCenter, 415, "", &ErrorKind::Refused);
    check(
        DataCenter,
        500,
        r#"{"statusCode":500,"message":"","reason":"Internal Server Error"}"#,
        &ErrorKind::Failed,
    );
    check(Cloud, 501, "", &ErrorKind::Failed);
    check(
        Cloud,
        502,
        "<html>Bad Gateway</html>",
        &ErrorKind::Unavailable { retry_after: None },
    );
    check(Cloud, 504, "", &ErrorKind::Unavailable { retry_after: None });
}

#[test]
fn waits_are_carried_with_429_and_503() {
    let wait = |seconds| Some(Duration::from_secs(seconds));
    let fields = [("retry-after", "9")];
    assert_eq!(
        kind(Cloud, 429, &fields, ""),
        ErrorKind::RateLimited { retry_after: wait(9) }
    );
    assert_eq!(
        kind(DataCenter, 503, &fields, ""),
        ErrorKind::Unavailable { retry_after: wait(9) }
    );
    let gateway = [
        ("x-ratelimit-reset", "2026-11-21T12:01Z"),
        ("x-failure-category", "FAILURE_CLIENT_RATELIMIT"),
    ];
    assert_eq!(
        kind(Cloud, 429, &gateway, ""),
        ErrorKind::RateLimited {
            retry_after: wait(60)
        }
    );
}

#[test]
fn a_redirect_is_a_login_page_or_nonsense() {
    let to = |target| kind(DataCenter, 302, &[("location", target)], "");
    for login in [
        "https://sso.example.com/start?RelayState=x",
        "/login.action?os_destination=%2Frest",
        "https://example.com/profile?SAMLRequest=abc",
        "/plugins/servlet/saml/auth",
    ] {
        assert_eq!(to(login), ErrorKind::CredentialsRejected, "{login}");
    }
    for other in [
        "https://wiki.example.com/lessons/1",
        "/rest/api/content?title=Login",
        "http://[",
        "",
    ] {
        assert_eq!(to(other), ErrorKind::Nonsense, "{other}");
    }
    assert_eq!(kind(Cloud, 304, &[], ""), ErrorKind::Nonsense);
}

#[test]
fn a_redirect_tells_the_log_where_but_not_what() {
    let headers = headers(&[(
        "location",
        "https://wiki.example.com:8443/rest/api/content?title=Secret",
    )]);
    let detail = of_refusal(DataCenter, StatusCode::FOUND, &headers, b"", noon()).detail;
    assert_eq!(
        detail.as_deref(),
        Some("a redirect to https://wiki.example.com:8443")
    );
}

fn success(fields: &[(&'static str, &'static str)], body: &str, wants_json: bool) -> Option<ErrorKind> {
    let status = if body.is_empty() && !wants_json {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::OK
    };
    of_success(DataCenter, status, &headers(fields), body.as_bytes(), wants_json)
        .map(|rejection| rejection.kind)
}

#[test]
fn a_success_must_be_json_from_someone_who_knows_us() {
    let json = ("content-type", "application/json;charset=UTF-8");
    assert_eq!(success(&[json], "{}", true), None);
    assert_eq!(
        success(&[("content-type", "application/problem+json")], "{}", true),
        None
    );
    assert_eq!(
        success(&[json, ("x-ausername", "anonymous")], "{}", true),
        Some(ErrorKind::CredentialsRejected)
    );
    assert_eq!(success(&[json], "", true), Some(ErrorKind::Nonsense));
    assert_eq!(
        success(&[("content-type", "text/plain")], "{}", true),
        Some(ErrorKind::Nonsense)
    );
    assert_eq!(success(&[], "{}", true), Some(ErrorKind::Nonsense));
}

#[test]
fn a_portal_that_answers_200_is_seen_through() {
    let html = ("content-type", "text/html");
    let login = "<html><form action='/login'><input type=\"password\" name=os_password></form></html>";
    assert_eq!(
        success(&[html], login, true),
        Some(ErrorKind::CredentialsRejected)
    );
    assert_eq!(
        success(&[html], login, false),
        Some(ErrorKind::CredentialsRejected)
    );
    assert_eq!(
        success(&[html], "<html>Down for maintenance</html>", false),
        Some(ErrorKind::Nonsense)
    );
    assert_eq!(success(&[], "", false), None);
}

#[test]
fn an_empty_200_confirms_nothing() {
    let empty = of_success(DataCenter, StatusCode::OK, &HeaderMap::new(), b"", false);
    assert!(empty.is_some_and(|rejection| rejection.kind == ErrorKind::Nonsense));
}

#[test]
fn details_are_the_words_and_short() {
    let page = "<html><head><style>p { color: red }</style><SCRIPT>var a = 1;</SCRIPT></head>\
                <body><h1>Not  here</h1>\n<p>Sorry</p></body></html>";
    let status = StatusCode::NOT_FOUND;
    let detail = of_refusal(Cloud, status, &HeaderMap::new(), page.as_bytes(), noon()).detail;
    assert_eq!(detail.as_deref(), Some("Not here Sorry"));
    let long = shortened(&"ä".repeat(500));
    assert_eq!(long.chars().count(), 301);
    let nested =
        r#"{"statusCode":400,"data":{"errors":[{"message":{"translation":"Title is too long","args":[]}}]}}"#;
    let detail = of_refusal(Cloud, status, &HeaderMap::new(), nested.as_bytes(), noon()).detail;
    assert_eq!(detail.as_deref(), Some("Title is too long"));
}
