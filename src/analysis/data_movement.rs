//! Layers that compute nothing: which elements of an input the elements of a result are.
//!
//! Main function: [`passed`], from a region of a layer's result to the regions of one of its inputs. A table holds
//! the layers; every other layer reads what it is sent.

use super::AtDefaults;
use super::region::{Range, Ranges, Uses, length, volume};
use crate::ir::{Attribute, Count, Operation, Shape, Size};

/// One input of a layer and one of its results.
#[derive(Clone, Copy)]
pub(super) struct ElementMap<'a> {
    /// The layer.
    pub operation: &'a Operation,
    /// The input's extents.
    pub input: &'a [Size],
    /// Which input it is.
    pub slot: usize,
    /// Which result it is.
    pub output: usize,
    /// Where along the axis each joined input, or each part that is cut off, begins; see [`offsets`].
    pub offsets: &'a [Size],
    /// The symbolic sizes' defaults.
    pub judge: AtDefaults<'a>,
}

/// Where along its axis a layer joins its inputs, or cuts off its results.
pub(super) fn offsets(operation: &Operation, inputs: &[&Shape]) -> Vec<Size> {
    let results = || operation.outputs.iter().map(|output| &output.shape);
    let parts: Vec<&Shape> = match operation.kind.name() {
        "Concat" => inputs.to_vec(),
        "Split" | "Chunk" => results().collect(),
        _ => Vec::new(),
    };
    let axis = axis(operation, "axis", parts.first().map_or(0, |part| part.rank()));
    let extents = parts.iter().map(|part| part.dim(axis).cloned().unwrap_or(Size::from(0)));
    extents
        .scan(Size::from(0), |next, extent| {
            let at = next.clone();
            *next = &at + &extent;
            Some(at)
        })
        .collect()
}

/// An argument that is an axis, counted from the start among `rank` of them.
pub(super) fn axis(operation: &Operation, name: &str, rank: usize) -> usize {
    let axis = operation.argument(name).and_then(Attribute::as_integer).unwrap_or(0);
    let rank = i128::try_from(rank).unwrap_or(i128::MAX);
    usize::try_from(if axis < 0 { axis.saturating_add(rank) } else { axis }).unwrap_or(0)
}

/// From a region of the result to regions of the input.
type Back = fn(&ElementMap, Ranges, Uses) -> Vec<(Ranges, Uses)>;

/// A layer that passes on what it is sent.
struct Passing {
    kind: &'static str,
    back: Back,
    /// True where the result has the elements of the input in the same order.
    in_order: bool,
}

const fn ordered(kind: &'static str, back: Back) -> Passing {
    Passing { kind, back, in_order: true }
}

const fn moving(kind: &'static str, back: Back) -> Passing {
    Passing { kind, back, in_order: false }
}

const PASSING: &[Passing] = &[
    ordered("Identity", same),
    ordered("Dropout", same),
    ordered("Dropout1d", same),
    ordered("Dropout2d", same),
    ordered("Dropout3d", same),
    ordered("AlphaDropout", same),
    ordered("DropPath", same),
    ordered("Squeeze", reshape),
    ordered("Unsqueeze", reshape),
    ordered("Flatten", reshape),
    ordered("Unflatten", reshape),
    ordered("Reshape", reshape),
    moving("Permute", permute),
    moving("Transpose", transpose),
    moving("Expand", expand),
    moving("Select", select),
    moving("Slice", slice),
    moving("Split", part),
    moving("Chunk", part),
    moving("Gather", gather),
    moving("Concat", concat),
    moving("Stack", stack),
    moving("Pad", pad),
    moving("Roll", shuffle),
    moving("PixelShuffle", shuffle),
    moving("PixelUnshuffle", shuffle),
    moving("ChannelShuffle", shuffle),
];

fn entry(kind: &str) -> Option<&'static Passing> {
    PASSING.iter().find(|known| known.kind == kind)
}

/// True where a layer passes an input on instead of reading it.
pub(super) fn passes(operation: &Operation, slot: usize) -> bool {
    let is_index = operation.kind.name() == "Gather" && slot > 0;
    let repeats_border = operation.kind.name() == "Pad"
        && operation.argument("mode").is_some_and(|mode| *mode != Attribute::from("constant"));
    !is_index && !repeats_border && entry(operation.kind.name()).is_some()
}

/// True where a layer's result has the elements of its input in the same order.
pub(super) fn keeps_order(kind: &str) -> bool {
    entry(kind).is_some_and(|known| known.in_order)
}

/// The regions of an input that a region of the result is.
pub(super) fn passed(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let back = entry(map.operation.kind.name()).map_or(shuffle as Back, |known| known.back);
    back(map, ranges, uses)
}

