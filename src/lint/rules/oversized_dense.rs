//! `oversized-dense`: one dense layer over a flattened map holds most of the model.

use crate::diagnostic::Diagnostic;
use crate::ir::{Axes, Declaration, Family, Kind, Node, NodeId};
use crate::lint::context::{LintContext, grouped, percent};
use crate::lint::kinds::is_dense_layer;
use crate::lint::{Category, Check, Level, Rule, Threshold};

pub(super) static POSITIONS: Threshold = Threshold {
    name: "min-positions",
    default: 4,
    doc: "the fewest spatial positions that are merged into features",
};
static PARAMETERS: Threshold =
    Threshold { name: "min-parameters", default: 1_000_000, doc: "the fewest parameters of the layer" };
pub(super) static SHARE: Threshold = Threshold {
    name: "min-share",
    default: 50,
    doc: "the least share of the model's parameters, in per cent",
};

pub(in crate::lint) static RULE: Rule = Rule {
    name: "oversized-dense",
    category: Category::Size,
    level: Level::Warn,
    summary: "a dense layer over a flattened map holds most of the model's parameters",
    proves: "\
All four hold: each weight of a `Linear` is used at one position a call; its input merges at least 4 spatial \
positions into features (traced back through Flatten, Reshape and layers that keep positions apart); it has at least \
1,000,000 parameters; and these are at least 50% of the model's.",
    why: "\
A convolution uses one set of weights at every position. A dense layer over the flattened map has weights of its own for \
each, so it must learn the same feature once for every place where it can appear. It costs most of the memory and of the \
download, does little of the arithmetic, and is where such networks overfit.",
    fires: &[
        "\
model Digits {
    input image: [1, 28, 28]
    x = image -> Conv2d(32, kernel=3) -> ReLU -> Conv2d(64, kernel=3) -> ReLU -> MaxPool2d(2)
    output logits = x -> Flatten -> fc1: Linear(128) -> ReLU -> fc2: Linear(10)
}
",
        "\
model ExactlyAMillion {
    input image: [250, 2, 2]
    output y = image -> ReLU -> Flatten -> Linear(1000, bias=false) -> ReLU -> Linear(1000, bias=false)
}
",
        "\
model OverItsInput {
    input image: [3, 32, 32]
    output y = image -> Flatten -> Linear(512) -> ReLU -> Linear(10)
}
",
    ],
    clean: &[
        "\
model Digits {
    input image: [1, 28, 28]
    x = image -> Conv2d(32, kernel=3) -> ReLU -> Conv2d(64, kernel=3) -> ReLU -> MaxPool2d(2)
    output logits = x -> GlobalAvgPool -> fc1: Linear(128) -> ReLU -> fc2: Linear(10)
}
",
        "\
model JustUnderAMillion {
    input image: [111, 3, 3]
    output y = image -> ReLU -> Flatten -> Linear(1001, bias=false) -> ReLU -> Linear(10)
}
",
        "\
model JustUnderHalf {
    input image: [250, 2, 2]
    output y = image -> ReLU -> Flatten -> Linear(1000, bias=false) -> ReLU -> Linear(1001, bias=false)
}
",
        "\
model ThreePositions {
    input image: [1000, 3, 1]
    output y = image -> ReLU -> Flatten -> Linear(1000) -> ReLU -> Linear(10)
}
",
    ],
    fix: "\
Pool over the positions before the layer (`GlobalAvgPool`), or reduce the map first: a convolution with stride, \
`AdaptiveAvgPool2d(2)`. Where the layer reads the model's own input, begin with a convolution.",
    exceptions: "\
VGG's and AlexNet's first dense layer are famous for it. Where the absolute place matters and the map is small (a board \
game, a fixed sensor) a dense layer can be right.",
    source: "Lin et al. 2013, \"Network in network\" (global average pooling); Nikanjam et al. 2021, \"NeuraLint\"",
    thresholds: &[&POSITIONS, &PARAMETERS, &SHARE],
    check: Check::Model(check),
};

fn check(model: &LintContext) -> Vec<Diagnostic> {
    oversized(model, &RULE, model.limit(&PARAMETERS))
}

/// What a rule says of dense layers over flattened maps with at least so many parameters.
pub(super) fn oversized(model: &LintContext, rule: &Rule, least: u128) -> Vec<Diagnostic> {
    let first_uses = model
        .nodes_of(|kind| kind.kind.layer().is_some_and(is_dense_layer))
        .filter(|(_, node)| node.first_use.is_none());
    first_uses
        .filter_map(|(id, node)| Dense::oversized(model, id, node, least))
        .map(|dense| dense.finding(model, rule))
        .collect()
}

/// A dense layer that meets all four conditions.
struct Dense<'m> {
    node: &'m Node,
    merge: Merge<'m>,
    weights: u128,
    parameters: u128,
    of_model: u128,
}

