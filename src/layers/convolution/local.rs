//! Locally connected layers: a convolution whose every position has weights of its own. Nothing is shared.

use super::{CONVOLUTION, KERNEL, OUT_CHANNELS, PAD, STRIDE, listed_padding, sliding};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, Shape, Size, TensorType, Window};
use crate::layers::axes::windows;
use crate::layers::call::{Call, positions};
use crate::layers::entry::{Layer, WeightDoc};
use crate::layers::inference_error::InferenceError;
use crate::layers::linear::{BIAS, parameter};
use crate::layers::sliding::Map;

const NOTE: &str = "each element used once, at the one position it belongs to";

const BIAS_NOTE: &str = "with `bias=true`: one for each channel and position, each used once";

const LOCAL: Layer = Layer {
    arguments: &[OUT_CHANNELS, KERNEL, STRIDE, PAD, BIAS],
    cost: "MACs = elements of the weight, those of a convolution",
    apply: locally_connected,
    ..CONVOLUTION
};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "LocallyConnected1d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved_locally),
            features: Features::replaced(FeatureAxis::Before(1)),
            response: &[Response::Linear],
            weights: Weighting::Local,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A convolution along a sequence without sharing: every position has weights of its own.",
        spatial: 1,
        shape: "[…, C, L] → […, out_channels, L'] with L' = ⌊(L + 2·pad − kernel) / stride⌋ + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[out_channels, C, L', kernel]", note: NOTE },
            WeightDoc { name: "bias", shape: "[out_channels, L']", note: BIAS_NOTE },
        ],
        example: "model Example {\n    input x: [4, 20]\n    output y = x \
                  -> LocallyConnected1d(8, kernel=3)\n}\n",
        reference: "https://keras.io/2.16/api/layers/locally_connected_layers/locall_connected1d/",
        ..LOCAL
    },
    Layer {
        declaration: Declaration {
            name: "LocallyConnected2d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved_locally),
            features: Features::replaced(FeatureAxis::Before(2)),
            response: &[Response::Linear],
            weights: Weighting::Local,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A convolution over a map without sharing: every position has weights of its own.",
        shape: "[…, C, H, W] → […, out_channels, H', W'] with n' = ⌊(n + 2·pad − kernel) / stride⌋ + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[out_channels, C, H', W', kernel, kernel]", note: NOTE },
            WeightDoc { name: "bias", shape: "[out_channels, H', W']", note: BIAS_NOTE },
        ],
        example: "model Example {\n    input image: [3, 32, 32]\n    output y = image \
                  -> LocallyConnected2d(1, kernel=3)\n}\n",
        reference: "https://keras.io/2.16/api/layers/locally_connected_layers/locall_connected2d/",
        ..LOCAL
    },
];

fn locally_connected(call: &Call) -> Result<Operation, InferenceError> {
    let map = Map::of(call)?;
    let (axes, extents) = sliding(call, map.extents)?;
    let out = call.size_from("out_channels", 1)?;
    // Leading axes hold further maps, which all meet the same weights.
    let uses = positions(map.leading);
    let kernel = axes.iter().map(|axis| &axis.kernel);
    let weight: Shape = [&out, map.channels].into_iter().chain(&extents).chain(kernel).cloned().collect();
    let macs = &uses * &weight.elements();
    let mut weights = vec![parameter("weight", weight, &uses)];
    if call.flag("bias") {
        let bias: Vec<Size> = std::iter::once(&out).chain(&extents).cloned().collect();
        weights.push(parameter("bias", bias, &uses));
    }
    let outputs = vec![TensorType::float(map.with(&out, &extents))];
    let window = Some(Window { axes, zero_padded: true, transposed: false });
    let arguments = listed_padding(call);
    Ok(Operation { weights, macs, window, arguments, ..Operation::new(call.layer, outputs) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Count;
    use crate::layers::test_call::{floats, run};

    #[test]
    fn every_weight_is_used_once_and_the_cost_is_a_convolutions() {
        let same = [("out_channels", 1.into()), ("kernel", 3.into())];
        let local = run("LocallyConnected2d", &same, &[floats([3, 32, 32])]);
        let shared = run("Conv2d", &same, &[floats([3, 32, 32])]);
        assert_eq!(local.outputs, shared.outputs);
        assert_eq!(local.macs, shared.macs);
        assert_eq!(local.parameters(), Count::from(24_300 + 900));
        assert!(local.weights.iter().all(|weight| weight.usage.most() == Count::ONE));
    }

    #[test]
    fn every_channel_and_position_has_a_bias_of_its_own() {
        let local = run(
            "LocallyConnected1d",
            &[("out_channels", 8.into()), ("kernel", 3.into()), ("stride", 2.into()), ("pad", 1.into())],
            &[floats([4, 20])],
        );
        let shapes: Vec<_> = local.weights.iter().map(|weight| &weight.shape).collect();
        assert_eq!(shapes, [&Shape::from([8, 4, 10, 3]), &Shape::from([8, 10])]);
    }
}
