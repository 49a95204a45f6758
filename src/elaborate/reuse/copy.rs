//! An expansion, taken to another place: names under another path, numbers behind those that are there.
//!
//! Main type: [`Copy`]. Nothing is added here; `None` says that a part is not one of the expansion's own.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use super::Expansion;
use crate::elaborate::builder::origin;
use crate::elaborate::frame::Place;
use crate::elaborate::value::{Tensor, Value};
use crate::graph::{Assertion, Graph, Inputs, Node, NodeId, Origin, Port, Scope, ScopeId, Weight, WeightId};
use crate::source::Location;

/// An expansion on its way to another place.
pub struct Copy<'c> {
    pub first: &'c Expansion,
    pub inputs: &'c [Port],
    pub place: &'c Place,
    pub here: Location,
    /// How many nodes, tensors and scopes there were before the copy.
    pub before: (usize, usize, usize),
    /// Room for a name that is put together.
    pub name: Cell<String>,
}

impl Copy<'_> {
    pub fn name(&self, name: &str) -> Option<Arc<str>> {
        let rest = self.first.rest(name)?;
        if rest.is_empty() {
            return Some(self.place.path.clone());
        }
        let mut name = self.name.take();
        name.clear();
        name.push_str(&self.place.path);
        name.push_str(rest);
        let shared = Arc::from(&*name);
        self.name.set(name);
        Some(shared)
    }

    /// What is written at the use of the block is written at this use; all else is written in the block.
    pub fn origin(&self, first: Origin) -> Origin {
        if first == origin(self.first.here) { origin(self.here) } else { first }
    }

    pub fn port(&self, port: Port) -> Option<Port> {
        if let Some(node) = self.node_id(port.node) {
            return Some(Port { node, ..port });
        }
        let input = self.first.inputs.iter().position(|input| *input == port)?;
        self.inputs.get(input).copied()
    }

    fn node_id(&self, id: NodeId) -> Option<NodeId> {
        let inside = self.first.nodes.contains(&id.0);
        inside.then(|| NodeId(shifted(id.0, &self.first.nodes, self.before.0)))
    }

    pub fn weight_id(&self, id: WeightId) -> Option<WeightId> {
        let inside = self.first.weights.contains(&id.0);
        inside.then(|| WeightId(shifted(id.0, &self.first.weights, self.before.1)))
    }

    pub fn scope_id(&self, id: ScopeId) -> ScopeId {
        if self.first.scopes.contains(&id.0) {
            ScopeId(shifted(id.0, &self.first.scopes, self.before.2))
        } else {
            self.place.scope
        }
    }

    pub fn node(&self, graph: &Graph, id: NodeId) -> Option<(Node, Inputs)> {
        let node = graph.node(id)?;
        let inputs = graph.inputs_of(id).into_iter().map(|port| self.port(port)).collect::<Option<_>>()?;
        let path = self.name(&node.path)?;
        // The id of what is called as the block itself depends on what else is.
        let is_numbered = node.id != node.path && node.path != self.first.path;
        let copied = Node {
            id: if is_numbered { self.name(&node.id)? } else { path.clone() },
            path,
            operation: node.operation.clone(),
            weights: node.weights.iter().map(|weight| self.weight_id(*weight)).collect::<Option<_>>()?,
            origin: self.origin(node.origin),
            scope: self.scope_id(node.scope),
            first_use: match node.first_use {
                Some(first) => Some(self.node_id(first)?),
                None => None,
            },
            routing: node.routing,
            doc: node.doc.clone(),
        };
        Some((copied, inputs))
    }

    pub fn assertion(&self, assertion: &Assertion) -> Assertion {
        let (scope, origin) = (self.scope_id(assertion.scope), self.origin(assertion.origin));
        Assertion { scope, origin, ..assertion.clone() }
    }

    pub fn weight(&self, weight: &Weight) -> Option<Weight> {
        Some(Weight {
            name: self.name(&weight.name)?,
            aliases: weight.aliases.iter().map(|alias| self.name(alias)).collect::<Option<_>>()?,
            shape: weight.shape.clone(),
            origin: self.origin(weight.origin),
            ..*weight
        })
    }

    pub fn scope(&self, scope: &Scope) -> Option<Scope> {
        Some(Scope {
            path: self.name(&scope.path)?,
            definition: scope.definition.clone(),
            arguments: scope.arguments.clone(),
            parent: scope.parent.map(|parent| self.scope_id(parent)),
            origin: self.origin(scope.origin),
        })
    }

    pub fn value(&self, value: &Value) -> Option<Value> {
        let all = |values: &[Value]| values.iter().map(|value| self.value(value)).collect::<Option<Vec<_>>>();
        match value {
            Value::Tensor(Tensor::Port(port)) => {
                self.port(*port).map(|port| Value::Tensor(Tensor::Port(port)))
            }
            Value::Outputs(values) => all(values).map(|values| Value::Outputs(Arc::new(values))),
            Value::List(values) => all(values).map(Value::list),
            _ => None,
        }
    }
}

fn shifted(number: u32, from: &Range<u32>, to: usize) -> u32 {
    let to = u32::try_from(to).unwrap_or(u32::MAX);
    number.saturating_sub(from.start).saturating_add(to)
}
