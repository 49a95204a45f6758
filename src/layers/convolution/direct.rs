//! Convolutions that slide over their input, grouped, depthwise and separable ones included.

use super::{
    CONVOLUTION, DILATION, GROUPS, KERNEL, OUT_CHANNELS, PAD, STRIDE, grouped_channels, kernel_shape,
    listed_padding, sliding,
};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Shape, Size, TensorType, Window, WindowAxis};
use crate::layers::axes::windows;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use crate::layers::inference_error::{ErrorSubject, InferenceError};
use crate::layers::linear::{BIAS, parameter};
use crate::layers::sliding::Map;

const PADDING_MODE: Argument = Argument::optional(
    "padding_mode",
    &[],
    ArgumentKind::Choice(&["zeros", "reflect", "replicate", "circular"]),
    Fallback::Text("zeros"),
    "what the padding holds",
);

const MULTIPLIER: Argument = Argument::optional(
    "multiplier",
    &["depth_multiplier"],
    ArgumentKind::Size,
    Fallback::Integer(1),
    "m: channels that each channel of the input gives",
);

const ARGUMENTS: &[Argument] = &[OUT_CHANNELS, KERNEL, STRIDE, PAD, DILATION, GROUPS, BIAS, PADDING_MODE];

const BIAS_DOC: WeightDoc = WeightDoc {
    name: "bias",
    shape: "[out_channels]",
    note: "with `bias=true`; used at each output position",
};

const NOTE: &str = "used once at each output position";

const COST: &str = "MACs = output positions × elements of the weight";

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Conv1d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved),
            features: Features::replaced(FeatureAxis::Before(1)),
            response: &[Response::Linear],
            weights: Weighting::Product,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "A convolution along a sequence: one kernel, used again at every position.",
        arguments: ARGUMENTS,
        spatial: 1,
        shape: "[…, C, L] → […, out_channels, L'] \
                with L' = ⌊(L + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[out_channels, C / groups, kernel]", note: NOTE },
            BIAS_DOC,
        ],
        cost: COST,
        example: "model Example {\n    input x: [16, 100]\n    output y = x \
                  -> Conv1d(32, kernel=3, pad=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html",
        ..CONVOLUTION
    },
    Layer {
        declaration: Declaration {
            name: "Conv2d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved),
            features: Features::replaced(FeatureAxis::Before(2)),
            response: &[Response::Linear],
            weights: Weighting::Product,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "A convolution over a map: one kernel, used again at every position.",
        arguments: ARGUMENTS,
        shape: "[…, C, H, W] → […, out_channels, H', W'] \
                with n' = ⌊(n + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[out_channels, C / groups, kernel, kernel]", note: NOTE },
            BIAS_DOC,
        ],
        cost: COST,
        example: "model Example {\n    input image: [3, 32, 32]\n    output y = image \
                  -> Conv2d(16, kernel=3, pad=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html",
        ..CONVOLUTION
    },
    Layer {
        declaration: Declaration {
            name: "Conv3d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved),
            features: Features::replaced(FeatureAxis::Before(3)),
            response: &[Response::Linear],
            weights: Weighting::Product,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "A convolution through a volume: one kernel, used again at every position.",
        arguments: ARGUMENTS,
        spatial: 3,
        shape: "[…, C, D, H, W] → […, out_channels, D', H', W'] \
                with n' = ⌊(n + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1",
        weights: &[
            WeightDoc {
                name: "weight",
                shape: "[out_channels, C / groups, kernel, kernel, kernel]",
                note: NOTE,
            },
            BIAS_DOC,
        ],
        cost: COST,
        example: "model Example {\n    input x: [3, 8, 32, 32]\n    output y = x \
                  -> Conv3d(16, kernel=3, pad=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html",
        ..CONVOLUTION
    },
    Layer {
        declaration: Declaration {
            name: "DepthwiseConv2d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved_by_channel),
            features: Features::replaced(FeatureAxis::Before(2)),
            response: &[Response::Linear],
            weights: Weighting::Product,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "A convolution of each channel by itself: `Conv2d` with as many groups as channels.",
        arguments: &[KERNEL, STRIDE, PAD, DILATION, MULTIPLIER, BIAS, PADDING_MODE],
        shape: "[…, C, H, W] → […, C·m, H', W'] \
                with n' = ⌊(n + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[C·m, 1, kernel, kernel]", note: NOTE },
            WeightDoc {
                name: "bias",
                shape: "[C·m]",
                note: "with `bias=true`; used at each output position",
            },
        ],
        cost: COST,
        example: "model Example {\n    input x: [32, 56, 56]\n    output y = x \
                  -> DepthwiseConv2d(3, pad=1) -> ReLU -> Conv2d(64, kernel=1)\n}\n",
        reference: "https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/",
        apply: depthwise,
        ..CONVOLUTION
    },
    Layer {
        declaration: Declaration {
            name: "SeparableConv2d",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::convolved),
            features: Features::replaced(FeatureAxis::Before(2)),
            response: &[Response::Linear],
            weights: Weighting::Several { first: &["depthwise_weight"] },
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "A depthwise convolution, then a 1×1 convolution that mixes the channels; one bias, at \
                  the end.",
        arguments: &[OUT_CHANNELS, KERNEL, STRIDE, PAD, DILATION, MULTIPLIER, BIAS, PADDING_MODE],
        shape: "[…, C, H, W] → […, out_channels, H', W'] \
                with n' = ⌊(n + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1",
        weights: &[
            WeightDoc { name: "depthwise_weight", shape: "[C·m, 1, kernel, kernel]", note: NOTE },
            WeightDoc { name: "pointwise_weight", shape: "[out_channels, C·m, 1, 1]", note: NOTE },
            BIAS_DOC,
        ],
        cost: "MACs = output positions × elements of both weights",
        example: "model Example {\n    input x: [32, 56, 56]\n    output y = x \
                  -> SeparableConv2d(64, kernel=3, pad=1)\n}\n",
        reference: "https://keras.io/api/layers/convolution_layers/separable_convolution2d/",
        apply: separable,
        ..CONVOLUTION
    },
];

