//! Blocks that were expanded before: a use with equal arguments and inputs is a copy of the first under another path.
//!
//! Main type: [`InstantiationCache`], for all models of a run. What a block expands to depends on its definition, its arguments
//! and the types of its inputs, and on nothing else; so its nodes, tensors and scopes are those of the earlier use,
//! shifted, whether that stands in this model or in one before it. A use for which that is not certain (something may
//! stand under its path already, a limit is near, a tensor comes from outside) is expanded as if none had gone before, so
//! that errors are told where they are made.

use std::sync::{Arc, OnceLock};

use foldhash::HashMap;

use super::instantiation_key::InstantiationKey;
use super::{LAYER_LIMIT, Lowering, STEP_LIMIT};
use crate::front::weft::resolve::fingerprint::Fingerprint;
use crate::front::weft::resolve::library::Definition;
use crate::front::weft::value::{BlockCall, CallInputs, Value};
use crate::ir::{self, Graph, InstanceCopy, InstanceSite, Port, Reservation, Tensor};
use crate::source::Location;

/// The most expansions that are known at a time: a model in which no two blocks are equal should not pay for it.
const MOST: usize = 4096;

/// The expansions of a run so far, by the hash of what they depend on.
#[derive(Debug, Default)]
pub struct InstantiationCache {
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

/// A model that an earlier run built.
#[derive(Debug)]
pub struct KnownModel {
    pub fingerprint: Fingerprint,
    pub graph: Arc<Graph>,
    /// The paths that were reserved in it, in order.
    pub reservations: Vec<Reservation>,
    /// What its blocks expanded to, by what they depend on.
    pub expanded: Vec<(Fingerprint, Vec<Instantiation>)>,
    /// Where the last of it is written in the text, once that is known: an edit behind that moves nothing.
    pub end: Option<u32>,
}

/// A model that was built, and the paths that it reserved, in order.
#[derive(Debug)]
struct Built {
    graph: Arc<Graph>,
    reservations: Vec<Reservation>,
    /// What it depends on, where a later run may ask.
    fingerprint: Option<Fingerprint>,
    /// Where the last of it is written in the text, if that is known.
    end: Option<u32>,
    /// True if it is a model of this run.
    is_current: bool,
}

/// What a use of a block added to the graph.
#[derive(Debug)]
pub struct Instantiation {
    key: InstantiationKey,
    /// The number of its model.
    model: usize,
    instance: ir::Instance,
    value: Value,
    layers: usize,
    modules: usize,
    steps: u64,
    /// How many blocks were around it, and how deep expressions were nested.
    depth: (usize, u32),
    /// Whether it is whole, once that was asked.
    whole: OnceLock<bool>,
}

/// How far a model had come before a block was expanded.
pub struct Mark {
    key: InstantiationKey,
    inputs: Vec<Port>,
    graph: ir::Mark,
    layers: usize,
    modules: usize,
    steps: u64,
    dimensions: usize,
    passed_over: bool,
}

impl Lowering<'_, '_> {
    /// The result of a block's use, copied from an earlier one; else a mark from which to remember this one, if it can be.
    pub fn reuse(
        &mut self,
        call: &BlockCall,
        sent: &CallInputs,
        site: &InstanceSite,
        here: Location,
    ) -> Result<Value, Option<Box<Mark>>> {
        let is_alone = !site.is_further_use && site.routed.is_none();
        if self.expansions.no_cache || self.failed || self.judging || !is_alone {
            return Err(None);
        }
        let Some((key, inputs)) = self.key(call, sent, site) else { return Err(None) };
        self.expansions.wake(call.definition);
        let hash = key.hash(self.expansions.known.hasher());
        let known = self.expansions.known.get(&hash).into_iter().flatten().find(|known| known.key.is(&key));
        match known.cloned() {
            Some(known) if known.model == self.expansions.built.len() => {
                self.copy(&known, &inputs, site, here).ok_or(None)
            }
            Some(known) => {
                let mark = self.mark(key, inputs.clone());
                let value = self.copy(&known, &inputs, site, here).ok_or(None)?;
                // From now on the copy in this model is copied: it is there as long as this model is.
                self.remember(Box::new(mark), &value, site, here);
                Ok(value)
            }
            None => Err(Some(Box::new(self.mark(key, inputs)))),
        }
    }

    /// Remembers what a block's use added since a mark.
    pub fn remember(&mut self, mark: Box<Mark>, value: &Value, site: &InstanceSite, here: Location) {
        let passed_over = self.expansions.passed_over;
        self.expansions.passed_over |= mark.passed_over;
        if self.failed || passed_over || mark.dimensions != self.builder.graph().dimensions.len() {
            return;
        }
        let instantiation = Instantiation {
            model: self.expansions.built.len(),
            value: value.clone(),
            layers: self.layers.saturating_sub(mark.layers),
            modules: self.modules.saturating_sub(mark.modules),
            steps: self.steps.saturating_sub(mark.steps),
            depth: (self.calls.len(), self.depth),
            whole: OnceLock::new(),
            key: mark.key,
            instance: self.builder.instance_since(mark.graph, site, mark.inputs, here),
        };
        self.expansions.keep(instantiation);
    }

