//! The scenarios: one per group of targets.

use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::{try_join, try_join_all};
use serde_json::{Value, json};

use crate::figures::{Table, Target, milliseconds, percentile};
use crate::load::{Connection, Request, Run, closed_loop};
use crate::process::{Product, SECRET, Service, Simulator, cpu};

/// How long Confluence takes where that matters.
const LATENCY: &str = "50ms";

/// How often a measurement is repeated.
const REPETITIONS: usize = 5;

/// How many bytes the body of the page has that is read again and again.
const BODY_BYTES: usize = 20_000;

/// How many connections keep the machine busy.
const CONNECTIONS: usize = 32;

/// The longest time one run under load may take.
const MOST: Duration = Duration::from_secs(8);

/// Runs those that are wanted.
pub(crate) async fn run(table: &mut Table, wanted: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    if wanted("listing") {
        listing(table, Product::Cloud, "tree:1000x200x3", 600.0).await?;
        listing(table, Product::Cloud, "tree:5000x200x10", 2000.0).await?;
        listing(table, Product::DataCenter, "tree:1000x200x3", 2000.0).await?;
    }
    if wanted("build") {
        shared_build(table).await?;
    }
    for product in Product::BOTH {
        if wanted("overhead") {
            overhead(table, product).await?;
        }
        if wanted("reads") {
            reads(table, product).await?;
        }
    }
    if wanted("health") {
        health(table).await?;
    }
    if wanted("memory") {
        memory(table).await?;
    }
    Ok(())
}

fn get(path: &str) -> Request {
    Request::get(&format!("/endpoint/bench0{path}"), &format!("Bearer {SECRET}"))
}

/// A listing right after the start, and once more; a page read then.
async fn listing(table: &mut Table, product: Product, seed: &str, cold_target: f64) -> anyhow::Result<()> {
    let simulator = Simulator::start(product, seed, LATENCY)?;
    let (mut cold, mut warm, mut reads, mut calls) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..REPETITIONS {
        let service = Service::start(&simulator, 1).await?;
        let mut connection = Connection::open(service.address).await?;
        cold.push(milliseconds(connection.time(&get("/pages")).await?));
        calls = service.upstream_calls()?;
        for _ in 0..10 {
            warm.push(milliseconds(connection.time(&get("/pages")).await?));
        }
        let page = get("/pages/Page%2000500");
        connection.time(&page).await?;
        for _ in 0..10 {
            reads.push(milliseconds(connection.time(&page).await?));
        }
    }
    let what = |what: &str| format!("{}, {seed}, {LATENCY}: {what}", product.name());
    let note = format!("{calls} calls");
    table.add(what("listed cold"), Target::AtMost(cold_target), "ms", cold, note);
    table.add(what("listed warm"), Target::AtMost(5.0), "ms", warm, "");
    table.add(what("a page read warm"), Target::AtMost(70.0), "ms", reads, "");
    Ok(())
}

/// A hundred callers who ask for a listing at the same moment, when there is none yet.
async fn shared_build(table: &mut Table) -> anyhow::Result<()> {
    for product in Product::BOTH {
        let simulator = Simulator::start(product, "tree:1000x200x3", LATENCY)?;
        let alone = Service::start(&simulator, 1).await?;
        Connection::open(alone.address)
            .await?
            .time(&get("/pages"))
            .await?;
        let calls = alone.upstream_calls()?;
        drop(alone);
        let service = Service::start(&simulator, 1).await?;
        let connections = (0..100).map(|_| Connection::open(service.address));
        let mut connections = try_join_all(connections).await?;
        let listing = get("/pages");
        let taken = try_join_all(connections.iter_mut().map(|connection| connection.time(&listing))).await?;
        let note = format!(
            "one alone {calls}; the last answer after {:.0} ms",
            percentile(&taken, 1.0)
        );
        #[expect(clippy::cast_precision_loss, reason = "a few dozen calls")]
        let (all, alone) = (service.upstream_calls()? as f64, calls as f64);
        let what = format!("{}, 100 cold listings of 1,000 pages at once", product.name());
        table.add(what, Target::AtMost(alone), "calls", vec![all], note);
    }
    Ok(())
}

