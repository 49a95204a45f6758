//! Layers with random arguments that are valid where the input is large enough.
//!
//! Main type: [`Stage`]. Every argument for which PyTorch has a position is given, so that a stage can be written with
//! names or without. Channels are multiples of 12 and widths of 24, so that groups and heads divide them.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::select;

/// A layer with arguments, by their short names in PyTorch's order.
#[derive(Clone, Debug)]
pub struct Stage {
    pub layer: &'static str,
    pub arguments: Vec<(&'static str, String)>,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<_> =
            self.arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(f, "{}({})", self.layer, arguments.join(", "))
    }
}

/// Stages as a chain.
pub fn chained(stages: &[Stage]) -> String {
    stages.iter().map(Stage::to_string).collect::<Vec<_>>().join(" -> ")
}

fn bare(layer: &'static str) -> BoxedStrategy<Stage> {
    Just(Stage { layer, arguments: Vec::new() }).boxed()
}

/// A value, as it is written.
fn value<T: fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = String> {
    of.prop_map(|value| format!("{value:?}"))
}

/// A size, or one for each axis.
fn per_axis(least: i128, most: i128, axes: usize) -> impl Strategy<Value = String> {
    let several = proptest::collection::vec(least..=most, axes);
    prop_oneof![value(least..=most), value(several)]
}

fn padding(axes: usize) -> impl Strategy<Value = String> {
    prop_oneof![3 => per_axis(0, 3, axes), 1 => value(select(vec!["same", "valid"]))]
}

fn channels() -> impl Strategy<Value = String> {
    value(select(vec![12, 24, 36]))
}

fn groups() -> impl Strategy<Value = String> {
    value(select(vec![1, 2, 3, 4, 6, 12]))
}

fn flag() -> impl Strategy<Value = String> {
    value(any::<bool>())
}

/// `Conv1d`, `Conv2d`, `Conv3d`
pub fn convolution(layer: &'static str, axes: usize) -> BoxedStrategy<Stage> {
    let window = (per_axis(1, 4, axes), per_axis(1, 3, axes), padding(axes), per_axis(1, 2, axes));
    (channels(), window, groups(), flag())
        .prop_map(move |(out, (kernel, stride, pad, dilation), groups, bias)| Stage {
            layer,
            arguments: vec![
                ("out_channels", out),
                ("kernel", kernel),
                ("stride", stride),
                ("pad", pad),
                ("dilation", dilation),
                ("groups", groups),
                ("bias", bias),
                ("padding_mode", "\"zeros\"".into()),
            ],
        })
        .boxed()
}

/// `ConvTranspose1d`, `ConvTranspose2d`, `ConvTranspose3d`
pub fn transposed(layer: &'static str, axes: usize) -> BoxedStrategy<Stage> {
    let window = (per_axis(1, 4, axes), 2..=3i128, per_axis(0, 1, axes), per_axis(0, 1, axes));
    (channels(), window, groups(), flag(), per_axis(1, 2, axes))
        .prop_map(move |(out, (kernel, stride, pad, more), groups, bias, dilation)| Stage {
            layer,
            arguments: vec![
                ("out_channels", out),
                ("kernel", kernel),
                ("stride", stride.to_string()),
                ("pad", pad),
                ("output_pad", more),
                ("groups", groups),
                ("bias", bias),
                ("dilation", dilation),
            ],
        })
        .boxed()
}

/// `DepthwiseConv2d`, and `SeparableConv2d` where `out` is given.
fn by_channel(layer: &'static str, out: Option<i128>) -> BoxedStrategy<Stage> {
    let window = (per_axis(1, 4, 2), per_axis(1, 3, 2), padding(2), per_axis(1, 2, 2));
    (window, 1..=2i128, flag())
        .prop_map(move |((kernel, stride, pad, dilation), multiplier, bias)| {
            let own = [
                ("kernel", kernel),
                ("stride", stride),
                ("pad", pad),
                ("dilation", dilation),
                ("multiplier", multiplier.to_string()),
                ("bias", bias),
            ];
            let out = out.map(|out| ("out_channels", out.to_string()));
            Stage { layer, arguments: out.into_iter().chain(own).collect() }
        })
        .boxed()
}

