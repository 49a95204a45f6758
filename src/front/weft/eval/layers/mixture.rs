//! Mixtures of experts: one expert is expanded and stands for all of them.

use std::sync::Arc;

use super::templates::ports;
use crate::diagnostic::Diagnostic;
use crate::front::weft::eval::Evaluator;
use crate::front::weft::value::{CatalogueCall, Value};
use crate::ir::{Attribute, InstanceSite, Routed, Routing, Scope, ScopeKind, Tensor, join};
use crate::source::Location;

/// The most experts of one mixture.
const EXPERT_LIMIT: i128 = 65_536;

impl<'p> Evaluator<'p, '_> {
    /// `(x, scores) -> MixtureOfExperts(expert, top_k=2)`: the expert on `x`, then their weighted sum.
    pub fn mixture(
        &mut self,
        call: &Arc<CatalogueCall>,
        inputs: &[Tensor],
        site: &InstanceSite,
        here: Location,
    ) -> Value {
        let sent = call.layer.sent();
        if inputs.len() > sent.len() {
            let (name, found) = (call.layer.name(), inputs.len());
            let message = format!("`{name}` takes ({}), but {found} tensors are sent", sent.join(", "));
            return self.lower.error("wrong-count", here, message);
        }
        let (Some(expert), [x, scores]) = (&call.expert, inputs) else {
            return self.lower.apply_leaf(call, inputs, site, here, &[]);
        };
        let Some(routing) = self.routing(call, *scores, here) else { return self.lower.poison() };
        let is_stacked = call.arguments.value(call.layer, "stacked") == Some(Attribute::Flag(true));
        let path = if is_stacked { site.path.clone() } else { join(&site.path, "0") };
        let scope = self.lower.builder.open_scope(Scope {
            kind: ScopeKind::Expert(routing),
            path: path.clone(),
            parent: Some(site.scope),
            inputs: ports([(&"".into(), &Value::Tensor(*x))]),
            origin: here,
            ..Scope::default()
        });
        let inside = InstanceSite {
            path,
            scope,
            is_named: true,
            routed: Some(Routed { routing, is_stacked, prefix: site.path.len() }),
            is_frozen: site.is_frozen || !call.trainable,
            ..site.clone()
        };
        let sent = Value::Tensor(*x);
        let result =
            self.deeper(here, |evaluator| evaluator.apply_at(expert, sent, &[], &inside, here, None));
        self.lower.builder.close_scope(scope, ports([(&"".into(), &result)]));
        let Some(result) = self.lower.tensors(result, here) else { return self.lower.poison() };
        let [result] = result.as_slice() else {
            return self.lower.error("wrong-count", here, "an expert gives one tensor");
        };
        self.lower.apply_leaf(call, &[*x, *scores, *result], site, here, &[])
    }

    fn routing(&mut self, call: &CatalogueCall, scores: Tensor, here: Location) -> Option<Routing> {
        let shape = self.lower.type_of(scores).shape;
        let Some(last) = shape.dim_from_end(0).cloned() else {
            let message = "the last axis of the scores is the number of experts, but they have no axis";
            self.lower.error("shape-mismatch", here, message);
            return None;
        };
        let experts = self.number(&Value::Size(last), "the number of experts", here)?;
        let top_k = call.arguments.value(call.layer, "top_k").and_then(|value| value.as_integer());
        let top_k = top_k.unwrap_or(1);
        if experts > EXPERT_LIMIT {
            self.lower.error(
                "limit",
                here,
                format!("{experts} experts are more than the {EXPERT_LIMIT} of one mixture"),
            );
            return None;
        }
        if top_k < 1 || top_k > experts {
            let message = format!("`top_k` is {top_k}, but there are {experts} experts");
            let error = Diagnostic::structural("invalid-argument", here, message);
            self.lower
                .report(error.help(format!("`top_k` is 1 to {experts}: how many experts a position meets")));
            return None;
        }
        let number = |n: i128| u32::try_from(n).unwrap_or(u32::MAX);
        Some(Routing { experts: number(experts), top_k: number(top_k) })
    }
}
