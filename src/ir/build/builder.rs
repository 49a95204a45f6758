//! The one way to make a graph: inputs, layers applied, tensors stored or tied, scopes opened and closed, names.
//!
//! Main type: [`Builder`]. It keeps the invariants of [`Graph`]: a node comes after what feeds it, names are unique, scopes
//! nest. Every front end uses it and nothing else.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::name_table::{NameTable, Reservation, Uses};
use crate::ir::{
    Assertion, BuildError, Dimension, ElementType, Graph, Inputs, InstanceSite, Kind, Node, NodeId,
    Operation, Output, Port, Role, Routed, Scope, ScopeId, ScopePort, Shape, Tensor, TensorType, Weight,
    WeightId, WeightSpec, Weights, join,
};
use crate::source::Location;

/// A graph in the making.
///
/// ```
/// use weft::ir::{Builder, InstanceSite, Operation, Tensor, TensorType};
/// use weft::layers;
/// use weft::source::Location;
///
/// let mut builder = Builder::new("Net".into(), Location::default());
/// let x = builder.input("x", TensorType::float([8]), None, Location::default())?;
/// let relu = Operation::new(layers::find("ReLU").unwrap().0, vec![TensorType::float([8])]);
/// let site = InstanceSite::root().at("relu_1".into());
/// let y = builder.apply(relu.into(), &[Tensor::Port(x)], &[], &site, Location::default())?;
/// builder.output("y", builder.first_result(y), Location::default())?;
/// let graph = builder.finish();
/// assert_eq!(graph.len(), 2);
/// # Ok::<(), weft::ir::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Builder {
    pub(in crate::ir) graph: Graph,
    pub(super) names: NameTable,
    /// The node that reads a stored tensor for everyone.
    readers: HashMap<WeightId, Port>,
    /// The same tensor of the further experts of a mixture.
    replicas: HashMap<WeightId, Vec<WeightId>>,
    /// One expert's share of a stacked tensor.
    shares: HashMap<WeightId, Shape>,
}

impl Builder {
    /// An empty model.
    pub fn new(name: Arc<str>, origin: Location) -> Builder {
        Builder {
            graph: Graph::new(name, origin),
            names: NameTable::new(),
            readers: HashMap::new(),
            replicas: HashMap::new(),
            shares: HashMap::new(),
        }
    }

    /// What is built so far.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The model.
    pub fn finish(self) -> Graph {
        self.finish_with_reservations().0
    }

    /// The model, and the paths that were reserved in it, in order.
    pub(crate) fn finish_with_reservations(mut self) -> (Graph, Vec<Reservation>) {
        self.graph.close_scope(ScopeId::ROOT);
        (self.graph, self.names.into_reservations())
    }

    /// Gives the model a doc comment.
    pub fn document(&mut self, doc: Option<Arc<str>>) {
        self.graph.doc = doc;
    }

    /// Adds a symbolic size.
    pub fn dimension(&mut self, dimension: Dimension) {
        self.graph.dimensions.push(dimension);
    }

    /// States the least value of each symbolic size, in their order.
    pub fn least_sizes(&mut self, least: impl IntoIterator<Item = i128>) {
        for (dimension, least) in self.graph.dimensions.iter_mut().zip(least) {
            dimension.least = least;
        }
    }

    /// Adds an assertion.
    pub fn assertion(&mut self, assertion: Assertion) {
        self.graph.assertions.push(assertion);
    }

    /// Adds an input of the model.
    ///
    /// # Errors
    /// [`BuildError::PathTaken`] where something has its name.
    pub fn input(
        &mut self,
        name: &str,
        shape: TensorType,
        doc: Option<Arc<str>>,
        origin: Location,
    ) -> Result<Port, BuildError> {
        let site = InstanceSite { doc, ..InstanceSite::root().at(name.into()) };
        self.reserve(&site, origin)?;
        let operation = Arc::new(Operation::new(Kind::Input, vec![shape]));
        let node = self.node(operation, Weights::new(), &[], &site, origin);
        Ok(self.first_result(node))
    }

    /// Adds a result of the model.
    ///
    /// # Errors
    /// [`BuildError::OutputTaken`] where another result has its name.
    pub fn output(&mut self, name: &str, source: Port, origin: Location) -> Result<(), BuildError> {
        if let Some(first) = self.graph.outputs.iter().find(|output| &*output.name == name) {
            return Err(BuildError::OutputTaken { name: name.into(), first: first.origin });
        }
        self.graph.outputs.push(Output { name: name.into(), source, origin });
        Ok(())
    }