/// `LocallyConnected1d`, `LocallyConnected2d`: their weights' shapes need numbers.
pub fn local(layer: &'static str, axes: usize) -> BoxedStrategy<Stage> {
    (channels(), per_axis(1, 3, axes), per_axis(2, 3, axes), padding(axes), flag())
        .prop_map(move |(out, kernel, stride, pad, bias)| Stage {
            layer,
            arguments: vec![
                ("out_channels", out),
                ("kernel", kernel),
                ("stride", stride),
                ("pad", pad),
                ("bias", bias),
            ],
        })
        .boxed()
}

/// `MaxPool1d` …, or with `averages` `AvgPool1d` ….
pub fn pool(layer: &'static str, axes: usize, averages: bool) -> BoxedStrategy<Stage> {
    (per_axis(2, 4, axes), per_axis(1, 3, axes), per_axis(0, 1, axes), per_axis(1, 2, axes), flag(), flag())
        .prop_map(move |(kernel, stride, pad, dilation, up, include)| {
            let mut arguments = vec![("kernel", kernel), ("stride", stride), ("pad", pad)];
            if averages {
                arguments.extend([("ceil_mode", up), ("count_include_pad", include)]);
            } else {
                arguments.extend([("dilation", dilation), ("ceil_mode", up)]);
            }
            Stage { layer, arguments }
        })
        .boxed()
}

/// `LpPool`, over as many axes as there are.
pub fn power_pool() -> BoxedStrategy<Stage> {
    (value(select(vec![1.0, 2.0, 3.5])), 1..=3i128, 1..=3i128, flag())
        .prop_map(|(power, kernel, stride, up)| Stage {
            layer: "LpPool",
            arguments: vec![
                ("norm_type", power),
                ("kernel", kernel.to_string()),
                ("stride", stride.to_string()),
                ("ceil_mode", up),
            ],
        })
        .boxed()
}

/// `BatchNorm`, `InstanceNorm`
pub fn channel_norm(layer: &'static str) -> BoxedStrategy<Stage> {
    (flag(), flag())
        .prop_map(move |(affine, tracked)| Stage {
            layer,
            arguments: vec![
                ("eps", "1e-5".into()),
                ("momentum", "0.1".into()),
                ("affine", affine),
                ("track_running_stats", tracked),
            ],
        })
        .boxed()
}

pub fn group_norm() -> BoxedStrategy<Stage> {
    (groups(), flag())
        .prop_map(|(groups, affine)| Stage {
            layer: "GroupNorm",
            arguments: vec![("groups", groups), ("eps", "1e-5".into()), ("affine", affine)],
        })
        .boxed()
}

fn upsample() -> BoxedStrategy<Stage> {
    (value(select(vec![0.5, 1.5, 2.0])), select(vec!["\"nearest\"", "\"bilinear\""]))
        .prop_map(|(factor, mode)| Stage {
            layer: "Upsample",
            arguments: vec![("scale_factor", factor), ("mode", mode.into())],
        })
        .boxed()
}

pub fn zero_padding() -> BoxedStrategy<Stage> {
    let sides = proptest::collection::vec(0..=2i128, 2);
    prop_oneof![value(0..=2i128), value(sides)]
        .prop_map(|pad| Stage { layer: "Pad", arguments: vec![("pad", pad)] })
        .boxed()
}

