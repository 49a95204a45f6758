//! Matrix products of two tensors, as `torch.matmul` has them.

use super::broadcast::{broadcast, promoted};
use super::call::Call;
use super::entry::Layer;
use super::inference_error::InferenceError;
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Count, Declaration, Family, Operation, Shape, Size, TensorType};
use crate::layers::axes::features;

pub(super) static LAYERS: &[Layer] = &[Layer {
    declaration: Declaration {
        name: "MatMul",
        family: Family::LinearAlgebra,
        axes: Axes::Other(features::matmul),
        features: Features::NONE,
        response: &[Response::Multilinear],
        weights: Weighting::None,
        values: Values::ANY,
        training: Training::Same,
        keeps: Keeps::Input,
        inside: Inside::Plain,
    },
    aliases: &[],
    summary: "The matrix product of two tensors; what `a @ b` means. Leading axes broadcast, and a tensor \
        of one axis is a row on the left and a column on the right.",
    arguments: &[],
    inputs: &["a", "b"],
    spatial: 0,
    shape: "[…, M, K], […, K, N] → […, M, N]",
    weights: &[],
    cost: "MACs = product of the leading axes × M × N × K",
    example: "model Example {\n    input a: [8, 32, 64]\n    input b: [8, 64, 16]\n    \
        output product = a @ b\n}\n",
    reference: "https://pytorch.org/docs/stable/generated/torch.matmul.html",
    apply: matmul,
}];

/// A side of a product: its leading axes, its free axis, and the one that is summed over.
struct Side<'a> {
    leading: &'a [Size],
    free: Option<&'a Size>,
    summed: &'a Size,
}

impl<'a> Side<'a> {
    fn left(dims: &'a [Size]) -> Option<Side<'a>> {
        match dims {
            [leading @ .., free, summed] => Some(Side { leading, free: Some(free), summed }),
            [summed] => Some(Side { leading: &[], free: None, summed }),
            [] => None,
        }
    }

    fn right(dims: &'a [Size]) -> Option<Side<'a>> {
        match dims {
            [leading @ .., summed, free] => Some(Side { leading, free: Some(free), summed }),
            [summed] => Some(Side { leading: &[], free: None, summed }),
            [] => None,
        }
    }
}

fn matmul(call: &Call) -> Result<Operation, InferenceError> {
    let [a, b] = call.inputs else { return Err(InferenceError::shape("`MatMul` takes two tensors")) };
    let sides = (Side::left(a.shape.dims()), Side::right(b.shape.dims()));
    let (Some(left), Some(right)) = sides else {
        let scalar = if a.shape.rank() == 0 { &a.shape } else { &b.shape };
        return Err(InferenceError::rank("MatMul", "two tensors with at least one axis each", scalar)
            .help("`*` multiplies by a scalar"));
    };
    if left.summed != right.summed {
        return Err(disagreement(&a.shape, &b.shape, &left, &right));
    }
    let leading = broadcast(left.leading, right.leading).map_err(|clash| {
        let message = format!(
            "cannot multiply {} by {}: of the axes before the matrices, {}",
            a.shape,
            b.shape,
            clash.message()
        );
        clash.help().into_iter().fold(InferenceError::shape(message), InferenceError::help)
    })?;
    let shape: Shape = leading.dims().iter().chain(left.free).chain(right.free).cloned().collect();
    let macs = shape.elements() * Count::from(left.summed);
    let dtype = promoted(call.inputs);
    Ok(Operation { macs, ..Operation::new(call.layer, vec![TensorType { shape, dtype }]) })
}

/// The axis that is summed over has two extents.
fn disagreement(a: &Shape, b: &Shape, left: &Side, right: &Side) -> InferenceError {
    let place = if right.free.is_some() { "last axis but one" } else { "only axis" };
    let error = InferenceError::shape(format!(
        "cannot multiply {a} by {b}: the last axis on the left is {:#}, the {place} on the right {:#}",
        left.summed, right.summed
    ));
    match (right.free, left.free) {
        (Some(free), _) if free == left.summed => error.help("`Transpose(-2, -1)` on the right would fit"),
        (_, Some(free)) if free == right.summed => error.help("`Transpose(-2, -1)` on the left would fit"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_call::{floats, ints, refused, run};
    use crate::ir::Count;

    #[test]
    fn leading_axes_broadcast_and_every_one_multiplies_the_cost() {
        let product = run("MatMul", &[], &[floats([7, 1, 3, 4]), floats([2, 4, 5])]);
        assert_eq!(product.outputs, [floats([7, 2, 3, 5])]);
        assert_eq!(product.macs, Count::from(7 * 2 * 3 * 5 * 4));
    }

    #[test]
    fn a_tensor_of_one_axis_is_a_row_or_a_column() {
        assert_eq!(run("MatMul", &[], &[floats([4]), floats([4, 5])]).outputs, [floats([5])]);
        assert_eq!(run("MatMul", &[], &[floats([3, 4]), floats([4])]).outputs, [floats([3])]);
        let dot = run("MatMul", &[], &[ints([4]), ints([4])]);
        assert_eq!((dot.outputs, dot.macs), (vec![ints([])], Count::from(4)));
    }

    #[test]
    fn a_product_that_fits_transposed_says_so() {
        let error = refused("MatMul", &[], &[floats([3, 4]), floats([5, 4])]);
        assert_eq!(
            error.message,
            "cannot multiply [3, 4] by [5, 4]: the last axis on the left is 4, the last axis but one on the \
                right 5"
        );
        assert_eq!(error.help, ["`Transpose(-2, -1)` on the right would fit"]);
    }

    #[test]
    fn a_scalar_is_no_matrix() {
        assert_eq!(refused("MatMul", &[], &[floats([]), floats([5, 4])]).code, "shape-mismatch");
    }
}
