//! Layer templates, applied to tensors: repetitions, chains, blocks, declared layers.
//!
//! A template is applied *at* an [`InstanceSite`], where its weights are stored; a stage finds its site by its label, its
//! position or its kind first.

use std::borrow::Cow;
use std::sync::Arc;

use crate::front::weft::eval::Evaluator;
use crate::front::weft::lower::naming::{Counters, Numbering};
use crate::front::weft::value::{
    CallInputs, CatalogueCall, DeclaredLayerId, Label, Layer, LayerTemplate, Named, Stage, Tensors, Value,
};
use crate::ir::{InstanceSite, Scope, ScopeKind, ScopePort, Tensor, join};
use crate::source::Location;

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
                let round = |evaluator: &mut Self, value, site: &InstanceSite, _| {
                    evaluator.apply_labelled(label, inner, here, value, site, numbering)
                };
                self.rounds(*count, input, parent, here, round)
            }
            (Some(Label::Splice), LayerTemplate::Chain(stages)) => {
                stages.iter().fold(input, |value, stage| self.apply_stage(stage, value, parent, numbering))
            }
            (Some(Label::Splice), _) => {
                numbering.skip();
                let site = InstanceSite { is_named: true, ..parent.clone() };
                let counters = match numbering {
                    Numbering::Counters(counters) => Some(&mut **counters),
                    Numbering::Positions(_) => None,
                };
                self.apply_at(layer, input, &[], &site, here, counters)
            }
            (Some(Label::Path(path)), _) => {
                numbering.skip();
                let site = InstanceSite { is_named: true, ..parent.at(join(&parent.path, path)) };
                self.lower.reserve(&site, here);
                self.apply_at(layer, input, &[], &site, here, None)
            }
            (None, _) => {
                let path = self.lower.next_path(parent, layer, numbering);
                let site = InstanceSite { is_named: numbering.is_positional(), ..parent.at(path) };
                self.lower.reserve(&site, here);
                self.apply_at(layer, input, &[], &site, here, None)
            }
        }
    }

    /// Applies a layer whose site is known.
    pub fn apply_at(
        &mut self,
        layer: &Layer,
        input: Value,
        named: &[Named],
        site: &InstanceSite,
        here: Location,
        counters: Option<&mut Counters>,
    ) -> Value {
        if input.is_poison() {
            return self.lower.poison();
        }
        let named = match layer.inputs.as_slice() {
            [] => Cow::Borrowed(named),
            own => own.iter().chain(named).cloned().collect(),
        };
        match &layer.template {
            LayerTemplate::Pass => input,
            LayerTemplate::DeclaredLayer(id) => self.use_declared_layer(*id, input, &named, site, here),
            LayerTemplate::Catalogue(call) => {
                let Some(inputs) = self.lower.tensors(input, here) else { return self.lower.poison() };
                self.apply_catalogue(call, inputs, &named, site, here)
            }
            LayerTemplate::Block(call) => {
                let Some(inputs) = self.lower.tensors(input, here) else { return self.lower.poison() };
                let sent =
                    CallInputs { positional: inputs.into_vec().into_iter(), named: named.into_owned() };
                self.deeper(here, |evaluator| evaluator.expand(call, sent, site, here, counters))
            }
            LayerTemplate::Repeat(inner, count) => {
                let round = |evaluator: &mut Self, value, site: &InstanceSite, index: u32| {
                    let child = site.at(join(&site.path, &index.to_string()));
                    if !matches!(inner.template, LayerTemplate::DeclaredLayer(_)) {
                        evaluator.lower.reserve(&child, here);
                    }
                    evaluator.apply_at(inner, value, &named, &child, here, None)
                };
                self.rounds(*count, input, site, here, round)
            }
            LayerTemplate::Chain(stages) => {
                if let Some((name, _, at)) = named.first() {
                    let message = format!("a chain has no input called `{name}`; it is sent one value");
                    return self.lower.error("unknown-argument", *at, message);
                }
                self.deeper(here, |evaluator| evaluator.apply_chain(stages, input, site, here))
            }
        }
    }

    /// `layer * n`: each round reads what the one before it gives.
    fn rounds(
        &mut self,
        count: u32,
        input: Value,
        site: &InstanceSite,
        here: Location,
        mut round: impl FnMut(&mut Self, Value, &InstanceSite, u32) -> Value,
    ) -> Value {
        let mut value = input;
        for index in 0..count {
            let scope = self.lower.open_round(index, count, site, here);
            let inside = InstanceSite { scope, ..site.clone() };
            value = round(self, value, &inside, index);
            if scope != site.scope {
                self.lower.builder.close_round(scope);
            }
            if value.is_poison() {
                break;
            }
        }
        value
    }

    /// A layer of the catalogue; a mixture expands its expert first.
    fn apply_catalogue(
        &mut self,
        call: &Arc<CatalogueCall>,
        inputs: Tensors,
        named: &[Named],
        site: &InstanceSite,
        here: Location,
    ) -> Value {
        let Some(inputs) = self.lower.in_order(call.layer, inputs, named, here) else {
            return self.lower.poison();
        };
        if call.expert.is_some() {
            return self.mixture(call, &inputs, site, here);
        }
        self.lower.apply_leaf(call, &inputs, site, here, &[])
    }

    fn apply_chain(&mut self, stages: &[Stage], input: Value, site: &InstanceSite, here: Location) -> Value {
        if !self.lower.one_more_module(here) {
            return self.lower.poison();
        }
        let scope = self.lower.builder.open_scope(Scope {
            kind: ScopeKind::Chain,
            path: site.path.clone(),
            definition: "Sequential".into(),
            parent: Some(site.scope),
            inputs: ports([(&"".into(), &input)]),
            origin: here,
            ..Scope::default()
        });
        let result = self.apply_positions(stages, input, &InstanceSite { scope, ..site.clone() });
        self.lower.builder.close_scope(scope, ports([(&"".into(), &result)]));
        result
    }

    /// Sends a value through stages that are numbered by position.
    pub fn apply_positions(&mut self, stages: &[Stage], input: Value, site: &InstanceSite) -> Value {
        let mut next = 0;
        let mut numbering = Numbering::Positions(&mut next);
        stages.iter().fold(input, |value, stage| self.apply_stage(stage, value, site, &mut numbering))
    }

    /// A declared layer, used once more.
    fn use_declared_layer(
        &mut self,
        id: DeclaredLayerId,
        input: Value,
        named: &[Named],
        parent: &InstanceSite,
        here: Location,
    ) -> Value {
        let Some(declared) = self.declared_layers.get_mut(id.0 as usize) else { return self.lower.poison() };
        let site = InstanceSite {
            is_named: true,
            is_further_use: declared.is_further_use || declared.uses > 0,
            is_frozen: declared.is_frozen,
            ..parent.at(declared.path.clone())
        };
        declared.uses = declared.uses.saturating_add(1);
        let layer = declared.layer.clone();
        let value = self.apply_at(&layer, input, named, &site, here, None);
        if let (true, Some(declared)) = (value.is_poison(), self.declared_layers.get_mut(id.0 as usize)) {
            declared.is_broken = true;
        }
        value
    }
}

