//! The product as its callers meet it: a simulator, the service in front of it on a real socket, and a caller.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::OnceLock;
use std::time::Duration;

use chrono::{TimeZone as _, Utc};
use conflagent::app::{App, upstream_limits};
use conflagent::clock::Clock;
use conflagent::config::endpoint::INDEX_FRESHNESS;
use conflagent::config::{self, EndpointConfig, EndpointName, Flavor, Secret, Settings};
use conflagent::endpoint::{Endpoint, Registry};
use conflagent::simulator::{self, Seed, Simulator};
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The secret of the endpoint `wiki`.
pub(crate) const SECRET: &str = "a-secret-of-the-tests==";

/// The instant at which the service believes to be.
pub(crate) const NOW: &str = "2025-11-04T09:20:31Z";

/// Which product is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Cloud,
    DataCenter,
}

impl Product {
    pub(crate) fn simulated(self) -> simulator::Deployment {
        match self {
            Self::Cloud => simulator::Deployment::Cloud,
            Self::DataCenter => simulator::Deployment::DataCenter,
        }
    }
}

/// Declares scenarios that hold on both products; each becomes a test that runs it on both side by side.
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($bridge:ident) $body:block)*) => {$(
        $(#[$attribute])*
        #[tokio::test]
        async fn $name() {
            async fn scenario($bridge: crate::support::Bridge) $body
            crate::support::on_each(async |product| {
                scenario(crate::support::Bridge::start(product).await).await;
            })
            .await;
        }
    )*};
}
pub(crate) use on_both;

/// Runs something on both products side by side; says which one it was where it fails.
pub(crate) async fn on_each(run: impl AsyncFn(Product)) {
    let run = &run;
    let runs = [Product::Cloud, Product::DataCenter].map(|product| async move {
        let outcome = AssertUnwindSafe(run(product)).catch_unwind().await;
        (product, outcome)
    });
    for (product, outcome) in join_all(runs).await {
        if let Err(panic) = outcome {
            println!("on {product:?}");
            resume_unwind(panic);
        }
    }
}

/// The service in front of a simulator.
pub(crate) struct Bridge {
    pub(crate) product: Product,
    pub(crate) simulator: Simulator,
    base: String,
    caller: reqwest::Client,
    stop: CancellationToken,
}

impl Bridge {
    /// The demo's wiki and one endpoint, `wiki`.
    pub(crate) async fn start(product: Product) -> Self {
        Self::with(product, |_| {}, |_| {}).await
    }

    /// The same with changes to the simulator's options and the endpoint's configuration.
    pub(crate) async fn with(
        product: Product,
        options: impl FnOnce(&mut simulator::Options),
        configure: impl FnOnce(&mut EndpointConfig),
    ) -> Self {
        Self::tuned(product, options, configure, |_| {}).await
    }

    /// The same with changes to the process's settings too.
    pub(crate) async fn tuned(
        product: Product,
        options: impl FnOnce(&mut simulator::Options),
        configure: impl FnOnce(&mut EndpointConfig),
        tune: impl FnOnce(&mut Settings),
    ) -> Self {
        let simulator = simulated(product, options).await;
        let mut config = endpoint_config(product, &simulator);
        configure(&mut config);
        let mut settings = Settings::default();
        tune(&mut settings);
        Self::serving(product, simulator, [config], settings).await
    }

