//! Entries added, cut off or moved around at the borders: Pad, Roll.

use super::{MOVES, judged, moved, with_axes};
use crate::ir::declaration::{Features, Inside, Keeps, Response, Training, Values, Weighting};
use crate::ir::{Attribute, Axes, Declaration, Family, Operation, Shape, Size};
use crate::layers::axes::moves;
use crate::layers::call::Call;
use crate::layers::entry::{Alias, Argument, ArgumentKind, Fallback, Layer};
use crate::layers::inference_error::{InferenceError, counted};

pub(in crate::layers) static LAYERS: &[Layer] = &[
    Layer {
        declaration: Declaration {
            name: "Pad",
            family: Family::Shape,
            axes: Axes::Other(moves::padded),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Input,
            inside: Inside::Plain,
        },
        aliases: &[
            Alias::ranked("ZeroPad1d", &[2]),
            Alias::ranked("ZeroPad2d", &[3]),
            Alias::ranked("ZeroPad3d", &[4]),
        ],
        summary: "Entries added around a tensor, or cut off where negative. A list goes from the last axis \
            to the first, two sides an axis: `[left, right, top, bottom]`. An integer is all sides but \
            those of the channels, axis 0 (of a tensor of one axis, both sides).",
        arguments: &[
            Argument::required("pad", &["padding"], ArgumentKind::Sizes, "how many entries, per side"),
            Argument::optional(
                "mode",
                &[],
                ArgumentKind::Choice(&["constant", "reflect", "replicate", "circular"]),
                Fallback::Text("constant"),
                "what is added",
            ),
            Argument::optional(
                "value",
                &[],
                ArgumentKind::Float,
                Fallback::Float(0.0),
                "the constant that is added",
            ),
        ],
        shape: "[C, H, W] → [C, top + H + bottom, left + W + right]",
        example: "model Example {\n    input x: [3, 32, 32]\n    output y = x -> Pad([0, 1, 0, 1])\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html",
        apply: pad,
        ..MOVES
    },
    Layer {
        declaration: Declaration {
            name: "Roll",
            family: Family::Shape,
            axes: Axes::Other(moves::rolled),
            features: Features::NONE,
            response: &[Response::Moves],
            weights: Weighting::None,
            values: Values::ANY,
            training: Training::Same,
            keeps: Keeps::Nothing,
            inside: Inside::Plain,
        },
        summary: "Entries moved along axes; those that leave at one end come back at the other.",
        arguments: &[
            Argument::required(
                "shifts",
                &["shift"],
                ArgumentKind::Sizes,
                "by how many places; negative ones towards the start",
            ),
            Argument::optional(
                "axis",
                &[],
                ArgumentKind::Axes,
                Fallback::None,
                "the axes, one a shift; `none` rolls the flattened tensor",
            ),
        ],
        shape: "any shape, unchanged",
        example: "model Example {\n    input x: [56, 56, 96]\n    \
            output y = x -> Roll(shifts=[-3, -3], axis=[0, 1])\n}\n",
        reference: "https://pytorch.org/docs/stable/generated/torch.roll.html",
        apply: roll,
        ..MOVES
    },
];

/// What is added before and after one axis.
type Sides = (Size, Size);

fn pad(call: &Call) -> Result<Operation, InferenceError> {
    let shape = with_axes(call)?;
    let sides = sides(call, shape)?;
    let mode = call.text("mode");
    let unpadded = shape.rank().saturating_sub(sides.len());
    let mut dims: Vec<Size> = shape.dims().iter().take(unpadded).cloned().collect();
    for (extent, (before, after)) in shape.dims().iter().skip(unpadded).zip(sides.iter().rev()) {
        supplied(call, mode, extent, before)?;
        supplied(call, mode, extent, after)?;
        let cropped = extent + before.min(&Size::from(0)) + after.min(&Size::from(0));
        if judged(call, &cropped).is_some_and(|left| left < 0) {
            let cut = extent - &cropped;
            let message = format!("`pad` cuts {cut:#} entries off an axis of {extent:#}");
            return Err(InferenceError::argument("pad", message)
                .help("what is cut is cut from the input, before anything is added"));
        }
        let padded = extent + before + after;
        call.not_empty(&padded, || {
            format!("nothing is left of an axis of {extent:#} with {before:#} and {after:#} entries added")
        })?;
        dims.push(padded);
    }
    let listed: Vec<Size> = sides.into_iter().flat_map(|(before, after)| [before, after]).collect();
    Ok(Operation { arguments: vec![("pad", Attribute::from(listed))], ..moved(call, dims)? })
}

