//! The state of building one model: its graph, its names, its declared layers, and what went wrong.
//!
//! Main type: [`Evaluator`]. Its methods are spread over this folder by what they elaborate. Whatever fails is
//! reported once and becomes [`Value::Poison`], which says nothing more.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::arithmetic::EvalError;
use super::errors::Errors;
use super::frame::{Frame, InstanceSite};
use super::instantiation_cache::InstantiationCache;
use super::library::{Definition, Library};
use super::name_table::{NameTable, Uses};
use super::operation_cache::OperationCache;
use super::value::{DeclaredLayerId, Layer, Tensor, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::{
    Dtype, Graph, Node, NodeId, Operation, Origin, Port, Role, Shape, TensorType, Weight, WeightId, Weights,
};
use crate::source::{Location, Span};
use crate::syntax::ast::Expr;

/// The most layers of a model, and the most uses of blocks, after expansion.
pub(super) const LAYER_LIMIT: usize = 1_000_000;
/// How deep blocks may stand in blocks.
pub(super) const BLOCK_DEPTH_LIMIT: usize = 64;
/// How deep expressions may be nested through blocks and functions.
const DEPTH_LIMIT: u32 = 4_000;
/// How many expressions are computed, and rounds gone through, before a model counts as endless.
pub(super) const STEP_LIMIT: u64 = 50_000_000;

/// One model in the making.
pub(super) struct Evaluator<'p, 'e> {
    pub library: &'p Library,
    pub errors: &'e mut Errors,
    pub graph: Graph,
    /// True once anything is missing from the graph.
    pub failed: bool,
    /// Values that take the place of a model's parameters and symbolic sizes.
    pub set: &'p HashMap<Arc<str>, (Expr, u32)>,
    /// Definitions that are made of themselves, which is reported.
    pub circular: &'p HashSet<Definition>,
    /// True inside an `assert`, which is decided at the defaults.
    pub judging: bool,
    /// True where a default was needed to decide.
    pub at_defaults: bool,
    pub declared_layers: Vec<DeclaredLayer>,
    pub constants: HashMap<Definition, Value>,
    /// The uses of blocks that are being expanded, the outermost first.
    pub calls: Vec<Call>,
    pub layers: usize,
    /// What is called how.
    pub taken: NameTable,
    /// The number of stored tensors.
    pub stored: usize,
    /// The same tensor of the further experts of a mixture.
    pub replicas: HashMap<WeightId, Vec<WeightId>>,
    /// One expert's share of a stacked tensor.
    pub shares: HashMap<WeightId, Shape>,
    readers: HashMap<WeightId, Port>,
    /// What layers that were applied do.
    pub operations: OperationCache,
    /// What blocks that were used expand to.
    pub expansions: &'e mut InstantiationCache,
    pub depth: u32,
    pub steps: u64,
    stopped: bool,
}

/// A declared layer.
#[derive(Clone, Debug)]
pub(super) struct DeclaredLayer {
    pub path: Arc<str>,
    pub layer: Layer,
    pub uses: u32,
    /// True if it was declared in a further use of another declared layer: its weights exist.
    pub repeat: bool,
    pub frozen: bool,
    /// True if a use of it failed, which is reported: what it stores is not known.
    pub broken: bool,
    pub origin: Location,
}

/// A use of a block.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub definition: Definition,
    pub path: Arc<str>,
    pub place: Location,
    pub inputs: Vec<TensorType>,
}

impl<'p, 'e> Evaluator<'p, 'e> {
    pub fn new(
        library: &'p Library,
        errors: &'e mut Errors,
        expansions: &'e mut InstantiationCache,
        set: &'p HashMap<Arc<str>, (Expr, u32)>,
        circular: &'p HashSet<Definition>,
        graph: Graph,
    ) -> Evaluator<'p, 'e> {
        Evaluator {
            library,
            errors,
            graph,
            failed: false,
            set,
            circular,
            judging: false,
            at_defaults: false,
            declared_layers: Vec::new(),
            constants: HashMap::new(),
            calls: Vec::new(),
            layers: 0,
            taken: NameTable::new(),
            stored: 0,
            replicas: HashMap::new(),
            shares: HashMap::new(),
            readers: HashMap::new(),
            operations: OperationCache::new(),
            expansions,
            depth: 0,
            steps: 0,
            stopped: false,
        }
    }

    // ── what went wrong ──────────────────────────────────────────────────────────────────────────────────

    /// Reports an error, with the blocks that led to it.
    pub fn report(&mut self, error: Diagnostic) -> Value {
        self.failed = true;
        if !self.errors.has(error.code, error.primary.location) {
            let error =
                self.calls.iter().rev().take(3).fold(error, |error, call| error.note(self.told(call)));
            self.errors.push(error);
        }
        Value::Poison
    }

