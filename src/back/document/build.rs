//! From a graph and its analysis to a model of the document.

use super::{
    Assertion, Budget, BySharing, Dimensions, Fields, Input, Layer, Memory, Model, Number, Output, Routing,
    Totals, Usage, Value, Weight, blocks::blocks, memory,
};
use crate::analysis::{
    self, Analysis, AtDefaults, Owners, TensorUses, dense_equivalent, masked_macs, receptive_fields,
};
use crate::ir::{self, ElementType, Graph, Measure, Node, NodeId, Port, Role, ScopeId, TensorType};

/// A model with all that is known of it.
pub(super) fn model(graph: &Graph, analysis: &Analysis) -> Model {
    let layers = graph.nodes().filter(|(_, node)| node.kind() != "Input");
    let weights = graph.weights().zip(&analysis.uses);
    let owners = Owners::of(graph);
    let fields = receptive_fields(graph);
    let owner = |id| owners.owner(id).and_then(|owner| graph.node(owner)).map(|node| node.id.to_string());
    Model {
        name: graph.name.to_string(),
        dimensions: dimensions(graph),
        inputs: graph
            .inputs()
            .iter()
            .filter_map(|id| graph.node(*id))
            .map(|node| input(graph, node))
            .collect(),
        outputs: graph.outputs.iter().map(|result| output(graph, result)).collect(),
        layers: layers
            .map(|(id, node)| Layer {
                receptive_field: fields.get(id.0 as usize).and_then(Option::as_ref).map(memory::field),
                ..layer(graph, analysis, id, node)
            })
            .collect(),
        weights: weights
            .map(|((id, stored), uses)| Weight {
                owner: owner(id),
                ..weight(stored, uses, AtDefaults(graph))
            })
            .collect(),
        totals: masked(graph, totals(&analysis.totals, AtDefaults(graph))),
        blocks: blocks(graph, analysis),
        memory: activations(graph, &analysis.memory),
        footprint: Fields::default(),
        training: None,
        assertions: graph.assertions.iter().map(|asserted| assertion(graph, asserted)).collect(),
        doc: graph.doc.as_deref().map(str::to_string),
    }
}

fn dimensions(graph: &Graph) -> Dimensions {
    let default = |dimension: &ir::Dimension| dimension.default.map_or(Value::None, Value::from);
    let dimensions =
        graph.dimensions.iter().map(|dimension| (dimension.name.to_string(), default(dimension)));
    Fields(dimensions.collect())
}

fn input(graph: &Graph, node: &Node) -> Input {
    let kind = node.operation.outputs.first().cloned().unwrap_or_default();
    Input {
        id: node.id.to_string(),
        name: node.path.to_string(),
        shape: Value::extents(&kind.shape),
        shape_at_defaults: Value::extents_at_defaults(&kind.shape, AtDefaults(graph)),
        dtype: kind.dtype.name(),
        doc: node.doc.as_deref().map(str::to_string),
    }
}

fn output(graph: &Graph, output: &ir::Output) -> Output {
    let shape = graph.type_of(output.source).map(|known| known.shape.clone()).unwrap_or_default();
    Output {
        name: output.name.to_string(),
        shape: Value::extents(&shape),
        shape_at_defaults: Value::extents_at_defaults(&shape, AtDefaults(graph)),
        source: reference(graph, output.source),
    }
}

/// The id of a result's node; `lstm:1` for a second result.
fn reference(graph: &Graph, port: Port) -> String {
    let id = graph.node(port.node).map_or("", |node| &node.id);
    if port.output == 0 { id.to_string() } else { format!("{id}:{}", port.output) }
}

fn layer(graph: &Graph, analysis: &Analysis, id: NodeId, node: &Node) -> Layer {
    let (operation, defaults) = (&node.operation, AtDefaults(graph));
    let stored = || node.weights.iter().filter_map(|weight| Some((graph.weight(*weight)?, *weight)));
    let elements = stored()
        .filter(|(weight, _)| weight.role == Role::Parameter)
        .filter_map(|(_, weight)| analysis.uses.get(weight.0 as usize))
        .map(|uses| &uses.elements);
    let dense = if node.weights.is_empty() { None } else { dense_equivalent(graph, id) };
    Layer {
        id: node.id.to_string(),
        name: node.path.to_string(),
        kind: operation.kind.to_string(),
        arguments: Fields::arguments(&operation.arguments, defaults),
        inputs: graph.inputs_of(id).into_iter().map(|port| reference(graph, port)).collect(),
        output_shapes: operation.outputs.iter().map(|output| Value::extents(&output.shape)).collect(),
        output_shapes_at_defaults: shapes_at_defaults(&operation.outputs, defaults),
        weights: stored().map(|(weight, _)| weight.name.to_string()).collect(),
        parameters: Number::from(&elements.sum()),
        macs: Number::from(&operation.macs),
        macs_at_defaults: Number::at_defaults(&operation.macs, defaults),
        elementwise: Number::from(&operation.elementwise),
        elementwise_at_defaults: Number::at_defaults(&operation.elementwise, defaults),
        dense_equivalent_at_defaults: dense.as_ref().and_then(|dense| Number::at_defaults(dense, defaults)),
        dense_equivalent: dense.as_ref().map(Number::from),
        receptive_field: None,
        scope: scope(graph, node.scope),
        routing: node.routing.map(routing),
        doc: node.doc.as_deref().map(str::to_string),
    }
}