impl ElementMap<'_> {
    fn result(&self) -> &[Size] {
        self.operation.outputs.get(self.output).map_or(&[], |output| output.shape.dims())
    }

    fn axis(&self, name: &str, rank: usize) -> usize {
        axis(self.operation, name, rank)
    }

    /// Where this input or this result begins along the axis.
    fn offset(&self, which: usize) -> Size {
        self.offsets.get(which).cloned().unwrap_or(Size::from(0))
    }

    fn size(&self, name: &str) -> Option<Size> {
        self.operation.argument(name).and_then(Attribute::as_size).cloned()
    }

    fn sizes(&self, name: &str) -> Vec<Size> {
        match self.operation.argument(name) {
            Some(Attribute::List(values)) => {
                values.iter().filter_map(|value| value.as_size().cloned()).collect()
            }
            Some(Attribute::Size(size)) => vec![size.clone()],
            _ => Vec::new(),
        }
    }

    /// A bound as counted from the start of an axis.
    fn counted(&self, bound: Size, extent: &Size) -> Size {
        if self.judge.size_at_defaults(&bound) < 0 { extent + bound } else { bound }
    }

    /// Elements somewhere in the whole input, each read at most so often: where exactly is not known.
    fn somewhere(&self, ranges: &Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
        vec![(vec![None; self.input.len()], uses.spread(&volume(ranges, self.result())))]
    }
}

fn is_whole(ranges: &Ranges) -> bool {
    ranges.iter().all(Option::is_none)
}

fn same(_: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    vec![(ranges, uses)]
}

/// The same elements in another order: all of them are all of them, some are somewhere.
fn shuffle(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    if is_whole(&ranges) {
        return vec![(vec![None; map.input.len()], uses)];
    }
    map.somewhere(&ranges, uses)
}

fn permute(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let rank = map.input.len();
    let mut back = vec![None; rank];
    for (axis, range) in map.sizes("axes").iter().zip(ranges) {
        let axis = axis.as_number().and_then(|axis| usize::try_from(axis).ok()).unwrap_or(0);
        if let Some(place) = back.get_mut(axis) {
            *place = range;
        }
    }
    vec![(back, uses)]
}

fn transpose(map: &ElementMap, mut ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let rank = ranges.len();
    let (one, other) = (map.axis("axis0", rank), map.axis("axis1", rank));
    if one < rank && other < rank {
        ranges.swap(one, other);
    }
    vec![(ranges, uses)]
}

fn select(map: &ElementMap, mut ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let axis = map.axis("axis", map.input.len());
    let index = map.size("index").zip(map.input.get(axis));
    let index = index.map(|(index, extent)| map.counted(index, extent));
    ranges.insert(axis.min(ranges.len()), index.map(|index| (index.clone(), index + 1)));
    vec![(ranges, uses)]
}

fn slice(map: &ElementMap, mut ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let axis = map.axis("axis", ranges.len());
    let (Some(extent), Some(result)) = (map.input.get(axis), map.result().get(axis)) else {
        return map.somewhere(&ranges, uses);
    };
    let start = map.size("start").map_or(Size::from(0), |start| map.counted(start, extent));
    let stop = map.size("stop").map_or(extent.clone(), |stop| map.counted(stop, extent));
    if map.size("step").is_none_or(|step| step.as_number() == Some(1)) {
        return vec![(moved(ranges, axis, &start, result, extent), uses)];
    }
    // Every other entry of a range: it is known how many there are, not that they are neighbours.
    let uses = uses.spread(&volume(&ranges, map.result()));
    if let Some(range) = ranges.get_mut(axis) {
        *range = normal((start, stop), extent);
    }
    vec![(ranges, uses)]
}

/// A range of a part as a range of the whole, in which the part begins at `offset`.
fn moved(mut ranges: Ranges, axis: usize, offset: &Size, part: &Size, whole: &Size) -> Ranges {
    if let Some(range) = ranges.get_mut(axis) {
        let (start, stop) = range.take().unwrap_or_else(|| (Size::from(0), part.clone()));
        *range = normal((&start + offset, &stop + offset), whole);
    }
    ranges
}

/// A range; `None` where it is the whole axis.
fn normal(range: (Size, Size), extent: &Size) -> Range {
    (range.0.as_number() != Some(0) || range.1 != *extent).then_some(range)
}

fn part(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let axis = map.axis("axis", ranges.len());
    let (Some(extent), Some(result)) = (map.input.get(axis), map.result().get(axis)) else {
        return map.somewhere(&ranges, uses);
    };
    vec![(moved(ranges, axis, &map.offset(map.output), result, extent), uses)]
}

