//! `bias-before-norm`: a bias that the next normalisation subtracts again.

use crate::ir::declaration::{FeatureAxis, Response};
use crate::ir::{Declaration, Family, Node, NodeId, WeightId};
use crate::lint::kinds::{is_batch_norm, is_dense, is_dense_layer};
use foldhash::{HashMap, HashMapExt, HashSet};

use crate::diagnostic::{Diagnostic, Fix};
use crate::ir::axes::Link;
use crate::lint::context::{LintContext, by_site, grouped, named};
use crate::lint::stage_edit::StageEdit;
use crate::lint::{Category, Check, Level, Rule};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "bias-before-norm",
    category: Category::Size,
    level: Level::Warn,
    summary: "a bias feeds a normalisation that subtracts it again",
    proves: "\
Everything that reads a biased layer, wherever it is used, is a BatchNorm or InstanceNorm over the channels that the bias \
shifts. The normalisation subtracts each channel's mean, and with it the bias, whatever its value.",
    why: "\
The bias has no effect and gets no gradient, but is stored, sent and updated; the normalisation's own bias does its work. \
Without it the function is the same. A checkpoint that was trained with it loses a key.",
    fires: &[
        "\
model Biased {
    input image: [3, 32, 32]
    output y = image -> conv1: Conv2d(16, kernel=3) -> bn1: BatchNorm -> ReLU
}
",
        "\
model Dense {
    input x: [64]
    output y = x -> fc1: Linear(32, bias=true) -> BatchNorm -> ReLU -> fc2: Linear(10)
}
",
        "\
model Style {
    input image: [16, 8, 8]
    output y = image -> up: ConvTranspose2d(8, 4, 2, 1) -> InstanceNorm(affine=true) -> ReLU
}
",
        "\
model SharedTwice {
    input a: [3, 8, 8]
    input b: [3, 8, 8]
    layer conv = Conv2d(4, kernel=3)
    output y = (a -> conv -> BatchNorm) + (b -> conv -> BatchNorm) -> ReLU
}
",
    ],
    clean: &[
        "\
model Biased {
    input image: [3, 32, 32]
    output y = image -> conv1: Conv2d(16, kernel=3, bias=false) -> bn1: BatchNorm -> ReLU
}
",
        "\
model OtherNorm {
    input image: [3, 32, 32]
    output y = image -> Conv2d(16, kernel=3) -> GroupNorm(4) -> ReLU -> Conv2d(8, kernel=3) -> ReLU -> BatchNorm
}
",
        "\
model AlsoReadElsewhere {
    input image: [3, 32, 32]
    h = image -> Conv2d(16, kernel=3)
    output y = (h -> BatchNorm) + h -> ReLU
}
",
        "\
model OtherAxis {
    input x: [8, 64]
    output y = x -> Linear(32) -> BatchNorm -> ReLU
}
",
    ],
    fix: "Write `bias=false`.",
    exceptions: "Published weights that have the key, which must load (VGG-16-BN).",
    source: "Ioffe and Szegedy 2015, \"Batch normalization\", section 3.2",
    thresholds: &[],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    if !model.has(|kind| kind.kind.layer().is_some_and(is_subtracting)) {
        return Vec::new();
    }
    let biased = model
        .nodes_of(|kind| kind.has_window || kind.kind.layer().is_some_and(is_dense_layer))
        .filter_map(|(id, node)| Some((id, node, bias(node)?)));
    let biased: Vec<(NodeId, &Node, WeightId)> = biased.collect();
    // A bias that one use keeps in effect is kept.
    let mut cancelled: HashMap<WeightId, bool> = HashMap::new();
    for (id, node, bias) in &biased {
        let here = is_cancelled(model, *id, node) && is_its_own(model, *bias);
        cancelled.entry(*bias).and_modify(|all| *all &= here).or_insert(here);
    }
    let found = biased.into_iter().filter(|(_, _, bias)| cancelled.get(bias) == Some(&true));
    let found = found.map(|(id, node, bias)| (node, (id, bias)));
    by_site(found).iter().filter_map(|site| finding(model, site)).collect()
}

