//! From the first connection to the exit code: signals, drain, callers who hang up or fall silent.

mod connections;
mod hang_up;
mod stop;

use std::time::Duration;

use conflagent::simulator::{self, Fault, Seed, Simulator, Trouble};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::process::{Folder, SECRET, Serving, properties, until};
use crate::support::Product;

pub(crate) const PRODUCTS: [Product; 2] = [Product::Cloud, Product::DataCenter];

/// A wiki whose listing takes many calls.
pub(crate) fn slow_to_list(options: &mut simulator::Options) {
    options.seed = Seed::Tree {
        pages: 3000,
        width: 3000,
        depth: 1,
    };
    options.latency = Duration::from_millis(20);
}

/// A simulator in this process, `serve` as one of its own.
pub(crate) struct Stage {
    pub(crate) simulator: Simulator,
    pub(crate) serving: Serving,
    _folder: Folder,
}

impl Stage {
    pub(crate) async fn set(
        product: Product,
        options: impl FnOnce(&mut simulator::Options),
        flags: &[&str],
    ) -> Self {
        let mut simulated = simulator::Options::new(product.simulated());
        options(&mut simulated);
        let simulator = simulator::start(simulated).await.expect("a free port");
        let folder = Folder::new();
        folder.write("conflagent.wiki.properties", &properties(product, &simulator));
        let serving = Serving::start(&folder, flags).await;
        Self {
            simulator,
            serving,
            _folder: folder,
        }
    }

    /// With answers of Confluence that take a while.
    pub(crate) async fn slow(product: Product, flags: &[&str]) -> Self {
        Self::set(
            product,
            |options| options.latency = Duration::from_millis(150),
            flags,
        )
        .await
    }

    /// With a Confluence that does not answer in the time of any test.
    async fn stuck(flags: &[&str]) -> Self {
        let stage = Self::set(Product::Cloud, |_| {}, flags).await;
        let never = Trouble::new(Fault::SlowFirstByte).wait(Duration::from_secs(600));
        stage.simulator.script(never.forever());
        stage
    }

    pub(crate) async fn caller(&self) -> Caller {
        Caller::to(&self.serving).await
    }

    /// Waits until Confluence was asked something.
    pub(crate) async fn asked(&self) {
        until("a call upstream", || !self.simulator.requests().is_empty()).await;
    }
}

/// One connection, by hand.
pub(crate) struct Caller(TcpStream);

impl Caller {
    async fn to(serving: &Serving) -> Self {
        Self(TcpStream::connect(&serving.address).await.expect("a connection"))
    }

    async fn send(&mut self, bytes: &str) {
        self.0.write_all(bytes.as_bytes()).await.expect("sent");
    }

    /// Sends a request to the endpoint `wiki`.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: &str) {
        let length = body.len();
        self.send(&format!(
            "{method} /endpoint/wiki{path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {SECRET}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        ))
        .await;
    }

    /// What comes until the first `}`, which ends the first envelope without data.
    async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        while !answer.contains(&b'}') {
            let mut chunk = [0; 4096];
            let length = timeout(Duration::from_secs(10), self.0.read(&mut chunk))
                .await
                .expect("an answer in time")
                .expect("a connection");
            assert_ne!(length, 0, "closed after {:?}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&chunk[..length]);
        }
        String::from_utf8(answer).expect("text")
    }

    /// Everything that still comes before the service closes the connection.
    async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        let end = timeout(Duration::from_secs(10), self.0.read_to_end(&mut rest)).await;
        // A connection that is reset is closed as well.
        let _ = end.expect("an end in time");
        String::from_utf8(rest).expect("text")
    }

    fn is_silent(&self) -> bool {
        let mut byte = [0];
        matches!(self.0.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: test\r\n\r\n";
