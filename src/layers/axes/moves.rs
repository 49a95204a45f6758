//! Layers that move entries: axes in another order, parts, borders, shuffles.

use crate::ir::axes::{Border, Group, Link};
use crate::ir::{Attribute, AxisMap, Connection, Size};

/// The axes in another order.
pub(in crate::layers) fn permuted(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let Some(Attribute::List(order)) = connection.operation.argument("axes") else { return None };
    let order: Vec<usize> = order.iter().map(|axis| axis.as_axis(own.len())).collect::<Option<_>>()?;
    Some(reordered(own, &order))
}

/// Two axes, exchanged.
pub(in crate::layers) fn transposed(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let mut order: Vec<usize> = (0..own.len()).collect();
    order.swap(connection.axis("axis0", own.len())?, connection.axis("axis1", own.len())?);
    Some(reordered(own, &order))
}

fn reordered(own: &[Size], order: &[usize]) -> AxisMap {
    let mut map = AxisMap::default();
    for extent in own {
        let factor = map.same(extent);
        map.input_axis(&[factor]);
    }
    order.iter().for_each(|axis| map.result_axis(&[*axis]));
    map
}

/// An axis of 1 is repeated, and new axes before it.
pub(in crate::layers) fn expanded(connection: &Connection) -> Option<AxisMap> {
    let (own, result) = (connection.own(), connection.result());
    let (new, shared) = result.split_at_checked(result.len().checked_sub(own.len())?)?;
    let mut map = AxisMap::default();
    for extent in new {
        map.only_result(Link::Repeated, extent);
    }
    for (own, extent) in own.iter().zip(shared) {
        if own == extent {
            map.both(Link::Same, own, extent);
        } else {
            map.input_axis(&[]);
            map.only_result(Link::Repeated, extent);
        }
    }
    Some(map)
}

/// One axis linked anew, the others as they are.
fn along(connection: &Connection, axis: usize, link: Link) -> Option<AxisMap> {
    let mut map = AxisMap::default();
    for (at, (own, result)) in connection.own().iter().zip(connection.result()).enumerate() {
        map.both(if at == axis { link.clone() } else { Link::Same }, own, result);
    }
    Some(map)
}

/// A bound as counted from the start of an axis.
fn counted(bound: &Size, extent: &Size) -> Size {
    if bound.as_number().is_some_and(|n| n < 0) { extent + bound } else { bound.clone() }
}

/// One entry of an axis, which is gone.
pub(in crate::layers) fn selected(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let axis = connection.axis("axis", own.len())?;
    let index = counted(connection.size("index")?, own.get(axis)?);
    let mut map = AxisMap::default();
    map.keep(own.get(..axis)?);
    map.only_input(Link::Picked(index), own.get(axis)?);
    map.keep(own.get(axis.checked_add(1)?..)?);
    Some(map)
}

/// Entries of an axis at regular distances.
pub(in crate::layers) fn sliced(connection: &Connection) -> Option<AxisMap> {
    let axis = connection.axis("axis", connection.own().len())?;
    let start = counted(connection.size("start")?, connection.own().get(axis)?);
    along(connection, axis, Link::Sliced { start, step: connection.size("step")?.clone() })
}

/// One part of several that follow each other.
pub(in crate::layers) fn part(connection: &Connection) -> Option<AxisMap> {
    let axis = connection.axis("axis", connection.own().len())?;
    let outputs = &connection.operation.outputs;
    let extent_of = |part: &crate::ir::TensorType| part.shape.dim(axis).cloned();
    let start = match connection.operation.argument("sizes") {
        Some(Attribute::List(_)) => {
            let before =
                outputs.get(..connection.output)?.iter().map(extent_of).collect::<Option<Vec<_>>>()?;
            before.iter().fold(Size::from(0), |sum, extent| sum + extent)
        }
        // All parts but the last are of one size.
        _ => extent_of(outputs.first()?)? * Size::from(connection.output),
    };
    along(connection, axis, Link::Sliced { start, step: Size::from(1) })
}