/// A page of [`BODY_BYTES`], known to the service's index: its title and id.
async fn page_to_read(service: &Service) -> anyhow::Result<(Request, String)> {
    let paragraph = "<h2>A heading</h2><p>Some text with <strong>weight</strong>, a <a href=\"https://example.com/\">link</a> \
                     and an &amp;.</p><ul><li>first</li><li>second</li></ul>\n";
    let rest = "x".repeat(BODY_BYTES % paragraph.len());
    let body = paragraph.repeat(BODY_BYTES / paragraph.len()) + &rest;
    let mut connection = Connection::open(service.address).await?;
    let page = json!({"title": "The page", "body": body}).to_string();
    let create = Request::post("/endpoint/bench0/pages", &format!("Bearer {SECRET}"), &page);
    let answer: Value = serde_json::from_slice(connection.ask(&create).await?)?;
    let id = answer["data"]["id"].as_str().context("no id")?.to_owned();
    connection.time(&get("/pages")).await?;
    Ok((get("/pages/The%20page"), id))
}

/// The requests that the service sends for that read, all at once.
fn upstream(product: Product, authorization: &str, id: &str) -> Vec<Request> {
    let paths = match product {
        Product::Cloud => vec![
            format!("/wiki/api/v2/pages/{id}?body-format=storage"),
            format!("/wiki/api/v2/pages/{id}/ancestors?limit=250"),
        ],
        Product::DataCenter => vec![format!(
            "/rest/api/content/{id}?expand=version%2Cspace%2Cancestors%2Cbody.storage"
        )],
    };
    paths
        .iter()
        .map(|path| Request::get(path, authorization))
        .collect()
}

/// What the service adds to the time of its upstream calls: the read through the service, less the same calls made
/// directly by the same generator, in turns on an otherwise idle machine, one at a time. All of the 99th percentile of
/// the read is put down to the service: what is taken off is the upstream's median.
async fn overhead(table: &mut Table, product: Product) -> anyhow::Result<()> {
    const READS: usize = 2000;
    let simulator = Simulator::start(product, "tree:100x20x3", "0")?;
    let service = Service::start(&simulator, 1).await?;
    let (read, id) = page_to_read(&service).await?;
    let calls = upstream(product, &simulator.authorization()?, &id);
    let mut through = Connection::open(service.address).await?;
    let mut first = Connection::open(simulator.address).await?;
    let mut second = Connection::open(simulator.address).await?;
    let compressed = read.accepting_gzip();
    let (mut usual, mut worst, mut gzip, mut directly) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..=REPETITIONS {
        let (mut answers, mut smaller, mut upstream) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..READS {
            answers.push(through.time(&read).await?);
            smaller.push(through.time(&compressed).await?);
            upstream.push(match &calls[..] {
                [one] => first.time(one).await?,
                [one, other, ..] => {
                    let (one, other) = try_join(first.time(one), second.time(other)).await?;
                    one.max(other)
                }
                [] => Duration::ZERO,
            });
        }
        // The first round warms up.
        if round > 0 {
            let upstream = percentile(&upstream, 0.5);
            directly.push(upstream);
            usual.push(percentile(&answers, 0.5) - upstream);
            worst.push(percentile(&answers, 0.99) - upstream);
            gzip.push(percentile(&smaller, 0.5) - upstream);
        }
    }
    let what = |what: &str| format!("{}, overhead of a 20 kB read, {what}", product.name());
    let note = format!("upstream itself {:.3} ms", directly[directly.len() / 2]);
    table.add(what("p50"), Target::AtMost(0.3), "ms", usual, note);
    table.add(what("p99"), Target::AtMost(2.0), "ms", worst, "");
    table.add(what("answered in gzip, p50"), Target::None, "ms", gzip, "");
    Ok(())
}

