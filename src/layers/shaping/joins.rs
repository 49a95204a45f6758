//! Several tensors as one: Concat along an axis that is there, Stack along a new one.

use super::{MOVES, extent, new_axis, replaced};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, Size, TensorType};
use crate::layers::axes::joins;
use crate::layers::broadcast::{Clash, promoted};
use crate::layers::call::Call;
use crate::layers::entry::{Alias, Argument, ArgumentKind, Layer};
use crate::layers::inference_error::{ErrorSubject, InferenceError, counted};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Concat",
            family: Family::Shape,
            axes: Axes::Joined(joins::concatenated),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("Cat"), Alias::of("Concatenate")],
        summary: "Tensors joined end to end along an axis.",
        arguments: &[Argument::required(
            "axis",
            &[],
            ArgumentKind::Axis,
            "the axis along which they are joined",
        )],
        inputs: &["x…"],
        shape: "[A, C], [B, C] → [A + B, C] with axis = 0",
        example: "model Example {\n    input x: [64, 28, 28]\n    input skip: [32, 28, 28]\n    \
            output y = (x, skip) -> Concat(axis=0)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.cat.html",
        apply: concat,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Stack",
            family: Family::Shape,
            axes: Axes::Joined(joins::stacked),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Tensors of one shape joined along a new axis.",
        arguments: &[Argument::required(
            "axis",
            &[],
            ArgumentKind::Axis,
            "where the new axis stands in the result",
        )],
        inputs: &["x…"],
        shape: "n times [A, B] → [n, A, B] with axis = 0",
        example: "model Example {\n    input x: [10]\n    input y: [10]\n    \
            output both = (x, y) -> Stack(axis=0)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.stack.html",
        apply: stack,
        ..MOVES
    },
];

fn concat(call: &Call) -> Result<Operation, InferenceError> {
    let first = super::with_axes(call)?;
    let joined = call.axis("axis", first.rank())?;
    alike(call, Some(joined))?;
    let extents = call.inputs.iter().map(|input| extent(&input.shape, joined));
    let total = extents.fold(Size::from(0), |sum, extent| sum + extent);
    let shape = replaced(first, joined, [total]);
    Ok(Operation::new(call.layer, vec![TensorType { shape, dtype: promoted(call.inputs) }]))
}

fn stack(call: &Call) -> Result<Operation, InferenceError> {
    alike(call, None)?;
    let mut dims = call.shape()?.dims().to_vec();
    let axis = new_axis(call, dims.len())?;
    dims.insert(axis, Size::from(call.inputs.len()));
    Ok(Operation::new(call.layer, vec![TensorType { shape: dims.into(), dtype: promoted(call.inputs) }]))
}

/// Refuses tensors whose shapes differ in another axis than the joined one.
fn alike(call: &Call, joined: Option<usize>) -> Result<(), InferenceError> {
    let first = call.shape()?;
    let verb = if joined.is_some() { "join" } else { "stack" };
    for (at, input) in call.inputs.iter().enumerate().skip(1) {
        let shape = &input.shape;
        let error = |why: String| {
            InferenceError::new(
                "shape-mismatch",
                ErrorSubject::Inputs(0, at),
                format!("cannot {verb} {first} and {shape}: {why}"),
            )
        };
        if shape.rank() != first.rank() {
            let axes = counted(first.rank(), "axis", "axes");
            return Err(error(format!("{axes} against {}", shape.rank())));
        }
        let mut pairs = first.dims().iter().zip(shape.dims()).enumerate();
        let differs = pairs.find(|(axis, (left, right))| Some(*axis) != joined && left != right);
        if let Some((axis, (left, right))) = differs {
            let clash = Clash::at(axis, left, right);
            let along = joined.map_or(String::new(), |axis| format!("; only axis {axis} may differ"));
            let error = error(format!("{}{along}", clash.message()));
            return Err(clash.help().into_iter().fold(error, InferenceError::help));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ir::Attribute;
    use crate::layers::test_call::{floats, ints, refused, run};

    #[test]
    fn joining_adds_up_the_extents_of_one_axis() {
        let axis = [("axis", Attribute::from(-2))];
        let joined = run("Concat", &axis, &[floats([2, 3]), floats([4, 3]), floats([1, 3])]);
        assert_eq!(joined.outputs, [floats([7, 3])]);
        assert_eq!(run("Concat", &axis, &[ints([2, 3]), floats([4, 3])]).outputs, [floats([6, 3])]);
    }

    #[test]
    fn tensors_that_differ_elsewhere_cannot_be_joined() {
        let error = refused("Concat", &[("axis", Attribute::from(0))], &[floats([2, 28]), floats([4, 14])]);
        assert_eq!(
            error.message,
            "cannot join [2, 28] and [4, 14]: axis 1 is 28 against 14; only axis 0 may differ"
        );
        let ranks = refused("Concat", &[("axis", Attribute::from(0))], &[floats([2]), floats([4, 14])]);
        assert_eq!(ranks.message, "cannot join [2] and [4, 14]: 1 axis against 2");
    }

    #[test]
    fn an_axis_to_join_along_must_be_named() {
        assert_eq!(refused("Concat", &[], &[floats([2]), floats([2])]).code, "missing-argument");
        assert_eq!(refused("Stack", &[], &[floats([2]), floats([2])]).code, "missing-argument");
    }

    #[test]
    fn stacking_makes_a_new_axis() {
        let pair = [floats([2, 3]), floats([2, 3])];
        assert_eq!(run("Stack", &[("axis", Attribute::from(-1))], &pair).outputs, [floats([2, 3, 2])]);
        assert_eq!(run("Stack", &[("axis", Attribute::from(0))], &pair).outputs, [floats([2, 2, 3])]);
        let error = refused("Stack", &[("axis", Attribute::from(0))], &[floats([2]), floats([3])]);
        assert_eq!(error.message, "cannot stack [2] and [3]: axis 0 is 2 against 3");
    }
}
