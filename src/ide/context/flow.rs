//! What flows where: for every piece of source that a layer or a block is applied by, what each application gives.
//!
//! Main type: [`Flow`], read off the graphs, which know where each node and each use of a block is written.

use foldhash::{HashMap, HashMapExt};

use crate::analysis::AtDefaults;
use crate::ide::Snapshot;
use crate::ir::{Graph, NodeId, Port, Role, Scope, ScopeId, TensorType};
use crate::source::{FileId, Location, Span};

/// What is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ide) enum Applied {
    Layer(NodeId),
    Block(ScopeId),
}

/// One application: of which model, and what.
#[derive(Clone, Copy, Debug)]
pub(in crate::ide) struct Application {
    pub model: usize,
    pub applied: Applied,
}

/// Every application that is written in the text, by where it is written.
pub(in crate::ide) struct Flow<'s> {
    snapshot: &'s Snapshot,
    written: HashMap<Span, Vec<Application>>,
    /// Of each model's blocks, the first and the last node.
    extents: Vec<Vec<Option<(NodeId, NodeId)>>>,
}

impl<'s> Flow<'s> {
    pub fn of(snapshot: &'s Snapshot) -> Flow<'s> {
        let mut flow = Flow { snapshot, written: HashMap::new(), extents: Vec::new() };
        for (graph, model) in snapshot.program.models.iter().zip(0..) {
            for (id, scope) in graph.modules().skip(1) {
                flow.add(graph, model, scope.origin, graph.outer_module(id), Applied::Block(id));
            }
            for (id, node) in graph.nodes() {
                flow.add(graph, model, node.origin, Some(graph.module_of(node.scope)), Applied::Layer(id));
            }
            flow.extents.push(extents(graph));
        }
        flow
    }

    /// Notes an application, unless it is part of another one that is written at the same place.
    fn add(&mut self, graph: &Graph, model: usize, at: Location, scope: Option<ScopeId>, applied: Applied) {
        let around = scope.filter(|scope| *scope != ScopeId::ROOT).and_then(|scope| graph.scope(scope));
        if at.file == FileId(0) && around.is_none_or(|around| around.origin != at) {
            let span = at.span;
            self.written.entry(span).or_default().push(Application { model, applied });
        }
    }

    /// The applications that are written at a place, model after model, in the order of their execution.
    pub fn at(&self, span: Span) -> &[Application] {
        self.written.get(&span).map_or(&[], Vec::as_slice)
    }

    pub fn graph(&self, application: Application) -> Option<&'s Graph> {
        self.snapshot.program.models.get(application.model).map(|graph| &**graph)
    }

    /// The types that an application gives.
    pub fn results(&self, application: Application) -> Vec<&'s TensorType> {
        let Some(graph) = self.graph(application) else { return Vec::new() };
        match application.applied {
            Applied::Layer(id) => {
                graph.node(id).map(|node| node.operation.outputs.iter().collect()).unwrap_or_default()
            }
            Applied::Block(id) => {
                let extents = self.extents.get(application.model).and_then(|all| all.get(id.0 as usize));
                let Some(Some((first, last))) = extents.copied() else { return Vec::new() };
                let mut ports = read_from_outside(graph, first, last);
                if ports.is_empty() {
                    ports.push(Port { node: last, output: 0 });
                }
                ports.into_iter().filter_map(|port| graph.type_of(port)).collect()
            }
        }
    }

    /// The type that a layer is sent first; `None` for a block, and for a layer that is sent nothing.
    pub fn sent(&self, application: Application) -> Option<&'s TensorType> {
        let graph = self.graph(application)?;
        match application.applied {
            Applied::Layer(id) => graph.type_of(*graph.inputs_of(id).first()?),
            Applied::Block(_) => None,
        }
    }

    /// The parameters that an application reads, each tensor once.
    pub fn parameters(&self, application: Application) -> Option<u128> {
        let (graph, analysis) = (self.graph(application)?, self.snapshot.analyses.get(application.model)?);
        let count = match application.applied {
            Applied::Layer(id) => {
                let node = graph.node(id)?;
                let mut read: Vec<_> = node.weights.to_vec();
                read.sort_unstable();
                read.dedup();
                let weights = read.iter().filter_map(|id| graph.weight(*id));
                weights.filter(|weight| weight.role == Role::Parameter).map(|w| w.shape.elements()).sum()
            }
            Applied::Block(id) => analysis.scopes.get(id.0 as usize)?.parameters.clone(),
        };
        AtDefaults(graph).count(&count)
    }
}

/// The first and the last node of every block with all inside.
fn extents(graph: &Graph) -> Vec<Option<(NodeId, NodeId)>> {
    let ends = |scope: &Scope| {
        let last = scope.nodes.end.checked_sub(1).filter(|last| scope.nodes.contains(last))?;
        Some((NodeId(scope.nodes.start), NodeId(last)))
    };
    graph.scopes().map(|(_, scope)| ends(scope)).collect()
}

/// The results of some nodes that others or the model's outputs read.
fn read_from_outside(graph: &Graph, first: NodeId, last: NodeId) -> Vec<Port> {
    let inside = |id: NodeId| first <= id && id <= last;
    let mut ports = Vec::new();
    for node in (first.0..=last.0).map(NodeId) {
        let readers = graph.readers_of(node).filter(|(reader, ..)| !inside(*reader));
        ports.extend(readers.map(|(_, _, output)| Port { node, output }));
    }
    ports.extend(graph.outputs.iter().map(|output| output.source).filter(|port| inside(port.node)));
    ports.sort_unstable_by_key(|port| (port.node, port.output));
    ports.dedup();
    ports
}
