//! What a simulator is started with.

use std::{fmt, net::SocketAddr, str::FromStr, time::Duration};

use super::knobs::Knobs;

/// Which product answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Deployment {
    /// Confluence Cloud: REST v2, what is left of v1, the API gateway.
    #[default]
    Cloud,
    /// Confluence Data Center: REST v1 only.
    DataCenter,
}

impl Deployment {
    pub(crate) fn is_cloud(self) -> bool {
        self == Self::Cloud
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_cloud() { "cloud" } else { "data-center" })
    }
}

impl FromStr for Deployment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "cloud" => Ok(Self::Cloud),
            "data-center" | "datacenter" | "dc" => Ok(Self::DataCenter),
            _ => Err(format!(
                "unknown deployment \"{text}\"; known: cloud, data-center"
            )),
        }
    }
}

/// What the wiki holds when it starts. Every seed is the same on every run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seed {
    /// A space and its homepage, which is also the root page.
    Empty,
    /// The wiki of an engineering team; the root page is a section of it, with pages beside it.
    #[default]
    Demo,
    /// A big regular tree below the root page.
    Tree {
        /// How many pages below the root.
        pages: usize,
        /// How many children a page gets before the next one starts.
        width: usize,
        /// How many levels there are below the root at least (a chain leads down there).
        depth: usize,
    },
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("empty"),
            Self::Demo => f.write_str("demo"),
            Self::Tree { pages, width, depth } => write!(f, "tree:{pages}x{width}x{depth}"),
        }
    }
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("unknown seed \"{text}\"; known: empty, demo, tree:PAGESxWIDTHxDEPTH");
        match text {
            "empty" => return Ok(Self::Empty),
            "demo" => return Ok(Self::Demo),
            _ => {}
        }
        let sizes = text.strip_prefix("tree:").ok_or_else(wrong)?;
        let numbers: Vec<usize> = sizes
            .split('x')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong())?;
        match numbers[..] {
            [pages, width, depth] if width > 0 => Ok(Self::Tree { pages, width, depth }),
            _ => Err(wrong()),
        }
    }
}

/// What a simulator is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which product answers.
    pub deployment: Deployment,
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the wiki holds.
    pub seed: Seed,
    /// The disputed and the nasty behaviours.
    pub knobs: Knobs,
    /// How long every answer takes; the request is carried out first.
    pub latency: Duration,
}

impl Options {
    /// A simulator of `deployment` on a free loopback port, with the demo wiki and no trouble.
    #[must_use]
    pub fn new(deployment: Deployment) -> Self {
        Self {
            deployment,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: Seed::Demo,
            knobs: Knobs::default(),
            latency: Duration::ZERO,
        }
    }

    /// The same with another seed.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The same with other knobs.
    #[must_use]
    pub fn knobs(mut self, change: impl FnOnce(&mut Knobs)) -> Self {
        change(&mut self.knobs);
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new(Deployment::Cloud)
    }
}
