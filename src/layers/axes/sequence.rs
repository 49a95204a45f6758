//! Layers over sequences: recurrences, attention, transformer layers, mixtures, biases by distance.

use crate::ir::axes::{Coefficients, Link};
use crate::ir::{AxisMap, Connection, Size};

/// The leading axes of sequences, their steps and their features.
fn steps(extents: &[Size]) -> Option<(&[Size], &Size, &Size)> {
    let (leading, [steps, features]) = extents.split_at_checked(extents.len().checked_sub(2)?)? else {
        return None;
    };
    Some((leading, steps, features))
}

/// `[…, T, D] → […, T, directions·hidden]` and the last states; initial states after the first input.
pub(in crate::layers) fn recurrent(connection: &Connection) -> Option<AxisMap> {
    let (leading, own_steps, features) = steps(connection.own())?;
    let (_, given, width) = steps(connection.result())?;
    let layers = connection.size("layers")?;
    let (both_ways, is_deep) = (connection.flag("bidirectional"), layers.as_number() != Some(1));
    // What a cell state decides in its first step is its own unit; later steps read all.
    let is_bound = connection.input > 1 || both_ways && is_deep && connection.input > 0;
    let mut map = AxisMap { is_bound, ..AxisMap::default() };
    map.keep(leading);
    match (connection.input, connection.output) {
        (0, 0) => {
            let directions = Size::from(if both_ways { 2 } else { 1 });
            let direction = map.factor(Link::New, 1.into(), directions.clone());
            let units = map.factor(Link::Written, 1.into(), width.exact_div(&directions)?);
            let link = match (both_ways, is_deep) {
                (false, _) => Link::UpTo,
                (true, false) => Link::BothWays { direction },
                (true, true) => Link::Whole,
            };
            map.both(link, own_steps, given);
            map.only_input(Link::Contracted, features);
            map.result_axis(&[direction, units]);
        }
        (0, _) => {
            map.only_input(Link::Mixed, own_steps);
            map.only_input(Link::Contracted, features);
            map.only_result(Link::New, given);
            map.only_result(Link::Written, width);
        }
        (_, 0) => {
            // The cells on the first axis are layers by directions; a single layer keeps its directions apart.
            let directions = if both_ways && !is_deep { Some(map.same(&Size::from(2))) } else { None };
            let cells = if directions.is_some() { Size::from(1) } else { own_steps.clone() };
            let cells = map.factor(Link::Mixed, cells, 1.into());
            map.input_axis(&[directions.as_slice(), &[cells]].concat());
            map.only_input(Link::Contracted, features);
            map.only_result(Link::New, given);
            let halves = Size::from(if directions.is_some() { 2 } else { 1 });
            let units = map.factor(Link::Written, 1.into(), width.exact_div(&halves)?);
            map.result_axis(&[directions.as_slice(), &[units]].concat());
        }
        _ => {
            let link = match (both_ways, is_deep) {
                (false, _) => Link::UpTo,
                (true, false) => Link::Same,
                (true, true) => Link::Whole,
            };
            map.both(link, own_steps, given);
            // A cell state by itself is kept unit by unit, but the gates read the whole state before it.
            map.only_input(Link::Contracted, features);
            map.only_result(Link::Written, width);
        }
    }
    Some(map)
}

/// Queries, keys and values with projections; a bias of the scores.
pub(in crate::layers) fn attended(connection: &Connection) -> Option<AxisMap> {
    let inputs = connection.inputs.len();
    let (leading, given, width) = steps(connection.result())?;
    if connection.input == 3 {
        return bias(connection);
    }
    let (_, own_steps, features) = steps(connection.own())?;
    let causal = connection.flag("causal");
    // A query that sees one key weights it by 1, whatever the two are.
    let is_bound = causal && (connection.input == 0 && inputs > 1 || connection.input == 1 && inputs > 2);
    let mut map = AxisMap { is_bound, ..AxisMap::default() };
    map.keep(leading);
    let positions = match (connection.input, inputs) {
        (0, 1) if causal => map.both(Link::UpTo, own_steps, given),
        (0, 1) => map.both(Link::Whole, own_steps, given),
        (0, _) => map.both(Link::Same, own_steps, given),
        _ if causal => map.both(Link::UpTo, own_steps, given),
        _ => asked_of(&mut map, own_steps, given),
    };
    map.weighted(positions, Coefficients::Data);
    for factor in [map.only_input(Link::Contracted, features), map.only_result(Link::Written, width)] {
        map.weighted(factor, Coefficients::Own);
    }
    Some(map)
}

/// Keys that every query meets; of the two factors the one whose entries are weighted, each query's by itself.
fn asked_of(map: &mut AxisMap, keys: &Size, queries: &Size) -> usize {
    let asked = map.only_result(Link::New, queries);
    map.weighted(asked, Coefficients::Data);
    map.only_input(Link::Mixed, keys)
}

/// A bias of the scores, `[heads, T, S]` or what broadcasts to it: each query's row.
fn bias(connection: &Connection) -> Option<AxisMap> {
    let (leading, given, width) = steps(connection.result())?;
    let own = connection.own();
    let from_end = |at: usize| own.len().checked_sub(at.checked_add(1)?).and_then(|axis| own.get(axis));
    let is_shared = from_end(1).is_none_or(|queries| queries.as_number() == Some(1));
    let is_causal = connection.flag("causal");
    let mut map = AxisMap { is_bound: is_causal || own.len() > 3, ..AxisMap::default() };
    for extent in own.get(..own.len().saturating_sub(2)).unwrap_or(&[]) {
        map.only_input(Link::Mixed, extent);
    }
    leading.iter().for_each(|extent| {
        map.only_result(Link::New, extent);
    });
    match from_end(1) {
        Some(queries) if !is_shared => {
            map.both(Link::Same, queries, given);
        }
        shared => {
            shared.into_iter().for_each(|_| map.input_axis(&[]));
            map.only_result(Link::Repeated, given);
        }
    }
    from_end(0).into_iter().for_each(|keys| {
        map.only_input(Link::Mixed, keys);
    });
    map.only_result(Link::New, width);
    Some(map)
}

