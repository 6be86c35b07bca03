//! What becomes of trouble: bad credentials, broken answers, slow ones.

use std::time::Duration;

use conflagent::config::{EndpointConfig, Secret};
use conflagent::confluence::{Call, Client, ErrorKind, Limits, NewPage, NodeKind, WithBody};
use conflagent::simulator::{Deployment, Fault, Seed, Trouble};

use crate::support::{Site, config, on_both};

/// The kind of error a read meets under this fault.
async fn under(site: &Site, fault: Fault) -> ErrorKind {
    site.simulator.script(
        Trouble::new(fault)
            .method("GET")
            .forever()
            .wait(Duration::from_secs(3)),
    );
    let limits = Limits {
        attempt_timeout: Duration::from_millis(400),
        ..Limits::default()
    };
    let client = Client::new(&config(&site.simulator), &limits).unwrap();
    let outcome = client.children(&site.root(), NodeKind::Page).await;
    site.simulator.clear_script();
    outcome.map(|_| ()).expect_err(fault.name()).kind
}

#[tokio::test]
async fn every_fault_has_its_kind() {
    let wait = Some(Duration::from_secs(3));
    on_both(Seed::Empty, async |site: Site| {
        for (fault, kind) in [
            (
                Fault::RetryAfterSeconds,
                ErrorKind::RateLimited { retry_after: wait },
            ),
            (
                Fault::RateLimitField,
                ErrorKind::RateLimited { retry_after: wait },
            ),
            (
                Fault::BetaRateLimitField,
                ErrorKind::RateLimited { retry_after: wait },
            ),
            (
                Fault::RateLimitReset,
                ErrorKind::RateLimited { retry_after: wait },
            ),
            (
                Fault::TooManyRequests,
                ErrorKind::RateLimited { retry_after: None },
            ),
            (Fault::InternalError, ErrorKind::Failed),
            (Fault::TransientConflict, ErrorKind::Failed),
            (Fault::BadGateway, ErrorKind::Unavailable { retry_after: None }),
            (Fault::Unavailable, ErrorKind::Unavailable { retry_after: None }),
            (
                Fault::UnavailableRetryAfter,
                ErrorKind::Unavailable { retry_after: wait },
            ),
            (
                Fault::GatewayTimeout,
                ErrorKind::Unavailable { retry_after: None },
            ),
            (Fault::ConnectionRefused, ErrorKind::Unreachable),
            (Fault::CutBefore, ErrorKind::Unreachable),
            (Fault::CutAfter, ErrorKind::Unreachable),
            (Fault::SlowFirstByte, ErrorKind::Timeout),
            (Fault::StalledBody, ErrorKind::Timeout),
            (Fault::TruncatedBody, ErrorKind::Unreachable),
            (Fault::TruncatedJson, ErrorKind::Nonsense),
            (Fault::LoginPage, ErrorKind::CredentialsRejected),
            (Fault::WrongContentType, ErrorKind::Nonsense),
            (Fault::RedirectElsewhere, ErrorKind::CredentialsRejected),
            (Fault::Gone, ErrorKind::Gone),
            (Fault::Unauthorized, ErrorKind::CredentialsRejected),
            (Fault::EmptyBody, ErrorKind::Nonsense),
        ] {
            assert_eq!(
                under(&site, fault).await,
                kind,
                "{fault} {:?}",
                site.client.deployment()
            );
        }
    })
    .await;
}

