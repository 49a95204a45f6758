//! Layers, applied to tensors: repetitions, chains, declared layers.
//!
//! A layer is applied *at* a [`InstanceSite`], where its weights are stored; a stage finds its place by its label, its
//! position or its kind first.

use std::borrow::Cow;
use std::sync::Arc;

use foldhash::HashMap;
use smallvec::smallvec;

use super::evaluator::{Evaluator, LAYER_LIMIT, grouped, origin};
use super::frame::{CallInputs, InstanceSite, join};
use super::label::Numbering;
use super::value::{DeclaredLayerId, Label, Layer, LayerTemplate, Stage, Tensor, Tensors, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::{Attribute, Scope, ScopeId};
use crate::source::Location;

/// Inputs given by name: name, tensor, where.
pub(super) type Named = (Arc<str>, Value, Location);

/// How many unlabelled layers of a name a body has so far.
pub(super) type Counters = HashMap<Arc<str>, u32>;

impl<'p> Evaluator<'p, '_> {
    /// Sends a value through a stage.
    pub fn apply_stage(
        &mut self,
        stage: &Stage,
        input: Value,
        parent: &InstanceSite,
        numbering: &mut Numbering,
    ) -> Value {
        self.apply_labelled(stage.label.as_ref(), &stage.layer, stage.origin, input, parent, numbering)
    }

    fn apply_labelled(
        &mut self,
        label: Option<&Label>,
        layer: &Layer,
        here: Location,
        input: Value,
        parent: &InstanceSite,
        numbering: &mut Numbering,
    ) -> Value {
        match (label, &layer.template) {
            (_, LayerTemplate::Pass) => input,
            (_, LayerTemplate::DeclaredLayer(id)) => {
                numbering.skip();
                self.use_declared_layer(*id, input, &layer.inputs, parent, here)
            }
            (None | Some(Label::Splice), LayerTemplate::Repeat(inner, count)) => {
                let mut value = input;
                for _ in 0..*count {
                    value = self.apply_labelled(label, inner, here, value, parent, numbering);
                    if value.is_poison() {
                        break;
                    }
                }
                value
            }
            (Some(Label::Splice), LayerTemplate::Chain(stages)) => {
                stages.iter().fold(input, |value, stage| self.apply_stage(stage, value, parent, numbering))
            }
            (Some(Label::Splice), _) => {
                numbering.skip();
                let place = InstanceSite { named: true, ..parent.clone() };
                let counters = match numbering {
                    Numbering::Counters(counters) => Some(&mut **counters),
                    Numbering::Positions(_) => None,
                };
                self.apply_at(layer, input, &[], &place, here, counters)
            }
            (Some(Label::Path(path)), _) => {
                numbering.skip();
                let place = InstanceSite { named: true, ..parent.at(join(&parent.path, path)) };
                self.claim(&place.path, &place, here);
                self.apply_at(layer, input, &[], &place, here, None)
            }
            (None, _) => {
                let path = self.next_path(parent, layer, numbering);
                let place = InstanceSite { named: numbering.is_positional(), ..parent.at(path) };
                self.claim(&place.path, &place, here);
                self.apply_at(layer, input, &[], &place, here, None)
            }
        }
    }

    /// Applies a layer whose place is known.
    pub fn apply_at(
        &mut self,
        layer: &Layer,
        input: Value,
        named: &[Named],
        place: &InstanceSite,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        if input.is_poison() {
            return self.poison();
        }
        let named = match layer.inputs.as_slice() {
            [] => Cow::Borrowed(named),
            own => own.iter().chain(named).cloned().collect(),
        };
        match &layer.template {
            LayerTemplate::Pass => input,
            LayerTemplate::DeclaredLayer(id) => self.use_declared_layer(*id, input, &named, place, here),
            LayerTemplate::Catalogue(call) => {
                let Some(inputs) = self.tensors(input, here) else { return self.poison() };
                self.apply_catalogue(call, inputs, &named, place, here)
            }
            LayerTemplate::Block(call) => {
                let Some(inputs) = self.tensors(input, here) else { return self.poison() };
                let sent =
                    CallInputs { positional: inputs.into_vec().into_iter(), named: named.into_owned() };
                self.deeper(here, |builder| builder.expand(call, sent, place, here, counters))
            }
            LayerTemplate::Repeat(inner, count) => {
                let mut value = input;
                for i in 0..*count {
                    let child = place.at(join(&place.path, &i.to_string()));
                    if !matches!(inner.template, LayerTemplate::DeclaredLayer(_)) {
                        self.claim(&child.path, &child, here);
                    }
                    value = self.apply_at(inner, value, &named, &child, here, None);
                    if value.is_poison() {
                        break;
                    }
                }
                value
            }
            LayerTemplate::Chain(stages) => {
                if let Some((name, _, at)) = named.first() {
                    let message = format!("a chain has no input called `{name}`; it is sent one value");
                    return self.error("unknown-argument", *at, message);
                }
                self.deeper(here, |builder| builder.apply_chain(stages, input, place, here))
            }
        }
    }

    fn apply_chain(&mut self, stages: &[Stage], input: Value, place: &InstanceSite, here: Location) -> Value {
        let Some(scope) = self.scope("Sequential".into(), Vec::new(), place, here) else {
            return self.poison();
        };
        self.apply_positions(stages, input, &InstanceSite { scope, ..place.clone() })
    }

    /// Sends a value through stages that are numbered by position.
    pub fn apply_positions(&mut self, stages: &[Stage], input: Value, place: &InstanceSite) -> Value {
        let mut next = 0;
        let mut numbering = Numbering::Positions(&mut next);
        stages.iter().fold(input, |value, stage| self.apply_stage(stage, value, place, &mut numbering))
    }

    /// A declared layer, used once more.
    pub fn use_declared_layer(
        &mut self,
        id: DeclaredLayerId,
        input: Value,
        named: &[Named],
        parent: &InstanceSite,
        here: Location,
    ) -> Value {
        let Some(thing) = self.declared_layers.get_mut(id.0 as usize) else { return self.poison() };
        let place = InstanceSite {
            named: true,
            repeat: thing.repeat || thing.uses > 0,
            frozen: thing.frozen,
            ..parent.at(thing.path.clone())
        };
        thing.uses = thing.uses.saturating_add(1);
        let layer = thing.layer.clone();
        let value = self.apply_at(&layer, input, named, &place, here, None);
        if let (true, Some(thing)) = (value.is_poison(), self.declared_layers.get_mut(id.0 as usize)) {
            thing.broken = true;
        }
        value
    }

    /// A new scope; `None` where there are too many.
    pub fn scope(
        &mut self,
        definition: Arc<str>,
        arguments: Vec<(Arc<str>, Attribute)>,
        place: &InstanceSite,
        here: Location,
    ) -> Option<ScopeId> {
        let scope = Scope {
            path: place.path.clone(),
            definition,
            arguments: arguments.into(),
            parent: Some(place.scope),
            origin: origin(here),
        };
        let id = self.graph.add_scope(scope);
        if id.0 as usize > LAYER_LIMIT {
            let message =
                format!("this model uses blocks and chains more than {} times", grouped(LAYER_LIMIT as u64));
            self.error("limit", here, message);
            return None;
        }
        Some(id)
    }

    /// The tensors that a value sends: one, or a list's.
    pub fn tensors(&mut self, value: Value, here: Location) -> Option<Tensors> {
        match value.first() {
            Value::Tensor(tensor) => Some(smallvec![tensor]),
            Value::List(values) => values.iter().map(|value| self.one_tensor(value, here)).collect(),
            Value::Poison => {
                self.failed = true;
                None
            }
            other => {
                self.error(
                    "wrong-kind",
                    here,
                    format!("a layer is sent tensors, but this is {}", other.what()),
                );
                None
            }
        }
    }

    fn one_tensor(&mut self, value: &Value, here: Location) -> Option<Tensor> {
        match value.clone().first() {
            Value::Tensor(tensor) => Some(tensor),
            Value::Poison => {
                self.failed = true;
                None
            }
            Value::List(_) => {
                let error = Diagnostic::structural("wrong-kind", here, "a list stands inside several inputs")
                    .help("lists are joined by `+`: `states + [x] -> Concat(axis=0)`");
                self.report(error);
                None
            }
            other => {
                self.error(
                    "wrong-kind",
                    here,
                    format!("a layer is sent tensors, but one of these is {}", other.what()),
                );
                None
            }
        }
    }
}
