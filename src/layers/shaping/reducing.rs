//! Axes reduced to one number: Mean, Sum, Max, ArgMax.

use super::MOVES;
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, ElementType, Family, Operation, Shape, Size, TensorType};
use crate::layers::axes::reducing;
use crate::layers::call::Call;
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::InferenceError;
use crate::layers::values;

const AXES: Argument = Argument::optional(
    "axis",
    &["axes"],
    ArgumentKind::Axes,
    Fallback::None,
    "the axes that are reduced; `none`: all",
);

const KEEP: Argument = Argument::optional(
    "keepdim",
    &["keepdims"],
    ArgumentKind::Flag,
    Fallback::Flag(false),
    "leaves each reduced axis as an axis of 1",
);

const REDUCES: Layer = Layer {
    arguments: &[AXES, KEEP],
    shape: "[A, B, C] → [A] with axis = [1, 2]",
    cost: "one element operation an entry of the input",
    apply: reduce,
    ..MOVES
};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Mean",
            family: Family::Shape,
            axes: Axes::Reduced(reducing::reduced),
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The mean over axes. Always floating-point.",
        example: "model Example {\n    input x: [7, 7, 768]\n    \
            output y = x -> Mean(axis=[0, 1]) -> Linear(10)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.mean.html",
        ..REDUCES
    },
    Layer {
        declaration: Declaration {
            name: "Sum",
            family: Family::Shape,
            axes: Axes::Reduced(reducing::reduced),
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The sum over axes.",
        example: "model Example {\n    input x: [16, 64]\n    output y = x -> Sum(axis=0)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.sum.html",
        ..REDUCES
    },
    Layer {
        declaration: Declaration {
            name: "Max",
            family: Family::Shape,
            axes: Axes::Reduced(reducing::reduced),
            features: Features::NONE,
            response: &[Response::Selects],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Both,
            inside: Inside::Plain,
        },
        summary: "The largest value over axes.",
        example: "model Example {\n    input x: [16, 64]\n    output y = x -> Max(axis=0)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.amax.html",
        ..REDUCES
    },
    Layer {
        declaration: Declaration {
            name: "ArgMax",
            family: Family::Shape,
            axes: Axes::Reduced(reducing::reduced),
            features: Features::NONE,
            response: &[Response::Removes],
            weights: Weighting::None,
            values: values::NON_NEGATIVE,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("Argmax")],
        summary: "The place of the largest value along an axis, as an integer.",
        arguments: &[
            Argument::optional(
                "axis",
                &[],
                ArgumentKind::Axis,
                Fallback::None,
                "the axis; `none`: of the flattened tensor",
            ),
            KEEP,
        ],
        shape: "[A, B] → int[A] with axis = 1",
        example: "model Example {\n    input x: [64]\n    \
            output class = x -> Linear(10) -> ArgMax(axis=-1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.argmax.html",
        ..REDUCES
    },
];

fn reduce(call: &Call) -> Result<Operation, InferenceError> {
    let input = call.input()?;
    let axes = call.axes("axis", input.shape.rank())?;
    let reduced = |axis: usize| axes.is_empty() || axes.contains(&axis);
    let keep = call.flag("keepdim");
    let dims = input.shape.dims().iter().enumerate();
    let shape: Shape = dims
        .filter(|(axis, _)| keep || !reduced(*axis))
        .map(|(axis, extent)| if reduced(axis) { Size::from(1) } else { extent.clone() })
        .collect();
    let dtype = match call.layer.name() {
        "Mean" => ElementType::Float32,
        "ArgMax" => ElementType::Int64,
        _ => input.dtype,
    };
    let elementwise = input.shape.elements();
    Ok(Operation { elementwise, ..Operation::new(call.layer, vec![TensorType { shape, dtype }]) })
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count};
    use crate::layers::test_call::{floats, ints, refused, run};

    #[test]
    fn reduced_axes_go_or_stay_as_ones() {
        let axes = ("axis", Attribute::from(vec![0i128, -1]));
        let mean = run("Mean", std::slice::from_ref(&axes), &[floats([3, 4, 5])]);
        assert_eq!((mean.outputs, mean.elementwise), (vec![floats([4])], Count::from(60)));
        let kept = run("Mean", &[axes, ("keepdim", Attribute::from(true))], &[floats([3, 4, 5])]);
        assert_eq!(kept.outputs, [floats([1, 4, 1])]);
        assert_eq!(run("Sum", &[], &[floats([3, 4])]).outputs, [floats([])]);
    }

    #[test]
    fn a_mean_is_floating_and_a_place_is_an_integer() {
        assert_eq!(run("Mean", &[], &[ints([3])]).outputs, [floats([])]);
        assert_eq!(run("Max", &[], &[ints([3])]).outputs, [ints([])]);
        assert_eq!(run("ArgMax", &[("axis", Attribute::from(-1))], &[floats([3, 4])]).outputs, [ints([3])]);
    }

    #[test]
    fn an_axis_that_is_not_there_is_refused() {
        assert_eq!(
            refused("Sum", &[("axis", Attribute::from(2))], &[floats([3, 4])]).code,
            "invalid-argument"
        );
    }
}
