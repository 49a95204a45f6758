//! The tree of blocks: what each use of a block holds and costs.

use serde::Serialize;

use super::{Fields, Number};
use crate::analysis::{Analysis, AtDefaults};
use crate::ir::{Graph, Scope, ScopeId};

/// A use of a block, with the blocks inside it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// The dotted path of what is inside.
    pub path: String,
    /// The block's name.
    pub definition: String,
    /// The learned elements used inside, each once.
    pub parameters: Number,
    /// Of these, those of tensors used more than once.
    pub shared: Number,
    /// Of these, those of tensors used at most once.
    pub unshared_tensors: Number,
    /// What would be stored if every use of these, inside and outside, had weights of its own.
    pub without_sharing: Number,
    /// Its number, where it is a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_sharing_at_defaults: Option<Number>,
    /// Multiply-accumulates of all inside.
    pub macs: Number,
    /// Their number, where they are a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macs_at_defaults: Option<Number>,
    /// The blocks inside, in order.
    pub children: Vec<Block>,
    /// What it was called with.
    #[serde(skip_serializing_if = "is_empty")]
    pub arguments: Fields,
}

fn is_empty(fields: &Fields) -> bool {
    fields.0.is_empty()
}

/// The blocks of a model, outermost first.
pub(super) fn blocks(graph: &Graph, analysis: &Analysis) -> Vec<Block> {
    let mut children: Vec<Vec<Block>> = graph.scopes().map(|_| Vec::new()).collect();
    let modules: Vec<(ScopeId, &Scope)> = graph.modules().collect();
    // Parents stand before their children: from the last to the first, each has all of its own when it is placed.
    for (id, scope) in modules.into_iter().rev() {
        let Some(parent) = graph.outer_module(id) else { continue };
        let mut inside = children.get_mut(id.0 as usize).map(std::mem::take).unwrap_or_default();
        inside.reverse();
        if let Some(outside) = children.get_mut(parent.0 as usize) {
            outside.push(block(graph, analysis, id, scope, inside));
        }
    }
    let mut outermost = children.into_iter().next().unwrap_or_default();
    outermost.reverse();
    outermost
}

fn block(graph: &Graph, analysis: &Analysis, id: ScopeId, scope: &Scope, children: Vec<Block>) -> Block {
    let totals = analysis.scopes.get(id.0 as usize).cloned().unwrap_or_default();
    let defaults = AtDefaults(graph);
    Block {
        path: scope.path.to_string(),
        definition: scope.definition.to_string(),
        parameters: Number::from(&totals.parameters),
        shared: Number::from(&totals.shared),
        unshared_tensors: Number::from(&totals.unshared_tensors),
        without_sharing: Number::from(&totals.without_sharing),
        without_sharing_at_defaults: Number::at_defaults(&totals.without_sharing, defaults),
        macs: Number::from(&totals.macs),
        macs_at_defaults: Number::at_defaults(&totals.macs, defaults),
        children,
        arguments: Fields::arguments(&scope.arguments, defaults),
    }
}
