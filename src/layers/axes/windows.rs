//! Layers with a window over the last axes: convolutions of all kinds, pools, Unfold and Fold.

use super::product;
use crate::ir::axes::{Border, Coefficients, Link, Taps};
use crate::ir::{AxisMap, Connection, Size, Window, WindowAxis};

/// The input's leading axes, channels and positions, under a window over so many axes.
fn split<'a>(connection: &Connection<'a>, spatial: usize) -> Option<(&'a [Size], &'a Size, &'a [Size])> {
    let (front, positions) =
        connection.own().split_at_checked(connection.own().len().checked_sub(spatial)?)?;
    let (channels, leading) = front.split_last()?;
    Some((leading, channels, positions))
}

/// The result's channels and positions, under a window over so many axes.
fn written<'a>(connection: &Connection<'a>, spatial: usize) -> Option<(&'a Size, &'a [Size])> {
    let result = connection.result();
    let (front, positions) = result.split_at_checked(result.len().checked_sub(spatial)?)?;
    Some((front.last()?, positions))
}

/// Positions that a window goes over.
fn slide(
    map: &mut AxisMap,
    positions: (&[Size], &[Size]),
    window: &Window,
    border: Border,
    taps: Taps,
) -> Option<()> {
    for ((own, result), axis) in positions.0.iter().zip(positions.1).zip(&window.axes) {
        let link = if window.transposed {
            Link::Spread(axis.clone())
        } else {
            Link::Window { window: axis.clone(), border, taps }
        };
        map.both(link, own, result);
    }
    (positions.0.len() == window.axes.len()).then_some(())
}

fn border(connection: &Connection) -> Option<Border> {
    match connection.text("padding_mode") {
        None | Some("zeros") => Some(Border::Constant),
        Some("reflect") => Some(Border::Reflect),
        Some("replicate") => Some(Border::Replicate),
        Some("circular") => Some(Border::Circular),
        Some(_) => None,
    }
}

/// Convolutions and their transposes: within each group all channels are read and written anew.
pub(in crate::layers) fn convolved(connection: &Connection) -> Option<AxisMap> {
    let window = connection.operation.window.as_ref()?;
    let (leading, channels, own) = split(connection, window.axes.len())?;
    let (out, result) = written(connection, window.axes.len())?;
    let groups = connection.size("groups").cloned().unwrap_or(Size::from(1));
    let mut map = AxisMap::default();
    map.keep(leading);
    let group = map.same(&groups);
    let read = map.factor(Link::Contracted, channels.exact_div(&groups)?, 1.into());
    let write = map.factor(Link::Written, 1.into(), out.exact_div(&groups)?);
    [group, read, write].into_iter().for_each(|factor| map.weighted(factor, Coefficients::Own));
    map.input_axis(&[group, read]);
    map.result_axis(&[group, write]);
    slide(&mut map, (own, result), window, border(connection)?, Taps::Own)?;
    Some(map)
}

/// Each channel by itself, which becomes one or several.
pub(in crate::layers) fn convolved_by_channel(connection: &Connection) -> Option<AxisMap> {
    let window = connection.operation.window.as_ref()?;
    let (leading, channels, own) = split(connection, window.axes.len())?;
    let (out, result) = written(connection, window.axes.len())?;
    let mut map = AxisMap::default();
    map.keep(leading);
    let (channel, write) =
        (map.same(channels), map.factor(Link::Written, 1.into(), out.exact_div(channels)?));
    [channel, write].into_iter().for_each(|factor| map.weighted(factor, Coefficients::Own));
    map.input_axis(&[channel]);
    map.result_axis(&[channel, write]);
    slide(&mut map, (own, result), window, border(connection)?, Taps::Own)?;
    Some(map)
}

/// As [`convolved`] in one group, with a kernel of its own at every position.
pub(in crate::layers) fn convolved_locally(connection: &Connection) -> Option<AxisMap> {
    let mut map = convolved(connection)?;
    for factor in &mut map.factors {
        if let Link::Window { taps, .. } = &mut factor.link {
            *taps = Taps::OwnEverywhere;
        }
    }
    Some(map)
}

/// Every channel by itself under a window, whose entries meet alike.
pub(in crate::layers) fn pooled(connection: &Connection) -> Option<AxisMap> {
    pool(connection, Taps::Alike)
}

