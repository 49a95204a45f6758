//! Layers that compute nothing: which elements of an input the elements of a result are.
//!
//! Main function: [`passed`], from a region of a layer's result to the regions of one of its inputs, by the map of axes
//! that the layer declares. Every other layer reads what it is sent.

use super::AtDefaults;
use super::region::{Range, Ranges, Uses, length, volume};
use crate::ir::axes::{Border, Group, Link};
use crate::ir::{Axes, AxisMap, Connection, Count, Size};

/// One input of a layer and one of its results.
#[derive(Clone, Copy)]
pub(super) struct ElementMap<'a> {
    /// The layer, the input and the result.
    pub connection: Connection<'a>,
    /// The symbolic sizes' defaults.
    pub judge: AtDefaults<'a>,
}

/// The most inputs of a layer of which each is followed to its place; where each begins takes a sum over those before.
const MOST_JOINED: usize = 4096;

/// True where a layer passes an input on instead of reading it: its results are entries of it, each at one place.
pub(super) fn passes(connection: &Connection) -> bool {
    let Some(layer) = connection.operation.layer().filter(|layer| layer.moves(connection.input)) else {
        return false;
    };
    let is_one_place = |link: &Link| match link {
        Link::Placed { border, .. } => *border == Border::Constant,
        Link::Unfolded(_) => false,
        _ => true,
    };
    match layer.axes {
        Axes::Entrywise | Axes::Regrouped => true,
        _ if connection.inputs.len() > MOST_JOINED => true,
        axes => axes.map(connection).factors.iter().all(|factor| is_one_place(&factor.link)),
    }
}

/// The regions of an input that a region of the result is.
pub(super) fn passed(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    match map.connection.operation.layer().map(|layer| layer.axes) {
        None | Some(Axes::Entrywise) => vec![(ranges, uses)],
        Some(Axes::Regrouped) => reshape(map, ranges, uses),
        Some(_) if map.connection.inputs.len() > MOST_JOINED => map.somewhere(&ranges, uses),
        Some(axes) => {
            let axes = axes.map(&map.connection);
            linked(map, &axes, &ranges, &uses).unwrap_or_else(|| map.somewhere(&ranges, uses))
        }
    }
}

impl ElementMap<'_> {
    fn input(&self) -> &[Size] {
        self.connection.own()
    }

    fn result(&self) -> &[Size] {
        self.connection.result()
    }

    /// Elements somewhere in the whole input, each read at most so often: where exactly is not known.
    fn somewhere(&self, ranges: &Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
        let is_all = is_whole(ranges)
            && volume(&vec![None; self.input().len()], self.input()) == volume(ranges, self.result());
        let uses = if is_all { uses } else { uses.spread(&volume(ranges, self.result())) };
        vec![(vec![None; self.input().len()], uses)]
    }
}

fn is_whole(ranges: &[Range]) -> bool {
    ranges.iter().all(Option::is_none)
}

/// What a region is by the links of its factors; `None` where it is no box of the input.
fn linked(map: &ElementMap, axes: &AxisMap, ranges: &Ranges, uses: &Uses) -> Option<Vec<(Ranges, Uses)>> {
    let on_result = of_factors(&axes.result, axes.factors.len(), ranges)?;
    let mut on_input: Vec<Range> = vec![None; axes.factors.len()];
    let mut uses = uses.clone();
    let mut repeats = Count::ONE;
    let mut listed = None;
    for (at, (factor, range)) in axes.factors.iter().zip(on_result).enumerate() {
        let (whole, result) = (&factor.input, &factor.result);
        let back = match &factor.link {
            Link::Same => range,
            Link::Rolled { .. } if range.is_none() => None,
            Link::Sliced { start, step } if step.as_number() == Some(1) => moved(range, start, result, whole),
            Link::Sliced { start, step } => {
                // Every other entry of a range: it is known how many there are, not that they are neighbours.
                uses = uses.spread(&volume(ranges, map.result()));
                normal((start.clone(), start + step * &(result - 1) + 1), whole)
            }
            Link::Placed { before, border: Border::Constant } => {
                let (start, stop) = range.unwrap_or_else(|| (Size::from(0), result.clone()));
                match clipped((&start - before, &stop - before), whole, map.judge) {
                    Some(inside) => normal(inside, whole),
                    None => return Some(Vec::new()),
                }
            }
            Link::Listed(places) if range.is_none() && uses.uneven.is_none() => {
                listed = Some((at, places));
                None
            }
            Link::Picked(index) => Some((index.clone(), index + 1)),
            Link::LookedUp => {
                uses.uneven = uses.uneven.map(|(least, total)| (least, total * Count::from(whole)));
                None
            }
            Link::Repeated | Link::New => {
                repeats = repeats * length(&range, result);
                None
            }
            Link::At(place) => {
                let place = map.judge.size_at_defaults(place);
                let bounds = |(start, stop): (Size, Size)| {
                    (map.judge.size_at_defaults(&start)..map.judge.size_at_defaults(&stop)).contains(&place)
                };
                if !range.is_none_or(bounds) {
                    return Some(Vec::new());
                }
                None
            }
            _ => return None,
        };
        *on_input.get_mut(at)? = back;
    }
    let uses = if repeats == Count::ONE { uses } else { uses.gathered(&repeats) };
    let Some((at, places)) = listed else { return Some(vec![(of_axes(axes, &on_input)?, uses)]) };
    let extent = &axes.factors.get(at)?.input;
    let places = places.iter().map(|place| map.judge.size_at_defaults(place)).collect();
    let region = |(start, stop, times)| {
        let mut on_input = on_input.clone();
        *on_input.get_mut(at)? = normal((Size::from(start), Size::from(stop)), extent);
        Some((of_axes(axes, &on_input)?, uses.clone().gathered(&Count::from(times))))
    };
    runs(places).into_iter().map(region).collect()
}