/// Entries of an axis that a list names, or another input.
pub(in crate::layers) fn gathered(connection: &Connection) -> Option<AxisMap> {
    if connection.input > 0 {
        return indices(connection);
    }
    let (own, result) = (connection.own(), connection.result());
    let axis = connection.axis("axis", own.len())?;
    let extent = own.get(axis)?;
    let behind = own.get(axis.checked_add(1)?..)?;
    let picked = result.get(axis..result.len().checked_sub(behind.len())?)?;
    let mut map = AxisMap::default();
    map.keep(own.get(..axis)?);
    match connection.operation.argument("indices") {
        Some(Attribute::Size(index)) => {
            map.only_input(Link::Picked(counted(index, extent)), extent);
        }
        Some(Attribute::List(_)) => {
            let places = connection.sizes("indices").iter().map(|index| counted(index, extent)).collect();
            map.both(Link::Listed(places), extent, picked.first()?);
        }
        _ => {
            map.only_input(Link::LookedUp, extent);
            picked.iter().for_each(|extent| {
                map.only_result(Link::New, extent);
            });
        }
    }
    map.keep(behind);
    Some(map)
}

/// The indices decide each for its own place.
fn indices(connection: &Connection) -> Option<AxisMap> {
    let (own, data) = (connection.own(), connection.extents_of(0));
    let axis = connection.axis("axis", data.len())?;
    let mut map = AxisMap::default();
    for extent in data.get(..axis)? {
        map.only_result(Link::Repeated, extent);
    }
    map.keep(own);
    for extent in data.get(axis.checked_add(1)?..)? {
        map.only_result(Link::Repeated, extent);
    }
    Some(map)
}

/// Entries added beside the last axes.
pub(in crate::layers) fn padded(connection: &Connection) -> Option<AxisMap> {
    let (own, result, sides) = (connection.own(), connection.result(), connection.sizes("pad"));
    let border = match connection.text("mode")? {
        "constant" => Border::Constant,
        "reflect" => Border::Reflect,
        "replicate" => Border::Replicate,
        "circular" => Border::Circular,
        _ => return None,
    };
    let mut map = AxisMap::default();
    for (at, (own, result)) in own.iter().zip(result).enumerate() {
        let from_end = connection.own().len().checked_sub(at)?.checked_sub(1)?;
        let link = match sides.get(from_end.checked_mul(2)?) {
            Some(before) => Link::Placed { before: before.clone(), border },
            None => Link::Same,
        };
        map.both(link, own, result);
    }
    Some(map)
}

/// Entries moved round along axes, or through the whole tensor.
pub(in crate::layers) fn rolled(connection: &Connection) -> Option<AxisMap> {
    let (own, shifts) = (connection.own(), connection.sizes("shifts"));
    let mut map = AxisMap::default();
    if connection.is_none("axis") {
        let all = super::product(own);
        let factor = map.factor(Link::Rolled { by: shifts.first()?.clone() }, all.clone(), all);
        let group = Group { axes: own.len(), factors: vec![factor] };
        map.input.push(group.clone());
        map.result.push(group);
        return Some(map);
    }
    map.keep(own);
    let axes = match connection.operation.argument("axis")? {
        Attribute::List(axes) => {
            axes.iter().map(|axis| axis.as_axis(own.len())).collect::<Option<Vec<_>>>()?
        }
        axis => vec![axis.as_axis(own.len())?],
    };
    for (axis, by) in axes.iter().zip(shifts) {
        map.factors.get_mut(*axis)?.link = Link::Rolled { by };
    }
    Some(map)
}

/// `[…, C·r², H, W] → […, C, H·r, W·r]`
pub(in crate::layers) fn pixels_shuffled(connection: &Connection) -> Option<AxisMap> {
    patches(connection.own(), connection.result(), connection.size("upscale_factor")?)
}

/// `[…, C, H·r, W·r] → […, C·r², H, W]`
pub(in crate::layers) fn pixels_unshuffled(connection: &Connection) -> Option<AxisMap> {
    let mut map = patches(connection.result(), connection.own(), connection.size("downscale_factor")?)?;
    std::mem::swap(&mut map.input, &mut map.result);
    Some(map)
}

