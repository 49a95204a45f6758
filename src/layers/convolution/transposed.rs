//! Transposed convolutions: the kernel slides over the result, and every input entry is spread by it.

use super::{
    CONVOLUTION, DILATION, GROUPS, KERNEL, OUT_CHANNELS, STRIDE, grouped_channels, kernel_shape, window,
};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, Size, TensorType, Window, WindowAxis};
use crate::layers::axes::windows;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer, WeightDoc};
use crate::layers::inference_error::InferenceError;
use crate::layers::linear::{BIAS, parameter};
use crate::layers::sliding::{Map, span, times};

const PAD: Argument = Argument::optional(
    "pad",
    &["padding"],
    ArgumentKind::PerAxis,
    Fallback::Integer(0),
    "how much is cut off on both sides of the result",
);

const OUTPUT_PAD: Argument = Argument::optional(
    "output_pad",
    &["output_padding"],
    ArgumentKind::PerAxis,
    Fallback::Integer(0),
    "what the result has more at its end, less than the stride or the dilation",
);

const PADDING_MODE: Argument = Argument::optional(
    "padding_mode",
    &[],
    ArgumentKind::Choice(&["zeros"]),
    Fallback::Text("zeros"),
    "what the padding holds: there is but one mode",
);

const ARGUMENTS: &[Argument] =
    &[OUT_CHANNELS, KERNEL, STRIDE, PAD, OUTPUT_PAD, GROUPS, BIAS, DILATION, PADDING_MODE];

const BIAS_DOC: WeightDoc = WeightDoc {
    name: "bias",
    shape: "[out_channels]",
    note: "with `bias=true`; used at each output position",
};

const NOTE: &str = "used once at each input position";

