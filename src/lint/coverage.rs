//! Which entries of a tensor the windows that slide over it read.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::context::Reader;
use super::context::{LintContext, Slide};
use crate::ir::{Node, NodeId};

/// Longer axes are not counted entry by entry.
const LONGEST: i128 = 1 << 20;

/// One past the last entry that a window reads.
pub(super) fn end(slide: &Slide) -> Option<i128> {
    let last = slide.positions.checked_sub(1)?.checked_mul(slide.taps.stride)?;
    last.checked_add(slide.taps.span()?)?.checked_sub(slide.taps.before)
}

/// The entries after the last window, where they are more than the stride steps over between any two; else 0.
pub(super) fn left_over(slide: &Slide) -> Option<i128> {
    let left = slide.extent.checked_sub(end(slide)?)?.max(0);
    let stepped = slide.taps.stride.checked_sub(slide.taps.span()?)?.max(0);
    Some(if left > stepped { left } else { 0 })
}

/// True where a window of the model slides along an axis in a way that is meant.
pub(super) fn slides_anywhere(model: &LintContext, is_meant: impl Fn(&Slide) -> bool) -> bool {
    let mut windows = model.nodes_of(|kind| kind.has_window);
    windows.any(|(id, _)| model.sliding(id).is_some_and(|axes| axes.iter().any(&is_meant)))
}

/// False where the stride certainly steps over no entry between two positions.
pub(super) fn may_step_over(slide: &Slide) -> bool {
    let taps = &slide.taps;
    let in_steps = taps.stride > 1 && slide.positions > 1 && slide.extent <= LONGEST;
    in_steps && (taps.dilation != 1 || taps.kernel < taps.stride)
}

/// Which entries lie under a tap at some position, where the stride steps over others between two positions. `None`
/// where it steps over none.
pub(super) fn stepped(slide: &Slide) -> Option<Vec<bool>> {
    if !may_step_over(slide) {
        return None;
    }
    let taps = &slide.taps;
    let period = usize::try_from(taps.stride).ok()?;
    let mut under_tap = vec![false; period];
    for tap in 0..taps.kernel.min(taps.stride) {
        let at = tap.checked_mul(taps.dilation)?.checked_rem(taps.stride)?;
        *under_tap.get_mut(usize::try_from(at).ok()?)? = true;
    }
    if under_tap.iter().all(|read| *read) {
        return None;
    }
    // What is left over at the end is the border's matter, where it is more than the stride steps over anywhere.
    let end = end(slide)?;
    let border_from = if left_over(slide)? > 0 { end } else { slide.extent };
    let is_read = |entry: i128| {
        // Past the last window a position more would read: there is none.
        if entry >= end {
            return Some(false);
        }
        let at = entry.checked_add(taps.before)?.checked_rem(taps.stride)?;
        under_tap.get(usize::try_from(at).ok()?).copied()
    };
    (0..slide.extent).map(|entry| if entry >= border_from { Some(true) } else { is_read(entry) }).collect()
}

/// A node that slides a window over a tensor.
pub(super) struct Sliding<'m> {
    /// The node.
    pub node: &'m Node,
    /// Its axes.
    pub axes: &'m [Slide],
}

/// All that read a tensor, where each of them slides a window over the same axes of it; `None` where one does not, or
/// nothing reads it, or the model gives it out.
pub(super) fn all_sliding<'m>(model: &LintContext<'m>, id: NodeId) -> Option<Vec<Sliding<'m>>> {
    let readers = model.readers(id);
    if readers.is_empty() || model.gives_output(id) {
        return None;
    }
    let windowed = |reader: &Reader| {
        let node = model.graph.node(reader.node)?;
        let window = node.operation.window.as_ref().filter(|window| !window.transposed)?;
        Some((node, window.axes.len()))
    };
    // A look at all of them first: most tensors have a reader that has no window.
    if !readers.iter().all(|reader| windowed(reader).is_some()) {
        return None;
    }
    let (_, axes) = windowed(readers.first()?)?;
    let sliding = readers.iter().map(|reader| {
        let (node, _) = windowed(reader)?;
        let axes = model.sliding(reader.node).filter(|slides| slides.len() == axes)?;
        Some(Sliding { node, axes })
    });
    sliding.collect()
}

/// The positions of a tensor, and those of them that no window reads because all step over them.
pub(super) fn stepped_over(readers: &[Sliding]) -> Option<(u128, u128)> {
    if readers.iter().any(|reader| !reader.axes.iter().any(may_step_over)) {
        return None;
    }
    let mut seen = HashSet::new();
    let distinct: Vec<_> =
        readers.iter().map(|reader| reader.axes).filter(|axes| seen.insert(*axes)).collect();
    let masks: Vec<Vec<Option<Vec<bool>>>> =
        distinct.iter().map(|axes| axes.iter().map(stepped).collect()).collect();
    let reads_all = |axes: &Vec<Option<Vec<bool>>>| axes.iter().all(Option::is_none);
    if masks.iter().any(reads_all) || masks.len() > u128::BITS as usize {
        return None;
    }
    // Along each axis, entries that the same windows read are alike: a set of windows, and how many entries it has.
    let mut combined: HashMap<u128, u128> = HashMap::from_iter([(u128::MAX, 1)]);
    let mut positions = 1u128;
    for (number, axis) in distinct.first()?.iter().enumerate() {
        let mut alike: HashMap<u128, u128> = HashMap::new();
        for entry in 0..usize::try_from(axis.extent).ok()? {
            let reads =
                |mask: &Option<Vec<bool>>| mask.as_ref().is_none_or(|mask| mask.get(entry) == Some(&true));
            let windows = masks.iter().zip(0u32..).filter(|(axes, _)| axes.get(number).is_some_and(reads));
            let set =
                windows.filter_map(|(_, window)| 1u128.checked_shl(window)).fold(0, |set, bit| set | bit);
            let count = alike.entry(set).or_default();
            *count = count.checked_add(1)?;
        }
        let mut next: HashMap<u128, u128> = HashMap::new();
        for (set, count) in &combined {
            for (other, entries) in &alike {
                let both = next.entry(set & other).or_default();
                *both = both.checked_add(count.checked_mul(*entries)?)?;
            }
        }
        combined = next;
        positions = positions.checked_mul(u128::try_from(axis.extent).ok()?)?;
    }
    Some((positions, combined.get(&0).copied().unwrap_or(0)))
}
