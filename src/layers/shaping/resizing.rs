//! Resolution: Upsample, and the shuffles that trade channels for it.

use super::{MOVES, extent, moved, product, with_axes};
use crate::ir::declaration::{FeatureAxis, Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Count, Declaration, Family, Operation, Shape, Size};
use crate::layers::axes::moves;
use crate::layers::call::Call;
use crate::layers::divisibility::{Free, divided};
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{ErrorSubject, InferenceError, counted};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Upsample",
            family: Family::Shape,
            axes: Axes::Other(moves::resized),
            features: Features::kept(FeatureAxis::First),
            response: &[Response::Linear],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        aliases: &[Alias::of("Interpolate")],
        summary: "Every axis but the channels resized, by a factor or to a size.",
        arguments: &[
            Argument::optional(
                "size",
                &[],
                ArgumentKind::Sizes,
                Fallback::None,
                "the new size, or one an axis",
            ),
            Argument::optional(
                "scale_factor",
                &[],
                ArgumentKind::Floats,
                Fallback::None,
                "the factor, or one an axis",
            ),
            Argument::optional(
                "mode",
                &["interpolation"],
                ArgumentKind::Choice(&[
                    "nearest",
                    "nearest-exact",
                    "linear",
                    "bilinear",
                    "bicubic",
                    "trilinear",
                    "area",
                ]),
                Fallback::Text("nearest"),
                "how values between the entries come about",
            ),
            Argument::optional(
                "align_corners",
                &[],
                ArgumentKind::Flag,
                Fallback::None,
                "the corner entries keep their values; for linear, bilinear, bicubic and trilinear",
            ),
        ],
        shape: "[C, H, W] → [C, H', W'] with H' = ⌊H · scale_factor⌋",
        cost: "one element operation an entry of the result; none for the modes that copy the nearest entry",
        example: "model Example {\n    input x: [64, 14, 14]\n    \
            output y = x -> Upsample(scale_factor=2, mode=\"bilinear\")\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html",
        apply: upsample,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "PixelShuffle",
            family: Family::Shape,
            axes: Axes::Other(moves::pixels_shuffled),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Channels become resolution: r² of them one r × r patch.",
        arguments: &[Argument::required("upscale_factor", &["factor"], ArgumentKind::Size, "r")],
        shape: "[…, C·r², H, W] → […, C, H·r, W·r]",
        example: "model Example {\n    input x: [3, 32, 32]\n    \
            output y = x -> Conv2d(12, kernel=3, pad=1) -> PixelShuffle(2)\n}\n",
        reference: "https://arxiv.org/abs/1609.05158",
        apply: pixel_shuffle,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "PixelUnshuffle",
            family: Family::Shape,
            axes: Axes::Other(moves::pixels_unshuffled),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Resolution becomes channels: one r × r patch r² of them.",
        arguments: &[Argument::required("downscale_factor", &["factor"], ArgumentKind::Size, "r")],
        shape: "[…, C, H·r, W·r] → […, C·r², H, W]",
        example: "model Example {\n    input x: [3, 32, 32]\n    output y = x -> PixelUnshuffle(2)\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html",
        apply: pixel_unshuffle,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "ChannelShuffle",
            family: Family::Shape,
            axes: Axes::Other(moves::channels_shuffled),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "The channels of the groups interleaved, so that the next grouped convolution mixes them.",
        arguments: &[Argument::required("groups", &[], ArgumentKind::Size, "how many groups")],
        shape: "[C, …] → [C, …]",
        example: "model Example {\n    input x: [24, 28, 28]\n    output y = x -> ChannelShuffle(3)\n}\n",
        reference: "https://arxiv.org/abs/1707.01083",
        apply: channel_shuffle,
        ..MOVES
    },
];

/// The modes that interpolate over a number of axes of their own.
const MODES: &[(&str, usize)] = &[("linear", 1), ("bilinear", 2), ("bicubic", 2), ("trilinear", 3)];

fn upsample(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let spatial = shape.rank().saturating_sub(1);
    if !(1..=3).contains(&spatial) {
        return Err(InferenceError::rank(call.layer.name(), "channels and one to three spatial axes", shape));
    }
    let mode = call.text("mode");
    check_mode(call, mode, spatial)?;
    let channels = extent(shape, 0);
    let (argument, sizes) = resized(call, shape, spatial)?;
    let copies = matches!(mode, "nearest" | "nearest-exact");
    let elementwise =
        if copies { Count::ZERO } else { Count::from(&channels) * Count::from(product(&sizes)) };
    let result: Shape = std::iter::once(channels).chain(sizes).collect();
    Ok(Operation { elementwise, arguments: vec![argument], ..moved(call, result)? })
}

