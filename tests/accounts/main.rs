//! The accounts, on programs in the language: who shares with whom, what it costs.

mod fields;
mod memory;
mod sharing;
mod sums;

use weft::analysis::{Analysis, TensorUses, analyse};
use weft::front::weft::{Input, Options, elaborate};
use weft::ir::{Count, Graph};
use weft::source::Memory;

/// The models of a text, which holds no error.
#[track_caller]
fn models(text: &str) -> Vec<std::sync::Arc<Graph>> {
    let input = Input { name: "net.weft".into(), path: None, text: text.into() };
    let program = elaborate(&Memory::default(), input, &Options::default());
    assert_eq!(program.errors, [], "{text}");
    program.models
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
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(file);
    let text = std::fs::read_to_string(path).expect("an example");
    let graph = models(&text).into_iter().find(|graph| &*graph.name == model).expect("a model");
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
