//! The program as a process of its own: started, signalled and read from outside, and gone when the test is.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use conflagent::simulator::Simulator;
use serde_json::Value;
use tokio::time::Instant;

use crate::support::{Answer, Product, caller};

/// Nothing here takes this long, unless it never comes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The secret in the files that [`properties`] writes.
pub(crate) const SECRET: &str = "secret-of-a-process==";

/// Waits until something is so.
#[track_caller]
pub(crate) fn until<'a>(what: &'a str, so: impl Fn() -> bool + 'a) -> impl Future<Output = ()> + 'a {
    found(what, move || so().then_some(()))
}

/// Waits until there is something.
pub(crate) async fn found<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A directory that is gone when the test is.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("process-{}-{number}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a directory of the tests");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Its path as a flag's value.
    pub(crate) fn text(&self) -> &str {
        self.0.to_str().expect("a path in plain letters")
    }

    /// Writes a file at once: nobody sees a part of it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let hidden = self.0.join(format!(".{name}.new"));
        std::fs::write(&hidden, text).expect("writable");
        std::fs::rename(hidden, self.0.join(name)).expect("renameable");
    }

    pub(crate) fn remove(&self, name: &str) {
        std::fs::remove_file(self.0.join(name)).expect("it is there");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is removed by the next `cargo clean`.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One stream of a process, as far as it was read.
#[derive(Default)]
struct Stream {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    /// Reads to the end, or to the first line with this text: then nobody listens any more.
    fn of(source: Option<impl Read + Send + 'static>, last: Option<&'static str>) -> Self {
        let text = Arc::<Mutex<String>>::default();
        let sink = Arc::clone(&text);
        let reader = source.map(|source| {
            std::thread::spawn(move || {
                let mut source = BufReader::new(source);
                let mut line = Vec::new();
                while matches!(source.read_until(b'\n', &mut line), Ok(1..)) {
                    let text = String::from_utf8_lossy(&line);
                    let enough = last.is_some_and(|last| text.contains(last));
                    sink.lock().expect("no panic").push_str(&text);
                    line.clear();
                    if enough {
                        return;
                    }
                }
            })
        });
        Self { text, reader }
    }

    fn text(&self) -> String {
        self.text.lock().expect("no panic").clone()
    }

    fn end(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("a reader that does not panic");
        }
    }
}

/// A running process.
pub(crate) struct Process {
    child: Child,
    out: Stream,
    log: Stream,
}

/// What is left of a process.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None: ended by a signal.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) log: String,
}

impl Process {
    /// Starts the program with these arguments and no environment.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::with(arguments, &[], Stdio::null())
    }

    /// The same with an environment and an input.
    pub(crate) fn with(arguments: &[&str], environment: &[(&str, &str)], input: Stdio) -> Self {
        Self::heard_to(None, arguments, environment, input)
    }

    /// The same, but its log is closed after the first line with this text.
    pub(crate) fn heard_to(
        last: Option<&'static str>,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: Stdio,
    ) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_conflagent"))
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = Stream::of(child.stdout.take(), None);
        let log = Stream::of(child.stderr.take(), last);
        Self { child, out, log }
    }

    /// What it printed so far.
    pub(crate) fn out(&self) -> String {
        self.out.text()
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.text()
    }

    /// Waits for a whole line of the log with this text.
    pub(crate) async fn logged(&self, text: &str) -> String {
        found(text, || line_with(&self.log(), text)).await
    }

    /// Sends it a signal, such as TERM.
    pub(crate) fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &line]).status().expect("a shell");
        assert!(sent.success(), "{line}");
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        while self.is_running() {
            assert!(Instant::now() < deadline, "it does not end:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.out.end();
        self.log.end();
        let code = self.child.wait().expect("a child").code();
        Ended {
            code,
            out: self.out(),
            log: self.log(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the program to its end.
pub(crate) async fn run(arguments: &[&str]) -> Ended {
    Process::start(arguments).ended().await
}

/// Runs the program to its end, on an input.
pub(crate) async fn run_on(arguments: &[&str], input: &[u8]) -> Ended {
    let mut process = Process::with(arguments, &[], Stdio::piped());
    let mut stdin = process.child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // Beside the reading, as its answers may fill their pipe first. It may also end without reading all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let ended = process.ended().await;
    writer.join().expect("a writer that does not panic");
    ended
}

fn line_with(text: &str, part: &str) -> Option<String> {
    text.split_inclusive('\n')
        .find(|line| line.ends_with('\n') && line.contains(part))
        .map(str::to_owned)
}

/// `serve` as a process, on a free port.
pub(crate) struct Serving {
    pub(crate) process: Process,
    pub(crate) address: String,
    caller: reqwest::Client,
}

impl Serving {
    /// Serves the endpoints of a folder.
    pub(crate) async fn start(folder: &Folder, flags: &[&str]) -> Self {
        Self::with(folder, flags, &[]).await
    }

    /// The same with an environment.
    pub(crate) async fn with(folder: &Folder, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let fixed = ["serve", "--listen", "127.0.0.1:0", "--config-dir", folder.text()];
        let arguments = [&fixed[..], flags].concat();
        Self::of(Process::with(&arguments, environment, Stdio::null())).await
    }

    /// A process that was just started, once it listens.
    pub(crate) async fn of(process: Process) -> Self {
        let line = process.logged("listening").await;
        let port: String = line
            .split_once("127.0.0.1:")
            .expect("an address in the log")
            .1
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        Self {
            process,
            address: format!("127.0.0.1:{port}"),
            caller: caller(),
        }
    }

    /// Asks the endpoint `wiki` with its secret.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = format!("/endpoint/wiki{path}");
        self.send(method, &path, Some(SECRET), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    /// Asks anything.
    #[expect(clippy::disallowed_methods, reason = "the ban is on calls to Confluence")]
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        secret: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self
            .caller
            .request(method, format!("http://{}{path}", self.address));
        if let Some(secret) = secret {
            request = request.bearer_auth(secret);
        }
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// Asks with headers and no secret but what is in them.
    #[expect(clippy::disallowed_methods, reason = "the ban is on calls to Confluence")]
    pub(crate) async fn send_headers(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.caller.get(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            let value = reqwest::header::HeaderValue::from_bytes(value.as_bytes()).expect("a header");
            request = request.header(*name, value);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// Asks it to stop and waits for its end.
    pub(crate) async fn stopped(self) -> Ended {
        self.process.signal("TERM");
        self.process.ended().await
    }
}

/// A properties file for a simulator in the test's own process.
pub(crate) fn properties(product: Product, simulator: &Simulator) -> String {
    let credentials = simulator.credentials();
    let deployment = match product {
        Product::Cloud => "cloud",
        Product::DataCenter => "datacenter",
    };
    format!(
        "email={}\napi_token={}\nbase_url={}\nspace_key={}\nroot_page_id={}\ngpt_shared_secret={SECRET}\ndeployment={deployment}\n",
        credentials.user,
        credentials.secret,
        simulator.base_url(),
        simulator.space_key(),
        simulator.root_page_id(),
    )
}
