//! The longest plain path to every node: how many layers of a kind stand on it since the last skip or normalisation.

use super::context::LintContext;
use super::graph_index::index;
use crate::ir::{Family, Node, NodeId};

/// The node at which most layers that `counts` names stand on one path without a sum or other meeting of tensors, a
/// normalisation or a layer that holds either; with how many they are. Of equally long paths the first.
pub(super) fn longest_plain<'m>(
    model: &LintContext<'m>,
    counts: impl Fn(NodeId, &Node) -> bool,
) -> Option<(&'m Node, u128)> {
    let mut lengths: Vec<u128> = Vec::with_capacity(model.graph.len());
    let mut longest: Option<(&Node, u128)> = None;
    for (id, node) in model.graph.nodes() {
        let of_data = || model.inputs(id).into_iter().filter(|port| model.is_of_data(port.node));
        let before = of_data().filter_map(|port| lengths.get(index(port.node)).copied()).max().unwrap_or(0);
        let length = if of_data().count() > 1 || steadies(model.family(id)) {
            0
        } else {
            before.saturating_add(u128::from(counts(id, node)))
        };
        if length > longest.map_or(0, |(_, longest)| longest) {
            longest = Some((node, length));
        }
        lengths.push(length);
    }
    longest
}

/// Families that normalise, or hold a gate, a skip or a normalisation of their own.
fn steadies(family: Option<Family>) -> bool {
    matches!(family, Some(Family::Normalisation | Family::Sequence | Family::Mixture))
}
