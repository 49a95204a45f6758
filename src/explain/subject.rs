//! What is explained: a model, a block with all inside, or a layer, found by its path.

use crate::ir::{Graph, NodeId, ScopeId};

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topic {
    /// The whole model.
    Model,
    /// A block: every use of it at one path, in order.
    Block(Vec<ScopeId>),
    /// A layer's use.
    Layer(NodeId),
}

/// What a path of a model means: a layer's id or path, a block's path, a tensor's name (the layer that reads it
/// first). Without a path, the model.
pub fn subject(graph: &Graph, path: Option<&str>) -> Option<Topic> {
    let Some(path) = path else { return Some(Topic::Model) };
    let by_id = graph.nodes().find(|(_, node)| &*node.id == path);
    let layer = by_id.or_else(|| graph.nodes().find(|(_, node)| &*node.path == path));
    if let Some((id, _)) = layer {
        return Some(Topic::Layer(id));
    }
    let scopes: Vec<ScopeId> =
        graph.modules().skip(1).filter(|(_, scope)| &*scope.path == path).map(|(id, _)| id).collect();
    if !scopes.is_empty() {
        return Some(Topic::Block(scopes));
    }
    let named = |weight: &crate::ir::Weight| {
        &*weight.name == path || weight.aliases.iter().any(|alias| &**alias == path)
    };
    let (weight, _) = graph.weights().find(|(_, weight)| named(weight))?;
    graph.nodes().find(|(_, node)| node.weights.contains(&weight)).map(|(id, _)| Topic::Layer(id))
}

/// Every path that means something, for suggestions.
pub fn names(graph: &Graph) -> impl Iterator<Item = &str> {
    let layers = graph.nodes().map(|(_, node)| &*node.id);
    let blocks = graph.modules().skip(1).map(|(_, scope)| &*scope.path);
    layers.chain(blocks)
}
