//! Windows that slide over the last axes of a tensor: how many positions they have, and whether they fit.
//!
//! Main function: [`slide`]. What a convolution, a pool and an `Unfold` share stands here, once.

use super::call::{Call, positions};
use super::inference_error::InferenceError;
use crate::ir::{Count, Family, Shape, Size, WindowAxis};

/// A tensor as leading axes, channels and the axes over which a window slides.
#[derive(Clone, Copy)]
pub(super) struct Map<'a> {
    /// Maps, each on its own.
    pub(super) leading: &'a [Size],
    /// Channels.
    pub(super) channels: &'a Size,
    /// Spatial extents.
    pub(super) extents: &'a [Size],
}

impl<'a> Map<'a> {
    /// The first input, which must have channels and the layer's spatial axes.
    pub(super) fn of(call: &Call<'a>) -> Result<Map<'a>, InferenceError> {
        call.floating()?;
        let spatial = call.layer.spatial;
        let expected = match spatial {
            1 => "channels and a length, […, C, L]",
            2 => "channels, height and width, […, C, H, W]",
            _ => "channels, depth, height and width, […, C, D, H, W]",
        };
        let (leading, rest) = call.trailing(spatial.saturating_add(1), expected)?;
        let (channels, extents) = rest
            .split_first()
            .ok_or_else(|| InferenceError::rank(call.layer.name(), expected, &Shape::default()))?;
        Ok(Map { leading, channels, extents })
    }

    /// The shape with other channels and extents.
    pub(super) fn with(&self, channels: &Size, extents: &[Size]) -> Shape {
        self.leading.iter().chain([channels]).chain(extents).cloned().collect()
    }

    /// The positions of these extents on all maps.
    pub(super) fn positions(&self, extents: &[Size]) -> Count {
        positions(self.leading) * positions(extents)
    }
}

/// A size per axis, or 1 for each where the layer has no such argument.
pub(super) fn per_axis_or_one(call: &Call, name: &'static str) -> Result<Vec<Size>, InferenceError> {
    match call.layer.argument(name) {
        Some(_) => call.per_axis(name, 1),
        None => Ok(vec![Size::from(1); call.layer.spatial]),
    }
}

/// What a window's taps span: dilation · (kernel − 1) + 1.
pub(super) fn span(axis: &WindowAxis) -> Size {
    &axis.dilation * (&axis.kernel - 1) + 1
}

/// ⌊(n + before + after − span) / stride⌋ + 1
pub(super) fn floor_positions(extent: &Size, axis: &WindowAxis) -> Size {
    let free = extent + &axis.before + &axis.after - span(axis);
    divided(free.floor_div(&axis.stride)) + 1
}

/// The same rounded up, but never with a window that starts beyond the input and the padding before it.
///
/// That is min(⌈(n + before + after − span) / stride⌉ + 1, ⌈(n + before) / stride⌉), as PyTorch has it, with both
/// divisions taken as one: ⌈(n + before + min(after − span + stride, 0)) / stride⌉.
pub(super) fn ceil_positions(extent: &Size, axis: &WindowAxis) -> Size {
    let beyond = (&axis.after - span(axis) + &axis.stride).min(&Size::from(0));
    divided((extent + &axis.before + beyond).ceil_div(&axis.stride))
}

/// The padding after the last entry that the last window reads, which rounding up can take past the given one.
pub(super) fn reached(extent: &Size, positions: &Size, axis: &WindowAxis) -> Size {
    let end = (positions - 1) * &axis.stride + span(axis);
    axis.after.max(&(end - extent - &axis.before))
}

/// ⌈n / stride⌉ positions and the padding that they need, the odd entry at the end: `pad="same"`.
pub(super) fn same(extent: &Size, axis: WindowAxis) -> (WindowAxis, Size) {
    let positions = divided(extent.ceil_div(&axis.stride));
    let missing = (&positions - 1) * &axis.stride + span(&axis) - extent;
    let total = missing.max(&Size::from(0));
    let before = divided(total.floor_div(&Size::from(2)));
    let after = &total - &before;
    (WindowAxis { before, after, ..axis }, positions)
}

/// A quotient; strides are at least 1, so there is one.
fn divided(quotient: Option<Size>) -> Size {
    quotient.unwrap_or(Size::OVERFLOW)
}

/// The positions of a window on each axis.
///
/// # Errors
/// `empty-output` where it does not fit.
pub(super) fn slide(
    call: &Call,
    extents: &[Size],
    axes: &[WindowAxis],
    rounded: fn(&Size, &WindowAxis) -> Size,
) -> Result<Vec<Size>, InferenceError> {
    let positions: Vec<Size> = extents.iter().zip(axes).map(|(extent, axis)| rounded(extent, axis)).collect();
    fits(call, extents, axes, &positions)?;
    Ok(positions)
}

/// Refuses a window that is larger than what it slides over.
fn fits(
    call: &Call,
    extents: &[Size],
    axes: &[WindowAxis],
    positions: &[Size],
) -> Result<(), InferenceError> {
    let judge = |positions: &Size| call.not_empty(positions, || does_not_fit(call, extents, axes));
    let help = || match call.layer.argument("pad").and_then(|_| padding(call, extents, axes)) {
        Some(pad) => format!("`pad={pad}` is the least that fits it; or take a smaller kernel"),
        None => "take a smaller kernel".to_string(),
    };
    positions.iter().try_for_each(judge).map_err(|error| error.help(help()))
}

/// The least padding with which a window fits: ⌈(span − n) / 2⌉ on each axis. None where a pool could not have it.
fn padding(call: &Call, extents: &[Size], axes: &[WindowAxis]) -> Option<String> {
    let missing = |(extent, axis): (&Size, &WindowAxis)| {
        let missing = (span(axis) - at_defaults(call, extent)).max(&Size::from(0));
        divided(missing.ceil_div(&Size::from(2)))
    };
    let needed: Vec<Size> = extents.iter().zip(axes).map(missing).collect();
    let over_half = |(pad, axis): (&Size, &WindowAxis)| axis.kernel.is_less(&(pad * 2)) == Some(true);
    if call.layer.family() == Family::Pooling && needed.iter().zip(axes).any(over_half) {
        return None;
    }
    Some(match needed.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other == first) => format!("{first:#}"),
        _ => Shape::from(needed).to_string(),
    })
}