/// The tensors of values as they enter or leave a scope, in order.
pub(super) fn ports<'v>(values: impl IntoIterator<Item = (&'v Arc<str>, &'v Value)>) -> Arc<[ScopePort]> {
    let mut found = Vec::new();
    for (name, value) in values {
        collect_ports(name, value, &mut found);
    }
    found.into()
}

fn collect_ports(name: &Arc<str>, value: &Value, found: &mut Vec<ScopePort>) {
    match value {
        Value::Tensor(tensor) => found.push(ScopePort { name: name.clone(), tensor: *tensor }),
        Value::List(values) | Value::Outputs(values) => {
            values.iter().for_each(|value| collect_ports(name, value, found));
        }
        _ => {}
    }
}

/// Tensors as they enter a scope by position.
pub(super) fn sent_ports(sent: &CallInputs, names: &[Arc<str>]) -> Arc<[ScopePort]> {
    let positional =
        sent.positional.as_slice().iter().enumerate().map(|(at, tensor)| ScopePort {
            name: names.get(at).cloned().unwrap_or_default(),
            tensor: *tensor,
        });
    let named = sent.named.iter().filter_map(|(name, value, _)| match value {
        Value::Tensor(tensor @ (Tensor::Port(_) | Tensor::Weight(_))) => {
            Some(ScopePort { name: name.clone(), tensor: *tensor })
        }
        _ => None,
    });
    positional.chain(named).collect()
}
