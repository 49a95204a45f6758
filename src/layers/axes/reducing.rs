//! Layers that read an axis whole: reductions, which lose it, softmax and norms, which keep it.

use crate::ir::axes::{Coefficients, Link};
use crate::ir::{Attribute, AxisMap, Connection};

/// The axes that are named, all where none is, read whole and gone, or left as axes of 1.
pub(in crate::layers) fn reduced(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let axes: Vec<usize> = match connection.operation.argument("axis")? {
        Attribute::None => (0..own.len()).collect(),
        Attribute::List(axes) => axes.iter().map(|axis| axis.as_axis(own.len())).collect::<Option<_>>()?,
        axis => vec![axis.as_axis(own.len())?],
    };
    let axes = if axes.is_empty() { (0..own.len()).collect() } else { axes };
    let mut map = AxisMap::default();
    for (at, extent) in own.iter().enumerate() {
        if !axes.contains(&at) {
            map.both(Link::Same, extent, extent);
            continue;
        }
        map.only_input(Link::Mixed, extent);
        if connection.flag("keepdim") {
            map.result_axis(&[]);
        }
    }
    Some(map)
}

/// One axis, which an argument names, read whole by each of its entries.
pub(in crate::layers) fn along_axis(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    whole(connection, &[connection.axis("axis", own.len())?])
}

/// The last axes, as many as the argument gives extents, or the axis that is named.
pub(in crate::layers) fn normalised(connection: &Connection) -> Option<AxisMap> {
    let rank = connection.own().len();
    let axes: Vec<usize> = match connection.operation.argument("normalized_shape") {
        Some(Attribute::List(shape)) => (rank.checked_sub(shape.len())?..rank).collect(),
        Some(Attribute::Size(_)) => vec![rank.checked_sub(1)?],
        _ => vec![connection.axis("axis", rank)?],
    };
    let mut map = whole(connection, &axes)?;
    axes.iter().for_each(|axis| map.weighted(*axis, Coefficients::Own));
    Some(map)
}

fn whole(connection: &Connection, axes: &[usize]) -> Option<AxisMap> {
    let mut map = AxisMap::default();
    for (at, extent) in connection.own().iter().enumerate() {
        map.both(if axes.contains(&at) { Link::Whole } else { Link::Same }, extent, extent);
    }
    Some(map)
}

/// All positions of each channel.
pub(in crate::layers) fn by_channel(connection: &Connection) -> Option<AxisMap> {
    positions(connection, &Link::Whole)
}

/// All positions of each channel over the batch, in training.
pub(in crate::layers) fn by_channel_of_batch(connection: &Connection) -> Option<AxisMap> {
    positions(connection, &Link::Statistics)
}

fn positions(connection: &Connection, link: &Link) -> Option<AxisMap> {
    let (channels, positions) = connection.own().split_first()?;
    let mut map = AxisMap::default();
    let channel = map.both(Link::Same, channels, channels);
    map.weighted(channel, Coefficients::Own);
    for extent in positions {
        map.both(link.clone(), extent, extent);
    }
    Some(map)
}

/// All positions of each group of channels.
pub(in crate::layers) fn by_group(connection: &Connection) -> Option<AxisMap> {
    let (channels, positions) = connection.own().split_first()?;
    let groups = connection.size("groups")?;
    let each = channels.exact_div(groups)?;
    let mut map = AxisMap::default();
    let (group, each) = (map.same(groups), map.factor(Link::Whole, each.clone(), each));
    [group, each].into_iter().for_each(|factor| map.weighted(factor, Coefficients::Own));
    map.input_axis(&[group, each]);
    map.result_axis(&[group, each]);
    for extent in positions {
        map.both(Link::Whole, extent, extent);
    }
    Some(map)
}