    /// Several endpoints in one process, the first of them in front of this simulator.
    pub(crate) async fn serving(
        product: Product,
        simulator: Simulator,
        configs: impl IntoIterator<Item = EndpointConfig>,
        settings: Settings,
    ) -> Self {
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            ..settings
        };
        let limits = upstream_limits(&settings);
        let endpoints = configs
            .into_iter()
            .map(|config| Endpoint::new(config, &limits, clock()).expect("a valid endpoint"));
        let app = App::bind(settings, Registry::of(endpoints), clock())
            .await
            .expect("a free port");
        let base = format!("http://{}", app.address());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        #[expect(clippy::disallowed_methods, reason = "a test's server ends with the test")]
        tokio::spawn(async move { app.run(stopped.cancelled(), std::future::pending()).await });
        simulator.reset_log();
        Self {
            product,
            simulator,
            base,
            caller: caller(),
            stop,
        }
    }

    /// The address of the service.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Asks the endpoint, with its secret. `path` is raw: it goes on the wire as it is.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string());
        self.send(
            method,
            &format!("/endpoint/wiki{path}"),
            Some(SECRET),
            body.as_deref(),
        )
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call("PUT", path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    /// Asks anything: path from the root of the service, secret and body as given.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        secret: Option<&str>,
        body: Option<&str>,
    ) -> Answer {
        let bearer = secret.map(|secret| format!("Bearer {secret}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|bearer| ("authorization", bearer.as_str()))
            .collect();
        self.ask(method, path, &headers, body.map(str::to_owned)).await
    }

    /// Sends bytes that need not be text, and an authorization that need not be one.
    pub(crate) async fn send_bytes(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: Option<&'static [u8]>,
    ) -> Answer {
        let headers: Vec<_> = authorization
            .iter()
            .map(|value| ("authorization", *value))
            .collect();
        self.ask(method, path, &headers, body).await
    }

    /// Sends the request with headers of its own.
    pub(crate) async fn send_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers, None::<String>).await
    }

    /// Posts to the endpoint, with its secret and further headers.
    pub(crate) async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let bearer = format!("Bearer {SECRET}");
        let headers = [&[("authorization", bearer.as_str())], headers].concat();
        self.ask(
            "POST",
            &format!("/endpoint/wiki{path}"),
            &headers,
            Some(body.to_string()),
        )
        .await
    }

    /// Sends anything at all.
    #[expect(clippy::disallowed_methods, reason = "the ban is on calls to Confluence")]
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<impl Into<reqwest::Body>>,
    ) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.caller.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// How many requests that may change something the simulator got since the last reset.
    pub(crate) fn upstream_writes(&self) -> usize {
        let requests = self.simulator.requests();
        requests.iter().filter(|request| request.method != "GET").count()
    }

    /// How many requests the simulator got since the last reset.
    pub(crate) fn upstream_calls(&self) -> usize {
        self.simulator.requests().len()
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Self {
            status,
            headers,
            text: response.text().await.expect("a whole body"),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect(&self.text)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The data of a success; anything else fails the test.
    #[track_caller]
    pub(crate) fn data(&self) -> Value {
        let mut json = self.json();
        assert_eq!(
            (self.status, json["code"].as_str()),
            (200, Some("OK")),
            "{}",
            self.text
        );
        assert_eq!(json["success"], true);
        json["data"].take()
    }

    /// Holds a failure against status, code and message.
    #[track_caller]
    pub(crate) fn fails(&self, status: u16, code: &str, message: &str) {
        let json = self.json();
        let got = (self.status, json["code"].as_str(), json["message"].as_str());
        assert_eq!(got, (status, Some(code), Some(message)), "{}", self.text);
        assert_eq!(json["success"], false);
        assert_eq!(json["data"], Value::Null);
        assert_eq!(json["timestamp"], NOW);
        assert!(
            json["hint"].as_str().is_some_and(|hint| !hint.is_empty()),
            "no hint: {}",
            self.text
        );
    }
}

/// A title as a path segment. HTTP clients resolve a segment of dots themselves, encoded or not; a slash in front,
/// which the service ignores, keeps them from it.
pub(crate) fn encoded(title: &str) -> String {
    let title = if matches!(title, "." | "..") {
        &format!("/{title}")
    } else {
        title
    };
    percent_encoding::utf8_percent_encode(title, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A simulator with the demo's wiki.
pub(crate) async fn simulated(product: Product, options: impl FnOnce(&mut simulator::Options)) -> Simulator {
    let mut simulated = simulator::Options::new(product.simulated()).seed(Seed::Demo);
    options(&mut simulated);
    simulator::start(simulated).await.expect("a free loopback port")
}

/// The configuration of the endpoint `wiki` in front of this simulator.
pub(crate) fn endpoint_config(product: Product, simulator: &Simulator) -> EndpointConfig {
    let credentials = simulator.credentials();
    EndpointConfig {
        name: EndpointName::parse("wiki").expect("a valid name"),
        email: Some(credentials.user),
        api_token: Secret::new(credentials.secret),
        base_url: simulator.base_url().parse().expect("a URL"),
        space_key: simulator.space_key(),
        root_page_id: simulator.root_page_id(),
        gpt_shared_secret: Secret::new(SECRET),
        flavor: Flavor::Default,
        directory: config::DirectoryAccess::Off,
        only: config::Only::default(),
        deployment: match product {
            Product::Cloud => config::Deployment::Cloud,
            Product::DataCenter => config::Deployment::DataCenter,
        },
        cloud_id: None,
        public_url: None,
        read_format: config::ReadFormat::Storage,
        index_freshness: INDEX_FRESHNESS,
    }
}

/// Lets time pass for everything in this process, while nothing is under way: durations and deadlines, not the clock
/// on the wall.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// The time stands still.
pub(crate) fn clock() -> Clock {
    Clock::Frozen(
        Utc.with_ymd_and_hms(2025, 11, 4, 9, 20, 31)
            .single()
            .expect("a real instant"),
    )
}

/// An HTTP client that trusts no proxy and follows nothing. Each request has a connection of its own: one that was kept
/// could be closed by the service just when it is used again.
pub(crate) fn caller() -> reqwest::Client {
    static TLS: OnceLock<()> = OnceLock::new();
    TLS.get_or_init(|| {
        // Another part of the test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .no_proxy()
        // The service speaks plain HTTP: reading the machine's certificates would take longer than most tests.
        .tls_certs_only([])
        .pool_max_idle_per_host(0)
        .gzip(false)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client")
}
