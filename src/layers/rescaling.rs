//! Scale and Normalize: tensors multiplied by something of one axis, learned or measured.

use super::call::Call;
use super::entry::{Argument, ArgumentKind, Fallback, Layer, UNDECLARED, WeightDoc};
use super::inference_error::InferenceError;
use super::linear::{parameter, positions_beside};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, TensorType};
use crate::layers::axes::features;
use crate::layers::axes::reducing;
use crate::layers::values;

/// What the entries here have in common.
const RESCALING: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x"],
    spatial: 0,
    shape: "any shape with at least one axis, unchanged",
    weights: &[],
    cost: "one element operation an entry",
    example: "",
    reference: "",
    apply: scale,
};

pub(super) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Scale",
            family: Family::LinearAlgebra,
            axes: Axes::Other(features::scaled),
            features: Features::kept(FeatureAxis::Argument("axis")),
            response: &[Response::Linear],
            weights: Weighting::Scale,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Each channel times a learned number, and with `bias=true` plus another.",
        arguments: &[
            Argument::optional(
                "axis",
                &[],
                ArgumentKind::Axis,
                Fallback::Integer(0),
                "the axis of the channels",
            ),
            Argument::optional(
                "bias",
                &["use_bias"],
                ArgumentKind::Flag,
                Fallback::Flag(false),
                "adds a learned number to each channel",
            ),
        ],
        weights: &[
            WeightDoc { name: "weight", shape: "[C]", note: "used at every position of the other axes" },
            WeightDoc {
                name: "bias",
                shape: "[C]",
                note: "with `bias=true`; used at every position of the other axes",
            },
        ],
        example: "model Example {\n    input x: [64, 14, 14]\n    output y = x + (x -> Conv2d(64, \
                  kernel=1) -> Scale)\n}\n",
        reference: "https://arxiv.org/abs/2103.17239",
        ..RESCALING
    },
    Layer {
        declaration: Declaration {
            name: "Normalize",
            family: Family::LinearAlgebra,
            axes: Axes::Along(reducing::along_axis),
            features: Features::kept(FeatureAxis::Argument("axis")),
            response: &[Response::Nonlinear],
            weights: Weighting::None,
            values: values::OF_LENGTH_1,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "Divided by the p-norm along an axis, so that its length is 1.",
        arguments: &[
            Argument::optional(
                "p",
                &[],
                ArgumentKind::Float,
                Fallback::Float(2.0),
                "the norm's power, more than 0",
            ),
            Argument::optional(
                "axis",
                &[],
                ArgumentKind::Axis,
                Fallback::Integer(0),
                "the axis along which it is taken",
            ),
            Argument::optional(
                "eps",
                &["epsilon"],
                ArgumentKind::Float,
                Fallback::Float(1e-12),
                "the least divisor",
            ),
        ],
        example: "model Example {\n    input x: [128]\n    output y = x -> Linear(64) -> Normalize\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html",
        apply: normalize,
        ..RESCALING
    },
];

/// The axis that is meant, where there is one.
fn axis(call: &Call) -> Result<usize, InferenceError> {
    call.trailing(1, "a tensor with at least one axis")?;
    call.axis("axis", call.shape()?.rank())
}

/// The input's shape, at one element operation an entry.
fn rescaled(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let shape = call.shape()?;
    let outputs = vec![TensorType::float(shape.clone())];
    Ok(Operation { elementwise: shape.elements(), ..Operation::new(call.layer, outputs) })
}

fn scale(call: &Call) -> Result<Operation, InferenceError> {
    let (shape, axis) = (call.shape()?, axis(call)?);
    let uses = positions_beside(shape, axis..axis.saturating_add(1));
    let names: &[&str] = if call.flag("bias") { &["weight", "bias"] } else { &["weight"] };
    let channels: Vec<_> = shape.dim(axis).cloned().into_iter().collect();
    let weights = names.iter().map(|name| parameter(name, channels.clone(), &uses)).collect();
    Ok(Operation { weights, ..rescaled(call)? })
}

fn normalize(call: &Call) -> Result<Operation, InferenceError> {
    axis(call)?;
    let (power, eps) = (call.float("p"), call.float("eps"));
    if power <= 0.0 {
        return Err(InferenceError::argument(
            "p",
            format!("`p` is the power of a norm, more than 0, but is {power}"),
        ));
    }
    if eps < 0.0 {
        return Err(InferenceError::argument(
            "eps",
            format!("`eps` is the least divisor, at least 0, but is {eps}"),
        ));
    }
    rescaled(call)
}

#[cfg(test)]
mod tests {
    use super::super::test_call::{floats, refused, run};
    use crate::ir::{Count, Shape};

    #[test]
    fn a_channels_scale_is_used_at_every_position_of_the_other_axes() {
        let of = |axis: i128| {
            let operation = run("Scale", &[("axis", axis.into())], &[floats([6, 4, 5])]);
            operation.weights.first().map(|weight| (weight.shape.clone(), weight.usage.most()))
        };
        assert_eq!(of(0), Some((Shape::from([6]), Count::from(20))));
        assert_eq!(of(-1), Some((Shape::from([5]), Count::from(24))));
    }

    #[test]
    fn a_shift_is_an_option() {
        assert_eq!(run("Scale", &[("bias", true.into())], &[floats([6, 4])]).parameters(), Count::from(12));
    }

    #[test]
    fn a_norm_has_no_weights_and_a_power_above_0() {
        assert!(run("Normalize", &[], &[floats([6, 4])]).weights.is_empty());
        assert_eq!(refused("Normalize", &[("p", 0.into())], &[floats([6])]).code, "invalid-argument");
        assert_eq!(refused("Normalize", &[("axis", 1.into())], &[floats([6])]).code, "invalid-argument");
    }
}
