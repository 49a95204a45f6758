//! Blocks that were expanded before: a use with equal arguments and inputs is a copy of the first under another path.
//!
//! Main type: [`Expansions`], for all models of a run. What a block expands to depends on its definition, its arguments
//! and the types of its inputs, and on nothing else; so its nodes, tensors and scopes are those of the earlier use,
//! shifted, whether that stands in this model or in one before it. A use for which that is not certain (it would meet a name that is taken, a limit, a tensor from outside) is expanded as if none had
//! gone before, so that errors are told where they are made.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use foldhash::HashMap;

use super::builder::{Builder, LAYER_LIMIT, STEP_LIMIT, origin};
use super::fingerprint::Fingerprint;
use super::frame::{Place, Sent};
use super::library::Definition;
use super::recall::Known;
use super::value::{BlockCall, Layer, Recipe, Tensor, Value};
use crate::graph::{
    Assertion, Graph, NodeId, Operation, Origin, Port, Routing, Scope, ScopeId, Size, TensorType, Weight,
    WeightId,
};
use crate::source::Location;

/// The most expansions that are known at a time: a model in which no two blocks are equal should not pay for it.
const MOST: usize = 4096;

/// The expansions of a run so far, by the hash of what they depend on.
#[derive(Debug, Default)]
pub(super) struct Expansions {
    known: HashMap<u64, Vec<Arc<Expansion>>>,
    count: usize,
    /// The models that were built; none where an error stood in the way.
    built: Vec<Option<Built>>,
    /// True where every use of a block is expanded anew.
    anew: bool,
    /// True while a name was passed over because it was taken: what is expanded then depends on what is around it.
    pub passed_over: bool,
}

/// A model that was built, and the paths that it took, in order.
#[derive(Debug)]
struct Built {
    graph: Arc<Graph>,
    claims: Vec<Arc<str>>,
    /// What it depends on, where a later run may ask.
    fingerprint: Option<Fingerprint>,
    /// True if it is a model of this run.
    is_current: bool,
}

/// All that a block's expansion depends on.
#[derive(Debug)]
pub(super) struct Key {
    definition: Definition,
    arguments: Vec<Option<Value>>,
    trainable: bool,
    /// True where its path is a person's choice, which names a lone layer's tensors.
    named: bool,
    inputs: Vec<TensorType>,
    /// For each input, the first that is the same tensor.
    alike: Vec<usize>,
    /// The names of the inputs that are sent by name, the last ones.
    names: Vec<Arc<str>>,
    /// Where anything is a formula, the model's symbolic sizes with their defaults.
    sizes: Vec<(Arc<str>, Option<i128>)>,
}

/// What a use of a block added to the graph.
#[derive(Debug)]
pub(super) struct Expansion {
    key: Key,
    /// The number of its model.
    model: usize,
    path: Arc<str>,
    here: Location,
    inputs: Vec<Port>,
    value: Value,
    nodes: Range<u32>,
    weights: Range<u32>,
    scopes: Range<u32>,
    assertions: Range<usize>,
    claims: Range<usize>,
    layers: usize,
    steps: u64,
    /// How many blocks it stood in, and how deep expressions were nested.
    depth: (usize, u32),
}

/// How far a model had come before a block was expanded.
pub(super) struct Mark {
    key: Key,
    inputs: Vec<Port>,
    nodes: usize,
    weights: usize,
    scopes: usize,
    assertions: usize,
    claims: usize,
    layers: usize,
    steps: u64,
    dimensions: usize,
    passed_over: bool,
}

impl Builder<'_, '_> {
    /// The result of a block's use, copied from an earlier one; else a mark from which to remember this one, if it can be.
    pub fn reuse(
        &mut self,
        call: &BlockCall,
        sent: &Sent,
        place: &Place,
        here: Location,
    ) -> Result<Value, Option<Box<Mark>>> {
        if self.expansions.anew || self.failed || self.judging || place.repeat || place.routed.is_some() {
            return Err(None);
        }
        let Some((key, inputs)) = self.key(call, sent, place) else { return Err(None) };
        let hash = self.expansions.hash(&key);
        let known = self.expansions.known.get(&hash).into_iter().flatten().find(|known| known.key.is(&key));
        match known.cloned() {
            Some(known) if known.model == self.expansions.built.len() => {
                self.copy(&known, &inputs, place, here).ok_or(None)
            }
            Some(known) => {
                let mark = self.mark(key, inputs.clone());
                let value = self.copy(&known, &inputs, place, here).ok_or(None)?;
                // From now on what stands in this model is copied: it is there as long as this model is.
                self.remember(Box::new(mark), &value, place, here);
                Ok(value)
            }
            None => Err(Some(Box::new(self.mark(key, inputs)))),
        }
    }

