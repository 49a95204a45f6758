//! The catalogue's layers as nodes: inputs in order, weights stored or tied, refusals with their places.

use std::sync::Arc;

use super::evaluator::{Evaluator, origin};
use super::frame::{Frame, InstanceSite, Routed, join};
use super::operation_cache::Types;
use super::templates::Named;
use super::value::{CatalogueCall, Tensor, Tensors, Tie, Value};
use crate::diagnostic::{Diagnostic, nearest};
use crate::ir::{
    Count, Dtype, Inputs, Operation, Port, Role, Shape, Size, TensorType, Weight, WeightId, WeightSpec,
    Weights,
};
use crate::layers::{self, Arguments, Call, Layer};
use crate::source::Location;

impl<'p> Evaluator<'p, '_> {
    /// Applies a layer of the catalogue.
    pub fn apply_catalogue(
        &mut self,
        call: &Arc<CatalogueCall>,
        inputs: Tensors,
        named: &[Named],
        place: &InstanceSite,
        here: Location,
    ) -> Value {
        let Some(inputs) = self.in_order(call.layer, inputs, named, here) else { return self.poison() };
        if call.expert.is_some() {
            return self.mixture(call, &inputs, place, here);
        }
        self.apply_leaf(call, &inputs, place, here, &[])
    }

    /// Applies a layer that is one node; `operands` are the places of an operator's operands.
    pub fn apply_leaf(
        &mut self,
        call: &CatalogueCall,
        inputs: &[Tensor],
        place: &InstanceSite,
        here: Location,
        operands: &[Location],
    ) -> Value {
        if !self.one_more_layer(here) {
            return self.poison();
        }
        let mut operation = match self.operation(call, inputs, here) {
            Ok(Some(operation)) => operation,
            Ok(None) => return self.poison(),
            Err(refusal) => return self.refused(call, refusal, inputs, here, operands),
        };
        let frozen = (!call.trainable).then(|| InstanceSite { frozen: true, ..place.clone() });
        let place = frozen.as_ref().unwrap_or(place);
        let ports: Inputs = inputs.iter().map(|tensor| self.port(*tensor, place)).collect();
        let Some(weights) = self.weights(call, &operation, place, here) else { return self.poison() };
        if let Some(routed) = place.routed {
            let met = Count::from(u128::from(routed.routing.top_k));
            let routed = Arc::make_mut(&mut operation);
            routed.macs = &routed.macs * &met;
            routed.elementwise = &routed.elementwise * &met;
        }
        let outputs = operation.outputs.len();
        let gives_list = operation.gives_list;
        let node = self.node(operation, weights, &ports, place, origin(here));
        let results = (0u32..).take(outputs).map(|output| Value::Tensor(Tensor::Port(Port { node, output })));
        match (gives_list, outputs) {
            (true, _) => Value::list(results.collect()),
            (false, 1) => Value::Tensor(Tensor::Port(Port { node, output: 0 })),
            (false, _) => Value::Outputs(Arc::new(results.collect())),
        }
    }

    /// What a layer does to inputs; `None`, and reported, where that cannot be counted.
    fn operation(
        &mut self,
        call: &CatalogueCall,
        inputs: &[Tensor],
        here: Location,
    ) -> Result<Option<Arc<Operation>>, layers::InferenceError> {
        let types: Types = inputs.iter().map(|tensor| self.type_of(*tensor)).collect();
        let hash = match self.operations.find(call, &types) {
            Ok(known) => return Ok(Some(known)),
            Err(hash) => hash,
        };
        let operation = self.with_defaults(|defaults| {
            Call::apply(call.layer, call.alias, &call.arguments, &types, defaults)
        })?;
        if !self.countable(&operation, here) {
            return Ok(None);
        }
        let operation = Arc::new(operation);
        self.operations.keep(hash, call, types, &operation);
        Ok(Some(operation))
    }

    /// An operator as a layer of the catalogue without a label.
    pub fn operator_at(
        &mut self,
        frame: &mut Frame<'p>,
        kind: &'static str,
        inputs: &[Tensor],
        arguments: &[(&'static str, Value)],
        here: Location,
        operands: &[Location],
    ) -> Value {
        let Some((layer, alias)) = layers::find(kind) else { return self.poison() };
        let mut given = Arguments::default();
        for (name, value) in arguments {
            let slot = Arguments::named(layer, name);
            let set = slot.and_then(|slot| {
                given.set(layer, slot, value.attribute().unwrap_or(crate::ir::Attribute::None))
            });
            if let Err(refusal) = set {
                return self.refusal(refusal, here);
            }
        }
        let call = CatalogueCall {
            layer,
            alias,
            arguments: given,
            places: Vec::new(),
            ties: Vec::new(),
            expert: None,
            trainable: true,
        };
        let place = self.unlabelled(frame, super::label::layer_name(kind), here);
        self.apply_leaf(&call, inputs, &place, here, operands)
    }

    /// The inputs in the layer's order, those by name after those by position.
    fn in_order(
        &mut self,
        layer: &'static Layer,
        mut inputs: Tensors,
        named: &[Named],
        here: Location,
    ) -> Option<Tensors> {
        let mut rest: Vec<_> =
            named.iter().map(|named| (input_slot(layer, &named.0).unwrap_or(usize::MAX), named)).collect();
        rest.sort_by_key(|(slot, _)| *slot);
        for (slot, (name, value, place)) in rest {
            if slot < inputs.len() {
                let message = format!("`{name}` is input {slot} of `{}`, which is sent already", layer.name);
                self.error("wrong-count", *place, message);
                return None;
            }
            if slot > inputs.len() {
                let message = format!(
                    "`{}` takes ({}): `{name}` is given, but an input before it is not",
                    layer.name,
                    layer.sent().join(", ")
                );
                self.error("wrong-count", *place, message);
                return None;
            }
            inputs.extend(self.tensors(value.clone(), here)?);
        }
        Some(inputs)
    }

    /// False, and reported, where a count passes 128 bits.
    fn countable(&mut self, operation: &Operation, here: Location) -> bool {
        let too_large = |count: Count| count.is_overflow();
        let what = if operation.outputs.iter().any(|output| too_large(output.shape.elements())) {
            "the elements of its result"
        } else if operation.weights.iter().any(|weight| too_large(weight.shape.elements())) {
            "the elements of its weights"
        } else if operation.macs.is_overflow() || operation.elementwise.is_overflow() {
            "its cost"
        } else {
            return true;
        };
        let message = format!("`{}` is too large: {what} cannot be counted in 128 bits", operation.kind);
        self.error("count-overflow", here, message);
        false
    }

    // ── weights ──────────────────────────────────────────────────────────────────────────────────────────

    /// The stored tensors of a layer's use: tied ones, those of its first use, or new ones.
    fn weights(
        &mut self,
        call: &CatalogueCall,
        operation: &Operation,
        place: &InstanceSite,
        here: Location,
    ) -> Option<Weights> {
        let unknown =
            call.ties.iter().find(|tie| !operation.weights.iter().any(|spec| spec.name == tie.name));
        if let Some(tie) = unknown {
            let names = || operation.weights.iter().map(|spec| &*spec.name);
            let message = format!("this `{}` has no tensor called `{}`", operation.kind, tie.name);
            let error = Diagnostic::structural("unknown-argument", tie.place, message);
            self.report(match nearest(&tie.name, names()) {
                Some(near) => error.help(format!("`{near}`?")),
                None => error.help(format!("its tensors are: {}", names().collect::<Vec<_>>().join(", "))),
            });
            return None;
        }
        let mut ids = Weights::with_capacity(operation.weights.len());
        for spec in &operation.weights {
            let tie = call.ties.iter().find(|tie| tie.name == spec.name);
            ids.push(match tie {
                Some(tie) => self.tied(tie, spec, place)?,
                None => self.stored(operation.kind, spec, place, here)?,
            });
        }
        Some(self.of_all_experts(ids, place.routed))
    }

    /// One expert's tensors, followed by those of every further expert.
    pub fn of_all_experts(&self, ids: Weights, routed: Option<Routed>) -> Weights {
        let experts = match routed {
            Some(Routed { stacked: false, routing, .. }) => routing.experts as usize,
            _ => return ids,
        };
        let further = (0..experts.saturating_sub(1)).flat_map(|expert| {
            ids.iter().map(move |id| {
                self.replicas.get(id).and_then(|others| others.get(expert)).copied().unwrap_or(*id)
            })
        });
        ids.iter().copied().chain(further).collect()
    }

    fn tied(&mut self, tie: &Tie, spec: &WeightSpec, place: &InstanceSite) -> Option<WeightId> {
        let shape = self.shape_of(tie.weight);
        let name = join(&place.path, &spec.name);
        let owner = self.graph.weight(tie.weight)?;
        if shape != spec.shape {
            let message =
                format!("`{name}` is {}, but `{}`, to which it is tied, is {shape}", spec.shape, owner.name);
            let first = super::location(owner.origin);
            let error = Diagnostic::structural("tie-mismatch", tie.place, message)
                .related(first, format!("`{}` is {shape} since here", owner.name))
                .help("a tie is one tensor with two names, so both must have one shape");
            self.report(error);
            return None;
        }
        if place.named
            && !place.repeat
            && owner.name != name
            && self.taken.tensor(&name, &self.graph).is_none()
        {
            self.taken.take_tensor(name.clone(), tie.weight);
            self.graph.weight_mut(tie.weight)?.aliases.push(name);
        } else if place.named && !place.repeat && self.taken.tensor(&name, &self.graph) != Some(tie.weight) {
            self.error("duplicate-name", tie.place, format!("two tensors are called `{name}`"));
            return None;
        }
        Some(tie.weight)
    }

    fn stored(
        &mut self,
        kind: &str,
        spec: &WeightSpec,
        place: &InstanceSite,
        here: Location,
    ) -> Option<WeightId> {
        if let Some(size) = spec.shape.dims().iter().find(|size| size.is_symbolic()) {
            let what = format!(
                "the shape of a weight must be known, but `{}` of `{kind}` is {}: its extent",
                spec.name, spec.shape
            );
            self.undecided(&what, size, here);
            return None;
        }
        let weight = Weight {
            name: join(&place.path, &spec.name),
            aliases: Vec::new(),
            shape: spec.shape.clone(),
            dtype: Dtype::Float,
            role: spec.role,
            trainable: !place.frozen && spec.role == Role::Parameter,
            origin: origin(here),
            routing: place.routed.map(|routed| routed.routing),
        };
        self.keep(weight, place, here)
    }

    /// Stores a tensor; inside the expert of a mixture, one for every expert or, stacked, one for all.
    pub fn keep(&mut self, mut weight: Weight, place: &InstanceSite, here: Location) -> Option<WeightId> {
        let Some(routed) = place.routed else { return self.store(weight, place, here) };
        if !routed.stacked {
            return self.keep_each(weight, routed, place, here);
        }
        let share = weight.shape.clone();
        let experts = Size::from(i128::from(routed.routing.experts));
        weight.shape = std::iter::once(experts).chain(share.dims().iter().cloned()).collect::<Shape>();
        let id = self.store(weight, place, here)?;
        self.shares.insert(id, share);
        Some(id)
    }

    /// `LABEL.0.name`, and the same of `LABEL.1` to the last expert.
    fn keep_each(
        &mut self,
        weight: Weight,
        routed: Routed,
        place: &InstanceSite,
        here: Location,
    ) -> Option<WeightId> {
        let name = weight.name.clone();
        let (Some(label), Some(inside)) = (
            name.get(..routed.prefix),
            name.get(routed.prefix..).and_then(|rest| rest.trim_start_matches('.').strip_prefix("0.")),
        ) else {
            return self.store(weight, place, here);
        };
        let first = self.store(weight.clone(), place, here)?;
        let others = (1..routed.routing.experts).map(|expert| {
            let name = join(label, &format!("{expert}.{inside}"));
            self.store(Weight { name, ..weight.clone() }, place, here)
        });
        let others = others.collect::<Option<Vec<_>>>()?;
        self.replicas.insert(first, others);
        Some(first)
    }

    /// A declared layer's tensors where they do not depend on what it is sent (an Embedding's): made before
    /// its first use.
    pub fn fix_weights(&mut self, call: &CatalogueCall, place: &InstanceSite, here: Location) -> bool {
        let index = [TensorType::int(Shape::default())];
        let operation = self
            .with_defaults(|defaults| Call::apply(call.layer, call.alias, &call.arguments, &index, defaults));
        match operation {
            Ok(operation) if !operation.weights.is_empty() => {
                self.weights(call, &operation, place, here).is_some()
            }
            _ => false,
        }
    }
}

/// Which input of a layer has a name.
pub(super) fn input_slot(layer: &'static Layer, name: &str) -> Option<usize> {
    layer.sent().iter().position(|input| input.trim_matches(['[', ']', '…']).replace(' ', "_") == name)
}
