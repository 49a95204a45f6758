//! The catalogue's layers as nodes: inputs in order, weights stored or tied, refusals with their places.

use std::sync::Arc;

use super::{Lowering, results};
use crate::diagnostic::{Diagnostic, nearest};
use crate::front::weft::value::{CatalogueCall, Named, Tensors, Value, input_slot};
use crate::ir::{Attribute, Count, InstanceSite, Operation, Shape, Tensor, TensorType, Weight, WeightId};
use crate::layers::{Arguments, Call, InferenceError, InputTypes, Layer};
use crate::source::Location;

impl Lowering<'_, '_> {
    /// Applies a layer that is one node; `operands` are the places of an operator's operands.
    pub fn apply_leaf(
        &mut self,
        call: &CatalogueCall,
        inputs: &[Tensor],
        site: &InstanceSite,
        here: Location,
        operands: &[Location],
    ) -> Value {
        if !self.one_more_layer(here) {
            return self.poison();
        }
        let mut operation = match self.operation(call, inputs, here) {
            Ok(Some(operation)) => operation,
            Ok(None) => return self.poison(),
            Err(error) => return self.refused(call, error, inputs, here, operands),
        };
        let frozen = (!call.trainable).then(|| InstanceSite { is_frozen: true, ..site.clone() });
        let site = frozen.as_ref().unwrap_or(site);
        if !self.ties_fit(call, &operation) {
            return self.poison();
        }
        if let Some(routed) = site.routed {
            let met = Count::from(u128::from(routed.routing.top_k));
            let routed = Arc::make_mut(&mut operation);
            routed.macs = &routed.macs * &met;
            routed.elementwise = &routed.elementwise * &met;
        }
        let (outputs, gives_list) = (operation.outputs.len(), operation.gives_list);
        match self.builder.apply(operation, inputs, &tied(call), site, here) {
            Ok(node) => results(node, outputs, gives_list),
            Err(error) => {
                self.build_error(error, &call.ties, here);
                self.poison()
            }
        }
    }

    /// What a layer does to inputs; `None`, and reported, where that cannot be counted.
    fn operation(
        &mut self,
        call: &CatalogueCall,
        inputs: &[Tensor],
        here: Location,
    ) -> Result<Option<Arc<Operation>>, InferenceError> {
        let types: InputTypes = inputs.iter().map(|tensor| self.builder.type_of(*tensor)).collect();
        let graph = self.builder.graph();
        let defaults = |symbol: &str| graph.default_of(symbol);
        let (operation, is_new) =
            self.operations.apply(call.layer, call.alias, &call.arguments, types, &defaults)?;
        Ok((!is_new || self.countable(&operation, here)).then_some(operation))
    }

    /// A layer of the catalogue with arguments by name; `None`, and reported, where it does not take them.
    pub fn call_with(
        &mut self,
        kind: &'static str,
        arguments: &[(&'static str, Value)],
        here: Location,
    ) -> Option<CatalogueCall> {
        let mut call = CatalogueCall::of(kind)?;
        for (name, value) in arguments {
            let slot = Arguments::named(call.layer, name);
            let value = value.attribute().unwrap_or(Attribute::None);
            if let Err(error) = slot.and_then(|slot| call.arguments.set(call.layer, slot, value)) {
                self.inference_error(error, here);
                return None;
            }
        }
        Some(call)
    }

    /// The inputs in the layer's order, those by name after those by position.
    pub fn in_order(
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
                let message =
                    format!("`{name}` is input {slot} of `{}`, which is sent already", layer.name());
                self.error("wrong-count", *place, message);
                return None;
            }
            if slot > inputs.len() {
                let message = format!(
                    "`{}` takes ({}): `{name}` is given, but an input before it is not",
                    layer.name(),
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
        let Some(what) = operation.overflow() else { return true };
        let message = format!("`{}` is too large: {what} cannot be counted in 128 bits", operation.kind);
        self.error("count-overflow", here, message);
        false
    }

    // ── weights ──────────────────────────────────────────────────────────────────────────────────────────

    /// False, and reported, where a tie is to a tensor that the layer does not have.
    fn ties_fit(&mut self, call: &CatalogueCall, operation: &Operation) -> bool {
        let unknown =
            call.ties.iter().find(|tie| !operation.weights.iter().any(|spec| spec.name == tie.name));
        let Some(tie) = unknown else { return true };
        let names = || operation.weights.iter().map(|spec| &*spec.name);
        let message = format!("this `{}` has no tensor called `{}`", operation.kind, tie.name);
        let error = Diagnostic::structural("unknown-argument", tie.place, message);
        self.report(match nearest(&tie.name, names()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("its tensors are: {}", names().collect::<Vec<_>>().join(", "))),
        });
        false
    }

    /// Stores a tensor that a statement declares.
    pub fn store(&mut self, weight: Weight, site: &InstanceSite, here: Location) -> Option<WeightId> {
        match self.builder.store(weight, site) {
            Ok(id) => Some(id),
            Err(error) => {
                self.build_error(error, &[], here);
                None
            }
        }
    }

    /// A declared layer's tensors where they do not depend on what it is sent (an Embedding's): made before
    /// its first use.
    pub fn fix_weights(&mut self, call: &CatalogueCall, site: &InstanceSite, here: Location) -> bool {
        let index = [TensorType::int(Shape::default())];
        let operation = self
            .with_defaults(|defaults| Call::apply(call.layer, call.alias, &call.arguments, &index, defaults));
        let Some(operation) = operation.ok().filter(|operation| !operation.weights.is_empty()) else {
            return false;
        };
        if !self.ties_fit(call, &operation) {
            return false;
        }
        match self.builder.weights(&operation, &tied(call), site, here) {
            Ok(_) => true,
            Err(error) => {
                self.build_error(error, &call.ties, here);
                false
            }
        }
    }
}

/// The tensors that take the place of the layer's own, by its names for them.
fn tied(call: &CatalogueCall) -> Vec<(Arc<str>, WeightId)> {
    call.ties.iter().map(|tie| (tie.name.clone(), tie.weight)).collect()
}
