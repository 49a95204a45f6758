//! `dead-kernel-taps`: weights of convolutions that only ever meet padding.

use std::collections::BTreeMap;

use foldhash::{HashSet, HashSetExt};

use crate::diagnostic::Diagnostic;
use crate::ir::{Family, Node, NodeId, WeightId};
use crate::lint::context::{LintContext, Slide, grouped, percent, several};
use crate::lint::kinds::is_convolution;
use crate::lint::{Category, Check, Level, Rule, Threshold};

static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 1,
    doc: "the least share of the model's parameters that is dead, in per cent",
};

/// Larger kernels are not counted tap by tap.
const MOST_TAPS: i128 = 1 << 16;

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dead-kernel-taps",
    category: Category::Correctness,
    level: Level::Warn,
    summary: "weights of convolutions that only ever read padding",
    proves: "\
For a tap j of a zero-padded convolution there is no output position o for which it reads the input: none with \
0 ≤ o·stride − pad + j·dilation < n. Its weights are multiplied by nothing but zeros. A shared tensor's tap is dead only \
if it is so wherever the tensor is used. Said from 1% of the model's parameters; silent where a size is symbolic or the \
padding is not zeros.",
    why: "\
The weights are stored, sent and initialised, and get no gradient. Nearly always a network made for large images was put \
on small ones: on a 1×1 map, eight of a 3×3 kernel's nine taps lie in the padding.",
    fires: &[
        "\
model TooDeep {
    input image: [3, 8, 8]
    x = image -> Conv2d(16, kernel=3, stride=2, pad=1) -> ReLU
    x = x -> Conv2d(32, kernel=3, stride=2, pad=1) -> ReLU
    x = x -> Conv2d(64, kernel=3, stride=2, pad=1) -> ReLU
    x = x -> Conv2d(64, kernel=3, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model FarApart {
    input x: [16, 4]
    output y = x -> Conv1d(16, kernel=17, pad=8) -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
        "\
model OnePerCent {
    input x: [10, 1]
    output y = x -> Conv1d(10, kernel=3, pad=1, bias=false) -> ReLU -> Flatten -> Linear(1970, bias=false)
}
",
    ],
    clean: &[
        "\
model TooDeep {
    input image: [3, 16, 16]
    x = image -> Conv2d(16, kernel=3, stride=2, pad=1) -> ReLU
    x = x -> Conv2d(32, kernel=3, stride=2, pad=1) -> ReLU
    x = x -> Conv2d(64, kernel=3, stride=2, pad=1) -> ReLU
    x = x -> Conv2d(64, kernel=3, pad=1) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model UnderOnePerCent {
    input x: [10, 1]
    output y = x -> Conv1d(10, kernel=3, pad=1, bias=false) -> ReLU -> Flatten -> Linear(1971, bias=false)
}
",
        "\
model AliveElsewhere {
    input small: [8, 1]
    input large: [8, 9]
    layer shared = Conv1d(8, kernel=3, pad=1)
    a = small -> shared -> ReLU -> GlobalAvgPool
    b = large -> shared -> ReLU -> GlobalAvgPool
    output y = a + b -> Linear(10)
}
",
        "\
model Mirrored {
    input x: [16, 9]
    output y = x -> Conv1d(16, kernel=17, pad=8, padding_mode=\"reflect\") -> ReLU -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "\
Give the network images of the size that it was made for, or stride less in its first layers (for 32×32 images a ResNet \
begins with a 3×3 convolution without stride or pool), or take smaller kernels where the map is small.",
    exceptions: "The bottleneck of pix2pix's U-Net, which is 1×1 on purpose.",
    source: "Arithmetic; Nikanjam et al. 2021, \"NeuraLint\", on maps that shrink too far",
    thresholds: &[&SHARE],
    check: Check::Model(check),
};

/// Which taps of a kernel are alive, axis by axis.
type Live = Vec<Vec<bool>>;

/// What is known of a kernel over all its uses.
struct Kernel<'m> {
    first: (NodeId, &'m Node),
    elements: u128,
    /// The different ways in which its uses leave taps alive; `None` where one use is not known.
    uses: Option<HashSet<Live>>,
}

impl Kernel<'_> {
    /// The taps that no use leaves alive, and all taps.
    fn dead(&self) -> Option<(u128, u128)> {
        let uses: Vec<&Live> = self.uses.as_ref()?.iter().collect();
        let taps = |of: &Live| of.iter().try_fold(1u128, |all, axis| all.checked_mul(axis.len() as u128));
        let all = taps(uses.first()?)?;
        let alive = match uses[..] {
            [only] => only.iter().try_fold(1u128, |all, axis| all.checked_mul(live_taps(axis)))?,
            _ => (0..all).filter(|tap| uses.iter().any(|live| is_live(live, *tap))).count() as u128,
        };
        Some((all.checked_sub(alive)?, all))
    }

    fn dead_weights(&self) -> u128 {
        let dead = self.dead().and_then(|(dead, all)| self.elements.checked_mul(dead)?.checked_div(all));
        dead.unwrap_or(0)
    }
}

