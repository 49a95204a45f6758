//! Pools that are told the size of their result, and those that leave the channels alone.

use super::{POOL, window};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{
    Attribute, Axes, Declaration, Family, Operation, Shape, Size, TensorType, Window, WindowAxis,
};
use crate::layers::axes::windows;
use crate::layers::call::Call;
use crate::layers::entry::{Argument, ArgumentKind, Layer};
use crate::layers::inference_error::InferenceError;
use crate::layers::sliding::Map;

const OUTPUT_SIZE: Argument =
    Argument::required("output_size", &[], ArgumentKind::Extents, "the result's spatial extents");

const COST: &str = "one element operation an entry of the input";

/// A pool that is told its result's size; the three ranks differ in their axes alone.
macro_rules! adaptive {
    ($name:literal, $response:ident, $what:literal, $spatial:literal, $shape:literal, $input:literal) => {
        Layer {
            declaration: Declaration {
                name: $name,
                family: Family::Pooling,
                axes: Axes::Adaptive(windows::cut::<$spatial>),
                features: Features::kept(FeatureAxis::Before($spatial)),
                response: &[Response::$response],
                weights: Weighting::None,
                values: Values::ANY,
                training: Training::Same,
                keeps: Keeps::Input,
                inside: Inside::Plain,
            },
            summary: concat!(
                "The ",
                $what,
                " of as many windows as the result has entries, whatever the input's size."
            ),
            arguments: &[OUTPUT_SIZE],
            spatial: $spatial,
            shape: concat!(
                $shape,
                ", as `output_size` says; window i goes from ⌊i·n / n'⌋ to ⌈(i + 1)·n / n'⌉"
            ),
            cost: COST,
            example: concat!(
                "model Example {\n    input x: ",
                $input,
                "\n    output y = x -> ",
                $name,
                "(1)\n}\n"
            ),
            reference: concat!("https://pytorch.org/docs/stable/generated/torch.nn.", $name, ".html"),
            apply: adaptive,
            ..POOL
        }
    };
}

macro_rules! adaptive_1d {
    ($name:literal, $response:ident, $what:literal) => {
        adaptive!($name, $response, $what, 1, "[…, C, L] → […, C, L']", "[16, 100]")
    };
}

macro_rules! adaptive_2d {
    ($name:literal, $response:ident, $what:literal) => {
        adaptive!($name, $response, $what, 2, "[…, C, H, W] → […, C, H', W']", "[16, 32, 32]")
    };
}

macro_rules! adaptive_3d {
    ($name:literal, $response:ident, $what:literal) => {
        adaptive!($name, $response, $what, 3, "[…, C, D, H, W] → […, C, D', H', W']", "[16, 8, 32, 32]")
    };
}

const GLOBAL: Layer = Layer {
    shape: "[C, n, …] → [C]; where the other axes shall stay, as extents of 1, take an adaptive pool",
    cost: COST,
    apply: global,
    ..POOL
};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    adaptive_1d!("AdaptiveAvgPool1d", Linear, "average"),
    adaptive_2d!("AdaptiveAvgPool2d", Linear, "average"),
    adaptive_3d!("AdaptiveAvgPool3d", Linear, "average"),
    adaptive_1d!("AdaptiveMaxPool1d", Selects, "maximum"),
    adaptive_2d!("AdaptiveMaxPool2d", Selects, "maximum"),
    adaptive_3d!("AdaptiveMaxPool3d", Selects, "maximum"),
    Layer {
        declaration: Declaration {
            name: "GlobalAvgPool",
            family: Family::Pooling,
            axes: Axes::Reduced(windows::global),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The average of each channel over all its positions, which are gone afterwards.",
        example: "model Example {\n    input x: [512, 7, 7]\n    output y = x -> GlobalAvgPool \
                  -> Linear(10)\n}\n",
        reference: "https://arxiv.org/abs/1312.4400",
        ..GLOBAL
    },
    Layer {
        declaration: Declaration {
            name: "GlobalMaxPool",
            family: Family::Pooling,
            axes: Axes::Reduced(windows::global),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Selects],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Both,
            inside: Inside::Plain,
        },
        summary: "The maximum of each channel over all its positions, which are gone afterwards.",
        example: "model Example {\n    input x: [512, 7, 7]\n    output y = x -> GlobalMaxPool \
                  -> Linear(10)\n}\n",
        reference: "https://keras.io/api/layers/pooling_layers/global_max_pooling2d/",
        ..GLOBAL
    },
];

