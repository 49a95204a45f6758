//! Blocks that were expanded before: a use with equal arguments and inputs is a copy of the first under another path.
//!
//! Main type: [`InstantiationCache`], for all models of a run. What a block expands to depends on its definition, its arguments
//! and the types of its inputs, and on nothing else; so its nodes, tensors and scopes are those of the earlier use,
//! shifted, whether that stands in this model or in one before it. A use for which that is not certain (something may
//! stand under its path already, a limit is near, a tensor comes from outside) is expanded as if none had gone before, so
//! that errors are told where they are made.

mod copy;
mod key;

use std::cell::Cell;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use foldhash::HashMap;

use super::cache::Known;
use super::evaluator::{Evaluator, LAYER_LIMIT, STEP_LIMIT, origin};
use super::fingerprint::Fingerprint;
use super::frame::{CallInputs, InstanceSite};
use super::library::Definition;
use super::name_table::{DeferredCopy, Reservation, claimed};
use super::value::{BlockCall, Value};
use crate::ir::{Graph, NodeId, Origin, Port, ScopeId, WeightId};
use crate::source::Location;
use copy::InstanceCopy;
use key::InstantiationKey;

/// The most expansions that are known at a time: a model in which no two blocks are equal should not pay for it.
const MOST: usize = 4096;

/// The expansions of a run so far, by the hash of what they depend on.
#[derive(Debug, Default)]
pub(super) struct InstantiationCache {
    known: HashMap<u64, Vec<Arc<Instantiation>>>,
    count: usize,
    /// What an earlier run left of each definition, with the numbers of the models, until that is asked for.
    left: HashMap<Definition, Vec<(usize, Vec<Instantiation>)>>,
    /// The models that were built; none where an error stood in the way.
    built: Vec<Option<Built>>,
    /// True where every use of a block is expanded no_cache.
    no_cache: bool,
    /// True while a name was passed over because it was taken: what is expanded then depends on what is around it.
    pub passed_over: bool,
}

/// A model that was built, and the paths that it took, in order.
#[derive(Debug)]
struct Built {
    graph: Arc<Graph>,
    claims: Vec<Reservation>,
    /// What it depends on, where a later run may ask.
    fingerprint: Option<Fingerprint>,
    /// Where the last of it is written in the text, if that is known.
    end: Option<u32>,
    /// True if it is a model of this run.
    is_current: bool,
}

/// What a use of a block added to the graph.
#[derive(Debug)]
pub(super) struct Instantiation {
    key: InstantiationKey,
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
    /// Whether it is whole, once that was asked.
    whole: OnceLock<bool>,
}