/// A run, and who used how much CPU meanwhile, in microseconds per answer.
async fn under_load(
    simulator: &Simulator,
    service: &Service,
    request: &Request,
    count: usize,
) -> anyhow::Result<(Run, String)> {
    let used = || anyhow::Ok([service.cpu()?, simulator.cpu()?, cpu(None)?]);
    let before = used()?;
    let run = closed_loop(service.address, request, CONNECTIONS, count, MOST).await?;
    let after = used()?;
    let answers = f64::from(u32::try_from(run.taken.len())?);
    let each: Vec<f64> = before
        .iter()
        .zip(after)
        .map(|(before, after)| (after - before) / answers * 1e6)
        .collect();
    let split = format!(
        "CPU per answer: service {:.0} µs, upstream {:.0} µs, generator {:.0} µs; p50 {:.2} ms, p99 {:.2} ms",
        each[0],
        each[1],
        each[2],
        percentile(&run.taken, 0.5),
        percentile(&run.taken, 0.99),
    );
    Ok((run, split))
}

/// Page reads as fast as the machine goes.
async fn reads(table: &mut Table, product: Product) -> anyhow::Result<()> {
    let simulator = Simulator::start(product, "tree:100x20x3", "0")?;
    let service = Service::start(&simulator, 1).await?;
    let (read, _) = page_to_read(&service).await?;
    let what = format!("{}, reads of a 20 kB page per second", product.name());
    sustained(table, what, 8000.0, (&simulator, &service), &read, 20_000).await
}

/// The cheapest answer as fast as the machine goes.
async fn health(table: &mut Table) -> anyhow::Result<()> {
    let simulator = Simulator::start(Product::Cloud, "empty", "0")?;
    let service = Service::start(&simulator, 1).await?;
    let health = Request::get("/health", "none");
    let what = "GET /health per second".to_owned();
    sustained(table, what, 30_000.0, (&simulator, &service), &health, 60_000).await
}

async fn sustained(
    table: &mut Table,
    what: String,
    target: f64,
    (simulator, service): (&Simulator, &Service),
    request: &Request,
    count: usize,
) -> anyhow::Result<()> {
    let (mut rates, mut note) = (Vec::new(), String::new());
    for round in 0..=REPETITIONS {
        let (run, split) = under_load(simulator, service, request, count).await?;
        // The first round warms up.
        if round > 0 {
            rates.push(run.rate());
            note = split;
        }
    }
    table.add(what, Target::AtLeast(target), "/s", rates, note);
    Ok(())
}

/// Resident memory with nothing to do, and with the trees of ten endpoints in it.
async fn memory(table: &mut Table) -> anyhow::Result<()> {
    const ENDPOINTS: usize = 10;
    let simulator = Simulator::start(Product::Cloud, "tree:5000x200x10", "0")?;
    let (mut idle, mut indexed, mut highest) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let service = Service::start(&simulator, ENDPOINTS).await?;
        let mut connection = Connection::open(service.address).await?;
        connection.time(&Request::get("/health", "none")).await?;
        idle.push(service.memory("VmRSS")?);
        for _ in 0..3 {
            for number in 0..ENDPOINTS {
                let path = format!("/endpoint/bench{number}/pages");
                let listing = Request::get(&path, &format!("Bearer {SECRET}"));
                connection.time(&listing).await?;
            }
        }
        indexed.push(service.memory("VmRSS")?);
        highest.push(service.memory("VmHWM")?);
    }
    table.add(
        "resident memory, idle, 10 endpoints",
        Target::AtMost(25.0),
        "MB",
        idle,
        "",
    );
    let what = "resident memory, 10 endpoints of 5,000 pages indexed";
    table.add(
        what,
        Target::AtMost(60.0),
        "MB",
        indexed,
        "each listed three times",
    );
    table.add("the same, at its highest", Target::None, "MB", highest, "");
    Ok(())
}
