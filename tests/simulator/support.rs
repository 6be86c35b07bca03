//! A client for the tests, and assertions about the shape of answers.

use std::sync::Once;

use conflagent::simulator::{Credentials, Deployment, Knobs, Options, Seed, Simulator, start};
use reqwest::{Client, Method, header::HeaderMap};
use serde_json::Value;

/// A simulator with a client that signs in as its writer.
pub(crate) struct Site {
    pub(crate) simulator: Simulator,
    client: Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Got {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text))
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The title of the first error of v2.
    #[track_caller]
    pub(crate) fn title(&self) -> String {
        self.json()["errors"][0]["title"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The message of an error of v1.
    #[track_caller]
    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl Site {
    pub(crate) async fn with(deployment: Deployment, seed: Seed, knobs: impl FnOnce(&mut Knobs)) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            rustls::crypto::ring::default_provider()
                .install_default()
                .expect("nobody else installs one");
        });
        let simulator = start(Options::new(deployment).seed(seed).knobs(knobs))
            .await
            .expect("loopback has free ports");
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a plain client");
        Self { simulator, client }
    }

    pub(crate) async fn cloud(seed: Seed) -> Self {
        Self::with(Deployment::Cloud, seed, |_| {}).await
    }

    pub(crate) async fn data_center(seed: Seed) -> Self {
        Self::with(Deployment::DataCenter, seed, |_| {}).await
    }

    /// Sends as the writer; `path` is below the base.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Got {
        let Credentials { user, secret, .. } = self.simulator.credentials();
        self.send(
            method,
            &format!("{}{path}", self.simulator.base_url()),
            Some((&user, &secret)),
            body,
        )
        .await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        basic: Option<(&str, &str)>,
        body: Option<Value>,
    ) -> Got {
        self.try_send(method, url, basic, body).await.expect("an answer")
    }

    /// Sends to an absolute address; an error when there is no whole answer.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        url: &str,
        basic: Option<(&str, &str)>,
        body: Option<Value>,
    ) -> Result<Got, reqwest::Error> {
        let mut request = self.client.request(method, url);
        if let Some((user, secret)) = basic {
            request = request.basic_auth(user, Some(secret));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.run(request).await
    }

    pub(crate) async fn bearer(&self, method: Method, url: &str, token: &str, body: Option<Value>) -> Got {
        let mut request = self.client.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.run(request).await.expect("an answer")
    }

    /// A request of any shape.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let Credentials { user, secret, .. } = self.simulator.credentials();
        self.client
            .request(method, format!("{}{path}", self.simulator.base_url()))
            .basic_auth(user, Some(secret))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the product's client is not what is tested here"
    )]
    pub(crate) async fn run(&self, request: reqwest::RequestBuilder) -> Result<Got, reqwest::Error> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Got {
            status,
            headers,
            text: response.text().await?,
        })
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Got {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Got {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Got {
        self.call(Method::DELETE, path, None).await
    }
}

/// The keys of an object, for comparing shapes.
#[track_caller]
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

/// Asserts that `found` has every key of the documented `example`, with a value of the same JSON type.
#[track_caller]
pub(crate) fn has_shape_of(found: &Value, example: &Value) {
    check_shape(found, example, "$");
}

#[track_caller]
fn check_shape(found: &Value, example: &Value, at: &str) {
    match (found, example) {
        (Value::Object(found), Value::Object(example)) => {
            for (key, example) in example {
                let found = found
                    .get(key)
                    .unwrap_or_else(|| panic!("{at}.{key} is missing from {found:?}"));
                check_shape(found, example, &format!("{at}.{key}"));
            }
        }
        (Value::Array(found), Value::Array(example)) => {
            if let Some(example) = example.first() {
                assert!(!found.is_empty(), "{at} is empty");
                for (index, found) in found.iter().enumerate() {
                    check_shape(found, example, &format!("{at}[{index}]"));
                }
            }
        }
        _ => {
            let same = std::mem::discriminant(found) == std::mem::discriminant(example);
            assert!(same, "{at}: {found} is not of the type of {example}");
        }
    }
}

/// The values of `field` over the rows of a list.
#[track_caller]
pub(crate) fn column(list: &Value, field: &str) -> Vec<String> {
    let rows = list["results"].as_array().expect("a list");
    rows.iter()
        .map(|row| {
            row[field]
                .as_str()
                .map_or_else(|| row[field].to_string(), str::to_owned)
        })
        .collect()
}