/// How far a model had come before a block was expanded.
pub(super) struct Mark {
    key: InstantiationKey,
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

impl Evaluator<'_, '_> {
    /// The result of a block's use, copied from an earlier one; else a mark from which to remember this one, if it can be.
    pub fn reuse(
        &mut self,
        call: &BlockCall,
        sent: &CallInputs,
        place: &InstanceSite,
        here: Location,
    ) -> Result<Value, Option<Box<Mark>>> {
        if self.expansions.no_cache || self.failed || self.judging || place.repeat || place.routed.is_some() {
            return Err(None);
        }
        let Some((key, inputs)) = self.key(call, sent, place) else { return Err(None) };
        self.expansions.wake(call.definition);
        let hash = key.hash(self.expansions.known.hasher());
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
    pub fn remember(&mut self, mark: Box<Mark>, value: &Value, place: &InstanceSite, here: Location) {
        let passed_over = self.expansions.passed_over;
        self.expansions.passed_over |= mark.passed_over;
        if self.failed || passed_over || mark.dimensions != self.graph.dimensions.len() {
            return;
        }
        let expansion = Instantiation {
            model: self.expansions.built.len(),
            path: place.path.clone(),
            here,
            value: value.clone(),
            nodes: number(mark.nodes)..number(self.graph.len()),
            weights: number(mark.weights)..number(self.graph.weight_count()),
            scopes: number(mark.scopes)..number(self.graph.scope_count()),
            assertions: mark.assertions..self.graph.assertions.len(),
            claims: mark.claims..self.taken.claims().len(),
            layers: self.layers.saturating_sub(mark.layers),
            steps: self.steps.saturating_sub(mark.steps),
            depth: (self.calls.len(), self.depth),
            whole: OnceLock::new(),
            key: mark.key,
            inputs: mark.inputs,
        };
        self.expansions.keep(expansion);
    }

    fn mark(&mut self, key: InstantiationKey, inputs: Vec<Port>) -> Mark {
        Mark {
            key,
            inputs,
            nodes: self.graph.len(),
            weights: self.graph.weight_count(),
            scopes: self.graph.scope_count(),
            assertions: self.graph.assertions.len(),
            claims: self.taken.claims().len(),
            layers: self.layers,
            steps: self.steps,
            dimensions: self.graph.dimensions.len(),
            passed_over: std::mem::take(&mut self.expansions.passed_over),
        }
    }

    /// Adds an expansion once more, under another path and on other inputs. `None`, and nothing added, where something
    /// in it comes from outside, a name under its path may be taken or a limit is near.
    fn copy(
        &mut self,
        first: &Instantiation,
        inputs: &[Port],
        place: &InstanceSite,
        here: Location,
    ) -> Option<Value> {
        if !self.has_room(first) || !self.taken.is_free_under(&place.path) {
            return None;
        }
        let before = (self.graph.len(), self.graph.weight_count(), self.graph.scope_count());
        let copy = InstanceCopy { first, inputs, place, here, before, name: Cell::default() };
        let value = copy.value(&first.value)?;
        if first.model == self.expansions.built.len() {
            first.is_whole(&self.graph).then_some(())?;
            self.take_twin(first, place);
            self.add_copy(&copy, None);
        } else {
            let Built { graph, claims, .. } = self.expansions.built.get(first.model)?.as_ref()?;
            first.is_whole(graph).then_some(())?;
            let (graph, mut paths) = (graph.clone(), Vec::new());
            claimed(claims, &first.claims, &mut paths)?;
            paths.iter().for_each(|path| self.claim(&copy.name(path), place, here));
            self.add_copy(&copy, Some(&graph));
        }
        self.layers = self.layers.saturating_add(first.layers);
        self.steps = self.steps.saturating_add(first.steps);
        Some(value)
    }

    /// Takes the names of a copy of a use in this model: they are those of that use, under another path.
    fn take_twin(&mut self, first: &Instantiation, place: &InstanceSite) {
        let twin = DeferredCopy {
            first: first.path.clone(),
            claims: first.claims.clone(),
            nodes: numbers(self.graph.len(), first.nodes.len()),
            weights: numbers(self.graph.weight_count(), first.weights.len()),
        };
        self.taken.take_copy(place.path.clone(), twin);
    }

    /// Adds what a copy holds, and its names where it is one from another model; `None` is this one.
    fn add_copy(&mut self, copy: &InstanceCopy, model: Option<&Graph>) {
        let first = copy.first;
        for id in first.weights.clone().map(WeightId) {
            let weight = model.unwrap_or(&self.graph).weight(id).map(|weight| copy.weight(weight));
            let Some(weight) = weight else { continue };
            let names =
                model.map(|_| weight.aliases.iter().chain([&weight.name]).cloned().collect::<Vec<_>>());
            let id = self.graph.add_weight(weight);
            names.into_iter().flatten().for_each(|name| self.taken.take_tensor(name, id));
        }
        self.stored = self.stored.saturating_add(first.weights.len());
        for id in first.scopes.clone().map(ScopeId) {
            let scope = model.unwrap_or(&self.graph).scope(id).map(|scope| copy.scope(scope));
            scope.into_iter().for_each(|scope| {
                self.graph.add_scope(scope);
            });
        }
        for id in first.nodes.clone().map(NodeId) {
            let Some((node, inputs)) = copy.node(model.unwrap_or(&self.graph), id) else { continue };
            // What is called as the block itself is not under its path, where a twin's names are.
            if model.is_none() && node.path != copy.place.path {
                self.graph.add(node, &inputs);
            } else {
                let repeat = node.first_use.is_some();
                self.numbered_node(node, &inputs, repeat);
            }
        }
        for number in first.assertions.clone() {
            let assertions = &model.unwrap_or(&self.graph).assertions;
            let assertion = assertions.get(number).map(|assertion| copy.assertion(assertion));
            self.graph.assertions.extend(assertion);
        }
    }

    /// True if an expansion passes no limit that the first did not pass.
    fn has_room(&self, first: &Instantiation) -> bool {
        let scopes = self.graph.scope_count().saturating_add(first.scopes.len());
        self.layers.saturating_add(first.layers) <= LAYER_LIMIT
            && scopes <= LAYER_LIMIT
            && self.steps.saturating_add(first.steps) <= STEP_LIMIT
            && self.calls.len() <= first.depth.0
            && self.depth <= first.depth.1
    }
}

impl Instantiation {
    /// Moves the place of its use to where that is written now.
    pub fn map_origins(&mut self, moved: &impl Fn(Origin) -> Origin) {
        self.here = super::location(moved(origin(self.here)));
    }

