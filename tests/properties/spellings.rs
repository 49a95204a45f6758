//! One layer, however it is written: short names, PyTorch's, Keras's, by position; and a layer by its other names.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::elaborated;
use super::stages::{self, Stage};

/// Short name, PyTorch's and Keras's; empty where Keras has none or one of another meaning.
type Names = (&'static str, &'static str, &'static str);

const CONVOLUTION: &[Names] = &[
    ("out_channels", "out_channels", "filters"),
    ("kernel", "kernel_size", "kernel_size"),
    ("stride", "stride", "strides"),
    ("pad", "padding", "padding"),
    ("dilation", "dilation", "dilation_rate"),
    ("groups", "groups", "groups"),
    ("bias", "bias", "use_bias"),
    ("padding_mode", "padding_mode", ""),
];
const TRANSPOSED: &[Names] = &[
    ("out_channels", "out_channels", "filters"),
    ("kernel", "kernel_size", "kernel_size"),
    ("stride", "stride", "strides"),
    ("pad", "padding", ""),
    ("output_pad", "output_padding", "output_padding"),
    ("groups", "groups", ""),
    ("bias", "bias", "use_bias"),
    ("dilation", "dilation", "dilation_rate"),
];
const MAXIMA: &[Names] = &[
    ("kernel", "kernel_size", "pool_size"),
    ("stride", "stride", "strides"),
    ("pad", "padding", ""),
    ("dilation", "dilation", ""),
    ("ceil_mode", "ceil_mode", ""),
];
const AVERAGES: &[Names] = &[
    ("kernel", "kernel_size", "pool_size"),
    ("stride", "stride", "strides"),
    ("pad", "padding", ""),
    ("ceil_mode", "ceil_mode", ""),
    ("count_include_pad", "count_include_pad", ""),
];
const CHANNEL_NORM: &[Names] = &[
    ("eps", "eps", "epsilon"),
    ("momentum", "momentum", ""),
    ("affine", "affine", ""),
    ("track_running_stats", "track_running_stats", ""),
];
const GATED: &[Names] = &[
    ("hidden", "hidden_size", "units"),
    ("layers", "num_layers", ""),
    ("bias", "bias", "use_bias"),
    ("dropout", "dropout", ""),
    ("bidirectional", "bidirectional", ""),
    ("proj_size", "proj_size", ""),
];
const ELMAN: &[Names] = &[
    ("hidden", "hidden_size", "units"),
    ("layers", "num_layers", ""),
    ("nonlinearity", "nonlinearity", "activation"),
    ("bias", "bias", "use_bias"),
    ("dropout", "dropout", ""),
    ("bidirectional", "bidirectional", ""),
];

/// Of each layer, an input and its arguments in PyTorch's order, those it infers left out.
const SPELLINGS: &[(&str, &str, &[Names])] = &[
    ("Conv1d", "[12, 30]", CONVOLUTION),
    ("Conv2d", "[12, 20, 21]", CONVOLUTION),
    ("Conv3d", "[12, 14, 15, 16]", CONVOLUTION),
    ("ConvTranspose1d", "[12, 9]", TRANSPOSED),
    ("ConvTranspose2d", "[12, 9, 8]", TRANSPOSED),
    ("ConvTranspose3d", "[12, 5, 4, 3]", TRANSPOSED),
    ("MaxPool1d", "[12, 20]", MAXIMA),
    ("MaxPool2d", "[12, 20, 21]", MAXIMA),
    ("MaxPool3d", "[12, 9, 10, 11]", MAXIMA),
    ("AvgPool1d", "[12, 20]", AVERAGES),
    ("AvgPool2d", "[12, 20, 21]", AVERAGES),
    ("AvgPool3d", "[12, 9, 10, 11]", AVERAGES),
    (
        "LpPool",
        "[12, 20, 21]",
        &[
            ("norm_type", "norm_type", ""),
            ("kernel", "kernel_size", "pool_size"),
            ("stride", "stride", "strides"),
            ("ceil_mode", "ceil_mode", ""),
        ],
    ),
    ("BatchNorm", "[12, 5, 6]", CHANNEL_NORM),
    ("InstanceNorm", "[12, 5, 6]", CHANNEL_NORM),
    (
        "GroupNorm",
        "[12, 5, 6]",
        &[("groups", "num_groups", "groups"), ("eps", "eps", "epsilon"), ("affine", "affine", "")],
    ),
    ("Linear", "[5, 24]", &[("out_features", "out_features", "units"), ("bias", "bias", "use_bias")]),
    ("RNN", "[5, 24]", ELMAN),
    ("LSTM", "[5, 24]", GATED),
    ("GRU", "[5, 24]", GATED),
    (
        "MultiheadAttention",
        "[5, 24]",
        &[
            ("heads", "num_heads", "num_heads"),
            ("dropout", "dropout", "dropout"),
            ("bias", "bias", "use_bias"),
            ("add_bias_kv", "add_bias_kv", ""),
            ("add_zero_attn", "add_zero_attn", ""),
        ],
    ),
    (
        "TransformerEncoderLayer",
        "[5, 24]",
        &[
            ("heads", "nhead", ""),
            ("hidden", "dim_feedforward", ""),
            ("dropout", "dropout", ""),
            ("activation", "activation", ""),
            ("eps", "layer_norm_eps", ""),
            ("norm_first", "norm_first", ""),
        ],
    ),
];

fn any_stage() -> impl Strategy<Value = Stage> {
    prop_oneof![
        stages::convolution("Conv1d", 1),
        stages::convolution("Conv2d", 2),
        stages::convolution("Conv3d", 3),
        stages::transposed("ConvTranspose1d", 1),
        stages::transposed("ConvTranspose2d", 2),
        stages::transposed("ConvTranspose3d", 3),
        prop_oneof![
            stages::pool("MaxPool1d", 1, false),
            stages::pool("MaxPool2d", 2, false),
            stages::pool("MaxPool3d", 3, false),
            stages::pool("AvgPool1d", 1, true),
            stages::pool("AvgPool2d", 2, true),
            stages::pool("AvgPool3d", 3, true),
            stages::power_pool(),
        ],
        stages::channel_norm("BatchNorm"),
        stages::channel_norm("InstanceNorm"),
        stages::group_norm(),
        stages::linear(),
        prop_oneof![stages::recurrence("RNN"), stages::recurrence("LSTM"), stages::recurrence("GRU")],
        stages::attention(),
        stages::encoder(),
    ]
}

/// What becomes of a tensor that is sent through a layer: every operation of the graph, or the errors' codes.
fn meaning(input: &str, layer: &str) -> String {
    let program =
        elaborated(&format!("model M {{\n    input x: {input}\n    output y = x -> {layer}\n}}"), &[]);
    match program.models.first() {
        Some(graph) => graph.nodes().map(|(_, node)| format!("{:?}\n", node.operation)).collect::<String>(),
        None => program.errors.iter().map(|error| format!("{}: {}\n", error.code, error.message)).collect(),
    }
}

/// The same arguments by other names; an argument without one keeps its own.
fn renamed(stage: &Stage, names: &[Names], other: fn(&Names) -> &'static str) -> Stage {
    let rename = |(name, value): &(&'static str, String)| {
        let other = names.iter().find(|known| known.0 == *name).map(other).filter(|other| !other.is_empty());
        (other.unwrap_or(name), value.clone())
    };
    Stage { layer: stage.layer, arguments: stage.arguments.iter().map(rename).collect() }
}

/// The first `count` arguments by position and the others by name.
fn positional(stage: &Stage, names: &[Names], count: usize) -> Result<String, TestCaseError> {
    let written: Vec<_> = stage
        .arguments
        .iter()
        .enumerate()
        .map(|(at, (name, value))| if at < count { value.clone() } else { format!("{name}={value}") })
        .collect();
    let in_order = stage.arguments.iter().zip(names).all(|((given, _), known)| *given == known.0);
    prop_assert!(in_order, "PyTorch's order of {}", stage);
    Ok(format!("{}({})", stage.layer, written.join(", ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_spelling_of_the_arguments_means_the_same(
        stage in any_stage(), count in 0..9usize, order in any::<proptest::sample::Index>(),
    ) {
        let (_, input, names) = SPELLINGS.iter().find(|(layer, ..)| *layer == stage.layer).expect("its spellings");
        let expected = meaning(input, &stage.to_string());
        prop_assert!(expected.contains(stage.layer), "{}", expected);
        let mut turned = stage.clone();
        turned.arguments.rotate_left(order.index(stage.arguments.len().max(1)));
        let spellings = [
            turned.to_string(),
            renamed(&stage, names, |names| names.1).to_string(),
            renamed(&stage, names, |names| names.2).to_string(),
            positional(&stage, names, count)?,
        ];
        for spelling in spellings {
            prop_assert_eq!(&meaning(input, &spelling), &expected, "{}", spelling);
        }
    }
}

/// A name, the layer it is a name of, and the ranks it takes; none for any.
const NAMES: &[(&str, &str, &[usize])] = &[
    ("BatchNorm1d", "BatchNorm", &[1, 2]),
    ("BatchNorm2d", "BatchNorm", &[3]),
    ("BatchNorm3d", "BatchNorm", &[4]),
    ("InstanceNorm1d", "InstanceNorm", &[2]),
    ("InstanceNorm2d", "InstanceNorm", &[3]),
    ("InstanceNorm3d", "InstanceNorm", &[4]),
    ("LPPool1d", "LpPool", &[2]),
    ("LPPool2d", "LpPool", &[3]),
    ("LPPool3d", "LpPool", &[4]),
    ("ZeroPad1d", "Pad", &[2]),
    ("ZeroPad2d", "Pad", &[3]),
    ("ZeroPad3d", "Pad", &[4]),
    ("Dense", "Linear", &[]),
];

fn stage_of(layer: &str) -> BoxedStrategy<Stage> {
    match layer {
        "BatchNorm" => stages::channel_norm("BatchNorm"),
        "InstanceNorm" => stages::channel_norm("InstanceNorm"),
        "LpPool" => stages::power_pool(),
        "Pad" => stages::zero_padding(),
        _ => stages::linear(),
    }
}

fn named_stage() -> impl Strategy<Value = (&'static str, &'static [usize], Stage)> {
    proptest::sample::select(NAMES)
        .prop_flat_map(|(name, layer, ranks)| stage_of(layer).prop_map(move |stage| (name, ranks, stage)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_name_with_a_rank_means_the_general_layer_on_tensors_of_that_rank_and_nothing_on_others(
        (name, ranks, stage) in named_stage(), rank in 1..5usize,
    ) {
        let input = format!("{:?}", &[12, 9, 8, 7][..rank]);
        let named = meaning(&input, &stage.to_string().replacen(stage.layer, name, 1));
        if ranks.is_empty() || ranks.contains(&rank) {
            prop_assert_eq!(named, meaning(&input, &stage.to_string()), "{} on {}", stage, input);
        } else {
            prop_assert!(named.starts_with("shape-mismatch: "), "{} on {}: {}", stage, input, named);
        }
    }
}