/// Every result's extents at the defaults, where one of them holds a formula.
fn shapes_at_defaults(outputs: &[TensorType], defaults: AtDefaults) -> Option<Vec<Vec<Value>>> {
    if !outputs.iter().any(|output| output.shape.is_symbolic()) {
        return None;
    }
    let numbers = |output: &TensorType| {
        defaults.shape(&output.shape).map(|extents| extents.into_iter().map(Value::from).collect())
    };
    outputs.iter().map(numbers).collect()
}

fn scope(graph: &Graph, id: ScopeId) -> Option<String> {
    if id == ScopeId::ROOT {
        return None;
    }
    graph.scope(graph.module_of(id)).map(|scope| scope.path.to_string())
}

fn routing(routing: ir::Routing) -> Routing {
    Routing { experts: routing.experts, top_k: routing.top_k }
}

fn weight(weight: &ir::Weight, uses: &TensorUses, defaults: AtDefaults) -> Weight {
    let is_parameter = weight.role == Role::Parameter;
    Weight {
        role: if is_parameter { "parameter" } else { "buffer" },
        name: weight.name.to_string(),
        shape: Value::extents(&weight.shape),
        elements: Number::from(&uses.elements),
        usage: is_parameter.then(|| usage(uses, defaults)),
        owner: None,
        aliases: weight.aliases.iter().map(|alias| alias.to_string()).collect(),
        trainable: is_parameter.then_some(weight.trainable),
        dtype: (weight.dtype != ElementType::default()).then(|| weight.dtype.name()),
        routing: weight.routing.map(routing),
    }
}

fn usage(uses: &TensorUses, defaults: AtDefaults) -> Usage {
    let least = Some(&uses.least).filter(|least| **least != uses.most);
    Usage {
        uses: Number::from(&uses.most),
        uses_at_defaults: Number::at_defaults(&uses.most, defaults),
        uses_min: least.map(Number::from),
        uses_min_at_defaults: least.and_then(|least| Number::at_defaults(least, defaults)),
        unshared: Number::from(&uses.unshared),
        unshared_at_defaults: Number::at_defaults(&uses.unshared, defaults),
        sharing: uses.sharing.iter().map(|way| way.name()).collect(),
    }
}

fn totals(totals: &analysis::Totals, defaults: AtDefaults) -> Totals {
    Totals {
        parameters: Number::from(&totals.parameters),
        parameters_gross: Number::from(&totals.parameters_gross),
        trainable: Number::from(&totals.trainable),
        active: Number::from(&totals.active),
        shared: Number::from(&totals.shared),
        unshared_tensors: Number::from(&totals.unshared_tensors),
        without_sharing: Number::from(&totals.without_sharing),
        without_sharing_at_defaults: Number::at_defaults(&totals.without_sharing, defaults),
        buffers: Number::from(&totals.buffers),
        macs: Number::from(&totals.macs),
        macs_at_defaults: Number::at_defaults(&totals.macs, defaults),
        macs_masked: None,
        macs_masked_at_defaults: None,
        elementwise: Number::from(&totals.elementwise),
        elementwise_at_defaults: Number::at_defaults(&totals.elementwise, defaults),
        by_sharing: BySharing {
            positions: Number::from(&totals.by_sharing.positions),
            time: Number::from(&totals.by_sharing.time),
            call_sites: Number::from(&totals.by_sharing.call_sites),
            tied: Number::from(&totals.by_sharing.tied),
        },
    }
}

/// The totals with attention also counted as its masks leave it.
fn masked(graph: &Graph, totals: Totals) -> Totals {
    let masked = masked_macs(graph);
    Totals {
        macs_masked: masked.as_ref().map(Number::from),
        macs_masked_at_defaults: masked.and_then(|macs| Number::at_defaults(&macs, AtDefaults(graph))),
        ..totals
    }
}

fn activations(graph: &Graph, memory: &analysis::Memory) -> Memory {
    let defaults = AtDefaults(graph);
    Memory {
        peak: Number::from(&memory.peak),
        peak_at_defaults: Number::at_defaults(&memory.peak, defaults),
        at: memory.at.and_then(|id| graph.node(id)).map(|node| node.id.to_string()),
        sum: Number::from(&memory.sum),
        sum_at_defaults: Number::at_defaults(&memory.sum, defaults),
    }
}

fn assertion(graph: &Graph, assertion: &ir::Assertion) -> Assertion {
    let budget = |budget: ir::Budget| Budget {
        measure: match budget.measure {
            Measure::Parameters => "params",
            Measure::Macs => "macs",
        },
        actual: Number::from(budget.actual),
        bound: Value::from(budget.bound),
    };
    Assertion {
        holds: assertion.holds,
        at_defaults: assertion.at_defaults,
        message: assertion.message.as_deref().map(str::to_string),
        scope: scope(graph, assertion.scope),
        budget: assertion.budget.map(budget),
    }
}
