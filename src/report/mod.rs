//! The parameter report: what each layer stores, how often it is used, what it costs.
//!
//! Main types: [`Report`], what is reported, and [`Format`], how. [`FORMATS`] is the registry, one file a format.
//! Nothing here prints; a report is text.

mod fold;
mod json;
mod layout;
mod markdown;
pub(crate) mod numbers;
pub mod pages;
mod rows;
mod summary;
mod table;
mod yaml;

#[cfg(test)]
mod tests;

pub(crate) use layout::wrapped;
pub(crate) use markdown::cell as markdown_cell;
pub(crate) use rows::is_automatic;
pub use rows::{Cells, Line, lines};
pub use summary::{Sum, summary};

use crate::analysis::Analysis;
use crate::document::WriteError;
use crate::graph::Graph;

/// What is reported.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The models with what follows from them, in order.
    pub models: Vec<(&'a Graph, &'a Analysis)>,
    /// How many levels of blocks are opened in a table.
    pub depth: usize,
    /// The columns of the terminal; `None` where it goes elsewhere and lines may be of any length.
    pub width: Option<usize>,
    /// Whether a table is coloured.
    pub color: bool,
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
pub static FORMATS: &[Format] = &[table::FORMAT, json::FORMAT, yaml::FORMAT];