impl<'m> Dense<'m> {
    fn oversized(model: &LintContext<'m>, id: NodeId, node: &'m Node, least: u128) -> Option<Dense<'m>> {
        let parameters: u128 = model.parameters(node).map(|(_, elements)| elements).sum();
        if parameters < least {
            return None;
        }
        let of_model = model.number(&model.analysis().totals.parameters)?;
        if parameters.checked_mul(100)? < of_model.checked_mul(model.limit(&SHARE))? {
            return None;
        }
        let weight = node.operation.weights.first()?;
        if model.number(&weight.usage.most()) != Some(1) {
            return None;
        }
        let merge = Merge::before(model, id).filter(|merge| merge.positions >= model.limit(&POSITIONS))?;
        Some(Dense { node, merge, weights: weight.shape.elements().as_number()?, parameters, of_model })
    }

    fn finding(&self, model: &LintContext, rule: &Rule) -> Diagnostic {
        let share = percent(self.parameters, self.of_model);
        let message = format!("`{}` holds {share} of this model's parameters", self.node.path);
        rule.finding(self.node.origin, message)
            .label(format!("{} parameters, {}", grouped(self.parameters), self.uses(model)))
            .related(self.merge.node.origin, self.merge.in_words())
            .help(self.advice())
            .note(format!(
                "they do {} of the arithmetic; `weft rule {}` says more",
                self.arithmetic(model),
                rule.name
            ))
    }

    fn uses(&self, model: &LintContext) -> String {
        let uses = self.node.weights.first().and_then(|id| model.analysis().uses.get(id.0 as usize));
        match uses.map_or(1, |uses| uses.places) {
            0 | 1 => "each used once".to_owned(),
            places => format!("each used once at each of {places} places"),
        }
    }

    /// What pooling would leave: one weight for each channel and unit, in place of one for each position as well.
    fn advice(&self) -> String {
        let pooled = self.weights.checked_div(self.merge.positions);
        let left = pooled.and_then(|pooled| self.parameters.checked_sub(self.weights)?.checked_add(pooled));
        match left.filter(|_| !self.merge.of_model_input) {
            Some(left) => format!(
                "`GlobalAvgPool` in place of `{}` would leave {}: one weight per channel, shared by all positions",
                self.merge.node.kind(),
                grouped(left)
            ),
            None => "a convolution before it would use the same few weights at every position".to_owned(),
        }
    }

    fn arithmetic(&self, model: &LintContext) -> String {
        let uses = model.graph.nodes().filter(|(_, node)| node.path == self.node.path);
        let macs: u128 = uses.filter_map(|(_, node)| model.number(&node.operation.macs)).sum();
        percent(macs, model.number(&model.analysis().totals.macs).unwrap_or(0))
    }
}

/// Where positions become features.
struct Merge<'m> {
    node: &'m Node,
    /// The extents of the positions that are merged.
    axes: Vec<u128>,
    positions: u128,
    channels: u128,
    of_model_input: bool,
}

impl<'m> Merge<'m> {
    /// Goes back from a dense layer to the first of the Flattens and Reshapes that made its input.
    fn before(model: &LintContext<'m>, dense: NodeId) -> Option<Merge<'m>> {
        let mut merging = None;
        let (mut port, mut node) = model.first_input(dense)?;
        loop {
            if regroups_axes(model, port.node, node) {
                merging = Some((port.node, node));
            } else if !keeps_positions(node) {
                break;
            }
            (port, node) = model.first_input(port.node)?;
        }
        let (id, merging) = merging?;
        let (before, _) = model.first_input(id)?;
        let extents = model.extents(before)?;
        let (channels, axes) = if channels_stand_last(node) {
            extents.split_last().map(|(channels, axes)| (*channels, axes))?
        } else {
            extents.split_first().map(|(channels, axes)| (*channels, axes))?
        };
        let positions = axes.iter().try_fold(1u128, |product, axis| product.checked_mul(*axis))?;
        let of_model_input = node.operation.kind == Kind::Input;
        Some(Merge { node: merging, axes: axes.to_vec(), positions, channels, of_model_input })
    }

    /// `7 × 7 = 49 positions of 512 channels become 25,088 features`
    fn in_words(&self) -> String {
        let axes: Vec<_> = self.axes.iter().map(ToString::to_string).collect();
        let product = if axes.len() > 1 { format!("{} = ", axes.join(" × ")) } else { String::new() };
        let channels = if self.channels == 1 { "channel" } else { "channels" };
        let features = self.positions.saturating_mul(self.channels);
        let positions = grouped(self.positions);
        format!(
            "{product}{positions} positions of {} {channels} become {} features",
            self.channels,
            grouped(features)
        )
    }
}

/// True for a layer that makes one axis of several, or several of one, and computes nothing.
fn regroups_axes(model: &LintContext, id: NodeId, node: &Node) -> bool {
    let regroups = |layer: &&'static Declaration| matches!(layer.axes, Axes::Regrouped);
    let map = node.layer().filter(regroups).and_then(|layer| model.axis_map(id, layer));
    map.is_some_and(|map| {
        map.input.iter().chain(&map.result).any(|group| group.axes > 1 || group.factors.len() > 1)
    })
}

/// A layer that takes each position by itself and leaves it in its place.
fn keeps_positions(node: &Node) -> bool {
    matches!(node.family(), Some(Family::Activation | Family::Regularisation | Family::Normalisation))
}

/// After an embedding, a position-wise layer or a sequence layer the features are the last axis, not the first.
fn channels_stand_last(node: &Node) -> bool {
    matches!(node.family(), Some(Family::LinearAlgebra | Family::Sequence))
}