fn concat(map: &ElementMap, mut ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let axis = map.axis("axis", ranges.len());
    let Some(extent) = map.input.get(axis) else { return map.somewhere(&ranges, uses) };
    let offset = map.offset(map.slot);
    let Some(range) = ranges.get_mut(axis) else { return Vec::new() };
    let Some(joined) = range.take() else { return vec![(ranges, uses)] };
    match clipped((&joined.0 - &offset, &joined.1 - &offset), extent, map.judge) {
        Some(inside) => *range = normal(inside, extent),
        None => return Vec::new(),
    }
    vec![(ranges, uses)]
}

/// What of a range lies on an axis, at the defaults.
fn clipped((start, stop): (Size, Size), extent: &Size, judge: AtDefaults) -> Option<(Size, Size)> {
    let start = if judge.size_at_defaults(&start) < 0 { Size::from(0) } else { start };
    let stop =
        if judge.size_at_defaults(&stop) > judge.size_at_defaults(extent) { extent.clone() } else { stop };
    (judge.size_at_defaults(&start) < judge.size_at_defaults(&stop)).then_some((start, stop))
}

fn stack(map: &ElementMap, mut ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let axis = map.axis("axis", ranges.len());
    if axis >= ranges.len() {
        return Vec::new();
    }
    let place = i128::try_from(map.slot).unwrap_or(i128::MAX);
    let holds = ranges.remove(axis).is_none_or(|(start, stop)| {
        (map.judge.size_at_defaults(&start)..map.judge.size_at_defaults(&stop)).contains(&place)
    });
    if holds { vec![(ranges, uses)] } else { Vec::new() }
}

fn pad(map: &ElementMap, mut ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let sides = map.sizes("pad");
    let axes = ranges.iter_mut().zip(map.result()).zip(map.input).rev();
    for (((range, result), extent), sides) in axes.zip(sides.chunks(2)) {
        let before = sides.first().cloned().unwrap_or(Size::from(0));
        let (start, stop) = range.take().unwrap_or_else(|| (Size::from(0), result.clone()));
        match clipped((&start - &before, &stop - &before), extent, map.judge) {
            Some(inside) => *range = normal(inside, extent),
            None => return Vec::new(),
        }
    }
    vec![(ranges, uses)]
}

/// An axis of 1 that is repeated, or a new axis, multiplies the uses by its length.
fn expand(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let (input, result) = (map.input, map.result());
    let new = result.len().saturating_sub(input.len());
    let mut repeats = Count::ONE;
    let mut back = Vec::new();
    for (axis, (range, dim)) in ranges.into_iter().zip(result).enumerate() {
        let old = axis.checked_sub(new).and_then(|axis| input.get(axis));
        if old == Some(dim) {
            back.push(range);
            continue;
        }
        repeats = repeats * length(&range, dim);
        if old.is_some() {
            back.push(None);
        }
    }
    vec![(back, uses.gathered(&repeats))]
}

/// Entries picked by a constant list each as often as they stand in it; by a tensor, every one at every look-up.
fn gather(map: &ElementMap, ranges: Ranges, uses: Uses) -> Vec<(Ranges, Uses)> {
    let (input, axis) = (map.input, map.axis("axis", map.input.len()));
    let after = input.len().saturating_sub(axis).saturating_sub(1);
    let (Some(extent), Some(end)) = (input.get(axis), ranges.len().checked_sub(after)) else {
        return map.somewhere(&ranges, uses);
    };
    let (Some(before), Some(picked), Some(behind)) =
        (ranges.get(..axis), ranges.get(axis..end), ranges.get(end..))
    else {
        return map.somewhere(&ranges, uses);
    };
    let with = |range: Range| -> Ranges {
        before.iter().cloned().chain([range]).chain(behind.iter().cloned()).collect()
    };
    let constant = map.sizes("indices");
    if constant.is_empty() {
        let looked_up = volume(picked, map.result().get(axis..end).unwrap_or(&[]));
        let uneven = uses.uneven.map(|(least, total)| (least, total * Count::from(extent)));
        return vec![(with(None), Uses { uneven, ..uses }.gathered(&looked_up))];
    }
    if picked.iter().any(Option::is_some) || uses.uneven.is_some() {
        return map.somewhere(&ranges, uses);
    }
    let places: Vec<i128> =
        constant.into_iter().map(|index| map.judge.size_at_defaults(&map.counted(index, extent))).collect();
    let region = |(start, stop, times)| {
        let range = normal((Size::from(start), Size::from(stop)), extent);
        (with(range), uses.clone().gathered(&Count::from(times)))
    };
    runs(places).into_iter().map(region).collect()
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
    let (input, result) = (map.input, map.result());
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
