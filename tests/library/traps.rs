//! What counters of parameters and costs are known to get wrong, each as a model in the language.

use weft::analysis::{Totals, analyse};
use weft::ir::{Graph, Role, Size};

use crate::common::sound;

/// The one model of a text, which must elaborate and whose assertions must hold.
#[track_caller]
fn model(text: &str) -> std::sync::Arc<Graph> {
    let graph = sound(text).models.remove(0);
    let failed = graph.assertions.iter().find(|assertion| !assertion.holds);
    assert!(failed.is_none(), "{failed:?} in\n{text}");
    graph
}

/// A model of these statements, which must hold.
#[track_caller]
fn holds(statements: &str) -> Totals {
    analyse(&model(&format!("model Trap {{\n{statements}\n}}"))).totals
}

#[test]
fn ceil_mode_drops_a_window_that_starts_in_the_padding() {
    holds(
        r#"input x: [1, 9]
         output y = x -> MaxPool1d(4, stride=4, pad=2, ceil_mode=true)
         z = x -> MaxPool1d(4, stride=4, pad=2)
         w = x -> MaxPool1d(3, stride=4, ceil_mode=true)
         assert y.shape == [1, 3], "the fourth window would start at 12, past 9 and its padding of 2"
         assert z.shape == [1, 3]
         assert w.shape == [1, 3], "a last window that starts on the input stays""#,
    );
}

#[test]
fn same_padding_of_224_with_a_kernel_of_7_and_a_stride_of_2_pads_2_and_3() {
    let graph = model(
        r#"model Trap {
             input image: [3, 224, 224]
             output y = image -> Conv2d(64, kernel=7, stride=2, pad="same")
             assert y.shape == [64, 112, 112]
         }"#,
    );
    let (_, conv) = graph.nodes().find(|(_, node)| node.kind() == "Conv2d").expect("the convolution");
    let window = conv.operation.window.as_ref().expect("its window");
    for axis in &window.axes {
        assert_eq!((&axis.before, &axis.after), (&Size::from(2), &Size::from(3)));
    }
}

#[test]
fn a_transposed_convolution_costs_by_input_positions() {
    holds(
        r#"input x: [3, 2, 2]
         output y = x -> ConvTranspose2d(1, kernel=2, stride=2)
         assert y.shape == [1, 4, 4]
         assert params == 12 + 1
         assert macs == 48, "4 input positions × 12 weights, not 16 output positions × 12""#,
    );
}

#[test]
fn an_lstm_has_two_biases_unless_told_otherwise() {
    holds(
        "input x: [7, 4]  output y = x -> LSTM(5)  assert params == 4 * (5 * 4 + 5 * 5 + 2 * 5) and params == 220",
    );
    holds("input x: [7, 4]  output y = x -> LSTM(5, single_bias=true)  assert params == 200");
    holds("input x: [7, 4]  output y = x -> LSTM(5, bias=false)  assert params == 180");
}

#[test]
fn a_gru_has_three_gates() {
    holds(
        "input x: [7, 4]  output y = x -> GRU(5)  assert params == 3 * (5 * 4 + 5 * 5 + 2 * 5) and params == 165",
    );
}

#[test]
fn a_recurrence_costs_its_matrices_once_a_step() {
    holds("input x: [7, 4]  output y = x -> LSTM(5)  assert macs == 7 * 4 * (5 * 4 + 5 * 5)");
}

#[test]
fn batch_norm_has_two_parameters_and_two_buffers_a_channel() {
    let graph = model(
        r#"model Trap {
             input x: [6, 8, 8]
             output y = x -> BatchNorm
             assert params == 2 * 6 and macs == 0
         }"#,
    );
    let buffers: Vec<_> = graph.weights().filter(|(_, weight)| weight.role == Role::Buffer).collect();
    assert!(buffers.iter().all(|(_, buffer)| *buffer.shape.dims() == [Size::from(6)]));
    assert_eq!(buffers.len(), 2);
    assert_eq!(analyse(&graph).totals.buffers.as_number(), Some(2 * 6));
}

#[test]
fn grouped_and_multi_query_attention_count_both_products_by_query_heads() {
    for kv_heads in [1, 2, 8] {
        holds(&format!(
            r#"input q: [6, 32]
             input k: [10, {width}]
             input v: [10, {width}]
             output y = (q, k, v) -> ScaledDotProductAttention(8, kv_heads={kv_heads})
             assert y.shape == [6, 32]
             assert macs == 2 * 6 * 10 * 32"#,
            width = 4 * kv_heads
        ));
        holds(&format!(
            r#"input x: [6, 32]
             output y = x -> MultiheadAttention(8, kv_heads={kv_heads}, bias=false)
             let read = 32 + 2 * 4 * {kv_heads}
             assert params == 32 * read + 32 * 32
             assert macs == 6 * params + 2 * 6 * 6 * 32"#
        ));
    }
}

#[test]
fn masks_and_windows_change_no_count() {
    for mask in ["", ", causal=true", ", causal=true, window=4"] {
        holds(&format!(
            r#"input x: [16, 8]
             output y = (x, x, x) -> ScaledDotProductAttention(2{mask})
             assert macs == 2 * 16 * 16 * 8"#
        ));
    }
}

#[test]
fn three_call_sites_of_one_layer_store_it_once_and_cost_three_times() {
    let totals = holds(
        r#"input a: [8]
         input b: [8]
         layer f = Linear(8)
         output y = (a -> f) + (b -> f -> f)
         assert params == 8 * 8 + 8
         assert macs == 3 * 8 * 8"#,
    );
    assert_eq!(totals.parameters_gross.as_number(), Some(72), "call sites add no names");
    assert_eq!(totals.without_sharing.as_number(), Some(3 * 72));
}

#[test]
fn a_routed_expert_stores_all_and_costs_top_k() {
    for (top_k, stacked) in [(1, false), (2, false), (2, true)] {
        let totals = holds(&format!(
            r#"input x: [6, 8]
             scores = x -> router: Linear(5, bias=false)
             output y = (x, scores) -> experts: MixtureOfExperts(Linear(8), top_k={top_k}, stacked={stacked})
             assert params == 8 * 5 + 5 * (8 * 8 + 8)
             assert macs == 6 * 8 * 5 + {top_k} * 6 * 8 * 8"#
        ));
        assert_eq!(totals.active.as_number(), Some(40 + top_k * 72));
    }
}

#[test]
fn an_embedding_is_looked_up_and_multiplies_nothing() {
    holds(
        r#"input tokens: int[128]
         output y = tokens -> Embedding(1000, 16)
         assert params == 16_000 and macs == 0"#,
    );
}

#[test]
fn a_tied_head_is_stored_once_and_costs_like_any_other() {
    let totals = holds(
        r#"input tokens: int[6]
         layer words = Embedding(100, 8)
         output y = tokens -> words -> head: Linear(100, bias=false, weight=words.weight)
         assert params == 800 and macs == 6 * 800"#,
    );
    assert_eq!(totals.parameters_gross.as_number(), Some(1600), "counted once for every name");
}

#[test]
fn a_grouped_convolution_reads_a_part_of_the_channels() {
    holds(
        r#"input x: [32, 7, 7]
         output y = x -> Conv2d(32, kernel=3, pad=1, groups=32, bias=false)
         assert params == 32 * 9 and macs == 49 * 32 * 9"#,
    );
}

#[test]
fn pixels_at_the_border_cost_what_all_others_cost() {
    holds(
        r#"input x: [1, 4, 4]
         output y = x -> Conv2d(1, kernel=3, pad=1, bias=false)
         assert macs == 16 * 9, "padding included""#,
    );
}
