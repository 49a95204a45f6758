//! What a layer does to the axes of what it is sent, by the map that it declares.
//!
//! Main function: [`applied`].

use super::super::AtDefaults;
use super::reach::{Reach, Resizing, Slide, Steps};
use super::{Axis, ReceptiveField};
use crate::ir::axes::{self, Link};
use crate::ir::{Axes, AxisMap, Connection, Operation, Shape, Size, Window};

/// What is known of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum View {
    /// It depends on no input.
    Free,
    /// What it depends on, axis by axis, and how many of the last axes are spatial.
    Seen { axes: Vec<Axis>, spatial: usize },
}

impl View {
    /// An input, of so many axes.
    pub fn of_input(rank: usize) -> View {
        View::Seen { axes: vec![Axis::Field(Reach::identity()); rank], spatial: 0 }
    }

    pub fn receptive_field(self) -> Option<ReceptiveField> {
        match self {
            View::Seen { axes, spatial } if spatial > 0 => {
                let spatial = axes.len().saturating_sub(spatial);
                Some(ReceptiveField { axes: axes.into_iter().skip(spatial).collect() })
            }
            _ => None,
        }
    }

    /// The positions of periods longer than 1 that were worked out, taps counted one by one.
    pub fn work(&self, operation: &Operation) -> u64 {
        let View::Seen { axes, .. } = self else { return 0 };
        let kernels = operation
            .window
            .iter()
            .flat_map(|window| &window.axes)
            .filter_map(|axis| axis.kernel.as_number());
        let taps = kernels.max().and_then(|taps| u64::try_from(taps).ok()).unwrap_or(1);
        let periods = axes.iter().map(|axis| if let Axis::Field(reach) = axis { reach.period() } else { 1 });
        let longer = periods.filter(|period| *period > 1).filter_map(|period| u64::try_from(period).ok());
        longer.fold(0, u64::saturating_add).saturating_mul(taps)
    }

    fn spatial(&self) -> usize {
        if let View::Seen { spatial, .. } = self { *spatial } else { 0 }
    }
}

/// A tensor that is sent to a layer.
pub(super) struct Sent<'a> {
    pub view: &'a View,
    pub shape: &'a Shape,
    pub extents: Vec<i128>,
}

/// A layer and what it is sent.
pub(super) struct Step<'a> {
    /// What the layer does.
    pub operation: &'a Operation,
    /// What it is sent.
    pub sent: &'a [Sent<'a>],
    /// The extents of its first result.
    pub outputs: &'a [i128],
    /// The symbolic sizes' defaults.
    pub judge: AtDefaults<'a>,
    /// The longest period that is followed.
    pub longest: i64,
}

/// What a layer's first result depends on.
pub(super) fn applied(step: &Step) -> View {
    let Step { operation, sent, outputs, .. } = *step;
    let seen: Vec<(usize, &Sent)> =
        sent.iter().enumerate().filter(|(_, sent)| *sent.view != View::Free).collect();
    if seen.is_empty() {
        return View::Free;
    }
    let several: Vec<&Sent> = seen.iter().map(|(_, sent)| *sent).collect();
    let is_of_result_rank = |sent: &&Sent| sent.extents.len() == outputs.len();
    match operation.layer().map(|layer| layer.axes) {
        Some(Axes::Broadcast) => return step.merged(&several),
        Some(Axes::Joined(_)) if several.iter().all(is_of_result_rank) => return step.concatenated(&several),
        _ => {}
    }
    let [(slot, Sent { view: View::Seen { axes, spatial }, .. })] = seen.as_slice() else {
        return step.mixed(0);
    };
    if let Some(window) = operation.window.as_ref().filter(|_| outputs.len() == axes.len()) {
        return step.windowed(axes, window);
    }
    let Some(layer) = operation.layer() else { return step.mixed(0) };
    let shapes: Vec<&Shape> = sent.iter().map(|sent| sent.shape).collect();
    let connection = Connection { operation, inputs: &shapes, input: *slot, output: 0 };
    // Positions stay where they are, unless the axes have another order or the last is one of features.
    let moves_positions = matches!(layer.axes, Axes::Reordered(_) | Axes::Features(_));
    let spatial = if outputs.len() == axes.len() && !moves_positions { *spatial } else { 0 };
    View::Seen { axes: step.linked(axes, &layer.axes.map(&connection)), spatial }
}

