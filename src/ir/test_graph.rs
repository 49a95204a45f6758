//! For tests: small graphs, written line by line.

use std::sync::Arc;

use super::{
    Attribute, Count, ElementType, Graph, Kind, Node, Operation, Output, Port, Role, Routing, Scope, ScopeId,
    ScopeKind, Shape, Size, TensorType, Usage, Weight, WeightId, WeightSpec,
};
use crate::source::Location;

/// The kind of a layer of the catalogue.
pub(crate) fn layer(name: &str) -> Kind {
    crate::layers::find(name).expect("a layer of the catalogue").0.into()
}

/// A graph that is being built.
pub(crate) struct TestGraph {
    pub graph: Graph,
    scope: ScopeId,
}

/// Arguments of a layer.
pub(crate) type Arguments<'a> = &'a [(&'static str, Attribute)];

impl TestGraph {
    pub fn new(name: &str) -> TestGraph {
        TestGraph { graph: Graph::new(name.into(), Location::default()), scope: ScopeId::ROOT }
    }

    /// What is added from here on is in a block.
    pub fn enter(&mut self, path: &str, definition: &str) -> ScopeId {
        let start = u32::try_from(self.graph.len()).expect("a small graph");
        let scope = Scope {
            kind: ScopeKind::Block,
            path: path.into(),
            definition: definition.into(),
            parent: Some(self.scope),
            nodes: start..start,
            ..Scope::default()
        };
        self.scope = self.graph.add_scope(scope);
        self.scope
    }

    /// Back to the block outside.
    pub fn leave(&mut self) {
        self.graph.close_scope(self.scope);
        self.scope = self.graph.scope(self.scope).and_then(|scope| scope.parent).unwrap_or_default();
    }

    pub fn input(&mut self, name: &str, shape: impl Into<Shape>) -> Port {
        self.node(name, Operation::new(Kind::Input, vec![TensorType::float(shape)]), &[], &[])
    }

    pub fn tokens(&mut self, name: &str, shape: impl Into<Shape>) -> Port {
        self.node(name, Operation::new(Kind::Input, vec![TensorType::int(shape)]), &[], &[])
    }

    pub fn arange(&mut self, start: i128, length: impl Into<Size>) -> Port {
        let mut operation =
            Operation::new(Kind::Arange, vec![TensorType::int(Shape::from(vec![length.into()]))]);
        operation.arguments = vec![("start", Attribute::from(start))];
        self.node("arange_1", operation, &[], &[])
    }

    /// A bare parameter.
    pub fn param(&mut self, name: &str, shape: impl Into<Shape>) -> Port {
        let shape = shape.into();
        let weight = self.weight(name, shape.clone());
        self.node(name, Operation::new(Kind::Parameter, vec![TensorType::float(shape)]), &[weight], &[])
    }

    /// A layer that computes nothing, or nothing that matters to a test.
    pub fn layer(
        &mut self,
        kind: &str,
        arguments: Arguments,
        inputs: &[Port],
        shape: impl Into<Shape>,
    ) -> Port {
        let operation = Operation {
            arguments: arguments.to_vec(),
            ..Operation::new(layer(kind), vec![TensorType::float(shape)])
        };
        let path = format!("{}_{}", kind.to_lowercase(), self.graph.len());
        self.node(&path, operation, &[], inputs)
    }

    /// A layer whose results are several.
    pub fn parts(&mut self, kind: &str, axis: i128, input: Port, shapes: Vec<Shape>) -> Vec<Port> {
        let count = shapes.len();
        let outputs = shapes.into_iter().map(TensorType::float).collect();
        let arguments = vec![("axis", Attribute::from(axis))];
        let operation = Operation { arguments, gives_list: true, ..Operation::new(layer(kind), outputs) };
        let path = format!("{}_{}", kind.to_lowercase(), self.graph.len());
        let first = self.node(&path, operation, &[], &[input]);
        (0..count).map(|output| Port { output: output as u32, ..first }).collect()
    }

    /// A position-wise dense layer with weights of its own.
    pub fn linear(&mut self, path: &str, input: Port, features: i128) -> Port {
        let operation = linear(self.graph.type_of(input).expect("an input"), features);
        let weights: Vec<WeightId> = operation
            .weights
            .iter()
            .map(|spec| self.weight(&format!("{path}.{}", spec.name), spec.shape.clone()))
            .collect();
        self.node(path, operation, &weights, &[input])
    }

    /// The same layer again.
    pub fn again(&mut self, path: &str, input: Port, features: i128) -> Port {
        let first = self.graph.nodes().find(|(_, node)| &*node.path == path).expect("a first use");
        let (first, weights) = (first.0, first.1.weights.to_vec());
        let operation = linear(self.graph.type_of(input).expect("an input"), features);
        let node = self.unwired(path, operation, &weights);
        self.add(Node { first_use: Some(first), id: format!("{path}@2").into(), ..node }, &[input])
    }

    /// A layer with one weight of a given use.
    pub fn using(
        &mut self,
        kind: &str,
        weight: WeightId,
        usage: Usage,
        inputs: &[Port],
        shape: impl Into<Shape>,
    ) -> Port {
        let stored = self.graph.weight(weight).expect("a weight").clone();
        let path = stored.name.strip_suffix(".weight").unwrap_or(&stored.name).to_string();
        let spec = WeightSpec { name: "weight".into(), shape: stored.shape, role: stored.role, usage };
        let operation =
            Operation { weights: vec![spec], ..Operation::new(layer(kind), vec![TensorType::float(shape)]) };
        self.node(&path, operation, &[weight], inputs)
    }

    pub fn weight(&mut self, name: &str, shape: impl Into<Shape>) -> WeightId {
        self.graph.add_weight(Weight {
            name: name.into(),
            aliases: Vec::new(),
            shape: shape.into(),
            dtype: ElementType::Float32,
            role: Role::Parameter,
            trainable: true,
            origin: Location::default(),
            routing: None,
        })
    }

    pub fn weight_mut(&mut self, id: WeightId) -> &mut Weight {
        self.graph.weight_mut(id).expect("a weight")
    }

    /// A weight of an expert.
    pub fn expert(&mut self, name: &str, shape: impl Into<Shape>, experts: u32, top_k: u32) -> WeightId {
        let weight = self.weight(name, shape);
        self.graph.weight_mut(weight).expect("just added").routing = Some(Routing { experts, top_k });
        weight
    }

    pub fn node(&mut self, path: &str, operation: Operation, weights: &[WeightId], inputs: &[Port]) -> Port {
        let node = self.unwired(path, operation, weights);
        self.add(node, inputs)
    }

    fn unwired(&self, path: &str, operation: Operation, weights: &[WeightId]) -> Node {
        Node {
            id: path.into(),
            path: path.into(),
            operation: Arc::new(operation),
            weights: weights.into(),
            origin: Location::default(),
            scope: self.scope,
            first_use: None,
            routing: None,
            doc: None,
        }
    }

    fn add(&mut self, node: Node, inputs: &[Port]) -> Port {
        Port { node: self.graph.add(node, inputs), output: 0 }
    }

    pub fn output(&mut self, name: &str, source: Port) {
        self.graph.outputs.push(Output { name: name.into(), source, origin: Location::default() });
    }
}

fn linear(input: &TensorType, features: i128) -> Operation {
    let (leading, width) = input.shape.split_trailing(1).expect("an axis");
    let width = width.first().expect("an axis").clone();
    let positions = leading.iter().fold(Count::ONE, |product, dim| product * Count::from(dim));
    let spec = |name: &str, shape: Shape| WeightSpec {
        name: name.into(),
        shape,
        role: Role::Parameter,
        usage: Usage::at(positions.clone()),
    };
    let out: Shape = leading.iter().cloned().chain([Size::from(features)]).collect();
    let weight = Shape::from(vec![Size::from(features), width]);
    Operation {
        arguments: vec![("out_features", Attribute::from(features)), ("bias", Attribute::from(true))],
        macs: weight.elements() * positions.clone(),
        weights: vec![spec("weight", weight), spec("bias", Shape::from([features]))],
        ..Operation::new(layer("Linear"), vec![TensorType::float(out)])
    }
}
