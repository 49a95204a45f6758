//! The order and the number of the axes: Permute, Transpose, Squeeze, Unsqueeze.

use super::{MOVES, extent, moved, new_axis};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Operation, Shape, Size};
use crate::layers::axes::moves;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{InferenceError, counted};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Permute",
            family: Family::Shape,
            axes: Axes::Reordered(moves::permuted),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The axes in another order.",
        arguments: &[Argument::required(
            "axes",
            &["axis"],
            ArgumentKind::Axes,
            "for each axis of the result, the axis of the input that it is",
        )],
        shape: "[A, B, C] → [C, A, B] with axes = [2, 0, 1]",
        example: "model Example {\n    input x: [3, 32, 48]\n    output y = x -> Permute([1, 2, 0])\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.permute.html",
        apply: permute,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Transpose",
            family: Family::Shape,
            axes: Axes::Reordered(moves::transposed),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Two axes, exchanged.",
        arguments: &[
            Argument::required("axis0", &[], ArgumentKind::Axis, "one axis"),
            Argument::required("axis1", &[], ArgumentKind::Axis, "the other"),
        ],
        shape: "[A, B, C] → [A, C, B] with axis0 = 1, axis1 = 2",
        example: "model Example {\n    input x: [8, 32, 64]\n    output y = x -> Transpose(-2, -1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.transpose.html",
        apply: transpose,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Squeeze",
            family: Family::Shape,
            axes: Axes::Regrouped,
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Axes of extent 1, left out: all of them, or those that are named. As in PyTorch, a named \
            axis of another extent stays. A symbolic extent is never taken for 1.",
        arguments: &[Argument::optional("axis", &[], ArgumentKind::Axes, Fallback::None, "only these axes")],
        shape: "[A, 1, B] → [A, B]",
        example: "model Example {\n    input x: [64, 1, 1]\n    output y = x -> Squeeze\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.squeeze.html",
        apply: squeeze,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Unsqueeze",
            family: Family::Shape,
            axes: Axes::Regrouped,
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "A new axis of extent 1.",
        arguments: &[Argument::required("axis", &[], ArgumentKind::Axis, "where it stands in the result")],
        shape: "[A, B] → [A, 1, B] with axis = 1",
        example: "model Example {\n    input x: [64, 32]\n    output y = x -> Unsqueeze(axis=1)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.unsqueeze.html",
        apply: unsqueeze,
        ..MOVES
    },
];

fn permute(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let axes = call.axes("axes", shape.rank())?;
    if axes.len() != shape.rank() {
        let (named, rank) = (counted(axes.len(), "axis", "axes"), shape.rank());
        return Err(InferenceError::argument(
            "axes",
            format!("`axes` names {named}, but {shape} has {rank}"),
        )
        .help("every axis stands in it once"));
    }
    let resolved: Vec<Size> = axes.iter().copied().map(Size::from).collect();
    let permuted: Shape = axes.into_iter().map(|axis| extent(shape, axis)).collect();
    Ok(Operation { arguments: vec![("axes", Attribute::from(resolved))], ..moved(call, permuted)? })
}

fn transpose(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let (one, other) = (call.axis("axis0", shape.rank())?, call.axis("axis1", shape.rank())?);
    let mut dims = shape.dims().to_vec();
    dims.swap(one, other);
    moved(call, dims)
}

fn squeeze(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let named = call.axes("axis", shape.rank())?;
    let all = call.is_none("axis");
    let goes =
        |(axis, extent): &(usize, &Size)| (all || named.contains(axis)) && extent.as_number() == Some(1);
    let kept = shape.dims().iter().enumerate().filter(|place| !goes(place));
    moved(call, kept.map(|(_, extent)| extent.clone()).collect::<Shape>())
}

fn unsqueeze(call: &Call) -> Result<Operation, InferenceError> {
    let mut dims = call.shape()?.dims().to_vec();
    dims.insert(new_axis(call, dims.len())?, Size::from(1));
    moved(call, dims)
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, TensorType};
    use crate::layers::test_call::{floats, ints, refused, run};

    fn result(name: &str, arguments: &[(&str, Attribute)], input: TensorType) -> TensorType {
        run(name, arguments, &[input]).outputs.remove(0)
    }

    fn list(axes: &[i128]) -> Attribute {
        Attribute::from(axes.to_vec())
    }

    #[test]
    fn a_permutation_takes_every_axis_once() {
        assert_eq!(result("Permute", &[("axes", list(&[2, 0, -2]))], floats([3, 4, 5])), floats([5, 3, 4]));
        let short = refused("Permute", &[("axes", list(&[1, 0]))], &[floats([3, 4, 5])]);
        assert_eq!(short.message, "`axes` names 2 axes, but [3, 4, 5] has 3");
        assert!(refused("Permute", &[("axes", list(&[0, 0]))], &[floats([3, 4])]).message.contains("twice"));
    }

    #[test]
    fn a_transposition_exchanges_two_axes_and_keeps_integers() {
        let swap = [("axis0", Attribute::from(-2)), ("axis1", Attribute::from(0))];
        assert_eq!(result("Transpose", &swap, ints([3, 4, 5])), ints([4, 3, 5]));
    }

    #[test]
    fn pytorchs_spelling_of_an_axis_is_explained() {
        let error = refused("Transpose", &[("dim0", Attribute::from(1))], &[floats([3, 4])]);
        assert!(error.help.iter().any(|help| help.contains("do not count the batch")), "{error:?}");
    }

    #[test]
    fn squeezing_leaves_out_ones_only() {
        assert_eq!(result("Squeeze", &[], floats([1, 3, 1])), floats([3]));
        assert_eq!(result("Squeeze", &[("axis", Attribute::from(-1))], floats([1, 3, 1])), floats([1, 3]));
        assert_eq!(result("Squeeze", &[("axis", Attribute::from(1))], floats([1, 3, 1])), floats([1, 3, 1]));
    }

    #[test]
    fn a_new_axis_may_stand_at_either_end() {
        assert_eq!(result("Unsqueeze", &[("axis", Attribute::from(-1))], floats([3])), floats([3, 1]));
        assert_eq!(result("Unsqueeze", &[("axis", Attribute::from(0))], floats([])), floats([1]));
        let beyond = refused("Unsqueeze", &[("axis", Attribute::from(2))], &[floats([3])]);
        assert_eq!(beyond.message, "`axis` is 2, but the result has 2 axes, 0 to 1");
    }
}
