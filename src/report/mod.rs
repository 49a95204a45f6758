//! The parameter report: what each layer stores, how often it is used, what it costs.
//!
//! Main types: [`Report`], what is reported, and [`ReportFormat`], how. [`FORMATS`] is the registry, one file a format.

mod column_value;
mod columns;
mod fold;
mod formats;
mod layout;
pub(crate) mod numbers;
mod rows;
mod sorting;
mod summary;
mod title;

pub use column_value::ColumnValue;
pub use columns::{COLUMNS, Column, Context, chosen, column, usual_columns};
pub(crate) use formats::markdown::cell as markdown_cell;
pub(crate) use layout::wrapped;
pub use rows::{Cells, ReportLine, lines};
pub use sorting::{ReportRow, arranged};
pub use summary::{Sum, summary};
pub use title::{Title, title};

use std::io::Write;

use crate::analysis::{Analysis, MemoryConfig};
use crate::back::document::Document;
use crate::ir::Graph;
use crate::output::{Format, Registry, WriteError};

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
pub type ReportFormat = Format<Writer>;

/// Writes a report.
pub type Writer = fn(&Report, &mut dyn Write) -> Result<(), WriteError>;

/// Every format, the default first.
pub static FORMATS: Registry<Writer> = Registry::new(&[
    &formats::table::FORMAT,
    &formats::markdown::FORMAT,
    &formats::csv::FORMAT,
    &formats::document::JSON,
    &formats::document::YAML,
    &formats::html::FORMAT,
]);