fn live_taps(axis: &[bool]) -> u128 {
    axis.iter().filter(|live| **live).count() as u128
}

/// Whether a tap, counted through all axes, is alive.
fn is_live(live: &Live, tap: u128) -> bool {
    let mut rest = tap;
    live.iter().rev().all(|axis| {
        let taps = (axis.len() as u128).max(1);
        let at = rest.checked_rem(taps).unwrap_or(0);
        rest = rest.checked_div(taps).unwrap_or(0);
        axis.get(at as usize) == Some(&true)
    })
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    // Of most models no kernel reaches that far beyond the border.
    if !convolutions(model).any(|(id, node)| may_be_dead(model, id, node)) {
        return Vec::new();
    }
    finding(model).into_iter().collect()
}

fn finding(model: &LintContext) -> Option<Diagnostic> {
    let kernels = kernels(model);
    let dead = kernels.values().map(Kernel::dead_weights).try_fold(0u128, u128::checked_add)?;
    let weights = kernels.values().map(|kernel| kernel.elements).try_fold(0u128, u128::checked_add)?;
    let parameters = model.number(&model.analysis().totals.parameters)?;
    if dead == 0 || dead.checked_mul(100)? < parameters.checked_mul(model.limit(&SHARE))? {
        return None;
    }
    let layers = kernels.values().filter(|kernel| kernel.dead_weights() > 0).count();
    // Of equally bad ones the first: keys are in order of declaration.
    let worst = kernels.values().rev().max_by_key(|kernel| kernel.dead_weights())?;
    let (id, node) = worst.first;
    let (dead_taps, taps) = worst.dead()?;
    let extents = model.input_extents(id)?;
    let axes = node.operation.window.as_ref()?.axes.len();
    let map: Vec<_> = extents.iter().rev().take(axes).rev().map(|extent| grouped(*extent)).collect();
    let message = format!(
        "{} of {} convolution weights are dead ({}): they only ever read padding",
        grouped(dead),
        grouped(weights),
        percent(dead, weights)
    );
    let finding = RULE
        .finding(node.origin, message)
        .label(format!(
            "`{}` has {} of its {} taps beyond the border: its input is {}",
            node.path,
            grouped(dead_taps),
            grouped(taps),
            if map.len() == 1 { format!("{} long", map.join("")) } else { map.join(" × ") }
        ))
        .help("a larger input, less stride before it, or a smaller kernel")
        .note(format!("{} have dead taps, this one the most", several(layers, "layer")));
    Some(if layers > 1 { finding } else { Diagnostic { notes: Vec::new(), ..finding } })
}

fn convolutions<'m>(model: &LintContext<'m>) -> impl Iterator<Item = (NodeId, &'m Node)> {
    let family = model.nodes_of(|kind| kind.family() == Some(Family::Convolution));
    family.filter(|(_, node)| is_convolution(node))
}

/// False where all taps of a convolution certainly read its input at some position.
fn may_be_dead(model: &LintContext, id: NodeId, node: &Node) -> bool {
    let is_padded = node.operation.window.as_ref().is_some_and(|window| window.zero_padded);
    is_padded
        && !model.sliding(id).is_some_and(|axes| axes.iter().all(|slide| lies_inside(slide) == Some(true)))
}