    /// True where a copy can be made of it, by the graph that it stands in.
    fn is_whole(&self, graph: &Graph) -> bool {
        *self.whole.get_or_init(|| copy::is_whole(self, graph))
    }

    /// What follows its path in a name of something inside: `.conv1.weight`, or nothing.
    fn rest<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(&*self.path).filter(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl InstantiationCache {
    /// None yet, and never any if every use is expanded no_cache.
    pub fn new(no_cache: bool) -> InstantiationCache {
        InstantiationCache { no_cache, ..InstantiationCache::default() }
    }

    /// What an earlier run left, by where the definitions of each fingerprint now stand.
    pub fn recalled(
        models: Vec<Known>,
        definitions: &HashMap<Fingerprint, Definition>,
    ) -> InstantiationCache {
        let mut expansions = InstantiationCache::default();
        for (number, Known { fingerprint, graph, claims, expanded, end }) in models.into_iter().enumerate() {
            let fingerprint = Some(fingerprint);
            expansions.built.push(Some(Built { graph, claims, fingerprint, end, is_current: false }));
            for (fingerprint, alike) in expanded {
                if let Some(definition) = definitions.get(&fingerprint) {
                    expansions.left.entry(*definition).or_default().push((number, alike));
                }
            }
        }
        expansions
    }

    /// Makes what an earlier run left of a definition known.
    fn wake(&mut self, definition: Definition) {
        for (model, alike) in self.left.remove(&definition).into_iter().flatten() {
            for mut expansion in alike {
                (expansion.key.definition, expansion.model) = (definition, model);
                self.keep(expansion);
            }
        }
    }

    /// What a later run may use: the models of this run with what their blocks expanded to, and those that it does not
    /// hold.
    pub fn left(self, mut fingerprint: impl FnMut(Definition) -> Fingerprint) -> (Vec<Known>, Vec<Known>) {
        let mut left = self.left;
        let mut by_use: HashMap<(Definition, usize), Vec<Instantiation>> = HashMap::default();
        for expansion in self.known.into_values().flatten().filter_map(Arc::into_inner) {
            if !expansion.key.has_layers() {
                by_use.entry((expansion.key.definition, expansion.model)).or_default().push(expansion);
            }
        }
        for ((definition, model), alike) in by_use {
            left.entry(definition).or_default().push((model, alike));
        }
        let mut expanded: Vec<Vec<_>> = self.built.iter().map(|_| Vec::new()).collect();
        for (definition, of_models) in left {
            for (model, alike) in of_models {
                if let Some(of_model) = expanded.get_mut(model) {
                    of_model.push((fingerprint(definition), alike));
                }
            }
        }
        let (mut current, mut gone) = (Vec::new(), Vec::new());
        for (built, expanded) in self.built.into_iter().zip(expanded) {
            let Some(Built { graph, claims, fingerprint: Some(fingerprint), end, is_current }) = built else {
                continue;
            };
            let models = if is_current { &mut current } else { &mut gone };
            models.push(Known { fingerprint, graph, claims, expanded, end });
        }
        (current, gone)
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
        claims: Vec<Reservation>,
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
            end: None,
            is_current: true,
        }));
        self.passed_over = false;
    }

    fn keep(&mut self, expansion: Instantiation) {
        if self.count >= MOST {
            self.known.clear();
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        let hash = expansion.key.hash(self.known.hasher());
        let alike = self.known.entry(hash).or_default();
        alike.retain(|known| !known.key.is(&expansion.key));
        alike.push(Arc::new(expansion));
    }
}

fn numbers(first: usize, count: usize) -> Range<u32> {
    number(first)..number(first.saturating_add(count))
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