/// Ranges over axes as ranges over their factors; `None` where a part of an axis of several factors is meant.
fn of_factors(groups: &[Group], factors: usize, ranges: &Ranges) -> Option<Vec<Range>> {
    let mut own: Vec<Range> = vec![None; factors];
    let mut rest = ranges.as_slice();
    for group in groups {
        let (here, behind) = rest.split_at_checked(group.axes)?;
        rest = behind;
        match (here, group.factors.as_slice()) {
            ([range], [factor]) => *own.get_mut(*factor)? = range.clone(),
            (_, []) => {}
            (here, _) if is_whole(here) => {}
            _ => return None,
        }
    }
    Some(own)
}

/// Ranges over the input's factors as ranges over its axes.
fn of_axes(axes: &AxisMap, own: &[Range]) -> Option<Ranges> {
    let mut ranges = Ranges::new();
    for group in &axes.input {
        let of = group.factors.iter().map(|factor| own.get(*factor)).collect::<Option<Vec<_>>>()?;
        match (of.as_slice(), group.axes) {
            ([range], 1) => ranges.push((*range).clone()),
            (several, axes) if several.iter().all(|range| range.is_none()) => {
                ranges.extend(std::iter::repeat_n(None, axes));
            }
            _ => return None,
        }
    }
    Some(ranges)
}

/// A range of a part as a range of the whole, in which the part begins at `offset`.
fn moved(range: Range, offset: &Size, part: &Size, whole: &Size) -> Range {
    let (start, stop) = range.unwrap_or_else(|| (Size::from(0), part.clone()));
    normal((&start + offset, &stop + offset), whole)
}

/// A range; `None` where it is the whole axis.
fn normal(range: (Size, Size), extent: &Size) -> Range {
    (range.0.as_number() != Some(0) || range.1 != *extent).then_some(range)
}

/// What of a range lies on an axis, at the defaults.
fn clipped((start, stop): (Size, Size), extent: &Size, judge: AtDefaults) -> Option<(Size, Size)> {
    let start = if judge.size_at_defaults(&start) < 0 { Size::from(0) } else { start };
    let stop =
        if judge.size_at_defaults(&stop) > judge.size_at_defaults(extent) { extent.clone() } else { stop };
    (judge.size_at_defaults(&start) < judge.size_at_defaults(&stop)).then_some((start, stop))
}

/// Neighbouring entries that stand equally often in a list: from, to, how often.
fn runs(mut places: Vec<i128>) -> Vec<(i128, i128, u128)> {
    places.sort_unstable();
    let mut runs: Vec<(i128, i128, u128)> = Vec::new();
    for group in places.chunk_by(|a, b| a == b) {
        let (Some(place), times) = (group.first(), group.len() as u128) else { continue };
        let next = place.saturating_add(1);
        match runs.last_mut() {
            Some((_, stop, known)) if *stop == *place && *known == times => *stop = next,
            _ => runs.push((*place, next, times)),
        }
    }
    runs
}

/// Axes merged and split. Axes that stay are kept; of those that change, a range of the first that is whole in the
/// others is a range of the input too.
fn reshape(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let (input, result) = (map.input(), map.result());
    if is_whole(&ranges) {
        return vec![(vec![None; input.len()], uses)];
    }
    let shared = input.len().min(result.len());
    let leading = input.iter().zip(result).take_while(|(a, b)| a == b).count();
    let most = shared.saturating_sub(leading);
    let trailing = input.iter().rev().zip(result.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let middle = |dims: usize| leading..dims.saturating_sub(trailing);
    let changed =
        (ranges.get(middle(ranges.len())), result.get(middle(result.len())), input.get(middle(input.len())));
    let (Some(changed), Some(from), Some(to)) = changed else { return map.somewhere(&ranges, uses) };
    let Some(back) = regrouped(changed, from, to) else { return map.somewhere(&ranges, uses) };
    let before = ranges.iter().take(leading);
    let after = ranges.iter().skip(ranges.len().saturating_sub(trailing));
    vec![(before.cloned().chain(back).chain(after.cloned()).collect(), uses)]
}

/// Ranges over axes as ranges over others of as many elements; `None` where they are no box.
fn regrouped(ranges: &[Range], from: &[Size], to: &[Size]) -> Option<Ranges> {
    let product = |dims: &[Size]| dims.iter().fold(Size::from(1), |product, dim| product * dim);
    let partial = ranges.iter().position(Option::is_some);
    let Some(at) = partial else { return Some(vec![None; to.len()]) };
    // Axes of 1 before the first that is cut make no difference.
    let ones = from.iter().take_while(|dim| dim.as_number() == Some(1)).count();
    if at > ones || ranges.iter().skip(at.saturating_add(1)).any(Option::is_some) {
        return None;
    }
    let (start, stop) = ranges.get(at)?.clone()?;
    let step = product(from.get(at.saturating_add(1)..)?);
    let ahead = to.iter().take_while(|dim| dim.as_number() == Some(1)).count();
    let extent = to.get(ahead)?;
    let inner = product(to.get(ahead.saturating_add(1)..)?);
    let range = ((start * &step).exact_div(&inner)?, (stop * &step).exact_div(&inner)?);
    let mut back = vec![None; to.len()];
    *back.get_mut(ahead)? = normal(range, extent);
    Some(back)
}
