//! `weft.lock`: every model's figures, recorded, so that no change of one goes unseen.
//!
//! Main types: [`Figures`] of one model, [`Lock`] of a project. [`changes`] are what differs, as findings.

mod changes;
mod text;

pub use changes::{changes, gone};

use std::collections::BTreeMap;

use crate::analysis::{Analysis, AtDefaults, MemoryConfig, footprint};
use crate::ir::{Count, Graph};
use crate::report::lines;

/// The name of the file, beside `weft.toml`.
pub const FILE: &str = "weft.lock";

/// The figures of a project's models: by file, as the lock's folder sees it, and by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The figures.
    pub files: BTreeMap<String, BTreeMap<String, Figures>>,
}

/// What is recorded of a model. Numbers are at the defaults of symbolic sizes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Parameters, each once.
    pub params: u128,
    /// Parameters, once for every name.
    pub params_gross: u128,
    /// Multiply-accumulates for one sample.
    pub macs: u128,
    /// The same as a formula, where it is one.
    pub macs_formula: Option<String>,
    /// Bytes of everything stored and of the activations at their most, as `float32`, for one sample.
    pub memory: u128,
    /// Every result with its shape: `logits [1000]`.
    pub outputs: Vec<String>,
    /// The lines of its report that store or cost anything.
    pub layers: Vec<Layer>,
}

/// A line of a model's report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// Its path.
    pub path: String,
    /// The layer or block: `Conv2d`, `Bottleneck × 6`.
    pub kind: String,
    /// The parameters it owns.
    pub params: u128,
    /// Its multiply-accumulates.
    pub macs: u128,
}

impl Figures {
    /// The figures of a model.
    pub fn of(graph: &Graph, analysis: &Analysis) -> Figures {
        let judge = AtDefaults(graph);
        let number = |count: &Count| judge.value_at_defaults(count);
        let totals = &analysis.totals;
        let shape = |output: &crate::ir::Output| {
            graph.type_of(output.source).map_or(String::new(), |known| known.shape.to_string())
        };
        let layers = lines(graph, analysis, 0).into_iter().map(|line| Layer {
            params: line.cells.parameters.as_ref().map_or(0, number),
            macs: line.cells.macs.as_ref().map_or(0, number),
            path: line.path,
            kind: line.kind,
        });
        Figures {
            params: number(&totals.parameters),
            params_gross: number(&totals.parameters_gross),
            macs: number(&totals.macs),
            macs_formula: totals.macs.as_number().is_none().then(|| totals.macs.to_string()),
            memory: number(&footprint(graph, MemoryConfig::default()).inference()),
            outputs: graph
                .outputs
                .iter()
                .map(|output| format!("{} {}", output.name, shape(output)))
                .collect(),
            layers: layers.filter(|layer| layer.params > 0 || layer.macs > 0).collect(),
        }
    }
}
