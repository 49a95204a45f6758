//! For tests: small graphs, written line by line.

use std::sync::Arc;

use crate::ir::{
    Attribute, Count, Dtype, Graph, Node, Operation, Origin, Output, Port, Role, Routing, Scope, ScopeId,
    Shape, Size, TensorType, Usage, Weight, WeightId, WeightSpec,
};

/// A graph that is being built.
pub(crate) struct Trial {
    pub graph: Graph,
    scope: ScopeId,
}

/// Arguments of a layer.
pub(crate) type Arguments<'a> = &'a [(&'static str, Attribute)];

impl Trial {
    pub fn new(name: &str) -> Trial {
        Trial { graph: Graph::new(name.into(), Origin::default()), scope: ScopeId::ROOT }
    }

    /// What is added from here on stands in a block.
    pub fn enter(&mut self, path: &str, definition: &str) -> ScopeId {
        let scope = Scope {
            path: path.into(),
            definition: definition.into(),
            arguments: Arc::default(),
            parent: Some(self.scope),
            origin: Origin::default(),
        };
        self.scope = self.graph.add_scope(scope);
        self.scope
    }

    /// Back to the block outside.
    pub fn leave(&mut self) {
        self.scope = self.graph.scope(self.scope).and_then(|scope| scope.parent).unwrap_or_default();
    }

    pub fn input(&mut self, name: &str, shape: impl Into<Shape>) -> Port {
        self.node(name, Operation::new("Input", vec![TensorType::float(shape)]), &[], &[])
    }

    pub fn tokens(&mut self, name: &str, shape: impl Into<Shape>) -> Port {
        self.node(name, Operation::new("Input", vec![TensorType::int(shape)]), &[], &[])
    }

    pub fn arange(&mut self, start: i128, length: impl Into<Size>) -> Port {
        let mut operation = Operation::new("Arange", vec![TensorType::int(Shape::from(vec![length.into()]))]);
        operation.arguments = vec![("start", Attribute::from(start))];
        self.node("arange_1", operation, &[], &[])
    }

    /// A bare parameter.
    pub fn param(&mut self, name: &str, shape: impl Into<Shape>) -> Port {
        let shape = shape.into();
        let weight = self.weight(name, shape.clone());
        self.node(name, Operation::new("Param", vec![TensorType::float(shape)]), &[weight], &[])
    }

    /// A layer that computes nothing, or nothing that matters to a test.
    pub fn layer(
        &mut self,
        kind: &'static str,
        arguments: Arguments,
        inputs: &[Port],
        shape: impl Into<Shape>,
    ) -> Port {
        let operation = Operation {
            arguments: arguments.to_vec(),
            ..Operation::new(kind, vec![TensorType::float(shape)])
        };
        let path = format!("{}_{}", kind.to_lowercase(), self.graph.len());
        self.node(&path, operation, &[], inputs)
    }

    /// A layer whose results are several.
    pub fn parts(&mut self, kind: &'static str, axis: i128, input: Port, shapes: Vec<Shape>) -> Vec<Port> {
        let count = shapes.len();
        let outputs = shapes.into_iter().map(TensorType::float).collect();
        let arguments = vec![("axis", Attribute::from(axis))];
        let operation = Operation { arguments, gives_list: true, ..Operation::new(kind, outputs) };
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
        kind: &'static str,
        weight: WeightId,
        usage: Usage,
        inputs: &[Port],
        shape: impl Into<Shape>,
    ) -> Port {
        let stored = self.graph.weight(weight).expect("a weight").clone();
        let path = stored.name.strip_suffix(".weight").unwrap_or(&stored.name).to_string();
        let spec = WeightSpec { name: "weight".into(), shape: stored.shape, role: stored.role, usage };
        let operation =
            Operation { weights: vec![spec], ..Operation::new(kind, vec![TensorType::float(shape)]) };
        self.node(&path, operation, &[weight], inputs)
    }

    pub fn weight(&mut self, name: &str, shape: impl Into<Shape>) -> WeightId {
        self.graph.add_weight(Weight {
            name: name.into(),
            aliases: Vec::new(),
            shape: shape.into(),
            dtype: Dtype::Float,
            role: Role::Parameter,
            trainable: true,
            origin: Origin::default(),
            routing: None,
        })
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
            origin: Origin::default(),
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
        self.graph.outputs.push(Output { name: name.into(), source, origin: Origin::default() });
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
        ..Operation::new("Linear", vec![TensorType::float(out)])
    }
}