    /// Remembers what a block's use added since a mark.
    pub fn remember(&mut self, mark: Box<Mark>, value: &Value, place: &Place, here: Location) {
        let passed_over = self.expansions.passed_over;
        self.expansions.passed_over |= mark.passed_over;
        if self.failed || passed_over || mark.dimensions != self.graph.dimensions.len() {
            return;
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let expansion = Expansion {
            model: self.expansions.built.len(),
            path: place.path.clone(),
            here,
            value: value.clone(),
            nodes: number(mark.nodes)..number(self.graph.len()),
            weights: number(mark.weights)..number(self.graph.weight_count()),
            scopes: number(mark.scopes)..number(self.graph.scope_count()),
            assertions: mark.assertions..self.graph.assertions.len(),
            claims: mark.claims..self.claims.len(),
            layers: self.layers.saturating_sub(mark.layers),
            steps: self.steps.saturating_sub(mark.steps),
            depth: (self.calls.len(), self.depth),
            key: mark.key,
            inputs: mark.inputs,
        };
        self.expansions.keep(expansion);
    }

    fn mark(&mut self, key: Key, inputs: Vec<Port>) -> Mark {
        Mark {
            key,
            inputs,
            nodes: self.graph.len(),
            weights: self.graph.weight_count(),
            scopes: self.graph.scope_count(),
            assertions: self.graph.assertions.len(),
            claims: self.claims.len(),
            layers: self.layers,
            steps: self.steps,
            dimensions: self.graph.dimensions.len(),
            passed_over: std::mem::take(&mut self.expansions.passed_over),
        }
    }

    /// What a use depends on, and its inputs; `None` where it depends on more than can be compared.
    fn key(&self, call: &BlockCall, sent: &Sent, place: &Place) -> Option<(Key, Vec<Port>)> {
        let comparable = call.arguments.iter().flatten().all(|value| is(value, value));
        if !comparable || place.path.is_empty() {
            return None;
        }
        let mut inputs = Vec::with_capacity(sent.positional.len());
        for tensor in sent.positional.as_slice() {
            let Tensor::Port(port) = tensor else { return None };
            inputs.push(*port);
        }
        for (_, value, _) in &sent.named {
            let Value::Tensor(Tensor::Port(port)) = value else { return None };
            inputs.push(*port);
        }
        let first = |port: &Port| inputs.iter().position(|other| other == port).unwrap_or_default();
        let types: Vec<_> = inputs.iter().map(|port| self.type_of(Tensor::Port(*port))).collect();
        let symbolic = types.iter().any(|input| input.shape.dims().iter().any(Size::is_symbolic));
        let sizes = self.graph.dimensions.iter().filter(|_| symbolic || !call.arguments.is_empty());
        let key = Key {
            definition: call.definition,
            arguments: call.arguments.clone(),
            trainable: call.trainable && !place.frozen,
            named: place.named,
            inputs: types,
            alike: inputs.iter().map(first).collect(),
            names: sent.named.iter().map(|(name, ..)| name.clone()).collect(),
            sizes: sizes.map(|size| (size.name.clone(), size.default)).collect(),
        };
        Some((key, inputs))
    }

    /// Adds an expansion once more, under another path and on other inputs. `None`, and nothing added, where something
    /// in it comes from outside, a name is taken or a limit is near.
    fn copy(&mut self, first: &Expansion, inputs: &[Port], place: &Place, here: Location) -> Option<Value> {
        if !self.has_room(first) {
            return None;
        }
        let before = (self.graph.len(), self.graph.weight_count(), self.graph.scope_count());
        let copy = Copy { first, inputs, place, here, before };
        let (graph, claims) = self.source(first)?;
        let value = copy.value(&first.value)?;
        let claims = claims.get(first.claims.clone())?.iter();
        let claims: Vec<_> = claims.map(|claim| copy.name(claim)).collect::<Option<_>>()?;
        let weights = first.weights.clone().map(|id| copy.weight(graph.weight(WeightId(id))?));
        let weights: Vec<Weight> = weights.collect::<Option<_>>()?;
        let scopes = first.scopes.clone().map(|id| copy.scope(graph.scope(ScopeId(id))?));
        let scopes: Vec<Scope> = scopes.collect::<Option<_>>()?;
        let nodes = first.nodes.clone().map(|id| copy.node(graph, NodeId(id)));
        let nodes: Vec<Copied> = nodes.collect::<Option<_>>()?;
        let assertions = graph.assertions.get(first.assertions.clone())?;
        let assertions: Vec<_> = assertions.iter().map(|assertion| copy.assertion(assertion)).collect();
        let taken = claims.iter().any(|claim| self.is_taken(claim));
        if taken || weights.iter().any(|weight| self.is_stored(weight)) {
            return None;
        }
        claims.into_iter().for_each(|claim| self.claim(&claim, place, here));
        weights.into_iter().for_each(|weight| self.add_copied(weight));
        for scope in scopes {
            self.graph.add_scope(scope);
        }
        for Copied { operation, weights, inputs, place, origin, routing } in nodes {
            self.routed_node(operation, weights, &inputs, &place, origin, routing);
        }
        self.graph.assertions.extend(assertions);
        self.layers = self.layers.saturating_add(first.layers);
        self.steps = self.steps.saturating_add(first.steps);
        Some(value)
    }

    /// The graph that an expansion stands in, and the paths that were taken in it.
    fn source(&self, first: &Expansion) -> Option<(&Graph, &[Arc<str>])> {
        if first.model == self.expansions.built.len() {
            return Some((&self.graph, &self.claims));
        }
        let built = self.expansions.built.get(first.model)?.as_ref()?;
        Some((&built.graph, &built.claims))
    }

    /// True if an expansion passes no limit that the first did not pass.
    fn has_room(&self, first: &Expansion) -> bool {
        let scopes = self.graph.scope_count().saturating_add(first.scopes.len());
        self.layers.saturating_add(first.layers) <= LAYER_LIMIT
            && scopes <= LAYER_LIMIT
            && self.steps.saturating_add(first.steps) <= STEP_LIMIT
            && self.calls.len() <= first.depth.0
            && self.depth <= first.depth.1
    }

    fn is_stored(&self, weight: &Weight) -> bool {
        weight.aliases.iter().chain([&weight.name]).any(|name| self.tensors.contains_key(name))
    }

    fn add_copied(&mut self, weight: Weight) {
        let names: Vec<_> = weight.aliases.iter().chain([&weight.name]).cloned().collect();
        let id = self.graph.add_weight(weight);
        self.stored = self.stored.saturating_add(1);
        self.tensors.extend(names.into_iter().map(|name| (name, id)));
    }
}

/// A node that is still to be added.
struct Copied {
    operation: Arc<Operation>,
    weights: Box<[WeightId]>,
    inputs: Vec<Port>,
    place: Place,
    origin: Origin,
    routing: Option<Routing>,
}

/// An expansion on its way to another place.
struct Copy<'c> {
    first: &'c Expansion,
    inputs: &'c [Port],
    place: &'c Place,
    here: Location,
    /// How many nodes, tensors and scopes there were before the copy.
    before: (usize, usize, usize),
}