    // ── scopes ───────────────────────────────────────────────────────────────────────────────────────────

    /// Opens a scope in the one of its site. What is added until it is closed is inside.
    pub fn open_scope(&mut self, scope: Scope) -> ScopeId {
        let start = number(self.graph.len());
        self.graph.add_scope(Scope { nodes: start..start, ..scope })
    }

    /// Closes a scope, which `outputs` leave.
    pub fn close_scope(&mut self, id: ScopeId, outputs: Arc<[ScopePort]>) {
        self.graph.close_scope(id);
        if let Some(scope) = self.graph.scope_mut(id) {
            scope.outputs = outputs;
        }
    }

    /// Closes a round of a loop, which is forgotten where nothing was added in it.
    pub fn close_round(&mut self, id: ScopeId) {
        let is_last = id.0.saturating_add(1) == number(self.graph.scope_count());
        let is_read = self.graph.assertions.last().is_some_and(|assertion| assertion.scope == id);
        let is_empty =
            self.graph.scope(id).is_some_and(|scope| scope.nodes.start == number(self.graph.len()));
        if is_last && is_empty && !is_read {
            self.graph.remove_last_scope();
        } else {
            self.graph.close_scope(id);
        }
    }

    // ── tensors ──────────────────────────────────────────────────────────────────────────────────────────

    /// A tensor's shape and elements.
    pub fn type_of(&self, tensor: Tensor) -> TensorType {
        match tensor {
            Tensor::Port(port) => self.graph.type_of(port).cloned().unwrap_or_default(),
            Tensor::Weight(id) => {
                let dtype = self.graph.weight(id).map_or(ElementType::Float32, |weight| weight.dtype);
                TensorType { shape: self.shape_of(id), dtype }
            }
        }
    }

    /// Where a tensor is made.
    pub fn origin_of(&self, tensor: Tensor) -> Option<Location> {
        match tensor {
            Tensor::Port(port) => self.graph.node(port.node).map(|node| node.origin),
            Tensor::Weight(id) => self.graph.weight(id).map(|weight| weight.origin),
        }
    }

    /// A stored tensor's shape; inside a stacked expert, one expert's share of it.
    pub fn shape_of(&self, id: WeightId) -> Shape {
        let whole = || self.graph.weight(id).map(|weight| weight.shape.clone()).unwrap_or_default();
        self.shares.get(&id).cloned().unwrap_or_else(whole)
    }

    /// The first result of a node.
    pub fn first_result(&self, node: NodeId) -> Port {
        Port { node, output: 0 }
    }

    /// The node result that a tensor is; a stored tensor gets a node where it is first read.
    pub fn port(&mut self, tensor: Tensor, site: &InstanceSite) -> Port {
        let id = match tensor {
            Tensor::Port(port) => return port,
            Tensor::Weight(id) => id,
        };
        if let Some(port) = self.readers.get(&id) {
            return *port;
        }
        let (kind, name, origin) = match self.graph.weight(id) {
            Some(weight) if weight.role == Role::Buffer => (Kind::Buffer, weight.name.clone(), weight.origin),
            Some(weight) => (Kind::Parameter, weight.name.clone(), weight.origin),
            None => (Kind::Parameter, Arc::from(""), Location::default()),
        };
        let operation = Operation::new(kind, vec![self.type_of(tensor)]);
        let site = InstanceSite { path: name, ..site.clone() };
        let weights = self.of_all_experts([id].into_iter().collect(), site.routed);
        let node = self.node(Arc::new(operation), weights, &[], &site, origin);
        let port = self.first_result(node);
        self.readers.insert(id, port);
        port
    }

    // ── layers ───────────────────────────────────────────────────────────────────────────────────────────

    /// Applies a layer at a site: its tensors are stored, or tied to those that are given by the layer's names for them.
    ///
    /// # Errors
    /// Why a tensor cannot be stored or tied.
    pub fn apply(
        &mut self,
        operation: Arc<Operation>,
        inputs: &[Tensor],
        ties: &[(Arc<str>, WeightId)],
        site: &InstanceSite,
        origin: Location,
    ) -> Result<NodeId, BuildError> {
        let ports: Inputs = inputs.iter().map(|tensor| self.port(*tensor, site)).collect();
        let weights = self.weights(&operation, ties, site, origin)?;
        Ok(self.node(operation, weights, &ports, site, origin))
    }

