//! Pools whose window slides: maxima, averages and power averages.

use super::{POOL, window};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Operation, Shape, Size, TensorType, WindowAxis};
use crate::layers::axes::windows;
use crate::layers::call::Call;
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::InferenceError;
use crate::layers::sliding::{Map, ceil_positions, floor_positions, per_axis_or_one, reached, slide};
use crate::layers::values;

const KERNEL: Argument = Argument::required(
    "kernel",
    &["kernel_size", "pool_size"],
    ArgumentKind::PerAxis,
    "the window's extents",
);

const STRIDE: Argument = Argument::optional(
    "stride",
    &["strides"],
    ArgumentKind::PerAxis,
    Fallback::None,
    "steps between two windows; the kernel's extents unless given",
);

const PAD: Argument = Argument::optional(
    "pad",
    &["padding"],
    ArgumentKind::PerAxis,
    Fallback::Integer(0),
    "padding on both sides, at most half of the kernel",
);

const DILATION: Argument = Argument::optional(
    "dilation",
    &[],
    ArgumentKind::PerAxis,
    Fallback::Integer(1),
    "steps between two entries of a window",
);

const CEIL_MODE: Argument = Argument::optional(
    "ceil_mode",
    &[],
    ArgumentKind::Flag,
    Fallback::Flag(false),
    "rounds up: a last window may reach past the end, but not start there",
);

const COUNT_INCLUDE_PAD: Argument = Argument::optional(
    "count_include_pad",
    &[],
    ArgumentKind::Flag,
    Fallback::Flag(true),
    "averages take padding for zeros; `false` leaves it out",
);

const OF_MAXIMA: &[Argument] = &[KERNEL, STRIDE, PAD, DILATION, CEIL_MODE];
const OF_AVERAGES: &[Argument] = &[KERNEL, STRIDE, PAD, CEIL_MODE, COUNT_INCLUDE_PAD];
const COST: &str = "the kernel's entries as element operations for each entry of the result";

/// A pool of maxima or averages; the three ranks differ in their axes alone.
macro_rules! entry {
    ($name:literal, $arguments:ident, $axes:expr, $response:ident, $summary:literal, $spatial:literal, $shape:literal, $input:literal) => {
        Layer {
            declaration: Declaration {
                name: $name,
                family: Family::Pooling,
                axes: $axes,
                features: Features::kept(FeatureAxis::Before($spatial)),
                response: &[Response::$response],
                weights: Weighting::None,
                values: Values::ANY,
                training: Training::Same,
                keeps: Keeps::Input,
                inside: Inside::Plain,
            },
            summary: $summary,
            arguments: $arguments,
            spatial: $spatial,
            shape: concat!(
                $shape,
                " with n' = ⌊(n + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1, rounded up with `ceil_mode`"
            ),
            cost: COST,
            example: concat!(
                "model Example {\n    input x: ",
                $input,
                "\n    output y = x -> ",
                $name,
                "(2)\n}\n"
            ),
            reference: concat!("https://pytorch.org/docs/stable/generated/torch.nn.", $name, ".html"),
            ..POOL
        }
    };
}

macro_rules! entry_1d {
    ($name:literal, $arguments:ident, $axes:expr, $response:ident, $summary:literal) => {
        entry!($name, $arguments, $axes, $response, $summary, 1, "[…, C, L] → […, C, L']", "[16, 100]")
    };
}

macro_rules! entry_2d {
    ($name:literal, $arguments:ident, $axes:expr, $response:ident, $summary:literal) => {
        entry!(
            $name,
            $arguments,
            $axes,
            $response,
            $summary,
            2,
            "[…, C, H, W] → […, C, H', W']",
            "[16, 32, 32]"
        )
    };
}

macro_rules! entry_3d {
    ($name:literal, $arguments:ident, $axes:expr, $response:ident, $summary:literal) => {
        entry!(
            $name,
            $arguments,
            $axes,
            $response,
            $summary,
            3,
            "[…, C, D, H, W] → […, C, D', H', W']",
            "[16, 8, 32, 32]"
        )
    };
}

