//! What each kind of layer does to the axes of what it is sent: tables.
//!
//! Main function: [`applied`].

use super::super::AtDefaults;
use super::super::data_movement::axis;
use super::reach::{Reach, Resizing, Slide, Steps};
use super::{Axis, ReceptiveField};
use crate::ir::{Attribute, Operation, Size, Window};

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
    pub extents: Vec<i128>,
    /// True for integers, which are looked up.
    pub is_index: bool,
}

/// From the axes of what is sent first to the result's; `None` where all are mixed.
type Rule = fn(&Step, &[Axis]) -> Option<Vec<Axis>>;

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

/// Layers that act on each entry by itself, or on each channel with what was learned of it.
const POINTWISE: &[&str] = &[
    "ReLU",
    "ReLU6",
    "LeakyReLU",
    "PReLU",
    "ELU",
    "SELU",
    "CELU",
    "GELU",
    "SiLU",
    "Mish",
    "Sigmoid",
    "LogSigmoid",
    "Tanh",
    "Hardswish",
    "Hardsigmoid",
    "Hardtanh",
    "Softplus",
    "Softsign",
    "Abs",
    "Neg",
    "Exp",
    "Log",
    "Sqrt",
    "Square",
    "Sin",
    "Cos",
    "Clamp",
    "Identity",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "AlphaDropout",
    "DropPath",
    "BatchNorm",
    "Scale",
];

/// Layers that meet their inputs entry by entry.
const MERGING: &[&str] = &["Add", "Sub", "Mul", "Div", "Maximum", "Average"];

/// Layers with a rule of their own. A layer that is in no table mixes every axis.
const RULES: &[(&str, Rule)] = &[
    ("LocalResponseNorm", first_axis),
    ("ChannelShuffle", first_axis),
    ("LayerNorm", normalised),
    ("RMSNorm", normalised),
    ("Softmax", along_axis),
    ("LogSoftmax", along_axis),
    ("GLU", along_axis),
    ("Normalize", along_axis),
    ("Split", along_axis),
    ("Chunk", along_axis),
    ("Linear", last_axis),
    ("Permute", permuted),
    ("Transpose", transposed),
    ("Unsqueeze", unsqueezed),
    ("Squeeze", squeezed),
    ("Select", selected),
    ("Slice", sliced),
    ("Pad", padded),
    ("Upsample", upsampled),
    ("PixelShuffle", shuffled),
    ("PixelUnshuffle", unshuffled),
];

/// Of these, the ones whose result has other axes, none of them spatial.
const REARRANGING: &[&str] = &["Permute", "Transpose", "Unsqueeze", "Squeeze", "Select", "Linear"];