impl Copy<'_> {
    fn name(&self, name: &str) -> Option<Arc<str>> {
        let rest = self.first.rest(name)?;
        Some(if rest.is_empty() {
            self.place.path.clone()
        } else {
            [&*self.place.path, rest].concat().into()
        })
    }

    /// What is written at the use of the block is written at this use; all else is written in the block.
    fn origin(&self, first: Origin) -> Origin {
        if first == origin(self.first.here) { origin(self.here) } else { first }
    }

    fn port(&self, port: Port) -> Option<Port> {
        if self.first.nodes.contains(&port.node.0) {
            let node = NodeId(shifted(port.node.0, &self.first.nodes, self.before.0));
            return Some(Port { node, ..port });
        }
        let input = self.first.inputs.iter().position(|input| *input == port)?;
        self.inputs.get(input).copied()
    }

    fn weight_id(&self, id: WeightId) -> Option<WeightId> {
        let inside = self.first.weights.contains(&id.0);
        inside.then(|| WeightId(shifted(id.0, &self.first.weights, self.before.1)))
    }

    fn scope_id(&self, id: ScopeId) -> ScopeId {
        if self.first.scopes.contains(&id.0) {
            ScopeId(shifted(id.0, &self.first.scopes, self.before.2))
        } else {
            self.place.scope
        }
    }

    fn node(&self, graph: &Graph, id: NodeId) -> Option<Copied> {
        let node = graph.node(id)?;
        let inputs = graph.inputs_of(id).into_iter().map(|port| self.port(port));
        let place = Place {
            path: self.name(&node.path)?,
            scope: self.scope_id(node.scope),
            repeat: node.first_use.is_some(),
            doc: node.doc.clone(),
            ..self.place.clone()
        };
        let first_use_is_inside = node.first_use.is_none_or(|first| self.first.nodes.contains(&first.0));
        first_use_is_inside.then_some(Copied {
            operation: node.operation.clone(),
            weights: node.weights.iter().map(|weight| self.weight_id(*weight)).collect::<Option<_>>()?,
            inputs: inputs.collect::<Option<_>>()?,
            place,
            origin: self.origin(node.origin),
            routing: node.routing,
        })
    }

    fn assertion(&self, assertion: &Assertion) -> Assertion {
        let (scope, origin) = (self.scope_id(assertion.scope), self.origin(assertion.origin));
        Assertion { scope, origin, ..assertion.clone() }
    }

    fn weight(&self, weight: &Weight) -> Option<Weight> {
        Some(Weight {
            name: self.name(&weight.name)?,
            aliases: weight.aliases.iter().map(|alias| self.name(alias)).collect::<Option<_>>()?,
            shape: weight.shape.clone(),
            origin: self.origin(weight.origin),
            ..*weight
        })
    }

    fn scope(&self, scope: &Scope) -> Option<Scope> {
        Some(Scope {
            path: self.name(&scope.path)?,
            definition: scope.definition.clone(),
            arguments: scope.arguments.clone(),
            parent: scope.parent.map(|parent| self.scope_id(parent)),
            origin: self.origin(scope.origin),
        })
    }

    fn value(&self, value: &Value) -> Option<Value> {
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

impl Expansion {
    /// Moves the place of its use to where that is written now.
    pub fn map_origins(&mut self, moved: &impl Fn(Origin) -> Origin) {
        self.here = super::location(moved(origin(self.here)));
    }

    /// What follows its path in a name of something inside: `.conv1.weight`, or nothing.
    fn rest<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&*self.path).filter(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl Expansions {
    /// None yet, and never any if every use is expanded anew.
    pub fn new(anew: bool) -> Expansions {
        Expansions { anew, ..Expansions::default() }
    }

    /// What an earlier run left, by where the definitions of each fingerprint now stand.
    pub fn recalled(models: Vec<Known>, definitions: &HashMap<Fingerprint, Definition>) -> Expansions {
        let mut expansions = Expansions::default();
        for (number, Known { fingerprint, graph, claims, expanded }) in models.into_iter().enumerate() {
            let fingerprint = Some(fingerprint);
            expansions.built.push(Some(Built { graph, claims, fingerprint, is_current: false }));
            for (fingerprint, mut expansion) in expanded {
                if let Some(definition) = definitions.get(&fingerprint) {
                    (expansion.key.definition, expansion.model) = (*definition, number);
                    expansions.keep(expansion);
                }
            }
        }
        expansions
    }

    /// What a later run may use: the models of this run, and what their blocks expanded to.
    pub fn left(self, mut fingerprint: impl FnMut(Definition) -> Fingerprint) -> Vec<Known> {
        let mut expanded: Vec<Vec<_>> = self.built.iter().map(|_| Vec::new()).collect();
        for expansion in self.known.into_values().flatten().filter_map(Arc::into_inner) {
            // A layer among the arguments has a place in the text, which may move.
            let is_plain = !expansion.key.arguments.iter().flatten().any(has_layer);
            if let (true, Some(of_model)) = (is_plain, expanded.get_mut(expansion.model)) {
                of_model.push((fingerprint(expansion.key.definition), expansion));
            }
        }
        let models = self.built.into_iter().zip(expanded);
        let current = models.filter_map(|(built, expanded)| {
            let Built { graph, claims, fingerprint, is_current } = built?;
            is_current.then_some(Known { fingerprint: fingerprint?, graph, claims, expanded })
        });
        current.collect()
    }

    /// The graph of a model that an earlier run built.
    pub fn model(&mut self, fingerprint: Fingerprint) -> Option<Arc<Graph>> {
        let mut built = self.built.iter_mut().flatten();
        let known = built.find(|built| !built.is_current && built.fingerprint == Some(fingerprint))?;
        known.is_current = true;
        Some(known.graph.clone())
    }

    /// Closes a model: what its blocks expanded to is known to the next ones if it could be built.
    pub fn close(
        &mut self,
        graph: Option<&Arc<Graph>>,
        claims: Vec<Arc<str>>,
        fingerprint: Option<Fingerprint>,
    ) {
        if graph.is_none() {
            let model = self.built.len();
            self.known.values_mut().for_each(|alike| alike.retain(|expansion| expansion.model != model));
        }
        self.built.push(graph.map(|graph| Built {
            graph: graph.clone(),
            claims,
            fingerprint,
            is_current: true,
        }));
        self.passed_over = false;
    }

    fn hash(&self, key: &Key) -> u64 {
        self.known.hasher().hash_one((key.definition, key.trainable, key.named, &key.inputs, &key.alike))
    }

    fn keep(&mut self, expansion: Expansion) {
        if self.count >= MOST {
            self.known.clear();
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        let hash = self.hash(&expansion.key);
        let alike = self.known.entry(hash).or_default();
        alike.retain(|known| !known.key.is(&expansion.key));
        alike.push(Arc::new(expansion));
    }
}

impl Key {
    fn is(&self, other: &Key) -> bool {
        self.definition == other.definition
            && self.trainable == other.trainable
            && self.named == other.named
            && self.alike == other.alike
            && self.names == other.names
            && self.sizes == other.sizes
            && self.inputs == other.inputs
            && are(&self.arguments, &other.arguments)
    }
}

fn are(a: &[Option<Value>], b: &[Option<Value>]) -> bool {
    let same = |(a, b): (&Option<Value>, &Option<Value>)| match (a, b) {
        (Some(a), Some(b)) => is(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// True if two arguments are certainly the same. A tensor and a declared layer belong to one place, so they are not
/// even the same as themselves.
fn is(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::None, Value::None) => true,
        (Value::Flag(a), Value::Flag(b)) => a == b,
        (Value::Size(a), Value::Size(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is(a, b))
        }
        (Value::Layer(a), Value::Layer(b)) => is_layer(a, b),
        _ => false,
    }
}

fn has_layer(value: &Value) -> bool {
    match value {
        Value::Layer(_) => true,
        Value::List(values) => values.iter().any(has_layer),
        _ => false,
    }
}

fn is_layer(a: &Layer, b: &Layer) -> bool {
    a.origin == b.origin && a.inputs.is_empty() && b.inputs.is_empty() && is_recipe(&a.recipe, &b.recipe)
}

fn is_recipe(a: &Recipe, b: &Recipe) -> bool {
    match (a, b) {
        (Recipe::Catalogue(a), Recipe::Catalogue(b)) => {
            let plain = |call: &super::value::CatalogueCall| call.ties.is_empty() && call.expert.is_none();
            std::ptr::eq(a.layer, b.layer)
                && a.alias.map(|alias| alias.name) == b.alias.map(|alias| alias.name)
                && a.arguments == b.arguments
                && a.trainable == b.trainable
                && plain(a)
                && plain(b)
        }
        (Recipe::Block(a), Recipe::Block(b)) => {
            a.definition == b.definition && a.trainable == b.trainable && are(&a.arguments, &b.arguments)
        }
        (Recipe::Chain(a), Recipe::Chain(b)) => {
            let mut pairs = a.iter().zip(b.iter());
            a.len() == b.len() && pairs.all(|(a, b)| a.label == b.label && is_layer(&a.layer, &b.layer))
        }
        (Recipe::Repeat(a, n), Recipe::Repeat(b, m)) => n == m && is_layer(a, b),
        (Recipe::Pass, Recipe::Pass) => true,
        _ => false,
    }
}

fn shifted(number: u32, from: &Range<u32>, to: usize) -> u32 {
    let to = u32::try_from(to).unwrap_or(u32::MAX);
    number.saturating_sub(from.start).saturating_add(to)
}
