//! The page from top to bottom, with or without a layout.

use super::Writer;
use crate::convert::Flavour;
use crate::convert::tree::{Block, Division, Page, Section};

/// The kinds of sections by their number of columns; the first of each is the plain one.
const KINDS: &[(&str, usize)] = &[
    ("single", 1),
    ("fixed-width", 1),
    ("two_equal", 2),
    ("two_left_sidebar", 2),
    ("two_right_sidebar", 2),
    ("three_equal", 3),
    ("three_with_sidebars", 3),
    ("three_left_sidebars", 3),
    ("three_right_sidebars", 3),
    ("four_equal", 4),
    ("five_equal", 5),
];

/// What Data Center does not have.
const CLOUD_ONLY: &[&str] = &[
    "fixed-width",
    "three_left_sidebars",
    "three_right_sidebars",
    "four_equal",
    "five_equal",
];

impl Writer {
    pub(in crate::convert) fn page(&mut self, page: &Page) {
        self.tasks = page.tasks_taken;
        if let [Division::Flow(blocks)] = page.divisions.as_slice() {
            return self.blocks(blocks);
        }
        let is_island = |division: &Division| matches!(division, Division::Island(_));
        // A page with a layout is all layout.
        for run in page.divisions.chunk_by(|a, b| is_island(a) == is_island(b)) {
            if run.iter().any(is_island) {
                for division in run {
                    self.division(division);
                }
            } else {
                self.element("ac:layout", &[], |w| {
                    for division in run {
                        w.division(division);
                    }
                });
            }
        }
    }

    fn division(&mut self, division: &Division) {
        match division {
            Division::Flow(blocks) => {
                let kind = match self.flavour {
                    Flavour::Cloud => "fixed-width",
                    Flavour::DataCenter => "single",
                };
                self.cells(kind, &[blocks.as_slice()], 1);
            }
            Division::Section(section) => self.section(section),
            Division::Island(island) => self.out.push_str(&island.storage),
        }
    }

    fn section(&mut self, section: &Section) {
        let columns: Vec<&[Block]> = section.columns.iter().map(Vec::as_slice).collect();
        let wanted = section.kind.as_deref().map(|kind| kind.replace('-', "_"));
        let known = KINDS.iter().find(|(kind, _)| {
            wanted
                .as_deref()
                .is_some_and(|wanted| wanted == kind.replace('-', "_"))
                && self.has(kind)
        });
        match known {
            // Columns that are missing stay empty.
            Some((kind, number)) if columns.len() <= *number => self.cells(kind, &columns, *number),
            _ => self.plain_sections(&columns),
        }
    }

    /// As many columns as the site has side by side; the others below.
    fn plain_sections(&mut self, columns: &[&[Block]]) {
        let most = KINDS
            .iter()
            .filter(|(kind, _)| self.has(kind))
            .map(|(_, number)| *number)
            .max()
            .unwrap_or(1);
        // Four in rows of three would be three and one.
        let most = if columns.len() == most + 1 {
            columns.len().div_ceil(2)
        } else {
            most
        };
        for row in columns.chunks(most) {
            let kind = KINDS
                .iter()
                .find(|(_, number)| *number == row.len())
                .map_or("single", |(kind, _)| kind);
            self.cells(kind, row, row.len());
        }
    }

    fn has(&self, kind: &str) -> bool {
        self.flavour == Flavour::Cloud || !CLOUD_ONLY.contains(&kind)
    }

    fn cells(&mut self, kind: &str, columns: &[&[Block]], number: usize) {
        let breakout = (self.flavour == Flavour::Cloud).then_some(("ac:breakout-mode", "default"));
        let attributes: Vec<_> = std::iter::once(("ac:type", kind)).chain(breakout).collect();
        self.element("ac:layout-section", &attributes, |w| {
            for index in 0..number {
                let column = columns.get(index).copied().unwrap_or_default();
                w.element("ac:layout-cell", &[], |w| w.some_blocks(column));
            }
        });
    }
}