/// Whether the first window that begins inside the input ends inside it too.
fn lies_inside(slide: &Slide) -> Option<bool> {
    let taps = &slide.taps;
    let position = match (taps.before, taps.stride) {
        (0, _) => 0,
        (before, 1) => before,
        (before, stride) => before.checked_add(stride.checked_sub(1)?)?.checked_div(stride)?,
    };
    let start = position.checked_mul(taps.stride)?.checked_sub(taps.before)?;
    let end = start.checked_add(taps.span()?)?;
    Some((0..slide.positions).contains(&position) && end <= slide.extent)
}

/// The kernel of every convolution, with how each use leaves it.
fn kernels<'m>(model: &LintContext<'m>) -> BTreeMap<WeightId, Kernel<'m>> {
    let mut kernels: BTreeMap<WeightId, Kernel> = BTreeMap::new();
    for (id, node) in convolutions(model) {
        // A separable convolution's second kernel is 1×1: never dead, but one of the weights.
        for (number, weight) in node.weights.iter().enumerate() {
            let shape = model.graph.weight(*weight).map(|weight| &weight.shape);
            let Some(shape) = shape.filter(|shape| shape.rank() > 2) else { continue };
            let live = if number == 0 { live(model, id, node) } else { None };
            let kernel = kernels.entry(*weight).or_insert_with(|| Kernel {
                first: (id, node),
                elements: shape.elements().as_number().unwrap_or(0),
                uses: Some(HashSet::new()),
            });
            kernel.uses = match (kernel.uses.take(), live) {
                (Some(mut uses), Some(live)) => {
                    uses.insert(live);
                    Some(uses)
                }
                _ => None,
            };
        }
    }
    kernels
}

/// The taps of a convolution that read its input at some position; `None` where that is not known.
fn live(model: &LintContext, id: NodeId, node: &Node) -> Option<Live> {
    node.operation.window.as_ref().filter(|window| window.zero_padded && !window.transposed)?;
    if model.graph.type_of(model.first_port(id)?)?.shape.is_symbolic() {
        return None;
    }
    model.sliding(id)?.iter().map(live_on_axis).collect()
}

fn live_on_axis(slide: &Slide) -> Option<Vec<bool>> {
    let taps = &slide.taps;
    if taps.kernel > MOST_TAPS {
        return None;
    }
    // The positions o with 0 ≤ o·s − p + j·d < n lie between two bounds; the tap is alive if there is one.
    let alive = |tap: i128| {
        let offset = tap.checked_mul(taps.dilation)?.checked_sub(taps.before)?;
        let first = offset.checked_neg()?.max(0).checked_add(taps.stride.checked_sub(1)?)?;
        let first = first.checked_div(taps.stride)?;
        let room = slide.extent.checked_sub(1)?.checked_sub(offset)?;
        let last = if room < 0 { -1 } else { room.checked_div(taps.stride)? };
        Some(first <= last.min(slide.positions.checked_sub(1)?))
    };
    (0..taps.kernel).map(alive).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::kinds::Taps;

    #[test]
    fn where_a_window_lies_inside_no_tap_is_dead() {
        let mut inside = 0;
        for case in 0..5 * 6 * 3 * 4 * 4 * 4 {
            let of = |below: i128, range: i128| case / below % range;
            let (extent, kernel, stride) = (of(1, 5) + 1, of(5, 6) + 1, of(30, 3) + 1);
            let (dilation, before, after) = (of(90, 4) + 1, of(360, 4), of(1440, 4));
            let taps = Taps { kernel, stride, dilation, before, after };
            let Some(positions) = taps.positions(extent).filter(|positions| *positions > 0) else { continue };
            let slide = Slide { taps, extent, positions };
            if lies_inside(&slide) == Some(true) {
                inside += 1;
                assert!(
                    live_on_axis(&slide).is_some_and(|live| live.iter().all(|alive| *alive)),
                    "{slide:?}"
                );
            }
        }
        assert!(inside > 100, "{inside}");
    }
}
