//! Activations that look along an axis: what normalises over it, and what gates one half with the other.

use super::{ACTIVATION, of_floats};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, Shape, Size, TensorType};
use crate::layers::axes::moves;
use crate::layers::axes::reducing;
use crate::layers::call::Call;
use crate::layers::divisibility::{Free, divided};
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{ErrorSubject, InferenceError};
use crate::layers::values;

const AXIS: Argument = Argument::optional(
    "axis",
    &[],
    ArgumentKind::Axis,
    Fallback::Integer(-1),
    "the axis; the last unless given",
);

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Softmax",
            family: Family::Activation,
            axes: Axes::Along(reducing::along_axis),
            features: Features::kept(FeatureAxis::Argument("axis")),
            response: &[Response::Removes],
            weights: Weighting::None,
            values: values::SHARE,
            training: Training::Same,
            keeps: Keeps::Output,
            inside: Inside::Plain,
        },
        summary: "Weights that sum to 1 along an axis: exp(x) / Σ exp(x).",
        arguments: &[AXIS],
        example: "model Example {\n    input x: [10]\n    output probabilities = x -> Softmax\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html",
        apply: softmax,
        ..ACTIVATION
    },
    Layer {
        declaration: Declaration {
            name: "LogSoftmax",
            family: Family::Activation,
            axes: Axes::Along(reducing::along_axis),
            features: Features::kept(FeatureAxis::Argument("axis")),
            response: &[Response::Removes],
            weights: Weighting::None,
            values: values::LOG_SHARE,
            training: Training::Same,
            keeps: Keeps::Output,
            inside: Inside::Plain,
        },
        summary: "The logarithm of Softmax, computed in one so that it does not underflow.",
        arguments: &[AXIS],
        example: "model Example {\n    input x: [10]\n    output y = x -> LogSoftmax\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html",
        apply: softmax,
        ..ACTIVATION
    },
    Layer {
        declaration: Declaration {
            name: "GLU",
            family: Family::Activation,
            axes: Axes::Other(moves::halved),
            features: Features::kept(FeatureAxis::Argument("axis")),
            response: &[Response::Nonlinear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        summary: "Gated linear unit: the first half of an axis times the sigmoid of the second.",
        arguments: &[AXIS],
        shape: "the axis is halved, the others stay",
        cost: "one element operation an entry of the result",
        example: "model Example {\n    input x: [16, 128]\n    output y = x -> GLU\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.GLU.html",
        apply: glu,
        ..ACTIVATION
    },
];

/// The axis that is meant, where there is one.
fn axis(call: &Call) -> Result<usize, InferenceError> {
    call.trailing(1, "a tensor with at least one axis")?;
    call.axis("axis", call.shape()?.rank())
}

fn softmax(call: &Call) -> Result<Operation, InferenceError> {
    axis(call)?;
    of_floats(call)
}

fn glu(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let (shape, axis) = (call.shape()?, axis(call)?);
    let halved = |(at, extent): (usize, &Size)| {
        if at != axis {
            return Ok(extent.clone());
        }
        divided(extent, &Size::from(2), ErrorSubject::Layer, Free::Total, || {
            format!("`GLU` halves axis {axis}, but its extent {extent:#} in {shape} is not even")
        })
    };
    let result = shape.dims().iter().enumerate().map(halved).collect::<Result<Shape, InferenceError>>()?;
    let elementwise = result.elements();
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![TensorType::float(result)]) })
}

#[cfg(test)]
mod tests {
    use crate::layers::test_call::{floats, refused, run};

    #[test]
    fn softmax_needs_the_axis_it_names() {
        assert_eq!(run("Softmax", &[("axis", 0.into())], &[floats([4, 7])]).outputs, [floats([4, 7])]);
        assert_eq!(refused("Softmax", &[("axis", 2.into())], &[floats([4, 7])]).code, "invalid-argument");
        assert_eq!(refused("Softmax", &[], &[floats([])]).code, "shape-mismatch");
    }

    #[test]
    fn a_gate_halves_its_axis() {
        let gated = run("GLU", &[("axis", 0.into())], &[floats([6, 5])]);
        assert_eq!(gated.outputs, [floats([3, 5])]);
    }

    #[test]
    fn an_odd_axis_cannot_be_halved_and_the_nearest_even_extents_are_named() {
        let error = refused("GLU", &[], &[floats([6, 5])]);
        assert_eq!(error.code, "indivisible");
        assert_eq!(error.message, "`GLU` halves axis 1, but its extent 5 in [6, 5] is not even");
        assert_eq!(error.help, ["in place of 5: 4 or 6"]);
    }
}
