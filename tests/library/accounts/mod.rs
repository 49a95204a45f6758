//! The accounts, on programs in the language: who shares with whom, what it costs.

mod fields;
mod memory;
mod sharing;
mod sums;

use weft::analysis::{Analysis, TensorUses, analyse};
use weft::ir::{Count, Graph};

use crate::common::{read, sound};

/// The models of a text, which holds no error.
#[track_caller]
fn models(text: &str) -> Vec<std::sync::Arc<Graph>> {
    sound(text).models
}

/// The first model of a text with its accounts.
#[track_caller]
fn account(text: &str) -> (std::sync::Arc<Graph>, Analysis) {
    let graph = models(text).swap_remove(0);
    let analysis = analyse(&graph);
    (graph, analysis)
}

/// The model of an example with its accounts.
#[track_caller]
fn example(file: &str, model: &str) -> (std::sync::Arc<Graph>, Analysis) {
    let graph = models(&read(&format!("examples/{file}")))
        .into_iter()
        .find(|graph| &*graph.name == model)
        .expect("a model");
    let analysis = analyse(&graph);
    (graph, analysis)
}

/// The uses of a tensor, by its name.
#[track_caller]
fn uses<'a>(graph: &Graph, analysis: &'a Analysis, name: &str) -> &'a TensorUses {
    let at = graph.weights().position(|(_, weight)| &*weight.name == name);
    at.and_then(|at| analysis.uses.get(at)).unwrap_or_else(|| panic!("no tensor {name}"))
}

/// A count at the defaults of the symbolic sizes.
#[track_caller]
fn number(graph: &Graph, count: &Count) -> u128 {
    weft::analysis::AtDefaults(graph).count(count).expect("a number")
}