const TRANSPOSED: Layer = Layer {
    arguments: ARGUMENTS,
    cost: "MACs = input positions × elements of the weight",
    apply: transposed,
    ..CONVOLUTION
};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "ConvTranspose1d",
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
        summary: "The transpose of a convolution along a sequence, which a stride makes longer.",
        spatial: 1,
        shape: "[…, C, L] → […, out_channels, L'] \
                with L' = (L − 1)·stride − 2·pad + dilation·(kernel − 1) + output_pad + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[C, out_channels / groups, kernel]", note: NOTE },
            BIAS_DOC,
        ],
        example: "model Example {\n    input x: [16, 50]\n    output y = x \
                  -> ConvTranspose1d(8, kernel=4, stride=2, pad=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html",
        ..TRANSPOSED
    },
    Layer {
        declaration: Declaration {
            name: "ConvTranspose2d",
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
        summary: "The transpose of a convolution over a map, which a stride makes larger.",
        shape: "[…, C, H, W] → […, out_channels, H', W'] \
                with n' = (n − 1)·stride − 2·pad + dilation·(kernel − 1) + output_pad + 1",
        weights: &[
            WeightDoc { name: "weight", shape: "[C, out_channels / groups, kernel, kernel]", note: NOTE },
            BIAS_DOC,
        ],
        example: "model Example {\n    input x: [16, 14, 14]\n    output y = x \
                  -> ConvTranspose2d(8, kernel=4, stride=2, pad=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html",
        ..TRANSPOSED
    },
    Layer {
        declaration: Declaration {
            name: "ConvTranspose3d",
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
        summary: "The transpose of a convolution through a volume, which a stride makes larger.",
        spatial: 3,
        shape: "[…, C, D, H, W] → […, out_channels, D', H', W'] \
                with n' = (n − 1)·stride − 2·pad + dilation·(kernel − 1) + output_pad + 1",
        weights: &[
            WeightDoc {
                name: "weight",
                shape: "[C, out_channels / groups, kernel, kernel, kernel]",
                note: NOTE,
            },
            BIAS_DOC,
        ],
        example: "model Example {\n    input x: [16, 4, 14, 14]\n    output y = x \
                  -> ConvTranspose3d(8, kernel=4, stride=2, pad=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html",
        ..TRANSPOSED
    },
];

fn transposed(call: &Call) -> Result<Operation, InferenceError> {
    let map = Map::of(call)?;
    let axes = window(call, call.per_axis("pad", 0)?)?;
    let more = call.per_axis("output_pad", 0)?;
    axes.iter().zip(&more).try_for_each(|(axis, more)| fits_a_step(axis, more))?;
    let (out, groups) = (call.size_from("out_channels", 1)?, call.size_from("groups", 1)?);
    let (_, columns) = grouped_channels(map.channels, &out, &groups)?;
    let extents = spread(call, map.extents, &axes, &more)?;

    let (from, to) = (map.positions(map.extents), map.positions(&extents));
    let weight = kernel_shape(map.channels, &columns, &axes);
    let macs = &from * &weight.elements();
    let mut weights = vec![parameter("weight", weight, &from)];
    if call.flag("bias") {
        weights.push(parameter("bias", vec![out.clone()], &to));
    }
    // Over the result, the same window has as many positions as the input has entries.
    let on_result =
        axes.into_iter().zip(more).map(|(axis, more)| WindowAxis { after: &axis.after - more, ..axis });
    let window = Some(Window { axes: on_result.collect(), zero_padded: true, transposed: true });
    let outputs = vec![TensorType::float(map.with(&out, &extents))];
    Ok(Operation { weights, macs, window, ..Operation::new(call.layer, outputs) })
}

/// (n − 1)·stride − 2·pad + span + output_pad
fn spread(
    call: &Call,
    extents: &[Size],
    axes: &[WindowAxis],
    more: &[Size],
) -> Result<Vec<Size>, InferenceError> {
    let spread = |((extent, axis), more): ((&Size, &WindowAxis), &Size)| {
        (extent - 1) * &axis.stride + span(axis) + more - &axis.before - &axis.after
    };
    let results: Vec<Size> = extents.iter().zip(axes).zip(more).map(spread).collect();
    let judge = |result: &Size| {
        call.not_empty(result, || {
            let found = times(results.iter().cloned());
            let pads = times(axes.iter().map(|axis| axis.before.clone()));
            format!("`{}`: padding of {pads} cuts the result down to {found}", call.layer.name())
        })
    };
    results.iter().try_for_each(judge).map_err(|error| error.help("take less padding or a larger kernel"))?;
    Ok(results)
}

/// An output padding of a whole step would be one position more.
fn fits_a_step(axis: &WindowAxis, more: &Size) -> Result<(), InferenceError> {
    let step = axis.stride.max(&axis.dilation);
    if more.is_less(&step) != Some(false) {
        return Ok(());
    }
    let message = format!(
        "`output_pad` must be less than the stride or the dilation, {:#} and {:#}, but is {more:#}",
        axis.stride, axis.dilation
    );
    Err(InferenceError::argument("output_pad", message)
        .help(format!("`output_pad={:#}` is the most", step - 1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::ir::{Attribute, Count, Shape};
    use crate::layers::sliding::floor_positions;
    use crate::layers::test_call::{apply, floats, refused, run};

    fn arguments(values: &[(&'static str, i128)]) -> Vec<(&'static str, Attribute)> {
        let given = values.iter().map(|(name, value)| (*name, Attribute::from(*value)));
        std::iter::once(("out_channels", 6.into())).chain(given).collect()
    }

    #[test]
    fn weights_are_used_at_input_positions_and_the_bias_at_output_positions() {
        let doubled = arguments(&[("kernel", 4), ("stride", 2), ("pad", 1), ("groups", 2)]);
        let operation = run("ConvTranspose2d", &doubled, &[floats([4, 7, 5])]);
        assert_eq!(operation.outputs, [floats([6, 14, 10])]);
        let [weight, bias] = &*operation.weights else { panic!("a weight and a bias") };
        assert_eq!((&weight.shape, weight.usage.most()), (&Shape::from([4, 3, 4, 4]), Count::from(35)));
        assert_eq!(bias.usage.most(), Count::from(140));
        assert_eq!(operation.macs, Count::from(35 * 4 * 3 * 16));
    }

    #[test]
    fn an_output_padding_of_a_whole_step_is_refused_with_the_most_that_is_allowed() {
        let whole = arguments(&[("kernel", 3), ("stride", 2), ("output_pad", 2)]);
        let error = refused("ConvTranspose1d", &whole, &[floats([4, 7])]);
        assert_eq!(
            error.message,
            "`output_pad` must be less than the stride or the dilation, 2 and 1, but is 2"
        );
        assert_eq!(error.help, ["`output_pad=1` is the most"]);
    }

    #[test]
    fn padding_that_cuts_everything_off_is_refused() {
        let error =
            refused("ConvTranspose2d", &arguments(&[("kernel", 2), ("pad", 3)]), &[floats([4, 5, 6])]);
        assert_eq!(
            (error.code, &*error.message),
            ("empty-output", "`ConvTranspose2d`: padding of 3×3 cuts the result down to 0×1")
        );
    }

    proptest! {
        #[test]
        fn the_window_has_as_many_positions_on_the_result_as_the_input_has_entries(
            (extent, kernel, stride, pad, more, dilation) in
                (1i128..20, 1i128..6, 1i128..5, 0i128..4, 0i128..4, 1i128..4)
        ) {
            let given = arguments(&[
                ("kernel", kernel), ("stride", stride), ("pad", pad), ("output_pad", more), ("dilation", dilation),
            ]);
            if let Ok(operation) = apply("ConvTranspose1d", &given, &[floats([2, extent])]) {
                let result = operation.outputs.first().and_then(|output| output.shape.dim(1)).expect("a length");
                let window = operation.window.expect("a window");
                let positions = floor_positions(result, window.axes.first().expect("an axis"));
                prop_assert_eq!(positions.as_number(), Some(extent));
            }
        }
    }
}