/// The products of attention alone, head by head.
pub(in crate::layers) fn products(connection: &Connection) -> Option<AxisMap> {
    if connection.input == 3 {
        return head_bias(connection);
    }
    let (leading, given, width) = steps(connection.result())?;
    let (own_leading, own_steps, features) = steps(connection.own())?;
    let (heads, kv_heads) =
        (connection.size("heads")?, connection.size("kv_heads").or(connection.size("heads"))?);
    // A query that sees one key weights it by 1, whatever the two are.
    let is_bound = connection.input < 2 && (connection.flag("causal") || !connection.is_none("window"));
    let mut map = AxisMap { is_bound, ..AxisMap::default() };
    if leading == own_leading {
        map.keep(leading)
    } else {
        return None;
    };
    let positions = match (connection.input, connection.size("window"), connection.flag("causal")) {
        (0, ..) => map.both(Link::Same, own_steps, given),
        (_, Some(window), causal) => {
            map.both(Link::Near { window: window.clone(), causal }, own_steps, given)
        }
        (_, None, true) => map.both(Link::UpTo, own_steps, given),
        (_, None, false) => asked_of(&mut map, own_steps, given),
    };
    map.weighted(positions, Coefficients::Data);
    let each = width.exact_div(heads)?;
    let shared = heads.exact_div(kv_heads)?;
    let (kv, repeats) = (
        map.same(kv_heads),
        if connection.input == 0 { map.same(&shared) } else { map.factor(Link::New, 1.into(), shared) },
    );
    [kv, repeats].into_iter().for_each(|factor| map.weighted(factor, Coefficients::Data));
    let own_each = features.exact_div(if connection.input == 0 { heads } else { kv_heads })?;
    let (on_input, on_result) = if connection.input == 2 {
        let unit = map.same(&each);
        (unit, unit)
    } else {
        (map.factor(Link::Contracted, own_each, 1.into()), map.factor(Link::New, 1.into(), each))
    };
    if connection.input == 0 {
        map.input_axis(&[kv, repeats, on_input]);
    } else {
        map.input_axis(&[kv, on_input]);
    }
    map.result_axis(&[kv, repeats, on_result]);
    Some(map)
}

/// A bias of the scores, `[heads, T, S]`: each query's row, head by head.
fn head_bias(connection: &Connection) -> Option<AxisMap> {
    let (leading, given, width) = steps(connection.result())?;
    let heads = connection.size("heads")?;
    let [own_heads, queries, keys] = connection.own() else { return bias(connection) };
    if own_heads != heads || queries != given || !connection.is_none("window") {
        return bias(connection);
    }
    let is_causal = connection.flag("causal");
    let mut map = AxisMap { is_bound: is_causal, ..AxisMap::default() };
    leading.iter().for_each(|extent| {
        map.only_result(Link::New, extent);
    });
    let head = map.same(heads);
    map.input_axis(&[head]);
    map.both(Link::Same, queries, given);
    map.only_input(Link::Mixed, keys);
    let unit = map.factor(Link::New, 1.into(), width.exact_div(heads)?);
    map.result_axis(&[head, unit]);
    Some(map)
}

/// A layer of a transformer: the first input attends to itself, the second is a memory.
pub(in crate::layers) fn transformed(connection: &Connection) -> Option<AxisMap> {
    let (leading, given, width) = steps(connection.result())?;
    let (_, own_steps, features) = steps(connection.own())?;
    let mut map = AxisMap::default();
    map.keep(leading);
    match (connection.input, connection.flag("causal")) {
        (0, true) => map.both(Link::UpTo, own_steps, given),
        (0, false) => map.both(Link::Whole, own_steps, given),
        _ => {
            map.only_input(Link::Mixed, own_steps);
            map.only_result(Link::New, given)
        }
    };
    map.only_input(Link::Contracted, features);
    map.only_result(Link::Written, width);
    Some(map)
}

/// A mixture of experts, position by position: what they are sent, the scores, and what they give.
pub(in crate::layers) fn routed(connection: &Connection) -> Option<AxisMap> {
    let own = connection.own();
    let mut map = AxisMap::default();
    if connection.input == 2 {
        map.keep(own);
        (0..own.len().checked_sub(1)?).for_each(|factor| map.weighted(factor, Coefficients::Data));
        return Some(map);
    }
    let (features, leading) = own.split_last()?;
    map.keep(leading);
    map.only_input(Link::Mixed, features);
    map.only_result(Link::New, connection.result().last()?);
    Some(map)
}

/// Nothing is read but lengths.
pub(in crate::layers) fn measured(connection: &Connection) -> Option<AxisMap> {
    let mut map = AxisMap::default();
    connection.own().iter().for_each(|extent| {
        map.only_input(Link::Mixed, extent);
    });
    let (heads, distances) = connection.result().split_first()?;
    map.only_result(Link::Written, heads);
    distances.iter().for_each(|extent| {
        map.only_result(Link::New, extent);
    });
    Some(map)
}
