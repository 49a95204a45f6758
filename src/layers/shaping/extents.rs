//! The same entries under other extents: Flatten, Unflatten, Reshape, and Expand, which repeats them.

use super::{AXIS, MOVES, extent, filled, moved, product, replaced, with_axes};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Operation, Shape, Size};
use crate::layers::axes::moves;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{InferenceError, counted};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Flatten",
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
        summary: "Neighbouring axes as one: all of them, or those from `start_axis` to `end_axis`.",
        arguments: &[
            Argument::optional(
                "start_axis",
                &[],
                ArgumentKind::Axis,
                Fallback::Integer(0),
                "the first of them",
            ),
            Argument::optional(
                "end_axis",
                &[],
                ArgumentKind::Axis,
                Fallback::Integer(-1),
                "the last of them",
            ),
        ],
        shape: "[A, B, C] → [A·B·C]",
        example: "model Example {\n    input x: [16, 5, 5]\n    output y = x -> Flatten -> Linear(120)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html",
        apply: flatten,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Unflatten",
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
        summary: "One axis as several.",
        arguments: &[
            AXIS,
            Argument::required(
                "sizes",
                &["unflattened_size"],
                ArgumentKind::Sizes,
                "the extents it becomes; one may be -1, to be worked out",
            ),
        ],
        shape: "[A, B·C] → [A, B, C] with axis = 1, sizes = [B, C]",
        example: "model Example {\n    input x: [16, 768]\n    \
            output y = x -> Unflatten(axis=-1, sizes=[12, -1])\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html",
        apply: unflatten,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Reshape",
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
        summary: "The same entries, in the same order, under other extents.",
        arguments: &[Argument::required(
            "shape",
            &["sizes", "size", "target_shape"],
            ArgumentKind::Sizes,
            "the new extents; one may be -1, to be worked out",
        )],
        shape: "[…] → shape, of as many entries",
        example: "model Example {\n    input x: [64, 14, 14]\n    output y = x -> Reshape([64, -1])\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.reshape.html",
        apply: reshape,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Expand",
            family: Family::Shape,
            axes: Axes::Other(moves::expanded),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Axes of extent 1 repeated, and new axes before the first, as broadcasting would.",
        arguments: &[Argument::required(
            "sizes",
            &["size", "shape"],
            ArgumentKind::Sizes,
            "the extents of the result; -1 keeps one",
        )],
        shape: "[1, B] → [A, B] with sizes = [A, B]",
        example: "model Example {\n    input x: [1, 768]\n    output y = x -> Expand([16, -1])\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html",
        apply: expand,
        ..MOVES
    },
];

fn flatten(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let (start, end) = (call.axis("start_axis", shape.rank())?, call.axis("end_axis", shape.rank())?);
    if start > end {
        let message = format!("`start_axis` is axis {start}, which comes after `end_axis`, axis {end}");
        return Err(InferenceError::argument("start_axis", message));
    }
    let run = end.saturating_sub(start).saturating_add(1);
    let before = shape.dims().iter().take(start).cloned();
    let flat = product(shape.dims().iter().skip(start).take(run));
    let after = shape.dims().iter().skip(end.saturating_add(1)).cloned();
    moved(call, before.chain([flat]).chain(after).collect::<Shape>())
}

fn unflatten(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let axis = call.axis("axis", shape.rank())?;
    let sizes =
        filled("sizes", call.sizes("sizes"), &extent(shape, axis), &format!("axis {axis} of {shape}"))?;
    if sizes.is_empty() {
        return Err(InferenceError::argument("sizes", "`sizes` is empty, but an axis becomes at least one"));
    }
    let arguments = vec![("sizes", Attribute::from(sizes.clone()))];
    Ok(Operation { arguments, ..moved(call, replaced(shape, axis, sizes))? })
}

fn reshape(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let sizes = filled("shape", call.sizes("shape"), &product(shape.dims()), &shape.to_string())?;
    let arguments = vec![("shape", Attribute::from(sizes.clone()))];
    Ok(Operation { arguments, ..moved(call, sizes)? })
}

