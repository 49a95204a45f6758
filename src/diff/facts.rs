//! A model's layers as they are compared.

use std::collections::HashMap;

use super::Side;
use crate::analysis::{AtDefaults, Owners};
use crate::blocks::series;
use crate::ir::{Graph, Node, NodeId, Role, ScopeId, is_automatic};

/// What a layer or a block holds and costs, at the defaults of symbolic sizes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The shape of its result.
    pub output: String,
    /// The parameters it owns.
    pub parameters: u128,
    /// Multiply-accumulates.
    pub macs: u128,
}

/// A layer's use.
#[derive(Clone, Debug)]
pub(super) struct ComparedLayer {
    /// Its id.
    pub id: String,
    /// True where its path says nothing but what it is: it has no weights and no name of its own.
    pub is_unnamed: bool,
    pub kind: String,
    pub arguments: Vec<(&'static str, String)>,
    /// Its stored tensors: the name within the layer, shape and the like, in order.
    pub tensors: Vec<(String, String)>,
    /// What feeds it: which layer, which of its results.
    pub inputs: Vec<(usize, u32)>,
    pub facts: Facts,
    /// The blocks around it, the innermost first.
    pub around: Vec<EnclosingBlock>,
}

/// A block around a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EnclosingBlock {
    pub path: String,
    pub definition: String,
    /// What the members of its series have in common, as a text.
    pub series: String,
}

impl ComparedLayer {
    /// What makes two layers the same, wherever they stand.
    pub fn is_like(&self, other: &ComparedLayer) -> bool {
        self.kind == other.kind
            && self.arguments == other.arguments
            && self.tensors == other.tensors
            && self.facts.output == other.facts.output
    }

    /// The same as a text, for look-ups.
    pub fn likeness(&self) -> String {
        format!("{:?}", (&self.kind, &self.arguments, &self.tensors, &self.facts.output))
    }

    /// The path of the innermost block around it.
    pub fn scope(&self) -> &str {
        self.around.first().map_or("", |around| &around.path)
    }

    /// Its id without a block's path.
    pub fn within(&self, path: &str) -> &str {
        self.id.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')).unwrap_or(&self.id)
    }
}

impl Facts {
    /// Every layer of a model, in order; by its place they are known.
    pub(super) fn of_all(side: Side) -> Vec<ComparedLayer> {
        let owners = Owners::of(side.graph);
        let mut around: HashMap<ScopeId, Vec<EnclosingBlock>> = HashMap::new();
        for (id, scope) in side.graph.modules() {
            let Some(parent) = side.graph.outer_module(id) else { continue };
            let series = format!("{:?}", series(side.graph, scope));
            let own = EnclosingBlock {
                path: scope.path.to_string(),
                definition: scope.definition.to_string(),
                series,
            };
            let outer = around.get(&parent).cloned().unwrap_or_default();
            around.insert(id, std::iter::once(own).chain(outer).collect());
        }
        let nodes = side.graph.nodes();
        nodes
            .map(|(id, node)| {
                let around = around.get(&side.graph.module_of(node.scope)).cloned().unwrap_or_default();
                ComparedLayer { around, ..item(side.graph, &owners, id, node) }
            })
            .collect()
    }
}

fn item(graph: &Graph, owners: &Owners, id: NodeId, node: &Node) -> ComparedLayer {
    let judge = AtDefaults(graph);
    let owned = |role_of: crate::ir::WeightId| graph.weight(role_of).map(|weight| weight.shape.elements());
    let parameters = node_parameters(graph, owners, id, node)
        .filter_map(owned)
        .map(|count| judge.value_at_defaults(&count));
    let outputs: Vec<_> = node.operation.outputs.iter().map(ToString::to_string).collect();
    ComparedLayer {
        id: node.id.to_string(),
        is_unnamed: node.weights.is_empty() && is_automatic(node),
        kind: node.kind().to_string(),
        arguments: node.operation.arguments.iter().map(|(name, value)| (*name, value.to_string())).collect(),
        tensors: node
            .weights
            .iter()
            .filter_map(|id| graph.weight(*id))
            .map(|weight| tensor(weight, node))
            .collect(),
        inputs: graph.inputs_of(id).into_iter().map(|port| (port.node.0 as usize, port.output)).collect(),
        facts: Facts {
            output: outputs.join(", "),
            parameters: parameters.fold(0, u128::saturating_add),
            macs: judge.value_at_defaults(&node.operation.macs),
        },
        around: Vec::new(),
    }
}

/// The parameters that a layer owns.
fn node_parameters<'g>(
    graph: &'g Graph,
    owners: &'g Owners,
    id: NodeId,
    node: &'g Node,
) -> impl Iterator<Item = crate::ir::WeightId> + 'g {
    let mut seen: Vec<_> = node.weights.to_vec();
    seen.sort_unstable();
    seen.dedup();
    let is_own = move |weight: &crate::ir::WeightId| {
        owners.owner(*weight) == Some(id)
            && graph.weight(*weight).is_some_and(|weight| weight.role == Role::Parameter)
    };
    seen.into_iter().filter(is_own)
}

/// A tensor within its layer: `weight`, `[64, 3, 7, 7]`, with what is special about it.
fn tensor(weight: &crate::ir::Weight, node: &Node) -> (String, String) {
    let prefix = weight.name.strip_prefix(&*node.path).and_then(|rest| rest.strip_prefix('.'));
    let name = match prefix {
        Some(local) => local.to_string(),
        None if weight.name == node.path => "itself".to_string(),
        None => "tied".to_string(),
    };
    let mut told = weight.shape.to_string();
    if prefix.is_none() && weight.name != node.path {
        told = format!("{told} of {}", weight.name);
    }
    if weight.role == Role::Parameter && !weight.trainable {
        told += " frozen";
    }
    (name, told)
}
