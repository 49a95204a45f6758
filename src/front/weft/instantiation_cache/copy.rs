//! An expansion, taken to another place: names under another path, numbers behind those that are there.
//!
//! Main type: [`InstanceCopy`]. Nothing is added here.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use super::Instantiation;
use crate::front::weft::evaluator::origin;
use crate::front::weft::frame::InstanceSite;
use crate::front::weft::value::{Tensor, Value};
use crate::ir::{Assertion, Graph, Inputs, Node, NodeId, Origin, Port, Scope, ScopeId, Weight, WeightId};
use crate::source::Location;

/// An expansion on its way to another place. All of it is its own: [`is_whole`].
pub struct InstanceCopy<'c> {
    pub first: &'c Instantiation,
    pub inputs: &'c [Port],
    pub place: &'c InstanceSite,
    pub here: Location,
    /// How many nodes, tensors and scopes there were before the copy.
    pub before: (usize, usize, usize),
    /// Room for a name that is put together.
    pub name: Cell<String>,
}

impl InstanceCopy<'_> {
    pub fn name(&self, name: &str) -> Arc<str> {
        let rest = self.first.rest(name).unwrap_or_default();
        if rest.is_empty() {
            return self.place.path.clone();
        }
        let mut name = self.name.take();
        name.clear();
        name.push_str(&self.place.path);
        name.push_str(rest);
        let shared = Arc::from(&*name);
        self.name.set(name);
        shared
    }

    /// What is written at the use of the block is written at this use; all else is written in the block.
    fn origin(&self, first: Origin) -> Origin {
        if first == origin(self.first.here) { origin(self.here) } else { first }
    }

    fn port(&self, port: Port) -> Option<Port> {
        if self.first.nodes.contains(&port.node.0) {
            return Some(Port { node: self.node_id(port.node), ..port });
        }
        let input = self.first.inputs.iter().position(|input| *input == port)?;
        self.inputs.get(input).copied()
    }

    fn node_id(&self, id: NodeId) -> NodeId {
        NodeId(shifted(id.0, &self.first.nodes, self.before.0))
    }

    fn weight_id(&self, id: WeightId) -> WeightId {
        WeightId(shifted(id.0, &self.first.weights, self.before.1))
    }

    fn scope_id(&self, id: ScopeId) -> ScopeId {
        if self.first.scopes.contains(&id.0) {
            ScopeId(shifted(id.0, &self.first.scopes, self.before.2))
        } else {
            self.place.scope
        }
    }

    pub fn node(&self, graph: &Graph, id: NodeId) -> Option<(Node, Inputs)> {
        let node = graph.node(id)?;
        let inputs = graph.inputs_of(id).into_iter().filter_map(|port| self.port(port)).collect();
        let path = self.name(&node.path);
        // The id of what is called as the block itself depends on what else is.
        let is_numbered = node.id != node.path && node.path != self.first.path;
        let copied = Node {
            id: if is_numbered { self.name(&node.id) } else { path.clone() },
            path,
            operation: node.operation.clone(),
            weights: node.weights.iter().map(|weight| self.weight_id(*weight)).collect(),
            origin: self.origin(node.origin),
            scope: self.scope_id(node.scope),
            first_use: node.first_use.map(|first| self.node_id(first)),
            routing: node.routing,
            doc: node.doc.clone(),
        };
        Some((copied, inputs))
    }

    pub fn assertion(&self, assertion: &Assertion) -> Assertion {
        let (scope, origin) = (self.scope_id(assertion.scope), self.origin(assertion.origin));
        Assertion { scope, origin, ..assertion.clone() }
    }

    pub fn weight(&self, weight: &Weight) -> Weight {
        Weight {
            name: self.name(&weight.name),
            aliases: weight.aliases.iter().map(|alias| self.name(alias)).collect(),
            shape: weight.shape.clone(),
            origin: self.origin(weight.origin),
            ..*weight
        }
    }

    pub fn scope(&self, scope: &Scope) -> Scope {
        Scope {
            path: self.name(&scope.path),
            definition: scope.definition.clone(),
            arguments: scope.arguments.clone(),
            parent: scope.parent.map(|parent| self.scope_id(parent)),
            origin: self.origin(scope.origin),
        }
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

/// True where everything in an expansion, in the graph that it stands in, is its own: it reads nothing from outside but its
/// inputs, uses no other tensors, and is called after its path.
pub fn is_whole(first: &Instantiation, graph: &Graph) -> bool {
    let has_node = |id: &NodeId| first.nodes.contains(&id.0);
    let has_weight = |id: &WeightId| first.weights.contains(&id.0);
    let is_fed = |port: &Port| has_node(&port.node) || first.inputs.contains(port);
    let is_named = |name: &str| first.rest(name).is_some();
    let is_own_node = |id: NodeId| {
        graph.node(id).is_some_and(|node| {
            let id_is_named = node.path == first.path || is_named(&node.id);
            let stands_alone = node.weights.iter().all(has_weight) && node.first_use.iter().all(has_node);
            is_named(&node.path) && id_is_named && stands_alone && graph.inputs_of(id).iter().all(is_fed)
        })
    };
    let is_own_weight =
        |weight: &Weight| is_named(&weight.name) && weight.aliases.iter().all(|name| is_named(name));
    first.nodes.clone().map(NodeId).all(is_own_node)
        && first.weights.clone().all(|id| graph.weight(WeightId(id)).is_some_and(is_own_weight))
        && first.scopes.clone().all(|id| graph.scope(ScopeId(id)).is_some_and(|scope| is_named(&scope.path)))
        && first.assertions.end <= graph.assertions.len()
}

fn shifted(number: u32, from: &Range<u32>, to: usize) -> u32 {
    let to = u32::try_from(to).unwrap_or(u32::MAX);
    number.saturating_sub(from.start).saturating_add(to)
}