/// `a kernel of 7×7 does not fit on a map of 5×5`, with what the dilation and the padding make of it.
fn does_not_fit(call: &Call, extents: &[Size], axes: &[WindowAxis]) -> String {
    let kernel = times(axes.iter().map(|axis| axis.kernel.clone()));
    let spanned = times(axes.iter().map(span));
    let map = times(extents.iter().cloned());
    let judged: Vec<Size> = extents.iter().map(|extent| at_defaults(call, extent)).collect();
    let padded = times(judged.iter().zip(axes).map(|(n, axis)| n + &axis.before + &axis.after));
    let judged = times(judged.into_iter());
    let place = if axes.len() == 1 { "length" } else { "map" };
    let dilated = if spanned == kernel { String::new() } else { format!(", dilated to {spanned},") };
    let known = if judged == map { String::new() } else { format!(", {judged} at the defaults") };
    let padding = if padded == judged { String::new() } else { format!(", padded to {padded}") };
    format!(
        "`{}`: a kernel of {kernel}{dilated} does not fit on a {place} of {map}{known}{padding}",
        call.layer.name()
    )
}

/// The number at the defaults by which an extent is judged, where it has one.
fn at_defaults(call: &Call, extent: &Size) -> Size {
    extent.at(call.defaults).map_or_else(|| extent.clone(), Size::from)
}

