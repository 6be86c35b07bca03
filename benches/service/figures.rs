//! Figures beside their targets, as a Markdown table.

use std::fmt::Write as _;
use std::time::Duration;

/// What a figure is held against.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    /// For information.
    None,
}

/// One line of the table.
struct Row {
    what: String,
    target: Target,
    unit: &'static str,
    /// One of each repetition, in ascending order.
    figures: Vec<f64>,
    note: String,
}

/// The table.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// Adds what several repetitions came to. The median counts.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        target: Target,
        unit: &'static str,
        mut figures: Vec<f64>,
        note: impl Into<String>,
    ) {
        figures.sort_by(f64::total_cmp);
        self.0.push(Row {
            what: what.into(),
            target,
            unit,
            figures,
            note: note.into(),
        });
    }

    /// The table as text.
    pub(crate) fn written(&self) -> String {
        let mut text = String::from(
            "| what | target | median | lowest to highest | holds | notes |\n|---|---|---|---|---|---|\n",
        );
        for row in &self.0 {
            let (Some(lowest), Some(highest)) = (row.figures.first(), row.figures.last()) else {
                continue;
            };
            let median = row.figures[row.figures.len() / 2];
            let (target, holds) = match row.target {
                Target::AtMost(target) => (format!("≤ {}", number(target)), yes_or_no(median <= target)),
                Target::AtLeast(target) => (format!("≥ {}", number(target)), yes_or_no(median >= target)),
                Target::None => (String::new(), ""),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {target} | {} {} | {} to {} | {holds} | {} |",
                row.what,
                number(median),
                row.unit,
                number(*lowest),
                number(*highest),
                row.note,
            );
        }
        text
    }
}

fn yes_or_no(holds: bool) -> &'static str {
    if holds { "yes" } else { "**no**" }
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The time within which this share of the answers came, in milliseconds.
pub(crate) fn percentile(taken: &[Duration], share: f64) -> f64 {
    let mut sorted = taken.to_vec();
    sorted.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list of less than a million"
    )]
    let place = (sorted.len() as f64 * share) as usize;
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
        .map_or(f64::NAN, milliseconds)
}