/// The bias of a linear layer or convolution.
fn bias(node: &Node) -> Option<WeightId> {
    let has_channels = is_dense(node) || node.operation.window.is_some();
    let specs = node.operation.weights.iter().zip(&node.weights).filter(|_| has_channels);
    specs.filter(|(spec, _)| &*spec.name == "bias").map(|(_, weight)| *weight).next()
}

/// Normalisations that subtract a mean of channels, which stand on the first axis.
fn is_subtracting(layer: &Declaration) -> bool {
    layer.family == Family::Normalisation
        && layer.response == [Response::Removes]
        && layer.features.reads == FeatureAxis::First
}

/// True where that mean is each channel's own, over all positions.
fn is_by_channel(model: &LintContext, id: NodeId, node: &Node) -> bool {
    let Some(layer) = node.layer().filter(|layer| is_subtracting(layer)) else { return false };
    let Some(map) = model.axis_map(id, layer) else { return false };
    let is_alone = |axis: usize, link: &Link| match axis {
        0 => *link == Link::Same,
        _ => matches!(link, Link::Whole | Link::Statistics),
    };
    let mut axes = 0..map.input.len();
    axes.all(|axis| map.input_factor(axis).is_some_and(|(_, factor)| is_alone(axis, &factor.link)))
}

/// True where a bias is no tensor that something else has a name for.
fn is_its_own(model: &LintContext, bias: WeightId) -> bool {
    model.graph.weight(bias).is_some_and(|weight| weight.aliases.is_empty() && weight.routing.is_none())
}

/// Whether all that reads a layer subtracts what its bias adds, which stands on axis 0.
fn is_cancelled(model: &LintContext, id: NodeId, node: &Node) -> bool {
    let rank = node.operation.outputs.first().map_or(0, |output| output.shape.rank());
    let positions = node.operation.window.as_ref().map_or(0, |window| window.axes.len());
    let on_first_axis = node.operation.weights.iter().find(|spec| &*spec.name == "bias");
    let on_first_axis =
        on_first_axis.is_some_and(|spec| spec.shape.rank() == 1) && rank == positions.saturating_add(1);
    let readers = model.readers(id);
    let subtracts = |id: NodeId| {
        let norm = model.graph.node(id);
        norm.is_some_and(|norm| is_by_channel(model, id, norm) && (is_batch_norm(norm) || positions > 0))
    };
    on_first_axis
        && !readers.is_empty()
        && !model.gives_output(id)
        && readers.iter().all(|reader| subtracts(reader.node))
}

fn finding(model: &LintContext, site: &[(&Node, (NodeId, WeightId))]) -> Option<Diagnostic> {
    let (node, (id, first)) = site.first()?;
    let biases: HashSet<WeightId> = site.iter().map(|(_, (_, bias))| *bias).collect();
    let elements = |bias: &WeightId| model.graph.weight(*bias)?.shape.elements().as_number();
    let parameters = biases.iter().filter_map(elements).try_fold(0u128, u128::checked_add)?;
    let norm = model.graph.node(model.readers(*id).first()?.node)?;
    let name = &model.graph.weight(*first)?.name;
    let (message, keys) = match biases.len() {
        1 => (format!("`{}` cancels the bias of `{}`", norm.path, node.path), format!("the key `{name}`")),
        n => {
            let layers = named(&node.path, n);
            let message = format!("the biases of {layers} are cancelled by the {} after each", norm.kind());
            (message, format!("{n} keys such as `{name}`"))
        }
    };
    let finding = RULE
        .finding(node.origin, message)
        .label(format!("{} parameters without effect", grouped(parameters)))
        .help("`bias=false` computes the same: the normalisation subtracts each channel's mean")
        .note(format!("a checkpoint that has them loses {keys}"));
    let stage = StageEdit::of(model, node).filter(|_| model.are_all_at(node.origin, site.len()));
    Some(match stage {
        Some(stage) => {
            let title = format!("write `bias=false`, which saves {} parameters", grouped(parameters));
            finding.fix(Fix::safe(title, vec![stage.set("bias", "false")]))
        }
        None => finding,
    })
}
