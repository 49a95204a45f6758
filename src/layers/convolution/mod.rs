//! Convolutions: one kernel, used again at every position.
//!
//! `direct` slides over the input, `transposed` over the result, `local` has weights of its own for every
//! position, and `folding` takes windows apart and puts them together without any weights.

mod direct;
mod folding;
mod local;
mod transposed;

pub(super) use direct::LAYERS as DIRECT;
pub(super) use folding::LAYERS as FOLDING;
pub(super) use local::LAYERS as LOCAL;
pub(super) use transposed::LAYERS as TRANSPOSED;

use super::call::Call;
use super::divisibility::{Free, divided};
use super::entry::{Argument, ArgumentKind, Fallback, Layer, UNDECLARED};
use super::inference_error::{ErrorSubject, InferenceError};
use super::sliding::{floor_positions, per_axis_or_one, same, slide};
use crate::ir::{Attribute, Shape, Size, WindowAxis};

const OUT_CHANNELS: Argument =
    Argument::required("out_channels", &["filters"], ArgumentKind::Size, "channels of the result");

const KERNEL: Argument =
    Argument::required("kernel", &["kernel_size"], ArgumentKind::PerAxis, "the window's extents");

const STRIDE: Argument = Argument::optional(
    "stride",
    &["strides"],
    ArgumentKind::PerAxis,
    Fallback::Integer(1),
    "steps between two positions",
);

const PAD: Argument = Argument::optional(
    "pad",
    &["padding"],
    ArgumentKind::Padding,
    Fallback::Integer(0),
    "padding on both sides; `\"same\"` gives ⌈n / stride⌉ positions, the odd entry at the end; `\"valid\"` is 0",
);

const DILATION: Argument = Argument::optional(
    "dilation",
    &["dilation_rate"],
    ArgumentKind::PerAxis,
    Fallback::Integer(1),
    "steps between two taps of the kernel",
);

const GROUPS: Argument = Argument::optional(
    "groups",
    &[],
    ArgumentKind::Size,
    Fallback::Integer(1),
    "groups of channels, each convolved by itself",
);

/// What the entries here have in common.
const CONVOLUTION: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x"],
    spatial: 2,
    shape: "",
    weights: &[],
    cost: "",
    example: "",
    reference: "",
    apply: direct::grouped,
};

/// The window of a layer that slides over its input, and its positions on each axis.
///
/// # Errors
/// `invalid-argument`; `empty-output` where the window does not fit.
fn sliding(call: &Call, extents: &[Size]) -> Result<(Vec<WindowAxis>, Vec<Size>), InferenceError> {
    let same_positions = call.text("pad") == "same";
    let unpadded = matches!(call.value("pad"), Attribute::Text(_));
    let pad = if unpadded { vec![Size::from(0); extents.len()] } else { call.per_axis("pad", 0)? };
    let axes = window(call, pad)?;
    if same_positions {
        return Ok(extents.iter().zip(axes).map(|(extent, axis)| same(extent, axis)).unzip());
    }
    let positions = slide(call, extents, &axes, floor_positions)?;
    Ok((axes, positions))
}

/// The window that the arguments describe, with this padding on both sides.
fn window(call: &Call, pad: Vec<Size>) -> Result<Vec<WindowAxis>, InferenceError> {
    let kernel = call.per_axis("kernel", 1)?;
    let (stride, dilation) = (call.per_axis("stride", 1)?, per_axis_or_one(call, "dilation")?);
    let axes = kernel.into_iter().zip(stride).zip(dilation.into_iter().zip(pad));
    let axes = axes.map(|((kernel, stride), (dilation, pad))| {
        let (before, after) = (pad.clone(), pad);
        WindowAxis { kernel, stride, dilation, before, after }
    });
    Ok(axes.collect())
}

/// Padding as it is listed: in numbers, unless it is `"same"`.
fn listed_padding(call: &Call) -> Vec<(&'static str, Attribute)> {
    let nothing = Attribute::from(vec![Size::from(0); call.layer.spatial]);
    if call.text("pad") == "valid" { vec![("pad", nothing)] } else { Vec::new() }
}

/// The channels that one group of the input has, where the channels of the result can be grouped too.
///
/// # Errors
/// `indivisible`, with the nearest numbers that would do.
fn grouped_channels(channels: &Size, out: &Size, groups: &Size) -> Result<(Size, Size), InferenceError> {
    let of_input = divided(channels, groups, ErrorSubject::Argument("groups"), Free::Divisor, || {
        format!("the input's {channels:#} channels do not divide into {groups:#} groups")
    })?;
    let of_result = divided(out, groups, ErrorSubject::Argument("out_channels"), Free::Total, || {
        format!("`out_channels` {out:#} does not divide into {groups:#} groups")
    })?;
    Ok((of_input, of_result))
}

/// Channels of the result, channels of the input, and the kernel's extents.
fn kernel_shape(rows: &Size, columns: &Size, axes: &[WindowAxis]) -> Shape {
    let kernel = axes.iter().map(|axis| &axis.kernel);
    [rows, columns].into_iter().chain(kernel).cloned().collect()
}
