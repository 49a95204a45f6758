//! The parameter report: what each layer stores, how often it is used, what it costs.
//!
//! Main types: [`Report`], what is reported, and [`Format`], how. [`FORMATS`] is the registry, one file a format.
//! Nothing here prints; a report is text.

mod columns;
mod csv;
mod fold;
mod html;
mod json;
mod layout;
mod markdown;
pub(crate) mod numbers;
pub mod pages;
mod rows;
mod sorting;
mod summary;
mod table;
mod title;
mod yaml;

#[cfg(test)]
mod tests;

pub use columns::{COLUMNS, Column, Context, Value, chosen, column, usual_columns};
pub(crate) use layout::wrapped;
pub(crate) use markdown::cell as markdown_cell;
pub use rows::{Cells, Line, lines};
pub use sorting::{Row, arranged};
pub use summary::{Sum, summary};
pub use title::{Title, title};

use crate::analysis::{Analysis, MemoryConfig};
use crate::back::document::{Document, WriteError};
use crate::ir::Graph;

/// How costs are counted, said below every report.
pub const CONVENTION: &str = "MACs count contractions per sample: convolutions, linear layers, matrix products, \
                              recurrent gates, both products of attention, padding and masked places included. \
                              Biases, look-ups and element operations count as none.";

/// What is reported.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The models with what follows from them, in order.
    pub models: Vec<(&'a Graph, &'a Analysis)>,
    /// How many levels of blocks are opened.
    pub depth: usize,
    /// The columns of the terminal; `None` where it goes elsewhere and lines may be of any length.
    pub width: Option<usize>,
    /// Whether a table is coloured.
    pub color: bool,
    /// The columns of the table, the layer first.
    pub columns: Vec<&'static Column>,
    /// The column by which lines are sorted, the largest first; `None` for the order of execution.
    pub sort: Option<&'static Column>,
    /// How many lines are shown; the others are one.
    pub top: Option<usize>,
    /// What memory is counted for.
    pub setting: MemoryConfig,
    /// Whether the cost of a training step is told.
    pub training: bool,
}

/// One level, every usual column, in the order of execution, for one sample of `float32`.
impl Default for Report<'_> {
    fn default() -> Self {
        Report {
            models: Vec::new(),
            depth: 0,
            width: None,
            color: false,
            columns: usual_columns(),
            sort: None,
            top: None,
            setting: MemoryConfig::default(),
            training: false,
        }
    }
}

impl Report<'_> {
    /// The report as a document.
    fn document(&self) -> Document {
        Document::counted(self.models.iter().copied(), self.setting, self.training)
    }
}

/// A format of the report.
#[derive(Debug)]
pub struct Format {
    /// Its name, as in `--format`.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub summary: &'static str,
    /// Writes it.
    pub render: fn(&Report) -> Result<String, WriteError>,
}

/// Every format, the default first.
pub static FORMATS: &[Format] =
    &[table::FORMAT, markdown::FORMAT, csv::FORMAT, json::FORMAT, yaml::FORMAT, html::FORMAT];