    /// Adds a node that reads tensors which are stored already.
    pub fn node(
        &mut self,
        operation: Arc<Operation>,
        weights: Weights,
        inputs: &[Port],
        site: &InstanceSite,
        origin: Location,
    ) -> NodeId {
        let node = Node {
            id: site.path.clone(),
            path: site.path.clone(),
            operation,
            weights,
            origin,
            scope: site.scope,
            first_use: None,
            routing: site.routed.map(|routed| routed.routing),
            doc: site.doc.clone(),
        };
        self.numbered_node(node, inputs, site.is_further_use)
    }

    /// Adds a node under the next free id of its path.
    pub(super) fn numbered_node(&mut self, mut node: Node, inputs: &[Port], is_further_use: bool) -> NodeId {
        let next = NodeId(number(self.graph.len()));
        let path = &node.path;
        match self.names.use_path(path, next, &self.graph) {
            None => (node.id, node.first_use) = (path.clone(), None),
            Some(uses) => {
                let id = self.numbered(path, uses.count);
                self.names.take_id(id.clone(), Uses { first: next, count: 1 });
                node.first_use = is_further_use.then_some(uses.first);
                node.id = id;
            }
        }
        self.graph.add(node, inputs)
    }

    fn numbered(&mut self, path: &str, uses: u32) -> Arc<str> {
        let ids = (uses.saturating_add(1)..).map(|n| Arc::from(format!("{path}@{n}")));
        let mut free = ids.filter(|id: &Arc<str>| self.names.uses(id, &self.graph).is_none());
        free.next().unwrap_or_else(|| Arc::from(path))
    }

    // ── names ────────────────────────────────────────────────────────────────────────────────────────────

    /// Reserves the path of a site for a layer or block. Further uses of a declared one have it already.
    ///
    /// # Errors
    /// [`BuildError::PathTaken`]
    pub fn reserve(&mut self, site: &InstanceSite, origin: Location) -> Result<(), BuildError> {
        if site.is_further_use {
            return Ok(());
        }
        match self.names.take_path(&site.path, origin, &self.graph) {
            None => Ok(()),
            Some(first) => Err(BuildError::PathTaken { path: site.path.clone(), first }),
        }
    }

    /// True if a layer or block has a path.
    pub fn is_taken(&mut self, path: &str) -> bool {
        self.names.path(path, &self.graph).is_some()
    }

    /// The stored tensor of a full name.
    pub fn tensor_named(&mut self, name: &str) -> Option<WeightId> {
        self.names.tensor(name, &self.graph)
    }

    // ── stored tensors ───────────────────────────────────────────────────────────────────────────────────

    /// The stored tensors of a layer's use: tied ones, those of its first use, or new ones.
    ///
    /// # Errors
    /// Why one cannot be stored or tied.
    pub fn weights(
        &mut self,
        operation: &Operation,
        ties: &[(Arc<str>, WeightId)],
        site: &InstanceSite,
        origin: Location,
    ) -> Result<Weights, BuildError> {
        let mut ids = Weights::with_capacity(operation.weights.len());
        for spec in &operation.weights {
            let tie = ties.iter().find(|(name, _)| *name == spec.name);
            ids.push(match tie {
                Some((_, weight)) => self.tie(*weight, spec, site)?,
                None => self.store_spec(operation, spec, site, origin)?,
            });
        }
        Ok(self.of_all_experts(ids, site.routed))
    }

    fn store_spec(
        &mut self,
        operation: &Operation,
        spec: &WeightSpec,
        site: &InstanceSite,
        origin: Location,
    ) -> Result<WeightId, BuildError> {
        if let Some(extent) = spec.shape.dims().iter().find(|size| size.is_symbolic()) {
            let (layer, tensor) = (operation.kind.clone(), spec.name.clone());
            let (shape, extent) = (spec.shape.clone(), extent.clone());
            return Err(BuildError::SymbolicWeight { layer, tensor, shape, extent });
        }
        let weight = Weight {
            name: join(&site.path, &spec.name),
            aliases: Vec::new(),
            shape: spec.shape.clone(),
            dtype: ElementType::Float32,
            role: spec.role,
            trainable: !site.is_frozen && spec.role == Role::Parameter,
            origin,
            routing: site.routed.map(|routed| routed.routing),
        };
        self.store(weight, site)
    }

