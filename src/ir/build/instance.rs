//! A part of a graph that is instantiated once more: names under another path, numbers behind those that are there.
//!
//! Main types: [`Instance`], what was added in one go, and [`InstanceCopy`], the same on its way to another site. Nothing is
//! added here: that is the [`Builder`](super::Builder)'s.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use crate::ir::{
    Assertion, Graph, Inputs, InstanceSite, Node, NodeId, Port, Scope, ScopeId, ScopePort, Tensor, Weight,
    WeightId,
};
use crate::source::Location;

/// What was added to a graph under one path, from one mark to the next.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// The path.
    pub path: Arc<str>,
    /// Where it is used.
    pub here: Location,
    /// What feeds it.
    pub inputs: Vec<Port>,
    pub nodes: Range<u32>,
    pub weights: Range<u32>,
    pub scopes: Range<u32>,
    pub assertions: Range<usize>,
    /// The paths that it reserved, by number.
    pub reservations: Range<usize>,
}

impl Instance {
    /// What follows its path in a name of something inside: `.conv1.weight`, or nothing.
    pub fn rest<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&*self.path).filter(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// True where everything in it, in the graph that it is a part of, is its own: it reads nothing from outside but its
    /// inputs, uses no other tensors, and is named after its path.
    pub fn is_whole(&self, graph: &Graph) -> bool {
        let has_node = |id: &NodeId| self.nodes.contains(&id.0);
        let has_weight = |id: &WeightId| self.weights.contains(&id.0);
        let is_fed = |port: &Port| has_node(&port.node) || self.inputs.contains(port);
        let is_named = |name: &str| self.rest(name).is_some();
        let is_own_node = |id: NodeId| {
            graph.node(id).is_some_and(|node| {
                let id_is_named = node.path == self.path || is_named(&node.id);
                let is_alone = node.weights.iter().all(has_weight) && node.first_use.iter().all(has_node);
                is_named(&node.path) && id_is_named && is_alone && graph.inputs_of(id).iter().all(is_fed)
            })
        };
        let is_own_weight =
            |weight: &Weight| is_named(&weight.name) && weight.aliases.iter().all(|name| is_named(name));
        let is_own_scope = |scope: &Scope| is_named(&scope.path);
        self.nodes.clone().map(NodeId).all(is_own_node)
            && self.weights.clone().all(|id| graph.weight(WeightId(id)).is_some_and(is_own_weight))
            && self.scopes.clone().all(|id| graph.scope(ScopeId(id)).is_some_and(is_own_scope))
            && self.assertions.end <= graph.assertions.len()
    }
}

/// An instance on its way to another site. All of it is its own: [`Instance::is_whole`].
pub(crate) struct InstanceCopy<'c> {
    pub first: &'c Instance,
    pub inputs: &'c [Port],
    pub site: &'c InstanceSite,
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
            return self.site.path.clone();
        }
        let mut name = self.name.take();
        name.clear();
        name.push_str(&self.site.path);
        name.push_str(rest);
        let shared = Arc::from(&*name);
        self.name.set(name);
        shared
    }

    /// The port of the copy that a port of the first instance is, or the input in its place.
    pub fn port(&self, port: Port) -> Option<Port> {
        if self.first.nodes.contains(&port.node.0) {
            return Some(Port { node: self.node_id(port.node), ..port });
        }
        let input = self.first.inputs.iter().position(|input| *input == port)?;
        self.inputs.get(input).copied()
    }

    pub fn node(&self, graph: &Graph, id: NodeId) -> Option<(Node, Inputs)> {
        let node = graph.node(id)?;
        let inputs = graph.inputs_of(id).into_iter().filter_map(|port| self.port(port)).collect();
        let path = self.name(&node.path);
        // The id of what has the path of the instance itself depends on what else has it.
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
            inputs: self.ports(&scope.inputs),
            outputs: self.ports(&scope.outputs),
            nodes: self.node_number(scope.nodes.start)..self.node_number(scope.nodes.end),
            origin: self.origin(scope.origin),
            doc: scope.doc.clone(),
            kind: scope.kind,
        }
    }

    fn ports(&self, ports: &Arc<[ScopePort]>) -> Arc<[ScopePort]> {
        if ports.is_empty() {
            return ports.clone();
        }
        let copied = |of: &ScopePort| {
            let tensor = match of.tensor {
                Tensor::Port(port) => Tensor::Port(self.port(port)?),
                Tensor::Weight(id) => Tensor::Weight(self.weight_id(id)),
            };
            Some(ScopePort { name: of.name.clone(), tensor })
        };
        ports.iter().filter_map(copied).collect()
    }

    /// What is written at the first use is written at this one; all else is written inside.
    fn origin(&self, first: Location) -> Location {
        if first == self.first.here { self.here } else { first }
    }

    fn node_id(&self, id: NodeId) -> NodeId {
        NodeId(self.node_number(id.0))
    }

    fn node_number(&self, number: u32) -> u32 {
        shifted(number, &self.first.nodes, self.before.0)
    }

    fn weight_id(&self, id: WeightId) -> WeightId {
        WeightId(shifted(id.0, &self.first.weights, self.before.1))
    }

    fn scope_id(&self, id: ScopeId) -> ScopeId {
        if self.first.scopes.contains(&id.0) {
            ScopeId(shifted(id.0, &self.first.scopes, self.before.2))
        } else {
            self.site.scope
        }
    }
}

fn shifted(number: u32, from: &Range<u32>, to: usize) -> u32 {
    let to = u32::try_from(to).unwrap_or(u32::MAX);
    number.saturating_sub(from.start).saturating_add(to)
}
