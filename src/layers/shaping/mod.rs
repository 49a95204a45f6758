//! Shape: layers that move, pick, join, resize or reduce what is there. None has weights.
//!
//! One file a kind of movement. What several need (an axis of the result, an index, a `-1` that is worked
//! out) stands here.

mod axes;
mod borders;
mod extents;
mod joins;
mod parts;
mod reducing;
mod resizing;

pub(super) use axes::LAYERS as AXES;
pub(super) use borders::LAYERS as BORDERS;
pub(super) use extents::LAYERS as EXTENTS;
pub(super) use joins::LAYERS as JOINS;
pub(super) use parts::LAYERS as PARTS;
pub(super) use reducing::LAYERS as REDUCTIONS;
pub(super) use resizing::LAYERS as RESOLUTION;

use super::call::Call;
use super::entry::{Argument, ArgumentKind, Layer, UNDECLARED};
use super::inference_error::{ErrorSubject, InferenceError};
use crate::ir::{Operation, Shape, Size, TensorType};

/// What the entries here have in common.
const MOVES: Layer = Layer {
    declaration: UNDECLARED,
    aliases: &[],
    summary: "",
    arguments: &[],
    inputs: &["x"],
    spatial: 0,
    shape: "",
    weights: &[],
    cost: "none: nothing is computed",
    example: "",
    reference: "",
    apply: unchanged,
};

/// An axis that must be given.
const AXIS: Argument = Argument::required("axis", &[], ArgumentKind::Axis, "the axis");

fn unchanged(call: &Call) -> Result<Operation, InferenceError> {
    moved(call, call.shape()?.clone())
}

/// The first input's elements in another shape.
fn moved(call: &Call, shape: impl Into<Shape>) -> Result<Operation, InferenceError> {
    let output = TensorType { shape: shape.into(), dtype: call.input()?.dtype };
    Ok(Operation::new(call.layer, vec![output]))
}

/// The first input's shape with at least one axis.
fn with_axes<'a>(call: &Call<'a>) -> Result<&'a Shape, InferenceError> {
    call.trailing(1, "a tensor with at least one axis")?;
    call.shape()
}

/// Where an axis that the result has and the input has not will stand.
fn new_axis(call: &Call, rank: usize) -> Result<usize, InferenceError> {
    let axis = call.integer("axis")?;
    let places = i128::try_from(rank).unwrap_or(i128::MAX).saturating_add(1);
    let from_start = if axis < 0 { axis.saturating_add(places) } else { axis };
    usize::try_from(from_start).ok().filter(|place| *place <= rank).ok_or_else(|| {
        InferenceError::argument(
            "axis",
            match places {
                1 => format!("`axis` is {axis}, but the result has one axis, 0"),
                _ => format!(
                    "`axis` is {axis}, but the result has {places} axes, 0 to {}",
                    places.saturating_sub(1)
                ),
            },
        )
        .help("axes do not count the batch, and negative ones count from the end")
    })
}

/// A shape with one extent replaced by others: none, one or several.
fn replaced(shape: &Shape, axis: usize, by: impl IntoIterator<Item = Size>) -> Shape {
    let before = shape.dims().iter().take(axis).cloned();
    let after = shape.dims().iter().skip(axis.saturating_add(1)).cloned();
    before.chain(by).chain(after).collect()
}

/// The extent of an axis that is there.
fn extent(shape: &Shape, axis: usize) -> Size {
    shape.dim(axis).cloned().unwrap_or(Size::from(1))
}

/// The product of extents.
fn product<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> Size {
    sizes.into_iter().fold(Size::from(1), |product, size| product * size)
}

/// A formula's number at the defaults, by which the graph is judged; a symbol without one counts as large.
fn judged(call: &Call, size: &Size) -> Option<i128> {
    size.at(&|symbol| Some((call.defaults)(symbol).unwrap_or(1 << 20)))
}

/// An index or a bound as counted from the start; `last` is the greatest that may be. Where that hangs on symbols,
/// the defaults decide.
fn from_start(
    call: &Call,
    name: &'static str,
    index: &Size,
    extent: &Size,
    last: &Size,
) -> Result<Size, InferenceError> {
    let from_start = match judged(call, index) {
        Some(n) if n < 0 => extent + index,
        _ => index.clone(),
    };
    let before = judged(call, &from_start).is_some_and(|n| n < 0);
    let beyond = judged(call, &(last - &from_start)).is_some_and(|n| n < 0);
    if !before && !beyond {
        return Ok(from_start);
    }
    let at_defaults = extent.at(call.defaults).filter(|_| extent.is_symbolic());
    let at_defaults = at_defaults.map_or(String::new(), |n| format!(", {n} at the defaults"));
    let message = format!("`{name}` is {index:#}, outside the axis of {extent:#}{at_defaults}");
    Err(InferenceError::argument(name, message).help(format!("it goes from -{extent:#} to {last:#}")))
}

/// Sizes among which one may be `-1`, worked out so that they multiply up to `total`.
fn filled(name: &'static str, sizes: Vec<Size>, total: &Size, of: &str) -> Result<Vec<Size>, InferenceError> {
    let is_open = |size: &Size| size.as_number() == Some(-1);
    if let Some(wrong) =
        sizes.iter().find(|size| !is_open(size) && size.is_less(&Size::from(1)) == Some(true))
    {
        let message =
            format!("`{name}` holds {wrong:#}, but an extent is at least 1; one may be -1, to be worked out");
        return Err(InferenceError::argument(name, message));
    }
    let shown = Shape::from(sizes.clone());
    let known = product(sizes.iter().filter(|size| !is_open(size)));
    match sizes.iter().filter(|size| is_open(size)).count() {
        0 if known == *total => Ok(sizes),
        0 => Err(unequal(&shown, &known, total, of)),
        1 => {
            let open = total.exact_div(&known).ok_or_else(|| indivisible(name, &shown, &known, total, of))?;
            Ok(sizes.into_iter().map(|size| if is_open(&size) { open.clone() } else { size }).collect())
        }
        n => Err(InferenceError::argument(
            name,
            format!("`{name}` has {n} times -1, but only one extent can be worked out"),
        )),
    }
}

fn unequal(shown: &Shape, known: &Size, total: &Size, of: &str) -> InferenceError {
    let error = InferenceError::shape(format!("{shown} holds {known} entries, but {of} holds {total}"));
    if known.is_equal(total) == Some(false) {
        return error;
    }
    error.help("the two cannot be shown equal: -1 works one extent out, and `--set` makes a symbol a number")
}

fn indivisible(name: &'static str, shown: &Shape, known: &Size, total: &Size, of: &str) -> InferenceError {
    let decided = total.as_number().is_some() && known.as_number().is_some();
    let cannot = if decided { "does not divide" } else { "is not known to divide" };
    let message = format!("{shown} has no whole number for -1: {known} {cannot} the {total} entries of {of}");
    let error = InferenceError::indivisible(ErrorSubject::Argument(name), message);
    if decided {
        return error;
    }
    error.help(
        "promise it where the symbol comes from, as in `input x: [8 * n]`, or give it a number with `--set`",
    )
}
