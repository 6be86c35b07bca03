//! The simulator and the service as processes of their own, and what the kernel says of them.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// The program, built as a release is.
const PROGRAM: &str = env!("CARGO_BIN_EXE_conflagent");

/// What callers present to the service.
pub(crate) const SECRET: &str = "a-secret-of-the-benchmark";

/// The unit of CPU times in /proc: `USER_HZ`, which is 100 on every Linux that Rust runs on.
const TICKS_PER_SECOND: f64 = 100.0;

/// Which Confluence is simulated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Product {
    Cloud,
    DataCenter,
}

impl Product {
    pub(crate) const BOTH: [Self; 2] = [Self::Cloud, Self::DataCenter];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cloud => "Cloud",
            Self::DataCenter => "Data Center",
        }
    }

    fn flag(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::DataCenter => "datacenter",
        }
    }
}

/// A child process, killed when dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// CPU seconds a process has used; of this one without an id.
pub(crate) fn cpu(process: Option<u32>) -> anyhow::Result<f64> {
    let id = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The second field is a name in parentheses, which may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("an odd /proc/PID/stat")?;
    let ticks = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>)
        .sum::<Result<f64, _>>()?;
    Ok(ticks / TICKS_PER_SECOND)
}

/// A running `conflagent simulate`.
pub(crate) struct Simulator {
    process: Process,
    pub(crate) address: SocketAddr,
    /// Lines of a properties file that point to it.
    lines: String,
}

impl Simulator {
    pub(crate) fn start(product: Product, seed: &str, latency: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(PROGRAM)
            .args([
                "simulate",
                "--listen",
                "127.0.0.1:0",
                "--deployment",
                product.flag(),
            ])
            .args(["--seed", seed, "--latency", latency])
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the simulator")?;
        let output = child.stdout.take().context("no output of the simulator")?;
        let process = Process(child);
        let lines: Vec<String> = BufReader::new(output).lines().take(6).collect::<Result<_, _>>()?;
        let base = value(&lines, "base_url").context("the simulator did not say where it is")?;
        let host = base.trim_start_matches("http://");
        let host = host.split_once('/').map_or(host, |(host, _)| host);
        Ok(Self {
            process,
            address: host.parse().context("the simulator's address")?,
            lines: lines.join("\n"),
        })
    }

    pub(crate) fn cpu(&self) -> anyhow::Result<f64> {
        cpu(Some(self.process.0.id()))
    }

    /// The header with which the service signs in.
    pub(crate) fn authorization(&self) -> anyhow::Result<String> {
        use base64::Engine as _;

        let lines: Vec<String> = self.lines.lines().map(str::to_owned).collect();
        let (user, token) = value(&lines, "email")
            .zip(value(&lines, "api_token"))
            .context("the simulator named no credentials")?;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{token}"));
        Ok(format!("Basic {pair}"))
    }
}

fn value<'a>(lines: &'a [String], key: &str) -> Option<&'a str> {
    let mut pairs = lines.iter().filter_map(|line| line.split_once('='));
    pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// A running `conflagent serve`, which logs to a file as it would in production.
pub(crate) struct Service {
    process: Process,
    pub(crate) address: SocketAddr,
    directory: PathBuf,
}

impl Service {
    /// Serves these many endpoints, `bench0` and so on, all in front of one simulator.
    pub(crate) async fn start(simulator: &Simulator, endpoints: usize) -> anyhow::Result<Self> {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        for number in 0..endpoints {
            // Listings stay warm for as long as a scenario takes.
            let text = format!(
                "{}\ngpt_shared_secret={SECRET}\nindex_freshness=1h\n",
                simulator.lines
            );
            fs::write(
                directory.join(format!("conflagent.bench{number}.properties")),
                text,
            )?;
        }
        let log = File::create(directory.join("log"))?;
        let child = Command::new(PROGRAM)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log-format",
                "json",
                "--config-dir",
            ])
            .arg(&directory)
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .context("cannot start the service")?;
        let mut service = Self {
            process: Process(child),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            directory,
        };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            let lines = service.log()?;
            let listening = lines.iter().find(|line| line["message"] == "listening");
            if let Some(address) = listening.and_then(|line| line["address"].as_str()) {
                service.address = address.parse()?;
                return Ok(service);
            }
            sleep(Duration::from_millis(2)).await;
        }
        Err(anyhow!("the service did not start"))
    }

    /// The lines of its log so far.
    fn log(&self) -> anyhow::Result<Vec<Value>> {
        let text = fs::read_to_string(self.directory.join("log"))?;
        // The last one may be under way.
        Ok(text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect())
    }

    /// How many calls Confluence got, and how many retries were among them, as the log tells.
    pub(crate) fn upstream_calls(&self) -> anyhow::Result<u64> {
        let lines = self.log()?;
        Ok(lines
            .iter()
            .filter_map(|line| line["upstream_calls"].as_u64())
            .sum())
    }

    pub(crate) fn cpu(&self) -> anyhow::Result<f64> {
        cpu(Some(self.process.0.id()))
    }

    /// Resident memory in MB, now (`VmRSS`) or at its highest (`VmHWM`).
    pub(crate) fn memory(&self, which: &str) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        let kilobytes: f64 = kilobytes.context("an odd /proc/PID/status")?.parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // What stays behind is below target/.
        let _ = fs::remove_dir_all(&self.directory);
    }
}
