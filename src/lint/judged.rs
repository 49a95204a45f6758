//! A model as rules see it: its graph, its analysis, and numbers at the defaults of its symbolic sizes.

use super::rule::Threshold;
use super::settings::{Choice, Settings};
use crate::analysis::Analysis;
use crate::graph::{Count, Graph, Node, NodeId, Port, Role, ScopeId, Size, WeightId};
use crate::source::Sources;

/// A model to judge.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'m> {
    /// Its graph.
    pub graph: &'m Graph,
    /// What follows from it.
    pub analysis: &'m Analysis,
    /// The texts that it was built from.
    pub sources: &'m Sources,
    /// What the project decided of the rule that is asked.
    pub(super) choice: &'m Choice,
    /// What the project decided.
    pub(super) settings: &'m Settings,
}

impl<'m> Judged<'m> {
    /// The value of one of the rule's thresholds.
    pub fn limit(&self, threshold: &Threshold) -> u128 {
        self.choice.thresholds.get(threshold.name).copied().unwrap_or(threshold.default)
    }

    /// A count at the defaults; `None` where a symbol has none, which counts as large.
    pub fn number(&self, count: &Count) -> Option<u128> {
        count.at(&|symbol| self.graph.default_of(symbol))
    }

    /// A size at the defaults; `None` where a symbol has none.
    pub fn size(&self, size: &Size) -> Option<u128> {
        size.at(&|symbol| self.graph.default_of(symbol)).and_then(|size| u128::try_from(size).ok())
    }

    /// The node that gives what a node reads as its first input.
    pub fn first_input(&self, id: NodeId) -> Option<(Port, &'m Node)> {
        let port = self.graph.inputs_of(id).into_iter().next()?;
        Some((port, self.graph.node(port.node)?))
    }

    /// The extents of a node's result, at the defaults.
    pub fn extents(&self, port: Port) -> Option<Vec<u128>> {
        self.graph.type_of(port)?.shape.dims().iter().map(|dim| self.size(dim)).collect()
    }

    /// The parameters that a node reads, each with its elements.
    pub fn parameters(&self, node: &'m Node) -> impl Iterator<Item = (WeightId, u128)> + use<'m> {
        let graph = self.graph;
        let learned = move |id: &WeightId| graph.weight(*id).filter(|weight| weight.role == Role::Parameter);
        node.weights.iter().filter_map(move |id| Some((*id, learned(id)?.shape.elements().as_number()?)))
    }

    /// Whether a scope is another or lies in it.
    pub fn is_within(&self, scope: ScopeId, outer: ScopeId) -> bool {
        let parent = |id: &ScopeId| self.graph.scope(*id).and_then(|scope| scope.parent);
        std::iter::successors(Some(scope), parent).any(|id| id == outer)
    }
}

/// A number grouped by thousands.
pub(super) fn grouped(n: u128) -> String {
    Count::from(n).to_string()
}

/// `part` of `whole` in per cent: `74.3 %`, `0.66 %`.
pub(super) fn percent(part: u128, whole: u128) -> String {
    let share = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
    let digits = if share < 1.0 { 2 } else { 1 };
    format!("{share:.digits$} %")
}

/// `1 layer`, `3 layers`.
pub(super) fn several(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shares_keep_two_digits_after_the_point() {
        assert_eq!(percent(743, 1000), "74.3 %");
        assert_eq!(percent(66, 10_000), "0.66 %");
        assert_eq!(percent(1, 0), "0.00 %");
    }
}