    /// Stores a tensor; inside the expert of a mixture, one for every expert or, stacked, one for all.
    ///
    /// # Errors
    /// [`BuildError::TensorTaken`], or [`BuildError::OtherShape`] in a further use of a declared layer.
    pub fn store(&mut self, mut weight: Weight, site: &InstanceSite) -> Result<WeightId, BuildError> {
        let Some(routed) = site.routed else { return self.store_one(weight, site) };
        if !routed.is_stacked {
            return self.store_for_each_expert(weight, routed, site);
        }
        let share = weight.shape.clone();
        let experts = crate::ir::Size::from(i128::from(routed.routing.experts));
        weight.shape = std::iter::once(experts).chain(share.dims().iter().cloned()).collect::<Shape>();
        let id = self.store_one(weight, site)?;
        self.shares.insert(id, share);
        Ok(id)
    }

    /// `LABEL.0.name`, and the same of `LABEL.1` to the last expert.
    fn store_for_each_expert(
        &mut self,
        weight: Weight,
        routed: Routed,
        site: &InstanceSite,
    ) -> Result<WeightId, BuildError> {
        let name = weight.name.clone();
        let (Some(label), Some(inside)) = (
            name.get(..routed.prefix),
            name.get(routed.prefix..).and_then(|rest| rest.trim_start_matches('.').strip_prefix("0.")),
        ) else {
            return self.store_one(weight, site);
        };
        let first = self.store_one(weight.clone(), site)?;
        let others = (1..routed.routing.experts).map(|expert| {
            let name = join(label, &format!("{expert}.{inside}"));
            self.store_one(Weight { name, ..weight.clone() }, site)
        });
        let others = others.collect::<Result<Vec<_>, _>>()?;
        self.replicas.insert(first, others);
        Ok(first)
    }

    /// A tensor of a full name: the one that exists in a further use of a declared layer, else a new one.
    fn store_one(&mut self, weight: Weight, site: &InstanceSite) -> Result<WeightId, BuildError> {
        let next = WeightId(number(self.graph.weight_count()));
        let Some(known) = self.names.take_new_tensor(&weight.name, next, &self.graph) else {
            return Ok(self.graph.add_weight(weight));
        };
        let (known_shape, first) =
            self.graph.weight(known).map(|first| (first.shape.clone(), first.origin)).unwrap_or_default();
        if !site.is_further_use {
            return Err(BuildError::TensorTaken { name: weight.name, first: Some(first) });
        }
        if known_shape != weight.shape {
            let (name, shape) = (weight.name, weight.shape);
            return Err(BuildError::OtherShape { name, shape, known: known_shape, first });
        }
        Ok(known)
    }

    /// A stored tensor in place of a layer's own, which becomes a further name of it where a person chose that name.
    fn tie(
        &mut self,
        weight: WeightId,
        spec: &WeightSpec,
        site: &InstanceSite,
    ) -> Result<WeightId, BuildError> {
        let (shape, name) = (self.shape_of(weight), join(&site.path, &spec.name));
        if shape != spec.shape {
            let (tensor, wanted) = (spec.name.clone(), spec.shape.clone());
            return Err(BuildError::TieMismatch { tensor, name, wanted, shape, weight });
        }
        if !site.is_named || site.is_further_use {
            return Ok(weight);
        }
        let is_own = self.graph.weight(weight).is_some_and(|owner| owner.name == name);
        match self.names.tensor(&name, &self.graph) {
            None if !is_own => {
                self.names.take_tensor(name.clone(), weight);
                self.graph.weight_mut(weight).into_iter().for_each(|owner| owner.aliases.push(name.clone()));
                Ok(weight)
            }
            known if known == Some(weight) => Ok(weight),
            _ => Err(BuildError::TieTaken { tensor: spec.name.clone(), name }),
        }
    }

    /// One expert's tensors, followed by those of every further expert.
    fn of_all_experts(&self, ids: Weights, routed: Option<Routed>) -> Weights {
        let experts = match routed {
            Some(Routed { is_stacked: false, routing, .. }) => routing.experts as usize,
            _ => return ids,
        };
        let further = (0..experts.saturating_sub(1)).flat_map(|expert| {
            ids.iter().map(move |id| {
                self.replicas.get(id).and_then(|others| others.get(expert)).copied().unwrap_or(*id)
            })
        });
        ids.iter().copied().chain(further).collect()
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