fn check_mode(call: &Call, mode: &str, spatial: usize) -> Result<(), InferenceError> {
    let needs = MODES.iter().find(|(known, _)| *known == mode).map(|(_, axes)| *axes);
    if needs.is_none() && !call.is_none("align_corners") {
        let message = format!("`align_corners` has no meaning for mode {mode:?}");
        return Err(InferenceError::argument("align_corners", message).help("leave it out"));
    }
    match needs {
        Some(axes) if axes != spatial => {
            let plural = if axes == 1 { "axis" } else { "axes" };
            let message =
                format!("mode {mode:?} is for {axes} spatial {plural}, but {} has {spatial}", call.shape()?);
            let fits: Vec<_> = MODES
                .iter()
                .filter(|(_, axes)| *axes == spatial)
                .map(|(mode, _)| format!("`mode={mode:?}`"))
                .collect();
            Err(InferenceError::argument("mode", message).help(fits.join(" or ")))
        }
        _ => Ok(()),
    }
}

/// The new spatial extents, and the argument that says so, spelled out.
fn resized(
    call: &Call,
    shape: &Shape,
    spatial: usize,
) -> Result<((&'static str, Attribute), Vec<Size>), InferenceError> {
    let (name, value) = match (call.value("size"), call.value("scale_factor")) {
        (size, Attribute::None) if size != Attribute::None => ("size", size),
        (Attribute::None, scale) if scale != Attribute::None => ("scale_factor", scale),
        (given, _) => {
            let found = if given == Attribute::None { "neither is given" } else { "both are given" };
            let message = format!("`{}` takes `size` or `scale_factor`; {found}", call.layer.name());
            return Err(InferenceError::argument("size", message));
        }
    };
    let values = match value {
        Attribute::List(values) => values,
        one => vec![one; spatial],
    };
    if values.len() != spatial {
        let (found, axes) =
            (counted(values.len(), "number", "numbers"), counted(spatial, "spatial axis", "spatial axes"));
        let message = format!("`{name}` has {found}, but {shape} has {axes}");
        return Err(InferenceError::argument(name, message));
    }
    let axes = shape.dims().iter().skip(1).zip(&values);
    let sizes: Vec<Size> =
        axes.map(|(extent, value)| new_extent(call, extent, value, name)).collect::<Result<_, _>>()?;
    Ok(((name, Attribute::List(values)), sizes))
}

fn new_extent(
    call: &Call,
    extent: &Size,
    value: &Attribute,
    name: &'static str,
) -> Result<Size, InferenceError> {
    let size = match (name, value) {
        ("size", Attribute::Size(size)) => size.clone(),
        (_, Attribute::Size(factor)) => extent * factor,
        (_, Attribute::Float(factor)) => scaled(extent, *factor)?,
        _ => extent.clone(),
    };
    call.not_empty(&size, || match name {
        "size" => format!("`size` {size:#} leaves nothing of an axis of {extent:#}"),
        _ => format!(
            "⌊{extent:#} · {value}⌋ = {size:#}: `scale_factor` leaves nothing of an axis of {extent:#}"
        ),
    })?;
    Ok(size)
}

/// `⌊extent · factor⌋`, a number as floating point has it (PyTorch's way), a symbol where the factor is a fraction
/// with a small power of two below.
fn scaled(extent: &Size, factor: f64) -> Result<Size, InferenceError> {
    if let Some(n) = extent.as_number() {
        let scaled = (n as f64 * factor).floor();
        let fits = scaled.is_finite() && scaled.abs() < 2f64.powi(63);
        return Ok(if fits { Size::from(scaled as i128) } else { Size::OVERFLOW });
    }
    let below = (0..=10u32).map(|k| 1i128 << k).find(|below| (factor * *below as f64).fract() == 0.0);
    let exact = below.filter(|_| factor.abs() < 2f64.powi(40)).and_then(|below| {
        let above = (factor * below as f64) as i128;
        (extent * above).floor_div(&Size::from(below))
    });
    exact.ok_or_else(|| {
        let what = format!("an axis that is resized by {factor}");
        InferenceError::undecided(ErrorSubject::Argument("scale_factor"), what, extent)
    })
}

fn pixel_shuffle(call: &Call) -> Result<Operation, InferenceError> {
    let (leading, [channels, height, width]) = map(call)?;
    let r = call.size_from("upscale_factor", 1)?;
    let patch = r.pow(2);
    let fewer = divided(channels, &patch, ErrorSubject::Argument("upscale_factor"), Free::Total, || {
        format!(
            "the {channels:#} channels of {} do not divide by {r:#}² = {patch:#}",
            Shape::from(vec![channels.clone(), height.clone(), width.clone()])
        )
    })?;
    let result = [fewer, height * &r, width * &r];
    moved(call, leading.iter().cloned().chain(result).collect::<Shape>())
}

fn pixel_unshuffle(call: &Call) -> Result<Operation, InferenceError> {
    let (leading, [channels, height, width]) = map(call)?;
    let r = call.size_from("downscale_factor", 1)?;
    let smaller = |what: &str, size: &Size| {
        divided(size, &r, ErrorSubject::Argument("downscale_factor"), Free::Total, || {
            format!("the {what} {size:#} does not divide by `downscale_factor`, {r:#}")
        })
    };
    let result = [channels * r.pow(2), smaller("height", height)?, smaller("width", width)?];
    moved(call, leading.iter().cloned().chain(result).collect::<Shape>())
}

/// The first input as leading axes, channels, height and width.
fn map<'a>(call: &Call<'a>) -> Result<(&'a [Size], [&'a Size; 3]), InferenceError> {
    let expected = "channels, height and width";
    match call.trailing(3, expected)? {
        (leading, [channels, height, width]) => Ok((leading, [channels, height, width])),
        _ => Err(InferenceError::rank(call.layer.name(), expected, call.shape()?)),
    }
}