/// A layer that moves or picks entries of a map's spatial axes.
fn movement() -> BoxedStrategy<Stage> {
    let stage = |layer, arguments: &[(&'static str, &str)]| {
        let arguments = arguments.iter().map(|(name, value)| (*name, (*value).to_string())).collect();
        Just(Stage { layer, arguments })
    };
    prop_oneof![
        stage("Transpose", &[("axis0", "-2"), ("axis1", "-1")]),
        stage("Slice", &[("axis", "1"), ("start", "1")]),
        stage("Slice", &[("axis", "2"), ("step", "2")]),
        stage("Roll", &[("shifts", "[1, -1]"), ("axis", "[1, 2]")]),
        stage("AdaptiveAvgPool2d", &[("output_size", "[5, none]")]),
        stage("AdaptiveMaxPool2d", &[("output_size", "7")]),
        stage("LayerNorm", &[("axis", "0")]),
        stage("Scale", &[]),
    ]
    .boxed()
}

/// Layers on maps, [C, H, W].
pub fn on_maps() -> BoxedStrategy<Stage> {
    prop_oneof![
        4 => convolution("Conv2d", 2),
        2 => transposed("ConvTranspose2d", 2),
        1 => by_channel("DepthwiseConv2d", None),
        1 => by_channel("SeparableConv2d", Some(24)),
        1 => pool("MaxPool2d", 2, false),
        1 => pool("AvgPool2d", 2, true),
        1 => power_pool(),
        1 => channel_norm("BatchNorm"),
        1 => channel_norm("InstanceNorm"),
        1 => group_norm(),
        1 => upsample(),
        1 => zero_padding(),
        2 => movement(),
        1 => prop_oneof![bare("ReLU"), bare("PReLU"), bare("Dropout2d")],
    ]
    .boxed()
}

fn width() -> impl Strategy<Value = String> {
    value(select(vec![24, 48]))
}

fn heads() -> impl Strategy<Value = String> {
    value(select(vec![1, 2, 3, 4, 6, 12]))
}

pub fn linear() -> BoxedStrategy<Stage> {
    (width(), flag())
        .prop_map(|(out, bias)| Stage {
            layer: "Linear",
            arguments: vec![("out_features", out), ("bias", bias)],
        })
        .boxed()
}

/// `RNN`, `LSTM`, `GRU`
pub fn recurrence(layer: &'static str) -> BoxedStrategy<Stage> {
    (width(), 1..=2i128, flag(), flag())
        .prop_map(move |(hidden, layers, bias, both)| {
            let mut arguments = vec![("hidden", hidden), ("layers", layers.to_string())];
            if layer == "RNN" {
                arguments.push(("nonlinearity", "\"tanh\"".into()));
            }
            arguments.extend([("bias", bias), ("dropout", "0.1".into()), ("bidirectional", both)]);
            if layer == "LSTM" {
                arguments.push(("proj_size", "0".into()));
            }
            Stage { layer, arguments }
        })
        .boxed()
}

pub fn attention() -> BoxedStrategy<Stage> {
    (heads(), flag(), flag(), flag())
        .prop_map(|(heads, bias, bias_kv, zero)| Stage {
            layer: "MultiheadAttention",
            arguments: vec![
                ("heads", heads),
                ("dropout", "0.1".into()),
                ("bias", bias),
                ("add_bias_kv", bias_kv),
                ("add_zero_attn", zero),
            ],
        })
        .boxed()
}

pub fn encoder() -> BoxedStrategy<Stage> {
    (heads(), 1..=64i128, flag())
        .prop_map(|(heads, hidden, first)| Stage {
            layer: "TransformerEncoderLayer",
            arguments: vec![
                ("heads", heads),
                ("hidden", hidden.to_string()),
                ("dropout", "0.1".into()),
                ("activation", "\"gelu\"".into()),
                ("eps", "1e-5".into()),
                ("norm_first", first),
            ],
        })
        .boxed()
}

/// Layers on sequences, [T, D].
pub fn on_sequences() -> BoxedStrategy<Stage> {
    prop_oneof![
        3 => linear(),
        1 => recurrence("RNN"),
        1 => recurrence("LSTM"),
        1 => recurrence("GRU"),
        2 => attention(),
        1 => encoder(),
        1 => prop_oneof![bare("LayerNorm"), bare("RMSNorm"), bare("Softmax"), bare("GELU")],
    ]
    .boxed()
}