    pub fn error(&mut self, code: &'static str, place: Location, message: impl Into<String>) -> Value {
        self.report(Diagnostic::structural(code, place, message))
    }

    pub fn fault(&mut self, place: Location, fault: EvalError) -> Value {
        let error = Diagnostic::structural(fault.code, place, fault.message);
        self.report(match fault.help {
            Some(help) => error.help(help),
            None => error,
        })
    }

    /// What follows from an error that is reported already.
    pub fn poison(&mut self) -> Value {
        self.failed = true;
        Value::Poison
    }

    fn told(&self, call: &Call) -> String {
        let written = self.library.sources.text(call.place).split_whitespace().collect::<Vec<_>>().join(" ");
        let written = if written.chars().count() > 60 {
            written.chars().take(59).chain(['…']).collect()
        } else {
            written
        };
        let name = self.library.item(call.definition).and_then(|item| super::library::item_name(&item.kind));
        let name = name.map_or("", |name| &name.text);
        let (file, line, column) = self.library.sources.position(call.place);
        let inputs: Vec<_> = call.inputs.iter().map(ToString::to_string).collect();
        let path = if call.path.is_empty() { String::new() } else { format!(", `{}`,", call.path) };
        format!("in `{name}`, used as `{written}`{path} at {file}:{line}:{column} on {}", inputs.join(", "))
    }

    // ── limits ───────────────────────────────────────────────────────────────────────────────────────────

    /// Counts work; false once a model has taken more than any model needs.
    pub fn step(&mut self, cost: u64, place: Location) -> bool {
        self.steps = self.steps.saturating_add(cost);
        if self.steps > STEP_LIMIT && !self.stopped {
            self.stopped = true;
            let message = format!("this model takes more than {} steps to expand", grouped(STEP_LIMIT));
            self.error("limit", place, message);
        }
        if self.stopped {
            self.failed = true;
        }
        !self.stopped
    }

    /// One layer more; false where that is one too many.
    pub fn one_more_layer(&mut self, place: Location) -> bool {
        self.layers = self.layers.saturating_add(1);
        if self.layers > LAYER_LIMIT && !self.stopped {
            self.stopped = true;
            let message = format!("this model has more than {} layers", grouped(LAYER_LIMIT as u64));
            self.error("limit", place, message);
        }
        self.failed |= self.stopped;
        !self.stopped
    }

    /// Runs `inside` one level deeper, unless that is too deep.
    pub fn deeper(&mut self, place: Location, inside: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.depth >= DEPTH_LIMIT {
            return self.error(
                "limit",
                place,
                "expressions are nested too deep through blocks and functions",
            );
        }
        self.depth = self.depth.saturating_add(1);
        let value = inside(self);
        self.depth = self.depth.saturating_sub(1);
        value
    }

    // ── tensors ──────────────────────────────────────────────────────────────────────────────────────────

    pub fn type_of(&self, tensor: Tensor) -> TensorType {
        match tensor {
            Tensor::Port(port) => self.graph.type_of(port).cloned().unwrap_or_default(),
            Tensor::Weight(id) => {
                let dtype = self.graph.weight(id).map_or(Dtype::Float, |weight| weight.dtype);
                TensorType { shape: self.shape_of(id), dtype }
            }
        }
    }

    /// A stored tensor's shape; inside a stacked expert, one expert's share of it.
    pub fn shape_of(&self, id: WeightId) -> Shape {
        let whole = || self.graph.weight(id).map(|weight| weight.shape.clone()).unwrap_or_default();
        self.shares.get(&id).cloned().unwrap_or_else(whole)
    }

    /// The node result that a tensor is; a stored tensor gets a node where it is first read.
    pub fn port(&mut self, tensor: Tensor, place: &InstanceSite) -> Port {
        let id = match tensor {
            Tensor::Port(port) => return port,
            Tensor::Weight(id) => id,
        };
        if let Some(port) = self.readers.get(&id) {
            return *port;
        }
        let kind = match self.graph.weight(id).map(|weight| weight.role) {
            Some(Role::Buffer) => "Buffer",
            _ => "Param",
        };
        let (name, origin) = self.graph.weight(id).map_or_else(
            || (Arc::from(""), Origin::default()),
            |weight| (weight.name.clone(), weight.origin),
        );
        let operation = Operation::new(kind, vec![self.type_of(tensor)]);
        let place = InstanceSite { path: name, ..place.clone() };
        let weights = self.of_all_experts([id].into_iter().collect(), place.routed);
        let node = self.node(Arc::new(operation), weights, &[], &place, origin);
        let port = Port { node, output: 0 };
        self.readers.insert(id, port);
        port
    }