/// Both sides of each padded axis, the last axis first.
fn sides(call: &Call, shape: &Shape) -> Result<Vec<Sides>, InferenceError> {
    if let Attribute::Size(all) = call.value("pad") {
        let axes = shape.rank().saturating_sub(1).max(1);
        return Ok(vec![(all.clone(), all); axes]);
    }
    let sizes = call.sizes("pad");
    let pairs: Vec<Sides> = sizes
        .chunks(2)
        .filter_map(
            |pair| if let [before, after] = pair { Some((before.clone(), after.clone())) } else { None },
        )
        .collect();
    if sizes.len() % 2 == 1 || pairs.len() > shape.rank() {
        let most = shape.rank().saturating_mul(2);
        let message = format!(
            "`pad` has {}, but {shape} takes an even number of them, at most {most}: two sides an axis, the \
                last axis first",
            counted(sizes.len(), "size", "sizes")
        );
        return Err(InferenceError::argument("pad", message));
    }
    Ok(pairs)
}

/// Refuses more padding than a mode can take from the tensor itself.
fn supplied(call: &Call, mode: &str, extent: &Size, side: &Size) -> Result<(), InferenceError> {
    let most = match mode {
        "reflect" => extent - 1,
        "circular" => extent.clone(),
        _ => return Ok(()),
    };
    if judged(call, &(&most - side)).is_some_and(|left| left < 0) {
        let message = format!(
            "`pad` adds {side:#} entries to an axis of {extent:#}, but mode {mode:?} has at most {most:#}"
        );
        return Err(InferenceError::argument("pad", message)
            .help("`mode=\"replicate\"` and `\"constant\"` have no such bound"));
    }
    Ok(())
}

fn roll(call: &Call) -> Result<Operation, InferenceError> {
    let shape = call.shape()?;
    let (shifts, axes) = (call.sizes("shifts"), call.axes("axis", shape.rank())?);
    let expected = if call.is_none("axis") { 1 } else { axes.len() };
    if shifts.len() != expected {
        let (found, axes) = (counted(shifts.len(), "number", "numbers"), counted(expected, "axis", "axes"));
        let message = format!("`shifts` has {found} for {axes}");
        return Err(InferenceError::argument("shifts", message)
            .help("one shift an axis; one alone where `axis` is `none`"));
    }
    super::unchanged(call)
}

#[cfg(test)]
mod tests {
    use crate::ir::{Attribute, TensorType};
    use crate::layers::test_call::{floats, refused, run};

    fn list(sizes: &[i128]) -> Attribute {
        Attribute::from(sizes.to_vec())
    }

    fn padded(pad: Attribute, input: TensorType) -> TensorType {
        run("Pad", &[("pad", pad)], &[input]).outputs.remove(0)
    }

    #[test]
    fn padding_goes_from_the_last_axis_to_the_first() {
        assert_eq!(padded(list(&[1, 2, 3, 0]), floats([3, 5, 7])), floats([3, 8, 10]));
        assert_eq!(padded(list(&[0, -1, 0, 1]), floats([3, 2, 8])), floats([3, 3, 7]));
        assert_eq!(padded(list(&[]), floats([3, 2])), floats([3, 2]));
    }

    #[test]
    fn an_integer_pads_all_sides_but_the_channels() {
        assert_eq!(padded(Attribute::from(1), floats([3, 5, 7])), floats([3, 7, 9]));
        assert_eq!(padded(Attribute::from(1), floats([5])), floats([7]));
    }

    #[test]
    fn cropping_everything_leaves_nothing_and_is_refused() {
        let error = refused("Pad", &[("pad", list(&[-1, -1]))], &[floats([2])]);
        assert_eq!(error.code, "empty-output");
        assert_eq!(error.message, "nothing is left of an axis of 2 with -1 and -1 entries added");
        assert_eq!(refused("Pad", &[("pad", list(&[1, 1, 1]))], &[floats([2, 2])]).code, "invalid-argument");
        assert_eq!(refused("Pad", &[("pad", list(&[1, 1, 1, 1]))], &[floats([2])]).code, "invalid-argument");
    }

    #[test]
    fn a_reflection_needs_one_entry_more_than_it_adds() {
        let reflect = |n: i128| [("pad", Attribute::from(n)), ("mode", Attribute::from("reflect"))];
        assert_eq!(run("Pad", &reflect(3), &[floats([1, 4])]).outputs, [floats([1, 10])]);
        assert_eq!(refused("Pad", &reflect(4), &[floats([1, 4])]).code, "invalid-argument");
        let circular = [("pad", Attribute::from(4)), ("mode", Attribute::from("circular"))];
        assert_eq!(run("Pad", &circular, &[floats([1, 4])]).outputs, [floats([1, 12])]);
    }

    #[test]
    fn rolling_takes_a_shift_an_axis() {
        let roll = |shifts: &[i128], axes: &[i128]| [("shifts", list(shifts)), ("axis", list(axes))];
        assert_eq!(run("Roll", &roll(&[-3, 3], &[0, 1]), &[floats([7, 8, 9])]).outputs, [floats([7, 8, 9])]);
        assert_eq!(refused("Roll", &roll(&[-3], &[0, 1]), &[floats([7, 8, 9])]).code, "invalid-argument");
        assert_eq!(run("Roll", &[("shifts", Attribute::from(2))], &[floats([7])]).outputs, [floats([7])]);
    }
}
