//! Unfold and Fold: a map taken apart into windows, and windows added up to a map. Neither has weights.

use super::{CONVOLUTION, DILATION, KERNEL, STRIDE, window};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Axes, Declaration, Family, Operation, Shape, Size, TensorType, Window};
use crate::layers::axes::windows;
use crate::layers::call::Call;
use crate::layers::divisibility::{Free, divided};
use crate::layers::entry::{Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{ErrorSubject, InferenceError};
use crate::layers::sliding::{Map, floor_positions, slide, times};

const PAD: Argument = Argument::optional(
    "pad",
    &["padding"],
    ArgumentKind::PerAxis,
    Fallback::Integer(0),
    "padding on both sides of the map",
);

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Unfold",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::unfolded),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Every window of a map as a column: what a convolution multiplies its kernel with.",
        arguments: &[KERNEL, DILATION, PAD, STRIDE],
        shape: "[…, C, H, W] → […, C·kernel·kernel, positions]",
        cost: "none: nothing is computed",
        example: "model Example {\n    input image: [3, 32, 32]\n    output patches = image \
                  -> Unfold(8, stride=8)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html",
        apply: unfold,
        ..CONVOLUTION
    },
    Layer {
        declaration: Declaration {
            name: "Fold",
            family: Family::Convolution,
            axes: Axes::Windowed(windows::folded),
            features: Features::NONE,
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Columns as windows of a map, added up where they overlap: the reverse of Unfold.",
        arguments: &[
            Argument::required("output_size", &[], ArgumentKind::PerAxis, "the map's height and width"),
            KERNEL,
            DILATION,
            PAD,
            STRIDE,
        ],
        shape: "[…, C·kernel·kernel, positions] → […, C, H, W] with `output_size`",
        cost: "one element operation an entry of the input",
        example: "model Example {\n    input patches: [192, 16]\n    output image = patches \
                  -> Fold([32, 32], kernel=8, stride=8)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Fold.html",
        apply: fold,
        ..CONVOLUTION
    },
];

fn unfold(call: &Call) -> Result<Operation, InferenceError> {
    let map = Map::of(call)?;
    let axes = window(call, call.per_axis("pad", 0)?)?;
    let positions = slide(call, map.extents, &axes, floor_positions)?;
    let taps = product(axes.iter().map(|axis| &axis.kernel));
    let columns = [map.channels * &taps, product(&positions)];
    let shape: Shape = map.leading.iter().cloned().chain(columns).collect();
    let window = Some(Window { axes, zero_padded: true, transposed: false });
    Ok(Operation { window, ..Operation::new(call.layer, vec![TensorType::float(shape)]) })
}

fn fold(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let (leading, columns) =
        call.trailing(2, "columns and their positions, […, C·kernel·kernel, positions]")?;
    let [rows, found] = columns else { return Err(InferenceError::shape("`Fold` takes two axes")) };
    let extents = call.per_axis("output_size", 1)?;
    let axes = window(call, call.per_axis("pad", 0)?)?;
    let positions = slide(call, &extents, &axes, floor_positions)?;
    if product(&positions) != *found {
        return Err(InferenceError::shape(format!(
            "`Fold`: the window has {} = {:#} positions on a map of {}, but the input has {found:#} columns",
            times(positions.iter().cloned()),
            product(&positions),
            times(extents.iter().cloned()),
        )));
    }
    let taps = product(axes.iter().map(|axis| &axis.kernel));
    let channels = divided(rows, &taps, ErrorSubject::Layer, Free::Total, || {
        let kernel = times(axes.iter().map(|axis| axis.kernel.clone()));
        format!("`Fold`: a column of {rows:#} does not divide into windows of {kernel} = {taps:#}")
    })?;
    let shape: Shape = leading.iter().chain([&channels]).chain(&extents).cloned().collect();
    let window = Some(Window { axes, zero_padded: true, transposed: true });
    let operation = Operation::new(call.layer, vec![TensorType::float(shape)]);
    Ok(Operation { window, elementwise: call.shape()?.elements(), ..operation })
}

fn product<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> Size {
    sizes.into_iter().fold(Size::from(1), |product, size| product * size)
}

#[cfg(test)]
mod tests {
    use crate::ir::Attribute;
    use crate::layers::test_call::{floats, refused, run};

    #[test]
    fn folding_brings_back_what_unfolding_took_apart() {
        let window = [("kernel", 4.into()), ("stride", 2.into()), ("pad", 1.into())];
        let columns = run("Unfold", &window, &[floats([3, 8, 6])]).outputs;
        assert_eq!(columns, [floats([48, 12])]);
        let back = [&[("output_size", Attribute::from(vec![8_i128, 6]))], &window[..]].concat();
        assert_eq!(run("Fold", &back, &columns).outputs, [floats([3, 8, 6])]);
    }

    #[test]
    fn columns_that_are_no_windows_of_the_map_are_refused_with_the_numbers() {
        let window = [("output_size", Attribute::from(vec![6_i128, 4])), ("kernel", 3.into())];
        assert_eq!(
            refused("Fold", &window, &[floats([18, 7])]).message,
            "`Fold`: the window has 4×2 = 8 positions on a map of 6×4, but the input has 7 columns"
        );
        let error = refused("Fold", &window, &[floats([20, 8])]);
        assert_eq!(error.message, "`Fold`: a column of 20 does not divide into windows of 3×3 = 9");
        assert_eq!(error.help, ["in place of 20: 18 or 27"]);
    }
}