/// What a layer's first result depends on.
pub(super) fn applied(step: &Step) -> View {
    let Step { operation, sent, outputs, .. } = *step;
    let seen: Vec<&Sent> = sent.iter().filter(|sent| *sent.view != View::Free).collect();
    if seen.is_empty() {
        return View::Free;
    }
    if MERGING.contains(&operation.kind.name()) {
        return step.merged(&seen);
    }
    if operation.kind.name() == "Concat" {
        return step.concatenated(&seen);
    }
    let (View::Seen { axes, spatial }, [_]) =
        (seen.first().map_or(&View::Free, |sent| sent.view), seen.as_slice())
    else {
        return step.mixed(0);
    };
    if let Some(window) = operation.window.as_ref().filter(|_| outputs.len() == axes.len()) {
        return step.windowed(axes, window);
    }
    if POINTWISE.contains(&operation.kind.name()) {
        return View::Seen { axes: axes.clone(), spatial: *spatial };
    }
    if operation.kind.name() == "Embedding" && sent.iter().all(|sent| sent.is_index) {
        let axes = axes.iter().cloned().chain([Axis::Whole]).collect();
        return View::Seen { axes, spatial: 0 };
    }
    let spatial = if REARRANGING.contains(&operation.kind.name()) { 0 } else { *spatial };
    let rule = RULES.iter().find(|(kind, _)| *kind == operation.kind.name()).map(|(_, rule)| rule);
    match rule.and_then(|rule| rule(step, axes)).filter(|axes| axes.len() == outputs.len()) {
        Some(axes) => View::Seen { axes, spatial },
        None => step.mixed(if outputs.len() == axes.len() { spatial } else { 0 }),
    }
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

    fn axis(&self, name: &str, rank: usize) -> usize {
        axis(self.operation, name, rank)
    }

    fn number(&self, name: &str) -> Option<i64> {
        let size = self.operation.argument(name).and_then(Attribute::as_size)?;
        i64::try_from(self.judge.size_at_defaults(size)).ok()
    }

    fn extents(&self) -> &[i128] {
        self.sent.first().map_or(&[], |sent| &sent.extents)
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
        let along = self.axis("axis", rank);
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

fn with(axes: &[Axis], at: usize, axis: Axis) -> Option<Vec<Axis>> {
    let mut axes = axes.to_vec();
    *axes.get_mut(at)? = axis;
    Some(axes)
}

fn first_axis(_: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    with(axes, 0, Axis::Whole)
}

fn last_axis(_: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    with(axes, axes.len().checked_sub(1)?, Axis::Whole)
}

fn along_axis(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    with(axes, step.axis("axis", axes.len()), Axis::Whole)
}

/// The axes that are normalised: those of `normalized_shape`, or the one that is named.
fn normalised(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    match step.operation.argument("normalized_shape") {
        Some(Attribute::List(shape)) => {
            let kept = axes.len().checked_sub(shape.len())?;
            Some(axes.iter().take(kept).cloned().chain(vec![Axis::Whole; shape.len()]).collect())
        }
        Some(Attribute::Size(_)) => last_axis(step, axes),
        _ => along_axis(step, axes),
    }
}

fn permuted(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let Some(Attribute::List(order)) = step.operation.argument("axes") else { return None };
    let rank = i128::try_from(axes.len()).ok()?;
    let from =
        |axis: &Attribute| axes.get(usize::try_from(axis.as_integer()?.checked_rem_euclid(rank)?).ok()?);
    order.iter().map(|axis| from(axis).cloned()).collect()
}

fn transposed(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let (one, other) = (step.axis("axis0", axes.len()), step.axis("axis1", axes.len()));
    let mut axes = axes.to_vec();
    (one < axes.len() && other < axes.len()).then(|| axes.swap(one, other))?;
    Some(axes)
}

fn unsqueezed(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let at = step.axis("axis", axes.len().saturating_add(1));
    let mut axes = axes.to_vec();
    (at <= axes.len()).then(|| axes.insert(at, Axis::Whole))?;
    Some(axes)
}

/// Axes of one entry taken away.
fn squeezed(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let named = step.operation.argument("axis").and_then(Attribute::as_integer);
    let at = named.map(|_| step.axis("axis", axes.len()));
    let goes = |(place, extent): (usize, i128)| extent == 1 && at.is_none_or(|at| at == place);
    let kept = axes.iter().zip(step.extents()).enumerate();
    Some(
        kept.filter(|(place, (_, extent))| !goes((*place, **extent)))
            .map(|(_, (axis, _))| axis.clone())
            .collect(),
    )
}

fn selected(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let at = step.axis("axis", axes.len());
    let mut axes = axes.to_vec();
    (at < axes.len()).then(|| axes.remove(at))?;
    Some(axes)
}

fn sliced(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let at = step.axis("axis", axes.len());
    let extent = i64::try_from(*step.extents().get(at)?).ok()?;
    let start = step.number("start").unwrap_or(0);
    let start = if start < 0 { start.saturating_add(extent) } else { start };
    let stride = step.number("step").unwrap_or(1);
    let slide = Slide { kernel: 1, stride, dilation: 1, before: start.saturating_neg() };
    with(axes, at, step.read(axes.get(at)?, Steps::sliding(slide)))
}

fn padded(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let Some(Attribute::List(sides)) = step.operation.argument("pad") else { return None };
    let judged = |side: &Attribute| i64::try_from(step.judge.size_at_defaults(side.as_size()?)).ok();
    let mut axes = axes.to_vec();
    for (axis, sides) in axes.iter_mut().rev().zip(sides.chunks(2)) {
        let before = judged(sides.first()?)?;
        *axis = step.read(axis, Steps::sliding(Slide { kernel: 1, stride: 1, dilation: 1, before }));
    }
    Some(axes)
}

/// Modes of resizing, and how a position reads the entries.
const MODES: &[(&str, Resizing)] = &[
    ("nearest", Resizing::Nearest),
    ("nearest-exact", Resizing::NearestMiddle),
    ("linear", Resizing::Between(1)),
    ("bilinear", Resizing::Between(1)),
    ("trilinear", Resizing::Between(1)),
    ("bicubic", Resizing::Between(2)),
    ("area", Resizing::Covering),
];

fn upsampled(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let Some(Attribute::Text(mode)) = step.operation.argument("mode") else { return None };
    let corners = step.operation.argument("align_corners") == Some(&Attribute::Flag(true));
    let known = MODES.iter().find(|(known, _)| *known == &**mode).map(|(_, resizing)| *resizing)?;
    let resizing = if corners && known == Resizing::Between(1) { Resizing::Corners } else { known };
    if corners && resizing != Resizing::Corners {
        return None;
    }
    let resized =
        axes.iter().zip(step.extents().iter().zip(step.outputs)).skip(1).map(|(axis, (from, to))| {
            let (from, to) = (i64::try_from(*from).ok(), i64::try_from(*to).ok());
            step.read(
                axis,
                from.zip(to).and_then(|(from, to)| Steps::resizing(from, to, resizing, step.longest)),
            )
        });
    Some([Axis::Whole].into_iter().chain(resized).collect())
}

fn shuffled(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let factor = step.number("upscale_factor")?;
    patched(step, axes, || Steps::resizing(1, factor, Resizing::Nearest, step.longest))
}

fn unshuffled(step: &Step, axes: &[Axis]) -> Option<Vec<Axis>> {
    let factor = step.number("downscale_factor")?;
    patched(step, axes, || Steps::sliding(Slide { kernel: factor, stride: factor, dilation: 1, before: 0 }))
}

/// Height and width as these steps read them, the channels mixed.
fn patched(step: &Step, axes: &[Axis], steps: impl Fn() -> Option<Steps>) -> Option<Vec<Axis>> {
    let leading = axes.len().checked_sub(3)?;
    let kept = axes.iter().take(leading).cloned();
    let read = axes.iter().skip(leading.saturating_add(1)).map(|axis| step.read(axis, steps()));
    Some(kept.chain([Axis::Whole]).chain(read).collect())
}