/// `7×7`, `H×(W + 2)`
pub(super) fn times(sizes: impl Iterator<Item = Size>) -> String {
    let factor = |size: Size| match format!("{size:#}") {
        sum if sum.contains(' ') => format!("({sum})"),
        factor => factor,
    };
    sizes.map(factor).collect::<Vec<_>>().join("×")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_call::apply_at;
    use super::*;
    use crate::ir::{Attribute, Operation, TensorType};

    fn axis(kernel: i128, stride: i128, dilation: i128, pad: i128) -> WindowAxis {
        WindowAxis {
            kernel: kernel.into(),
            stride: stride.into(),
            dilation: dilation.into(),
            before: pad.into(),
            after: pad.into(),
        }
    }

    /// The starts of all windows that lie within the padded input, counted one by one.
    fn counted(extent: i128, kernel: i128, stride: i128, dilation: i128, pad: i128) -> i128 {
        let last_tap = |start: i128| start + dilation * (kernel - 1);
        let starts = (0..).map(|i| i * stride - pad);
        starts.take_while(|start| last_tap(*start) < extent + pad).count() as i128
    }

    /// PyTorch's loop: one window more where something is left, unless it starts beyond the input.
    fn counted_up(extent: i128, kernel: i128, stride: i128, dilation: i128, pad: i128) -> i128 {
        let free = extent + 2 * pad - dilation * (kernel - 1) - 1;
        let all = (free + stride - 1).div_euclid(stride) + 1;
        if (all - 1) * stride >= extent + pad { all - 1 } else { all }
    }

    proptest! {
        #[test]
        fn positions_are_those_that_can_be_counted(
            (extent, kernel, stride, dilation, pad) in (1i128..40, 1i128..8, 1i128..6, 1i128..4, 0i128..5)
        ) {
            let expected = counted(extent, kernel, stride, dilation, pad);
            let found = floor_positions(&extent.into(), &axis(kernel, stride, dilation, pad));
            prop_assert_eq!(found.as_number().map(|n| n.max(0)), Some(expected));
        }

        #[test]
        fn rounding_up_gives_what_pytorch_gives(
            (extent, kernel, stride, dilation) in (1i128..40, 1i128..8, 1i128..6, 1i128..4), part in 0i128..=4
        ) {
            let pad = (kernel / 2).min(part);
            let expected = counted_up(extent, kernel, stride, dilation, pad);
            let found = ceil_positions(&extent.into(), &axis(kernel, stride, dilation, pad));
            prop_assert_eq!(found.as_number().map(|n| n.max(0)), Some(expected.max(0)));
        }

        #[test]
        fn same_padding_gives_one_position_a_stride_and_puts_the_odd_entry_at_the_end(
            (extent, kernel, stride, dilation) in (1i128..40, 1i128..8, 1i128..6, 1i128..4)
        ) {
            let (padded, positions) = same(&extent.into(), axis(kernel, stride, dilation, 0));
            prop_assert_eq!(positions.as_number(), Some((extent + stride - 1) / stride));
            prop_assert_eq!(&positions, &floor_positions(&extent.into(), &padded));
            let odd = (&padded.after - &padded.before).as_number();
            prop_assert!(odd == Some(0) || odd == Some(1), "{odd:?} more at the end");
        }
    }

    #[test]
    fn ceil_mode_drops_a_window_that_starts_in_padding() {
        // Starts at -1, 1, 3: the third would begin at the entry past the end, which is padding.
        let padded = axis(2, 2, 1, 1);
        assert_eq!(ceil_positions(&Size::from(3), &padded), Size::from(2));
        assert_eq!(counted_up(3, 2, 2, 1, 1), 2);
    }

    #[test]
    fn rounding_up_reads_past_the_given_padding() {
        let window = axis(3, 2, 1, 0);
        let positions = ceil_positions(&Size::from(6), &window);
        assert_eq!(positions, Size::from(3));
        assert_eq!(reached(&Size::from(6), &positions, &window), Size::from(1));
    }

    /// `Conv2d(8, kernel, …)` on `[3, H, 32·h]`, judged at a default of H.
    fn symbolic(arguments: &[(&str, Attribute)], height: Option<i128>) -> Result<Operation, InferenceError> {
        let extents = [Size::from(3), Size::symbol("H"), Size::symbol("h") * 32];
        let input = TensorType::float(extents.to_vec());
        let arguments = [&[("out_channels", 8.into())], arguments].concat();
        apply_at("Conv2d", &arguments, &[input], &|symbol| height.filter(|_| symbol == "H"))
    }

    #[test]
    fn symbolic_extents_give_formulas_that_divide_where_divisibility_is_promised() {
        let halved = [("kernel", 3.into()), ("stride", 2.into()), ("pad", 1.into())];
        let shape = |result: Result<Operation, InferenceError>| {
            result.ok().and_then(|operation| operation.outputs.first().map(|output| output.shape.to_string()))
        };
        assert_eq!(shape(symbolic(&halved, None)).as_deref(), Some("[8, (H + 1) // 2, 16·h]"));
        let same = [("kernel", 3.into()), ("pad", "same".into())];
        assert_eq!(shape(symbolic(&same, None)).as_deref(), Some("[8, H, 32·h]"));
    }

    #[test]
    fn same_padding_of_a_symbolic_extent_is_a_number_without_a_stride() {
        let same = [("kernel", 4.into()), ("pad", "same".into())];
        let window = symbolic(&same, None).ok().and_then(|operation| operation.window).expect("a window");
        let sides: Vec<_> =
            window.axes.iter().map(|axis| (axis.before.clone(), axis.after.clone())).collect();
        assert_eq!(sides, [(Size::from(1), Size::from(2)), (Size::from(1), Size::from(2))]);
    }

    #[test]
    fn whether_a_window_fits_a_symbolic_extent_is_decided_at_its_default() {
        let large = [("kernel", 7.into()), ("pad", 1.into())];
        assert!(symbolic(&large, None).is_ok() && symbolic(&large, Some(5)).is_ok());
        let error = symbolic(&large, Some(4)).expect_err("a error");
        assert_eq!(
            (error.code, &*error.message),
            (
                "empty-output",
                "`Conv2d`: a kernel of 7×7 does not fit on a map of H×32·h, 4×32·h at the defaults, padded to 6×(32·h + 2)"
            )
        );
    }
}