fn adaptive(call: &Call) -> Result<Operation, InferenceError> {
    let map = Map::of(call)?;
    let extents = call.extents("output_size", map.extents)?;
    let output = TensorType::float(map.with(map.channels, &extents));
    let elementwise = call.shape()?.elements();
    let window = even_windows(map.extents, &extents);
    let arguments = vec![("output_size", Attribute::from(extents))];
    Ok(Operation { elementwise, window, arguments, ..Operation::new(call.layer, vec![output]) })
}

/// The window, where all are of one size: where every extent is a multiple of the result's.
fn even_windows(extents: &[Size], results: &[Size]) -> Option<Window> {
    let tile = |(extent, result): (&Size, &Size)| extent.exact_div(result).map(whole);
    window(extents.iter().zip(results).map(tile).collect::<Option<Vec<_>>>()?)
}

/// A window that steps by its own length.
fn whole(kernel: Size) -> WindowAxis {
    let (dilation, before, after) = (Size::from(1), Size::from(0), Size::from(0));
    WindowAxis { stride: kernel.clone(), kernel, dilation, before, after }
}

fn global(call: &Call) -> Result<Operation, InferenceError> {
    call.floating()?;
    let shape = call.shape()?;
    let [channels, extents @ ..] = shape.dims() else { return Err(no_positions(call, shape)) };
    if extents.is_empty() {
        return Err(no_positions(call, shape));
    }
    let axes = extents.iter().cloned().map(whole).collect();
    let operation = Operation::new(call.layer, vec![TensorType::float(vec![channels.clone()])]);
    Ok(Operation { elementwise: shape.elements(), window: window(axes), ..operation })
}

fn no_positions(call: &Call, shape: &Shape) -> InferenceError {
    InferenceError::rank(call.layer.name(), "channels on axis 0 and at least one axis of positions", shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::test_call::{floats, refused, run};

    #[test]
    fn an_adaptive_pool_gives_what_it_is_told_even_where_that_is_more() {
        let size = [("output_size", Attribute::from(vec![2_i128, 5]))];
        assert_eq!(run("AdaptiveAvgPool2d", &size, &[floats([3, 12, 1])]).outputs, [floats([3, 2, 5])]);
    }

    #[test]
    fn an_adaptive_pool_keeps_an_axis_that_is_told_none() {
        let size = [("output_size", Attribute::List(vec![Attribute::None, 3.into()]))];
        let pool = run("AdaptiveMaxPool2d", &size, &[floats([5, 12, 9])]);
        assert_eq!(pool.outputs, [floats([5, 12, 3])]);
        assert_eq!(pool.argument("output_size"), Some(&Attribute::from(vec![12_i128, 3])));
    }

    #[test]
    fn an_adaptive_pool_has_a_window_only_where_all_are_of_one_size() {
        let window = |extent: i128| {
            let operation = run("AdaptiveAvgPool1d", &[("output_size", 4.into())], &[floats([3, extent])]);
            operation.window.map(|window| window.axes)
        };
        assert_eq!(window(12), Some(vec![whole(Size::from(3))]));
        assert_eq!(window(13), None);
    }

    #[test]
    fn global_pools_leave_the_channels_and_adaptive_ones_the_axes() {
        assert_eq!(run("GlobalAvgPool", &[], &[floats([512, 7, 7])]).outputs, [floats([512])]);
        let one = [("output_size", 1.into())];
        assert_eq!(run("AdaptiveAvgPool2d", &one, &[floats([512, 7, 7])]).outputs, [floats([512, 1, 1])]);
    }

    #[test]
    fn a_vector_has_no_positions_to_pool_over() {
        assert_eq!(
            refused("GlobalMaxPool", &[], &[floats([512])]).message,
            "`GlobalMaxPool` takes channels on axis 0 and at least one axis of positions, but this is [512]"
        );
    }

    #[test]
    fn a_result_of_0_is_refused() {
        let none = [("output_size", 0.into())];
        assert_eq!(refused("AdaptiveAvgPool1d", &none, &[floats([3, 8])]).code, "invalid-argument");
    }
}