fn expand(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let sizes = call.sizes("sizes");
    let Some(new) = sizes.len().checked_sub(shape.rank()) else {
        let (found, axes) =
            (counted(sizes.len(), "extent", "extents"), counted(shape.rank(), "axis", "axes"));
        let message = format!("`sizes` has {found}, but {shape} has {axes}");
        return Err(InferenceError::argument("sizes", message)
            .help("new axes stand before the first; none is left out"));
    };
    let old = std::iter::repeat_n(None, new).chain(shape.dims().iter().map(Some));
    let dims: Vec<Size> = sizes
        .iter()
        .zip(old)
        .map(|(size, old)| expanded(size, old).ok_or_else(|| not_expandable(shape, size, old)))
        .collect::<Result<_, _>>()?;
    let arguments = vec![("sizes", Attribute::from(dims.clone()))];
    Ok(Operation { arguments, ..moved(call, dims)? })
}

/// What an extent becomes where `size` is asked for.
fn expanded(size: &Size, old: Option<&Size>) -> Option<Size> {
    match (size.as_number(), old) {
        (Some(-1), old) => old.cloned(),
        (Some(n), _) if n < 1 => None,
        (_, Some(old)) if old != size && old.as_number() != Some(1) => None,
        _ => Some(size.clone()),
    }
}

fn not_expandable(shape: &Shape, size: &Size, old: Option<&Size>) -> InferenceError {
    match old {
        Some(old) => InferenceError::shape(format!(
            "cannot expand {shape}: an axis of {old:#} does not become {size:#}"
        ))
        .help("only an axis of 1 is repeated; -1 keeps an axis as it is"),
        None => InferenceError::argument(
            "sizes",
            format!("`sizes` gives a new axis the extent {size:#}, but the least is 1"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, TensorType};
    use crate::layers::test_call::{floats, refused, run};

    fn result(name: &str, arguments: &[(&str, Attribute)], input: TensorType) -> TensorType {
        run(name, arguments, &[input]).outputs.remove(0)
    }

    fn list(sizes: &[i128]) -> Attribute {
        Attribute::from(sizes.to_vec())
    }

    #[test]
    fn flattening_multiplies_a_run_of_axes() {
        assert_eq!(result("Flatten", &[], floats([2, 3, 4])), floats([24]));
        assert_eq!(
            result("Flatten", &[("start_axis", Attribute::from(-2))], floats([2, 3, 4])),
            floats([2, 12])
        );
        let from_to = [("start_axis", Attribute::from(0)), ("end_axis", Attribute::from(1))];
        assert_eq!(result("Flatten", &from_to, floats([2, 3, 4])), floats([6, 4]));
        let crossed = [("start_axis", Attribute::from(1)), ("end_axis", Attribute::from(0))];
        assert_eq!(refused("Flatten", &crossed, &[floats([2, 3])]).code, "invalid-argument");
    }

    #[test]
    fn one_extent_is_worked_out() {
        assert_eq!(result("Reshape", &[("shape", list(&[2, -1]))], floats([3, 4])), floats([2, 6]));
        assert_eq!(result("Reshape", &[("shape", list(&[]))], floats([1, 1])), floats([]));
        let cut = [("axis", Attribute::from(-1)), ("sizes", list(&[4, -1]))];
        assert_eq!(result("Unflatten", &cut, floats([5, 12])), floats([5, 4, 3]));
    }

    #[test]
    fn extents_that_do_not_multiply_up_are_shown_with_both_counts() {
        let wrong = refused("Reshape", &[("shape", list(&[5, 5]))], &[floats([3, 4])]);
        assert_eq!(wrong.message, "[5, 5] holds 25 entries, but [3, 4] holds 12");
        let broken = refused("Reshape", &[("shape", list(&[5, -1]))], &[floats([3, 4])]);
        assert_eq!(broken.code, "indivisible");
        assert_eq!(
            broken.message,
            "[5, -1] has no whole number for -1: 5 does not divide the 12 entries of [3, 4]"
        );
        assert_eq!(
            refused("Reshape", &[("shape", list(&[-1, -1]))], &[floats([4])]).code,
            "invalid-argument"
        );
        assert_eq!(
            refused("Reshape", &[("shape", list(&[-2, -2]))], &[floats([4])]).code,
            "invalid-argument"
        );
    }

    #[test]
    fn expanding_repeats_ones_and_adds_axes_in_front() {
        assert_eq!(result("Expand", &[("sizes", list(&[7, 5, -1]))], floats([1, 4])), floats([7, 5, 4]));
        let error = refused("Expand", &[("sizes", list(&[6, 4]))], &[floats([3, 4])]);
        assert_eq!(error.message, "cannot expand [3, 4]: an axis of 3 does not become 6");
        assert_eq!(refused("Expand", &[("sizes", list(&[-1, 4]))], &[floats([4])]).code, "invalid-argument");
    }
}