impl Step<'_> {
    /// Every entry depends on every entry.
    fn mixed(&self, spatial: usize) -> View {
        View::Seen { axes: vec![Axis::Whole; self.outputs.len()], spatial }
    }

    /// An axis as these steps read it.
    fn read(&self, axis: &Axis, steps: Option<Steps>) -> Axis {
        match (axis, steps) {
            (Axis::Field(reach), Some(steps)) => {
                reach.read_by(&steps, self.longest).map_or(Axis::Whole, Axis::Field)
            }
            _ => Axis::Whole,
        }
    }

    /// The result's axes, each as its link to one of the input's axes says.
    fn linked(&self, axes: &[Axis], map: &AxisMap) -> Vec<Axis> {
        (0..self.outputs.len()).map(|at| self.link(axes, map, at).unwrap_or(Axis::Whole)).collect()
    }

    /// One axis of the result; `None` where it is no axis of the input, or mixes all of one.
    fn link(&self, axes: &[Axis], map: &AxisMap, at: usize) -> Option<Axis> {
        let (first, inner) = map.result_factors(at)?.split_first()?;
        let axis = (0..axes.len())
            .find(|axis| map.input_factors(*axis).is_some_and(|own| own.first() == Some(first)))?;
        let (_, own_inner) = map.input_factors(axis)?.split_first()?;
        let factor = map.factors.get(*first)?;
        let number = |size: &Size| i64::try_from(self.judge.size_at_defaults(size)).ok();
        let steps = match &factor.link {
            Link::Same | Link::Statistics if inner == own_inner => return axes.get(axis).cloned(),
            // Parts of another axis lie between neighbours, or the other way about.
            Link::Same if own_inner.is_empty() => {
                Steps::resizing(1, self.product(map, inner)?, Resizing::Nearest, self.longest)
            }
            Link::Same if inner.is_empty() => {
                let kernel = self.product(map, own_inner)?;
                Steps::sliding(Slide { kernel, stride: kernel, dilation: 1, before: 0 })
            }
            Link::Sliced { start, step } => {
                let before = number(start)?.saturating_neg();
                Steps::sliding(Slide { kernel: 1, stride: number(step)?, dilation: 1, before })
            }
            Link::Placed { before, .. } => {
                Steps::sliding(Slide { kernel: 1, stride: 1, dilation: 1, before: number(before)? })
            }
            Link::Resized { by, corners, .. } => {
                let (from, to) = (number(&factor.input)?, number(&factor.result)?);
                Steps::resizing(from, to, resizing(*by, *corners)?, self.longest)
            }
            _ => return None,
        };
        Some(self.read(axes.get(axis)?, steps))
    }

    /// The product of the extents of factors.
    fn product(&self, map: &AxisMap, factors: &[usize]) -> Option<i64> {
        let extents = factors.iter().map(|factor| {
            let extent = &map.factors.get(*factor)?.result;
            i64::try_from(self.judge.size_at_defaults(extent)).ok()
        });
        extents.map(|extent| extent.unwrap_or(0)).try_fold(1i64, i64::checked_mul)
    }

    /// The last axes under a window; what it slides over is spatial from here on, the channels are mixed.
    fn windowed(&self, axes: &[Axis], window: &Window) -> View {
        let spatial = window.axes.len();
        let Some(leading) = axes.len().checked_sub(spatial) else { return self.mixed(0) };
        let judge = |size: &Size| i64::try_from(self.judge.size_at_defaults(size)).ok();
        let slide = |axis: &crate::ir::WindowAxis| {
            Some(Slide {
                kernel: judge(&axis.kernel)?,
                stride: judge(&axis.stride)?,
                dilation: judge(&axis.dilation)?,
                before: judge(&axis.before)?,
            })
        };
        let steps = |axis| {
            let slide = slide(axis)?;
            if window.transposed { Steps::spreading(slide, self.longest) } else { Steps::sliding(slide) }
        };
        let slid =
            axes.iter().skip(leading).zip(&window.axes).map(|(axis, window)| self.read(axis, steps(window)));
        let channels = leading.saturating_sub(1);
        let kept = axes.iter().take(leading).enumerate();
        let kept = kept.map(|(at, axis)| if at == channels { Axis::Whole } else { axis.clone() });
        View::Seen { axes: kept.chain(slid).collect(), spatial }
    }

    /// Inputs that meet entry by entry, the last axes with the last.
    fn merged(&self, seen: &[&Sent]) -> View {
        let rank = self.outputs.len();
        let axes = (0..rank).map(|at| {
            let extent = self.outputs.get(at).copied().unwrap_or(1);
            joined(seen.iter().map(|sent| met(sent, at, rank, extent)))
        });
        let spatial = seen.iter().map(|sent| sent.view.spatial()).max().unwrap_or(0);
        View::Seen { axes: axes.collect(), spatial: spatial.min(rank) }
    }

    /// Inputs beside each other along an axis.
    fn concatenated(&self, seen: &[&Sent]) -> View {
        let rank = self.outputs.len();
        let named = self.operation.argument("axis").and_then(|axis| axis.as_axis(rank));
        let along = named.unwrap_or(0);
        let axes = (0..rank).map(|at| {
            if at == along {
                return Axis::Whole;
            }
            joined(seen.iter().map(|sent| met(sent, at, rank, self.outputs.get(at).copied().unwrap_or(1))))
        });
        let spatial = seen.iter().map(|sent| sent.view.spatial()).max().unwrap_or(0);
        View::Seen { axes: axes.collect(), spatial: spatial.min(rank) }
    }
}

/// An input's axis as it meets a result's; one that is repeated along the result depends on all that it depends on.
fn met(sent: &Sent, at: usize, rank: usize, extent: i128) -> Axis {
    let View::Seen { axes, .. } = sent.view else { return Axis::Whole };
    let own = axes.len().checked_add(at).and_then(|sum| sum.checked_sub(rank));
    match own.and_then(|own| Some((axes.get(own)?, sent.extents.get(own)?))) {
        Some((axis, own)) if *own == extent => axis.clone(),
        _ => Axis::Whole,
    }
}

fn joined(mut axes: impl Iterator<Item = Axis>) -> Axis {
    let first = axes.next().unwrap_or(Axis::Whole);
    axes.fold(first, |one, other| match (one, other) {
        (Axis::Field(one), Axis::Field(other)) => one.joined(&other).map_or(Axis::Whole, Axis::Field),
        _ => Axis::Whole,
    })
}

/// How a resized axis is read; a cubic between corners that stay is not followed.
fn resizing(by: axes::Resizing, corners: bool) -> Option<Resizing> {
    match (by, corners) {
        (axes::Resizing::Nearest, _) => Some(Resizing::Nearest),
        (axes::Resizing::NearestExact, _) => Some(Resizing::NearestMiddle),
        (axes::Resizing::Linear, false) => Some(Resizing::Between(1)),
        (axes::Resizing::Linear, true) => Some(Resizing::Corners),
        (axes::Resizing::Cubic, false) => Some(Resizing::Between(2)),
        (axes::Resizing::Cubic, true) => None,
        (axes::Resizing::Area, _) => Some(Resizing::Covering),
    }
}