#[tokio::test]
async fn waits_given_as_an_instant_are_measured_from_now() {
    on_both(Seed::Empty, async |site: Site| {
        for (fault, most) in [
            (Fault::RetryAfterDate, 4),
            (Fault::ResetInstant, 4),
            (Fault::ResetMinute, 64),
        ] {
            let kind = under(&site, fault).await;
            let ErrorKind::RateLimited {
                retry_after: Some(wait),
            } = kind
            else {
                panic!("{fault}: {kind:?}")
            };
            assert!(wait <= Duration::from_secs(most), "{fault}: {wait:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_captcha_means_rejected_credentials() {
    let site = Site::start(Deployment::DataCenter, Seed::Empty, |_| ()).await;
    assert_eq!(
        under(&site, Fault::LoginDenied).await,
        ErrorKind::CredentialsRejected
    );
}

#[tokio::test]
async fn an_oversized_answer_is_given_up_at_the_cap() {
    on_both(Seed::Empty, async |site: Site| {
        site.simulator.script(Trouble::new(Fault::Oversized));
        let error = site
            .client
            .children(&site.root(), NodeKind::Page)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Nonsense);
        assert_eq!(error.detail.as_deref(), Some("the answer is over 33554432 bytes"));
    })
    .await;
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_was_made_once_and_is_in_doubt() {
    on_both(Seed::Empty, async |site: Site| {
        site.client.space().await.unwrap();
        site.simulator.reset_log();
        site.simulator
            .script(Trouble::new(Fault::CutAfter).method("POST").forever());
        let error = site.create(&site.root(), "Lost").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.outcome_unknown());
        assert_eq!(site.simulator.requests().len(), 1);
        assert!(site.simulator.page_titled("Lost").is_some());
    })
    .await;
}

#[tokio::test]
async fn a_slow_site_does_not_outlast_the_call() {
    on_both(Seed::Empty, async |site: Site| {
        site.simulator.script(
            Trouble::new(Fault::SlowFirstByte)
                .forever()
                .wait(Duration::from_secs(30)),
        );
        let call = Call::new(Duration::from_millis(150));
        let error = site
            .client
            .on(&call)
            .descendants(&site.root(), None)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Timeout);
        assert!(error.elapsed < Duration::from_secs(5));
    })
    .await;
}

/// A client whose credential is wrong.
fn stranger(site: &Site) -> Client {
    let config = EndpointConfig {
        api_token: Secret::new("expired"),
        ..config(&site.simulator)
    };
    Client::new(&config, &Limits::default()).unwrap()
}

#[tokio::test]
async fn wrong_credentials_are_told_from_absence_everywhere() {
    on_both(Seed::Empty, async |site: Site| {
        let stranger = stranger(&site);
        let root = site.root();
        let kinds = [
            stranger.current_user().await.unwrap_err().kind,
            stranger.space().await.unwrap_err().kind,
            stranger.located(&root, WithBody::Yes).await.unwrap_err().kind,
            stranger.find("T", WithBody::Yes).await.unwrap_err().kind,
            stranger.children(&root, NodeKind::Page).await.unwrap_err().kind,
            stranger.descendants(&root, None).await.unwrap_err().kind,
            stranger.permissions(&root).await.unwrap_err().kind,
            stranger.delete(&root).await.unwrap_err().kind,
        ];
        assert!(
            kinds.iter().all(|kind| *kind == ErrorKind::CredentialsRejected),
            "{kinds:?}"
        );
        assert!(site.read(&root).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_token_taken_for_an_anonymous_visitor_is_rejected() {
    let site = Site::start(Deployment::DataCenter, Seed::Empty, |knobs| {
        knobs.anonymous_access = true;
    })
    .await;
    let stranger = stranger(&site);
    assert_eq!(
        stranger.current_user().await.unwrap_err().kind,
        ErrorKind::CredentialsRejected
    );
    let error = stranger.located(&site.root(), WithBody::Yes).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::CredentialsRejected);
    let error = stranger.descendants(&site.root(), None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::CredentialsRejected);
}

/// A client with the scoped token, at the gateway.
fn through_the_gateway(site: &Site) -> Client {
    let gateway = site.simulator.gateway_url();
    let (origin, rest) = gateway.split_once("/ex/confluence/").unwrap();
    let config = EndpointConfig {
        api_token: Secret::new(site.simulator.credentials().scoped_token),
        cloud_id: Some(rest.strip_suffix("/wiki").unwrap().to_owned()),
        ..config(&site.simulator)
    };
    let limits = Limits {
        gateway: origin.parse().unwrap(),
        ..Limits::default()
    };
    Client::new(&config, &limits).unwrap()
}

#[tokio::test]
async fn a_scoped_token_works_at_the_gateway() {
    let site = Site::start(Deployment::Cloud, Seed::Demo, |_| ()).await;
    let client = through_the_gateway(&site);
    let located = client
        .located(&site.root(), WithBody::Yes)
        .await
        .unwrap()
        .unwrap();
    assert!(located.page.url.unwrap().starts_with(&site.simulator.base_url()));
    let nodes = client.descendants(&site.root(), None).await.unwrap().unwrap();
    assert!(!nodes.is_empty());
    assert!(
        site.simulator
            .requests()
            .iter()
            .all(|request| request.path.starts_with("/ex/confluence/"))
    );
}

#[tokio::test]
async fn a_missing_scope_is_told_and_does_not_hide_a_purged_page() {
    let scopes = "read:page:confluence,read:content.metadata:confluence";
    let site = Site::start(Deployment::Cloud, Seed::Empty, |knobs| {
        scopes.clone_into(&mut knobs.scopes);
    })
    .await;
    let page = site.create(&site.root(), "Page").await.unwrap();
    let client = through_the_gateway(&site);
    assert!(client.located(&page.id, WithBody::No).await.unwrap().is_some());
    let error = client.delete(&page.id).await.unwrap_err();
    assert_eq!(
        (error.kind, error.status),
        (ErrorKind::CredentialsRejected, Some(401))
    );
    assert!(error.detail.unwrap().contains("scope"));
    site.simulator.trash(page.id.as_str());
    site.simulator.purge(page.id.as_str());
    assert!(client.located(&page.id, WithBody::No).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_reader_may_do_is_told_and_its_writes_are_refused() {
    on_both(Seed::Empty, async |site: Site| {
        let may = site.client.permissions(&site.root()).await.unwrap().unwrap();
        assert!(may.read && may.update && may.create && may.delete);
        let credentials = site.simulator.reader_credentials();
        let (email, token) = if site.is_cloud() {
            (Some(credentials.user), credentials.secret)
        } else {
            (None, credentials.bearer)
        };
        let config = EndpointConfig {
            email,
            api_token: Secret::new(token),
            ..config(&site.simulator)
        };
        let reader = Client::new(&config, &Limits::default()).unwrap();
        let may = reader.permissions(&site.root()).await.unwrap().unwrap();
        assert!(may.read && !may.update && !may.create && !may.delete, "{may:?}");
        let page = NewPage {
            title: "T",
            parent: &site.root(),
            storage: "<p/>",
        };
        let error = reader.create(&page).await.unwrap_err();
        assert!(
            matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound),
            "{error}"
        );
    })
    .await;
}
