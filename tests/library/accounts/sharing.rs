//! Each way of sharing, on the models that are known for it.

use super::{account, example, number, uses};
use weft::analysis::Sharing;

/// ALBERT's idea: one group of layers, twelve times.
const ALBERT: &str = "
    block Layer(heads, hidden) {
        input x: [T, D]
        x = x + (x -> attention: MultiheadAttention(heads)) -> norm1: LayerNorm
        output x + (x -> ffn: Linear(hidden) -> GELU -> ffn_output: Linear(D)) -> norm2: LayerNorm
    }
    model Albert(depth=12) {
        input x: [T = 128, 768]
        layer group = Layer(12, 3072)
        output y = x -> group * depth
    }";

#[test]
fn a_group_of_layers_used_twelve_times_stores_once_and_computes_twelve_times() {
    let (graph, shared) = account(ALBERT);
    let (single, once) = account(&ALBERT.replace("depth=12", "depth=1"));
    assert_eq!(shared.totals.parameters, once.totals.parameters);
    assert_eq!(number(&graph, &shared.totals.macs), 12 * number(&single, &once.totals.macs));
    assert_eq!(shared.totals.by_sharing.call_sites, shared.totals.parameters);
    let ffn = uses(&graph, &shared, "group.ffn.weight");
    assert_eq!(ffn.sharing, [Sharing::Positions, Sharing::CallSites]);
    assert_eq!((number(&graph, &ffn.most), ffn.places), (12 * 128, 12));
}

#[test]
fn the_head_of_gpt2_is_tied_and_read_at_two_places_and_its_places_once() {
    let (graph, analysis) = example("text/gpt2.weft", "GPT2Small");
    let words = uses(&graph, &analysis, "transformer.wte.weight");
    assert_eq!(words.sharing, [Sharing::Positions, Sharing::CallSites, Sharing::Tied]);
    assert_eq!(analysis.totals.by_sharing.tied, words.elements);
    let places = uses(&graph, &analysis, "transformer.wpe.weight");
    assert_eq!((number(&graph, &places.most), number(&graph, &places.least)), (1, 1));
    assert_eq!(places.sharing, []);
}

#[test]
fn a_recurrence_shares_over_time() {
    let (graph, analysis) = account("model Review { input x: [200, 8] output y = x -> rnn: LSTM(16) }");
    let rnn = uses(&graph, &analysis, "rnn.weight_hh_l0");
    assert_eq!((rnn.sharing.as_slice(), number(&graph, &rnn.most)), (&[Sharing::Time][..], 200));
    assert_eq!(analysis.totals.by_sharing.time, analysis.totals.parameters);
}

#[test]
fn a_tensor_shared_in_two_ways_stands_in_both_sums() {
    let text = "model Two { input a: [5, 8] input b: [5, 8]
        layer f = Linear(8) output y = (a -> f) + (b -> f) }";
    let (_, analysis) = account(text);
    assert_eq!(analysis.totals.by_sharing.positions, analysis.totals.parameters);
    assert_eq!(analysis.totals.by_sharing.call_sites, analysis.totals.parameters);
}