/// Every channel by itself, the mean of each window.
pub(in crate::layers) fn averaged(connection: &Connection) -> Option<AxisMap> {
    let counts = connection.flag("count_include_pad");
    pool(connection, if counts { Taps::MeanWithPadding } else { Taps::Mean })
}

fn pool(connection: &Connection, taps: Taps) -> Option<AxisMap> {
    let window = connection.operation.window.as_ref()?;
    let (leading, channels, own) = split(connection, window.axes.len())?;
    let (_, result) = written(connection, window.axes.len())?;
    let mut map = AxisMap::default();
    map.keep(leading);
    map.keep(std::slice::from_ref(channels));
    slide(&mut map, (own, result), window, Border::Constant, taps)?;
    Some(map)
}

/// The last axes cut into as many windows as the result has entries.
pub(in crate::layers) fn cut<const SPATIAL: usize>(connection: &Connection) -> Option<AxisMap> {
    let (leading, channels, own) = split(connection, SPATIAL)?;
    let (_, result) = written(connection, SPATIAL)?;
    let mut map = AxisMap::default();
    map.keep(leading);
    map.keep(std::slice::from_ref(channels));
    for (own, result) in own.iter().zip(result) {
        map.both(Link::Adaptive, own, result);
    }
    Some(map)
}

/// `[…, C, H, W] → […, C·kernel·kernel, positions]`
pub(in crate::layers) fn unfolded(connection: &Connection) -> Option<AxisMap> {
    let window = connection.operation.window.as_ref()?;
    let (leading, channels, own) = split(connection, window.axes.len())?;
    let mut map = AxisMap::default();
    map.keep(leading);
    let channel = map.same(channels);
    map.input_axis(&[channel]);
    let mut places = Vec::new();
    for (own, axis) in own.iter().zip(&window.axes) {
        let factor = map.factor(Link::Unfolded(axis.clone()), own.clone(), positions(own, axis)?);
        map.input_axis(&[factor]);
        places.push(factor);
    }
    map.result_axis(&[&[channel], &places[..]].concat());
    map.result_axis(&places);
    Some(map)
}

/// `[…, C·kernel·kernel, positions] → […, C, H, W]`
pub(in crate::layers) fn folded(connection: &Connection) -> Option<AxisMap> {
    let window = connection.operation.window.as_ref()?;
    let (leading, _) = connection.own().split_at_checked(connection.own().len().checked_sub(2)?)?;
    let (channels, result) = written(connection, window.axes.len())?;
    let mut map = AxisMap::default();
    map.keep(leading);
    let channel = map.same(channels);
    map.result_axis(&[channel]);
    let mut places = Vec::new();
    for (result, axis) in result.iter().zip(&window.axes) {
        let factor = map.factor(Link::Folded(axis.clone()), positions(result, axis)?, result.clone());
        map.result_axis(&[factor]);
        places.push(factor);
    }
    map.input_axis(&[&[channel], &places[..]].concat());
    map.input_axis(&places);
    Some(map)
}

/// ⌊(n + padding − span) / stride⌋ + 1
fn positions(extent: &Size, axis: &WindowAxis) -> Option<Size> {
    let span = (&axis.kernel - 1) * &axis.dilation + 1;
    let free = extent + &axis.before + &axis.after - span;
    Some(free.floor_div(&axis.stride)? + 1)
}

/// The entries of the first axis that lie round each, and every position by itself: LocalResponseNorm.
pub(in crate::layers) fn neighbours(connection: &Connection) -> Option<AxisMap> {
    let (channels, positions) = connection.own().split_first()?;
    let size = connection.size("size")?;
    let before = size.floor_div(&2.into())?;
    let after = size - &before - 1;
    let window = WindowAxis { kernel: size.clone(), stride: 1.into(), dilation: 1.into(), before, after };
    let mut map = AxisMap::default();
    map.both(Link::Window { window, border: Border::Constant, taps: Taps::Alike }, channels, channels);
    map.keep(positions);
    Some(map)
}

/// All positions of each channel, which are gone from the result: global pools.
pub(in crate::layers) fn global(connection: &Connection) -> Option<AxisMap> {
    let (channels, positions) = connection.own().split_first()?;
    let mut map = AxisMap::default();
    map.keep(std::slice::from_ref(channels));
    for extent in positions {
        map.only_input(Link::Mixed, extent);
    }
    (product(connection.result()) == *channels).then_some(map)
}