pub(in crate::layers) static LAYERS: &[Layer] = &[
    entry_1d!(
        "MaxPool1d",
        OF_MAXIMA,
        Axes::Windowed(windows::pooled),
        Selects,
        "The largest entry of each window along a sequence."
    ),
    entry_2d!(
        "MaxPool2d",
        OF_MAXIMA,
        Axes::Windowed(windows::pooled),
        Selects,
        "The largest entry of each window of a map."
    ),
    entry_3d!(
        "MaxPool3d",
        OF_MAXIMA,
        Axes::Windowed(windows::pooled),
        Selects,
        "The largest entry of each window of a volume."
    ),
    entry_1d!(
        "AvgPool1d",
        OF_AVERAGES,
        Axes::Windowed(windows::averaged),
        Linear,
        "The average of each window along a sequence."
    ),
    entry_2d!(
        "AvgPool2d",
        OF_AVERAGES,
        Axes::Windowed(windows::averaged),
        Linear,
        "The average of each window of a map."
    ),
    entry_3d!(
        "AvgPool3d",
        OF_AVERAGES,
        Axes::Windowed(windows::averaged),
        Linear,
        "The average of each window of a volume."
    ),
    Layer {
        declaration: Declaration {
            name: "LpPool",
            family: Family::Pooling,
            axes: Axes::Windowed(windows::pooled),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Nonlinear],
            weights: Weighting::None,
            values: values::NON_NEGATIVE,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        aliases: &[
            Alias::of("LPPool"),
            Alias::ranked("LPPool1d", &[2]),
            Alias::ranked("LPPool2d", &[3]),
            Alias::ranked("LPPool3d", &[4]),
        ],
        summary: "The p-norm of each window: the sum of p-th powers, to the power 1/p.",
        arguments: &[
            Argument::required("norm_type", &[], ArgumentKind::Float, "p, more than 0: 1 gives the sum"),
            KERNEL,
            STRIDE,
            CEIL_MODE,
        ],
        shape: "[C, n, …] → [C, n', …] \
                with n' = ⌊(n − kernel) / stride⌋ + 1; one to three axes after the channels",
        cost: COST,
        example: "model Example {\n    input x: [16, 32, 32]\n    output y = x -> LpPool(2, kernel=2)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html",
        apply: power_pool,
        ..POOL
    },
];

/// Pools over the layer's spatial axes.
pub(super) fn pool(call: &Call) -> Result<Operation, InferenceError> {
    let map = Map::of(call)?;
    let kernel = call.per_axis("kernel", 1)?;
    let stride = if call.is_none("stride") { kernel.clone() } else { call.per_axis("stride", 1)? };
    let pad = call.per_axis("pad", 0)?;
    let dilation = per_axis_or_one(call, "dilation")?;
    pad.iter().zip(&kernel).try_for_each(|(pad, kernel)| at_most_half(pad, kernel))?;
    let axes = kernel.into_iter().zip(stride).zip(pad.into_iter().zip(dilation));
    let axes = axes.map(|((kernel, stride), (pad, dilation))| {
        let (before, after) = (pad.clone(), pad);
        WindowAxis { kernel, stride, dilation, before, after }
    });
    windowed(call, map, axes.collect())
}

/// Padding of more than half of a window would leave windows that hold nothing else.
fn at_most_half(pad: &Size, kernel: &Size) -> Result<(), InferenceError> {
    if kernel.is_less(&(pad * 2)) != Some(true) {
        return Ok(());
    }
    let half = kernel.floor_div(&Size::from(2)).unwrap_or(Size::OVERFLOW);
    let message = format!("`pad` must be at most half of the kernel, {kernel:#} / 2, but is {pad:#}");
    Err(InferenceError::argument("pad", message).help(format!("`pad={half:#}` is the most")))
}

/// Pools over whatever axes come after the channels.
fn power_pool(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let shape = call.shape()?;
    let map = match shape.dims() {
        [channels, extents @ ..] if (1..=3).contains(&extents.len()) => {
            Map { leading: &[], channels, extents }
        }
        _ => {
            return Err(InferenceError::rank(
                call.layer.name(),
                "channels and one to three spatial axes",
                shape,
            ));
        }
    };
    let power = call.float("norm_type");
    if power <= 0.0 {
        return Err(InferenceError::argument(
            "norm_type",
            format!("`norm_type` is more than 0, but is {power}"),
        ));
    }
    let kernel = spread(call, "kernel", map.extents.len())?;
    let stride =
        if call.is_none("stride") { kernel.clone() } else { spread(call, "stride", map.extents.len())? };
    let axes = kernel.into_iter().zip(stride).map(|(kernel, stride)| {
        let (dilation, before, after) = (Size::from(1), Size::from(0), Size::from(0));
        WindowAxis { kernel, stride, dilation, before, after }
    });
    windowed(call, map, axes.collect())
}

/// A size for each of so many axes, at least 1.
fn spread(call: &Call, name: &'static str, axes: usize) -> Result<Vec<Size>, InferenceError> {
    let value = call.value(name);
    let sizes = match &value {
        Attribute::Size(size) => vec![size.clone(); axes],
        _ => call.sizes(name),
    };
    if sizes.len() != axes {
        let message = format!("`{name}` is one size, or {axes} of them, one per axis; `{value}` was given");
        return Err(InferenceError::argument(name, message));
    }
    match sizes.iter().find(|size| size.is_less(&Size::from(1)) == Some(true)) {
        Some(size) => {
            Err(InferenceError::argument(name, format!("`{name}` must be at least 1, but is {size:#}")))
        }
        None => Ok(sizes),
    }
}

