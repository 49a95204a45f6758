//! Who stores what: the first layer that reads a tensor owns it, the others share it or are tied to it.
//!
//! Main type: [`Owners`]. So the parameters of all rows of a report add up to the model's.

use crate::ir::{Graph, Node, NodeId, Role, WeightId};

/// The layer that owns each stored tensor, by its place in the order of declaration.
#[derive(Clone, Debug)]
pub struct Owners<'a> {
    graph: &'a Graph,
    first: Vec<Option<NodeId>>,
}

impl<'a> Owners<'a> {
    /// The owners of a graph's tensors.
    pub fn of(graph: &'a Graph) -> Owners<'a> {
        let mut first = vec![None; graph.weights().count()];
        for (id, node) in graph.nodes() {
            for weight in &node.weights {
                if let Some(owner @ None) = first.get_mut(weight.0 as usize) {
                    *owner = Some(id);
                }
            }
        }
        Owners { graph, first }
    }

    /// The parameters that a layer owns.
    pub fn owned(&self, id: NodeId, node: &'a Node) -> impl Iterator<Item = WeightId> {
        self.parameters(node).filter(move |weight| self.owner(*weight) == Some(id))
    }

    /// The parameters that a layer reads and another owns.
    pub fn foreign(&self, id: NodeId, node: &'a Node) -> impl Iterator<Item = (WeightId, NodeId)> {
        self.parameters(node)
            .filter_map(|weight| Some((weight, self.owner(weight)?)))
            .filter(move |(_, owner)| *owner != id)
    }

    /// The parameters that no layer reads.
    pub fn unread(&self) -> impl Iterator<Item = WeightId> {
        self.graph
            .weights()
            .filter(|(id, weight)| weight.role == Role::Parameter && self.owner(*id).is_none())
            .map(|(id, _)| id)
    }

    /// The layer that owns a tensor; `None` where no layer reads it.
    pub fn owner(&self, weight: WeightId) -> Option<NodeId> {
        self.first.get(weight.0 as usize).copied().flatten()
    }

    /// Each once, though a node of several experts may list one for each.
    fn parameters(&self, node: &'a Node) -> impl Iterator<Item = WeightId> {
        let is_parameter =
            |id: &WeightId| self.graph.weight(*id).is_some_and(|weight| weight.role == Role::Parameter);
        let mut seen: Vec<WeightId> = node.weights.iter().copied().filter(is_parameter).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.into_iter()
    }
}