/// A window on the input: where it stands, and what stands around the input.
struct Sweep<'a> {
    map: Map<'a>,
    axes: Vec<WindowAxis>,
    extents: Vec<Size>,
}

impl<'a> Sweep<'a> {
    fn of(call: &Call<'a>) -> Result<Sweep<'a>, InferenceError> {
        let map = Map::of(call)?;
        let (axes, extents) = sliding(call, map.extents)?;
        map.extents
            .iter()
            .zip(&axes)
            .try_for_each(|(extent, axis)| has_enough_to_pad_with(call, extent, axis))?;
        Ok(Sweep { map, axes, extents })
    }

    fn uses(&self) -> Count {
        self.map.positions(&self.extents)
    }

    /// The operation of kernels that all are used once at each position.
    fn with(self, call: &Call, out: &Size, kernels: Vec<(&str, Shape)>) -> Operation {
        let uses = self.uses();
        let mut weights: Vec<_> =
            kernels.into_iter().map(|(name, shape)| parameter(name, shape, &uses)).collect();
        let macs = weights.iter().map(|weight| &uses * &weight.shape.elements()).sum();
        if call.flag("bias") {
            weights.push(parameter("bias", vec![out.clone()], &uses));
        }
        let output = TensorType::float(self.map.with(out, &self.extents));
        let zero_padded = call.text("padding_mode") == "zeros";
        Operation {
            weights,
            macs,
            arguments: listed_padding(call),
            window: Some(Window { axes: self.axes, zero_padded, transposed: false }),
            ..Operation::new(call.layer, vec![output])
        }
    }
}

/// Convolves groups of channels, each by itself.
pub(super) fn grouped(call: &Call) -> Result<Operation, InferenceError> {
    let sweep = Sweep::of(call)?;
    let (out, groups) = (call.size_from("out_channels", 1)?, call.size_from("groups", 1)?);
    let (columns, _) = grouped_channels(sweep.map.channels, &out, &groups)?;
    let weight = kernel_shape(&out, &columns, &sweep.axes);
    Ok(sweep.with(call, &out, vec![("weight", weight)]))
}

fn depthwise(call: &Call) -> Result<Operation, InferenceError> {
    let sweep = Sweep::of(call)?;
    let out = sweep.map.channels * &call.size_from("multiplier", 1)?;
    let weight = kernel_shape(&out, &Size::from(1), &sweep.axes);
    Ok(sweep.with(call, &out, vec![("weight", weight)]))
}

fn separable(call: &Call) -> Result<Operation, InferenceError> {
    let sweep = Sweep::of(call)?;
    let (out, one) = (call.size_from("out_channels", 1)?, Size::from(1));
    let between = sweep.map.channels * &call.size_from("multiplier", 1)?;
    let depthwise = kernel_shape(&between, &one, &sweep.axes);
    let pointwise = [&out, &between, &one, &one].into_iter().cloned().collect();
    let kernels = vec![("depthwise_weight", depthwise), ("pointwise_weight", pointwise)];
    Ok(sweep.with(call, &out, kernels))
}

/// Padding that mirrors the input needs more of it than it pads, padding that wraps around at least as much.
fn has_enough_to_pad_with(call: &Call, extent: &Size, axis: &WindowAxis) -> Result<(), InferenceError> {
    let mode = call.text("padding_mode");
    let pad = axis.before.max(&axis.after);
    let least = match mode {
        "reflect" => &pad + 1,
        "circular" => pad.clone(),
        _ => return Ok(()),
    };
    let what =
        || format!("`pad` of {pad:#} in mode {mode:?} needs an extent of {least:#} or more, not {extent:#}");
    let most = extent - (&least - &pad);
    call.not_empty(&(extent - &least + 1), what).map_err(|error| {
        let about = ErrorSubject::Argument("pad");
        InferenceError { code: "invalid-argument", about, ..error }
            .help(format!("`pad={most:#}` is the most; mode \"replicate\" has no such bound"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Attribute;
    use crate::layers::test_call::{floats, refused, run};

    fn conv(arguments: &[(&str, Attribute)], input: [i128; 3]) -> Operation {
        run("Conv2d", arguments, &[floats(input)])
    }

    #[test]
    fn one_kernel_over_an_image_is_used_at_every_position() {
        let operation = conv(&[("out_channels", 1.into()), ("kernel", 3.into())], [3, 32, 32]);
        assert_eq!(operation.outputs, [floats([1, 30, 30])]);
        let [weight, bias] = &*operation.weights else { panic!("a weight and a bias") };
        assert_eq!((&weight.shape, weight.usage.most()), (&Shape::from([1, 3, 3, 3]), Count::from(900)));
        assert_eq!(bias.usage.most(), Count::from(900));
        assert_eq!(weight.usage.total(&weight.shape.elements()), Count::from(24_300));
        assert_eq!(operation.macs, Count::from(24_300));
    }

    #[test]
    fn leading_axes_are_positions_too() {
        let plain = [("out_channels", 4.into()), ("kernel", 3.into())];
        let operation = run("Conv2d", &plain, &[floats([5, 3, 8, 8])]);
        assert_eq!(operation.outputs, [floats([5, 4, 6, 6])]);
        assert_eq!(operation.weights.first().map(|weight| weight.usage.most()), Some(Count::from(5 * 36)));
    }

    #[test]
    fn same_padding_divides_the_extent_by_the_stride_with_the_odd_entry_at_the_end() {
        let same =
            [("out_channels", 8.into()), ("kernel", 3.into()), ("stride", 2.into()), ("pad", "same".into())];
        let operation = conv(&same, [3, 224, 225]);
        assert_eq!(operation.outputs, [floats([8, 112, 113])]);
        let sides: Vec<_> =
            operation.window.iter().flat_map(|w| &w.axes).map(|a| (&a.before, &a.after)).collect();
        assert_eq!(sides, [(&Size::from(0), &Size::from(1)), (&Size::from(1), &Size::from(1))]);
        assert_eq!(operation.argument("pad"), Some(&Attribute::from("same")));
    }

    #[test]
    fn valid_padding_is_listed_as_zeros() {
        let valid = [("out_channels", 8.into()), ("kernel", 3.into()), ("pad", "valid".into())];
        let operation = conv(&valid, [3, 8, 8]);
        assert_eq!(operation.argument("pad"), Some(&Attribute::from(vec![0_i128, 0])));
        assert_eq!(operation.outputs, [floats([8, 6, 6])]);
    }

    #[test]
    fn channels_that_do_not_divide_into_groups_name_the_nearest_numbers_that_do() {
        let grouped = |out: i128| [("out_channels", out.into()), ("kernel", 1.into()), ("groups", 4.into())];
        let of_input = refused("Conv2d", &grouped(8), &[floats([6, 5, 5])]);
        assert_eq!(of_input.message, "the input's 6 channels do not divide into 4 groups");
        assert_eq!(of_input.help, ["in place of 4: 3 or 6"]);
        let of_result = refused("Conv2d", &grouped(10), &[floats([8, 5, 5])]);
        assert_eq!(of_result.message, "`out_channels` 10 does not divide into 4 groups");
        assert_eq!(of_result.help, ["in place of 10: 8 or 12"]);
    }

    #[test]
    fn a_kernel_that_does_not_fit_says_what_dilation_and_padding_made_of_it() {
        let large =
            [("out_channels", 8.into()), ("kernel", 5.into()), ("dilation", 2.into()), ("pad", 1.into())];
        let error = refused("Conv2d", &large, &[floats([3, 5, 5])]);
        assert_eq!(
            (error.code, &*error.message),
            (
                "empty-output",
                "`Conv2d`: a kernel of 5×5, dilated to 9×9, does not fit on a map of 5×5, padded to 7×7"
            )
        );
        assert_eq!(error.help, ["`pad=2` is the least that fits it; or take a smaller kernel"]);
    }

    #[test]
    fn a_vector_is_no_map() {
        let error = refused("Conv2d", &[("out_channels", 8.into()), ("kernel", 3.into())], &[floats([784])]);
        assert_eq!(
            error.message,
            "`Conv2d` takes channels, height and width, […, C, H, W], but this is [784]"
        );
    }

    #[test]
    fn nonsense_is_refused_argument_by_argument() {
        for (name, value) in [("kernel", 0), ("stride", 0), ("dilation", 0), ("groups", 0), ("pad", -1)] {
            let mut arguments = vec![("out_channels", 8.into())];
            if name != "kernel" {
                arguments.push(("kernel", 3.into()));
            }
            arguments.push((name, Attribute::from(i128::from(value))));
            assert_eq!(
                refused("Conv2d", &arguments, &[floats([8, 9, 9])]).code,
                "invalid-argument",
                "{name}"
            );
        }
    }

    #[test]
    fn a_depthwise_kernel_reads_one_channel_and_gives_several() {
        let operation =
            run("DepthwiseConv2d", &[("kernel", 3.into()), ("multiplier", 2.into())], &[floats([32, 9, 9])]);
        assert_eq!(operation.outputs, [floats([64, 7, 7])]);
        let shapes: Vec<_> = operation.weights.iter().map(|weight| &weight.shape).collect();
        assert_eq!(shapes, [&Shape::from([64, 1, 3, 3]), &Shape::from([64])]);
        assert_eq!(operation.macs, Count::from(64 * 9 * 49));
    }

    #[test]
    fn a_separable_convolution_is_a_depthwise_one_and_a_mixing_one_with_one_bias() {
        let operation = run(
            "SeparableConv2d",
            &[("out_channels", 64.into()), ("kernel", 3.into())],
            &[floats([32, 9, 9])],
        );
        assert_eq!(operation.parameters(), Count::from(32 * 9 + 64 * 32 + 64));
        assert_eq!(operation.macs, Count::from(49 * (32 * 9 + 64 * 32)));
    }

    #[test]
    fn mirrored_padding_needs_an_input_larger_than_itself() {
        let mirrored = [
            ("out_channels", 8.into()),
            ("kernel", 9.into()),
            ("pad", 4.into()),
            ("padding_mode", "reflect".into()),
        ];
        assert_eq!(
            refused("Conv2d", &mirrored, &[floats([3, 4, 9])]).message,
            "`pad` of 4 in mode \"reflect\" needs an extent of 5 or more, not 4"
        );
        assert_eq!(conv(&mirrored, [3, 5, 9]).window.map(|window| window.zero_padded), Some(false));
    }
}