fn windowed(call: &Call, map: Map, axes: Vec<WindowAxis>) -> Result<Operation, InferenceError> {
    let up = call.flag("ceil_mode");
    let extents = slide(call, map.extents, &axes, if up { ceil_positions } else { floor_positions })?;
    let as_read = |((extent, positions), axis): ((&Size, &Size), WindowAxis)| {
        let after = if up { reached(extent, positions, &axis) } else { axis.after.clone() };
        WindowAxis { after, ..axis }
    };
    let axes: Vec<WindowAxis> = map.extents.iter().zip(&extents).zip(axes).map(as_read).collect();
    let listed = |of: fn(&WindowAxis) -> &Size| {
        Attribute::from(axes.iter().map(|axis| of(axis).clone()).collect::<Vec<Size>>())
    };
    let arguments = vec![("kernel", listed(|axis| &axis.kernel)), ("stride", listed(|axis| &axis.stride))];
    let taps: Shape = axes.iter().map(|axis| axis.kernel.clone()).collect();
    let result = map.with(map.channels, &extents);
    let elementwise = result.elements() * taps.elements();
    let operation = Operation::new(call.layer, vec![TensorType::float(result)]);
    Ok(Operation { arguments, elementwise, window: window(axes), ..operation })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Count;
    use crate::layers::test_call::{floats, refused, run};

    #[test]
    fn windows_do_not_overlap_unless_a_stride_is_given() {
        let apart = run("MaxPool2d", &[("kernel", 2.into())], &[floats([3, 9, 8])]);
        assert_eq!(apart.outputs, [floats([3, 4, 4])]);
        let overlapping = [("kernel", 3.into()), ("stride", 2.into()), ("pad", 1.into())];
        let operation = run("MaxPool2d", &overlapping, &[floats([64, 112, 112])]);
        assert_eq!(operation.outputs, [floats([64, 56, 56])]);
        assert_eq!(operation.elementwise, Count::from(64 * 56 * 56 * 9));
    }

    #[test]
    fn the_stride_that_was_left_out_is_spelled_out() {
        let operation = run("AvgPool2d", &[("kernel", 3.into())], &[floats([3, 9, 9])]);
        assert_eq!(operation.argument("stride"), Some(&Attribute::from(vec![3_i128, 3])));
    }

    #[test]
    fn leading_axes_pass_through_pools_of_fixed_rank_only() {
        let sequence = run("AvgPool1d", &[("kernel", 2.into())], &[floats([5, 3, 8])]);
        assert_eq!(sequence.outputs, [floats([5, 3, 4])]);
        let norm = [("norm_type", 2.into()), ("kernel", 2.into())];
        assert_eq!(run("LpPool", &norm, &[floats([5, 4, 8])]).outputs, [floats([5, 2, 4])]);
        assert_eq!(refused("LPPool1d", &norm, &[floats([5, 4, 8])]).code, "shape-mismatch");
    }

    #[test]
    fn rounding_up_keeps_the_last_partial_window_and_shows_how_far_it_reaches() {
        let up = [("kernel", 3.into()), ("stride", 2.into()), ("ceil_mode", true.into())];
        let operation = run("MaxPool2d", &up, &[floats([64, 112, 113])]);
        assert_eq!(operation.outputs, [floats([64, 56, 56])]);
        let window = operation.window.expect("a window");
        let after: Vec<Size> = window.axes.into_iter().map(|axis| axis.after).collect();
        assert_eq!(after, [Size::from(1), Size::from(0)]);
    }

    #[test]
    fn padding_beyond_half_of_the_kernel_is_refused_with_the_most_that_is_allowed() {
        let wide = [("kernel", 3.into()), ("pad", 2.into())];
        let error = refused("MaxPool2d", &wide, &[floats([3, 9, 9])]);
        assert_eq!(error.message, "`pad` must be at most half of the kernel, 3 / 2, but is 2");
        assert_eq!(error.help, ["`pad=1` is the most"]);
    }

    #[test]
    fn a_window_larger_than_the_map_is_refused_with_both_sizes() {
        let error = refused("AvgPool2d", &[("kernel", 7.into())], &[floats([512, 5, 6])]);
        assert_eq!(error.code, "empty-output");
        assert_eq!(error.message, "`AvgPool2d`: a kernel of 7×7 does not fit on a map of 5×6");
    }

    #[test]
    fn a_kernel_or_stride_of_0_is_refused() {
        let nothing = refused("MaxPool2d", &[("kernel", 0.into())], &[floats([3, 9, 9])]);
        assert_eq!(nothing.code, "invalid-argument");
        let still = [("norm_type", 2.into()), ("kernel", 2.into()), ("stride", 0.into())];
        let error = refused("LpPool", &still, &[floats([3, 9, 9])]);
        assert_eq!(error.message, "`stride` must be at least 1, but is 0");
    }
}
