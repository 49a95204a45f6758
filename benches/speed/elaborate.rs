//! Tree to graph, and graph to figures, in layers a second: as fast for a million layers as for a thousand.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use weft::analysis::analyse;
use weft::front::weft::Program;

use crate::check::elaborated;
use crate::workloads::{repeated_layers, residual_layers};

const LAYERS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

fn model(text: String, layers: usize) -> Program {
    let program = elaborated(text, &[]);
    let nodes = program.models.first().map_or(0, |graph| graph.len());
    assert_eq!(nodes, layers + 1, "{:?}", program.errors);
    program
}

/// One layer, repeated by `*`.
#[divan::bench(args = LAYERS, sample_count = 5, sample_size = 1)]
fn repetition(bencher: Bencher, layers: usize) {
    let text = repeated_layers(layers);
    bencher.counter(ItemsCount::new(layers)).bench(|| model(black_box(text.clone()), layers));
}

/// Blocks of four layers, in a loop.
#[divan::bench(args = LAYERS, sample_count = 5, sample_size = 1)]
fn blocks_in_a_loop(bencher: Bencher, layers: usize) {
    let text = residual_layers(layers);
    bencher.counter(ItemsCount::new(layers)).bench(|| model(black_box(text.clone()), layers));
}

/// Sharing, totals and memory of those blocks.
#[divan::bench(args = LAYERS, sample_count = 5, sample_size = 1)]
fn analysis(bencher: Bencher, layers: usize) {
    let program = model(residual_layers(layers), layers);
    let graph = program.models.first().expect("the model was built");
    bencher.counter(ItemsCount::new(layers)).bench(|| analyse(black_box(graph)));
}