    /// Adds a node.
    pub fn node(
        &mut self,
        operation: Arc<Operation>,
        weights: Weights,
        inputs: &[Port],
        place: &InstanceSite,
        origin: Origin,
    ) -> NodeId {
        let node = Node {
            id: place.path.clone(),
            path: place.path.clone(),
            operation,
            weights,
            origin,
            scope: place.scope,
            first_use: None,
            routing: place.routed.map(|routed| routed.routing),
            doc: place.doc.clone(),
        };
        self.numbered_node(node, inputs, place.repeat)
    }

    /// Adds a node under the next free id of its path.
    pub fn numbered_node(&mut self, mut node: Node, inputs: &[Port], repeat: bool) -> NodeId {
        let next = NodeId(u32::try_from(self.graph.len()).unwrap_or(u32::MAX));
        let path = &node.path;
        match self.taken.use_path(path, next, &self.graph) {
            None => (node.id, node.first_use) = (path.clone(), None),
            Some(uses) => {
                let id = self.numbered(path, uses.count);
                self.taken.take_id(id.clone(), Uses { first: next, count: 1 });
                node.first_use = repeat.then_some(uses.first);
                node.id = id;
            }
        }
        self.graph.add(node, inputs)
    }

    fn numbered(&mut self, path: &str, uses: u32) -> Arc<str> {
        let ids = (uses.saturating_add(1)..).map(|n| Arc::from(format!("{path}@{n}")));
        let mut free = ids.filter(|id: &Arc<str>| self.taken.uses(id, &self.graph).is_none());
        free.next().unwrap_or_else(|| Arc::from(path))
    }

    /// Takes a path for a layer or block; two that are equal are an error that shows both.
    pub fn claim(&mut self, path: &Arc<str>, place: &InstanceSite, here: Location) {
        if place.repeat {
            return;
        }
        match self.taken.take_path(path, here, &self.graph) {
            None => {}
            Some(first) => {
                let error = Diagnostic::structural(
                    "duplicate-name",
                    here,
                    format!("two layers are stored at `{path}`"),
                )
                .label("the second")
                .help("give each a label of its own; a layer that is meant to be used twice is declared: `layer f = …`");
                self.report(if first == here {
                    error.note("it is the same text both times: a label in a loop counts with it: `name{i}` or `name[i]`")
                } else {
                    error.related(first, "the first")
                });
            }
        }
    }

    /// True if a layer or block is stored at a path.
    pub fn is_taken(&mut self, path: &str) -> bool {
        self.taken.path(path, &self.graph).is_some()
    }

    /// A stored tensor of a full name: the one that exists in a further use of a declared layer, else a new one.
    pub fn store(&mut self, weight: Weight, place: &InstanceSite, here: Location) -> Option<WeightId> {
        let next = WeightId(u32::try_from(self.graph.weight_count()).unwrap_or(u32::MAX));
        let Some(known) = self.taken.take_new_tensor(&weight.name, next, &self.graph) else {
            self.stored = self.stored.saturating_add(1);
            return Some(self.graph.add_weight(weight));
        };
        let (shape, origin) =
            self.graph.weight(known).map(|first| (first.shape.clone(), first.origin)).unwrap_or_default();
        let first = super::location(origin);
        if !place.repeat {
            let error = Diagnostic::structural(
                "duplicate-name",
                here,
                format!("two tensors are called `{}`", weight.name),
            );
            self.report(if first == here { error } else { error.related(first, "the first") });
            return None;
        }
        if shape != weight.shape {
            let message = format!(
                "`{}` is {shape} since its first use, but this use needs it to be {}",
                weight.name, weight.shape
            );
            let error = Diagnostic::structural("shape-mismatch", here, message)
                .related(first, "its shape is fixed here")
                .help("a declared layer has one set of weights: send it tensors that fit, or declare two");
            self.report(error);
            return None;
        }
        Some(known)
    }

    pub fn declared_layer(&self, id: DeclaredLayerId) -> Option<&DeclaredLayer> {
        self.declared_layers.get(id.0 as usize)
    }

    // ── places ───────────────────────────────────────────────────────────────────────────────────────────

    pub fn at(&self, frame: &Frame<'p>, span: Span) -> Location {
        self.library.at(frame.unit, span)
    }
}

/// A location as the graph keeps it.
pub(super) fn origin(place: Location) -> Origin {
    Origin { file: place.file.0, start: place.span.start, end: place.span.end }
}

/// `1,000,000`
pub(super) fn grouped(n: u64) -> String {
    crate::ir::Count::from(u128::from(n)).to_string()
}