fn channel_shuffle(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    if shape.rank() < 2 {
        return Err(InferenceError::rank("ChannelShuffle", "channels and at least one more axis", shape));
    }
    let (channels, groups) = (extent(shape, 0), call.size_from("groups", 1)?);
    divided(&channels, &groups, ErrorSubject::Argument("groups"), Free::Divisor, || {
        format!("the {channels:#} channels of {shape} do not divide into `groups`, {groups:#}")
    })?;
    super::unchanged(call)
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, Count, TensorType};
    use crate::layers::test_call::{floats, refused, run};

    fn result(name: &str, argument: &str, value: Attribute, input: TensorType) -> TensorType {
        run(name, &[(argument, value)], &[input]).outputs.remove(0)
    }

    #[test]
    fn a_factor_is_rounded_down_as_floating_point_has_it() {
        let by = |factor: f64, n: i128| {
            result("Upsample", "scale_factor", Attribute::from(factor), floats([3, n]))
        };
        assert_eq!(by(1.5, 5), floats([3, 7]));
        assert_eq!(by(0.7, 10), floats([3, 7]));
        assert_eq!(by(1.3, 10), floats([3, 13]));
        let error = refused("Upsample", &[("scale_factor", Attribute::from(0.5))], &[floats([3, 1])]);
        assert_eq!(error.code, "empty-output");
    }

    #[test]
    fn a_size_or_a_factor_may_be_one_an_axis() {
        let sizes = Attribute::from(vec![5i128, 9]);
        assert_eq!(result("Interpolate", "size", sizes.clone(), floats([3, 2, 4])), floats([3, 5, 9]));
        assert_eq!(result("Upsample", "scale_factor", sizes, floats([3, 2, 4])), floats([3, 10, 36]));
        assert_eq!(refused("Upsample", &[], &[floats([3, 2, 4])]).code, "invalid-argument");
    }

    #[test]
    fn a_mode_has_its_number_of_axes() {
        let bilinear = [("size", Attribute::from(7)), ("mode", Attribute::from("bilinear"))];
        let run = run("Upsample", &bilinear, &[floats([3, 2, 4])]);
        assert_eq!((run.outputs, run.elementwise), (vec![floats([3, 7, 7])], Count::from(147)));
        let error = refused("Upsample", &bilinear, &[floats([3, 4])]);
        assert_eq!(error.message, "mode \"bilinear\" is for 2 spatial axes, but [3, 4] has 1");
        assert_eq!(error.help, ["`mode=\"linear\"`"]);
    }

    #[test]
    fn shuffling_trades_channels_for_resolution_and_back() {
        let shuffled = result("PixelShuffle", "upscale_factor", Attribute::from(2), floats([5, 12, 4, 9]));
        assert_eq!(shuffled, floats([5, 3, 8, 18]));
        let back = result("PixelUnshuffle", "downscale_factor", Attribute::from(2), shuffled);
        assert_eq!(back, floats([5, 12, 4, 9]));
    }

    #[test]
    fn channels_that_do_not_divide_name_the_nearest_that_do() {
        let error = refused("PixelShuffle", &[("upscale_factor", Attribute::from(2))], &[floats([10, 7, 7])]);
        assert_eq!(error.message, "the 10 channels of [10, 7, 7] do not divide by 2² = 4");
        assert_eq!(error.help, ["in place of 10: 8 or 12"]);
        let groups = refused("ChannelShuffle", &[("groups", Attribute::from(2))], &[floats([9, 3, 3])]);
        assert_eq!((groups.code, groups.help), ("indivisible", vec!["in place of 2: 1 or 3".to_string()]));
    }
}
