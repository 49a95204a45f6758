//! `dilation-gridding`: dilated convolutions that together see a grid with holes.

use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::ir::{Attribute, Family, Node, NodeId, Port};
use crate::lint::context::{LintContext, Slide, by_site, grouped, named};
use crate::lint::graph_index::index;
use crate::lint::kinds::axis;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "dilation-gridding",
    category: Category::Suspicious,
    level: Level::Note,
    summary: "dilated convolutions see a grid with holes between its points",
    proves: "\
Along one axis, the offsets that the result of a whole run of windows with stride 1 can reach, from where its resolution \
begins to where it ends, leave holes. Windows without dilation are part of the run, and where branches meet their offsets \
are taken together. Reaches of more than 4,096 entries are taken for whole.",
    why: "\
Neighbouring results read disjoint grids of the input: what lies in the holes cannot be seen, and the result shows the \
grid as a pattern.",
    fires: &[
        "\
model EqualRates {
    input image: [3, 32, 32]
    x = image -> (Conv2d(16, kernel=3, dilation=2, pad=2) -> ReLU) * 3
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Alone {
    input x: [8, 64]
    output y = x -> Conv1d(16, kernel=3, dilation=4, pad=4) -> ReLU
        -> Conv1d(16, kernel=3, pad=1) -> ReLU -> GlobalAvgPool
}
",
        "\
model GrowsTooFast {
    input x: [8, 128]
    x = x -> Conv1d(16, kernel=3, pad=1) -> ReLU -> Conv1d(16, kernel=3, dilation=4, pad=4) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
    ],
    clean: &[
        "\
model DifferentRates {
    input image: [3, 32, 32]
    x = image -> Conv2d(16, kernel=3, pad=1) -> ReLU
    x = x -> Conv2d(16, kernel=3, dilation=2, pad=2) -> ReLU
    x = x -> Conv2d(16, kernel=3, dilation=5, pad=5) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model GrowsAsFastAsItMay {
    input x: [8, 128]
    x = x -> Conv1d(16, kernel=3, pad=1) -> ReLU -> Conv1d(16, kernel=3, dilation=3, pad=3) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Doubling {
    input x: [8, 64]
    x = x -> Conv1d(8, kernel=2) -> ReLU -> Conv1d(8, kernel=2, dilation=2) -> ReLU
        -> Conv1d(8, kernel=2, dilation=4) -> ReLU
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Gated {
    input x: [8, 64]
    for i in 0..3 {
        (a, b) = x -> Pad([2 ** i, 0]) -> Conv1d(16, kernel=2, dilation=2 ** i) -> Chunk(2, axis=0)
        x = (a -> Tanh) * (b -> Sigmoid)
    }
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Cropped {
    input x: [8, 64]
    x = x -> Conv1d(8, kernel=2, pad=1) -> Slice(axis=1, start=1) -> ReLU
    output y = x + (x -> Conv1d(8, kernel=3, dilation=2, pad=2) -> ReLU) -> GlobalAvgPool -> Linear(10)
}
",
        "\
model Causal {
    input x: [8, 64]
    for i in 0..4 { x = x + (x -> Pad([2 ** i, 0]) -> Conv1d(8, kernel=2, dilation=2 ** i) -> ReLU) }
    output y = x -> GlobalAvgPool -> Linear(10)
}
",
    ],
    fix: "Let the rates grow so that each fills the holes of the last (1, 2, 5), or put windows without dilation between.",
    exceptions: "Branches of different rates that are meant to look far apart (atrous spatial pyramid pooling) on a map that is dense before.",
    source: "Wang et al. 2018, \"Understanding convolution for semantic segmentation\"; Yu et al. 2017, \"Dilated residual networks\"",
    thresholds: &[],
    check: Check::Model(check),
};

/// Longer reaches are taken for whole.
const LONGEST: usize = 4096;

/// The offsets that a position reaches along an axis: from `start` on, true where one is reached.
#[derive(Clone, Debug, PartialEq)]
struct Reached {
    start: i128,
    at: Vec<bool>,
}

/// What a tensor's positions reach since its resolution began, on each axis, and the last dilated window on the way.
#[derive(Clone)]
struct Run {
    axes: Rc<Vec<Reached>>,
    dilated: Option<NodeId>,
}

impl Reached {
    fn itself() -> Reached {
        Reached { start: 0, at: vec![true] }
    }

    fn holes(&self) -> usize {
        self.at.iter().filter(|reached| !**reached).count()
    }

    /// What is reached through a window; `None` where that is too far to count.
    fn through(&self, slide: &Slide) -> Option<Reached> {
        let span = usize::try_from(slide.taps.span()?).ok()?;
        let length = self.at.len().checked_add(span)?.checked_sub(1).filter(|length| *length <= LONGEST)?;
        let mut at = vec![false; length];
        let step = usize::try_from(slide.taps.dilation).ok()?.max(1);
        for tap in (0..span).step_by(step) {
            for (offset, reached) in self.at.iter().enumerate() {
                if let Some(target) = at.get_mut(tap.checked_add(offset)?).filter(|_| *reached) {
                    *target = true;
                }
            }
        }
        Some(Reached { start: self.start.checked_sub(slide.taps.before)?, at })
    }

    /// What is reached where so many entries were added before the first.
    fn padded(&self, before: i128) -> Option<Reached> {
        Some(Reached { start: self.start.checked_sub(before)?, at: self.at.clone() })
    }

    /// What either reaches.
    fn or(&self, other: &Reached) -> Option<Reached> {
        let end = |reached: &Reached| reached.start.checked_add(i128::try_from(reached.at.len()).ok()?);
        let start = self.start.min(other.start);
        let length = usize::try_from(end(self)?.max(end(other)?).checked_sub(start)?).ok()?;
        let mut at = vec![false; Some(length).filter(|length| *length <= LONGEST)?];
        for reached in [self, other] {
            let shift = usize::try_from(reached.start.checked_sub(start)?).ok()?;
            for (target, reached) in at.iter_mut().skip(shift).zip(&reached.at) {
                *target |= reached;
            }
        }
        Some(Reached { start, at })
    }
}

fn check(model: &LintContext) -> Vec<Diagnostic> {
    let dilated = |node: &Node| {
        let window = node.operation.window.as_ref();
        window.is_some_and(|window| window.axes.iter().any(|axis| axis.dilation.as_number() != Some(1)))
    };
    if !model.nodes_of(|kind| kind.has_window).any(|(_, node)| dilated(node)) {
        return Vec::new();
    }
    let mut runs: Vec<Option<Run>> = Vec::with_capacity(model.graph.len());
    let mut found = Vec::new();
    for (id, node) in model.graph.nodes() {
        let run = run(model, &runs, id, node);
        let is_read_on = model.readers(id).iter().any(|reader| continues(model, reader.node));
        let ended = run.as_ref().filter(|_| !is_read_on || model.gives_output(id));
        let told = ended.and_then(|run| Some((model.graph.node(run.dilated?)?, holes(run))));
        found.extend(told.filter(|(_, holes)| *holes > 0));
        runs.push(run);
    }
    by_site(found).iter().filter_map(|site| finding(site)).collect()
}

fn holes(run: &Run) -> usize {
    run.axes.iter().map(Reached::holes).max().unwrap_or(0)
}

/// What the positions of a node's result reach; `None` where it has none that are known.
fn run(model: &LintContext, runs: &[Option<Run>], id: NodeId, node: &Node) -> Option<Run> {
    if !continues(model, id) {
        let axes = spatial_axes(model, id)?;
        return Some(Run { axes: Rc::new(vec![Reached::itself(); axes]), dilated: None });
    }
    let before = |port: Port| runs.get(index(port.node))?.clone();
    if node.kind() == "Pad" {
        let before = before(model.first_port(id)?)?;
        let axes = before.axes.iter().rev().enumerate().map(|(at, axis)| axis.padded(pad_before(node, at)?));
        let mut axes = axes.collect::<Option<Vec<_>>>()?;
        axes.reverse();
        return Some(Run { axes: Rc::new(axes), ..before });
    }
    if node.kind() == "Slice" {
        return sliced(model, id, node, before(model.first_port(id)?)?);
    }
    if node.operation.window.is_some() {
        let before = before(model.first_port(id)?)?;
        let slides = model.sliding(id)?;
        if slides.len() != before.axes.len() {
            return None;
        }
        let axes = before.axes.iter().zip(slides).map(|(axis, slide)| axis.through(slide));
        let axes = axes.collect::<Option<Vec<_>>>()?;
        let widens = slides.iter().any(|slide| slide.taps.dilation > 1 && slide.taps.kernel > 1);
        return Some(Run { axes: Rc::new(axes), dilated: if widens { Some(id) } else { before.dilated } });
    }
    let mut inputs = model.inputs(id).into_iter().filter(|port| model.is_of_data(port.node));
    let first = before(inputs.next()?)?;
    inputs.try_fold(first, |all, port| {
        let other = before(port)?;
        if Rc::ptr_eq(&all.axes, &other.axes) {
            return Some(all);
        }
        let axes =
            all.axes.iter().zip(other.axes.iter()).map(|(a, b)| a.or(b)).collect::<Option<Vec<_>>>()?;
        Some(Run { axes: Rc::new(axes), dilated: all.dilated.max(other.dilated) })
    })
}

/// What a `Pad` adds before the first entry of an axis that is counted from the end.
fn pad_before(node: &Node, axis: usize) -> Option<i128> {
    match node.operation.argument("pad")? {
        Attribute::List(sides) => sides.get(axis.checked_mul(2)?).map_or(Some(0), Attribute::as_integer),
        _ => None,
    }
}

/// The axis that a node cuts.
fn cut_axis(model: &LintContext, id: NodeId, node: &Node) -> Option<usize> {
    axis(node, "axis", model.graph.type_of(model.first_port(id)?)?.shape.rank())
}

/// What is reached where entries are cut off before the first; cutting channels moves nothing.
fn sliced(model: &LintContext, id: NodeId, node: &Node, before: Run) -> Option<Run> {
    let rank = model.graph.type_of(model.first_port(id)?)?.shape.rank();
    let leading = rank.checked_sub(before.axes.len())?;
    let Some(at) = cut_axis(model, id, node)?.checked_sub(leading) else { return Some(before) };
    let start = node.operation.argument("start")?.as_integer()?;
    let mut axes = before.axes.to_vec();
    let axis = axes.get_mut(at)?;
    *axis = axis.padded(start.checked_neg()?)?;
    Some(Run { axes: Rc::new(axes), ..before })
}

/// True for a layer whose result has the positions of its input: a window with stride 1, or one that looks at each
/// position by itself.
fn continues(model: &LintContext, id: NodeId) -> bool {
    let Some(node) = model.graph.node(id) else { return false };
    match &node.operation.window {
        Some(window) => {
            !window.transposed && window.axes.iter().all(|axis| axis.stride.as_number() == Some(1))
        }
        None => match model.family(id) {
            Some(Family::Activation | Family::Regularisation | Family::Normalisation | Family::Merging) => {
                true
            }
            _ => match node.kind() {
                "Concat" | "Identity" | "Pad" => true,
                "Slice" => node.operation.argument("step").and_then(Attribute::as_integer) == Some(1),
                // Channels are parted: with their positions it is another matter.
                "Split" | "Chunk" => cut_axis(model, id, node) == Some(0),
                _ => false,
            },
        },
    }
}

/// The spatial axes of a tensor that a window can slide over: all but the channels.
fn spatial_axes(model: &LintContext, id: NodeId) -> Option<usize> {
    let readers = model.readers(id).into_iter().filter_map(|reader| model.graph.node(reader.node));
    let windows = readers.filter_map(|node| node.operation.window.as_ref()).map(|window| window.axes.len());
    let rank = model.graph.node(id)?.operation.outputs.first()?.shape.rank();
    windows.max().or_else(|| rank.checked_sub(1)).filter(|axes| *axes > 0)
}

fn finding(site: &[(&Node, usize)]) -> Option<Diagnostic> {
    let (node, holes) = site.iter().max_by_key(|(_, holes)| holes)?;
    let message = format!("{} and the layers before it see a grid with holes", named(&node.path, site.len()));
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("along one axis {} offsets within reach are read by nothing", grouped(*holes as u128)))
        .help("let the rates grow so that each fills the holes of the last (1, 2, 5)");
    Some(finding)
}