fn patches(deep: &[Size], wide: &[Size], r: &Size) -> Option<AxisMap> {
    let (leading, [_, height, width]) = deep.split_at_checked(deep.len().checked_sub(3)?)? else {
        return None;
    };
    let channels = wide.get(leading.len())?;
    let mut map = AxisMap::default();
    map.keep(leading);
    let [channels, down, across, height, width] =
        [channels, r, r, height, width].map(|extent| map.same(extent));
    [&[channels, down, across][..], &[height], &[width]].iter().for_each(|axis| map.input_axis(axis));
    [&[channels][..], &[height, down], &[width, across]].iter().for_each(|axis| map.result_axis(axis));
    Some(map)
}

/// The channels, dealt out to the groups in turn.
pub(in crate::layers) fn channels_shuffled(connection: &Connection) -> Option<AxisMap> {
    let (channels, others) = connection.own().split_first()?;
    let groups = connection.size("groups")?;
    let mut map = AxisMap::default();
    let (groups, each) = (map.same(groups), map.same(&channels.exact_div(groups)?));
    map.input_axis(&[groups, each]);
    map.result_axis(&[each, groups]);
    map.keep(others);
    Some(map)
}

/// `[…, 2·n] → […, n]`: each entry of one half with one of the other.
pub(in crate::layers) fn halved(connection: &Connection) -> Option<AxisMap> {
    let (own, result) = (connection.own(), connection.result());
    let axis = connection.axis("axis", own.len())?;
    let mut map = AxisMap::default();
    map.keep(own.get(..axis)?);
    let (half, kept) = (map.factor(Link::Mixed, 2.into(), 1.into()), map.same(result.get(axis)?));
    map.input_axis(&[half, kept]);
    map.result_axis(&[kept]);
    map.keep(own.get(axis.checked_add(1)?..)?);
    Some(map)
}

/// Pairs of features of each head, half a head apart, turned together.
pub(in crate::layers) fn rotated(connection: &Connection) -> Option<AxisMap> {
    use crate::ir::axes::Coefficients::Own;
    let (features, leading) = connection.own().split_last()?;
    let width = connection.size("width")?;
    let (heads, pairs) = (features.exact_div(width)?, width.exact_div(&2.into())?);
    let mut map = AxisMap::default();
    map.keep(leading);
    map.weighted(leading.len().checked_sub(1)?, Own);
    let heads = map.same(&heads);
    let (half, pair) = (map.factor(Link::Whole, 2.into(), 2.into()), map.same(&pairs));
    map.weighted(half, Own);
    map.weighted(pair, Own);
    map.input_axis(&[heads, half, pair]);
    map.result_axis(&[heads, half, pair]);
    Some(map)
}

/// Resized along every axis but the first.
pub(in crate::layers) fn resized(connection: &Connection) -> Option<AxisMap> {
    use crate::ir::axes::Resizing;
    let by = match connection.text("mode")? {
        "nearest" => Resizing::Nearest,
        "nearest-exact" => Resizing::NearestExact,
        "linear" | "bilinear" | "trilinear" => Resizing::Linear,
        "bicubic" => Resizing::Cubic,
        "area" => Resizing::Area,
        _ => return None,
    };
    let corners = connection.flag("align_corners");
    let scales: Vec<Option<f64>> = match connection.operation.argument("scale_factor") {
        Some(Attribute::List(scales)) => scales.iter().map(number).collect(),
        Some(scale) => vec![number(scale); connection.own().len()],
        None => Vec::new(),
    };
    let mut map = AxisMap::default();
    map.keep(connection.own().get(..1)?);
    let axes = connection.own().iter().zip(connection.result()).skip(1);
    for (at, (own, result)) in axes.enumerate() {
        let scale = scales.get(at).copied().flatten();
        map.both(Link::Resized { by, corners, scale }, own, result);
    }
    Some(map)
}

fn number(value: &Attribute) -> Option<f64> {
    match value {
        Attribute::Float(x) => Some(*x),
        value => value.as_integer().map(|n| n as f64),
    }
}