    fn mark(&mut self, key: InstantiationKey, inputs: Vec<Port>) -> Mark {
        Mark {
            key,
            inputs,
            graph: self.builder.mark(),
            layers: self.layers,
            modules: self.modules,
            steps: self.steps,
            dimensions: self.builder.graph().dimensions.len(),
            passed_over: std::mem::take(&mut self.expansions.passed_over),
        }
    }

    /// Adds an instantiation once more, under another path and on other inputs. `None`, and nothing added, where something
    /// in it comes from outside, a name under its path may be taken or a limit is near.
    fn copy(
        &mut self,
        first: &Instantiation,
        inputs: &[Port],
        site: &InstanceSite,
        here: Location,
    ) -> Option<Value> {
        if !self.has_room(first) || !self.builder.is_free_under(&site.path) {
            return None;
        }
        let copy = self.builder.copy_of(&first.instance, inputs, site, here);
        let value = copied(&copy, &first.value)?;
        if first.model == self.expansions.built.len() {
            first.is_whole(self.builder.graph()).then_some(())?;
            self.builder.add_copy(&copy);
        } else {
            let Built { graph, reservations, .. } = self.expansions.built.get(first.model)?.as_ref()?;
            first.is_whole(graph).then_some(())?;
            self.builder.add_copy_from(&copy, graph, reservations)?;
        }
        self.layers = self.layers.saturating_add(first.layers);
        self.modules = self.modules.saturating_add(first.modules);
        self.steps = self.steps.saturating_add(first.steps);
        Some(value)
    }

    /// True if an instantiation passes no limit that the first did not pass.
    fn has_room(&self, first: &Instantiation) -> bool {
        self.layers.saturating_add(first.layers) <= LAYER_LIMIT
            && self.modules.saturating_add(first.modules) <= LAYER_LIMIT
            && self.steps.saturating_add(first.steps) <= STEP_LIMIT
            && self.calls.len() <= first.depth.0
            && self.depth <= first.depth.1
    }
}

/// The value of a copy.
fn copied(copy: &InstanceCopy, value: &Value) -> Option<Value> {
    let all = |values: &[Value]| values.iter().map(|value| copied(copy, value)).collect::<Option<Vec<_>>>();
    match value {
        Value::Tensor(Tensor::Port(port)) => copy.port(*port).map(|port| Value::Tensor(Tensor::Port(port))),
        Value::Outputs(values) => all(values).map(|values| Value::Outputs(Arc::new(values))),
        Value::List(values) => all(values).map(Value::list),
        _ => None,
    }
}

impl Instantiation {
    /// Moves the place of its use to where that is written now.
    pub fn map_origins(&mut self, moved: &impl Fn(Location) -> Location) {
        self.instance.here = moved(self.instance.here);
    }

    /// True where a copy can be made of it, by the graph that it is a part of.
    fn is_whole(&self, graph: &Graph) -> bool {
        *self.whole.get_or_init(|| self.instance.is_whole(graph))
    }
}

impl InstantiationCache {
    /// None yet, and never any if every use is expanded no_cache.
    pub fn new(no_cache: bool) -> InstantiationCache {
        InstantiationCache { no_cache, ..InstantiationCache::default() }
    }

    /// What an earlier run left, by where the definitions of each fingerprint now stand.
    pub fn recalled(
        models: Vec<KnownModel>,
        definitions: &HashMap<Fingerprint, Definition>,
    ) -> InstantiationCache {
        let mut expansions = InstantiationCache::default();
        for (number, KnownModel { fingerprint, graph, reservations, expanded, end }) in
            models.into_iter().enumerate()
        {
            let fingerprint = Some(fingerprint);
            expansions.built.push(Some(Built { graph, reservations, fingerprint, end, is_current: false }));
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
    pub fn left(
        self,
        mut fingerprint: impl FnMut(Definition) -> Fingerprint,
    ) -> (Vec<KnownModel>, Vec<KnownModel>) {
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
            let Some(Built { graph, reservations, fingerprint: Some(fingerprint), end, is_current }) = built
            else {
                continue;
            };
            let models = if is_current { &mut current } else { &mut gone };
            models.push(KnownModel { fingerprint, graph, reservations, expanded, end });
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
        reservations: Vec<Reservation>,
        fingerprint: Option<Fingerprint>,
    ) {
        if graph.is_none() {
            let model = self.built.len();
            self.known.values_mut().for_each(|alike| alike.retain(|expansion| expansion.model != model));
        }
        self.built.push(graph.map(|graph| Built {
            graph: graph.clone(),
            reservations,
            fingerprint,
            end: None,
            is_current: true,
        }));
        self.passed_over = false;
    }

    fn keep(&mut self, instantiation: Instantiation) {
        if self.count >= MOST {
            self.known.clear();
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        let hash = instantiation.key.hash(self.known.hasher());
        let alike = self.known.entry(hash).or_default();
        alike.retain(|known| !known.key.is(&instantiation.key));
        alike.push(Arc::new(instantiation));
    }
}
